"""When a mail was written: Date, else Received, else the From line of its mbox; never a guess of *now*.

The reader of dates is our own, for what mails carry: RFC 5322, RFC 850, asctime, ISO 8601, dates in figures, years
of two and three digits, ``GMT+1``, ``+-0500``, PM, and day names of any language. It takes linear time, looks at no
more than MAX_LENGTH characters and never raises.
"""

import re
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

from archiver.dates import WallClock
from archiver.importers.mail.charsets import decode
from archiver.model import Precision, When

MAX_LENGTH = 200  # characters of a date that are looked at
MAX_RECEIVED = 20  # Received lines that are tried
FIRST_YEAR, LAST_YEAR = 1970, 2100  # a mail from outside of these has no clock worth believing
APART = timedelta(days=3 * 365)  # a Date that is further than this from every Received was set wrong

_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
# How months begin in other languages, where programs wrote them so against all rules (de, fr, es, it, pt, nl, da).
_OTHER_MONTHS = {
    "ene": 1, "gen": 1, "fév": 2, "fev": 2, "mär": 3, "mrz": 3, "mrt": 3, "maa": 3, "avr": 4, "abr": 4,
    "mai": 5, "mei": 5, "mag": 5, "maj": 5, "maio": 5, "juin": 6, "giu": 6, "juil": 7, "lug": 7, "aoû": 8, "aou": 8,
    "ago": 8, "set": 9, "okt": 10, "out": 10, "ott": 10, "déc": 12, "dez": 12, "dic": 12, "des": 12,
}  # fmt: skip
# Names of zones in minutes east of UTC. EST to PDT and UT are RFC 5322's; the others are what mail programs wrote.
_ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "bst": 60, "cet": 60, "met": 60, "mez": 60, "mewt": 60,
    "cest": 120, "mest": 120, "mesz": 120, "eet": 120, "sast": 120, "eest": 180, "msk": 180, "msd": 240, "ist": 330,
    "wib": 420, "ict": 420, "hkt": 480, "sgt": 480, "awst": 480, "jst": 540, "kst": 540, "acst": 570, "aest": 600,
    "acdt": 630, "aedt": 660, "nzst": 720, "nzt": 720, "nzdt": 780,
    "nst": -210, "ndt": -150, "ast": -240, "adt": -180, "brt": -180, "art": -180, "clt": -240,
    "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
    "akst": -540, "akdt": -480, "hst": -600,
}  # fmt: skip

_ORDINARY = re.compile(
    rb"(?:[A-Za-z]{3},? +)?(\d\d?) ([A-Za-z]{3}) (\d{4}) (\d\d):(\d\d):(\d\d) ([+-]\d{4})(?: \([ -'*-~]*\))?"
)
_YEAR = re.compile(rb"\b(?:19|20)\d\d\b")


class _Reading(NamedTuple):
    """A date as read: *at* is aware; *steps* and *assumed* as `when` gives them."""

    at: datetime
    zone: str | None
    precision: Precision
    assumed: tuple[str, ...]
    steps: tuple[str, ...]


def when(
    date: bytes | None, received: list[bytes], envelope: bytes, hints_zone: str | None
) -> tuple[When, tuple[str, ...]]:
    """When a mail was written, and by which steps of the ladder that is known.

    *date*: the Date header; *received*: the Received headers from the top; *envelope*: the mbox's ``From `` line, or
    b""; *hints_zone*: the zone of times that carry none, else UTC. ``assumed`` has ``zone`` for such a time, ``date``
    when it is not from the Date, ``date-order`` when the month may be the day. ``zone`` is the offset as written.
    Steps: ``date``, ``received`` or ``envelope`` (whence it is; none: nothing could be read), ``date-unread``,
    ``date-implausible`` (a Date before 1970, after 2100, or three years off all that received the mail),
    ``asctime``, ``two-digit-year``, ``numeric``, ``date-order``, ``zone-absurd``, ``zone-assumed``, ``month-name``.
    """
    ordinary = _ORDINARY.fullmatch(date) if date else None
    if ordinary and (at := _at(ordinary)) and (not received or _agrees(at, received)):
        return When(at, ordinary[0].decode("ascii"), ordinary[7].decode()), ("date",)
    return _ladder(date, received, envelope, hints_zone)


