"""The other export, of chats that are end-to-end encrypted: flat files of messenger.com, beside the threads they go on
from. No id, no events, plain UTF-8, half of the files empty."""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from tests.bench.facebook_json import Told
from tests.bench.facebook_talk import Chat, File, Said

_TYPES = {"media": "media", "sticker": "media", "share": "link", "location": "link", "unknown": "placeholder"}


def sayable(said: Said) -> bool:
    """Whether there is such a message in an encrypted chat."""
    return not said.kind.startswith(("event.", "call.")) and said.kind != "live_location"


def files(chats: Sequence[Chat], name: str = "messages") -> Iterator[tuple[str, bytes]]:
    """(path, content) of the export's files: a chat each, as many empty ones, and the media."""
    for number, chat in enumerate(chats):
        spoken = [said for said in chat.said if sayable(said)]
        order = spoken if number % 2 else spoken[::-1]  # no order is promised
        yield f"{name}/{chat.title}_{number * 2}.json", _chat(chat, [_record(said) for said in order])
        yield f"{name}/{chat.title}_{number * 2 + 1}.json", _chat(chat, [])
        for said in spoken:
            for file in said.files:
                if file.here:
                    yield f"{name}/media/{_media(file)}", f"{file.name} of {said.at}".encode()


def _chat(chat: Chat, messages: list[dict[str, Any]]) -> bytes:
    told = {"participants": list(chat.people), "threadName": chat.title, "messages": messages}
    return orjson.dumps(told, option=orjson.OPT_INDENT_2)


def _record(said: Said) -> dict[str, Any]:
    return {
        "isUnsent": said.kind == "deleted",
        "media": [{"uri": f"./media/{_media(file)}"} for file in said.files],
        "reactions": [{"actor": mark.who, "reaction": mark.sign} for mark in said.marks],
        "senderName": said.who,
        "text": said.text,
        "timestamp": said.at,
        "type": "text" if said.kind == "deleted" else _TYPES.get(said.kind, "link" if said.link else "text"),
    }


def _media(file: File) -> str:
    """A file's name there: of what is missing, it has no ending."""
    return file.name if file.here else file.name.partition(".")[0]


def told(chat: Chat) -> list[Told]:
    """What reading an encrypted chat has to give, the oldest first."""
    return [_told(said) for said in chat.said if sayable(said)]


def _told(said: Said) -> Told:
    kinds = {"sticker": "media", "location": "share", "unknown": "waiting"}
    files = tuple((_media(file), "present" if file.here else "missing") for file in said.files)
    marks = tuple((mark.sign, mark.who, None) for mark in said.marks)
    return Told(said.who, said.at, kinds.get(said.kind, said.kind), said.text, marks, files)
