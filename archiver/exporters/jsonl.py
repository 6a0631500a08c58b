"""JSON lines: one object a line, a manifest first and the counts last, so that a cut file is seen.

The shapes of ``message_face`` and ``conversation_face`` are public and stay: every ``--json`` shows them.
"""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from archiver.contracts import Library, Page, Rendering
from archiver.model import Attachment, KeptConversation, KeptMessage, Provenance, PublishedFile, Reaction, Sender

name = "jsonl"
title = "JSON lines, for programs"

VERSION = 1
_SURROGATE = re.compile("[\ud800-\udfff]")


def render(library: Library, rendering: Rendering) -> Iterator[Page]:  # noqa: ARG001 - nothing to choose here
    """One file, ``archive.jsonl``, as a stream of lines."""
    yield Page("archive.jsonl", (line.encode() for line in lines(library)))


def lines(library: Library) -> Iterator[str]:
    """The whole library: manifest, conversations, messages in reading order, counts. Each ends in a newline."""
    yield _line({"type": "manifest", "version": VERSION})
    conversations = library.conversations()
    yield from (_line(conversation_face(conversation)) for conversation in conversations)
    messages = 0
    for conversation in conversations:
        for message in library.messages(conversation.id):
            messages += 1
            yield _line(message_face(message))
    counts = {"conversations": len(conversations), "messages": messages}
    yield _line({"type": "complete", "counts": counts})


def conversation_face(conversation: KeptConversation) -> dict[str, object]:
    """A conversation as programs see it; *first* and *last* are local wall times."""
    return {
        "type": "conversation",
        "id": conversation.id,
        "key": conversation.key,
        "title": conversation.title,
        "source": conversation.source,
        "kind": conversation.kind,
        "messages": conversation.messages,
        "people": conversation.people,
        "first": conversation.first,
        "last": conversation.last,
    }


def message_face(message: KeptMessage) -> dict[str, object]:
    """A message as programs see it, everywhere; what is absent is null.

    Labels, tags, and where a file lies in a snapshot (*path*) are left out where there are none.
    """
    return {
        "type": "message",
        "id": message.id,
        "conversation": message.conversation,
        "conversation_title": message.conversation_title,
        "source": message.source,
        "kind": message.kind,
        "sender": message.sender and _sender(message.sender),
        "at": message.at,
        "at_local": message.at_local,
        "precision": message.precision,
        "subject": message.subject,
        "text": message.text,
        "reply_to": message.reply_to,
        "attachments": _all(map(_attachment, message.attachments)),
        "reactions": _all(map(_reaction, message.reactions)),
        "edited_at": message.edited_at,
        "deleted_at": message.deleted_at,
        "origin": message.origin and _origin(message.origin),
        **({"labels": list(message.labels)} if message.labels else {}),
        **({"tags": list(message.tags)} if message.tags else {}),
        **({"redacted": message.extra["redacted"]} if "redacted" in message.extra else {}),
    }


def _all(faces: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    return list(faces)


def _sender(sender: Sender) -> dict[str, object]:
    return {"name": sender.name, "scheme": sender.scheme, "value": sender.value, "person": sender.person}


def _attachment(file: Attachment) -> dict[str, object]:
    return {
        "name": file.name,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "state": file.state,
        **({"path": file.path} if isinstance(file, PublishedFile) else {}),
    }


def _reaction(reaction: Reaction) -> dict[str, object]:
    by = None if reaction.by is None else reaction.by.name
    return {"by": by, "value": reaction.value, "at": _utc(reaction.at)}


def _origin(origin: Provenance) -> dict[str, object]:
    return {"file": origin.file, "sha256": origin.sha256, "start": origin.start, "end": origin.end}


def _utc(at: datetime | None) -> str | None:
    if at is None:
        return None
    timespec = "milliseconds" if at.microsecond else "seconds"
    return at.astimezone(UTC).isoformat(timespec=timespec).replace("+00:00", "Z")


def _line(face: dict[str, object]) -> str:
    """One line of JSON; half a surrogate pair, which no file can hold, becomes the replacement character."""
    line = json.dumps(face, ensure_ascii=False, separators=(",", ":")) + "\n"
    return line if line.isascii() else _SURROGATE.sub("\ufffd", line)
