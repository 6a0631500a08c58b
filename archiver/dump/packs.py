"""One file packed by itself: gzip (RFC 1952), bzip2, xz. Unpacked while it flows, stream after stream."""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from archiver.dump.limits import MIB, RATIO_FROM, Limits, counted
from archiver.errors import DumpError, LimitError

HEAD = 10  # bytes that tell
_BLOCK = 256 * 1024
_XZ_MEMORY = 256 * MIB  # xz -9 needs 65; the file says how much, and honest ones say no more than that
_TAR_MAGIC = slice(257, 262)  # POSIX ustar; before it there is a name


class _Decoder(Protocol):
    """As bz2 and lzma have it."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Gunzip:
    """zlib in the manner of bz2 and lzma."""

    def __init__(self) -> None:
        self._inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)

    @property
    def eof(self) -> bool:
        return self._inflater.eof

    @property
    def needs_input(self) -> bool:
        return not self._inflater.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inflater.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        return self._inflater.decompress(self._inflater.unconsumed_tail + data, max_length)


@dataclass(frozen=True, slots=True)
class Packing:
    """A way to pack one file. *endings* of names, and what they become when the file is unpacked."""

    name: str
    magic: bytes
    endings: tuple[tuple[str, str], ...]
    decoder: Callable[[], _Decoder]

    def inner_name(self, name: str) -> str:
        """What the file inside is called: the name without its ending."""
        for ending, instead in self.endings:
            if name.lower().endswith(ending) and len(name) > len(ending):
                return name[: -len(ending)] + instead
        return name


_GZIP = Packing("gzip", b"\x1f\x8b\x08", ((".gz", ""), (".tgz", ".tar")), _Gunzip)
_BZIP2 = Packing("bzip2", b"BZh", ((".bz2", ""), (".tbz2", ".tar"), (".tbz", ".tar")), bz2.BZ2Decompressor)
_XZ = Packing(
    "xz", b"\xfd7zXZ\x00", ((".xz", ""), (".txz", ".tar")), lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, _XZ_MEMORY)
)
_BZIP2_BLOCKS = (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90")  # a block begins so; the second ends a file of none


def packing(head: bytes) -> Packing | None:
    """How the file that begins with *head* is packed, by its content and never by its name."""
    for how in (_GZIP, _XZ):
        if head.startswith(how.magic):
            return how
    is_bzip2 = head.startswith(_BZIP2.magic) and head[3:4] in b"123456789" and head[4:10] in _BZIP2_BLOCKS
    return _BZIP2 if is_bzip2 else None


class Unpacking:
    """The flow of one file out of its packing, counted and checked while it flows.

    *error* says, when the flow has ended, why it ended before its time; what came until then is good. LimitError
    past a limit, DumpError when it is an archive of many files, which is none of this module's.
    """

    def __init__(self, how: Packing, path: str, size: int, limits: Limits, room: int) -> None:
        self.error: DumpError | None = None
        self.count = 0
        self._how = how
        self._path = path
        self._packed = size
        self._limits = limits
        self._room = room

    def blocks(self, packed: Iterable[bytes]) -> Iterator[bytes]:
        """What is in the *packed* blocks, never more than a block at a time, however much they would swell to."""
        try:
            for block in counted(_unpacked(self._how, packed, self._path), self._path, self._limits, self._room):
                if not self.count and block[_TAR_MAGIC] == b"ustar":
                    raise many_files(self._path)
                self.count += len(block)
                if self.count > max(RATIO_FROM, self._limits.ratio * self._packed):
                    raise self._swelling()
                yield block
        except _TornError as error:
            self.error = error

    def _swelling(self) -> LimitError:
        ratio = self._limits.ratio
        what = f"“{self._path}” swells to more than {ratio:,} times its packed size."
        return self._limits.past("ratio", 10 * ratio, what)


class _TornError(DumpError):
    """The packed bytes cannot be read further."""


def many_files(path: str) -> DumpError:
    return DumpError(
        f"“{path}” is an archive of many files (tar), which is not opened.",
        remedy="Unpack it and give the folder.",
    )


def _unpacked(how: Packing, packed: Iterable[bytes], path: str) -> Iterator[bytes]:
    """All streams one after the other; what stands behind the last and is none is left out, as gzip and xz do."""
    decoder, begun, complete = how.decoder(), False, False
    try:
        for piece in packed:
            rest = piece
            while rest := rest if begun else rest.lstrip(b"\0"):  # between streams there may be zeros
                if complete and not begun and rest[: len(how.magic)] != how.magic[: len(rest)]:
                    return
                begun = True
                yield from _drained(decoder, rest)
                rest = b""
                if decoder.eof:
                    rest, decoder, begun, complete = decoder.unused_data, how.decoder(), False, True
    except DumpError as error:
        raise _TornError(error.what, why=error.why, remedy=error.remedy) from error
    except (zlib.error, lzma.LZMAError, OSError) as error:
        raise _torn(path, "Its compressed data make no sense.") from error
    if begun:
        raise _torn(path, "It ends in the middle: often a download or a copy stopped before its end.")


def _drained(decoder: _Decoder, data: bytes) -> Iterator[bytes]:
    """All that *data* give, a block at a time."""
    if block := decoder.decompress(data, _BLOCK):
        yield block
    while not decoder.eof and (block or not decoder.needs_input):
        if block := decoder.decompress(b"", _BLOCK):
            yield block


def _torn(path: str, why: str) -> _TornError:
    return _TornError(f"“{path}” is damaged.", why=why, remedy="Copy or download it again, or make the export again.")
