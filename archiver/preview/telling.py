"""The report in words: the same on the terminal and on the page."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from archiver.preview.survey import Exposure

_APPEAR = {
    "own": "under their own name",
    "pseudonym": "under a pseudonym",
    "member": "as numbered members",
    "left_out": "left out",
}


class Part(NamedTuple):
    """A heading, and lines of (what it is about, what else is to be said of it); *grave*: to be looked at first."""

    heading: str
    lines: Sequence[tuple[str, str]]
    grave: bool = False


def parts(told: Exposure) -> Iterator[Part]:
    """Those that say something, in the order of reading."""
    return (part for part in _all(told) if part.lines)


def _all(told: Exposure) -> Iterator[Part]:
    yield Part(
        f"{told.messages:,} messages",
        [(one.title, f"{one.messages:,} messages, {one.people:,} people") for one in told.conversations],
    )
    yield Part("Left out, for it is talk between two people", _bare(told.left_out))
    yield Part("People", _bare([f"{count:,} {_APPEAR[how]}" for how, count in told.people.items()]))
    yield Part("Named in the pages", _bare(told.own))
    yield Part("In these pages for the first time", [(one.name, _APPEAR[one.how]) for one in told.new])
    for kind, count in told.hidden.items():
        samples = [line for line in told.samples.get(kind, ()) if line]
        yield Part(f"Hidden: {kind}, {count:,}×", _bare(samples or ["nothing of it is shown"]))
    yield Part("Attached files", _bare([f"{count:,} {state}" for state, count in told.attachments.items()]))
    yield Part(
        "Look at these first: archive show ID", [(one.id, ", ".join(one.kinds)) for one in told.risks], grave=True
    )


def _bare(lines: Sequence[str]) -> list[tuple[str, str]]:
    return [(line, "") for line in lines]
