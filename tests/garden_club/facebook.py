"""Thuy's Facebook as she exported it in June 2024: Messenger, and what she wrote in a group. Reads facebook.txt."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

from tests.garden_club.scenes import picture

OWNER = "Thuy Tran"
ROOT = "your_facebook_activity/"
POSTS = f"{ROOT}posts/media/your_posts/"
STICKER = f"{ROOT}messages/stickers_used/369239263222822.png"

_SAID = re.compile(r"(\d\d:\d\d) ([^:]+): (.*)", re.DOTALL)
_MORE = re.compile(r"\{(photo|sticker|unsent|call|event) ?(\w*)\} ?")
_FLAGS = {"is_geoblocked_for_viewer": False, "is_unsent_image_by_messenger_kid_parent": False}


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message, post or comment: *who* of a comment is whose post it is under. *more*: what is in braces, and its
    name; *marks*: (sign, who)."""

    at: datetime
    who: str
    words: str
    more: str = ""
    name: str = ""
    marks: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Talk:
    """A thread, or a group (*folder* is ``group``)."""

    folder: str
    title: str
    people: tuple[str, ...]
    said: list[Spoken] = field(default_factory=list)


@cache
def talks() -> tuple[Talk, ...]:
    """All threads, then the group, as the page has them."""
    found: list[Talk] = []
    day = ""
    for row in _rows():
        if row.startswith("@ group "):
            found.append(Talk("group", row[8:], ()))
        elif row.startswith("@ "):
            folder, title, people = row[2:].split(" | ")
            found.append(Talk(folder, title, tuple(people.split(", "))))
        elif row.startswith("== "):
            day = row[3:]
        else:
            found[-1].said.append(_spoken(day, row, found[-1].said))
    return tuple(found)


def _rows() -> Iterator[str]:
    """The page's rows, each with those that belong to it."""
    waiting = ""
    for row in Path(__file__).with_name("facebook.txt").read_text(encoding="utf-8").splitlines():
        if row.startswith("    "):
            waiting += f"\n{row[4:]}"
            continue
        if waiting:
            yield waiting
        waiting = "" if row.startswith("#") else row
    if waiting:
        yield waiting


def _spoken(day: str, row: str, before: list[Spoken]) -> Spoken:
    row, _, reactions = row.partition("\n+ ")
    found = _SAID.fullmatch(row)
    if found is None:
        raise ValueError(f"facebook.txt does not say who and when: {row!r}")
    minute, who, words = found.groups()
    earlier = sum(one.at.strftime("%Y-%m-%d %H:%M") == f"{day} {minute}" for one in before[-6:])
    millisecond = crc32(f"{day} {minute}".encode()) % 10_000 + 11_000 * earlier
    at = datetime.fromisoformat(f"{day} {minute}:{millisecond // 1000:02}.{millisecond % 1000:03}").replace(tzinfo=UTC)
    marks = tuple(tuple(one.split(" ", 1)) for one in reactions.split(", ") if one)
    more = _MORE.search(words)
    what, name = (more[1], more[2]) if more else ("", "")
    return Spoken(at, who, _MORE.sub("", words).strip(), what, name, marks)  # type: ignore[arg-type] # pairs


