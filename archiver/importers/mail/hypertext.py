"""HTML as a mail has it to text as a reader reads it: one walk over the tree that lexbor makes of it.

Quotations get ``> ``, items a bullet or a number, cells of a row a tab between them, links their address behind them.
What a mail program does not show is left out: styles and scripts, hidden preheaders, tracking pixels. Markup made to
stall a parser (see `_tangled`) is read without a tree.
"""

import html
import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, cast

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archiver.importers.mail.paper import Mark, Paper

SMALL = 1 << 15  # characters of markup that cannot stall the parser for longer than a tenth of a second
_MANY = 2000  # tags, likewise
TREE, FLAT = 300_000, 500_000  # tags of one mail of which trees are made, and that are read at all

_Enter = Callable[[LexborNode, Paper], object]
_Leave = Callable[[LexborNode, Paper, object], None]


class _Tag(NamedTuple):
    """What an element does to the paper before its content and behind it; both None: nothing."""

    enter: _Enter | None = None
    leave: _Leave | None = None


def _line_break(_: LexborNode, paper: Paper) -> None:
    paper.line_break()


def _block(_: LexborNode, paper: Paper, __: object = None) -> None:
    paper.block(1)


def _paragraph(_: LexborNode, paper: Paper, __: object = None) -> None:
    paper.block(2)


def _row(_: LexborNode, paper: Paper, __: object = None) -> None:
    paper.row()


def _cell(_: LexborNode, paper: Paper) -> None:
    paper.cell()


def _item(_: LexborNode, paper: Paper) -> None:
    paper.item()


def _end_item(_: LexborNode, paper: Paper, __: object) -> None:
    paper.end_item()


def _list(node: LexborNode, paper: Paper) -> None:
    start = (node.attributes.get("start") or "1") if node.tag == "ol" else ""
    paper.open_list((int(start) if start.isdecimal() and len(start) < 10 else 1) if start else None)


def _end_list(_: LexborNode, paper: Paper, __: object) -> None:
    paper.close_list()


def _quote(_: LexborNode, paper: Paper) -> None:
    paper.quote(1)


def _end_quote(_: LexborNode, paper: Paper, __: object) -> None:
    paper.quote(-1)


def _pre(_: LexborNode, paper: Paper) -> None:
    paper.pre(1)


def _end_pre(_: LexborNode, paper: Paper, __: object) -> None:
    paper.pre(-1)


def _rule(_: LexborNode, paper: Paper) -> None:
    paper.rule()


def _image(node: LexborNode, paper: Paper) -> None:
    """Its alternative text, unless it is a pixel that counts who reads."""
    attributes = node.attributes
    said = " ".join((attributes.get("alt") or "").split())
    if said and not {attributes.get("width"), attributes.get("height")} & _TINY:
        paper.run.append(f"[{said}]")


def _link(node: LexborNode, paper: Paper) -> tuple[Mark, str]:
    return paper.mark(), node.attributes.get("href") or ""


def _end_link(_: LexborNode, paper: Paper, held: object) -> None:
    """Where a link goes, if its text does not say so."""
    mark, href = cast("tuple[Mark, str]", held)
    address = "".join(href.split())
    if not address.lower().startswith(_SCHEMES) or len(address) > _LONGEST_ADDRESS:
        return
    text = paper.since(mark)
    if text and (not _ADDRESS_LIKE.search(text) or _bare(text) != _bare(address)):
        paper.behind(f"<{address.removeprefix('mailto:')}>")


def _bare(address: str) -> str:
    """An address without what people leave out."""
    return _LEFT_OUT.sub("", address.strip("<> \n").lower()).rstrip("/")


_TINY = {"0", "1", "0px", "1px"}
_SCHEMES = ("http:", "https:", "ftp:", "mailto:", "tel:", "news:", "matrix:", "xmpp:", "irc:")
_LEFT_OUT = re.compile(r"^(?:mailto:|tel:|https?://)?(?:www\.)?")
_ADDRESS_LIKE = re.compile(r"[.@/]|\d\d")
_LONGEST_ADDRESS = 2000

