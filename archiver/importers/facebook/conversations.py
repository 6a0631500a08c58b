"""The conversations of one export, each told as well as the export can: JSON before pages, encrypted chats joined."""

from collections.abc import Iterable, Iterator
from itertools import chain

from archiver.importers.facebook.encrypted import chat_keys, cutover_alone
from archiver.importers.facebook.room import Room
from archiver.importers.facebook.threads import newest_in, read_thread
from archiver.importers.facebook.tree import ThreadRef, Tree
from archiver.model import Item, Origin, Problem


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
    if alone := [ref for ref in pages if ref.key not in told]:
        from archiver.importers.facebook import paging  # noqa: PLC0415 - 100 ms that exports in JSON need not pay

        yield from paging.told(room, alone, refs)


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
