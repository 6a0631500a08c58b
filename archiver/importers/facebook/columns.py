"""The records of one file field by field: what nearly all of them need is asked of whole columns, not one by one.

Nine of ten records are a name, a time and a text, and flags that say nothing. Which ones have, or may have, more to
them is found here; those are looked at singly.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from operator import ge, getitem
from typing import Any

from archiver.importers.facebook.kinds import PLAIN
from archiver.importers.facebook.mojibake import mended
from archiver.importers.facebook.sentences import edit_marks, openings

FAR = 4_102_444_800_000
"""Milliseconds, 2100: times before 1970 and from then on are looked at singly."""

_NEEDED = frozenset({"sender_name", "timestamp_ms", "content"})
_NOTHING = frozenset({id(False), id(None)})  # a flag that says nothing; no number may stand for one
_ORDINARY = ("Generic", "text", None)  # values of a type that say nothing
_AT_ONCE = 1_000  # texts that are mended in one go, unless one of them is in another state
_USUAL = 40  # keys of a record that are worth remembering
_OPENINGS = openings()
_MARKS = edit_marks()


@dataclass(frozen=True, slots=True)
class Columns:
    """One entry for each record: *names* as written, *times* in ms, *texts* repaired and the same in UTF-8.

    *odd*: places of records that may be more than a text, or are not written as they should be: what the columns hold
    there means nothing. *marked*: places of others with reactions.
    """

    names: list[str]
    times: list[int]
    texts: list[str]
    raw: list[bytes]
    odd: set[int]
    marked: list[int]


def columns(records: Sequence[dict[str, Any]]) -> Columns:
    """The columns of these records, in their order."""
    shapes = list(map(tuple, records))
    asked = {shape: _flags(shape) if len(shape) < _USUAL else None for shape in set(shapes)}
    odd = {i for i, shape in enumerate(shapes) if asked[shape] is None}
    names: list[Any] = [record.get("sender_name") for record in records]
    times: list[Any] = [record.get("timestamp_ms") for record in records]
    texts: list[Any] = [record.get("content", "") for record in records]
    for column, kind, instead in ((names, str, ""), (times, int, 0), (texts, str, "")):
        _expect(kind, column, odd, instead)
    if times and not 0 < min(times) <= max(times) < FAR:
        odd.update([i for i, ms in enumerate(times) if not 0 < ms < FAR])
    for flag in {flag for flags in asked.values() if flags for flag in flags}:
        odd.update(_telling([record.get(flag) for record in records]))
    texts, raw = _all_mended(texts)
    reacted = {shape for shape, flags in asked.items() if flags is not None and "reactions" in shape}
    marked = [i for i, shape in enumerate(shapes) if shape in reacted] if reacted else []
    return Columns(names, times, texts, raw, odd, marked)


def sentences(texts: Sequence[str], names: Sequence[str]) -> list[int]:
    """Places of texts that may be a sentence of the app's: that are empty, begin with the name of whoever they are
    from or as sentences do, or end as an edited copy does."""
    opening = _OPENINGS.get
    found = [
        i
        for i, (text, name) in enumerate(zip(texts, names, strict=True))
        if text.startswith(name)
        or ((first := opening(text.partition(" ")[0])) is not None and text.startswith(first))
        or not text
    ]
    return found + [i for i, text in enumerate(texts) if text[-1:] == ")" and text.endswith(_MARKS)]


@lru_cache(maxsize=500)
def _flags(shape: tuple[str, ...]) -> tuple[str, ...] | None:
    """Which flags a record with these keys has; None if there may be more to it than text."""
    if not _NEEDED <= (keys := frozenset(shape)) or not keys <= PLAIN:
        return None
    return tuple(key for key in shape if key.startswith("is_") or key == "type")


def _expect(kind: type, column: list[Any], odd: set[int], instead: object) -> None:
    """What is of another *kind* is odd, and something of that kind stands in for it."""
    if set(map(type, column)) <= {kind}:
        return
    for i, value in enumerate(column):
        if type(value) is not kind:
            odd.add(i)
            column[i] = instead


def _telling(values: list[Any]) -> Iterable[int]:
    """Places of flags that say something."""
    if set(map(id, values)) <= _NOTHING:
        return ()
    return (i for i, value in enumerate(values) if value is not False and value not in _ORDINARY)


def _all_mended(texts: list[str]) -> tuple[list[str], list[bytes]]:
    """All texts repaired, and the same in UTF-8; many at once, for what is right as a whole is right in each part."""
    found: list[str] = []
    raw: list[bytes] = []
    for start in range(0, len(texts), _AT_ONCE):
        some = texts[start : start + _AT_ONCE]
        joined = "\0".join(some)
        try:
            whole = joined.encode("latin-1")
            parts, pieces = whole.decode().split("\0"), whole.split(b"\0")
        except UnicodeError:
            parts, pieces = [], []
        if len(parts) != len(some):  # one of them is in another state, or holds what they were joined by
            pairs = list(map(mended, some))
            parts, pieces = [text for text, _ in pairs], [utf8 for _, utf8 in pairs]
        found += parts
        raw += pieces
    return found, raw


def oldest_first(records: Sequence[dict[str, Any]]) -> Callable[[Sequence[Any]], list[Any]]:
    """What puts a column of theirs, or the records, into the order of time. Records without a time stay beside their
    neighbours."""
    order = _order(records)
    if isinstance(order, range):
        return lambda column: list(column[:: order.step])
    return lambda column: [getitem(column, place) for place in order]


def _order(records: Sequence[dict[str, Any]]) -> Sequence[int]:
    """The places of records from the oldest on."""
    seen: list[Any] = [record.get("timestamp_ms") for record in records]
    if set(map(type, seen)) == {int} and all(map(ge, seen, islice(seen, 1, None))):
        return range(len(seen) - 1, -1, -1)
    times: list[int | float] = []
    last: int | float = 0
    for record in records:
        value = record.get("timestamp_ms", record.get("timestamp"))
        if type(value) is int or isinstance(value, float):
            last = value
        times.append(last)
    if all(map(ge, times, islice(times, 1, None))):
        return range(len(times) - 1, -1, -1)
    order = range(len(times)) if times[0] < times[-1] else range(len(times) - 1, -1, -1)
    return sorted(order, key=times.__getitem__)
