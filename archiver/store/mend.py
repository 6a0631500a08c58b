"""Put a flipped bit back: the sum of a page, or the name of a kept file, says which one it was.

A page has 65,536 bits; trying each takes half a second, and a sum of 64 bits fits by chance once in 2⁴⁸ pages.
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from archiver.store.seal import SUM, Seal

_BLOCK = 512
_SMALL = 32 << 10  # bytes of a file whose bits are tried: three seconds


def mend(database: Path, sealed: Seal, pages: Iterable[int]) -> list[int]:
    """Put back what can be put back in these pages; returns them. While nobody has the database open."""
    mended = []
    with database.open("r+b", buffering=0) as file:
        for page in pages:
            at = (page - 1) * sealed.page_size
            file.seek(at)
            whole = _flipped_back(file.read(sealed.page_size), sealed.of(page), SUM)
            if whole is not None:
                file.seek(at)
                file.write(whole)
                mended.append(page)
        os.fsync(file.fileno())
    return mended


def mend_file(file: Path, sha256: str) -> bool:
    """Put the flipped bit of a small file back, which has to have the digest *sha256*; whether that was all."""
    try:
        if file.stat().st_size > _SMALL:
            return False
        whole = _flipped_back(file.read_bytes(), bytes.fromhex(sha256), hashlib.sha256().digest_size)
    except (OSError, ValueError):
        return False
    if whole is None:
        return False
    fresh = file.with_name(f"{file.name}.mended")
    with fresh.open("wb") as out:
        out.write(whole)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
    return True


def _flipped_back(content: bytes, wanted: bytes, length: int) -> bytes | None:
    """The content with the one bit flipped that makes its sum begin with *wanted*; None when no single bit does.

    What comes before the bit is summed once only.
    """
    before = hashlib.sha256()
    for start in range(0, len(content), _BLOCK):
        block, rest = bytearray(content[start : start + _BLOCK]), content[start + _BLOCK :]
        for at in range(len(block)):
            for bit in range(8):
                block[at] ^= 1 << bit
                tried = before.copy()
                tried.update(block)
                tried.update(rest)
                if tried.digest()[:length] == wanted:
                    return content[:start] + bytes(block) + rest
                block[at] ^= 1 << bit
        before.update(block)
    return None
