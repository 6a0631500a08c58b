"""Finds the head of a message by its structure, whatever the language.

A head is a date and a time in digits, joined by a glue, closed by ``] ``, `` - `` or ``: ``. A date has 1-3 runs
of digits (fewer with month names, and without a year), a time 2-3. The order of day, month and year is not
decided here, and pasted dates have heads, too: see `template`.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from archiver.importers.whatsapp.words import Meaning, digit_words, fold_word, meaning, without_marks

MAX_HEAD = 110  # characters; the longest head CLDR makes has about 70
_RUN = re.compile(r"\d+")
_MARK = "\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
_START = re.compile(rf"[{_MARK}]*(\[?)[{_MARK}]*\D{{0,24}}\d")
_CLOSING = re.compile(r"[ \u00a0\u202f\u2009][-–—](?=[ \u00a0\r\n]|$)|:(?= )")
_DATE_GAP = re.compile(r"[/.\-‐-― ,،年月日]{1,3}")
_TIME_GAP = re.compile(r"[:.٫,時时]")
_HIDDEN = {ord("0") + digit: "ⓐ" for digit in range(10)}


@dataclass(frozen=True, slots=True)
class Layout:
    """How many runs of digits the date and the time have, and which comes first."""

    dates: int
    times: int
    time_first: bool

    @property
    def date_at(self) -> int:
        """The index of the date's first run; the gap before a run has the run's index."""
        return self.times if self.time_first else 0

    @property
    def time_at(self) -> int:
        return 0 if self.time_first else self.dates

    @property
    def glue(self) -> int:
        """The index of the gap between date and time."""
        return self.times if self.time_first else self.dates

    @property
    def tail(self) -> int:
        return self.dates + self.times

    def meaning(self, gap: str, index: int, *, glued: bool = False) -> Meaning | None:
        """What the words in the gap with this index mean; None when nobody knows them. *glued*: day periods are
        known to stand between date and time here."""
        return _in_layout(self, gap, index, glued)


@lru_cache(maxsize=8192)
def _in_layout(layout: Layout, gap: str, index: int, glued: bool) -> Meaning | None:
    inside_time = layout.time_at < index < layout.time_at + layout.times
    found = meaning(
        gap,
        dated=layout.date_at <= index <= layout.date_at + layout.dates,
        early=inside_time or (index == layout.glue and not layout.time_first and not glued),
    )
    return None if found and (found.era or 0) > 0 and index == layout.date_at + layout.dates else found


@dataclass(frozen=True, slots=True)
class Shape:
    """What all heads of one export have in common.

    *gaps* stand before, between and behind the runs of digits: punctuation without spaces, or ``*`` for words.
    *year* is the index, among the runs of the date, of the one that is the year by its width or its era; -1
    when none is. *month_word*: the month has a name. *zero* is the script's digit nought.
    """

    closing: str
    layout: Layout
    gaps: tuple[str, ...]
    year: int
    month_word: bool
    zero: str


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a line: what its runs of digits say and how wide they are, the gaps as written, its length."""

    shape: Shape
    numbers: tuple[int, ...]
    widths: tuple[int, ...]
    gaps: tuple[str, ...]
    length: int


_LAYOUTS = {
    runs: tuple(Layout(dates, times, time_first) for dates, times in splits for time_first in (False, True))
    for runs, splits in {3: [(1, 2)], 4: [(2, 2), (1, 3)], 5: [(3, 2), (2, 3)], 6: [(3, 3)]}.items()
}


def find_head(line: str) -> Head | None:
    """The head at the start of *line*, or None."""
    start = _START.match(line)
    if start is None:
        return None
    body = line[start.end(1) :][:MAX_HEAD]
    if start[1]:
        inner, closed, _ = body.partition("]")
        return _stamp(inner, "]", start.end(1) + len(inner) + 1) if closed else None
    for closing in _CLOSING.finditer(body):
        symbol = ":" if closing[0] == ":" else "-"
        if head := _stamp(body[: closing.start()], symbol, start.end(1) + closing.end()):
            return head
    return None


