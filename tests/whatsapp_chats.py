"""Small chats for tests: written as text, read with the real importer from memory."""

import hashlib
import io
import unicodedata
from collections.abc import Mapping
from typing import BinaryIO, cast

from archiver.contracts import Hints
from archiver.dump import Dump, Entry, Limits
from archiver.importers import whatsapp
from archiver.model import Conversation, Guess, Message, Problem, Single, singly

MARK = "\u200e"
UTC = Hints(zone="UTC")


class Held:
    """A dump that is held in memory, with the part of Dump's interface that importers use; *read* counts bytes."""

    def __init__(self, files: Mapping[str, bytes], container: str | None = None) -> None:
        self.files = dict(files)
        self.read = 0
        self.limits = Limits()
        self.entries = tuple(self._entry(path, content, container) for path, content in files.items())

    def _entry(self, path: str, content: bytes, container: str | None) -> Entry:
        folder, _, name = path.rpartition("/")
        return Entry(path, name, folder, len(content), path if container else None, container)

    def open_entry(self, entry: Entry) -> BinaryIO:
        return _Counted(self.files[entry.path], self)

    def head(self, entry: Entry, size: int = 65536) -> bytes:
        return self.files[entry.path][:size]

    def sha256(self, entry: Entry) -> str:
        return hashlib.sha256(self.files[entry.path]).hexdigest()

    def sibling(self, entry: Entry, name: str) -> Entry | None:
        wanted = unicodedata.normalize("NFC", name)
        beside = (other for other in self.entries if other.folder == entry.folder)
        return next((other for other in beside if unicodedata.normalize("NFC", other.name) == wanted), None)


class _Counted(io.BytesIO):
    def __init__(self, content: bytes, dump: Held) -> None:
        super().__init__(content)
        self._dump = dump

    def read(self, size: int | None = -1, /) -> bytes:
        content = super().read(size)
        self._dump.read += len(content)
        return content


def held(
    content: str | bytes, name: str = "WhatsApp Chat with Reed.txt", others: Mapping[str, bytes] | None = None
) -> Dump:
    """A dump of one text, and files beside it."""
    text = content.encode() if isinstance(content, str) else content
    return cast("Dump", Held({name: text, **(others or {})}))


def items(content: str | bytes | Dump, hints: Hints = UTC) -> list[Single]:
    dump = held(content) if isinstance(content, str | bytes) else content
    return list(singly(whatsapp.read(dump, hints)))


def messages(content: str | bytes | Dump, hints: Hints = UTC) -> list[Message]:
    return [item for item in items(content, hints) if isinstance(item, Message)]


def problems(content: str | bytes | Dump, hints: Hints = UTC) -> list[Problem]:
    return [item for item in items(content, hints) if isinstance(item, Problem)]


def guess(content: str | bytes | Dump, what: str, hints: Hints = UTC) -> Guess:
    return next(item for item in items(content, hints) if isinstance(item, Guess) and item.what == what)


def conversation(content: str | bytes | Dump, hints: Hints = UTC) -> Conversation:
    return next(item for item in items(content, hints) if isinstance(item, Conversation))


def texts(content: str | bytes | Dump, hints: Hints = UTC) -> list[str]:
    return [message.text for message in messages(content, hints)]


def walls(content: str | bytes | Dump, hints: Hints = UTC) -> list[str]:
    """The wall times of the messages, ISO 8601."""
    found = (message.when.at for message in messages(content, hints))
    return ["" if at is None else at.replace(tzinfo=None).isoformat(" ") for at in found]


def names(content: str | bytes | Dump, hints: Hints = UTC) -> list[str | None]:
    return [message.sender.name if message.sender else None for message in messages(content, hints)]


def android(*lines: str) -> str:
    """Lines ``sender: text`` or system lines, one a minute from 13 March 2022 on, as an English Android writes them."""
    return "".join(f"13/03/2022, {9 + i // 60:02}:{i % 60:02} - {line}\n" for i, line in enumerate(lines))


def ios(*lines: str, end: str = "\r\n") -> str:
    """As `android`, as an English iPhone writes them; a mark in front of a line goes before its head."""
    return "".join(
        f"{MARK * line.startswith(MARK)}[13/03/2022, {9 + i // 3600:02}:{i // 60 % 60:02}:{i % 60:02}] "
        f"{line.removeprefix(MARK)}{end}"
        for i, line in enumerate(lines)
    )
