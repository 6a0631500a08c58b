"""Learns the one template that an export's heads follow, and makes the bytes regexes that read the file by it.

The template filters: a date that somebody typed or pasted has another shape, padding or width of the year.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from archiver.importers.whatsapp.heads import Head, Shape, find_head
from archiver.importers.whatsapp.words import digit_words

SENDER = rb"((?:[^:\r\n]{1,200}:\x20?)?)"
_SPACE = rb"(?:\x20|\xc2\xa0|\xe2\x80[\x80-\x8f\xaa-\xaf])"  # spaces and invisible marks in UTF-8
_MARKS = rb"(?:\xe2\x80[\x8e\x8f\xaa-\xae]|\xe2\x81[\xa6-\xa9]|\xef\xbb\xbf)*"
_DASH = rb"(?:\x20-\x20|" + _SPACE + rb"(?:-|\xe2\x80[\x93\x94])" + _SPACE + rb"?)"
_CLOSINGS = {"]": rb"\]\x20?", "-": _DASH, ":": rb":\x20"}
_LINE_HEAD = 400  # bytes of a line that may hold its head
MAX_LINES = 50_000
MAX_HEADS = 500
RARE = 0.05  # a padding that so few heads have is not the file's own


@dataclass(frozen=True, slots=True)
class Sighting:
    """A head in a sample: where its line starts, what ended the line before (b"" at the start), its raw bytes."""

    start: int
    after: bytes
    head: Head
    line: bytes


@dataclass(frozen=True)
class Template:
    """A shape with the widths its runs of digits were seen to have; *seen* heads follow it.

    *spaced*: whether there are spaces before and behind the punctuation of each gap. *glued*: the words between
    date and time are day periods, for no hour is 0 or above 12 and no other words stand beside the time.
    """

    shape: Shape
    widths: tuple[bytes, ...]
    spaced: tuple[tuple[bool, bool], ...]
    glued: bool
    seen: int

    @cached_property
    def head(self) -> bytes:
        """The regex of a head, closing included, without groups."""
        return self._regex(b"(?:%s)")

    @cached_property
    def fields(self) -> re.Pattern[bytes]:
        """The regex whose groups are gap, run, gap … run, gap."""
        return re.compile(self._regex(b"(%s)"))

    @cached_property
    def halves(self) -> re.Pattern[bytes]:
        """The regex with three groups: date (or time), glue, time (or date)."""
        glue = self.shape.layout.glue
        parts = self._parts()
        first, second = b"".join(parts[: 2 * glue]), b"".join(parts[2 * glue + 1 :])
        return re.compile(self._closed([b"(" + first + b")(" + parts[2 * glue] + b")(" + second + b")"]))

    @cached_property
    def plain_time(self) -> bool:
        """Whether the time is nothing but ASCII digits between colons or dots."""
        layout = self.shape.layout
        inside = range(layout.time_at + 1, layout.time_at + layout.times)
        edge = 0 if layout.time_first else layout.tail
        exact = not any(any(self.spaced[i]) for i in (*inside, edge))
        return (
            self.shape.zero == "0"
            and exact
            and {self.shape.gaps[i] for i in inside} <= {":", "."}
            and not self.shape.gaps[edge]
        )

    @cached_property
    def date(self) -> bytes:
        """The regex of a head in which the date alone, without what stands around it, is a group."""
        layout = self.shape.layout
        first, last = 2 * layout.date_at + 1, 2 * (layout.date_at + layout.dates)
        parts = self._parts()
        dated = [*parts[:first], b"(" + b"".join(parts[first:last]) + b")", *parts[last:]]
        return self._closed(dated)

    def _regex(self, group: bytes) -> bytes:
        return self._closed([group % part for part in self._parts()])

    def _parts(self) -> list[bytes]:
        """The regexes of gap, run, gap … run, gap."""
        runs = [part for i, width in enumerate(self.widths) for part in (self._gap(i), width)]
        return [*runs, self._gap(len(self.widths))]

    def _closed(self, parts: list[bytes]) -> bytes:
        opening = rb"\[" + _MARKS if self.shape.closing == "]" else b""
        return b"".join([_MARKS, opening, *parts, _CLOSINGS[self.shape.closing]])

    def _gap(self, index: int) -> bytes:
        gap = self.shape.gaps[index]
        if gap == "*":
            words = b"|".join(re.escape(word.encode()) for word in digit_words())
            char = rb"[^0-9\r\n\[\]]"
            if self.shape.zero != "0":
                char = rb"(?!" + digits_of(self.shape.zero) + rb")" + char
            return rb"(?:" + char + rb"|" + words + rb"){1,80}?"
        before, after = ((_SPACE + b"{0,3}") * spaced for spaced in self.spaced[index])
        if gap == " ":
            return _SPACE + b"{1,3}"
        written = re.escape(gap.encode())
        usual = b"(?:" + written + rb"\x20(?=[0-9])|" if after and not before else b"(?:"
        return usual + before + written + after + b")"


def digits_of(zero: str) -> bytes:
    """The regex of one digit of the script whose nought is *zero*, in UTF-8."""
    if zero == "0":
        return b"[0-9]"
    by_prefix: dict[bytes, list[int]] = {}
    for code in range(ord(zero), ord(zero) + 10):
        encoded = chr(code).encode()
        by_prefix.setdefault(encoded[:-1], []).append(encoded[-1])
    choices = (re.escape(prefix) + b"[%c-%c]" % (min(ends), max(ends)) for prefix, ends in by_prefix.items())
    return b"(?:" + b"|".join(choices) + b")"


@dataclass(frozen=True, slots=True)
class Learned:
    """What a sample taught: the templates that hold, most frequent first, and all heads seen, pasted ones too."""

    templates: tuple[Template, ...]
    sightings: tuple[Sighting, ...]
    lines: int
    first_lines: tuple[bytes, ...]

    def own(self) -> Iterator[Sighting]:
        """The sightings of heads that follow a template that holds."""
        shapes = {template.shape for template in self.templates}
        return (sighting for sighting in self.sightings if sighting.head.shape in shapes)


def learn(sample: bytes) -> Learned:
    """The templates of the heads in *sample* (UTF-8). A file that begins with another shape has that one, too."""
    sightings: list[Sighting] = []
    lines = 0
    first_lines: list[bytes] = []
    for start, after, line in _lines(sample):
        lines += 1
        if len(first_lines) < 3 and line.strip():
            first_lines.append(line)
        if head := find_head(line.decode("utf-8", "replace")):
            sightings.append(Sighting(start, after, head, line))
        if lines >= MAX_LINES or len(sightings) >= MAX_HEADS:
            break
    shapes = Counter(sighting.head.shape for sighting in sightings)
    holding = [shape for shape, seen in shapes.most_common() if _holds(shape, seen, shapes, sightings)]
    templates = (_template(shape, [s for s in sightings if s.head.shape == shape]) for shape in holding)
    return Learned(tuple(templates), tuple(sightings), lines, tuple(first_lines))


def _holds(shape: Shape, seen: int, shapes: Counter[Shape], sightings: Sequence[Sighting]) -> bool:
    """The most frequent shape, those nearly as frequent (merged exports), and the one before any other."""
    (best, most), *_ = shapes.most_common(1)
    return shape == best or seen * 5 >= most > 4 or sightings[0].head.shape == shape


def _lines(sample: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """(start, line end before, first bytes) of each line; a lone CR ends a line, too."""
    start, after = 0, b""
    for end in re.finditer(rb"\r\n|\n|\r|\Z", sample):
        yield start, after, sample[start : min(end.start(), start + _LINE_HEAD)]
        start, after = end.end(), end[0]


def _template(shape: Shape, sightings: Sequence[Sighting]) -> Template:
    heads = [sighting.head for sighting in sightings]
    marked = any(_INVISIBLE.search(s.line[: 2 * s.head.length]) for s in sightings)
    year = shape.layout.date_at + shape.year if shape.year >= 0 else -1
    widths = tuple(
        _width(shape.zero, [(head.widths[i], head.numbers[i]) for head in heads], year=i == year)
        for i in range(len(heads[0].widths))
    )
    spaced = tuple(
        (
            marked or any(head.gaps[i][:1].isspace() for head in heads),
            marked or any(head.gaps[i][-1:].isspace() for head in heads),
        )
        for i in range(len(shape.gaps))
    )
    hours = {head.numbers[shape.layout.time_at] for head in heads}
    glued = shape.gaps[shape.layout.tail] != "*" and hours <= set(range(1, 13))
    return Template(shape, widths, spaced, glued, len(heads))


def template_of(head: Head) -> Template:
    """The template of a single head, for one that stands alone."""
    return _template(head.shape, [Sighting(0, b"", head, b"\xe2\x80\x8e")])


_INVISIBLE = re.compile(rb"\xe2\x80[\x8e\x8f\xaa-\xaf]|\xc2\xa0|\xd8\x9c")


def _width(zero: str, seen: Sequence[tuple[int, int]], *, year: bool) -> bytes:
    """The regex of a run: as wide as the year is, padded or not as the numbers below ten are."""
    digit = digits_of(zero)
    widths = {width for width, _ in seen}
    if year or max(widths) > 2:
        return digit + b"{%d,%d}" % (min(widths), max(widths))
    padded = sum(width == 2 and number < 10 for width, number in seen)
    single = sum(width == 1 for width, _ in seen)
    few = RARE * (padded + single) if padded + single >= 20 else 0
    if padded > 0 and single <= few:
        return digit + b"{2}"
    if single > 0 and padded <= few:
        return b"(?!" + re.escape(zero.encode()) + digit + b")" + digit + b"{1,2}"
    return digit + b"{1,2}"
