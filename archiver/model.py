"""The records that flow through the house. All are frozen: what was read is never changed, only added to.

Those that are made by the hundred thousand (Origin, When, Message) are named tuples: a third of the cost of a
frozen dataclass to make, and taken apart in one step.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Literal, NamedTuple, Protocol

Precision = Literal["second", "minute", "day"]
Loss = Literal["nothing", "detail", "message", "file"]
AttachmentState = Literal["present", "omitted", "missing"]
ConversationKind = Literal["direct", "group", "list", "page", "feed", "unknown"]


class Origin(NamedTuple):
    """Back to the byte: bytes [start, end) of the content whose SHA-256 is *dump*.

    For a member of a zip, *dump* is the digest of the member's own (unpacked) bytes and *member* its path
    inside the container; for a plain file *member* is None.
    """

    source: str
    dump: str
    member: str | None
    start: int
    end: int


class When(NamedTuple):
    """A point in time as a source gives it.

    *at* is an aware datetime whose offset is that of the wall clock the source shows, so that
    ``at.replace(tzinfo=None)`` is the time as written; None if it cannot be told. *written* is the text as
    found. *zone* is the name of the zone used. *assumed* names what was guessed, e.g. ``("zone",)``.
    """

    at: datetime | None
    written: str
    zone: str | None = None
    precision: Precision = "second"
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Handle:
    """An address or a name somebody goes by; not yet a person.

    *scheme* is ``email``, ``phone``, ``whatsapp-name``, ``facebook-name``…; *value* is what identifies within
    *scope* (a display name means somebody only inside one conversation, a phone number everywhere: scope "").
    *name* is what to show.
    """

    scheme: str
    value: str
    name: str
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where messages were said. *key* is the source's stable key, the same on every import.

    *as_of*: UTC milliseconds of when it was called so, where the source tells: of several titles the newest is shown.
    """

    key: str
    title: str
    kind: ConversationKind = "unknown"
    native_id: str | None = None
    members: tuple[Handle, ...] = ()
    origin: Origin | None = None
    as_of: int | None = None


