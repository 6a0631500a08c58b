"""Exports that are broken, or made to break a reader: problems come of them, and messages where there are some left;
never a crash, never a file from outside, never more memory than a file of Meta's would take."""

import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from shutil import rmtree
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archiver.contracts import Hints
from archiver.dump import DEFAULT, Dump, Limits
from archiver.errors import ArchiveError
from archiver.importers import facebook
from archiver.ingest import Request, ingest
from archiver.model import Conversation, Message, Problem, Single, singly
from archiver.store.archive import open_archive
from tests.bench.facebook_dumps import TREES, Member, lay, member, packed
from tests.bench.facebook_posts import posts
from tests.bench.facebook_talk import ME
from tests.bench.measure import ROOT, python
from tests.fuzz_facebook import places

DEEP = 100_000
HUGE = 10**400
MORE: Mapping[str, Any] = {  # files that the generated exports have none of
    "your_facebook_activity/posts/check-ins.json": {
        "timestamp": 1714557600, "media": [], "fbid": "1001",
        "label_values": [{"label": "Place tags", "dict": [{"dict": [{"label": "Name", "value": "x"}], "title": ""}]}],
    },
    "your_facebook_activity/posts/album/0.json": {
        "name": "Leeks",
        "photos": [{"uri": "posts/media/a.jpg", "creation_timestamp": 1, "comments": [{"comment": "x"}]}],
        "cover_photo": {"uri": "posts/media/b.jpg"}, "last_modified_timestamp": 1, "description": "d",
    },
    "your_facebook_activity/posts/edits_you_made_to_posts.json": [
        {"timestamp": 5, "media": [], "label_values": [{"label": "Text", "value": "Old"}], "fbid": "1"}
    ],
    "your_facebook_activity/comments_and_reactions/likes_and_reactions_1.json": [
        {"timestamp": 5, "title": "Ana Ruiz likes her own post.", "data": [{"reaction": {"reaction": "LIKE"}}]}
    ],
    "your_facebook_activity/events/your_event_responses.json": {
        "event_responses_v2": {"events_joined": [{"name": "Swap", "start_timestamp": 1, "end_timestamp": 0}]}
    },
    "your_facebook_activity/groups/your_group_messages/77.json": {
        "thread_name": "Hort", "messages": [{"sender_name": ME, "timestamp_ms": 1, "content": "x"}]
    },
    "messages/Ben_1.json": {
        "participants": [ME, "Ben"], "threadName": "Ben",
        "messages": [{"isUnsent": False, "media": [{"uri": "./media/a.jpg"}],
                      "reactions": [{"actor": ME, "reaction": "x"}], "senderName": "Ben", "text": "hi",
                      "timestamp": 1714557600000, "type": "media"}],
    },
}  # fmt: skip


@cache
def sound() -> dict[str, bytes]:
    """A small export of 2024 with a file of every kind."""
    who = member(2, 60)
    files = dict(TREES["2024"](Member(ME, who.chats, posts(2, ME, 20)), 30))
    return files | {path: orjson.dumps(value) for path, value in MORE.items()}


@cache
def json_files() -> tuple[str, ...]:
    return tuple(sorted(path for path in sound() if path.endswith(".json") and sound()[path] != b"[object Object]"))


def read(folder: Path, files: Mapping[str, bytes], limits: Limits = DEFAULT) -> list[Single]:
    """All that reading gives; every number in it has to add up."""
    with Dump.open([lay(files.items(), folder / "export")], limits) as dump:
        items = list(singly(facebook.read(dump, Hints(zone="UTC"))))
    rmtree(folder / "export")
    for item in items:
        assert isinstance(item, Conversation | Message | Problem) or item.what
        repr(item).encode()  # no half of a surrogate pair is left
    assert not [item for item in items if isinstance(item, Problem) and "do not add up" in item.note]
    return items


