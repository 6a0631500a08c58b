"""Bytes out of a file or out of a zip, in blocks, counted and checked while they flow."""

import io
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from archiver.dump.zips import LOCAL, LOCAL_MAGIC, STORED, Member
from archiver.errors import DumpError

BLOCK = 256 * 1024
BUFFER = 64 * 1024
_GLIMPSE = 512  # packed bytes that surely give some unpacked ones, the tables of their code included

Blocks = Generator[bytes, None, None]


@dataclass(frozen=True, slots=True)
class Plain:
    """A file on disk, read up to the *size* it had when listed, so that every reading gives the same."""

    file: Path
    size: int

    def glimpse(self, count: int) -> bytes:
        """The first *count* bytes, fewer if there are no more, none if they cannot be read."""
        try:
            with self.file.open("rb", buffering=0) as file:
                return file.read(count)
        except OSError:
            return b""

    def blocks(self, path: str) -> Blocks:
        """The file's bytes; *path* is what to call it. DumpError if it cannot be read or became shorter."""
        with _reading(path), self.file.open("rb", buffering=0) as file:
            left = self.size
            while left:
                block = file.read(min(left, BLOCK))
                if not block:
                    raise DumpError(
                        f"“{path}” became shorter while it was read.",
                        remedy="Wait until nothing writes to it any more, then try again.",
                    )
                left -= len(block)
                yield block


@dataclass(frozen=True, slots=True)
class Packed:
    """A member of the zip *file*."""

    file: Path
    member: Member

    def glimpse(self, count: int) -> bytes:
        """The first *count* bytes, fewer if there are no more, none if they are damaged; hardly more is read."""
        part = replace(self.member, packed=min(self.member.packed, count + _GLIMPSE))
        try:
            with self.file.open("rb") as file:
                return next(_unpacked(file, part, ""), b"")[:count]
        except (DumpError, OSError):
            return b""

    def blocks(self, path: str) -> Blocks:
        """The member's bytes, unpacked. DumpError as soon as they are damaged or more than declared."""
        count = checksum = 0
        with _reading(path), self.file.open("rb") as file:
            for block in _unpacked(file, self.member, path):
                count += len(block)
                checksum = zlib.crc32(block, checksum)
                if count > self.member.size:
                    raise _damaged(path, "It holds more than the zip says it does.")
                yield block
        if count < self.member.size:
            raise _damaged(path, "It holds less than the zip says it does.")
        if checksum != self.member.crc:
            raise _damaged(path, "Its checksum does not fit its content.")


Source = Plain | Packed


@contextmanager
def _reading(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DumpError(
            f"“{path}” could not be read.",
            why=error.strerror or str(error),
            remedy="Check that the file is still there and that you may read it.",
        ) from error


def _damaged(path: str, why: str) -> DumpError:
    return DumpError(f"“{path}” is damaged.", why=why, remedy="Copy or download it again, or make the export again.")


def _unpacked(file: BinaryIO, member: Member, path: str) -> Iterator[bytes]:
    file.seek(member.offset)
    header = file.read(LOCAL.size)
    if len(header) < LOCAL.size or not header.startswith(LOCAL_MAGIC):
        raise _damaged(path, "The zip points to a place where it does not begin.")
    *_, name_length, extra_length = LOCAL.unpack(header)
    start = member.offset + LOCAL.size + name_length + extra_length
    if start + member.packed > member.end:
        raise _damaged(path, "It overlaps with another file of the zip.")
    file.seek(start)
    pieces = _pieces(file, member.packed)
    return pieces if member.method == STORED else _inflated(pieces, path)


def _pieces(file: BinaryIO, left: int) -> Iterator[bytes]:
    while left and (piece := file.read(min(left, BLOCK))):
        left -= len(piece)
        yield piece


def _inflated(pieces: Iterator[bytes], path: str) -> Iterator[bytes]:
    """Raw deflate, never more than a block at a time, however much a piece would swell to."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for piece in pieces:
            while piece and not inflater.eof:
                yield inflater.decompress(piece, BLOCK)
                piece = inflater.unconsumed_tail  # noqa: PLW2901 - what is left of this very piece
        while not inflater.eof and (block := inflater.decompress(b"", BLOCK)):
            yield block
    except zlib.error as error:
        raise _damaged(path, "Its compressed data make no sense.") from error


class Stream(io.RawIOBase):
    """Blocks as a file to read from, forwards only."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        super().__init__()
        self._blocks = blocks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # typeshed's WriteableBuffer is not there at run time
        """Fill *buffer* from what is left of a block; 0 at the end."""
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._rest = memoryview(block)
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def close(self) -> None:
        if isinstance(self._blocks, Generator):
            self._blocks.close()
        super().close()


def as_file(blocks: Iterator[bytes]) -> BinaryIO:
    """A buffered binary file over *blocks*; closing it closes them."""
    return io.BufferedReader(Stream(blocks), BUFFER)
