"""Stretches of text that must not be shown, and what each of them is."""

from collections.abc import Iterable
from typing import NamedTuple


class Span(NamedTuple):
    """Characters [start, end) of a text, and the kind of thing they are: ``phone``, ``email``."""

    start: int
    end: int
    kind: str


def merged(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, overlapping ones joined under the kind of the one that begins first."""
    result: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if result and span.start < result[-1].end:
            last = result[-1]
            result[-1] = Span(last.start, max(last.end, span.end), last.kind)
        else:
            result.append(span)
    return result
