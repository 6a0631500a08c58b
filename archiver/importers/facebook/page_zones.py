"""The clock that a page shows: told beside each time until 2017, never afterwards (facts 6.2).

A page of Facebook's shows the account's own wall clock, summer time included; one of Instagram's the clock eight
hours behind UTC, all year. Which zone an account has, a person may say; else the same messages in JSON tell, else the
front page of the export, which says when it was made, in UTC and on that clock; else it is guessed, and said so.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from archiver.contracts import Hints
from archiver.dates import WallClock, named_zone
from archiver.errors import UsageError
from archiver.importers.facebook.markup import plain_text
from archiver.importers.facebook.page_dates import DateReader, Fields
from archiver.model import Guess, Message, Origin, Precision, When
from archiver.text import fold

INSTAGRAM = "-08:00"
_QUARTER = timedelta(minutes=15)
_WIDEST = timedelta(hours=15)
_HALF_A_YEAR = timedelta(days=240)
_AGREE = 0.95  # of the messages found in both that have to fit a zone; the others may be look-alikes
_ENOUGH = 3
_COMPARED = 20_000
_KEPT = 50_000
_CUTS = 8
_QUIET = ((), ("zone",))  # what is assumed of times and told once for a file, not for each

# Minutes east of UTC. Where an abbreviation is used in several places, the first is the likeliest for Facebook.
_ABBREVIATIONS: dict[str, tuple[int, ...]] = {
    "UTC": (0,), "GMT": (0,), "WET": (0,), "WEST": (60,), "BST": (60, 360), "IST": (330, 120, 60), "CET": (60,),
    "CEST": (120,), "EET": (120,), "EEST": (180,), "MSK": (180, 240), "MSD": (240,), "TRT": (180,), "SAST": (120,),
    "CAT": (120,), "EAT": (180,), "WAT": (60,), "WAST": (120,), "IDT": (180,), "GST": (240,), "PKT": (300,),
    "NPT": (345,), "ICT": (420,), "WIB": (420,), "WITA": (480,), "WIT": (540,), "HKT": (480,), "SGT": (480,),
    "MYT": (480,), "PHT": (480,), "AWST": (480,), "JST": (540,), "KST": (540,), "ACST": (570,), "ACDT": (630,),
    "AEST": (600,), "AEDT": (660,), "NZST": (720,), "NZDT": (780,), "PST": (-480,), "PDT": (-420,),
    "MST": (-420, 480), "MDT": (-360,), "CST": (-360, 480, -300), "CDT": (-300, -240), "EST": (-300, 600),
    "EDT": (-240, 660), "AST": (-240, 180), "ADT": (-180, 240), "NST": (-210,), "NDT": (-150,), "AKST": (-540,),
    "AKDT": (-480,), "HST": (-600,), "HAST": (-600,), "HADT": (-540,), "BRT": (-180,), "BRST": (-120,),
    "ART": (-180,), "CLT": (-240,), "CLST": (-180,), "COT": (-300,), "PET": (-300,), "ECT": (-300,),
    "VET": (-270, -240), "BOT": (-240,), "PYT": (-240,), "PYST": (-180,), "UYT": (-180,), "UYST": (-120,),
}  # fmt: skip

# Zones to try against times that are known. Those with the same clock all year are covered by offsets.
_ZONES = (
    "Europe/London", "Europe/Berlin", "Europe/Athens", "Europe/Moscow", "Europe/Istanbul", "America/New_York",
    "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Anchorage", "America/Halifax",
    "America/St_Johns", "America/Mexico_City", "America/Sao_Paulo", "America/Santiago", "America/Asuncion",
    "America/Havana", "Asia/Jerusalem", "Asia/Beirut", "Asia/Amman", "Asia/Damascus", "Asia/Tehran", "Africa/Cairo",
    "Africa/Casablanca", "Australia/Sydney", "Australia/Adelaide", "Pacific/Auckland", "Europe/Chisinau",
)  # fmt: skip
_OFFSET = re.compile(r"(?:UTC|GMT)?\s?([+−–-])(\d{1,2}):?(\d\d)?")
_TIME = re.compile(r"<time\b[^<>]*\bdatetime=\"(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)Z\"[^<>]*>([^<>]{8,120})</time>")


@dataclass(frozen=True, slots=True)
class PageZone:
    """The zone that pages' clocks are in, where the pages do not say. *assumed*: nothing proves it."""

    name: str
    because: str
    confidence: float
    assumed: bool = False

    def guess(self, origin: Origin) -> Guess:
        """The zone as a guess about one file, said aloud."""
        return Guess("zone", self.name, self.because, self.confidence, origin, "--zone")


