"""Where on the web a site will stand: what feeds, sitemaps and search engines have to be told."""

import re
from urllib.parse import quote, urlsplit

from archiver.errors import UsageError

_HOST = re.compile(r"[a-z0-9.-]{1,255}")
_EXAMPLE = "https://letters.example.org/garden/"


class Address:
    """The address of the site's first folder; UsageError for what is no http or https address."""

    def __init__(self, written: str) -> None:
        try:
            parts = urlsplit(written.strip())
            host = (parts.hostname or "").encode("idna").decode()
            port = f":{parts.port}" if parts.port else ""
        except ValueError:  # no host, no port
            parts, host, port = urlsplit(""), "", ""
        if (
            parts.scheme not in {"http", "https"}
            or not _HOST.fullmatch(host)
            or "@" in parts.netloc
            or parts.query
            or parts.fragment
        ):
            raise UsageError(
                f"“{written}” is no address that a site can stand at.",
                remedy=f"Write it as a browser shows it: {_EXAMPLE}",
            )
        path = parts.path.removesuffix("index.html").rstrip("/") + "/"
        self.root = f"{parts.scheme}://{host}{port}{quote(path, safe='/%')}"

    def of(self, path: str) -> str:
        """The address of a page of the site, or of a place in it: *path* may end in a fragment."""
        page, sign, fragment = path.partition("#")
        return self.root + quote(page) + sign + quote(fragment)
