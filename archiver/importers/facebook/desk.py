"""What every reader of posts, comments and the like works with: the tree, whose it is, clocks, names, files.

A reader makes drafts; `links` finishes them when everything of the dump has been seen once.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from mimetypes import MimeTypes
from typing import NamedTuple

from archiver.contracts import Hints
from archiver.dump import Entry
from archiver.importers.facebook.accounting import Ledger
from archiver.importers.facebook.people import Owner, handle_for, is_nobody
from archiver.importers.facebook.records import Json, Record, number
from archiver.importers.facebook.room import Clock
from archiver.importers.facebook.sentences_posts import Said
from archiver.importers.facebook.tree import Tree, levelled
from archiver.model import Attachment, Conversation, Handle, Message, Origin, When

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = -62_135_500_000, 253_402_200_000  # seconds of the years 1 and 9999, a day off either end
_KEPT = 50_000
_MILLISECONDS = 100_000_000_000  # seconds would be the year 5138; some records count in milliseconds
_TYPES = MimeTypes(filenames=())
_MENTION = re.compile(r"@\[([0-9]{1,20}):[0-9]{1,6}:([^\]\n]{1,200})\]")
_ROOTS = ("your_facebook_activity/", "your_activity_across_facebook/", "this_profile_s_activity_across_facebook/")


class Draft(NamedTuple):
    """A message nearly done. *sort*: ``post``, ``comment``, ``media`` or ``event``; *at*: seconds UTC.

    *author*: folded name of who wrote it. *target*: what its title says it answers. *urls*: addresses and files it
    has, levelled, to know it again. *fbid*: the id of the post, where the export has one.
    """

    conversation: Conversation
    message: Message
    sort: str
    author: str
    at: float | None
    target: Said | None = None
    urls: frozenset[str] = frozenset()
    fbid: str = ""


class Typed(NamedTuple):
    """What became of a record that is told with another message, and needs none of its own."""

    why: str


class Skipped(NamedTuple):
    """Why a record became nothing."""

    why: str


Outcome = Draft | Typed | Skipped
NO_RECORD = "no record"


@dataclass(slots=True)
class Desk:
    """One export on the desk. *wall* is the owner's own; *friends* are the names of people, *pages* those of pages.

    *glancing*: drafts are made to be remembered, not told, and need no clock.
    """

    tree: Tree
    owner: Owner
    hints: Hints
    ledger: Ledger
    friends: set[str] = field(default_factory=set)
    pages: set[str] = field(default_factory=set)
    glancing: bool = False
    _clock: Clock = field(init=False)
    _wall: Conversation = field(init=False)
    _own: dict[str, bool] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._clock = Clock(self.hints.zone)
        self._wall = wall_of(self.owner.handle)

    @property
    def wall(self) -> Conversation:
        """The owner's own wall."""
        return self._wall

    def person(self, name: str, conversation: str) -> Handle | None:
        """The handle of a display name; the owner's own for each of the owner's names; None for no name."""
        if not name.strip():
            return None
        return self.owner.handle if self.is_me(name) else handle_for(name, conversation)

    def is_me(self, name: str) -> bool:
        """Whether a name is one of the owner's."""
        own = self._own.get(name)
        if own is None:
            if len(self._own) > _KEPT:
                self._own.clear()
            own = self._own[name] = self.owner.is_me(name)
        return own

    def wall_named(self, name: str) -> Conversation:
        """The wall of whoever has this name; the owner's own for an account that is gone, for it is nobody's."""
        return self.wall if self.is_me(name) or is_nobody(name) else wall_of(handle_for(name, ""))

    def when(self, *given: object) -> When:
        """The first of the times that is one: seconds since 1970, UTC, before 1970 too; 0 and None are none."""
        for value in () if self.glancing else given:
            seconds = moment(value)
            if seconds is not None:
                told = self._clock.when(round(seconds * 1000))
                return When(told.at, str(value), told.zone)
        return When(None, "")

    def file(self, uri: str, beside: Entry) -> Attachment:
        """The file that a record calls *uri*: present where the tree has it."""
        name = base_name(uri)
        media_type = _TYPES.guess_type(name, strict=False)[0]
        entry = self.tree.media(uri, beside)
        if entry is None:
            return Attachment(name, media_type, state="missing")
        return Attachment(name, media_type, entry.size, entry.path)


