"""The index that search in the pages reads: classic scripts that each hand over one piece of data.

``search/head.js`` knows the segments: stretches of months, oldest first, so that new messages change only the last
one. A segment ``search/2019-03/`` has *shards* ``t0.js`` … of words in order, each with its postings, and *slices*
``x0.js`` … of messages to show (see segment.py and postings.py). Words of senders' names begin with ``@``.

A segment has a key: a sum of all that goes into it, and of the program that makes it. Where the snapshot before has a
segment of this name and key, its files are taken from there.
"""

import hashlib
import json
import marshal
import platform
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import IO

from archiver.contracts import Earlier, Page
from archiver.exporters.site.paging import Leaf, day_of
from archiver.exporters.site.postings import numbers
from archiver.exporters.site.prose import clean
from archiver.exporters.site.segment import Head, Row, Segment, script
from archiver.model import KeptMessage

SEGMENTS = 6  # at least so many, and hardly more than twice as many, once there are enough messages
SMALLEST, LARGEST = 1 << 11, 1 << 18  # messages after which a segment may be closed at the end of its month
_UNDATED = "0000-00"
_BLOCK = 1 << 20
_PLAIN = 2  # marshal's version that writes equal things in equal bytes, however they are shared in memory
_MAKERS = ("folding.py", "postings.py", "segment.py")  # what a segment's bytes depend on, beside what goes into it


def row(message: KeptMessage) -> Row:
    """What may be found of a message: subject, its own text and file names, and nothing of what was taken back."""
    local = message.at_local or ""
    gone = message.kind == "deleted" or message.deleted_at is not None
    names = () if gone else (file.name for file in message.attachments if file.name)
    text = "" if gone else "\n".join(part for part in (message.subject, _own(message), *names) if part)
    name = clean(message.sender.name).strip() if message.sender is not None else ""
    time = local[11:16] if message.precision != "day" else ""
    return Row(message.id, day_of(message), time, name, clean(text))


def _own(message: KeptMessage) -> str:
    """What the writer says, without what is quoted."""
    if not message.spans:
        return message.text
    return "\n".join(message.text[span.start : span.end].strip() for span in message.spans if span.kind == "own")


def segments(leaves: Iterable[Leaf]) -> dict[str, str]:
    """The name of the segment for every month that a page begins in, from the oldest on.

    The size of a segment is a power of two, so that it stays as it is until the whole has doubled.
    """
    months: Counter[str] = Counter()
    for leaf in leaves:
        months[leaf.first[:7] or _UNDATED] += leaf.messages
    size = min(max(SMALLEST, 1 << (months.total() // SEGMENTS).bit_length() >> 1), LARGEST)
    found: dict[str, str] = {}
    current, held = "", size
    for month in sorted(months):
        if held >= size:
            current, held = month, 0
        found[month] = current
        held += months[month]
    return found


class Index:
    """Takes the pages' messages in any order of months, and gives the index's files.

    What is taken in lies in a temporary file for each segment; memory is one segment's postings. *earlier* is the
    snapshot before, if there is one.
    """

    def __init__(self, titles: Sequence[str], leaves: Iterable[Leaf], earlier: Earlier | None = None) -> None:
        self._titles = titles
        self._segments = segments(leaves)
        self._earlier = earlier
        self._spools: dict[str, IO[bytes]] = {}

    def add(self, conversation: int, path: str, leaf: Leaf, messages: Iterable[KeptMessage]) -> None:
        """The messages of one page; *conversation* is its number in *titles*, *path* the page's."""
        name = self._segments[leaf.first[:7] or _UNDATED]
        if name not in self._spools:
            self._spools[name] = tempfile.TemporaryFile()  # noqa: SIM115 - closed when its files are written
        taken = conversation, path, [tuple(row(message)) for message in messages]
        marshal.dump(taken, self._spools[name], _PLAIN)

    def pages(self) -> Iterator[Page]:
        """The segments' files, oldest first, and the head."""
        heads: list[Head] = []
        before = _heads(self._earlier)
        for name in sorted(self._spools):
            with self._spools.pop(name) as spool:
                head = yield from self._segment(name, spool, before.get(name))
                heads.append(head)
        yield script("head", [self._titles, heads])

    def _segment(self, name: str, spool: IO[bytes], before: Head | None) -> Generator[Page, None, Head]:
        key = _key(spool)
        kept = self._kept(before) if before is not None and before.key == key else []
        if before is not None and kept:
            yield from kept
            return before
        spool.seek(0)
        segment = Segment(name, key)
        yield from segment.pages(_spooled(spool))
        return segment.head()

    def _kept(self, head: Head) -> list[Page]:
        """The files of a segment of the snapshot before, if all are there."""
        slices, shards = len(numbers(head.messages)), len(head.shards.split(" ")) if head.shards else 0
        paths = [f"x{number}" for number in range(slices)] + [f"t{number}" for number in range(shards)]
        found = [self._earlier.page(f"search/{head.name}/{path}.js") for path in paths] if self._earlier else []
        kept = [page for page in found if page is not None]
        return kept if len(kept) == len(paths) else []


def _spooled(spool: IO[bytes]) -> Iterator[tuple[int, str, list[Row]]]:
    while True:
        try:
            conversation, path, rows = marshal.load(spool)  # noqa: S302 - written by ourselves, into an unnamed file
        except EOFError:
            return
        yield conversation, path, list(map(Row._make, rows))


def _key(spool: IO[bytes]) -> str:
    """A sum of a segment's messages, and of the program that makes its files of them."""
    total = hashlib.blake2b(_program(), digest_size=8)
    spool.seek(0)
    while piece := spool.read(_BLOCK):
        total.update(piece)
    return total.hexdigest()


@cache
def _program() -> bytes:
    total = hashlib.blake2b(f"{unicodedata.unidata_version} {platform.python_version()}".encode())
    for name in _MAKERS:
        total.update((files(__package__) / name).read_bytes())
    return total.digest()


def _heads(earlier: Earlier | None) -> dict[str, Head]:
    """What the snapshot before says of its segments, by name."""
    page = earlier.page("search/head.js") if earlier is not None else None
    if page is None:
        return {}
    content = page.content if isinstance(page.content, bytes) else b"".join(page.content)
    said = content.decode().partition(",")[2].removesuffix(");\n")
    try:
        heads = [Head(*parts) for parts in json.loads(said)[1]]
    except (ValueError, TypeError):  # of another version of the program
        return {}
    return {head.name: head for head in heads}
