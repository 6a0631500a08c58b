"""What kind of message a record is: by its keys first, by its sentence where the keys do not tell (trap 4)."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from mimetypes import MimeTypes
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from archiver.importers.facebook.mojibake import repaired
from archiver.importers.facebook.sentences import Said, said
from archiver.model import Attachment

MEDIA = {
    "photos": "image/*",
    "videos": "video/*",
    "audio_files": "audio/*",
    "files": None,
    "gifs": "image/gif",
    "media": None,
}
"""Keys whose value is a list of files, and what kind of file those are (``media``: encrypted chats)."""

KNOWN = frozenset({
    *MEDIA, "sender_name", "timestamp_ms", "timestamp", "content", "type", "users", "sticker", "share", "call_duration",
    "missed", "reactions", "is_unsent", "is_taken_down", "bumped_message_metadata", "is_geoblocked_for_viewer",
    "is_unsent_image_by_messenger_kid_parent", "ip", "sender_id_INTERNAL", "media_path_INTERNAL", "type_INTERNAL",
})  # fmt: skip
"""Keys of a message. ``ip`` is known and never read: it is nobody's business (trap 16)."""

PLAIN = frozenset({
    "sender_name", "timestamp_ms", "content", "type", "is_unsent", "is_taken_down", "is_geoblocked_for_viewer",
    "is_unsent_image_by_messenger_kid_parent", "sender_id_INTERNAL", "type_INTERNAL", "ip", "reactions",
})  # fmt: skip
"""Keys that a message with nothing but text may have, as long as what they say is ordinary."""

_INNER = {  # keys of what lies inside a message; those that end in _INTERNAL are known everywhere
    "photos": {"uri", "creation_timestamp", "backup_uri"},
    "videos": {"uri", "creation_timestamp", "thumbnail", "backup_uri"},
    "audio_files": {"uri", "creation_timestamp", "backup_uri"},
    "files": {"uri", "creation_timestamp", "backup_uri"},
    "gifs": {"uri", "creation_timestamp", "backup_uri"},
    "media": {"uri"},
    "sticker": {"uri", "ai_stickers"},
    "share": {"link", "share_text", "original_content_owner", "profile_share_username", "profile_share_name"},
    "reactions": {"reaction", "actor", "timestamp"},
    "users": {"name"},
    "bumped_message_metadata": {"bumped_message", "is_bumped"},
}
_HOLD_FILES = frozenset({*MEDIA, "sticker"})
_BARE = PLAIN | _HOLD_FILES
_USUAL = 40  # keys of a message that are worth remembering
_TYPES = MimeTypes(filenames=())
for _type, _ending in (("audio/ogg", ".ogg"), ("audio/opus", ".opus"), ("audio/mp4", ".m4a"), ("image/heic", ".heic")):
    _TYPES.add_type(_type, _ending)
_TYPED = ("Generic", "Share", "text", "media", "link", None)  # types under which there is what somebody sent
_CALLS = {
    "call_audio": "call.audio",
    "call_video": "call.video",
    "missed_audio": "call.missed_audio",
    "missed_video": "call.missed_video",
}
_WITHHELD = ("is_geoblocked_for_viewer", "is_unsent_image_by_messenger_kid_parent")
_FLAGS = (*_WITHHELD, "is_unsent", "is_taken_down")
_URL = re.compile(r"https?://[^\s<>\"]{1,2000}")
_MAP = re.compile(
    r"https?://(?:\w+\.)?(?:facebook\.com/(?:l\.php|maps)|bing\.com/maps|maps\.google\.|google\.\w+/maps|maps\.apple\.)"
)
_POINT = re.compile(r"(-?\d{1,3}\.\d{1,20})[\s+]{0,3},[\s+]{0,3}(-?\d{1,3}\.\d{1,20})")  # + is a space in a link
_SOON = 2  # seconds between a file's time and its message's that are no news

Find = Callable[[str, str], Attachment]
"""The attachment for a key and a uri."""


@dataclass(slots=True)
class Reading:
    """A message understood. *sentence*: what its text says, where that is the app's."""

    kind: str
    text: str
    attachments: tuple[Attachment, ...] = ()
    deleted: bool = False
    extra: dict[str, object] = field(default_factory=dict)
    sentence: Said | None = None


class Voice(NamedTuple):
    """Whose message it is and where: *name* of the sender, *own*: is it the exporter (None: nobody knows), *known*:
    names in the conversation, *find*: the attachment for a key and a uri."""

    name: str
    own: bool | None
    known: Collection[str]
    find: Find


def text_of(message: Mapping[str, Any]) -> str:
    """The repaired content; "" if there is none, or it is no text."""
    content = message.get("content")
    return repaired(content) if isinstance(content, str) else ""


