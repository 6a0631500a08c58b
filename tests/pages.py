"""Reads HTML the way a browser would, as far as the tests need: elements, text, links, addresses loaded."""

from collections.abc import Iterable, Mapping
from html.parser import HTMLParser
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from archiver.contracts import Page

_VOID = {"meta", "link", "br", "img", "hr", "input"}
_LOADING = {"src", "srcset", "data", "poster", "action", "formaction", "background", "ping", "manifest", "style"}


def made(pages: Iterable[Page]) -> dict[str, bytes]:
    """Pages by path, each made once and whole."""
    found: dict[str, bytes] = {}
    for page in pages:
        assert isinstance(page.content, bytes)
        assert page.path not in found
        found[page.path] = page.content
    return found


def read(pages: Mapping[str, bytes]) -> dict[str, "PageReader"]:
    return {path: PageReader(content) for path, content in pages.items() if path.endswith(".html")}


class PageReader(HTMLParser):
    """One page: *elements* as (tag, attributes), *text* as shown, *ids*, *links*, and how many *nodes* it has."""

    def __init__(self, content: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.nodes = 0
        self._open: list[str] = []
        self._in_text = False
        self.feed(content.decode())
        self.close()
        assert self._open == [], f"left open: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute twice on <{tag}>"
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.nodes += 1
        self._in_text = False
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1] == tag, f"</{tag}> inside <{self._open[-1]}>"
        self._open.pop()
        self._in_text = False

    def handle_data(self, data: str) -> None:
        self.nodes += not self._in_text
        self._in_text = True
        self.text += data

    @property
    def tags(self) -> set[str]:
        return {tag for tag, _ in self.elements}

    @property
    def ids(self) -> list[str]:
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]

    @property
    def links(self) -> list[str]:
        return [attributes["href"] for tag, attributes in self.elements if tag == "a"]

    @property
    def loaded(self) -> list[str]:
        """Every address the page would fetch by itself."""
        found = [attributes["href"] for tag, attributes in self.elements if tag == "link"]
        for _, attributes in self.elements:
            found += [value for name, value in attributes.items() if name in _LOADING]
        return found


def broken_links(pages: Mapping[str, PageReader], files: set[str]) -> list[str]:
    """Links and loaded files that lead to no file, or to no place in it; outside addresses are not followed."""
    broken = []
    for path, page in pages.items():
        for link in [*page.links, *page.loaded]:
            if link.startswith(("https://", "http://", "mailto:")):
                continue
            place, _, fragment = link.partition("#")
            target = normpath(join(dirname(path), unquote(place))) if place else path
            if target not in files or (fragment and fragment not in pages[target].ids):
                broken.append(f"{path}: {link}")
    return broken
