"""From text to text without what must be hidden. Pure: the same text gives the same text."""

from collections import Counter
from collections.abc import Mapping

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
    found = findings(text)
    if not found:
        return text
    pieces, end = [], 0
    for span in found:
        pieces += [text[end : span.start], marks[span.kind]]
        end = span.end
    if tally is not None:
        tally.update(span.kind for span in found)
    return "".join(pieces) + text[end:]
