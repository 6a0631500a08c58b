"""A sum for every page of the database, in ``archive.seal`` beside it: no flipped bit stays unseen.

SQLite's own check finds a third of the flips that matter, and none in free pages. So every command that writes ends
with SHA-256 sums (the first 8 bytes of each) of the pages it wrote, of *these only*: a page that rotted meanwhile
keeps its old sum and is found, where summing the whole file anew would bless the damage. Which pages a command
writes is in the ledger (ledger.py), noted before each commit, so that a killed command is no false alarm.

The file: a line ``archive seal 1 PAGE_SIZE PAGES COUNTER``, 8 bytes a page, and SHA-256 over all that. COUNTER is the
database's own count of its commits, which says whether the seal is of today.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from archiver.store.blobs import sync_folder

SUM = 8
_MARK = b"archive seal 1 "
_DIGEST = 32
_CHUNK = 128  # pages read at once
_HEADER = 100  # bytes of a database before its first page's own content


@dataclass(frozen=True, slots=True)
class Shape:
    """What a database file's header and length say: sizes in bytes, *pages* whole or begun."""

    page_size: int
    pages: int
    counter: int
    free: int  # first page of the list of free pages, 0 when there is none


@dataclass(frozen=True, slots=True)
class Seal:
    """The sums of a database as it was when its *counter* was this."""

    page_size: int
    counter: int
    sums: bytes

    @property
    def pages(self) -> int:
        return len(self.sums) // SUM

    def of(self, page: int) -> bytes:
        return self.sums[(page - 1) * SUM : page * SUM]


def place(database: Path) -> Path:
    return database.with_name("archive.seal")


def opened(database: Path) -> BinaryIO:
    """The database's bytes as they are now: nothing of them is buffered."""
    return database.open("rb", buffering=0)


def shape(file: BinaryIO) -> Shape:
    """ValueError when the file's first bytes are no database's."""
    head = _read_at(file, 0, _HEADER)
    size = int.from_bytes(head[16:18], "big")
    size = 65536 if size == 1 else size
    if len(head) < _HEADER or size < 512 or size & (size - 1):
        raise ValueError("not a database's header")
    length = os.fstat(file.fileno()).st_size
    counter, free = int.from_bytes(head[24:28], "big"), int.from_bytes(head[32:36], "big")
    return Shape(size, -(-length // size), counter, free)


def _read_at(file: BinaryIO, start: int, size: int) -> bytes:
    file.seek(start)
    return file.read(size)


def sums(file: BinaryIO, page_size: int, pages: Iterable[int]) -> Iterator[tuple[int, bytes]]:
    """(page, its sum), of *pages* in rising order; neighbours are read together."""
    for first, count in _runs(pages):
        content = memoryview(_read_at(file, (first - 1) * page_size, count * page_size))
        for i in range(count):
            yield first + i, hashlib.sha256(content[i * page_size : (i + 1) * page_size]).digest()[:SUM]


def _runs(pages: Iterable[int]) -> Iterator[tuple[int, int]]:
    """(first, how many) of pages that follow each other, a chunk at most."""
    for _, run in groupby(enumerate(pages), key=lambda pair: (pair[1] - pair[0], pair[0] // _CHUNK)):
        some = [page for _, page in run]
        yield some[0], len(some)


def read(database: Path) -> Seal | None:
    """The seal of a database; None when it has none. ValueError when the seal itself is damaged."""
    try:
        content = place(database).read_bytes()
    except FileNotFoundError:
        return None
    body, digest = content[:-_DIGEST], content[-_DIGEST:]
    if hashlib.sha256(body).digest() != digest:
        raise ValueError("its own sum does not fit")
    line, _, rest = body.partition(b"\n")
    page_size, pages, counter = map(int, line.removeprefix(_MARK).split())
    if len(rest) != pages * SUM:
        raise ValueError("it is too short or too long")
    return Seal(page_size, counter, rest)


def write(database: Path, seal: Seal) -> None:
    """Durable under its name, or not at all."""
    body = _MARK + f"{seal.page_size} {seal.pages} {seal.counter}\n".encode() + seal.sums
    target = place(database)
    fresh = target.with_name(target.name + ".new")
    with fresh.open("wb") as out:
        out.write(body + hashlib.sha256(body).digest())
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(target)
    sync_folder(target.parent)


def whole(file: BinaryIO) -> Seal:
    """A seal of the file as it is."""
    now = shape(file)
    content = b"".join(one for _, one in sums(file, now.page_size, range(1, now.pages + 1)))
    return Seal(now.page_size, now.counter, content)


def renewed(file: BinaryIO, old: Seal, written: Iterable[int]) -> Seal:
    """A seal of the file as it is, where only the pages *written*, the first one and those at the end are new."""
    now = shape(file)
    content = bytearray(old.sums[: now.pages * SUM].ljust(now.pages * SUM, b"\0"))
    fresh = {page for page in written if page <= now.pages} | {1, *range(old.pages + 1, now.pages + 1)}
    for page, one in sums(file, now.page_size, sorted(fresh)):
        content[(page - 1) * SUM : page * SUM] = one
    return Seal(now.page_size, now.counter, bytes(content))
