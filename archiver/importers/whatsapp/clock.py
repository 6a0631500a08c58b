"""Decodes the time in a head: digits of any script, day periods, eras, calendars, in the date order given."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from itertools import islice

from archiver.contracts import DateOrder
from archiver.dates import WallClock
from archiver.importers.whatsapp.heads import Shape
from archiver.importers.whatsapp.template import Template
from archiver.importers.whatsapp.words import DayPeriods, Meaning, plain, without_marks
from archiver.model import Precision, When

_KEPT = 100_000  # days and times of the day remembered: a day has 86,400 seconds
_PLAIN_TIME = re.compile(rb"(\d{1,2})[:.](\d\d)(?:[:.](\d\d))?([^\d]{0,60})")
_EPOCH = date(1970, 1, 1).toordinal()
_AROUND = "[]:-–— \u00a0\u2009\u202f\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_PERSIAN_ZERO = "۰"
_HIJRI_NOWRUZ = date(2021, 3, 21), 1400
_ORDERS: dict[DateOrder, tuple[int, int, int]] = {"dmy": (2, 1, 0), "mdy": (2, 0, 1), "ymd": (0, 1, 2)}


class UnreadableTimeError(ValueError):
    """A head whose time cannot be told; the message says why."""


@dataclass(frozen=True, slots=True)
class Fields:
    """A head's date and time as numbers; *year* is None when the head has none."""

    year: int | None
    month: int
    day: int
    hour: int
    minute: int
    second: int
    period: str | None


def gregorian_year(year: int) -> int:
    """A year as written → of our era: two digits are 2000 + yy, or Buddhist when they would lie far ahead."""
    if 2500 <= year <= 2600:
        return year - 543
    if year < 100:
        return year + 2000 - (43 if 52 <= year <= 99 else 0)
    return year


def solar_hijri(year: int, month: int, day: int) -> date:
    """A date of the Persian calendar (years 1300-1500): leap years by the 33-year cycle. ValueError: no such day."""
    nowruz, known = _HIJRI_NOWRUZ
    days = sum(365 + ((25 * y + 11) % 33 < 8) for y in range(min(year, known), max(year, known)))
    length = 31 if month <= 6 else 30
    if not (1 <= month <= 12 and 1 <= day <= length):
        raise ValueError("no such day in the Persian calendar")
    in_year = (month - 1) * 31 if month <= 6 else 186 + (month - 7) * 30
    return nowruz + timedelta(days=(days if year >= known else -days) + in_year + day - 1)


def ordered(shape: Shape, numbers: Sequence[int], order: DateOrder) -> tuple[int | None, int, int]:
    """(year, month, day) of a date without month names, its numbers taken in *order*; the year as written."""
    if len(numbers) == 2:
        month, day = numbers if order == "mdy" else numbers[::-1]
        return None, month, day
    at_year, at_month, at_day = _ORDERS["ymd" if shape.year == 0 else order]
    return numbers[at_year], numbers[at_month], numbers[at_day]


def fields(template: Template, numbers: Sequence[int], gaps: Sequence[str], order: DateOrder) -> Fields:
    """What a head's numbers and words mean; UnreadableTimeError for a word nobody knows and impossible dates."""
    shape, layout = template.shape, template.shape.layout
    said = _words(template, gaps)
    dated = numbers[layout.date_at :][: layout.dates]
    if said.month is not None:
        year = dated[1] if shape.year == 1 else dated[0] if shape.year == 0 else None
        month, day = said.month, dated[0 if shape.year else -1]
    elif shape.month_word:
        raise UnreadableTimeError("its month has no name")
    else:
        year, month, day = ordered(shape, dated, order)
    if year is not None:
        year, month, day = _our_calendar(shape, year, month, day, said.era)
    hour, minute, *second = numbers[layout.time_at :][: layout.times]
    return Fields(year, month, day, hour, minute, second[0] if second else 0, said.period)


def _words(template: Template, gaps: Sequence[str]) -> Meaning:
    """The meanings of all gaps together."""
    period = month = era = None
    for index, gap in enumerate(gaps):
        if template.shape.gaps[index] == "*":
            found = template.shape.layout.meaning(gap, index, glued=template.glued)
            if found is None:
                raise UnreadableTimeError(f"nobody knows the word “{plain(gap)[:40]}” in its time")
            period, month, era = period or found.period, month or found.month, era or found.era
    return Meaning(period, month, era)


def _our_calendar(shape: Shape, year: int, month: int, day: int, era: int | None) -> tuple[int, int, int]:
    if era is not None:
        return year + era, month, day
    if shape.zero == _PERSIAN_ZERO and 1300 <= year <= 1500:
        try:
            found = solar_hijri(year, month, day)
        except ValueError:
            return year, 0, 0
        return found.year, found.month, found.day
    return gregorian_year(year), month, day


