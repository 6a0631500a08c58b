"""The boxes of messages in a page's file: where they begin, told by the structure of the page's first part.

A file is read once, from its start, into a temporary copy; of a page of any size only the places where boxes begin
stay in memory. So a hundred megabytes of messages.htm can be read from the end, the oldest message first.
"""

import re
import tempfile
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import IO, NamedTuple, Self

from archiver.dump import Dump, Entry
from archiver.errors import DumpError
from archiver.importers.facebook.generations import LEGACY, generation
from archiver.importers.facebook.markup import VOID, attributes, plain
from archiver.importers.facebook.page_dates import may_be_date

HEAD = 1 << 19
"""Bytes at the start of a page out of which its structure is learned."""
LARGEST = 4 << 20
"""Bytes of one box; a message has at most some ten thousand characters."""
_IN_MEMORY = 8 << 20  # bytes of a page that are kept without a file
_DEEP_LIMIT = 64 << 20  # bytes of a page whose boxes are only told by depth: it is in memory as a whole
_BLOCK = 1 << 20
_LONGEST_TAG = 1 << 16
_DEEPEST = 400  # elements that may be open at once
_MOST = 0.8
_ENOUGH = 24  # dates that tell the structure
_OLD = re.compile(rb'<div\b[^<>]*\bclass="(?:thread|message)"[^<>]*>', re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*+|[!?])([^<>]*+)>")
_RAW = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9-]*+)[^<>]*+>")
_SKIPPED = frozenset({"head", "style", "script", "ul"})
_KNOWN_CLASSES = ("uiBoxWhite", "_a6-g")


@dataclass(frozen=True, slots=True)
class Plan:
    """How to find boxes. *start* matches the tag a box begins with; None: boxes are the elements that lie *depth*
    deep from byte *base* on. *legacy*: boxes are of 2010-17, and ``div.thread`` begins a conversation."""

    start: re.Pattern[bytes] | None
    base: int = 0
    legacy: bool = False


class _Open(NamedTuple):
    """An element that is open: its number, name, class, and where it starts (in characters)."""

    number: int
    name: str
    classes: str
    at: int


@dataclass(slots=True)
class _Walk:
    """The *dates* in the first part of a page, each as the elements around it, and their *places*; where elements of
    each name and class start; and for each element how many texts it has that are no dates."""

    dates: list[tuple[_Open, ...]] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    kinds: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    told: Counter[int] = field(default_factory=Counter)


def learn(head: bytes, is_date: Callable[[str], bool]) -> Plan | None:
    """How to find the boxes of a page that begins like this; None when there are none."""
    if generation(head) == LEGACY:
        return Plan(_OLD, legacy=True)
    text = head.decode("utf-8", "surrogateescape")
    walk = _walk(text, is_date)
    box = _box(walk) or _known_box(text)
    if box is None:
        return None
    first, container = box
    if container is None or (first.classes and _apart(walk, walk.kinds[first.name, first.classes])):
        return Plan(_pattern(first, text))
    return Plan(None, base=len(text[: container.at].encode("utf-8", "surrogateescape")))


def _apart(walk: _Walk, starts: list[int]) -> bool:
    """Whether elements that start here part the dates, so that hardly any two are together."""
    held = Counter(bisect_right(starts, place) for place in walk.places)
    return sum(count == 1 for count in held.values()) >= _MOST * len(held)


def _walk(text: str, is_date: Callable[[str], bool]) -> _Walk:
    """The elements of a page's first part, as far as its dates."""
    walk = _Walk()
    opened: list[_Open] = []
    number = end = 0
    skipped = _DEEPEST  # how deep the element is whose texts do not count
    for found in _TAG.finditer(text):
        closing, name = found[1], found[2].lower()
        if opened and len(opened) <= skipped and found.start() > end:
            _note(walk, text[end : found.start()], end, opened, is_date)
            if len(walk.dates) >= _ENOUGH:
                break
        end = found.end()
        if closing:
            at = next((at for at in range(len(opened) - 1, -1, -1) if opened[at].name == name), len(opened))
            del opened[at:]
        elif name not in VOID:
            number += 1
            element = _Open(number, name, attributes(found[3]).get("class", ""), found.start())
            walk.kinds.setdefault((element.name, element.classes), []).append(element.at)
            if len(opened) < _DEEPEST:
                opened.append(element)
            if name in _SKIPPED:
                skipped = min(skipped, len(opened) - 1)
        if len(opened) <= skipped:
            skipped = _DEEPEST
    return walk


