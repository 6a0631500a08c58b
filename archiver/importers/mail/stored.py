"""A message of an Outlook store as a letter (RFC 5322, MIME): its own headers where they were kept, else new ones.

The numbers are MAPI's (MS-OXPROPS). Objects come from libpff (`pypff`), which has no types.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from tempfile import TemporaryFile
from typing import Any, BinaryIO, NamedTuple

from archiver.importers.mail import rtf
from archiver.importers.mail.letter import BIG
from archiver.importers.mail.split import HEAD
from archiver.importers.mail.tape import Scratch

_CLASS, _SUBJECT, _FLAGS, _VERB, _FLAGGED = 0x001A, 0x0037, 0x0E07, 0x1081, 0x1090
_MESSAGE_ID, _REFERENCES, _IN_REPLY_TO, _PAGE = 0x1035, 0x1039, 0x1042, 0x3FDE
_SENDER_NAME, _SENDER_SMTP, _SENDER_ADDRESS = 0x0C1A, 0x5D01, 0x0C1F
_NAME, _ADDRESS, _SMTP, _ROLE = 0x3001, 0x3003, 0x39FE, 0x0C15
_LONG_NAME, _SHORT_NAME, _MIME, _CONTENT_ID = 0x3707, 0x3704, 0x370E, 0x3712
_ROLES = {1: "To", 2: "Cc", 3: "Bcc"}
_VERBS = {102: "answered", 103: "answered", 104: "forwarded"}
_READ, _UNSENT = 0x0001, 0x0008

_BLOCK = 1 << 20
_INSIDE = 10  # messages one inside the other
_FIELD = re.compile(r"([!-9;-~]+)[ \t]*:")
_LINES = re.compile(r"\r\n|\r|\n")
_STRUCTURE = ("content-", "mime-version")
_KIND = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}", re.ASCII)
_UNREADABLE = (OSError, ValueError, MemoryError, OverflowError, RuntimeError)


class Built(NamedTuple):
    """A letter's bytes, or of more than BIG bytes the first of them and all in *whole*; *notes*: what is missing."""

    raw: bytes
    whole: BinaryIO | None
    size: int
    notes: tuple[str, ...]


class _Properties:
    """The fields of a MAPI object by their numbers."""

    def __init__(self, *sets: Any) -> None:
        self._entries = {entry.entry_type: entry for each in sets for entry in reversed(list(each.entries))}

    def text(self, number: int) -> str:
        """Text without NUL; "" where there is none."""
        entry = self._entries.get(number)
        try:
            return (entry.data_as_string or "").replace("\0", "").strip() if entry is not None else ""
        except _UNREADABLE:
            return ""

    def number(self, number: int) -> int:
        entry = self._entries.get(number)
        try:
            return int(entry.data_as_integer or 0) if entry is not None else 0
        except _UNREADABLE:
            return 0


def _properties(item: Any) -> _Properties:
    return _Properties(*list(item.record_sets)[:1])


def kind(message: Any) -> str:
    """Its class in lower case, ``ipm.note``; so is what has none."""
    return _properties(message).text(_CLASS).lower() or "ipm.note"


def flags(message: Any) -> tuple[str, ...]:
    """What was done with it, in the words of `flags.NAMES`."""
    said = _properties(message)
    told = said.number(_FLAGS)
    found = {
        "seen": told & _READ, "answered": _VERBS.get(said.number(_VERB)) == "answered",
        "flagged": said.number(_FLAGGED) == 2, "draft": told & _UNSENT,
        "forwarded": _VERBS.get(said.number(_VERB)) == "forwarded",
    }  # fmt: skip
    return tuple(name for name, holds in found.items() if holds)


def built(message: Any) -> Built:
    """The letter. What libpff raises for a damaged message is the caller's; of damaged files a note is made."""
    out = _Out()
    _write(message, out, 0)
    return out.taken()


