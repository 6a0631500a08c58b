"""What a page of the database belongs to, read from the file itself, for SQLite cannot say it of a damaged one.

The tables and indexes are B-trees (sqlite.org/fileformat2.html). A page's place follows from the pages above it, so
that the page itself need not be believed: whose it is, and between which two keys its rows lie.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

_INNER_INDEX, _INNER_TABLE, _LEAF_INDEX, _LEAF_TABLE = 2, 5, 10, 13
_KINDS = (_INNER_INDEX, _INNER_TABLE, _LEAF_INDEX, _LEAF_TABLE)
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}  # serial type → bytes
_DEEPEST = 40

Key = tuple[int | None, ...]  # a row id, or the first columns of an index entry; None for what is no integer


@dataclass(frozen=True, slots=True)
class Tree:
    """A table or an index of the schema: *name*, the *table* it belongs to, and its first page."""

    name: str
    table: str
    root: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page belongs: rows after the key *low* up to the key *high*; None where there is no such end."""

    tree: Tree
    low: Key | None
    high: Key | None


class Trees:
    """Looks for pages in the trees of a database file."""

    def __init__(self, file: BinaryIO, page_size: int, pages: int) -> None:
        self._file = file
        self._size = page_size
        self._pages = pages

    def find(self, trees: Sequence[Tree], wanted: set[int]) -> dict[int, Place]:
        """The places of those *wanted* pages that are part of a tree."""
        found: dict[int, Place] = {}
        for tree in trees:
            if len(found) == len(wanted):
                break
            self._descend(tree.root, Place(tree, None, None), wanted, found, 0)
        return found

    def _descend(self, page: int, place: Place, wanted: set[int], found: dict[int, Place], depth: int) -> None:
        if not 0 < page <= self._pages or depth > _DEEPEST:
            return
        if page in wanted:
            found.setdefault(page, place)
            return  # what it says of the pages below is not to be believed
        content = self._read(page)
        start = 100 if page == 1 else 0
        if content[start] not in _KINDS:
            return
        for below, inside, is_overflow in _children(content, start, place, self._size):
            if is_overflow:
                self._chain(below, inside, wanted, found)
            else:
                self._descend(below, inside, wanted, found, depth + 1)

    def _chain(self, page: int, place: Place, wanted: set[int], found: dict[int, Place]) -> None:
        """The pages on which a long row goes on."""
        seen = 0
        while 0 < page <= self._pages and seen < self._pages:
            if page in wanted:
                found.setdefault(page, place)
                return
            page, seen = int.from_bytes(self._read(page)[:4], "big"), seen + 1

    def _read(self, page: int) -> bytes:
        self._file.seek((page - 1) * self._size)
        return self._file.read(self._size).ljust(self._size, b"\0")


def _children(content: bytes, start: int, place: Place, size: int) -> Iterator[tuple[int, Place, bool]]:
    """(page below, its place, whether it is the rest of a long row) of a page that is whole."""
    kind = content[start]
    inner, table = kind in (_INNER_INDEX, _INNER_TABLE), kind in (_INNER_TABLE, _LEAF_TABLE)
    (count,) = struct.unpack_from(">H", content, start + 3)
    first = start + (12 if inner else 8)
    low = place.low
    for at in struct.unpack_from(f">{count}H", content, first) if first + 2 * count <= len(content) else ():
        left = int.from_bytes(content[at : at + 4], "big") if inner else 0
        key, more = _cell(content, at + (4 if inner else 0), size, table=table, leaf=not inner)
        if inner:
            yield left, Place(place.tree, low, key), False
        if more:
            yield more, Place(place.tree, low, key), True
        low = key
    if inner:
        yield int.from_bytes(content[start + 8 : start + 12], "big"), Place(place.tree, low, place.high), False


def _cell(content: bytes, at: int, size: int, *, table: bool, leaf: bool) -> tuple[Key, int]:
    """The key of a cell, and the page it goes on at (0 where all of it is here)."""
    if table and not leaf:
        return (_varint(content, at)[0],), 0
    length, at = _varint(content, at)
    key: Key = ()
    if table:
        row, at = _varint(content, at)
        key = (row,)
    here = _local(length, size, table=table)
    if not table:
        key = _columns(content[at : at + here])
    more = int.from_bytes(content[at + here : at + here + 4], "big") if here < length else 0
    return key, more


def _local(length: int, size: int, *, table: bool) -> int:
    """How much of a payload is in its cell; pages have no reserved bytes."""
    most = size - 35 if table else (size - 12) * 64 // 255 - 23
    if length <= most:
        return length
    least = (size - 12) * 32 // 255 - 23
    some = least + (length - least) % (size - 4)
    return some if some <= most else least


def _columns(record: bytes) -> Key:
    """The first two columns of an index entry, as far as they are integers."""
    head, at = _varint(record, 0)
    values: list[int | None] = []
    data = head
    while at < head and len(values) < 2:
        kind, at = _varint(record, at)
        width = _INTEGERS.get(kind, 0)
        if kind in (8, 9):
            values.append(kind - 8)
        else:
            values.append(int.from_bytes(record[data : data + width], "big", signed=True) if width else None)
        data += width if kind < 12 else (kind - 12) // 2
    return tuple(values)


def _varint(content: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes, and where it ends."""
    value = 0
    for i in range(8):
        byte = content[at + i] if at + i < len(content) else 0
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + i + 1
    return value << 8 | (content[at + 8] if at + 8 < len(content) else 0), at + 9
