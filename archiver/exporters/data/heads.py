"""What open data adds to the pages' heads: where the feed is, and what a page holds, for search engines (JSON-LD).

The pages are read as they pass, so what search engines are told is what readers see. A block of JSON-LD is data: no
policy against inline scripts concerns it, and nothing in it can end it, for every ``<`` is written as an escape.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from archiver.contracts import Library, Page, Rendering
from archiver.exporters.data.address import Address
from archiver.exporters.data.postings import postings

_HEAD = b"</head>"
_BEFORE = re.compile(rb'<script type="application/ld\+json">[^<]*</script>\n|<link rel="alternate" [^<>]*>\n')
_ACTING = re.compile("[<>&\u2028\u2029]")
_ABOUT = "Messages of a community, kept so that they can be read again; phone numbers and addresses are masked."


def with_heads(pages: Iterator[Page], heads: Sequence[Callable[[str, bytes], str]]) -> Iterator[Page]:
    """The same pages, with what each of *heads* says of a page (its path and its bytes) at the end of its head.

    A page that comes out of an earlier snapshot has lost its additions first.
    """
    for page in pages:
        if not page.path.endswith(".html"):
            yield page
            continue
        content = page.content if isinstance(page.content, bytes) else b"".join(page.content)
        content = _BEFORE.sub(b"", content)
        added = "".join(head(page.path, content) for head in heads).encode("utf-8", errors="replace")
        yield Page(page.path, content.replace(_HEAD, added + _HEAD, 1))


def feed_link(path: str, content: bytes) -> str:  # noqa: ARG001 - it is the same whatever is on the page
    """Where feed readers find the feed."""
    return f'<link rel="alternate" type="application/atom+xml" href="{"../" * path.count("/")}feed.xml">\n'


def block(told: object) -> str:
    """A value as a block of JSON-LD."""
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    text = _ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return f'<script type="application/ld+json">{text}</script>\n'


class Structured:
    """Says what each page of a site holds: its discussions, and on the first page the data there is."""

    def __init__(self, library: Library, rendering: Rendering, downloads: Sequence[tuple[str, str]]) -> None:
        written = rendering.options.get("address", "").strip()
        self._address = Address(written) if written else None
        self._dataset = dataset(library, rendering, downloads, self._url)

    def head(self, path: str, content: bytes) -> str:
        """The blocks for a page, or ""."""
        if path == "index.html":
            return block(self._dataset)
        found = postings(content, lambda fragment: self._url(path) + fragment if self._address else fragment)
        return block(found[0] if len(found) == 1 else found) if found else ""

    def _url(self, path: str) -> str:
        """Whole where the site's address is known; else below the page, which is then the first one."""
        return self._address.of(path) if self._address else path


def dataset(
    library: Library, rendering: Rendering, downloads: Sequence[tuple[str, str]], url: Callable[[str], str]
) -> dict[str, object]:
    """The whole snapshot as schema.org's Dataset: what it is, whose, from when to when, and its files."""
    options = rendering.options
    conversations = library.conversations()
    first = min((one.first for one in conversations if one.first), default="")
    last = max((one.last for one in conversations if one.last), default="")
    found = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": rendering.title or "Letters from a community",
        "description": " ".join(filter(None, (options.get("about", "").strip(), _ABOUT)))[:5000],
        "url": url("index.html") if options.get("address") else "",
        "inLanguage": options.get("language", "en"),
        "license": _licence(options),
        "creator": {"@type": "Organization", "name": keeper} if (keeper := options.get("keeper", "").strip()) else "",
        "temporalCoverage": f"{first[:10]}/{last[:10]}" if first and last else "",
        "dateModified": last[:10],
        "isAccessibleForFree": True,
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": kind, "contentUrl": url(path)} for path, kind in downloads
        ],
    }
    return {name: value for name, value in found.items() if value}


def _licence(options: Mapping[str, str]) -> object:
    licence = options.get("licence", "").strip()
    if not licence or licence.startswith(("https://", "http://")):
        return licence
    return {"@type": "CreativeWork", "name": licence}
