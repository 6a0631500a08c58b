"""What comes in RIFF: WebP pictures (RFC 9649) and WAVE sound; chunks that are shown or heard."""

from collections.abc import Iterator

from archiver.privacy.bare.parts import Bare, DamagedError, Steps, little, part

_SHOWN = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
_HEARD = frozenset((b"fmt ", b"fact", b"data"))
_MOST = 100_000  # chunks
_TOLD = 0x0C  # of VP8X's flags: there is Exif, there is XMP


def picture(content: bytes) -> Bare:
    kept, sizes = [], []
    for name, body in _chunks(content, 12, _end(content)):
        if name not in _SHOWN:
            continue
        if name == b"VP8X":
            body = bytes((part(body, 0, 10)[0] & ~_TOLD, *body[1:10]))  # noqa: PLW2901 - the same chunk, without flags
        if name == b"ANMF":
            body = part(body, 0, 16) + b"".join(  # noqa: PLW2901 - the same chunk, without foreign ones in it
                _chunk(inner, more) for inner, more in _chunks(body, 16, len(body)) if inner in _SHOWN
            )
        sizes.append(_size(name, body))
        kept.append(_chunk(name, body))
    found = next((size for size in sizes if size is not None), None)
    if found is None:
        raise DamagedError
    return Bare(_riff(b"WEBP", kept), *found)


def sound(content: bytes) -> Bare:
    kept = [(name, body) for name, body in _chunks(content, 12, _end(content)) if name in _HEARD]
    if not {b"fmt ", b"data"} <= {name for name, _ in kept}:
        raise DamagedError
    return Bare(_riff(b"WAVE", [_chunk(name, body) for name, body in kept]))


def _end(content: bytes) -> int:
    return len(part(content, 0, little(content, 4, 4) + 8))


def _chunks(content: bytes, at: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    steps = Steps(_MOST)
    while at < end:
        steps.take()
        name, size = part(content, at, 4), little(content, at + 4, 4)
        yield name, part(content, at + 8, size)
        at += 8 + size + size % 2


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2)


def _riff(kind: bytes, chunks: list[bytes]) -> bytes:
    body = kind + b"".join(chunks)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _size(name: bytes, body: bytes) -> tuple[int, int] | None:
    """Width and height, where this chunk tells them."""
    if name == b"VP8X":
        return little(body, 4, 3) + 1, little(body, 7, 3) + 1
    if name == b"VP8L":
        bits = little(body, 1, 4)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if name == b"VP8 ":
        return little(body, 6, 2) & 0x3FFF, little(body, 8, 2) & 0x3FFF
    return None
