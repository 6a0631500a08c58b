"""The attached files that a site shows, each once, in ``media/`` under its sum."""

from collections.abc import Iterator

from archiver.contracts import Library, Page
from archiver.model import KeptMessage, PublishedFile

_CLOSED = b"default-src 'none'; style-src"
_OPEN = b"default-src 'none'; img-src 'self'; media-src 'self'; style-src"
_STYLE = b".f *{max-width:100%}.f img,.f video{height:auto}\n"
_CHUNK = 1 << 20


class Shown:
    """Notes which files messages show; memory is a row for each."""

    def __init__(self) -> None:
        self._files: dict[str, str] = {}

    def add(self, message: KeptMessage) -> None:
        for file in message.attachments:
            if isinstance(file, PublishedFile) and file.sha256 is not None:
                self._files[file.path] = file.sha256

    def pages(self, library: Library) -> Iterator[Page]:
        """The files, in the order of their names."""
        for path, sha256 in sorted(self._files.items()):
            yield Page(path, _blocks(library, sha256))


def _blocks(library: Library, sha256: str) -> Iterator[bytes]:
    with library.attachment(sha256) as stream:
        while block := stream.read(_CHUNK):
            yield block


def allowed(pages: Iterator[Page]) -> Iterator[Page]:
    """The pages, with leave to show what lies on the site itself, and in its measure; all else stays forbidden."""
    for page in pages:
        if page.path.endswith(".html"):
            yield Page(page.path, _whole(page).replace(_CLOSED, _OPEN, 1))
        elif page.path == "style.css":
            yield Page(page.path, _whole(page).removesuffix(_STYLE) + _STYLE)
        else:
            yield page


def _whole(page: Page) -> bytes:
    return page.content if isinstance(page.content, bytes) else b"".join(page.content)
