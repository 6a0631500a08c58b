"""Day or month first: weighs what an export says about it, and says how sure that is.

The evidence, strongest first: what the person says; a year of four digits in front; a number above 12; iOS
attachment names, which hold the message's own date; time that runs forward in one order only; what the shape
tells; the padding. What is left is a guess and called one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from archiver.contracts import DateOrder
from archiver.importers.whatsapp.clock import gregorian_year, ordered, solar_hijri
from archiver.importers.whatsapp.heads import Shape

SURE = 0.95  # below this a date order counts as assumed
SETTLED = 1000  # proofs, where one is all there can be
FIRST_YEAR, LAST_YEAR = 2009, 2045  # WhatsApp began in 2009
_NAMES: dict[DateOrder, str] = {"dmy": "day first", "mdy": "month first", "ymd": "year first"}

Numbers = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about one file's dates.

    *dates*: the numbers of each date as written, in file order, a repeated one once. *stamped*: dates as written
    beside the dates in names of files attached to those messages. *padded* and *unpadded*: how many heads have
    numbers below ten with and without a leading zero. *lower_case*: am and pm are written small; *marked*: there
    are right-to-left marks between the numbers; *worded*: the text of the app is in another language than English.
    """

    shape: Shape
    dates: Sequence[Numbers]
    stamped: Sequence[tuple[Numbers, date]] = ()
    padded: int = 0
    unpadded: int = 0
    lower_case: bool = False
    marked: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The order, why, how sure (0-1), how many of the file's dates do not exist in it, and how many only in it."""

    order: DateOrder
    because: str
    confidence: float
    impossible: int = 0
    proofs: int = 0


def decide(evidence: Evidence, told: DateOrder | None = None) -> Verdict:
    """The date order of a file."""
    if told:
        return Verdict(told, "you said so", 1.0, _impossible(evidence, told), SETTLED)
    if evidence.shape.month_word:
        return Verdict("dmy", "the months have names", 1.0, proofs=SETTLED)
    if evidence.shape.year == 0:
        return Verdict("ymd", "the year comes first", 1.0, proofs=SETTLED)
    bad = {order: _impossible(evidence, order) for order in _candidates(evidence)}
    best = min(bad.values())
    left = [order for order in bad if bad[order] == best]
    if len(left) == 1:
        return _by_impossibility(evidence, left[0], bad)
    ladder = (_by_names, _by_separator, _by_chronology, _by_shape, _by_padding)
    verdicts = (verdict for step in ladder if (verdict := step(evidence, left)))
    return next(verdicts, Verdict(left[0], "nothing in the file tells; day first is more common", 0.5))


def _candidates(evidence: Evidence) -> tuple[DateOrder, ...]:
    """The orders to choose from. A year of two digits comes first behind a dot only where a dot follows the day,
    too: ``24. 1. 16. 15:45`` (CLDR)."""
    shape, layout = evidence.shape, evidence.shape.layout
    if shape.year >= 0 or layout.dates < 3:
        return "dmy", "mdy"
    dotted = shape.gaps[layout.date_at + 1] == "."
    behind = shape.gaps[layout.date_at + layout.dates]
    return ("dmy", "mdy") if dotted and behind[:1] not in {".", "*"} else ("dmy", "mdy", "ymd")


def as_date(shape: Shape, numbers: Numbers, order: DateOrder) -> date | None:
    """The date that *numbers* are in *order*, if there is one since WhatsApp began; without a year, in a leap year."""
    year, month, day = ordered(shape, numbers, order)
    try:
        if year is not None and shape.zero == "۰" and 1300 <= year <= 1500:
            return solar_hijri(year, month, day)
        full = 2012 if year is None else gregorian_year(year)
        found = date(full, month, day)
    except ValueError:
        return None
    plausible = FIRST_YEAR <= found.year <= LAST_YEAR or (year is not None and shape.year >= 0)
    return found if plausible else None


def _impossible(evidence: Evidence, order: DateOrder) -> int:
    return sum(as_date(evidence.shape, numbers, order) is None for numbers in set(evidence.dates))


def _by_impossibility(evidence: Evidence, order: DateOrder, bad: dict[DateOrder, int]) -> Verdict:
    total = len(set(evidence.dates))
    second = min(count for other, count in bad.items() if other != order)
    because = f"{second} of {total} dates cannot be read otherwise"
    if bad[order]:
        because += f", though {bad[order]} cannot be read so"
    return Verdict(order, because, second / (second + bad[order]), bad[order], second)


