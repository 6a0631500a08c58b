"""The folder that is published into: which may be, what of it is as it was, and how fresh pages take its place.

A publish that is killed leaves the old pages.
"""

import ctypes
import errno
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from archiver.contracts import Page
from archiver.errors import UsageError
from archiver.placing import manifest
from archiver.placing.manifest import Entry

_LISTED = 20  # files named in a refusal


def safe_target(target: Path, archive: Path | None) -> Path:
    """The folder to publish into, resolved; UsageError when it must not be replaced as a whole."""
    folder = target.expanduser().resolve()
    here, home = Path.cwd().resolve(), Path.home().resolve()
    why = ""
    if folder.exists() and not folder.is_dir():
        why = "There is a file of that name."
    elif folder in {home, *home.parents}:
        why = "It is your home folder, or holds it."
    elif folder in {here, *here.parents}:
        why = "It is the folder you are in, or holds it."
    elif archive is not None and _touches(folder, archive.resolve()):
        why = "It is the archive's own folder, or holds it, or lies in it."
    elif folder.exists() and any(folder.iterdir()) and not manifest.ours(folder):
        why = "It holds files that archive publish did not write."
    if why:
        raise UsageError(
            f"{target} cannot be published into.",
            why=why,
            remedy="Name a folder that is not there yet, or one published into before.",
        )
    return folder


def _touches(folder: Path, archive: Path) -> bool:
    return folder == archive or folder in archive.parents or archive in folder.parents


def siblings(target: Path) -> tuple[Path, Path]:
    """Where the fresh pages and the old ones go for a while; cleared of what a killed publish left there."""
    fresh, old = (target.with_name(f".{target.name}.{state}") for state in ("new", "old"))
    if manifest.ours(old) and not target.exists():
        old.rename(target)  # killed between the two renames of a swap
    for leftover in (fresh, old):
        if leftover.exists() and any(leftover.iterdir()) and not manifest.ours(leftover):
            raise UsageError(
                f"{leftover} is in the way.",
                why="Pages are written beside the folder first, and a folder of that name is there already.",
                remedy="Move it away, then publish again.",
            )
        shutil.rmtree(leftover, ignore_errors=True)
    return fresh, old


def unchanged_by_hand(target: Path, *, yes: bool) -> tuple[dict[str, str], bool]:
    """The published files that are as we wrote them, with their digests, and whether there are others, too.

    UsageError for any others, unless *yes*, and even then for hidden ones: a repository's.
    """
    listed = manifest.read(target).digests
    found = {entry.path: entry for entry in manifest.entries(target)} if target.is_dir() else {}
    kept = {path: digest for path, digest in listed.items() if path in found and _is(found[path], digest)}
    foreign = sorted(found.keys() - kept.keys() - {manifest.NAME})
    hidden = [path for path in foreign if path.startswith(".")]
    if hidden or (foreign and not yes):
        raise UsageError(
            f"{target} holds files that archive publish did not write, or that were changed since.",
            why=f"They would be lost: {', '.join((hidden or foreign)[:_LISTED])}.",
            remedy="Move them away, or publish into another folder"
            + ("." if hidden else "; with --yes they are replaced."),
        )
    return kept, bool(foreign)


def _is(entry: Entry, digest: str) -> bool:
    return manifest.digest_of(Path(entry.file)) == digest


@dataclass(slots=True)
class Written:
    """What a run wrote: digests by path, and how much of it was there already."""

    digests: dict[str, str]
    unchanged: int = 0
    bytes: int = 0


class Old(Iterator[bytes]):
    """The content of a file of the snapshot before, known by its digest; read only by whoever cannot link it."""

    def __init__(self, file: Path, digest: str) -> None:
        self.file = file
        self.digest = digest
        self._pieces: Iterator[bytes] | None = None

    def __next__(self) -> bytes:
        if self._pieces is None:
            self._pieces = iter([self.file.read_bytes()])
        return next(self._pieces)


class Before:
    """The files of *target* that are as they were written, as exporters see them (a contracts.Earlier)."""

    def __init__(self, target: Path, kept: Mapping[str, str]) -> None:
        self._target = target
        self._kept = kept

    def under(self, folder: str) -> list[str]:
        return sorted(path for path in self._kept if path.startswith(folder))

    def page(self, path: str) -> Page | None:
        digest = self._kept.get(path)
        return None if digest is None else Page(path, Old(_at(self._target, path), digest))


def fill(pages: Iterator[Page], fresh: Path, target: Path, kept: Mapping[str, str]) -> Written:
    """Writes every page; one that is as it was keeps its old file, with its time."""
    written = Written({})
    folders = {fresh}
    for page in pages:
        file = _at(fresh, page.path)
        if page.path in written.digests:
            raise FileExistsError(errno.EEXIST, f"two pages are called {page.path}")
        if file.parent not in folders:
            file.parent.mkdir(parents=True, exist_ok=True)
            folders.add(file.parent)
        if isinstance(page.content, Old):
            digest, size = page.content.digest, page.content.file.stat().st_size
        else:
            digest, size = _write(page, file, kept.get(page.path, ""))
        written.digests[page.path] = digest
        written.bytes += size
        if kept.get(page.path) == digest:
            _link(_at(target, page.path), file)
            written.unchanged += 1
    return written


def _at(folder: Path, path: str) -> Path:
    return folder.joinpath(*PurePosixPath(path).parts)


def _write(page: Page, file: Path, known: str) -> tuple[str, int]:
    """(digest, bytes) of a page, in its file; without a file when it is whole and has the digest *known*."""
    digest = hashlib.sha256()
    if isinstance(page.content, bytes):
        digest.update(page.content)
        if digest.hexdigest() != known:
            with file.open("xb") as out:
                out.write(page.content)
        return digest.hexdigest(), len(page.content)
    with file.open("xb") as out:
        for piece in page.content:
            digest.update(piece)
            out.write(piece)
        size = out.tell()
    if digest.hexdigest() == known:
        file.unlink()
    return digest.hexdigest(), size


def _link(old: Path, new: Path) -> None:
    try:
        new.hardlink_to(old)
    except OSError:  # a file system without hard links
        shutil.copy2(old, new)


def swap(fresh: Path, target: Path, old: Path) -> None:
    """Puts the fresh folder in the place of the target, in one step where the system can."""
    if not target.exists():
        fresh.rename(target)
    elif _exchanged(fresh, target):
        shutil.rmtree(fresh, ignore_errors=True)
    else:
        target.rename(old)
        try:
            fresh.rename(target)
        except BaseException:
            old.rename(target)
            raise
        shutil.rmtree(old, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Swaps two names in one step with Linux's renameat2(2); False where there is no such thing."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None) if os.name == "posix" else None
    if rename is None:
        return False
    at_working_folder, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    done: int = rename(at_working_folder, os.fsencode(one), at_working_folder, os.fsencode(other), exchange)
    return done == 0
