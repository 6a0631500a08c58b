"""Words taken out of a kept original: filled byte for byte, so that every range of bytes stays true. Pure.

A chat's line keeps who wrote it and when, a letter the fields that say where it belongs; line ends stay, so that
lines and letters still begin where they began.
"""

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from email.errors import HeaderParseError
from email.header import decode_header, make_header

from archiver.privacy.cutting import Cutter, Range

FILL = "X"
Ranges = Callable[[str], list[Range]]
_WHOLE = re.compile(r"[^\r\n]+")
_HEAD = re.compile(r"[^\r\n]{0,60}?(?: - |\] )")  # what an export writes before a name
_END_OF_HEAD = re.compile(rb"\r?\n[ \t]*\r?\n")
_FIELD = re.compile(rb"[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*(?:\r?\n|$)")
_KEPT = re.compile(
    rb"(?:>?From |\d{1,12}[ \t]*\r?\n|message-id:|date:|from:|to:|cc:|references:|in-reply-to:|list-id:)", re.IGNORECASE
)
_HARD = re.compile(
    rb"content-transfer-encoding:\s*(?:base64|quoted-printable)|content-type:\s*text/html|<html|<div|<p>",
    re.IGNORECASE,
)


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


def fill_letter(raw: bytes) -> bytes:
    """A letter without its words: the fields that say whose it is and where it belongs stay."""
    head, body = _parted(raw)
    fields = (field if _KEPT.match(field) else fill_all(field) for field in _fields(head))
    return b"".join(fields) + fill_all(body)


def cut_letter(raw: bytes, cutter: Cutter, *, body_too: bool, quotes: bool = False) -> bytes:
    """A letter without what *cutter* finds in it. *body_too*: words of its body are to go, so where that is written
    in a way that hides them (base64, HTML) all of it goes. *quotes*: what it quotes is looked at, too."""
    head, body = _parted(raw)

    def everywhere(text: str) -> list[Range]:
        return cutter.ranges(text, [(0, len(text))] if quotes and body_too else [])

    fields = b"".join(_cut_field(field, cutter) for field in _fields(head))
    if body_too and (_HARD.search(head) or _HARD.search(body)):
        return fields + fill_all(body)
    return fields + fill_ranges(body, "utf-8", everywhere)


def _cut_field(field: bytes, cutter: Cutter) -> bytes:
    plain = fill_ranges(field, "utf-8", cutter.ranges)
    if b"=?" not in field:
        return plain
    try:
        told = str(make_header(decode_header(field.decode("ascii", "replace"))))
    except (HeaderParseError, LookupError, ValueError):
        told = ""
    if not cutter.ranges(told):
        return plain
    name, colon, value = plain.partition(b":")
    return name + colon + re.sub(rb"[^\r\n \t]", FILL.encode(), value)


def _parted(raw: bytes) -> tuple[bytes, bytes]:
    found = _END_OF_HEAD.search(raw)
    return (raw[: found.end()], raw[found.end() :]) if found else (raw, b"")


def _fields(head: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(head):
        found = _FIELD.match(head, at)
        end = found.end() if found and found.end() > at else len(head)
        yield head[at:end]
        at = end
