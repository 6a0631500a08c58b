"""Answers as data: JSON, lines, tables and separated values, in which nothing can act on a terminal or a sheet."""

import csv
import json
import re
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from archiver.contracts import Page
from archiver.errors import UsageError
from archiver.text import csv_safe, harmless
from archiver.ui.console import grid, on_terminal, printer, talk
from archiver.ui.pager import paged

_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


_TERM, _MEANING = 24, 54  # columns of what is typed and of what it means, where both stand on one line


def as_json(value: object, *, indent: int | None = 2) -> str:
    """Exact JSON in which nothing can act on a terminal: what might is written as an escape."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=str)
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def emit(value: object) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(as_json(value) + "\n")


def emit_line(value: object) -> None:
    """One JSON object on a line of stdout."""
    sys.stdout.write(as_json(value, indent=None) + "\n")


def emit_lines(values: Iterable[object]) -> None:
    """One JSON object a line, each as soon as it is there."""
    for value in values:
        emit_line(value)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], right: Sequence[str] = ()) -> None:
    """A table on a terminal; tab-separated lines with a header elsewhere, so that nothing is cut."""
    cells = [["" if cell is None else f"{cell:,}" if type(cell) is int else str(cell) for cell in row] for row in rows]
    if on_terminal(sys.stdout):
        with paged():
            grid(columns, cells, right)
        return
    for row in [list(columns), *cells]:
        sys.stdout.write("\t".join(harmless(cell).replace("\t", " ").replace("\n", " ") for cell in row) + "\n")


def separated(columns: Sequence[str], rows: Iterable[Sequence[object]], separator: str) -> None:
    """Comma- or tab-separated rows with a header; cells that a spreadsheet would calculate are made text."""
    writer = csv.writer(sys.stdout, delimiter=separator, lineterminator="\n")
    writer.writerow(map(_cell, columns))
    for row in rows:
        writer.writerow(map(_cell, row))


def _cell(value: object) -> str:
    """A cell: nothing for None; numbers as they are, for -5 is no formula; text that neither acts nor calculates."""
    if value is None:
        return ""
    return str(value) if isinstance(value, int | float) else csv_safe(harmless(str(value)))


def prose(lines: Iterable[tuple[str, str]]) -> None:
    """Headings (nothing behind them), sentences (nothing before them), and things to type with what they mean."""
    show = printer()
    for place, (written, meaning) in enumerate(lines):
        if not meaning:
            show([("\n" if place else "", ""), (written, "bold")], 0)
        elif not written:
            show([("\n" + meaning, "")], 0)
        elif len(written) < _TERM and len(meaning) < _MEANING:
            show([(f"{written:<{_TERM}}", "bold"), (meaning, "")], 2)
        else:
            show([(written, "bold")], 2)
            show([(meaning, "")], 2 + _TERM // 4)


def write_lines(lines: Iterable[str], out: str) -> None:
    """Lines (each with its newline) into a file that appears whole or not at all; ``-`` is stdout."""
    if out == "-":
        sys.stdout.writelines(lines)
    else:
        write_blocks((one.encode() for one in lines), out)


def write_blocks(blocks: Iterable[bytes], out: str) -> None:
    """Bytes into a file that appears whole or not at all; ``-`` is stdout."""
    if out == "-":
        sys.stdout.flush()
        sys.stdout.buffer.writelines(blocks)
        sys.stdout.buffer.flush()
        return
    target = Path(out)
    fresh = target.with_name(target.name + ".part")
    try:
        with fresh.open("wb") as file:
            file.writelines(blocks)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
    talk(f"Written: {target}")


def write_folder(pages: Iterable[Page], out: Path) -> None:
    """Files into a folder that appears whole or not at all; UsageError when there is something of that name."""
    if out.exists():
        raise UsageError(f"{out} is there already.", remedy="Name a new folder.")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as temporary:
        fresh = Path(temporary) / "new"
        for page in pages:
            file = fresh.joinpath(*PurePosixPath(page.path).parts)
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("xb") as stream:
                stream.writelines([page.content] if isinstance(page.content, bytes) else page.content)
        fresh.rename(out)
