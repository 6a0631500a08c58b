"""Transfer encodings (RFC 2045, section 6): from what stands in a mail to the bytes that were sent, block by block.

Nothing here raises on what it reads. Base64 of a wrong length, with foreign characters in it or with a list's footer
behind it, quoted-printable with bad escapes, uuencoded lines cut short: what can be read is read, and `whole` says what
had to be repaired.
"""

import binascii
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple, Protocol

BLOCK = 1 << 18
HELD = 8 << 20  # encoded bytes of one part that are ever decoded into memory
_FOOT = 8192  # bytes at the end of a base64 part in which a footer is looked for
_DATA_LINE = 60  # a line of so many base64 characters is data, whatever stands before it

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_LEGAL = _ALPHABET + b"= \t\r\n"
_LAID_OUT = b" \t\r\n"
_FOREIGN = bytes(set(range(256)) - set(_ALPHABET + b"="))
_PADS = re.compile(rb"=++")
_SOFT = re.compile(rb"=[ \t]++\r?\n")  # a soft line break that got blanks on its way
_UU_BEGIN = re.compile(rb"(?:\A|\n)begin(?:-base64)?[ \t]++[0-7]{3,4}[ \t]++([^\r\n]*+)")


class Source(Protocol):
    """Where a mail's bytes are: `bytes` itself, or a file too large to be held."""

    def find(self, wanted: bytes, start: int, end: int, /) -> int: ...
    def __getitem__(self, where: slice, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Encoded:
    """A file inside a mail: bytes [start, end) of *source*, in *encoding*; decoded when asked for, every time anew."""

    source: Source
    start: int
    end: int
    encoding: str

    def blocks(self) -> Iterator[bytes]:
        """The decoded bytes, a few hundred kilobytes at a time."""
        decoder = _DECODERS.get(self.encoding, _Plain)()
        for at in range(self.start, self.end, BLOCK):
            if block := decoder.feed(self.source[at : min(at + BLOCK, self.end)]):
                yield block
        if block := decoder.finish():
            yield block


class Whole(NamedTuple):
    """A part decoded at once: its bytes, text that stood behind its base64, what was repaired ("" nothing), and
    whether it was longer than asked for."""

    data: bytes
    footer: bytes
    repaired: str
    cut: bool


def whole(source: Source, start: int, end: int, encoding: str, limit: int) -> Whole:
    """The decoded bytes of [start, end), of which no more than *limit* encoded ones are looked at."""
    cut = end - start > limit
    if encoding not in _DECODERS:
        return Whole(source[start : min(end, start + limit)], b"", "", cut)
    stop = foot(source, start, end) if encoding == "base64" else end
    decoder = _DECODERS[encoding]()
    data = decoder.feed(source[start : min(stop, start + limit)]) + decoder.finish()
    footer = source[stop:end]
    repaired = decoder.repaired if not cut else ""
    return Whole(data, footer, repaired or ("text behind the base64" if footer else ""), cut)


def foot(source: Source, start: int, end: int) -> int:
    """Where the base64 of [start, end) stops and prose begins: what a list's software adds without looking.

    The prose begins with the first line that cannot be base64, if no line of data comes after it.
    """
    if not source[max(start, end - 200) : end].translate(None, _LEGAL):
        return end
    window = max(start, end - _FOOT)
    tail = source[window:end]
    at, found = len(tail), len(tail)
    for line in reversed(tail.splitlines(keepends=True)):
        at -= len(line)
        foreign = len(line.translate(None, _LEGAL))
        prose = foreign * 20 > len(line) or (foreign and b" " in line.strip())
        if prose:
            found = at
        elif len(line) > _DATA_LINE:
            break
    return window + found


def uu_name(data: bytes) -> bytes | None:
    """The file name on the ``begin`` line of uuencoded *data*; None where there is no such line."""
    begin = _UU_BEGIN.search(data)
    return begin[1].strip() if begin else None


class _Plain:
    """7bit, 8bit, binary, and whatever nobody knows: the bytes as they are."""

    repaired = ""

    def feed(self, block: bytes) -> bytes:
        return block

    def finish(self) -> bytes:
        return b""


class _Base64(_Plain):
    """Any number of base64 texts one behind the other; characters of no base64 are left out."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, block: bytes) -> bytes:
        if block.translate(None, _LEGAL):
            self.repaired = "characters that are no base64"
        elif not self._held and block.find(b"=") >= len(block.rstrip(_LAID_OUT)) - 2 >= 0:  # all there is, in order
            with suppress(binascii.Error):
                return binascii.a2b_base64(block)
        symbols = self._held + block.translate(None, _FOREIGN)
        pad = symbols.find(b"=")
        if pad >= 0 and not symbols[pad:].strip(b"="):  # as it mostly is: the end of the last block
            done, symbols = self._last(symbols[:pad]), b""
        elif pad >= 0:
            *ended, symbols = _PADS.split(symbols)
            done = b"".join(map(self._last, ended))
        else:
            done = b""
        edge = len(symbols) & ~3
        self._held = symbols[edge:]
        return done + binascii.a2b_base64(symbols[:edge])

    def finish(self) -> bytes:
        if self._held:
            self.repaired = self.repaired or "base64 of a wrong length"
        return self._last(self._held)

    def _last(self, symbols: bytes) -> bytes:
        """The bytes of a base64 text without its padding; one character too many says nothing."""
        if len(symbols) % 4 == 1:
            self.repaired = self.repaired or "base64 of a wrong length"
            symbols = symbols[:-1]
        return binascii.a2b_base64(symbols + b"=" * (-len(symbols) % 4))


class _QuotedPrintable(_Plain):
    """Line by line; an escape that is none stays as it is written."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, block: bytes) -> bytes:
        held = self._held + block
        edge = held.rfind(b"\n") + 1
        if not edge:  # one endless line: only an escape must not be cut in two
            escape = held.rfind(b"=", -2)
            edge = escape if escape >= 0 else len(held)
        self._held = held[edge:]
        return self._decode(held[:edge])

    def finish(self) -> bytes:
        return self._decode(self._held)

    def _decode(self, block: bytes) -> bytes:
        if b"= " in block or b"=\t" in block:
            block = _SOFT.sub(b"=\n", block)
        data = binascii.a2b_qp(block)
        if b"=" in data and data.count(b"=") != block.count(b"=3D") + block.count(b"=3d"):
            self.repaired = "escapes that are no quoted-printable"
        return data


class _Uu(_Plain):
    """The lines between ``begin 644 name`` and ``end``."""

    def __init__(self) -> None:
        self._held = b""
        self._inside = self._ended = False

    def feed(self, block: bytes) -> bytes:
        *lines, self._held = (self._held + block).split(b"\n")
        return b"".join(map(self._line, lines))

    def finish(self) -> bytes:
        data = self._line(self._held)
        if not self._ended:
            self.repaired = "a uuencoded file without an end"
        return data

    def _line(self, line: bytes) -> bytes:
        line = line.rstrip(b"\r")
        if not self._inside:
            self._inside = _UU_BEGIN.match(line) is not None
        elif line.strip() == b"end":
            self._ended = True
        elif not self._ended:
            return uu_line(line)
        return b""


def uu_line(line: bytes) -> bytes:
    """The bytes of one uuencoded line, b"" if it is none; encoders that write too many characters are forgiven."""
    if not line:
        return b""
    count = (line[0] - 32) & 63
    try:
        return binascii.a2b_uu(line[: 1 + (count * 4 + 2) // 3])
    except binascii.Error:
        return b""


_DECODERS: dict[str, type[_Base64 | _QuotedPrintable | _Uu]] = {
    "base64": _Base64,
    "quoted-printable": _QuotedPrintable,
    **dict.fromkeys(("x-uuencode", "x-uue", "uuencode", "uue"), _Uu),
}
CODED = frozenset(_DECODERS)
