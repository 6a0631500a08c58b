"""Backups: the archive as it was at one moment, made while it is in use, each complete by itself.

A backup is a folder ``archive-20260131T081500Z`` that is itself an archive, or one file of the same name (.tar, or
.tar.age when it is encrypted) with that folder's files in it. Beside the archive's own files it has ``backup.json``
(when, how much, and the archive's digest) and ``manifest-sha256.txt``, which ``sha256sum -c`` understands.

The database is copied by SQLite's backup call, in one moment; files never change once they are kept, so they may be
copied afterwards. One that an earlier backup in the same place has is shared with it, where the disk can. The secret
of the permalinks is in a backup, for a restored archive has to keep its addresses: guard backups like the archive.
"""

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from archiver import __version__
from archiver.errors import ArchiveError, StoreError, UsageError
from archiver.store import foreign, pagecheck, seal
from archiver.store.archive import Archive, database, exists, open_archive, writing
from archiver.store.blobs import CHUNK, Blobs, sync_folder
from archiver.store.digest import digest
from archiver.store.findings import Finding, Verdict
from archiver.store.run import note
from archiver.store.tarred import Keys, pack, unpack

MANIFEST, FACTS = "manifest-sha256.txt", "backup.json"
_TRIES = 3  # a file may go while it is copied (an undo); then the moment has passed, and another one is taken
_OTHERS = "bring another backup: this one cannot be trusted"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a backup says of itself; *digest* is the archive's, *bytes* those of all its files."""

    made_at: str
    program: str
    digest: str
    messages: int
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup in a place; *facts* are None where it would have to be unpacked first."""

    path: Path
    size: int
    facts: Facts | None


def create(folder: Path, place: Path, *, one_file: bool = False, keys: Keys = ()) -> Backup:
    """Back up the archive in *folder* into the folder *place*; encrypted for *keys*, if there are any.

    StoreError when the archive is damaged, for a backup of damage would only look like one.
    """
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = _stamp()
    suffix = (".tar.age" if keys else ".tar") if one_file or keys else ""
    target, fresh = place / (name + suffix), place / f".{name}.new"
    if target.exists() or fresh.exists():
        raise UsageError(f"{target} is there already.", remedy="Wait a second, then run the same command again.")
    try:
        facts = _fill(folder, fresh, _earlier(place))
        if suffix:
            pack(fresh, target, keys)
        else:
            fresh.rename(target)
        sync_folder(place)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    _logged(folder, {"backup": target.name, "digest": facts.digest, "encrypted": bool(keys)})
    return Backup(target, facts.bytes if not suffix else target.stat().st_size, facts)


def backups(place: Path) -> list[Backup]:
    """Those in a place, the oldest first."""
    found = []
    for path in sorted(place.glob("archive-*")):
        if path.is_dir() and (path / FACTS).is_file():
            facts = _facts(path)
            found.append(Backup(path, facts.bytes, facts))
        elif path.name.endswith((".tar", ".tar.age")):
            found.append(Backup(path, path.stat().st_size, None))
    return found


def verify(path: Path, *, key: Path | None = None) -> Verdict:
    """Whether a backup is whole: every file by its sum, and the archive in it by its digest."""
    with ExitStack() as stack:
        tree = path if path.is_dir() else stack.enter_context(unpack(path, key))
        return _check(tree)


def restore(path: Path, folder: Path, *, key: Path | None = None) -> Facts:
    """Make the archive of a backup in *folder*, where there must be none. StoreError when the backup is damaged."""
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(
            f"{folder} is not empty, and a restored archive never takes the place of another.",
            remedy="Name a new folder: archive --archive NEW backup restore …",
        )
    fresh = folder.with_name(f".{folder.name}.restored")
    shutil.rmtree(fresh, ignore_errors=True)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, fresh, ignore_errors=True)
        tree = path if path.is_dir() else stack.enter_context(unpack(path, key))
        verdict = _check(tree)
        if not verdict.sound:
            raise _damaged(path, verdict)
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(tree, fresh)
        facts = _facts(fresh)
        (fresh / FACTS).unlink()
        (fresh / MANIFEST).unlink()
        if folder.exists():
            folder.rmdir()
        fresh.rename(folder)
    _logged(folder, {"restored": path.name, "digest": facts.digest})
    return facts


def _stamp() -> str:
    return datetime.now(UTC).strftime("archive-%Y%m%dT%H%M%SZ")


# -- making one --------------------------------------------------------------------------------------------


def _fill(folder: Path, fresh: Path, earlier: Sequence[Path]) -> Facts:
    for _ in range(_TRIES):
        fresh.mkdir(mode=0o700)
        try:
            return _copied(folder, fresh, earlier)
        except FileNotFoundError as error:
            shutil.rmtree(fresh)
            gone = error
    raise StoreError(
        f"The archive in {folder} lacks a file that its tables speak of.",
        why=str(gone),
        remedy="See what is missing with: archive verify --deep   and mend it with: archive repair",
    )


def _copied(folder: Path, fresh: Path, earlier: Sequence[Path]) -> Facts:
    sums: dict[str, str] = {}
    snapshot(folder, fresh)
    with closing(foreign.opened(database(fresh))) as sql:
        wanted = sql.execute("select sha256, size from blob order by sha256").fetchall()
        (messages,) = sql.execute("select count(*) from message").fetchone()
        whole = digest(sql)
    for sha256, _ in wanted:
        place = f"blobs/{sha256[:2]}/{sha256[2:]}"
        _bring(Blobs(folder / "blobs"), sha256, fresh / place, [one / place for one in earlier])
        sums[place] = sha256
    with seal.opened(database(fresh)) as file:
        seal.write(database(fresh), seal.whole(file))
    if (folder / "secret.key").exists():
        shutil.copy2(folder / "secret.key", fresh / "secret.key")
    made = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    files = [file for file in fresh.iterdir() if file.is_file()]
    size = sum(size for _, size in wanted) + sum(file.stat().st_size for file in files)
    facts = Facts(made, f"archive {__version__}", whole, messages, len(wanted), size)
    (fresh / FACTS).write_text(json.dumps(asdict(facts), indent=2) + "\n", encoding="utf-8")
    sums |= {file.name: _sum(file) for file in [*files, fresh / FACTS]}
    lines = [f"{one}  {place}\n" for place, one in sorted(sums.items())]
    (fresh / MANIFEST).write_text("".join(lines), encoding="utf-8", newline="\n")
    _sync(fresh)
    return facts


def snapshot(folder: Path, fresh: Path) -> None:
    """The database as it is in one moment, into the folder *fresh*. StoreError when its pages are not as they were
    sealed, for a copy of damage would only look sound."""
    with (
        seal.opened(database(folder)) as file,
        open_archive(folder) as archive,
        archive.snapshot(),
        closing(sqlite3.connect(database(fresh))) as copy,
    ):
        archive.connection.execute("select count(*) from sqlite_schema").fetchone()
        found = pagecheck.check(file, database(folder), archive.connection).findings
        if found:
            raise _not_sound(archive, found)
        archive.connection.backup(copy)


def _not_sound(archive: Archive, found: Sequence[Finding]) -> StoreError:
    return StoreError(
        f"The archive in {archive.folder} is damaged, so no backup was made.",
        why=found[0].note,
        remedy="Mend it first with: archive repair   (or restore an earlier backup)",
    )


def _bring(blobs: Blobs, sha256: str, target: Path, earlier: Sequence[Path]) -> None:
    """A kept file into the backup: the one of an earlier backup, if that is still whole; else a copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for one in earlier:
        if one.is_file() and _sum(one) == sha256:
            with suppress(OSError):  # a disk without hard links
                target.hardlink_to(one)
                return
    found = hashlib.sha256()
    with blobs.open(sha256) as stream, target.open("xb") as out:
        while chunk := stream.read(CHUNK):
            found.update(chunk)
            out.write(chunk)
    if found.hexdigest() != sha256:
        raise StoreError(
            "A kept file is damaged, so no backup was made.",
            why=f"blobs/{sha256[:2]}/{sha256[2:]} has other bytes than those that were kept",
            remedy="See whom it concerns with: archive verify --deep   and mend it with: archive repair",
        )