_TEXT, _SKIP, _INLINE = _Tag(), _Tag(), _Tag()
_TAGS = {
    "-text": _TEXT,
    "br": _Tag(_line_break),
    "a": _Tag(_link, _end_link),
    "img": _Tag(_image),
    "li": _Tag(_item, _end_item),
    "tr": _Tag(_row, _row),
    "td": _Tag(_cell),
    "th": _Tag(_cell),
    "blockquote": _Tag(_quote, _end_quote),
    "hr": _Tag(_rule),
    **dict.fromkeys(("pre", "xmp", "listing", "plaintext"), _Tag(_pre, _end_pre)),
    **dict.fromkeys(("ul", "ol", "menu", "dir"), _Tag(_list, _end_list)),
    **dict.fromkeys(("p", "h1", "h2", "h3", "h4", "h5", "h6", "dl"), _Tag(_paragraph, _paragraph)),
    **dict.fromkeys(
        (
            "div", "table", "caption", "dd", "dt", "address", "article", "aside", "center", "details", "fieldset",
            "figcaption", "figure", "footer", "form", "header", "legend", "main", "nav", "section", "summary", "tbody",
            "thead", "tfoot",
        ),
        _Tag(_block, _block),
    ),
    **dict.fromkeys(
        (
            "-comment", "-doctype", "head", "title", "style", "script", "template", "meta", "link", "base", "iframe",
            "noframes", "noembed", "select", "textarea", "svg", "map", "audio", "video", "canvas", "input",
        ),
        _SKIP,
    ),
}  # fmt: skip
_KNOWN_IDS = 512  # lexbor numbers the tags it knows from 1 on; other names get numbers of their document
_by_id: dict[int, _Tag] = {}

_LONGEST_STYLE = 1000
_HIDDEN, _ZERO, _SIZED = "hidden", "zero", "sized"
_INVISIBLE = re.compile(r"display:none|visibility:(?:hidden|collapse)|mso-hide:all")
_NOTHING = re.compile(r"(?:^|;)(?:max-height|opacity):0*+(?:\.0*+)?(?:px|pt|em|rem|%)?(?:!important)?(?:;|$)")
_FONT_SIZE = re.compile(r"(?:^|;)font-size:(0*+(?:\.0*+)?(?:px|pt|em|rem|%)?(?:!important)?(?:;|$))?")
_META = re.compile(rb"<meta\b[^>]{1,500}?charset\s*+=\s*+[\"']?\s*+([\w.:-]{1,40})", re.IGNORECASE)


def read(markup: str, wary: bool = True, before: int = 0) -> str:
    """The text, with LF line ends, at most one blank line in a row and none at its ends.

    *wary*: even markup shorter than SMALL is looked at for what stalls a parser. *before*: how many tags of the same
    mail have been read, for many parts that take some time take long together. Never raises.
    """
    markup = markup.replace("\0", "")
    if _tangled(markup, wary, before):
        return flat(markup)
    parser = LexborHTMLParser(markup.encode("utf-8", "replace"))
    if parser.root is None:
        return ""
    effects = _effects(parser)
    text = _walk(parser.root, effects)
    if not text and _HIDDEN in effects.values():  # all of it is hidden: then somebody failed to show it
        text = _walk(parser.root, {})
    return text


def charset(data: bytes) -> str | None:
    """The charset that a ``<meta>`` at the beginning names."""
    found = _META.search(data, 0, 4096)
    return found[1].decode("latin-1") if found else None


def _walk(root: LexborNode, effects: dict[int, str]) -> str:
    """The text of the tree, whose depth is no concern: what is open lies in a list."""
    paper = Paper()
    write = paper.run.append
    open_: list[tuple[LexborNode, _Leave | None, object, bool]] = []
    zero = False  # the font has no size
    held: object = None
    node: LexborNode | None = root
    while node is not None:
        tag = _by_id.get(node.tag_id) or _tag(node)
        if tag is _TEXT:
            if not zero:
                write(node.text_content or "")
        elif tag is not _SKIP and (effect := effects.get(node.mem_id) if effects else None) != _HIDDEN:
            enter, leave = tag
            if enter:
                held = enter(node, paper)
            child = node.first_child
            if child is not None:
                open_.append((node, leave, held, zero))
                if effect:
                    zero = effect == _ZERO
                node = child
                continue
            if leave:
                leave(node, paper, held)
        following = node.next
        while following is None and open_:
            node, leave, held, zero = open_.pop()
            if leave:
                leave(node, paper, held)
            following = node.next
        node = following
    return paper.finish()


def _tag(node: LexborNode) -> _Tag:
    tag = _TAGS.get(node.tag or "-comment", _INLINE)
    if node.tag_id < _KNOWN_IDS:
        _by_id[node.tag_id] = tag
    return tag


def _effects(parser: LexborHTMLParser) -> dict[int, str]:
    """The elements that are hidden, or whose letters have no size or a size again, by their `mem_id`."""
    found = {node.mem_id: _HIDDEN for node in parser.css("[hidden]")}
    for node in parser.css("[style]"):
        if effect := _effect(node.attrs.sget("style")[:_LONGEST_STYLE]):
            found[node.mem_id] = effect
    return found if _HIDDEN in found.values() or _ZERO in found.values() else {}


