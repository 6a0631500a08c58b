"""The site's pages for search engines (sitemaps.org, protocol 0.9): at most 50,000 in a file, and an index of files."""

from collections.abc import Iterator, Mapping, Sequence

from archiver.contracts import Page
from archiver.exporters.data.address import Address
from archiver.exporters.data.xml import Writer

NAME = "sitemap.xml"
FULL = 50_000  # what the protocol allows in one file
_SPACE = {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"}
_AT_ONCE = 1000  # addresses written in one piece


def pages(found: Mapping[str, str], address: Address) -> Iterator[Page]:
    """The map of the pages *found*, with the newest day on each ("" for none): one file, or an index and its parts.

    A page was changed when the last message on it was written; the first page when the last message of all was.
    """
    days = dict(sorted(found.items()))
    if "index.html" in days:
        days["index.html"] = max(days.values())
    rows = list(days.items())
    parts = [rows[start : start + FULL] for start in range(0, len(rows), FULL)] or [[]]
    if len(parts) == 1:
        yield Page(NAME, _map("urlset", "url", parts[0], address))
        return
    index = []
    for number, part in enumerate(parts, 1):
        path = f"sitemap-{number}.xml"
        yield Page(path, _map("urlset", "url", part, address))
        index.append((path, max(day for _, day in part)))
    yield Page(NAME, _map("sitemapindex", "sitemap", index, address))


def _map(root: str, each: str, rows: Sequence[tuple[str, str]], address: Address) -> Iterator[bytes]:
    xml = Writer()
    with xml.element(root, _SPACE):
        for number, (path, day) in enumerate(rows, 1):
            with xml.element(each):
                xml.leaf("loc", address.of(path))
                if day:
                    xml.leaf("lastmod", day)
            if number % _AT_ONCE == 0:
                yield xml.taken()
    yield xml.taken(end=True)
