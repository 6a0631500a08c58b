"""An archive in a bag, and out of it again with the same digest.

In ``data/`` are the database as it was at one moment, all kept files under their digests, the messages once more as
JSON lines that need no program of ours, and a page of words for whoever finds the bag. The secret of the permalinks
stays at home.

A bag comes from anywhere: it is checked whole before anything of it is used. Where there is no archive yet it becomes
one; an archive that has something takes the bag's imports as its own, from the originals in the bag.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from archiver import __version__
from archiver.contracts import Page
from archiver.dump import DEFAULT, Limits
from archiver.errors import StoreError, UsageError
from archiver.exporters import bagit, jsonl
from archiver.keeping.packed import is_packed_bag, laid_out
from archiver.keeping.replay import replay
from archiver.store import archive as store
from archiver.store import backup, contents, foreign, plan
from archiver.store.belongings import NOTED
from archiver.store.blobs import CHUNK, Blobs, sync_folder
from archiver.store.digest import digest
from archiver.store.findings import Finding, Verdict
from archiver.store.ledger import reseal
from archiver.store.library import StoredLibrary
from archiver.store.run import note

_AGAIN = "get the bag again from where it came from"
_WORDS = """\
This bag holds an archive of conversations: chats and letters with the files they came from.

archive.db      all of it as a SQLite database; its tables say in comments what they hold
messages.jsonl  every message once more, one JSON object a line
blobs/          the original files and the attachments, each named by its SHA-256

The program that wrote it reads it back: archive import THIS-FOLDER
"""


@dataclass(frozen=True, slots=True)
class Bagged:
    """A bag that was written: how much is in it, and the archive's digest."""

    path: Path
    messages: int
    files: int
    bytes: int
    digest: str


@dataclass(frozen=True, slots=True)
class Brought:
    """A bag that was imported: *fresh* when it became the archive; *imports* and *lost* as replay tells them."""

    digest: str
    fresh: bool
    imports: int
    lost: tuple[str, ...] = ()


# -- into a bag --------------------------------------------------------------------------------------------


def write(folder: Path, target: Path, *, day: date) -> Bagged:
    """The archive in *folder* as a bag in the folder *target*, which must not be there yet, or be empty."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{target} is there already.", remedy="Name a new folder for the bag.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".bag-", dir=target.parent) as temporary:
        home, fresh = Path(temporary) / "snapshot", Path(temporary) / "bag"
        home.mkdir()
        backup.snapshot(folder, home)
        with store.open_archive(home) as archive:
            sql = archive.connection
            whole = digest(sql)
            messages, kept = contents.messages(sql), contents.kept_files(sql)
            info = _info(day, whole, messages)
            payload = _payload(archive, Blobs(folder / "blobs"), kept)
            size = _written(bagit.pages(payload, info), fresh)
        if target.exists():
            target.rmdir()
        fresh.rename(target)
    sync_folder(target.parent)
    return Bagged(target, messages, len(kept), size, whole)


def _info(day: date, whole: str, messages: int) -> dict[str, str]:
    return {
        "Bag-Software-Agent": f"archive {__version__}",
        "Bagging-Date": day.isoformat(),
        "External-Description": f"An archive of conversations: {messages} messages and the files they came from",
        "Archive-Digest": whole,
    }


def _payload(archive: store.Archive, blobs: Blobs, kept: Mapping[str, int]) -> Iterator[Page]:
    yield Page("README.txt", _WORDS.encode())
    yield Page("archive.db", _pieces(store.database(archive.folder)))
    for sha256 in kept:
        yield Page(f"blobs/{sha256[:2]}/{sha256[2:]}", _named(blobs, sha256))
    lines = jsonl.lines(StoredLibrary(archive))
    yield Page("messages.jsonl", (line.encode() for line in lines))


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while piece := stream.read(CHUNK):
            yield piece


def _named(blobs: Blobs, sha256: str) -> Iterator[bytes]:
    """A kept file, which has to be what its name says."""
    found = hashlib.sha256()
    try:
        for piece in _pieces(blobs.path(sha256)):
            found.update(piece)
            yield piece
    except FileNotFoundError:
        found = hashlib.sha256(b"missing")
    if found.hexdigest() != sha256:
        raise StoreError(
            "A kept file is missing or damaged, so no bag was written.",
            why=f"blobs/{sha256[:2]}/{sha256[2:]}",
            remedy="See whom it concerns with: archive verify --deep   and mend it with: archive repair",
        )


def _written(pages: Iterator[Page], fresh: Path) -> int:
    size = 0
    for page in pages:
        file = fresh.joinpath(*PurePosixPath(page.path).parts)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("xb") as out:
            for piece in (page.content,) if isinstance(page.content, bytes) else page.content:
                size += out.write(piece)
            out.flush()
            os.fsync(out.fileno())
    return size


# -- is it whole? ------------------------------------------------------------------------------------------


def is_bag(path: Path) -> bool:
    """Whether a folder says it is a bag, or a zip or tar that it holds one."""
    return (path / "bagit.txt").is_file() or is_packed_bag(path)


@contextmanager
def opened(path: Path, beside: Path, limits: Limits = DEFAULT) -> Iterator[Path]:
    """The folder of a bag; of one in a zip or tar, a temporary one in the folder *beside*."""
    if path.is_dir():
        yield path
        return
    with laid_out(path, beside, limits) as bag:
        yield bag


def check(bag: Path) -> Verdict:
    """Every file of a bag against its manifests: complete and valid, as RFC 8493 has it."""
    wrong: list[tuple[str, str]] = []
    listed: dict[str, str] = {}
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        rows = _rows(bag / manifest)
        if rows is None:
            wrong.append((manifest, "is missing or damaged"))
        listed |= rows or {}
    there = {file.relative_to(bag).as_posix(): file for file in bag.rglob("*") if file.is_symlink() or file.is_file()}
    there.pop("tagmanifest-sha256.txt", None)
    if not wrong:
        wrong += [(path, "is missing") for path in listed.keys() - there.keys()]
        wrong += [(path, "is in no manifest") for path in there.keys() - listed.keys()]
        wrong += [
            (path, "has other bytes than its manifest says")
            for path in listed.keys() & there.keys()
            if _sum(there[path]) != listed[path]
        ]
    findings = tuple(Finding("file", f"{path} {why}", rebuild=_AGAIN) for path, why in sorted(wrong))
    return Verdict({"files": len(listed)}, findings)


def _rows(manifest: Path) -> dict[str, str] | None:
    """Digests by path; None when any line is not one."""
    try:
        lines = manifest.read_bytes().decode("utf-8").split("\n")
    except (OSError, ValueError):
        return None
    if lines.pop():
        return None
    rows = {}
    for line in lines:
        digest_, _, path = line.partition("  ")
        if len(digest_) != 64 or not path:
            return None
        rows[bagit.decoded(path)] = digest_
    return rows


def _sum(file: Path) -> str:
    if file.is_symlink():
        return ""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


# -- out of a bag ------------------------------------------------------------------------------------------


def bring(bag: Path, folder: Path) -> Brought:
    """Import a bag into the archive in *folder*, or make one of it. StoreError when it is damaged or not ours."""
    verdict = check(bag)
    if not verdict.sound:
        raise StoreError(
            f"The bag {bag} is damaged, so nothing of it was imported.",
            why="; ".join(one.note for one in verdict.findings[:5]),
            remedy=f"{_AGAIN.capitalize()}.",
        )
    with _unpacked(bag, folder) as home:
        if _empty(folder):
            return _become(bag, home, folder)
        return _join(bag, home, folder)


@contextmanager
def _unpacked(bag: Path, folder: Path) -> Iterator[Path]:
    """The bag's database in a folder of its own, checked and of today's version; beside the archive it goes to."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".bag-", dir=folder.parent) as temporary:
        home = Path(temporary) / "archive"
        home.mkdir(mode=0o700)
        file = bag / "data" / "archive.db"
        if not file.is_file():
            raise UsageError(
                f"{bag} is a bag, but not of an archive.",
                remedy="If there are chats or letters in it, import its data folder: archive import BAG/data",
            )
        shutil.copyfile(file, store.database(home))
        foreign.check(store.database(home))
        with store.open_archive(home) as archive:
            foreign.check_schema(archive.connection)
            said = _said(bag)
            if said and digest(archive.connection) != said:
                raise StoreError(
                    f"The bag {bag} does not hold what it says it does.",
                    why="the archive in it has another digest",
                    remedy=f"{_AGAIN.capitalize()}.",
                )
        yield home


