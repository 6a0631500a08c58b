"""The directory of a zip, read without trust. Format facts: PKWARE's APPNOTE.TXT 6.3.10, by section.

The standard library's zipfile is not used here: it takes in a whole directory before a limit can be checked,
cuts names at NUL, hides the stored bytes of a name and, before 3.11.8, does not see members that overlap.
"""

import os
import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from archiver.dump.limits import Limits
from archiver.dump.names import UNICODE_PATH, decode_name
from archiver.errors import DumpError

STORED, DEFLATED = 0, 8  # 4.4.5
LOCAL_MAGIC = b"PK\x03\x04"
LOCAL = struct.Struct("<4s5H3I2H")  # 4.3.7, up to the lengths of name and extra field

_EMPTY_MAGIC = b"PK\x05\x06"  # a zip of nothing is its end record alone
_CENTRAL = struct.Struct("<4s6H3I5H2I")  # 4.3.12
_CENTRAL_MAGIC = b"PK\x01\x02"
_END = struct.Struct("<4s4H2IH")  # 4.3.16
_END_MAGIC = b"PK\x05\x06"
_LOCATOR = struct.Struct("<4sIQI")  # 4.3.15
_LOCATOR_MAGIC = b"PK\x06\x07"
_END64 = struct.Struct("<4sQ2H2I4Q")  # 4.3.14
_END64_MAGIC = b"PK\x06\x06"
_ZIP64 = 0x0001  # 4.5.3
_LONGEST_TAIL = _END.size + 0xFFFF + _LOCATOR.size + _END64.size
_ENCRYPTED = 0x0001  # 4.4.4


@dataclass(frozen=True, slots=True)
class Member:
    """A file as the directory of its zip declares it; nothing here is proven before it is read.

    *offset* is where its local header stands, *end* where the next thing in the zip begins. *packed* and
    *size* are bytes before and after unpacking, *mode* the Unix file mode or 0.
    """

    name: str
    size: int
    packed: int
    crc: int
    method: int
    flags: int
    mode: int
    offset: int
    end: int = 0

    @property
    def is_folder(self) -> bool:
        return self.name.endswith(("/", "\\")) and self.size == 0

    @property
    def is_encrypted(self) -> bool:
        return bool(self.flags & _ENCRYPTED)

    @property
    def is_link(self) -> bool:
        return stat.S_ISLNK(self.mode)

    @property
    def is_special(self) -> bool:
        return stat.S_IFMT(self.mode) not in {0, stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK}


@dataclass(frozen=True, slots=True)
class _Directory:
    """The central directory: where it stands, its length in bytes, what to add to its offsets (more than 0 where
    something stands before the zip), and how many members it announces."""

    start: int
    length: int
    shift: int
    count: int


def is_zip(file: BinaryIO) -> bool:
    """Whether the content is a zip: it begins as one, or ends as one (a self-extracting zip)."""
    file.seek(0)
    if file.read(4) in {LOCAL_MAGIC, _EMPTY_MAGIC}:
        return True
    try:
        directory = _directory(file, "")
    except DumpError:
        return False
    file.seek(directory.start)
    return directory.count > 0 and file.read(4) == _CENTRAL_MAGIC


def read_directory(file: BinaryIO, path: str, limits: Limits) -> list[Member]:
    """The members in the directory's order. LimitError past *limits.members*; DumpError if it makes no sense.

    No two members share a byte, which also keeps the sum of packed sizes within the file.
    """
    directory = _directory(file, path)
    members: list[Member] = []
    for member in _members(file, path, directory, limits.path_length):
        if len(members) == limits.members:
            needed = max(directory.count, len(members) + 1)
            raise limits.past("members", needed, f"“{path}” brings too many files.")
        members.append(member)
    if len(members) & 0xFFFF != directory.count & 0xFFFF:  # some writers count in 16 bits only
        raise damaged(path, "Its directory lists another number of files than it announces.")
    return _apart(members, path, directory.start)


def damaged(path: str, why: str) -> DumpError:
    return DumpError(
        f"The zip “{path}” is damaged.",
        why=why,
        remedy="Copy or download it again, or make the export again on the phone or site it comes from.",
    )


