"""Mutations of Meta's files: of their bytes, and of what stands in them, so that they stay JSON but are none of Meta's.

An input is the path of one file, a line's end, and its content; it is read beside a small thread and some posts.
"""

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, cast

from archiver.contracts import Hints
from archiver.dump import Dump, Entry
from archiver.importers import facebook
from archiver.model import Message, Stretch
from tests.bench.facebook_dumps import TREES, Member, member
from tests.bench.facebook_posts import posts
from tests.bench.facebook_talk import ME
from tests.whatsapp_chats import Held

_STORED = Path(__file__).parent / "dumps" / "facebook"
_LARGEST = 1 << 14  # bytes of a seed: what is small is read a hundred times a second
_DEEP = (70, 700, 7_000)
_WRONG: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 10**25, -(2**63), 2**64, float("nan"), float("inf"), "", "x", "\ud800", "\udfff x",
    "\0", "\u202e", "../../../../etc/passwd", "..\\..\\x", "file:///etc/passwd", "https://[", "C:\\con", "9" * 300, "é",
    "Ã©", "\u00f0\u009f\u0098\u0082", [], {}, [[]], [{}], [None], {"": None}, {"uri": 5}, {"name": {"name": []}},
    [{"uri": "../x"}], [{"reaction": 1, "actor": {}}], "1714557600000", 99_999_999_999_999, -62_169_958_800, "00:00",
    "[object Object]", "Reacted 😂 to your message ", "You sent an attachment.", "Ana Ruiz (edited)", "😂" * 40,
)  # fmt: skip
_HINTS = (Hints(zone="UTC"), Hints(), Hints(zone="America/New_York", owner="Ben"))
_BYTES = (
    b"\xef\xbb\xbf", b"[object Object]", b"NaN", b"-Infinity", b"\\ud800", b"\\u00c3\\u00a9", b"\\u00", b"9" * 400,
    b'"a":1,"a":2,', b'"messages":[', b"{}", b"[", b"]", b"}", b",", b'"', b"\\", b"\0", b"\xff", b"<p>", b"</div>",
    b"<div>" * 40, b'<h1 class="', b"<!--", b"&#x110000;", b"<script>", b"<table><tr>", b"<img src=../../x>", b"</h2>",
    b'<span class="meta">', b'<div class="message">', b"<br>", b"Participants: ", "٢٠٢٣".encode(),
    b"Jun 07, 2024 10:44:05 am", b"Friday, October 4, 2013 at 10:05pm PDT",
)  # fmt: skip


@cache
def seeds() -> list[bytes]:
    """Files of generated exports of every vintage, and of the small ones that are stored."""
    who = member(2, 14)
    found: dict[bytes, None] = {}
    for vintage, tree in TREES.items():
        small = Member(ME, who.chats, posts(2, ME, 6)) if "html" not in vintage else Member(ME, who.chats)
        for path, content in tree(small, 30):
            if path.endswith((".json", ".html", ".htm")):
                found[_input(path, content)] = None
    for file in sorted(_STORED.rglob("*.*")):
        if file.suffix in {".json", ".html", ".htm"} and "dump" in file.parts:
            found[_input(file.as_posix().partition("/dump/")[2], file.read_bytes())] = None
    return [one for one in found if len(one) < _LARGEST]


def _input(path: str, content: bytes) -> bytes:
    return path.encode() + b"\n" + content


@cache
def _beside() -> dict[str, bytes]:
    """A thread and posts that are sound."""
    tree = dict(TREES["2024"](Member(ME, member(3, 12).chats[:1], posts(3, ME, 4)), 30))
    return {path: content for path, content in tree.items() if path.endswith(".json")}


class _Dump(Held):
    def aside(self, entry: Entry, name: str) -> None:
        """What told something of others is not kept here."""

    def leave(self, entry: Entry, why: str) -> None:
        """What was left alone is not counted here."""


def read(content: bytes) -> int:
    """All that the importer makes of one input; how many messages."""
    path, _, content = content.partition(b"\n")
    files = {**_beside(), path.decode("utf-8", "replace") or "x.json": content}
    count = 0
    for item in facebook.read(cast("Dump", _Dump(files)), _HINTS[len(content) % len(_HINTS)]):
        repr(item).encode()  # nothing that could not be stored
        count += len(item) if isinstance(item, Stretch) else isinstance(item, Message)
    return count


def mutated(of: list[bytes], draw: random.Random) -> bytes:
    """One of the seeds after a few accidents."""
    path, _, content = draw.choice(of).partition(b"\n")
    if draw.random() < 0.6 and path.endswith(b".json"):
        content = _rewritten(content, draw)
    if draw.random() < 0.5:
        for _ in range(draw.choice((1, 1, 2, 4))):
            content = _spoilt(content, draw)
    if draw.random() < 0.02:
        path = draw.choice(
            (b"messages/x_1.json", b"html/messages.htm", b"posts/your_posts_1.json", b"x.html", path * 2)
        )
    return path + b"\n" + content


def _rewritten(content: bytes, draw: random.Random) -> bytes:
    """JSON of another content: values of wrong kinds, moved, doubled and taken away."""
    try:
        value = json.loads(content)
    except ValueError:
        return content
    for _ in range(draw.choice((1, 1, 2, 3, 8))):
        where = list(places(value))
        if not where:
            return content
        holder, key = draw.choice(where)
        match draw.randrange(6):
            case 0:
                del holder[key]
                continue
            case 1:
                other, place = draw.choice(where)
                new = other[place] if _has(other, place) else None
                new = json.loads(json.dumps(new))
            case 2:
                new = (
                    [holder[key]] * draw.choice((1, 2, 40)) if draw.random() < 0.5 else {"label": "x", "x": holder[key]}
                )
                new = json.loads(json.dumps(new))
            case _:
                new = deepcopy(draw.choice(_WRONG))
        holder[key] = new
    text = json.dumps(value, ensure_ascii=draw.random() < 0.5, indent=draw.choice((None, 2)))
    if draw.random() < 0.05:
        levels = draw.choice(_DEEP)
        opened, closed = draw.choice((("[", "]"), ('{"a":', "}")))
        text = text.replace("null", opened * levels + "1" + closed * levels, 1)
    return text.encode("utf-8", "surrogatepass")


def _has(holder: Any, key: Any) -> bool:
    return key in holder if isinstance(holder, dict) else key < len(holder)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """(holder, key) of everything that lies in a value."""
    waiting = [value]
    while waiting:
        here = waiting.pop()
        pairs = (
            list(here.items()) if isinstance(here, dict) else list(enumerate(here)) if isinstance(here, list) else []
        )
        for key, inner in pairs:
            yield here, key
            waiting.append(inner)


def _spoilt(content: bytes, draw: random.Random) -> bytes:
    """Bytes lost, changed, doubled, or put in."""
    at, size = draw.randrange(len(content) + 1), draw.choice((1, 1, 2, 4, 16, 64, 256))
    match draw.randrange(6):
        case 0:
            return content[:at] + draw.randbytes(size) + content[at + size :]
        case 1:
            return content[:at] + content[at + size :]
        case 2 | 3:
            return content[:at] + draw.choice(_BYTES) + content[at:]
        case 4:
            return content[:at] + content[at : at + size] * draw.choice((2, 3, 50)) + content[at + size :]
        case _:
            return content[:at]
