"""The links that people shared: each once, by domain and month, with the words around it and where it was said."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from archiver.exporters.site.paging import day_of
from archiver.exporters.site.prose import addresses, clean
from archiver.model import KeptMessage

FULL = 150  # links on a page
_SHOWN = 3  # times a link was shared that are told of
_AROUND = 160  # characters of the words around it
# What follows readers around and leads nowhere else.
_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|msclkid|igshid|igsh|mc_[ce]id|ref_src|si|mibextid|_ga", re.IGNORECASE
)
_PORTS = {"http": 80, "https": 443}


class Mention(NamedTuple):
    """One time a link was shared: the page and the anchor of the message, its day, and the words around the link."""

    path: str
    anchor: str
    day: str
    words: str


@dataclass(slots=True)
class Link:
    """One address, as it was first written, and when it was shared: *count* times, of which the last are told."""

    address: str
    domain: str
    count: int = 0
    mentions: list[Mention] = field(default_factory=list)

    @property
    def last(self) -> str:
        """The day it was last shared; "" when no day is known."""
        return max(mention.day for mention in self.mentions)


class Domain(NamedTuple):
    """A domain's links by month ("2023-05", "" without a date), the newest first."""

    name: str
    months: list[tuple[str, list[Link]]]
    links: int


class Sheet(NamedTuple):
    """A page of links: the name of its file, and what is on it."""

    path: str
    domains: list[Domain]


class Links:
    """Collects the links of messages in the order of reading."""

    def __init__(self) -> None:
        self._links: dict[tuple[str, str], Link] = {}

    def __len__(self) -> int:
        return len(self._links)

    def add(self, path: str, messages: Iterable[KeptMessage]) -> None:
        """The links of one page's messages; *path* is the page's."""
        for message in messages:
            if "://" in message.text and message.kind != "deleted" and message.deleted_at is None:
                seen: set[tuple[str, str]] = set()
                for text, repeated in _told(message):
                    self._add(path, message, clean(text), seen, repeated=repeated)

    def _add(self, path: str, message: KeptMessage, text: str, seen: set[tuple[str, str]], *, repeated: bool) -> None:
        """What is *repeated* of others counts only where their own words are not here."""
        for start, end, address in addresses(text):
            key = canonical(address)
            if key is None or key in seen or (repeated and key in self._links):
                continue
            seen.add(key)
            link = self._links.setdefault(key, Link(address, key[0]))
            link.count += 1
            link.mentions.append(Mention(path, message.id, day_of(message), around(text, start, end)))
            del link.mentions[:-_SHOWN]

    def sheets(self) -> list[Sheet]:
        """The pages: domains in order, near FULL links each, a new page for each first letter."""
        found: list[Sheet] = []
        for letter, run in groupby(self._domains(), lambda domain: _letter(domain.name)):
            for number, domains in enumerate(_filled(run), 1):
                found.append(Sheet(f"{letter}.html" if number == 1 else f"{letter}-{number}.html", domains))
        return found

    def _domains(self) -> Iterator[Domain]:
        ordered = sorted(self._links.items(), key=lambda item: (_letter(item[0][0]), item[0]))
        for name, run in groupby(ordered, lambda item: item[0][0]):
            links = sorted((link for _, link in run), key=lambda link: link.last, reverse=True)
            months = [(month, list(those)) for month, those in groupby(links, lambda link: link.last[:7])]
            yield Domain(name, months, len(links))


def _told(message: KeptMessage) -> Iterator[tuple[str, bool]]:
    """(words, whether they repeat others'), without what stands under every letter."""
    if not message.spans:
        yield message.text, False
    for span in message.spans:
        if span.kind in ("own", "quote"):
            yield message.text[span.start : span.end], span.kind == "quote"


def _letter(domain: str) -> str:
    first = domain[:1]
    return first if first.isascii() and first.isalnum() else "other"


def _filled(domains: Iterable[Domain]) -> Iterator[list[Domain]]:
    """Domains in runs of near FULL links; one with more is told in parts."""
    sheet: list[Domain] = []
    held = 0
    for domain in (part for whole in domains for part in _parts(whole)):
        if sheet and held + domain.links > FULL:
            yield sheet
            sheet, held = [], 0
        sheet.append(domain)
        held += domain.links
    if sheet:
        yield sheet


def _parts(domain: Domain) -> Iterator[Domain]:
    links = [(month, link) for month, those in domain.months for link in those]
    for start in range(0, len(links), FULL):
        part = links[start : start + FULL]
        months = [(month, [link for _, link in run]) for month, run in groupby(part, lambda pair: pair[0])]
        yield Domain(domain.name, months, len(part))


def canonical(address: str) -> tuple[str, str] | None:
    """(domain, the rest) that two spellings of one address have in common; None for no address at all.

    http and https are one, so are a leading ``www.``, the usual port, a last slash and a fragment, and what only
    tracks readers; the order of a query is levelled.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").removeprefix("www.").rstrip(".")
    if not host:
        return None
    if port is not None and port != _PORTS.get(parts.scheme.lower()):
        host += f":{port}"
    return host, (parts.path.rstrip("/") or "/") + _query(parts)


def _query(parts: SplitResult) -> str:
    kept = sorted(pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(pair[0]))
    return "?" + urlencode(kept) if kept else ""


def around(text: str, start: int, end: int) -> str:
    """The line that text[start:end] stands in, without it and not too long."""
    first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    before = text[max(first, start - _AROUND) : start]
    after = text[end : min(len(text) if last < 0 else last, end + _AROUND)]
    before = before[_edge(before) :] if start - first > _AROUND else before
    return " ".join(f"{before} … {after}".split()).strip("… ")


def _edge(text: str) -> int:
    """Where the first whole word begins."""
    return text.find(" ") + 1


def by_count(sheets: Sequence[Sheet]) -> list[tuple[str, str, int]]:
    """(domain, page, links) of every domain, those with the most links first."""
    found: dict[str, tuple[str, int]] = {}
    for sheet in sheets:
        for domain in sheet.domains:
            path, count = found.get(domain.name, (sheet.path, 0))
            found[domain.name] = path, count + domain.links
    return sorted(((name, *rest) for name, rest in found.items()), key=lambda row: (-row[2], row[0]))
