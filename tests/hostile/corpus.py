"""Inputs that mean harm, each made by a few lines and small on disk, with what is to become of it.

A case is documented here and nowhere else: *code* is the exit code of `archive import`, *says* words of the message
or of a problem that it ends with, *texts* what is readable of it all the same.
"""

import base64
import gzip
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tests import nasty
from tests.hostile.zips import LINK, PIPE, Part, pack, quoted_overlap

OK, FAILED, LOSSES = 0, 1, 3
EITHER = -1  # fine, or with losses that are told
CHAT = "WhatsApp Chat with Reed.txt"


@dataclass(frozen=True)
class Case:
    """A hostile file: its *name*, how its content is made, and what becomes of it."""

    title: str
    name: str
    make: Callable[[], bytes]
    code: int
    says: str = ""
    texts: tuple[str, ...] = ()
    source: str = "whatsapp"


def cases() -> Iterator[Case]:
    """The whole corpus."""
    yield from zips()
    yield from packed()
    yield from chats()
    yield from mails()


def line(text: str, who: str = "Orla", minute: int = 30) -> str:
    return f"12/05/2023, 09:{minute:02} - {who}: {text}\n"


def chat(*bodies: str) -> bytes:
    """A chat of good lines around hostile ones."""
    lines = [line("The frog is back", minute=10), *(line(body, minute=20 + n) for n, body in enumerate(bodies))]
    return "".join([*lines, line("And the heron, too", "Bas", 59)]).encode("utf-8", "surrogatepass")


AROUND = ("The frog is back", "And the heron, too")


def _talk(parts: list[Part]) -> list[Part]:
    return [Part("_chat.txt", chat()), *parts]


def zips() -> Iterator[Case]:
    """Names that lead elsewhere, links, passwords, bombs of every build."""
    zero = bytes(30_000_000)
    evil = ("../../.ssh/authorized_keys", "/etc/passwd", "C:\\Windows\\win.ini", "..\\..\\up.txt")
    yield Case("zip slip", "Chat.zip", lambda: pack(_talk([Part(name) for name in evil])), OK, "left-alone", AROUND)
    yield Case(
        "symlink", "Chat.zip", lambda: pack(_talk([Part("a.jpg", b"/etc/passwd", mode=LINK)])), LOSSES, "link", AROUND
    )
    yield Case("pipe", "Chat.zip", lambda: pack(_talk([Part("a.jpg", mode=PIPE)])), OK, "not a file", AROUND)
    yield Case("encrypted", "Chat.zip", lambda: pack([Part("_chat.txt", chat(), flags=1)]), FAILED, "password")
    yield Case(
        "encrypted member", "Chat.zip", lambda: pack(_talk([Part("a.jpg", flags=1)])), LOSSES, "encrypted", AROUND
    )
    yield Case("truncated", "Chat.zip", lambda: pack(_talk([]))[:-30], FAILED, "cut off")
    yield Case(
        "truncated member", "Chat.zip", lambda: pack([Part("_chat.txt", chat(), raw=b"\x4b\x4c")]), FAILED, "damaged"
    )
    yield Case("big bomb", "Chat.zip", lambda: pack(_talk([Part("a.jpg", zero)])), LOSSES, "--limit-ratio", AROUND)
    yield Case("bomb as chat", "Chat.zip", lambda: pack([Part("_chat.txt", zero)]), FAILED, "--limit-ratio")
    lying = Part("_chat.txt", zero, says_size=100)
    yield Case("lying size", "Chat.zip", lambda: pack([lying]), FAILED, "more than the zip says")
    yield Case("quoted overlap", "Chat.zip", lambda: quoted_overlap(200, 10_000_000), FAILED, "overlap")
    yield Case(
        "huge size",
        "Chat.zip",
        lambda: pack(_talk([Part("a.jpg", says_size=1 << 40, wide=True)])),
        LOSSES,
        "--limit-member-bytes",
        AROUND,
    )
    inner = pack([Part("b.zip", pack([Part("c.zip", pack([Part("d.txt")]))]))])
    yield Case("nested", "Chat.zip", lambda: pack(_talk([Part("a.zip", inner)])), LOSSES, "--limit-nesting", AROUND)
    yield Case(
        "many members", "Chat.zip", lambda: pack([Part(f"{n}", b"") for n in range(300)]), FAILED, "--limit-members"
    )
    long = "a/" * 700 + "b.jpg"
    yield Case("overlong path", "Chat.zip", lambda: pack(_talk([Part(long)])), LOSSES, "--limit-path-length", AROUND)
    yield Case("deep path", "Chat.zip", lambda: pack(_talk([Part("a/" * 90 + "b")])), LOSSES, "--limit-depth", AROUND)
    devices = [Part(name) for name in ("CON", "aux.jpg", "a" * 250 + ".jpg", ".htaccess", "a\0b.jpg", "x\u202egpj.exe")]
    yield Case("names of devices", "Chat.zip", lambda: pack(_talk(devices)), OK, "left-alone", AROUND)
    twins = [Part(unicodedata.normalize(form, "Café.jpg"), form.encode()) for form in ("NFC", "NFD")]
    twins += [Part("CAFÉ.JPG", b"upper"), Part("Café.jpg", b"again")]
    yield Case("colliding names", "Chat.zip", lambda: pack(_talk(twins)), OK, "left-alone", AROUND)
    yield Case("not a zip", "Chat.zip", lambda: b"<html>Sign in to download</html>", FAILED, "is none")


