"""A file that flows by: a window of it in memory, and what of a mail has left the window, in a temporary file."""

import io
import re
import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain

from archiver.errors import DumpError

MIB = 1024 * 1024
_LONGEST_QUOTE = 1000  # of more ">" before "From " none is taken off: what is undecided at the end of a block is short
_QUOTED = re.compile(rb"\n>(>{0,999}From )")


class Scratch(io.BufferedRandom):
    """A temporary file without a name, gone from the disk when nobody holds it any more."""

    def __del__(self) -> None:
        self.close()


class Tape:
    """Bytes [base, end) of the file are in *data*; *ended*: nothing comes after them. Offsets count from 0."""

    def __init__(self, blocks: Iterable[bytes], step: int) -> None:
        self._blocks = iter(blocks)
        self._step = step
        self.data = b""
        self.base = 0
        self.ended = False

    @property
    def end(self) -> int:
        return self.base + len(self.data)

    def grow(self, keep: int) -> None:
        """Take in about a step more, and forget what lies before offset *keep*."""
        pieces, count = [self.data[keep - self.base :]], 0
        self.data = b""
        for block in self._blocks:
            pieces.append(block)
            count += len(block)
            if count >= self._step:
                break
        else:
            self.ended = True
        self.data = b"".join(pieces)
        self.base = keep

    def part(self, start: int, end: int) -> bytes:
        return self.data[start - self.base : end - self.base]

    def put_back(self, blocks: Iterable[bytes], start: int, resume: int) -> None:
        """Let *blocks* come first, whose first byte is at *start*, then what the window holds from *resume* on."""
        self._blocks = chain(blocks, [self.part(resume, self.end)], self._blocks)
        self.data, self.base, self.ended = b"", start, False
        self.grow(start)


class Held:
    """The mail that begins at *head*: in the tape from *kept* on, and what comes before that in a temporary file."""

    def __init__(self, tape: Tape, head: int, big: int) -> None:
        self.head = head
        self.kept = head
        self.quoted = False  # whether there may be a quoted "From " in what was spilled
        self._tape = tape
        self._big = big
        self._file: Scratch | None = None
        self._seam = b""  # the last bytes spilled

    @property
    def spilled(self) -> bool:
        return self._file is not None

    def grow(self, wanted: int) -> None:
        """Let the tape go on; from *wanted* on it is still to be looked at. A big mail is spilled up to there."""
        if wanted - self.kept > self._big:
            self.spill(wanted)
        self._tape.grow(self.kept)

    def spill(self, until: int) -> Scratch:
        """Move what comes before offset *until* to the temporary file. DumpError when there is no room for it."""
        file = self._file = self._file or _scratch()
        if until > self.kept:
            piece = self._tape.part(self.kept, until)
            self.quoted = self.quoted or b">From " in piece or b">From " in self._seam + piece[:5]
            self._seam = (self._seam + piece[-5:])[-5:]
            _write(file, [piece])
            self.kept = until
        return file

    def part(self, start: int, end: int) -> bytes:
        """The file's bytes [start, end), wherever they are; not before *head*."""
        return self._spilled(start, end) + self._tape.part(max(start, self.kept), max(end, self.kept))

    def _spilled(self, start: int, end: int) -> bytes:
        if self._file is None or start >= self.kept:
            return b""
        self._file.seek(start - self.head)
        found = self._file.read(min(end, self.kept) - start)
        self._file.seek(0, io.SEEK_END)
        return found

    def taken(self, end: int, *, unquote: bool) -> Scratch:
        """All of the mail up to *end* as a file at its beginning, which is the caller's; ``>From `` unquoted or not."""
        file, self._file = self.spill(end), None
        file.truncate(end - self.head)
        file.seek(0)
        return _written(_unquoted_blocks(_rest_of(file))) if unquote and self.quoted else file

    def give_back(self, end: int) -> None:
        """The mail ends at *end* after all: what was spilled of what follows goes back to the tape."""
        if self._file is None or self.kept <= end:
            return
        file = self._file
        file.seek(0)
        self._file = _written(_first_of(file, end - self.head))
        self._file.seek(0, io.SEEK_END)
        self._tape.put_back(_rest_of(file), end, self.kept)
        self.kept = end


def unquoted(raw: bytes) -> bytes:
    """The mail as it was before it was put into an mbox: one ``>`` less before each ``From `` (mboxrd's rule)."""
    return _QUOTED.sub(rb"\n\1", raw) if b">From " in raw else raw


def _unquoted_blocks(blocks: Iterable[bytes]) -> Iterator[bytes]:
    carry = b""
    for block in blocks:
        held = carry + block
        cut = held.rfind(b"\n", max(0, len(held) - _LONGEST_QUOTE - len("\n>From ")))
        cut = len(held) if cut < 0 else cut
        yield unquoted(held[:cut])
        carry = held[cut:]
    yield unquoted(carry)


def _first_of(file: Scratch, count: int) -> Iterator[bytes]:
    while count and (block := file.read(min(count, MIB))):
        count -= len(block)
        yield block


def _rest_of(file: Scratch) -> Iterator[bytes]:
    with file:
        while block := file.read(MIB):
            yield block


def _written(blocks: Iterable[bytes]) -> Scratch:
    file = _scratch()
    _write(file, blocks)
    file.seek(0)
    return file


def _scratch() -> Scratch:
    try:
        return Scratch(tempfile.TemporaryFile(buffering=0))
    except OSError as error:
        raise _no_room(error) from error


def _write(file: Scratch, blocks: Iterable[bytes]) -> None:
    try:
        file.writelines(blocks)
        file.flush()
    except OSError as error:
        raise _no_room(error) from error


def _no_room(error: OSError) -> DumpError:
    return DumpError(
        "A temporary file for a large mail could not be written.",
        why=error.strerror or str(error),
        remedy="Make room on the disk, or set TMPDIR to a folder that has room.",
    )
