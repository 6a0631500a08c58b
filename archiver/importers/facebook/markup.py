"""HTML as Meta writes it, in bits: split at its tags, texts read, attributes read. No parser, no tree of a page.

Everything here is linear in what it is given, however ill-formed that is: a tag never holds ``<``, and what looks like
a tag and is not closed is text.
"""

import html
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

LINE_BREAK = -1
"""Stands among the pieces of a text for a ``<br>``; lower numbers for images, see `image_at`."""
VOID = frozenset({
    "br", "img", "hr", "meta", "link", "input", "source", "area", "base", "col", "embed", "track", "wbr", "!", "?",
})  # fmt: skip
"""Elements that have no end tag, comments and the like."""

Pieces = tuple[int, ...]
"""A text out of pieces: numbers of the texts between tags, and line breaks."""

_TAGS = re.compile(r"<(/?[a-zA-Z][a-zA-Z0-9-]*+|[!?])([^<>]*+)>")
_ATTRIBUTE = re.compile(r"""(?<![\w:-])([a-zA-Z][\w:-]*+)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]++))""")
_BREAK = re.compile(r"<br ?/?>[ \n]?")


class Markup(NamedTuple):
    """Markup split at its tags: one *text* more than there are *tags* (their names, as written, ``/`` before those
    that close), and what is *inside* of each tag behind its name."""

    texts: list[str]
    tags: tuple[str, ...]
    inside: list[str]


def split(markup: str) -> Markup:
    """The texts and the tags of a bit of markup."""
    parts = _TAGS.split(markup)
    return Markup(parts[::3], tuple(parts[1::3]), parts[2::3])


def image_at(tag: int) -> int:
    """What stands among the pieces of a text for the image of this tag; its own inverse."""
    return -2 - tag


def written(texts: Sequence[str], pieces: Pieces, images: Mapping[int, str] | None = None) -> str:
    """The text out of these pieces, as a reader sees it. The space behind a line break is part of
    the break. *images*: what images say, by their tag (emoji)."""
    if len(pieces) == 1 and pieces[0] >= 0:
        return plain(texts[pieces[0]])
    found: list[str] = []
    broken = False
    for piece in pieces:
        if piece >= 0:
            if text := texts[piece]:
                found.append(text[1:] if broken and text[0] in " \n" else text)
        else:
            found.append("\n" if piece == LINE_BREAK else images.get(image_at(piece), "") if images else "")
        broken = piece == LINE_BREAK
    return plain("".join(found))


def plain(text: str) -> str:
    """Text with its references to characters resolved, and no space around it. NUL is what HTML makes of it."""
    if "&" in text:
        text = _resolved(text)
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    return text.strip(" \t\r\n")


def _resolved(text: str) -> str:
    """Text with its references to characters resolved; quickly where there are only those that Meta writes."""
    quick = text.replace("&#039;", "'").replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">")
    if quick.count("&") == quick.count("&amp;"):
        return quick.replace("&amp;", "&")
    return html.unescape(text)


def plain_text(markup: str) -> str:
    """The text of a bit of markup."""
    return plain("".join(_TAGS.split(markup)[::3]))


def attributes(inside: str) -> dict[str, str]:
    """The attributes in a tag: names in lower case, values resolved; of two alike the first counts."""
    found: dict[str, str] = {}
    for key, double, single, bare in _ATTRIBUTE.findall(inside):
        found.setdefault(key.lower(), html.unescape(double or single or bare))
    return found


def unbroken(raw: bytes) -> str:
    """A text with nothing but line breaks in it. UnicodeDecodeError for what is no UTF-8."""
    text = raw.decode()
    return plain(_BREAK.sub("\n", text) if "<" in text else text)
