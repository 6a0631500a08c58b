"""The boxes that letters lie in: five kinds of mbox, Maildir, and pipermail's months."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from tests.bench.letter_heads import encoded, envelope_date
from tests.bench.letter_truth import Mail, Truth

Style = Literal["mboxrd", "mboxo", "mboxcl2", "takeout"]

_FROM, _FROM_QUOTED = re.compile(rb"^From ", re.MULTILINE), re.compile(rb"^>*From ", re.MULTILINE)
_PER_FOLDER = 50_000


class Month(NamedTuple):
    """One monthly file of a list's pipermail: ``garden-club/2004-May.txt``."""

    path: str
    content: bytes
    truths: tuple[Truth, ...]


def mbox(mails: Iterable[Mail], style: Style = "mboxrd") -> Iterator[bytes]:
    """Each mail with its separator line and the empty line after it."""
    wrap = _STYLES[style]
    return (wrap(mail) for mail in mails)


def _mboxrd(mail: Mail) -> bytes:
    return _separator(mail) + _quoted(mail.raw, _FROM_QUOTED) + b"\n"


def _mboxo(mail: Mail) -> bytes:
    return _separator(mail) + _quoted(mail.raw, _FROM) + b"\n"


def _mboxcl2(mail: Mail) -> bytes:
    head, _, body = mail.raw.partition(b"\n\n")
    told = b"\nContent-Length: %d\nLines: %d\n\n" % (len(body), body.count(b"\n"))
    return _separator(mail) + head + told + body + b"\n"


def _takeout(mail: Mail) -> bytes:
    """As Google writes it: the thread's number in the separator, offset before the year, CRLF."""
    number = 1_832_929_883_591_000_000 + mail.truth.number
    time = envelope_date(mail.truth.date)
    first = f"From {number}@xxx {time[:-4]}+0000{time[-5:]}\n"
    thread = f"X-GM-THRID: {1_700_000_000_000_000_000 + mail.truth.thread}\n"
    words = ",".join(f'"{label}"' if "," in label else label for label in mail.truth.labels)
    labels = f"X-Gmail-Labels: {encoded(words, 'utf-8')}\n"
    whole = (first + thread + labels).encode() + _quoted(mail.raw, _FROM_QUOTED) + b"\n"
    return whole.replace(b"\n", b"\r\n")


_STYLES: dict[Style, Callable[[Mail], bytes]] = {
    "mboxrd": _mboxrd, "mboxo": _mboxo, "mboxcl2": _mboxcl2, "takeout": _takeout,
}  # fmt: skip


def _separator(mail: Mail) -> bytes:
    return f"From {mail.truth.sender} {envelope_date(mail.truth.date)}\n".encode()


def _quoted(raw: bytes, pattern: re.Pattern[bytes]) -> bytes:
    return pattern.sub(rb">\g<0>", raw) if b"From " in raw else raw


def maildir(mails: Iterable[Mail], folder: Path) -> int:
    """Writes *mails* as a Maildir, all in ``cur`` and most of them seen; how many there are."""
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    count = 0
    for count, mail in enumerate(mails, start=1):
        flags = "S" if mail.truth.number % 7 else "RS" if mail.truth.number % 3 else ""
        name = f"{int(mail.truth.date.timestamp())}.M{count}P{mail.truth.number}.garden:2,{flags}"
        (folder / "cur" / name).write_bytes(mail.raw)
    return count


def months(mails: Iterable[Mail], *, twice: bool = False) -> Iterator[Month]:
    """Letters in pipermail's style as monthly files, list by list as the months end; *twice*: every mail two times."""
    open_months: dict[str, list[Mail]] = {}
    for mail in mails:
        name = mail.truth.list or ""
        held = open_months.setdefault(name, [])
        if held and f"{held[0].truth.date:%Y-%m}" != f"{mail.truth.date:%Y-%m}":
            yield _month(name, held, twice)
            held.clear()
        held.append(mail)
    for name, held in open_months.items():
        yield _month(name, held, twice)


def _month(name: str, held: list[Mail], twice: bool) -> Month:
    content = b"".join(_piper(mail) for mail in held for _ in range(1 + twice))
    path = f"{name.partition('.')[0]}/{held[0].truth.date:%Y-%B}.txt"
    return Month(path, content, tuple(mail.truth for mail in held))


def _piper(mail: Mail) -> bytes:
    masked = mail.truth.sender.replace("@", " at ")
    first = f"From {masked}  {envelope_date(mail.truth.date)}\n".encode()
    return first + _quoted(mail.raw, _FROM) + b"\n"
