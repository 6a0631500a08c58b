"""What is gathered from all pages while they are written: the index, the links, who speaks, the files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archiver.contracts import Page
from archiver.exporters.site.files import Files
from archiver.exporters.site.frame import Entry, Frame
from archiver.exporters.site.index import Index
from archiver.exporters.site.links import Links
from archiver.exporters.site.paging import Leaf
from archiver.exporters.site.people import People
from archiver.model import KeptMessage


@dataclass(frozen=True, slots=True)
class Registers:
    """Each takes the messages of one page, or of a part of it, conversation by conversation in reading order."""

    index: Index
    links: Links
    people: People
    files: Files

    def add(self, conversation: int, path: str, leaf: Leaf, messages: Sequence[KeptMessage]) -> None:
        """*conversation* is its number in the table of contents, *path* the page's, *leaf* tells of the messages."""
        self.index.add(conversation, path, leaf, messages)
        self.links.add(path, messages)
        self.people.add(conversation, path, messages)
        self.files.add(conversation, path, messages)

    def pages(self, frame: Frame, entries: Sequence[Entry]) -> Iterator[Page]:
        yield from self.index.pages()
        sheets = self.links.sheets()
        yield Page("links/index.html", frame.links(sheets))
        for sheet in sheets:
            yield Page(f"links/{sheet.path}", frame.sheet(sheet))
        yield from self.people.pages(frame, entries)
        yield from self.files.pages(frame, entries)
