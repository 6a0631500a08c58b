"""How a conversation is cut into pages: near 150 messages each, at the border between two days.

The cut looks forward only, so messages that are added later leave the earlier pages as they are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from archiver.contracts import Outline
from archiver.model import KeptMessage

FULL = 150  # what a page holds, counted in ordinary messages
_SPARSE = 50  # a page with less than this takes in the beginning of a long day
_LONG_TEXT = 250  # so many characters weigh as much as one more message


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of a conversation: its file's name, how many messages it holds, the days of the first and last.

    A day is an ISO date, or "" for messages that have none.
    """

    path: str
    messages: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Month:
    """A month in which something was said, and where it begins: a page and a day."""

    year: int
    number: int
    path: str
    day: str


@dataclass(slots=True)
class Plan:
    """The pages of a conversation, its months in order, and the ids of messages that others reply to."""

    leaves: list[Leaf] = field(default_factory=list)
    months: list[Month] = field(default_factory=list)
    answered: frozenset[str] = frozenset()


def day_of(message: KeptMessage | Outline) -> str:
    """The message's day on the wall, as an ISO date; "" when it has none."""
    return (message.at_local or "")[:10]


def plan(messages: Iterable[Outline]) -> Plan:
    """Reads a conversation's outline and decides everything that needs to be known before its first page."""
    answered: set[str] = set()
    leaves: list[Leaf] = []
    months: dict[str, Month] = {}
    taken: set[str] = set()
    for days in _pages(_days(messages, answered)):
        path = _name(days[0][0], taken)
        for day, _ in days:
            if day and day[:7] not in months:
                months[day[:7]] = Month(int(day[:4]), int(day[5:7]), path, day)
        leaves.append(Leaf(path, sum(count for _, count in days), days[0][0], days[-1][0]))
    return Plan(
        leaves or [Leaf("index.html", 0, "", "")], [months[month] for month in sorted(months)], frozenset(answered)
    )


def _name(day: str, taken: set[str]) -> str:
    """A page is named for its first day; the first page is where one comes in."""
    stem = day or "undated" if taken else "index"
    name, turn = f"{stem}.html", 2
    while name in taken:
        name, turn = f"{stem}-{turn}.html", turn + 1
    taken.add(name)
    return name


def _days(messages: Iterable[Outline], answered: set[str]) -> Iterator[tuple[str, list[int]]]:
    """Runs of messages of one day, as the weight of each message; notes which ids are replied to."""
    for day, run in groupby(messages, day_of):
        weights = []
        for message in run:
            weights.append(1 + message.length // _LONG_TEXT)
            if message.reply_to is not None:
                answered.add(message.reply_to)
        yield day, weights


def _pages(days: Iterable[tuple[str, list[int]]]) -> Iterator[list[tuple[str, int]]]:
    """Pages as lists of (day, number of messages)."""
    page: list[tuple[str, int]] = []
    held = 0
    for day, weights in days:
        if held >= _SPARSE and held + sum(weights) > FULL:
            yield page
            page, held = [], 0
        count = 0
        for weight in weights:
            if held and held + weight > FULL:
                yield [*page, (day, count)] if count else page
                page, held, count = [], 0, 0
            held, count = held + weight, count + 1
        page.append((day, count))
    if page:
        yield page
