"""Small Facebook exports for tests: written as Meta writes them, read with the real readers."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from archiver.contracts import Hints
from archiver.dump import Dump
from archiver.importers.facebook.accounting import Ledger
from archiver.importers.facebook.people import Owner, owner_called
from archiver.importers.facebook.sections import read_exports, read_sections
from archiver.importers.facebook.tree import Tree
from archiver.model import Conversation, Item, Message, Problem, singly

ANA = owner_called("Ana Ruiz", "the test says so", ["Ana Garden"])
BEN = owner_called("Ben Cole", "the test says so")
GROUP = "facebook:group:garden club"
WALL = "facebook:wall:ana ruiz"
MAY = 1_588_586_400  # 2020-05-04 10:00 UTC
DAY = 86_400


def meta(value: Any) -> Any:
    """A value with all its strings as Meta writes them: each byte of the UTF-8 form a character."""
    if isinstance(value, str):
        return value.encode().decode("latin-1")
    if isinstance(value, list):
        return [meta(one) for one in value]
    if isinstance(value, dict):
        return {meta(key): meta(one) for key, one in value.items()}
    return value


def written(value: Any) -> bytes:
    """The bytes of a file that holds this value; bytes are taken as they are."""
    return value if isinstance(value, bytes) else json.dumps(meta(value)).encode()


def lay(folder: Path, files: Mapping[str, Any]) -> Path:
    """The files on the disk."""
    for path, value in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(written(value))
    return folder


class Told:
    """What reading gave."""

    def __init__(self, items: list[Item], ledger: Ledger) -> None:
        self.items = list(singly(items))
        self.ledger = ledger

    @property
    def messages(self) -> list[Message]:
        return [item for item in self.items if isinstance(item, Message)]

    @property
    def conversations(self) -> dict[str, Conversation]:
        return {item.key: item for item in self.items if isinstance(item, Conversation)}

    @property
    def problems(self) -> list[Problem]:
        return [item for item in self.items if isinstance(item, Problem)]

    def the(self, text: str) -> Message:
        """The only message with this text."""
        (found,) = (message for message in self.messages if message.text == text)
        return found

    def said(self, what: str) -> list[str]:
        """The notes of all problems of one kind."""
        return [problem.note for problem in self.problems if problem.what == what]

    def unknown(self) -> list[str]:
        return [problem.note for problem in self.ledger.problems()]

    def balanced(self) -> bool:
        """Whether all numbers add up, in sum and in what was told."""
        return all(count.balanced for count in self.ledger.counts.values())


def read(folder: Path, files: Mapping[str, Any], owner: Owner = ANA, hints: Hints | None = None) -> Told:
    """What an export of these files says."""
    ledger = Ledger()
    with Dump.open([lay(folder / "export", files)]) as dump:
        tree = Tree(dump, dump.entries)
        told = Told(list(read_sections(dump, tree, owner, hints or Hints(), ledger)), ledger)
    assert told.balanced(), {kind: count.sums() for kind, count in ledger.counts.items()}
    return told


def read_together(folder: Path, exports: Mapping[Owner, Mapping[str, Any]]) -> Told:
    """What several members' exports in one dump say."""
    ledger = Ledger()
    for owner, files in exports.items():
        lay(folder / "dump" / owner.handle.value, files)
    with Dump.open([folder / "dump"]) as dump:
        trees = [
            (Tree(dump, [entry for entry in dump.entries if f"/{owner.handle.value}/" in f"/{entry.path}"]), owner)
            for owner in exports
        ]
        told = Told(list(read_exports(dump, trees, Hints(), ledger)), ledger)
    assert told.balanced()
    return told


def post(text: str | None, at: int = MAY, title: str = "", **more: Any) -> dict[str, Any]:
    """A post's record."""
    record: dict[str, Any] = {"timestamp": at, "data": [{"post": text}] if text is not None else []}
    return record | ({"title": title} if title else {}) | more


def comment(text: str, at: int = MAY, title: str = "", group: str = "", author: str = "Ana Ruiz") -> dict[str, Any]:
    """A comment's record."""
    said = {"timestamp": at, "comment": text, "author": author} | ({"group": group} if group else {})
    return {"timestamp": at, "title": title, "data": [{"comment": said}]}


def hung(*what: dict[str, Any]) -> list[dict[str, Any]]:
    """Attachments."""
    return [{"data": list(what)}]


def photo(uri: str, at: int = MAY, **more: Any) -> dict[str, Any]:
    """A photo's record."""
    return {"uri": uri, "creation_timestamp": at} | more


def label(name: str, value: str = "", **more: Any) -> dict[str, Any]:
    """One of the label_values."""
    return {"label": name} | ({"value": value} if value else {}) | more


def labelled(*labels: dict[str, Any], at: int | None = MAY, fbid: str = "1001") -> dict[str, Any]:
    """A record of label_values."""
    record = {"media": [], "label_values": list(labels), "fbid": fbid}
    return record if at is None else {"timestamp": at} | record
