"""The outline of a message's box on a page: which of its texts is the sender, which the time, which what was said.

Facebook changes the names of classes every few years, the structure hardly ever: a box with a head, a body and, last,
the time (facts 6.1). So the tags alone tell, without their attributes; boxes with the same tags are built alike, and
nearly all of a thread's are: what has been found out once serves for all of them.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

from archiver.importers.facebook.markup import LINE_BREAK, VOID, Markup, Pieces, image_at

_INLINE = frozenset({
    "a", "b", "i", "u", "s", "em", "strong", "span", "font", "small", "big", "br", "wbr", "img", "code", "sub",
    "sup", "mark", "abbr", "time", "bdi", "bdo",
})  # fmt: skip
_UNSEEN = frozenset({  # text in them is not shown, or instead
    "style", "script", "head", "title", "template", "video", "audio",
})  # fmt: skip
_MEDIA = frozenset({"img", "video", "audio", "source", "a"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_FIXED_SLOTS = 4  # so many blocks a body has at least where Meta wrote it; the text is in the second
_SIMPLE = 60  # tags of a box that is worth a stencil
_KEPT = 5_000  # outlines remembered
_DEEPEST = 400  # tags that may be open at once
_LEGACY_PARTS = 2


class _Element:
    """An element of a box, with what is in it: elements, and numbers of texts. *leaf*: nothing but a text, with what
    may stand in a line of it."""

    __slots__ = ("inside", "leaf", "name", "tag")

    def __init__(self, name: str, tag: int) -> None:
        self.name = name
        self.tag = tag
        self.inside: list[_Element | int] = []
        self.leaf = True

    def elements(self) -> list["_Element"]:
        return [one for one in self.inside if isinstance(one, _Element)]

    def texts(self) -> list[int]:
        return [one for one in self.inside if isinstance(one, int)]


@dataclass(frozen=True, slots=True)
class Outline:
    """What is where in a box: pieces of the *sender*, the *time*, the *text*.

    *blocks*: further texts of the body, in their order. *marks*: of each reaction. *media*: numbers of the tags that
    may name files or addresses. *fixed*: the text has its place, and if nothing stands there, there is none.
    *parts*: how many parts the box has; fewer than 2 are a heading. *stray*: texts that are in no block. *rest* gives
    all that are none of sender, time, text and reactions.
    """

    sender: Pieces
    time: Pieces
    text: Pieces
    blocks: tuple[Pieces, ...]
    marks: tuple[Pieces, ...]
    media: tuple[int, ...]
    fixed: bool
    parts: int
    stray: Pieces
    rest: Callable[[Sequence[str]], Sequence[str]]

    def has_rest(self, texts: Sequence[str]) -> bool:
        """Whether there is text beside sender, time, text and reactions."""
        found = "".join(self.rest(texts))
        return bool(found) and not found.isspace()


class Outlines:
    """The outlines of a page's boxes, each found out once. *legacy*: of a page of 2010-17."""

    def __init__(self, *, legacy: bool = False) -> None:
        self._legacy = legacy
        self._known: dict[tuple[str, ...], Outline] = {}

    def of(self, names: tuple[str, ...]) -> Outline:
        """What is where in a box with these tags."""
        known = self._known.get(names)
        if known is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            known = self._known[names] = outline(names, legacy=self._legacy)
        return known


def outline(names: Sequence[str], *, legacy: bool = False) -> Outline:
    """What is where in a box with these tags. *legacy*: a message of 2010-17, whose text stands behind its box."""
    root = _tree(names)
    found = _legacy(root) if legacy else _modern(root)
    places = range(len(names) + 1)
    used = {piece for text in (found.sender, found.time, found.text, *found.marks) for piece in text}
    told = used.union(found.silent, *found.blocks)
    rest = [place for place in places if place not in used]
    return Outline(
        found.sender,
        found.time,
        found.text,
        tuple(found.blocks),
        tuple(found.marks),
        tuple(found.media),
        found.fixed,
        found.parts,
        tuple(place for place in places if place not in told),
        itemgetter(0, 0, *rest) if used else _all_texts,  # two at least, for of one it would give the text itself
    )


def _all_texts(texts: Sequence[str]) -> Sequence[str]:
    return texts


@dataclass(slots=True)
class _Found:
    sender: Pieces = ()
    time: Pieces = ()
    text: Pieces = ()
    blocks: list[Pieces] = field(default_factory=list)
    marks: list[Pieces] = field(default_factory=list)
    media: list[int] = field(default_factory=list)
    silent: list[int] = field(default_factory=list)
    fixed: bool = False
    parts: int = 0


def _tree(names: Sequence[str]) -> _Element:
    """The elements of a box. An end tag closes the nearest element of its name; one that closes none is passed by."""
    root = _Element("", -1)
    opened = [root]
    for tag, written in enumerate(names):
        opened[-1].inside.append(tag)
        name = written.lower()
        if name[0] == "/":
            at = next((at for at in range(len(opened) - 1, 0, -1) if opened[at].name == name[1:]), 0)
            if at:
                del opened[at:]
            continue
        element = _Element(name, tag)
        opened[-1].inside.append(element)
        if name not in _INLINE:
            for around in reversed(opened):
                if not around.leaf:
                    break  # and neither are those around it
                around.leaf = False
        if name not in VOID and len(opened) < _DEEPEST:
            opened.append(element)
    opened[-1].inside.append(len(names))
    return root


# -- 2018 and later ---------------------------------------------------------------------------------------------