class _Out:
    """Where a letter is written to: memory, or from BIG bytes on a temporary file."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.count = 0  # of multiparts, each with a boundary of its own
        self._pieces: list[bytes] = []
        self._size = 0
        self._file: Scratch | None = None

    def add(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._file is None and self._size > BIG:
            self._file = Scratch(TemporaryFile(buffering=0))  # noqa: SIM115 - it goes with the letter
            self._file.writelines(self._pieces)
            self._pieces.clear()
        if self._file is None:
            self._pieces.append(piece)
        else:
            self._file.write(piece)

    def taken(self) -> Built:
        file = self._file
        if file is None:
            return Built(b"".join(self._pieces), None, self._size, tuple(self.notes))
        file.seek(0)
        raw = file.read(HEAD)
        file.seek(0)
        return Built(raw, file, self._size, tuple(self.notes))


def _write(message: Any, out: _Out, depth: int) -> None:
    for line in _headers(message):
        out.add(line.encode("utf-8", "replace") + b"\n")
    out.add(b"MIME-Version: 1.0\n")
    texts = list(_texts(message))
    files = list(_files(message, out))
    if not files and len(texts) < 2:
        _text(out, *(texts[0] if texts else (b"text/plain; charset=utf-8", b"")))
        return
    if not files:
        _multipart(out, b"alternative", message, texts, [], depth)
    else:
        _multipart(out, b"mixed", message, texts, files, depth)


def _multipart(
    out: _Out, kind: bytes, message: Any, texts: list[tuple[bytes, bytes]], files: list[Any], depth: int
) -> None:
    out.count += 1
    boundary = b"=_archive.%d.%d" % (message.identifier, out.count)
    while any(boundary in text for _, text in texts):
        boundary += b"_"
    out.add(b'Content-Type: multipart/%b; boundary="%b"\n\n' % (kind, boundary))
    if files and len(texts) > 1:
        out.add(b"\r\n--%b\n" % boundary)
        _multipart(out, b"alternative", message, texts, [], depth)
        texts = []
    for one in texts:
        out.add(b"\r\n--%b\n" % boundary)
        _text(out, *one)
    for file in files:
        out.add(b"\r\n--%b\n" % boundary)
        _file(file, out, depth)
    out.add(b"\r\n--%b--\n" % boundary)


def _text(out: _Out, kind: bytes, text: bytes) -> None:
    out.add(b"Content-Type: %b\nContent-Transfer-Encoding: 8bit\n\n" % kind)
    out.add(text)


def _texts(message: Any) -> Iterator[tuple[bytes, bytes]]:
    """(content type, bytes) of the bodies; of RTF only where there is nothing else, as text."""
    plain, html = _body(message, "plain_text_body"), _body(message, "html_body")
    if plain.strip():
        yield b"text/plain; charset=utf-8", plain
    if html.strip():
        page = _properties(message).number(_PAGE)
        label = b"; charset=%b" % _charset(page) if page else b""
        yield b"text/html" + label, html
    if not plain.strip() and not html.strip() and (formatted := _body(message, "rtf_body")):
        yield b"text/plain; charset=utf-8", rtf.text(formatted).encode("utf-8", "replace")


def _body(message: Any, name: str) -> bytes:
    """A body without the NULs at its end; b"" where there is none."""
    try:
        found = getattr(message, name)
    except _UNREADABLE:
        return b""
    return (found.encode("utf-8", "replace") if isinstance(found, str) else found or b"").rstrip(b"\0")


def _charset(page: int) -> bytes:
    """The label of a Windows code page."""
    if 28591 <= page <= 28605:
        return b"iso-8859-%d" % (page - 28590)
    return {65001: b"utf-8", 20127: b"us-ascii", 50220: b"iso-2022-jp", 51932: b"euc-jp"}.get(page, b"cp%d" % page)


# --- headers ---


def _headers(message: Any) -> Iterator[str]:
    """The lines of its header: those it came with, without what its parts were called, and those that it lacks."""
    names: set[str] = set()
    kept = False
    for line in _LINES.split((message.transport_headers or "").replace("\0", "")):
        if line[:1] in {" ", "\t"}:
            if kept and line.strip():
                yield line
            continue
        field = _FIELD.match(line)
        name = field[1].lower() if field else ""
        kept = bool(name) and not name.startswith(_STRUCTURE)
        if kept:
            names.add(name)
            yield line
    for name, value in _told(message):
        if name.lower() not in names and value:
            yield f"{name}: {' '.join(value.split())}"


def _told(message: Any) -> Iterator[tuple[str, str]]:
    """What its fields say that a header says."""
    said = _properties(message)
    addresses = (said.text(_SENDER_SMTP), said.text(_SENDER_ADDRESS))
    name = message.sender_name or said.text(_SENDER_NAME)
    yield "From", _mailbox(name, next((one for one in addresses if "@" in one), ""))
    try:
        to = _recipients(message)
    except _UNREADABLE:
        to = {}
    yield from ((role, ", ".join(who)) for role, who in to.items())
    yield "Subject", _subject(message.subject or said.text(_SUBJECT))
    yield "Date", _date(message)
    yield "Message-ID", said.text(_MESSAGE_ID)
    yield "In-Reply-To", said.text(_IN_REPLY_TO)
    yield "References", said.text(_REFERENCES)


def _mailbox(name: str, address: str) -> str:
    """``"Ann Lee" <ann@example.org>``, or what there is of it."""
    name = name.replace("\0", "").strip()
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"' if name and name != address else ""
    return f"{quoted} <{address}>" if quoted and address else quoted or address


def _recipients(message: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {role: [] for role in _ROLES.values()}
    recipients = message.recipients
    for each in list(recipients.record_sets) if recipients is not None else []:
        one = _Properties(each)
        addresses = (one.text(_SMTP), one.text(_ADDRESS))
        role = _ROLES.get(one.number(_ROLE) & 0xF, "To")
        if who := _mailbox(one.text(_NAME), next((address for address in addresses if "@" in address), "")):
            found[role].append(who)
    return found


def _subject(subject: str) -> str:
    """Without the two signs in front that say how long its prefix is (MS-PST, 2.5.3.1.1.1)."""
    return subject[2:] if subject[:1] == "\x01" else subject.replace("\0", "")


def _date(message: Any) -> str:
    at = message.client_submit_time or message.delivery_time or message.creation_time
    return format_datetime(at.replace(tzinfo=UTC)) if isinstance(at, datetime) and at.year > 1601 else ""


# --- files ---


def _files(message: Any, out: _Out) -> Iterator[Any]:
    for at in range(message.number_of_attachments):
        try:
            yield message.get_attachment(at)
        except _UNREADABLE as error:
            out.notes.append(f"file {at + 1} could not be read: {str(error).partition(chr(10))[0][:200]}")


def _file(file: Any, out: _Out, depth: int) -> None:
    """A file as a part, its bytes as they are; a message inside the message as a letter of its own."""
    said = _properties(file)
    name = said.text(_LONG_NAME) or said.text(_SHORT_NAME) or said.text(_NAME)
    if (inner := _message_in(file)) is not None:
        if depth < _INSIDE:
            out.add(b"Content-Type: message/rfc822\n\n")
            _write(inner, out, depth + 1)
        else:
            out.notes.append(f"“{name}”, a message within {_INSIDE} others, was left in the store")
            out.add(b"\n")
        return
    written = "".join(sign for sign in name if sign.isprintable() and sign not in '"\\')
    mime = said.text(_MIME)
    kind = (
        mime
        if _KIND.fullmatch(mime) and not mime.startswith(("multipart/", "message/"))
        else "application/octet-stream"
    )
    out.add(f'Content-Type: {kind}\nContent-Disposition: attachment; filename="{written}"\n'.encode("utf-8", "replace"))
    if content_id := "".join(said.text(_CONTENT_ID).split()):
        out.add(f"Content-ID: <{content_id}>\n".encode("utf-8", "replace"))
    out.add(b"Content-Transfer-Encoding: binary\n\n")
    try:
        file.seek_offset(0, 0)
        left = file.get_size()
        while left > 0 and (block := file.read_buffer(min(left, _BLOCK))):
            left -= len(block)
            out.add(block)
    except _UNREADABLE as error:
        out.notes.append(f"“{name}” could not be read to its end: {str(error).partition(chr(10))[0][:200]}")


def _message_in(file: Any) -> Any | None:
    """The message that an attachment is, if it is one."""
    try:
        inner = file.get_sub_item(0) if file.number_of_sub_items else None
    except _UNREADABLE:
        return None
    return inner if inner is not None and hasattr(inner, "transport_headers") else None