def around(path: str, content: bytes) -> dict[str, bytes]:
    """The sound export with this file in place of its own."""
    return {**sound(), path: content}


def beside(path: str, content: bytes) -> dict[str, bytes]:
    """This file beside a thread and the posts of groups, which are sound."""
    others = [other for other in json_files() if "/inbox/gardenclub" in other or "/group_posts" in other]
    return {**{other: sound()[other] for other in others}, path: content}


# -- wrong values in the right places ---------------------------------------------------------------------------

WRONG: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, HUGE, -(10**25), 2**63, float("nan"), float("inf"), "", "x", "\ud800", "\0",
    "\u202e", "../../../../etc/passwd", "C:\\con", "file:///etc/passwd", "https://[", "9" * 5_000, "é", "Ã©", [], {},
    [[]], [{}],
    [None], {"": None}, {"a": {"b": []}}, [1, "two", {"three": 3}], "😂" * 100, {"uri": 5}, {"name": {"name": []}},
    [{"uri": None}], "2024-05-01", "1714557600000", [["x"] * 3] * 3,
)  # fmt: skip


def spoilt(path: str, draw: random.Random, times: int) -> bytes:
    """The file with so many of its values replaced, taken away, told twice, or moved to a strange key."""
    value = json.loads(sound()[path])
    for _ in range(times):
        where = list(places(value))
        if not where:
            break
        here, key = draw.choice(where)
        what = draw.random()
        if what < 0.7:
            here[key] = deepcopy(draw.choice(WRONG))
        elif what < 0.8 and isinstance(here, dict):
            del here[key]
        elif what < 0.9 and isinstance(here, dict) and not isinstance(here[key], dict | list):
            here[draw.choice(("", "\ud800", "Ã©", "x" * 10_000, "uri", "messages", "label_values"))] = here[key]
        elif not isinstance(here[key], dict | list):  # else, what is doubled would be doubled again
            here[key] = [here[key], here[key]]
    return json.dumps(value).encode()


@pytest.mark.parametrize("path", json_files())
def test_a_file_with_wrong_values_costs_what_is_wrong_in_it_and_nothing_else(path: str, tmp_path: Path) -> None:
    for seed in range(0, 12, 2):
        files = around(path, spoilt(path, random.Random(f"{path} {seed}"), 1 + seed * seed))
        found = read(tmp_path, files)
        assert sum(isinstance(item, Message) for item in found) > 50


@pytest.mark.parametrize("path", json_files())
def test_each_value_at_the_top_of_a_file_may_be_of_any_type(path: str, tmp_path: Path) -> None:
    value = json.loads(sound()[path])
    for wrong in WRONG[len(path) % 4 :: 4]:
        read(tmp_path, beside(path, json.dumps(wrong).encode()))
        for key in list(value) if isinstance(value, dict) else ():
            read(tmp_path, beside(path, json.dumps({**value, key: wrong}).encode()))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(seed=st.integers(0, 1 << 30), path=st.sampled_from(json_files()), times=st.integers(1, 40))
def test_any_mixture_of_wrong_values_is_read(seed: int, path: str, times: int, tmp_path: Path) -> None:
    read(tmp_path, beside(path, spoilt(path, random.Random(seed), times)))


