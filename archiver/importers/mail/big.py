"""A mail too large to be held: its bytes in a temporary file, read where they are asked for, a block at a time."""

from typing import BinaryIO

_STEP = 1 << 12
_BLOCK = 1 << 20


class Whole:
    """A file as a source of bytes, as `bytes` itself is one. Every read goes to its own place, so that several
    contents of one file can be read by turns."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.size = stream.seek(0, 2)

    def __getitem__(self, where: slice) -> bytes:
        start, end, _ = where.indices(self.size)
        if end <= start:
            return b""
        self._stream.seek(start)
        return self._stream.read(end - start)

    def find(self, wanted: bytes, start: int, end: int) -> int:
        """Where *wanted* first is in [start, end), or -1. Memory is a block; short ways cost little."""
        at, step, overlap = start, _STEP, len(wanted) - 1
        while at < end:
            block = self[at : min(at + step + overlap, end)]
            if (found := block.find(wanted)) >= 0:
                return at + found
            at += step
            step = min(step * 4, _BLOCK)
        return -1
