"""Encoded words and parameters: header values to text (RFC 2047, RFC 2231), as senders really write them.

Repaired are: a character cut in two by two encoded words (their bytes are joined before they are decoded), base64
cut anywhere or badly padded, bytes above 0x7F inside and outside of words, spaces inside words, words that touch,
words without an end, ``=?unknown-8bit?…`` and ``=?UTF-8*en?…``. What is returned can be stored and is one line: no
lone surrogates, a NUL is ``␀`` (U+2400), line ends are spaces.
"""

import binascii
import re
from collections.abc import Iterator
from typing import NamedTuple

from archiver.importers.mail.charsets import decode

_OPENING = re.compile(rb"=\?([^?\r\n]{0,75})\?([bBqQ])\?")
_CLOSING = re.compile(rb"\?=|=\?(?!=)")
_LINE_END = re.compile(r"[\r\n]+[ \t]*")


def decoded(value: bytes, fallback: str | None = None) -> str:
    """The value as text. *fallback*: the charset of bytes above 0x7F that carry no label and are not UTF-8."""
    text = "".join(_pieces(value, fallback)) if b"=?" in value else decode(value, None, fallback)[0]
    return _LINE_END.sub(" ", text) if "\n" in text or "\r" in text else text


class _Word(NamedTuple):
    """An encoded word at bytes [start, end) of the value."""

    start: int
    end: int
    charset: bytes
    kind: bytes
    encoded: bytes


def _words(value: bytes) -> Iterator[_Word]:
    """The encoded words in their order. A word without an end goes to the next word, or to the value's end."""
    at = 0
    while opening := _OPENING.search(value, at):
        closing = _CLOSING.search(value, opening.end())
        stop = closing.start() if closing else len(value)
        at = closing.end() if closing and closing[0] == b"?=" else stop
        charset = opening[1].partition(b"*")[0].strip().lower()
        yield _Word(opening.start(), at, charset, opening[2].upper(), value[opening.end() : stop])


def _pieces(value: bytes, fallback: str | None) -> Iterator[str]:
    """Words and what is between them; blanks between two words are not text (RFC 2047, 6.2)."""
    held: list[_Word] = []
    at = 0
    for word in _words(value):
        between = value[at : word.start]
        if held and (between.strip() or held[-1].charset != word.charset):
            yield _joined(held)
            held = []
        if between.strip() or not at:
            yield decode(between, None, fallback)[0]
        held.append(word)
        at = word.end
    if held:
        yield _joined(held)
    if at < len(value):
        yield decode(value[at:], None, fallback)[0]


def _joined(words: list[_Word]) -> str:
    """Neighbouring words of one charset as text: their bytes are one stream, for some senders cut characters."""
    label = words[0].charset.decode("ascii", "replace")
    text, step = decode(b"".join(map(_bytes, words)), label)
    if step in {"ascii", "label"} or len(words) == 1 or any(word.kind != b"B" for word in words):
        return text
    whole, whole_step = decode(base64(b"".join(word.encoded for word in words)), label)  # cut within the base64
    return whole if whole_step in {"ascii", "label"} else text


def _bytes(word: _Word) -> bytes:
    if word.kind == b"B":
        return base64(word.encoded)
    return binascii.a2b_qp(word.encoded, header=True)


_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_FOREIGN = bytes(byte for byte in range(256) if byte not in _ALPHABET + b"-_")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def base64(encoded: bytes) -> bytes:
    """The bytes that base64 means, however it is padded; text that is no base64 at all stays as it is."""
    if not encoded.isascii():
        return encoded
    runs = encoded.rstrip(b"= \t\r\n").split(b"=")
    return b"".join(map(_run, runs))


def _run(encoded: bytes) -> bytes:
    clean = encoded.translate(_URL_SAFE, _FOREIGN)
    if len(clean) % 4 == 1:  # six bits that make no byte
        clean = clean[:-1]
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


