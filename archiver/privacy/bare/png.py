"""PNG (W3C, third edition), animated or not: the chunks that make the picture."""

from archiver.privacy.bare.parts import Bare, DamagedError, Steps, big, part

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MOST = 100_000  # chunks
_KEPT = frozenset(b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD pHYs acTL fcTL fdAT".split())


def bare(content: bytes) -> Bare:
    kept = [_SIGNATURE]
    names: list[bytes] = []
    at = len(_SIGNATURE)
    steps = Steps(_MOST)
    while not names or names[-1] != b"IEND":
        steps.take()
        size, name = big(content, at, 4), part(content, at + 4, 4)
        chunk = part(content, at, size + 12)
        at += len(chunk)
        if not names and (name, size) != (b"IHDR", 13):
            raise DamagedError
        if name in _KEPT:
            kept.append(chunk)
            names.append(name)
        elif name[:1].isupper():  # critical, and unknown
            raise DamagedError
    if b"IDAT" not in names:
        raise DamagedError
    return Bare(b"".join(kept), big(content, 16, 4), big(content, 20, 4))
