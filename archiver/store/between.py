"""What stands between the anchors: matched by person, time and token, each message once. Pure.

First neighbours are followed from every anchor while both sides say the same. What is left is looked up by person
and minute: the same token in the same place, then a little way off, then over the border of a minute. Last come
captions that an iPhone leaves unsaid, and events that nobody could name.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from archiver.store import anchors as anchoring
from archiver.store.anchors import HOUR, LASTING, MINUTE, SUMMER, Anchors, Pair, extent
from archiver.store.telling import CAPTION, CLASS, EVENT, MEDIA, OTHER_EVENT, Telling

APP, STRANGER = -2, -1  # who speaks: the app; somebody of whom no anchor tells
NEAR = 12  # anchors that a message may have been carried past by delivery
CROWD = 24  # candidates looked at for one message: in a greater crowd all are alike
TRIES = 3

Key = tuple[int | None, int, int]
Level = Callable[[int], int | None]


@dataclass(slots=True)
class Match:
    """The state of one alignment: who speaks, and for each message its mate on the other side or -1."""

    old: Telling
    new: Telling
    anchors: Anchors
    mine: list[int]
    theirs: list[int]
    mate: list[int] = field(init=False)  # of old messages
    twin: list[int] = field(init=False)  # of new messages
    rest: list[Pair] = field(default_factory=list)  # old messages without a mate: (place, anchors before it)
    left: list[Pair] = field(default_factory=list)  # the same of new messages
    weak: list[Pair] = field(default_factory=list)
    seen: tuple[int, ...] = ()  # differences of the clocks to try in a long silence

    def __post_init__(self) -> None:
        self.mate = [-1] * len(self.old.times)
        self.twin = [-1] * len(self.new.times)

    def pair(self, i: int, j: int) -> None:
        self.mate[i], self.twin[j] = j, i

    def agree(self, i: int, j: int, shift: int) -> bool:
        return anchoring.agree(self.old, self.new, i, j, shift, self.anchors.slack)

    def allowed(self, j: int, reach: int) -> int:
        """How many anchors off its mate may be: an undated message has nothing but its place."""
        return reach if self.new.times[j] >= 0 else 0

    def shifts(self, slot: int, time: int) -> tuple[int, ...]:
        """The clocks' difference behind so many anchors: two where it changes before the next."""
        if time < 0:
            return (0,)
        known = self.anchors.shifts
        before, after = known[max(0, slot - 1)], known[min(slot, len(known) - 1)]
        if self.seen and self._silent(slot):
            return self.seen
        return (before,) if before == after else (before, after)

    def _silent(self, slot: int) -> bool:
        """Whether no anchor tells of the clocks for so long that they may have changed and changed back."""
        chain, times = self.anchors.chain, self.old.times
        return not 0 < slot < len(chain) or times[chain[slot][0]] - times[chain[slot - 1][0]] >= LASTING

    def pairs(self) -> list[Pair]:
        return [(i, j) for i, j in enumerate(self.mate) if j >= 0]


def voices(telling: Telling, person: dict[int, int]) -> list[int]:
    """Who says each message, or caused an event: a person, STRANGER, or APP where an event names nobody known."""
    return [
        (person.get(sender, APP) if sender else APP) if token & CLASS == EVENT else person.get(sender, STRANGER)
        for sender, token in zip(telling.senders, telling.tokens, strict=True)
    ]


def fill(match: Match) -> None:
    """Pairs all that can be paired around and between the anchors."""
    for i, j in (*match.anchors.chain, *match.anchors.aside):
        match.pair(i, j)
    _follow(match)
    _keep_common(match)
    _look_up(match, _same)
    _untangle(match)
    _unname_events(match)
    _look_up(match, _same)
    _look_up(match, _family)
    if len(set(match.anchors.shifts)) > 1:
        match.seen = tuple(sorted(set(match.anchors.shifts)))
        _meet(match, _same, 0, (0,))
        _forget_mated(match)


def _follow(match: Match) -> None:
    """From each anchor on, and back from the next, while both sides say the same at the same time."""
    chain, shifts = match.anchors.chain, match.anchors.shifts
    last_old, last_new, shift = -1, -1, shifts[0]
    for slot, (i, j) in enumerate((*chain, (len(match.mate), len(match.twin)))):
        first, ahead = last_old + 1, last_new + 1
        if first < i or ahead < j:
            while first < i and ahead < j and _alike(match, first, ahead, shift):
                match.pair(first, ahead)
                first, ahead = first + 1, ahead + 1
            after = shifts[slot] if slot < len(shifts) else shift
            end, tail = i, j
            while first < end and ahead < tail and _alike(match, end - 1, tail - 1, after):
                end, tail = end - 1, tail - 1
                match.pair(end, tail)
            match.rest.extend((place, slot) for place in range(first, end) if match.mate[place] < 0)
            match.left.extend((place, slot) for place in range(ahead, tail) if match.twin[place] < 0)
        last_old, last_new, shift = i, j, shifts[slot] if slot < len(shifts) else shift


