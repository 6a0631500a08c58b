"""Words found in bytes that hide them: base64 and quoted-printable (RFC 2045, section 6), charsets, HTML. Pure.

What is taken out is filled where it stands, in the same encoding and in lines as long as before.
"""

import binascii
import codecs
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from html import unescape
from itertools import accumulate
from typing import NamedTuple

from archiver.privacy.cutting import Range, merged
from archiver.privacy.filling import FILL, decoded, encoded, encoding_of

Find = Callable[[str], list[Range]]
InBytes = Callable[[bytes], list[Range]]

_UNIT = FILL.encode()
_NO_SYMBOLS = re.compile(rb"[^A-Za-z0-9+/]+")
_CODED_LINES = re.compile(rb"(?:[ \t]*[A-Za-z0-9+/]+[ \t]*\r?(?:\n|\Z))*[ \t]*[A-Za-z0-9+/]*=*[ \t]*\r?(?:\n|\Z)")
_LINE = re.compile(rb"[^\n]*\n|[^\n]+\Z")
_QP = re.compile(rb"=[0-9A-Fa-f]{2}|=[ \t]{0,80}\r?\n|[^=]+|=")
_NO_END = re.compile(rb"[^\r\n]")
_MARKUP = re.compile(r"<[^<>]*>|&#?[0-9A-Za-z]{1,32};?|[^<&]+|[<&]")
_ENTITIES = re.compile(r"&#?[0-9A-Za-z]{1,32};?|[^&]+|&")
_ONE_BYTE = re.compile(r"iso8859|cp(?:125|437|7|8)|koi8|mac|tis|hp_|kz|ptcp")  # as Python calls them
_SHORT = 100  # bytes of what looks like base64 and may be a word
_TAGS = re.compile(rb"<[/!]?(?:html|body|div|p|br|span|b|i|a|font|table)\b", re.IGNORECASE)
_BLOCKS = re.compile(
    r"</?(?:p|div|br|hr|li|[udo]l|t[rdh]|table|tbody|h[1-6]|blockquote|pre|html|head|body|title|style|d[td]|center)\b",
    re.IGNORECASE,
)


# -- transfer encodings ------------------------------------------------------------------------------------


def fill_base64(raw: bytes, places: InBytes) -> bytes:
    """*raw*, lines of base64, with what *places* finds in their content filled; lines of prose in between, as lists
    put them under a letter, are looked at as they are."""
    pieces, at = [], 0
    while at < len(raw):
        run = _CODED_LINES.match(raw, at)
        if run and run.end() > at:
            pieces.append(_relaid(run[0], places))
            at = run.end()
        else:
            line = _LINE.match(raw, at)
            end = line.end() if line else len(raw)
            pieces.append(fill_bytes(raw[at:end], places(raw[at:end])))
            at = end
    return b"".join(pieces)


def _relaid(run: bytes, places: InBytes) -> bytes:
    """The symbols of a filled content, each where one of the old ones stood."""
    symbols = _NO_SYMBOLS.sub(b"", run)
    whole = symbols[: len(symbols) - (len(symbols) % 4 == 1)]
    data = binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))
    found = places(data)
    if not found:
        return fill_bytes(run, places(run)) if len(run) < _SHORT else run
    fresh = binascii.b2a_base64(fill_bytes(data, found), newline=False).rstrip(b"=") + symbols[len(whole) :]
    pieces, at, used = [], 0, 0
    for gap in _NO_SYMBOLS.finditer(run):
        count = gap.start() - at
        pieces += [fresh[used : used + count], gap[0]]
        at, used = gap.end(), used + count
    return b"".join([*pieces, fresh[used:]])


def fill_quoted_printable(raw: bytes, places: InBytes) -> bytes:
    """*raw* with what *places* finds in its content filled: an escape by three signs, soft line breaks stay."""
    pieces = [(piece.start(), *_unquoted(piece[0])) for piece in _QP.finditer(raw)]
    starts = list(accumulate((len(data) for _, data, _ in pieces), initial=0))
    found: list[Range] = []
    for start, end in places(b"".join(data for _, data, _ in pieces)):
        number = max(bisect_right(starts, start) - 1, 0)
        while number < len(pieces) and starts[number] < end:
            at, data, escape = pieces[number]
            first, last = max(start - starts[number], 0), min(end - starts[number], len(data))
            if first < last:
                found.append((at, at + 3) if escape else (at + first, at + last))
            number += 1
    return fill_bytes(raw, found)


def _unquoted(piece: bytes) -> tuple[bytes, bool]:
    """What a piece says, and whether it is an escape."""
    if not piece.startswith(b"=") or piece == b"=":
        return piece, False
    return (b"", False) if piece.endswith(b"\n") else (bytes.fromhex(piece[1:].decode("ascii")), True)


def fill_bytes(data: bytes, places: Iterable[Range]) -> bytes:
    """*data* with the places filled but for line ends; as long as before."""
    wide = encoding_of(data[:4])
    pieces, at = [], 0
    for start, end in places:
        pieces += [data[at:start], _filling(data[start:end], wide)]
        at = end
    return b"".join([*pieces, data[at:]])


