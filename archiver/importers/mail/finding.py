"""Tells of a file whether it holds letters, and of which box it is."""

import io
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, cast

from archiver.dump import INBOX, Dump, Entry
from archiver.dump.names import TELLING, ending
from archiver.errors import DumpError
from archiver.importers.mail import names
from archiver.importers.mail.emlx import begins_like_emlx
from archiver.importers.mail.letter import Style
from archiver.importers.mail.pst import begins_like_pst
from archiver.importers.mail.sniff import BOM, SNIFF, begins_like_mail, begins_like_mbox
from archiver.importers.mail.split import Cut, split

# What is called so is no mail, and there may be very many: they are not opened.
_FOREIGN = TELLING | {
    "exe", "dll", "so", "py", "sqlite", "sqlite3", "db", "gz", "bz2", "xz", "tgz", "msf",
}  # fmt: skip
_LETTERS = (".eml", ".emlx")
_SAMPLE = 3  # files of a folder that are looked at to tell what all of them are
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Box:
    """Letters kept together: *name* as in a letter's *folder*, *why* the *entries* are taken for it, in words."""

    name: str
    style: Style
    entries: tuple[Entry, ...]
    why: str


class Kind(NamedTuple):
    """What a file is part of: the box at *place*, which is a path in the dump, with the fields of Box."""

    style: Style
    place: str
    name: str
    why: str


class Finder:
    """Looks at the files of one dump; remembers what it found out about their folders."""

    def __init__(self, dump: Dump) -> None:
        self._dump = dump
        self._known: dict[tuple[str, bool], bool] = {}
        self._families: dict[str, list[Entry]] = {}
        for entry in dump.entries:
            self._families.setdefault(self._spot(entry)[0], []).append(entry)
        self._chats = {entry.folder for entry in dump.entries if _is_chat(entry.name.lower())}

    def kind(self, entry: Entry) -> Kind | None:
        """What the file is, by its content; only of what is surely called a mailbox or a letter, by that.

        For thousands of files in one folder that look alike, some are looked at; reading tells of the others.
        """
        folder, name = self._spot(entry)
        if name == INBOX:
            return Kind(
                "git", entry.path, names.of_inbox(folder), f"“{folder}” is a public-inbox, a git repository of mails"
            )
        if names.MAILBOX.search(name):
            return Kind("mbox", entry.path, names.of_file(folder, name), f"“{entry.path}” is called a mailbox")
        if not entry.size:
            return None
        if of_folder := self._by_folder(folder, name):
            return of_folder
        sent_in_chat = entry.folder in self._chats and name.lower().endswith(_LETTERS)
        return None if sent_in_chat or self.foreign(entry) else self._by_itself(entry, folder, name)

    def _by_folder(self, folder: str, name: str) -> Kind | None:
        above, _, below = folder.rpartition("/")
        if below in {"cur", "new"} and self._holds_mail(folder, numbered=False):
            return Kind("maildir", above, names.of_maildir(above), f"“{folder}” is a folder of a Maildir")
        if _numbered(name) and self._holds_mail(folder, numbered=True):
            return Kind(
                "mh", folder, names.last(folder), f"“{folder}” holds letters with numbers for names, as MH does"
            )
        return None

    def _by_itself(self, entry: Entry, folder: str, name: str) -> Kind | None:
        if name.lower().endswith(".emlx"):
            return Kind("emlx", folder, names.of_apple(folder), f"“{entry.path}” is called a letter of Apple Mail")
        if name.lower().endswith(".eml"):
            return Kind("eml", folder, names.last(folder), f"“{entry.path}” is called a letter")
        return self._by_content(entry, folder, name)

    def _by_content(self, entry: Entry, folder: str, name: str) -> Kind | None:
        head = self._head(entry)
        if begins_like_pst(head):
            return Kind("pst", entry.path, names.of_file(folder, name), f"“{entry.path}” is a store of Outlook")
        if begins_like_mbox(head):
            return Kind(
                "mbox", entry.path, names.of_file(folder, name), f"“{entry.path}” begins like an mbox: {_line(head)}"
            )
        if begins_like_mail(head):
            why = f"“{entry.path}” begins like a mail: {_line(head)}"
            return Kind("eml", folder, names.last(folder), why)
        if begins_like_emlx(head):
            return Kind("emlx", folder, names.of_apple(folder), f"“{entry.path}” begins like a letter of Apple Mail")
        return None

    def surely(self, entry: Entry) -> str | None:
        """Why the file holds letters, now that its first bytes have been looked at; None if they do not say so."""
        kind = self.kind(entry)
        if kind is None or kind.style in {"git", "maildir", "mh", "pst"}:
            return kind.why if kind else None
        head = self._head(entry)
        if begins_like_mbox(head):
            return f"“{entry.path}” begins like an mbox: {_line(head)}"
        if begins_like_mail(head) or begins_like_emlx(head):
            return f"“{entry.path}” begins like a mail: {_line(head)}"
        if any(isinstance(piece, Cut) for piece in split([head])):
            return f"“{entry.path}” is called a mailbox, and there are mails at its beginning"
        return None

    def foreign(self, entry: Entry) -> bool:
        """Whether the file's name says that it is something else."""
        return ending(entry.name) in _FOREIGN

    def _holds_mail(self, folder: str, *, numbered: bool) -> bool:
        key = (folder, numbered)
        if key not in self._known:
            wanted = (
                entry for entry in self._families[folder] if entry.size and (_numbered(entry.name) or not numbered)
            )
            self._known[key] = any(begins_like_mail(self._head(entry)) for entry in islice(wanted, _SAMPLE))
        return self._known[key]

    def _head(self, entry: Entry) -> bytes:
        """The first bytes, or what there is of them before the file is damaged."""
        with self._dump.open_entry(entry) as file:
            try:
                return cast("io.BufferedReader", file).read1(SNIFF)
            except DumpError:
                return b""

    def _spot(self, entry: Entry) -> tuple[str, str]:
        """The folder and the name by which the file is known: what is in a packed file stands where that one does."""
        if entry.container is not None and entry.folder == entry.container:
            holder = self._dump.container(entry)
            if holder.name == entry.name or holder.name.startswith(entry.name + "."):
                return holder.folder, entry.name
        return entry.folder, entry.name


def _is_chat(name: str) -> bool:
    """An exported chat, beside which there are files that were sent in it."""
    return name == "_chat.txt" or ("whatsapp" in name and name.endswith(".txt"))


def _numbered(name: str) -> bool:
    return name.isascii() and name.isdigit()


def _line(head: bytes) -> str:
    """The first line that is not blank, as text, cut where it is long."""
    line = head.removeprefix(BOM).lstrip().partition(b"\n")[0].decode("utf-8", "replace").strip()
    return line if len(line) <= _SHOWN else line[:_SHOWN] + "…"