def _alike(match: Match, i: int, j: int, shift: int) -> bool:
    """One token, one person, one time to the second (1 apart) or, where one has none, to the minute."""
    if match.old.tokens[i] != match.new.tokens[j] or match.mine[i] != match.theirs[j]:
        return False
    if match.mate[i] >= 0 or match.twin[j] >= 0:
        return False
    mine, theirs = match.old.times[i], match.new.times[j]
    if mine < 0 or theirs < 0:
        return mine == theirs
    if match.old.exact[i] and match.new.exact[j]:
        return -1 <= theirs - mine - shift <= 1
    return mine // MINUTE == (theirs - shift) // MINUTE


def _keep_common(match: Match) -> None:
    """What lies outside the time that both tell of has no mate, and may be most of either."""
    mine, theirs = extent(match.old), extent(match.new)
    if mine is None or theirs is None:
        return
    shift, wide = match.anchors.shift, SUMMER + HOUR
    low, high = max(mine[0], theirs[0] - shift) - wide, min(mine[1], theirs[1] - shift) + wide
    match.rest = [(i, slot) for i, slot in match.rest if match.old.times[i] < 0 or low <= match.old.times[i] <= high]
    match.left = [
        (j, slot) for j, slot in match.left if match.new.times[j] < 0 or low <= match.new.times[j] - shift <= high
    ]


def _forget_mated(match: Match) -> None:
    """Only what has no mate stays."""
    match.rest = [one for one in match.rest if match.mate[one[0]] < 0]
    match.left = [one for one in match.left if match.twin[one[0]] < 0]


def _same(token: int) -> int:
    return token


def _family(token: int) -> int | None:
    """What a token has in common with its unsaid sister; words have none."""
    return {CAPTION: MEDIA, EVENT: OTHER_EVENT}.get(token & CLASS)


def _fits(one: int, other: int) -> bool:
    """Equal, or one side leaves unsaid what the other says."""
    return one == other or bool({one, other} & {MEDIA, OTHER_EVENT})


def _unname_events(match: Match) -> None:
    """Who caused an event helps, but one phone says so and another does not: from here on it does not count."""
    for places, who, tokens in (
        (match.rest, match.mine, match.old.tokens),
        (match.left, match.theirs, match.new.tokens),
    ):
        for place, _ in places:
            if tokens[place] & CLASS == EVENT:
                who[place] = APP


def _look_up(match: Match, level: Level) -> None:
    """What is left, by token: the same place first, then near by, then over the border of a minute."""
    for reach, minutes in ((0, (0,)), (NEAR, (0,)), (NEAR, (-1, 1))):
        _meet(match, level, reach, minutes)
        _forget_mated(match)


def _meet(match: Match, level: Level, reach: int, minutes: Sequence[int]) -> None:
    """Pairs what is left and meets in token, person and minute, at most *reach* anchors away, in reading order."""
    waiting: dict[Key, list[Pair]] = {}
    for i, slot in reversed(match.rest):
        key = level(match.old.tokens[i]), match.mine[i], match.old.times[i] // MINUTE
        waiting.setdefault(key, []).append((i, slot))
    for j, slot in match.left:
        token, who, time = level(match.new.tokens[j]), match.theirs[j], match.new.times[j]
        for shift in match.shifts(slot, time) if token is not None else ():
            for minute in minutes:
                there = waiting.get((token, who, (time - shift) // MINUTE + minute))
                if there and match.twin[j] < 0:
                    index = _nearest(match, there, j, slot, shift, reach)
                    if index >= 0:
                        match.pair(there.pop(index)[0], j)


def _nearest(match: Match, there: list[Pair], j: int, slot: int, shift: int, reach: int) -> int:
    """Which of the candidates that come next (the list is in reverse order) has the fewest anchors between; or -1."""
    best, least = -1, match.allowed(j, reach) + 1
    for index in range(len(there) - 1, max(-1, len(there) - 1 - CROWD), -1):
        i, place = there[index]
        if abs(place - slot) < least and match.agree(i, j, shift) and _fits(match.old.tokens[i], match.new.tokens[j]):
            best, least = index, abs(place - slot)
    return best


def _untangle(match: Match) -> None:
    """Two equal texts on each side, one pair made of the wrong two, so that the others do not fit: made anew."""
    waiting: dict[Key, list[Pair]] = {}
    for i, slot in match.rest:
        waiting.setdefault((match.old.tokens[i], match.mine[i], match.old.times[i] // MINUTE), []).append((i, slot))
    for j, slot in match.left:
        token, who, time = match.new.tokens[j], match.theirs[j], match.new.times[j]
        for shift in match.shifts(slot, time):
            minute = (time - shift) // MINUTE
            near = (x for step in (-2, -1, 0, 1, 2) for x in waiting.get((token, who, minute + step), ())[:TRIES])
            free = [i for i, place in near if match.mate[i] < 0 and abs(place - slot) <= NEAR]
            if match.twin[j] < 0 and any(_exchange(match, i, j, shift) for i in free[:TRIES]):
                break
    _forget_mated(match)


def _exchange(match: Match, i: int, j: int, shift: int) -> bool:
    """Whether some pair (a, b) like these two could be broken up for (a, j) and (i, b)."""
    for b in range(max(0, j - CROWD), min(len(match.twin), j + CROWD + 1)):
        a = match.twin[b]
        if a >= 0 and match.new.tokens[b] == match.new.tokens[j] == match.old.tokens[a]:
            alike = match.theirs[b] == match.theirs[j]
            if alike and match.agree(a, j, shift) and match.agree(i, b, shift):
                match.pair(a, j)
                match.pair(i, b)
                return True
    return False