@dataclass(frozen=True, slots=True)
class Column:
    """The times of heads that follow one another: number *first* and so many more as there are *walls*.

    *walls*: wall-clock milliseconds since 1970-01-01 00:00; *offset*: minutes east of UTC, of all of them.
    """

    first: int
    walls: list[int]
    offset: int
    precision: Precision


@dataclass(slots=True)
class _Halves:
    """Halves of heads met before, milliseconds each: a day is its midnight since 1970, a time what passed since."""

    offset: int
    precision: Precision
    left: dict[bytes, int] = field(default_factory=dict)
    right: dict[bytes, int] = field(default_factory=dict)
    midnight: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.midnight = datetime(1970, 1, 1, tzinfo=timezone(timedelta(minutes=self.offset)))


class Clock:
    """Reads the raw head of a message into a `When`, and remembers the days and times it met.

    *templates* are tried in turn. *assumed* is what has been guessed about every time of this file; *year* is
    that of the first message where heads have none (None: not known, and then no time is); such heads are
    *sequential*, they must be read in the file's order. *swapped* counts the dates that were possible in another
    order only.
    """

    def __init__(
        self,
        templates: Sequence[Template],
        order: DateOrder,
        zone: str,
        *,
        assumed: tuple[str, ...] = (),
        words: Iterable[str] = (),
        year: int | None = None,
    ) -> None:
        self.order = order
        self.zone = zone
        self.assumed = assumed
        self.swapped = 0
        self._wall = WallClock(zone)
        self._periods = DayPeriods(words)
        self._year, self._month = year, 0
        self._cuts: dict[int, int] = {}  # where a head of this length falls in two
        self._halves = _Halves(0, "minute")  # of the times met last
        self._all_halves = {(0, "minute"): self._halves}
        self.use(templates)

    def use(self, templates: Sequence[Template]) -> None:
        """The templates to try from now on."""
        self.templates = tuple(templates)
        self.sequential = any(template.shape.year < 0 and template.shape.layout.dates < 3 for template in templates)

    def columns(self, heads: Sequence[bytes]) -> Iterator[Column]:
        """The times of raw heads, column by column; what is in none has to be read one by one.

        A day and a time of the day are met again and again: cut where a head as long as this one was cut before,
        both are found without a regex. A column ends where the offset from UTC changes.
        """
        first, halves, walls = 0, self._halves, list[int]()
        while (at := first + len(walls)) < len(heads):
            walls += self._sums(islice(heads, at, None))
            at = first + len(walls)
            met = at < len(heads) and self._meet(heads[at])
            if met and self._halves is halves:
                continue
            if walls:
                yield Column(first, walls, halves.offset, halves.precision)
            first, halves, walls = at if met else at + 1, self._halves, []

    def _sums(self, heads: Iterable[bytes]) -> list[int]:
        """Wall-clock times as long as the days and times are known ones."""
        cuts, left, right = self._cuts, self._halves.left, self._halves.right
        walls: list[int] = []
        add = walls.append
        with suppress(KeyError):
            for head in heads:
                cut = cuts[len(head)]
                add(left[head[:cut]] + right[head[cut:]])
        return walls

    def _meet(self, head: bytes) -> bool:
        """Whether a head can be read by its halves, now that it has been looked at."""
        if self._sum(head) is None:
            try:
                self._read(head)
            except UnreadableTimeError:
                return False
        return self._sum(head) is not None

    def _sum(self, head: bytes) -> int | None:
        """The wall-clock time of a head both of whose halves were met, with whatever offset."""
        cut = self._cuts.get(len(head))
        if cut is None:
            return None
        for halves in (self._halves, *self._all_halves.values()):
            day, time = halves.left.get(head[:cut]), halves.right.get(head[cut:])
            if day is not None and time is not None:
                self._halves = halves
                return day + time
        return None

    def read(self, head: bytes) -> When:
        """When a raw head says it was. UnreadableTimeError says why that cannot be told."""
        return self.known(head) or self._read(head)

    def known(self, head: bytes) -> When | None:
        """When a raw head says it was, if its day and its time were met before."""
        wall = self._sum(head)
        if wall is None:
            return None
        at = self._halves.midnight + timedelta(milliseconds=wall)
        return When(at, written(head), self.zone, self._halves.precision, self.assumed)

    def _read(self, head: bytes) -> When:
        """As `read` does, for a head as long as none before, or with a day or a time not met before."""
        for template in self.templates:
            if match := template.halves.match(head):
                break
        else:
            raise UnreadableTimeError("its time does not look like the others")
        if self._quick_time(template, head, match):
            return self.read(head)
        read, assumed = self._fields(template, head)
        year = read.year if read.year is not None else self._year_of(read.month)
        assumed = assumed if read.year is not None else (*assumed, "year")
        if year is None:
            return When(None, written(head), None, _precision(template), assumed)
        at = self._wall.at(year, read.month, read.day, read.hour, read.minute, read.second)
        if assumed == self.assumed:
            self._keep(template, match, at)
        return When(at, written(head), self.zone, _precision(template), assumed)

    def _fields(self, template: Template, head: bytes) -> tuple[Fields, tuple[str, ...]]:
        """What a head means, its hour on the 24-hour clock, and what was assumed."""
        match = template.fields.match(head)
        groups = match.groups() if match else ()
        numbers = [int(run.decode()) for run in groups[1::2]]
        gaps = [without_marks(gap.decode("utf-8", "replace")) for gap in groups[::2]]
        read, assumed = self._in_some_order(template, numbers, gaps)
        hour = self._periods.hour(read.hour, read.period) if read.period else read.hour
        if hour > 23 or read.minute > 59 or read.second > 59:
            raise UnreadableTimeError("there is no such time of day")
        return replace(read, hour=hour), assumed

    def _quick_time(self, template: Template, head: bytes, match: re.Match[bytes]) -> bool:
        """Whether the head has a day that is known and a time in plain digits, with or without a day period; it is
        kept then. Phones that write seconds have a new time nearly every time."""
        layout, halves, cut = template.shape.layout, self._halves, _cut(template, match)
        time = _PLAIN_TIME.fullmatch(match[3])
        if time is None or cut is None or layout.time_first or head[:cut] not in halves.left:
            return False
        if halves.precision != _precision(template):
            return False
        said = [
            layout.meaning(without_marks(gap.decode("utf-8", "replace")), index, glued=template.glued)
            for gap, index in ((match[2], layout.glue), (time[4], layout.tail))
            if template.shape.gaps[index] == "*"
        ]
        if not all(said):
            return False
        period = next((word.period for word in said if word and word.period), None)
        hour, minute, second = int(time[1]), int(time[2]), int(time[3] or 0)
        hour = self._periods.hour(hour, period) if period else hour
        if hour > 23 or minute > 59 or second > 59:
            raise UnreadableTimeError("there is no such time of day")
        self._cuts[len(head)] = cut
        _put(halves.right, head[cut:], 1000 * (3600 * hour + 60 * minute + second))
        return True

    def _keep(self, template: Template, match: re.Match[bytes], at: datetime) -> None:
        """Keeps the halves of a head that says *at*; not where a word between them may belong to both, nor of a day
        on which the offset from UTC changes."""
        cut = _cut(template, match)
        morning, evening = (self._wall.at(at.year, at.month, at.day, *hour) for hour in ((0, 0), (23, 59)))
        if cut is None or morning.utcoffset() != evening.utcoffset():
            return
        head = match.string
        self._cuts[len(head)] = cut
        offset = round((at.utcoffset() or timedelta(0)).total_seconds() / 60)
        told = offset, _precision(template)
        self._halves = halves = self._all_halves.setdefault(told, _Halves(*told))
        day, time = 86_400_000 * (at.toordinal() - _EPOCH), 60_000 * (60 * at.hour + at.minute) + 1000 * at.second
        first, second = (time, day) if template.shape.layout.time_first else (day, time)
        _put(halves.left, head[:cut], first)
        _put(halves.right, head[cut:], second)

    def _in_some_order(
        self, template: Template, numbers: Sequence[int], gaps: Sequence[str]
    ) -> tuple[Fields, tuple[str, ...]]:
        """The fields in the file's order; a date that is impossible in it is read in the other one, and said so."""
        read = fields(template, numbers, gaps, self.order)
        if _exists(read):
            return read, self.assumed
        other: DateOrder = "mdy" if self.order == "dmy" else "dmy"
        read = fields(template, numbers, gaps, other)
        if not _exists(read):
            raise UnreadableTimeError("there is no such date")
        self.swapped += 1
        return read, (*(word for word in self.assumed if word != "date-order"), "date-order")

    def _year_of(self, month: int) -> int | None:
        """The year where heads have none: it begins when December is left behind."""
        if self._year is not None:
            self._year += month < self._month - 6
            self._month = month
        return self._year


def written(head: bytes) -> str:
    """The date and time of a raw head as they stand in the file."""
    return head.decode("utf-8", "replace").strip(_AROUND)


def _put(halves: dict[bytes, int], half: bytes, milliseconds: int) -> None:
    if len(halves) >= _KEPT:
        halves.clear()
    halves[half] = milliseconds


def _precision(template: Template) -> Precision:
    return "second" if template.shape.layout.times == 3 else "minute"


def _cut(template: Template, match: re.Match[bytes]) -> int | None:
    """Where a head falls into date and time: behind the glue, or before it when it has a word about the time; None
    when the word may belong to either."""
    layout = template.shape.layout
    if template.shape.gaps[layout.glue] != "*":
        return match.start(3)
    said = layout.meaning(without_marks(match[2].decode("utf-8", "replace")), layout.glue, glued=template.glued)
    return None if layout.time_first or said is None or said.era is not None or said.month else match.start(2)


def _exists(read: Fields) -> bool:
    try:
        date(2012 if read.year is None else read.year, read.month, read.day)
    except ValueError:
        return False
    return True
