"""The open data as CSV (RFC 4180): a header, CRLF, UTF-8, and no cell that a spreadsheet would calculate."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime

from archiver.contracts import Library, Page
from archiver.exporters.data.columns import (
    ATTACHMENTS,
    CONVERSATIONS,
    LINKS,
    MESSAGES,
    PEOPLE,
    REACTIONS,
    Table,
)
from archiver.exporters.data.shared import Overheard
from archiver.exporters.site.links import canonical
from archiver.exporters.site.prose import addresses, clean
from archiver.model import KeptConversation, KeptMessage, PublishedFile
from archiver.text import csv_safe

Cell = str | int | None
_AT_ONCE = 500  # rows that are written in one piece
_IN_MEMORY = 4 << 20  # bytes of a table that wait in memory for their turn; more wait in a temporary file


def pages(library: Library) -> Iterator[Page]:
    """All tables, each file with its name alone; each page has to be read to its end before the next is asked for.

    The messages are read once: what else they tell waits for its turn in memory, or in a temporary file.
    """
    conversations = library.conversations()
    yield Page(CONVERSATIONS.path, blocks(CONVERSATIONS, map(_conversation, conversations)))
    with closing(Sides()) as sides:
        overheard = Overheard(library, [sides])
        messages = (message for conversation in conversations for message in overheard.messages(conversation.id))
        yield Page(MESSAGES.path, blocks(MESSAGES, map(_message, messages)))
        yield Page(PEOPLE.path, blocks(PEOPLE, sides.people()))
        for side in sides.tables:
            yield Page(side.table.path, side.blocks())


def blocks(table: Table, rows: Iterable[Iterable[Cell]]) -> Iterator[bytes]:
    """A table's file, some hundred rows at a time."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.names)
    for number, row in enumerate(rows, 1):
        writer.writerow(map(_cell, row))
        if number % _AT_ONCE == 0:
            yield _taken(text)
    yield _taken(text)


def _taken(text: io.StringIO) -> bytes:
    held = text.getvalue()
    text.seek(0)
    text.truncate()
    return held.encode("utf-8", errors="replace")


def _cell(value: Cell) -> str:
    return csv_safe(value) if isinstance(value, str) else "" if value is None else str(value)


def _conversation(kept: KeptConversation) -> tuple[Cell, ...]:
    return (kept.id, kept.key, kept.title, kept.source, kept.kind, kept.messages, kept.people, kept.first, kept.last)


def _message(message: KeptMessage) -> tuple[Cell, ...]:
    sender = message.sender
    return (
        message.id,
        message.conversation_id,
        message.kind,
        None if sender is None else sender.person,
        None if sender is None else sender.name,
        message.at,
        message.at_local,
        message.precision,
        message.subject,
        message.text,
        message.reply_to,
        len(message.attachments),
        len(message.reactions),
        message.edited_at,
        message.deleted_at,
    )


class Sides:
    """What messages tell besides themselves: who wrote them, their files, their reactions, their links."""

    def __init__(self) -> None:
        self._people: dict[int, _Person] = {}
        self.tables = tuple(map(_Side, (ATTACHMENTS, REACTIONS, LINKS)))
        self._attachments, self._reactions, self._links = self.tables

    def add(self, message: KeptMessage) -> None:
        if message.sender is not None:
            self._people.setdefault(message.sender.person, _Person(message.sender.name)).add(message.at_local)
        for file in message.attachments:
            path = file.path if isinstance(file, PublishedFile) else None
            self._attachments.add(message.id, file.name, file.media_type, file.size, file.sha256, path, file.state)
        for mark in message.reactions:
            by = None if mark.by is None else mark.by.name
            self._reactions.add(message.id, by, mark.value, _utc(mark.at))
        if "://" in message.text:
            for _, _, address in addresses(clean(message.text)):
                if (known := canonical(address)) is not None:
                    self._links.add(message.id, address, known[0])

    def people(self) -> Iterator[tuple[Cell, ...]]:
        for number, one in self._people.items():
            yield number, one.name, one.messages, one.first, one.last

    def close(self) -> None:
        for side in self.tables:
            side.close()


class _Person:
    """Somebody, and when they wrote."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.messages = 0
        self.first: str | None = None
        self.last: str | None = None

    def add(self, at: str | None) -> None:
        self.messages += 1
        if at is not None:
            self.first = min(self.first or at, at)
            self.last = max(self.last or at, at)


class _Side:
    """A table that waits until the messages are through."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._rows: list[tuple[Cell, ...]] = []
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - see close
        self._write(blocks(table, ()))

    def add(self, *row: Cell) -> None:
        self._rows.append(row)
        if len(self._rows) == _AT_ONCE:
            self._settle()

    def blocks(self) -> Iterator[bytes]:
        self._settle()
        self._file.seek(0)
        while piece := self._file.read(1 << 20):
            yield piece

    def close(self) -> None:
        self._file.close()

    def _settle(self) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(map(_cell, row) for row in self._rows)
        self._write([_taken(text)])
        self._rows.clear()

    def _write(self, pieces: Iterable[bytes]) -> None:
        for piece in pieces:
            self._file.write(piece)


def _utc(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