class Content(Protocol):
    """The bytes of a file that lies inside a message, not beside it; they can be had more than once."""

    def blocks(self) -> Iterator[bytes]: ...


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that belongs to a message.

    *member* is its path in the dump (state ``present``), or *content* gives its bytes; the store fills in *sha256*
    and *size*. State ``omitted``: the source says there was a file but left it out; ``missing``: it names a file the
    dump lacks. *media_type* may be a range (``image/*``) when only the kind is known.
    """

    name: str | None = None
    media_type: str | None = None
    size: int | None = None
    member: str | None = None
    sha256: str | None = None
    state: AttachmentState = "present"
    content: Content | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class PublishedFile(Attachment):
    """A file as a snapshot shows it: *path* in the snapshot, *width* and *height* in pixels (0: it has none).

    *sha256*, *size* and *media_type* are those of the file as shown, not of the one in the archive.
    """

    path: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Reaction:
    """One person's mark on a message."""

    by: Handle | None
    value: str
    at: datetime | None = None


SpanKind = Literal["own", "quote", "attribution", "signature", "disclaimer", "footer"]


class Span(NamedTuple):
    """Characters [start, end) of a text, and whose words they are: the writer's ``own``, or what a mail repeats of
    others (``quote``, with the line that introduces it: ``attribution``) or has on every letter (``signature``,
    ``disclaimer``, a list's ``footer``)."""

    kind: SpanKind
    start: int
    end: int


class Message(NamedTuple):
    """Something somebody said, or something the platform said (kind ``event.*``, sender None or the actor).

    *conversation* is the key of a Conversation yielded earlier. *key* identifies the message within its
    source when the source gives an identity (None: chats without ids, matched by content and occurrence);
    *native_id* is that identity as written, for citing. *text* is what was written, byte for byte, without
    the words an app generated in place of a file; those are in ``extra["placeholder"]``.
    *kind*: ``text``, ``media``, ``event.<what>``, ``call.<what>``, ``poll``, ``location``, ``live_location``,
    ``contact``, ``deleted``, ``waiting``, ``view_once``, ``unknown`` …; *reply_to* is another message's key.
    *extra* keeps whatever a source says and the model does not (JSON-serialisable).

    *spans* cover the text from its first to its last character, () when all of it is the writer's own. *tags*: what
    it was filed under. *references*: keys of the messages it goes back to, the oldest first, *reply_to* included;
    *thread*: what its source calls the thread it belongs to.

    *claim* None: the message belongs to *conversation* and nowhere else. A number: it is the same message wherever
    it is found (a mail in two mailboxes), and lies in the conversation that claims it most: by the highest number,
    then by the conversation's key.
    """

    conversation: str
    sender: Handle | None
    when: When
    text: str
    origin: Origin
    kind: str = "text"
    key: str | None = None
    native_id: str | None = None
    recipients: tuple[Handle, ...] = ()
    subject: str | None = None
    html: str | None = None
    reply_to: str | None = None
    attachments: tuple[Attachment, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    edited: bool = False
    deleted: bool = False
    extra: Mapping[str, object] | None = None
    spans: tuple[Span, ...] = ()
    tags: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    thread: str | None = None
    claim: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a message in a stretch is that is more than text: an app's words in place of a file, a photo, a text with
    reactions. The fields are those of Message."""

    kind: str
    text: str
    attachments: tuple[Attachment, ...]
    extra: Mapping[str, object] | None
    reactions: tuple[Reaction, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """Messages one after the other in one file, nearly all nothing but text: column by column, not one by one.

    It stands for the messages that iterating over it gives. A chat of a million messages is mostly such stretches;
    a reader that yields them, and a store that takes them as they are, never make a million records.

    *senders*, *walls* (wall-clock milliseconds since 1970-01-01 00:00), *written* and *texts* have one entry for
    each message; message *i* is bytes [starts[i], ends[i]) of the file. *standing*: at these positions there is more
    than text. *offset*: minutes east of UTC. *keys*: those of Message, where the source gives its messages an identity;
    () where it does not.
    """

    conversation: str
    origin: Origin
    senders: Sequence[Handle]
    walls: Sequence[int]
    written: Sequence[str]
    texts: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]
    standing: Mapping[int, Standing]
    offset: int
    precision: Precision
    zone: str | None = None
    assumed: tuple[str, ...] = ()
    keys: Sequence[str] = ()

    def __len__(self) -> int:
        return len(self.texts)

    def __iter__(self) -> Iterator[Message]:
        return map(self.message, range(len(self)))

    def message(self, i: int) -> Message:
        """Message *i* as a record of its own."""
        at = _midnight(self.offset) + timedelta(milliseconds=self.walls[i])
        when = When(at, self.written[i], self.zone, self.precision, self.assumed)
        origin = self.origin._replace(start=self.starts[i], end=self.ends[i])
        key = self.keys[i] if self.keys else None
        message = Message(self.conversation, self.senders[i], when, self.texts[i], origin, key=key)
        if (more := self.standing.get(i)) is None:
            return message
        return message._replace(
            kind=more.kind,
            text=more.text,
            attachments=more.attachments,
            extra=more.extra,
            reactions=more.reactions,
        )


@lru_cache(maxsize=64)
def _midnight(offset: int) -> datetime:
    """1970-01-01 00:00 on a clock *offset* minutes east of UTC."""
    return datetime(1970, 1, 1, tzinfo=timezone(timedelta(minutes=offset)))


@dataclass(frozen=True, slots=True)
class Problem:
    """A survivable failure. *what* is a stable short code-like phrase, *note* says it to a person.

    *loss*: ``nothing`` (worth knowing), ``detail`` (part of a message), ``message``, ``file``.
    """

    what: str
    note: str
    origin: Origin | None = None
    loss: Loss = "nothing"


@dataclass(frozen=True, slots=True)
class Guess:
    """An assumption made while reading one file, said aloud: *what* was set to *value*, *because*.

    *confidence* runs from 0 (a coin) to 1 (told or proven). *option* is the flag that overrides it.
    """

    what: str
    value: str
    because: str
    confidence: float
    origin: Origin
    option: str = ""


Single = Conversation | Message | Problem | Guess
Item = Single | Stretch


def singly(items: Iterable[Item]) -> Iterator[Single]:
    """The items with each message of a stretch as a record of its own."""
    for item in items:
        if isinstance(item, Stretch):
            yield from item
        else:
            yield item


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a kept message is from: the handle it came under and the person that handle belongs to."""

    name: str
    scheme: str
    value: str
    person: int
    identity: int


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a kept message comes from: bytes [start, end) of *file* with digest *sha256*."""

    file: str
    sha256: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class KeptConversation:
    """A conversation as the archive holds it. *first* and *last* are local wall times (ISO 8601) or None."""

    id: int
    key: str
    title: str
    source: str
    kind: str
    messages: int
    people: int
    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """A message as the archive holds it; *row* is the row id inside the database, *id* the stable public one.

    *at* is ISO 8601 UTC or None; *at_local* is the wall time as exported, ISO 8601 without offset. *labels* are
    what its source filed it under, *tags* what people here call it.
    """

    id: str
    row: int
    conversation: str
    conversation_title: str
    conversation_id: int
    source: str
    kind: str
    sender: Sender | None
    at: str | None
    at_local: str | None
    precision: str | None
    subject: str | None
    text: str
    reply_to: str | None = None
    attachments: tuple[Attachment, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    edited_at: str | None = None
    deleted_at: str | None = None
    origin: Provenance | None = None
    extra: Mapping[str, object] = field(default_factory=dict)
    spans: tuple[Span, ...] = ()
    labels: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    recipients: tuple[Handle, ...] = ()


@dataclass(frozen=True, slots=True)
class InThread:
    """A message in its thread: *depth* 0 begins it, 1 answers that…; *joined*: how it is known to belong there,
    ``root``, ``reference``, ``thread-id``, or ``subject``, which is a guess."""

    message: KeptMessage
    depth: int
    joined: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A search result: the message, and a snippet in which matches stand between \\x02 and \\x03."""

    message: KeptMessage
    snippet: str


COUNTS = ("new", "duplicate", "enriched", "revised", "skipped", "unreadable", "problems")


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What one import did. *counts* has the words of COUNTS; *known* are files that were imported before.

    *import_id* is None when there was nothing to do. *problems* are the first hundred.
    """

    importer: str
    title: str
    given: tuple[str, ...]
    import_id: int | None = None
    counts: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    guesses: tuple[Guess, ...] = ()
    problems: tuple[Problem, ...] = ()
    conversations: tuple[str, ...] = ()
    known: tuple[tuple[str, int], ...] = ()
    resumed: bool = False
    dry_run: bool = False

    @property
    def losses(self) -> int:
        """How many messages or files could not be read."""
        return self.counts["unreadable"] + sum(problem.loss == "file" for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Facets:
    """How many of the found messages are whose, where, when and whence; each the greatest first, years in order.

    *counted*: how many messages were looked at, the last archived; *exact*: they are all.
    """

    people: Mapping[str, int]
    conversations: Mapping[str, int]
    years: Mapping[str, int]
    sources: Mapping[str, int]
    counted: int
    exact: bool = True
