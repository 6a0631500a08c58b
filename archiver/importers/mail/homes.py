"""Where a letter lies: in its list, or in the mailbox it was found in."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from archiver.importers.mail.headers import Headers
from archiver.importers.mail.letter import Letter
from archiver.importers.mail.lists import ListName, list_of
from archiver.importers.mail.names import plain
from archiver.model import Conversation, ConversationKind

BY_HEADER, BY_ADDRESS, BY_PLACE = 3, 2, 1  # how much a conversation claims a letter; a mailbox's claim is 0
MAILBOX = 0

# Mailman's months (2004-May.txt, 2004q3.txt, Week-of-Mon-20040503.txt) and years.
_MONTH = re.compile(r"(?:\d{4}(?:-[a-z]{3,9}|q[1-4]|\d{4})?|week-of-[a-z]{3}-\d{8})", re.IGNORECASE)
_TEXT = re.compile(r"\.txt(?:$|\.)", re.IGNORECASE)
_TAG = re.compile(r"\s*(?:(?:re|fwd?|aw|sv)\s*:\s*){0,3}\[([^\]\[]{1,60})\]", re.IGNORECASE)
_GROUP = re.compile(r"[^@/\s]+@[^@/\s]+")


class Home(NamedTuple):
    """A conversation, and how much it claims a letter."""

    conversation: Conversation
    claim: int


class Homes:
    """Finds the conversation of each letter of one dump; remembers the lists it has met."""

    def __init__(self, owner: str | None) -> None:
        self._owner = owner
        self._lists: dict[str, Home] = {}  # by key
        self._addresses: dict[str, Home] = {}
        self._places: dict[str, Home | None] = {}
        self._mailboxes: dict[str, Home] = {}

    def of(self, letter: Letter, headers: Headers, recipients: Sequence[str], subject: str | None) -> Home:
        """*recipients*: folded addresses."""
        named = list_of(headers)
        if named is not None and (named.surely or _sent_to(named, recipients)):
            return self._list(named)
        for address in recipients:
            if (home := self._addresses.get(address)) is not None:
                return home
        return self._by_place(letter, subject) or self._mailbox(letter)

    def _list(self, named: ListName) -> Home:
        home = self._lists.get(named.key)
        if home is None:
            conversation = Conversation(named.key, named.title, "list", named.address)
            home = self._lists[named.key] = Home(conversation, BY_HEADER)
            if named.address:
                self._addresses[named.address] = Home(conversation, BY_ADDRESS)
        return home

    def _by_place(self, letter: Letter, subject: str | None) -> Home | None:
        """A list whose archive says so by its name only: Mailman's months, Google Groups' topics."""
        path = letter.entry.path
        if path not in self._places:
            name = _list_name(path, subject)
            self._places[path] = None if name is None else _home(f"list:{name.casefold()}", name, "list", BY_PLACE)
        return self._places[path]

    def _mailbox(self, letter: Letter) -> Home:
        name = self._owner or _mailbox_name(letter.entry.path)
        if name not in self._mailboxes:
            self._mailboxes[name] = _home(f"mailbox:{name.casefold()}", name, "unknown", MAILBOX)
        return self._mailboxes[name]


def _sent_to(named: ListName, recipients: Sequence[str]) -> bool:
    """Whether a letter went to the list it names; a List-Id is mostly the address with a dot for the sign."""
    return any(named.address == one or named.key == "list:" + one.replace("@", ".") for one in recipients)


def _home(key: str, title: str, kind: ConversationKind, claim: int) -> Home:
    return Home(Conversation(key, title, kind), claim)


def _list_name(path: str, subject: str | None) -> str | None:
    """The list that a file is an archive of, by its path, or by the tag of the first letter's subject."""
    *folders, name = path.split("/")
    stem = plain(name)
    if stem == "topics":
        return next((folder for folder in reversed(folders) if _GROUP.fullmatch(folder)), None)
    if not (_MONTH.fullmatch(stem) and _TEXT.search(name)):
        return None
    tagged = _TAG.match(subject or "")
    if tagged:
        return tagged[1].strip()
    return next((folder for folder in map(plain, reversed(folders)) if not _MONTH.fullmatch(folder)), None)


def _mailbox_name(path: str) -> str:
    """What was given, without its endings: all folders of one mailbox are one conversation, for threads cross them."""
    first, _, rest = path.partition("/")
    single = not rest and (first == "stdin" or first.casefold().endswith((".eml", ".emlx")))
    return "Letters" if single else plain(first)
