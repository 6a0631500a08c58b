"""Which pages each commit writes, noted in ``archive.pages`` before it: what the next seal has to sum anew.

They are read from SQLite's rollback journal, whose format is documented (sqlite.org/fileformat2.html): before the
commit it names every page that is about to change, except pages that were free (taken from the list of free
pages as the transaction began) and pages beyond the old end (which need no note). The first page always changes.

A command that is killed leaves its notes; the next one that writes goes on with them. Where a commit left no note
(VACUUM, another program), nobody can tell what it wrote, and the whole database is summed anew.
"""

import mmap
import os
import struct
from array import array
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from archiver.store import seal
from archiver.store.seal import Seal, Shape

_JOURNAL = {bytes.fromhex("d9d505f920a163d7"), bytes(8)}  # zeros where it is not synced yet
_OPEN_ENDED = (0, 0xFFFFFFFF)  # a journal that is not synced yet does not say how many pages it holds
_NOTE = struct.Struct("<II")  # counter of the commit, how many pages; the pages follow, 4 bytes each
_MAX_TRUNKS = 1 << 20

_ALL = 0xFFFFFFFF  # instead of a number of pages: any of them

Notes = dict[int, set[int] | None]  # None: any page


class Ledger:
    """The notes of one command that writes. Opened before the database and closed after it: to close any handle of a
    file lets go of all locks that this process has on it.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._journal = database.with_name(database.name + "-journal")
        self._file = seal.opened(database)
        self._free: set[int] = set()
        _trim(_place(database))

    def close(self) -> None:
        self._file.close()

    def began(self) -> None:
        """A transaction has begun; nothing is written yet."""
        self._free = set(_free(self._file, seal.shape(self._file)))

    def committing(self) -> None:
        """The open transaction is about to be committed; nothing is noted when it wrote nothing."""
        pages = journalled(self._journal)
        if pages is None:
            return
        noted = array("I", sorted({1, *pages, *self._free}))
        self._write(_NOTE.pack(self._next(), len(noted)) + noted.tobytes())

    def rewriting(self) -> None:
        """The next commit may write any page (VACUUM)."""
        self._write(_NOTE.pack(self._next(), _ALL))

    def _next(self) -> int:
        return seal.shape(self._file).counter + 1 & 0xFFFFFFFF

    def _write(self, note: bytes) -> None:
        """On disk before the commit is, or not at all."""
        place = _place(self._database)
        try:
            with place.open("ab") as out:
                out.write(note)
                out.flush()
                os.fsync(out.fileno())
        except OSError:
            _trim(place)
            raise


def _place(database: Path) -> Path:
    return database.with_name("archive.pages")


def notes(database: Path) -> Notes:
    """Pages by the counter of the commit that wrote them (or meant to); a note that was cut off is none."""
    try:
        content = _place(database).read_bytes()
    except FileNotFoundError:
        return {}
    found: Notes = {}
    for counter, count, at in _notes(content):
        pages = found.setdefault(counter, set())
        if count == _ALL or pages is None:
            found[counter] = None
        else:
            pages.update(array("I", content[at : at + count * 4]))
    return found


def _notes(content: bytes) -> Iterator[tuple[int, int, int]]:
    """(counter, how many pages, where they begin) of every whole note."""
    at = 0
    while at + _NOTE.size <= len(content):
        counter, count = _NOTE.unpack_from(content, at)
        at += _NOTE.size
        end = at if count == _ALL else at + count * 4
        if end > len(content):
            return
        yield counter, count, at
        at = end


def _trim(place: Path) -> None:
    """Cut off a note that was not written to its end, so that the next one can be read."""
    with suppress(FileNotFoundError):
        content = place.read_bytes()
        end = 0
        for _, count, at in _notes(content):
            end = at if count == _ALL else at + count * 4
        if end < len(content):
            os.truncate(place, end)


def written(sealed: Seal, now: Shape, noted: Notes) -> set[int] | None:
    """The pages written since the seal; None when some commit left no note, so that nobody knows."""
    commits = range(sealed.counter + 1, now.counter + 1)
    if now.page_size != sealed.page_size or now.counter < sealed.counter or not all(one in noted for one in commits):
        return None
    found = set[int]()
    for commit in commits:
        pages = noted[commit]
        found.update(range(1, now.pages + 1) if pages is None else pages)
    return found


def reseal(database: Path) -> None:
    """Sum what was written since the last seal. While holding the archive's lock, with the database closed."""
    noted = notes(database)
    try:
        old = seal.read(database)
    except ValueError:
        old = None
    with seal.opened(database) as file:
        now = seal.shape(file)
        if old is not None and old.counter == now.counter and old.pages == now.pages:
            return
        pages = None if old is None else written(old, now, noted)
        fresh = seal.whole(file) if old is None or pages is None else seal.renewed(file, old, pages)
    seal.write(database, fresh)
    _place(database).unlink(missing_ok=True)


def _free(file: BinaryIO, now: Shape) -> Iterator[int]:
    """The pages in the list of free pages: trunks, and the leaves each of them names."""
    trunk, seen = now.free, 0
    while 0 < trunk <= now.pages and seen < _MAX_TRUNKS:
        file.seek((trunk - 1) * now.page_size)
        page = file.read(now.page_size)
        if len(page) < 8:
            return
        following, count = struct.unpack_from(">II", page)
        count = min(count, now.page_size // 4 - 2)
        yield trunk
        yield from struct.unpack_from(f">{count}I", page, 8)
        trunk, seen = following, seen + 1


def journalled(journal: Path) -> Iterable[int] | None:
    """The pages in a rollback journal; None when there is none, or nothing in it."""
    try:
        with journal.open("rb") as file:
            if not os.fstat(file.fileno()).st_size:
                return None
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                return list(_pages(content))
    except FileNotFoundError:
        return None


def _pages(content: mmap.mmap) -> Iterator[int]:
    """Segment by segment: a header that fills a sector, then records of page number, page and checksum."""
    at = 0
    while at + 28 <= len(content) and content[at : at + 8] in _JOURNAL:
        count, _nonce, _pages_before, sector, page_size = struct.unpack_from(">5I", content, at + 8)
        first, size = at + sector, page_size + 8
        there = max(len(content) - first, 0) // size
        count = there if count in _OPEN_ENDED else min(count, there)
        for i in range(count):
            yield int.from_bytes(content[first + i * size : first + i * size + 4], "big")
        end = first + count * size
        at = -(-end // sector) * sector
