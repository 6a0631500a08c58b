"""Comments: the owner's own, in groups and elsewhere, and those of anybody under the photos of 2018.

A comment does not say which post it is under; its title says whose. `links` looks for the one that fits.
"""

from collections.abc import Iterator
from typing import Any

from archiver.importers.facebook.attached import Attached, attached
from archiver.importers.facebook.desk import (
    NO_RECORD,
    Draft,
    Outcome,
    Sheet,
    Skipped,
    levelled_uri,
    moment,
    named,
    spoken,
)
from archiver.importers.facebook.groups import Groups, group
from archiver.importers.facebook.records import Record, mapping, objects, words
from archiver.importers.facebook.sentences_posts import COMMENT, REPLY, Said, said
from archiver.model import Conversation, Message

_KEYS = frozenset({"timestamp", "title", "data", "attachments", "fbid", "media", "tags"})
_COMMENT_KEYS = frozenset({"timestamp", "comment", "author", "group", "fbid"})


def comment_of(record: Record, sheet: Sheet, groups: Groups) -> Iterator[Outcome]:
    """A comment; the text may be empty with a sticker or a gif attached."""
    value = mapping(record.value)
    told = next((mapping(one["comment"]) for one in objects(value.get("data")) if "comment" in one), {})
    if not value:
        yield Skipped(NO_RECORD)
        return
    sheet.unknown("", value, _KEYS, record.origin)
    sheet.unknown("comment", told, _COMMENT_KEYS, record.origin)
    for one in objects(value.get("data")):
        sheet.unknown("data", one, {"comment"}, record.origin)
    title = words(value.get("title")).strip()
    hung = attached(value, sheet, record.origin)
    own, mentioned = spoken(words(told.get("comment")))
    text = hung.words(own)
    if not (text.strip() or hung.files or hung.extra or title):
        yield Skipped("nothing in it")
        return
    target = said(title, COMMENT, REPLY)
    conversation = _home(words(told.get("group")), target, sheet, groups)
    extra = _extra(hung, title, mentioned, target)
    yield _draft(record, sheet, conversation, told, text, hung, extra)._replace(target=target)


def _home(name: str, target: Said | None, sheet: Sheet, groups: Groups) -> Conversation:
    """The group a comment names, by itself or in its title; else the owner's own wall: whose wall the post was on is
    not said."""
    if not name.strip() and target is not None and target.group in groups.names:
        name = target.group
    return group(name, sheet.desk) if name.strip() else sheet.desk.wall


def _extra(hung: Attached, title: str, mentioned: list[dict[str, str]], target: Said | None) -> dict[str, Any]:
    extra = dict(hung.extra)
    if title:
        extra["title"] = title
    if target is not None and target.author:
        extra["on"] = target.author
    if mentioned:
        extra["mentions"] = mentioned + extra.get("mentions", [])
    return extra


def _draft(
    record: Record,
    sheet: Sheet,
    conversation: Conversation,
    told: dict[str, Any],
    text: str,
    hung: Attached,
    extra: dict[str, Any],
) -> Draft:
    desk = sheet.desk
    outer = mapping(record.value).get("timestamp")
    name = words(told.get("author"))
    author = desk.person(name, conversation.key) if name.strip() else desk.owner.handle
    at = moment(outer) or moment(told.get("timestamp"))
    key = sheet.keys.of("comment", at, named(author), text, hung.files)
    message = Message(
        conversation.key,
        author,
        desk.when(outer, told.get("timestamp")),
        text,
        record.origin,
        "comment",
        key=key,
        native_id=key,
        attachments=tuple(hung.files),
        extra=extra or None,
    )
    return Draft(conversation, message, "comment", named(author), at, urls=frozenset(hung.urls))


def comments_under(hung: Attached, draft: Draft, sheet: Sheet, record: Record) -> Iterator[Outcome]:
    """The comments under the photos of a post or an album, by whoever wrote them (2018)."""
    for uri, told in hung.comments:
        sheet.unknown("media.comments", told, _COMMENT_KEYS, record.origin)
        text, mentioned = spoken(words(told.get("comment")))
        if not text.strip():
            yield Skipped("a comment without words")
            continue
        extra: dict[str, Any] = {"photo": levelled_uri(uri).rpartition("/")[2]}
        if mentioned:
            extra["mentions"] = mentioned
        inner = record._replace(value={"timestamp": told.get("timestamp")})
        made = _draft(inner, sheet, draft.conversation, told, text, Attached(), extra)
        if not words(told.get("author")).strip():
            made = made._replace(message=made.message._replace(sender=None), author="")
        yield made._replace(message=made.message._replace(reply_to=draft.message.key))
