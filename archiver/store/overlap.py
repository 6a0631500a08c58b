"""The same conversation, told twice: which message of one telling is which message of the other. Pure.

Exports of a chat carry no ids, and another phone has other names, another zone, another language. What both tell
alike, though, comes in one order and at one difference of the clocks. So: find what either side says once (anchors),
let it vote on the difference, learn from it who is who, and fill in between by person, time and text.
A wrong match loses a message and a missing one doubles it: in doubt it is doubled, and named for review.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archiver.store import anchors as anchoring
from archiver.store.anchors import Pair
from archiver.store.between import Match, fill, voices
from archiver.store.changed import settle
from archiver.store.telling import ANY, CLASS, EVENT, MEDIA, Telling, token

__all__ = ["ANY", "MEDIA", "Alignment", "Telling", "align", "token"]

ENOUGH = 8  # anchors that make two tellings one chat…
DENSITY = 0.05  # …if they are so many of the messages that both can have,
AGREEMENT = 1 / 3  # and in the end so many of these agree: groups with the same announcements agree less
FEWEST = 3  # anchors of a small overlap, in which nearly all must agree
NEARLY_ALL = 0.8
MAJORITY = 0.8


@dataclass(frozen=True, slots=True)
class Alignment:
    """*pairs*: (place in old, place in new) of one message. *weak*: probably one, kept apart until a person says so.

    Both are one-to-one and share no place. *senders*: new label → (old label, messages that say so). *shift*: the
    commonest difference of the clocks, new minus old in seconds, a multiple of 900.
    """

    pairs: list[tuple[int, int]]
    weak: list[tuple[int, int]]
    senders: dict[int, tuple[int, int]]
    shift: int
    anchors: int


def align(old: Telling, new: Telling) -> Alignment | None:
    """Which message is which; None: different chats, or nothing to go by. The order of the two does not matter.

    Two tellings are one chat when 8 anchors or more agree, 5 % of the messages that the shorter one has in the time
    both tell of, and in the end a third of them agree. A small overlap has no 8 anchors: there 3 are enough, if four
    fifths of its messages agree; three different texts at one difference of the clocks are no accident, two may be.
    """
    if _later(old, new):
        found = _align(new, old)
        return found and _turned(found, old, new)
    found = _align(old, new)
    return found and _with_senders(found, old, new)


def _later(old: Telling, new: Telling) -> bool:
    """Whether to swap the two: an order that both ways of asking agree upon."""
    fields: list[tuple[Sequence[int], Sequence[int]]] = [(old.tokens, new.tokens), (old.times, new.times)]
    fields += [(old.senders, new.senders), (old.exact, new.exact), (old.edited or b"", new.edited or b"")]
    for mine, theirs in fields:
        differing = ((a, b) for a, b in zip(mine, theirs, strict=False) if a != b)
        if first := next(differing, None):
            return first[0] > first[1]
    return len(old.tokens) > len(new.tokens)


def _align(old: Telling, new: Telling) -> Alignment | None:
    anchors = anchoring.find(old, new)
    if anchors is None or len(anchors.chain) < FEWEST:
        return None
    common = _common(old, new, anchors.shift)
    few = len(anchors.chain) < ENOUGH or len(anchors.chain) < DENSITY * common
    mine, theirs = anchoring.people(old, new, anchors)
    match = Match(old, new, anchors, voices(old, mine), voices(new, theirs))
    _demand_one_voice(match)
    if len(anchors.chain) < FEWEST:
        return None
    fill(match)
    settle(match)
    pairs = match.pairs()
    if len(pairs) < (NEARLY_ALL if few else AGREEMENT) * common:
        return None
    return Alignment(pairs, _disjoint(match), {}, anchors.shift, len(anchors.chain))


def _common(old: Telling, new: Telling, shift: int) -> int:
    """How many messages the shorter telling has in the time that both tell of."""
    mine, theirs = anchoring.extent(old), anchoring.extent(new)
    if mine is None or theirs is None:
        return 0
    low, high = max(mine[0], theirs[0] - shift), min(mine[1], theirs[1] - shift)
    return min(sum(low <= time <= high for time in old.times), sum(low <= time - shift <= high for time in new.times))


def _demand_one_voice(match: Match) -> None:
    """Anchors said by two persons are doubtful."""
    anchors, mine, theirs = match.anchors, match.mine, match.theirs
    good = [mine[i] == theirs[j] for i, j in anchors.chain]
    anchors.doubtful += [pair for pair, one in zip(anchors.chain, good, strict=True) if not one]
    anchors.shifts = [shift for shift, one in zip(anchors.shifts, good, strict=True) if one]
    anchors.chain = [pair for pair, one in zip(anchors.chain, good, strict=True) if one]
    anchors.doubtful += [(i, j) for i, j in anchors.aside if mine[i] != theirs[j]]
    anchors.aside = [(i, j) for i, j in anchors.aside if mine[i] == theirs[j]]


def _disjoint(match: Match) -> list[Pair]:
    """The doubtful pairs whose ends are free, each end once."""
    weak: list[Pair] = []
    used_old, used_new = set[int](), set[int]()
    for i, j in (*match.weak, *match.anchors.doubtful):
        if match.mate[i] < 0 and match.twin[j] < 0 and i not in used_old and j not in used_new:
            used_old.add(i)
            used_new.add(j)
            weak.append((i, j))
    return sorted(weak)


def _turned(found: Alignment, old: Telling, new: Telling) -> Alignment:
    pairs = sorted((i, j) for j, i in found.pairs)
    weak = sorted((i, j) for j, i in found.weak)
    return _with_senders(Alignment(pairs, weak, {}, -found.shift, found.anchors), old, new)


def _with_senders(found: Alignment, old: Telling, new: Telling) -> Alignment:
    senders = _senders(old, new, found.pairs)
    return Alignment(found.pairs, found.weak, senders, found.shift, found.anchors)


def _senders(old: Telling, new: Telling, pairs: Iterable[Pair]) -> dict[int, tuple[int, int]]:
    """New label → the old label that nearly all of its messages have."""
    spoken = ((i, j) for i, j in pairs if new.tokens[j] & CLASS != EVENT)
    together = Counter((new.senders[j], old.senders[i]) for i, j in spoken)
    total: Counter[int] = Counter()
    for (theirs, _), times in together.items():
        total[theirs] += times
    return {
        theirs: (mine, times)
        for (theirs, mine), times in sorted(together.items())
        if theirs and mine and times >= MAJORITY * total[theirs]
    }
