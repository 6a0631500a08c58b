"""Messages that two tellings share beyond doubt, and what these teach: the clocks' difference and who is who. Pure."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain as chained

from archiver.store.telling import CLASS, EVENT, MEDIA, Telling

MINUTE, HOUR = 60, 3600
REACH = 26 * HOUR  # the furthest two walls can be apart: UTC+14 and UTC-12
GRID = 15 * MINUTE  # zones differ in such steps
SUMMER, SUMMER_GRID = 2 * HOUR, 30 * MINUTE  # what summer times change: two hours across hemispheres, half one at least
LASTING = 6 * 24 * HOUR  # summer times that begin on different dates are a week apart at least
SLACK = 8  # seconds by which two phones may disagree…
STEADY, SURE_FROM = 0.001, 300  # …unless so few of so many anchors do
FEW = 0.1  # with anchors on fewer of the messages…
WIDTHS = (3, 8)  # …so many in a row are looked at as one: short texts follow each other in one way only

Pair = tuple[int, int]


@dataclass(slots=True)
class Anchors:
    """*chain*: pairs (place in old, place in new) rising on both sides, with *shifts* (new minus old, seconds) beside.

    *aside*: sure as well, but told in another order. *doubtful*: one text on both sides, but at an odd time.
    *slack*: seconds by which the two phones disagree.
    """

    shift: int
    chain: list[Pair]
    shifts: list[int]
    aside: list[Pair] = field(default_factory=list)
    doubtful: list[Pair] = field(default_factory=list)
    slack: int = SLACK


def find(old: Telling, new: Telling) -> Anchors | None:
    """What is told once on either side, at one difference of the clocks; None when nothing is."""
    span = _span(old, new)
    if span is None:
        return None
    low, high = span
    pairs = _shared(_once(old.tokens, old.times, low, high), _once(new.tokens, new.times, low, high))
    for width in WIDTHS:
        if len(pairs) < FEW * min(len(old.times), len(new.times)):
            mine, theirs = _rows(old, width), _rows(new, width)
            rows = _shared(_once(mine, old.times, low, high), _once(theirs, new.times, low, high))
            pairs = _added(pairs, [(i + width // 2, j + width // 2) for i, j in rows])
    timed = [(pair, shift) for pair in pairs if (shift := difference(old, new, *pair)) is not None]
    mode = _mode(timed)
    if mode is None:
        return None
    kept = [(pair, shift) for pair, shift in timed if abs(shift - mode) <= SUMMER and not (shift - mode) % SUMMER_GRID]
    found = _sorted_out(mode, kept, old.times)
    found.slack = _slack(old, new, found)
    return found


def extent(telling: Telling) -> tuple[int, int] | None:
    """The first and the last time that are known."""
    first = min(telling.times, default=-1)
    if first < 0:
        first = min((time for time in telling.times if time >= 0), default=-1)
    return None if first < 0 else (first, max(telling.times))


def _span(old: Telling, new: Telling) -> tuple[int, int] | None:
    mine, theirs = extent(old), extent(new)
    if mine is None or theirs is None:
        return None
    return max(mine[0], theirs[0]) - REACH, min(mine[1], theirs[1]) + REACH


def _once(tokens: Sequence[int], times: Sequence[int], low: int, high: int) -> dict[int, int]:
    """Token → its place, or -1 if it has several, of what is told between two times."""
    seen: dict[int, int] = {}
    for place, (number, time) in enumerate(zip(tokens, times, strict=False)):
        if low <= time <= high:
            seen[number] = -1 if number in seen else place
    return seen


def _shared(mine: dict[int, int], theirs: dict[int, int]) -> list[Pair]:
    """The places of what either side has once, in the order of the first."""
    return [
        (i, j)
        for number, i in mine.items()
        if i >= 0 and (j := theirs.get(number, -1)) >= 0 and not 0 <= number <= MEDIA and number & CLASS != EVENT
    ]


def _added(pairs: list[Pair], more: list[Pair]) -> list[Pair]:
    """Both, in order; of *more* only what contradicts none of *pairs*."""
    used_old, used_new = {i for i, _ in pairs}, {j for _, j in pairs}
    return sorted([*pairs, *((i, j) for i, j in more if i not in used_old and j not in used_new)])


def _rows(telling: Telling, width: int) -> list[int]:
    """A number for each message and those behind it, with the class bits of words."""
    shifted = (telling.tokens[n:] for n in range(width))
    return [hash(row) & ~CLASS for row in zip(*shifted, strict=False)]


def difference(old: Telling, new: Telling, i: int, j: int) -> int | None:
    """New minus old in whole steps of the grid; None if it is no such step, or too far."""
    apart = new.times[j] - old.times[i]
    shift = (apart + GRID // 2) // GRID * GRID
    return shift if abs(shift) <= REACH and agree(old, new, i, j, shift) else None


def agree(old: Telling, new: Telling, i: int, j: int, shift: int, slack: int = SLACK) -> bool:
    """Whether two times can be one: within *slack*, and a time without seconds is any of its minute's sixty."""
    mine, theirs = old.times[i], new.times[j]
    if mine < 0 or theirs < 0:
        return mine == theirs
    apart = theirs - mine - shift
    return -slack - (0 if new.exact[j] else 59) <= apart <= slack + (0 if old.exact[i] else 59)


