"""Where on the site things are: told by the pages themselves as they pass, so that any page may move."""

import re
from collections.abc import Collection, Iterator

from archiver.contracts import Page

_ANCHOR = re.compile(rb'<article id="m-([^"]{1,200})"')
_TIME = re.compile(rb'<time datetime="(\d{4}-\d\d-\d\d)[T"]')
_SKIPPED = {"search.html", "search-offline.html"}


class Places:
    """Looks at pages: where the *wanted* messages are, and which is the newest day on each page."""

    def __init__(self, wanted: Collection[str] = ()) -> None:
        self._wanted = {identifier.encode(): identifier for identifier in wanted}
        self._found: dict[str, str] = {}
        self.pages: dict[str, str] = {}
        """The HTML pages that are worth finding, with the newest day on each, an ISO date, or ""."""

    def watching(self, pages: Iterator[Page]) -> Iterator[Page]:
        """The same pages, looked at."""
        for page in pages:
            if page.path.endswith(".html") and page.path not in _SKIPPED:
                content = page.content if isinstance(page.content, bytes) else b"".join(page.content)
                self._look(page.path, content)
                yield Page(page.path, content)
            else:
                yield page

    def of(self, message_id: str) -> str | None:
        """The address of a message below the site's: its page and its anchor; None when it is on no page."""
        path = self._found.get(message_id)
        return None if path is None else f"{path}#m-{message_id}"

    def _look(self, path: str, content: bytes) -> None:
        self.pages[path] = max(_TIME.findall(content), default=b"").decode()
        if len(self._found) < len(self._wanted):
            for anchor in _ANCHOR.findall(content):
                if (known := self._wanted.get(anchor)) is not None:
                    self._found.setdefault(known, path)
