"""Sound in frames: MP3 (ISO/IEC 11172-3) without tags before and after it, AAC in ADTS, AMR."""

from archiver.privacy.bare.parts import Bare, DamagedError, Steps, big, part

_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_BITS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_BITS_LOW = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_TAGS = (b"TAG", b"APETAGEX", b"LYRICSBEGIN", b"ID3")
_MOST = 2_000_000  # frames
_LONGEST = 2881  # bytes of a frame: so much may be a last one that was cut short
_AMR = (12, 13, 15, 17, 19, 20, 26, 31, 5, 0, 0, 0, 0, 0, 0, 0)  # bytes of a frame after its first, by its kind


def mp3(content: bytes) -> Bare:
    """The frames, from the first to the last; what stands before and after them goes."""
    at = _after_id3(content)
    kept = []
    while frame := _frame(content, at):
        kept.append(frame)
        at += len(frame)
    cut = len(content) - at > _LONGEST and not content.startswith(_TAGS, at)
    if len(kept) < 2 or cut:
        raise DamagedError
    return Bare(b"".join(kept))


def _after_id3(content: bytes) -> int:
    at = 0
    while content[at : at + 3] == b"ID3":
        size = sum((byte & 0x7F) << 7 * (3 - n) for n, byte in enumerate(part(content, at + 6, 4)))
        at += 10 + size + (10 if content[at + 5] & 0x10 else 0)
    while at < len(content) and content[at] == 0:  # padding
        at += 1
    return at


def _frame(content: bytes, at: int) -> bytes:
    """The frame of layer III at a place; b"" where there is none, or not all of it."""
    head = content[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return b""
    version, rate, bits = head[1] >> 3 & 3, head[2] >> 2 & 3, head[2] >> 4
    if version == 1 or rate == 3 or bits in {0, 15}:
        return b""
    speed = (_BITS if version == 3 else _BITS_LOW)[bits] * 1000
    size = (144 if version == 3 else 72) * speed // _RATES[version][rate] + (head[2] >> 1 & 1)
    frame = content[at : at + size]
    return frame if len(frame) == size else b""


def frames(content: bytes) -> Bare:
    """AAC or AMR: nothing but frames, one after the other, or nothing at all."""
    at = 6 if content.startswith(b"#!AMR\n") else 0
    size_of = _amr if at else _adts
    start = at
    steps = Steps(_MOST)
    while at < len(content):
        steps.take()
        at += len(part(content, at, size_of(content, at)))
    if at == start:
        raise DamagedError
    return Bare(content)


def _amr(content: bytes, at: int) -> int:
    if content[at] & 0x83:
        raise DamagedError
    return 1 + _AMR[content[at] >> 3 & 15]


def _adts(content: bytes, at: int) -> int:
    head = part(content, at, 7)
    size = (big(head, 3, 3) >> 5) & 0x1FFF
    if head[0] != 0xFF or head[1] & 0xF6 != 0xF0 or size < 7:
        raise DamagedError
    return size
