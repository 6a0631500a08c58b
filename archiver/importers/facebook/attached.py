"""What hangs on a post or a comment: files, links, places, events, polls, notes, things for sale (facts 4.3).

Addresses of machines, camera data and the place a photo was taken at are never kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from archiver.importers.facebook.desk import Sheet, base_name, iso, levelled_uri, spoken
from archiver.importers.facebook.records import Json, mapping, number, objects, private, words
from archiver.model import Attachment, Origin

_MEDIA_KEYS = frozenset({
    "uri", "creation_timestamp", "title", "description", "media_metadata", "thumbnail", "comments", "photo_metadata",
    "video_metadata", "dubbing_info", "media_variants", "upload_ip", "media_path_INTERNAL", "interest_score",
    "backup_uri", "cross_post_source", "id", "upload_timestamp", "subtitles", "ai_stickers",
})  # fmt: skip
_SALE_KEYS = ("title", "price", "category", "marketplace", "description", "seller")
_YEAR_ZERO = -6e10


@dataclass(slots=True)
class Attached:
    """*text* and *subject* stand in where the post itself has none; *urls* are levelled, to compare; *comments* are
    those written under single photos (2018), each with the photo's uri."""

    files: list[Attachment] = field(default_factory=list)
    urls: set[str] = field(default_factory=set)
    extra: dict[str, Any] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    subject: str = ""
    poll: bool = False
    place: bool = False
    comments: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def words(self, own: str) -> str:
        """The text of the post: its *own*, else what a note or the like says, else the caption all its files share.

        Captions that say something else stay with their files.
        """
        text = own or "\n\n".join(dict.fromkeys(self.texts))
        captions = list(dict.fromkeys(self.captions))
        if not text and len(captions) == 1:
            text = captions[0]
        for about in self.extra.get("files", ()):
            if about.get("description") == text:
                del about["description"]
        self._drop_empty()
        return text

    def _drop_empty(self) -> None:
        if "files" in self.extra:
            self.extra["files"] = [about for about in self.extra["files"] if len(about) > 1]
            if not self.extra["files"]:
                del self.extra["files"]


def attached(record: Json, sheet: Sheet, origin: Origin) -> Attached:
    """All that hangs on a record, under ``attachments[].data[]`` or, in newer ones, under ``media``."""
    found = Attached()
    for group in objects(record.get("attachments")):
        sheet.unknown("attachments", group, {"data"}, origin)
        for one in objects(group.get("data")):
            _one(one, found, sheet, origin)
    for one in objects(record.get("media")):
        medium(one, found, sheet, origin)
    return found


def _one(one: Json, found: Attached, sheet: Sheet, origin: Origin) -> None:
    for key, value in one.items():
        reader = _READERS.get(key)
        if reader is None:
            sheet.desk.ledger.unknown(sheet.kind, f"attachments.{key}", value, origin)
        else:
            reader(value, found, sheet, origin)


def medium(value: object, found: Attached, sheet: Sheet, origin: Origin) -> None:
    """A photo or a video."""
    media = mapping(value)
    uri = words(media.get("uri"))
    sheet.unknown("media", media, _MEDIA_KEYS, origin)
    if not uri:
        return
    for comment in objects(media.get("comments")):
        found.comments.append((uri, comment))
    if levelled_uri(uri) in found.urls:  # listed twice
        return
    file = sheet.desk.file(uri, sheet.entry)
    found.files.append(file)
    found.urls.add(levelled_uri(uri))
    description, mentioned = spoken(words(media.get("description")).strip())
    if mentioned:
        found.extra.setdefault("mentions", []).extend(mentioned)
    found.captions.append(description) if description else None
    told = {
        "name": file.name or base_name(uri),
        "title": words(media.get("title")).strip(),
        "description": description,
        "taken": _taken(media),
    }
    about = {key: text for key, text in told.items() if text}
    if len(about) > 1:
        found.extra.setdefault("files", []).append(about)


def _taken(media: Json) -> str | None:
    """When a photo was taken, by its camera; the year 0 stands for unknown (trap 12)."""
    metadata = mapping(media.get("media_metadata"))
    for part in ("photo_metadata", "video_metadata"):
        for exif in objects(mapping(metadata.get(part)).get("exif_data")):
            if (seconds := number(exif.get("taken_timestamp"))) and seconds > _YEAR_ZERO:
                return iso(seconds)
    return None


def _link(value: object, found: Attached, sheet: Sheet, origin: Origin) -> None:
    """``external_context``: a shared page. The address is often empty."""
    context = mapping(value)
    sheet.unknown("external_context", context, {"name", "source", "url"}, origin)
    url, name = words(context.get("url")).strip(), words(context.get("name")).strip()
    if url:
        found.urls.add(url)
        found.extra.setdefault("link", url)
    about = {"url": url, "name": name, "source": words(context.get("source")).strip()}
    link = {key: text for key, text in about.items() if text}
    if link and link != {"url": found.extra.get("link")} and link not in found.extra.setdefault("links", []):
        found.extra["links"].append(link)
    found.subject = found.subject or name


