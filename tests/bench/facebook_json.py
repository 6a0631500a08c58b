"""Threads as JSON, as the exports of each year have them: byte by byte what Meta writes, mojibake and key order too.

``pages`` gives a thread's files, the newest part first; `told` what reading them has to give.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from tests.bench.facebook_talk import GONE, Chat, File, Mark, Said, sentence

PART = 10_000  # messages that Meta puts into one file at most
_ESCAPED = {byte: f"\\u{byte:04x}" for byte in range(0x7F, 0x100)}
_SHARED = {"share", "location", "text"}
_MEMBERSHIP = {
    "event.left": "Unsubscribe",
    "event.removed": "Unsubscribe",
    "event.joined": "Subscribe",
    "event.added": "Subscribe",
}
EDITED = " (edited)"
_LATER = 240_000  # ms until an edited copy comes


@dataclass(frozen=True, slots=True)
class Vintage:
    """How exports of some time are written.

    *root*: before ``messages/``. *typed*: messages have a ``type``, threads a ``thread_type``. *flags*: what every
    message has beside its content. *unsent*: it knows messages that were taken back. *dated*: reactions have a time.
    *spoken*: reactions come a second time, as a sentence, and edits as a copy.
    """

    name: str
    root: str
    flags: Mapping[str, bool]
    typed: bool = False
    unsent: bool = True
    dated: bool = False
    spoken: bool = False
    numbered: bool = True
    service: str = "facebook"

    def thread(self, chat: Chat) -> str:
        """The key of the conversation."""
        return f"{self.service}:thread:{self.identity(chat).lower()}"

    def identity(self, chat: Chat) -> str:
        """What stands behind the last underscore of the folder: ten letters and digits until 2020."""
        return letters_and_digits(chat.native) if self.name == "2018" else chat.native

    def folder(self, chat: Chat) -> str:
        """Where the thread lies in the tree."""
        identity = self.identity(chat)
        slug = "facebookuser" if chat.title == GONE else chat.slug
        return f"{self.root}messages/{chat.section}/{f'{slug}_' if slug else ''}{identity}"


DYI_2018 = Vintage("2018", "", {}, typed=True, unsent=False, numbered=False)
DYI_2021 = Vintage("2021", "", {"is_unsent": False, "is_taken_down": False}, typed=True)
DYI_2024 = Vintage(
    "2024",
    "your_facebook_activity/",
    {"is_geoblocked_for_viewer": False, "is_unsent_image_by_messenger_kid_parent": False},
    dated=True,
)
INSTAGRAM = Vintage(
    "instagram",
    "your_instagram_activity/",
    {"is_geoblocked_for_viewer": False},
    spoken=True,
    service="instagram",
)


def letters_and_digits(native: str) -> str:
    """An id of 2018 to 2020, made of one of today."""
    return "".join("abcdefghjk"[int(digit)] if place % 3 else digit for place, digit in enumerate(native))[-10:]


def written(value: Any) -> bytes:
    """JSON as Meta writes it: indented by two, every byte of the UTF-8 form of a text an escape of its own."""
    return orjson.dumps(broken(value), option=orjson.OPT_INDENT_2).decode().translate(_ESCAPED).encode("ascii")


def broken(value: Any) -> Any:
    """A value with all its strings, keys too, as one character for each byte of their UTF-8 form."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode().decode("latin-1")
    if isinstance(value, dict):
        return {broken(key): broken(one) for key, one in value.items()}
    return [broken(one) for one in value] if isinstance(value, list | tuple) else value


# -- files --------------------------------------------------------------------------------------------------------


def pages(chat: Chat, vintage: Vintage, me: str, part: int = PART) -> Iterator[tuple[str, bytes]]:
    """(path, content) of a thread's files, message_1 with the newest messages first."""
    records = list(reversed(list(_records(chat, vintage, me))))
    parts = [records[at : at + part] for at in range(0, len(records), part)] or [[]]
    for number, messages in enumerate(parts, start=1):
        name = f"message_{number}.json" if vintage.numbered else "message.json"
        yield f"{vintage.folder(chat)}/{name}", written(_head(chat, vintage, messages))


def media(chats: Sequence[Chat], vintage: Vintage) -> Iterator[tuple[str, bytes]]:
    """(path, content) of the files that the export has."""
    for chat in chats:
        for said in chat.said:
            for file in said.files:
                if file.here:
                    yield _uri(file, vintage.folder(chat), vintage), f"{file.name} of {said.at}".encode()


def _head(chat: Chat, vintage: Vintage, messages: list[dict[str, Any]]) -> dict[str, Any]:
    head: dict[str, Any] = {"participants": [{"name": name} for name in chat.people], "messages": messages}
    head |= {"title": chat.title, "is_still_participant": True}
    if vintage.typed:
        head["thread_type"] = "RegularGroup" if chat.kind == "group" else "Regular"
    head["thread_path"] = vintage.folder(chat).partition("messages/")[2]
    if vintage.name != "2018":
        head["magic_words"] = []
        if chat.kind == "group":
            head["image"] = {
                "uri": f"{vintage.root}messages/photos/{chat.native}.jpg",
                "creation_timestamp": 1525168800,
            }
            head["joinable_mode"] = {"mode": 1, "link": ""}
    return head


