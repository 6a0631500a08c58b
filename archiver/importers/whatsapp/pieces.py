"""Cuts a chat into heads, senders and bodies, block by block; memory is one block and one message."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from archiver.dump import DEFAULT, Limits
from archiver.importers.whatsapp.clock import Clock, UnreadableTimeError
from archiver.importers.whatsapp.heads import find_head
from archiver.importers.whatsapp.survey import REGION, separator_of, splitter
from archiver.importers.whatsapp.template import Template, digits_of, learn, template_of

STALL = 1 << 20  # bytes without a head after which another template is looked for
_KNOWN = 200_000  # senders remembered
_OVERLAP = 2048  # more than a head and a sender
_DAY = 1440
_LONGEST_PASTE = 500  # messages; the longest seen in 419 exports was 150 lines
_INNER = 5000  # lines of one message that are looked at for heads


@dataclass(frozen=True, slots=True)
class Cut:
    """A run of pieces: what stood before the first head, then head, sender and body of each message, in turn.

    *dropped* bytes of the last body are not held; *ended*: the last body runs to the end of the file.
    """

    parts: list[bytes]
    dropped: int = 0
    ended: bool = False


class Pieces:
    """The cutter of one file; *templates* and *separator* change where a merged file does."""

    def __init__(self, templates: Sequence[Template], separator: bytes, limits: Limits = DEFAULT) -> None:
        self._longest = limits.message_bytes
        self.templates = list(templates)
        self.separator = separator
        self._pattern = splitter(self.templates, separator)

    def cuts(self, blocks: Iterable[bytes]) -> Iterator[Cut]:
        """The pieces of the whole file, about a block at a time; a small file is one cut."""
        stream = iter(blocks)
        held, block, enough = self.separator, next(stream, b""), 0
        while (following := next(stream, None)) is not None:
            held += block
            block = following
            if len(held) < enough:
                continue
            enough = min(2 * len(held), self._longest + 1)
            parts = self._split(held)
            if len(parts) >= 7:
                yield Cut(parts[:-3])
                held, enough = self.separator + held[-sum(map(len, parts[-3:])) :], 0
            elif len(held) > self._longest:
                cut, held = self._skip(parts, chain([block], stream))
                yield cut
                if cut.ended:
                    return
                block, enough = b"", 0
        yield Cut(self._split(held + block), ended=True)

    def _split(self, held: bytes) -> list[bytes]:
        """The parts of *held*, which begins with a separator; by another template where this one finds too little."""
        parts = self._pattern.split(held)
        if len(parts) < 7 and len(held) > STALL and self._relearn(held):
            return self._pattern.split(self.separator + held.removeprefix(b"\r").removeprefix(b"\n"))
        return parts

    def _relearn(self, held: bytes) -> bool:
        """Whether *held*, in which there is no head, follows another template or has other line ends from here on."""
        learned = learn(held[: 2 * STALL])
        shapes = {template.shape for template in self.templates}
        new = [template for template in learned.templates if template.shape not in shapes and template.seen >= REGION]
        old = sum(sighting.head.shape in shapes for sighting in learned.own())
        if old >= REGION and self.separator != b"\n":
            self.separator = b"\n"
        elif not new:
            return False
        elif separator_of(learned) != self.separator:
            self.separator = b"\n"
        self.templates += new
        self._pattern = splitter(self.templates, self.separator)
        return True

    def _skip(self, parts: list[bytes], stream: Iterator[bytes]) -> tuple[Cut, bytes]:
        """A message too long to hold, its text cut, and what begins with the next head."""
        edge = _boundary(parts[-1], self._longest // 2)
        window = parts[-1][edge:]
        parts[-1] = parts[-1][:edge]
        dropped = 0
        while True:
            if match := self._pattern.search(window):
                return Cut(parts, dropped + match.start()), window[match.start() :]
            edge = _boundary(window, max(len(window) - _OVERLAP, 0))
            dropped += edge
            block = next(stream, None)
            if block is None:
                return Cut(parts, dropped + len(window) - edge, ended=True), b""
            window = window[edge:] + block


def _boundary(text: bytes, at: int) -> int:
    """The first position from *at* on where a character of UTF-8 begins."""
    while at < len(text) and text[at] & 0xC0 == 0x80:
        at += 1
    return at


def unpaste(parts: list[bytes], clock: Clock, seen: set[bytes], separator: bytes) -> list[bytes]:
    """*parts* with pasted chats of the file's own template put back into the message they were pasted into.

    A paste is a run of two or more messages by senders not met before, more than a day older than the message
    before them, after which time goes on where it was. A step back that stays is a merged file, and real.
    """
    labels = parts[2::3]
    if clock.sequential or seen.issuperset(labels):
        return parts
    if len(seen) > _KNOWN:
        seen.clear()
    at = 0
    while (at := next((i for i in range(at, len(labels)) if labels[i] not in seen), -1)) >= 0:
        run = _pasted_run(parts, at, clock, seen) if at else 0
        if run:
            start, end = 3 * at + 1, 3 * (at + run) + 1
            body = b"".join(separator * (i % 3 == 0) + part for i, part in enumerate(parts[start:end]))
            parts[start - 1 : end] = [parts[start - 1] + body]
            del labels[at : at + run]
        else:
            seen.add(labels[at])
    return parts


def _pasted_run(parts: list[bytes], at: int, clock: Clock, seen: set[bytes]) -> int:
    """How many messages from number *at* on were pasted into the one before; 0 when they were not."""
    host = minute(clock, parts[3 * at - 2])
    for run in range(min((len(parts) - 1) // 3 - at, _LONGEST_PASTE)):
        then = minute(clock, parts[3 * (at + run) + 1])
        if then >= host - _DAY:
            return run if run > 1 else 0
        if then < 0 or parts[3 * (at + run) + 2] in seen:
            return 0
    return 0


def minute(clock: Clock, head: bytes) -> int:
    """The minute of a raw head on the wall clock; -1 when it cannot be told."""
    try:
        at = clock.read(head).at
    except UnreadableTimeError:
        return -1
    return -1 if at is None else at.toordinal() * _DAY + at.hour * 60 + at.minute


@dataclass(frozen=True, slots=True)
class Inner:
    """A head found inside a body: where its line starts in the body, and its raw head and sender."""

    start: int
    head: bytes
    label: bytes


def near_heads(templates: Sequence[Template]) -> Callable[[bytes], object]:
    """A quick sieve: whether a body has a line after the first, behind a LF, that begins with a digit or nearly so."""
    scripts = {template.shape.zero for template in templates} - {"0"}
    native = b"".join(rb"|\n[^\r\n]{0,28}?" + digits_of(zero) for zero in sorted(scripts))
    return re.compile(rb"\n[^\r\n0-9]{0,28}+[0-9]" + native).search


def inner_heads(body: bytes, templates: Sequence[Template], *, strict: bool) -> Iterator[tuple[Inner, Template]]:
    """Lines within *body* that begin with a head of any template. *strict*: those of the file's own do not count,
    for its messages end otherwise (an iOS export's CRLF) and whoever typed this one wrote the line."""
    shapes = {template.shape for template in templates}
    for count, match in enumerate(re.finditer(rb"\r\n|\n|\r", body)):
        if count >= _INNER:
            return
        start = match.end()
        line = re.match(rb"[^\r\n]{0,400}", body[start : start + 400])
        head = find_head(line[0].decode("utf-8", "replace")) if line else None
        if head is None or (strict and head.shape in shapes):
            continue
        template = template_of(head)
        if found := splitter([template], b"").match(body, start):
            yield Inner(start, found[1], found[2] or b""), template
