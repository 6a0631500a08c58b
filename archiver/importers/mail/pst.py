"""Outlook's stores (PST and OST), by way of libpff: its folders' messages, each as the letter that it once was.

libpff is under the LGPL and has to be compiled, so it is an extra that people install when they need it. A store has
no letters in it but fields of messages; what `stored` makes of them is read like any other letter. So where a letter
lies is told by its number in the store (its descriptor), and by no finer range of bytes than the whole file.
"""

import importlib
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from archiver.errors import DumpError
from archiver.importers.mail.stored import Built, built, flags, kind

MAGIC = b"!BDN"
INSTALL = "pip install 'community-archive[pst]'"
_DEPTH = 100  # folders one inside the other
_UNREADABLE = (OSError, ValueError, MemoryError, OverflowError, RuntimeError)  # what libpff raises
_LETTERS = ("ipm.note", "ipm.schedule", "ipm.post", "ipm.sharing", "report.")
# Folders around the ones that people see.
_OUTER = frozenset({"ipm_subtree", "root - mailbox", "top of personal folders", "top of outlook data file"})


class Found(NamedTuple):
    """A message of a store: its *number* there, the *folder* it lies in ("" at the top), what was done with it."""

    number: int
    folder: str
    flags: tuple[str, ...]
    letter: Built


class Left(NamedTuple):
    """What was left in the store: *what* and *note* as in a problem, and whether it is *lost* (a letter was meant)."""

    what: str
    note: str
    lost: bool


def begins_like_pst(head: bytes) -> bool:
    """Whether a file begins as Outlook's stores do."""
    return head.startswith(MAGIC)


def libpff() -> Any:
    """The library. DumpError, with what to type, when it is not installed."""
    try:
        return importlib.import_module("pypff")
    except ImportError as error:
        raise DumpError(
            "Outlook's stores (.pst, .ost) are read with libpff, which is not installed.",
            why="it is under another licence (LGPL) than this program, and few people need it",
            remedy=f"Install it with: {INSTALL}   and run the same command again.",
        ) from error


def messages(file: BinaryIO) -> Iterator[Found | Left]:
    """The letters of a store, folder by folder. *file* can be read in any order.

    DumpError when it is no store, or damaged as a whole; what is damaged in part is told.
    """
    store = libpff().file()
    try:
        store.open_file_object(file)
        top = store.get_root_folder()
    except _UNREADABLE as error:
        raise DumpError(
            "An Outlook store could not be opened.",
            why=str(error).splitlines()[0] if str(error) else "",
            remedy="Copy it again while Outlook is closed, or repair it with Outlook's SCANPST.",
        ) from error
    try:
        others = 0
        for folder, name in _folders(top):
            if isinstance(folder, Left):
                yield folder
                continue
            for one in _in_folder(folder, name):
                if one is None:
                    others += 1
                else:
                    yield one
        if others:
            note = f"{others:,} appointments, contacts, tasks and notes were left in the store: they are no letters."
            yield Left("no letters", note, lost=False)
    finally:
        store.close()


def _folders(top: Any) -> Iterator[tuple[Any, str]]:
    """Every folder with its name, those that hold others first; a number met again is not gone into."""
    waiting: list[tuple[Any, str, int]] = [(top, "", 0)]
    met: set[int] = set()
    while waiting:
        folder, name, depth = waiting.pop()
        yield folder, name
        try:
            if folder.identifier in met or depth > _DEPTH:
                continue
            met.add(folder.identifier)
            inside = list(folder.sub_folders)
            waiting += [(one, _name(one), depth + 1) for one in reversed(inside)]
        except _UNREADABLE as error:
            yield Left("unreadable folder", f"The folders in “{name}” could not be read: {_why(error)}", lost=True), ""


def _name(folder: Any) -> str:
    name = " ".join((folder.name or "").split())
    return "" if name.casefold() in _OUTER else name


def _in_folder(folder: Any, name: str) -> Iterator[Found | Left | None]:
    """The messages; None for each that is no letter."""
    try:
        count = folder.number_of_sub_messages
    except _UNREADABLE as error:
        yield Left("unreadable folder", f"The messages in “{name}” could not be read: {_why(error)}", lost=True)
        return
    for at in range(count):
        number = 0
        try:
            message = folder.get_sub_message(at)
            number = message.identifier
            if not kind(message).startswith(_LETTERS):
                yield None
                continue
            yield Found(number, name, flags(message), built(message))
        except _UNREADABLE as error:
            which = f"message {number}" if number else f"the message in place {at + 1:,}"
            where = f"In “{name}”, " if name else ""
            yield Left("unreadable letter", f"{where}{which} could not be read: {_why(error)}", lost=True)


def _why(error: BaseException) -> str:
    return str(error).partition("\n")[0][:200] or type(error).__name__
