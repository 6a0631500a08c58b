"""Turns the pieces of one chat into messages: the hot loop for what people type, a slow path for all else.

Every byte belongs to exactly one message or problem: a range runs from a head to the next one.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, count
from operator import add
from typing import cast, overload

from archiver.dump import Limits
from archiver.importers.whatsapp.blocks import Width
from archiver.importers.whatsapp.bodies import Habits, Reading, read_body, read_event
from archiver.importers.whatsapp.clock import Clock, Column, UnreadableTimeError, written
from archiver.importers.whatsapp.people import People
from archiver.importers.whatsapp.phrases import raw_lines
from archiver.importers.whatsapp.pieces import Cut, Inner, Pieces, inner_heads, minute, near_heads, unpaste
from archiver.importers.whatsapp.senders import split_sender
from archiver.importers.whatsapp.template import Template
from archiver.importers.whatsapp.words import plain
from archiver.model import Handle, Message, Origin, Problem, Standing, Stretch, When

SOURCE = "whatsapp"
_MAP = re.compile("://maps|foursquare").search
_MARKS = (b"\xe2\x80\x8e", b"\xe2\x80\x8f")
_SHOWN = 80
_KEPT = 50_000  # senders remembered
_SHORT = 3 * 100  # parts to a step where somebody new speaks


@dataclass(frozen=True, slots=True)
class _Rows:
    """A run of messages by column; *texts*: None for what is not UTF-8; message *i* is bytes
    [bounds[i], bounds[i + 1])."""

    heads: list[bytes]
    labels: list[bytes]
    bodies: list[bytes]
    bounds: list[int]
    texts: list[str | None]


@dataclass(frozen=True, slots=True)
class Context:
    """What the reader of one chat knows beforehand. *doubles*: labels that are half a name, with the other half."""

    key: str
    dump: str
    member: str | None
    clock: Clock
    people: People
    habits: Habits
    doubles: dict[bytes, bytes]
    width: Width


class Reader:
    """Reads one chat; afterwards *count* is how many messages it had, *attached* which files they named."""

    def __init__(self, context: Context, pieces: Pieces) -> None:
        self.count = 0
        self.attached: set[str] = set()
        self._context = context
        self._pieces = pieces
        self._handles: dict[bytes, Handle] = {}
        self._seen: set[bytes] = {b""}
        self._foreign: list[Template] = []
        self._placeholders: dict[str | None, Standing] = {}
        self._may_hold_heads = near_heads(pieces.templates)
        self._at = 0

    def streams(self, blocks: Iterable[bytes]) -> Iterator[Iterable[Message | Stretch | Problem]]:
        """The messages and problems of the file, in its order, in short streams to be read one after the other."""
        for cut in self._pieces.cuts(blocks):
            self._context.clock.use((*self._pieces.templates, *self._foreign))
            parts = unpaste(cut.parts, self._context.clock, self._seen, self._pieces.separator)
            if parts[0]:
                yield self._preamble(parts, cut)
            yield from self._plainly(parts[1:-3])
            if len(parts) > 1:
                yield self._last(parts[-3:], cut)

    def _preamble(self, parts: list[bytes], cut: Cut) -> Iterator[Problem]:
        """What stands before the first head. The separator that was put before the file is no part of it."""
        text = parts[0].removeprefix(self._pieces.separator)
        behind = b"" if cut.ended and len(parts) == 1 else self._pieces.separator
        start, self._at = self._at, self._at + self._context.width(text + behind)
        note = (
            f"Before the first message stands: {shown(text)}" if text.strip() else "The file begins with a blank line."
        )
        yield Problem("preamble", note, self._origin(start, self._at))

    def _plainly(self, parts: list[bytes]) -> Iterator[Iterable[Message | Stretch | Problem]]:
        """The fast path, column by column: what people type, by senders met before. The rest goes one by one.

        Where somebody is new the steps are short, so that the names are learnt before most of what they say.
        """
        known = self._handles.keys() >= {*parts[1::3]} - {b""}
        step = max(len(parts), 3) if known else _SHORT
        for at in range(0, len(parts), step):
            yield from self._by_column(*(parts[at + i : at + step : 3] for i in range(3)))

    def _by_column(
        self, heads: list[bytes], labels: list[bytes], bodies: list[bytes]
    ) -> Iterator[Iterable[Message | Stretch | Problem]]:
        rows = _Rows(heads, labels, bodies, self._bounds(heads, labels, bodies), _decoded(bodies))
        self._at, done = rows.bounds[-1], 0
        unclear = self._telling(rows)
        placeholders = self._placeholders
        standing = {i: placeholders[text] for i in sorted(unclear) if (text := rows.texts[i]) in placeholders}
        unclear -= standing.keys()
        whos = list(map(self._handles.get, labels))
        if None in whos:
            unclear.update(i for i, who in enumerate(whos) if who is None)
        stops = sorted(unclear)
        for column in self._context.clock.columns(heads):
            yield from self._singly(rows, done, column.first)
            start, done = column.first, column.first + len(column.walls)
            for stop in (*stops[bisect_left(stops, start) : bisect_left(stops, done)], done):
                if start < stop:
                    yield (self._stretch(rows, whos, standing, column, slice(start, stop)),)
                yield from self._singly(rows, stop, min(stop + 1, done))
                start = stop + 1
        yield from self._singly(rows, done, len(heads))

    def _stretch(
        self,
        rows: "_Rows",
        whos: list[Handle | None],
        standing: dict[int, Standing],
        column: Column,
        run: slice,
    ) -> Stretch:
        context, first, stop, places = self._context, run.start, run.stop, list(standing)
        self.count += stop - first
        bounds = rows.bounds[first : stop + 1]
        return Stretch(
            context.key,
            self._origin(bounds[0], bounds[-1]),
            cast("list[Handle]", whos[run]),
            column.walls[first - column.first : stop - column.first],
            _Written(rows.heads[run]),
            cast("list[str]", rows.texts[run]),
            bounds[:-1],
            bounds[1:],
            {i - first: standing[i] for i in places[bisect_left(places, first) : bisect_left(places, stop)]},
            column.offset,
            column.precision,
            context.clock.zone,
            context.clock.assumed,
        )

    def _bounds(self, heads: list[bytes], labels: list[bytes], bodies: list[bytes]) -> list[int]:
        """Where in the file each message begins, and where the last one ends."""
        width, step = self._context.width, self._context.width(self._pieces.separator)
        sizes = map(add, map(add, map(width, heads), map(width, labels)), map(width, bodies))
        return list(map(add, accumulate(sizes, initial=self._at), count(0, step)))

    def _telling(self, rows: "_Rows") -> set[int]:
        """The positions of what may tell more than words: what `_slowly` and `read_body` could make something of."""
        lines, near, bodies, texts = raw_lines(), self._may_hold_heads, rows.bodies, rows.texts
        found = {
            i
            for i, text in enumerate(texts)
            if text is None
            or "<" in text
            or "@" in text
            or ("(" in text and (")\n" in text or text[-1] == ")"))
            or ("\n" in text and (":\n" in text or "：\n" in text or near(bodies[i])))
            or "\u200e" in text
            or "\u200f" in text
            or "\r" in text
            or ("://" in text and _MAP(text))
        }
        if not lines.isdisjoint(texts):
            found.update(i for i, text in enumerate(texts) if text in lines)
        return found

    def _singly(self, rows: "_Rows", first: int, last: int) -> Iterator[Iterable[Message | Problem]]:
        for i in range(first, last):
            yield self._slowly(rows.heads[i], rows.labels[i], rows.bodies[i], rows.bounds[i], rows.bounds[i + 1])

    def _last(self, parts: list[bytes], cut: Cut) -> Iterator[Message | Problem]:
        """The last message of a cut, which may run to the end of the file or be too long to hold."""
        head, label, body = parts
        start = self._at
        behind = b"" if cut.ended else self._pieces.separator
        self._at = end = start + self._context.width(head + label + body + behind) + cut.dropped
        if cut.ended and not cut.dropped:
            body = _without_line_end(body)
        yield from self._slowly(head, label, body, start, end)
        if cut.dropped:
            note = (
                f"A message has {end - start:,} bytes; its text is cut after {len(body):,}. The original has it all; "
                f"{Limits.flag('message_bytes')} N keeps up to N / 2 bytes."
            )
            yield Problem("long-message", note, self._origin(start, end), "detail")

    def _slowly(self, head: bytes, label: bytes, body: bytes, start: int, end: int) -> Iterator[Message | Problem]:
        """A message that may hold others: heads that do not follow the template but do follow the time."""
        at = 0
        if (b"\n" in body or b"\r" in body) and self._may_hold_heads(body.replace(b"\r", b"\n")):
            strict = self._context.habits.ios and self._pieces.separator == b"\r\n"
            for inner, template in inner_heads(body, self._pieces.templates, strict=strict):
                if self._follows(inner, template, head):
                    middle = start + self._context.width(head + label + body[at : inner.start])
                    yield from self._one(head, label, _without_line_end(body[at : inner.start]), start, middle)
                    head, label, start = inner.head, inner.label, middle
                    at = inner.start + len(head) + len(label)
        yield from self._one(head, label, body[at:], start, end)

    def _follows(self, inner: Inner, template: Template, host: bytes) -> bool:
        """Whether a head inside a message begins a message of its own: what is pasted is older than its message."""
        clock = self._context.clock
        if clock.sequential:
            return False
        own = any(template.shape == known.shape for known in self._pieces.templates)
        if not own and template.shape not in {known.shape for known in clock.templates}:
            self._foreign.append(template)
            clock.use((*clock.templates, template))
        before, after = minute(clock, host), minute(clock, inner.head)
        return 0 <= before <= after if own else before < after and (inner.label in self._handles)

    def _one(self, head: bytes, label: bytes, body: bytes, start: int, end: int) -> Iterator[Message | Problem]:
        origin = self._origin(start, end)
        try:
            when = self._context.clock.read(head)
        except UnreadableTimeError as error:
            note = f"A message could not be read: {error}. Its first line: {shown(head + label + body)}"
            yield Problem("unreadable-time", note, origin, "message")
            return
        text = body.removesuffix(b"\r").decode("utf-8", "replace")
        sender, text = self._sender(label, text)
        reading = read_event(text) if sender is None else self._read(sender, text, head)
        self.attached.update(file.member for file in reading.attachments if file.member)
        yield self._message(label, sender, reading, when, origin)
        if "\ufffd" in text and "\ufffd".encode() not in body:
            note = f"Some bytes of a message are no text in UTF-8 and are shown as \ufffd: {shown(body)}"
            yield Problem("undecodable", note, origin, "detail")

    def _sender(self, label: bytes, text: str) -> tuple[str | None, str]:
        """(the sender's label or None, the text)."""
        if not label:
            return None, text
        written = label.decode("utf-8", "replace")
        second = self._context.doubles.get(label)
        if second is not None and text.startswith(more := second.decode("utf-8", "replace") + ": "):
            return written + more[:-2], text[len(more) :]
        if label in self._handles or label + b" " in self._handles:
            return written.rstrip(" ").removesuffix(":"), text
        return split_sender(written, text, ios=self._context.habits.ios)

    def _read(self, sender: str, text: str, head: bytes) -> Reading:
        if not text:
            return Reading("unknown", text)
        reading = read_body(text, self._context.habits, sender, marked=head[:3] in _MARKS)
        files = reading.attachments
        if files and files[0].name is None and text[0] == "<" and len(self._placeholders) < _KEPT:
            self._placeholders[text] = Standing(reading.kind, reading.text, files, dict(reading.extra))
        return reading

    def _message(self, label: bytes, sender: str | None, reading: Reading, when: When, origin: Origin) -> Message:
        people, extra = self._context.people, reading.extra
        if sender is None or reading.kind.startswith("event."):
            handle = None if reading.actor is None else people.handle(reading.actor) if reading.actor else people.own()
            if sender is not None and (handle is None or handle.name != plain(sender)):
                extra["label"] = plain(sender)
        else:
            handle = people.handle(sender)
            if handle is None:
                extra["label"] = plain(sender)
            elif reading.kind == "text" and label not in self._context.doubles:
                if len(self._handles) >= _KEPT:
                    self._handles.clear()
                self._handles[label] = handle
        self.count += 1
        return Message(
            self._context.key,
            handle,
            when,
            reading.text,
            origin,
            reading.kind,
            attachments=reading.attachments,
            edited=reading.edited,
            deleted=reading.deleted,
            extra=extra or None,
        )

    def _origin(self, start: int, end: int) -> Origin:
        return Origin(SOURCE, self._context.dump, self._context.member, start, end)


def shown(text: bytes) -> str:
    """The first line of *text* in quotes, cut short, control characters made visible: for a note to a person."""
    line = re.split(rb"[\r\n]", text.lstrip(b"\xef\xbb\xbf\r\n"), maxsplit=1)[0][: 4 * _SHOWN].decode(
        "utf-8", "replace"
    )
    safe = "".join(char if char.isprintable() else "·" for char in line)
    return f"“{safe[:_SHOWN]}…”" if len(safe) > _SHOWN else f"“{safe}”"


class _Written(Sequence[str]):
    """The times of heads as they stand in the file, cut out when somebody asks."""

    def __init__(self, heads: list[bytes]) -> None:
        self._heads = heads

    def __len__(self) -> int:
        return len(self._heads)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        return _Written(self._heads[index]) if isinstance(index, slice) else written(self._heads[index])


def _decoded(bodies: list[bytes]) -> list[str | None]:
    """The bodies as text; None for what is not UTF-8."""
    try:
        return list(map(bytes.decode, bodies))
    except UnicodeDecodeError:
        return [body.decode() if _is_utf8(body) else None for body in bodies]


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _without_line_end(body: bytes) -> bytes:
    for end in (b"\r\n", b"\n", b"\r"):
        if body.endswith(end):
            return body[: -len(end)]
    return body