def _modern(root: _Element) -> _Found:
    found = _Found()
    box = root
    while len(box.elements()) == 1 or (box is root and box.elements()):
        box = box.elements()[0]
        if box.leaf:
            break
    parts = [] if box.leaf else [one for one in box.elements() if one.name not in VOID]
    found.parts = len(parts)
    if len(parts) < _LEGACY_PARTS:
        found.blocks = [text for text, _ in _leaves([root], found)]
        return found
    *body, time = parts
    if len(body) > 1 or body[0].name in _HEADINGS or body[0].leaf:
        found.sender = _pieces(body.pop(0))
    found.time = _pieces(time)
    _body(body, found)
    return found


def _body(body: list[_Element], found: _Found) -> None:
    """The text of a message, and whatever else is in its body."""
    while len(body) == 1 and not body[0].leaf and body[0].name != "ul":
        body = [one for one in body[0].elements() if one.name not in VOID]
    found.fixed = len(body) >= _FIXED_SLOTS
    for place, slot in enumerate(body):
        for text, _ in _leaves([slot], found):
            mine = place == 1 if found.fixed else place == 0
            if mine and not found.text:
                found.text = text
            else:
                found.blocks.append(text)


def _leaves(elements: Sequence[_Element], found: _Found) -> Iterator[tuple[Pieces, _Element]]:
    """The texts of innermost blocks. What reactions and media there are goes to *found*."""
    waiting = list(reversed(elements))
    while waiting:
        here = waiting.pop()
        if here.name in _MEDIA:
            found.media.append(here.tag)
        if here.name == "ul":
            found.marks += [_pieces(one) for one in here.elements()]
        elif here.name in _UNSEEN:
            found.media += [one.tag for one in _inside(here) if one.name in _MEDIA]
            found.silent += [place for one in (here, *_inside(here)) for place in one.texts()]
        elif here.leaf:
            found.media += [one.tag for one in _inside(here) if one.name in _MEDIA]
            yield _pieces(here), here
        else:
            waiting += reversed(here.elements())


def _inside(element: _Element) -> Iterator[_Element]:
    """All elements in one, in the page's order."""
    waiting = list(reversed(element.elements()))
    while waiting:
        here = waiting.pop()
        yield here
        waiting += reversed(here.elements())


def _pieces(element: _Element) -> Pieces:
    """The text of an element and all in it."""
    pieces: list[int] = []
    waiting: list[_Element | int] = [element]
    while waiting:
        here = waiting.pop()
        if isinstance(here, int):
            pieces.append(here)
        elif here.name == "br":
            pieces.append(LINE_BREAK)
        elif here.name == "img":
            pieces.append(image_at(here.tag))
        elif here.name not in _UNSEEN:
            waiting += reversed(here.inside)
    return tuple(pieces)


# -- 2010 to 2017 -----------------------------------------------------------------------------------------------


def _legacy(root: _Element) -> _Found:
    """``div.message > div.message_header > span.user, span.meta``, and behind it the text in ``p``, sometimes in two,
    one in the other."""
    found = _Found()
    spans = [one for one in _inside(root) if one.name == "span"]
    if len(spans) < _LEGACY_PARTS:
        found.blocks = [_pieces(root)]
        return found
    found.sender, found.time, found.parts = _pieces(spans[0]), _pieces(spans[1]), 3
    texts: list[Pieces] = []
    taken = False
    for one in _inside(root):
        if one is spans[1]:
            taken = True
        elif taken and one.name == "p" and not any(inner.name == "p" for inner in _inside(one)):
            texts.append(_pieces(one))
        if taken and one.name in _MEDIA:
            found.media.append(one.tag)
    found.text = texts[0] if texts else ()
    found.blocks = texts[1:]
    return found


# -- boxes that are all alike -----------------------------------------------------------------------------------


class Stencil(NamedTuple):
    """What matches a whole box that has the tags of another, and nothing but sender, time, text and reactions: with
    the groups that those are."""

    pattern: re.Pattern[bytes]
    sender: int
    time: int
    text: int
    marks: tuple[int, ...]


def stencil(markup: Markup, plan: Outline) -> Stencil | None:
    """The stencil of a box; None when its tags are not simple enough. What attributes say, classes aside, may vary;
    in the text there may be line breaks."""
    texts, tags, inside = markup
    places = [_only(texts, pieces) for pieces in (plan.sender, plan.time, plan.text, *plan.marks)]
    if min(places) < 0 or len(tags) > _SIMPLE or any("'" in one for one in inside):
        return None
    groups = dict.fromkeys(places, _WORDS) | {places[2]: _LINES}
    pattern = [groups.get(0, _SPACE)]
    for number, (name, attributes) in enumerate(zip(tags, inside, strict=True), 1):
        pattern += [f"<{re.escape(name)}{_varying(attributes)}>", groups.get(number, _SPACE)]
    sender, time, text, *marks = (sum(other <= place for other in places) for place in places)
    return Stencil(re.compile("".join(pattern).encode()), sender, time, text, tuple(marks))


def _only(texts: Sequence[str], pieces: Pieces) -> int:
    """The only piece of a text that says something; -1 when it is not one."""
    found = [piece for piece in pieces if piece < 0 or not _is_blank(texts[piece])]
    return found[0] if len(found) == 1 else -1


def _is_blank(text: str) -> bool:
    return not text or text.isspace()


_SPACE, _WORDS = r"\s*+", "([^<]*+)"
_LINES = r"([^<]*+(?:<br ?/?>[^<]*+)*+)"
_VALUE = re.compile(r"(?<![\w:-])(?!class=)([a-zA-Z][\w:-]*+=)\"[^\"]*+\"")


def _varying(inside: str) -> str:
    """What matches attributes with other values, but for classes."""
    pieces = _VALUE.split(inside)
    found = [re.escape(pieces[0])]
    for key, rest in zip(pieces[1::2], pieces[2::2], strict=True):
        found += [re.escape(key), '"[^"<>]*+"', re.escape(rest)]
    return "".join(found)
