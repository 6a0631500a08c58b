"""Small files as phones and programs write them, each with a canary in every place that has room for one."""

import struct
import zlib
from base64 import b64decode

CANARY = b"CANARY-51.5074N-0.1278W"

# 24 by 16: left red, right blue above green. As a browser drew and wrote it, with a profile of colours.
_PROFILE = (
    "AAAByAAAAAAEMAAAbW50clJHQiBYWVogB+AAAQABAAAAAAAAYWNzcAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEAAPbWAAEAAAAA0y0AAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAJZGVzYwAAAPAAAAAkclhZWgAAARQAAAAUZ1hZWgAAASgAAAAU"
    "YlhZWgAAATwAAAAUd3RwdAAAAVAAAAAUclRSQwAAAWQAAAAoZ1RSQwAAAWQAAAAoYlRSQwAAAWQAAAAoY3BydAAAAYwAAAA8bWx1YwAAAAAAAAAB"
    "AAAADGVuVVMAAAAIAAAAHABzAFIARwBCWFlaIAAAAAAAAG+iAAA49QAAA5BYWVogAAAAAAAAYpkAALeFAAAY2lhZWiAAAAAAAAAkoAAAD4QAALbP"
    "WFlaIAAAAAAAAPbWAAEAAAAA0y1wYXJhAAAAAAAEAAAAAmZmAADypwAADVkAABPQAAAKWwAAAAAAAAAAbWx1YwAAAAAAAAABAAAADGVuVVMAAAAg"
    "AAAAHABHAG8AbwBnAGwAZQAgAEkAbgBjAC4AIAAyADAAMQA2"
)
_SCAN = (
    "/9sAQwANCQoLCggNCwoLDg4NDxMgFRMSEhMnHB4XIC4pMTAuKS0sMzpKPjM2RjcsLUBXQUZMTlJTUjI+WmFaUGBKUVJP/9sAQwEODg4TERMmFRUm"
    "TzUtNU9PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09P/8AAEQgAEAAYAwEiAAIRAQMRAf/EABcAAQEBAQAA"
    "AAAAAAAAAAAAAAADBAX/xAAXEAEAAwAAAAAAAAAAAAAAAAAABEKB/8QAFgEBAQEAAAAAAAAAAAAAAAAABQMG/8QAIxEAAAQDCQAAAAAAAAAAAAAA"
    "AAECEQMEBRITFWJxobHR4f/aAAwDAQACEQMRAD8A5gLR7YhKxLqKS2dug3VTaUWenJCQ1hbEsu/gxtsf/9k="
)
_VP8 = (
    "VlA4IEoAAAAwAwCdASoYABAAPrVInkmnJCKhMAgA4BaJagCdDrAAN6jgAP7lY+Szb6euzBlbnmbr9JSR/5Ke+/+DKTUf+Tm/+DKTNVYDy4+QAA=="
)


def exif(orientation: int, order: str = "<") -> bytes:
    """A directory with an orientation and a canary."""
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)
    entries = struct.pack(f"{order}HHHIHH", 2, 0x0112, 3, 1, orientation, 0)
    entries += struct.pack(f"{order}HHII", 0x010F, 2, len(CANARY), 38)
    return head + entries + bytes(4) + CANARY


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def jpeg(orientation: int = 1, order: str = "<") -> bytes:
    jfif = b"JFIF\0\1\1\0\0\1\0\1\x03\x03" + CANARY.ljust(27, b"x")
    return (
        b"\xff\xd8"
        + _segment(0xE0, jfif)
        + _segment(0xE1, b"Exif\0\0" + exif(orientation, order))
        + _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + CANARY)
        + _segment(0xE2, b"ICC_PROFILE\0\1\1" + b64decode(_PROFILE))
        + _segment(0xE2, b"MPF\0" + CANARY)
        + _segment(0xED, b"Photoshop 3.0\0" + CANARY)
        + _segment(0xEE, b"Adobe\0\x64\0\0\0\0\1" + CANARY)
        + _segment(0xFE, CANARY)
        + b"\xff"
        + b64decode(_SCAN)
        + CANARY
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png() -> bytes:
    rows = b"".join(b"\0" + b"\xcc\x33\x33" * 12 + b"\x33\x66\xcc" * 12 for _ in range(16))
    told = b"".join(_chunk(name, CANARY) for name in (b"tEXt", b"zTXt", b"iTXt", b"tIME", b"eXIf", b"caNV", b"sPLT"))
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", 24, 16, 8, 2, 0, 0, 0))
        + told
        + _chunk(b"gAMA", struct.pack(">I", 45455))
        + _chunk(b"IDAT", zlib.compress(rows))
        + _chunk(b"IEND", b"")
        + CANARY
    )


