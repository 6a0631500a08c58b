"""One JSON file of a dump into memory: parsed, within limits, with the bytes of each record known.

A file that cannot be parsed as a whole still gives the records that are whole in it.
"""

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, cast

import orjson

from archiver.dump import Dump, Entry
from archiver.errors import DumpError
from archiver.importers.facebook.mojibake import repair
from archiver.model import Loss, Origin, Problem
from archiver.text import storable

SOURCE = "facebook"
TOO_DEEP = "it is nested too deeply"
_BOM = b"\xef\xbb\xbf"
_DEEP = 12  # levels within one record that the quick scan follows; Meta's go to about 9


@dataclass(slots=True)
class Loaded:
    """A parsed file. *value* is as written, not repaired unless that was asked for; *origin* is the whole file.

    *cut*: the file could not be parsed as a whole, and *value* is the list of the records that were whole in it.
    """

    value: Any
    raw: bytes
    origin: Origin
    cut: bool = False

    def forget(self) -> None:
        """Let go of the bytes, when nobody asks any more where in them something is."""
        self.raw = b""

    def part(self, span: tuple[int, int]) -> Origin:
        """The origin of bytes [start, end) of the file; shares its strings with all others of the file."""
        return self.origin._replace(start=span[0], end=span[1])


def load(
    dump: Dump, entry: Entry, *keys: str, mended: bool = False, shallow: bool = True
) -> tuple[Loaded | None, list[Problem]]:
    """The file's content, and what went wrong. None with a problem when nothing of it can be used. Never raises.

    *keys*: the records of the first of these top-level arrays that has some (or of a top-level array) are saved from a
    file that is damaged or cut off. *mended*: all strings are repaired (see mojibake). *shallow*: what is nested more
    deeply than the limit is refused here; else that is left to the caller.
    """
    limit = dump.limits.json_bytes
    try:
        with dump.open_entry(entry) as file:
            raw = file.read(min(limit, entry.size) + 1)  # not limit: so much memory would be asked for
            if entry.size < len(raw) <= limit:
                raw += file.read(limit + 1 - len(raw))
        if len(raw) > limit:
            return None, [_too_large(entry, dump)]
        origin = Origin(SOURCE, dump.sha256(entry), entry.member, 0, len(raw))
    except DumpError as error:
        return None, [Problem("unreadable-file", f"“{entry.path}” cannot be read. {error.what}", None, "file")]
    if not raw.removeprefix(_BOM).strip():
        return None, [_unparsed(entry, origin, "it is empty", "nothing")]
    try:
        value, why = parse(raw), ""
    except ValueError as error:
        why = str(error)
        value = _saved(raw, keys)
        if value is None:
            told = f"{why} {dump.limits.told('json_depth')}" if why == TOO_DEEP else why
            return None, [_unparsed(entry, origin, told, "file")]
    if shallow and deeper(value, dump.limits.json_depth):
        return None, [too_deep(f"“{entry.path}”", dump, origin._replace(end=0), "file")]
    problems = [_damaged(entry, origin, why, sum(one is not None for one in value))] if why else []
    return Loaded(repair(value) if mended else value, raw, origin, cut=bool(why)), problems


def parse(raw: bytes) -> Any:
    """The JSON value of *raw*; ValueError with a few words when there is none.

    orjson first. What it refuses and others write (NaN, halves of surrogate pairs, broken UTF-8) is read by the
    standard library; numbers that are no JSON become None.
    """
    raw = raw.removeprefix(_BOM)
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        why = str(error)
    try:
        value = json.loads(raw.decode("utf-8", "replace"), parse_constant=_no_number)
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    except ValueError:
        raise ValueError(f"it is not JSON: {why}") from None
    return _made_storable(value)


def deeper(value: object, levels: int) -> bool:
    """Whether more than so many lists and objects lie in one another. Level by level, and no further than asked."""
    here: list[Any] = [value] if type(value) is dict or type(value) is list else []
    for _ in range(levels):
        if not here:
            return False
        here = [
            one
            for holder in here
            for one in (holder.values() if type(holder) is dict else holder)
            if type(one) is dict or type(one) is list
        ]
    return bool(here)


def _no_number(_word: str) -> None:
    """NaN and the infinities, which are no JSON."""


