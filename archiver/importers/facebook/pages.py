"""Conversations out of pages: the HTML of an export, of three generations.

    2010-17   one messages.htm with all threads (later a page for each), zone told, long threads cut and repeated
    2018-21   message_1.html…, a box for each message, no zone
    2022 on   the same with other tags and classes

Pages are newest first; they are read from their end, so that messages of one minute keep their order (facts 6).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import blake2b

from archiver.dump import Entry
from archiver.errors import DumpError
from archiver.importers.facebook.accounting import Ledger
from archiver.importers.facebook.loading import SOURCE
from archiver.importers.facebook.markup import plain, split, written
from archiver.importers.facebook.page_boxes import HEAD, Box, PageFile, closed
from archiver.importers.facebook.page_dates import DateReader, may_be_date
from archiver.importers.facebook.page_messages import BoxReader, everything
from archiver.importers.facebook.page_outline import Outlines
from archiver.importers.facebook.page_people import names_in, old_participants, people_told, texts_of
from archiver.importers.facebook.page_zones import PageClock, PageZone, compared_zone, page_zone
from archiver.importers.facebook.people import handle_for
from archiver.importers.facebook.room import Room
from archiver.importers.facebook.tree import ThreadRef
from archiver.model import Conversation, ConversationKind, Guess, Item, Message, Origin, Problem
from archiver.text import fold

KIND = "page"
_BATCH = 20_000  # messages among which those that speak of others are looked for
_GLANCE = 32  # boxes at either end of a conversation that are looked at beforehand
_LONG_KEY = 160
_TITLE = re.compile(rb"<title\b[^<>]*>([^<>]{1,2000})</title>", re.IGNORECASE)
_H1 = re.compile(rb"<h1\b[^<>]*>([^<>]{1,2000})</h1>", re.IGNORECASE)
_INDEX = re.compile(rb'<a\b[^<>]*\bhref="[^"<>]*messages/\d{1,9}\.html"')


def zone_of(room: Room, compared: PageZone | None = None, *, instagram: bool | None = None) -> PageZone:
    """The zone of an export's pages, to be found out once for all of them. *compared*: what `compare` found."""
    front = next(iter(room.tree.section("start_here.html")), None)
    return page_zone(
        room.hints,
        instagram=room.tree.instagram if instagram is None else instagram,
        compared=compared,
        front_page=room.tree.head(front) if front is not None and not room.hints.zone else b"",
    )


def compare(room: Room, ref: ThreadRef, told: Iterable[Message]) -> PageZone | None:
    """The zone of pages, by a thread that is there both as pages (*ref*) and as JSON (*told*); None if it is not to
    be told by it."""
    aside = replace(room, ledger=Ledger())
    shown = read_page(aside, ref, zone=PageZone("UTC", "", 0))
    return compared_zone(told, (item for item in shown if isinstance(item, Message)), room.hints.local_zone)


def read_page(room: Room, ref: ThreadRef, key: str = "", zone: PageZone | None = None) -> Iterator[Item]:
    """The items of the pages of one thread, or of all threads in one old page: conversations, messages, the oldest
    first, problems, guesses.

    *key*: the conversation's, where another one than the ref's is known. *zone*: as `zone_of` has found it for the
    export; without it that is done here, and the guess is told.
    """
    reader = _Pages(room, ref, key or ref.key, zone or zone_of(room, instagram=ref.instagram), told=zone is not None)
    for entry in reader.oldest_first():
        yield from reader.file(entry)


@dataclass(slots=True)
class _Chunk:
    """A stretch of boxes [first, last) of one conversation; *start* and *end* in bytes, *names* of the participants;
    *newest*: the time of its newest box, as far as it can be told."""

    first: int
    last: int
    start: int
    end: int
    names: list[str] = field(default_factory=list)
    newest: float = 0.0
    backwards: bool = True


@dataclass(slots=True)
class _Glance:
    """What a look at some boxes of a stretch shows: *dates*, at its beginning and at its end; *senders*; *headings*."""

    early: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    senders: dict[str, None] = field(default_factory=dict)
    headings: list[str] = field(default_factory=list)


