"""From text to text without what must be hidden. Pure: the same text gives the same text."""

from collections import Counter
from collections.abc import Mapping, Sequence

from archiver.privacy.emails import emails, may_hold_emails
from archiver.privacy.phones import may_hold_phones, phones
from archiver.privacy.spans import Span, merged

MARKS: Mapping[str, str] = {"phone": "[phone]", "email": "[email]", "member": "Member {n}"}


def findings(text: str) -> list[Span]:
    """Everything in a text that must be hidden, in order, without overlaps."""
    found: list[Span] = []
    if may_hold_phones(text):
        found += phones(text)
    if may_hold_emails(text):
        found += emails(text)
    return merged(found)


def mask(text: str, marks: Mapping[str, str] = MARKS, tally: Counter[str] | None = None) -> str:
    """The text with every finding replaced by the visible mark of its kind; *tally* counts them by kind."""
    return mask_between(text, (), marks, tally)[0]


def mask_between(
    text: str, borders: Sequence[int], marks: Mapping[str, str] = MARKS, tally: Counter[str] | None = None
) -> tuple[str, Sequence[int]]:
    """As `mask`, and where ascending *borders* lie afterwards; one inside a finding comes after its mark."""
    found = findings(text)
    if not found:
        return text, borders
    pieces, end, grown = [], 0, 0
    moved: list[int] = []
    for span in found:
        while len(moved) < len(borders) and borders[len(moved)] <= span.start:
            moved.append(borders[len(moved)] + grown)
        pieces += [text[end : span.start], marks[span.kind]]
        end = span.end
        grown += len(marks[span.kind]) - (span.end - span.start)
        while len(moved) < len(borders) and borders[len(moved)] < span.end:
            moved.append(span.end + grown)
    moved += [border + grown for border in borders[len(moved) :]]
    if tally is not None:
        tally.update(span.kind for span in found)
    return "".join(pieces) + text[end:], moved
