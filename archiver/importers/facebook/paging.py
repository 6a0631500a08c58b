"""The threads of one export that are there as pages only, and the zone that their clocks are in."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from archiver.importers.facebook.accounting import Ledger
from archiver.importers.facebook.page_zones import PageZone
from archiver.importers.facebook.pages import compare, read_page, zone_of
from archiver.importers.facebook.room import Room
from archiver.importers.facebook.threads import read_thread
from archiver.importers.facebook.tree import ThreadRef
from archiver.model import Guess, Item, Message, Origin, singly

_COMPARED = 3  # threads that are read twice to learn the zone of the pages


def told(room: Room, pages: Sequence[ThreadRef], refs: Sequence[ThreadRef]) -> Iterator[Item]:
    """The threads that are there as pages only. Their zone is found out once, and said once."""
    zone: PageZone | None = None
    for ref in pages:
        if not ref.key:  # old pages tell their zone, and a lone one what was taken for it
            yield from read_page(room, ref)
            continue
        if zone is None:
            zone = zone_of(room, None if room.hints.zone else _compared(room, refs))
            yield from _said(room, ref, zone)
        yield from read_page(room, ref, zone=zone)


def _compared(room: Room, refs: Sequence[ThreadRef]) -> PageZone | None:
    """The zone of the pages, by threads that are there as JSON, too; None if there is none that tells."""
    json = {ref.key: ref for ref in refs if ref.key and not ref.html}
    both = [ref for ref in refs if ref.html and ref.key in json]
    aside = replace(room, ledger=Ledger())
    for ref in both[:_COMPARED]:
        told = (item for item in singly(read_thread(aside, json[ref.key])) if isinstance(item, Message))
        if found := compare(room, ref, told):
            return found
    return None


def _said(room: Room, ref: ThreadRef, zone: PageZone) -> Iterator[Guess]:
    """The zone as a guess, unless a person said it."""
    if not room.hints.zone:
        entry = ref.files[0]
        yield zone.guess(Origin("facebook", room.dump.sha256(entry), entry.member, 0, 0))