class _Pages:
    """Reads the pages of one thread, or one old page with all of them."""

    def __init__(self, room: Room, ref: ThreadRef, key: str, zone: PageZone, *, told: bool) -> None:
        self._room = room
        self._ref = ref
        self._key = key
        self._zone = zone
        self._zone_told = told or bool(room.hints.zone)
        self._begun: set[str] = set()

    def oldest_first(self) -> Sequence[Entry]:
        """The files from the oldest part on: message_1 is the newest (where their first dates do not say otherwise)."""
        by_number = self._ref.files[::-1]
        if len(by_number) < 2:
            return by_number
        times = [self._first_time(entry) for entry in by_number]
        if not all(times):
            return by_number
        return [entry for _, entry in sorted(zip(times, by_number, strict=True), key=lambda one: one[0])]

    def _first_time(self, entry: Entry) -> float:
        """The first date on a page; 0 for none."""
        head = self._room.tree.head(entry).decode("utf-8", "replace")
        for text in split(head).texts:
            if may_be_date(text) and (at := _moment(plain(text))):
                return at
        return 0.0

    def file(self, entry: Entry) -> Iterator[Item]:
        """The conversations and messages of one file."""
        try:
            page = PageFile(self._room.dump, entry, _is_date)
        except DumpError as error:
            yield Problem("unreadable-file", f"“{entry.path}” cannot be read. {error.what}", None, "file")
            return
        with page:
            if page.damage:
                yield Problem("unreadable-file", f"“{entry.path}” cannot be read. {page.damage}", None, "file")
                return
            whole = Origin(SOURCE, self._room.dump.sha256(entry), entry.member, 0, 0)
            if page.starts:
                yield from self._file(entry, page, whole)
            elif _INDEX.search(page.read(0, HEAD)):
                yield Problem("index-page", f"“{entry.path}” only lists the pages of the threads.", whole)
            else:
                note = f"“{entry.path}” has no messages in a form that is known."
                yield Problem("no-messages", note, whole, "file")

    def _file(self, entry: Entry, page: PageFile, whole: Origin) -> Iterator[Item]:
        outlines = Outlines(legacy=page.legacy)
        chunks = _chunks(page)
        glances = [_glance(page, chunk, outlines) for chunk in chunks]
        dates = DateReader(_samples(glances), self._room.hints.date_order, self._room.hints.language)
        clock = PageClock(dates, self._zone)
        reader = BoxReader(self._room, self._ref, entry, clock, outlines)
        for chunk, glance in zip(chunks, glances, strict=True):
            _order(chunk, glance, dates)
        for key, group in self._conversations(page, chunks, glances).items():
            yield from self._conversation(reader, page, key, group)
        yield from self._afterwards(entry, reader, clock, whole)

    def _front(self) -> list[str]:
        """The participants as the newest page of several has them; the others may not."""
        try:
            page = PageFile(self._room.dump, self._ref.files[0], _is_date)
        except DumpError:
            return []
        with page:
            outlines = Outlines(legacy=page.legacy)
            return [
                name for chunk in _chunks(page) for name in self._names(page, _glance(page, chunk, outlines), chunk)
            ]

    # -- conversations -------------------------------------------------------------------------------------

    def _conversations(
        self, page: PageFile, chunks: Sequence[_Chunk], glances: Sequence[_Glance]
    ) -> dict[str, list[tuple[_Chunk, _Glance]]]:
        """The stretches by the conversation they belong to; of each, the oldest first."""
        found: dict[str, list[tuple[_Chunk, _Glance]]] = {}
        owner = self._owner(page) if page.legacy else ""
        front = self._front() if len(self._ref.files) > 1 and not self._begun else []
        for chunk, glance in zip(chunks, glances, strict=True):
            chunk.names = front or self._names(page, glance, chunk)
            if self._key:
                key = self._key
            elif page.legacy:
                key = _key_of([*chunk.names, *filter(None, [owner])] if chunk.names else glance.senders)
            else:
                key = self._titled_key(page, chunk.names)
            found.setdefault(key, []).append((chunk, glance))
        for group in found.values():
            group.reverse()
            group.sort(key=lambda one: one[0].newest)
        return found

    def _names(self, page: PageFile, glance: _Glance, chunk: _Chunk) -> list[str]:
        """The participants that stand at the head of a stretch."""
        text = page.read(chunk.start, min(page.starts[chunk.first], chunk.start + HEAD)).decode("utf-8", "replace")
        if page.legacy:
            return old_participants(text)
        return self._participants([*texts_of(text), *glance.headings], set(filter(None, glance.senders)))

    def _owner(self, page: PageFile) -> str:
        """Whose page it is: its heading is their name."""
        found = _H1.search(page.read(0, 1 << 16))
        return plain(found[1].decode("utf-8", "replace")) if found else self._room.owner.name

    def _titled_key(self, page: PageFile, names: Sequence[str]) -> str:
        where = "instagram" if self._ref.instagram else "facebook"
        return f"{where}:thread:{fold(_title(page)) or fold(', '.join(sorted(names))) or fold(self._ref.title)}"

    def _participants(self, texts: Iterable[str], senders: set[str]) -> list[str]:
        """The names behind the word for participants, which is in the account's language: so a list counts when one
        of its names is known, be it of a sender or the owner's."""
        for text in texts:
            if told := people_told(text):
                names = names_in(told, senders)
                if any(name in senders or self._room.owner.is_me(name) for name in names):
                    return names
        return []

    def _conversation(
        self, reader: BoxReader, page: PageFile, key: str, group: Sequence[tuple[_Chunk, _Glance]]
    ) -> Iterator[Item]:
        """One conversation of a file: what it is called, and its messages, the oldest first."""
        names = list(dict.fromkeys(name for chunk, _ in group for name in chunk.names))
        reader.begin(key, [name for chunk, _ in group[:1] for name in chunk.names])
        if key not in self._begun:
            self._begun.add(key)
            senders = list(dict.fromkeys(name for _, glance in group for name in glance.senders))
            newest = group[-1][0]
            origin = reader.origin(newest.start, page.starts[newest.first])
            yield self._described(key, names, senders, "" if page.legacy else _title(page), origin)
        for chunk, _ in group:
            for box in page.boxes(chunk.first, chunk.last, end=chunk.end, backwards=chunk.backwards):
                reader.read(_trimmed(box, legacy=page.legacy) if box.end == chunk.end else box)
                if reader.waiting() >= _BATCH:
                    yield from reader.taken()
        yield from reader.taken()

    def _described(
        self, key: str, names: Sequence[str], senders: Sequence[str], title: str, origin: Origin
    ) -> Conversation:
        """The conversation as its page describes it. *senders* of some of its messages."""
        people = names or senders
        others = [name for name in people if name and not self._room.owner.is_me(name)]
        kind: ConversationKind = "group" if len(people) > 2 else "direct" if people else "unknown"
        handles = (handle_for(name, key, self._ref.scheme) for name in (names or [name for name in senders if name]))
        return Conversation(
            key=key,
            title=title or ", ".join(others) or self._ref.title or key,
            kind=kind,
            native_id=self._ref.native_id or None,
            members=tuple(dict.fromkeys(handles)),
            origin=origin,
        )

    # -- what there is to say ------------------------------------------------------------------------------

    def _afterwards(
        self, entry: Entry, reader: BoxReader, clock: PageClock, whole: Origin
    ) -> Iterator[Problem | Guess]:
        """What was assumed and what went wrong in a file."""
        if clock.guessed and not self._zone_told:
            yield self._zone.guess(whole)
        if clock.doubts["date-order"]:
            because = f"{clock.doubts['date-order']:,} dates in figures do not tell which of them is the day"
            yield Guess("date-order", clock.dates.order, because, 0.5, whole, "--date-order")
        if doubtful := clock.doubts["month"] + clock.doubts["clock"]:
            note = f"“{entry.path}”: the words in the dates of {doubtful:,} messages may mean different times."
            yield Problem("doubtful-time", note, whole)
        if clock.unread:
            note = f"“{entry.path}”: {clock.unread:,} dates cannot be read, such as “{clock.example[:60]}”."
            yield Problem("unreadable-time", note, whole, "detail")
        if reader.broken:
            note = f"“{entry.path}”: {reader.broken:,} messages hold bytes that are no text."
            yield Problem("undecodable", note, whole, "detail")
        if reader.damaged:
            note = f"“{entry.path}”: {reader.damaged:,} messages have damaged markup; of these, only the text was read."
            yield Problem("damaged-markup", note, whole, "detail")
        yield from self._room.ledger.close(KIND, reader.count, whole)


