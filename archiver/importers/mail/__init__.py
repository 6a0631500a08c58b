"""E-mail: mailboxes and list archives of every kind, letter by letter.

The way through the rooms: `boxes` finds what holds letters and `split` cuts mailboxes; `headers`, `addresses`, `ids`,
`clock` and `lists` read what stands above a letter; `parts` and `bodies` what it says; `homes` tells where it lies, and
`reader` makes the message. `glance` tells beforehand what reading gives.
"""

from collections.abc import Iterator, Sequence

from archiver.contracts import Finding, Hints
from archiver.dump import Dump
from archiver.errors import NotUnderstoodError
from archiver.importers.mail.boxes import boxes, claims
from archiver.importers.mail.pst import libpff
from archiver.model import Item

name = "mail"
title = "Mail: mailboxes and list archives"
version = 2  # since 1: Outlook's stores, tags that lie in a letter, X-No-Archive above a text, bounds of one letter


def identify(dump: Dump) -> str | None:
    """Why the dump is mail, or None: something in it begins as a mailbox or a letter does."""
    return claims(dump)


def read(dump: Dump, hints: Hints) -> Iterator[Item]:
    """The items of every letter in the dump, box after box. NotUnderstoodError when there is none."""
    found = boxes(dump)
    if not found:
        raise NotUnderstoodError("No mail was found.", why="\n".join(explain(dump)), remedy=_REMEDY)
    if all(box.style == "pst" for box in found):
        libpff()  # or say how to get it, before anything is noted
    from archiver.importers.mail.reader import Reader  # noqa: PLC0415 - 100 ms and 4 MB that no other import has to pay

    return Reader(dump, hints).items(found)


def detect(dump: Dump, hints: Hints) -> Iterator[Finding]:
    """What `read` would make of every mailbox and every folder of letters, told from their beginnings."""
    from archiver.importers.mail.glance import findings  # noqa: PLC0415 - likewise

    yield from findings(dump, boxes(dump), hints)


def explain(dump: Dump) -> Sequence[str]:
    """Why no mail was found, for whoever thought there was some."""
    many = len(dump.entries) != 1
    which = f"of its {len(dump.entries):,} files none begins" if many else "it does not begin"
    return [f"As mail: {which} as a mailbox or a letter does"]


_REMEDY = "Give a mailbox (mbox, Maildir, .eml), a list archive, or the zip that Google Takeout made, as it came."
