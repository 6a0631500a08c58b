"""A conversation as an export has it: files of ``message_N.json`` (Facebook, Messenger, Instagram), encrypted chats.

A file is newest first, and so are the files: message_1 is the newest part. Read here the other way round, so that
messages of the same millisecond keep their order (trap 2).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from archiver.dump import Entry
from archiver.importers.facebook.exports import people_in
from archiver.importers.facebook.folding import Folding, dated
from archiver.importers.facebook.lines import Lines
from archiver.importers.facebook.loading import Loaded, load
from archiver.importers.facebook.messages import KIND, Maker, Part
from archiver.importers.facebook.mojibake import repaired
from archiver.importers.facebook.room import Room
from archiver.importers.facebook.tree import E2EE, GROUP_MESSAGES, ThreadRef, Tree, levelled
from archiver.model import Conversation, Item, Message, Origin, Problem
from archiver.text import fold

_THREAD_KEYS = frozenset({
    "participants", "messages", "title", "is_still_participant", "thread_type", "thread_path", "magic_words", "image",
    "joinable_mode", "is_pending", "thread_name", "threadName",
})  # fmt: skip
_TITLES = ("title", "threadName", "thread_name")
_LAST = 500  # messages of a part that wait for the next one
_MILLISECONDS = 100_000_000_000  # as seconds it would be the year 5138
_TIMES = (re.compile(rb'"timestamp_ms"\s*:\s*(-?\d{1,17})'), re.compile(rb'"timestamp"\s*:\s*(-?\d{1,17})'))


def read_thread(room: Room, ref: ThreadRef, key: str = "") -> Iterator[Item]:
    """The items of one telling of a thread: problems, its Conversation, its messages, the oldest first.

    *key*: the conversation's, where another one than the ref's is known (an encrypted chat joined to its thread).
    """
    reader: ThreadReader | None = None
    for entry in oldest_first(room.tree, ref):
        loaded, problems = load(room.dump, entry, "messages", shallow=False)
        yield from problems
        if loaded is None:
            continue
        if not isinstance(loaded.value, dict | list) or (isinstance(loaded.value, list) and not loaded.cut):
            yield Problem("no-thread", f"“{entry.path}” holds no thread.", loaded.origin._replace(end=0), "file")
            continue
        head: dict[str, Any] = loaded.value if isinstance(loaded.value, dict) else _what_is_left(room, entry)
        if reader is None:
            reader = ThreadReader(room, ref, key or ref.key or lone_key(ref, head, entry), head)
            yield reader.conversation(head, loaded.origin._replace(end=0))
        part = reader.part(entry, loaded, head)
        if part is None:
            yield Problem(
                "no-messages", f"“{entry.path}” has no list of messages.", loaded.origin._replace(end=0), "file"
            )
            continue
        del loaded, head  # the most of what is in memory
        yield from reader.told(part)
    if reader is not None:
        yield from reader.rest()


def _what_is_left(room: Room, entry: Entry) -> dict[str, Any]:
    """What the beginning of a file that is cut off says of its thread: who takes part."""
    return {"participants": sorted(people_in(room.tree.head(entry)))}


def oldest_first(tree: Tree, ref: ThreadRef) -> Sequence[Entry]:
    """A thread's files from the oldest part on: by the newest time that stands at the head of each, by number in
    doubt. (Meta's message_1 is the newest; some tools number the other way round.)"""
    by_number = ref.files[::-1]
    if len(by_number) < 2:
        return by_number
    times = [newest_in(tree, entry) for entry in by_number]
    known = [at for at in times if at is not None]
    if len(known) < len(times):
        return by_number
    return [entry for _, entry in sorted(zip(known, by_number, strict=True), key=lambda one: one[0])]


def newest_in(tree: Tree, entry: Entry) -> int | None:
    """The first time in a file (ms, or s in files of spring 2018), the newest as Meta writes it; None for none."""
    head = tree.head(entry)
    return next((int(found[1]) for pattern in _TIMES if (found := pattern.search(head))), None)


def newest_ms(tree: Tree, entry: Entry) -> int | None:
    """The same in milliseconds."""
    newest = newest_in(tree, entry)
    return None if newest is None else newest * 1000 if abs(newest) < _MILLISECONDS else newest


def lone_key(ref: ThreadRef, head: Mapping[str, Any], entry: Entry) -> str:
    """The key of a thread whose folder does not say it: by ``thread_path`` in the file, else by names."""
    where = "instagram" if ref.instagram else "facebook"
    if ref.section == E2EE:
        name = head.get("threadName")
        return f"facebook:e2ee:{fold(repaired(name)) if isinstance(name, str) and name.strip() else fold(ref.title)}"
    path = head.get("thread_path")
    if isinstance(path, str) and (last := repaired(path).rstrip("/").rpartition("/")[2]):
        return f"{where}:thread:{levelled(last.rpartition('_')[2] or last)}"
    title = head.get("title")
    named = repaired(title) if isinstance(title, str) else ""
    names = (named, ", ".join(sorted(names_in(head))), entry.name.rpartition(".")[0])
    return f"{where}:thread:{next(filter(None, map(fold, names)), '')}"


def names_in(head: Mapping[str, Any]) -> list[str]:
    """The repaired names of a thread's participants, as they stand there: objects with a name, or bare names."""
    listed = head.get("participants")
    names = (one.get("name") if isinstance(one, dict) else one for one in listed) if isinstance(listed, list) else ()
    return [repaired(name) for name in names if isinstance(name, str)]


class ThreadReader:
    """Reads the files of one telling of a thread, the oldest first."""

    def __init__(self, room: Room, ref: ThreadRef, key: str, head: Mapping[str, Any]) -> None:
        self._room = room
        self._ref = ref
        self._maker = Maker(room, ref, key, names_in(head))
        self._folding = Folding()
        self._waiting: tuple[int, Lines, dict[int, Message | None]] | None = None

    def conversation(self, head: Mapping[str, Any], origin: Origin) -> Conversation:
        """The thread as its file describes it. Groups: ``thread_type`` until 2022, else more than two people."""
        names = list(dict.fromkeys(names_in(head)))
        others = [name for name in names if name and not self._room.owner.is_me(name)]
        title = next((head[key] for key in _TITLES if isinstance(head.get(key), str)), "")
        group = (
            head.get("thread_type") == "RegularGroup"
            or self._ref.section == GROUP_MESSAGES
            or len(names_in(head)) > 2
            or any(isinstance(head.get(key), dict) for key in ("joinable_mode", "image"))
        )
        return Conversation(
            key=self._maker.key,
            title=repaired(title).strip() or ", ".join(others) or self._ref.title or self._maker.key,
            kind="group" if group else "direct" if names or head.get("thread_type") else "unknown",
            native_id=self._ref.native_id or None,
            members=tuple(dict.fromkeys(map(self._maker.handle, names))),
            origin=origin,
            as_of=newest_ms(self._room.tree, self._ref.files[0]),
        )

    def part(self, entry: Entry, loaded: Loaded, head: Mapping[str, Any]) -> Part | None:
        """The messages of one file; None where it has no list of them."""
        self._room.ledger.unknown_keys(KIND, dict(head), _THREAD_KEYS, loaded.origin._replace(end=0))
        records = loaded.value if loaded.cut else head.get("messages")
        return self._maker.part(entry, loaded, records) if isinstance(records, list) else None

    def told(self, part: Part) -> Iterator[Item]:
        """What one file tells, the oldest first, and what there is to say about it; the last of its messages wait, if
        the next file may say when somebody reacted to them."""
        lines, clock = part.lines, self._maker.clock
        changed = self._folding.changes(lines.reactions(), lambda: lines.messages(clock), part.speaking, part.edits)
        yield from self.rest()
        yield from part.deep
        stop = self._wait(lines, changed)
        yield from lines.items(clock, changed, stop)
        folded = self._folding.edits  # sentences about reactions are typed as it is
        part.count.typed += folded
        part.count.read -= folded
        yield from self._room.ledger.close(KIND, part.count, lines.origin)

    def rest(self) -> Iterator[Item]:
        """What waits."""
        late, self._folding.late = self._folding.late, []
        if self._waiting is None:
            return
        first, lines, changed = self._waiting
        self._waiting = None
        for place, mark, at in late:
            here = place - first
            if (more := lines.standing.get(here)) is not None:
                lines.standing[here] = replace(more, reactions=dated(more.reactions, mark, at))
            for there in (lines.whole, changed):
                if (message := there.get(here)) is not None:
                    there[here] = message._replace(reactions=dated(message.reactions, mark, at))
        yield from lines.items(self._maker.clock, changed)

    def _wait(self, lines: Lines, changed: dict[int, Message | None]) -> int:
        """From where on the lines wait: nowhere, unless somebody reacted to one of the last without saying when."""
        first = max(0, len(lines) - _LAST)
        ones = [*(more.reactions for place, more in lines.standing.items() if place >= first)]
        ones += [message.reactions for place, message in lines.whole.items() if place >= first]
        if all(one.at is not None for those in ones for one in those):
            return len(lines)
        later = {place - first: message for place, message in changed.items() if place >= first}
        self._waiting = first, lines.tail(first), later
        return first
