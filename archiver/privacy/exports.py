"""Words in files that a site exported, JSON or HTML: found however they are escaped, filled so that the file stays what
it is, as long as before and readable by any program. Pure.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

from archiver.privacy.coded import Find, Reading, fill_bytes, places_in
from archiver.privacy.filling import FILL

Kind = Literal["json", "html"]

_BYTES = r"(?:\\u00[0-9A-Fa-f]{2})+"  # Facebook writes each byte of UTF-8 as if it were a character
_PIECE = re.compile(rf"({_BYTES})|(\\u[dD][89abAB][0-9A-Fa-f]{{2}}\\u[dD][c-fC-F][0-9A-Fa-f]{{2}}|\\u[0-9A-Fa-f]{{4}})"
                    r"|(\\.)|[^\\]+|\\", re.DOTALL)  # fmt: skip
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_STRING = re.compile(rb'("(?:[^"\\]|\\.)*+")(\s{0,200}:)?', re.DOTALL)
_WRITER = (b'"sender_name"', b'"senderName"')
_NO_QUOTE = re.compile(rb"[^\r\n]")
_MARKUP = re.compile(rb"<[^<>]*>|[^<]+|<")
_ATTRIBUTE = re.compile(
    rb"(\s(?:href|src|alt|title|content|value|data-[\w-]{1,40})\s{0,9}=\s{0,9}\"?)([^\"<>]*)", re.IGNORECASE
)


def kind_of(path: str) -> Kind | None:
    """What a file is by its name; None for texts and all else."""
    low = path.lower()
    return "json" if low.endswith(".json") else "html" if low.endswith((".html", ".htm")) else None


def fill_words(raw: bytes, kind: Kind, find: Find) -> bytes:
    """*raw*, a piece of such a file, without what *find* finds in it."""
    readings = _unescaped if kind == "json" else None
    return fill_bytes(raw, places_in(raw, "", find, hypertext=kind == "html", readings=readings))


def fill_record(raw: bytes, kind: Kind, writers: Iterable[str]) -> bytes:
    """A message without its words: who wrote it (one of *writers*) stays, and in JSON all that is no text."""
    return _fill_strings(raw) if kind == "json" else _fill_page(raw, {name.encode() for name in writers})


def _unescaped(text: str) -> Iterator[Reading]:
    """JSON as it is meant: as Facebook's bytes, and as the characters that the standard says these are."""
    yield _reading(text, _as_bytes)
    if "\\u00" in text:
        yield _reading(text, _as_signs)


def _reading(text: str, decode: Callable[[str], str | None]) -> Reading:
    read: list[str] = []
    pieces: list[tuple[int, int, int, bool]] = []
    at = 0
    for piece in _PIECE.finditer(text):
        start, (run, escape, simple) = piece.start(), piece.groups()
        if run or escape or simple:
            signs = list(_signs(run, decode) if run else [(len(piece[0]), _meant(piece[0]))])
        else:
            read.append(piece[0])
            pieces.append((at, start, piece.end(), True))
            at += len(piece[0])
            continue
        for length, sign in signs:
            read.append(sign)
            pieces.append((at, start, start + length, False))
            at, start = at + len(sign), start + length
    return Reading("".join(read), pieces)


def _signs(run: str, decode: Callable[[str], str | None]) -> Iterator[tuple[int, str]]:
    """(how many characters are written, the one that is meant) of a run of escaped bytes."""
    meant = decode(run)
    if meant is None:
        yield from ((6, _meant(run[at : at + 6])) for at in range(0, len(run), 6))
    else:
        yield from ((6 * len(sign.encode()), sign) for sign in meant)


def _as_bytes(run: str) -> str | None:
    try:
        return bytes(int(run[at + 2 : at + 6], 16) for at in range(0, len(run), 6)).decode()
    except UnicodeDecodeError:
        return None


def _as_signs(_: str) -> None:
    """Each escape is a character of its own, as the standard says."""
    return


def _meant(escape: str) -> str:
    if escape.startswith("\\u"):
        units = b"".join(int(escape[at + 2 : at + 6], 16).to_bytes(2, "big") for at in range(0, len(escape), 6))
        return units.decode("utf-16-be", "replace")
    return _SIMPLE.get(escape[1:], escape[1:])


def _fill_strings(raw: bytes) -> bytes:
    """Every string but keys, and who sent it; white space, numbers and structure stay."""
    pieces, at, keep = [], 0, False
    for found in _STRING.finditer(raw):
        text, colon = found.groups()
        if colon is None and not keep:
            pieces += [raw[at : found.start()], b'"', _NO_QUOTE.sub(FILL.encode(), text[1:-1]), b'"']
            at = found.end()
        keep = colon is not None and text in _WRITER
    return b"".join([*pieces, raw[at:]])


def _fill_page(raw: bytes, writers: set[bytes]) -> bytes:
    """Text between tags, but for a writer's name alone, and what tags lead to and show."""
    fill = FILL.encode()
    return b"".join(
        _ATTRIBUTE.sub(lambda one: one[1] + _NO_QUOTE.sub(fill, one[2]), piece[0])
        if piece[0].startswith(b"<") and piece[0].endswith(b">")
        else piece[0]
        if piece[0].strip() in writers
        else _NO_QUOTE.sub(fill, piece[0])
        for piece in _MARKUP.finditer(raw)
    )