class File(NamedTuple):
    """A file that a message names: under which *key*, its repaired *uri*, when it was *made* (s, UTC; None: untold)."""

    key: str
    uri: str
    made: object = None


def files_of(message: Mapping[str, Any], shape: "Shape | None" = None) -> list[File]:
    """Every file of a message, in the order they stand in."""
    found = []
    for key in (shape or shape_of(message)).holding:
        value = message[key]
        for one in value if type(value) is list else (value,):
            uri = one.get("uri") if type(one) is dict else None
            if type(uri) is str and uri:
                found.append(File(key, repaired(uri), one.get("creation_timestamp")))
    return found


def base_name(uri: str) -> str:
    """The file's name in a uri, be it a path or an address."""
    path = uri.partition("?")[0].partition("#")[0] if "://" in uri else uri
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2] or uri[:200]


def media_type(key: str, name: str) -> str | None:
    """The kind of a file, by the key it stands under and by its name."""
    return _kind_of(key, name.rpartition(".")[2][:20])


@lru_cache(maxsize=1000)
def _kind_of(key: str, extension: str) -> str | None:
    told = MEDIA.get(key, "image/*" if key == "sticker" else None)
    guessed = _TYPES.guess_type(f"file.{extension}", strict=False)[0]
    if key == "audio_files" and guessed == "video/mp4":
        return "audio/mp4"  # voice notes are audio in a file called .mp4 (trap 14)
    if told is None or (guessed and told.endswith("/*") and guessed.startswith(told[:-1])):
        return guessed or told
    return told


def read_kind(message: Mapping[str, Any], voice: Voice, told: Sequence[File]) -> Reading:
    """The message of a record of a thread file, whatever its fields hold. *told*: its `files_of`."""
    text = text_of(message)
    files = tuple([voice.find(file.key, file.uri) for file in told]) if told else ()
    extra = _extra(message, told)
    call = "call_duration" in message or message.get("missed") is True or message.get("type") == "Call"
    sentence = said(text, voice.name, own=voice.own, known=voice.known, call=call) if text else None
    reading = (
        _withdrawn(message, text, files, extra, sentence)
        or _call(message, text, extra, sentence, told=call)
        or _membership(message, text, extra, sentence)
        or _shared(message, text, files, extra, sentence)
    )
    if reading is None and sentence is not None:
        reading = _sentence(text, files, extra, sentence)
    if reading is None:
        reading = _plain(message, text, files, extra, told)
    reading.sentence = sentence
    return reading


def read_bare(message: Mapping[str, Any], find: Find, told: Sequence[File]) -> Reading | None:
    """The same in short for a message of a `bare` shape that is nothing but files; None for others."""
    if message.get("content") or _telling(message):
        return None
    if not told:
        return Reading("unknown", "")
    files = tuple([find(file.key, file.uri) for file in told])
    kind = "sticker" if told[0].key == "sticker" else "media"
    return Reading(kind, "", files, extra=_of_files({}, message, told))


def body_of(reading: Reading, message: Mapping[str, Any], told: Sequence[File]) -> str:
    """What a message is known by beside its time and sender: its text and the names of its files.

    Of what the app says, it is what is said and not how: two members' exports are in two languages, and what is "You"
    in one is a name in the other.
    """
    kind, _, what = reading.kind.partition(".")
    if kind == "call":
        return f"\0call\0{reading.extra.get('seconds', '')}"
    sentence = reading.sentence
    if kind == "event" and (sentence is not None or what != "other"):
        slots = [] if sentence is None else [sentence.slot(name) for name in ("title", "value", "emoji")]
        return "\0".join(["", what, *slots])
    text = (text_of(message) if "content" in message else "") if sentence is None else f"\0{sentence.what}"
    return "\0".join([text, *[base_name(file.uri) for file in told]])


def _withdrawn(
    message: Mapping[str, Any],
    text: str,
    files: tuple[Attachment, ...],
    extra: dict[str, object],
    sentence: Said | None,
) -> Reading | None:
    """Unsent, or taken down by Meta: the row stays with its reactions, what it said is not shown (trap 5)."""
    down = message.get("is_taken_down") is True
    if not (down or message.get("is_unsent") is True or (sentence is not None and sentence.what == "unsent")):
        return None
    if text and (sentence is None or sentence.what != "unsent"):
        extra["hidden_text"] = text
    if files:
        extra["hidden_files"] = [file.name for file in files]
    if down:
        extra["taken_down"] = True
    extra.pop("media_links", None)
    return Reading("deleted", "", (), deleted=True, extra=extra)


