"""Reading in an archive: what a reader asks of it, whatever it looks like. See screen.py and plain.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from archiver.model import Hit, InThread, KeptMessage

Sort = Literal["relevance", "newest", "oldest"]
SORTS: tuple[Sort, ...] = ("relevance", "newest", "oldest")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a search found: the first *hits* of *total* (or more, when not *exact*), and what is to be said."""

    hits: Sequence[Hit]
    total: int
    exact: bool = True
    notes: Sequence[str] = ()

    @property
    def counted(self) -> str:
        """How many there are, in words."""
        if not self.total:
            return "nothing found"
        return f"{len(self.hits):,} of {'' if self.exact else 'more than '}{self.total:,}"


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow a search: what to add to the query, what it is called, and how many it leaves."""

    heading: str
    label: str
    count: int
    term: str


class Desk(Protocol):
    """What a reader may ask. Used from one thread only, the one that opened it."""

    def search(self, query: str, sort: Sort, limit: int) -> Finding: ...
    def facets(self, query: str) -> Sequence[Facet]: ...
    def around(self, message: KeptMessage, number: int) -> tuple[Sequence[KeptMessage], Sequence[KeptMessage]]: ...
    def thread(self, message: KeptMessage) -> Sequence[InThread]: ...
    def cite(self, message: KeptMessage) -> str: ...
