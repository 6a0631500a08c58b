"""Reads a date as Facebook's pages write it, in any language, with the digits of any script.

    Friday, October 4, 2013 at 10:05pm PDT      2010-17, zone told       Oct 19, 2019, 2:37 PM       2018-21
    dimanche 4 décembre 2016, 13:54 UTC-07                               dub 10, 2014 9:02:15 odpol. 2022 on

A date is numbers with words between them. What the words are tells which number is what, so that no list of layouts
is needed; what has been told once is remembered by the words, and most dates of a file cost one look-up (facts 6.2).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from archiver.contracts import DateOrder
from archiver.importers.facebook.page_words import (
    Meaning,
    Month,
    Tongue,
    begun,
    fold_word,
    literals,
    meaning,
    months,
    numbered,
    words_in,
)

LONGEST = 120
"""Characters of the longest text that may be a date."""

_FIGURES = re.compile(r"\d\D+\d.*\d")
_NUMBERS = re.compile(r"(\d+)")
_ZONE = re.compile(r"(UTC|GMT)?\s?(?:([+−–-])(\d{1,2})(?::?(\d\d))?)?")
_ABBREVIATION = re.compile(r"[A-Z]{3,5}")
_EARLIEST, _LATEST = 1990, 2100
_BUDDHIST = 543
_KEPT = 5_000  # layouts remembered


class Fields(NamedTuple):
    """A date and time as numbers on the wall clock. *zone*: as written behind it, "" where nothing is. *assumed*:
    what the words leave open: ``month``, ``date-order``, ``clock`` (am or pm). *cut*: where the time begins in the
    text, if the date in front of it and what follows can be read each by itself; else 0."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    exact: bool
    zone: str = ""
    assumed: tuple[str, ...] = ()
    cut: int = 0


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which number is what: places among the numbers, -1 for none. *month* is the month itself where a word names it,
    else 0 and *month_at* counts; *figures*: there is no word for it at all. *hour_word*: the part of the day that is
    named. *unsure*: there are words that nobody knows, *doubt*: next to the time, where they may mean am or pm.
    *apart*: the date comes first, and nothing in it says what the time means."""

    year: int
    month: int
    month_at: int
    figures: bool
    day: int
    hour: int
    second: int
    hour_word: str
    zone: str
    assumed: tuple[str, ...]
    unsure: bool
    doubt: bool
    apart: bool


class DateReader:
    """Reads the dates of one file. *samples*: dates out of it, whose words tell the language and the order together.

    *order*: of dates in figures, where a person said so; *language*: likewise.
    """

    def __init__(
        self, samples: Iterable[str] = (), order: DateOrder | None = None, language: str | None = None
    ) -> None:
        cut = [_NUMBERS.split(without_zone(text)[0]) for text in samples]
        words = {word for gaps in {tuple(parts[::2]) for parts in cut} for word in words_in(gaps)}
        self.tongue = Tongue(words, language.partition("-")[0].partition("_")[0] if language else None)
        self.order_told = order is not None
        self.order, self.order_certain = (order, True) if order else _order([parts[1::2] for parts in cut])
        self._layouts: dict[tuple[str, ...], list[_Layout]] = {}
        self._hopeless: set[tuple[str, ...]] = set()

    def read(self, text: str, *, strict: bool = False) -> Fields | None:
        """The date and time of *text*; None if it is none.

        *strict*: every word has to be known; for text of which it is not known whether it is a date.
        """
        if len(text) > LONGEST:
            return None
        text, zone = without_zone(text)
        parts = _NUMBERS.split(text)
        numbers = parts[1::2]
        layout = self._layout((*parts[::2], zone), numbers)
        if layout is None or (strict and layout.unsure):
            return None
        fields = self._fields(layout, numbers)
        if fields is not None and layout.apart:
            return fields._replace(cut=sum(map(len, parts[: 2 * layout.hour + 1])))
        return fields

    def _layout(self, gaps: tuple[str, ...], numbers: Sequence[str]) -> _Layout | None:
        for layout in self._layouts.get(gaps, ()):
            if len(numbers[layout.year]) == 4:
                return layout
        hopeless = (*gaps, " ".join(str(len(number)) for number in numbers))
        if hopeless in self._hopeless:
            return None
        made = _Finder(gaps[:-1], numbers, self.tongue, self.order, certain=self.order_certain).layout(gaps[-1])
        if len(self._layouts) + len(self._hopeless) >= _KEPT:
            self._layouts.clear()
            self._hopeless.clear()
        if made is None:
            self._hopeless.add(hopeless)
        else:
            self._layouts.setdefault(gaps, []).append(made)
        return made

    def _fields(self, layout: _Layout, numbers: Sequence[str]) -> Fields | None:
        try:
            year, day = int(numbers[layout.year]), int(numbers[layout.day])
            month = layout.month or int(numbers[layout.month_at])
            hour, minute = int(numbers[layout.hour]), int(numbers[layout.hour + 1])
            second = int(numbers[layout.second]) if layout.second >= 0 else 0
        except (ValueError, IndexError):
            return None
        if 2400 < year < 2700:
            year -= _BUDDHIST
        assumed = layout.assumed
        if layout.figures and month > 12 >= day:  # a date in figures that is possible the other way only
            month, day = day, month
        if not (_EARLIEST <= year <= _LATEST and 1 <= month <= 12 and 1 <= day <= 31 and hour <= 24):
            return None
        if minute > 59 or second > 60:
            return None
        if layout.hour_word:
            hour = self.tongue.hour(hour, layout.hour_word)
        elif layout.doubt and 0 < hour <= 12:
            assumed = (*assumed, "clock")
        return Fields(year, month, day, hour % 24, minute, min(second, 59), layout.second >= 0, layout.zone, assumed)


def may_be_date(text: str) -> bool:
    """Whether a text is short enough and has figures enough for a date, whatever its words are."""
    return len(text) <= LONGEST and "://" not in text and _FIGURES.search(text) is not None


def without_zone(text: str) -> tuple[str, str]:
    """A date and the zone written behind it: ``PDT``, ``UTC+02``, ``+0530``; "" where there is none."""
    text = text.strip()
    tail = text[-12:].rpartition(" ")[2] if text else ""
    if not tail or not (tail[0] in "+-−–(" or ("A" <= tail[0] <= "Z")):
        return text, ""
    bare = tail.strip("()")
    if not _is_zone(bare):
        return text, ""
    rest = text[: -len(tail)].rstrip()
    if bare[0] in "+-−–" and rest.endswith(("UTC", "GMT")):
        return rest[:-3].rstrip(), rest[-3:] + bare
    return rest, bare


@lru_cache(maxsize=2000)
def _is_zone(text: str) -> bool:
    if _ABBREVIATION.fullmatch(text):
        word = fold_word(text)
        return not meaning(text).periods and word not in months()
    return bool(text) and _ZONE.fullmatch(text) is not None


def _order(dates: Iterable[Sequence[str]]) -> tuple[DateOrder, bool]:
    """The order of the figures in dates that have no names of months, and whether they tell it."""
    first = second = 0
    for numbers in dates:
        if len(numbers) >= 5 and len(numbers[2]) == 4 and len(numbers[0]) <= 2 and len(numbers[1]) <= 2:
            first, second = max(first, int(numbers[0])), max(second, int(numbers[1]))
    if second > 12 >= first:
        return "mdy", True
    return "dmy", first > 12


class _Finder:
    """Finds out which number of a date is what. *gaps*: the texts around and between its *numbers*."""

    def __init__(
        self, gaps: Sequence[str], numbers: Sequence[str], tongue: Tongue, order: DateOrder, *, certain: bool
    ) -> None:
        self._gaps = list(gaps)
        self._numbers = numbers
        self._tongue = tongue
        self._order = order
        self._certain = certain

    def layout(self, zone: str) -> _Layout | None:
        """The layout; None when the numbers cannot be a date and a time."""
        numbers, gaps = self._numbers, self._gaps
        if not 4 <= len(numbers) <= 6 or any(len(number) > 4 for number in numbers):
            return None
        month_at = self._numbered_month()
        said = [meaning(gap) for gap in gaps]
        hour, length = self._time(named=month_at < 0 and any(one.months or _begun(one) for one in said))
        dated = [place for place in range(len(numbers)) if not hour <= place < hour + length]
        year = next((place for place in dated if len(numbers[place]) == 4), -1)
        rest = [place for place in dated if place not in {year, month_at}]
        if year < 0 or length < 2:
            return None
        unsure = any(one.unknown for one in said)
        doubt = bool(said[hour].unknown or said[hour + length].unknown)
        month, sure, figures = 0, True, False
        if month_at < 0 and len(rest) == 1:
            around = said[: hour + 1] if hour else said[length:]
            month, sure, cut = self._named_month(said, rest[0], year, around)
            unsure = unsure or cut
        if (month_at >= 0 or month) and len(rest) == 1:
            day = rest[0]
        elif month_at < 0 and not month and len(rest) == 2:
            month_at, day, sure = self._figures(year, rest)
            figures = True
        else:
            return None
        assumed = () if sure else ("date-order",) if figures else ("month",)
        second = hour + 2 if length == 3 else -1
        word, behind = self._period(said, hour, length)
        apart = behind and hour == len(dated) and not figures and not doubt
        return _Layout(year, month, month_at, figures, day, hour, second, word, zone, assumed, unsure, doubt, apart)

    def _numbered_month(self) -> int:
        """The place of a number that a word makes a month (``10月``, ``tháng 10``), or -1; the word is taken away."""
        before, behind = numbered()
        for place in range(len(self._numbers)):
            here, next_ = self._gaps[place], self._gaps[place + 1]
            if len(self._numbers[place]) > 2:
                continue
            if found := next((word for word in behind if fold_word(next_[:20]).startswith(word)), ""):
                self._gaps[place + 1] = _after(next_, found)
                return place
            if found := next((word for word in before if fold_word(here[-20:]).endswith(word)), ""):
                self._gaps[place] = _before(here, found)
                return place
        return -1

    def _time(self, *, named: bool) -> tuple[int, int]:
        """Where the time begins among the numbers, and how many of them it has."""
        numbers, gaps = self._numbers, self._gaps
        joined = [gap.strip(" \u200e\u200f\u00a0\u202f") for gap in gaps]
        for place in range(len(numbers) - 1):
            if joined[place + 1] in {":", "："}:
                three = place + 2 < len(numbers) and joined[place + 2] in {":", "：", "."}
                return place, 3 if three and len(numbers[place + 2]) <= 2 else 2
        dates = 2 if named else 3
        length = len(numbers) - dates
        if length in {2, 3} and len(numbers[-1]) <= 2:
            year_first = any(len(number) == 4 for number in numbers[:dates])
            return (dates, length) if year_first else (0, length)
        return 0, 0

    def _period(self, said: Sequence[Meaning], hour: int, length: int) -> tuple[str, bool]:
        """The part of the day that is named behind the time or before it, "" for none; and whether not before it."""
        if behind := said[hour + length].periods:
            return next((word for word in behind if word not in months() and word not in literals()), behind[0]), True
        words = (word for word in said[hour].periods[::-1] if word not in months() and word not in literals())
        word = next(words, "")
        return word, not word

    def _named_month(
        self, said: Sequence[Meaning], day: int, year: int, around: Sequence[Meaning]
    ) -> tuple[int, bool, bool]:
        """(the month, whether it is certain, whether only the beginning of its name is there); 0 for none. *around*:
        what is said around the date's own numbers.

        A weekday may be called like another language's month (``mar``): the month stands between day and year, else
        as the last word before the day.
        """
        between = max(day, year) if abs(day - year) == 1 else day
        for place in (between, day, day + 1):
            words = [word for word in said[place].months if word not in literals()] or list(said[place].months)
            if words := [word for word in words if self._mine(word)] or words:
                return (*self._tongue.month(months()[words[-1]]), False)
        month = next(filter(None, map(_begun, around)), None)
        return (*self._tongue.month(month), True) if month else (0, False, False)

    def _mine(self, word: str) -> bool:
        """Whether a month's name is of the file's own language."""
        return any(languages & self._tongue.languages for languages in months()[word].values())

    def _figures(self, year: int, rest: Sequence[int]) -> tuple[int, int, bool]:
        """(place of the month, of the day, whether that is certain) of a date in figures."""
        first, second = rest
        if year < first:
            return first, second, True
        if self._order == "mdy":
            return first, second, self._certain
        return second, first, self._certain


def _begun(said: Meaning) -> Month:
    """The month that unknown words may begin, all together or one of them."""
    words = ("".join(said.unknown), *said.unknown) if len(said.unknown) > 1 else said.unknown
    return next(filter(None, map(begun, words)), Month())


def _after(gap: str, word: str) -> str:
    """The gap behind a folded word it begins with."""
    end = next(end for end in range(1, len(gap) + 1) if fold_word(gap[:end]).startswith(word))
    return gap[end:]


def _before(gap: str, word: str) -> str:
    """The gap before a folded word it ends with."""
    start = next(start for start in range(len(gap) - 1, -1, -1) if fold_word(gap[start:]).endswith(word))
    return gap[:start]