def _slack(old: Telling, new: Telling, anchors: Anchors) -> int:
    """SLACK, or 1 second (0 between minutes) where many anchors show that the phones agree."""
    steady = int(any(old.exact) or any(new.exact))
    timed = zip(anchors.chain, anchors.shifts, strict=True)
    strained = sum(not agree(old, new, i, j, shift, steady) for (i, j), shift in timed)
    count = len(anchors.chain)
    return steady if count >= SURE_FROM and strained <= STEADY * count else SLACK


def _mode(timed: list[tuple[Pair, int]]) -> int | None:
    """The commonest shift, of equally common ones the smallest; None if a shift and its opposite are as good."""
    votes = Counter(shift for _, shift in timed)
    if not votes:
        return None
    best = max(votes, key=lambda shift: (votes[shift], -abs(shift)))
    return best if best == 0 or votes[-best] < votes[best] else None


def _sorted_out(mode: int, kept: list[tuple[Pair, int]], times: Sequence[int]) -> Anchors:
    """The longest chain; what has the shift of its neighbours there is sure, the rest doubtful."""
    rising = longest_rise([j for (_, j), _ in kept])
    links = [kept[n] for n in rising]
    sure = _lasting([shift for _, shift in links], [times[i] for (i, _), _ in links])
    chain = [pair for (pair, _), good in zip(links, sure, strict=True) if good]
    found = Anchors(mode, chain, [shift for (_, shift), good in zip(links, sure, strict=True) if good])
    found.doubtful.extend(pair for (pair, _), good in zip(links, sure, strict=True) if not good)
    for n in sorted(set(range(len(kept))) - set(rising)):
        pair, shift = kept[n]
        here = bisect_left(chain, pair)
        near = shift in found.shifts[max(0, here - 1) : here + 1]
        (found.aside if near else found.doubtful).append(pair)
    return found


def _lasting(shifts: list[int], times: list[int]) -> list[bool]:
    """Whether each has the shift of the one before or behind, or these leave room for a summer time to begin or end."""
    last = len(shifts) - 1
    return [
        n in {0, last} or shift in {shifts[n - 1], shifts[n + 1]} or times[n + 1] - times[n - 1] >= LASTING
        for n, shift in enumerate(shifts)
    ]


def longest_rise(numbers: Sequence[int]) -> list[int]:
    """The places of a longest strictly rising subsequence (patience sorting)."""
    tails: list[int] = []
    holders: list[int] = []
    before: list[int] = []
    for place, number in enumerate(numbers):
        pile = len(tails) if not tails or number > tails[-1] else bisect_left(tails, number)
        before.append(holders[pile - 1] if pile else -1)
        if pile == len(tails):
            tails.append(number)
            holders.append(place)
        else:
            tails[pile], holders[pile] = number, place
    rise: list[int] = []
    place = holders[-1] if holders else -1
    while place >= 0:
        rise.append(place)
        place = before[place]
    return rise[::-1]


def people(old: Telling, new: Telling, anchors: Anchors) -> tuple[dict[int, int], dict[int, int]]:
    """Label → person, for the labels of either side that anchors tell of; a person can have several labels.

    Two labels are one person when four fifths of what either of them said stand under the other.
    """
    together = Counter(
        (old.senders[i], new.senders[j])
        for i, j in chained(anchors.chain, anchors.aside)
        if new.tokens[j] & CLASS != EVENT and old.tokens[i] & CLASS != EVENT
    )
    mine, theirs = Counter[int](), Counter[int]()
    for (a, b), times in together.items():
        mine[a] += times
        theirs[b] += times
    linked = [(a, b) for (a, b), times in together.items() if 5 * times >= 4 * min(mine[a], theirs[b])]
    return _united(linked, mine, theirs)


def _united(
    linked: Iterable[Pair], mine: Iterable[int], theirs: Iterable[int]
) -> tuple[dict[int, int], dict[int, int]]:
    leader: dict[tuple[int, int], tuple[int, int]] = {}

    def lead(node: tuple[int, int]) -> tuple[int, int]:
        while (above := leader.get(node, node)) != node:
            node = above
        return node

    for a, b in sorted(linked):
        one, other = lead((0, a)), lead((1, b))
        if one != other:
            leader[max(one, other)] = min(one, other)
    numbers: dict[tuple[int, int], int] = {}
    sides: tuple[dict[int, int], dict[int, int]] = ({}, {})
    for side, labels in enumerate((mine, theirs)):
        for label in labels:
            top = lead((side, label))
            sides[side][label] = numbers.setdefault(top, len(numbers))
    return sides
