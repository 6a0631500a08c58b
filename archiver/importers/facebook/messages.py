"""The records of a thread's files into messages. Nearly all are nothing but text and take the short way."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from struct import pack
from typing import Any, NamedTuple
from zlib import crc32

from archiver.dump import Entry
from archiver.importers.facebook.accounting import Count
from archiver.importers.facebook.columns import FAR, Columns, begin_so, columns, oldest_first, sentences
from archiver.importers.facebook.folding import edited_text
from archiver.importers.facebook.kinds import (
    Find,
    Reading,
    Voice,
    base_name,
    body_of,
    files_of,
    media_type,
    read_bare,
    read_kind,
    shape_of,
    unknown_inside,
    unknown_keys,
)
from archiver.importers.facebook.lines import Lines
from archiver.importers.facebook.loading import Loaded, begin_alike, bounds, deeper, too_deep
from archiver.importers.facebook.mojibake import repaired
from archiver.importers.facebook.people import handle_for, is_nobody
from archiver.importers.facebook.room import Clock, Room
from archiver.importers.facebook.tree import E2EE, ThreadRef
from archiver.model import Attachment, Handle, Message, Origin, Problem, Reaction, Standing, When
from archiver.text import fold

KIND = "thread"
_MILLISECONDS = {"timestamp_ms": 1, "timestamp": 1000}  # spring 2018 had seconds
_E2EE_KEYS = {"senderName": "sender_name", "text": "content", "isUnsent": "is_unsent", "timestamp": "timestamp_ms"}
_UNASKED = frozenset({"message_requests", "filtered_threads"})  # folders of what the owner never accepted
_READ = frozenset({"text", "media", "share", "sticker"})  # kinds that are what somebody sent, as it stands
_DIGITS = re.compile(r"-?[0-9]{1,17}")
_SENDERS = 50_000


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
    of messages that end as an edited copy does; *undated*: of those without a time; *deep*: what
    is to be said of records that are nested too deeply."""

    find: Find
    count: Count
    lines: Lines
    speaking: list[tuple[int, str]] = field(default_factory=list)
    edits: list[int] = field(default_factory=list)
    undated: set[int] = field(default_factory=set)
    deep: list[Problem] = field(default_factory=list)

    def origin(self, place: int) -> Origin:
        """The origin of a message; shares its strings with all others of the file."""
        return self.lines.origin._replace(start=self.lines.starts[place], end=self.lines.ends[place])


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
        self._ms = "none"
        self._alike: dict[str, int] = {}
        self._always: Mapping[str, object] = {"folder": ref.section} if ref.section in _UNASKED else {}

    def handle(self, name: str) -> Handle:
        """The handle of a repaired display name in this thread; the owner's own for former names of theirs."""
        owner = self._room.owner
        if owner.known and owner.handle.scheme == self._ref.scheme and owner.goes_by(name, self._names):
            return owner.handle
        return handle_for(name, self.key, self._ref.scheme)

    def part(self, entry: Entry, loaded: Loaded, records: list[Any]) -> Part:
        """The messages of one file. *records*: what its list of messages holds; it is emptied, and what was loaded let
        go of, for there is no room for both."""
        part = Part(self._finder(entry), self._room.ledger.file("messages"), Lines(self.key, loaded.origin))
        part.count.held = len(records)
        there = list(records)
        if set(map(type, records)) - {dict}:
            there = [record for record in records if type(record) is dict]
            part.count.skip("no object", len(records) - len(there), lost=True)
        encrypted = self._ref.section == E2EE
        if encrypted:
            there = list(map(_as_thread, there))
        shapes = list(map(tuple, there))
        begins, ends = _bounds(loaded, records, sure=begin_so(set(shapes)) and not encrypted)
        records.clear()
        loaded.forget()
        times, ordered = oldest_first(there)
        there, shapes = ordered(there), ordered(shapes)
        part.lines.starts, part.lines.ends = ordered(begins), ordered(ends)
        told = columns(there, times, shapes)
        self._take(part, there, told)
        part.count.read = len(part.lines) - part.count.typed
        return part

    def _flatten(self, part: Part, odd: Sequence[int], records: list[dict[str, Any]]) -> None:
        """Let go of values that are nested more deeply than the limit; the rest of their messages is read."""
        levels = self._room.dump.limits.json_depth - 3  # beside the file, its list and the message itself
        if not deeper([records[place] for place in odd], levels + 2):
            return
        for place in odd:
            for key, value in records[place].items():
                if deeper(value, levels):
                    records[place][key] = None
                    origin = part.origin(place)
                    what = "A value in a message"
                    part.deep.append(too_deep(what, self._room.dump, origin._replace(end=origin.start), "detail"))

    def _take(self, part: Part, records: list[dict[str, Any]], told: Columns) -> None:
        """The records, the oldest first, into lines. The hot path: column by column, and singly only what is odd."""
        lines, odd = part.lines, told.odd
        self._flatten(part, sorted(odd), records)
        met = {name: self._meet(name) for name in told.different}
        who = list(map(met.__getitem__, told.names))
        odd.update(sentences(told.texts, [one.name for one in who]))
        if self._always:
            odd.update(range(len(records)))
        elif any(one.shared for one in met.values()):
            odd.update(i for i, one in enumerate(who) if one.shared)
        lines.senders = [one.handle for one in who]
        lines.times, lines.texts = told.times, told.texts
        folded, bodies = [one.folded for one in who], told.raw
        rest = [(place, records[place]) for place in sorted({*odd, *told.marked})]
        records.clear()  # most of what was read is in the columns by now
        for place, record in rest:
            if place in odd:
                folded[place], bodies[place] = self._singly(part, place, record)
            elif marks := self._marked(record, part, place):
                lines.standing[place] = Standing("text", lines.texts[place], (), None, marks)
        lines.identify(self._keys(part, folded, bodies))

    def _singly(self, part: Part, place: int, record: dict[str, Any]) -> tuple[str, bytes]:
        """The message of a record that may be more than text, or has something odd about it, into the lines; returns
        what its key is made of: the folded sender and the body."""
        shape = shape_of(record)
        for path, value in unknown_keys(record, shape):
            self._room.ledger.unknown(KIND, path, value, part.origin(place))
        name = record.get("sender_name")
        who = (self._who.get(name) if type(name) is str else None) or self._meet(name)
        told = files_of(record, shape)
        reading = read_bare(record, part.find, told) if shape.bare else None
        if reading is None:
            reading = read_kind(record, Voice(who.name, who.own, self._known, part.find), told)
        self._note(part, place, reading)
        extra = {**self._always, **reading.extra} if self._always else reading.extra
        if who.shared:
            extra["people_called_so"] = who.shared
        marks = self._reactions(record) if "reactions" in record else ()
        lines, ms = part.lines, record.get("timestamp_ms")
        lines.senders[place], lines.texts[place] = who.handle, reading.text
        if type(ms) is int and 0 < ms < FAR and not reading.deleted:
            lines.times[place] = ms
            if reading.kind != "text" or reading.attachments or extra or marks:
                lines.standing[place] = Standing(reading.kind, reading.text, reading.attachments, extra or None, marks)
        else:
            self._alone(part, place, record, reading, extra, marks)
        return who.folded, body_of(reading, record, told).encode(errors="replace")

    def _alone(
        self,
        part: Part,
        place: int,
        record: dict[str, Any],
        reading: Reading,
        extra: dict[str, object],
        marks: tuple[Reaction, ...],
    ) -> None:
        """A message that no stretch may hold."""
        ms, when = self._time(record)
        if ms is None:
            part.undated.add(place)
        message = Message(
            self.key,
            part.lines.senders[place],
            when,
            reading.text,
            part.origin(place),
            reading.kind,
            attachments=reading.attachments,
            reactions=marks,
            deleted=reading.deleted,
            extra=extra or None,
        )
        part.lines.put(place, message, 0 if ms is None else ms)

    def _note(self, part: Part, place: int, reading: Reading) -> None:
        """What becomes of a reading in the accounts, and whether it speaks of another message."""
        if reading.kind not in _READ:
            part.count.typed += 1
        if reading.kind == "event.reaction" and reading.sentence is not None:
            part.speaking.append((place, reading.sentence.slot("emoji")))
        elif reading.kind == "text" and edited_text(reading.text) is not None:
            part.edits.append(place)

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

    def _keys(self, part: Part, folded: list[str], bodies: list[bytes]) -> list[str]:
        """Time, n-th alike at that time, sender, checksum of the body: never the place in the file (facts 8)."""
        times = list(map(str, part.lines.times))
        for place in part.undated:
            times[place] = ""
        sums = pack(f">{len(bodies)}I", *map(crc32, bodies)).hex(":", 4).split(":")
        keys = [f"{ms}:1:{who}:{crc}" for ms, who, crc in zip(times, folded, sums, strict=True)] if times else []
        alike, last = self._alike, -1
        for place in [i for i, (ms, ago) in enumerate(zip(times, [self._ms, *times], strict=False)) if ms == ago]:
            if place - 1 > last:  # that one has the time first
                alike = {f"{folded[place - 1]}:{sums[place - 1]}": 1}
            tail, last = f"{folded[place]}:{sums[place]}", place
            alike[tail] = count = alike.get(tail, 0) + 1
            keys[place] = f"{times[place]}:{count}:{tail}"
        if times:
            self._ms, self._alike = times[-1], alike if last == len(times) - 1 else {f"{folded[-1]}:{sums[-1]}": 1}
        return keys

    def _meet(self, given: object) -> _Who:
        """Who a ``sender_name`` is, the same record for the same name."""
        if not isinstance(given, str):
            given = None
        known = self._who.get(given)
        if known is None:
            name = repaired(given).strip() if given is not None else ""
            owner, many = self._room.owner, self._names[name]
            own = owner.goes_by(name, self._names) if owner.known else None
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
        for one in listed if type(listed) is list else ():
            sign, actor = (one.get("reaction"), one.get("actor")) if type(one) is dict else (None, None)
            if type(sign) is not str or not sign:
                continue
            at = one.get("timestamp")
            moment = self.clock.at(at * 1000) if type(at) is int and 0 < at < 10**12 else None
            by = (self._who.get(actor) or self._meet(actor)).handle if type(actor) is str else None
            found.append(Reaction(by, repaired(sign), moment))
        return tuple(found)

    def _marked(self, record: Mapping[str, Any], part: Part, place: int) -> tuple[Reaction, ...]:
        """The reactions of a record that is looked at no further."""
        for path, value in unknown_inside("reactions", record["reactions"]):
            self._room.ledger.unknown(KIND, path, value, part.origin(place))
        return self._reactions(record)

    def _finder(self, beside: Entry) -> Find:
        media = self._room.tree.media

        def find(key: str, uri: str) -> Attachment:
            name, entry = base_name(uri), media(uri, beside)
            if entry is None:
                return Attachment(name, media_type(key, name), state="missing")
            return Attachment(name, media_type(key, name), entry.size, entry.path)

        return find


def _bounds(loaded: Loaded, records: Sequence[Any], *, sure: bool) -> tuple[list[int], list[int]]:
    """Where the objects among the records begin and end; the whole file for each where that cannot be told. *sure*:
    the objects have the same first key."""
    alike = len(records) if sure or begin_alike(records) else 0
    begins, ends = bounds(loaded.raw, "messages", alike)
    if loaded.cut and not begins:
        begins, ends = bounds(loaded.raw)
    if len(begins) != len(records):
        return [loaded.origin.start] * len(records), [loaded.origin.end] * len(records)
    if set(map(type, records)) == {dict}:
        return begins, ends
    there = [i for i, record in enumerate(records) if type(record) is dict]
    return [begins[i] for i in there], [ends[i] for i in there]


def _as_thread(record: dict[str, Any]) -> dict[str, Any]:
    """A message of an encrypted chat in the words of a thread file, without the lists that are empty."""
    return {_E2EE_KEYS.get(key, key): value for key, value in record.items() if value != []}
