"""Writes a conversation that is told in threads: the pages of its months, those of its long threads, and its index.

Messages come in the order of time, and a page is written once its last one has come. Only pages that are still open
are held, and what everything else on the site wants of a message it gets month by month, so that what comes later
changes nothing about months that are over.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from archiver.contracts import Page
from archiver.exporters.site.branches import Branches, Moved
from archiver.exporters.site.frame import Entry, Frame, Listed
from archiver.exporters.site.paging import Leaf, Month, day_of
from archiver.exporters.site.prose import clean
from archiver.exporters.site.registers import Registers
from archiver.exporters.site.threads import Bound, Thread
from archiver.model import KeptMessage

LISTED = 150  # threads that a conversation's index lists one by one; of more it lists the months


@dataclass(slots=True)
class _Sheet:
    """A page that is still open: its messages with their threads, and how much it waits for."""

    waits: int
    messages: list[tuple[int, KeptMessage]] = field(default_factory=list)


class Binding:
    """One conversation on its way into pages; *number* is the entry's in the table of contents."""

    def __init__(self, number: int, entry: Entry, bound: Bound, frame: Frame, registers: Registers) -> None:
        self._number = number
        self._entry = entry
        self._bound = bound
        self._frame = frame
        self._registers = registers
        self._branches = Branches(frame.words)
        self._began: list[list[int]] = [[] for _ in range(bound.pages)]
        self._sheets = [_Sheet(leaf.messages) for leaf in bound.leaves]
        for turn, thread in enumerate(bound.threads):
            self._began[thread.leaf].append(turn)
            if thread.moved >= 0:
                self._sheets[thread.leaf].waits += max(1, thread.moved)
        self._touched: set[int] = set()
        self._seen = [0] * len(bound.threads)
        self._headlines: dict[int, str] = {}
        self._anchors: dict[int, list[str]] = {}
        self._subjects: dict[int, str] = {}

    def pages(self, messages: Iterable[KeptMessage]) -> Iterator[Page]:
        """All pages of the conversation, its index last."""
        numbers = iter(range(len(self._bound.member)))
        for _, run in groupby(messages, lambda message: day_of(message)[:7]):
            month = list(run)
            touched = self._sort(month, numbers)
            for place, part in touched.items():
                path, days = self._path(place), sorted({day_of(message) for message in part})
                self._registers.add(self._number, path, Leaf(path, len(part), days[0], days[-1]), part)
            yield from self._finished()
        yield Page(f"{self._entry.path}/index.html", self._index())

    def _path(self, place: int) -> str:
        return f"{self._entry.path}/{self._bound.leaves[place].path}"

    def _sort(self, month: Sequence[KeptMessage], numbers: Iterator[int]) -> dict[int, list[KeptMessage]]:
        """A month's messages by page, the pages in the order of their first; and onto their sheets."""
        self._branches.meet(month)
        touched: dict[int, list[KeptMessage]] = {}
        for message, number in zip(month, numbers, strict=False):
            turn, place = self._bound.member[number], self._bound.place[number]
            touched.setdefault(place, []).append(message)
            sheet = self._sheets[place]
            sheet.messages.append((turn, message))
            sheet.waits -= 1
            self._touched.add(place)
            self._note(turn, message)
        return touched

    def _note(self, turn: int, message: KeptMessage) -> None:
        """What the month's page says of a thread that has moved, and what all threads are called."""
        thread, seen = self._bound.threads[turn], self._seen[turn]
        self._seen[turn] += 1
        if not seen:
            if thread.moved >= 0 or len(self._bound.threads) <= LISTED:
                self._headlines[turn] = self._branches.headline(message)
            if thread.moved >= 0:
                self._subjects[turn] = message.subject or ""
        if thread.moved > seen:
            self._anchors.setdefault(turn, []).append(message.id)
        if max(1, thread.moved) > seen and thread.moved >= 0:
            self._sheets[thread.leaf].waits -= 1
            self._touched.add(thread.leaf)

    def _finished(self) -> Iterator[Page]:
        """The pages that were waiting for nothing but this month, in their order."""
        for place in sorted(self._touched):
            sheet = self._sheets[place]
            if sheet.waits == 0:
                sheet.waits = -1
                html = self._month(place) if place < self._bound.pages else self._thread(place)
                sheet.messages.clear()
                yield Page(self._path(place), html)
        self._touched.clear()

    # ---- a month's page

    def _month(self, place: int) -> bytes:
        parts: dict[int, list[KeptMessage]] = {}
        for turn, message in self._sheets[place].messages:
            parts.setdefault(turn, []).append(message)
        rows, contents = [], []
        path = self._bound.leaves[place].path
        for turn in self._began[place]:
            thread = self._bound.threads[turn]
            if thread.moved >= 0:
                rows.append(self._branches.moved(self._moved(turn, thread)))
                contents.append((self._own(thread), self._headlines[turn], self._count(thread)))
                continue
            messages = parts[turn]
            rows.append(self._branches.heading(thread.name, messages[0]))
            about = messages[0].subject or ""
            rows.append(self._branches.thread(messages, path, turn, about=about, goes_on=False))
            contents.append((f"#{thread.name}", self._branches.headline(messages[0]), self._count(thread)))
        return self._frame.month(self._entry, self._bound, place, "".join(rows), contents)

    def _moved(self, turn: int, thread: Thread) -> Moved:
        anchors = self._anchors.pop(turn, [])
        return Moved(thread.name, self._own(thread), self._headlines[turn], thread.messages, anchors)

    def _own(self, thread: Thread) -> str:
        return self._bound.leaves[thread.leaves[0]].path

    def _count(self, thread: Thread) -> str:
        return self._frame.words.number(thread.messages) if thread.messages > 1 else ""

    # ---- a thread's page

    def _thread(self, place: int) -> bytes:
        messages = [message for _, message in self._sheets[place].messages]
        turn = self._sheets[place].messages[0][0]
        thread = self._bound.threads[turn]
        about = self._subjects[turn]
        path = self._bound.leaves[place].path
        rows = self._branches.beginning(messages[0])
        rows += self._branches.thread(messages, path, turn, about=about, goes_on=place != thread.leaves[-1])
        days = sorted(day for day in {day_of(message) for message in messages} if day) or [""]
        span = self._frame.words.span(days[0], days[-1])
        return self._frame.thread(self._entry, self._bound, turn, place, clean(self._headlines[turn]), span, rows)

    # ---- the conversation's own index

    def _index(self) -> bytes:
        began: dict[str, list[int]] = {}
        for turn, thread in enumerate(self._bound.threads):
            began.setdefault(thread.first[:7], []).append(turn)
        months = [
            self._listed(month, began.get(f"{month.year:04}-{month.number:02}", [])) for month in self._bound.months
        ]
        if undated := began.get(""):
            months.append(self._listed(None, undated))
        return self._frame.threads(self._entry, months)

    def _listed(self, month: Month | None, turns: Sequence[int]) -> Listed:
        """A month in the list: where it begins, its name, how much it holds, and its threads."""
        said, threads = self._frame.words, self._bound.threads
        place = self._where(threads[turns[0]]) if turns else month.place if month else ""
        counts = [said.count("messages", month.messages)] if month else []
        counts += [said.count("threads", len(turns))] if turns else []
        name = said.month_of(f"{month.year:04}-{month.number:02}" if month else "")
        lines = [
            (self._where(threads[turn]), self._headlines[turn], self._count(threads[turn]))
            for turn in turns
            if len(threads) <= LISTED
        ]
        return Listed(place, name, " · ".join(counts), lines)

    def _where(self, thread: Thread) -> str:
        return self._own(thread) if thread.moved >= 0 else f"{self._bound.leaves[thread.leaf].path}#{thread.name}"
