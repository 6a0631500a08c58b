"""Albums, videos and single photos; notes, polls, and pages the owner runs."""

from collections.abc import Iterator
from typing import Any

from archiver.importers.facebook.attached import Attached, attached, medium
from archiver.importers.facebook.comments import comments_under
from archiver.importers.facebook.desk import NO_RECORD, Draft, Outcome, Sheet, Skipped, moment, named, spoken
from archiver.importers.facebook.groups import Groups, event
from archiver.importers.facebook.posts import page
from archiver.importers.facebook.records import Record, fields, mapping, objects, words
from archiver.model import Message

ALBUM = "photos"
BESIDE_PHOTOS = frozenset({"name", "cover_photo", "last_modified_timestamp", "description", "place", "fbid"})
_NOTE_KEYS = frozenset({
    "title", "text", "created_timestamp", "updated_timestamp", "tags", "media", "cover_photo", "timestamp", "fbid",
})  # fmt: skip
_PAGE_KEYS = frozenset({"name", "timestamp", "url", "fbid"})


def photo(record: Record, sheet: Sheet, _groups: Groups) -> Iterator[Outcome]:
    """A photo or a video: of an album, or by itself; then the comments under it."""
    value = mapping(record.value)
    value = mapping(value.get("media")) or value
    hung = Attached()
    medium(value, hung, sheet, record.origin)
    if not hung.files:
        yield Skipped(NO_RECORD if not value else "no file is named")
        return
    text = hung.words("")
    extra = hung.extra | _album(sheet)
    author = sheet.desk.owner.handle
    time = value.get("creation_timestamp")
    key = sheet.keys.of("media", moment(time), named(author), "", hung.files)
    message = Message(
        sheet.desk.wall.key,
        author,
        sheet.desk.when(time),
        text,
        record.origin,
        "media",
        key=key,
        native_id=key,
        attachments=tuple(hung.files),
        extra=extra or None,
    )
    draft = Draft(sheet.desk.wall, message, "media", named(author), moment(time), urls=frozenset(hung.urls))
    yield draft
    yield from comments_under(hung, draft, sheet, record)


def _album(sheet: Sheet) -> dict[str, Any]:
    """The album a photo is in."""
    told = {"album": words(sheet.beside.get("name")), "album_description": words(sheet.beside.get("description"))}
    return {key: text for key, text in told.items() if text.strip()}


def note(record: Record, sheet: Sheet, _groups: Groups) -> Iterator[Outcome]:
    """A note, which is a post with a heading."""
    value = mapping(record.value)
    sheet.unknown("", value, _NOTE_KEYS, record.origin)
    hung = Attached()
    for one in objects(value.get("media")):
        medium(one.get("media", one), hung, sheet, record.origin)
    medium(value.get("cover_photo"), hung, sheet, record.origin)
    own, mentioned = spoken(words(value.get("text")))
    text, title = hung.words(own), words(value.get("title")).strip()
    if not (text.strip() or title):
        yield Skipped(NO_RECORD if not value else "nothing in it")
        return
    times = value.get("created_timestamp"), value.get("timestamp")
    draft = event(record, sheet, sheet.desk.wall, "post", text, *times, about=text or title)
    extra = hung.extra | ({"mentions": mentioned} if mentioned else {})
    message = draft.message._replace(subject=title or None, attachments=tuple(hung.files), extra=extra or None)
    yield draft._replace(message=message, sort="post", urls=frozenset(hung.urls))


def vote(record: Record, sheet: Sheet, _groups: Groups) -> Iterator[Outcome]:
    """The owner voted in a poll; whose it was, the title says, the question nothing does."""
    value = mapping(record.value)
    if "label_values" in value:
        told = fields(value)
        extra: dict[str, Any] = {"poll": {"options": [{"option": told.text("option", "text"), "voted": True}]}}
        text = told.text("question", "name") or words(value.get("title"))
    else:
        hung = attached(value, sheet, record.origin)
        extra, text = hung.extra, words(value.get("title"))
    if not text.strip():
        yield Skipped(NO_RECORD if not value else "nothing in it")
        return
    options = " ".join(str(one) for one in mapping(extra.get("poll")).get("options", ()))
    draft = event(record, sheet, sheet.desk.wall, "event.poll", text.strip(), about=f"{text} {options}")
    yield draft._replace(message=draft.message._replace(extra=extra or None))


def own_page(record: Record, sheet: Sheet, _groups: Groups) -> Iterator[Outcome]:
    """The owner made a page."""
    value = mapping(record.value)
    name = words(value.get("name")).strip()
    if not name:
        yield Skipped(NO_RECORD if not value else "no page is named")
        return
    sheet.unknown("", value, _PAGE_KEYS, record.origin)
    draft = event(record, sheet, page(name, sheet), "event.created", name)
    link = words(value.get("url")).strip()
    yield draft._replace(message=draft.message._replace(extra={"link": link} if link else None))