class Seen(NamedTuple):
    """A moment that is known in UTC and on the clock of the pages (naive)."""

    utc: datetime
    wall: datetime

    @property
    def offset(self) -> timedelta:
        """How far the clock is ahead of UTC, to the quarter of an hour."""
        apart = self.wall - self.utc.replace(tzinfo=None)
        return round(apart / _QUARTER) * _QUARTER


def page_zone(
    hints: Hints, *, instagram: bool = False, compared: PageZone | None = None, front_page: bytes = b""
) -> PageZone:
    """The zone for pages that do not tell it: the person's, Instagram's, the one found by *compared*, else what the
    export's *front_page* (start_here.html) tells, else this computer's."""
    if hints.zone:
        return PageZone(hints.zone, "it was given", 1.0)
    if instagram:
        return PageZone(INSTAGRAM, "Instagram’s pages are eight hours behind UTC all year", 0.9)
    if compared is not None:
        return compared
    if moments := front_page_moments(front_page):
        return _by_front_page(moments, hints.local_zone)
    because = "pages do not say their time zone; this computer’s is taken"
    return PageZone(hints.local_zone, because, 0.4, assumed=True)


def front_page_moments(content: bytes) -> list[Seen]:
    """The moments that a front page tells twice: ``<time datetime="2026-08-19T14:33Z">… at 4:33 PM…</time>``."""
    found: list[Seen] = []
    for instant, shown in _TIME.findall(content.decode("utf-8", "replace")):
        text = plain_text(shown)
        fields = DateReader([text]).read(text)
        if fields is not None and (wall := _wall(fields)) is not None:
            seen = Seen(datetime.fromisoformat(instant).replace(tzinfo=UTC), wall)
            if abs(seen.offset) <= _WIDEST:
                found.append(seen)
    return found


def _by_front_page(moments: Sequence[Seen], local: str) -> PageZone:
    """This computer's zone where it fits all moments, else the clock as it was when the export was made."""
    if _fits(local, moments) == 1:
        because = "the front page of the export shows the same clock as this computer’s zone"
        return PageZone(local, because, 0.8, assumed=True)
    offset = moments[0].offset
    because = "the front page of the export shows this clock; summer time, if any, is not known"
    return PageZone(_named(offset), because, 0.6, assumed=True)


def compared_zone(told: Iterable[Message], shown: Iterable[Message], local: str = "UTC") -> PageZone | None:
    """The zone of pages, by messages that JSON (*told*, times known) and pages (*shown*) have in common.

    Messages are the same when sender and text are, and nothing else in either is like them. None when too few are
    found, or when they fit no zone.
    """
    moments = _in_both(told, shown)
    if len(moments) < _ENOUGH:
        return None
    offsets = Counter(seen.offset for seen in moments)
    lasts = max(seen.utc for seen in moments) - min(seen.utc for seen in moments)
    names = [local, *(_named(offset) for offset, _ in offsets.most_common(1)), *_ZONES]
    best = max(names, key=lambda name: _fits(name, moments))
    if _fits(best, moments) < _AGREE:
        return None
    because = f"{len(moments):,} messages that are in both JSON and pages have these times"
    if len(offsets) > 1 or lasts > _HALF_A_YEAR:
        return PageZone(best, because, 0.99)
    return PageZone(best, because, 0.7, assumed=True)  # of another season nothing is known


