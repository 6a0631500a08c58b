"""GIF (89a): pictures, their timing and whether they go round; no comments, no texts, nothing of other programs."""

from archiver.privacy.bare.parts import Bare, DamagedError, Steps, big, little, part

_PICTURE, _EXTENSION, _END = 0x2C, 0x21, 0x3B
_CONTROL, _APPLICATION = 0xF9, 0xFF
_MOST = 1_000_000  # blocks
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def bare(content: bytes) -> Bare:
    at = 13 + _table(big(content, 10, 1))
    kept = [part(content, 0, at)]
    pictures = 0
    steps = Steps(_MOST)
    while (kind := big(content, at, 1)) != _END:
        start = at
        if kind == _PICTURE:
            at = _blocks(content, at + 10 + _table(big(content, at + 9, 1)) + 1, steps)
            pictures += 1
        elif kind == _EXTENSION:
            at = _blocks(content, at + 2, steps)
        else:
            raise DamagedError
        if kind == _PICTURE or _needed(content, start):
            kept.append(content[start:at])
    if not pictures:
        raise DamagedError
    return Bare(b"".join([*kept, b"\x3b"]), little(content, 6, 2), little(content, 8, 2))


def _table(flags: int) -> int:
    """Bytes of a table of colours."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks(content: bytes, at: int, steps: Steps) -> int:
    """Where a row of blocks ends, after the empty one."""
    steps.take()
    while size := big(content, at, 1):
        steps.take()
        at += size + 1
    return at + 1


def _needed(content: bytes, at: int) -> bool:
    kind = content[at + 1]
    return kind == _CONTROL or (kind == _APPLICATION and content[at + 3 : at + 14] in _LOOPS)
