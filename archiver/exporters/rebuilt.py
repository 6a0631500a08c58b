"""A letter built anew from what the archive knows of it, for what was read where no letter lies (a store of Outlook).

It says so in a header of its own, ``X-Archive-Rebuilt``. Whom it was sent to stands in To, for which of them were in Cc
is not kept; files that are missing are left out. The same message gives the same bytes.
"""

import binascii
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from typing import BinaryIO
from urllib.parse import quote

from archiver.contracts import Letter
from archiver.model import Attachment

_SAID = "from what was read in a store of Outlook; not the bytes that were sent"
_PIECE = 57 * 16_384  # bytes of a file that make whole lines of base64
_FROM = re.compile(rb"^From ", re.MULTILINE)
_KIND = re.compile(r"(?!message/|multipart/)[\w.+-]{1,100}/[\w.+-]{1,100}", re.ASCII)
_PLAIN_ADDRESS = re.compile(r"[!-~]{1,900}")

Open = Callable[[str], BinaryIO]


def blocks(letter: Letter, opened: Open) -> Iterator[bytes]:
    """The letter, a block at a time, LF line ends, its last line ended. *opened*: a file's bytes by digest."""
    known = letter.message
    files = [file for file in known.attachments if file.state == "present" and file.sha256]
    seam = f"=_rebuilt.{known.id}"  # which stands in no quoted-printable and in no base64
    yield "".join(_headers(letter)).encode("ascii", "replace")
    if not files and letter.html is None:
        yield _text("plain", known.text)
        return
    yield f'Content-Type: multipart/mixed; boundary="{seam}"\n\n'.encode()
    yield f"--{seam}\n".encode()
    yield _text("plain", known.text) if letter.html is None else _text("html", letter.html)
    for file in files:
        yield f"--{seam}\n".encode()
        yield from _file(file, opened)
    yield f"--{seam}--\n".encode()


def _headers(letter: Letter) -> Iterator[str]:
    known = letter.message
    sender = known.sender
    if sender:
        yield f"From: {_mailbox(sender.name, sender.value if sender.scheme == 'email' else '')}\n"
    if known.recipients:
        to = [_mailbox(one.name, one.value if one.scheme == "email" else "") for one in known.recipients]
        yield f"To: {f',{_FOLD}'.join(to)}\n"
    if known.subject:
        yield f"Subject: {_words(known.subject, 'Subject')}\n"
    if known.at:
        yield f"Date: {format_datetime(datetime.fromisoformat(known.at))}\n"
    if identity := _id(letter.native_id or ""):
        yield f"Message-ID: {identity}\n"
    if references := [one for key in letter.references if (one := _id(key))]:
        yield f"References: {_FOLD.join(references)}\n"
    yield f"X-Archive-Rebuilt: {_SAID}\nMIME-Version: 1.0\n"


_FOLD = "\n "


def _words(text: str, field: str = "") -> str:
    """Any text on one (folded) header line, in encoded words where it has to be."""
    line = " ".join(text.split())
    plain = line.isascii() and line.isprintable() and "=?" not in line
    return Header(line, "us-ascii" if plain else "utf-8", header_name=field or None).encode()


def _mailbox(name: str, address: str) -> str:
    """``"Ann Lee" <ann@example.org>``, or what there is of it."""
    if not _PLAIN_ADDRESS.fullmatch(address):
        name, address = name or address, ""
    if not name or name == address:
        return address
    line = " ".join(name.split())
    if line.isascii() and line.isprintable() and "=?" not in line:
        line = '"' + line.replace("\\", "\\\\").replace('"', '\\"') + '"'
    else:
        line = _words(line)
    return f"{line} <{address}>" if address else line


def _id(written: str) -> str:
    """An id as a header has it; "" for what none can have."""
    line = "".join(written.split())
    if not _PLAIN_ADDRESS.fullmatch(line):
        return ""
    return line if line.startswith("<") else f"<{line}>"


def _text(kind: str, text: str) -> bytes:
    """A text as a part. ``From `` at a line's beginning is escaped, for an mbox would change it."""
    head = f"Content-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
    body = _FROM.sub(b"=46rom ", binascii.b2a_qp(text.encode("utf-8", "replace"), istext=True))
    return head.encode() + body + (b"" if body.endswith(b"\n") else b"\n")


def _file(file: Attachment, opened: Open) -> Iterator[bytes]:
    kind = file.media_type or ""
    yield f"Content-Type: {kind if _KIND.fullmatch(kind) else 'application/octet-stream'}\n".encode()
    name = file.name or ""
    quoted = name.isascii() and name.isprintable() and len(name) < 500 and not set('"\\=?') & set(name)
    told = f'filename="{name}"' if quoted else f"filename*=utf-8''{quote(name, safe='', errors='replace')}"  # RFC 2231
    yield f"Content-Disposition: attachment{f'; {told}' if name else ''}\n".encode()
    yield b"Content-Transfer-Encoding: base64\n\n"
    with opened(file.sha256 or "") as stream:
        while block := stream.read(_PIECE):
            yield b"".join(binascii.b2a_base64(block[at : at + 57]) for at in range(0, len(block), 57))