def _at(found: re.Match[bytes]) -> datetime | None:
    """The point in time of an ordinary date; None if there is no such time, or none a mail can be from."""
    day, month, year, hour, minute, second, offset = found.groups()
    try:
        at = datetime(
            int(year), _MONTHS[month.lower().decode()], int(day), int(hour), int(minute), int(second),
            tzinfo=_offset(offset),
        )  # fmt: skip
    except (ValueError, KeyError):
        return None
    return at if FIRST_YEAR <= at.year <= LAST_YEAR else None


@lru_cache(maxsize=512)
def _offset(written: bytes) -> timezone:
    """The zone of ``+0200``; ValueError if nobody can live there."""
    minutes = int(written[1:3]) * 60 + int(written[3:5])
    if minutes > 18 * 60 or written[3:4] > b"5":
        raise ValueError
    return _east(-minutes if written[:1] == b"-" else minutes)


@lru_cache(maxsize=2048)
def _east(minutes: int) -> timezone:
    return timezone(timedelta(minutes=minutes))


def _agrees(at: datetime, received: list[bytes]) -> bool:
    """Whether the year in the first Received is near that of *at*; cheap, and right when it says yes."""
    years = _YEAR.findall(received[0].rpartition(b";")[2])
    return len(years) == 1 and abs(int(years[0]) - at.year) < 2


def _ladder(
    date: bytes | None, received: list[bytes], envelope: bytes, hints_zone: str | None
) -> tuple[When, tuple[str, ...]]:
    """All steps, for what is not an ordinary date that its Received confirms."""
    written = _text(date) if date else ""
    said = _read(written, hints_zone) if written else None
    marks = ("date-unread",) if written and said is None else ()
    arrivals = _arrivals(received, hints_zone)
    if said and (not _plausible(said.at) or (arrivals and all(abs(said.at - on.at) > APART for _, on in arrivals))):
        said, marks = None, ("date-implausible",)
    if said:
        return _as_when(said, written), ("date", *said.steps)
    text = _text(_after_sender(envelope))
    if not arrivals and text and (delivered := _read(text, hints_zone)) and _plausible(delivered.at):
        return _as_when(delivered, written or text, "date"), ("envelope", *delivered.steps, *marks)
    if arrivals:
        text, on = arrivals[0]
        return _as_when(on, written or text, "date"), ("received", *on.steps, *marks)
    return When(None, written), marks


def _as_when(read: _Reading, written: str, *more: str) -> When:
    return When(read.at, written, read.zone, read.precision, (*more, *read.assumed))


def _plausible(at: datetime) -> bool:
    return FIRST_YEAR <= at.year <= LAST_YEAR


def _arrivals(received: list[bytes], hints_zone: str | None) -> list[tuple[str, _Reading]]:
    """The newest and the oldest time at which a server took the mail, as written and as read."""
    found: list[tuple[str, _Reading]] = []
    for values in (received[:MAX_RECEIVED], received[: -MAX_RECEIVED - 1 : -1]):
        for value in values:
            text = _text(value.rpartition(b";")[2][-MAX_LENGTH:])
            if (read := _read(text, hints_zone)) and _plausible(read.at):
                found.append((text, read))
                break
    return found


_NAMES = rb"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_ENVELOPE = re.compile(
    rb"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? +)?(?:" + _NAMES + rb" +\d|\d{1,2} +" + _NAMES + rb").*",
    re.IGNORECASE,
)


_NO_TIMES = {b"Mon Sep 17 00:00:00 2001", b"Thu Jan  1 00:00:00 1970"}  # what git writes always, and a clock at zero


def _after_sender(envelope: bytes) -> bytes:
    """The date in a ``From `` line, whose sender may have blanks in it."""
    found = _ENVELOPE.search(envelope[:1000].removeprefix(b"From "))
    return found[0] if found and found[0].strip() not in _NO_TIMES else b""


def _text(value: bytes) -> str:
    return decode(value.strip()[:MAX_LENGTH], None)[0].strip()