@lru_cache(maxsize=4096)
def _effect(style: str) -> str | None:
    """What a style does to what is inside: ``font-size:0`` holds until an element in it has a size of its own, as
    the wrappers of newsletters have it; the rest hides all."""
    squeezed = "".join(style.lower().split())
    if _INVISIBLE.search(squeezed) or _NOTHING.search(squeezed):
        return _HIDDEN
    size = _FONT_SIZE.search(squeezed)
    return (_ZERO if size[1] else _SIZED) if size else None


# --- markup that a tree is not made of ---

_ATTRIBUTES = r"""(?:[^>=]++|=\s*+(?:"[^"]*+"?|'[^']*+'?|))*+"""
_TAG = re.compile(rf"<[a-zA-Z]{_ATTRIBUTES}")
_NAMED = re.compile(rf"<(/?)([a-zA-Z][a-zA-Z0-9]*+){_ATTRIBUTES}>?")
_UNREAD = re.compile(
    r"<(script|style|title|template|textarea|select)\b.*?(?:</\1[^>]*+>?|\Z)|<!--.*?(?:-->|\Z)|<[!?][^>]*+>?",
    re.DOTALL | re.IGNORECASE,
)
_BLOCKS = re.compile(
    rf"</?(?:br|div|li|tr|table|blockquote|hr|pre|[uo]l|d[tdl]|form|section|article)\b{_ATTRIBUTES}>?", re.IGNORECASE
)
_PARAGRAPHS = re.compile(rf"</?(?:p|h[1-6])\b{_ATTRIBUTES}>?", re.IGNORECASE)
_NEVER_OPEN = {"br", "hr", "img", "input", "meta", "link", "base", "col", "area", "wbr", "embed", "source"} | {
    *("p", "li", "td", "th", "tr", "tbody")  # which the next one closes
}
_LONG_TAG, _MANY_ATTRIBUTES = 4000, 500
_DEEP, _WORK = 100, 10_000_000


def _tangled(markup: str, wary: bool, before: int) -> bool:
    """Whether a tree would take long to make. lexbor, as the standard has it, looks through all open elements at each
    block, through all attributes at each attribute, and opens unclosed formatting anew in each paragraph: 30,000
    nested elements take it 1.6 s, 4,000 kB of them hours."""
    tags = before + markup.count("<")
    if tags > TREE:
        return True
    if len(markup) <= SMALL and not wary and tags <= _MANY:
        return False
    longest = max(_TAG.findall(markup), key=len, default="")
    if len(longest) > _LONG_TAG and len(longest.split()) + longest.count("=") + longest.count("/") > _MANY_ATTRIBUTES:
        return True
    return tags > _MANY and _deep(markup, tags)


def _deep(markup: str, tags: int) -> bool:
    """Whether elements stand so deep in one another that so many tags make too much work."""
    bearable = _DEEP + _WORK // tags
    open_: dict[str, int] = {}
    depth = 0
    for tag in _NAMED.finditer(markup):
        name = tag[2].lower()
        if name in _NEVER_OPEN:
            continue
        if not tag[1]:
            open_[name] = open_.get(name, 0) + 1
            depth += 1
            if depth > bearable:
                return True
        elif open_.get(name):
            open_[name] -= 1
            depth -= 1
    return False


def flat(markup: str) -> str:
    """The text without a tree: a block's tags are line ends, others nothing. Time is linear in all cases."""
    squeezed = " ".join(_UNREAD.sub("", markup).split())
    broken = _NAMED.sub("", _BLOCKS.sub("\n", _PARAGRAPHS.sub("\n\n", squeezed)))
    lines = [" ".join(line.split()) for line in html.unescape(broken).split("\n")]
    kept = [line for line, before in zip(lines, ["", *lines], strict=False) if line or before]
    return "\n".join(kept).strip("\n")


_PARAMETER = re.compile(r"<param>[^<]*+</param>", re.IGNORECASE)
_FORMAT = re.compile(r"(?<!<)</?[A-Za-z0-9-]{1,60}>")
_NEWLINES = re.compile(r"\n(\n*+)")


def enriched(text: str) -> str:
    """text/enriched (RFC 1896) without its formatting; one line end is a space, more of them one fewer."""
    plain = _FORMAT.sub("", _PARAMETER.sub("", text)).replace("<<", "<")
    return _NEWLINES.sub(lambda run: run[1] or " ", plain)