def _made_storable(value: Any) -> Any:
    """A parsed value without halves of surrogate pairs."""
    try:
        return orjson.loads(orjson.dumps(value))
    except (TypeError, ValueError):  # halves of pairs; integers of more than 64 bits; too deep
        return _without_halves(value)


def _without_halves(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)[0]
    waiting = [value]
    while waiting:
        here = waiting.pop()
        pairs: list[tuple[Any, Any]]
        if isinstance(here, dict):
            pairs = [(storable(key)[0], inner) for key, inner in here.items()]
            here.clear()
        else:
            pairs = list(enumerate(here)) if isinstance(here, list) else []
        for place, inner in pairs:
            here[place] = storable(inner)[0] if isinstance(inner, str) else inner
            if isinstance(inner, dict | list):
                waiting.append(inner)
    return value


# -- where each record lies -----------------------------------------------------------------------------------

_STRING = rb'"(?:[^"\\]++|\\.)*+"'


def _value(levels: int) -> bytes:
    """A pattern for an object or a list with so many levels in it. Possessive, so it never goes back: linear."""
    inner = rb""
    for _ in range(levels):
        deeper = b"|" + inner if inner else b""
        inner = rb'[{\[](?:[^"{}\[\]]++|' + _STRING + deeper + rb")*+[}\]]"
    return inner


_RECORD = re.compile(rb"[\s,]*+(" + _value(_DEEP) + rb"|" + _STRING + rb"|[^\s,\"{}\[\]]++)", re.DOTALL)
_NAME = re.compile(rb"[\s,]*+(" + _STRING + rb")\s*+:\s*+", re.DOTALL)
_OPEN = re.compile(rb"\s*+([{\[])")
_NEXT = re.compile(rb"[\s,]*+([{\[])")
_FIRST = re.compile(rb"\s*+\{\s*+(" + _STRING + rb")\s*+:", re.DOTALL)
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.|\\)*+"?|[{}\[\]]', re.DOTALL)  # a string without an end is one token, too


def spans(raw: bytes, key: str = "", values: Sequence[object] = ()) -> list[tuple[int, int]]:
    """The byte range of each element of the top-level array called *key*, or of the top-level array itself ("").

    Whatever is no such array, or is cut off, gives the elements that are whole up to there. *values*: what a
    parser found, which allows for a quicker way where all are objects that begin alike. One linear scan, or two.
    """
    return list(zip(*bounds(raw, key, len(values) if begin_alike(values) else 0), strict=True))


def bounds(raw: bytes, key: str = "", alike: int = 0) -> tuple[list[int], list[int]]:
    """The same as two lists: where the elements begin, and where they end. *alike*: how many there are, if all of them
    are objects with the same first key."""
    start = _arrays(raw, (key,)).get(key)
    if start is None:
        return [], []
    if alike:
        begins, ends = _by_first_key(raw, start)
        if len(begins) == alike:
            return begins, ends
    found = _one_by_one(raw, start)
    return [begin for begin, _ in found], [end for _, end in found]


def begin_alike(values: Sequence[object]) -> bool:
    """Whether all of them are objects with the same first key."""
    if set(map(type, values)) != {dict}:
        return False
    firsts: set[object] = set(map(next, map(iter, cast("Sequence[dict[str, object]]", values)), repeat(None)))
    return len(firsts) == 1 and None not in firsts


def _by_first_key(raw: bytes, start: int) -> tuple[list[int], list[int]]:
    """The elements of a list of objects that all begin with the same key, told by what stands between two of them.

    ``},{"key":`` is never inside a string, for there its quotes would be escaped. Objects deeper down that begin
    likewise make too many; the caller counts. What is written by one program has the same white space between all.
    """
    first = _FIRST.match(raw, start)
    if first is None:
        return [], []
    begin = raw.index(b"{", start)
    gap = re.compile(rb"\}\s*+,\s*+\{\s*+" + re.escape(first[1]) + rb"\s*+:").search(raw, begin)
    if gap is None:
        end = _end(raw, begin)
        return ([begin], [end]) if end > 0 else ([], [])
    between = gap[0]
    inner = between.index(b"{")
    gaps = [found.start() for found in re.compile(re.escape(between)).finditer(raw, begin)]
    begins = [begin, *map(inner.__add__, gaps)]
    end = _end(raw, begins[-1])
    return (begins, [*map((1).__add__, gaps), end]) if end > 0 else ([], [])


