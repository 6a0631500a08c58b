"""A bag in one file, a zip or a tar, laid out to be read: only files that a bag of ours has, under the names we give
them. What else a file may hold is refused, and so is what would swell beyond the limits.
"""

import mmap
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from archiver.dump.limits import DEFAULT, Limits, counted
from archiver.dump.refusals import swelling, unreadable
from archiver.dump.streams import Packed
from archiver.dump.zips import is_zip, read_directory
from archiver.errors import DumpError, StoreError
from archiver.store.blobs import CHUNK

_NAME = re.compile(
    r"(?:\./)?((?:[^/\0]{1,100}/)?)(bagit\.txt|bag-info\.txt|(?:tag)?manifest-sha256\.txt"
    r"|data/(?:README\.txt|archive\.db|messages\.jsonl|blobs/[0-9a-f]{2}/[0-9a-f]{62}))"
)
_MARK = b"bagit.txt"
_BLOCK = 512  # of a tar (POSIX.1-1988, ustar)
_FILES, _FOLDER, _MORE = {b"0", b"\0", b"7"}, b"5", {b"x", b"g", b"L"}
_AGAIN = "Unpack it and import the folder, or get it again from where it came from."


class _Member(NamedTuple):
    name: str
    blocks: Iterable[bytes]


def is_packed_bag(path: Path) -> bool:
    """Whether a file is a zip or a tar with a bag in it."""
    try:
        with path.open("rb") as file:
            if not path.is_file() or not _mentioned(file):
                return False
            names = (name for name, _, _ in _entries(file, path)) if _is_tar(file) else _zipped(file, path)
            return any(found[2] == "bagit.txt" for found in map(_NAME.fullmatch, names) if found)
    except (OSError, DumpError, StoreError):
        return False


def _mentioned(file: BinaryIO) -> bool:
    """Quickly: whether the word stands in it anywhere, as the names in zips and tars do."""
    if not (_is_tar(file) or is_zip(file)):
        return False
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(_MARK) >= 0


def _zipped(file: BinaryIO, path: Path) -> Iterator[str]:
    return (member.name for member in read_directory(file, path.name, DEFAULT))


@contextmanager
def laid_out(path: Path, beside: Path, limits: Limits = DEFAULT) -> Iterator[Path]:
    """The bag in the file *path* as a folder, for as long as the block lasts, in the folder *beside*.

    StoreError for anything that is no part of a bag of ours, DumpError and LimitError as for any input.
    """
    beside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".bag-", dir=beside) as temporary:
        bag = Path(temporary) / path.name
        room, around = limits.total_bytes, None
        with path.open("rb") as file:
            for member in _members(file, path, limits):
                found = _NAME.fullmatch(member.name)
                if found is None or around not in {None, found[1]}:
                    raise _strange(path, f"“{member.name[:200]}” is no file of a bag that archive writes")
                around = found[1]
                room -= _write(
                    bag.joinpath(*found[2].split("/")), counted(member.blocks, member.name, limits, room), path
                )
        yield bag


def _write(target: Path, blocks: Iterable[bytes], path: Path) -> int:
    target.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    try:
        with target.open("xb") as out:
            for block in blocks:
                size += out.write(block)
    except FileExistsError as error:
        raise _strange(path, f"“{target.name}” is in it twice") from error
    return size


def _strange(path: Path, why: str) -> StoreError:
    return StoreError(f"The bag {path} was not opened.", why=why, remedy=_AGAIN)


def _members(file: BinaryIO, path: Path, limits: Limits) -> Iterator[_Member]:
    if _is_tar(file):
        for name, start, size in _entries(file, path):
            yield _Member(name, _stretch(file, start, size, path))
        return
    for member in read_directory(file, path.name, limits):
        if member.is_folder:
            continue
        if refusal := unreadable(member, member.name) or swelling(member, member.name, limits):
            raise refusal.error
        yield _Member(member.name, Packed(path, member).blocks(member.name))


# -- tar: plain files and folders only ---------------------------------------------------------------------
#
# Not by tarfile, as backups are, for a bag comes from anywhere: in Pythons that many people have, a header leads it
# round for ever (CVE-2025-8194) or costs the square of its length (CVE-2024-6232), and it reads headers of any size.


def _is_tar(file: BinaryIO) -> bool:
    file.seek(0)
    return file.read(_BLOCK)[257:262] == b"ustar"


def _entries(file: BinaryIO, path: Path) -> Iterator[tuple[str, int, int]]:
    """(name, start, size) of the files. What says more of the next one (its time, a longer name) is left out: names of
    bags are short."""
    at = 0
    while True:
        file.seek(at)
        head = file.read(_BLOCK)
        if not head.strip(b"\0"):
            return
        if len(head) < _BLOCK or _number(head[148:156]) != sum(head[:148]) + 8 * 32 + sum(head[156:]):
            raise _strange(path, "the tar is damaged")
        size, kind, start = _number(head[124:136]), head[156:157], at + _BLOCK
        if kind in _FILES:
            name, folder = (_text(head[first:last]) for first, last in ((0, 100), (345, 500)))
            yield (f"{folder}/{name}" if folder else name), start, size
        elif kind != _FOLDER and kind not in _MORE:
            raise _strange(path, f"“{_text(head[:100])}” in it is neither a file nor a folder")
        at = start + -(-size // _BLOCK) * _BLOCK


def _number(field: bytes) -> int:
    """Octal digits, or, where the first bit is set, a number of base 256; -1 for what is neither."""
    if field[0] & 0x80:
        return int.from_bytes(field[1:], "big")
    try:
        return int(field.strip(b" \0") or b"0", 8)
    except ValueError:
        return -1


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("utf-8", "replace")


def _stretch(file: BinaryIO, start: int, size: int, path: Path) -> Iterator[bytes]:
    file.seek(start)
    while size > 0:
        block = file.read(min(size, CHUNK))
        if not block:
            raise _strange(path, "the tar ends in the middle of a file")
        size -= len(block)
        yield block
