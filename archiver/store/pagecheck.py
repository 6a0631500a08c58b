"""Are the pages of the database as they were sealed? And where they are not: whose they are, and which messages."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from archiver.store import ledger, seal
from archiver.store.findings import UNREADABLE, Finding, naming
from archiver.store.seal import Seal, Shape
from archiver.store.trees import Key, Place, Tree, Trees

# Tables whose rows begin with the message they belong to.
_OF_MESSAGES = ("attachment", "recipient", "reaction", "label", "reference")
_BY_MESSAGE = ("message", "passage", "thread")
_DERIVED = ("passage", "thread", "sqlite_stat1", "sqlite_stat4")  # worked out from the rest

BIT, AGAIN, FRESH, FREE = (
    "archive repair puts the flipped bit back if it was only one, else it reads the kept originals again",
    "archive repair makes it anew from the messages; nothing is lost",
    "archive repair seals the database as it is, once its content is found whole",
    "nothing is stored there; archive repair puts it right",
)


@dataclass(frozen=True, slots=True)
class Pages:
    """What became of the pages: *bad* numbers, *findings* about them, *notes* that are no damage, how many were
    compared."""

    bad: tuple[int, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    compared: int


def check(file: BinaryIO, database: Path, sql: sqlite3.Connection | None) -> Pages:
    """Compare with the seal. *file* is the database, opened before *sql*; *sql* is in a transaction that keeps writers
    from committing, or None where the database cannot be opened."""
    noted = ledger.notes(database)  # before the seal is read: who seals writes the seal first
    try:
        sealed = seal.read(database)
    except ValueError as error:
        return Pages((), (Finding("seal", f"archive.seal is damaged: {error}", rebuild=FRESH, derived=True),), (), 0)
    if sealed is None:
        return Pages(
            (), (), ("The database has no seal yet; the next command that writes, or archive repair, makes one.",), 0
        )
    now = _shape(file, sealed)
    written = ledger.written(sealed, now, noted)
    bad = _differing(file, sealed, now, written or set())
    notes = []
    if written:
        notes.append(
            f"{len(written):,} pages are not sealed: a command is writing, or was killed; the next one seals them."
        )
    if written is None:
        return Pages(tuple(bad), (_outside(len(bad)),), tuple(notes), sealed.pages)
    places = _places(file, now, sql, bad)
    return Pages(tuple(bad), tuple(_findings(bad, places, sql)), tuple(notes), sealed.pages)


def first_fits(file: BinaryIO, database: Path) -> bool:
    """Whether the first page is as it was sealed, or was written since."""
    with suppress(ValueError):
        sealed = seal.read(database)
        now = seal.shape(file)
        if sealed is not None and (now.page_size, now.counter) == (sealed.page_size, sealed.counter):
            return [one for _, one in seal.sums(file, now.page_size, [1])] == [sealed.of(1)]
    return True


def _shape(file: BinaryIO, sealed: Seal) -> Shape:
    """What the header says, unless it is damaged: then what the seal says."""
    file.seek(0)
    head = file.read(100)
    try:
        now = seal.shape(file)
    except ValueError:
        return Shape(sealed.page_size, sealed.pages, sealed.counter, 0)
    twice = int.from_bytes(head[92:96], "big")  # SQLite writes the counter in two places at each commit
    if now.page_size != sealed.page_size or now.counter != twice:
        return Shape(sealed.page_size, max(sealed.pages, now.pages), sealed.counter, now.free)
    return now


def _differing(file: BinaryIO, sealed: Seal, now: Shape, written: set[int]) -> list[int]:
    """Pages that are not as they were sealed, and were not written since."""
    bad = [
        page
        for page, one in seal.sums(file, sealed.page_size, range(1, min(sealed.pages, now.pages) + 1))
        if one != sealed.of(page) and page not in written
    ]
    if now.counter == sealed.counter:
        bad += range(min(now.pages, sealed.pages) + 1, max(now.pages, sealed.pages) + 1)
    return bad


def _outside(count: int) -> Finding:
    return Finding(
        "changed",
        f"The database was written by something else than archive since it was sealed: {count:,} pages differ, and "
        "nobody can tell what was meant from what was not.",
        rebuild=FRESH,
        derived=True,
    )


# -- whose they are ----------------------------------------------------------------------------------------


def _places(file: BinaryIO, now: Shape, sql: sqlite3.Connection | None, bad: Sequence[int]) -> dict[int, Place]:
    if not bad or sql is None:
        return {}
    with suppress(*UNREADABLE):
        trees = [Tree("sqlite_schema", "sqlite_schema", 1)] + [
            Tree(*row)
            for row in sql.execute(
                "select name, tbl_name, rootpage from sqlite_schema where rootpage > 0 order by rowid"
            )
        ]
        return Trees(file, now.page_size, now.pages).find(trees, set(bad))
    return {}


def _findings(bad: Sequence[int], places: dict[int, Place], sql: sqlite3.Connection | None) -> Iterator[Finding]:
    for page in bad:
        place = places.get(page)
        if place is None:
            known = "part of nothing" if sql is not None else "of a database that cannot be opened"
            yield Finding(
                "page",
                f"page {page} of archive.db is damaged: {known}",
                rebuild=FREE if sql else BIT,
                derived=sql is not None and page > 1,
            )
            continue
        rows = _rows(sql, place) if sql is not None else []
        yield Finding(
            "page",
            f"page {page} of archive.db is damaged: part of {_called(place.tree)}",
            *naming(sql, rows),
            rebuild=AGAIN if _derived(place.tree) else BIT,
            derived=_derived(place.tree),
        )


def _derived(tree: Tree) -> bool:
    return tree.name != tree.table or tree.table in _DERIVED or tree.table.startswith("message_fts")


def _called(tree: Tree) -> str:
    if tree.table.startswith("message_fts"):
        return "the search index"
    if tree.name != tree.table:
        return f"the index {tree.name}"
    return f"the table {tree.table}"


def _rows(sql: sqlite3.Connection, place: Place) -> list[int]:
    """The rows of the messages whose words or facts are on the page."""
    if place.tree.name == "record":
        return _told(sql, place.low, place.high)
    if place.tree.name not in (*_OF_MESSAGES, *_BY_MESSAGE):
        return []
    low, high = _first(place.low), _first(place.high)
    query = "select id from message where id > :low and id <= :high"
    if place.tree.name in _OF_MESSAGES:
        query = f"select distinct message_id from {place.tree.name} where message_id >= :low and message_id <= :high"
    return _ids(sql, query, {"low": 0 if low is None else low, "high": _LAST if high is None else high})


_LAST = (1 << 63) - 1


def _first(key: Key | None) -> int | None:
    return key[0] if key else None


def _told(sql: sqlite3.Connection, low: Key | None, high: Key | None) -> list[int]:
    """Messages that the records between two keys (source file, ordinal) tell of."""
    query = """
    select distinct message_id from record where message_id is not null
      and (source_file_id, ordinal) > (:low_file, :low) and (source_file_id, ordinal) <= (:high_file, :high)
    """
    first, last = (low or (0, 0)), (high or (_LAST, _LAST))
    return _ids(sql, query, {"low_file": first[0], "low": first[-1], "high_file": last[0], "high": last[-1]})


def _ids(sql: sqlite3.Connection, query: str, values: dict[str, int | None]) -> list[int]:
    """What can still be read of an answer."""
    rows: list[int] = []
    with suppress(*UNREADABLE):
        for (row,) in sql.execute(query, values):
            rows.append(row)
    return rows