def _place(value: object, found: Attached, sheet: Sheet, origin: Origin) -> None:
    """A place; it is listed twice, once with its address on the web."""
    place = mapping(value)
    sheet.unknown("place", place, {"name", "coordinate", "address", "url", "creation_timestamp"}, origin)
    if told := place_of(place):
        known = next((one for one in found.extra.get("places", ()) if one.get("name") == told.get("name")), None)
        if known is None:
            found.extra.setdefault("places", []).append(told)
        else:
            known.update(told)
        found.place = True


def place_of(place: Json) -> dict[str, Any]:
    """A place in plain fields."""
    coordinate = mapping(place.get("coordinate"))
    told: dict[str, Any] = {key: words(place.get(key)).strip() for key in ("name", "address", "url")}
    for key in ("latitude", "longitude"):
        if (degrees := number(coordinate.get(key))) is not None:
            told[key] = str(degrees)  # as in chats, where it is written so
    return {key: one for key, one in told.items() if one != ""}


def _event(value: object, found: Attached, _sheet: Sheet, _origin: Origin) -> None:
    if told := event_of(mapping(value)):
        found.extra.setdefault("events", []).append(told)
        found.subject = found.subject or told.get("name", "")


def event_of(event: Json) -> dict[str, Any]:
    """An event in plain fields; an end of 0 is none."""
    told: dict[str, Any] = {"name": words(event.get("name")).strip(), "description": words(event.get("description"))}
    told |= {"start": iso(event.get("start_timestamp")), "end": iso(event.get("end_timestamp"))}
    told["place"] = place_of(mapping(event.get("place")))
    return {key: one for key, one in told.items() if one}


def _life_event(value: object, found: Attached, sheet: Sheet, origin: Origin) -> None:
    event = mapping(value)
    told: dict[str, Any] = {key: _day(mapping(event.get(f"{key}_date"))) for key in ("start", "end")}
    told |= {"title": words(event.get("title")).strip(), "place": place_of(mapping(event.get("place")))}
    found.extra["life_event"] = {key: one for key, one in told.items() if one}
    found.subject = found.subject or words(event.get("title")).strip()
    _say(words(event.get("description")), found)
    _media(event.get("photos"), found, sheet, origin)


def _day(date: Json) -> str:
    """``2015-05-01``, ``2015-05`` or ``2015``: a day or a month of 0 is not known."""
    year, month, day = (int(number(date.get(part)) or 0) for part in ("year", "month", "day"))
    if not year:
        return ""
    return f"{year:04}" + (f"-{month:02}" + (f"-{day:02}" if day else "") if month else "")


def _note(value: object, found: Attached, sheet: Sheet, origin: Origin) -> None:
    note = mapping(value)
    found.subject = words(note.get("title")).strip() or found.subject
    _say(words(note.get("text")), found)
    _media(note.get("media"), found, sheet, origin)
    medium(note.get("cover_photo"), found, sheet, origin)


def _sale(value: object, found: Attached, sheet: Sheet, origin: Origin) -> None:
    """Something for sale; where its seller lives is not kept."""
    item = mapping(value)
    told = {key: words(item.get(key)).strip() for key in _SALE_KEYS}
    found.extra["for_sale"] = {key: text for key, text in told.items() if text}
    found.subject = found.subject or told["title"]
    _say(told["description"], found)
    _media(item.get("photos"), found, sheet, origin)


def _poll(value: object, found: Attached, _sheet: Sheet, _origin: Origin) -> None:
    poll = mapping(value)
    options = [
        {"option": words(one.get("option")), "voted": one.get("voted") is True} for one in objects(poll.get("options"))
    ]
    told = found.extra.setdefault("poll", {"options": []})
    told["options"] += options
    if question := words(poll.get("question")).strip():
        told["question"] = question
        _say(question, found)
    found.poll = True


def _text(value: object, found: Attached, _sheet: Sheet, _origin: Origin) -> None:
    _say(words(value), found)


def _name(value: object, found: Attached, _sheet: Sheet, _origin: Origin) -> None:
    if name := words(value).strip():
        found.extra.setdefault("names", []).append(name)


def _say(text: str, found: Attached) -> None:
    text, mentioned = spoken(text)
    if mentioned:
        found.extra.setdefault("mentions", []).extend(mentioned)
    if text.strip() and not private("", text):
        found.texts.append(text)


def _media(values: object, found: Attached, sheet: Sheet, origin: Origin) -> None:
    for one in objects(values):
        medium(one.get("media", one), found, sheet, origin)


_READERS = {
    "media": medium,
    "external_context": _link,
    "place": _place,
    "event": _event,
    "life_event": _life_event,
    "note": _note,
    "for_sale_item": _sale,
    "poll": _poll,
    "text": _text,
    "name": _name,
}


def kinds(attached_to: Attached, otherwise: str, text: str) -> str:
    """The kind of message: a poll, a mere place, or what it is otherwise."""
    if attached_to.poll:
        return "poll"
    if attached_to.place and not text and not attached_to.files and "link" not in attached_to.extra:
        return "location"
    return otherwise


def names_of(tags: object) -> list[str]:
    """The people tagged: ``[{"name": …}]`` or ``["…"]``."""
    listed: Iterable[object] = tags if isinstance(tags, list) else ()
    names = (words(mapping(one).get("name")) or words(one) for one in listed)
    return [name for name in names if name]
