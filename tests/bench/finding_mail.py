"""The same questions to the same letters: ``archive search`` beside ``notmuch search``, a process each.

notmuch is C++ over Xapian; we are a Python that has to start. So the engine by itself is told, too: what one question
takes in a process that runs already, which is what a reader who asks several pays.
"""

import json
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench.mail_peers import PEERS, absent
from tests.bench.measure import archive, cost, python, table

QUESTIONS = ("frog", "courgettes", "water tank", '"water tank"', "from:kofi rota", "the")
HEAD = ("20 first answers, CPU ms", "archive search", "its engine", "notmuch search", "a process is", "the engine is")


def run(letters: int, seed: int, starts: int) -> None:
    """Prints the table, or why there is none."""
    if reason := absent("notmuch"):
        print(reason)
        return
    with TemporaryDirectory(prefix="bench-find-") as folder:
        print(_compared(letters, seed, starts, Path(folder)))


def _compared(letters: int, seed: int, starts: int, work: Path) -> str:
    maildir, box = work / "Maildir", work / "letters.mbox"
    for what, path in (("maildir", maildir), ("mbox", box)):
        made = python("-m", "tests.bench.mail_files", what, str(path), str(letters), str(seed))
        cost(made, log=work / "made.out")
    cost(archive(work / "home", "import", str(box)), log=work / "import.out")
    PEERS["notmuch"].index(maildir, work)
    asked = cost(python("-m", "tests.bench.asking", str(work / "home"), *QUESTIONS), log=work / "asking.out")
    engine: dict[str, float] = json.loads(asked.output)
    rows = [_row(question, starts, work, engine[question]) for question in QUESTIONS]
    return table([HEAD, *rows])


def _row(question: str, starts: int, work: Path, engine: float) -> tuple[str, ...]:
    ours = archive(work / "home", "search", "--ids", "-n", "20", question)
    theirs = ["notmuch", f"--config={work / 'notmuch-config'}", "search", "--output=messages", "--limit=20", question]
    mine, other = _usual(ours, starts, work), _usual(theirs, starts, work)
    ratios = f"{mine / other:.1f} × its time", f"{engine / other:.1f} × its time"
    return question, f"{mine:.0f}", f"{engine:.1f}", f"{other:.1f}", *ratios


def _usual(command: list[str], starts: int, work: Path) -> float:
    """Milliseconds of CPU, the median of so many starts."""
    return 1000 * median(cost(command, log=work / "search.out").cpu for _ in range(starts))
