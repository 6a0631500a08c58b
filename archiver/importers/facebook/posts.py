"""Posts: one's own, those in groups, those of others on one's wall, those an app wrote, and those on other walls.

A draft is made of each record; who wrote it, and where, stands in the title's sentence or nowhere.
"""

import re
from collections.abc import Iterator
from typing import Any

from archiver.importers.facebook.attached import Attached, attached, kinds, medium, names_of
from archiver.importers.facebook.comments import comment_of, comments_under
from archiver.importers.facebook.desk import NO_RECORD, Draft, Outcome, Sheet, Skipped, iso, moment, named, spoken
from archiver.importers.facebook.groups import Groups, group
from archiver.importers.facebook.records import Fields, Record, fields, mapping, objects, private, words
from archiver.importers.facebook.sentences_posts import POSTS, WALL, YOUR, Said, said
from archiver.model import Conversation, Handle, Message

_KEYS = frozenset({"timestamp", "title", "data", "attachments", "tags", "fbid", "media", "label_values", "ent_name"})
_DATA_KEYS = frozenset({"post", "update_timestamp", "backdated_timestamp", "comment", "name", "privacy", "text"})
_DEGREES = re.compile(r"\s*\(?\s*(-?[0-9]{1,3}(?:\.[0-9]{1,20})?)\s*,\s*(-?[0-9]{1,3}(?:\.[0-9]{1,20})?)\s*\)?\s*")


def time_of(record: Record) -> float | None:
    """When a record of any kind was made, for ordering: seconds UTC."""
    value = mapping(record.value)
    for key in ("timestamp", "creation_timestamp", "create_timestamp", "response_time", "start_timestamp"):
        if (at := moment(value.get(key))) is not None:
            return at
    inner = (mapping(one.get("comment")).get("timestamp") for one in objects(value.get("data")))
    return next((at for at in map(moment, inner) if at is not None), None)


def own_post(record: Record, sheet: Sheet, groups: Groups) -> Iterator[Outcome]:
    """A post of the owner's: on the own wall, unless its title says that it is in a group or on another wall."""
    value = mapping(record.value)
    if "label_values" in value:
        yield from _labelled(record, sheet, groups)
        return
    told = said(words(value.get("title")), POSTS, WALL, YOUR)
    conversation, author = _place(told, sheet)
    yield from _post(record, sheet, conversation, author, told)


def group_post(record: Record, sheet: Sheet, groups: Groups) -> Iterator[Outcome]:
    """A post in a group; files of 2018 hold the comments, too (``group_posts``)."""
    value = mapping(record.value)
    if any("comment" in one for one in objects(value.get("data"))):
        yield from comment_of(record, sheet, groups)
        return
    title = words(value.get("title"))
    found = groups.named_in(title)
    if found is None:
        sheet.unnamed += 1
    conversation = group(found or title, sheet.desk) if found or title.strip() else sheet.desk.wall
    yield from _post(record, sheet, conversation, sheet.desk.owner.handle, said(title, POSTS))


def wall_post(record: Record, sheet: Sheet, _groups: Groups) -> Iterator[Outcome]:
    """A post of somebody else's on the owner's wall: who it was, only the title says."""
    title = words(mapping(record.value).get("title"))
    told = said(title, YOUR, WALL)
    name = told.actor if told else _friend(title, sheet.desk.friends)
    conversation = sheet.desk.wall
    yield from _post(record, sheet, conversation, sheet.desk.person(name, conversation.key), told)


def _friend(title: str, friends: set[str]) -> str:
    """The friend that a title in an unknown language begins with; "" when there is none."""
    pieces = title[:200].split(" ")[:7]
    return next((name for size in range(len(pieces), 0, -1) if (name := " ".join(pieces[:size])) in friends), "")


def _place(told: Said | None, sheet: Sheet) -> tuple[Conversation, Handle | None]:
    """Where a post among the owner's own belongs, and whose it is."""
    desk = sheet.desk
    mine = desk.owner.handle
    if told is None:
        return desk.wall, mine
    if told.what == POSTS:
        return group(told.group, desk), mine
    if told.what == YOUR or desk.is_me(told.owner):  # somebody else's on this wall, listed among the own
        return desk.wall, desk.person(told.actor, desk.wall.key)
    return desk.wall_named(told.owner), mine


def _post(
    record: Record, sheet: Sheet, conversation: Conversation, author: Handle | None, told: Said | None
) -> Iterator[Outcome]:
    """The post, then the comments that lie under its photos."""
    value = mapping(record.value)
    if not value:
        yield Skipped(NO_RECORD)
        return
    sheet.unknown("", value, _KEYS, record.origin)
    hung = attached(value, sheet, record.origin)
    own, extra = _said_in(value, sheet, record)
    text = hung.words(own)
    extra |= _about(value, hung)
    if not (text or hung.files or hung.extra or hung.subject or words(value.get("title"))):
        yield Skipped("nothing in it")
        return
    draft = _draft(record, sheet, conversation, author, text, hung, extra)
    yield draft._replace(target=told, fbid=words(value.get("fbid")))
    yield from comments_under(hung, draft, sheet, record)


