"""Address lists (RFC 5322, 3.4), as senders, gateways and list archives really write them.

Read are ``Ann Lee <ann@example.org>``, ``ann@example.org (Ann Lee)``, ``ann at example.org (Ann Lee)``, groups,
routes, quoted local parts, encoded words wherever they are; and with mistakes: commas that nobody quoted, a comma
too many, quotes and brackets without their partner, several addresses without a comma between them.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from archiver.dump import DEFAULT
from archiver.importers.mail.charsets import decode
from archiver.importers.mail.words import decoded
from archiver.text import fold


class Address(NamedTuple):
    """Whom a mail is from or to. *name* "": none was given, or only the address again. *address* "": a name alone.

    The address keeps its case; compare by `folded`.
    """

    name: str
    address: str


_ATOM = rb'[^\s"<>@,;:()\\\[\]]+'
_PLAIN = re.compile(  # one mailbox of the two common kinds, and the comma after it
    rb'[\s,]*+(?:(' + _ATOM + rb"@" + _ATOM + rb')|(?:"([^"\\<>]*)"|([^"<>@,;:()\\]*))\s*+<(' + _ATOM + rb"@" + _ATOM
    + rb")>)\s*+(?:,\s*+|$)"
)  # fmt: skip
_TOKEN = re.compile(
    rb"""(?P<word>=\?[^?\s]{0,75}\?[bBqQ]\?[^?\s]{0,2000}\?=)"""
    rb"""|(?P<text>[^\s"<>,;:()\\=]++)"""
    rb"""|(?P<blank>\s++)"""
    rb"""|"(?P<quoted>(?:[^"\\]|\\.){0,4000}+)\""""
    rb"""|<(?P<angle>(?:[^<>"]++|"(?:[^"\\]|\\.){0,100}+"){0,1000}+)>"""
    rb"""|<(?P<bare>[^<>]{0,4000}+)>"""
    rb"""|<(?P<open>[^<>,;]{0,4000}+)(?=[,;]|$)"""
    rb"""|\\(?P<escaped>.)"""
    rb"""|(?P<sign>.)""",
    re.DOTALL,
)
_BRACKETED = {"angle", "bare", "open"}
_QUOTE = re.compile(rb'\\.|"', re.DOTALL)
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
# Mailman masks addresses as `ann at example.org`, in the language of the list.
_MASKED = re.compile(r"([^\s@]+) at ([^\s@]+)|([^\s@]+) (?:en|em|bei|à|på|w|na|op) ([^\s@.]+(?:\.[^\s@.]+)+)")
_URI = re.compile(r"(?:mailto|smtp):", re.IGNORECASE)
_EXCHANGE = re.compile(r"/o=", re.IGNORECASE)  # an X.500 name, which Exchange uses within a house
MAX_LOOKED_AT = 1 << 19  # bytes of one mail's addresses, or as many as the limit's number of common ones has
_COMMON = 52  # bytes of an address with a name
MAX_UNDIVIDED = 1 << 16  # bytes of them where there is no comma in all these
MAX_REMEMBERED = 300  # bytes of a value that is not read again when it comes again
MAX_GROUP = 100  # tokens of a group's name
MAX_JOINED = 2  # pieces before unquoted commas that are taken to be of one name


def addresses(value: bytes, charset: str | None = None) -> list[Address]:
    """The addresses in the value of From, To, Cc…, in their order. Never raises, and takes linear time.

    *charset*: of bytes above 0x7F that carry no label and are not UTF-8.
    """
    return list(_known(value, charset)) if len(value) < MAX_REMEMBERED else _read(value, charset)


def first_of(
    values: Iterable[bytes], charset: str | None = None, most: int = DEFAULT.addresses
) -> tuple[list[Address], bool]:
    """The addresses of several fields of a mail, no more than *most* of them, and whether there are more."""
    found: list[Address] = []
    room = max(MAX_LOOKED_AT, most * _COMMON)
    for value in values:
        if len(value) > room:
            comma = value.rfind(b",", 0, room) + 1
            return (found + addresses(value[: comma or min(room, MAX_UNDIVIDED)], charset))[:most], True
        room -= len(value)
        found += addresses(value, charset)
    return found[:most], len(found) > most


@lru_cache(maxsize=4096)
def _known(value: bytes, charset: str | None) -> tuple[Address, ...]:
    """The same few people write to the same few lists."""
    return tuple(_read(value, charset))


def _read(value: bytes, charset: str | None) -> list[Address]:
    found = _plain(value)
    return _careful(value, charset) if found is None else found


@lru_cache(maxsize=4096)
def folded(address: str) -> str:
    """The address as it is compared: lower case, international domains as they are read, not as ``xn--…``."""
    low = address.lower()
    if low.isascii() and "xn--" not in low:
        return low
    local, at, domain = fold(address).rpartition("@")
    return local + at + ".".join(map(_label, domain.split(".")))


def _label(label: str) -> str:
    if not label.startswith("xn--") or len(label) > 63:
        return label
    try:
        read = unicodedata.normalize("NFC", label[4:].encode("ascii").decode("punycode"))
        read.encode()  # it may spell half a character
    except (ValueError, OverflowError):
        return label
    return read


def _plain(value: bytes) -> list[Address] | None:
    """A list of nothing but the common kinds, in ASCII; None for anything else."""
    if not value.isascii() or b"\x1b" in value or b"\0" in value:
        return None
    found: list[Address] = []
    at, end = 0, len(value)
    while at < end:
        one = _PLAIN.match(value, at)
        if one is None:
            return None
        at = one.end()
        bare, quoted, words, address = one.groups()
        if bare:
            found.append(Address("", _spelled(bare.decode())))
        else:
            found.append(_named((quoted or words or b"").strip(), address))
    return found


def _named(name: bytes, address: bytes) -> Address:
    text = decoded(name) if b"=?" in name else name.decode()
    return Address(_name(text, spelled := _spelled(address.decode())), spelled)


def _name(text: str, address: str = "") -> str:
    """A name without the blanks and quotes around it; "" when it is but the address."""
    text = " ".join(text.split())
    while len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1].strip()
    return "" if text.lower() == address.lower() else text


