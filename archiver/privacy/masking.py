"""From text to text without what must be hidden. Pure: the same text gives the same text."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cache

from archiver.privacy.emails import SPOKEN_AT, emails, may_hold_emails
from archiver.privacy.keys import keys, may_hold_keys
from archiver.privacy.labelled import handles, labelled, may_hold_labels, spellings
from archiver.privacy.numbers import numbers
from archiver.privacy.phones import may_hold_phones, phones, plain
from archiver.privacy.places import codes, places
from archiver.privacy.spans import Span, merged
from archiver.privacy.urls import may_hold_urls, urls

MARKS: Mapping[str, str] = {
    "phone": "[phone]",
    "email": "[email]",
    "invite": "[invitation]",
    "place": "[place]",
    "handle": "[handle]",
    "query": "?…",  # so that the address before it still leads somewhere
    "card": "[card number]",
    "iban": "[account number]",
    "id": "[ID number]",
    "code": "[code]",
    "secret": "[secret]",
    "member": "Member {n}",
}


_ROUNDS = 8  # of looking again at what was masked; two are the rule
_NUMBERS = frozenset({"phone", "card", "iban", "id", "code"})
# What else a thing of an allowed kind may be taken for, so that it would be hidden after all.
_MISTAKEN: Mapping[str, frozenset[str]] = {
    "card": _NUMBERS,
    "iban": _NUMBERS,
    "id": _NUMBERS,
    "code": _NUMBERS,
    "secret": frozenset({"code"}),
    "email": frozenset({"phone", "handle"}),
    "place": frozenset({"phone", "query"}),
    "invite": frozenset({"phone", "query"}),
    "handle": frozenset({"query"}),
}


def findings(text: str) -> list[Span]:
    """Everything in a text that must be hidden, in order, without overlaps."""
    found = _found(text)
    return merged(found) if found else found


def _found(text: str) -> list[Span]:
    """The findings of every kind; each looks first whether it is worth looking."""
    found: list[Span] = []
    low = text.lower()
    words = low.split()
    if ":" in low or "-" in low or "=" in low or "/" in low or "_" in low:
        words += low.replace(":", " ").replace("-", " ").replace("=", " ").replace("/", " ").replace("_", " ").split()
    telling = () if _telling().isdisjoint(words) else words
    if may_hold_labels(low, telling):
        found += labelled(text)
        found += handles(text)
    elif "@" in text:
        found += handles(text)
    if may_hold_urls(text):
        found += urls(text)
    if may_hold_phones(text):
        digits = plain(text)
        found += phones(digits)
        found += numbers(digits)
        found += places(digits)
    if "+" in text or "///" in text:
        found += codes(text)
    if may_hold_keys(text, words):
        found += keys(text)
    if may_hold_emails(text, telling):
        found += emails(text)
    return found


@cache
def _telling() -> frozenset[str]:
    """Words of which one at least stands where a label is, or an address is told in words."""
    return spellings() | SPOKEN_AT


def _but(allow: Collection[str], found: Collection[Span]) -> list[Span]:
    """The findings that are of no allowed kind, nor something of such a kind mistaken for another."""
    left = [span for span in found if span.kind in allow]
    return [
        span
        for span in found
        if span.kind not in allow
        and not any(
            span.kind in _MISTAKEN.get(one.kind, ()) and one.start <= span.start and span.end <= one.end for one in left
        )
    ]


class Masker:
    """Hides what is found in texts behind visible *marks*, one for each of KINDS, but for the kinds in *allow*.

    A kind that is allowed stays as it is where nothing else is found in it: an allowed card number is not hidden for
    looking like a telephone's, but an allowed address of a page does not show the email address within.
    """

    def __init__(self, marks: Mapping[str, str] = MARKS, allow: Collection[str] = ()) -> None:
        self.marks = marks
        self.allow = frozenset(allow)

    def findings(self, text: str) -> list[Span]:
        """What is hidden in a text, in order, without overlaps."""
        found = _found(text)
        if not found:
            return found
        return merged(_but(self.allow, found) if self.allow else found)

    def mask(self, text: str, tally: Counter[str] | None = None) -> str:
        """The text with every finding replaced by the visible mark of its kind; *tally* counts them by kind."""
        return self.mask_between(text, (), tally)[0]

    def mask_between(
        self, text: str, borders: Sequence[int], tally: Counter[str] | None = None
    ) -> tuple[str, Sequence[int]]:
        """As `mask`, and where ascending *borders* lie afterwards; one inside a finding comes after its mark.

        What is only found when something beside it is hidden, is hidden as well.
        """
        for _ in range(_ROUNDS):
            found = self.findings(text)
            if not found:
                break
            if tally is not None:
                tally.update(span.kind for span in found)
            text, borders = self._marked(text, borders, found)
        return text, borders

    def _marked(self, text: str, borders: Sequence[int], found: Sequence[Span]) -> tuple[str, Sequence[int]]:
        """The text with marks instead of what was found, and its borders moved."""
        pieces, end, grown = [], 0, 0
        moved: list[int] = []
        for span in found:
            while len(moved) < len(borders) and borders[len(moved)] <= span.start:
                moved.append(borders[len(moved)] + grown)
            mark = self.marks[span.kind]
            pieces += [text[end : span.start], mark]
            end = span.end
            grown += len(mark) - (span.end - span.start)
            while len(moved) < len(borders) and borders[len(moved)] < span.end:
                moved.append(span.end + grown)
        moved += [border + grown for border in borders[len(moved) :]]
        return "".join(pieces) + text[end:], moved


def mask(
    text: str,
    marks: Mapping[str, str] = MARKS,
    tally: Counter[str] | None = None,
    allow: Collection[str] = (),
) -> str:
    """What a `Masker` of these marks makes of one text."""
    return Masker(marks, allow).mask(text, tally)


def mask_between(
    text: str,
    borders: Sequence[int],
    marks: Mapping[str, str] = MARKS,
    tally: Counter[str] | None = None,
    allow: Collection[str] = (),
) -> tuple[str, Sequence[int]]:
    """What a `Masker` of these marks makes of one text, and where its borders lie afterwards."""
    return Masker(marks, allow).mask_between(text, borders, tally)