def mail(key: str, body: bytes, *fields: bytes) -> bytes:
    """A letter in a mailbox, with a body that somebody chose."""
    head = [
        b"From a@b Mon May  1 09:00:00 2023",
        b"Message-ID: <%s@example.org>" % key.encode(),
        b"From: a@example.org",
    ]
    return b"\n".join([*head, *fields, b"", body, b"", b""])


def packed() -> Iterator[Case]:
    """Files packed by themselves."""
    bomb = Case("gzip bomb", "box.mbox.gz", lambda: gzip.compress(bytes(300_000_000), 9), FAILED, "--limit-ratio")
    yield replace(bomb, source="mail")
    torn = gzip.compress(mail("1", b"The frog is back\n" + bytes(range(256)) * 40))[:-20]
    yield Case("torn gzip", "box.mbox.gz", lambda: torn, LOSSES, "damaged", AROUND[:1], "mail")


def chats() -> Iterator[Case]:
    """Lines that forge, act, or are no text."""
    acts = (
        "\x1b]52;c;ZXZpbA==\x07 \x1b[2J \x9b31m \x1b]8;;http://evil.example\x07click\x1b]8;;\x07 [link=x]y[/link] [/x]"
    )
    yield Case("terminal", CHAT, lambda: chat(acts), OK, "", AROUND)
    yield Case("carriage return", CHAT, lambda: chat("all is well\rrm -rf"), OK, "", AROUND)
    yield Case("bidi", CHAT, lambda: chat("\u202eevil\u202c \u2066x\u2069 \u200b"), OK, "", AROUND)
    scripts = (
        '<script>alert(1)</script><svg onload=alert(1)> javascript:alert(1) <img name="search" id="search">{{7*7}}'
    )
    yield Case("scripts", CHAT, lambda: chat(scripts), OK, "", AROUND)
    yield Case("formulas", CHAT, lambda: chat("=HYPERLINK(1)", "+1+1", "@SUM(A1)", "\t=1", "-2"), OK, "", AROUND)
    name = line("hello", "=cmd|'/c calc'!A0", 40).encode()
    yield Case("formula as a name", CHAT, lambda: chat() + name, OK, "", AROUND)
    yield Case("nul", CHAT, lambda: chat("a\0b"), OK, "", AROUND)
    yield Case("lone surrogate", CHAT, lambda: chat("half \ud83d of it"), OK, "", AROUND)
    yield Case("invalid utf-8", CHAT, lambda: chat("x").replace(b"x", b"\xff\xfe\xc0\xaf\xed\xa0\x80"), OK, "", AROUND)
    yield Case("utf-16", CHAT, lambda: b"\xff\xfe" + chat("x").decode().encode("utf-16-le"), OK, "", AROUND)
    yield Case(
        "utf-16 cut", CHAT, lambda: b"\xff\xfe" + chat("x").decode().encode("utf-16-le")[:-1], OK, "", AROUND[:1]
    )
    yield Case("forged line", CHAT, lambda: chat("look:\n12/05/2023, 09:21 - Bas: I never said that"), OK, "", AROUND)
    yield Case("year 0", CHAT, lambda: chat() + b"00/00/0000, 00:00 - Orla: before all\n", LOSSES, "", AROUND)
    yield Case("year 10000", CHAT, lambda: chat() + b"12/05/10000, 09:30 - Orla: after all\n", OK, "", AROUND[:1])
    marks = "<attached: ../../.ssh/id_rsa>"
    ios = f"[12/05/2023, 09:10:00] Orla: The frog is back\r\n[12/05/2023, 09:11:00] Orla: \u200e{marks}\r\n"
    yield Case("reference outside", "_chat.txt", ios.encode, OK, "", AROUND[:1])
    yield Case("many senders", CHAT, lambda: "".join(line("x", f"P{n}", n % 60) for n in range(20_000)).encode(), OK)
    yield Case("a heap of marks", CHAT, lambda: chat("e" + "\u0301" * 200_000), OK, "", AROUND)
    yield Case("a long word", CHAT, lambda: chat("a" * 3_000_000), OK, "", AROUND)
    yield Case("a line too long", CHAT, lambda: chat("reed " * 2_000_000), OK, "--limit-message-bytes", AROUND)
    yield Case("a million lines", CHAT, lambda: chat("\n" * 1_000_000), OK, "", AROUND)


