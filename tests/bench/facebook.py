"""How fast is Facebook? An import of many messages beside a bare parse of the same files, in the same run.

The bare parse is charged for its calls alone, the import for its whole process: reading, repair, keys, the store and
the index. Then the same again, and what a second takes of pages.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.measure import Cost, archive, cost, megabytes, python, table

HEAD = ("", "messages", "messages/CPU s", "CPU s", "wall s", "peak RSS", "bar")
MOST, FEWEST, PAGES, PEAK = 11, 10, 30_000, 100  # × the parse; × faster again; messages a second; MB


def run(messages: int, seed: int, runs: int) -> None:
    """Prints the table for *messages*: the cheapest of *runs*, each of them in turn; the folder first, then a zip."""
    with TemporaryDirectory(prefix="bench-facebook-") as folder:
        print(table([HEAD, *_rows(messages, seed, runs, Path(folder))]), flush=True)


def _rows(messages: int, seed: int, runs: int, work: Path) -> Iterator[tuple[str, ...]]:
    made = _made("json", work / "json", messages, seed)
    bare, first = _in_turn(work, made, runs)
    yield _row("orjson.loads alone", made, bare)
    yield _row("archive import", made, first, f"{first.cpu / bare.cpu:.1f} × the parse (at most {MOST})", peak=True)
    yield _row("the same again", made, *_again(work / "json", work / "archive", first, runs))
    zipped = _imported(work / "json.zip", work / "zip", made)
    yield _row("archive import of the zip", made, zipped, f"{zipped.cpu / bare.cpu:.1f} × the parse")
    yield _row("the same zip again", made, *_again(work / "json.zip", work / "zip", zipped, runs))
    read = min((_alone("importer", work / "json", made, work) for _ in range(runs)), key=lambda one: one.cpu)
    yield _row("importers.facebook.read", made, read, f"{read.cpu / bare.cpu:.1f} × the parse")
    shown = _made("html", work / "html", messages, seed)
    pages = min((_alone("importer", work / "html", shown, work) for _ in range(runs)), key=lambda one: one.cpu)
    yield _row("the same of pages (HTML)", shown, pages, f"at least {PAGES:,} messages/CPU s")


def _in_turn(work: Path, made: int, runs: int) -> tuple[Cost, Cost]:
    """The bare parse and the first import, each at its cheapest; the last archive stays."""
    bare, first = [], []
    for _ in range(runs):
        shutil.rmtree(work / "archive", ignore_errors=True)
        bare.append(_alone("bare", work / "json", made, work))
        first.append(_imported(work / "json", work / "archive", made))
    return min(bare, key=lambda one: one.cpu), min(first, key=lambda one: one.cpu)


def _again(source: Path, home: Path, first: Cost, runs: int) -> tuple[Cost, str]:
    """An import that has nothing to do, at its cheapest, and what is asked of it."""
    again = min((_imported(source, home, 0) for _ in range(runs)), key=lambda one: one.cpu)
    return again, f"{first.cpu / again.cpu:.1f} × faster (at least {FEWEST})"


def _made(what: str, folder: Path, messages: int, seed: int) -> int:
    """How many messages there are in the export that was written."""
    command = python("-m", "tests.bench.facebook_dumps", what, str(folder), str(messages), str(seed))
    return int(cost(command, log=folder.with_suffix(".out")).output)


def _imported(source: Path, home: Path, expected: int) -> Cost:
    spent = cost(archive(home, "import", "--json", "--zone", "UTC", str(source)), log=home.with_name("import.out"))
    _expect(json.loads(spent.output)["new"], expected, "new")
    return spent


def _alone(what: str, source: Path, expected: int, work: Path) -> Cost:
    """A parse or a reading: CPU seconds of its calls, the clock and the memory of its process."""
    spent = cost(python("-m", "tests.bench.facebook_reading", what, str(source)), log=work / "read.out")
    count, seconds = spent.output.split()
    _expect(int(count), expected, "read")
    return Cost(spent.wall, float(seconds), spent.rss)


def _expect(found: int, wanted: int, what: str) -> None:
    if found != wanted:
        raise AssertionError(f"{found:,} {what}, but it should be {wanted:,}: a fast wrong answer is no answer")


def _row(name: str, messages: int, spent: Cost, bar: str = "–", *, peak: bool = False) -> tuple[str, ...]:
    memory = f"{megabytes(spent.rss)} (at most {PEAK})" if peak else megabytes(spent.rss)
    speed = f"{messages / spent.cpu:,.0f}"
    return name, f"{messages:,}", speed, f"{spent.cpu:.2f}", f"{spent.wall:.2f}", memory, bar
