"""Messages that were deleted or edited between two tellings: the same person at the same time, in other words. Pure."""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from archiver.store.anchors import MINUTE, SLACK, Pair, agree
from archiver.store.between import APP, CROWD, NEAR, Match
from archiver.store.telling import ANY, CLASS, MEDIA

TIMELY, SNUGGEST = 3, 5
BEYOND, TOO_FAR = -1, -2
ROUNDS = 5  # each may leave another message with one choice only


@dataclass(slots=True)
class Edge:
    """Two messages that may be one. *snug*: how many of the two neighbours, before and after, are mates; three more
    where no clock has to be off for it."""

    i: int
    j: int
    snug: int
    sure: bool = True


def settle(match: Match) -> None:
    """Pairs deletions and edits where each side has one candidate only, or as many as the other; else weakly."""
    edges = _edges(match)
    for least in range(SNUGGEST, -1, -1):
        edges = _only_choices(match, edges, least)
    for group in _groups(edges):
        _in_order(match, group)


def _only_choices(match: Match, edges: list[Edge], least: int) -> list[Edge]:
    """Pairs the edges whose two ends have no other as snug; returns the edges that are still open."""
    for _ in range(ROUNDS):
        good = [edge for edge in edges if edge.snug >= least]
        old, new = Counter(edge.i for edge in good), Counter(edge.j for edge in good)
        single = [edge for edge in good if edge.sure and old[edge.i] == 1 == new[edge.j]]
        for edge in single:
            match.pair(edge.i, edge.j)
        if not single:
            break
        edges = [edge for edge in edges if match.mate[edge.i] < 0 and match.twin[edge.j] < 0]
    return edges


def _groups(edges: list[Edge]) -> list[list[Edge]]:
    """The edges that hang together."""
    by_old: dict[int, list[Edge]] = {}
    by_new: dict[int, list[Edge]] = {}
    for edge in edges:
        by_old.setdefault(edge.i, []).append(edge)
        by_new.setdefault(edge.j, []).append(edge)
    groups, seen = [], set[Pair]()
    for start in edges:
        group, stack = [], [start]
        while stack:
            edge = stack.pop()
            if (edge.i, edge.j) in seen:
                continue
            seen.add((edge.i, edge.j))
            group.append(edge)
            stack += by_old[edge.i] + by_new[edge.j]
        if group:
            groups.append(group)
    return groups


def _in_order(match: Match, group: list[Edge]) -> None:
    """As many on one side as on the other: the first is the first. Otherwise nobody knows, but they may be."""
    mine, theirs = sorted({edge.i for edge in group}), sorted({edge.j for edge in group})
    possible = {(edge.i, edge.j): edge.sure for edge in group}
    lined = list(zip(mine, theirs, strict=False))
    if len(mine) == len(theirs) and all(possible.get(pair, False) for pair in lined) and _ordered(match, lined):
        for i, j in lined:
            match.pair(i, j)
        return
    taken_old, taken_new = set[int](), set[int]()
    for edge in sorted(group, key=lambda edge: (-edge.snug, edge.i, edge.j)):
        if edge.i not in taken_old and edge.j not in taken_new:
            taken_old.add(edge.i)
            taken_new.add(edge.j)
            match.weak.append((edge.i, edge.j))


def _ordered(match: Match, lined: list[Pair]) -> bool:
    """Whether the order can be relied upon, or does not matter: restless phones exchange what is seconds apart."""
    if match.anchors.slack < SLACK:
        return True
    sides = (match.old, [i for i, _ in lined]), (match.new, [j for _, j in lined])
    if any(all(telling.tokens[n] == ANY for n in places) for telling, places in sides):
        return True
    return all(
        not (telling.exact[a] and telling.exact[b]) or abs(telling.times[b] - telling.times[a]) > SLACK // 2
        for telling, places in sides
        for a, b in pairwise(places)
    )


def _edges(match: Match) -> list[Edge]:
    """Who can be whom, of one person (or of two that nobody knows) at one time; nobody in a crowd."""
    there: dict[Pair, list[Pair]] = {}
    for i, slot in match.rest:
        there.setdefault((match.mine[i], match.old.times[i] // MINUTE), []).append((i, slot))
    crowd = Counter((match.theirs[j], match.new.times[j] // MINUTE) for j, _ in match.left)
    edges = []
    for j, slot in match.left:
        time, who = match.new.times[j], match.theirs[j]
        if who != APP and crowd[who, time // MINUTE] <= CROWD:
            found = {i: shift for shift in match.shifts(slot, time) for i in _near(match, there, j, slot, shift)}
            edges += [edge for i, shift in found.items() if (edge := _edge(match, i, j, shift))]
    return edges


def _near(match: Match, there: dict[Pair, list[Pair]], j: int, slot: int, shift: int) -> list[int]:
    """Old messages of the same person at the time of the new one."""
    minute = (match.new.times[j] - shift) // MINUTE
    lists = (there.get((match.theirs[j], minute + step), []) for step in (-1, 0, 1))
    reach = match.allowed(j, NEAR)
    return [
        i for near in lists if len(near) <= CROWD for i, place in near
        if abs(place - slot) <= reach and match.agree(i, j, shift)
    ]  # fmt: skip


def _edge(match: Match, i: int, j: int, shift: int) -> Edge | None:
    """A deletion can be anything; an edit bears a mark, or, where marks are not known, is snug and no second off."""
    one, other = match.old.tokens[i], match.new.tokens[j]
    if ANY not in {one, other} and (MEDIA in {one, other} or (one ^ other) & CLASS):
        return None
    steady = agree(match.old, match.new, i, j, shift, slack=0)
    snug = _snug(match, i, j) + TIMELY * steady
    if ANY in {one, other}:
        return Edge(i, j, snug)
    old, new = match.old.edited, match.new.edited
    if old is not None and new is not None:
        return Edge(i, j, snug) if old[i] or new[j] else None
    exact = match.old.exact[i] and match.new.exact[j]
    return Edge(i, j, snug, bool(exact)) if snug == SNUGGEST else None


def _snug(match: Match, i: int, j: int) -> int:
    """How many of the nearest mated neighbours, one before and one after, are mates."""
    return sum(_neighbours(match, i, j, step) for step in (-1, 1))


def _neighbours(match: Match, i: int, j: int, step: int) -> bool:
    a, b = _mated(match.mate, i, step), _mated(match.twin, j, step)
    return match.mate[a] == b if a >= 0 and b >= 0 else a == b == BEYOND


def _mated(mates: list[int], place: int, step: int) -> int:
    """The nearest place with a mate; BEYOND the end, or TOO_FAR."""
    for there in range(place + step, place + step * (CROWD + 1), step):
        if not 0 <= there < len(mates):
            return BEYOND
        if mates[there] >= 0:
            return there
    return TOO_FAR
