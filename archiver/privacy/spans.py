"""Stretches of text that must not be shown, and what each of them is."""

from collections.abc import Iterable
from typing import NamedTuple

KINDS = ("phone", "email", "invite", "place", "handle", "query", "card", "iban", "id", "code", "secret")
"""Every kind of thing that is found in a text, in the order in which people read of them."""

HIGH_RISK = frozenset({"card", "iban", "id", "code", "secret"})
"""Kinds that do harm at once in a stranger's hands: money, who somebody is before the law, a key to a door."""


class Span(NamedTuple):
    """Characters [start, end) of a text, and the kind of thing they are: one of KINDS."""

    start: int
    end: int
    kind: str


def merged(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, overlapping ones joined: under a kind of high risk if there is one, else the first's."""
    result: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if result and span.start < result[-1].end:
            last = result[-1]
            kind = span.kind if span.kind in HIGH_RISK and last.kind not in HIGH_RISK else last.kind
            result[-1] = Span(last.start, max(last.end, span.end), kind)
        else:
            result.append(span)
    return result
