"""Telephone numbers in running text, in any script's digits. Recall before precision.

Taken for a number: seven digits or more after a plus sign, nine or more with or without separators, six or more
after a word such as "tel". Spared: dates, times, time stamps in file names, amounts of money, ISBNs.
"""

import re
from collections.abc import Iterator

from archiver.privacy.spans import Span

_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe0f\u20e3\ufeff"
_SEPARATOR = rf"(?:(?:[^\S\r\n]|[-‐-―−－.·•‧∙⋅・_|/()\[\]*~+＋]|%20|%2[BbDd89])[{_INVISIBLE}]{{0,3}})"
_APART = rf"[{_INVISIBLE}]{{0,4}}{_SEPARATOR}{{0,7}}"
_FIRST_TO_LAST = re.compile("\\d(?:.*\\d)?[\ufe0f\u20e3]*", re.DOTALL)  # with the rest of a keycap emoji
_PLUS = re.compile(r"[+＋]|%2[Bb]")
_DIGIT = re.compile(r"\d")
_CANDIDATE = re.compile(rf"\d(?:{_APART}\d){{5,}}[\ufe0f\u20e3]*")
_PREFIX = re.compile(rf"(?:{_PLUS.pattern})[{_INVISIBLE}]{{0,3}}{_SEPARATOR}{{0,3}}\Z")
_DIALLED = re.compile(
    r"(?:\b(?:telf?|fon|fono|phone|mobile?|cell?|celular|m[óo]vil|handy|call|whats?app|fax"
    r"|telefone?o?|teléfono|téléphone|telephone|тел|телефон)|[☎📞📱📲]|هاتف|جوال|واتساب|טלפון|โทร|电话|電話)[\W_]{0,4}\Z",
    re.IGNORECASE,
)

_YEAR = r"(?:1[34]|19|20|25)\d\d"  # Gregorian, Islamic, Persian, Buddhist
_CLOCK = r"(?:[01]?\d|2[0-4])[:.][0-5]\d(?:[:.][0-5]\d)?"
_DATE = rf"(?:{_YEAR}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.]{_YEAR})"
_STAMP = (
    r"(?:19|20)\d\d(?P<a>[-_.]?)(?:0[1-9]|1[0-2])(?P=a)(?:0[1-9]|[12]\d|3[01])[-_ T.]?"
    r"(?:[01]\d|2[0-3])(?P<b>[-_.]?)[0-5]\d(?P=b)[0-5]\d(?:\d{3})?"
)
_CURRENCY = r"(?:[$€£¥₹₽₺₩₦₴₪]|\b(?:EUR|USD|GBP|CHF|COP|ARS|MXN|CLP|BRL|INR|NGN)\b)"
_GROUPED = r"\d{{1,3}}(?P<{0}>[.,'’   ])\d{{3}}(?:(?P={0})\d{{3}}){{0,4}}(?:[.,]\d{{1,2}})?"
_SPARED = re.compile(
    rf"(?<!\d)(?<!\d[./-])(?:{_STAMP}|{_DATE}(?:[ T,]{{0,2}}{_CLOCK})?)(?![\d]|[./-]\d)"
    r"|(?<![\d.:/-])(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?(?![\d:])"
    rf"|{_CURRENCY}\s?{_GROUPED.format('c')}(?!\s?\d)|(?<!\d)(?<!\d\s){_GROUPED.format('d')}\s?{_CURRENCY}"
)
_LONGEST_SPARED, _LONGEST_PREFIX = 40, 12


def may_hold_phones(text: str) -> bool:
    """A first look that costs next to nothing; most messages end here."""
    return len(_DIGIT.findall(text)) >= 6


def plain(text: str) -> str:
    """The text with the digits of every script as those of ASCII, each in its place."""
    return text if text.isascii() else _DIGIT.sub(lambda digit: str(int(digit[0])), text)


def phones(text: str) -> Iterator[Span]:
    """The telephone numbers of a `plain` text, as spans of kind ``phone``."""
    for found in _CANDIDATE.finditer(text):
        yield from _within(text, found.start(), found.end())


def _within(text: str, start: int, end: int) -> Iterator[Span]:
    """The numbers in one run of digits and separators."""
    prefix = _PREFIX.search(text, max(0, start - 12), start)
    if prefix is not None and _digits(text, start, end) >= 7:
        yield _opened(text, prefix.start(), end)
        return
    if _is_book(text, start, end):
        return
    for left, right in _unspared(text, start, end):
        dialled = _DIALLED.search(text, max(0, left - 24), left) is not None
        plus = _PLUS.search(text, left, right)
        if _digits(text, left, right) >= (6 if dialled else 9):
            yield _opened(text, left, right)
        elif plus is not None and _digits(text, plus.start(), right) >= 7:
            yield Span(plus.start(), right, "phone")


def _is_book(text: str, start: int, end: int) -> bool:
    """Whether it is an ISBN of thirteen digits, with the right last one; no country's numbers begin like that."""
    digits = "".join(_DIGIT.findall(text, start, end)) if text.startswith(("978", "979"), start) else ""
    return len(digits) == 13 and sum(int(one) * (1, 3)[place % 2] for place, one in enumerate(digits)) % 10 == 0


def _opened(text: str, start: int, end: int) -> Span:
    """The number, with the bracket before it when the one that closes it lies within."""
    opening = text[start - 1 : start] == "(" and ")" in text[start:end]
    return Span(start - opening, end, "phone")


def _unspared(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """What is left of [start, end) between dates, times and amounts, trimmed to digits."""
    for spared in _SPARED.finditer(text, max(0, start - _LONGEST_PREFIX), end + _LONGEST_SPARED):
        if spared.start() >= end:
            break
        yield from _trimmed(text, start, spared.start())
        start = max(start, spared.end())
    yield from _trimmed(text, start, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    run = _FIRST_TO_LAST.search(text, start, max(start, end))
    if run is not None:
        yield run.span()


def _digits(text: str, start: int, end: int) -> int:
    """How many digits stand in [start, end); a percent sign and its two characters are not digits."""
    return len(_DIGIT.findall(re.sub(r"%2[0BbDd89]", "", text[start:end])))
