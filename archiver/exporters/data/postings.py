"""What is said on a page, as schema.org's DiscussionForumPosting: read off the page itself, briefly."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

POSTINGS = 8  # discussions told of one page
COMMENTS = 3  # answers told of a page's only discussion
_TEXT = 200  # characters of a text that are told
_WHERE = Callable[[str], str]


@dataclass(slots=True)
class Discussion:
    """Messages under one heading, and how many there are of them."""

    headline: str
    said: list[dict[str, object]] = field(default_factory=list)
    messages: int = 0


def postings(page: bytes, where: _WHERE) -> list[dict[str, object]]:
    """The discussions on a page, in their order; *where* makes an address of a fragment ("#m-…").

    A message without a day is passed over: search engines do not take one. One discussion is told with the first
    answers, of several only what began them.
    """
    if b"<article " not in page:
        return []
    found = [one for one in _discussions(LexborHTMLParser(page), where) if one.said][:POSTINGS]
    return [_posting(one, COMMENTS if len(found) == 1 else 0) for one in found]


def _posting(one: Discussion, comments: int) -> dict[str, object]:
    first, answers = one.said[0], one.said[1 : comments + 1]
    told: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "DiscussionForumPosting",
        "headline": one.headline,
        **first,
        "commentCount": one.messages - 1,
    }
    if answers:
        told["comment"] = [{"@type": "Comment", **answer} for answer in answers]
    return told


def _discussions(page: LexborHTMLParser, where: _WHERE) -> Iterator[Discussion]:
    """A heading that is no day begins one; a page without such headings is one."""
    title = page.css_first("h1")
    one = Discussion(_words(title))
    author = ""
    for node in page.css("main > h2, main > article"):
        if node.tag == "h2":
            if node.css_first("time") is None:
                yield one
                one, author = Discussion(_words(node)), ""
            continue
        author = _words(node.css_first("h3")) or author
        one.messages += 1
        if len(one.said) <= COMMENTS and (told := _message(node, author, where)):
            one.said.append(told)
    yield one


def _message(article: LexborNode, author: str, where: _WHERE) -> dict[str, object]:
    """Author, time, place and first words of a message; {} for one without a time or words."""
    time = article.css_first("time")
    stamp = (time.attributes.get("datetime") or "") if time is not None else ""
    text = " ".join(_words(line) for line in article.css("p") if _own(line))
    if not stamp or not text.strip():
        return {}
    identifier = article.attributes.get("id") or ""
    return {
        "author": {"@type": "Person", "name": author},
        "datePublished": stamp,
        "url": where(f"#{identifier}"),
        "text": text if len(text) <= _TEXT else text[:_TEXT].rstrip() + "…",
    }


def _own(line: LexborNode) -> bool:
    """Whether a paragraph has a message's own words: not its subject, a quotation, a file, or what is folded away."""
    return line.parent is not None and line.parent.tag == "article" and "class" not in line.attributes


def _words(node: LexborNode | None) -> str:
    return "" if node is None else " ".join(node.text().split())
