"""Words taken out of a kept original: filled byte for byte, so that every range of bytes stays true. Pure.

A chat's line keeps who wrote it and when; line ends stay, so that lines still begin where they began. Letters are
filled by letters.py.
"""

import codecs
import re
from collections.abc import Callable, Iterable

from archiver.privacy.cutting import Range

FILL = "X"
Ranges = Callable[[str], list[Range]]
_WHOLE = re.compile(r"[^\r\n]+")
_HEAD = re.compile(r"[^\r\n]{0,60}?(?: - |\] )")  # what an export writes before a name


def encoding_of(head: bytes) -> str:
    """How a text file is encoded, as far as its first bytes say."""
    if head.startswith(codecs.BOM_UTF16_LE) or head[1:4:2] == b"\0\0":
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE) or head[0:3:2] == b"\0\0":
        return "utf-16-be"
    return "utf-8"


def fill_ranges(raw: bytes, encoding: str, ranges: Ranges) -> bytes:
    """*raw* with what *ranges* finds in its text filled; as long as before."""
    whole = raw if encoding == "utf-8" else raw[: len(raw) & ~1]  # half a character at the end is no text
    text = decoded(whole, encoding)
    places = ranges(text)
    if not places:
        return raw
    pieces, at = [], 0
    for start, end in places:
        pieces += [encoded(text[at:start], encoding), _fill(text[start:end], encoding)]
        at = end
    return b"".join([*pieces, encoded(text[at:], encoding), raw[len(whole) :]])


def decoded(raw: bytes, encoding: str) -> str:
    """The text of *raw*; bytes that are none become characters that stand for them, so that nothing is lost."""
    return raw.decode(encoding, "surrogateescape" if encoding == "utf-8" else "surrogatepass")


def encoded(text: str, encoding: str) -> bytes:
    """The bytes that `decoded` read."""
    return text.encode(encoding, "surrogateescape" if encoding == "utf-8" else "surrogatepass")


def _fill(text: str, encoding: str) -> bytes:
    """As many bytes as *text* has, all of them fill, but for line ends."""
    pieces = re.split(r"([\r\n]+)", text)
    unit = FILL.encode(encoding)
    return b"".join(
        encoded(piece, encoding) if n % 2 else unit * (len(encoded(piece, encoding)) // len(unit))
        for n, piece in enumerate(pieces)
    )


def fill_line(raw: bytes, encoding: str, senders: Iterable[str]) -> bytes:
    """A chat's message without its words: its time and whoever said it (one of *senders*) stay."""

    def words(text: str) -> list[Range]:
        first = len(text.split("\n", 1)[0])
        ends = [at + len(name) + 1 for name in senders if name and 0 <= (at := text.find(f"{name}:")) < first]
        head = min(ends) if ends else (found.end() if (found := _HEAD.match(text)) else 0)
        head += len(text[head:]) - len(text[head:].lstrip(" "))
        return [(head + hit.start(), head + hit.end()) for hit in _WHOLE.finditer(text[head:])]

    return fill_ranges(raw, encoding, words)


def fill_all(raw: bytes) -> bytes:
    """*raw* with everything filled but line ends."""
    return re.sub(rb"[^\r\n]", FILL.encode(), raw)