_COMMENT = re.compile(r"\(([^()]*)\)")
_PARTS = re.compile(
    r"(?P<time>\d{1,2}:\d{1,2}(?::\d{1,2})?)(?:[.,]\d+)?"
    r"|(?P<offset>[+-]+\d{1,2}:\d\d(?!\d)|[+-]+\d+)"
    r"|(?P<number>\d+)"
    r"|(?P<word>[^\W\d_]+)"
)
_FIGURES = re.compile(
    r"(?<!\d)(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)|(?<!\d)(\d{1,2})([-/.])(\d{1,2})\6(\d{4}|\d\d)(?!\d)"
)
_DASHED = re.compile(r"(\d{1,2})-([^\W\d_]{3,9})-(\d{2,4})")
_DOTTED_TIME = re.compile(r"(?<![\d.])(\d{1,2})\.(\d\d)\.(\d\d)(?![\d.])")


class _Parts:
    """What the words of a date say, before they are put together."""

    def __init__(self) -> None:
        self.numbers: list[tuple[int, int]] = []  # the number and how many digits it is written with
        self.month = 0
        self.month_at = 0  # how many numbers are before the month
        self.hour, self.minute, self.second = 0, 0, 0
        self.timed: Precision = "day"
        self.afternoon: bool | None = None
        self.minutes: int | None = None  # east of UTC
        self.zone: str | None = None
        self.steps: list[str] = []


@lru_cache(maxsize=64)
def _read(text: str, hints_zone: str | None) -> _Reading | None:
    """The date that a text says; None if it says none, or one that no calendar has."""
    parts = _Parts()
    try:
        _take_words(_take_figures(_COMMENT.sub(" ", text), parts), parts)
        if parts.minutes is None:  # the zone may stand in a comment: `10:00:00 (EDT)`
            _take_zone(" ".join(_COMMENT.findall(text)), parts)
        return _put_together(parts, hints_zone)
    except (ValueError, OverflowError):
        return None


def _take_figures(text: str, parts: _Parts) -> str:
    """Takes a date in figures (1999/01/31, 2004-05-11T21:14:05Z, 11.05.2004, 05/11/2004) out of the text."""
    text = _DASHED.sub(r"\1 \2 \3", text)
    found = _FIGURES.search(text)
    if found is None or (
        found[8] and len(found[8]) == 2 and _DOTTED_TIME.match(text, found.start()) and ":" not in text
    ):
        return _DOTTED_TIME.sub(r"\1:\2:\3", text)
    if found[1]:
        year, month, day, digits = int(found[1]), int(found[3]), int(found[4]), 4
    else:
        day, month, year, digits = int(found[5]), int(found[7]), int(found[8]), len(found[8])
        if found[6] == "/" and max(day, month) <= 12:
            parts.steps.append("date-order")
        if (found[6] == "/" and day <= 12) or month > 12:  # with slashes the month is first, if it can be
            day, month = month, day
    parts.steps.append("numeric")
    parts.numbers, parts.month, parts.month_at = [(day, 2), (year, digits)], month, 1
    rest = text[: found.start()] + " " + text[found.end() :].removeprefix("T").removeprefix("t")
    return _DOTTED_TIME.sub(r"\1:\2:\3", rest) if ":" not in rest else rest


def _take_words(text: str, parts: _Parts) -> None:
    figures = bool(parts.month)
    for found in _PARTS.finditer(text):
        kind, word = found.lastgroup, found[0]
        if kind == "time" and parts.timed == "day":
            hour, minute, *second = found["time"].split(":")
            parts.hour, parts.minute, parts.second = int(hour), int(minute), int(second[0]) if second else 0
            parts.timed = "second" if second else "minute"
        elif kind == "offset" and parts.timed != "day":
            _take_offset(word, parts)
        elif kind == "word":
            _take_word(word.lower(), parts)
        elif (digits := word.lstrip("+-")).isdecimal() and not figures:
            parts.numbers.append((int(digits[:9]), len(digits)))