def _said_in(value: dict[str, Any], sheet: Sheet, record: Record) -> tuple[str, dict[str, Any]]:
    """The words of the post, and the times in its data. The update time is no edit (trap 13)."""
    texts: list[str] = []
    extra: dict[str, Any] = {}
    for one in objects(value.get("data")):
        sheet.unknown("data", one, _DATA_KEYS, record.origin)
        text, mentioned = spoken(words(one.get("post")) or words(one.get("text")))
        if text.strip():
            texts.append(text)
        if mentioned:
            extra.setdefault("mentions", []).extend(mentioned)
        if backdated := iso(one.get("backdated_timestamp")):
            extra["backdated"] = backdated
        updated = one.get("update_timestamp")
        if updated != value.get("timestamp") and (at := iso(updated)):
            extra["updated"] = at
        if audience := words(one.get("privacy")):
            extra["audience"] = audience
    return "\n\n".join(dict.fromkeys(texts)), extra


def _about(value: dict[str, Any], hung: Attached) -> dict[str, Any]:
    """The title's sentence, the people tagged, and all that hangs on the post."""
    extra = dict(hung.extra)
    if title := words(value.get("title")).strip():
        extra["title"] = title
    if tags := names_of(value.get("tags")):
        extra["with"] = tags
    return extra


def _draft(
    record: Record,
    sheet: Sheet,
    conversation: Conversation,
    author: Handle | None,
    text: str,
    hung: Attached,
    extra: dict[str, Any],
) -> Draft:
    value = mapping(record.value)
    when = sheet.desk.when(value.get("timestamp"))
    at = moment(value.get("timestamp"))
    key = sheet.keys.of("post", at, named(author), text, hung.files)
    message = Message(
        conversation.key,
        author,
        when,
        text,
        record.origin,
        kinds(hung, "post", text),
        key=key,
        native_id=key,
        subject=hung.subject if hung.subject and hung.subject != text else None,
        attachments=tuple(hung.files),
        extra=extra or None,
    )
    return Draft(conversation, message, "post", named(author), at, urls=frozenset(hung.urls))


# -- records of label_values: posts on other walls, check-ins, places one was tagged at -------------------------


def _labelled(record: Record, sheet: Sheet, _groups: Groups) -> Iterator[Outcome]:
    """A post on another's wall or page (``posts_on_other_pages_and_profiles``), or a check-in: by its labels."""
    found = fields(mapping(record.value))
    hung = Attached()
    for one in found.media:
        medium(one, hung, sheet, record.origin)
    own, mentioned = spoken(found.text("text"))
    text = hung.words(own)
    place = _place_told(found)
    if place:
        hung.extra.setdefault("places", []).append(place)
        hung.place = True
    extra = hung.extra | _rest(found, sheet, record)
    if mentioned:
        extra["mentions"] = mentioned
    if not (text or hung.files or extra):
        yield Skipped("nothing in it")
        return
    conversation = _target(found.text("target"), sheet)
    if "visited" in found.times and not mapping(record.value).get("timestamp"):
        record = record._replace(value={**record.value, "timestamp": found.times["visited"]})
    draft = _draft(record, sheet, conversation, sheet.desk.owner.handle, text, hung, extra)
    yield draft._replace(fbid=words(mapping(record.value).get("fbid")))


def _target(name: str, sheet: Sheet) -> Conversation:
    """The page or the wall that a post went to: a page when the export knows a page of that name."""
    desk = sheet.desk
    if not name:
        return desk.wall
    if name in desk.pages:
        return page(name, sheet)
    return desk.wall_named(name)


def page(name: str, sheet: Sheet) -> Conversation:
    """The conversation of a page, the same in every member's export."""
    handle = sheet.desk.person(name, "")
    value = handle.value if handle else name
    return Conversation(f"facebook:page:{value}", name.strip(), "page")


def _place_told(found: Fields) -> dict[str, Any]:
    """The place of a check-in; coordinates are written ``(lat , lon)``."""
    inner = found.inner.get("places") or found.inner.get("place") or found
    name = inner.text("name") if inner is not found else found.text("place")
    told: dict[str, Any] = {"name": name, "address": inner.text("address")}
    if degrees := _DEGREES.fullmatch(inner.text("coordinates")):
        told["latitude"], told["longitude"] = degrees.groups()
    return {key: one for key, one in told.items() if one != ""}


def _rest(found: Fields, sheet: Sheet, record: Record) -> dict[str, Any]:
    """What else a record says: a link, a feeling, and by their own labels whatever is not understood."""
    extra: dict[str, Any] = {}
    if link := found.url():
        extra["link"] = link
    if feeling := found.text("feeling"):
        extra["feeling"] = feeling
    labels = {label: value for label, value in found.unknown.items() if not private(label)}
    for label, value in labels.items():
        sheet.desk.ledger.unknown(sheet.kind, f"label {label}", value, record.origin)
    if labels:
        extra["labels"] = labels
    return extra
