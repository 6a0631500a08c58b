"""The one table of what can be asked for by field: parser, index, help and pages read it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Meaning = Literal[
    "sender", "recipient", "party", "conversation", "source", "before", "after", "since", "until", "during",
    "near", "thing", "kind", "state", "subject", "id", "list", "tag", "language",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a query: what is typed before the colon, what it asks of a message, and how to say so."""

    name: str
    aliases: tuple[str, ...]
    meaning: Meaning
    column: str
    example: str
    help: str


FIELDS = (
    Field(
        "from", ("by", "sender"), "sender", "message.sender_id", 'from:"Ana Ruiz"',
        "Messages by a person: part of a name, an address or a number; all the names they go by are searched.",
    ),
    Field(
        "to", (), "recipient", "recipient.identity_id", "to:committee@garden.example",
        "Messages addressed to a person or a list.",
    ),
    Field("with", (), "party", "recipient.identity_id", "with:ana", "Messages by a person or to them."),
    Field(
        "in", ("conversation", "chat", "group"), "conversation", "message.conversation_id", 'in:"Garden Club"',
        "Messages in a conversation: part of its title.",
    ),
    Field(
        "list", (), "list", "conversation.native_id", "list:garden",
        "Letters of a mailing list: part of its name or its address.",
    ),
    Field(
        "tag", ("label",), "tag", "label.name", "tag:inbox",
        "Messages filed under a label, there where they come from or here.",
    ),
    Field(
        "before", (), "before", "message.local_minute", "before:2019-05",
        "Messages from before a day, month or year began.",
    ),
    Field(
        "after", (), "after", "message.local_minute", "after:2019",
        "Messages from after a day, month or year was over: after:2019 begins with 2020.",
    ),
    Field(
        "since", (), "since", "message.local_minute", "since:2019-05-14",
        "Messages from a day, month or year, and all that came after.",
    ),
    Field(
        "until", (), "until", "message.local_minute", "until:2019-05",
        "Messages from a day, month or year, and all that came before.",
    ),
    Field("on", (), "during", "message.local_minute", "on:14.05.2019", "Messages of one day."),
    Field(
        "during", (), "during", "message.local_minute", 'during:"May 2019"',
        "Messages of a day, month, year, or stretch: during:2019-05..2019-08.",
    ),
    Field(
        "near", ("around",), "near", "message.local_minute", "near:2019-05-14",
        "Messages from around a time: a minute and an hour on either side of it, a day and a week, a month and a "
        "month, a year and a year. With the id of a message: what was said in its conversation within a day of it.",
    ),
    Field(
        "has", (), "thing", "attachment.media_type", "has:photo",
        "Messages with a file, photo, video, audio, voice, document, link, location, contact, poll or reaction; "
        "any other word is a file ending: has:pdf.",
    ),
    Field(
        "kind", ("type",), "kind", "message.kind", "kind:poll",
        "Messages of one kind: text, media, event, call, poll…",
    ),
    Field(
        "source", (), "source", "conversation.source", "source:whatsapp",
        "Messages that came from one kind of source.",
    ),
    Field(
        "is", (), "state", "message.edited_at", "is:edited",
        "Messages that are edited, deleted, a reply, an event, undated, or a duplicate.",
    ),
    Field("subject", (), "subject", "message.subject", "subject:harvest", "Words in the subject only."),
    Field(
        "lang", ("language",), "language", "message.text", "lang:de",
        "Messages in a language, by its code or name, told by its letters or its small words: a guess.",
    ),
    Field("id", (), "id", "message.native_id", "id:201905141432-k7q2m8x0", "The one message with this id."),
)  # fmt: skip

STATES = {
    "edited": "changed by its author later",
    "deleted": "taken back by its author",
    "reply": "an answer to another message",
    "event": "said by the platform: somebody joined, a title changed",
    "undated": "without a time that could be read",
    "duplicate": "hidden, for it is probably another message told again",
}


@dataclass(frozen=True, slots=True)
class Thing:
    """What `has:` can ask for. *media*, *names* and *texts* are LIKE patterns, *kinds* are kinds of message."""

    name: str
    aliases: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    reactions: bool = False


THINGS = (
    Thing("file", ("files", "attachment", "attachments", "media"), media=("%",), names=("%",)),
    Thing(
        "photo", ("photos", "image", "images", "picture", "pictures", "pic", "img"),
        media=("image/%",), names=("%.jpg", "%.jpeg", "%.png", "%.heic", "%.webp", "%.gif"),
    ),
    Thing("gif", ("gifs",), media=("image/gif",), names=("%.gif",)),
    Thing("sticker", ("stickers",), media=("image/webp",), names=("%.webp", "STK-%")),
    Thing(
        "video", ("videos", "film"),
        media=("video/%",), names=("%.mp4", "%.mov", "%.3gp", "%.mkv", "%.webm", "%.avi"),
    ),
    Thing(
        "audio", ("sound", "music"),
        media=("audio/%",), names=("%.opus", "%.mp3", "%.m4a", "%.ogg", "%.aac", "%.wav", "%.amr"),
    ),
    Thing("voice", ("ptt",), media=("audio/ogg%", "audio/opus%", "audio/amr%"), names=("%.opus", "PTT-%")),
    Thing(
        "document", ("documents", "doc", "docs"),
        media=("application/%", "text/%"),
        names=("%.pdf", "%.doc", "%.docx", "%.odt", "%.xls", "%.xlsx", "%.ods", "%.ppt", "%.pptx", "%.txt", "%.csv"),
    ),
    Thing("link", ("links", "url", "urls"), texts=("%http://%", "%https://%", "%www.%")),
    Thing("location", ("place", "map"), kinds=("location", "live_location")),
    Thing("contact", ("vcard",), media=("text/vcard", "text/x-vcard"), names=("%.vcf",), kinds=("contact",)),
    Thing("poll", ("polls", "vote"), kinds=("poll",)),
    Thing("reaction", ("reactions",), reactions=True),
)  # fmt: skip

DATES: frozenset[Meaning] = frozenset({"before", "after", "since", "until", "during", "near"})
"""What takes a date, which may be several words: ``before:3 weeks ago``."""

_BY_NAME = {name: row for row in FIELDS for name in (row.name, *row.aliases)}
_THING_BY_NAME = {name: row for row in THINGS for name in (row.name, *row.aliases)}


def field(name: str) -> Field | None:
    """The field with this name or alias, in whatever case, or None."""
    return _BY_NAME.get(name.lower())


def names() -> Iterator[str]:
    """Every name a field goes by."""
    yield from _BY_NAME


def thing(name: str) -> Thing:
    """What `has:NAME` asks for; a word the table does not know is a file ending or part of a media type."""
    found = _THING_BY_NAME.get(name.lower())
    if found is not None:
        return found
    plain = name.lower().lstrip(".").replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return Thing(name, media=(f"%/%{plain}%",), names=(f"%.{plain}",))