def _call(
    message: Mapping[str, Any], text: str, extra: dict[str, object], sentence: Said | None, *, told: bool
) -> Reading | None:
    """A call: ``call_duration`` in seconds, ``missed``; what kind of call only a sentence tells. *told*: the keys tell
    that it is one."""
    kind = _CALLS.get(sentence.what, "") if sentence is not None else ""
    seconds, missed = message.get("call_duration"), message.get("missed") is True
    if not (kind or told):
        return None
    if isinstance(seconds, int | float) and not isinstance(seconds, bool):
        extra["seconds"] = seconds
    if missed and not kind.startswith("call.missed"):
        kind = kind.replace("call.", "call.missed_") or "call.missed"
    return Reading(kind or "call.other", text, extra=_with_people(extra, sentence))


def _membership(
    message: Mapping[str, Any], text: str, extra: dict[str, object], sentence: Said | None
) -> Reading | None:
    """Subscribe and Unsubscribe with ``users``, until about 2022: oneself = joined or left, others = added, removed."""
    type_ = message.get("type")
    if type_ not in ("Subscribe", "Unsubscribe"):  # no set, for it may be anything
        return None
    sender = message.get("sender_name")
    names = [one["name"] for one in _dicts(message.get("users")) if isinstance(one.get("name"), str)]
    alone = not [name for name in names if name != sender]
    kind = ("joined" if alone else "added") if type_ == "Subscribe" else ("left" if alone else "removed")
    if not names and sentence is not None and sentence.what in {"joined", "added", "left", "removed"}:
        kind = sentence.what
    if names and not alone:
        extra["people"] = list(map(repaired, names))
    return Reading(f"event.{kind}", text, extra=extra if names else _with_people(extra, sentence))


def _shared(
    message: Mapping[str, Any],
    text: str,
    files: tuple[Attachment, ...],
    extra: dict[str, object],
    sentence: Said | None,
) -> Reading | None:
    """A link or a place that was shared. ``share_text`` alone is a live location; a map link is a place; a profile
    (Instagram) is shared by its name."""
    share = message.get("share")
    if not isinstance(share, dict):
        return None
    fields = {key: repaired(value) for key, value in share.items() if isinstance(value, str) and value}
    link, about = fields.get("link", ""), fields.get("share_text", "")
    profile = fields.get("profile_share_name") or fields.get("profile_share_username") or ""
    if not (link or about or profile):
        return None
    extra |= {("link" if key == "link" else key): value for key, value in fields.items() if key in _INNER["share"]}
    typed = text if sentence is None else ""
    if text and not typed:
        extra["placeholder"] = text
    if not link:
        what, said = ("live_location", about) if about else ("text" if typed else "share", profile)
        return Reading(what, typed or said, files, extra=extra)
    if _MAP.match(link) and (point := _POINT.search(unquote(_where(link)))):
        extra |= {"latitude": point[1], "longitude": point[2]}
        return Reading("location", typed or link, files, extra=extra)
    if typed and typed.strip() != link:
        return Reading("text", typed, files, extra=extra)
    return Reading("share", typed or link, files, extra=extra)


def _where(link: str) -> str:
    """The part of a map link that says where: behind a redirection, the link in it."""
    try:
        asked = parse_qs(urlsplit(link).query)
    except ValueError:
        return ""
    return next((asked[key][0] for key in ("where1", "q", "query", "center", "ll", "u") if key in asked), link)


def _sentence(text: str, files: tuple[Attachment, ...], extra: dict[str, object], sentence: Said) -> Reading:
    """What the app says in a person's name, or instead of a file."""
    if sentence.what == "placeholder":
        extra["placeholder"] = text
        return Reading("media" if files else "unknown", "", files, extra=extra)
    if sentence.what in {"reaction", "liked"}:
        return Reading("event.reaction", text, files, extra=extra | {"emoji": sentence.slot("emoji") or "❤"})
    if sentence.what == "live_location":
        return Reading("live_location", text, files, extra=extra)
    for slot, value in sentence.slots:
        extra[slot] = sentence.slot(slot) if value else ""
    return Reading(f"event.{sentence.what}", text, files, extra=_with_people(extra, sentence))


def _plain(
    message: Mapping[str, Any],
    text: str,
    files: tuple[Attachment, ...],
    extra: dict[str, object],
    told: Sequence[File],
) -> Reading:
    """What is neither withdrawn, a call, an event nor a share: text, files, a sticker, or nothing at all."""
    type_ = message.get("type")
    if type_ not in _TYPED:
        extra["type"] = type_ if isinstance(type_, str) else str(type_)
        if type_ == "placeholder":  # of encrypted chats: what could not be read
            return Reading("waiting", "", files, extra=extra | ({"placeholder": text} if text else {}))
        return Reading("event.other", text, files, extra=extra)
    if type_ == "link" and (link := _URL.search(text)):
        extra["link"] = link[0]
        return Reading("share" if link[0] == text.strip() else "text", text, files, extra=extra)
    if text:
        return Reading("text", text, files, extra=extra)
    if files:
        return Reading("sticker" if told[0].key == "sticker" else "media", "", files, extra=extra)
    withheld = any(message.get(key) is True for key in _WITHHELD)
    return Reading("waiting" if withheld else "unknown", "", extra=extra)


