"""What a snapshot covers: for each source from when to when, and the months in between of which it has nothing."""

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

Stretch = tuple[int, int]  # first and last month, counted since the year 0


class Coverage(NamedTuple):
    """A source's first and last month, and its gaps, the oldest first."""

    source: str
    first: int
    last: int
    gaps: tuple[Stretch, ...]


def coverage(months: Iterable[tuple[str, int, int]]) -> list[Coverage]:
    """What (source, year, month) say together, source by source in order of their names."""
    held: dict[str, set[int]] = {}
    for source, year, month in months:
        held.setdefault(source, set()).add(year * 12 + month - 1)
    return [
        Coverage(source, min(found), max(found), tuple(_gaps(sorted(found)))) for source, found in sorted(held.items())
    ]


def _gaps(months: list[int]) -> Iterable[Stretch]:
    for one, other in pairwise(months):
        if other - one > 1:
            yield one + 1, other - 1