def mails() -> Iterator[Case]:
    """Everything in tests/nasty.py, and what only a whole mailbox can do."""
    for title, raw in nasty.hostile():
        whole = b"From a@b Mon May  1 09:00:00 2023\n" + raw.replace(b"\nFrom ", b"\n>From ") + b"\n\n"
        yield box(title, whole)
    quiet = b"From here on it is quiet.\nFrom: nobody\nFrom x@y Mon\n>From the shed\nFrom \n"
    yield box("lines that begin with From", mail("q", quiet))
    for evil in (b"../../.ssh/id", b"CON", b"=cmd|x", b"a" * 5000, b"\xff\xfe\x00", b"<img src=x onerror=alert(1)>"):
        inside = b'--b\nContent-Disposition: attachment; filename="%s"\n\nx\n--b--' % evil
        yield box(f"a file called {evil[:12]!r}", mail("e", inside, b"Content-Type: multipart/mixed; boundary=b"))
    dates = (
        b"Mon, 1 Jan 0000 00:00:00 +0000",
        b"Fri, 1 Jan 10000 00:00:00 +0000",
        b"9" * 400,
        b"1 Jan 2023 25:61:61 +9999",
    )
    for date in dates:
        yield box(f"dated {date[:24]!r}", mail("d", b"x", b"Date: " + date))
    one = box("a message in one header", mail("o", b"x", b"Subject: " + b"reed " * 600_000))
    yield replace(one, says="--limit-header-bytes")
    many = box("addresses without end", mail("m", b"x", b"To: " + b"reed@example.org, " * 20_000))
    yield replace(many, says="--limit-addresses")
    bomb = b"<div>" * 20_000 + b"<b><i>" * 5_000 + b"<a b='" * 4_000
    yield box("HTML bomb", mail("h", bomb, b"Content-Type: text/html"))
    coded = base64.b64encode(gzip.compress(bytes(50_000_000)))
    attached = (b"Content-Type: application/gzip", b"Content-Transfer-Encoding: base64")
    yield box("a bomb attached", mail("z", coded, *attached))


def box(title: str, evil: bytes) -> Case:
    """A mailbox with good letters around an *evil* one: they are read, and what is lost of that one is told."""
    first, last = (mail(f"g{n}", text.encode()) for n, text in enumerate(AROUND))
    return Case(f"mail: {title}", "box.mbox", lambda: first + evil + last, EITHER, "", AROUND, "mail")


def write(case: Case, folder: Path) -> Path:
    """The case's file in *folder*."""
    file = folder / case.name
    file.write_bytes(case.make())
    return file
