"""Facebook, Messenger and Instagram: "Download your information" of every year, as JSON and as pages.

The way through the rooms: `exports` tells whose exports are in a dump, `tree` finds files by the end of their path;
`conversations` reads its threads: `threads` those in JSON, with `messages`, `kinds`, `sentences` and `folding`, `pages`
those in HTML; `encrypted` joins the chats of the other export. `sections` and its neighbours read posts, comments,
groups and events. `loading` parses, `mojibake` repairs, `accounting` keeps the sums.
"""

from collections.abc import Iterator, Sequence

from archiver.contracts import Finding, Hints
from archiver.dump import Dump
from archiver.errors import NotUnderstoodError
from archiver.importers.facebook.finding import claims, explained
from archiver.model import Item

name = "facebook"
title = "Facebook, Messenger or Instagram: Download your information"
version = 1
together = True  # the zips of one export are parts of one whole: messages in the first, their photos in the third


def identify(dump: Dump) -> str | None:
    """Why the dump is one of Meta's, or None: names of files and folders, else the first bytes of a few."""
    return claims(dump)


def read(dump: Dump, hints: Hints) -> Iterator[Item]:
    """The items of every export in the dump: threads, then posts, comments, groups and events, then what is to be
    said about all of it. NotUnderstoodError when nothing in the dump is Meta's."""
    from archiver.importers.facebook import reader  # noqa: PLC0415 - 150 ms that no other import has to pay

    found = reader.exports(dump, hints)
    if claims(dump) is None and not any(export.tree.threads() for export in found):
        why = "\n".join(explain(dump))
        raise NotUnderstoodError("No export of Facebook or Instagram was found.", why=why, remedy=_REMEDY)
    return reader.items(dump, found, hints)


def detect(dump: Dump, hints: Hints) -> Iterator[Finding]:
    """What `read` would make of every conversation: it is read to be counted."""
    if claims(dump) is None:
        return
    from archiver.importers.facebook import glance  # noqa: PLC0415 - likewise

    yield from glance.findings(dump, read(dump, hints))


def explain(dump: Dump) -> Sequence[str]:
    """Why no export was found, for whoever thought there was one."""
    return explained(dump)


_REMEDY = (
    "Give the zips as they came, all parts together, or the folder they were unpacked to; JSON rather than HTML if you "
    "can choose, for all time. The chats that are end-to-end encrypted come in a zip of their own, from messenger.com."
)
