"""Video and sound in boxes (ISO/IEC 14496-12: MP4, M4A, MOV, 3GP).

Boxes that nobody needs to play the file are blanked where they stand, for others say by offset where the pictures are.
Times of recording are blanked, too. A file with a track that is neither picture nor sound is not published: phones
record where they are in such tracks, and their samples lie among the pictures.
"""

from collections.abc import Iterator
from typing import NamedTuple

from archiver.privacy.bare.parts import Bare, DamagedError, big, part

_HOLDERS = frozenset(b"moov trak edts mdia minf dinf stbl mvex moof traf mfra".split())
_KEPT = frozenset(
    b"ftyp styp mdat mvhd tkhd elst mdhd hdlr vmhd smhd dref stsd stts ctts cslg stsc stsz stz2 stco co64 stss stsh "
    b"sdtp sgpd sbgp subs tref mehd trex mfhd tfhd tfdt trun tfra mfro sidx".split()
)
_TIMED = frozenset((b"mvhd", b"tkhd", b"mdhd"))  # begin with when they were made and changed
_TRACKS = frozenset((b"vide", b"soun"))
_DEEPEST, _MOST = 8, 20_000


class _Box(NamedTuple):
    name: bytes
    start: int
    body: int
    end: int


def bare(content: bytes) -> Bare:
    out = bytearray(content)
    names: set[bytes] = set()
    width = height = 0
    for number, box in enumerate(_walk(content, 0, len(content), 0)):
        names.add(box.name)
        if number > _MOST:
            raise DamagedError
        if box.name not in _HOLDERS | _KEPT:
            out[box.start + 4 : box.start + 8] = b"free"
            out[box.body : box.end] = bytes(box.end - box.body)
        elif box.name in _TIMED:
            _untime(out, box)
        elif box.name == b"hdlr":
            _handler(content, out, box)
        elif box.name == b"dref":
            _references(content, out, box)
        if box.name == b"tkhd":
            wide, high = _shown(content, box)
            width, height = max(width, wide), max(height, high)
    if not {b"ftyp", b"moov", b"mdat"} <= names:
        raise DamagedError
    return Bare(bytes(out), width, height)


def _walk(content: bytes, at: int, end: int, depth: int) -> Iterator[_Box]:
    """All boxes, those inside others after them."""
    if depth > _DEEPEST:
        raise DamagedError
    while at < end:
        size, name, body = big(content, at, 4), part(content, at + 4, 4), at + 8
        if size == 1:
            size, body = big(content, at + 8, 8), at + 16
        stop = at + size if size else end
        if stop < body or stop > end:
            raise DamagedError
        yield _Box(name, at, body, stop)
        if name in _HOLDERS:
            yield from _walk(content, body, stop, depth + 1)
        at = stop


def _untime(out: bytearray, box: _Box) -> None:
    if box.end - box.body < 20:
        raise DamagedError
    size = 16 if out[box.body] == 1 else 8  # two times of 64 or of 32 bits
    out[box.body + 4 : box.body + 4 + size] = bytes(size)


def _handler(content: bytes, out: bytearray, box: _Box) -> None:
    """Keeps what kind of track it is, not what the program that wrote it is called."""
    if box.end - box.body < 24:
        raise DamagedError
    said, kind = content[box.body + 4 : box.body + 8], content[box.body + 8 : box.body + 12]
    if said != b"dhlr" and kind not in _TRACKS:
        raise DamagedError
    out[box.body + 12 : box.end] = bytes(box.end - box.body - 12)


def _references(content: bytes, out: bytearray, box: _Box) -> None:
    """Where the samples are: in this file, whatever else it says of files on somebody's computer."""
    at = box.body + 8
    for _ in range(min(big(content, box.body + 4, 4), _MOST)):
        size = big(content, at, 4)
        if size < 12 or at + size > box.end or not big(content, at + 8, 4) & 1:
            raise DamagedError
        out[at + 12 : at + size] = bytes(size - 12)
        at += size


def _shown(content: bytes, box: _Box) -> tuple[int, int]:
    """Width and height of a track, turned as its matrix says: by a quarter when its first number is nothing."""
    at = box.end - 8
    if at - 36 < box.body:
        raise DamagedError
    wide, high = big(content, at, 4) >> 16, big(content, at + 4, 4) >> 16
    return (wide, high) if big(content, at - 36, 4) else (high, wide)
