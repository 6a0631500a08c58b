"""All there is to read in Meta's exports, part after part."""

from collections.abc import Iterator, Sequence

from archiver.contracts import Hints
from archiver.dump import Dump
from archiver.importers.facebook.accounting import Ledger
from archiver.importers.facebook.conversations import conversations
from archiver.importers.facebook.exports import Export, exports
from archiver.importers.facebook.room import Room
from archiver.importers.facebook.sections import read_exports
from archiver.importers.facebook.within import within
from archiver.model import Item

__all__ = ["exports", "items"]


def items(dump: Dump, found: Sequence[Export], hints: Hints) -> Iterator[Item]:
    """The items of these exports, with no text longer than the limit."""
    return within(_items(dump, found, hints), dump.limits)


def _items(dump: Dump, found: Sequence[Export], hints: Hints) -> Iterator[Item]:
    """The items of these exports: threads, then posts, comments, groups and events, then what is to be said about all
    of it."""
    ledger = Ledger()
    for export in found:
        yield from export.notes
        yield from conversations(Room(dump, export.tree, export.owner, hints, ledger))
    yield from read_exports(dump, [(export.tree, export.owner) for export in found], hints, ledger)
    yield from ledger.problems()
