"""The files that came with messages, by month and conversation: what they are called, and what became of them."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from archiver.contracts import Page
from archiver.exporters.site.frame import Entry, Frame
from archiver.exporters.site.paging import day_of, packed
from archiver.exporters.site.prose import clean
from archiver.exporters.site.words import Words
from archiver.model import Attachment, KeptMessage, PublishedFile

FULL = 150  # files on a page
_THOUSAND = 1000


class Kept(NamedTuple):
    """A file, the day ("" without) and the address of the message it came with."""

    day: str
    conversation: int
    address: str
    file: Attachment


class Row(NamedTuple):
    """A file in words."""

    address: str
    name: str
    what: str
    state: str


Month = tuple[str, list[Kept]]


class Files:
    """Collects the files of messages in the order of reading; what was taken back shows none."""

    def __init__(self) -> None:
        self._kept: list[Kept] = []

    def add(self, conversation: int, path: str, messages: Sequence[KeptMessage]) -> None:
        """The messages of one page; *path* is the page's."""
        for message in messages:
            if message.attachments and message.kind != "deleted" and message.deleted_at is None:
                day, address = day_of(message), f"{path}#m-{message.id}"
                self._kept += [Kept(day, conversation, address, file) for file in message.attachments]

    def pages(self, frame: Frame, entries: Sequence[Entry]) -> Iterator[Page]:
        """``files/index.html``, and a page for every month or for some months with few files, named by the first."""
        sheets = list(self._sheets())
        listed = [
            (path, frame.words.month_of(month), frame.words.number(count))
            for path, months in sheets
            for month, count in ((month, len(files)) for month, files in months)
        ]
        yield Page("files/index.html", frame.page("files.html", root="../", listed=listed, months=()))
        for path, months in sheets:
            told = [(frame.words.month_of(month), _by_conversation(files, frame, entries)) for month, files in months]
            yield Page(f"files/{path}", frame.page("files.html", root="../", listed=None, months=told))

    def _sheets(self) -> Iterator[tuple[str, list[Month]]]:
        """(file name, its months). A month with many files is told in parts."""
        parts: list[Month] = []
        for month, run in groupby(sorted(self._kept, key=_order), lambda kept: kept.day[:7]):
            parts += ((month, part) for part in packed(run, lambda _: 1, FULL))
        taken: set[str] = set()
        for sheet in packed(parts, lambda part: len(part[1]), FULL):
            stem, turn = sheet[0][0] or "undated", 2
            path = f"{stem}.html"
            while path in taken:
                path, turn = f"{stem}-{turn}.html", turn + 1
            taken.add(path)
            yield path, sheet


def _order(kept: Kept) -> tuple[bool, str, int, str]:
    """By month, then conversation, then day; those without a date last."""
    return not kept.day, kept.day[:7], kept.conversation, kept.day


def _by_conversation(files: list[Kept], frame: Frame, entries: Sequence[Entry]) -> list[tuple[str, list[Row]]]:
    return [
        (entries[number].title, [_row(kept, frame.words) for kept in run])
        for number, run in groupby(files, lambda kept: kept.conversation)
    ]


def _row(kept: Kept, words: Words) -> Row:
    file = kept.file
    kind = words.medium(file.media_type)
    name = clean(file.name or "").strip()
    what = [kind] if name else []
    if file.size is not None:
        what.append(size(file.size, words))
    state = [words.day(kept.day, weekday=False)]
    if not isinstance(file, PublishedFile):  # what lies beside the pages is to be seen with its message
        state.append(words.one_of("states", file.state))
    return Row(f"../{kept.address}", name or kind, " · ".join(what), " · ".join(state))


def size(count: int, words: Words) -> str:
    """Bytes as people read them: ``1 kB`` at least, in full kilobytes or megabytes."""
    kilobytes = max(1, round(count / _THOUSAND))
    if kilobytes < _THOUSAND:
        return f"{kilobytes} kB"
    return f"{words.number(max(1, round(kilobytes / _THOUSAND)))} MB"
