"""The index that search in the pages reads: classic scripts that each hand over one piece of data.

``search/head.js`` knows the segments: stretches of months, oldest first, so that new messages change only the last
one. A segment ``search/2019-03/`` has *shards* ``t0.js`` … of words in order, each with its postings, and *slices*
``x0.js`` … of messages to show. A posting is two numbers: how many messages further, and at which word; another word
of the same message is 0 further. Numbers are written five bits a sign, the lowest first, the sixth bit saying that
more follows. Words of senders' names begin with ``@``.
"""

import json
import marshal
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import IO, NamedTuple

from archiver.contracts import Page
from archiver.exporters.site.folding import name_terms, terms
from archiver.exporters.site.paging import Leaf, day_of
from archiver.exporters.site.prose import clean
from archiver.model import KeptMessage

SEGMENTS = 8  # at least so many, and hardly more than twice as many, once there are enough messages
SMALLEST, LARGEST = 1 << 11, 1 << 17  # messages after which a segment may be closed at the end of its month
_SHARD = 4_000  # characters of a shard of words
_SLICE = 80, 9_000  # messages, and characters of text, that are loaded together to be shown
_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_PLACE = 20  # bits for the place of a word in a message
_UNDATED = "0000-00"


class Row(NamedTuple):
    """A message as the index takes it: its anchor, day ("" without), time of day, sender's name, and words."""

    anchor: str
    day: str
    time: str
    sender: str
    text: str


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
    if size > LARGEST // 4:
        size = LARGEST  # of a large archive, a question had better ask fewer segments
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

    What is taken in lies in a temporary file for each segment; memory is one segment's postings.
    """

    def __init__(self, titles: Sequence[str], leaves: Iterable[Leaf]) -> None:
        self._titles = titles
        self._segments = segments(leaves)
        self._spools: dict[str, IO[bytes]] = {}

    def add(self, conversation: int, path: str, leaf: Leaf, messages: Iterable[KeptMessage]) -> None:
        """The messages of one page; *conversation* is its number in *titles*, *path* the page's."""
        name = self._segments[leaf.first[:7] or _UNDATED]
        if name not in self._spools:
            self._spools[name] = tempfile.TemporaryFile()  # noqa: SIM115 - closed when its files are written
        marshal.dump((conversation, path, [tuple(row(message)) for message in messages]), self._spools[name])

    def pages(self) -> Iterator[Page]:
        """The segments' files, oldest first, and the head."""
        heads, years = [], set[int]()
        for name in sorted(self._spools):
            with self._spools.pop(name) as spool:
                spool.seek(0)
                segment = _Segment(name)
                yield from segment.pages(_spooled(spool))
            heads.append(segment.head())
            years |= set(segment.years[::2])
        yield _script("head", [self._titles, sorted(years - {0}), heads])


def _spooled(spool: IO[bytes]) -> Iterator[tuple[int, str, list[Row]]]:
    while True:
        try:
            conversation, path, rows = marshal.load(spool)  # noqa: S302 - written by ourselves, into an unnamed file
        except EOFError:
            return
        yield conversation, path, [Row(*row) for row in rows]


@dataclass(slots=True)
class _Segment:
    """One segment on its way into files."""

    name: str
    messages: int = 0
    slices: list[str] = field(default_factory=list)  # messages, and days since the slice before, in signs
    conversations: list[int] = field(default_factory=list)  # runs: number, messages
    years: list[int] = field(default_factory=list)  # runs: year, messages
    shards: list[str] = field(default_factory=list)  # the least that is beyond the shard before
    _day: int = 0
    _count: int = 0

    def pages(self, leaves: Iterable[tuple[int, str, list[Row]]]) -> Iterator[Page]:
        postings: defaultdict[str, list[int]] = defaultdict(list)
        for conversation, path, rows in leaves:
            _run(self.conversations, conversation, len(rows))
            for piece in _slices(rows):
                yield self._slice(path, piece, postings)
        yield from self._words(postings)

    def head(self) -> list[object]:
        return [self.name, self.messages, "".join(self.slices), self.conversations, self.years, " ".join(self.shards)]

    def _slice(self, path: str, rows: Sequence[Row], postings: defaultdict[str, list[int]]) -> Page:
        day = date.fromisoformat(rows[0].day).toordinal() if rows[0].day else 0
        step = day - self._day
        self.slices.append(signs(len(rows)) + signs(2 * step if step >= 0 else -2 * step - 1))
        self._day = day
        names = list(dict.fromkeys(row.sender for row in rows))
        for year, run in groupby(rows, lambda row: int(row.day[:4] or 0)):
            _run(self.years, year, sum(1 for _ in run))
        for row in rows:
            for place, term in enumerate(terms(row.text), self.messages << _PLACE):
                postings[term].append(place)
            for term in name_terms(row.sender):
                postings["@" + term].append(self.messages << _PLACE)
            self.messages += 1
        shown = [[row.anchor, names.index(row.sender), f"{row.day} {row.time}".strip(), row.text] for row in rows]
        self._count += 1
        return _script(f"{self.name}/x{self._count - 1}", [path, names, shown])

    def _words(self, postings: dict[str, list[int]]) -> Iterator[Page]:
        lines: list[str] = []
        size, last = 0, ""
        for term in sorted(postings, key=_in_script_order):
            line = f"{term} {encoded(postings[term])}"
            if not lines:
                self.shards.append(_least_beyond(last, term))
            elif size + len(line) > _SHARD:
                yield self._shard(lines)
                self.shards.append(_least_beyond(last, term))
                lines, size = [], 0
            lines.append(line)
            size, last = size + len(line) + 1, term
        if lines:
            yield self._shard(lines)

    def _shard(self, lines: Sequence[str]) -> Page:
        return _script(f"{self.name}/t{len(self.shards) - 1}", "\n".join(lines))


def _slices(rows: list[Row]) -> Iterator[list[Row]]:
    piece: list[Row] = []
    held = 0
    for one in rows:
        if piece and (len(piece) >= _SLICE[0] or held + len(one.text) > _SLICE[1]):
            yield piece
            piece, held = [], 0
        piece.append(one)
        held += len(one.text)
    if piece:
        yield piece


def _run(runs: list[int], what: int, count: int) -> None:
    if runs and runs[-2] == what:
        runs[-1] += count
    else:
        runs += (what, count)


def encoded(places: Sequence[int]) -> str:
    """Ascending places (message << 20 | word) as signs."""
    out: list[str] = []
    message, word = -1, 0
    mask = (1 << _PLACE) - 1
    for place in places:
        here, at = place >> _PLACE, place & mask
        if here == message:
            out.append("A" + signs(at - word))
        else:
            out.append(signs(here - message) + signs(at))
        message, word = here, at
    return "".join(out)


@lru_cache(maxsize=65_536)
def signs(number: int) -> str:
    """A number in signs: five bits each, the lowest first."""
    out = ""
    while number > 31:
        out += _SIGNS[32 + (number & 31)]
        number >>= 5
    return out + _SIGNS[number]


def _in_script_order(term: str) -> bytes:
    """As JavaScript compares strings: by UTF-16 units."""
    return term.encode("utf-16-be", "surrogatepass")


def _least_beyond(last: str, term: str) -> str:
    """The shortest beginning of *term* that comes after *last*."""
    for end in range(1, len(term)):
        if _in_script_order(term[:end]) > _in_script_order(last):
            return term[:end]
    return term


def _script(name: str, data: object) -> Page:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return Page(f"search/{name}.js", f'shelf("{name}",{text});\n'.encode("utf-8", errors="replace"))
