"""E-mail: mailboxes and list archives of every kind, letter by letter.

The way through the rooms: `boxes` finds what holds letters and `split` cuts mailboxes; `headers`, `addresses`, `ids`,
`clock` and `lists` read what stands above a letter; `parts` and `bodies` what it says; `homes` tells where it lies, and
`reader` makes the message.
"""

from collections.abc import Iterator, Sequence

from archiver.contracts import Hints
from archiver.dump import Dump
from archiver.errors import NotUnderstoodError
from archiver.importers.mail.boxes import boxes, claims
from archiver.importers.mail.reader import Reader
from archiver.model import Item

name = "mail"
title = "Mail: mailboxes and list archives"
version = 1


def identify(dump: Dump) -> str | None:
    """Why the dump is mail, or None: something in it begins as a mailbox or a letter does."""
    return claims(dump)


def read(dump: Dump, hints: Hints) -> Iterator[Item]:
    """The items of every letter in the dump, box after box. NotUnderstoodError when there is none."""
    found = boxes(dump)
    if not found:
        raise NotUnderstoodError("No mail was found.", why="\n".join(explain(dump)), remedy=_REMEDY)
    return Reader(dump, hints).items(found)


def explain(dump: Dump) -> Sequence[str]:
    """Why no mail was found, for whoever thought there was some."""
    return [f"{len(dump.entries):,} files were looked at, and none begins as a mailbox or a letter does"]


_REMEDY = "Give a mailbox (mbox, Maildir, .eml), a list archive, or the zip that Google Takeout made, as it came."
