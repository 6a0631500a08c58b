"""A zip or packed file written anew without some of its content; everything else in it stays."""

import bz2
import gzip
import hashlib
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, BinaryIO, Protocol, cast

from archiver.dump.limits import Limits
from archiver.dump.packs import HEAD, Packing, Unpacking, packing
from archiver.dump.streams import Packed
from archiver.dump.zips import DEFLATED, STORED, is_zip, read_directory
from archiver.errors import DumpError

_ANY = Limits(
    members=1 << 30, member_bytes=1 << 62, total_bytes=1 << 62, ratio=1 << 30, path_length=1 << 30
)  # what was let in is let in again
_BLOCK = 1 << 20
_AGES_AGO = (1980, 1, 1, 0, 0, 0)

Instead = Callable[[str], BinaryIO | None]
"""For the SHA-256 of a member: what to write in its place, opened; None: the member as it is."""


class _Writes(Protocol):
    def write(self, data: bytes, /) -> int: ...


def repack(
    file: Path, out: IO[bytes], instead: Instead, name: Callable[[str], str], left_out: list[str] | None = None
) -> bool:
    """Write the container *file* to *out*, its members as *instead* has them, called what *name* makes of their names.

    Returns whether anything is otherwise than before. *left_out* is told the names of members that nobody can look
    into (under a password, or packed in an unknown way), for these do not come along. DumpError where *file* is no
    container or cannot be read.
    """
    with file.open("rb") as opened:
        head = opened.read(HEAD)
        if is_zip(opened):
            return _zip(file, opened, out, instead, name, [] if left_out is None else left_out)
    how = packing(head)
    if how is None:
        raise DumpError("This is neither a zip nor a packed file.")
    return _packed(file, how, out, instead)


def _zip(
    file: Path, opened: BinaryIO, out: IO[bytes], instead: Instead, name: Callable[[str], str], left_out: list[str]
) -> bool:
    changed = False
    with zipfile.ZipFile(out, "w", allowZip64=True) as target:
        for member in read_directory(opened, file.name, _ANY):
            called = name(member.name)
            if member.is_encrypted or member.method not in {STORED, DEFLATED}:
                left_out.append(called)
                changed = True
                continue
            changed |= called != member.name
            changed |= _member(Packed(file, member), target, called, instead)
    return changed


def _member(source: Packed, target: zipfile.ZipFile, called: str, instead: Instead) -> bool:
    member = source.member
    fresh = None if member.is_folder else instead(_sha256(source))
    entry = zipfile.ZipInfo(called, _AGES_AGO)
    entry.compress_type = zipfile.ZIP_STORED if member.method == STORED else zipfile.ZIP_DEFLATED
    entry.external_attr = member.mode << 16
    with target.open(entry, "w", force_zip64=member.size > 1 << 31) as into:
        if fresh is None:
            _pour(source, into)
            return False
        with fresh:
            while block := fresh.read(_BLOCK):
                into.write(block)
    return True


def _pour(source: Packed, into: _Writes) -> None:
    for block in source.blocks(source.member.name):
        into.write(block)


def _sha256(source: Packed) -> str:
    digest = hashlib.sha256()
    for block in source.blocks(source.member.name):
        digest.update(block)
    return digest.hexdigest()


def _packed(file: Path, how: Packing, out: IO[bytes], instead: Instead) -> bool:
    """Where it is torn, what can be read of it counts, as it did when it was imported."""
    digest = hashlib.sha256()
    with file.open("rb") as packed:
        blocks = iter(lambda: packed.read(_BLOCK), b"")
        for block in Unpacking(how, file.name, file.stat().st_size, _ANY, 1 << 62).blocks(blocks):
            digest.update(block)
    fresh = instead(digest.hexdigest())
    if fresh is None:
        return False
    with fresh, _packer(out, how.name) as into:
        while block := fresh.read(_BLOCK):
            into.write(block)
    return True


def _packer(out: IO[bytes], how: str) -> BinaryIO:
    if how == "gzip":
        return cast("BinaryIO", gzip.GzipFile("", "wb", fileobj=out, mtime=0))
    return cast("BinaryIO", bz2.open(out, "wb") if how == "bzip2" else lzma.open(out, "wb"))