@lru_cache(maxsize=5_000)
def wall_of(handle: Handle) -> Conversation:
    """Somebody's wall."""
    scope = f"{handle.scope}:" if handle.scope else ""
    return Conversation(f"facebook:wall:{scope}{handle.value}", handle.name, "feed", members=(handle,))


def moment(value: object) -> float | None:
    """Seconds since 1970 of a time as Facebook writes it; None for 0, for no number and for what is no date."""
    seconds = number(value)
    if not seconds:
        return None
    if abs(seconds) >= _MILLISECONDS:
        seconds /= 1000
    return seconds if _FIRST < seconds < _LAST else None


def iso(value: object) -> str | None:
    """A time for `extra`: ISO 8601, UTC; None as in `moment`, and for the year 0 that stands for no time."""
    seconds = moment(value)
    if seconds is None or seconds < -6e10:
        return None
    return (_EPOCH + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def base_name(uri: str) -> str:
    """The file's name in a path or an address, for showing."""
    name = uri.partition("?")[0] if "://" in uri else uri
    return name.replace("\\", "/").rstrip("/").rpartition("/")[2] or uri


def levelled_uri(uri: str) -> str:
    """A path or an address as it compares: of a file, without the folder around the topics, which changes."""
    if "://" in uri:
        return uri
    path = levelled(uri)
    for folder in _ROOTS:
        path = path.partition(folder)[2] or path
    return path


def spoken(text: str) -> tuple[str, list[dict[str, str]]]:
    """A text with each ``@[id:2048:Name]`` as the name, and who was mentioned so."""
    if "@[" not in text:
        return text, []
    mentioned: list[dict[str, str]] = []

    def name(found: re.Match[str]) -> str:
        mentioned.append({"name": found[2], "id": found[1]})
        return found[2]

    return _MENTION.sub(name, text), mentioned


class Keys:
    """The keys of one file's records: the second, the n-th alike of that second, a hash of author and words.

    Never the place in the file, so that a narrower export gives the same keys. Files of a record without words stand
    in for them.
    """

    def __init__(self) -> None:
        self._alike: Counter[str] = Counter()

    def of(self, sort: str, at: float | None, author: str, text: str, files: Iterable[Attachment] = ()) -> str:
        """The key of the next record; records come with the oldest first."""
        said = text or "\0".join(levelled(file.name or "") for file in files)
        digest = blake2b(f"{sort}\0{author}\0{said}".encode(), digest_size=6).hexdigest()
        second = "" if at is None else f"{at:.0f}"
        self._alike[alike := f"{second}:{digest}"] += 1
        return f"{second}:{self._alike[alike]}:{digest}"


def oldest_first(records: list[Record], time: Callable[[Record], float | None]) -> list[Record]:
    """The records by time. Of the same second those further back in a file that begins with the newest come first;
    what has no time stays beside its neighbour."""
    times = [time(record) for record in records]
    known = [at for at in times if at is not None]
    newest_first = bool(known) and known[0] > known[-1]
    order = range(len(records) - 1, -1, -1) if newest_first else range(len(records))
    last, keyed = float("-inf"), []
    for place in order:
        at = times[place]
        last = last if at is None else at
        keyed.append((last, place))
    return [records[place] for _, place in sorted(keyed, key=lambda one: one[0])]


@dataclass(slots=True)
class Sheet:
    """One file on the desk. *kind* is what its accounts are kept under; *unnamed*: posts of a group nobody names;
    *beside*: what stands in the file beside the list of records, an album's name."""

    desk: Desk
    entry: Entry
    kind: str
    keys: Keys = field(default_factory=Keys)
    unnamed: int = 0
    beside: Json = field(default_factory=dict)

    def unknown(self, where: str, value: Json, known: Collection[str], origin: Origin) -> None:
        """Note the keys of an object that nobody understands; *where* leads to it: ``attachments.media``."""
        for key in value.keys() - known:
            self.desk.ledger.unknown(self.kind, f"{where}.{key}" if where else key, value[key], origin)


def named(handle: Handle | None) -> str:
    """What a handle compares by; "" for nobody."""
    return "" if handle is None else handle.value
