"""Reads letters.txt: the letters of the club's mailing list. Its grammar is told at its head."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path

_HEAD = re.compile(r"== (\S+) (?:< (\S+) )?(\d{4}-\d\d-\d\d \d\d:\d\d) (\w+)(?:: (.+))?")
_FILE = re.compile(r"\{(photo|document) (.+)\}")
SUMMERS = (("2023-03-26", "2023-10-29"), ("2024-03-31", "2024-10-27"))  # of British Summer Time
AWAY = ("2023-10-10", "2024-01-26")  # Thuy is in Hanoi


@dataclass(slots=True)
class Post:
    """A letter; *body* has ``{said}`` where the line is to stand that introduces a quote."""

    name: str
    parent: "Post | None"
    at: datetime
    who: str
    subject: str
    ways: frozenset[str] = frozenset()
    body: list[str] = field(default_factory=list)
    files: list[tuple[str, str]] = field(default_factory=list)  # (photo or document, its name)

    @property
    def id(self) -> str:
        return f"{self.name}.{self.at:%Y%m%d%H%M}@garden-club.example.org"

    @property
    def ancestors(self) -> list[str]:
        """The ids it goes back to, the oldest first."""
        return [*self.parent.ancestors, self.parent.id] if self.parent else []


@cache
def posts() -> tuple[Post, ...]:
    """All letters in order of time. ValueError when a head cannot be read."""
    found: dict[str, Post] = {}
    for block in re.split(r"(?m)^(?=== )", Path(__file__).with_name("letters.txt").read_text(encoding="utf-8"))[1:]:
        post = _post(block.strip("\n").split("\n"), found)
        found[post.name] = post
    return tuple(sorted(found.values(), key=lambda post: post.at))


def _post(rows: list[str], before: dict[str, Post]) -> Post:
    head = _HEAD.fullmatch(rows[0])
    if head is None:
        raise ValueError(f"letters.txt does not say who and when: {rows[0]!r}")
    name, parent_name, written, who, subject = head.groups()
    parent = before[parent_name] if parent_name else None
    title = subject or (f"Re: {parent.subject.removeprefix('Re: ')}" if parent else "")
    post = Post(name, parent, _local(written, who), who, title)
    if rows[1].startswith("= "):
        post.ways = frozenset(rows.pop(1)[2:].split(" | "))
    for row in rows[1:]:
        if file := _FILE.fullmatch(row):
            post.files.append((file[1], file[2]))
        else:
            post.body.append(row)
    while post.body and not post.body[-1]:
        post.body.pop()
    return post


def _local(written: str, who: str) -> datetime:
    day = written[:10]
    hours = 7 if who == "thuy" and AWAY[0] <= day <= AWAY[1] else int(any(a <= day < b for a, b in SUMMERS))
    return datetime.fromisoformat(written).replace(tzinfo=timezone(timedelta(hours=hours)))
