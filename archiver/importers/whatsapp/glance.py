"""What reading a chat would give, told beforehand by the reader itself; and why a text is no chat."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from archiver.contracts import Finding, Hints, LeftAlone
from archiver.dump import Dump, Entry
from archiver.importers.whatsapp import survey
from archiver.importers.whatsapp.blocks import as_utf8, blocks
from archiver.importers.whatsapp.chat import SAMPLE, Chat, afterwards, begin
from archiver.importers.whatsapp.reader import SOURCE, Reader
from archiver.model import Guess, Item, Message, Origin, Problem, singly

_PLATFORMS = {"]": "iPhone", "-": "Android", ":": "iPhone of 2013 or before"}
_LINE_ENDS = {b"\n": "LF", b"\r\n": "CRLF", b"\r": "CR"}
_BACKUP = re.compile(r"\.crypt\d{0,2}$", re.IGNORECASE)
_NOTES = 100  # the import itself has them all
_LONGEST_LINE = 200


@dataclass(slots=True)
class _Seen:
    """Adds up what a reader gives."""

    first: datetime | None = None
    last: datetime | None = None
    people: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def add(self, item: Item) -> None:
        if isinstance(item, Message):
            if item.when.at is not None:
                wall = item.when.at.replace(tzinfo=None)
                self.first, self.last = min(self.first or wall, wall), max(self.last or wall, wall)
            if item.sender is not None and not item.kind.startswith("event."):
                self.people[item.sender.name] += 1
        elif isinstance(item, Problem) and len(self.notes) < _NOTES:
            self.notes.append(item.note)


def finding(dump: Dump, chat: Chat, hints: Hints) -> Finding:
    """The chat as its first megabyte shows it; read to its end where there are files beside it that it may name."""
    entry, surveyed = chat.entry, chat.surveyed
    origin = Origin(SOURCE, "", entry.member, 0, entry.size)  # nobody is led back to a byte, so nothing is summed up
    opened, seen = begin(dump, chat, hints, origin), _Seen()
    whole = chat.whole or _accompanied(dump, entry)
    for item in (*opened.assumed, *_items(dump, chat, opened.reader, origin, whole=whole)):
        seen.add(item)
    return Finding(
        path=entry.path,
        title=opened.conversation.title,
        kind=opened.conversation.kind,
        shape=_shape(chat),
        begins=_text(next(chat.learned.own()).line),
        encoding=chat.encoding,
        line_ends=_LINE_ENDS[surveyed.separator],
        language=surveyed.language or None,
        size=entry.size,
        looked=entry.size if whole else SAMPLE,
        messages=opened.reader.count,
        first=seen.first,
        last=seen.last,
        people=tuple(seen.people.most_common()),
        guesses=tuple(item for item in opened.assumed if isinstance(item, Guess)),
        warnings=tuple(seen.notes),
        attached=frozenset(opened.reader.attached),
    )


def _items(dump: Dump, chat: Chat, reader: Reader, origin: Origin, *, whole: bool) -> Iterator[Item]:
    """What the reader makes of the file, or of its first megabyte up to the last line that is whole."""
    if not whole:
        sample = as_utf8(dump.head(chat.entry, SAMPLE))
        yield from singly(chain.from_iterable(reader.streams([sample[: sample.rfind(b"\n") + 1] or sample])))
        return
    with dump.open_entry(chat.entry) as stream:
        yield from singly(chain.from_iterable(reader.streams(blocks(stream, chat.encoding))))
    yield from afterwards(reader, origin)


def _accompanied(dump: Dump, entry: Entry) -> bool:
    beside = (entry.container, entry.folder)
    return any((other.container, other.folder) == beside and other.path != entry.path for other in dump.entries)


def _shape(chat: Chat) -> str:
    """Who wrote the file and how it tells the time, in words."""
    first, *others = chat.learned.templates
    clock = "12-hour clock" if survey.period_words(chat.learned) else "24-hour clock"
    precise = "to the second" if first.shape.layout.times == 3 else "to the minute"
    merged = f", {len(others)} more forms of dates in it" if others else ""
    return f"{_PLATFORMS[first.shape.closing]}, {clock}, {precise}{merged}"


def passed_over(dump: Dump, entry: Entry, chat: Chat | None) -> LeftAlone:
    """Why the text is no chat that can be read, its first lines, and what would help if it is one."""
    head = dump.head(entry, 2000)
    lines = tuple(_text(line) for line in as_utf8(head).splitlines() if line.strip())[:2]
    remedy = ""
    if chat is None:
        why = "no line begins with a date and a time, as a message does"
        if b"\0" in as_utf8(head):
            remedy = "If it is a chat, save it as UTF-8: these are not the bytes of a text."
    elif chat.heads > 1:
        why = "it looks like the log of a program"
    else:
        why = "only one line begins as a message does, and that is too little to go by"
        remedy = "If it is a chat of one message, call the file “WhatsApp Chat with NAME.txt”."
    return LeftAlone(entry.path, why, lines, remedy)


def backups(dump: Dump) -> Iterator[LeftAlone]:
    """The phone's own backups, which are not exports."""
    for entry in dump.entries:
        if _BACKUP.search(entry.name):
            why = "it is a backup that WhatsApp has encrypted, and only the phone can open it"
            yield LeftAlone(entry.path, why, (), "On the phone, open the chat and choose More > Export chat.")


def _text(line: bytes) -> str:
    """A line of the file as text, its mark for byte order left out, cut where it is very long."""
    return line.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").rstrip()[:_LONGEST_LINE]
