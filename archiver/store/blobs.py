"""Content-addressed files: ``blobs/ab/cdef…`` by SHA-256, each safe on disk before anything speaks of it."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
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

    def __init__(self, folder: Path, *, keep: bool = True, lasting: bool = False) -> None:
        """With *keep* false nothing is written: ``put`` only tells digest and size (a dry run). *lasting*: nothing is
        removed, for the database at hand is not the only one that speaks of what is here (a repair)."""
        self.folder = folder
        self.keep = keep
        self.lasting = lasting
        self._made = False  # whether the folder is known to be there
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
        self._make_folder()
        start = stream.read(CHUNK)
        following = stream.read(CHUNK) if len(start) == CHUNK else b""
        return self._put_long(stream, [start, following]) if following else self.put_whole_soon(start)

    def put_whole_soon(self, content: bytes) -> Kept:
        """The same for content that is in memory: what is here already is not written again."""
        kept = Kept(hashlib.sha256(content).hexdigest(), len(content))
        if self.keep and kept.sha256 not in self._waiting and not self._has(kept):
            self._make_folder()
            written = self._incoming(kept.sha256)
            with _removed_if_torn(written), os.fdopen(_created(written), "wb") as out:
                out.write(content)
            self._waiting[kept.sha256] = written
        return kept

    def _put_long(self, stream: BinaryIO, begun: list[bytes]) -> Kept:
        """Block by block: what has *begun* was read from the stream already."""
        digest, size = hashlib.sha256(), 0
        written = self._incoming("long")
        with _removed_if_torn(written), os.fdopen(_created(written), "wb") as out:
            while chunk := begun.pop(0) if begun else stream.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                out.write(chunk)
        kept = Kept(digest.hexdigest(), size)
        if kept.sha256 in self._waiting or self._has(kept):
            written.unlink()
        else:
            self._waiting[kept.sha256] = written.replace(self._incoming(kept.sha256))
        return kept

    def _incoming(self, name: str) -> Path:
        """Where content is written to before it has its own name; one writer at a time has the archive's lock."""
        return self.folder / f"incoming-{name}"

    def _make_folder(self) -> None:
        if not self._made:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._made = True

    def _has(self, kept: Kept) -> bool:
        try:
            return self.path(kept.sha256).stat().st_size == kept.size
        except FileNotFoundError:
            return False

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
            if target.parent not in folders:
                folders.add(target.parent)
                fresh |= _make(target.parent)
            written.replace(target)
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
        if not self.keep or self.lasting:
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


def _make(folder: Path) -> bool:
    """Whether the folder had to be made."""
    try:
        folder.mkdir()
    except FileExistsError:
        return False
    return True


def _created(file: Path) -> int:
    """The file, empty, opened to be written; for nobody else to read."""
    return os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)


@contextmanager
def _removed_if_torn(file: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        file.unlink()
        raise


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