def _spelled(text: str) -> str:
    """An address without what clings to it."""
    text = text.strip().strip("'").rstrip(".")
    return text[7:] if text[:7].lower() == "mailto:" else text


class _Piece:
    """What stands between two commas, while it is read."""

    __slots__ = ("angles", "any_quoted", "comments", "named", "quoted", "words")

    def __init__(self) -> None:
        self.words: list[bytes] = []
        self.comments: list[bytes] = []
        self.angles: list[bytes] = []
        self.named = 0  # how many words were before the address in brackets
        self.quoted = False  # the last token was
        self.any_quoted = False


def _careful(value: bytes, charset: str | None) -> list[Address]:
    """Token by token."""
    if b"=?" not in value and (not value.isascii() or b"\x1b" in value):  # no byte of a sign is a comma or a quote
        value, charset = decode(value, None, charset)[0].encode(), None
    found: list[Address] = []
    loose: list[str] = []  # names before a comma that may belong to what follows: `Lee, Ann <ann@example.org>`
    for piece, closing in _pieces(value):
        read = _addresses_of(piece, charset)
        if closing == b"," and len(read) == 1 and not read[0].address and not (piece.any_quoted or piece.comments):
            loose.append(read[0].name)
            continue
        if loose and read and read[0].address and read[0].name and piece.angles and len(loose) <= MAX_JOINED:
            read[0] = Address(", ".join([*loose, read[0].name]), read[0].address)
            loose = []
        found += [Address(name, "") for name in loose]
        loose = []
        found += read
    return found + [Address(name, "") for name in loose]


def _pieces(value: bytes) -> Iterator[tuple[_Piece, bytes]]:
    """The pieces between commas, each with the sign that closes it (b"" at the end)."""
    if sum(found[0] == b'"' for found in _QUOTE.finditer(value)) % 2:
        value = value.replace(b'"', b" ")  # one lacks its partner, and nobody knows which
    tokens = [(found.lastgroup or "", found[found.lastgroup or 0]) for found in _TOKEN.finditer(value)]
    partner = _partners(tokens)
    groups = max((at for at, token in enumerate(tokens) if token == ("sign", b";")), default=-1)
    piece, at = _Piece(), 0
    while at < len(tokens):
        kind, text = tokens[at]
        if kind != "sign":
            if kind in _BRACKETED and piece.angles:  # a comma is missing
                following = _Piece()
                following.words = piece.words[piece.named :]
                del piece.words[piece.named :]
                yield piece, b""
                piece = following
            _add(piece, kind, text)
            at += 1
            continue
        piece.quoted = False
        if text == b"(" and (close := partner.get(at)):
            piece.comments.append(_comment(tokens[at + 1 : close]))
            at = close
        elif text in b",;":
            yield piece, text
            piece = _Piece()
        elif text == b":" and _begins_group(piece, at < groups or at == len(tokens) - 1):
            piece = _Piece()
        else:
            piece.words.append(b" " if text in b'()<>"' else text)
        at += 1
    yield piece, b""