def _stamp(inner: str, closing: str, length: int) -> Head | None:
    """The date and time that fill *inner*, or None."""
    runs = list(_RUN.finditer(_hide_digit_words(inner)))
    if not 3 <= len(runs) <= 6 or any(len(run[0]) > 4 for run in runs):
        return None
    edges = [0, *(edge for run in runs for edge in run.span()), len(inner)]
    gaps = tuple(without_marks(inner[edges[i] : edges[i + 1]]) for i in range(0, len(edges), 2))
    numbers = tuple(int(run[0]) for run in runs)
    widths = tuple(len(run[0]) for run in runs)
    for layout in _LAYOUTS[len(runs)]:
        if _time_fits(layout, numbers, widths, gaps, closing) and _words_fit(layout, gaps, closing):
            year = _year(layout, widths, gaps)
            if _date_fits(layout, numbers, gaps, year):
                zero = chr(ord(runs[0][0][0]) - numbers[0] // 10 ** (widths[0] - 1))
                classes = tuple(_gap_class(gap) for gap in gaps)
                shape = Shape(closing, layout, classes, year, _month_words(layout, gaps) > 0, zero)
                return Head(shape, numbers, widths, gaps, length)
    return None


def _hide_digit_words(inner: str) -> str:
    for word in digit_words():
        inner = inner.replace(word, word.translate(_HIDDEN))
    return inner


def _gap_class(gap: str) -> str:
    """Punctuation without spaces, a space for nothing but spaces, ``*`` for words."""
    if fold_word(gap):
        return "*"
    return "".join(gap.split()) or (" " if gap else "")


def _time_fits(
    layout: Layout, numbers: tuple[int, ...], widths: tuple[int, ...], gaps: tuple[str, ...], closing: str
) -> bool:
    hour, *rest = numbers[layout.time_at :][: layout.times]
    inside = range(layout.time_at + 1, layout.time_at + layout.times)
    return (
        hour <= 24
        and max(rest) < 60
        and max(widths[layout.time_at :][: layout.times]) <= 2
        and all(_TIME_GAP.search(gaps[i]) or fold_word(gaps[i] + gaps[i - 1]) for i in inside)
        and all(":" not in gap or i in inside for i, gap in enumerate(gaps))
        and any(char.isspace() for char in gaps[layout.glue])
        and (closing != ":" or layout.dates == layout.times == 3)
    )


def _words_fit(layout: Layout, gaps: tuple[str, ...], closing: str) -> bool:
    """Words nobody knows may stand beside the time of a full date (a problem, later), and nowhere else."""
    loose = {layout.glue, layout.tail} | ({0} if closing == "]" else set()) if layout.dates == 3 else set()
    return all(i in loose or layout.meaning(gap, i) is not None for i, gap in enumerate(gaps))


def _month_words(layout: Layout, gaps: tuple[str, ...]) -> int:
    return sum((layout.meaning(gap, i) or Meaning()).month is not None for i, gap in enumerate(gaps))


def _year(layout: Layout, widths: tuple[int, ...], gaps: tuple[str, ...]) -> int:
    """Which run of the date is the year; -1 when two digits leave it open."""
    for i in range(layout.dates):
        found = layout.meaning(gaps[layout.date_at + i], layout.date_at + i)
        if widths[layout.date_at + i] >= 3 or (found is not None and (found.era or 0) > 0):
            return i
    return 1 if layout.dates == 2 and _month_words(layout, gaps) else -1


def _date_fits(layout: Layout, numbers: tuple[int, ...], gaps: tuple[str, ...], year: int) -> bool:
    date = numbers[layout.date_at :][: layout.dates]
    inside = gaps[layout.date_at + 1 :][: layout.dates - 1]
    months = _month_words(layout, gaps)
    others = [number for i, number in enumerate(date) if i != year]
    if not all(_DATE_GAP.fullmatch(gap) or fold_word(gap) for gap in inside) or min(others, default=0) < 1:
        return False
    if layout.dates < 3 or months:
        return max(others) <= 31 and (months == 1 or (layout.dates == 2 and min(others) <= 12)) and layout.dates < 3
    if year < 0:
        return min(date) <= 12 and sum(number <= 31 for number in date) >= 2
    return year != 1 and max(others) <= 31 and min(others) <= 12
