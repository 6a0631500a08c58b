"""Open data beside the pages of a site, each kind of it on request, all of it masked as the pages are.

``jsonl`` and ``csv`` lie in ``data/``; ``atom`` is ``feed.xml`` and ``feeds/``; ``sitemap`` is ``sitemap.xml``;
``json-ld`` is inside the pages. With ``bagit`` the files of ``data/`` become the payload of a bag (RFC 8493) and lie in
``bag/data/``: nothing is there twice, the folder ``bag/`` can be taken elsewhere as it is, and the site around it still
opens. The bag is not the site's own folder, for that one has a ``manifest-sha256.txt`` of another kind: it lists the
site's files, and a bag's may list nothing but the payload.
"""

from collections.abc import Iterator, Sequence

from archiver import __version__
from archiver.contracts import Library, Page, Rendering
from archiver.errors import UsageError
from archiver.exporters import bagit, finder, jsonl
from archiver.exporters.data import columns, feeds, heads, media, package, sitemap, tables
from archiver.exporters.data.address import Address
from archiver.exporters.data.feeds import Newest
from archiver.exporters.data.places import Places
from archiver.exporters.data.shared import Overheard, Shared

name = "data"
title = "Open data beside a site: JSON lines, CSV, Atom, sitemap, JSON-LD, a bag"

KINDS = ("jsonl", "csv", "atom", "sitemap", "json-ld", "bagit")
MESSAGES = "messages.jsonl"
_HOW = "Say where the site will stand with --address https://…, or address = … in publish.toml."


def kinds(rendering: Rendering) -> tuple[str, ...]:
    """What was asked for, in the order of `KINDS`; UsageError for what there is not, or what lacks something.

    A sitemap is for search engines: it comes when the pages are public, and not while they ask to be left alone.
    """
    asked = {word.strip().lower() for word in rendering.options.get("data", "").split(",")} - {""}
    if unknown := sorted(asked - set(KINDS)):
        raise UsageError(f"There is no open data called “{unknown[0]}”.", remedy=f"There are {', '.join(KINDS)}.")
    address = rendering.options.get("address", "").strip()
    if address:
        Address(address)
    if "atom" in asked and not address:
        raise UsageError("A feed needs the site's address.", why="Its readers are elsewhere.", remedy=_HOW)
    if "sitemap" in asked and not address:
        raise UsageError("A sitemap needs the site's address.", why="It lists whole addresses.", remedy=_HOW)
    if rendering.options.get("public") != "yes":
        asked -= {"sitemap"}
    return tuple(kind for kind in KINDS if kind in asked)


def check(rendering: Rendering) -> None:
    """UsageError for what was asked for and cannot be given; to be called before anything is written."""
    kinds(rendering)
    finder.wanted(rendering)


def beside(pages: Iterator[Page], library: Library, rendering: Rendering) -> Iterator[Page]:
    """The *pages* of a site of this library, and after them the open data and the attached files that it shows.

    What was asked for is checked at once. For feeds and files the messages are read once before the pages.
    """
    asked = kinds(rendering)
    files = rendering.options.get("attachments") == "yes"
    if finder.wanted(rendering):
        pages = finder.searched(pages, rendering)
    return _beside(pages, library, rendering, asked, media.Shown() if files else None) if asked or files else pages


def render(library: Library, rendering: Rendering) -> Iterator[Page]:
    """The files alone, as for a site that has no pages: JSON lines, tables and their description, or their bag."""
    return _files(Shared(library), rendering, kinds(rendering))


def _beside(
    pages: Iterator[Page], library: Library, rendering: Rendering, asked: Sequence[str], files: media.Shown | None
) -> Iterator[Page]:
    newest = Newest() if "atom" in asked else None
    if listeners := [one for one in (newest, files) if one is not None]:
        Overheard(library, listeners).finish()
    if files is not None:
        pages = media.allowed(pages)
    added = [heads.feed_link] if newest else []
    if "json-ld" in asked:
        added.append(heads.Structured(library, rendering, downloads(rendering)).head)
    places = Places(newest.ids() if newest else ())
    yield from places.watching(heads.with_heads(pages, added) if added else pages)
    if files is not None:
        yield from files.pages(library)
    yield from _files(Shared(library), rendering, asked)
    address = rendering.options.get("address", "")
    if newest:
        yield from feeds.pages(library, rendering, newest, places, Address(address))
    if "sitemap" in asked:
        yield from sitemap.pages(places.pages, Address(address))


def _files(library: Library, rendering: Rendering, asked: Sequence[str]) -> Iterator[Page]:
    """The files to download: in ``data/``, or the same as a bag."""
    if not {"jsonl", "csv", "bagit"} & set(asked):
        return
    payload = _payload(library, rendering, asked)
    if "bagit" not in asked:
        yield from (Page(f"data/{page.path}", page.content) for page in payload)
        return
    info = {
        "Bag-Software-Agent": f"archive {__version__}",
        "Bagging-Date": _day(library, rendering),
        "Source-Organization": rendering.options.get("keeper", ""),
        "External-Description": rendering.title or "Messages of a community, masked for publishing",
    }
    said = {label: text for label, text in info.items() if text.strip()}
    yield from (Page(f"bag/{page.path}", page.content) for page in bagit.pages(payload, said))


def _payload(library: Library, rendering: Rendering, asked: Sequence[str]) -> Iterator[Page]:
    if _has_lines(asked):
        yield Page(MESSAGES, (line.encode() for line in jsonl.lines(library)))
    if "csv" in asked:
        yield from package.described(tables.pages(library), library, rendering)


def _day(library: Library, rendering: Rendering) -> str:
    """The bag's date: the one the options tell (``date``), else of the newest message: never today's, by itself."""
    last = max((one.last or "" for one in library.conversations()), default="")
    return rendering.options.get("date", "") or last[:10] or "1970-01-01"


def downloads(rendering: Rendering) -> list[tuple[str, str]]:
    """The files to download that a site with these options has, with their media types."""
    asked = kinds(rendering)
    found = [(MESSAGES, "application/x-ndjson")] if _has_lines(asked) else []
    if "csv" in asked:
        found += [(table.path, "text/csv") for table in columns.TABLES]
        found.append((package.NAME, "application/json"))
    folder = "bag/data/" if "bagit" in asked else "data/"
    return [(folder + path, kind) for path, kind in found]


def _has_lines(asked: Sequence[str]) -> bool:
    """A bag of nothing would be no use: it holds the messages at least."""
    return "jsonl" in asked or ("bagit" in asked and "csv" not in asked)
