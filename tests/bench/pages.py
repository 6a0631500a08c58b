"""How fast, how large and how lazy is a published site? ``python -m tests.bench pages --messages N``"""

import hashlib
import importlib
import json
import marshal
import random
import resource
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from archiver.contracts import Outline, Rendering
from archiver.exporters.site import render
from archiver.exporters.site.frame import Frame
from archiver.exporters.site.index import Index
from archiver.exporters.site.letters import Letters
from archiver.exporters.site.paging import plan
from archiver.model import Handle, KeptConversation, KeptMessage, Sender
from archiver.privacy import Masked, Masker, Naming
from archiver.privacy.people import Person
from archiver.privacy.pseudonyms import name_them
from archiver.publish import publish
from tests.bench.measure import Cost, cost, megabytes, python, table
from tests.bench.whatsapp import CACHE, Export, Talk

HEAD = ("", "messages/s", "CPU s", "peak RSS", "")


@dataclass(frozen=True, slots=True)
class Invented:
    """A library of one invented conversation, read from a file; *more* messages are added at its end."""

    file: Path
    count: int

    def conversations(self) -> Sequence[KeptConversation]:
        times = [at for at, *_ in self._rows()]
        first, last = times[0], times[-1]
        return [KeptConversation(1, "bench", "Harbour Garden", "bench", "group", self.count, 60, first, last)]

    def messages(self, conversation_id: int) -> Iterator[KeptMessage]:
        senders: dict[str, Sender] = {}
        for number, (at, name, text) in enumerate(self._rows()):
            sender = senders.setdefault(name, Sender(name, "name", name, len(senders), len(senders)))
            yield KeptMessage(
                f"m{number}", number, "bench", "Harbour Garden", 1, "bench", "text", sender, f"{at}Z", at, "minute",
                None, text,
            )  # fmt: skip

    def outline(self, conversation_id: int) -> Iterator[Outline]:
        return (Outline(at, len(text), None) for at, _, text in self._rows())

    def people(self, conversation_id: int) -> Sequence[Sender]:
        return ()

    def attachment(self, sha256: str) -> BinaryIO:
        raise FileNotFoundError(sha256)

    def fingerprint(self, conversation_id: int) -> bytes:
        total = hashlib.sha256()
        for row in self._rows():
            total.update(repr(row).encode())
        return total.digest()

    def stamp(self, *, settled: bool = False) -> str:
        return f"{self.file.stat().st_mtime_ns} {self.count}"

    def _rows(self) -> Iterator[tuple[str, str, str]]:
        with self.file.open("rb") as stream:
            for _ in range(self.count):
                yield marshal.load(stream)  # written by ourselves