@pytest.mark.parametrize("seed", range(6))
def test_what_is_read_of_it_can_be_kept(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    files = sound() | {path: spoilt(path, draw, 15) for path in json_files()}
    home = tmp_path / "home"
    (report,) = ingest(home, Request(paths=(lay(files.items(), tmp_path / "export"),), hints=Hints(zone="UTC")))
    with open_archive(home) as archive:
        (count,) = archive.connection.execute("select count(*) from message").fetchone()
        (broken,) = archive.connection.execute("pragma integrity_check").fetchone()
    assert (count, broken) == (report.counts["new"], "ok")
    assert count > 20


# -- broken bytes ------------------------------------------------------------------------------------------------


def _cut(content: bytes, draw: random.Random) -> bytes:
    return content[: draw.randrange(len(content))]


def _flipped(content: bytes, draw: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(30):
        changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def _swapped(content: bytes, draw: random.Random) -> bytes:
    at, to = sorted((draw.randrange(len(content)), draw.randrange(len(content))))
    return content[to:] + content[at:to] + content[:at]


def _quoted(content: bytes, draw: random.Random) -> bytes:
    at = draw.randrange(len(content))
    return content[:at] + b'"' + content[at:]


HARMS: Mapping[str, Callable[[bytes, random.Random], bytes]] = {
    "empty": lambda _content, _draw: b"",
    "blank": lambda _content, _draw: b" \n\t ",
    "object Object": lambda _content, _draw: b"[object Object]",
    "mark": lambda content, _draw: b"\xef\xbb\xbf" + content,
    "only a mark": lambda _content, _draw: b"\xef\xbb\xbf",
    "utf-16": lambda content, _draw: content.decode().encode("utf-16"),
    "cut off": _cut,
    "bytes changed": _flipped,
    "turned around": _swapped,
    "a quote too many": _quoted,
    "twice": lambda content, _draw: content + content,
    "zeros": lambda content, _draw: bytes(len(content)),
    "html": lambda _content, _draw: b"<html><body>Sorry, something went wrong.</body></html>",
    "brackets": lambda _content, _draw: b"[" * 5_000,
    "quotes": lambda _content, _draw: b'"\\' * 5_000,
    "commas": lambda _content, _draw: b"[" + b",{}" * 5_000 + b"]",
}


@pytest.mark.parametrize("harm", sorted(HARMS))
def test_a_file_that_is_damaged_in_this_way_leaves_the_others_alone(harm: str, tmp_path: Path) -> None:
    for path in json_files():
        content = HARMS[harm](sound()[path], random.Random(f"{harm} {path}"))
        found = read(tmp_path, beside(path, content))
        assert sum(isinstance(item, Message) for item in found) > 5, path


@pytest.mark.parametrize("vintage", ["html 2015", "html 2019", "html 2024"])
@pytest.mark.parametrize("harm", sorted(set(HARMS) - {"utf-16"}))
def test_pages_that_are_damaged_in_this_way_are_read_as_far_as_they_go(harm: str, vintage: str, tmp_path: Path) -> None:
    files = dict(TREES[vintage](member(2, 60), 30))
    for number, path in enumerate(sorted(path for path in files if path.endswith(("htm", "html")))):
        content = HARMS[harm](files[path], random.Random(f"{harm} {path}"))
        folder = lay([(path, content)], tmp_path / f"{number}")
        with Dump.open([folder]) as dump:
            try:
                for item in singly(facebook.read(dump, Hints(zone="UTC"))):
                    repr(item).encode()
            except ArchiveError as error:  # a dump of one page, of which nothing is left
                assert error.remedy  # noqa: PT017 - most do not raise


# -- deep, long and many ------------------------------------------------------------------------------------------


READ = ("/inbox/gardenclub", "/group_posts", "/comments.json", "/check-ins", "/your_event_responses", "/album/")


@pytest.mark.parametrize("path", [path for path in json_files() if any(name in path for name in READ)])
@pytest.mark.parametrize("opening", ["[", '{"a":'], ids=["lists", "objects"])
def test_a_hundred_thousand_levels_are_a_problem_and_no_crash(path: str, opening: str, tmp_path: Path) -> None:
    closing = "]" if opening == "[" else "}"
    nested = opening * DEEP + "1" + closing * DEEP
    content = sound()[path].decode()
    place = content.index("[", 1) if "[" in content[1:] else 0
    deep = content[: place + 1] + nested + "," + content[place + 1 :]
    for raw in (nested, deep, opening * DEEP):
        found = read(tmp_path, beside(path, raw.encode()))
        assert [item for item in found if isinstance(item, Problem) and item.loss in {"file", "message"}]


def test_every_field_may_be_deep(tmp_path: Path) -> None:
    path = next(path for path in json_files() if "/inbox/" in path)
    value = json.loads(sound()[path])
    deep: Any = "x"
    for _ in range(900):  # as deep as the parser goes
        deep = [deep]
    keys = {key for record in value["messages"] for key in record}
    for key in sorted(keys):
        for record in value["messages"]:
            record[key] = deep
        read(tmp_path, beside(path, json.dumps(value).encode()))


def test_a_sticker_may_be_several(tmp_path: Path) -> None:
    several = [{"uri": "stickers_used/1.png"}, {"uri": "stickers_used/2.png", "ai_stickers": []}]
    message = {"sender_name": "Ana Ruiz", "timestamp_ms": 1_714_557_600_000, "sticker": several}
    file = tmp_path / "messages/inbox/club_1/message_1.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"participants": [{"name": "Ana Ruiz"}], "messages": [message], "title": "Club"}))
    with Dump.open([tmp_path]) as dump:
        found = [one for one in singly(facebook.read(dump, Hints())) if isinstance(one, Message)]
    assert [(one.kind, len(one.attachments)) for one in found] == [("sticker", 2)]


def test_a_byte_that_is_no_utf8_in_a_class_of_a_page_is_read_over(tmp_path: Path) -> None:
    tree = dict(TREES["html 2024"](member(2, 20), 30))
    path = next(path for path in tree if "/inbox/" in path and path.endswith(".html"))
    broken = tree[path].replace(b"uiBoxWhite", b"uiB\xacxWhite")
    assert broken != tree[path]
    sound_, found = read(tmp_path / "a", {path: tree[path]}), read(tmp_path / "b", {path: broken})
    texts = [[item.text for item in items if isinstance(item, Message)] for items in (sound_, found)]
    assert texts[0] == texts[1] != []


@pytest.mark.parametrize("most", [4_000_000, 9_000_000])
def test_of_a_text_of_eight_megabytes_as_much_is_kept_as_the_limit_allows(most: int, tmp_path: Path) -> None:
    text = "a leek " * 1_200_000
    thread = {"participants": [{"name": ME}], "messages": [{"sender_name": ME, "timestamp_ms": 1, "content": text}]}
    path = "your_facebook_activity/messages/inbox/long_1234567890/message_1.json"
    found = read(tmp_path, {path: json.dumps(thread).encode()}, Limits(text_length=most))
    assert [item.text == text[:most] for item in found if isinstance(item, Message)] == [True]
    told = [item.note for item in found if isinstance(item, Problem) and item.what == "long-text"]
    assert len(told) == (most < len(text))
    assert Limits().text_length == 4_000_000


def test_a_file_of_many_small_threads_and_keys_is_bounded(tmp_path: Path) -> None:
    names = [{"name": f"Somebody {n}"} for n in range(20_000)]
    records = [{"sender_name": f"Somebody {n}", "timestamp_ms": n, f"key {n}": n} for n in range(20_000)]
    path = "your_facebook_activity/messages/inbox/many_1234567890/message_1.json"
    found = read(tmp_path, {path: json.dumps({"participants": names, "messages": records}).encode()})
    problems = [item for item in found if isinstance(item, Problem)]
    assert len(problems) < 600
    assert sum(isinstance(item, Message) for item in found) == 20_000


@pytest.mark.slow
@pytest.mark.parametrize("where", ["a thread", "posts"])
def test_half_a_gigabyte_of_one_string_is_a_problem_in_little_memory(where: str, tmp_path: Path) -> None:
    files = dict(sound())
    path = next(path for path in json_files() if ("/inbox/" if where == "a thread" else "your_posts__") in path)
    folder = lay(files.items(), tmp_path / "export")
    with (folder / path).open("wb") as out:
        out.write(b'{"messages":[{"content":"')
        for _ in range(500):
            out.write(b"x" * 1_000_000)
        out.write(b'"}]}')
    home = tmp_path / "home"
    done = subprocess.run(
        python("-c", _PEAK, str(home), str(folder)), cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    status, peak, said = json.loads(done.stdout)
    assert status == 3
    assert "(limit 67,108,864; --limit-json-bytes raises it)" in said
    assert peak < 250_000_000


_PEAK = """
import json, resource, subprocess, sys
done = subprocess.run([sys.executable, "-m", "archiver", "--archive", sys.argv[1], "import", "--json", sys.argv[2]],
                      capture_output=True, encoding="utf-8")
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps([done.returncode, peak, done.stderr]))
"""


# -- paths that lead elsewhere ----------------------------------------------------------------------------------


ESCAPES = (
    "../../../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "..\\..\\windows\\win.ini",
    "messages/../../secret.txt", "https://example.org/../../etc/passwd", "\0/etc/passwd",
    "your_facebook_activity/../../secret.txt", "~/.ssh/id_rsa",
)  # fmt: skip


@pytest.mark.parametrize("uri", ESCAPES)
def test_a_uri_that_leads_elsewhere_finds_nothing_in_threads_posts_and_pages(uri: str, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("nobody reads this")
    thread = {"participants": [{"name": ME}], "messages": [
        {"sender_name": ME, "timestamp_ms": 1714557600000, "photos": [{"uri": uri}]},
        {"sender_name": ME, "timestamp_ms": 1714557600001, "sticker": {"uri": uri}},
    ]}  # fmt: skip
    post = [{"timestamp": 1714557600, "attachments": [{"data": [{"media": {"uri": uri}}]}], "data": [{"post": "x"}]}]
    found = read(tmp_path / "dump", {
        "your_facebook_activity/messages/inbox/a_1234567890/message_1.json": json.dumps(thread).encode(),
        "your_facebook_activity/posts/your_posts_1.json": json.dumps(post).encode(),
    })  # fmt: skip
    files = [file for item in found if isinstance(item, Message) for file in item.attachments]
    assert len(files) == 3
    assert {(file.state, file.member) for file in files} == {("missing", None)}


def test_a_zip_whose_names_lead_elsewhere_writes_nothing_outside(tmp_path: Path) -> None:
    thread = sound()[next(path for path in json_files() if "/inbox/" in path)]
    evil = tmp_path / "facebook-evil.zip"
    with zipfile.ZipFile(evil, "w") as archive:
        archive.writestr("../../outside.txt", "nobody writes this")
        archive.writestr("/etc/outside.txt", "nor this")
        archive.writestr("your_facebook_activity/messages/inbox/a_1234567890/message_1.json", thread)
        archive.writestr("your_facebook_activity/messages/inbox/../../../../inbox/b_1234567891/message_1.json", thread)
    before = set(tmp_path.parent.rglob("*outside*"))
    done = subprocess.run(
        [sys.executable, "-m", "archiver", "--archive", str(tmp_path / "home"), "import", "--json", str(evil)],
        cwd=ROOT, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode in {0, 1, 3}, done.stderr
    assert "Traceback" not in done.stderr
    assert set(tmp_path.parent.rglob("*outside*")) == before


def test_the_command_says_what_is_broken_and_never_shows_a_traceback(tmp_path: Path) -> None:
    draw = random.Random(3)
    files = {path: spoilt(path, draw, 30) for path in json_files()}
    broken = tmp_path / "facebook-broken.zip"
    broken.write_bytes(packed({**files, "your_facebook_activity/posts/archive.json": b"[object Object]"}.items()))
    done = subprocess.run(
        [sys.executable, "-m", "archiver", "--archive", str(tmp_path / "home"), "import", "--json", str(broken)],
        cwd=ROOT, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode in {0, 3}, done.stderr
    assert "Traceback" not in done.stderr
    assert json.loads(done.stdout)["new"] > 0
