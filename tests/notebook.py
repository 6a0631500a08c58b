"""A pretended source, for tests of everything around an importer: one file, two words, two functions.

A notebook is a text whose first line is ``notebook: TITLE``; then ``2023-05-14 09:30 Ana: words`` line by line,
``photo NAME`` as the words for a file beside it, and ``!`` at the start of a line that cannot be read.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from archiver.contracts import Hints
from archiver.dump import Dump, Entry
from archiver.errors import DumpError
from archiver.model import Attachment, Conversation, Guess, Handle, Item, Message, Origin, Problem, When

name = "notebook"
title = "Notebook"
version = 1


def notebooks(dump: Dump) -> list[Entry]:
    return [one for one in dump.entries if one.name.endswith(".txt") and dump.head(one, 10) == b"notebook: "]


def identify(dump: Dump) -> str | None:
    return "it says so" if notebooks(dump) else None


def explain(dump: Dump) -> list[str]:
    return [f"{entry.path} does not begin with “notebook: ”" for entry in dump.entries]


def read(dump: Dump, hints: Hints) -> Iterator[Item]:
    for entry in notebooks(dump):
        yield from _one(dump, entry, hints)


def _one(dump: Dump, entry: Entry, hints: Hints) -> Iterator[Item]:
    digest, key, start = dump.sha256(entry), "", 0
    with dump.open_entry(entry) as file:
        for raw in file:
            origin = Origin(name, digest, entry.member, start, start + len(raw))
            start += len(raw)
            line = raw.decode().rstrip("\n")
            if not key:
                key = f"notebook:{line[10:].casefold()}"
                yield Conversation(key, line[10:], "group", origin=origin)
                yield Problem("preamble", "the title line", origin)
                zone = hints.zone or hints.local_zone
                yield Guess(
                    "zone", zone, "told" if hints.zone else "assumed", 1 if hints.zone else 0.3, origin, "--zone"
                )
            elif line.startswith("!"):
                yield Problem("unreadable", line, origin, "message")
            elif line == "END":
                raise DumpError("The notebook is torn.", remedy="Find the rest.")
            else:
                yield _message(dump, entry, key, line, origin)


def _message(dump: Dump, entry: Entry, key: str, line: str, origin: Origin) -> Message:
    who, _, words = line[17:].partition(": ")
    when = When(datetime.fromisoformat(line[:16]).replace(tzinfo=UTC), line[:16], "UTC", "minute")
    files: tuple[Attachment, ...] = ()
    if words.startswith("photo "):
        found = dump.sibling(entry, words[6:])
        files = (
            Attachment(words[6:], None, None, found.path if found else None, None, "present" if found else "missing"),
        )
        words = ""
    kind = "media" if files else "text"
    return Message(key, Handle("notebook-name", who, who, key), when, words, origin, kind, attachments=files)