def export() -> bytes:
    """The zip, its members uncompressed: builds of zlib differ, stored bytes do not."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path, content in files().items():
            member = zipfile.ZipInfo(path, (2024, 6, 16, 9, 12, 0))
            member.create_system = 3
            member.external_attr = 0o644 << 16
            archive.writestr(member, content)
    return target.getvalue()


def files() -> dict[str, bytes]:
    """Every file of the export."""
    found: dict[str, bytes] = {}
    for talk in talks():
        found |= dict(_group(talk) if talk.folder == "group" else _thread(talk))
    found[f"{ROOT}messages/autofill_information.json"] = _written({"autofill_information_v2": {}})
    profile = {"profile_v2": {"name": {"full_name": OWNER, "first_name": "Thuy"}}}
    found["personal_information/profile_information/profile_information.json"] = _written(profile)
    return found


def _written(value: Any) -> bytes:
    """JSON as Meta writes it: each byte of the UTF-8 form of a text an escape of its own."""
    return json.dumps(_broken(value), indent=2).encode("ascii")


def _broken(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode().decode("latin-1")
    if isinstance(value, dict):
        return {_broken(key): _broken(one) for key, one in value.items()}
    return [_broken(one) for one in value] if isinstance(value, list) else value


# -- Messenger ----------------------------------------------------------------------------------------------------


def _thread(talk: Talk) -> Iterator[tuple[str, bytes]]:
    folder = f"{ROOT}messages/{talk.folder}"
    thread: dict[str, Any] = {
        "participants": [{"name": name} for name in talk.people],
        "messages": [_message(one, folder) for one in reversed(talk.said)],
        "title": talk.title,
        "is_still_participant": True,
        "thread_path": talk.folder,
        "magic_words": [],
    }
    if len(talk.people) > 2:
        thread["joinable_mode"] = {"mode": 1, "link": ""}
    yield f"{folder}/message_1.json", _written(thread)
    for one in talk.said:
        if one.more == "photo":
            yield _uri(one, folder), picture(one.name)


def _message(one: Spoken, folder: str) -> dict[str, Any]:
    record: dict[str, Any] = {"sender_name": one.who, "timestamp_ms": _ms(one.at)}
    if one.more == "call":
        record |= {"content": "You started a call.", "call_duration": int(one.name)}
    elif one.words:
        record["content"] = one.words
    if one.more == "photo":
        record["photos"] = [{"uri": _uri(one, folder), "creation_timestamp": _ms(one.at) // 1000}]
    if one.more == "sticker":
        record["sticker"] = {"uri": STICKER, "ai_stickers": []}
    if one.marks:
        record["reactions"] = [{"reaction": sign, "actor": who} for sign, who in one.marks]
    record |= _FLAGS
    return record | ({"is_unsent": True} if one.more == "unsent" else {})


def _uri(one: Spoken, folder: str) -> str:
    return f"{folder}/photos/{_ms(one.at)}_{one.name}_n.jpg"


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


# -- the group ----------------------------------------------------------------------------------------------------


def _group(talk: Talk) -> Iterator[tuple[str, bytes]]:
    """Its posts and comments, which stand in two files, and that Thuy joined it."""
    said = talk.said[::-1]
    posts = [_post(one, talk) for one in said if one.who == "post"]
    comments = [_comment(one, talk) for one in said if one.who != "post"]
    joined = {"timestamp": _ms(talk.said[0].at) // 1000 - 86_400, "data": [{"name": talk.title}]}
    joined["title"] = f"You became a member of {talk.title}."
    yield f"{ROOT}groups/your_group_membership_activity.json", _written({"groups_joined_v2": [joined]})
    yield f"{ROOT}groups/group_posts_and_comments.json", _written({"group_posts_v2": posts})
    yield f"{ROOT}groups/your_comments_in_groups.json", _written({"group_comments_v2": comments})
    for one in talk.said:
        if one.more == "photo":
            yield f"{POSTS}{_ms(one.at)}_n.jpg", picture(one.name)


def _post(one: Spoken, talk: Talk) -> dict[str, Any]:
    at = _ms(one.at) // 1000
    record: dict[str, Any] = {"timestamp": at}
    if one.more == "photo":
        media = {"uri": f"{POSTS}{_ms(one.at)}_n.jpg", "creation_timestamp": at, "title": ""}
        record["attachments"] = [{"data": [{"media": media}]}]
    return record | {"data": [{"post": one.words}], "title": f"{OWNER} posted in {talk.title}."}


def _comment(one: Spoken, talk: Talk) -> dict[str, Any]:
    at = _ms(one.at) // 1000
    comment = {"timestamp": at, "comment": one.words, "author": OWNER, "group": talk.title}
    return {"timestamp": at, "data": [{"comment": comment}], "title": f"{OWNER} commented on {one.who}'s post."}
