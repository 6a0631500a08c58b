"""Cuts an mbox into its mails while it flows by, in flat memory, whatever the size of the file or of a mail."""

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Literal, NamedTuple

from archiver.importers.mail.letter import BIG
from archiver.importers.mail.sniff import BOM, LOOKAHEAD, SNIFF, begins_like_mail, separator
from archiver.importers.mail.tape import MIB, Held, Tape, unquoted

STEP = 2 * MIB
HEAD = 65536  # bytes of a big mail that are in *raw*
_FAR = 1024 * MIB  # a body said to be longer is not waited for

_AFTER_FROM = (b" ", b"\n", b"\r", b"\t")  # most lines that begin so are the field From:
_BLANK = re.compile(rb"[ \t\r\n]*")
_END_OF_HEADER = re.compile(rb"\n\r?\n")
_NEWLINES = re.compile(rb"(?:\r?\n){0,2}")
_LENGTH = re.compile(rb"\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r?\n")


CutStyle = Literal["mbox", "mboxcl2", "eml"]


class Cut(NamedTuple):
    """A mail: bytes [start, end) of the file, from its separator to the next; the fields are those of Letter.

    *style* is ``eml`` for a file that is one mail without a separator.
    """

    start: int
    end: int
    envelope: bytes
    raw: bytes
    style: CutStyle
    whole: BinaryIO | None = None


class Gap(NamedTuple):
    """Bytes [start, end) before the first mail, or all bytes of a file that has none; *blank*: only blank lines."""

    start: int
    end: int
    blank: bool


def split(
    blocks: Iterable[bytes], *, alone: bool = False, step: int = STEP, big: int = BIG, far: int = _FAR
) -> Iterator[Cut | Gap]:
    """The mails of an mbox, and what stands before the first. Every byte is in one of them, and in one only.

    *alone*: the file is one mail if it begins with a header, whatever its body looks like. *step*: bytes taken into
    memory at once; *big*: mails of more come with *whole*; *far*: the longest body whose end is believed unseen.
    """
    return _Splitter(Tape(blocks, step), big, far).pieces(alone=alone)


