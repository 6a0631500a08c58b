"""How fast is mail? An import of many letters beside notmuch and mu, which index the same ones in the same run.

*big*: whether memory stays flat, from 400 MB to 2 GB and with a file of 150 MB in one letter.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.mail_peers import PEERS, absent
from tests.bench.measure import Cost, archive, cost, megabytes, python, table

HEAD = ("", "messages", "messages/CPU s", "MB/CPU s", "CPU s", "wall s", "peak RSS", "archive import is")
BIG = (("stream", 400_000_000), ("stream", 2_000_000_000), ("heavy", 150_000_000))


def run(messages: int, seed: int, against: Iterable[str], *, big: bool) -> None:
    """Prints the table for *messages* letters and, when asked, the one for big mailboxes."""
    with TemporaryDirectory(prefix="bench-mail-") as folder:
        print(_compared(messages, seed, list(against), Path(folder)), flush=True)
    if big:
        print(f"\n{table([HEAD[:-1], *(_alone(what, size, seed) for what, size in BIG)])}")


def _compared(messages: int, seed: int, against: list[str], work: Path) -> str:
    """The table: the import, the same again, each peer that is there; then the splitter, and who is not there."""
    box = work / "letters.mbox"
    expected = _written("mbox", box, messages, seed)
    size = box.stat().st_size
    first = _imported(box, work / "archive", expected)
    rows = [_row("archive import", messages, size, first)]
    rows.append(_row("the same again", messages, size, _imported(box, work / "archive", 0)))
    rows += _peers([name for name in against if not absent(name)], messages, seed, work, first)
    left_out = "".join(f"\n{reason}" for name in against if (reason := absent(name)))
    return f"{table([HEAD, *rows])}\n{_split(box, messages, work)}{left_out}"


def _peers(names: list[str], messages: int, seed: int, work: Path, ours: Cost) -> Iterator[tuple[str, ...]]:
    if not names:
        return
    expected = _written("maildir", work / "Maildir", messages, seed)
    size = sum(file.stat().st_size for file in (work / "Maildir" / "cur").iterdir())
    for name in names:
        peer = PEERS[name]
        spent = peer.index(work / "Maildir", work)
        _expect(int(spent.output), expected if peer.joins_copies else messages, f"in {name}")
        yield _row(name, messages, size, spent, f"{spent.cpu / ours.cpu:.1f} × its speed (bar: {peer.bar})")


def _written(what: str, path: Path, size: int, seed: int) -> int:
    command = python("-m", "tests.bench.mail_files", what, str(path), str(size), str(seed))
    return int(cost(command, log=path.with_name("written.out")).output)


def _imported(box: Path, home: Path, expected: int | None) -> Cost:
    spent = cost(archive(home, "import", "--json", str(box)), log=home.with_name("import.out"))
    new = json.loads(spent.output)["new"]
    _expect(new, new if expected is None else expected, "new")
    return spent


def _split(box: Path, messages: int, work: Path) -> str:
    done = cost(python("-m", "tests.bench.splitting", str(box)), log=work / "split.out")
    count, seconds = done.output.split()
    _expect(int(count), messages, "cut")
    return f"the splitter alone: {box.stat().st_size / 1e6 / float(seconds):,.0f} MB/CPU s, {megabytes(done.rss)}"


def _alone(what: str, size: int, seed: int) -> tuple[str, ...]:
    """A big mailbox, imported once."""
    with TemporaryDirectory(prefix="bench-mail-") as folder:
        box = Path(folder) / "big.mbox"
        _written(what, box, size, seed)
        spent = _imported(box, Path(folder) / "archive", None)
        name = "one letter with a file of" if what == "heavy" else "an mbox of"
        return _row(f"{name} {size / 1e6:,.0f} MB", json.loads(spent.output)["new"], box.stat().st_size, spent)[:-1]


def _expect(found: int, wanted: int, what: str) -> None:
    if found != wanted:
        raise AssertionError(f"{found:,} {what}, but it should be {wanted:,}: a fast wrong answer is no answer")


def _row(name: str, messages: int, size: int, spent: Cost, ratio: str = "–") -> tuple[str, ...]:
    speed, flow = f"{messages / spent.cpu:,.0f}", f"{size / 1e6 / spent.cpu:,.1f}"
    times = f"{spent.cpu:.2f}", f"{spent.wall:.2f}", megabytes(spent.rss)
    return name, f"{messages:,}", speed, flow, *times, ratio
