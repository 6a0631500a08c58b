"""One segment of the index on its way into files: *slices* of messages to show, *shards* of words to find them by."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from archiver.contracts import Page
from archiver.exporters.site.folding import name_terms, terms
from archiver.exporters.site.postings import (
    PLACE,
    encoded,
    folded,
    folded_all,
    joined,
    least_beyond,
    ordered,
)

SHARD = 2_000  # characters of a shard of words
SLICE = 38, 3_800  # messages, and characters of text, that are loaded together to be shown: a quarter of a page


class Row(NamedTuple):
    """A message as the index takes it: its anchor, day ("" without), time of day, sender's name, and words."""

    anchor: str
    day: str
    time: str
    sender: str
    text: str


class Head(NamedTuple):
    """What the index's head says of a segment; but for its name all in signs.

    *key*: what the segment follows from; *messages*: how many each slice has; *conversations*, *months*: runs of a
    number and how many messages it goes for (a month counted since the year 0; 0 without a date); *shards*: the least
    that is beyond the shard before, in order.
    """

    name: str
    key: str
    messages: str
    conversations: str
    months: str
    shards: str


@dataclass(slots=True)
class Segment:
    """Takes pages of messages, gives files; *head* is whole when all files were taken."""

    name: str
    key: str
    _messages: int = 0
    _slices: list[int] = field(default_factory=list)
    _conversations: list[int] = field(default_factory=list)
    _months: list[int] = field(default_factory=list)
    _shards: list[str] = field(default_factory=list)

    def pages(self, leaves: Iterable[tuple[int, str, list[Row]]]) -> Iterator[Page]:
        """The files of pages, each a conversation's number, the page's path and its messages."""
        postings: defaultdict[str, list[int]] = defaultdict(list)
        for conversation, path, rows in leaves:
            _run(self._conversations, conversation, len(rows))
            for piece in _slices(rows):
                yield self._slice(path, piece, postings)
        yield from self._words(postings)

    def head(self) -> Head:
        shards = " ".join(folded_all(self._shards))
        runs = joined(self._conversations), joined(self._months)
        return Head(self.name, self.key, joined(self._slices), *runs, shards)

    def _slice(self, path: str, rows: Sequence[Row], postings: defaultdict[str, list[int]]) -> Page:
        names = list(dict.fromkeys(row.sender for row in rows))
        self._slices.append(len(rows))
        shown: list[list[str | int]] = []
        for day, run in groupby(rows, lambda row: row.day):
            told: list[str | int] = [day]
            for anchor, _, time, sender, text in run:
                told += (anchor, names.index(sender), time, text)
            shown.append(told)
            month = int(day[:4]) * 12 + int(day[5:7]) - 1 if day else 0
            _run(self._months, month, len(told) // 4)
        self._find(rows, postings)
        return script(f"{self.name}/x{len(self._slices) - 1}", [path, names, shown])

    def _find(self, rows: Sequence[Row], postings: defaultdict[str, list[int]]) -> None:
        for first, row in enumerate(rows, self._messages):
            for place, term in enumerate(terms(row.text), first << PLACE):
                postings[term].append(place)
            for term in name_terms(row.sender):
                postings["@" + term].append(first << PLACE)
        self._messages += len(rows)

    def _words(self, postings: dict[str, list[int]]) -> Iterator[Page]:
        lines: list[str] = []
        size, last = 0, ""
        for term in ordered(postings):
            places = encoded(postings[term])
            if not lines or size + len(term) + len(places) > SHARD:
                if lines:
                    yield self._shard(lines)
                self._shards.append(least_beyond(last, term))
                lines, size, before = [], 0, ""
            else:
                before = last
            line = f"{folded(before, term)} {places}"
            lines.append(line)
            size, last = size + len(line) + 1, term
        if lines:
            yield self._shard(lines)

    def _shard(self, lines: Sequence[str]) -> Page:
        return script(f"{self.name}/t{len(self._shards) - 1}", " ".join(lines))


def _slices(rows: list[Row]) -> Iterator[list[Row]]:
    piece: list[Row] = []
    held = 0
    for one in rows:
        if piece and (len(piece) >= SLICE[0] or held + len(one.text) > SLICE[1]):
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


def script(name: str, data: object) -> Page:
    """A file of the index: one call with what it has to say."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return Page(f"search/{name}.js", f'shelf("{name}",{text});\n'.encode("utf-8", errors="replace"))
