"""The lines that say whose words follow: ``On Tue, May 11, 2004 at 9:14 PM, Ann Lee <ann@garden.example> wrote:``."""

import re
from collections.abc import Sequence
from functools import cache

from archiver.knowledge.phrases import OPENS, WROTE, WROTE_UNSPACED, phrases

_LONGEST_LINE = 300  # longer ones are somebody's words
_LONGEST = 500
_WORD = re.compile(r"\w+")
_DIGIT = re.compile(r"\d")
_DATED = re.compile(r"\d{4}|\d[:./-]\d")
_BRACKETED = re.compile(r"[<\[(][^<>()\[\]\n]+[>\])]")
_SENTENCE = re.compile(r"[^\W\d_]{4}[.!?] ")  # names of months may be cut shorter
_STOPS = (".", "!", "?")  # a line that ends so was a sentence
_INVISIBLE = " \t\r\n\xa0\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069*"


def begin(text: str, since: int, at: int) -> int | None:
    """Where the attribution begins that stands directly above the quotation at *at*, if one does: up to three lines."""
    reach = max(since, at - 2 * _LONGEST)
    window = text[reach:at]
    body = window.rstrip(_INVISIBLE)
    if not body or window.count("\n", len(body)) > 3 or not _may_introduce(body):
        return None
    first = body.rfind("\n") + 1
    if first == 0 and reach > since:
        return None  # a line without end
    line = body[first:]
    nearest = reach + first if introduces(line) else None
    if nearest is not None and _opens(line):
        return nearest
    begins = first
    for _ in range(2):
        below, begins = begins, body.rfind("\n", 0, max(0, begins - 1)) + 1
        line = body[begins : max(0, below - 1)]
        if not line.strip():
            break
        if (_opens(line) or _names(line)) and introduces(body[begins:]):
            return reach + begins
    return nearest


def _may_introduce(body: str) -> bool:
    """By its last character or word."""
    if body[-1] in ":：":
        return True
    last = "".join(body[-40:].split()[-1:])
    return last.casefold() in _wrote() or (last.endswith("...") and "news:" in last)


def _opens(line: str) -> bool:
    """Whether an attribution may begin with this line: with a date, and an address or a word that dates begin with."""
    if len(line) > _LONGEST_LINE or not _DATED.search(line) or line.rstrip().endswith(_STOPS):
        return False
    first = _WORD.findall(line)[0].casefold()
    return first[0].isdigit() or first in _openings() or bool(_address(line))


def _names(line: str) -> bool:
    """Whether it has an address and "wrote", as ``"Ann" <ann@garden.example> wrote in message`` of news readers has."""
    return bool(_address(line)) and not _wrote().isdisjoint(_WORD.findall(line.casefold()))


def introduces(body: str) -> bool:
    """Whether these one to three lines say who wrote, and are no sentence that ends with a colon."""
    if len(body) > _LONGEST:
        return False
    lowered = body.casefold()
    words = _WORD.findall(lowered)
    told = "@" in body or _DIGIT.search(body) is not None
    wrote = _wrote()
    verb = next((i for i in range(len(words) - 1, -1, -1) if words[i] in wrote), -1)
    if verb >= 0:
        short = verb > len(words) - 4 or _says_who(lowered[lowered.rindex(words[verb]) :], words[verb + 1 :])
        return short and (told or len(words) <= 7)
    if not body.isascii() and any(phrase in lowered for phrase in _unspaced()):
        return told or len(words) <= 7
    address = _address(body)
    return bool(address) and (len(words) <= 8 or _DATED.search(body.replace(address, "")) is not None)


def _address(line: str) -> str:
    """The first address in brackets, ``<ann@garden.example>`` or ``(ann at garden.example)``; "" if there is none."""
    return next((inside for inside in _BRACKETED.findall(line) if "@" in inside or " at " in inside), "")


def _says_who(rest: str, words: Sequence[str]) -> bool:
    """Whether what stands behind "wrote" is a name, a date or an address, and not the rest of a sentence."""
    return "@" in rest or (sum(map(str.isalpha, words)) < 7 and not _SENTENCE.search(rest))


@cache
def _wrote() -> frozenset[str]:
    return frozenset(phrases(WROTE))


@cache
def _unspaced() -> tuple[str, ...]:
    return phrases(WROTE_UNSPACED)


@cache
def _openings() -> frozenset[str]:
    return frozenset(phrases(OPENS))
