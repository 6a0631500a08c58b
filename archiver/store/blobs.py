"""Content-addressed files: ``blobs/ab/cdef…`` by SHA-256, each safe on disk before anything speaks of it."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 20


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

    def path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256[2:]

    def open(self, sha256: str) -> BinaryIO:
        """The blob's bytes; FileNotFoundError when it is not there."""
        return self.path(sha256).open("rb")

    def put(self, stream: BinaryIO) -> Kept:
        """Keep the stream's content: hashed and written in one pass, then fsync, rename, fsync of the folder."""
        return self._write(stream) if self.keep else _measure(stream)

    def _write(self, stream: BinaryIO) -> Kept:
        self.folder.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        handle, name = tempfile.mkstemp(prefix="incoming-", dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as out:
                while chunk := stream.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            self._adopt(Path(name), target := self.path(digest.hexdigest()))
        finally:
            with suppress(FileNotFoundError):
                Path(name).unlink()
        return Kept(target.parent.name + target.name, size)

    def _adopt(self, written: Path, target: Path) -> None:
        if target.exists() and target.stat().st_size == written.stat().st_size:
            return
        fresh = not target.parent.exists()
        target.parent.mkdir(exist_ok=True)
        written.replace(target)
        sync_folder(target.parent)
        if fresh:
            sync_folder(self.folder)

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


def _measure(stream: BinaryIO) -> Kept:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return Kept(digest.hexdigest(), size)