# Parameters. A quoted value without an end runs to the next semicolon; atomic, so that time is linear.
_MAIN = re.compile(rb"\s*([^\s;]*)")
_PARAMETER = re.compile(rb'[\s;]*+([^\s=;"]++)\s*+=\s*+(?:"((?:[^"\\]|\\.)*+)"|([^;]*+))', re.DOTALL)
_SKIP = re.compile(rb"[\s;]*+[^;]*+;?")
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,4}))?(\*)?")
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_MAY_HAVE_BLANKS = {"name", "filename", "boundary"}
MAX_PARAMETERS = 2_000  # of one header field; what is after them is left out
MAX_LENGTH = 64 * 1024  # bytes of one header field that are looked at for parameters


def parameters(value: bytes, fallback: str | None = None) -> tuple[str, dict[str, str]]:
    """A Content-Type or Content-Disposition: its first word in lower case, and its parameters by lower-case name.

    Continuations and charsets of RFC 2231 are put together, encoded words (which do not belong there) decoded; of
    ``filename`` and ``filename*`` the latter wins. Backslashes stay where they escape nothing: ``C:\\docs\\x.txt``.
    """
    value = value[:MAX_LENGTH]
    main = _MAIN.match(value)
    kind, at = (main[1], main.end()) if main else (b"", 0)
    if b"=" in kind:  # no first word at all: `charset=utf-8`
        kind, at = b"", 0
    sections: dict[str, dict[int, tuple[bytes, bool]]] = {}
    plain: dict[str, bytes] = {}
    for name, content in _raw_parameters(value, at):
        section = _SECTION.fullmatch(name)
        if section and (section[2] or section[3]):
            sections.setdefault(section[1], {}).setdefault(int(section[2] or 0), (content, section[3] is not None))
        else:
            plain.setdefault(name, content)
    found = {name: decoded(content, fallback) for name, content in plain.items()}
    found |= {name: _continued(parts, fallback) for name, parts in sections.items()}
    return decode(kind, None, fallback)[0].lower(), found


def _raw_parameters(value: bytes, at: int) -> Iterator[tuple[str, bytes]]:
    for _ in range(MAX_PARAMETERS):
        if at >= len(value):
            return
        found = _PARAMETER.match(value, at)
        if found is None:
            skipped = _SKIP.match(value, at)
            at = skipped.end() if skipped and skipped.end() > at else len(value)
            continue
        name = decode(found[1], None)[0].lower()
        content, at = _content(name, found)
        yield name, content


def _content(name: str, found: re.Match[bytes]) -> tuple[bytes, int]:
    """A parameter's value without its quotes, and where the next one may begin."""
    if found[2] is not None:
        return re.sub(rb'\\(["\\])', rb"\1", found[2]), found.end()
    content, end = found[3], found.end()
    if name.partition("*")[0] not in _MAY_HAVE_BLANKS and (first := content.split(maxsplit=1)[:1]):
        content = first[0]  # `charset=utf-8 format=flowed`, `charset=utf-8 (for all)`
        end = found.start(3) + found[3].index(content) + len(content)
    return content.strip().strip(b'"').strip(), end


def _continued(parts: dict[int, tuple[bytes, bool]], fallback: str | None) -> str:
    """``name*0*=charset'language'%xx``, ``name*1=…`` in the order of their numbers."""
    label: bytes | None = None
    data: list[bytes] = []
    any_escaped = False
    for index in sorted(parts):
        content, escaped = parts[index]
        if escaped and label is None and not any_escaped and content.count(b"'") >= 2:
            label, _, content = content.split(b"'", 2)
        any_escaped |= escaped
        data.append(_PERCENT.sub(lambda found: bytes.fromhex(found[1].decode()), content) if escaped else content)
    if not any_escaped:
        return decoded(b"".join(data), fallback)
    text = decode(b"".join(data), label.decode("ascii", "replace") if label else None, fallback)[0]
    return _LINE_END.sub(" ", text)
