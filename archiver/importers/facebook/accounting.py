"""What the files held and what became of it: numbers that add up, and the keys that nobody understood.

``held = read + typed + skipped``: *read* became messages as they stand, *typed* was understood as something else (a
call, a join, a reaction or an edit folded into the message it speaks of), *skipped* has a reason.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from archiver.model import Loss, Origin, Problem
from archiver.text import one_line

_SHOWN = 60  # columns of a key in a note: names of fields are short, and what is longer may be somebody's words
_UNKNOWN = 500  # different unknown keys that are told apart; a hostile file may hold millions


def shape(value: object) -> str:
    """What a JSON value is, without saying what is in it: ``object of 3``, ``list of 2``, ``string``…"""
    if isinstance(value, dict):
        return f"object of {len(value)}"
    if isinstance(value, list):
        return f"list of {len(value)}"
    if isinstance(value, str):
        return "string" if value else "empty string"
    if value is None:
        return "null"
    return "true or false" if isinstance(value, bool) else "number"


@dataclass(slots=True)
class Count:
    """What one file held and what became of it. *what* names its records: ``messages``, ``posts``…"""

    what: str
    held: int = 0
    read: int = 0
    typed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    lost: bool = False

    @property
    def balanced(self) -> bool:
        """Whether every record that was held is accounted for."""
        return self.held == self.read + self.typed + self.skipped.total()

    def skip(self, reason: str, count: int = 1, *, lost: bool = False) -> None:
        """Note that *count* records became nothing; *reason* in a few plain words, never with a value in it. *lost*:
        somebody's words may be in them."""
        self.skipped[reason] += count
        self.lost |= lost

    def sums(self) -> str:
        """The numbers in words: ``12 messages held: 9 read, 1 typed, 2 skipped (no time 2)``."""
        reasons = ", ".join(f"{reason} {count:,}" for reason, count in sorted(self.skipped.items()))
        skipped = f"{self.skipped.total():,} skipped" + (f" ({reasons})" if reasons else "")
        return f"{self.held:,} {self.what} held: {self.read:,} read, {self.typed:,} typed, {skipped}"

    def add(self, other: "Count") -> None:
        """Take another file's numbers over."""
        self.held += other.held
        self.read += other.read
        self.typed += other.typed
        self.skipped += other.skipped
        self.lost |= other.lost


class Ledger:
    """The accounts of one dump: a Count for each kind of file, and every unknown key once."""

    def __init__(self) -> None:
        self.counts: dict[str, Count] = {}
        self._unknown: dict[tuple[str, str], tuple[str, int, Origin | None]] = {}
        self._more = 0

    def file(self, what: str) -> Count:
        """A fresh Count for one file; hand it to `close` when the file is read."""
        return Count(what)

    def close(self, kind: str, count: Count, origin: Origin | None = None) -> Iterator[Problem]:
        """The file's numbers into the sums of its *kind* (``thread``, ``posts``…); a summary if something was skipped
        or the numbers do not add up."""
        self.counts.setdefault(kind, Count(count.what)).add(count)
        if count.skipped or not count.balanced:
            whole = origin and origin._replace(start=0, end=0)
            yield Problem("skipped-records", count.sums() + ".", whole, _loss(count))

    def unknown(self, kind: str, key: str, value: object, origin: Origin | None = None) -> None:
        """Note a key that nobody understands, in a file of this *kind*. Its value is not kept, only its shape."""
        known = self._unknown.get((kind, key))
        if known is not None:
            self._unknown[kind, key] = (known[0], known[1] + 1, known[2])
        elif len(self._unknown) < _UNKNOWN:
            whole = origin and origin._replace(start=0, end=0)
            self._unknown[kind, key] = (shape(value), 1, whole)
        else:
            self._more += 1

    def unknown_keys(
        self, kind: str, record: dict[str, object], known: Collection[str], origin: Origin | None = None
    ) -> None:
        """Note all keys of *record* that are not among the *known* ones."""
        for key in record.keys() - known:
            self.unknown(kind, key, record[key], origin)

    def problems(self) -> Iterator[Problem]:
        """One problem for each unknown key, in a steady order, when the dump has been read. Then they are forgotten."""
        for (kind, key), (seen, count, origin) in sorted(self._unknown.items(), key=lambda item: item[0]):
            often = "once" if count == 1 else f"{count:,} times"
            note = f"{kind}: the key “{one_line(key, _SHOWN)}” ({seen}) is not understood; it was there {often}."
            yield Problem("unknown-key", note, origin, "detail")
        if self._more:
            yield Problem("unknown-key", f"{self._more:,} more keys are not understood.", None, "detail")
        self._unknown.clear()
        self._more = 0


def _loss(count: Count) -> Loss:
    if count.lost or not count.balanced:
        return "message"
    return "detail" if count.skipped else "nothing"
