"""Decodes the time in a head: digits of any script, day periods, eras, calendars, in the date order given."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from archiver.contracts import DateOrder
from archiver.dates import WallClock
from archiver.importers.whatsapp.drafts import draft
from archiver.importers.whatsapp.heads import Shape
from archiver.importers.whatsapp.template import Template
from archiver.importers.whatsapp.words import DayPeriods, Meaning, plain, without_marks
from archiver.model import Precision, When

_KEPT = 5_000  # days remembered; time runs forward, so old ones are hardly met again
_KEPT_TIMES = 100_000  # a day has 86,400 seconds
_WhenDraft = draft(When)
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


class Clock:
    """Reads the raw head of a message into a `When`, and remembers the days and times it met.

    *templates* are tried in turn. *assumed* is what has been guessed about every time of this file; *year* is
    that of the first message where heads have none (None: not known, and then no time is); such heads are
    *sequential*, they must be read in the file's order. *swapped* counts the
    dates that were possible in another order only.
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
        self.swapped = 0
        self._wall = WallClock(zone)
        self._zone = zone
        self._assumed = assumed
        self._periods = DayPeriods(words)
        self._year, self._month = year, 0
        self._days: dict[bytes, tuple[datetime, tuple[str, ...]]] = {}
        self._times: dict[bytes, timedelta] = {}
        self._spans: dict[int, tuple[int, int, int, int, int, int, Precision]] = {}
        self.use(templates)

    def use(self, templates: Sequence[Template]) -> None:
        """The templates to try from now on."""
        self.templates = tuple(templates)
        self.sequential = any(template.shape.year < 0 and template.shape.layout.dates < 3 for template in templates)
        self._spans.clear()

    def read(self, head: bytes) -> When:
        """When a raw head says it was. UnreadableTimeError says why that cannot be told.

        A day and a time of the day are met again and again: by where they stood in a head as long as this one,
        both are found without a regex.
        """
        spans = self._spans.get(len(head))
        if spans is not None:
            start, end, a, b, c, d, precision = spans
            day, time = self._days.get(head[a:b]), self._times.get(head[c:d])
            if day is not None and time is not None:
                midnight, assumed = day
                when = object.__new__(_WhenDraft)
                when.at, when.written, when.zone = midnight + time, head[start:end].decode(), self._zone
                when.precision, when.assumed = precision, assumed
                when.__class__ = When
                return when  # type: ignore[no-any-return]
        for template in self.templates:
            if match := template.halves.match(head):
                return self._by_halves(head, template, match)
        raise UnreadableTimeError("its time does not look like the others")

    def _by_halves(self, head: bytes, template: Template, match: re.Match[bytes]) -> When:
        """As `read` does, for a head as long as none before, or with a day or a time not met before."""
        shape = template.shape
        worded = shape.gaps[shape.layout.glue] == "*"  # then the glue belongs to both
        first = match.start(1), match.end(2 if worded else 1)
        second = match.start(2 if worded else 3), match.end(3)
        (a, b), (c, d) = (second, first) if shape.layout.time_first else (first, second)
        start, end = match.start(1), match.end(3)
        precision: Precision = "second" if shape.layout.times == 3 else "minute"
        if head[a:b] in self._days and not worded and template.plain_time and head[c:d] not in self._times:
            self._keep_time(head[c:d], *map(int, head[c:d].replace(b".", b":").split(b":")))
        if head[a:b] in self._days and head[c:d] in self._times:
            (midnight, assumed), time = self._days[head[a:b]], self._times[head[c:d]]
            at: datetime | None = midnight + time
            self._spans[len(head)] = start, end, a, b, c, d, precision
        else:
            at, assumed = self._decode(template, head, head[a:b], head[c:d])
        written = head[start:end].decode("utf-8", "replace")
        return When(at, written, self._zone if at else None, precision, assumed)

    def _decode(
        self, template: Template, head: bytes, dated: bytes, timed: bytes
    ) -> tuple[datetime | None, tuple[str, ...]]:
        """The time (None: of an unknown year) and what was assumed; day and time are kept by their raw halves."""
        match = template.fields.match(head)
        groups = match.groups() if match else ()
        numbers = [int(run.decode()) for run in groups[1::2]]
        gaps = [without_marks(gap.decode("utf-8", "replace")) for gap in groups[::2]]
        read, assumed = self._in_some_order(template, numbers, gaps)
        hour = self._periods.hour(read.hour, read.period) if read.period else read.hour
        self._keep_time(timed, hour, read.minute, read.second)
        if read.year is not None:
            self._keep_day(dated, read.year, read.month, read.day, assumed)
            return self._wall.at(read.year, read.month, read.day, hour, read.minute, read.second), assumed
        year = self._year_of(read.month)
        if year is None:
            return None, (*assumed, "year")
        return self._wall.at(year, read.month, read.day, hour, read.minute, read.second), (*assumed, "year")

    def _keep_time(self, timed: bytes, hour: int, minute: int, second: int = 0) -> None:
        if hour > 23 or minute > 59 or second > 59:
            raise UnreadableTimeError("there is no such time of day")
        if len(self._times) >= _KEPT_TIMES:
            self._times.clear()
        self._times[timed] = timedelta(hours=hour, minutes=minute, seconds=second)

    def _keep_day(self, dated: bytes, year: int, month: int, day: int, assumed: tuple[str, ...]) -> None:
        """Keeps the midnight of a day, unless the offset from UTC changes on it."""
        morning, evening = self._wall.at(year, month, day, 0, 0), self._wall.at(year, month, day, 23, 59)
        if len(self._days) >= _KEPT:
            self._days.clear()
        if morning.utcoffset() == evening.utcoffset():
            self._days[dated] = morning, assumed

    def _in_some_order(
        self, template: Template, numbers: Sequence[int], gaps: Sequence[str]
    ) -> tuple[Fields, tuple[str, ...]]:
        """The fields in the file's order; a date that is impossible in it is read in the other one, and said so."""
        read = fields(template, numbers, gaps, self.order)
        if _exists(read):
            return read, self._assumed
        other: DateOrder = "mdy" if self.order == "dmy" else "dmy"
        read = fields(template, numbers, gaps, other)
        if not _exists(read):
            raise UnreadableTimeError("there is no such date")
        self.swapped += 1
        return read, (*(word for word in self._assumed if word != "date-order"), "date-order")

    def _year_of(self, month: int) -> int | None:
        """The year where heads have none: it begins when December is left behind."""
        if self._year is not None:
            self._year += month < self._month - 6
            self._month = month
        return self._year


def _exists(read: Fields) -> bool:
    try:
        date(2012 if read.year is None else read.year, read.month, read.day)
    except ValueError:
        return False
    return True
