"""Another program on the same file, each in a process of its own: whatstk (GPL), which nothing here depends on.

It is charged for its call alone, not for the second and a half it takes to import pandas; ours for the whole
process. It reads names, times and texts; ours also tells media, calls, polls and lines of the app, and their bytes.
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.bench.measure import Cost, cheapest, megabytes, python, table
from tests.bench.whatsapp import CACHE, Export

MESSAGES = 100_000
HEAD = ("parse + classify", "messages", "messages/s", "CPU s", "wall s", "peak RSS", "ours is")
_ABSENT = "whatstk: not installed (pip install whatstk, and name its Python: --peer-python PATH)"
_WAYS = {  # what it is told: nothing, as people call it and as ours is called; or how the heads are written
    "whatstk, which finds the format itself": {},
    "whatstk, told the format": {"hformat": "%d/%m/%Y, %H:%M - %name:"},
}
_CALL = """
import json, sys, time
from whatstk import df_from_whatsapp
cpu, wall = time.process_time(), time.perf_counter()
found = df_from_whatsapp(sys.argv[1], **json.loads(sys.argv[2]))
print(json.dumps([len(found), time.process_time() - cpu, time.perf_counter() - wall]))
"""


def compare(peer: str, seed: int, runs: int, messages: int = MESSAGES) -> str:
    """The table, or the reason why there is none. *peer*: the interpreter that has whatstk."""
    return table([HEAD, *_rows(peer, Export(messages, seed).path(), runs)]) if _has(peer) else _ABSENT


def _has(peer: str) -> bool:
    """Whether *peer* is a Python that can import whatstk."""
    try:
        tried = subprocess.run([peer, "-c", "import whatstk"], capture_output=True, check=False)
    except OSError:
        return False
    return tried.returncode == 0


def _rows(peer: str, source: Path, runs: int) -> Iterator[tuple[str, ...]]:
    log = CACHE / "peers.out"
    ours = cheapest(python("-m", "tests.bench.reading", str(source)), log=log, runs=runs)
    yield _row("importers.whatsapp.read", int(ours.output), ours, "–")
    for way, told in _WAYS.items():
        this, count = _call(peer, source, told, log, runs)
        yield _row(way, count, this, f"{this.cpu / ours.cpu:.1f} × its speed, by CPU")


def _call(peer: str, source: Path, told: dict[str, str], log: Path, runs: int) -> tuple[Cost, int]:
    """What the call alone took at its cheapest, and how many messages it gave; the memory is the process's."""
    tries = (cheapest([peer, "-c", _CALL, str(source), json.dumps(told)], log=log, runs=1) for _ in range(runs))
    best = min(tries, key=lambda one: float(json.loads(one.output)[1]))
    count, cpu, wall = json.loads(best.output)
    return Cost(wall, cpu, best.rss), count


def _row(name: str, messages: int, this: Cost, ours: str) -> tuple[str, ...]:
    speed = f"{messages / this.cpu:,.0f}"
    return name, f"{messages:,}", speed, f"{this.cpu:.2f}", f"{this.wall:.2f}", megabytes(this.rss), ours