class _Splitter:
    def __init__(self, tape: Tape, big: int, far: int) -> None:
        self._tape = tape
        self._big = big
        self._far = far
        self._seen = (-1, 0)  # the separator found last: its offset and its length

    def pieces(self, *, alone: bool) -> Iterator[Cut | Gap]:
        tape = self._tape
        start = self._first()
        if start:
            yield Gap(0, start, blank=True)
        if start < tape.end and separator(tape.data, start - tape.base) < 0:
            first = self._without_separator(start, alone=alone)
            yield first
            start = first.end
        while start < tape.end:
            held, envelope = self._opened(start)
            mail = self._cut(held, start, envelope, self._next(held.head + 1, held))
            yield mail
            start = mail.end

    def _without_separator(self, start: int, *, alone: bool) -> Cut | Gap:
        """What begins at *start* and not with a separator: a mail of its own, or no mail."""
        if not begins_like_mail(self._tape.part(start, start + SNIFF)):
            return Gap(start, self._next(start + 1, None), blank=False)
        held = Held(self._tape, start, self._big)
        end = self._end_of_file(held) if alone else self._next(start + 1, held)
        return self._cut(held, start, b"", end)

    def _first(self) -> int:
        """The offset of the first byte that is not of a blank line, with enough after it to say what begins there."""
        tape = self._tape
        tape.grow(0)
        at = len(BOM) if tape.data.startswith(BOM) else 0
        while True:
            blank = _BLANK.match(tape.data, at - tape.base)
            at = tape.base + (blank.end() if blank else 0)
            if tape.ended or tape.end - at >= SNIFF:
                return at
            tape.grow(at)

    def _opened(self, start: int) -> tuple[Held, bytes]:
        """The mail whose separator begins at *start*, and that line."""
        tape = self._tape
        while not tape.ended and tape.end - start < LOOKAHEAD:
            tape.grow(start)
        at = start - tape.base
        head = at + self._seen[1] if self._seen[0] == start else separator(tape.data, at)
        envelope = tape.data[at : tape.data.index(b"\n", at)].rstrip(b"\r")
        return Held(tape, tape.base + head, self._big), envelope

    def _next(self, at: int, held: Held | None) -> int:
        """Where the first separator at or after *at* begins; the end of the file where there is none."""
        tape = self._tape
        while True:
            found = tape.data.find(b"\nFrom", at - 1 - tape.base)
            if found >= 0 and (tape.ended or len(tape.data) - found > LOOKAHEAD):
                if tape.data[found + 5 : found + 6] in _AFTER_FROM and (head := separator(tape.data, found + 1)) >= 0:
                    self._seen = tape.base + found + 1, head - found - 1
                    return tape.base + found + 1
                at = tape.base + found + 2
                continue
            if tape.ended:
                return tape.end
            at = tape.base + found + 1 if found >= 0 else max(at, tape.end - 3)  # "\nFro" may go on
            self._grow(at - 1, held)

    def _grow(self, wanted: int, held: Held | None) -> None:
        if held is None:
            self._tape.grow(wanted)
        else:
            held.grow(wanted)

    def _end_of_file(self, held: Held) -> int:
        while not self._tape.ended:
            held.grow(self._tape.end)
        return self._tape.end

    def _cut(self, held: Held, start: int, envelope: bytes, end: int) -> Cut:
        """The mail, which ends at *end* unless its Content-Length is right and says otherwise."""
        tape, head = self._tape, held.head
        end, told = self._told(held, end)
        style: CutStyle = "mboxcl2" if told is not None else "mbox" if envelope or end < tape.end else "eml"
        stop = end if told is None else told
        if style == "mbox":
            stop -= _blank_line(held.part(max(head, stop - 3), stop))
        if not held.spilled and stop - head <= self._big:
            raw = tape.part(head, stop)
            return Cut(start, end, envelope, unquoted(raw) if style == "mbox" else raw, style)
        whole = held.taken(stop, unquote=style == "mbox")
        if stop - head <= self._big:
            with whole:
                return Cut(start, end, envelope, whole.read(), style)
        raw = whole.read(HEAD)
        whole.seek(0)
        return Cut(start, end, envelope, raw, style, whole)

    def _told(self, held: Held, end: int) -> tuple[int, int | None]:
        """Where the mail ends, and where its body does if its Content-Length says so and may be believed.

        *end* is where the next separator begins. Content-Length is right if a separator or the end of the file
        follows: at *end*, or later, for then what begins at *end* lies in the body (which mboxcl2 does not quote).
        """
        claim = _claim(held.part(held.head, min(end, held.head + HEAD)), held.head)
        if claim is None:
            return end, None
        if claim <= end:
            believed = end - claim <= 4 and not held.part(claim, end).strip(b"\r\n")
            return end, claim if believed else None
        if claim - held.head > self._far or (self._tape.ended and claim > self._tape.end):
            return end, None
        later = self._end_after(claim, held)
        if later is not None:
            return later, claim
        if claim - held.head > self._big:
            held.give_back(end)
            self._far = self._big  # who was told wrong once looks no further than memory reaches
        return end, None

    def _end_after(self, claim: int, held: Held) -> int | None:
        """Where a separator begins, or the file ends, right after offset *claim*; None if neither does."""
        tape = self._tape
        while not tape.ended and tape.end < claim + LOOKAHEAD:
            held.grow(min(tape.end, claim))
        if claim > tape.end:
            return None
        newlines = _NEWLINES.match(tape.data, claim - tape.base)
        place = newlines.end() if newlines else 0
        begins = place == len(tape.data) or (tape.data[place - 1] == 0x0A and separator(tape.data, place) >= 0)
        return tape.base + place if begins else None


def _claim(first: bytes, head: int) -> int | None:
    """The offset at which the body ends by its Content-Length; *first*: the mail's beginning, at offset *head*."""
    header_end = _END_OF_HEADER.search(first)
    if header_end is None:
        return None
    header = first[: header_end.start() + 1].lower()
    if b"content-length" not in header:
        return None
    length = _LENGTH.search(b"\n" + header)
    return head + header_end.end() + int(length[1]) if length else None


def _blank_line(tail: bytes) -> int:
    """The length of the blank line that an mbox has after each mail, which is not the mail's own."""
    return 2 if tail.endswith(b"\n\r\n") else 1 if tail.endswith(b"\n\n") else 0
