"""How letters and posts are put on pages: by thread, not by day.

A thread with many letters, or long ones, has a page of its own, cut in the order of time near 150 messages. All others
stand together on pages of the month they began in, for half of the threads of a list are single letters. A thread's own
page is at least a third full, so a list has at most three times as many pages as a chat of its length.

Everything is decided in the order of time and by what came before, so letters that come later leave earlier pages as
they are. A small thread that grows moves to its own page once; its place on the month's page stays, with the anchors it
had, and leads there.
"""

import hashlib
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from archiver.contracts import Outline
from archiver.exporters.site.paging import FULL, SPARSE, Leaf, Month, day_of, weight_of

MANY = 24  # messages with which a thread has a page of its own…
HEAVY = FULL // 3  # …or so much, counted in ordinary messages
ROOM = 110  # what a month's page takes in before the next begins; the rest is for answers to come
_HEADING = 1  # what a thread's heading weighs


@dataclass(slots=True)
class Thread:
    """A thread: *name* is the file's of its own page and the anchor's on the month's, *leaf* the month's number.

    *moved*: how many messages it had when it moved to its own *leaves*; -1 while it stands on the month's page.
    """

    name: str
    leaf: int
    first: str
    last: str = ""
    messages: int = 0
    weight: int = _HEADING
    moved: int = -1
    leaves: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Bound:
    """A conversation's pages by thread: first those of months, *pages* of them, then those of single threads.

    *threads* are in the order of their first messages; *member* gives each message's thread and *place* its page, in
    reading order. *months*: in which something was said.
    """

    leaves: list[Leaf] = field(default_factory=list)
    pages: int = 0
    threads: list[Thread] = field(default_factory=list)
    member: "array[int]" = field(default_factory=lambda: array("l"))
    place: "array[int]" = field(default_factory=lambda: array("l"))
    months: list[Month] = field(default_factory=list)

    @property
    def portions(self) -> list[Leaf]:
        """How much was said in which month, as if each were a page: so it is indexed."""
        months = [(f"{month.year:04}-{month.number:02}-01", month.messages) for month in self.months]
        undated = len(self.place) - sum(count for _, count in months)
        return [Leaf("", count, day, day) for day, count in [*months, *([("", undated)] if undated else [])]]


def bind(messages: Iterable[Outline]) -> Bound:
    """Reads the outline of a conversation told in threads, and decides where each message stands."""
    binder = _Binder()
    for message in messages:
        binder.add(message)
    return binder.bound()


def shelf_name(of: str, before: str = "t-") -> str:
    """A name for a page that stays, and says nothing."""
    return before + hashlib.sha256(of.encode("utf-8", errors="replace")).hexdigest()[:10]


@dataclass(slots=True)
class _Open:
    """A month's page: the days its first and its last thread began, and how much stands on it."""

    day: str
    last: str
    weight: int = 0


class _Binder:
    def __init__(self) -> None:
        self._threads: list[Thread] = []
        self._numbers: dict[str, int] = {}  # of threads, by the ids that are told as theirs
        self._names: set[str] = set()
        self._open: list[_Open] = []
        self._member = array("l")
        self._weights = array("l")
        self._months: dict[str, tuple[int, str, int]] = {}  # first message's number, its anchor, how many

    def add(self, message: Outline) -> None:
        day, weight = day_of(message), weight_of(message)
        number = self._number(message, day, weight)
        thread = self._threads[number]
        first, anchor, count = self._months.get(day[:7], (len(self._member), message.id, 0))
        self._months[day[:7]] = first, anchor, count + 1
        self._member.append(number)
        self._weights.append(weight)
        thread.messages += 1
        thread.weight += weight
        thread.last = max(thread.last, day)
        if thread.moved < 0:
            self._stay_or_move(thread, weight)

    def _stay_or_move(self, thread: Thread, weight: int) -> None:
        page = self._open[thread.leaf]
        page.weight += weight
        if thread.messages >= MANY or thread.weight > HEAVY or (page.weight > FULL and thread.messages > 1):
            page.weight -= thread.weight - _HEADING
            thread.moved = thread.messages - 1

    def _number(self, message: Outline, day: str, weight: int) -> int:
        key = message.thread or message.id or f"{message.at_local} {len(self._member)}"
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._threads)
            self._threads.append(self._begun(key, day, weight))
        if message.id and message.thread != message.id:
            self._numbers.setdefault(message.id, number)
        return number

    def _begun(self, key: str, day: str, weight: int) -> Thread:
        current = self._open[-1] if self._open else None
        if current is None or _is_next(current, day, weight):
            self._open.append(_Open(day, day))
        self._open[-1].weight += _HEADING
        self._open[-1].last = max(self._open[-1].last, day)
        name = shelf_name(key)
        while name in self._names:
            name += "x"
        self._names.add(name)
        return Thread(name, len(self._open) - 1, day)

    def bound(self) -> Bound:
        found = Bound(pages=len(self._open), threads=self._threads, member=self._member)
        taken = {"index.html"}
        found.leaves = [Leaf(_file(one.day[:7] or "undated", taken), 0, one.day, one.last) for one in self._open]
        held: dict[int, int] = {}  # weight on a thread's last leaf so far
        for number, weight in zip(self._member, self._weights, strict=True):
            found.place.append(self._placed(found, number, weight, held))
        self._count(found)
        found.months = [
            _month(month, found.leaves[found.place[first]].path, anchor, count)
            for month, (first, anchor, count) in sorted(self._months.items())
            if month
        ]
        return found

    def _placed(self, found: Bound, number: int, weight: int, held: dict[int, int]) -> int:
        thread = self._threads[number]
        if thread.moved < 0:
            return thread.leaf
        if not thread.leaves or held[number] + weight > FULL:
            turn = f"-{len(thread.leaves) + 1}" if thread.leaves else ""
            thread.leaves.append(len(found.leaves))
            found.leaves.append(Leaf(f"{thread.name}{turn}.html", 0, thread.first, thread.first))
            held[number] = 0
        held[number] += weight
        return thread.leaves[-1]

    def _count(self, found: Bound) -> None:
        """How many messages each page holds."""
        counts = array("l", bytes(found.place.itemsize * len(found.leaves)))
        for place in found.place:
            counts[place] += 1
        found.leaves = [replace(leaf, messages=count) for leaf, count in zip(found.leaves, counts, strict=True)]


def _is_next(page: _Open, day: str, weight: int) -> bool:
    """Whether a thread that begins now begins a page: a full one is closed, and at the end of a month any but a
    sparse one; what has no date stands apart."""
    if bool(page.day) != bool(day):
        return True
    return page.weight + weight > ROOM or (page.day[:7] != day[:7] and page.weight >= SPARSE)


def _file(stem: str, taken: set[str]) -> str:
    name, turn = f"{stem}.html", 2
    while name in taken:
        name, turn = f"{stem}-{turn}.html", turn + 1
    taken.add(name)
    return name


def _month(month: str, path: str, anchor: str, count: int) -> Month:
    return Month(int(month[:4]), int(month[5:7]), path, f"m-{anchor}" if anchor else "", count)
