"""Where words go: talk on stderr, answers on stdout, both made harmless. Knows rich, as a reader's screen does.

Most commands are read by a program or a file, so rich (40 ms) is loaded only where a terminal is really there.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from archiver.errors import ArchiveError
from archiver.text import harmless

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

Piece = tuple[str, str]
"""Words and their style (``bold cyan``, or "" for none). The words are foreign: they are made harmless when shown."""

Show = Callable[[Sequence[Piece], int], None]
"""Shows pieces, side by side, indented by so many columns."""


def on_terminal(stream: TextIO) -> bool:
    """Whether a person looks at it; ``FORCE_COLOR`` says so of a pipe."""
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty()


def _console(*, stderr: bool = False, wrapping: bool = False) -> "Console":
    from rich.console import Console  # noqa: PLC0415 - 40 ms that only a terminal needs

    return Console(stderr=stderr, markup=False, emoji=False, highlight=False, soft_wrap=not wrapping)


def _text(pieces: Sequence[Piece]) -> "Text":
    from rich.text import Text  # noqa: PLC0415 - likewise

    return Text.assemble(*((harmless(words), style) for words, style in pieces))


def talk(text: str = "", style: str = "") -> None:
    """A sentence to the person, on stderr."""
    _say((text, style))


def _say(*pieces: Piece) -> None:
    if on_terminal(sys.stderr):
        _console(stderr=True).print(_text(pieces))
    else:
        sys.stderr.write("".join(harmless(words) for words, _ in pieces) + "\n")


def line(text: str) -> None:
    """A line of data, on stdout."""
    sys.stdout.write(harmless(text) + "\n")


def raw(content: bytes) -> None:
    """Bytes exactly as they are, on stdout."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def error(problem: ArchiveError) -> None:
    """What happened, why, and what to do, on stderr."""
    _say(("Error: ", "bold red"), (problem.what, ""))
    if problem.why:
        _say((_hanging("  why: ", problem.why), "dim"))
    if problem.remedy:
        _say(("  next: ", "bold"), (_hanging("", problem.remedy, 8), ""))


def _hanging(lead: str, text: str, indent: int | None = None) -> str:
    return lead + text.replace("\n", "\n" + " " * (len(lead) if indent is None else indent))


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int, int], None]]:
    """A bar on stderr when that is a terminal; yields the function to tell (done, total, messages) to."""
    if not on_terminal(sys.stderr):
        yield lambda _done, _total, _messages: None
        return
    from rich.progress import (  # noqa: PLC0415 - 20 ms that only an import on a terminal needs
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[messages]:,} messages"),
        TimeRemainingColumn(),
        console=_console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task(harmless(what), total=None, messages=0)
        yield lambda done, total, messages: bar.update(task, completed=done, total=total, messages=messages)


def printer() -> Show:
    """Shows answers on stdout: wrapped to the window on a terminal; elsewhere a line stays a line."""
    if not on_terminal(sys.stdout):
        return _plain
    from rich.padding import Padding  # noqa: PLC0415 - for a terminal

    console = _console(wrapping=True)
    return lambda pieces, indent: console.print(Padding(_text(pieces), (0, 0, 0, indent)))


def _plain(pieces: Sequence[Piece], indent: int) -> None:
    for one in "".join(harmless(words) for words, _ in pieces).split("\n"):
        sys.stdout.write(f"{' ' * indent}{one}".rstrip() + "\n")


def grid(columns: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str]) -> None:
    """Rows under their heads, in columns that fit the window; cells are foreign. For a terminal."""
    from rich.table import Table  # noqa: PLC0415 - for a terminal
    from rich.text import Text  # noqa: PLC0415

    shown = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        shown.add_column(Text(harmless(column)), justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(Text(harmless(cell)) for cell in row))
    _console(wrapping=True).print(shown)
