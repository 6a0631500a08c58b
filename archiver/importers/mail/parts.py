"""The parts of a mail (RFC 2045, 2046): which byte ranges they are and what their headers say. Nothing is decoded.

An own walker, since every repair has to be told: the tree that fast-mail-parser gives hides where a part lies, so
neither the bytes of a digest's messages nor a multipart without an end or a bad escape can be seen in it. The tests
hold the two against each other. A level costs one search for its boundary; with at most so many levels and parts
and a budget for bytes searched, no mail takes long.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from archiver.dump import DEFAULT, Limits
from archiver.importers.mail import transfer, words
from archiver.importers.mail.transfer import Source

_HEAD = 4096  # bytes of a part in which its header mostly ends
_LONGEST_HEAD = 1 << 22
DELIMITERS = 100_000  # lines of one mail that are looked at, for they begin like a delimiter
_SEARCHED = 1 << 30  # bytes searched for boundaries, or 32 times the mail

_BLANK = re.compile(rb"\n\r?\n")
_FIELD = re.compile(rb"[!-9;-~]++[ \t]*+:|>*+From ")
_FIELDS = re.compile(rb"(?:[!-9;-~]++[ \t]*+:[^\n]*+(?:\n[ \t][^\n]*+)*+(?:\n|\Z)|>?From [^\n]*+\n)*+")
_CONTENT = re.compile(rb"\n[Cc][Oo][Nn][Tt][Ee][Nn][Tt]-([A-Za-z-]++)[ \t]*+:[ \t]*+([^\n]*+(?:\n[ \t][^\n]*+)*+)")
_BOUNDARY = re.compile(rb"""[;\s]boundary[ \t]*+=[ \t]*+(?:"([^"\r\n]++)"|([^;"\r\n]++))""", re.IGNORECASE)
_TOKEN = re.compile(r"[\w.+-]++", re.ASCII)
_MESSAGES = frozenset({"message/rfc822", "message/global", "message/news"})


@dataclass(slots=True)
class Part:
    """One part: its header is [head, start) of *source*, its body [start, end).

    *fields* are the values of its ``Content-`` fields as they stand there, by the rest of the name in lower case.
    A multipart has its parts in *children*, a message the one message that it holds. *closed* is False for a
    multipart without its last delimiter; *after* is where behind that the epilogue begins; *deep* marks a multipart
    or message too deep to be opened.
    """

    kind: str
    fields: dict[bytes, bytes]
    source: Source
    head: int
    start: int
    end: int
    children: list["Part"] = field(default_factory=list)
    closed: bool = True
    preamble: int = -1
    after: int = -1
    deep: bool = False

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of its Content-Type, names in lower case."""
        value = self.fields.get(b"type")
        return _valued(value)[1] if value else {}

    @property
    def disposition(self) -> str:
        """``attachment``, ``inline``, ``form-data``… in lower case; "" when it is not said."""
        value = self.fields.get(b"disposition")
        return _valued(value)[0].lower() if value else ""

    @property
    def name(self) -> str | None:
        """The file name it was sent under, directories left out: only for showing, never a path to write to."""
        value = self.fields.get(b"disposition")
        named = (value and _valued(value)[1].get("filename")) or self.parameters.get("name")
        if not named:
            return None
        shown = "".join(filter(str.isprintable, re.split(r"[/\\]", named)[-1])).strip()
        return shown or None

    @property
    def encoding(self) -> str:
        """The transfer encoding in lower case, without comments; "" when it is not said."""
        value = self.fields.get(b"transfer-encoding")
        return _encoding(value[:100]) if value else ""

    @property
    def is_message(self) -> bool:
        return self.kind in _MESSAGES


@dataclass(slots=True)
class Tree:
    """A mail's parts; *repairs* say what of the structure was not as it should be, *left_out* how many parts there
    are beyond the limit."""

    root: Part
    repairs: list[tuple[str, str]]
    left_out: int = 0


def root(source: Source, size: int, start: int | None = None, fields: dict[bytes, bytes] | None = None) -> Part:
    """The mail that is all of *source* as a part, not opened; *start*: where its body begins, and *fields*: those of
    its ``Content-`` fields as in a part, if that is known."""
    if start is None or fields is None:
        return _unopened(source, 0, size, "text/plain", start, mail=True)
    value = fields.get(b"type")
    return Part(_kind(value) if value else "text/plain", fields, source, 0, start, size)


