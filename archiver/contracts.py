"""The architecture on one screen: what a source gives, what a format takes, and what lies between."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, Literal, NamedTuple, Protocol, runtime_checkable

from archiver.model import ConversationKind, Guess, Item, KeptConversation, KeptMessage, Sender

if TYPE_CHECKING:  # searching and exporting need the contracts, but never a dump
    from archiver.dump import Dump

DateOrder = Literal["dmy", "mdy", "ymd"]


@dataclass(frozen=True, slots=True)
class Hints:
    """All that a person may know and the dump does not say. Every question is one of these, never a prompt.

    *zone*: IANA name of the zone the wall times are in; None means nobody said. *local_zone*: what to assume
    then. *date_order*: overrides inference. *owner*: the exporter's own name ("You" in the dump).
    """

    owner: str | None = None
    zone: str | None = None
    date_order: DateOrder | None = None
    language: str | None = None
    local_zone: str = "UTC"


class Importer(Protocol):
    """A module with two words and two functions. No base class, no registration side effect.

    Two more functions are welcome: ``explain(dump) -> Sequence[str]`` says why the dump is none of its own, and
    ``detect(dump, hints) -> Iterator[Finding | LeftAlone]`` what `read` would make of one that is. And a third word,
    ``together = True``: the files given are parts of one whole, and are all read again when one of them is new.
    """

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def version(self) -> int:
        """Raised whenever the same bytes read differently."""
        ...

    def identify(self, dump: "Dump") -> str | None:
        """Why this dump is mine, or None. Cheap: names and first bytes, never a walk of contents."""
        ...

    def read(self, dump: "Dump", hints: Hints) -> Iterator[Item]:
        """The dump's items, lazily, in the dump's order. Prints nothing, asks nothing, stores nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Finding:
    """A conversation in a dump, told before it is imported: what an importer's `detect` gives, if it has one.

    *path*: of its file in the dump, of *size* bytes, of which *looked* were looked at; *messages* so many were seen
    in them, from *first* to *last* on the wall clock, by *people* with the number of messages of each, the most
    talkative first. *shape*: who wrote the file and how, in words; *begins*: its first head; *line_ends*: LF, CRLF
    or CR. *guesses* are those of reading it; *warnings* what reading it would warn about; *attached*: paths in the
    dump of the files its messages name.
    """

    path: str
    title: str
    kind: ConversationKind
    shape: str
    begins: str
    encoding: str
    line_ends: str
    language: str | None
    size: int
    looked: int
    messages: int
    first: datetime | None
    last: datetime | None
    people: tuple[tuple[str, int], ...]
    guesses: tuple[Guess, ...] = ()
    warnings: tuple[str, ...] = ()
    attached: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A file of a dump that an import would pass over: why, its first lines, and what would help if it should not."""

    path: str
    why: str
    lines: tuple[str, ...] = ()
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Detected:
    """What one input is: *source* is the importer's name and *why* its reason; None when it is not understood."""

    path: str
    source: str | None
    why: str
    chats: tuple[Finding, ...] = ()
    left_alone: tuple[LeftAlone, ...] = ()
    notes: tuple[str, ...] = ()
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One file of a rendered snapshot; *path* is relative, with forward slashes.

    *content* is whole, or a stream of pieces where a file may be larger than memory.
    """

    path: str
    content: bytes | Iterator[bytes]


class Outline(NamedTuple):
    """What planning pages needs to know of a message: wall time (ISO 8601), length of its text, what it answers.

    Of letters, posts and comments also their *id* and *thread*: the id of the thread's first message, or of another
    earlier message that is of the same thread. Chats have no threads ("" and None).
    """

    at_local: str | None
    length: int
    reply_to: str | None
    id: str = ""
    thread: str | None = None


class Original(NamedTuple):
    """Bytes [start, end) of the kept file *sha256* that a message was read from: *file* is what it was called,
    *sender* the address it is from, *sent_at* UTC milliseconds, *row* the message's row id."""

    file: str
    sha256: str
    start: int
    end: int
    sender: str | None
    sent_at: int | None
    row: int


class Letter(NamedTuple):
    """What the archive knows of a letter, with what only letters have: the id it came with, the ids of those it
    answers, the oldest first, and its HTML where it had no other text."""

    message: KeptMessage
    native_id: str | None
    references: tuple[str, ...]
    html: str | None


class Library(Protocol):
    """What exporters see of an archive: read only, in a stable order, already redacted when it has to be."""

    def conversations(self) -> Sequence[KeptConversation]: ...
    def messages(self, conversation_id: int) -> Iterator[KeptMessage]:
        """A conversation's messages in reading order."""
        ...

    def outline(self, conversation_id: int) -> Iterator[Outline]:
        """The same messages in the same order, at a fraction of the cost."""
        ...

    def people(self, conversation_id: int) -> Sequence[Sender]: ...
    def attachment(self, sha256: str) -> BinaryIO: ...


@runtime_checkable
class Fingerprinted(Protocol):
    """A library that can tell quickly whether anything changed."""

    def fingerprint(self, conversation_id: int) -> bytes:
        """The same as long as reading the conversation gives the same."""
        ...


@runtime_checkable
class Stamped(Protocol):
    """A library that can tell at once whether anything at all was written to it, without reading any of it."""

    def stamp(self, *, settled: bool = False) -> str:
        """Another one after every change; "" while that cannot be told. *settled*: whoever writes from now on changes
        it, even within the same moment."""
        ...


class Originals(Protocol):
    """What was read, as it was read: for formats that give a source's own bytes back. Never masked."""

    def originals(self, source: str, conversations: Sequence[int] = ()) -> Iterator[Original]:
        """Where each message of a source was read from first, of some conversations or of all; file by file, in the
        files' order."""
        ...

    def original(self, of: Original) -> Iterator[bytes]: ...
    def letter(self, of: Original) -> Letter:
        """What was read there, for a place whose bytes are no letter."""
        ...

    def attachment(self, sha256: str) -> BinaryIO: ...


class Earlier(Protocol):
    """The snapshot before, as far as its files are as they were written: what would come out the same may be taken
    from there, instead of being made again."""

    def under(self, folder: str) -> Sequence[str]:
        """The paths that begin so, in order."""
        ...

    def page(self, path: str) -> Page | None:
        """A file of it; its bytes are read only when somebody asks for them."""
        ...


@dataclass(frozen=True, slots=True)
class Rendering:
    """What a person may choose about a snapshot; exporters take what they understand."""

    title: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    earlier: Earlier | None = None


class Exporter(Protocol):
    """The mirror of an importer: never touches the disk; the same library gives the same bytes."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    def render(self, library: Library, rendering: Rendering) -> Iterator[Page]: ...
