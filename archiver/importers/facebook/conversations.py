"""The conversations of one export, each told as well as the export can: JSON before pages, encrypted chats joined."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from archiver.importers.facebook.accounting import Ledger
from archiver.importers.facebook.encrypted import chat_keys, cutover_alone
from archiver.importers.facebook.page_zones import PageZone
from archiver.importers.facebook.pages import compare, read_page, zone_of
from archiver.importers.facebook.room import Room
from archiver.importers.facebook.threads import newest_in, read_thread
from archiver.importers.facebook.tree import ThreadRef, Tree
from archiver.model import Guess, Item, Message, Origin, Problem, singly

_COMPARED = 3  # threads that are read twice to learn the zone of the pages


def conversations(room: Room) -> Iterator[Item]:
    """Every telling of every thread of one export; pages only of threads that no JSON tells."""
    refs = room.tree.threads()
    keys = chat_keys(room, refs)
    told = {ref.key for ref in refs if ref.key and not ref.html}
    if missing := cutover_alone(refs):
        yield missing
    yield from _before_2020(room)
    pages = [ref for ref in refs if ref.html]
    for ref in _newest_first(room.tree, (ref for ref in refs if not ref.html)):
        yield from read_thread(room, ref, keys.get(ref.files[0].path, ""))
    for ref in (ref for ref in pages if ref.key in told):
        yield from _told_better(room, ref)
    yield from _pages(room, [ref for ref in pages if ref.key not in told], refs)


def _newest_first(tree: Tree, refs: Iterable[ThreadRef]) -> Iterator[ThreadRef]:
    """The tellings, those of one thread together, and of these the newest first: it has the thread's last name."""
    groups: dict[object, list[ThreadRef]] = {}
    for number, ref in enumerate(refs):
        groups.setdefault(ref.key or number, []).append(ref)
    for group in groups.values():
        if len(group) > 1:
            group.sort(key=lambda ref: newest_in(tree, ref.files[0]) or 0, reverse=True)
    return chain.from_iterable(groups.values())


def _before_2020(room: Room) -> Iterator[Problem]:
    """Instagram's messages of before December 2020, all in one file of another shape."""
    for entry in room.tree.section("messages"):
        if b'"conversation"' in room.tree.head(entry):
            note = f"“{entry.path}” is Instagram's format of before December 2020, which is not read; export it again."
            yield Problem("old-instagram", note, None, "file")


def _told_better(room: Room, ref: ThreadRef) -> Iterator[Problem]:
    """Pages of a thread that is there as JSON, too, which says more: seconds, zone, and what things are."""
    for entry in ref.files:
        origin = Origin("facebook", room.dump.sha256(entry), entry.member, 0, 0)
        yield Problem("html-beside-json", f"“{entry.path}” was not read: the same thread is there as JSON.", origin)


# -- pages ----------------------------------------------------------------------------------------------------


def _pages(room: Room, pages: Sequence[ThreadRef], refs: Sequence[ThreadRef]) -> Iterator[Item]:
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
