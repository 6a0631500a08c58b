"""The only file that knows dateutil: zones, and the dates people type."""

import os
import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from pathlib import Path

from archiver.errors import UsageError


def named_zone(name: str) -> tzinfo:
    """The zone with this IANA name (or fixed offset such as ``+02:00``); UsageError if there is none."""
    if name.upper() in {"UTC", "Z", "GMT"}:
        return UTC
    if name[:1] in "+-" and (offset := _fixed(name)) is not None:
        return timezone(offset)
    from dateutil import tz  # noqa: PLC0415 - 50 ms that most commands never need

    zone = tz.gettz(name) if "/" in name else None
    if zone is None:
        raise UsageError(
            f"There is no time zone called “{name}”.",
            remedy="Use a name such as Europe/Berlin or America/Bogota, UTC, or an offset such as +02:00.",
        )
    return zone


def _fixed(name: str) -> timedelta | None:
    hours, _, minutes = name[1:].partition(":")
    if not (hours.isascii() and hours.isdigit() and len(hours) <= 2 and (minutes or "0").isdigit()):
        return None
    span = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return (span if name[0] == "+" else -span) if span < timedelta(hours=24) else None


def local_zone_name() -> str:
    """The IANA name of this computer's zone; where the system does not tell it, today's offset as ``+HH:MM``."""
    named = os.environ.get("TZ", "").lstrip(":")
    if "/" in named or named == "UTC":
        return named
    link = Path("/etc/localtime")
    if not named and link.is_symlink():
        _, found, name = str(link.resolve()).partition("zoneinfo/")
        if found:
            return "UTC" if name in {"UTC", "Etc/UTC", "UCT", "Universal"} else name
    offset = datetime.now().astimezone().strftime("%z")
    return "UTC" if offset == "+0000" else f"{offset[:3]}:{offset[3:5]}"


class WallClock:
    """Turns wall times of one zone into aware datetimes that carry the offset of that moment.

    In the hour that a summer-time change repeats, the first reading is taken; an hour that a change skips is
    read with the offset before it. Offsets are looked up once a wall-clock quarter and kept.
    """

    def __init__(self, zone: str) -> None:
        self.zone = zone
        self._rules = named_zone(zone)
        self._offset = lru_cache(maxsize=4096)(self._look_up)

    def _look_up(self, year: int, month: int, day: int, quarter: int) -> timezone:
        wall = datetime(year, month, day, quarter // 4, quarter % 4 * 15, tzinfo=self._rules)
        return timezone(wall.utcoffset() or timedelta(0))

    def at(self, year: int, month: int, day: int, hour: int, minute: int, second: int = 0) -> datetime:
        """The aware datetime; ValueError when there is no such day or time."""
        offset = self._offset(year, month, day, hour * 4 + minute // 15)
        return datetime(year, month, day, hour, minute, second, tzinfo=offset)


_NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_COUNTS = {"a": 1, "an": 1, **{word: number for number, word in enumerate(_NUMBERS, 1)}}
_COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(_COUNTS)})"
_AGO = re.compile(rf"{_COUNT} (?P<unit>day|week|month|year)s? ago")
_RECENT = re.compile(r"(?P<which>this|last) (?P<unit>day|week|month|year)")
_LATELY = re.compile(rf"(?:the )?(?:last|past) {_COUNT} (?P<unit>day|week|month|year)s?")
_WEEK = re.compile(r"(\d{4})-?w(\d{1,2})")
_QUARTER = re.compile(r"(?:(\d{4})[- ]?q([1-4])|q([1-4])[- ]?(\d{4}))")
_DECADE = re.compile(r"(?:the )?(\d{3})0s")
_ISO = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")
_DAY_FIRST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})")
_CLOCK = re.compile(r"\d{4}-\d\d-\d\d[t ]\d\d:\d\d")
_PIECE = re.compile(r"[^\W\d_]+|\d+")
_SMALL = {"st", "nd", "rd", "th", "of", "the", "in", "on", "last"}  # words in a date that say nothing of their own

Span = tuple[datetime, datetime]


def span(text: str, *, today: date | None = None) -> Span | None:
    """The stretch of wall-clock time [start, end) that a written date means, naive; None when it is no date.

    ``2019``, ``2019-05``, ``2019-05-14``, ``14.05.2019`` (the day first, unless it cannot be), ``2019-05-14T18:30``,
    ``2019-W20``, ``2019-Q2``, ``1990s``, ``May 2019``, ``14 May 2019``, ``yesterday``, ``last march``,
    ``3 weeks ago`` (that week), ``last 3 weeks`` (from then until today), and ``2018..2020``. A month or a weekday
    without a year is the latest one that is not in the future.
    """
    words = " ".join(text.casefold().split())
    today = today or datetime.now().astimezone().date()
    first, dots, last = words.partition("..")
    try:
        if not dots:
            return _single(words, today)
        start, end = _single(first.strip(), today), _single(last.strip(), today)
    except (ValueError, OverflowError):  # the 31st of February, the year 0 or 10000
        return None
    return (start[0], end[1]) if start and end and start[0] < end[1] else None


