"""A baseline JPEG (ITU-T T.81) in whole numbers, so that a picture is the same bytes everywhere."""

import struct
from collections.abc import Iterator, Sequence
from math import cos, pi, sqrt

Pixel = tuple[int, int, int]

# Order in which a block's 64 frequencies are written (T.81 figure A.6).
ZIGZAG = sorted(range(64), key=lambda i: (s := i // 8 + i % 8, i // 8 if s % 2 else i % 8))
# How coarsely each frequency is kept: gently rising, the picture is small and flat.
QUANTA = [6 + 3 * (i // 8 + i % 8) for i in range(64)]
# Flat Huffman tables: every symbol has a code of the same length. Larger files, and no table to copy.
DC_BITS, DC_SYMBOLS = 4, list(range(12))
AC_BITS, AC_SYMBOLS = 8, [0x00, 0xF0, *(run << 4 | size for run in range(16) for size in range(1, 11))]
AC_CODE = {symbol: code for code, symbol in enumerate(AC_SYMBOLS)}
COSINE = [
    [round(4096 * (sqrt(0.125) if u == 0 else 0.5) * cos((2 * x + 1) * u * pi / 16)) for x in range(8)]
    for u in range(8)
]


def encode(pixels: Sequence[Sequence[Pixel]]) -> bytes:
    """The JPEG file of rows of (red, green, blue); height and width are multiples of 8."""
    height, width = len(pixels), len(pixels[0])
    quanta = bytes(QUANTA[i] for i in ZIGZAG)
    head = b"\xff\xd8" + _segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0") + _segment(0xDB, b"\0" + quanta)
    frame = struct.pack(">BHHB", 8, height, width, 3) + b"".join(bytes([i, 0x11, 0]) for i in (1, 2, 3))
    tables = _huffman(0x00, DC_BITS, DC_SYMBOLS) + _huffman(0x10, AC_BITS, AC_SYMBOLS)
    scan = b"\x03\x01\0\x02\0\x03\0\0\x3f\0"
    packed = _pack(_bits(pixels))
    return head + _segment(0xC0, frame) + tables + _segment(0xDA, scan) + packed + b"\xff\xd9"


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _huffman(place: int, length: int, symbols: Sequence[int]) -> bytes:
    counts = bytes(len(symbols) if i == length else 0 for i in range(1, 17))
    return _segment(0xC4, bytes([place]) + counts + bytes(symbols))


def _bits(pixels: Sequence[Sequence[Pixel]]) -> Iterator[tuple[int, int]]:
    """(value, how many bits) of the whole scan: block by block, and in each Y, Cb, Cr."""
    last = [0, 0, 0]
    for top in range(0, len(pixels), 8):
        for left in range(0, len(pixels[0]), 8):
            block = [_ycc(pixel) for row in pixels[top : top + 8] for pixel in row[left : left + 8]]
            for part in range(3):
                levels = _levels([values[part] for values in block])
                yield from _coded(levels, last[part])
                last[part] = levels[0]


def _ycc(pixel: Pixel) -> Pixel:
    """JFIF's luma and colour differences, around 0."""
    red, green, blue = pixel
    luma = (299 * red + 587 * green + 114 * blue) // 1000
    return luma - 128, (564 * (blue - luma)) // 1000, (713 * (red - luma)) // 1000


def _levels(block: list[int]) -> list[int]:
    """64 samples → 64 quantised frequencies in zigzag order (T.81 A.3.3), in fixed point."""
    if min(block) == max(block):
        return [_nearest(block[0] * 8, QUANTA[0])] + [0] * 63
    rows = [
        [sum(c * v for c, v in zip(wave, block[y : y + 8], strict=True)) for wave in COSINE] for y in range(0, 64, 8)
    ]
    columns = list(zip(*rows, strict=True))
    return [
        _nearest(sum(c * v for c, v in zip(COSINE[i // 8], columns[i % 8], strict=True)), QUANTA[i] << 24)
        for i in ZIGZAG
    ]


def _nearest(value: int, step: int) -> int:
    return (2 * value + step) // (2 * step)


def _coded(levels: list[int], last: int) -> Iterator[tuple[int, int]]:
    """One block as Huffman codes and amplitudes (T.81 F.1.2)."""
    difference = levels[0] - last
    yield abs(difference).bit_length(), DC_BITS
    yield _amplitude(difference)
    zeros = 0
    for level in levels[1:]:
        if level == 0:
            zeros += 1
            continue
        while zeros > 15:
            yield AC_CODE[0xF0], AC_BITS
            zeros -= 16
        yield AC_CODE[zeros << 4 | abs(level).bit_length()], AC_BITS
        yield _amplitude(level)
        zeros = 0
    if zeros:
        yield AC_CODE[0x00], AC_BITS


def _amplitude(value: int) -> tuple[int, int]:
    size = abs(value).bit_length()
    return (value if value >= 0 else value + (1 << size) - 1), size


def _pack(bits: Iterator[tuple[int, int]]) -> bytes:
    """Bits to bytes, filled up with ones; a 0xFF is followed by a 0 (T.81 B.1.1.5)."""
    text = "".join(f"{value:0{size}b}" for value, size in bits if size)
    text += "1" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big").replace(b"\xff", b"\xff\0")
