"""Make a damaged archive whole again, with the least that does it; and say what could not be.

In this order: a flipped bit of a page is put back, for the page's sum says which. A kept file that was damaged is
mended likewise when it is small, or brought from where a person says there is another copy. Indexes, threads and the
full-text index are made anew from the messages. Only where messages themselves are damaged is the database built
again, from the kept originals; the one that was is kept beside it.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from archiver.errors import ArchiveError, NoArchiveError, StoreError
from archiver.keeping.replay import replay
from archiver.store import archive as store
from archiver.store import belongings, mend, plan, seal
from archiver.store.archive import Archive
from archiver.store.blobs import Blobs
from archiver.store.contents import kept_files, readable_digest
from archiver.store.digest import digest
from archiver.store.findings import UNREADABLE, Verdict
from archiver.store.ledger import reseal
from archiver.store.reindex import reindex
from archiver.store.run import note
from archiver.store.verify import digest_of, examine

_OF_THE_DATABASE = ("page", "index", "structure", "row", "seal", "database", "changed")
_OF_PAGES = ("page", "seal", "changed")  # where these speak, what else is found follows from them
_NEEDED = ("the table import", "the table source_file", "the table sqlite_schema")  # to read anything again


@dataclass(slots=True)
class Repaired:
    """What was *done*, in words; what is *lost*; where the database as it was is *kept*; the check at the end.

    *digest*: of what the archive says now; *before*: of what it said, where that could still be read.
    """

    done: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    kept: Path | None = None
    digest: str = ""
    before: str | None = None
    verdict: Verdict = field(default_factory=lambda: Verdict({}))


def repair(folder: Path, *, copies: Sequence[Path] = (), rebuild: bool = False) -> Repaired:
    """Repair the archive in *folder*; *copies* are files and folders that may hold what it lacks.

    *rebuild*: read all originals again, damaged or not. LockedError while a command writes.
    """
    if not store.exists(folder):
        raise NoArchiveError(
            f"There is no archive.db in {folder}.",
            remedy="Restore one with: archive backup restore BACKUP   or import the exports again.",
        )
    done = Repaired()
    with store.locked(folder):
        _bits(folder, done)
    with suppress(ArchiveError), store.open_archive(folder):
        pass  # one of an earlier version is brought to today's before all else
    with store.locked(folder):
        _key(folder, done)
        for leftover in folder.glob(".re*-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        _files(folder, copies, done)
        _database(folder, done, rebuild=rebuild)
        done.verdict = examine(folder, deep=True)
        with store.open_archive(folder) as archive:
            done.digest = digest(archive.connection)
    if done.done:
        _logged(folder, done)
    return done


def _logged(folder: Path, done: Repaired) -> None:
    with store.writing(folder) as archive, archive.transaction() as sql:
        note(sql, "migration", {"reason": "repair", "done": done.done, "lost": done.lost, "digest": done.digest})


# -- flipped bits ------------------------------------------------------------------------------------------


def _bits(folder: Path, done: Repaired) -> None:
    """Pages that only one bit makes wrong."""
    database = store.database(folder)
    with suppress(ValueError):
        sealed = seal.read(database)
        bad = examine(folder, deep=False).bad_pages
        mended = mend.mend(database, sealed, bad) if sealed and bad else []
        if mended:
            done.done.append(f"{_count(len(mended), 'page')} of the database had a flipped bit, which was put back")


def _key(folder: Path, done: Repaired) -> None:
    with suppress(StoreError, *UNREADABLE), store.open_archive(folder) as archive:
        done.done += belongings.mend_key(folder, archive.connection)


def _files(folder: Path, copies: Sequence[Path], done: Repaired) -> None:
    """Kept files that are missing or damaged: one bit put back, or a copy brought."""
    blobs = Blobs(folder / "blobs")
    wrong = _wrong_files(folder, blobs)
    for sha256, size in sorted(wrong.items()):
        if mend.mend_file(blobs.path(sha256), sha256):
            done.done.append(f"the kept file {sha256[:12]}… had a flipped bit, which was put back")
            del wrong[sha256]
        elif size < 0:
            del wrong[sha256]
            done.lost.append(f"the kept file {sha256[:12]}… is damaged")
    for file in _candidates(copies, set(wrong.values())) if wrong else ():
        with file.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        if found in wrong:
            blobs.remove(found)
            with file.open("rb") as stream:
                blobs.put(stream)
            done.done.append(f"the kept file {found[:12]}… was brought from {file}")
            del wrong[found]
    done.lost += [f"the kept file {sha256[:12]}… is missing or damaged" for sha256 in sorted(wrong)]


def _wrong_files(folder: Path, blobs: Blobs) -> dict[str, int]:
    """Digests and sizes of the files that are not as they were kept; -1 where nobody knows the size any more."""
    listed: dict[str, int] = {}
    with suppress(StoreError, *UNREADABLE), store.open_archive(folder) as archive:
        listed = kept_files(archive.connection)
    there = dict.fromkeys(blobs.all(), -1)
    return {
        sha256: size
        for sha256, size in {**there, **listed}.items()
        if sha256 not in there or digest_of(blobs, sha256) != sha256
    }


def _candidates(copies: Sequence[Path], sizes: set[int]) -> Iterator[Path]:
    """Files of a fitting size in what a person named, in order."""
    for place in copies:
        for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if file.is_file() and not file.is_symlink() and file.stat().st_size in sizes:
                yield file


# -- the database ------------------------------------------------------------------------------------------


def _database(folder: Path, done: Repaired, *, rebuild: bool) -> None:
    found = [one for one in examine(folder, deep=True).findings if one.what in _OF_THE_DATABASE]
    if rebuild:
        _rebuild(folder, done)
    elif found and all(one.derived for one in [page for page in found if page.what in _OF_PAGES] or found):
        _tidy(folder, done, changed=any(one.what == "changed" for one in found))
    elif found:
        if any(f"part of {table}" in one.note for one in found for table in _NEEDED):
            raise _hopeless(folder, "the pages that tell its imports are damaged")
        _rebuild(folder, done, damaged_trail=any("the table audit" in one.note for one in found))


def _hopeless(folder: Path, why: str) -> StoreError:
    return StoreError(
        f"The archive in {folder} could not be rebuilt.",
        why=why,
        remedy="Restore a backup (archive backup restore), or import the exports again; nothing was changed.",
    )


def _tidy(folder: Path, done: Repaired, *, changed: bool) -> None:
    """What follows from the messages is made anew; where that does not help, all of it."""
    kept = _aside(folder)
    try:
        with store.open_archive(folder, write=True) as archive:
            before = readable_digest(archive.connection)
            reindex(archive)
            archive.compact()
            after = digest(archive.connection)
        seal.place(store.database(folder)).unlink(missing_ok=True)
        reseal(store.database(folder))
        whole = before in {None, after} and all(one.what == "blob" for one in examine(folder, deep=True).findings)
    except (ArchiveError, *UNREADABLE):
        whole = False
    if not whole:
        kept.replace(store.database(folder))
        _rebuild(folder, done)
        return
    kept.unlink()
    done.before = before
    done.done.append("indexes, threads and the search index were made anew from the messages")
    if changed:
        done.done.append("what another program wrote hangs together and was sealed as it is")


def _rebuild(folder: Path, done: Repaired, *, damaged_trail: bool = False) -> None:
    """Another database, out of the kept originals, in the place of this one, which is kept."""
    fresh = folder / ".rebuilt-archive"
    shutil.rmtree(fresh, ignore_errors=True)
    store.create(fresh)
    try:
        with store.open_archive(folder) as old, store.open_archive(fresh, write=True) as made:
            new = Archive(folder, made.connection, Blobs(folder / "blobs", lasting=True))
            done.before = readable_digest(old.connection)
            _replayed(old, new, done, damaged_trail=damaged_trail)
        kept = _aside(folder)
        store.database(fresh).replace(store.database(folder))
    except (StoreError, *UNREADABLE) as error:
        raise _hopeless(folder, (error.why or error.what) if isinstance(error, StoreError) else str(error)) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    seal.place(store.database(folder)).unlink(missing_ok=True)  # it is the old one's
    reseal(store.database(folder))
    done.kept = kept


def _replayed(old: Archive, new: Archive, done: Repaired, *, damaged_trail: bool) -> None:
    script = plan.plan(old.connection)
    with new.transaction() as sql:
        plan.bring_before(old.connection, sql)
    again = replay(old, script, new, new.blobs, keep_numbers=True)
    with new.transaction() as sql:
        plan.bring_graves(old.connection, sql)
        plan.bring_after(old.connection, sql)
    done.lost += again.lost
    if buried := plan.graves(old.connection):
        done.lost.append(
            f"of {_count(buried, 'message')} some words or all were taken out, from the originals, too; what these do "
            "not tell any more, such as who said it, is not told now"
        )
    if script.unreadable or damaged_trail:
        done.lost.append("a part of the audit trail, and with it perhaps some decisions, cannot be read")
    done.done.append(
        f"the database was built anew from the kept originals: {_count(again.imports, 'import')} read again, "
        f"{_count(again.decisions, 'decision')} made again"
    )


def _aside(folder: Path) -> Path:
    """A copy of the database as it is, beside it."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    kept = folder / f"archive.db.before-repair-{stamp}"
    shutil.copyfile(store.database(folder), kept)
    kept.chmod(0o600)
    with closing(kept.open("r+b")) as file:
        os.fsync(file.fileno())
    return kept


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
