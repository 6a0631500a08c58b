"""What a snapshot would expose, on the terminal: narrow windows, pipes and readers without colours will do."""

import sys
from collections.abc import Iterable, Sequence

from archiver.text import one_line
from archiver.ui.console import printer, talk

_SHOWN, _LONG = 12, 120  # lines of a part, and signs of a line


def agreed(lines: Sequence[str]) -> bool:
    """Whether a person says yes to what these lines tell."""
    for line in lines:
        talk(line)
    talk("Publish it? [y/N]")
    return sys.stdin.readline().strip().casefold() in {"y", "yes"}


def somebody_is_there() -> bool:
    """Whether there is a terminal to ask on."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def exposed(parts: Iterable[tuple[str, Sequence[tuple[str, str]], bool]], report: str) -> None:
    """A report's parts (see `archiver.preview.parts`) on stdout, and last the hash it goes by."""
    show = printer()
    for heading, lines, grave in parts:
        show([(heading, "bold red" if grave else "bold")], 0)
        for what, more in lines[:_SHOWN]:
            show([(one_line(what, _LONG), ""), (f", {more}" if more else "", "dim")], 2)
        if len(lines) > _SHOWN:
            show([(f"… and {len(lines) - _SHOWN:,} more", "dim")], 2)
    show([(f"Report {report}", "bold")], 0)