def _records(chat: Chat, vintage: Vintage, me: str) -> Iterator[dict[str, Any]]:
    """The records of a thread, the oldest first."""
    if not vintage.spoken:
        for said in _known(chat, vintage):
            yield _record(said, chat, vintage, me)
        return
    timed = [
        (at, place, record)
        for place, said in enumerate(_known(chat, vintage))
        for at, record in _spoken(said, chat, vintage, me)
    ]
    for _, _, record in sorted(timed, key=lambda one: one[:2]):
        yield record


def _known(chat: Chat, vintage: Vintage) -> Iterator[Said]:
    return (said for said in chat.said if vintage.unsent or said.kind != "deleted")


def _spoken(said: Said, chat: Chat, vintage: Vintage, me: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """A message as Instagram tells it: itself, its copy if it was edited, a sentence about each reaction."""
    if said.before:
        yield said.at, {"sender_name": said.who, "timestamp_ms": said.at, "content": said.before, **vintage.flags}
        copy = {"sender_name": said.who, "timestamp_ms": said.at + _LATER, "content": said.text + EDITED}
        yield said.at + _LATER, {**copy, **vintage.flags}
    else:
        yield said.at, _record(said, chat, vintage, me)
    for mark in said.marks:
        text = f"Reacted {mark.sign} to {'your' if said.who == me else 'a'} message "
        told = {"sender_name": mark.who, "timestamp_ms": mark.at * 1000, "content": text}
        yield mark.at * 1000, {**told, **vintage.flags}


def _record(said: Said, chat: Chat, vintage: Vintage, me: str) -> dict[str, Any]:
    record: dict[str, Any] = {"sender_name": said.who, "timestamp_ms": said.at}
    if content := _content(said, chat, me):
        record["content"] = content
    record |= _files(said, vintage, vintage.folder(chat))
    if said.link:
        record["share"] = {"link": said.link}
    elif said.kind == "live_location":
        record["share"] = {"share_text": said.text}
    if said.kind.startswith("call."):
        record["call_duration"] = said.seconds
        record |= {"missed": True} if said.kind == "call.missed_audio" and vintage.typed else {}
    if said.marks:
        record["reactions"] = [_mark(mark, vintage) for mark in said.marks]
    if vintage.typed:
        record["type"] = _type(said)
        if said.kind in _MEMBERSHIP:
            record["users"] = [{"name": name} for name in said.people or (said.who,)]
    record |= vintage.flags
    if said.kind == "deleted":
        record["is_unsent"] = True
    return record


def _content(said: Said, chat: Chat, me: str) -> str:
    if said.kind.startswith(("event.", "call.")):
        return sentence(said, me, chat.people)
    if said.kind in {"location", "live_location"}:
        return "" if said.kind == "live_location" else f"{'You' if said.who == me else said.who} sent a location."
    return said.text


def _type(said: Said) -> str:
    if said.kind.startswith("call."):
        return "Call"
    return _MEMBERSHIP.get(said.kind, "Share" if said.link else "Generic")


def _mark(mark: Mark, vintage: Vintage) -> dict[str, Any]:
    told: dict[str, Any] = {"reaction": mark.sign, "actor": mark.who}
    return told | ({"timestamp": mark.at} if vintage.dated else {})


def _files(said: Said, vintage: Vintage, folder: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for file in said.files:
        uri = _uri(file, folder, vintage)
        if file.key == "sticker":
            found["sticker"] = {"uri": uri} | ({"ai_stickers": []} if vintage.name == "2024" else {})
        elif file.key == "gifs":
            found.setdefault("gifs", []).append({"uri": uri})
        else:
            about: dict[str, Any] = {"uri": uri, "creation_timestamp": said.at // 1000}
            if vintage.name == "2021":
                about["media_path_INTERNAL"] = uri
            found.setdefault(file.key, []).append(about)
    return found


def _uri(file: File, folder: str, vintage: Vintage) -> str:
    if file.key == "sticker":
        return f"{vintage.root}messages/stickers_used/{file.name}"
    return f"{folder}/{'audio' if file.key == 'audio_files' else file.key}/{file.name}"


# -- the truth --------------------------------------------------------------------------------------------------


class Told(NamedTuple):
    """What reading one message has to give: who, when (ms UTC), what; reactions as (sign, who, ms or None); files as
    (name, state)."""

    who: str
    at: int
    kind: str
    text: str
    marks: tuple[tuple[str, str, int | None], ...] = ()
    files: tuple[tuple[str, str], ...] = ()


def told(chat: Chat, vintage: Vintage, me: str) -> list[Told]:
    """A thread's messages as this vintage lets one know them, the oldest first."""
    return [_told(said, chat, vintage, me) for said in _known(chat, vintage)]


def _told(said: Said, chat: Chat, vintage: Vintage, me: str) -> Told:
    timed = vintage.dated or vintage.spoken
    return Told(
        said.who,
        said.at,
        said.kind,
        sentence(said, me, chat.people) if said.kind.startswith(("event.", "call.")) else said.text,
        tuple((mark.sign, mark.who, mark.at * 1000 if timed else None) for mark in said.marks),
        tuple((file.name, "present" if file.here else "missing") for file in said.files),
    )
