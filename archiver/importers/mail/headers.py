"""The header block of a mail: found, split into fields in one pass, and read only where it is asked (RFC 5322, 2.2).

Tolerated are blank lines, blanks and a byte order mark before the first field, ``>From `` lines of mboxes among the
fields, line ends of any kind (the block's own: CRLF, LF or CR), a block that no body follows. A line that is no
field is left out, with a note.
"""

import re
from functools import lru_cache

from archiver.dump import DEFAULT, Limits
from archiver.importers.mail.words import decoded

MAX_NOTES = 20

_BEFORE = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*")
_FIRST = re.compile(rb"[!-9;-~]+[ \t]*:")
_NEXT = re.compile(rb"\n(?![ \t])")
_NEXT_CR = re.compile(rb"\r(?![ \t])")
_NAME = re.compile(rb"[!-9;-~]+")
_ADDRESSED = re.compile(rb"(?:to|cc|bcc)[ \t]*:", re.IGNORECASE)
_FOLD = re.compile(rb"\r+[ \t]*")


class Headers:
    """The fields of one mail by name (in any case), each in the order of the mail. *notes*: what was left out."""

    __slots__ = ("_fields", "notes")

    def __init__(self, fields: dict[str, list[bytes]], notes: tuple[str, ...] = ()) -> None:
        self._fields = fields
        self.notes = notes

    def first(self, name: str) -> bytes | None:
        """The value of the first field of this name, unfolded and without blanks at its ends."""
        values = self._fields.get(name)
        if values is None and not name.islower():
            values = self._fields.get(name.lower())
        return _unfolded(values[0]) if values else None

    def all(self, name: str) -> list[bytes]:
        """The values of all fields of this name, from the top; each as `first` gives it."""
        values = self._fields.get(name) or self._fields.get(name.lower())
        return list(map(_unfolded, values)) if values else []

    def text(self, name: str, fallback_charset: str | None = None) -> str | None:
        """The first field of this name as text: encoded words decoded, storable, without NUL."""
        value = self.first(name)
        return None if value is None else decoded(value, fallback_charset)

    def names(self) -> tuple[str, ...]:
        """The names there are, in lower case, each once, in the order of their first fields."""
        return tuple(self._fields)

    def content(self) -> dict[bytes, bytes] | None:
        """The first of each of the ``Content-`` fields as it stands there, by the rest of its name; None where the
        block was not all fields, and the rest has to be looked at."""
        if self.notes:
            return None
        return {
            name[8:].encode(): values[0].lstrip(b" \t")
            for name, values in self._fields.items()
            if name.startswith("content-")
        }

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._fields


def read_headers(raw: bytes, limits: Limits = DEFAULT) -> tuple[Headers, int]:
    """The headers, and where in *raw* the body begins: after the first blank line, or at the end without one.

    Fields past the limit are left out, a field that is too long is cut, with a note.
    """
    start = _start(raw)
    if start is None:
        return Headers({}), _end_of_blank_line(raw)
    end, body, next_field = _bounds(raw, start)
    fields: dict[str, list[bytes]] = {}
    notes: list[str] = []
    most = limits.header_fields
    lines = next_field.split(raw[start:end], most)
    if len(lines) > most:
        del lines[most:]
        notes.append(f"More than {most:,} header fields; the rest is left out {limits.told('header_fields')}.")
    if end - start > limits.header_bytes and (long := _too_long(lines, limits.header_bytes)):
        for at in long:
            lines[at] = lines[at][: limits.header_bytes]
        note = f"A header field has more than {limits.header_bytes:,} bytes; the rest of it is left out"
        notes.append(f"{note} {limits.told('header_bytes')}.")
    astray: list[int] = []
    for at, line in enumerate(lines):
        name, colon, value = line.partition(b":")
        if colon and (key := _key(name)):
            if key in fields:
                fields[key].append(value)
            else:
                fields[key] = [value]
        else:
            astray.append(at)
    if not fields:
        return Headers({}), start
    if astray and not notes and (first := _text_below(lines, astray)):
        body = end + 1 - sum(len(line) + 1 for line in lines[first:])
        astray = [at for at in astray if at < first]
        notes.append("The blank line between headers and body is missing.")
    notes += filter(None, (_note(lines[at]) for at in astray[:MAX_NOTES]))
    return Headers(fields, tuple(notes)), body


def _too_long(lines: list[bytes], most: int) -> list[int]:
    """Fields of more than *most* bytes, but for lists of addresses, whose number has a limit of its own."""
    return [at for at, line in enumerate(lines) if len(line) > most and not _ADDRESSED.match(line)]


def _text_below(lines: list[bytes], astray: list[int]) -> int:
    """The first of the lines that follow the last field and are none (the body, if the blank line is lost), or 0."""
    first = len(lines)
    for at in reversed(astray):
        if at < first - 1:
            break
        first = at
    while first < len(lines) and _note(lines[first]) is None:
        first += 1
    return first if first < len(lines) else 0


def _start(raw: bytes) -> int | None:
    """Where the first field is; None if the mail begins with its body."""
    if raw[:1] > b" " and raw[0] != 0xEF:
        return 0
    before = _BEFORE.match(raw)
    at = before.end() if before else 0
    if not at or _FIRST.match(raw, at):
        return at
    lead = raw[:at].strip(b" \t")
    return at if lead in {b"", b"\xef\xbb\xbf"} else None


def _end_of_blank_line(raw: bytes) -> int:
    """Where the body begins in a mail that has no headers, only the blank line after them."""
    blank = re.match(rb"(?:\xef\xbb\xbf)?[ \t]*(?:\r\n|\n|\r)", raw)
    return blank.end() if blank else 0


def _bounds(raw: bytes, start: int) -> tuple[int, int, re.Pattern[bytes]]:
    """Where the block ends, where the body begins, and the pattern between two fields."""
    line = raw.find(b"\n", start)
    if line < 0 or (raw.find(b"\r", start, line) >= 0 and raw.find(b"\r\r", start, line) >= 0):
        blank = raw.find(b"\r\r", start)
        return (blank, blank + 2, _NEXT_CR) if blank >= 0 else (len(raw), len(raw), _NEXT_CR)
    crlf = raw[line - 1 : line] == b"\r"
    likely, other = (b"\n\r\n", b"\n\n") if crlf else (b"\n\n", b"\n\r\n")
    end, length = raw.find(likely, start), len(likely)
    if (earlier := raw.find(other, start, len(raw) if end < 0 else end)) >= 0:
        end, length = earlier, len(other)
    return (end, end + length, _NEXT) if end >= 0 else (len(raw), len(raw), _NEXT)


@lru_cache(maxsize=4096)
def _key(name: bytes) -> str | None:
    """A field's name as it is looked up; None if no field can be called so."""
    name = name.rstrip(b" \t")
    return name.lower().decode("ascii") if _NAME.fullmatch(name) else None


def _unfolded(value: bytes) -> bytes:
    """A fold (a line end and the blanks around it) is one space."""
    value = value.strip()
    if b"\n" in value:
        value = b" ".join([line.strip() for line in value.split(b"\n")])
    return _FOLD.sub(b" ", value) if b"\r" in value else value


def _note(line: bytes) -> str | None:
    """What to say of a line that is no field; nothing of a From line that an mbox left behind."""
    if not line.strip() or line.lstrip(b">").startswith(b"From "):
        return None
    return f"Left out of the headers, for it is no field: “{decoded(line[:60]).strip()}”"
