"""The records of one file field by field: what nearly all of them need is asked of whole columns, not one by one.

Nine of ten records are a name, a time and a text, and flags that say nothing. Which ones have, or may have, more to
them is found here; those are looked at singly.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, repeat
from operator import ge
from typing import Any, NamedTuple

from archiver.importers.facebook.kinds import PLAIN
from archiver.importers.facebook.mojibake import mended
from archiver.importers.facebook.sentences import edit_marks, openings

FAR = 4_102_444_800_000
"""Milliseconds, 2100: times before 1970 and from then on are looked at singly."""

_NEEDED = frozenset({"sender_name", "timestamp_ms", "content"})
_NOTHING = frozenset(map(id, (False, None)))  # a flag that says nothing; no number may stand for one
_ORDINARY = ("Generic", "text", None)  # values of a type that say nothing
_AT_ONCE = 1_000  # texts that are mended in one go, unless one of them is in another state
_USUAL = 40  # keys of a record that are worth remembering
_LATIN, _ENDLESS = str.encode, repeat("latin-1")
_OPENINGS = openings()
_MARKS = edit_marks()


@dataclass(frozen=True, slots=True)
class Columns:
    """One entry for each record: *names* as written, *times* in ms, *texts* repaired and the same in UTF-8.

    *odd*: places of records that may be more than a text, or are not written as they should be: what the columns hold
    there means nothing. *marked*: places of others with reactions. *different*: the different names.
    """

    names: list[str]
    times: list[int]
    texts: list[str]
    raw: list[bytes]
    odd: set[int]
    marked: list[int]
    different: set[str]


def columns(records: Sequence[dict[str, Any]], times: list[Any], shapes: Sequence[tuple[str, ...]]) -> Columns:
    """The columns of these records, in their order. *times*: what they have as ``timestamp_ms``; *shapes*: their
    keys."""
    asked = {shape: _flags(shape) if len(shape) < _USUAL else None for shape in set(shapes)}
    odd = {i for i, shape in enumerate(shapes) if asked[shape] is None}
    reacted = {shape for shape, flags in asked.items() if flags is not None and "reactions" in shape}
    marked = [i for i, shape in enumerate(shapes) if shape in reacted] if reacted else []
    names: list[Any] = [record.get("sender_name") for record in records]
    different = _different(names, odd)
    if set(map(type, times)) - {int} or (times and not 0 < min(times) <= max(times) < FAR):
        _expect(int, times, odd, 0)
        odd.update([i for i, ms in enumerate(times) if not 0 < ms < FAR])
    for flag in {flag for flags in asked.values() if flags for flag in flags}:
        odd.update(_telling([record.get(flag) for record in records]))
    texts, raw = _mended([record.get("content", "") for record in records], odd)
    return Columns(names, times, texts, raw, odd, marked, different)


def begin_so(shapes: Collection[tuple[str, ...]]) -> bool:
    """Whether records with these keys all have the same first one."""
    firsts = {shape[0] if shape else None for shape in shapes}
    return len(firsts) == 1 and None not in firsts


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
    if not (keys := frozenset(shape)) >= _NEEDED or not keys <= PLAIN:
        return None
    return tuple(key for key in shape if key.startswith("is_") or key == "type")


def _different(names: list[Any], odd: set[int]) -> set[str]:
    """The different names; what is none is odd, and stands no longer among them."""
    try:
        different = set(names)
    except TypeError:  # one is a list or an object
        different = {None}
    if set(map(type, different)) - {str}:
        _expect(str, names, odd, "")
        different = set(names)
    return different


def _expect(kind: type, column: list[Any], odd: set[int], instead: object) -> None:
    """What is of another *kind* is odd, and something of that kind stands in for it."""
    for i, value in enumerate(column):
        if type(value) is not kind:
            odd.add(i)
            column[i] = instead


def _telling(values: list[Any]) -> Iterable[int]:
    """Places of flags that say something."""
    if set(map(id, values)) <= _NOTHING:
        return ()
    return (i for i, value in enumerate(values) if value is not False and value not in _ORDINARY)


def _mended(texts: list[Any], odd: set[int]) -> tuple[list[str], list[bytes]]:
    """All texts repaired, and the same in UTF-8; what is no text is odd."""
    if set(map(type, texts)) - {str}:
        _expect(str, texts, odd, "")
    found: list[str] = []
    raw: list[bytes] = []
    for start in range(0, len(texts), _AT_ONCE):
        some = texts[start : start + _AT_ONCE]
        try:
            pieces = list(map(_LATIN, some, _ENDLESS))
            parts = list(map(bytes.decode, pieces))
        except UnicodeError:  # one of them is in another state
            pairs = list(map(mended, some))
            parts, pieces = [text for text, _ in pairs], [utf8 for _, utf8 in pairs]
        found += parts
        raw += pieces
    return found, raw


class Ordered(NamedTuple):
    """*times*: what each record has as ``timestamp_ms``, the oldest first; *place*: puts a column of theirs, or the
    records, into that order."""

    times: list[Any]
    place: Callable[[Sequence[Any]], list[Any]]


def oldest_first(records: Sequence[dict[str, Any]]) -> Ordered:
    """The order of time. Records without a time stay beside their neighbours."""
    seen: list[Any] = [record.get("timestamp_ms") for record in records]
    if set(map(type, seen)) == {int} and all(map(ge, seen, islice(seen, 1, None))):
        seen.reverse()
        return Ordered(seen, _backwards)
    order = _order(records)
    return Ordered([seen[i] for i in order], lambda column: [column[i] for i in order])


def _backwards(column: Sequence[Any]) -> list[Any]:
    return list(column[::-1])


def _order(records: Sequence[dict[str, Any]]) -> Sequence[int]:
    """The places of records from the oldest on."""
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