def _with_people(extra: dict[str, object], sentence: Said | None) -> dict[str, object]:
    return extra | {"people": list(sentence.people)} if sentence is not None and sentence.people else extra


def _extra(message: Mapping[str, Any], told: Sequence[File]) -> dict[str, object]:
    """What the model has no field for. Never an ``ip``."""
    extra: dict[str, object] = {}
    for key in _WITHHELD:
        if message.get(key) is True:
            extra[key] = True
    if told:
        _of_files(extra, message, told)
    bumped = message.get("bumped_message_metadata")
    if isinstance(bumped, dict) and bumped.get("is_bumped") is True:
        what = bumped.get("bumped_message")
        extra["bumped"] = repaired(what) if isinstance(what, str) else True
    return extra


def _of_files(extra: dict[str, object], message: Mapping[str, Any], told: Sequence[File]) -> dict[str, object]:
    """What is told of the files: addresses that have expired, and times that are not the message's."""
    sent = message.get("timestamp_ms")
    second = sent // 1000 if type(sent) is int else None
    for key, uri, made in told:
        if "://" in uri:
            extra["media_links"] = [file.uri for file in told if "://" in file.uri]
        if type(made) is int and second is not None and not -_SOON <= made - second <= _SOON:
            extra["media_created"] = [file.made for file in told if type(file.made) is int]
        if key == "gifs":
            extra["gif"] = True
        elif key == "sticker" and any(one.get("ai_stickers") for one in _dicts([message["sticker"]])):
            extra["ai_sticker"] = True
    return extra


def _dicts(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def unknown_keys(message: Mapping[str, Any], shape: "Shape") -> list[tuple[str, object]]:
    """(path, value) of the keys in a message, and in what lies in it, that nobody understands, or whose value is of
    another kind than it should be."""
    found = [(key, message[key]) for key in shape.unknown]
    for key, kind, inner in shape.expected:
        value = message[key]
        if type(value) is not kind:
            if value is not None:
                found.append((key, value))
        elif inner:
            found += unknown_inside(key, value)
    return found


class Shape(NamedTuple):
    """What is to be asked of messages with the same keys: the *unknown* keys; (key, kind of its value, whether there
    are keys in it) of those where only one kind is *expected*; those *holding* files. *bare*: without a text there is
    nothing but files."""

    unknown: list[str]
    expected: list[tuple[str, type, bool]]
    holding: list[str]
    bare: bool


def shape_of(message: Mapping[str, Any]) -> Shape:
    """The shape of a message; the same one for the same keys."""
    keys = tuple(message)
    return _shape(keys) if len(keys) <= _USUAL else _shape.__wrapped__(keys)


@lru_cache(maxsize=500)
def _shape(keys: tuple[str, ...]) -> Shape:
    return Shape(
        [key for key in keys if key not in _EXPECTED and key not in KNOWN],
        [(key, _EXPECTED[key], key in _INNER) for key in keys if key in _EXPECTED],
        [key for key in keys if key in _HOLD_FILES],
        _BARE.issuperset(keys),
    )


def _telling(message: Mapping[str, Any]) -> bool:
    """Whether a flag or the type of a message says that it is no ordinary one."""
    get = message.get
    for flag in _FLAGS:
        if get(flag) is True:
            return True
    return get("type") not in _TYPED


def unknown_inside(key: str, value: Any) -> list[tuple[str, object]]:
    """Likewise for what lies in the list of objects, or in the object, that stands under a known key."""
    known = _INNER[key]
    found: list[tuple[str, object]] = []
    for one in value if type(value) is list else (value,):
        if type(one) is not dict:
            if one is not None:
                found.append((key, value))
        elif not one.keys() <= known:
            found += [(f"{key}.{inner}", one[inner]) for inner in one.keys() - known if not inner.endswith("_INTERNAL")]
    return found


_EXPECTED: Mapping[str, type] = {  # of the others, any kind is read or ignored as it is
    **dict.fromkeys((*MEDIA, "reactions", "users"), list),
    **dict.fromkeys(("sticker", "share", "bumped_message_metadata"), dict),
    **dict.fromkeys(("sender_name", "content", "type"), str),
    **dict.fromkeys((*_WITHHELD, "is_unsent", "is_taken_down", "missed"), bool),
}
