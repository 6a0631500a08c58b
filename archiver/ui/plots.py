"""Numbers as bars and shades, in characters that every terminal and every plain text has."""

import shutil
import sys
from collections.abc import Mapping, Sequence

from archiver.text import columns, one_line
from archiver.ui.console import Piece, on_terminal, printer

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_SHADES = "·░▒▓█"
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_PLAIN = 80  # columns of what is no terminal
_LABEL = 28  # columns of the longest label


def width() -> int:
    """Columns to fill: those of the window, or 80; never more than 120, for bars are to be compared."""
    return min(shutil.get_terminal_size((_PLAIN, 24)).columns if on_terminal(sys.stdout) else _PLAIN, 120)


def bar(value: float, largest: float, room: int) -> str:
    """A bar of at most so many columns, to an eighth of one; what is more than nothing is seen."""
    if value <= 0 or largest <= 0 or room <= 0:
        return ""
    eighths = max(1, round(value / largest * room * 8))
    return "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")


def bars(rows: Sequence[tuple[str, int]], notes: Sequence[str] = (), *, widest: int = 60) -> None:
    """A bar for each (label, value), the value before it, and a note if there are *notes*; *widest*: in columns."""
    if not rows:
        return
    show, whole = printer(), width()
    names = [one_line(label, _LABEL) for label, _ in rows]
    labels = max(map(columns, names))
    values = max(len(f"{value:,}") for _, value in rows)
    largest = max(value for _, value in rows)
    room = max(4, min(widest, whole - labels - values - 4 - max((len(note) + 2 for note in notes), default=0)))
    for place, (name, (_, value)) in enumerate(zip(names, rows, strict=True)):
        drawn = bar(value, largest, room)
        pieces: list[Piece] = [
            (name + " " * (labels - columns(name)), ""),
            (f" {value:>{values},} ", "bold"),
            (drawn, "cyan"),
        ]
        if notes:
            pieces.append((" " * (room - len(drawn)) + f"  {notes[place]}", "dim"))
        show(pieces, 0)


def facts(counts: Mapping[str, int]) -> None:
    """Numbers and what they are numbers of, a line each."""
    show = printer()
    room = max((len(f"{count:,}") for count in counts.values()), default=0)
    for name, count in counts.items():
        show([(f"{count:>{room},}", "bold"), (f"  {name}", "")], 0)


def heat(table: Sequence[Sequence[int]]) -> None:
    """Seven rows of twenty-four shades: a week, hour by hour, with the total of each day."""
    show, wide = printer(), 2 if width() >= _PLAIN else 1
    largest = max((value for row in table for value in row), default=0)
    show([("     " + "".join(f"{hour:<{3 * wide}}" for hour in range(0, 24, 3)), "dim")], 0)
    for name, row in zip(_DAYS, table, strict=True):
        cells = "".join(shade(value, largest) * wide for value in row)
        show([(f"{name}  ", ""), (cells, "cyan"), (f"  {sum(row):,}", "dim")], 0)
    if largest:
        show(
            [
                (
                    f"     {_SHADES[0]} none  {_SHADES[1]} few … {_SHADES[4]} up to {largest:,} in an hour of the week",
                    "dim",
                )
            ],
            0,
        )


def shade(value: int, largest: int) -> str:
    """The shade for a value: the lightest for nothing only."""
    if value <= 0 or largest <= 0:
        return _SHADES[0]
    return _SHADES[min(4, 1 + int(value / largest * 3.999))]


def heading(text: str) -> None:
    """A line above a plot, with room before it."""
    show = printer()
    show([("", "")], 0)
    show([(text, "bold")], 0)


def note(text: str) -> None:
    """A line beside a plot, on stdout."""
    printer()([(text, "")], 0)