def _take_word(word: str, parts: _Parts) -> None:
    month = _MONTHS.get(word[:3]) or _OTHER_MONTHS.get(word[:4]) or _OTHER_MONTHS.get(word[:3])
    if word in {"am", "pm"} and parts.timed != "day":
        parts.afternoon = word == "pm"
    elif month and (not parts.month or (not parts.month_at and parts.numbers)):  # what came before all was a weekday
        parts.month, parts.month_at = month, len(parts.numbers)  # (`mar, 11 mai`, `maandag 3 feb`)
        if word[:3] not in _MONTHS:
            parts.steps.append("month-name")
    elif parts.minutes is None and parts.timed != "day":
        _take_zone(word, parts)
    elif word == "dst" and parts.minutes is not None:  # `MET DST`, as Unix wrote it in the nineties
        parts.minutes += 60


def _take_zone(text: str, parts: _Parts) -> None:
    for word in text.lower().split():
        if word in _ZONES:
            parts.minutes, parts.zone = _ZONES[word], word.upper()
            return


def _take_offset(written: str, parts: _Parts) -> None:
    """``+0200``, ``+02:00``, ``+2``, ``+-0500``; the last sign counts, and ``GMT+1`` is one hour east of Greenwich."""
    if parts.zone and parts.zone not in {"GMT", "UTC", "UT"}:
        return
    sign = -1 if written.rstrip("0123456789:")[-1:] == "-" else 1
    digits = written.lstrip("+-")
    hours, _, minutes = digits.partition(":")
    if not minutes and len(digits) > 2:
        hours, minutes = digits[:-2], digits[-2:]
    east = int(hours[:6]) * 60 + int(minutes or 0)
    if east <= 18 * 60 and int(minutes or 0) < 60:
        parts.minutes, parts.zone = sign * east, written
    else:
        parts.minutes, parts.zone = None, None
        parts.steps.append("zone-absurd")


def _put_together(parts: _Parts, hints_zone: str | None) -> _Reading | None:
    chosen = _day_and_year(parts)
    if chosen is None:
        return None
    day, year = chosen
    hour = parts.hour
    if parts.afternoon is not None and 1 <= hour <= 12:
        hour = hour % 12 + 12 * parts.afternoon
    wall = datetime(year, parts.month, day, hour % 24 if hour == 24 else hour, parts.minute, min(parts.second, 59))  # noqa: DTZ001 - its zone comes next
    wall += timedelta(days=hour == 24)
    steps = tuple(dict.fromkeys(parts.steps))
    assumed = ("date-order",) if "date-order" in steps else ()
    if parts.minutes is not None:
        return _Reading(wall.replace(tzinfo=_east(parts.minutes)), parts.zone, parts.timed, assumed, steps)
    zone = "UTC" if "zone-absurd" in steps else hints_zone or "UTC"
    at = _clock(zone).at(wall.year, wall.month, wall.day, wall.hour, wall.minute, wall.second)
    return _Reading(at, zone, parts.timed, (*assumed, "zone"), (*steps, "zone-assumed"))


@lru_cache(maxsize=8)
def _clock(zone: str) -> WallClock:
    return WallClock(zone)


def _day_and_year(parts: _Parts) -> tuple[int, int] | None:
    """The day is the number beside the month, the year the other one; the rules of RFC 5322, 4.3 for short years."""
    numbers = parts.numbers[:4]
    if not parts.month or len(numbers) < 2:
        return None
    long = next((i for i, (number, digits) in enumerate(numbers) if digits >= 3 or number > 31), None)
    beside = [i for i in (parts.month_at - 1, parts.month_at) if 0 <= i < len(numbers) and i != long]
    if not beside:
        return None
    day = beside[0]
    year = long if long is not None else next(i for i in range(len(numbers)) if i != day)
    if day == parts.month_at and "numeric" not in parts.steps:
        parts.steps.append("asctime")
    number, digits = numbers[year]
    if digits <= 3 or number < 1000:
        parts.steps.append("two-digit-year")
    return numbers[day][0], _full_year(number)


def _full_year(number: int) -> int:
    """02 and 0102 (a clock that counts from 1900) are 2002, 99 is 1999, 102 is 2002, and so is 19102."""
    if number < 50:
        return number + 2000
    if number < 1000:
        return number + 1900
    return number - 19100 + 2000 if 19100 <= number < 19200 else number
