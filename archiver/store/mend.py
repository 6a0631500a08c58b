"""Put a flipped bit of the database back: the page's sum says which one it was.

A page has 65,536 bits; trying each takes half a second, and a sum of 64 bits fits by chance once in 2⁴⁸ pages.
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from archiver.store import seal
from archiver.store.seal import SUM, Seal


def mend(database: Path, sealed: Seal, pages: Iterable[int]) -> list[int]:
    """Put back what can be put back in these pages; returns them. While nobody has the database open."""
    mended = []
    with database.open("r+b", buffering=0) as file:
        for page in pages:
            at = (page - 1) * sealed.page_size
            file.seek(at)
            whole = _flipped_back(file.read(sealed.page_size), sealed.of(page))
            if whole is not None:
                file.seek(at)
                file.write(whole)
                mended.append(page)
        os.fsync(file.fileno())
    return mended


def _flipped_back(content: bytes, wanted: bytes) -> bytes | None:
    """The content with the one bit flipped that makes its sum what is *wanted*; None when no single bit does."""
    tried = bytearray(content)
    for at in range(len(tried)):
        for bit in range(8):
            tried[at] ^= 1 << bit
            if hashlib.sha256(tried).digest()[:SUM] == wanted:
                return bytes(tried)
            tried[at] ^= 1 << bit
    return None


def differing(database: Path, sealed: Seal) -> list[int]:
    """Pages whose sums are not those of the seal."""
    with seal.opened(database) as file:
        found = seal.sums(file, sealed.page_size, range(1, sealed.pages + 1))
        return [page for page, one in found if one != sealed.of(page)]