def _chunks(page: PageFile) -> list[_Chunk]:
    """The stretches of boxes in a file: one, or of an old page those under each ``div.thread``."""
    bounds = list(page.threads)
    if not bounds or bounds[0][1] > 0:
        bounds.insert(0, (0, 0))
    ends = [*bounds[1:], (page.size, len(page.starts))]
    return [
        _Chunk(first, last, start, end)
        for (start, first), (end, last) in zip(bounds, ends, strict=True)
        if first < last
    ]


def _glance(page: PageFile, chunk: _Chunk, outlines: Outlines) -> _Glance:
    """A look at the first and the last boxes of a stretch."""
    seen = _Glance()
    early = min(chunk.last, chunk.first + _GLANCE)
    late = max(early, chunk.last - _GLANCE)
    for first, last, dates in ((chunk.first, early, seen.early), (late, chunk.last, seen.late)):
        for box in page.boxes(first, last, end=page.starts[last] if last < chunk.last else chunk.end):
            markup = split(box.raw.decode("utf-8", "replace"))
            texts, plan = markup.texts, outlines.of(markup.tags)
            if may_be_date(time := written(texts, plan.time)):
                dates.append(time)
                seen.senders[written(texts, plan.sender)] = None
            else:
                seen.headings.append(everything(texts))
    return seen