def _begins_group(piece: _Piece, closed: bool) -> bool:
    """Whether what was read before a colon is the name of a group, or ``mailto``, and not part of a name."""
    words = b"".join(piece.words[:MAX_GROUP])
    return (
        not piece.angles
        and len(piece.words) < MAX_GROUP
        and b"@" not in words
        and (closed or words.strip().lower() in {b"mailto", b"smtp"})
    )


def _partners(tokens: list[tuple[str, bytes]]) -> dict[int, int]:
    """Which bracket closes the comment that begins at a token; only outermost comments that are closed."""
    opened: list[int] = []
    partner: dict[int, int] = {}
    for at, (kind, text) in enumerate(tokens):
        if kind != "sign":
            continue
        if text == b"(":
            opened.append(at)
        elif text == b")" and opened:
            partner[opened.pop()] = at
    return partner


def _add(piece: _Piece, kind: str, text: bytes) -> None:
    if kind in _BRACKETED:
        piece.angles.append(text)
        piece.words.append(b" ")
        piece.named = len(piece.words)
    elif kind == "quoted":
        piece.words.append(_ESCAPE.sub(rb"\1", text))
    elif piece.quoted and text[:1] == b"@":  # `"ann lee"@example.org`: it was a local part
        piece.angles.append(b'"%b"%b' % (piece.words.pop(), text))
    else:
        piece.words.append(b" " if kind == "blank" else text)
    piece.quoted = kind == "quoted"
    piece.any_quoted |= piece.quoted


def _comment(tokens: list[tuple[str, bytes]]) -> bytes:
    inside = {"angle": b"<%b>", "bare": b"<%b>", "open": b"<%b", "quoted": b'"%b"'}
    return b"".join(inside[kind] % text if kind in inside else text for kind, text in tokens)


def _addresses_of(piece: _Piece, charset: str | None) -> list[Address]:
    words = b"".join(piece.words)
    text = decoded(words, charset)
    if b"=?" in words and "@" in text and not piece.angles:  # address and all were made an encoded word
        return _careful(text.replace("=?", "= ?").encode(), None)
    comment = next((name for part in piece.comments if (name := _name(decoded(part, charset)))), "")
    if piece.angles:
        return _in_brackets(piece.angles, _name(text), comment, charset)
    if masked := _MASKED.fullmatch(" ".join(text.split())):
        return [Address(comment, "@".join(filter(None, masked.groups())))]
    bare = [word for word in text.split() if _is_address(word)]
    if not bare and _is_address(comment) and " " not in comment:  # `Ann Lee (ann@example.org)`
        return [Address(_name(text, comment), _spelled(comment))]
    if not bare:
        return [Address(name, "")] if (name := _name(text) or comment) else []
    name = _name(" ".join(word for word in text.split() if not _is_address(word)).strip(":<> ")) or comment
    return [Address(name if len(bare) == 1 else "", _spelled(word)) for word in bare]


def _in_brackets(angles: list[bytes], name: str, comment: str, charset: str | None) -> list[Address]:
    """Addresses of the form ``<…>``; the words around the first are its name."""
    found: list[Address] = []
    for angle in angles:
        text = decoded(angle, charset).strip()
        if text.startswith("@"):  # a route: <@relay:ann@example.org>
            text = text.rpartition(":")[2]
        if masked := _MASKED.fullmatch(text):
            text = "@".join(filter(None, masked.groups()))
        address = _spelled(_URI.sub("", text, count=1))
        if "@" not in address and not _EXCHANGE.match(address):
            name, address = (_name(address), name) if _is_address(name) else (name or _name(address), "")
        if address or name or comment:
            found.append(Address(_name(name, address) or _name(comment, address), address))
        name = comment = ""
    return found


def _is_address(word: str) -> bool:
    at = word.find("@")
    return 0 < at < len(word) - 1