def _earlier(place: Path) -> list[Path]:
    """The newest earlier backup that is a folder: it has most of what is needed again."""
    return [one.path for one in backups(place) if one.path.is_dir()][-1:]


def _sync(fresh: Path) -> None:
    """All of it safe on disk before it has its name."""
    for folder, _, names in os.walk(fresh):
        for name in names:
            handle = os.open(Path(folder) / name, os.O_RDWR)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        sync_folder(Path(folder))


def _logged(folder: Path, detail: dict[str, object]) -> None:
    """Not worth waiting or failing for."""
    with (
        suppress(ArchiveError, OSError, sqlite3.DatabaseError),
        writing(folder, 0) as archive,
        archive.transaction() as sql,
    ):
        note(sql, "replication", detail)


# -- checking one ------------------------------------------------------------------------------------------


def _facts(tree: Path) -> Facts:
    try:
        return Facts(**json.loads((tree / FACTS).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise StoreError(
            f"{tree} is no backup, or a damaged one.", why=str(error), remedy=_OTHERS.capitalize() + "."
        ) from error


def _check(tree: Path) -> Verdict:
    """Sums first; what is inside is looked at only when they fit."""
    rows = dict(_listed(tree))
    there = {file.relative_to(tree).as_posix() for file in tree.rglob("*") if not file.is_dir()} - {MANIFEST}
    wrong = [(place, "is missing") for place in sorted(rows.keys() - there)]
    wrong += [(place, "does not belong to the backup") for place in sorted(there - rows.keys())]
    wrong += [(place, "is damaged") for place in sorted(rows.keys() & there) if _sum(tree / place) != rows[place]]
    if not rows:
        wrong = [(MANIFEST, "is missing or damaged")]
    if not wrong and (why := _inside(tree)):
        wrong = [("archive.db", why)]
    return Verdict(
        {"files": len(rows)}, tuple(Finding("file", f"{place} {why}", rebuild=_OTHERS) for place, why in wrong)
    )


def _listed(tree: Path) -> Iterator[tuple[str, str]]:
    """(path, SHA-256) of the manifest; nothing when any line of it is not one."""
    try:
        lines = (tree / MANIFEST).read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError):
        return
    if lines.pop() or not all(line[64:66] == "  " and line[66:] for line in lines):
        return
    yield from ((line[66:], line[:64]) for line in lines)


def _inside(tree: Path) -> str:
    """What is wrong with the archive in a backup whose files are whole; empty when nothing is."""
    if not exists(tree):
        return "is not there"
    try:
        foreign.check(database(tree))
        with closing(foreign.opened(database(tree))) as sql:
            return "" if digest(sql) == _facts(tree).digest else "does not say what the backup says it does"
    except StoreError as error:
        return f"cannot be believed: {error} ({error.why})"
    except sqlite3.DatabaseError as error:
        return f"cannot be read: {error}"


def _damaged(path: Path, verdict: Verdict) -> StoreError:
    return StoreError(
        f"The backup {path} is damaged; nothing was restored.",
        why="; ".join(one.note for one in verdict.findings[:5]),
        remedy="Restore another one: archive backup list PLACE",
    )


def _sum(file: Path) -> str:
    if file.is_symlink():
        return ""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
