"""Single flipped bits, drawn with a seed, over the files of an archive and of a published site."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple


class Flip(NamedTuple):
    """One bit of one file."""

    file: Path
    at: int
    bit: int


def drawn(files: list[Path], count: int, seed: int) -> list[Flip]:
    """*count* flips: each file as likely as any other, then each of its bits."""
    draw = random.Random(seed)
    flips = []
    for _ in range(count):
        file = draw.choice(files)
        flips.append(Flip(file, draw.randrange(file.stat().st_size), draw.randrange(8)))
    return flips


def flip(one: Flip) -> None:
    with one.file.open("r+b") as stream:
        stream.seek(one.at)
        (byte,) = stream.read(1)
        stream.seek(one.at)
        stream.write(bytes([byte ^ 1 << one.bit]))


@contextmanager
def flipped(one: Flip) -> Iterator[None]:
    """The bit is wrong until the end of the block."""
    flip(one)
    try:
        yield
    finally:
        flip(one)