@cache
def _any_language() -> DateReader:
    return DateReader()


def _is_date(text: str) -> bool:
    return _any_language().read(text, strict=True) is not None


def _moment(text: str) -> float:
    """A date as a number that grows with time, for comparing; 0 for none."""
    fields = _any_language().read(text)
    return 0.0 if fields is None else _number(fields[:6])


def _number(fields: Sequence[int]) -> float:
    year, month, day, hour, minute, second = fields
    return ((((year * 12 + month) * 31 + day) * 24 + hour) * 60 + minute) * 60.0 + second


def _samples(glances: Iterable[_Glance]) -> list[str]:
    return [text for glance in glances for text in (*glance.early, *glance.late)][: 40 * _GLANCE]


def _order(chunk: _Chunk, glance: _Glance, dates: DateReader) -> None:
    """Whether a stretch has its newest message first, and when that is."""
    read = [dates.read(text) for text in (*glance.early, *glance.late)]
    times = [_number(fields[:6]) for fields in read if fields is not None]
    if times:
        chunk.backwards = times[0] >= times[-1]
        chunk.newest = max(times[0], times[-1])


def _trimmed(box: Box, *, legacy: bool) -> Box:
    """The last box of a stretch without what follows it."""
    end = closed(box.raw, legacy=legacy) if box.raw else box.end - box.start
    return box._replace(end=box.start + end, raw=box.raw[:end])


def _title(page: PageFile) -> str:
    """What a page is called: its heading, else its title."""
    head = page.read(0, 1 << 19)
    for pattern in (_H1, _TITLE):
        if (found := pattern.search(head)) and (text := plain(found[1].decode("utf-8", "replace"))):
            return text
    return ""


def _key_of(names: Iterable[str]) -> str:
    """The key of a conversation that only its participants tell."""
    told = ", ".join(sorted(set(map(fold, names))))
    if len(told) > _LONG_KEY:
        told = f"{told[:_LONG_KEY]}… {blake2b(told.encode(), digest_size=6).hexdigest()}"
    return f"facebook:thread:{told}"