def _one_by_one(raw: bytes, start: int) -> list[tuple[int, int]]:
    """The elements from *start* on, whatever they are."""
    found: list[tuple[int, int]] = []
    match_at, add = _RECORD.match, found.append
    while (record := match_at(raw, start)) is not None:
        add(record.span(1))
        start = record.end()
        if record.end() == len(raw) and raw[-1:] not in b'"}]':
            found.pop()  # a number or a word at the very end may be a part of one
    rest = _NEXT.match(raw, start)
    if rest is not None and (end := _end(raw, rest.start(1))) > 0:  # deeper than the quick scan goes: go on slowly
        found += _slowly(raw, rest.start(1), end)
    return found


def _slowly(raw: bytes, start: int, end: int) -> list[tuple[int, int]]:
    """The elements from *start* on, the first of which ends at *end*, each of any depth."""
    found = [(start, end)]
    while (record := _NEXT.match(raw, end)) is not None:
        start = record.start(1)
        end = _end(raw, start)
        if end < 0:
            break
        found.append((start, end))
    return found


def _end(raw: bytes, start: int) -> int:
    """Where the object or list that begins at *start* ends; -1 when it does not."""
    depth = 0
    for token in _TOKEN.finditer(raw, start):
        sign = raw[token.start()]
        if sign in b"{[":
            depth += 1
        elif sign in b"}]":
            depth -= 1
            if depth == 0:
                return token.end()
    return -1


def _arrays(raw: bytes, keys: Collection[str]) -> dict[str, int]:
    """The places behind the brackets of the top-level arrays that are wanted, or of the top-level array itself ("")."""
    opening = _OPEN.match(raw, len(_BOM) if raw.startswith(_BOM) else 0)
    if opening is None:
        return {}
    at = opening.end()
    if opening[1] == b"[":
        return {"": at} if "" in keys else {}
    wanted = {json.dumps(key).encode(): key for key in keys if key}
    found: dict[str, int] = {}
    while len(found) < len(wanted) and (name := _NAME.match(raw, at)) is not None:
        at = name.end()
        if (key := wanted.get(name[1])) is not None and raw[at : at + 1] == b"[":
            found.setdefault(key, at + 1)
        record = _RECORD.match(raw, at)
        at = _end(raw, at) if record is None else record.end()
        if at < 0:
            break
    return found


def _saved(raw: bytes, keys: Sequence[str]) -> list[Any] | None:
    """The records that are whole in a file that is not, None in the place of one that is not; None for none at all."""
    starts = _arrays(raw, ("", *keys))
    for start in (starts[key] for key in (*keys, "") if key in starts):
        found: list[Any] = []
        for begin, end in _one_by_one(raw, start):
            try:
                found.append(parse(raw[begin:end]))
            except ValueError:
                found.append(None)  # its place is kept, so that the ranges still fit
        if any(one is not None for one in found):
            return found
    return None


# -- what is said when it fails -------------------------------------------------------------------------------


def _too_large(entry: Entry, dump: Dump) -> Problem:
    note = f"“{entry.path}” has {entry.size:,} bytes, too many for one JSON file, and was not read"
    return Problem("too-large", f"{note} {dump.limits.told('json_bytes')}.", None, "file")


def too_deep(what: str, dump: Dump, origin: Origin, loss: Loss) -> Problem:
    """What is said of something that is nested more deeply than the limit."""
    return Problem(
        "too-deep", f"{what} is nested too deeply and was not read {dump.limits.told('json_depth')}.", origin, loss
    )


def _unparsed(entry: Entry, origin: Origin, why: str, loss: Loss) -> Problem:
    whole = origin._replace(end=0)
    return Problem("unreadable-json", f"“{entry.path}” was not read: {why}.", whole, loss)


def _damaged(entry: Entry, origin: Origin, why: str, count: int) -> Problem:
    note = f"“{entry.path}” is damaged or cut off ({why}); {count:,} records that are whole were read."
    return Problem("damaged-json", note, origin._replace(end=0), "message")
