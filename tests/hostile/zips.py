"""Zips written byte by byte, so that every field can lie. Format: PKWARE's APPNOTE.TXT 6.3.10."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

REGULAR, LINK, PIPE, FOLDER = 0o100644, 0o120777, 0o010644, 0o040755


@dataclass(frozen=True)
class Part:
    """A member to write. *says_…* are what the directory claims instead of the truth."""

    name: str | bytes
    content: bytes = b"hello"
    deflate: bool = True
    method: int | None = None
    flags: int = 0
    mode: int = REGULAR
    extra: bytes = b""
    says_size: int | None = None
    says_packed: int | None = None
    says_crc: int | None = None
    wide: bool = False
    raw: bytes = field(default=b"", repr=False)

    @property
    def stored_name(self) -> bytes:
        return self.name if isinstance(self.name, bytes) else self.name.encode()

    @property
    def data(self) -> bytes:
        return self.raw or (deflated(self.content) if self.deflate else self.content)


def deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


def local(part: Part) -> bytes:
    """A local header and the data behind it."""
    method = part.method if part.method is not None else 8 * part.deflate
    crc = zlib.crc32(part.content)
    sizes = (crc, len(part.data), len(part.content), len(part.stored_name), 0)
    header = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, part.flags, method, 0, 33, *sizes)
    return header + part.stored_name + part.data


def central(part: Part, offset: int) -> bytes:
    """The directory's entry for a member whose local header is at *offset*."""
    method = part.method if part.method is not None else 8 * part.deflate
    crc = zlib.crc32(part.content) if part.says_crc is None else part.says_crc
    packed = len(part.data) if part.says_packed is None else part.says_packed
    size = len(part.content) if part.says_size is None else part.says_size
    extra = part.extra
    if part.wide:
        extra += struct.pack("<2H3Q", 1, 24, size, packed, offset)
        size = packed = offset = 0xFFFFFFFF
    lengths = (len(part.stored_name), len(extra), 0)
    head = struct.pack("<4s6H3I", b"PK\x01\x02", 0x0314, 20, part.flags, method, 0, 33, crc, packed, size)
    return head + struct.pack("<5H2I", *lengths, 0, 0, part.mode << 16, offset) + part.stored_name + extra


def end(count: int, length: int, offset: int, *, disk: int = 0, comment: bytes = b"") -> bytes:
    fields = (disk, disk, count & 0xFFFF, count & 0xFFFF, length, offset, len(comment))
    return struct.pack("<4s4H2IH", b"PK\x05\x06", *fields) + comment


def wide_end(count: int, length: int, offset: int, *, prefix: int = 0) -> bytes:
    """The zip64 end record, its locator, and an end record that knows nothing."""
    record = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, length, offset)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, offset + length - prefix, 1)
    return record + locator + end(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)


def pack(parts: Sequence[Part], *, says_count: int | None = None, wide: bool = False, disk: int = 0) -> bytes:
    """A whole zip."""
    body = directory = b""
    for part in parts:
        directory += central(part, len(body))
        body += local(part)
    count = len(parts) if says_count is None else says_count
    tail = wide_end if wide else end
    closing = tail(count, len(directory), len(body)) if not disk else end(count, len(directory), len(body), disk=disk)
    return body + directory + closing


def texts(*names: str) -> bytes:
    """An honest zip with a line in every file."""
    return pack([Part(name, f"this is {name}\n".encode()) for name in names])


def quoted_overlap(count: int, size: int) -> bytes:
    """A bomb as David Fifield described it: the data of each member quote the next local header as a stored
    block and run on into it, so that all of them unpack the same kernel of *size* zeros."""
    body = deflated(bytes(size))
    unpacked = size
    found: list[tuple[bytes, int, int, int]] = []  # name, packed, unpacked, distance from the end of the data
    for number in reversed(range(count)):
        name = f"{number}.txt".encode()
        header = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 33, 0, len(body), unpacked, len(name), 0)
        packed, body = len(body), header + name + body
        found.append((name, packed, unpacked, len(body)))
        if number:
            length = len(header + name)
            body = struct.pack("<B2H", 0, length, length ^ 0xFFFF) + body
            unpacked += length
    directory = b"".join(
        central(Part(name, b"", says_packed=packed, says_size=size), len(body) - distance)
        for name, packed, size, distance in reversed(found)
    )
    return body + directory + end(count, len(directory), len(body))