def _note(walk: _Walk, text: str, place: int, opened: list[_Open], is_date: Callable[[str], bool]) -> None:
    if text.isspace():
        return
    if may_be_date(text) and is_date(plain(text)):
        walk.dates.append(tuple(opened))
        walk.places.append(place)
    else:
        walk.told.update(one.number for one in opened)


def _box(walk: _Walk) -> tuple[_Open, _Open | None] | None:
    """A box, and the element that holds all of them: where most neighbouring dates part ways."""
    meetings: Counter[_Open] = Counter()
    boxes: dict[_Open, _Open] = {}
    for one, other in zip(walk.dates, walk.dates[1:], strict=False):
        depth = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
        if depth and (one[depth].name, one[depth].classes) == (other[depth].name, other[depth].classes):
            meetings[one[depth - 1]] += 1
            boxes.setdefault(one[depth - 1], one[depth])
    if meetings:
        container = max(meetings, key=lambda one: meetings[one])
        return boxes[container], container
    for path in walk.dates:  # one message only: the smallest element that holds more than the date
        at = next((at for at in range(len(path) - 2, -1, -1) if walk.told[path[at].number]), -1)
        if at >= 0:
            return path[at], path[at - 1] if at else None
    return None


def _known_box(text: str) -> tuple[_Open, None] | None:
    """The box by the names of classes, for a page whose dates nobody can read."""
    for found in _TAG.finditer(text):
        classes = attributes(found[3]).get("class", "")
        if any(known in classes.split() for known in _KNOWN_CLASSES):
            return _Open(0, found[2].lower(), classes, found.start()), None
    return None


def _pattern(box: _Open, head: str) -> re.Pattern[bytes]:
    """What matches the start tags of boxes: their name and exactly their classes."""
    name, classes = (re.escape(one.encode("utf-8", "surrogateescape")) for one in (box.name, box.classes))
    if not classes:
        return re.compile(rb"<" + name + rb"(?=[\s>])(?![^<>]*\bclass=)[^<>]*>", re.IGNORECASE)
    quick = rb"<" + name + rb" class=\"" + classes + rb"\"[^<>]*+>"
    quoted = rb"class=(?:\"" + classes + rb"\"|'" + classes + rb"')"
    sure = rb"<" + name + rb"\b[^<>]*?\b" + quoted + rb"[^<>]*+>"
    raw = head.encode("utf-8", "surrogateescape")
    return re.compile(quick if len(re.findall(quick, raw)) == len(re.findall(sure, raw)) else sure)


class Box(NamedTuple):
    """A box: bytes [start, end) of the file."""

    start: int
    end: int
    raw: bytes


