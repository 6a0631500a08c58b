"""Where the found messages lie: how many by people, conversations, years and sources."""

import sys
from collections.abc import Iterator

from archiver.model import Facets
from archiver.text import harmless
from archiver.ui.console import on_terminal, printer, talk
from archiver.ui.plots import bars

_HEAPS = ("people", "conversations", "years", "sources")
_BAR = 24  # columns
_TALLEST = 8  # heaps of one kind that are shown to a person; years all


def facets(heaps: Facets) -> None:
    """Names with small bars on a terminal, tab-separated lines elsewhere."""
    if not on_terminal(sys.stdout):
        for kind, name, count in _heaps(heaps):
            sys.stdout.write("\t".join((kind, harmless(name).replace("\t", " ").replace("\n", " "), str(count))) + "\n")
        return
    show = printer()
    for kind in _HEAPS:
        counts = getattr(heaps, kind)
        shown = list(counts.items())[: None if kind == "years" else _TALLEST]
        show([(f"\n{kind}", "bold")], 0)
        bars(shown, widest=_BAR)
        if len(counts) > len(shown):
            show([(f"… {len(counts) - len(shown):,} more", "dim")], 0)
    if not heaps.exact:
        talk(f"Counted in the {heaps.counted:,} of them that were archived last.", "dim")


def _heaps(heaps: Facets) -> Iterator[tuple[str, str, int]]:
    return ((kind, name, count) for kind in _HEAPS for name, count in getattr(heaps, kind).items())


def facets_face(heaps: Facets) -> dict[str, object]:
    """The machine-readable face of facets."""
    return {
        **{
            kind: [{"name": name, "messages": count} for name, count in getattr(heaps, kind).items()] for kind in _HEAPS
        },
        "counted": heaps.counted,
        "exact": heaps.exact,
    }
