"""The records of a thread's files into messages. Nearly all are nothing but text and take the short way."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import ge
from typing import Any, NamedTuple
from zlib import crc32

from archiver.dump import Entry
from archiver.importers.facebook.accounting import Count
from archiver.importers.facebook.folding import edited_text
from archiver.importers.facebook.kinds import (
    PLAIN,
    Find,
    Reading,
    Voice,
    base_name,
    body_of,
    files_of,
    media_type,
    read_kind,
    unknown_inside,
    unknown_keys,
)
from archiver.importers.facebook.lines import Lines
from archiver.importers.facebook.loading import Loaded, spans
from archiver.importers.facebook.mojibake import mended, repaired
from archiver.importers.facebook.people import handle_for, is_nobody
from archiver.importers.facebook.room import Clock, Room
from archiver.importers.facebook.sentences import edit_marks, openings
from archiver.importers.facebook.tree import E2EE, ThreadRef
from archiver.model import Attachment, Handle, Message, Origin, Reaction, Standing, When
from archiver.text import fold

KIND = "thread"
_MILLISECONDS = {"timestamp_ms": 1, "timestamp": 1000}  # spring 2018 had seconds
_E2EE_KEYS = {"senderName": "sender_name", "text": "content", "isUnsent": "is_unsent", "timestamp": "timestamp_ms"}
_UNASKED = frozenset({"message_requests", "filtered_threads"})  # folders of what the owner never accepted
_READ = frozenset({"text", "media", "share", "sticker"})  # kinds that are what somebody sent, as it stands
_DIGITS = re.compile(r"-?[0-9]{1,17}")
_SHAPES = 2_000  # different sets of keys remembered
_SENDERS = 50_000
_NEEDED = {"sender_name", "timestamp_ms", "content"}
_UNKNOWN = ("?",)
_FAR = 4_102_444_800_000  # ms: 2100
_OPENINGS = openings()
_MARKS = edit_marks()
_ORDINARY = ("Generic", "text", None)  # values of a type that say nothing


class _Who(NamedTuple):
    """A sender as this thread has them: *folded* for keys; *own*: is it the exporter (None: nobody knows); *shared*:
    so many people here have this name, 0 for one."""

    handle: Handle
    name: str
    folded: str
    own: bool | None
    shared: int


@dataclass(slots=True)
class Part:
    """One file's messages, the oldest first. *speaking*: (place, sign) of sentences about reactions; *edits*: places
    of messages that end as an edited copy does; *undated*: of those without a time. For each message: the place it was
    *taken* from, its sender *folded*, and its body in UTF-8."""

    find: Find
    count: Count
    lines: Lines
    speaking: list[tuple[int, str]] = field(default_factory=list)
    edits: list[int] = field(default_factory=list)
    undated: set[int] = field(default_factory=set)
    taken: list[int] = field(default_factory=list)
    folded: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def forget(self) -> None:
        """Let go of what only the keys are made of."""
        self.taken.clear()
        self.folded.clear()
        self.bodies.clear()

    def origin(self, span: tuple[int, int]) -> Origin:
        """The origin of bytes [start, end) of the file; shares its strings with all others of the file."""
        return self.lines.origin._replace(start=span[0], end=span[1])


class Maker:
    """Makes the messages of one telling of a thread. *names*: of its participants, as they stand in it."""

    def __init__(self, room: Room, ref: ThreadRef, key: str, names: Collection[str]) -> None:
        self.key = key
        self._room = room
        self._ref = ref
        self.clock = Clock(room.hints.zone)
        self._names = Counter(names)
        self._known = set(self._names)
        self._who: dict[object, _Who] = {}
        self._plain: dict[tuple[str, ...], tuple[str, ...] | None] = {}
        self._ms: object = None
        self._alike: dict[str, int] = {}
        self._always: Mapping[str, object] = {"folder": ref.section} if ref.section in _UNASKED else {}

    def handle(self, name: str) -> Handle:
        """The handle of a repaired display name in this thread."""
        return handle_for(name, self.key, self._ref.scheme)

    def part(self, entry: Entry, loaded: Loaded, records: list[Any]) -> Part:
        """The messages of one file. *records*: what its list of messages holds."""
        part = Part(self._finder(entry), self._room.ledger.file("messages"), Lines(self.key, loaded.origin))
        ranges = spans(loaded.raw, "messages", records) or (spans(loaded.raw) if loaded.cut else [])
        if len(ranges) != len(records):
            ranges = [(loaded.origin.start, loaded.origin.end)] * len(records)
        if self._ref.section == E2EE:
            records = [_as_thread(one) if isinstance(one, dict) else one for one in records]
        self._take(part, records, ranges)
        part.lines.identify(self._keys(part))
        part.lines.starts += [ranges[place][0] for place in part.taken]
        part.lines.ends += [ranges[place][1] for place in part.taken]
        part.forget()
        part.count.held = len(records)
        part.count.read = len(part.lines) - part.count.typed
        return part

    def _take(self, part: Part, records: list[Any], ranges: Sequence[tuple[int, int]]) -> None:
        """The records into lines, the oldest first. The hot path: what most records need is told in full here."""
        lines, learned, met, opening = part.lines, self._plain, self._who, _OPENINGS.get
        senders, times, texts = lines.senders.append, lines.times.append, lines.texts.append
        taken, folded, body = part.taken.append, part.folded.append, part.bodies.append
        for place in _order(records):
            record = records[place]
            if type(record) is not dict:
                part.count.skip("no object", lost=True)
                continue
            shape = tuple(record)
            asked = learned.get(shape, _UNKNOWN)
            if asked is _UNKNOWN:
                asked = self._learn(shape)
            if asked is not None and _ordinary(record, asked):
                text, ms, name = record["content"], record["timestamp_ms"], record["sender_name"]
                text, raw = (text, text.encode()) if text.isascii() else mended(text)
                who = met.get(name) or self._meet(name)
                first = opening(text.partition(" ")[0])
                if not (
                    (first is not None and text.startswith(first))
                    or text.startswith(who.name)
                    or (text[-1] == ")" and text.endswith(_MARKS))
                    or who.shared
                ):
                    if "reactions" in record and (marks := self._marked(record, part.origin(ranges[place]))):
                        lines.standing[len(lines.texts)] = Standing("text", text, (), None, marks)
                    senders(who.handle)
                    times(ms)
                    texts(text)
                    taken(place)
                    folded(who.folded)
                    body(raw)
                    continue
            self._slow(part, place, record, part.origin(ranges[place]))

    def _learn(self, shape: tuple[str, ...]) -> tuple[str, ...] | None:
        """Which flags a record with these keys has; None if there may be more to it than text."""
        keys = set(shape)
        short = not self._always and keys <= PLAIN and keys >= _NEEDED
        asked = tuple(key for key in shape if key.startswith("is_") or key == "type") if short else None
        if len(self._plain) < _SHAPES:
            self._plain[shape] = asked
        return asked

    def _slow(self, part: Part, place: int, record: dict[str, Any], origin: Origin) -> None:
        """The message of a record that may be more than text, or has something odd about it, into the lines."""
        for path, value in unknown_keys(record):
            self._room.ledger.unknown(KIND, path, value, origin)
        who = self._meet(record.get("sender_name"))
        told = files_of(record)
        reading = read_kind(record, Voice(who.name, who.own, self._known, part.find), told)
        ms, when = self._time(record)
        self._note(part, reading)
        extra = {**self._always, **reading.extra} if self._always else reading.extra
        if who.shared:
            extra["people_called_so"] = who.shared
        message = Message(
            self.key,
            who.handle,
            when,
            reading.text,
            origin,
            reading.kind,
            attachments=reading.attachments,
            reactions=self._reactions(record) if "reactions" in record else (),
            deleted=reading.deleted,
            extra=extra or None,
        )
        if ms is None:
            part.undated.add(len(part.lines))
        part.lines.add(message, 0 if ms is None else ms, who.handle)
        part.taken.append(place)
        part.folded.append(who.folded)
        part.bodies.append(body_of(reading, record, told).encode(errors="replace"))

    def _note(self, part: Part, reading: Reading) -> None:
        """What becomes of a reading in the accounts, and whether it speaks of another message."""
        if reading.kind not in _READ:
            part.count.typed += 1
        if reading.kind == "event.reaction" and reading.sentence is not None:
            part.speaking.append((len(part.lines), reading.sentence.slot("emoji")))
        elif reading.kind == "text" and edited_text(reading.text) is not None:
            part.edits.append(len(part.lines))

    def _time(self, record: Mapping[str, Any]) -> tuple[int | None, When]:
        """Milliseconds and the time; seconds in files of spring 2018; None where there is no such time."""
        value = record.get("timestamp_ms")
        if type(value) is int:
            return value, self.clock.when(value)
        for key, factor in _MILLISECONDS.items():
            value = record.get(key)
            if isinstance(value, str) and _DIGITS.fullmatch(value):
                value = int(value)
            if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e17:
                ms = int(value * factor)
                return ms, self.clock.when(ms)._replace(written=str(value))
        return None, When(None, "")

    def _keys(self, part: Part) -> list[str]:
        """Time, n-th alike at that time, sender, checksum of the body: never the place in the file (facts 8)."""
        tails = [f"{who}:{crc:08x}" for who, crc in zip(part.folded, map(crc32, part.bodies), strict=True)]
        times: Sequence[object] = part.lines.times
        if part.undated:
            times = ["" if i in part.undated else ms for i, ms in enumerate(times)]
        if len(set(times)) == len(times) and times and times[0] != self._ms:
            self._ms, self._alike = times[-1], {tails[-1]: 1}
            return [f"{ms}:1:{tail}" for ms, tail in zip(times, tails, strict=True)]
        return [self._key(ms, tail) for ms, tail in zip(times, tails, strict=True)]

    def _key(self, ms: object, tail: str) -> str:
        if ms != self._ms:
            self._ms, self._alike = ms, {}
        count = self._alike[tail] = self._alike.get(tail, 0) + 1
        return f"{ms}:{count}:{tail}"

    def _meet(self, given: object) -> _Who:
        """Who a ``sender_name`` is, the same record for the same name."""
        if not isinstance(given, str):
            given = None
        known = self._who.get(given)
        if known is None:
            name = repaired(given).strip() if given is not None else ""
            owner, many = self._room.owner, self._names[name]
            own = owner.is_me(name) if owner.known else None
            known = _Who(self.handle(name), name, fold(name), own, many if many > 1 and not is_nobody(name) else 0)
            if len(self._who) >= _SENDERS:
                self._who.clear()
            self._who[given] = known
            self._known.add(name)
        return known

    def _reactions(self, record: Mapping[str, Any]) -> tuple[Reaction, ...]:
        """``reactions``: who, with what; from 2025 on some say when (s)."""
        listed = record.get("reactions")
        found = []
        for one in listed if isinstance(listed, list) else ():
            sign, actor = (one.get("reaction"), one.get("actor")) if isinstance(one, dict) else (None, None)
            if not isinstance(sign, str) or not sign:
                continue
            at = one.get("timestamp")
            moment = self.clock.when(at * 1000).at if type(at) is int and 0 < at < 10**12 else None
            by = self._meet(actor).handle if isinstance(actor, str) else None
            found.append(Reaction(by, repaired(sign), moment))
        return tuple(found)

    def _marked(self, record: Mapping[str, Any], origin: Origin) -> tuple[Reaction, ...]:
        """The reactions of a record that is looked at no further."""
        for path, value in unknown_inside("reactions", record["reactions"]):
            self._room.ledger.unknown(KIND, path, value, origin)
        return self._reactions(record)

    def _finder(self, beside: Entry) -> Find:
        media = self._room.tree.media

        def find(key: str, uri: str) -> Attachment:
            name, entry = base_name(uri), media(uri, beside)
            if entry is None:
                return Attachment(name, media_type(key, name), state="missing")
            return Attachment(name, media_type(key, name), entry.size, entry.path)

        return find


def _ordinary(record: dict[str, Any], asked: Sequence[str]) -> bool:
    """Whether there is a text, a time and a sender, and all other fields say nothing."""
    text, ms = record["content"], record["timestamp_ms"]
    if type(text) is not str or not text or type(ms) is not int or not 0 < ms < _FAR:
        return False
    for flag in asked:
        value = record[flag]
        if value is not False and value not in _ORDINARY:
            return False
    return type(record["sender_name"]) is str


def _as_thread(record: dict[str, Any]) -> dict[str, Any]:
    """A message of an encrypted chat in the words of a thread file, without the lists that are empty."""
    return {_E2EE_KEYS.get(key, key): value for key, value in record.items() if value != []}


def _order(records: list[Any]) -> Sequence[int]:
    """The places of records from the oldest on. Records without a time stay beside their neighbours."""
    try:
        seen = [record["timestamp_ms"] for record in records]
        if set(map(type, seen)) == {int} and all(map(ge, seen, islice(seen, 1, None))):
            return range(len(seen) - 1, -1, -1)
    except (KeyError, TypeError, IndexError):
        pass  # some have no such time
    times: list[int | float] = []
    last: int | float = 0
    for record in records:
        value = record.get("timestamp_ms", record.get("timestamp")) if type(record) is dict else None
        if type(value) is int or isinstance(value, float):
            last = value
        times.append(last)
    if all(map(ge, times, islice(times, 1, None))):
        return range(len(times) - 1, -1, -1)
    order = range(len(times)) if times[0] < times[-1] else range(len(times) - 1, -1, -1)
    return sorted(order, key=times.__getitem__)
