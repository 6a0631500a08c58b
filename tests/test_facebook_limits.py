"""What an export may ask of this computer: past a limit it is read in part, and a problem names limit and flag."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from archiver.contracts import Hints
from archiver.dump import Dump, Limits
from archiver.importers import facebook
from archiver.importers.facebook import loading
from archiver.importers.facebook.loading import TOO_DEEP
from archiver.model import Message, Problem, Single, Stretch, singly
from tests.facebook_export import DAY, MAY, lay

INBOX = "your_facebook_activity/messages/inbox/gardenclub_1234567890123456/message_1.json"
POSTS = "your_facebook_activity/posts/your_posts__check_ins__photos_and_videos_1.json"
COMMENTS = "your_facebook_activity/comments_and_reactions/comments.json"


def read(folder: Path, files: Mapping[str, Any], limits: Limits) -> list[Single]:
    with Dump.open([lay(folder / "export", files)], limits) as dump:
        return list(singly(facebook.read(dump, Hints(zone="UTC"))))


def thread(*records: dict[str, Any]) -> dict[str, Any]:
    people = [{"name": name} for name in ("Ben Cole", "Cléo d’Été", "Ana Ruiz")]
    return {"participants": people, "messages": list(records), "title": "Garden Club"}


def say(text: str, at: int, **more: Any) -> dict[str, Any]:
    return {"sender_name": "Ben Cole", "timestamp_ms": at * 1000, "content": text, **more}


def nested(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


def of(items: list[Single], what: str) -> list[Problem]:
    return [item for item in items if isinstance(item, Problem) and item.what == what]


def texts(items: list[Single]) -> list[str]:
    return [item.text for item in items if isinstance(item, Message)]


@pytest.mark.parametrize(("levels", "refused"), [(61, 0), (62, 1), (300, 1)])
def test_a_message_with_something_deep_in_it_is_read_without_that(levels: int, refused: int, tmp_path: Path) -> None:
    deep = say("leeks", MAY + 60, new_thing=nested(levels))
    found = read(tmp_path, {INBOX: thread(say("peas", MAY + DAY), deep, say("beans", MAY))}, Limits())
    assert texts(found) == ["beans", "leeks", "peas"]
    told = of(found, "too-deep")
    assert len(told) == refused
    assert all("limit 64; --limit-json-depth raises it" in one.note for one in told)


@pytest.mark.parametrize(("levels", "refused"), [(60, 0), (100, 1)])
def test_posts_that_are_nested_past_the_limit_are_not_read_and_said_once(
    levels: int, refused: int, tmp_path: Path
) -> None:
    post = {"timestamp": MAY, "data": [{"post": "leeks"}], "more": nested(levels)}
    found = read(tmp_path, {POSTS: [post]}, Limits())
    assert (texts(found), len(of(found, "too-deep"))) == ([] if refused else ["leeks"], refused)


def test_a_file_deeper_than_any_parser_goes_names_the_limit_and_is_parsed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    parse = loading.parse

    def counted(raw: bytes) -> Any:
        seen.append(len(raw))
        return parse(raw)

    monkeypatch.setattr(loading, "parse", counted)
    raw = b'{"comments_v2": ' + b"[" * 5_000 + b"]" * 5_000 + b"}"
    found = read(tmp_path, {COMMENTS: raw, INBOX: thread(say("peas", MAY))}, Limits())
    (told,) = of(found, "unreadable-json")
    assert TOO_DEEP in told.note
    assert "--limit-json-depth raises it" in told.note
    assert seen.count(len(raw)) == 1


def test_of_a_text_past_the_limit_the_beginning_is_kept_wherever_it_stands(tmp_path: Path) -> None:
    photo = say("x" * 30, MAY + 60, photos=[{"uri": "photos/a.jpg"}])
    files = {
        INBOX: thread(photo, say("peas", MAY + 5), say("y" * 30, MAY)),
        POSTS: [{"timestamp": MAY, "data": [{"post": "z" * 30}]}],
    }
    found = read(tmp_path, files, Limits(text_length=20))
    assert texts(found) == ["y" * 20, "peas", "x" * 20, "z" * 20]
    told = of(found, "long-text")
    assert len(told) == 3
    assert all("limit 20; --limit-text-length raises it" in one.note for one in told)


def test_a_text_that_is_cut_keeps_its_key(tmp_path: Path) -> None:
    files = {INBOX: thread(say("y" * 30, MAY))}
    (cut,) = (item for item in read(tmp_path / "a", files, Limits(text_length=20)) if isinstance(item, Message))
    (whole,) = (item for item in read(tmp_path / "b", files, Limits()) if isinstance(item, Message))
    assert cut.key == whole.key
    assert len(cut.text) < len(whole.text)


def test_plain_messages_still_come_in_stretches(tmp_path: Path) -> None:
    with Dump.open([lay(tmp_path, {INBOX: thread(say("peas", MAY + 5), say("beans", MAY))})]) as dump:
        stretches = [item for item in facebook.read(dump, Hints(zone="UTC")) if isinstance(item, Stretch)]
    assert [len(one) for one in stretches] == [2]
