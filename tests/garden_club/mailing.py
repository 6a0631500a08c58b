"""The mailing list as its server kept it: an mbox, every mail in the habit of the program that wrote it."""

import base64
import quopri
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import format_datetime
from html import escape

from tests.garden_club.papers import rota
from tests.garden_club.post import Post
from tests.garden_club.scenes import picture

LIST = "garden-club@lists.example.org"
HEADERS = f"""\
List-Id: Garden Club letters <garden-club.lists.example.org>
List-Post: <mailto:{LIST}>
List-Archive: <https://lists.example.org/pipermail/garden-club/>
List-Unsubscribe: <mailto:garden-club-leave@lists.example.org>
Precedence: list
X-Mailman-Version: 2.1.39
"""
FOOTER = f"""\
_______________________________________________
Garden-club mailing list
{LIST}
https://lists.example.org/mailman/listinfo/garden-club
"""


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody on the list: how their program sends."""

    name: str
    address: str
    charset: str = "utf-8"
    encoding: str = "quoted-printable"
    flowed: bool = False
    outlook: bool = False
    only_in_reply_to: bool = False
    signature: tuple[str, ...] = ()


WRITERS = {
    "nell": Writer("Nell Ashby", "nell@example.org", signature=("Nell", "in charge of the key")),
    "kofi": Writer("Kofi Mensah-Reed", "kofi@example.net"),
    "farida": Writer("Farida Haddad", "farida@example.com", encoding="base64"),
    "joaquin": Writer("Joaquín Ríos", "joaquin@example.net", charset="iso-8859-1"),
    "maren": Writer("Maren Voss", "maren@example.org", flowed=True, signature=("Maren Voss", "41.3 x 12.15 m")),
    "thuy": Writer("Thuy Tran", "thuy@example.org", encoding="8bit"),
    "priya": Writer("Priya Nair", "priya@example.com"),
    "iwo": Writer("iwo", "iwo@example.net", only_in_reply_to=True),
    "desmond": Writer("Desmond Pike", "desmond@example.com", outlook=True, signature=("Desmond (plot 4)",)),
    "bea": Writer("Bea Lindqvist", "bea@example.com", charset="windows-1252"),
    "jonas": Writer("Jonas Voß", "jonas@example.org", charset="iso-8859-15"),
}


def mbox(posts: Iterable[Post]) -> bytes:
    """The whole list, lines that begin with ``From `` marked as mboxrd has it."""
    return b"".join(_boxed(post) for post in posts)


def _boxed(post: Post) -> bytes:
    at = post.at.astimezone(UTC)
    first = f"From {WRITERS[post.who].address} {at:%a %b} {at.day:2} {at:%H:%M:%S %Y}\n".encode()
    rows = _mail(post).split(b"\n")
    return first + b"\n".join(b">" + row if row.lstrip(b">").startswith(b"From ") else row for row in rows) + b"\n"


def _mail(post: Post) -> bytes:
    writer = WRITERS[post.who]
    text = _plain(post, writer)
    if not post.files and "html" not in post.ways:
        kind, body = _part(writer, text + FOOTER, flowed=writer.flowed)
        return _header(post, writer) + kind + b"\n" + body
    parts = [_alternative(post, writer, text) if "html" in post.ways else _joined(_part(writer, text))]
    parts += [_attached(kind, name) for kind, name in post.files]
    parts.append(b'Content-Type: text/plain; charset="us-ascii"\nContent-Disposition: inline\n\n' + FOOTER.encode())
    return _header(post, writer) + _multipart("mixed", f"{post.name}-parts", parts)


def _header(post: Post, writer: Writer) -> bytes:
    subject = f"[garden-club] {post.subject}"
    if post.parent:
        subject = f"Re: [garden-club] {post.subject.removeprefix('Re: ')}"
    arrived = format_datetime(post.at.astimezone(UTC) + timedelta(seconds=7))
    head = (
        f"Return-Path: <garden-club-bounces@lists.example.org>\n"
        f"Received: from lists.example.org (lists.example.org [192.0.2.14])\n"
        f"\tby mx.example.org (Postfix) with ESMTP; {arrived}\n"
        f"From: {_word(writer.name, writer.charset)} <{writer.address}>\nTo: {LIST}\n"
        f"Subject: {_encoded(subject, writer.charset)}\nDate: {format_datetime(post.at)}\n"
        f"Message-ID: <{post.id}>\n{_links(post, writer)}{HEADERS}"
    )
    return (head + "X-No-Archive: yes\n" * ("no-archive" in post.ways) + "MIME-Version: 1.0\n").encode()


def _links(post: Post, writer: Writer) -> str:
    if not post.parent:
        return ""
    ids = "\n\t".join(f"<{one}>" for one in post.ancestors)
    references = "" if writer.only_in_reply_to else f"References: {ids}\n"
    return f"In-Reply-To: <{post.parent.id}>\n{references}"


def _encoded(text: str, charset: str) -> str:
    """Words that are not ASCII as encoded words, the others as they are."""
    return " ".join(word if word.isascii() else _word(word, charset) for word in text.split(" "))


def _word(text: str, charset: str) -> str:
    if text.isascii():
        return text
    coded = quopri.encodestring(text.encode(charset), header=True).decode().replace("?", "=3F")
    return f"=?{charset}?Q?{coded}?="


def _plain(post: Post, writer: Writer) -> str:
    rows = [row for line in post.body for row in ([_said(post.parent)] if line == "{said}" and post.parent else [line])]
    rows += ["-- ", *writer.signature] if writer.signature and not writer.outlook else writer.signature
    if writer.outlook and post.parent:
        rows += ["", *_original(post.parent)]
    if writer.flowed:
        rows = [_soft(row, after) for row, after in zip(rows, [*rows[1:], ""], strict=True)]
    return "".join(f"{row}\n" for row in rows)


def _said(parent: Post) -> str:
    return (
        f"On {parent.at:%a}, {parent.at.day} {parent.at:%b %Y} at {parent.at:%H:%M}, {WRITERS[parent.who].name} wrote:"
    )


def _original(parent: Post) -> list[str]:
    """What Outlook puts under an answer."""
    writer = WRITERS[parent.who]
    sent = f"{parent.at:%A}, {parent.at.day} {parent.at:%B %Y %H:%M}"
    head = ["-----Original Message-----", f"From: {writer.name} [mailto:{writer.address}]", f"Sent: {sent}"]
    return [*head, f"To: {LIST}", f"Subject: [garden-club] {parent.subject}", "", *parent.body]


def _soft(row: str, after: str) -> str:
    """A line of running text, as format=flowed (RFC 3676) ends it: with a space where the paragraph goes on."""
    stuffed = f" {row}" if row.startswith((" ", "From ")) else row
    goes_on = len(row) > 50 and after and not row.startswith((">", " ")) and not after.startswith((">", " ", "-"))
    return f"{stuffed} " if goes_on else stuffed


def _part(writer: Writer, text: str, *, flowed: bool = False) -> tuple[bytes, bytes]:
    """(its Content- headers, its body); a text that the writer's charset does not know goes in UTF-8."""
    try:
        charset, content = ("us-ascii" if text.isascii() else writer.charset), text.encode(writer.charset)
    except UnicodeEncodeError:
        charset, content = "utf-8", text.encode()
    encoding = "7bit" if text.isascii() else writer.encoding
    if encoding == "quoted-printable":
        content = quopri.encodestring(content)
    elif encoding == "base64":
        content = base64.encodebytes(content)
    flow = "; format=flowed" if flowed else ""
    return (
        f"Content-Type: text/plain; charset={charset}{flow}\nContent-Transfer-Encoding: {encoding}\n".encode(),
        content,
    )


def _joined(part: tuple[bytes, bytes]) -> bytes:
    return part[0] + b"\n" + part[1]


def _alternative(post: Post, writer: Writer, text: str) -> bytes:
    kind, content = _part(writer, "".join(f"<p>{escape(row)}</p>\n" for row in text.split("\n") if row))
    page = _joined((kind.replace(b"text/plain", b"text/html"), content))
    return _multipart("alternative", f"{post.name}-twice", [_joined(_part(writer, text)), page])


def _multipart(subtype: str, boundary: str, parts: Iterable[bytes]) -> bytes:
    inner = b"".join(b"--%s\n%s\n" % (boundary.encode(), part) for part in parts)
    return (
        f'Content-Type: multipart/{subtype}; boundary="{boundary}"\n\n'.encode() + inner + f"--{boundary}--\n".encode()
    )


def _attached(kind: str, name: str) -> bytes:
    content, media_type, file = (
        (picture(name), "image/jpeg", f"{name}.jpg") if kind == "photo" else (rota(), "application/pdf", name)
    )
    head = f'Content-Type: {media_type}; name="{file}"\nContent-Transfer-Encoding: base64\n'
    return f'{head}Content-Disposition: attachment; filename="{file}"\n\n'.encode() + base64.encodebytes(content)
