"""Writes what the mail bench imports, in a process of its own, for a parent's memory is counted to its children.

``python -m tests.bench.mail_files mbox|maildir|stream|heavy PATH SIZE SEED``; SIZE is letters, or bytes for the last
two. Prints how many mails there are that are no copies.
"""

import base64
import random
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.letter_truth import Mail
from tests.bench.letters import letters, maildir, mbox, stream

_PIECE = 57 * 16_384  # bytes of a file that make whole lines of base64


def write(what: str, path: Path, size: int, seed: int) -> int:
    """What was asked for, at *path*; how many of its mails are no copies, 0 where nobody counts."""
    counted = Counted(letters(seed, size) if what in {"mbox", "maildir"} else iter(()))
    if what == "maildir":
        maildir(counted, path)
        return counted.first
    blocks = {"mbox": mbox(counted), "stream": stream(size, seed), "heavy": heavy(size)}[what]
    with path.open("wb") as out:
        out.writelines(blocks)
    return counted.first


class Counted:
    """Mails that pass through; *first* says how many of them were no copies."""

    def __init__(self, mails: Iterator[Mail]) -> None:
        self._mails = mails
        self.first = 0

    def __iter__(self) -> Iterator[Mail]:
        for mail in self._mails:
            self.first += not mail.truth.copy
            yield mail


def heavy(size: int) -> Iterator[bytes]:
    """An mbox of one letter with a file of at least *size* bytes, in blocks."""
    draw = random.Random(f"heavy {size}")
    yield (
        b"From nell@example.org Sat Mar  4 18:02:07 2023\nFrom: Nell <nell@example.org>\nTo: kofi@example.net\n"
        b"Subject: The film of the tank\nDate: Sat, 4 Mar 2023 18:02:07 +0000\nMessage-ID: <film@example.org>\n"
        b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=seam\n\n--seam\n\nThe frog swims at the end.\n"
        b"--seam\nContent-Type: video/mp4; name=tank.mp4\nContent-Transfer-Encoding: base64\n"
        b"Content-Disposition: attachment; filename=tank.mp4\n\n"
    )
    for _ in range(0, size, _PIECE):
        yield base64.encodebytes(draw.randbytes(_PIECE))
    yield b"\n--seam--\n\n"


if __name__ == "__main__":
    print(write(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
