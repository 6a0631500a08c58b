"""Is the archive as it was written? Quick: the sum of every page, and every file there in its size. Deep: also the
bytes of every file, the database's own checks, the index against the messages, and rows against each other. The
archive's key is checked by its fingerprint, which the first check notes; what else lies in the folder is told.

`pragma integrity_check` alone misses most flipped bits, in free pages all of them: so the sums come first (seal.py).
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from archiver.errors import ArchiveError, LockedError, NoArchiveError, StoreError
from archiver.store import belongings, pagecheck, rowcheck, seal
from archiver.store.archive import Archive, as_it_is, database, exists, locked, open_archive, writing
from archiver.store.blobs import CHUNK, Blobs
from archiver.store.findings import UNREADABLE, Finding, Verdict, naming
from archiver.store.run import note

_REBUILT = "archive repair puts back a flipped bit, or rebuilds the database from the kept originals"
_ORIGINAL = "an original cannot be made anew: archive repair asks for it; bring it from a backup or the old export"


def verify(folder: Path, *, deep: bool = False) -> Verdict:
    """Check the archive in *folder*; a sound one notes it in its audit trail, where it can be written to.

    A deep check and a writer wait for each other: LockedError while a command writes.
    """
    if not exists(folder):
        raise NoArchiveError(
            f"There is no archive in {folder}.", remedy="Name its folder: archive --archive DIR verify"
        )
    with ExitStack() as stack:
        if deep:
            with suppress(OSError):  # a folder that cannot be written to has no writers
                stack.enter_context(locked(folder))
        verdict = examine(folder, deep=deep)
    if verdict.sound:
        _logged(folder, verdict, deep=deep)
    return verdict


def examine(folder: Path, *, deep: bool) -> Verdict:
    """The same, whoever has the lock, and without a note of it."""
    with ExitStack() as stack:
        return _examine(folder, stack, deep=deep)


def _examine(folder: Path, stack: ExitStack, *, deep: bool) -> Verdict:
    # the file before SQLite: closing any handle of it lets go of all locks that this process has on it
    file = stack.enter_context(seal.opened(database(folder)))
    tally = _Tally()
    archive = None
    try:
        # where the first page is damaged, it may say that it is of an earlier version
        opening = open_archive if pagecheck.first_fits(file, database(folder)) else as_it_is
        archive = stack.enter_context(opening(folder))
        stack.enter_context(archive.snapshot())
        archive.connection.execute("select count(*) from sqlite_schema").fetchone()
    except LockedError:
        raise
    except (StoreError, *UNREADABLE) as error:
        why = error.why or error.what if isinstance(error, StoreError) else str(error)
        tally.add(Finding("database", f"archive.db cannot be opened: {why}", rebuild=_REBUILT))
        archive = None
    pages = pagecheck.check(file, database(folder), archive.connection if archive else None)
    tally.findings += pages.findings
    if archive is None:
        _nameless(Blobs(folder / "blobs"), tally, deep=deep)
    else:
        _blobs(archive, tally, deep=deep)
        if deep or not pages.compared:
            tally.findings += rowcheck.check(archive.connection, index=deep)
    tally.findings += belongings.check_key(folder, archive.connection if archive else None)
    if strange := belongings.foreign(folder):
        tally.notes.append(strange)
    checked = {"pages": pages.compared, "blobs": tally.blobs, "bytes": tally.bytes}
    return Verdict(checked, tuple(tally.findings), (*pages.notes, *tally.notes), pages.bad)


@dataclass(slots=True)
class _Tally:
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    blobs: int = 0
    bytes: int = 0

    def add(self, *found: Finding) -> None:
        self.findings += found


def _logged(folder: Path, verdict: Verdict, *, deep: bool) -> None:
    """Not worth waiting or failing for."""
    with (
        suppress(ArchiveError, OSError, sqlite3.DatabaseError),
        writing(folder, 0) as archive,
        archive.transaction() as sql,
    ):
        key = belongings.key_of(folder)
        known = {belongings.NOTED: belongings.fingerprint(key)} if key and not belongings.noted(sql) else {}
        note(sql, "fixity check", {"deep": deep, "sound": True, **verdict.checked, **known})


# -- files -------------------------------------------------------------------------------------------------


def _blobs(archive: Archive, tally: _Tally, *, deep: bool) -> None:
    """Every file that the tables speak of."""
    known = set()
    for sha256, size in _listed(archive.connection, tally):
        known.add(sha256)
        tally.blobs += 1
        tally.bytes += size
        if wrong := _wrong(archive.blobs, sha256, size, deep=deep):
            tally.add(_blob(archive.connection, sha256, wrong))
    if strays := sum(1 for one in archive.blobs.all() if one not in known):
        tally.notes.append(f"{strays:,} files in blobs/ belong to no message and no import; they do no harm.")


def _listed(sql: sqlite3.Connection, tally: _Tally) -> Iterator[tuple[str, int]]:
    try:
        yield from sql.execute("select sha256, size from blob order by sha256")
    except UNREADABLE as error:
        tally.add(Finding("structure", f"the list of kept files cannot be read: {error}", rebuild=_REBUILT))


def _nameless(blobs: Blobs, tally: _Tally, *, deep: bool) -> None:
    """Without the tables: every file that is there, by the name it has, which is its digest."""
    for sha256 in blobs.all():
        size = blobs.path(sha256).stat().st_size
        tally.blobs += 1
        tally.bytes += size
        if wrong := _wrong(blobs, sha256, size, deep=deep):
            tally.add(_blob(None, sha256, wrong))


def _wrong(blobs: Blobs, sha256: str, size: int, *, deep: bool) -> str:
    """What is wrong with a kept file; empty when nothing is."""
    try:
        there = blobs.path(sha256).stat().st_size
        if there != size:
            return f"has {there:,} bytes instead of {size:,}"
        return "has other bytes than those that were kept" if deep and digest_of(blobs, sha256) != sha256 else ""
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read ({error.strerror})"


def digest_of(blobs: Blobs, sha256: str) -> str:
    """What the bytes of a kept file say that its name should be."""
    digest = hashlib.sha256()
    with blobs.open(sha256) as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _blob(sql: sqlite3.Connection | None, sha256: str, wrong: str) -> Finding:
    """What a kept file is to the archive, and whom its damage concerns."""
    place = f"blobs/{sha256[:2]}/{sha256[2:]}"
    if sql is None:
        return Finding("blob", f"{place} {wrong}", rebuild=_ORIGINAL)
    values = {"sha256": sha256}
    with suppress(*UNREADABLE):
        files = sql.execute("select id, path from source_file where sha256 = :sha256 order by id", values).fetchall()
        told = sql.execute(
            """
            select distinct r.message_id from source_file f join record r on r.source_file_id = f.id
            where f.sha256 = :sha256 and r.message_id is not null order by 1
            """,
            values,
        ).fetchall()
        bearing = sql.execute(
            "select message_id, name from attachment where sha256 = :sha256 order by 1", values
        ).fetchall()
        names = sorted({str(path) for _, path in files} | {str(name) for _, name in bearing})
        rows = sorted({row for row, *_ in (*told, *bearing)})
        what = "the original" if files else "the file"
        return Finding(
            "blob", f"{place} {wrong}: {what} “{names[0] if names else ''}”", *naming(sql, rows), rebuild=_ORIGINAL
        )
    return Finding("blob", f"{place} {wrong}", rebuild=_ORIGINAL)
