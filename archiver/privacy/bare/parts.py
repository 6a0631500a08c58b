"""What all walkers share: what they give, and reading without ever reading past the end."""

from typing import NamedTuple


class DamagedError(Exception):
    """The file is not as its format has it, or holds what cannot be taken out."""


class Steps:
    """Counts the parts of a file, so that one made of millions of empty parts does not keep everybody waiting."""

    def __init__(self, most: int) -> None:
        self._left = most

    def take(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise DamagedError


class Bare(NamedTuple):
    """A bared file; *width* and *height* in pixels as it is to be shown, 0 for sound."""

    content: bytes
    width: int = 0
    height: int = 0
    media_type: str = ""
    ending: str = ""


def part(content: bytes, start: int, size: int) -> bytes:
    """[start, start + size), all of it."""
    if start < 0 or size < 0 or start + size > len(content):
        raise DamagedError
    return content[start : start + size]


def big(content: bytes, start: int, size: int) -> int:
    """A number, its greatest byte first."""
    return int.from_bytes(part(content, start, size), "big")


def little(content: bytes, start: int, size: int) -> int:
    """A number, its least byte first."""
    return int.from_bytes(part(content, start, size), "little")
