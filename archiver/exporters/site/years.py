"""The whole snapshot by year and month: which conversations spoke, how much, where that begins, and what is missing."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from archiver.contracts import Page
from archiver.exporters.site.coverage import Coverage
from archiver.exporters.site.frame import Entry, Frame
from archiver.exporters.site.paging import Month, packed

FULL = 300  # lines of a page


class Line(NamedTuple):
    """A conversation in a month: its title, where the month begins in it, and how many messages."""

    title: str
    address: str
    counts: str


class Year(NamedTuple):
    """A year's line in the list of years."""

    number: int
    counts: str
    gaps: list[tuple[str, str]]


def pages(
    frame: Frame, entries: Sequence[Entry], months: Sequence[Sequence[Month]], covered: Sequence[Coverage]
) -> Iterator[Page]:
    """``years/index.html`` and a page a year; *months* are those of each entry."""
    held: defaultdict[int, list[tuple[int, int, Month]]] = defaultdict(list)
    for number, own in enumerate(months):
        for month in own:
            held[month.year].append((month.number, number, month))
    years = sorted(held)
    listed = [_year(year, held[year], frame, covered) for year in years]
    yield Page(
        "years/index.html", frame.page("years.html", root="../", years=listed, year=None, earlier=None, later=None)
    )
    for number, year in enumerate(years):
        around = [years[other] if 0 <= other < len(years) else None for other in (number - 1, number + 1)]
        yield from _pages(listed[number], sorted(held[year], key=lambda line: line[:2]), around, frame, entries)


def _pages(
    year: Year,
    lines: list[tuple[int, int, Month]],
    around: Sequence[int | None],
    frame: Frame,
    entries: Sequence[Entry],
) -> Iterator[Page]:
    sheets = list(packed(lines, lambda _: 1, FULL))
    names = [_name(year.number, turn) for turn in range(len(sheets))]
    for turn, sheet in enumerate(sheets):
        earlier = (names[turn - 1], str(year.number)) if turn else _beside(around[0])
        later = (names[turn + 1], str(year.number)) if turn + 1 < len(names) else _beside(around[1])
        told = [
            (
                frame.words.month_of(f"{year.number:04}-{month:02}"),
                month,
                [_line(*line[1:], frame, entries) for line in run],
            )
            for month, run in groupby(sheet, lambda line: line[0])
        ]
        html = frame.page("years.html", root="../", year=year, months=told, earlier=earlier, later=later, years=())
        yield Page(f"years/{names[turn]}", html)


def _beside(year: int | None) -> tuple[str, str] | None:
    return None if year is None else (_name(year, 0), str(year))


def _name(year: int, turn: int) -> str:
    return f"{year:04}-{turn + 1}.html" if turn else f"{year:04}.html"


def _line(number: int, month: Month, frame: Frame, entries: Sequence[Entry]) -> Line:
    entry = entries[number]
    return Line(entry.title, f"../{entry.path}/{month.place}", frame.words.count("messages", month.messages))


def _year(year: int, lines: list[tuple[int, int, Month]], frame: Frame, covered: Sequence[Coverage]) -> Year:
    said = frame.words
    messages = sum(month.messages for _, _, month in lines)
    spoke = len({number for _, number, _ in lines})
    counts = " · ".join((said.count("messages", messages), said.count("conversations", spoke)))
    return Year(year, counts, [gap for one in covered for gap in _gaps(one, year, frame)])


def _gaps(one: Coverage, year: int, frame: Frame) -> Iterator[tuple[str, str]]:
    """(source, the months of this year in which it has nothing), in words."""
    begins, ends = year * 12, year * 12 + 11
    inside = [(max(first, begins), min(last, ends)) for first, last in one.gaps if first <= ends and last >= begins]
    if inside:
        months = ", ".join(frame.words.months(*gap) for gap in inside)
        yield frame.words.one_of("sources", one.source), frame.words.say("gaps", gaps=months)
