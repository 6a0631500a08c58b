"""Content-addressed files: ``blobs/ab/cdef…`` by SHA-256, each safe on disk before anything speaks of it."""

import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 20
_AT_ONCE = 16  # files that are made safe at the same time


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a blob: its digest (hex) and its size in bytes."""

    sha256: str
    size: int


def sync_folder(folder: Path) -> None:
    """Make a rename durable. Windows cannot open folders and does not need it."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Blobs:
    """The blob store of one archive. Writing the same content twice keeps it once."""

    def __init__(self, folder: Path, *, keep: bool = True) -> None:
        """With *keep* false nothing is written: ``put`` only tells digest and size (a dry run)."""
        self.folder = folder
        self.keep = keep
        self._waiting: dict[str, Path] = {}  # written, but neither safe on disk nor under their names yet

    def path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256[2:]

    def open(self, sha256: str) -> BinaryIO:
        """The blob's bytes; FileNotFoundError when it is not there."""
        return self.path(sha256).open("rb")

    def put(self, stream: BinaryIO) -> Kept:
        """Keep the stream's content: hashed and written in one pass, then fsync, rename, fsync of the folder."""
        kept = self.put_soon(stream)
        self.settle()
        return kept

    def put_soon(self, stream: BinaryIO) -> Kept:
        """The same, but safe on disk and there to be opened only after ``settle``: many small files cost one wait."""
        if not self.keep:
            return _measure(stream)
        self.folder.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        handle, name = tempfile.mkstemp(prefix="incoming-", dir=self.folder)
        written = Path(name)
        try:
            with os.fdopen(handle, "wb") as out:
                while chunk := stream.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    out.write(chunk)
        except BaseException:
            written.unlink()
            raise
        sha256 = digest.hexdigest()
        if sha256 in self._waiting or self._has(sha256, size):
            written.unlink()
        else:
            self._waiting[sha256] = written
        return Kept(sha256, size)

    def _has(self, sha256: str, size: int) -> bool:
        target = self.path(sha256)
        return target.exists() and target.stat().st_size == size

    def settle(self) -> None:
        """Make all that was put safe: contents first, then their names, then the folders that hold them."""
        waiting, self._waiting = self._waiting, {}
        if not waiting:
            return
        _sync_files(list(waiting.values()))
        fresh = False
        folders = set()
        for sha256, written in waiting.items():
            target = self.path(sha256)
            fresh |= not target.parent.exists()
            target.parent.mkdir(exist_ok=True)
            written.replace(target)
            folders.add(target.parent)
        for folder in sorted(folders):
            sync_folder(folder)
        if fresh:
            sync_folder(self.folder)

    def drop(self, sha256: str) -> None:
        """Take back what was put and has not been settled yet."""
        if written := self._waiting.pop(sha256, None):
            written.unlink()

    def remove(self, sha256: str) -> None:
        """Forget a blob nobody refers to any more; it may be gone already."""
        if not self.keep:
            return
        with suppress(FileNotFoundError):
            self.path(sha256).unlink()
        with suppress(OSError):
            self.path(sha256).parent.rmdir()

    def all(self) -> Iterator[str]:
        """The digests of all blobs on disk, sorted."""
        for folder in sorted(self.folder.glob("[0-9a-f][0-9a-f]")):
            for file in sorted(folder.iterdir()):
                yield folder.name + file.name

    def sweep(self) -> None:
        """Remove what a killed run left half-written. Call only while holding the archive's lock."""
        for file in self.folder.glob("incoming-*"):
            file.unlink()


def _sync_files(files: Sequence[Path]) -> None:
    """Several at a time: the file system then writes its journal once for all that wait."""
    if len(files) == 1:
        _sync_file(files[0])
        return
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - 6 ms that no reader has to pay

    with ThreadPoolExecutor(min(len(files), _AT_ONCE), "archive-sync") as pool:
        for _ in pool.map(_sync_file, files):
            pass


def _sync_file(file: Path) -> None:
    handle = os.open(file, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _measure(stream: BinaryIO) -> Kept:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return Kept(digest.hexdigest(), size)
