"""Groups: what they are called, who came and went. A group is one conversation, whoever's export speaks of it.

An export has no id of a group, and its name often stands in a sentence only (facts 1.9, trap 15); so names are taken
from where they stand alone, and the sentences around them are learnt.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from archiver.importers.facebook.desk import NO_RECORD, Desk, Draft, Outcome, Sheet, Skipped, moment, named
from archiver.importers.facebook.records import Record, mapping, objects, words
from archiver.importers.facebook.sentences_posts import (
    JOINED,
    LEFT_GROUP,
    POSTS,
    WEAK,
    Frames,
    longest_name,
    said,
)
from archiver.model import Conversation, Handle, Message
from archiver.text import fold

_MEMBER_KEYS = frozenset({"timestamp", "title", "data", "attachments", "fbid"})
_ADMIN_KEYS = frozenset({"name", "timestamp", "fbid", "url"})


@dataclass(slots=True)
class Groups:
    """The names of groups that an export has by themselves, and the sentences around them."""

    names: set[str] = field(default_factory=set)
    frames: Frames = field(default_factory=Frames)

    def learn(self, title: str) -> None:
        """Note the words around a known name, of a title that is about a group."""
        if said(title, POSTS) is None and (name := longest_name(title, self.names)) is not None:
            self.frames.learn(title, name)

    def named_in(self, title: str) -> str | None:
        """The group that a title about a group names; None when it cannot be told."""
        if (told := said(title, POSTS)) is not None:
            return told.group
        if (name := self.frames.name(title)) is not None:
            return name
        if (name := longest_name(title, self.names)) is not None:
            return name
        return weak.group if (weak := said(title, WEAK)) is not None else None


def group(name: str, desk: Desk) -> Conversation:
    """The conversation of a group; the owner of the export is one of its members."""
    return _group(name, (desk.owner.handle,) if desk.owner.known else ())


@lru_cache(maxsize=5_000)
def _group(name: str, members: tuple[Handle, ...]) -> Conversation:
    return Conversation(f"facebook:group:{fold(name)}", name.strip(), "group", members=members)


def names_in(record: Record) -> Iterator[str]:
    """The names of groups that stand by themselves in a record of any of the files about groups."""
    value = mapping(record.value)
    yield words(value.get("name"))
    for one in objects(value.get("data")):
        yield words(one.get("name"))
        yield words(mapping(one.get("comment")).get("group"))
    for hung in objects(value.get("attachments")):
        for one in objects(hung.get("data")):
            yield words(one.get("name"))


def membership(record: Record, sheet: Sheet, groups: Groups) -> Iterator[Outcome]:
    """The owner came or went (``groups_joined``); which of the two, only the title says."""
    value = mapping(record.value)
    title = words(value.get("title")).strip()
    told = said(title, JOINED, LEFT_GROUP)
    name = next((name for name in names_in(record) if name.strip()), "") or (told.group if told else "")
    name = name or longest_name(title, groups.names) or title
    if not name:
        yield Skipped(NO_RECORD if not value else "no group is named")
        return
    sheet.unknown("", value, _MEMBER_KEYS, record.origin)
    kind = f"event.{told.what}" if told else "event.other"
    yield event(record, sheet, group(name, sheet.desk), kind, title or name)


def admined(record: Record, sheet: Sheet, _groups: Groups) -> Iterator[Outcome]:
    """The owner looks after a group (``groups_admined``): since when, says the time."""
    value = mapping(record.value)
    name = words(value.get("name")).strip()
    if not name:
        yield Skipped(NO_RECORD if not value else "no group is named")
        return
    sheet.unknown("", value, _ADMIN_KEYS, record.origin)
    draft = event(record, sheet, group(name, sheet.desk), "event.other", "", about=f"admin {name}")
    yield draft._replace(message=draft.message._replace(extra={"event": "admin", "group": name}))


def event(
    record: Record,
    sheet: Sheet,
    conversation: Conversation,
    kind: str,
    text: str,
    *times: object,
    about: str = "",
) -> Draft:
    """A draft of something the owner did. *times*: the record's own timestamp if none is given, the first that is one
    counts; *about* tells what happened in one second with one wording apart."""
    times = times or (mapping(record.value).get("timestamp"),)
    actor = sheet.desk.owner.handle
    at = next((at for at in map(moment, times) if at is not None), None)
    key = sheet.keys.of(kind, at, named(actor), about or text)
    when = sheet.desk.when(*times)
    message = Message(conversation.key, actor, when, text, record.origin, kind, key=key, native_id=key)
    return Draft(conversation, message, "event", named(actor), at)
