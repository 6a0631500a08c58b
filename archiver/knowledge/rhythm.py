"""When people talk: by year, month or day, by hour and weekday, and when nobody said a word. Pure counting."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

Step = Literal["year", "month", "day"]
Hours = Sequence[tuple[str, int, int]]
"""(source, wall-clock hours since 1970-01-01 00:00, messages in that hour)."""

_EPOCH = date(1970, 1, 1)
_MONTHS = 48  # so many months are a bar each
_DAYS = 62


@dataclass(frozen=True, slots=True)
class Gap:
    """A silence in a source: its first and its last day without a message, and how many *days* that are."""

    source: str
    first: date
    last: date
    days: int


def step_for(hours: Hours) -> Step:
    """The step that shows a stretch of time in some dozens of bars."""
    days = _days(hour for _, hour, _ in hours)
    if not days:
        return "year"
    length = (max(days) - min(days)).days
    return "day" if length < _DAYS else "month" if length < _MONTHS * 31 else "year"


def periods(hours: Hours, step: Step) -> list[tuple[str, int]]:
    """(2023, 2023-05 or 2023-05-14; messages) from the first to the last, the empty ones included."""
    if not hours:
        return []
    found = Counter[str]()
    for _, hour, count in hours:
        found[_named(_day(hour), step)] += count
    days = _days(hour for _, hour, _ in hours)
    return [(name, found[name]) for name in _all(min(days), max(days), step)]


def growth(hours: Hours, step: Step) -> dict[str, list[tuple[str, int]]]:
    """Of each source, how many messages there were at the end of each period."""
    grown = {}
    names = [name for name, _ in periods(hours, step)]
    for source in sorted({source for source, _, _ in hours}):
        counts, total = dict(periods([one for one in hours if one[0] == source], step)), 0
        grown[source] = [(name, total := total + counts.get(name, 0)) for name in names]
    return grown


def week(hours: Hours) -> list[list[int]]:
    """Messages by weekday (Monday first) and hour of the day: seven rows of twenty-four."""
    table = [[0] * 24 for _ in range(7)]
    for _, hour, count in hours:
        table[_day(hour).weekday()][hour % 24] += count
    return table


def gaps(hours: Hours, *, least: int = 14, most: int = 5) -> list[Gap]:
    """The longest silences of each source of at least so many days, the longest first."""
    found = []
    for source in {source for source, _, _ in hours}:
        days = sorted(_days(hour for name, hour, _ in hours if name == source))
        silences = [
            Gap(source, before + timedelta(1), after - timedelta(1), (after - before).days - 1)
            for before, after in pairwise(days)
            if (after - before).days > least
        ]
        found += sorted(silences, key=lambda gap: (-gap.days, gap.first))[:most]
    return sorted(found, key=lambda gap: (-gap.days, gap.first, gap.source))


def busiest(hours: Hours) -> tuple[date, int] | None:
    """The day with most messages, the first of several."""
    counts = Counter[date]()
    for _, hour, count in hours:
        counts[_day(hour)] += count
    return min(counts.items(), key=lambda one: (-one[1], one[0])) if counts else None


def days_with_talk(hours: Hours) -> int:
    """On how many days anything was said."""
    return len(_days(hour for _, hour, _ in hours))


def _day(hour: int) -> date:
    return _EPOCH + timedelta(days=hour // 24)


def _days(hours: Iterable[int]) -> set[date]:
    return {_EPOCH + timedelta(days=day) for day in {hour // 24 for hour in hours}}


def _named(day: date, step: Step) -> str:
    return day.isoformat()[: {"year": 4, "month": 7, "day": 10}[step]]


def _all(first: date, last: date, step: Step) -> list[str]:
    """The names of all periods from the first day to the last."""
    if step == "year":
        return [f"{year:04}" for year in range(first.year, last.year + 1)]
    if step == "month":
        months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
        return [f"{month // 12:04}-{month % 12 + 1:02}" for month in months]
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