def _filling(words: bytes, wide: str) -> bytes:
    if wide == "utf-8":
        return _NO_END.sub(_UNIT, words)
    unit = FILL.encode(wide)
    units = (words[at : at + 2] for at in range(0, len(words), 2))
    return b"".join(one if one.strip(b"\0") in {b"\r", b"\n"} else unit[: len(one)] for one in units)


# -- texts -------------------------------------------------------------------------------------------------


def places_in(
    data: bytes, charset: str, find: Find, *, hypertext: bool, readings: "Readings | None" = None
) -> list[Range]:
    """Ranges of bytes in which *find* finds something, in whatever way the bytes may be read as text, and a text be
    read: as *readings* has it, else as hypertext or as it is.

    In a charset of several bytes that is not Unicode's nobody can say which byte belongs to which sign, so where
    something is found there all of it is meant.
    """
    marked = hypertext or (readings is None and _TAGS.search(data) is not None)
    readings = readings or (_marked if marked else _plain)
    found: list[Range] = []
    for encoding in _encodings(data, charset):
        if not _known(encoding):
            text = data.decode(encoding, "replace")
            if any(find(reading.text) for reading in readings(text)):
                return [(0, len(data))]
            continue
        text = _read(data, encoding)
        places = merged(place for one in readings(text) for place in one.places(find(one.text)))
        found += _in_bytes(text, places, encoding)
    return merged(found)


def _encodings(data: bytes, charset: str) -> Iterator[str]:
    """How the bytes may have been meant."""
    if (wide := encoding_of(data[:4])) != "utf-8":
        yield wide
        return
    yield "utf-8"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        yield "cp1252"
    try:
        name = codecs.lookup(charset).name if charset else "utf-8"
    except (LookupError, ValueError):
        return
    if name not in {"utf-8", "ascii", "cp1252"} and _is_text(name):
        yield name


@lru_cache(maxsize=64)
def _is_text(name: str) -> bool:
    """Whether it is a charset, and none of the codecs that pack or fold."""
    try:
        return isinstance(b"a".decode(name, "replace"), str)
    except (LookupError, ValueError, TypeError):
        return False


def _known(encoding: str) -> bool:
    """Whether it is told which bytes are which sign."""
    return encoding in {"utf-8", "utf-16-le", "utf-16-be"} or _ONE_BYTE.match(encoding) is not None


def _read(data: bytes, encoding: str) -> str:
    if encoding.startswith("utf-16"):
        return decoded(data[: len(data) & ~1], encoding)
    return decoded(data, encoding) if encoding == "utf-8" else data.decode(encoding, "replace")


def _in_bytes(text: str, places: Iterable[Range], encoding: str) -> Iterator[Range]:
    if not encoding.startswith("utf-"):
        yield from places
        return
    at = offset = 0
    for start, end in places:
        first = offset + len(encoded(text[at:start], encoding))
        at, offset = end, first + len(encoded(text[start:end], encoding))
        yield first, offset


class Reading(NamedTuple):
    """A text as it is read, and which of its pieces stand where in what is written: start, end, as it is read."""

    text: str
    pieces: list[tuple[int, int, int, bool]]  # start in the reading, start and end in what is written, same

    def places(self, found: Iterable[Range]) -> Iterator[Range]:
        """Ranges of the reading as ranges of what is written; what is not read, such as tags, stays apart."""
        if not self.pieces:
            yield from found
            return
        starts = [piece[0] for piece in self.pieces]
        for start, end in found:
            number = max(bisect_right(starts, start) - 1, 0)
            while number < len(self.pieces) and starts[number] < end:
                at, first, last, same = self.pieces[number]
                number += 1
                if same:
                    first, last = first + max(start - at, 0), min(last, first + end - at)
                if first < last:
                    yield first, last


Readings = Callable[[str], Iterable[Reading]]


def _plain(text: str) -> Iterator[Reading]:
    yield Reading(text, [])


def _marked(text: str) -> Iterator[Reading]:
    """Hypertext without its tags, and with them, for words stand in attributes, too."""
    yield _reading(text, tags=False)
    yield _reading(text, tags=True)


def _reading(text: str, *, tags: bool) -> Reading:
    read: list[str] = []
    pieces: list[tuple[int, int, int, bool]] = []
    at = 0
    for piece in (_ENTITIES if tags else _MARKUP).finditer(text):
        written = said = piece[0]
        if written.startswith("&"):
            said = unescape(written)
        elif not tags and written.startswith("<") and written.endswith(">"):
            said = " " if _BLOCKS.match(written) else ""
        if said:
            read.append(said)
            if said == written or written.startswith("&"):
                pieces.append((at, piece.start(), piece.end(), said == written))
            else:
                pieces.append((at, piece.start(), piece.start(), False))
            at += len(said)
    return Reading("".join(read), pieces)