def gif() -> bytes:
    return (
        b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\xcc\x33\x33\0\0\0"
        + b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
        + b"\x21\xff\x0bXMP DataXMP" + bytes((len(CANARY),)) + CANARY + b"\0"
        + b"\x21\xfe" + bytes((len(CANARY),)) + CANARY + b"\0"
        + b"\x21\xf9\x04\0\0\0\0\0"
        + b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\0"
        + b"\x3b" + CANARY
    )  # fmt: skip


def _riff(kind: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    body = kind + b"".join(n + struct.pack("<I", len(b)) + b + b"\0" * (len(b) % 2) for n, b in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webp() -> bytes:
    frame = b64decode(_VP8)[8:]
    wide = b"\x2c\0\0\0\x17\0\0\x0f\0\0"
    told = ((b"EXIF", exif(6)), (b"XMP ", CANARY), (b"what", CANARY))
    return _riff(b"WEBP", (b"VP8X", wide), (b"ICCP", b64decode(_PROFILE)), (b"VP8 ", frame), *told) + CANARY


def wav() -> bytes:
    form = struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8)
    return _riff(b"WAVE", (b"LIST", b"INFOIART" + CANARY), (b"fmt ", form), (b"bext", CANARY), (b"data", b"\x80" * 801))


def _box(name: bytes, *bodies: bytes) -> bytes:
    body = b"".join(bodies)
    return struct.pack(">I", len(body) + 8) + name + body


def mp4(handler: bytes = b"vide", brand: bytes = b"isom") -> bytes:
    """The skeleton of a film of one track, as phones write it: with a place, a device and two times."""
    times = struct.pack(">II", 0xDEADBEEF, 0xDEADBEEF)
    matrix = struct.pack(">9I", 0, 1 << 16, 0, 0xFFFF0000, 0, 0, 0, 0, 1 << 30)
    track = _box(
        b"trak",
        _box(b"tkhd", b"\0\0\0\3", times, bytes(12 + 16), matrix, struct.pack(">II", 1280 << 16, 720 << 16)),
        _box(
            b"mdia",
            _box(b"mdhd", b"\1\0\0\0", times * 2, struct.pack(">IQI", 1000, 5, 0)),
            _box(b"hdlr", bytes(8), handler, bytes(12), CANARY),
            _box(
                b"minf",
                _box(b"vmhd", bytes(12)),
                _box(b"dinf", _box(b"dref", struct.pack(">II", 0, 1), _box(b"alis", b"\0\0\0\1", CANARY))),
                _box(b"stbl", _box(b"stsd", bytes(8)), _box(b"stco", struct.pack(">III", 0, 1, 600))),
            ),
        ),
        _box(b"meta", CANARY),
    )
    return (
        _box(b"ftyp", brand, bytes(4), b"mp42")
        + _box(b"uuid", bytes(16), CANARY)
        + _box(b"moov", _box(b"mvhd", bytes(4), times, bytes(88)), track, _box(b"udta", _box(b"\xa9xyz", CANARY)))
        + struct.pack(">I", 1) + b"mdat" + struct.pack(">Q", 16 + 40) + b"picture " * 5
        + _box(b"free", CANARY)
    )  # fmt: skip


def _ogg(number: int, flags: int, packet: bytes, *, ends: bool = True) -> bytes:
    laces = bytes([255] * (len(packet) // 255)) + (bytes((len(packet) % 255,)) if ends else b"")
    head = struct.pack("<4sBBQIIIB", b"OggS", 0, flags, 0, 7, number, 0, len(laces))
    return head + laces + packet


def opus() -> bytes:
    """A voice message whose comments are longer than a page."""
    first = b"OpusTags" + struct.pack("<I", len(CANARY)) + CANARY
    told = (first + struct.pack("<II", 1, 400) + b"ARTIST=" + CANARY).ljust(510, b"y")
    return (
        _ogg(0, 2, b"OpusHead\1\1\x38\1\x80\xbb\0\0\0\0\0")
        + _ogg(1, 0, told, ends=False)
        + _ogg(2, 1, CANARY)
        + _ogg(3, 4, b"\xfc\xff\xfe" * 20)
    )


def mp3() -> bytes:
    frame = (b"\xff\xfb\x90\x00").ljust(417, b"\0")
    size = len(CANARY) + 10
    return b"ID3\3\0\0" + bytes((0, 0, 0, size)) + CANARY + bytes(10) + frame * 3 + b"TAG" + CANARY.ljust(125, b"\0")


def amr() -> bytes:
    return b"#!AMR\n" + (b"\x3c" + bytes(31)) * 5


def aac() -> bytes:
    return (b"\xff\xf1\x50\x80\x02\x1f\xfc" + bytes(9)) * 3


ALL = {
    "image/jpeg": jpeg(), "image/png": png(), "image/gif": gif(), "image/webp": webp(), "audio/wav": wav(),
    "video/mp4": mp4(), "video/quicktime": mp4(brand=b"qt  "), "audio/ogg": opus(), "audio/mpeg": mp3(),
    "audio/amr": amr(), "audio/aac": aac(),
}  # fmt: skip