def _in_both(told: Iterable[Message], shown: Iterable[Message]) -> list[Seen]:
    there = _unique(told)
    here = _unique(shown)
    moments = (Seen(there[key].astimezone(UTC), at.replace(tzinfo=None)) for key, at in here.items() if key in there)
    return [seen for seen in moments if abs(seen.offset) <= _WIDEST]


def _unique(messages: Iterable[Message]) -> dict[tuple[str, str], datetime]:
    """Times of the messages that are unlike all others."""
    times: dict[tuple[str, str], datetime | None] = {}
    for message in islice(messages, _COMPARED):
        if message.text and message.when.at is not None:
            key = (fold(message.sender.name) if message.sender else "", message.text)
            times[key] = None if key in times else message.when.at
    return {key: at for key, at in times.items() if at is not None}


def _fits(zone: str, moments: Sequence[Seen]) -> float:
    """The share of the moments that a zone gets right, within the minute that a page shows."""
    try:
        rules = named_zone(zone)
    except UsageError:
        return 0.0
    right = sum(seen.utc.astimezone(rules).utcoffset() == seen.offset for seen in moments)
    return right / len(moments)


def _named(offset: timedelta) -> str:
    """An offset as a zone's name: ``+02:00``."""
    minutes = int(offset.total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _wall(fields: Fields) -> datetime | None:
    try:
        return datetime(*fields[:6])  # noqa: DTZ001 - a wall clock
    except ValueError:
        return None


class _Day(NamedTuple):
    """A day. *offset* of the zone, None where it changes on that day."""

    year: int
    month: int
    day: int
    offset: timezone | None


class _Time(NamedTuple):
    """A time of the day, with the zone that is written behind it."""

    hour: int
    minute: int
    precision: Precision
    zone: str
    offset: timezone | None


def _without_seconds(time: str) -> tuple[str, int]:
    """``10:44:05 am`` as ``10:44:: am`` and 5; "" when there are no seconds, in figures of ASCII."""
    at = time.find(":", time.find(":") + 1) + 1
    figures = time[at : at + 2]
    if at > 0 and len(figures) == 2 and figures.isascii() and figures.isdigit():
        return f"{time[:at]}:{time[at + 2 :]}", int(figures)
    return "", -1


class PageClock:
    """Turns the dates of one file into times. *zone* is for those that do not tell theirs.

    *unread* counts the dates that are none, *example* is the first of them; *doubts* what was assumed, how often;
    *guessed* the different times in *zone*.
    """

    def __init__(self, dates: DateReader, zone: PageZone) -> None:
        self.dates = dates
        self.zone = zone
        self.unread = 0
        self.example = ""
        self.doubts: Counter[str] = Counter()
        self.guessed = 0
        self._wall = WallClock(zone.name)
        self._known: dict[str, When] = {}
        self._days: dict[str, _Day] = {}
        self._times: dict[str, _Time] = {}
        self._cuts: dict[int, None] = {}  # where dates were cut in two, counted from their ends
        self._assumed = ("zone",) if zone.assumed else ()

    def when(self, written: str) -> When:
        """The time of a written date; without one where it cannot be told."""
        known = self._known.get(written)
        if known is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            known = self._known[written] = self.met(written) or self._read(written)
        return known

    def note(self, when: When) -> None:
        """Count what is to be said about the time of a message."""
        if when.at is None:
            self.unread += 1
            self.example = self.example or when.written
        elif when.assumed not in _QUIET:
            self.doubts.update(when.assumed)

    def met(self, written: str) -> When | None:
        """The time of a date whose day and whose time of the day were met before, in other dates; None otherwise."""
        for cut in self._cuts:
            day = self._days.get(written[:cut])
            if day is None:
                continue
            rest = written[cut:]
            time, second = self._times.get(rest), 0
            if time is None:
                rest, second = _without_seconds(rest)
                time = self._times.get(rest)
                if time is None:
                    continue
            year, month, number, offset = day
            if time.offset is not None:
                at = datetime(year, month, number, time.hour, time.minute, second, 0, time.offset)
                return When(at, written, time.zone, time.precision)
            if offset is None:
                at = self._wall.at(year, month, number, time.hour, time.minute, second)
            else:
                at = datetime(year, month, number, time.hour, time.minute, second, 0, offset)
            return When(at, written, self.zone.name, time.precision, self._assumed)
        return None

    def _remember(self, written: str, fields: Fields, offset: timezone | None) -> None:
        """Keep both halves of a date that is certain; of the time, the seconds aside."""
        if not fields.cut or fields.assumed:
            return
        rest = written[fields.cut :]
        if fields.exact:
            rest, second = _without_seconds(rest)
            if second != fields.second:
                return
        if len(self._days) + len(self._times) >= 2 * _KEPT or len(self._cuts) >= _CUTS:
            self._days.clear()
            self._times.clear()
            self._cuts.clear()
        self._cuts[fields.cut - len(written)] = None
        self._days[written[: fields.cut]] = self._day(*fields[:3])
        precision: Precision = "second" if fields.exact else "minute"
        self._times[rest] = _Time(fields.hour, fields.minute, precision, fields.zone, offset)

    def _day(self, year: int, month: int, day: int) -> _Day:
        """A day of the zone; its offset, if it is the same from its beginning to its end."""
        first, last = self._wall.at(year, month, day, 0, 0), self._wall.at(year, month, day, 23, 59)
        offset = first.tzinfo if first.utcoffset() == last.utcoffset() else None
        return _Day(year, month, day, offset if isinstance(offset, timezone) else None)

    def _read(self, written: str) -> When:
        fields = self.dates.read(written)
        if fields is None:
            return When(None, written)
        precision: Precision = "second" if fields.exact else "minute"
        try:
            if fields.zone and (offset := self._stated(fields)) is not None:
                minutes, sure = offset
                at = datetime(*fields[:6], tzinfo=_fixed(minutes))
                if sure and len(stated(fields.zone)) == 1:
                    self._remember(written, fields, _fixed(minutes))
                return When(at, written, fields.zone, precision, fields.assumed + (() if sure else ("zone",)))
            at = self._wall.at(*fields[:6])
        except (ValueError, OverflowError):
            return When(None, written)
        self.guessed += 1
        if not fields.zone:
            self._remember(written, fields, None)
        doubted = self.zone.assumed or bool(fields.zone)
        return When(at, written, self.zone.name, precision, fields.assumed + (("zone",) if doubted else ()))

    def _stated(self, fields: Fields) -> tuple[int, bool] | None:
        """(minutes east of UTC, whether that is certain) of the zone that stands behind a date; None for unknown."""
        possible = stated(fields.zone)
        if len(possible) > 1 and (here := self._wall.at(*fields[:6]).utcoffset()) is not None:
            mine = int(here.total_seconds()) // 60
            if mine in possible:
                return mine, True
        return (possible[0], len(possible) == 1) if possible else None


@lru_cache(maxsize=500)
def stated(zone: str) -> tuple[int, ...]:
    """Minutes east of UTC that a written zone may mean, the likeliest first; () when nobody knows it."""
    if zone.upper() in _ABBREVIATIONS:
        return _ABBREVIATIONS[zone.upper()]
    found = _OFFSET.fullmatch(zone)
    if found is None:
        return ()
    minutes = int(found[2]) * 60 + int(found[3] or 0)
    if minutes > _WIDEST.total_seconds() / 60:
        return ()
    return (minutes if found[1] == "+" else -minutes,)


@lru_cache(maxsize=200)
def _fixed(minutes: int) -> timezone:
    return timezone(timedelta(minutes=minutes))
