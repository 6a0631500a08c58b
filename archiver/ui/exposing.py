"""What a snapshot would expose, on the terminal: narrow windows, pipes and readers without colours will do."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from archiver.text import one_line
from archiver.ui.console import printer, talk

_SHOWN = 12  # names, or risky messages, that are listed
_APPEAR = {
    "own": "under their own name",
    "pseudonym": "under a pseudonym",
    "member": "as numbered members",
    "left_out": "left out",
}


def agreed(lines: Sequence[str]) -> bool:
    """Whether a person says yes to what these lines tell."""
    for line in lines:
        talk(line)
    talk("Publish it? [y/N]")
    return sys.stdin.readline().strip().casefold() in {"y", "yes"}


def somebody_is_there() -> bool:
    """Whether there is a terminal to ask on."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def exposed(report: Mapping[str, Any]) -> None:
    """A report as `dataclasses.asdict` gives it (see `archiver.preview.Exposure`), on stdout."""
    told = [f"{one[0]} ({one[2]:,} messages, {one[3]:,} people)" for one in report["conversations"]]
    _part(f"{report['messages']:,} messages", told)
    _part("Left out, for it is talk between two people", report["left_out"])
    _part("People", [f"{count:,} {_APPEAR[how]}" for how, count in report["people"].items()])
    _part("Named in the pages", report["own"])
    _part("In these pages for the first time", [f"{name}, {_APPEAR[how]}" for name, how in report["new"]])
    _part("Hidden", [f"{count:,} {kind}" for kind, count in report["hidden"].items()])
    for kind, lines in report["samples"].items():
        _part(f"As it would be shown ({kind})", [one_line(line, 120) for line in lines])
    _part("Attached files", [f"{count:,} {state}" for state, count in report["attachments"].items()])
    risks = [f"{name}  {', '.join(kinds)}" for name, kinds in report["risks"]]
    _part("Look at these first: archive show ID", risks, "bold red")
    _part(f"Report {report['hash']}", [], always=True)


def _part(heading: str, lines: Sequence[str], style: str = "bold", *, always: bool = False) -> None:
    if not lines and not always:
        return
    show = printer()
    show([(heading, style)], 0)
    for line in lines[:_SHOWN]:
        show([(line, "")], 2)
    if len(lines) > _SHOWN:
        show([(f"… and {len(lines) - _SHOWN:,} more", "dim")], 2)
