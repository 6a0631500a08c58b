"""Runs a command in a process of its own and says what it cost; prints a small table.

CPU seconds count, not the clock: other people use the machine too. This process stays small on purpose: a
child's peak memory starts at what its parent held when it was born.
"""

import compileall
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is bytes on macOS, KiB elsewhere


@dataclass(frozen=True, slots=True)
class Cost:
    """What one command took: seconds on the clock, CPU seconds (user and system, children too), peak bytes."""

    wall: float
    cpu: float
    rss: int
    output: str = ""


def python(*arguments: str) -> list[str]:
    """A command for this interpreter."""
    return [sys.executable, *arguments]


def archive(folder: Path, *arguments: str) -> list[str]:
    """An `archive` command as a person would run it."""
    return python("-m", "archiver", "--archive", str(folder), *arguments)


def cost(command: Sequence[str], *, log: Path) -> Cost:
    """Runs *command* in the project's folder; its output goes through *log*. RuntimeError when it fails."""
    times = os.times()
    with log.open("w+", encoding="utf-8") as output, log.with_suffix(".err").open("w+", encoding="utf-8") as talk:
        status, usage = _run(command, output, talk)
        output.seek(0)
        talk.seek(0)
        if status:
            raise RuntimeError(f"{' '.join(command)} ended with {status}:\n{talk.read()[-2000:]}")
        wall = os.times().elapsed - times.elapsed
        return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _RSS_UNIT, output.read())


@cache
def _as_installed() -> dict[str, str]:
    """The environment in which modules are compiled already, as they are where pip installed them: reading source is
    0.2 s of every process."""
    for folder in ("archiver", "tests/bench"):
        compileall.compile_dir(ROOT / folder, quiet=2)
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _run(command: Sequence[str], output: IO[str], talk: IO[str]) -> tuple[int, resource.struct_rusage]:
    """(exit code, what the kernel counted for it and its children)."""
    child = subprocess.Popen(
        command, cwd=ROOT, env=_as_installed(), stdin=subprocess.DEVNULL, stdout=output, stderr=talk
    )
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, usage


def cheapest(command: Sequence[str], *, log: Path, runs: int) -> Cost:
    """The run with the least CPU of *runs*: the one the machine disturbed least."""
    return min((cost(command, log=log) for _ in range(runs)), key=lambda one: one.cpu)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as aligned text, the first column to the left and the others to the right; the first row is the head."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    aligned = [
        "  ".join(
            cell.ljust(width) if n == 0 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return "\n".join([aligned[0], "─" * len(aligned[0]), *aligned[1:]])


def megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