class PageFile:
    """A page's file, with the places of its boxes. A context manager, for it may hold a temporary file.

    *starts*: where boxes begin; *threads*: for pages of 2010-17, (where a conversation begins, number of its first
    box). *size*: of the file, as far as it could be read; *damage*: why no further, "" if it could.
    """

    def __init__(self, dump: Dump, entry: Entry, is_date: Callable[[str], bool]) -> None:
        self.starts: array[int] = array("Q")
        self.threads: list[tuple[int, int]] = []
        self.size = 0
        self.damage = ""
        self.plan: Plan | None = None
        self._copy: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed in __exit__
        try:
            self._take(dump, entry, is_date)
        except BaseException:
            self._copy.close()
            raise

    @property
    def legacy(self) -> bool:
        """Whether it is a page of 2010-17."""
        return self.plan is not None and self.plan.legacy

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._copy.close()

    def _take(self, dump: Dump, entry: Entry, is_date: Callable[[str], bool]) -> None:
        """The whole file, a block at a time."""
        try:
            with dump.open_entry(entry) as file:
                first = file.read(HEAD)
                self.plan = learn(first, is_date)
                block, rest = first, b""
                while block:
                    self._copy.write(block)
                    rest = self._scan(rest + block, self.size - len(rest))
                    self.size += len(block)
                    block = file.read(_BLOCK)
        except DumpError as error:
            self.damage = error.what
        if self.plan is not None and self.plan.start is None:
            self._scan_deep()

    def _scan(self, block: bytes, base: int) -> bytes:
        """Note the boxes that begin in a block; what may be half a tag at its end is given back."""
        if self.plan is None or self.plan.start is None:
            return b""
        cut = block.rfind(b"<")
        whole = cut < 0 or block.find(b">", cut) >= 0 or len(block) - cut > _LONGEST_TAG
        end = len(block) if whole else cut
        for found in self.plan.start.finditer(block, 0, end):
            if self.plan.legacy and b"thread" in found[0]:
                self.threads.append((base + found.start(), len(self.starts)))
            else:
                self.starts.append(base + found.start())
        return block[end:]

    def _scan_deep(self) -> None:
        """The boxes of a page whose tags are not told apart by classes: elements in the container, by depth."""
        if self.plan is None or self.size > _DEEP_LIMIT:
            return
        raw, depth = self.read(self.plan.base, self.size), 0
        for found in _RAW.finditer(raw):
            name = found[2].lower().decode()
            if name in VOID:
                continue
            if found[1]:
                depth -= 1
                if depth <= 0:
                    self.size = self.plan.base + found.start()
                    return
            else:
                depth += 1
                if depth == 2:
                    self.starts.append(self.plan.base + found.start())

    def read(self, start: int, end: int) -> bytes:
        """Bytes [start, end) of the file."""
        self._copy.seek(start)
        return self._copy.read(max(0, min(end, self.size) - start))

    def boxes(self, first: int, last: int, *, end: int, backwards: bool = False) -> Iterator[Box]:
        """The boxes [first, last), whose last one ends before *end*; about a megabyte in memory at a time. Those
        of more than LARGEST bytes come without them."""
        for low, high in self._batches(first, last, end, backwards=backwards):
            base = self.starts[low]
            stop = self.starts[high] if high < last else end
            if stop - base > LARGEST:
                yield Box(base, stop, b"")
                continue
            raw = self.read(base, stop)
            for number in range(high - 1, low - 1, -1) if backwards else range(low, high):
                start = self.starts[number]
                close = self.starts[number + 1] if number + 1 < last else end
                yield Box(start, close, raw[start - base : close - base])

    def _batches(self, first: int, last: int, end: int, *, backwards: bool) -> Iterator[tuple[int, int]]:
        """Numbers [low, high) of boxes that are about a block together; of one that is too large, it alone."""
        numbers = range(last - 1, first - 1, -1) if backwards else range(first, last)
        batch: list[int] = []
        held = 0
        for number in numbers:
            size = (self.starts[number + 1] if number + 1 < last else end) - self.starts[number]
            if batch and held + size > _BLOCK:
                yield min(batch[0], batch[-1]), max(batch[0], batch[-1]) + 1
                batch, held = [], 0
            batch.append(number)
            held += size
        if batch:
            yield min(batch[0], batch[-1]), max(batch[0], batch[-1]) + 1


def closed(raw: bytes, *, legacy: bool = False) -> int:
    """Where the first element of *raw* ends; *legacy*: where what is around *raw* ends, for the text of a message
    stands behind its box. All of it when nothing closes it."""
    depth = 1 if legacy else 0
    for found in _RAW.finditer(raw):
        if found[2].lower().decode() in VOID:
            continue
        depth += -1 if found[1] else 1
        if depth <= 0:
            return found.start() if legacy else found.end()
    return len(raw)
