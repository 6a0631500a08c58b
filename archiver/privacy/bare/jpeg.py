"""JPEG (ITU-T T.81): kept are the picture, its colours (ICC, Adobe) and which way up it is; the rest goes."""

import re
import struct

from archiver.privacy.bare.parts import Bare, DamagedError, Steps, big, part

_SOI, _EOI, _SOS, _DHT = 0xD8, 0xD9, 0xDA, 0xC4
_FRAMES = frozenset(range(0xC0, 0xD0)) - {_DHT, 0xC8, 0xCC}
_TABLES = frozenset({_DHT, 0xCC, 0xDB, 0xDC, 0xDD}) | _FRAMES | {_SOS}
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # inside the picture's own data: neither stuffing nor restart
_MOST, _FILLED = 10_000, 64  # segments, and bytes before one
_TURNED = range(5, 9)  # orientations with width and height swapped


def bare(content: bytes) -> Bare:
    kept = [b"\xff\xd8"]
    at, width, height, turned = 2, 0, 0, 1
    place = 1  # where the orientation goes: after JFIF's own segment, if there is one
    steps = Steps(_MOST)
    while True:
        steps.take()
        marker, at = _marker(content, at)
        if marker == _EOI:
            break
        size = big(content, at, 2)
        body = part(content, at + 2, size - 2)
        segment = bytes((0xFF, marker)) + content[at : at + size]
        at += size
        if marker in _FRAMES:
            height, width = big(body, 1, 2), big(body, 3, 2)
        if marker == 0xE0 and body.startswith(b"JFIF\0") and len(kept) == 1:
            kept.append(b"\xff\xe0\x00\x10" + part(body, 0, 12) + b"\0\0")  # without its thumbnail
            place = 2
        elif marker == 0xE1 and body.startswith(b"Exif\0\0"):
            turned = _orientation(body[6:])
        elif marker == 0xEE and body.startswith(b"Adobe"):
            kept.append(b"\xff\xee\x00\x0e" + part(body, 0, 12))
        elif marker in _TABLES or (marker == 0xE2 and body.startswith(b"ICC_PROFILE\0")):
            kept.append(segment)
        elif not 0xE0 <= marker <= 0xFE:
            raise DamagedError
        if marker == _SOS:
            start, at = at, _end_of_scan(content, at)
            kept.append(content[start:at])
    if not width or not height:
        raise DamagedError
    if turned != 1:
        kept.insert(place, _exif(turned))
    if turned in _TURNED:
        width, height = height, width
    return Bare(b"".join([*kept, b"\xff\xd9"]), width, height)


def _marker(content: bytes, at: int) -> tuple[int, int]:
    """The marker at a place, and where its segment begins; some more 0xFF may stand before it."""
    if big(content, at, 1) != 0xFF:
        raise DamagedError
    filled = at
    while big(content, at, 1) == 0xFF:
        at += 1
        if at - filled > _FILLED:
            raise DamagedError
    return content[at], at + 1


def _end_of_scan(content: bytes, at: int) -> int:
    found = _MARKER.search(content, at)
    if found is None:
        raise DamagedError
    return found.start()


def _orientation(tiff: bytes) -> int:
    """Tag 0x0112 of the first directory: 1 to 8; 1 where it says nothing sensible."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 10:
        return 1
    (start,) = struct.unpack_from(f"{order}I", tiff, 4)
    if start + 2 > len(tiff):
        return 1
    (count,) = struct.unpack_from(f"{order}H", tiff, start)
    for number in range(min(count, 200)):
        entry = start + 2 + 12 * number
        if entry + 12 > len(tiff):
            return 1
        tag, kind, many, value = struct.unpack_from(f"{order}HHIH", tiff, entry)
        if (tag, kind, many) == (0x0112, 3, 1):
            return value if 1 <= value <= 8 else 1
    return 1


def _exif(turned: int) -> bytes:
    """A segment that says which way up the picture is, and nothing else."""
    tiff = b"MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHIHH", 0x0112, 3, 1, turned, 0) + b"\0\0\0\0"
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
