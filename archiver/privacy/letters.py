"""A kept letter without its words, or without some of them: part by part, filled where they stand. Pure.

The parts are found by their delimiters alone, all of them at one level: what is filled does not depend on which part
holds which. Where a part is built so that nobody can say, all of it goes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header

from archiver.privacy.coded import Find, fill_base64, fill_bytes, fill_quoted_printable, places_in
from archiver.privacy.cutting import Cutter, Range
from archiver.privacy.filling import FILL, fill_all, fill_ranges

_END_OF_HEAD = re.compile(rb"\r?\n[ \t]*\r?\n")
_FIELD = re.compile(rb"[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*(?:\r?\n|$)")
_KEPT = re.compile(
    rb"(?:>?From |\d{1,12}[ \t]*\r?\n|message-id:|date:|from:|to:|cc:|references:|in-reply-to:|list-id:)", re.IGNORECASE
)
_BOUNDARY = re.compile(rb"boundary[ \t]*=[ \t]*(?:\"([^\"\r\n]{1,200})|([^\s\";]{1,200}))", re.IGNORECASE)
_DASHES = re.compile(rb"(?:\A|\n)(--[^\r\n]{1,300})")
_TYPE = re.compile(rb"^content-type:\s*([\w.+-]{1,80}/[\w.+-]{1,80})", re.IGNORECASE | re.MULTILINE)
_CHARSET = re.compile(rb"charset[ \t]*=[ \t]*\"?([\w.:+-]{1,40})", re.IGNORECASE)
_ENCODING = re.compile(rb"^content-transfer-encoding:\s*([\w-]{1,40})", re.IGNORECASE | re.MULTILINE)
_CODED_WITHIN = re.compile(rb"content-transfer-encoding:\s*(?:base64|quoted-printable)", re.IGNORECASE)
_BEGINS_AS_A_HEAD = re.compile(rb"[ \t]*(?:\r?\n)?[!-9;-~]{1,80}:[ \t]")
_NO_WORDS = (b"image/", b"audio/", b"video/", b"font/")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_UU = (b"x-uuencode", b"x-uue", b"uuencode", b"uue")
_DEEPEST = 20  # letters in letters that are looked into


def fill_letter(raw: bytes) -> bytes:
    """A letter without its words: the fields that say whose it is and where it belongs stay."""
    head, body = _parted(raw)
    fields = (field if _KEPT.match(field) else fill_all(field) for field in _fields(head))
    return b"".join(fields) + fill_all(body)


def cut_letter(raw: bytes, cutter: Cutter, *, body_too: bool, quotes: bool = False) -> bytes:
    """A letter without what *cutter* finds in it, be it coded or not; as long as before, in lines as long as before.

    *body_too*: words of its body are known to go, so where a part cannot be read all of it goes. *quotes*: what it
    quotes is looked at, too. Pictures, sounds and films have no words.
    """

    def find(text: str) -> list[Range]:
        return cutter.ranges(text, [(0, len(text))] if quotes and body_too else [])

    return _Cut(cutter, find, surely=body_too, boundaries=_boundaries(raw)).letter(raw, 0)


def _boundaries(raw: bytes) -> frozenset[bytes]:
    """The lines by which any of a letter's parts may be delimited."""
    names = {(quoted or plain).rstrip() for quoted, plain in _BOUNDARY.findall(raw)}
    return frozenset(b"--" + name + end for name in names for end in (b"", b"--"))


@dataclass(frozen=True, slots=True)
class _Cut:
    cutter: Cutter
    find: Find
    surely: bool
    boundaries: frozenset[bytes]

    def letter(self, raw: bytes, depth: int) -> bytes:
        """The fields and the content of a letter, or of a part that has some."""
        head, body = _parted(raw)
        return b"".join(_cut_field(field, self.cutter) for field in _fields(head)) + self.content(head, body, depth)

    def content(self, head: bytes, body: bytes, depth: int) -> bytes:
        delimiters = [found for found in _DASHES.finditer(body) if found[1].rstrip() in self.boundaries]
        if not delimiters:
            return self.leaf(head, body, depth)
        pieces, at = [self.plain(body[: delimiters[0].start(1)])], delimiters[0].start(1)
        ends = [*(found.start(1) for found in delimiters[1:]), len(body)]
        for found, end in zip(delimiters, ends, strict=True):
            line = body.find(b"\n", at, end) + 1 or end
            last = found[1].rstrip()[:-2] in self.boundaries
            pieces += [body[at:line], self.plain(body[line:end]) if last else self.part(body[line:end], depth)]
            at = end
        return b"".join(pieces)

    def part(self, piece: bytes, depth: int) -> bytes:
        """What stands between two delimiters: with a head, or, after a blank line, without."""
        blank = re.match(rb"[ \t]*\r?\n", piece)
        if blank and not _BEGINS_AS_A_HEAD.match(piece, blank.end()):
            return blank[0] + self.plain(piece[blank.end() :])
        start = blank.end() if blank else 0
        return piece[:start] + self.letter(piece[start:], depth)

    def leaf(self, head: bytes, body: bytes, depth: int) -> bytes:
        """The content of a part that has no parts."""
        kind = _first(_TYPE, head)
        coding = _first(_ENCODING, head)
        if kind.startswith(b"message/") and coding not in {b"base64", b"quoted-printable"} and depth < _DEEPEST:
            return self.letter(body, depth + 1)
        if kind.startswith((b"message/", b"multipart/")):
            return self.structure(kind, coding, body, depth)
        charset = _first(_CHARSET, head).decode("ascii", "replace")

        def places(data: bytes) -> list[Range]:
            return places_in(data, charset, self.find, hypertext=kind == b"text/html")

        if coding == b"base64":
            wordless = kind.startswith(_NO_WORDS)
            return body if wordless else fill_base64(body, lambda data: [] if _no_text(kind, data) else places(data))
        if coding == b"quoted-printable":
            return fill_quoted_printable(body, places)
        if self.surely and (coding in _UU or _CODED_WITHIN.search(body)):
            return fill_all(body)
        return fill_bytes(body, places(body))

    def structure(self, kind: bytes, coding: bytes, body: bytes, depth: int) -> bytes:
        """Parts that are coded as a whole, which no mail should have; or that lie too deep; or have no delimiters."""
        if coding == b"base64" and depth < _DEEPEST:
            return fill_base64(body, lambda data: self.within(kind, data, depth + 1))
        if self.surely and (coding or kind.startswith(b"message/") or _CODED_WITHIN.search(body)):
            return fill_all(body)
        return self.plain(body)

    def within(self, kind: bytes, data: bytes, depth: int) -> list[Range]:
        """The whole of a coded structure, if anything in it is to go: where, its own coding may hide."""
        inner = _Cut(self.cutter, self.find, self.surely, self.boundaries | _boundaries(data))
        after = inner.letter(data, depth) if kind.startswith(b"message/") else inner.content(b"", data, depth)
        return [] if after == data else [(0, len(data))]

    def plain(self, body: bytes) -> bytes:
        return fill_bytes(body, places_in(body, "", self.find, hypertext=False))


def _first(pattern: re.Pattern[bytes], head: bytes) -> bytes:
    found = pattern.search(head)
    return found[1].lower() if found else b""


def _no_text(kind: bytes, data: bytes) -> bool:
    """Whether an attached file is of the kind whose bytes are no text: packed, or a document."""
    return not kind.startswith(b"text/") and _CONTROLS.search(data, 0, 4096) is not None


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
