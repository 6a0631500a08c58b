"""Threads as pages, of 2015, 2019 and 2024: the newest first, minutes, a wall clock; and what they let one know."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Literal

from tests.bench.facebook_json import PART, Told
from tests.bench.facebook_talk import Chat, Said, sentence
from tests.facebook_pages import FLAT, NEW, Line, flat_date, new_date, old_date, old_page, old_thread, page

Age = Literal["2015", "2019", "2024"]

_TAGS = {"photos": "img", "videos": "video", "audio_files": "audio", "gifs": "img", "files": "a", "sticker": "img"}


def shown(said: Said, age: Age) -> bool:
    """Whether a page of that time has such a message."""
    if said.kind in {"location", "live_location", "unknown", "deleted"}:
        return False
    return age != "2015" or not (said.files or said.link or said.kind.startswith(("event.", "call.")))


def pages(chats: Sequence[Chat], age: Age, me: str, zone: tzinfo, part: int = PART) -> Iterator[tuple[str, bytes]]:
    """(path, content) of the export's pages, message_1 with the newest messages."""
    if age == "2015":
        threads = [old_thread(chat.people, _lines(chat, age, me, zone), old_date) for chat in chats]
        yield "html/messages.htm", old_page(threads, me)
        return
    root, fashion, dates = ("", FLAT, flat_date) if age == "2019" else ("your_facebook_activity/", NEW, new_date)
    for chat in chats:
        lines = _lines(chat, age, me, zone)[::-1]
        parts = [lines[at : at + part] for at in range(0, len(lines), part)]
        for number, some in enumerate(parts, start=1):
            path = f"{root}messages/{chat.section}/{chat.folder}/message_{number}.html"
            people = chat.people if number == len(parts) else ()
            yield path, page(some[::-1], fashion, dates, title=chat.title, people=people)


def media(chats: Sequence[Chat], age: Age) -> Iterator[tuple[str, bytes]]:
    """(path, content) of the files that the export has."""
    root = "" if age == "2019" else "your_facebook_activity/"
    for chat in chats:
        for said in chat.said:
            for file in said.files:
                if file.here and shown(said, age):
                    path = f"{root}messages/{chat.section}/{chat.folder}/{file.name}"
                    yield path, f"{file.name} of {said.at}".encode()


def _lines(chat: Chat, age: Age, me: str, zone: tzinfo) -> list[Line]:
    return [_line(said, chat, age, me, zone) for said in chat.said if shown(said, age)]


def _line(said: Said, chat: Chat, age: Age, me: str, zone: tzinfo) -> Line:
    at = datetime.fromtimestamp(said.at / 1000, UTC).astimezone(zone).replace(tzinfo=None)
    text = said.text if said.kind != "share" else ""
    if said.kind.startswith(("event.", "call.")):
        text = sentence(said, me, chat.people)
    marks = () if age == "2015" else tuple((mark.sign, mark.who) for mark in said.marks)
    files = tuple((_TAGS[file.key], f"messages/{chat.section}/{chat.folder}/{file.name}") for file in said.files)
    return Line(at, said.who, text, marks, files, said.link)


def told(chat: Chat, age: Age, me: str) -> list[Told]:
    """What reading the pages has to give, to the minute; to the second those of 2024."""
    exact = 1_000 if age == "2024" else 60_000
    return [_told(said, chat, age, me, exact) for said in chat.said if shown(said, age)]


def _told(said: Said, chat: Chat, age: Age, me: str, exact: int) -> Told:
    spoken = said.kind.startswith(("event.", "call."))
    text = sentence(said, me, chat.people) if spoken else said.text
    marks = () if age == "2015" else tuple((mark.sign, mark.who, None) for mark in said.marks)
    kind = "media" if said.kind == "sticker" else said.kind  # a picture among others
    files = tuple((file.name, "present" if file.here else "missing") for file in said.files)
    return Told(said.who, said.at // exact * exact, kind, text, marks, files)