def walk(part: Part, limits: Limits = DEFAULT) -> Tree:
    """The parts of a mail. What lies too deep is one part of its raw bytes."""
    walker = _Walker(part.end, limits)
    walker.open(part, 0)
    return Tree(part, walker.repairs, walker.left_out)


def _unopened(source: Source, head: int, end: int, default: str, start: int | None = None, mail: bool = False) -> Part:
    """The part whose header begins at *head*; *mail*: it is a mail of its own."""
    fields, at = (
        _header(source, head, end, mail)
        if start is None
        else (_fields(b"\n" + source[head:start], start - head + 1), start)
    )
    value = fields.get(b"type")
    return Part(_kind(value) if value else default, fields, source, head, at, end)


class _Walker:
    def __init__(self, size: int, limits: Limits) -> None:
        self._limits = limits
        self.repairs: list[tuple[str, str]] = []
        self.left_out = 0
        self._parts = 0
        self._lines = DELIMITERS
        self._budget = max(_SEARCHED, 32 * size)

    def open(self, part: Part, level: int) -> None:
        """Finds what is inside a multipart or a message."""
        self._parts += 1
        if part.kind[:10] == "multipart/":
            self._multipart(part, level)
        elif part.is_message:
            self._message(part, level)

    def _may_open(self, part: Part, level: int) -> bool:
        """Whether the part is opened; if not, it says why."""
        self._budget -= part.end - part.start
        part.deep = level >= self._limits.mime_depth or self._budget < 0
        if part.deep:
            note = f"parts more than {self._limits.mime_depth} levels deep were kept as one file"
            self._note("too-deep", f"{note} {self._limits.told('mime_depth')}")
        return not part.deep

    def _note(self, what: str, note: str) -> None:
        if (what, note) not in self.repairs:
            self.repairs.append((what, note))

    def _multipart(self, part: Part, level: int) -> None:
        if not self._may_open(part, level):
            return
        digest = part.kind == "multipart/digest"
        default = "message/rfc822" if digest else "text/plain"
        for source, head, end in self._pieces(part):
            if self._parts >= self._limits.mime_parts:
                self.left_out += 1
                continue
            child = _unopened(source, head, end, default)
            part.children.append(child)
            if digest and child.is_message:  # it is handed on as it is
                self._parts += 1
            else:
                self.open(child, level + 1)
        if not part.closed and self._lines:
            self._note("truncated-multipart", f"a {part.kind} ends before its last delimiter")

    def _message(self, part: Part, level: int) -> None:
        if not self._may_open(part, level) or self._parts >= self._limits.mime_parts:
            return
        source, start, end = part.source, part.start, part.end
        if part.encoding in transfer.CODED:
            source, start, end = self._decoded(part)
        inner = _unopened(source, start, end, "text/plain", mail=True)
        part.children.append(inner)
        self.open(inner, level + 1)

    def _decoded(self, part: Part) -> tuple[bytes, int, int]:
        """The body of a multipart or message that is encoded, which no mail should have and some have."""
        data = transfer.whole(part.source, part.start, part.end, part.encoding, transfer.HELD).data
        self._note("encoded-structure", f"a {part.kind} is in {part.encoding}, which the standard forbids")
        return data, 0, len(data)

    def _pieces(self, part: Part) -> Iterator[tuple[Source, int, int]]:
        """The byte ranges between the delimiters of a multipart."""
        source, start, end = part.source, part.start, part.end
        delimiters = self._delimiters(source, _boundary(part), start, end)
        first = next(delimiters, None)
        if first is None:
            if part.encoding in transfer.CODED:
                source, start, end = self._decoded(part)
            delimiters = self._delimiters(source, _boundary(part) or _guessed(source, start, end), start, end)
            if (first := next(delimiters, None)) is None:
                delimiters = self._delimiters(source, _guessed(source, start, end), start, end)
                first = next(delimiters, None)
        if first is None:
            self._note("multipart-without-parts", f"a {part.kind} has no delimiters; it was read as one part")
            return
        part.preamble, head, part.closed = first
        while not part.closed and (following := next(delimiters, None)):
            line, after, part.closed = following
            yield source, head, max(head, line - (source[line - 1 : line] == b"\r"))
            head = after
        if part.closed:
            part.after = head
        else:
            yield source, head, end

    def _delimiters(self, source: Source, boundary: bytes, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
        """The delimiter lines: where the line break before each is, where the next line begins, whether it is the last.

        The line break belongs to the delimiter (RFC 2046, 5.1.1); the body's own first line may be one.
        """
        wanted = b"\n--" + boundary
        at = source.find(wanted, max(start - 1, 0), end) if boundary else -1
        if start == 0 and boundary and source[: len(wanted) - 1] == wanted[1:]:
            at = -1
        elif at < 0:
            return
        while self._lines:
            self._lines -= 1
            behind = at + len(wanted)
            stop = source.find(b"\n", behind, end)
            rest = source[behind : stop if stop >= 0 else min(end, behind + 80)].strip()
            if not rest or rest == b"--":
                yield at, stop + 1 if stop >= 0 else end, bool(rest)
            if stop < 0 or (at := source.find(wanted, stop, end)) < 0:
                return
        self._note("too-many-delimiters", f"what follows {DELIMITERS:,} lines that begin like a delimiter is one part")


def _header(source: Source, head: int, end: int, mail: bool) -> tuple[dict[bytes, bytes], int]:
    """The Content- fields of the header that begins at *head*, and where the body begins."""
    size = _HEAD
    while True:
        chunk = b"\n" + source[head : min(head + size, end)]
        stop, body = _mail_bounds(chunk) if mail else _bounds(chunk)
        if body >= 0 or head + len(chunk) > end or size >= _LONGEST_HEAD:
            return _fields(chunk, stop), head + (body if body >= 0 else len(chunk)) - 1
        size *= 8


def _bounds(chunk: bytes) -> tuple[int, int]:
    """Where, behind a line end, a part's header stops and its body begins; -1 if that is not in this chunk."""
    found = _FIELDS.match(chunk, 1)
    stop = found.end() if found else 1
    if chunk[stop : stop + 1] == b"\n":
        return stop, stop + 1
    if chunk[stop : stop + 2] == b"\r\n":
        return stop, stop + 2
    return stop, stop if b"\n" in chunk[stop:] else -1


def _mail_bounds(chunk: bytes) -> tuple[int, int]:
    """The same for a mail, whose header goes to the first blank line, whatever else is in it."""
    begin = 1
    if not chunk[1:2].isalpha():
        begin = len(chunk) - len(chunk[1:].lstrip(b"\xef\xbb\xbf \t\r\n"))
    if _FIELD.match(chunk, begin) is None:
        return begin, begin
    blank = _BLANK.search(chunk, begin)
    return (blank.start() + 1, blank.end()) if blank else (len(chunk), -1)


def _fields(chunk: bytes, stop: int) -> dict[bytes, bytes]:
    """The values of the Content- fields in chunk[:stop], which begins with a line end; of two fields, the first."""
    found = _CONTENT.findall(chunk, 0, stop)
    return {name.lower(): value for name, value in reversed(found)} if found else {}


def _valued(value: bytes) -> tuple[str, dict[str, str]]:
    """A field's value and its parameters; those that are remembered are short."""
    return _short_valued(value) if len(value) < 500 else words.parameters(value)


@lru_cache(maxsize=2048)
def _short_valued(value: bytes) -> tuple[str, dict[str, str]]:
    return words.parameters(value)


@lru_cache(maxsize=512)
def _encoding(value: bytes) -> str:
    token = _TOKEN.search(value.decode("latin-1").lower())
    return token[0] if token else ""


def _kind(value: bytes) -> str:
    """The media type, in lower case; ``text/plain`` for what is none (RFC 2045, 5.2)."""
    return _media_type(value[:200].partition(b";")[0])


@lru_cache(maxsize=512)
def _media_type(written: bytes) -> str:
    main, slash, sub = written.decode("latin-1").lower().partition("/")
    names = _TOKEN.search(main), _TOKEN.search(sub)
    return f"{names[0][0]}/{names[1][0]}" if slash and names[0] and names[1] else "text/plain"


def _boundary(part: Part) -> bytes:
    found = _BOUNDARY.search(part.fields.get(b"type", b""))
    written = (found[1] or found[2]) if found else part.parameters.get("boundary", "").encode("utf-8", "replace")
    return written.rstrip()


def _guessed(source: Source, start: int, end: int) -> bytes:
    """A boundary that the header does not tell: of the first line with two hyphens that a header follows."""
    at = start - 1 if start else 0
    for _ in range(10):
        at = source.find(b"\n--", at, end)
        stop = source.find(b"\n", at + 3, end)
        if at < 0 or stop < 0:
            break
        if source[stop + 1 : stop + 9].lower() == b"content-" and stop - at < 300:
            return source[at + 3 : stop].rstrip()
        at = stop
    return b""
