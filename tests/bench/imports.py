"""How fast is an import? Each part beside the bare loop that does the same work, in the same run."""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench import peers
from tests.bench.measure import Cost, archive, cheapest, cost, megabytes, python, table
from tests.bench.whatsapp import CACHE, Export

HEAD = ("", "messages", "messages/s", "CPU s", "wall s", "peak RSS", "against the bare loop")


def run(messages: int, seed: int, runs: int, peer: str = sys.executable) -> None:
    """Prints the table for an export of *messages*, the memory of one a tenth of its size, and a peer's speed."""
    work = CACHE / f"work-{messages}-{seed}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        rows = list(_rows(Export(messages, seed), work, runs))
        small = Export(max(messages // 10, 100), seed)
        tenth = _first_import(small, work / "tenth", 1)
    finally:
        shutil.rmtree(work)
    rows.append(_row("archive import, a tenth of it", small.messages, tenth, None))
    print(table([HEAD, *rows]))
    print(f"\n{peers.compare(peer, seed, runs, min(messages, peers.MESSAGES))}\n")


def _rows(export: Export, work: Path, runs: int) -> Iterator[tuple[str, ...]]:
    source, count, log = export.path(), export.messages, work / "output"
    bare = cheapest(python("-m", "tests.bench.baseline", "parse", str(source)), log=log, runs=runs)
    yield _row("bare loop: parse", count, bare, None)
    read = cheapest(python("-m", "tests.bench.reading", str(source)), log=log, runs=runs)
    _expect(int(read.output), count, "read")
    yield _row("importers.whatsapp.read", count, read, bare)

    kept = _bare_store(source, work, runs)
    yield _row("bare loop: parse, SQLite, FTS5", count, kept, None)
    first = _first_import(export, work / "archive", runs)
    yield _row("archive import", count, first, kept)
    again = cheapest(archive(work / "archive", "import", "--json", str(source)), log=log, runs=runs)
    _expect(json.loads(again.output)["new"], 0, "new when imported again")
    yield _row("the same again", count, again, first, "the first import")
    number = str(json.loads(first.output)["import"])
    yield _row("imports undo", count, cost(archive(work / "archive", "imports", "undo", number), log=log), None)


def _bare_store(source: Path, work: Path, runs: int) -> Cost:
    found = []
    for n in range(runs):
        target = work / f"bare-{n}.db"
        found.append(cost(python("-m", "tests.bench.baseline", "store", str(source), str(target)), log=work / "output"))
        target.unlink()
    return min(found, key=lambda one: one.cpu)


def _first_import(export: Export, folder: Path, runs: int) -> Cost:
    """The cheapest of *runs* imports into a fresh archive; the last archive stays."""
    found = []
    for _ in range(runs):
        shutil.rmtree(folder, ignore_errors=True)
        command = archive(folder, "import", "--json", str(export.path()))
        found.append(cost(command, log=folder.with_suffix(".out")))
        _expect(json.loads(found[-1].output)["new"], export.messages, "new")
    return min(found, key=lambda one: one.cpu)


def _expect(found: int, wanted: int, what: str) -> None:
    if found != wanted:
        raise AssertionError(f"{found:,} {what}, but it should be {wanted:,}: a fast wrong answer is no answer")


def _row(name: str, messages: int, this: Cost, reference: Cost | None, other: str = "") -> tuple[str, ...]:
    ratio = (
        f"{reference.wall / this.wall:.2f} × its speed, {reference.cpu / this.cpu:.2f} × by CPU" if reference else "–"
    )
    if other and reference:
        ratio = f"{reference.cpu / this.cpu:.0f} × {other}"
    speed = f"{messages / this.cpu:,.0f}"
    return name, f"{messages:,}", speed, f"{this.cpu:.2f}", f"{this.wall:.2f}", megabytes(this.rss), ratio
