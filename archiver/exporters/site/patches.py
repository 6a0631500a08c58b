"""Patches in letters (``diff --git …``): lines of a program that have to keep their places, in the midst of words."""

from collections.abc import Iterator
from itertools import pairwise

_FIRST = ("diff --git ", "Index: ", "@@ -")
_WITHIN = (
    " ", "+", "-", "@@", "\\ ", "diff ", "index ", "new ", "deleted ", "old ", "similarity ", "rename ", "copy ",
    "Binary ", "GIT ", "Index: ", "====",
)  # fmt: skip


def may_hold_patches(text: str) -> bool:
    """Cheap: whether `parts` would find any."""
    return "@@ -" in text and "\n+" in text


def parts(text: str) -> Iterator[tuple[bool, str]]:
    """The text in pieces as (whether it is a patch, the piece); the line breaks between two pieces are left out."""
    lines = text.split("\n")
    piece: list[str] = []
    inside = False
    for line, after in pairwise([*lines, ""]):
        begins = line.startswith(_FIRST) or (line.startswith("--- ") and after.startswith("+++ "))
        now = begins or (inside and (not line or line.startswith(_WITHIN)))
        if now != inside:
            if piece:
                yield from _said(inside, piece)
            piece, inside = [], now
        piece.append(line)
    yield from _said(inside, piece)


def _said(patch: bool, lines: list[str]) -> Iterator[tuple[bool, str]]:
    """A patch ends with its last line; nothing is said of pieces without words."""
    piece = "\n".join(lines).strip("\n")
    if piece.strip():
        yield patch, piece
