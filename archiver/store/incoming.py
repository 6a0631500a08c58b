"""A message on its way into the archive, and what it says, in the terms of the tables."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

from archiver.model import Attachment, Message, Stretch, When
from archiver.store.ids import UNDATED, local_minute
from archiver.store.merge import View


class Incoming(NamedTuple):
    """A message with its identity worked out, not yet known to be new. (A tuple: made a million times a minute.)"""

    message: Message
    conversation_id: int
    minute: int
    key: int
    occurrence: int
    file_id: int
    ordinal: int
    sender_id: int | None
    sent_at: int | None
    offset: int | None
    home: str | None = None  # key of the conversation that claims it
    reactions: Sequence[tuple[int | None, str, int | None]] = ()  # identity, sign, UTC ms


@dataclass(frozen=True, slots=True)
class Columns:
    """What a stretch's messages are in the archive: a sequence each, with one entry for each message."""

    conversation_id: int
    minutes: Sequence[int]
    keys: Sequence[int]
    occurrences: Sequence[int]
    sender_ids: Sequence[int]
    sent: Sequence[int]
    seqs: Sequence[int] = ()

    def incoming(
        self,
        stretch: Stretch,
        i: int,
        file_id: int,
        ordinal: int,
        reactions: Sequence[tuple[int | None, str, int | None]],
    ) -> Incoming:
        """Message *i* by itself."""
        return Incoming(
            stretch.message(i), self.conversation_id, self.minutes[i], self.keys[i], self.occurrences[i], file_id,
            ordinal, self.sender_ids[i], self.sent[i], stretch.offset, None, reactions,
        )  # fmt: skip


@dataclass(slots=True)
class Stored:
    """A message that is in the archive already: its row, its place, and what it says so far."""

    row: int
    seq: int
    view: View
    first_said: View = field(default_factory=dict)


_OFFSETS: dict[object, int] = {}  # a zone has few offsets; fixed ones are shared by all times that have them


def times(when: When) -> tuple[int, int | None, int | None]:
    """(local minute, UTC milliseconds, minutes east of UTC) of a When."""
    at = when.at
    if at is None:
        return UNDATED, None, None
    rules = at.tzinfo
    offset = _OFFSETS.get(rules)
    if offset is None:
        offset = round((at.utcoffset() or timedelta(0)).total_seconds() / 60)
        if type(rules) is timezone:  # only a fixed zone has one offset for all times
            _OFFSETS[rules] = offset
    minute = local_minute(at)
    return minute, ((minute - offset) * 60 + at.second) * 1000 + at.microsecond // 1000, offset


@lru_cache(maxsize=64)
def joined(assumed: tuple[str, ...]) -> str:
    return " ".join(assumed)


def assumptions(when: When) -> str | None:
    """What was guessed in a time, as words; None when nothing was."""
    return joined(when.assumed) if when.assumed else None


def extra_of(message: Message) -> str | None:
    """The JSON of what the model has no column for; None when there is nothing."""
    if not (message.extra or message.edited or message.deleted):
        return None
    extra = dict(message.extra or {})
    if message.edited:
        extra["edited"] = True
    if message.deleted:
        extra["deleted"] = True
    return json.dumps(extra, ensure_ascii=False, sort_keys=True, default=str)


def view_of(incoming: Incoming) -> View:
    """What this record says of its message."""
    message = incoming.message
    return {
        "kind": message.kind,
        "sender_id": incoming.sender_id,
        "sent_at": incoming.sent_at,
        "tz_offset": incoming.offset,
        "precision": message.when.precision if incoming.sent_at is not None else None,
        "assumed": assumptions(message.when),
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
        "extra": extra_of(message),
        "spans": spans_of(message),
        "native_thread": message.thread,
        "claim": message.claim,
        "reply_to": message.reply_to,
        "attachments": [attachment_view(one) for one in message.attachments],
        "labels": sorted(message.tags),
        "references": list(message.references),
        "reactions": list(map(list, incoming.reactions)),
        "home": incoming.home,
    }


def spans_of(message: Message) -> str | None:
    """The JSON of whose words a text's pieces are; None when all of it is the writer's own."""
    return json.dumps(message.spans, separators=(",", ":")) if message.spans else None


def attachment_view(one: Attachment) -> View:
    return {
        "name": one.name,
        "media_type": one.media_type,
        "size": one.size,
        "sha256": one.sha256,
        "state": one.state,
    }
