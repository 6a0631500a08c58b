"""WhatsApp's "Export chat": text files, zips and folders of both platforms, in every language.

The way through the rooms: `heads` finds heads by structure, `template` learns the file's own, `survey` and `order`
gather what the beginning tells, `pieces` cuts the stream, `reader` makes messages with `clock`, `people`,
`bodies`, `attachments`; the app's words are in `phrases` and its tables. `glance` tells beforehand what reading gives.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from archiver.contracts import Finding, Hints, LeftAlone
from archiver.dump import Dump, Entry
from archiver.errors import NotUnderstoodError
from archiver.importers.whatsapp.chat import look, read_chat
from archiver.importers.whatsapp.glance import backups, finding, passed_over
from archiver.importers.whatsapp.reader import shown
from archiver.importers.whatsapp.titles import INNER_FILE, exported
from archiver.model import Item

name = "whatsapp"
title = "WhatsApp chat export"
version = 1

_FIRST_BYTES = 1 << 16
_CANDIDATES = 200  # texts looked at to tell what a dump is


def identify(dump: Dump) -> str | None:
    """Why the dump is a WhatsApp export, or None: a text in it has lines that begin as messages do."""
    for entry in _texts(dump)[:_CANDIDATES]:
        chat = look(dump, entry, _FIRST_BYTES)
        if chat is not None and chat.convincing():
            first = next(chat.learned.own())
            return f"{chat.heads} lines at the start of “{entry.path}” begin like {shown(first.line)}"
    return None


def read(dump: Dump, hints: Hints) -> Iterator[Item]:
    """The items of every chat in the dump, one chat after the other. NotUnderstoodError when there is none."""
    return chain.from_iterable(_streams(dump, hints))


def _streams(dump: Dump, hints: Hints) -> Iterator[Iterable[Item]]:
    attached: set[str] = set()
    found = False
    for entry in _texts(dump):
        if entry.path in attached:
            continue
        chat = look(dump, entry)
        if chat is not None and chat.convincing():
            found = True
            yield from read_chat(dump, chat, hints, attached)
    if not found:
        raise NotUnderstoodError(
            "No WhatsApp chat was found.",
            why="\n".join(explain(dump)),
            remedy="Export the chat again on the phone (More > Export chat) and give the file or zip as it came.",
        )


def detect(dump: Dump, hints: Hints) -> Iterator[Finding | LeftAlone]:
    """What `read` would make of the dump, and the texts that it would pass over, each with the reason."""
    attached: set[str] = set()
    for entry in _texts(dump):
        if entry.path in attached:
            continue
        chat = look(dump, entry)
        if chat is None or not chat.convincing():
            yield passed_over(dump, entry, chat)
            continue
        found = finding(dump, chat, hints)
        attached |= found.attached
        yield found
    yield from backups(dump)


def explain(dump: Dump) -> Sequence[str]:
    """Why no chat was found: the first lines that do not begin like messages, and what would help."""
    texts = (passed_over(dump, entry, look(dump, entry, _FIRST_BYTES)) for entry in _texts(dump)[:3])
    return [_explained(left) for left in chain(texts, backups(dump))]


def _explained(left: LeftAlone) -> str:
    begins = " ".join(shown(line.encode()) for line in left.lines) or "with nothing"
    return f"“{left.path}”: {left.why}. " + " ".join(filter(None, [f"It begins: {begins}", left.remedy]))


def _texts(dump: Dump) -> list[Entry]:
    """The texts that may be chats, likeliest first; beside iOS' ``_chat.txt`` in a zip, others are attachments."""
    texts = [entry for entry in dump.entries if _is_text(entry)]
    inner = {(entry.container, entry.folder) for entry in texts if entry.container and entry.name == INNER_FILE}
    kept = [entry for entry in texts if entry.name == INNER_FILE or (entry.container, entry.folder) not in inner]
    return sorted(kept, key=lambda entry: (entry.name != INNER_FILE, exported(entry.name) is None))


def _is_text(entry: Entry) -> bool:
    extension = entry.name.rpartition(".")[2].casefold() if "." in entry.name else ""
    return (
        extension in {"", "txt", "text"} and not entry.path.startswith("__MACOSX/") and "/__MACOSX/" not in entry.path
    )