def invented(messages: int, seed: int) -> Path:
    """The file of a library, written the first time it is asked for, with room for one in a hundred more."""
    CACHE.mkdir(exist_ok=True)
    file = CACHE / f"pages-{messages}-{seed}.marshal"
    if not file.exists():
        with file.with_suffix(".part").open("wb") as out:
            for said in Talk(Export(messages + messages // 100, seed)).sayings():
                at = said.at + timedelta(0)
                marshal.dump((at.strftime("%Y-%m-%dT%H:%M:%S"), said.sender or "Harbour", said.body), out)
        file.with_suffix(".part").replace(file)
    return file


def run(messages: int, seed: int) -> None:
    """Prints what pages, index, publishing, publishing again and a hundredth more cost, and what questions do."""
    file, work = invented(messages, seed), CACHE / f"pages-{messages}-{seed}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        steps = ("read", "pages", "index", "render", "render masked", "render with other names")
        rows = [_row(what, messages, _step(what, file, messages, work)) for what in steps]
        rows += [_row("publish", messages, _step("publish", file, messages, work))]
        rows += [_row("the same again", messages, _step("publish", file, messages, work))]
        rows += [_row("1 % more", messages, _step("publish", file, messages + messages // 100, work))]
        if importlib.import_module("tests.browsers").CHROMIUM:  # so late, for it needs memory that children inherit
            rows += [_row("questions", 0, _step("asked", file, messages, work))]
        print(table([HEAD, *rows]))
    finally:
        shutil.rmtree(work)


def _step(what: str, file: Path, count: int, work: Path) -> Cost:
    return cost(python("-m", "tests.bench.pages", what, str(file), str(count), str(work)), log=work / "log")


def _row(what: str, messages: int, found: Cost) -> tuple[str, ...]:
    told = json.loads(found.output)
    note = ", ".join(f"{name} {value:,}" for name, value in told.items() if name not in {"cpu", "rss"})
    return (
        what,
        f"{messages / told['cpu']:,.0f}" if messages else "",
        f"{told['cpu']:.2f}",
        megabytes(told["rss"]),
        note,
    )


def _once(what: str, file: Path, count: int, work: Path) -> dict[str, float]:
    library, began = Invented(file, count), time.process_time()
    told: dict[str, float] = {}
    if what == "read":
        told["messages"] = sum(1 for _ in library.messages(1))
    elif what == "render":
        told["files"] = sum(1 for page in render(library, Rendering()) if not page.path.startswith("search/"))
    elif what.startswith("render "):
        naming = cast_of(library) if what.endswith("names") else None
        pages = render(Masked(library, str, Masker(), naming), Rendering())
        told["files"] = sum(1 for page in pages if not page.path.startswith("search/"))
    elif what == "index":
        told |= _index(library)
    elif what == "pages":
        told["pages"] = sum(1 for _ in _pages(library))
    elif what == "asked":
        told |= importlib.import_module("tests.bench.asked").costs(work / "site", 7)
    else:
        kept = work / "archive"
        kept.mkdir(exist_ok=True)
        done = publish(library, work / "site", conversations=["1"], options={}, secret=b"bench", archive=kept)
        told |= {"files": done.files, "bytes": done.bytes, "written": done.files - done.unchanged}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"cpu": time.process_time() - began, "rss": peak, **told}


def cast_of(library: Invented) -> Naming:
    """200 people under other names: those who speak, and more who are only spoken of."""
    draw = random.Random(7)
    speakers = list({m.sender.identity: m.sender for m in islice(library.messages(1), 20_000) if m.sender}.values())
    names = [one.name for one in speakers]
    names += [f"{_invented_name(draw)} {_invented_name(draw)}" for _ in range(200 - len(names))]
    people = [Person(n, name, (Handle("name", name, name),), (n,)) for n, name in enumerate(names)]
    return Naming(people, pseudonyms=name_them(people, {}, b"bench").names)


def _invented_name(draw: random.Random) -> str:
    return "".join(draw.choices(("ba", "ke", "lo", "mi", "nu", "ra", "sel", "tor", "vin"), k=3)).capitalize()


def _pages(library: Invented) -> Iterator[bytes]:
    """The pages of a conversation, and nothing else."""
    planned, messages = plan(library.outline(1)), library.messages(1)
    frame = Frame(Rendering())
    letters, entry = Letters(frame.words, planned.answered), frame.entry(library.conversations()[0], "c/x")
    for number, leaf in enumerate(planned.leaves):
        rows = letters.page(islice(messages, leaf.messages), leaf.path)
        yield frame.conversation(entry, planned, number, rows)


def _index(library: Invented) -> dict[str, float]:
    planned, messages = plan(library.outline(1)), library.messages(1)
    index = Index(["x"], planned.leaves)
    for leaf in planned.leaves:
        index.add(0, f"c/x/{leaf.path}", leaf, [next(messages) for _ in range(leaf.messages)])
    sizes = {"t": 0, "x": 0, "h": 0, "files": 0}
    for page in index.pages():
        assert isinstance(page.content, bytes)
        sizes[page.path.rpartition("/")[2][0]] += len(page.content)
        sizes["files"] += 1
    return {"words": sizes["t"], "texts": sizes["x"], "head": sizes["h"], "files": sizes["files"]}


if __name__ == "__main__":
    what, file, count, work = sys.argv[1:]
    print(json.dumps(_once(what, Path(file), int(count), Path(work))))
