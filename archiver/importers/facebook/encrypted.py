"""Encrypted chats and the threads they go on from: one conversation, in two exports.

The files of messenger.com have no id. A chat is joined to the thread with the same people, or the same name, when
exactly one fits; the threads of ``e2ee_cutover`` are asked first (facts 4.2, 8).
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from archiver.importers.facebook.exports import quoted, threads_people
from archiver.importers.facebook.loading import load
from archiver.importers.facebook.mojibake import repaired
from archiver.importers.facebook.room import Room
from archiver.importers.facebook.tree import E2EE, ThreadRef
from archiver.model import Problem
from archiver.text import bare, fold

_CUTOVER = "e2ee_cutover"
_NAMED = re.compile(rb'"threadName"\s*:\s*("(?:[^"\\]|\\.)*+")')
_OPENED = 10  # threads with the same people that are opened for their titles


@dataclass(frozen=True, slots=True)
class _Known:
    """A thread or a chat, and the folded names of the people in it."""

    ref: ThreadRef
    people: frozenset[str]


def chat_keys(room: Room, refs: Sequence[ThreadRef]) -> dict[str, str]:
    """The conversation's key of each encrypted chat, by the path of its file: that of the thread it goes on from, or
    one of its own."""
    chats = _with_people(room, (ref for ref in refs if ref.section == E2EE))
    if not chats:
        return {}
    threads = _once(_with_people(room, (ref for ref in refs if ref.section != E2EE and ref.key and not ref.html)))
    names = {chat.ref.files[0].path: _name(room, chat.ref) for chat in chats}
    groups = {(fold(names[chat.ref.files[0].path]), chat.people) for chat in chats}
    alike = Counter(name for name, _ in groups)
    keys: dict[str, str] = {}
    for chat in chats:
        path = chat.ref.files[0].path
        name = fold(names[path])
        match = _match(room, chat, name, threads)
        keys[path] = match.key if match is not None else _own_key(name, chat.people, unique=alike[name] == 1)
    return keys


def cutover_alone(refs: Sequence[ThreadRef]) -> Problem | None:
    """What to say when chats end where they became encrypted, and the export that goes on is not there."""
    cut = sum(ref.section == _CUTOVER for ref in refs)
    if not cut or any(ref.section == E2EE for ref in refs):
        return None
    chats = "1 chat became encrypted and ends" if cut == 1 else f"{cut:,} chats became encrypted and end"
    note = (
        f"{chats} there in this export. What was said since is only in the other "
        "export, from messenger.com (Privacy & safety > End-to-end encrypted chats > Message storage > Download "
        "secure storage data); give both zips in one run, or import it later."
    )
    return Problem("encrypted-chats-missing", note)


def _with_people(room: Room, refs: Iterable[ThreadRef]) -> list[_Known]:
    asked = list(refs)
    people = threads_people(room.tree, asked)
    return [_Known(ref, frozenset(map(fold, names))) for ref, names in zip(asked, people, strict=True)]


def _once(known: Iterable[_Known]) -> list[_Known]:
    """Each conversation once; in the section of encrypted ones if it is there."""
    by_key: dict[str, _Known] = {}
    for one in known:
        if one.ref.key not in by_key or one.ref.section == _CUTOVER:
            by_key[one.ref.key] = one
    return list(by_key.values())


def _name(room: Room, ref: ThreadRef) -> str:
    found = _NAMED.search(room.tree.head(ref.files[0]))
    return (quoted(found[1]).strip() if found else "") or ref.title


def _own_key(name: str, people: frozenset[str], *, unique: bool) -> str:
    """Chats of one name and other people are others: then the people are in the key."""
    if unique:
        return f"facebook:e2ee:{name}"
    digest = blake2b("\0".join(sorted(people)).encode("utf-8", "replace"), digest_size=4).hexdigest()
    return f"facebook:e2ee:{name}:{digest}"


def _match(room: Room, chat: _Known, name: str, threads: Sequence[_Known]) -> ThreadRef | None:
    """The only thread that fits: of the same people, else, among those that became encrypted, of the same name."""
    same = [one for one in threads if one.people == chat.people] if len(chat.people) > 1 else []
    for some in (same, [one for one in same if one.ref.section == _CUTOVER]):
        if len(some) == 1:
            return some[0].ref
    if not same:
        cut = [one for one in threads if one.ref.section == _CUTOVER and len(one.people & chat.people) > 1]
        same = [one for one in cut if _letters(one.ref.title) == _letters(name)]
    if not 0 < len(same) <= _OPENED:
        return None
    titled = [one.ref for one in same if _title(room, one.ref) == name]
    return titled[0] if len(titled) == 1 else None


def _title(room: Room, ref: ThreadRef) -> str:
    """The folded title of a thread, out of its newest file."""
    loaded, _ = load(room.dump, ref.files[0])
    title = loaded.value.get("title") if loaded is not None and isinstance(loaded.value, dict) else None
    return fold(repaired(title)) if isinstance(title, str) else ""


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, bare(text)))