def _said(bag: Path) -> str:
    lines = (bag / "bag-info.txt").read_text(encoding="utf-8").splitlines() if (bag / "bag-info.txt").is_file() else []
    return next((line.partition(": ")[2].strip() for line in lines if line.startswith("Archive-Digest: ")), "")


def _empty(folder: Path) -> bool:
    """Whether there is no archive yet, or one that nothing was ever imported into."""
    if not store.exists(folder):
        return True
    with store.open_archive(folder) as archive:
        return not contents.imports(archive.connection)


def _become(bag: Path, home: Path, folder: Path) -> Brought:
    """The bag is the archive: its files first, the database when they are safe."""
    store.create(folder)
    with store.locked(folder):
        _bring_files(bag, home, Blobs(folder / "blobs"))
        store.database(home).replace(store.database(folder))
        reseal(store.database(folder))
    with store.writing(folder) as archive:
        whole = digest(archive.connection)
        imports = contents.imports(archive.connection, done_only=True)
        with archive.transaction() as sql:
            note(sql, "ingestion", {"bag": bag.name, "digest": whole, NOTED: None})  # that key stayed at home
    return Brought(whole, fresh=True, imports=imports)


def _bring_files(bag: Path, home: Path, blobs: Blobs) -> None:
    with store.open_archive(home) as archive:
        wanted = list(contents.kept_files(archive.connection))
    source = Blobs(bag / "data" / "blobs")
    for sha256 in wanted:
        if not source.path(sha256).is_file():
            raise StoreError(
                f"The bag {bag} lacks a file of its archive.",
                why=f"data/blobs/{sha256[:2]}/{sha256[2:]}",
                remedy=f"{_AGAIN.capitalize()}.",
            )
        with source.open(sha256) as stream:
            blobs.put_soon(stream)
    blobs.settle()


def _join(bag: Path, home: Path, folder: Path) -> Brought:
    """What the bag's imports read is read by this archive, too; what is known already is no news."""
    with ExitStack() as stack:
        old = stack.enter_context(store.open_archive(home))
        new = stack.enter_context(store.writing(folder))
        again = replay(old, plan.plan(old.connection), new, Blobs(bag / "data" / "blobs"), keep_numbers=False)
        with new.transaction() as sql:
            plan.bring_tags(old.connection, sql)
            note(sql, "ingestion", {"bag": bag.name, "imports": again.imports, "lost": again.lost})
        return Brought(digest(new.connection), fresh=False, imports=again.imports, lost=tuple(again.lost))
