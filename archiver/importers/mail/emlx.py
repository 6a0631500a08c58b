"""Apple Mail's emlx: the number of the mail's bytes in a line of its own, the mail, and a property list."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from archiver.importers.mail.flags import of_emlx
from archiver.importers.mail.sniff import begins_like_mail
from archiver.importers.mail.split import Cut, Gap, split

_COUNT = re.compile(rb"(\d{1,15})[ \t]*\r?\n")
_LONGEST_COUNT = 64
_LONGEST_PLIST = 1 << 20
_BLOCK = 1 << 18


def begins_like_emlx(head: bytes) -> bool:
    """Whether a number stands alone in the first line and a header follows."""
    count = _COUNT.match(head)
    return count is not None and begins_like_mail(head[count.end() :])


def read_emlx(file: BinaryIO) -> tuple[list[Cut | Gap], tuple[str, ...]]:
    """The mail, its offsets those of the file, and its flags. Nothing when it does not begin with a number.

    *file* flows forwards only. A file that is cut off gives what there is.
    """
    line = file.readline(_LONGEST_COUNT)
    count = _COUNT.fullmatch(line)
    if count is None:
        return [], ()
    pieces = list(split(_part(file, int(count[1])), alone=True))
    return [piece._replace(start=piece.start + len(line), end=piece.end + len(line)) for piece in pieces], of_emlx(
        file.read(_LONGEST_PLIST)
    )


def _part(file: BinaryIO, left: int) -> Iterator[bytes]:
    while left and (block := file.read(min(left, _BLOCK))):
        left -= len(block)
        yield block