def _directory(file: BinaryIO, path: str) -> _Directory:
    size = file.seek(0, os.SEEK_END)
    tail_start = file.seek(max(0, size - _LONGEST_TAIL))
    tail = file.read(_LONGEST_TAIL)
    at = tail.rfind(_END_MAGIC)
    if at < 0 or len(tail) - at < _END.size:
        raise _endless(file, path)
    _, disk, first_disk, _, count, length, offset, _ = _END.unpack_from(tail, at)
    end = tail_start + at
    if (wide := _end64(tail, at, tail_start)) is not None:
        end, count, length, offset = wide
    elif disk or first_disk:
        raise DumpError(
            f"“{path}” is one part of a zip that was split into several.",
            remedy="Put the parts together with a zip program, or export again without splitting.",
        )
    start = end - length
    if start < 0 or start < offset:
        raise damaged(path, "Its directory is not where its end says.")
    return _Directory(start, length, start - offset, count)


def _end64(tail: bytes, at: int, tail_start: int) -> tuple[int, int, int, int] | None:
    """Place of the zip64 end record, and count, length, offset of the directory; None for an ordinary zip."""
    locator = at - _LOCATOR.size
    if locator < 0 or not tail.startswith(_LOCATOR_MAGIC, locator):
        return None
    _, _, told, _ = _LOCATOR.unpack_from(tail, locator)
    for place in (
        told - tail_start,
        locator - _END64.size,
    ):  # the second where something stands before the zip
        if 0 <= place <= locator - _END64.size and tail.startswith(_END64_MAGIC, place):
            *_, count, length, offset = _END64.unpack_from(tail, place)
            return tail_start + place, count, length, offset
    return None


def _endless(file: BinaryIO, path: str) -> DumpError:
    file.seek(0)
    if not file.read(2).startswith(LOCAL_MAGIC[:2]):
        return DumpError(
            f"“{path}” is called a zip, but it is none.",
            why="A page saved instead of a download often looks like that.",
            remedy="Download it again; if it is a text, give it a name that ends in .txt.",
        )
    return DumpError(
        f"The zip “{path}” is cut off: it ends before its directory.",
        why="A zip lists its files at its very end; often a download or a copy stopped before that.",
        remedy="Copy or download it again, or make the export again.",
    )


def _members(file: BinaryIO, path: str, directory: _Directory, longest: int) -> Iterator[Member]:
    """The entries of the directory, one at a time; a name is cut just past *longest* characters."""
    file.seek(directory.start)
    left = directory.length
    while left >= _CENTRAL.size:
        header = file.read(_CENTRAL.size).ljust(_CENTRAL.size, b"\0")
        magic, _, _, flags, method, _, _, crc, packed, size, n, e, c, _, _, attributes, offset = _CENTRAL.unpack(header)
        if magic != _CENTRAL_MAGIC:
            raise damaged(path, "Its directory makes no sense.")
        left -= _CENTRAL.size + n + e + c
        if left < 0:
            raise damaged(path, "Its directory ends in the middle of a name.")
        raw = file.read(n)
        extra = _extra_fields(file.read(e))
        file.seek(c, os.SEEK_CUR)
        size, packed, offset = _wide(size, packed, offset, extra.get(_ZIP64, b""))
        name = decode_name(raw, extra.get(UNICODE_PATH, b""))[: longest + 1]
        yield Member(name, size, packed, crc, method, flags, attributes >> 16, offset + directory.shift)


def _extra_fields(extra: bytes) -> dict[int, bytes]:
    """The extra field of a directory entry (4.5.1): body by header id, the first of each."""
    fields: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        fields.setdefault(kind, extra[at + 4 : at + 4 + length])
        at += 4 + length
    return fields


def _wide(size: int, packed: int, offset: int, field: bytes) -> tuple[int, int, int]:
    """Sizes and offset with those values of the zip64 field put in that do not fit into 32 bits (4.5.3)."""
    wide = iter(struct.unpack_from(f"<{len(field) // 8}Q", field))
    values = [next(wide, value) if value == 0xFFFFFFFF else value for value in (size, packed, offset)]
    return values[0], values[1], values[2]


def _apart(members: list[Member], path: str, directory: int) -> list[Member]:
    """The members with their *end*; DumpError if two share bytes, which is how small zip bombs are made."""
    ends: dict[int, int] = {}
    end = directory
    for offset, packed in sorted(((member.offset, member.packed) for member in members), reverse=True):
        if offset + LOCAL.size + packed > end:
            raise damaged(path, "Files in it overlap each other, which honest zips never do.")
        ends[offset] = end
        end = offset
    return [replace(member, end=ends[member.offset]) for member in members]