def _single(words: str, today: date) -> Span | None:
    if _CLOCK.fullmatch(words):
        at = datetime.fromisoformat(words)
        return at, at + timedelta(minutes=1)
    return _numeric(words) or _numbered(words) or _relative(words, today) or _spelled(words, today)


def _numbered(words: str) -> Span | None:
    """Weeks (ISO 8601), quarters and decades, by their numbers."""
    week = _WEEK.fullmatch(words)
    if week:
        start = datetime.fromisocalendar(int(week[1]), int(week[2]), 1)
        return start, start + timedelta(days=7)
    quarter = _QUARTER.fullmatch(words)
    if quarter:
        start = datetime(int(quarter[1] or quarter[4]), int(quarter[2] or quarter[3]) * 3 - 2, 1)  # noqa: DTZ001 - wall clock
        return start, _months_on(start, 3)
    decade = _DECADE.fullmatch(words)
    return (_calendar(int(decade[1]) * 10)[0], _calendar(int(decade[1]) * 10 + 9)[1]) if decade else None


def _numeric(words: str) -> Span | None:
    """Dates in figures: the year first, or the day first; the month first where the figures leave no choice."""
    iso = _ISO.fullmatch(words)
    if iso:
        return _calendar(int(iso[1]), int(iso[2] or 0), int(iso[3] or 0))
    figures = _DAY_FIRST.fullmatch(words)
    if figures is None:
        return None
    day, month, year = int(figures[1]), int(figures[3]), int(figures[4])
    if month > 12 >= day:
        day, month = month, day
    return _calendar(year + (2000 if len(figures[4]) == 2 else 0), month, day)


def _calendar(year: int, month: int = 0, day: int = 0) -> Span:
    """A year, a month of it, or a day of that; 0 for what is not said. ValueError when there is no such day."""
    start = datetime(year, month or 1, day or 1)  # noqa: DTZ001 - wall clock
    if day:
        return start, start + timedelta(days=1)
    if month:
        return start, _months_on(start, 1)
    return start, _months_on(start, 12)


def _months_on(start: datetime, months: int) -> datetime:
    """The first of the month that is so many months away."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return datetime(year, month + 1, 1)  # noqa: DTZ001 - wall clock


def _relative(words: str, today: date) -> Span | None:
    """Dates told from today: ``yesterday``, ``this month``, ``2 years ago``."""
    near = {"today": 0, "yesterday": 1, "last night": 1}.get(words)
    if near is not None:
        return _back("day", near, today)
    lately = _LATELY.fullmatch(words)
    if lately:
        return _ago(lately, today)[0], _back("day", 0, today)[1]
    recent = _RECENT.fullmatch(words)
    if recent:
        return _back(recent["unit"], int(recent["which"] == "last"), today)
    ago = _AGO.fullmatch(words)
    return _ago(ago, today) if ago else None


def _ago(found: re.Match[str], today: date) -> Span:
    """The day, week, month or year that lies as many of them back as is said."""
    return _back(found["unit"], _COUNTS.get(found["count"]) or int(found["count"]), today)


def _back(unit: str, count: int, today: date) -> Span:
    """The day, week (from Monday), month or year that lies *count* of them back."""
    midnight = datetime(today.year, today.month, today.day)  # noqa: DTZ001 - wall clock
    if unit == "year":
        return _calendar(today.year - count)
    if unit == "month":
        start = _months_on(midnight, -count)
        return start, _months_on(start, 1)
    length = timedelta(days=7 if unit == "week" else 1)
    start = midnight - (timedelta(days=today.weekday()) if unit == "week" else timedelta(0)) - count * length
    return start, start + length


def _spelled(words: str, today: date) -> Span | None:
    """Dates with the English name of a month or a weekday: ``14 May 2019``, ``last march``, ``monday``."""
    pieces = [piece for piece in _PIECE.findall(words) if piece not in _SMALL]
    if len(words) > 40 or not any(piece.isalpha() for piece in pieces):
        return None
    from dateutil.parser import parserinfo  # noqa: PLC0415 - 30 ms that most commands never need

    names = parserinfo()
    months = [month for piece in pieces if (month := names.month(piece)) is not None]
    weekdays = [weekday for piece in pieces if (weekday := names.weekday(piece)) is not None]
    figures = [int(piece) for piece in pieces if piece.isdecimal()]
    if len(months) + len(weekdays) + len(figures) < len(pieces) or len(weekdays) > 1:
        return None
    if weekdays and len(pieces) == 1:
        return _back("day", (today.weekday() - weekdays[0]) % 7, today)
    return _month_named(months, figures, today)


def _month_named(months: list[int], figures: list[int], today: date) -> Span | None:
    """A month, with a year (a figure above 31), a day, both or neither; None for anything else."""
    years = [figure for figure in figures if figure > 31]
    days = [figure for figure in figures if 0 < figure <= 31]
    if len(months) != 1 or len(years) > 1 or len(days) > 1 or 0 in figures:
        return None
    day = days[0] if days else 0
    if years:
        return _calendar(years[0], months[0], day)
    past = (months[0], day or 1) <= (today.month, today.day)
    return _calendar(today.year if past else today.year - 1, months[0], day)
