"""What a generated letter says, told beside its bytes."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple

Copy = Literal["", "exact", "variant"]


class Attached(NamedTuple):
    """A file of a letter."""

    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Truth:
    """What a letter says.

    *parent*: the id it names as what it answers, None when it names none; *answers*: what it really answers;
    *thread*: the number of the talk it really belongs to. *text*: the writer's own lines, without quotes,
    signature and footer; paragraphs are broken as in plain text, so compare it without regard to white space.
    *copy*: the same id came before: the same bytes (exact), or once by the list and once directly (variant).
    *scrubbed*: the names of files that pipermail took out.
    """

    number: int
    id: str | None
    sender: str
    name: str | None
    subject: str
    date: datetime
    list: str | None
    parent: str | None
    answers: str | None
    thread: int
    shape: str
    attachments: tuple[Attached, ...]
    text: str
    copy: Copy = ""
    labels: tuple[str, ...] = ()
    scrubbed: tuple[str, ...] = ()


class Mail(NamedTuple):
    """A letter as bytes (RFC 5322, LF line ends, no separator, nothing quoted) and what it says."""

    raw: bytes
    truth: Truth


def jsonl(truths: Iterable[Truth], file: Path) -> int:
    """Writes one JSON object a line; how many there were."""
    count = 0
    with file.open("w", encoding="utf-8", newline="\n") as out:
        for truth in truths:
            said = asdict(truth) | {
                "date": truth.date.isoformat(),
                "attachments": [attached._asdict() for attached in truth.attachments],
            }
            out.write(json.dumps(said, ensure_ascii=False) + "\n")
            count += 1
    return count
