"""Turns the pieces of one chat into messages: the hot loop for what people type, a slow path for all else.

Every byte belongs to exactly one message or problem: a range runs from a head to the next one.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archiver.importers.whatsapp.blocks import Width
from archiver.importers.whatsapp.bodies import Habits, Reading, read_body, read_event
from archiver.importers.whatsapp.clock import Clock, UnreadableTimeError
from archiver.importers.whatsapp.drafts import draft, finished
from archiver.importers.whatsapp.people import People
from archiver.importers.whatsapp.phrases import raw_lines
from archiver.importers.whatsapp.pieces import Cut, Inner, Pieces, inner_heads, minute, near_heads, unpaste
from archiver.importers.whatsapp.senders import split_sender
from archiver.importers.whatsapp.template import Template
from archiver.importers.whatsapp.words import plain
from archiver.model import Attachment, Handle, Message, Origin, Problem, When

SOURCE = "whatsapp"
_MAP = re.compile("://maps|foursquare").search
_MARKS = (b"\xe2\x80\x8e", b"\xe2\x80\x8f")
_SHOWN = 80
_KEPT = 50_000  # senders remembered


_MessageDraft = draft(Message)
_OriginDraft = draft(Origin)


_Placeholder = tuple[str, str, tuple[Attachment, ...], dict[str, object]]  # kind, text, attachments, extra


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
        self._placeholders: dict[str, _Placeholder] = {}
        self._may_hold_heads = near_heads(pieces.templates)
        self._at = 0

    def streams(self, blocks: Iterable[bytes]) -> Iterator[Iterable[Message | Problem]]:
        """The messages and problems of the file, in its order, in short streams to be read one after the other."""
        for cut in self._pieces.cuts(blocks):
            self._context.clock.use((*self._pieces.templates, *self._foreign))
            parts = unpaste(cut.parts, self._context.clock, self._seen, self._pieces.separator)
            if parts[0]:
                yield self._preamble(parts, cut)
            yield self._plainly(parts[1:-3], seldom=cut.seldom)
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

    def _plainly(self, parts: list[bytes], *, seldom: bool) -> Iterator[Message | Problem]:
        """The fast path: what people type, by senders met before, and placeholders met before. The rest goes slowly.

        What is looked for in a text is what `_slowly` and `read_body` could make something of. *seldom*: what is
        seldom found may be in one of these texts.
        """
        context, lines, near, told = self._context, raw_lines(), self._may_hold_heads, self._placeholders
        separator, handles, read = self._pieces.separator, self._handles, context.clock.read
        key, dump, member, width = context.key, context.dump, context.member, context.width
        step, utf8, end, count = len(separator), context.width is len, self._at, 0
        last, when, new = b"", None, object.__new__
        rows = iter(parts)
        for head, label, body in zip(rows, rows, rows, strict=True):
            start = end
            end += len(head) + len(label) + len(body) + step if utf8 else width(head + label + body + separator)
            try:
                handle = handles[label]
                text = body.decode()
                if head != last:
                    when = read(head)
                    last = head
            except (KeyError, ValueError):
                last = b""
                yield from self._slowly(head, label, body, start, end)
                continue
            if (
                ("<" in text and text not in told)
                or ("\n" in text and (":\n" in text or "：\n" in text or near(body)))
                or ("(" in text and (")\n" in text or text[-1] == ")"))
                or text in lines
                or "@" in text
                or (seldom and ("\u200e" in text or "\u200f" in text or "\r" in text or ("://" in text and _MAP(text))))
            ):
                yield from self._slowly(head, label, body, start, end)
                continue
            origin = new(_OriginDraft)  # five plain assignments are cheaper here than a call of its __init__
            origin.source, origin.dump, origin.member, origin.start, origin.end = SOURCE, dump, member, start, end
            origin.__class__ = Origin
            message = _MessageDraft(key, handle, when, text, origin)
            if "<" in text:
                message.kind, message.text, message.attachments, message.extra = told[text]
            message.__class__ = Message
            count += 1
            yield message
        self.count += count
        self._at = end

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
            note = f"A message has {end - start:,} bytes; its text is cut after {len(body):,}. The original has it all."
            yield Problem("long-message", note, self._origin(start, end), "detail")

    def _slowly(self, head: bytes, label: bytes, body: bytes, start: int, end: int) -> Iterator[Message | Problem]:
        """A message that may hold others: heads that do not follow the template but do follow the time."""
        at = 0
        if self._may_hold_heads(body.replace(b"\r", b"\n")):
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
            self._placeholders[text] = reading.kind, reading.text, files, dict(reading.extra)
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
        drafted = _MessageDraft(self._context.key, handle, when, reading.text, origin, reading.kind)
        drafted.attachments = reading.attachments
        drafted.edited, drafted.deleted = reading.edited, reading.deleted
        drafted.extra = extra or None
        return finished(drafted, Message)

    def _origin(self, start: int, end: int) -> Origin:
        drafted = _OriginDraft(SOURCE, self._context.dump, self._context.member, start, end)
        return finished(drafted, Origin)


def shown(text: bytes) -> str:
    """The first line of *text* in quotes, cut short, control characters made visible: for a note to a person."""
    line = re.split(rb"[\r\n]", text.lstrip(b"\xef\xbb\xbf\r\n"), maxsplit=1)[0][: 4 * _SHOWN].decode(
        "utf-8", "replace"
    )
    safe = "".join(char if char.isprintable() else "·" for char in line)
    return f"“{safe[:_SHOWN]}…”" if len(safe) > _SHOWN else f"“{safe}”"


def _without_line_end(body: bytes) -> bytes:
    for end in (b"\r\n", b"\n", b"\r"):
        if body.endswith(end):
            return body[: -len(end)]
    return body
