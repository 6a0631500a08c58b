"""Invented talk for the tests of the store: messages in a line each, and archives to put them into."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path

from archiver.model import Attachment, Conversation, Guess, Handle, Item, Message, Origin, Problem, When
from archiver.store import archive as store
from archiver.store.archive import Archive
from archiver.store.run import Run
from archiver.store.writes import ImportWriter

GARDEN = "whatsapp:garden club"
SUMMER = timezone(timedelta(hours=2))


def name(who: str, scope: str = GARDEN) -> Handle:
    return Handle("whatsapp-name", who, who, scope)


def at(written: str, *, assumed: tuple[str, ...] = ()) -> When:
    """``2023-05-14 09:30`` (to the minute) or ``2023-05-14 09:30:12``, summer time."""
    precision = "second" if written.count(":") == 2 else "minute"
    return When(datetime.fromisoformat(written).replace(tzinfo=SUMMER), written, "+02:00", precision, assumed)  # type: ignore[arg-type]  # one of the two


class File:
    """A pretended export: gives each message the next hundred bytes of a file called *digest*."""

    def __init__(self, digest: str, conversation: str = GARDEN, title: str = "Garden Club") -> None:
        self.digest = digest * (64 // len(digest))
        self.conversation = conversation
        self.title = title
        self._at = 0

    def origin(self, size: int = 100) -> Origin:
        start = self._at
        self._at += size
        return Origin("whatsapp", self.digest, None, start, self._at)

    def opening(self) -> Conversation:
        return Conversation(self.conversation, self.title, "group")

    def say(self, when: str | When, who: str | None, text: str, **more: object) -> Message:
        time = when if isinstance(when, When) else at(when)
        sender = None if who is None else name(who, self.conversation)
        return Message(self.conversation, sender, time, text, self.origin(), **more)  # type: ignore[arg-type]  # any field

    def photo(self, when: str, who: str, state: str = "present", sha256: str | None = None) -> Message:
        file = Attachment("photo.jpg", "image/jpeg", 3 if sha256 else None, None, sha256, state)  # type: ignore[arg-type]  # a state
        return self.say(when, who, "", kind="media", attachments=(file,))

    def unreadable(self, note: str = "a torn line") -> Problem:
        return Problem("unreadable", note, self.origin(), "message")

    def guess(self) -> Guess:
        return Guess("zone", "+02:00", "nobody said", 0.2, self.origin(0), "--zone")


def keep(archive: Archive, file: File, items: Iterable[Item], *, batch: int = 1000, **options: object) -> ImportWriter:
    """Import *items* as if they were read from *file*."""
    writer = begin(archive, file, **options)
    for some in batches([file.opening(), *items], batch):
        writer.add(some, photos(some))
    writer.finish()
    return writer


def begin(archive: Archive, file: File, **options: object) -> ImportWriter:
    run = Run("whatsapp", 1, {}, file.digest, [file.title])
    writer = ImportWriter(archive, run, **options)  # type: ignore[arg-type]  # into, apart
    writer.keep_file((file.digest, None), f"{file.title}.txt", file.digest, 1000, None)
    return writer


def batches(items: Sequence[Item], size: int) -> Iterable[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def photos(items: Iterable[Item]) -> list[tuple[str, int, str | None]]:
    return [
        (file.sha256, 3, "image/jpeg")
        for item in items
        if isinstance(item, Message)
        for file in item.attachments
        if file.sha256
    ]


def fresh(folder: Path) -> Archive:
    """An empty archive, open for writing."""
    store.create(folder)
    return store.open_archive(folder, write=True)


def texts(archive: Archive) -> list[str]:
    """All texts in reading order, conversation by conversation."""
    rows = archive.connection.execute("select text from message order by conversation_id, seq")
    return [text for (text,) in rows]


def found(archive: Archive, words: str) -> list[str]:
    """Texts that the index finds."""
    rows = archive.connection.execute(
        "select m.text from message_fts f join message m on m.id = f.rowid where message_fts match ? order by m.seq",
        (words,),
    )
    return [text for (text,) in rows]


def sound(archive: Archive) -> bool:
    """Whether database and index are whole and agree, and no row hangs in the air."""
    sql = archive.connection
    assert sql.execute("pragma integrity_check").fetchall() == [("ok",)]
    assert sql.execute("pragma foreign_key_check").fetchall() == []
    sql.execute("pragma query_only = off")
    sql.execute("insert into message_fts (message_fts, rank) values ('integrity-check', 1)")
    return True
