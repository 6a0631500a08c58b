"""A chat's bytes as UTF-8, block by block, with the way back to positions in the file; memory is one block."""

import codecs
from collections.abc import Callable, Iterator
from typing import BinaryIO

BLOCK = 1 << 18
_BOMS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}

Width = Callable[[bytes], int]


def encoding_of(head: bytes) -> str:
    """The encoding by the byte order mark; UTF-8 without one. The mark stays: it is part of the first line."""
    return _BOMS.get(head[:2], "utf-8")


def as_utf8(head: bytes) -> bytes:
    """The first bytes of a file, in UTF-8; a character cut in half at the end is left out."""
    encoding = encoding_of(head)
    return head if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)("replace").decode(head).encode()


def blocks(stream: BinaryIO, encoding: str) -> Iterator[bytes]:
    """The stream's blocks as UTF-8. What UTF-16 cannot mean becomes U+FFFD, of the same width there."""
    if encoding == "utf-8":
        while block := stream.read(BLOCK):
            yield block
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    while block := stream.read(BLOCK):
        yield decoder.decode(block).encode()
    yield decoder.decode(b"", final=True).encode()


def width_in(encoding: str) -> Width:
    """How many bytes of the file a piece of UTF-8 stands for."""
    if encoding == "utf-8":
        return len
    return lambda piece: len(piece.decode("utf-8", "replace").encode("utf-16-le"))
