"""How a conversation is cut into pages: near 150 messages each, at the border between two days.

The cut looks forward only, so messages that are added later leave the earlier pages as they are.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeVar

from archiver.contracts import Outline
from archiver.model import KeptMessage

T = TypeVar("T")

FULL = 150  # what a page holds, counted in ordinary messages
SPARSE = 50  # a page with less than this takes in the beginning of a long day
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
    """A month in which something was said, how much, and where it begins: a page and an anchor on it ("" for none)."""

    year: int
    number: int
    path: str
    anchor: str
    messages: int

    @property
    def place(self) -> str:
        """The address within the conversation's folder."""
        return f"{self.path}#{self.anchor}" if self.anchor else self.path


@dataclass(slots=True)
class Plan:
    """The pages of a conversation, its months in order, and the ids of messages that others reply to."""

    leaves: list[Leaf] = field(default_factory=list)
    months: list[Month] = field(default_factory=list)
    answered: frozenset[str] = frozenset()


def day_of(message: KeptMessage | Outline) -> str:
    """The message's day on the wall, as an ISO date; "" when it has none."""
    return (message.at_local or "")[:10]


def weight_of(message: Outline) -> int:
    """What a message takes of a page, counted in ordinary ones."""
    return 1 + message.length // _LONG_TEXT


def plan(messages: Iterable[Outline]) -> Plan:
    """Reads a conversation's outline and decides everything that needs to be known before its first page."""
    answered: set[str] = set()
    leaves: list[Leaf] = []
    begun: dict[str, tuple[str, str]] = {}
    counts: Counter[str] = Counter()
    taken: set[str] = set()
    for days in _pages(_days(messages, answered)):
        path = _name(days[0][0], taken)
        for day, count in days:
            begun.setdefault(day[:7], (path, f"d-{day}"))
            counts[day[:7]] += count
        leaves.append(Leaf(path, sum(count for _, count in days), days[0][0], days[-1][0]))
    months = [Month(int(name[:4]), int(name[5:7]), *begun[name], counts[name]) for name in sorted(begun) if name]
    return Plan(leaves or [Leaf("index.html", 0, "", "")], months, frozenset(answered))


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
            weights.append(weight_of(message))
            if message.reply_to is not None:
                answered.add(message.reply_to)
        yield day, weights


def _pages(days: Iterable[tuple[str, list[int]]]) -> Iterator[list[tuple[str, int]]]:
    """Pages as lists of (day, number of messages)."""
    page: list[tuple[str, int]] = []
    held = 0
    for day, weights in days:
        if held >= SPARSE and held + sum(weights) > FULL:
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


def packed(things: Iterable[T], weight: Callable[[T], int], full: int) -> Iterator[list[T]]:
    """Things in runs that weigh *full* at most; one that weighs more stands alone."""
    run: list[T] = []
    held = 0
    for thing in things:
        more = weight(thing)
        if run and held + more > full:
            yield run
            run, held = [], 0
        run.append(thing)
        held += more
    if run:
        yield run
