"""What the readers of threads share: the export they read in, and its clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from archiver.contracts import Hints
from archiver.dates import named_zone
from archiver.dump import Dump
from archiver.importers.facebook.accounting import Ledger
from archiver.importers.facebook.people import Owner
from archiver.importers.facebook.tree import Tree
from archiver.model import When

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_QUARTER = 900_000  # ms: no zone changes its offset in between
_DAY = 96 * _QUARTER


@dataclass(frozen=True, slots=True)
class Room:
    """What reading threads needs: the *dump*, the *tree* of one export in it, whose it is, and where sums are kept."""

    dump: Dump
    tree: Tree
    owner: Owner
    hints: Hints
    ledger: Ledger


class Clock:
    """Turns milliseconds since 1970, UTC, into times on the wall clock of a zone; None is UTC."""

    def __init__(self, zone: str | None) -> None:
        self.zone = zone or "UTC"
        self._rules = named_zone(zone) if zone and zone != "UTC" else None
        self._of_day = lru_cache(maxsize=4096)(self._look_up_day)
        self._of_quarter = lru_cache(maxsize=4096)(self._look_up)

    def _look_up(self, quarter: int) -> timezone:
        at = (_EPOCH + timedelta(0, 0, 0, quarter * _QUARTER)).astimezone(self._rules)
        return timezone(at.utcoffset() or timedelta(0))

    def _look_up_day(self, day: int) -> timezone | None:
        """The offset of a whole day in UTC; None for a day on which it changes."""
        first, last = self._look_up(day * 96), self._look_up(day * 96 + 95)
        return first if first == last else None

    def runs(self, times: Sequence[int], start: int, stop: int) -> Iterator[tuple[int, int, int]]:
        """(first, last, offset) for runs of *times* [start, stop) that have one offset, in minutes east of UTC."""
        if self._rules is None:
            if start < stop:
                yield start, stop, 0
            return
        first, here, day, whole = start, None, None, None
        for i in range(start, stop):
            ms = times[i]
            if ms // _DAY != day:
                day = ms // _DAY
                whole = self._of_day(day)
            offset = whole or self._of_quarter(ms // _QUARTER)
            if offset != here:
                if here is not None and first < i:
                    yield first, i, _minutes(here)
                first, here = i, offset
        if here is not None:
            yield first, stop, _minutes(here)

    def at(self, ms: int) -> datetime | None:
        """The moment on the wall clock; None where there is no such date."""
        try:
            at = _EPOCH + timedelta(0, 0, 0, ms)
            return at if self._rules is None else at.astimezone(self._offset(ms))
        except (OverflowError, ValueError):
            return None

    def when(self, ms: int) -> When:
        """The time; without one where there is no such date."""
        at = self.at(ms)
        return When(None, str(ms)) if at is None else When(at, str(ms), self.zone)

    def _offset(self, ms: int) -> timezone:
        return self._of_day(ms // _DAY) or self._of_quarter(ms // _QUARTER)


def _minutes(offset: timezone) -> int:
    return round(offset.utcoffset(None).total_seconds() / 60)
