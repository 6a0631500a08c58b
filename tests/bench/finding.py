"""How fast is a search? In one process, question by question; as a command that starts cold; and beside notmuch."""

import hashlib
import json
import shutil
from pathlib import Path
from statistics import median, quantiles

from tests.bench import finding_mail
from tests.bench.measure import ROOT, archive, cost, megabytes, python, table
from tests.bench.whatsapp import CACHE, Export


def run(messages: int, seed: int, starts: int) -> None:
    """Prints three tables: milliseconds a question, and seconds a command (the median of so many *starts*); and both
    beside notmuch, in a fiftieth as many letters.
    """
    export = Export(messages, seed)
    folder = _archive(export)
    log = CACHE / "search.out"
    asked = cost(python("-m", "tests.bench.asking", str(folder), str(messages), str(seed)), log=log)
    head = (f"in process, {messages:,} messages", "p50 ms", "p95 ms", "worst ms")
    print(table([head, *(_spread(kind, times) for kind, times in json.loads(asked.output).items())]))
    print(f"peak RSS of the process that searched: {megabytes(asked.rss)}\n")

    word = export.words[len(export.words) // 2]
    commands = {
        "python -c pass": python("-c", "pass"),
        "archive --help": python("-m", "archiver", "--help"),
        "archive search, a rare word": archive(folder, "search", word),
        "archive search, a common word": archive(folder, "search", export.words[0]),
    }
    rows = [_command(name, command, log, starts) for name, command in commands.items()]
    print(table([(f"as a command, median of {starts}", "CPU s", "wall s", "peak RSS"), *rows]), end="\n\n")
    finding_mail.run(max(messages // 50, 100), seed, starts)


def _spread(kind: str, times: list[float]) -> tuple[str, ...]:
    return kind, f"{median(times):.1f}", f"{quantiles(times, n=20)[-1]:.1f}", f"{max(times):.1f}"


def _command(name: str, command: list[str], log: Path, starts: int) -> tuple[str, ...]:
    costs = [cost(command, log=log) for _ in range(starts)]
    cpu, wall = median(one.cpu for one in costs), median(one.wall for one in costs)
    return name, f"{cpu:.2f}", f"{wall:.2f}", megabytes(max(one.rss for one in costs))


def _archive(export: Export) -> Path:
    """An archive that holds the export, kept in .bench/ until the program changes."""
    program = hashlib.sha256()
    for file in sorted((ROOT / "archiver").rglob("*")):
        if file.suffix in {".py", ".sql", ".json"}:
            program.update(file.read_bytes())
    home = CACHE / f"archive-{export.messages}-{export.seed}"
    folder = home / program.hexdigest()[:16]
    if not (folder / "complete").exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        cost(archive(folder, "import", str(export.path())), log=home / "import.out")
        (folder / "complete").touch()
    return folder
