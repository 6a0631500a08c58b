"""Cuts an mbox and keeps nothing: ``python -m tests.bench.splitting FILE`` prints the count and the CPU seconds."""

import sys
from collections.abc import Iterator
from pathlib import Path
from time import process_time

from archiver.importers.mail.split import Cut, split

BLOCK = 1024 * 1024


def blocks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while block := stream.read(BLOCK):
            yield block


def main(file: Path) -> None:
    begun = process_time()
    count = sum(isinstance(piece, Cut) for piece in split(blocks(file)))
    print(count, process_time() - begun)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
