"""Folding of words, so that one spelling stands for all its variants; and what the words in a head mean."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

_MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_SPACES = re.compile("[ \u00a0\u2009\u202f]+")
_ODD = re.compile("  |[\u00a0\u061c\u2009\u200e\u200f\u202a-\u202f\u2066-\u2069\ufeff]")
_STOPS = (".", "。", "।", "։")

# Years to add for an era's name; the phone's calendar setting puts these into a head in any language.
_ERAS = {
    **dict.fromkeys(("be", "พศ", "ພສ", "佛曆", "佛历", "仏暦", "불기"), -543),
    **dict.fromkeys(("r", "令和", "reiwa", "레이와"), 2018),
    **dict.fromkeys(("h", "平成", "heisei", "헤이세이"), 1988),
    **dict.fromkeys(("民國", "民国", "minguo"), 1911),
}


def without_marks(text: str) -> str:
    """*text* without direction marks and byte order marks; joiners (U+200C, U+200D) are letters and stay."""
    return _MARKS.sub("", text)


def plain(text: str) -> str:
    """*text* as a name or a label: no marks, every kind of space a space, no space at the ends, NFC."""
    if _ODD.search(text):
        text = _SPACES.sub(" ", _MARKS.sub("", text))
    return unicodedata.normalize("NFC", text.strip(" "))


def fold(text: str) -> str:
    """*text* for comparing generated lines: `plain`, case folded, without one final full stop."""
    folded = plain(text).casefold()
    return folded[:-1] if folded.endswith(_STOPS) else folded


@lru_cache(maxsize=4096)
def fold_word(text: str) -> str:
    """A word in a head reduced to its letters and digits: ``a. m.``, ``a.m.`` and ``AM`` are all ``am``."""
    folded = unicodedata.normalize("NFC", text).casefold()
    return "".join(char for char in folded if char.isalnum() or unicodedata.category(char)[0] == "M")


@cache
def table(name: str) -> dict[str, Any]:
    """One of the package's tables (JSON), read when first needed."""
    content = files(__package__).joinpath(f"{name}.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(content)
    return loaded


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the words in one gap of a head say. *period* is a folded day-period word of `hour`."""

    period: str | None = None
    month: int | None = None
    era: int | None = None


@cache
def digit_words() -> tuple[str, ...]:
    """Day-period words with a digit in them (Anii: ``1ka``), which must not be taken for numbers."""
    return tuple(word for word in table("clock")["periods"] if any(char.isdigit() for char in word))


def meaning(gap: str, *, dated: bool, early: bool) -> Meaning | None:
    """What the words in *gap* mean; None when one of them is known to nobody.

    *dated*: the gap touches the year, so that an era may stand in it; *early*: the gap is inside the time or
    between date and time, where a word that means nothing is likelier than a rare language's day period.
    """
    return _meaning(fold_word(gap), dated, early)


@cache
def _meaning(word: str, dated: bool, early: bool) -> Meaning | None:
    if not word:
        return Meaning()
    clock = table("clock")
    kinds = ("literals", "periods") if early else ("periods", "literals")
    for length in range(len(word), 0, -1):
        first, rest = word[:length], word[length:]
        found = _word(first, kinds, clock, dated)
        if found is not None and (others := _meaning(rest, dated, early)) is not None:
            return Meaning(found.period or others.period, found.month or others.month, found.era or others.era)
    return None


def _word(word: str, kinds: tuple[str, str], clock: Mapping[str, Any], dated: bool) -> Meaning | None:
    if dated and word in _ERAS:
        return Meaning(era=_ERAS[word])
    for kind in kinds:
        if word in clock[kind]:
            return Meaning(period=word) if kind == "periods" else Meaning()
    return Meaning(month=clock["months"][word]) if word in clock["months"] else None


class DayPeriods:
    """Reads hours by the day-period words of one file, whose other words tell the language of a doubtful one."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._table: Mapping[str, Mapping[str, str]] = table("clock")["periods"]
        self._readings: dict[str, str] = {}
        self.languages = self._common(set(words))

    def _common(self, words: set[str]) -> frozenset[str]:
        """The languages that have all of *words*; of none, nothing is known."""
        spoken = [
            frozenset(tongue for tongues in readings.values() for tongue in tongues.split())
            for readings in (self._table[word] for word in sorted(words) if word in self._table)
            if "*" not in readings.values()
        ]
        return frozenset.intersection(*spoken) if spoken else frozenset()

    def hour(self, hour: int, word: str) -> int:
        """The hour of the day (0-23) that a clock face's *hour* and a known *word* mean.

        Above 12, and 0 in all languages that do not count from 0 to 11, the hour wins over the word: phones
        write ``23:59 PM`` and ``00:04 AM``.
        """
        reading = self._readings.get(word) or self._readings.setdefault(word, self._reading(word))
        if hour > 12 or (hour == 0 and not reading.endswith("K")):
            return hour
        return hour % 12 + 12 * (reading[hour % 12] == "1")

    def _reading(self, word: str) -> str:
        """Twelve digits for 12, 1 … 11 o'clock, 1 = in the afternoon; languages of this file first."""
        readings = self._table[word]
        return max(readings, key=lambda reading: (self._closeness(readings[reading]), reading))

    def _closeness(self, tongues: str) -> tuple[int, int]:
        spoken = set(tongues.split())
        return len(spoken & self.languages), len(spoken & set(table("strings")["languages"]))


_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")


def unspaced(text: str) -> bool:
    """Whether *text* has characters of scripts that do not put spaces between words."""
    return _UNSPACED.search(text) is not None