def _by_names(evidence: Evidence, left: Sequence[DateOrder]) -> Verdict | None:
    """iOS puts the time of the message into the names of attachments; a sticker's can be older, so they vote."""
    votes = {
        order: sum(as_date(evidence.shape, numbers, order) == stamp for numbers, stamp in evidence.stamped)
        for order in left
    }
    order = max(votes, key=lambda name: votes[name])
    agreed = sum(votes[order] == count for count in votes.values())
    if not votes[order] or agreed > 1:
        return None
    because = f"{votes[order]} of {len(evidence.stamped)} dates in names of attachments agree"
    return Verdict(order, because, 0.5 + votes[order] / sum(votes.values()) / 2 - 0.02)


def _by_separator(evidence: Evidence, left: Sequence[DateOrder]) -> Verdict | None:
    """No language writes the month first with anything but a slash (CLDR)."""
    layout = evidence.shape.layout
    inside = "".join(evidence.shape.gaps[layout.date_at + 1 :][: layout.dates - 1])
    if "mdy" in left and "ymd" not in left and inside.strip("* ") and "/" not in inside:
        return Verdict("dmy", f"no language puts the month first and writes “{inside[0]}”", 0.97)
    return None


def _by_chronology(evidence: Evidence, left: Sequence[DateOrder]) -> Verdict | None:
    """Exports do step backwards now and then (0.26 % of steps), so inversions are counted, not forbidden."""
    steps = {order: sum(step < 0 for step in _steps(evidence, order)) for order in left}
    ranked = sorted(left, key=lambda order: steps[order])
    fewest, next_fewest = steps[ranked[0]], steps[ranked[1]]
    if next_fewest < 2 or next_fewest < 4 * fewest:
        return None
    because = f"read so, time runs backwards {fewest} times, otherwise {next_fewest} times"
    return Verdict(ranked[0], because, 0.9 if next_fewest < 5 else 0.97)


def _steps(evidence: Evidence, order: DateOrder) -> Iterator[int]:
    found = (as_date(evidence.shape, numbers, order) for numbers in evidence.dates)
    days = [day.toordinal() for day in found if day]
    return (after - before for before, after in pairwise(days))


def _by_shape(evidence: Evidence, left: Sequence[DateOrder]) -> Verdict | None:
    if "ymd" in left:
        return _by_span(evidence, left)
    if evidence.marked:
        return Verdict("dmy", "the numbers of the date have right-to-left marks", 0.97)
    if evidence.lower_case:
        return Verdict("dmy", "am and pm are written small", 0.92)
    if evidence.language not in {"", "en", "fil"}:
        return Verdict("dmy", f"the app wrote in another language than English ({evidence.language})", 0.8)
    return None


def _by_span(evidence: Evidence, left: Sequence[DateOrder]) -> Verdict | None:
    """Where even the year is open, a wrong order scatters a few days over many years."""
    spans = {order: sum(abs(step) for step in _steps(evidence, order)) for order in left}
    ranked = sorted(left, key=lambda order: (spans[order], order == "ymd"))
    if evidence.unpadded and not spans[ranked[1]]:
        return None
    if len(evidence.dates) > 1 and spans[ranked[1]] > 3 * spans[ranked[0]]:
        return Verdict(ranked[0], "read so, the dates lie closest together", 0.8)
    rest = [order for order in left if order != "ymd"]
    return _by_padding(evidence, rest) if len(rest) > 1 else None


def _by_padding(evidence: Evidence, left: Sequence[DateOrder]) -> Verdict | None:
    """Of exports whose order is known, 200 of 203 padded ones are day first, 173 of 179 unpadded ones month first
    when the year has two digits (with four, CLDR has 78 locales against 2)."""
    if evidence.padded and not evidence.unpadded and "dmy" in left:
        return Verdict("dmy", "the numbers are padded with zeros", 0.93)
    if evidence.unpadded and "mdy" in left:
        if evidence.shape.year < 0:
            return Verdict("mdy", "the numbers are not padded with zeros", 0.93)
        return Verdict("dmy", "the numbers are not padded, and the year has four digits", 0.7)
    return None


def name_of(order: DateOrder) -> str:
    return _NAMES[order]
