"""The words in a date of Facebook's pages, in all languages: months, days of the week, parts of the day.

The table (page_words.json) comes from Unicode CLDR; tests/make_facebook_page_words.py writes it.
"""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

EVERYWHERE = "*"
_MOST_JOINED = 8  # tokens of the longest phrase, such as a weekday's name
_LONGEST = 200  # characters of what stands between two numbers; longer is no part of a date
_WRITTEN_OUT = 0x24F  # the last letter of the scripts that put spaces between all words
# Where a word means different months in different languages and nothing else tells, the first of these has it right:
# the languages with the most accounts.
_LIKELY = (
    "en", "es", "pt", "fr", "id", "hi", "ar", "vi", "fil", "bn", "th", "de", "it", "tr", "pl", "ru", "nl", "ro", "uk",
    "cs", "hu", "sv", "el", "da", "fi", "nb", "sk", "hr", "sr", "bg", "he", "ja", "ko", "zh",
)  # fmt: skip


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    content = files(__package__).joinpath("page_words.json").read_text(encoding="utf-8")
    loaded: Mapping[str, Mapping[str, str]] = json.loads(content)
    return loaded


@lru_cache(maxsize=4096)
def fold_word(text: str) -> str:
    """A word reduced to its letters and digits: ``a. m.``, ``a.m.`` and ``AM`` are all ``am``."""
    folded = unicodedata.normalize("NFC", text).casefold()
    return "".join(char for char in folded if char.isalnum() or unicodedata.category(char)[0] == "M")


def tokens(text: str) -> list[str]:
    """The folded words of a text; joiners that only shape letters do not part them."""
    spaced = "".join(
        char if char.isalnum() or unicodedata.category(char)[0] == "M" else "" if char in "\u200c\u200d" else " "
        for char in text[:_LONGEST]
    )
    return [word for word in map(fold_word, spaced.split()) if word]


class Month(dict[int, frozenset[str]]):
    """What month a word is: its number, with the languages in which it is that one."""


@cache
def months() -> Mapping[str, Month]:
    """Words for months, folded. Written as twelve names, with the languages that have them."""
    found: dict[str, Month] = {}
    for names, spoken in _table()["months"].items():
        languages = frozenset(spoken.split())
        for number, name in enumerate(names.split("|"), 1):
            if EVERYWHERE in periods().get(name, {}).values():
                continue  # "pm" is hardly ever a month
            here = found.setdefault(name, Month())
            here[number] = here.get(number, frozenset()) | languages
    return found


@cache
def weekdays() -> frozenset[str]:
    """Words for days of the week, folded."""
    return frozenset(_table()["words"]["weekdays"].split("|"))


@cache
def literals() -> frozenset[str]:
    """Words that stand in a date and mean nothing: ``at``, ``um``, ``de``, ``年``…"""
    return frozenset(_table()["words"]["literals"].split("|"))


@cache
def numbered() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What stands before or behind a number that makes a month of it: (``tháng``…), (``月``, ``월``…)."""
    words = _table()["words"]
    return tuple(words["before number"].split("|")), tuple(words["behind number"].split("|"))


@cache
def conjunctions() -> tuple[str, ...]:
    """The words before the last name of a list, with the spaces around them: `` and ``, `` und ``, ``、``…"""
    return tuple(_table()["words"]["and"].split("|"))


@cache
def periods() -> Mapping[str, Mapping[str, str]]:
    """Parts of the day: word → {for 12, 1 … 11 o'clock ``1`` where that is in the afternoon, ``K`` if the language
    counts 0-11: its languages, or `EVERYWHERE`}."""
    table: Mapping[str, Mapping[str, str]] = _table()["periods"]  # type: ignore[assignment] # the one deeper table
    return table


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the words between two numbers say. *unknown*: words nobody knows."""

    months: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@lru_cache(maxsize=20_000)
def meaning(text: str) -> Meaning:
    """The meaning of what stands between two numbers of a date."""
    words = tokens(text)
    found: list[str] = []
    unknown: list[str] = []
    at = 0
    while at < len(words):
        end = min(len(words), at + _MOST_JOINED)
        while end > at and not _known(joined := "".join(words[at:end])):
            end -= 1
        if end > at:
            found.append(joined)
        elif pieces := _segmented(words[at]):
            found += pieces
        else:
            unknown.append(words[at])
        at = max(end, at + 1)
    return Meaning(
        tuple(word for word in found if word in months()),
        tuple(word for word in found if word in periods()),
        tuple(unknown),
    )


def _known(word: str) -> bool:
    return word in months() or word in weekdays() or word in periods() or word in literals()


@lru_cache(maxsize=4096)
def _segmented(word: str) -> tuple[str, ...]:
    """The known words that *word* is made of, in scripts that write words together; () if there are none such."""
    if len(word) > 60 or not any(ord(char) > _WRITTEN_OUT for char in word):
        return ()
    # best[i]: the words of word[i:], found from the end, so that each place is looked at once
    best: list[tuple[str, ...] | None] = [None] * len(word) + [()]
    for at in range(len(word) - 1, -1, -1):
        for end in range(len(word), at, -1):
            rest = best[end]
            if rest is not None and _known(word[at:end]):
                best[at] = (word[at:end], *rest)
                break
    return best[0] or ()


@lru_cache(maxsize=2000)
def begun(word: str) -> Month:
    """The months that a cut word may begin (``Sept``, ``Octob``), else the one whose name begins it (``rêbendana``);
    none for fewer than three letters."""
    found = Month()
    for name, month in months().items() if len(word) >= 3 else ():
        if name.startswith(word):
            for number, languages in month.items():
                found[number] = found.get(number, frozenset()) | languages
    for end in range(len(word) - 1, max(2, len(word) - 4), -1):
        found = found or months().get(word[:end], found)
    return found


class Tongue:
    """Reads words whose meaning depends on the language, which the words of one file tell together.

    *languages*: those that have most of the words; empty when no word tells one.
    """

    def __init__(self, words: Iterable[str] = (), language: str | None = None) -> None:
        self.languages = frozenset([language]) if language else self._most(set(words))
        self._readings: dict[str, str] = {}

    def _most(self, words: set[str]) -> frozenset[str]:
        votes: Counter[str] = Counter()
        for word in words:
            votes.update(_spoken(word))
        most = max(votes.values(), default=0)
        return frozenset(language for language, count in votes.items() if count == most)

    def month(self, month: Month) -> tuple[int, bool]:
        """The number of a month that may be several, and whether that is certain."""
        numbers = {number: langs & self.languages for number, langs in month.items() if langs & self.languages}
        numbers = numbers or dict(month)
        first, *others = sorted(numbers, key=lambda number: (_rank(numbers[number]), number))
        return first, all(_rank(numbers[number]) == len(_LIKELY) for number in others)

    def hour(self, hour: int, word: str) -> int:
        """The hour of the day (0-23) that a clock face's *hour* and a known *word* mean.

        Above 12, and 0 in languages that do not count from 0 to 11, the hour wins over the word.
        """
        reading = self._readings.get(word) or self._readings.setdefault(word, self._reading(word))
        if hour > 12 or (hour == 0 and not reading.endswith("K")):
            return hour
        return hour % 12 + 12 * (reading[hour % 12] == "1")

    def _reading(self, word: str) -> str:
        readings = periods()[word]

        def closeness(reading: str) -> tuple[int, bool, int, str]:
            spoken = frozenset(readings[reading].split())
            return len(spoken & self.languages), EVERYWHERE in spoken, -_rank(spoken), reading

        return max(readings, key=closeness)


def _spoken(word: str) -> frozenset[str]:
    """The languages that have a word for a month or a part of the day; none for what is everywhere."""
    spoken: set[str] = set()
    for languages in months().get(word, Month()).values():
        spoken |= languages
    for reading in periods().get(word, {}).values():
        spoken |= set(reading.split())
    return frozenset() if EVERYWHERE in spoken else frozenset(spoken)


def _rank(languages: frozenset[str]) -> int:
    """How likely the likeliest of the languages is: 0 most."""
    return min((_LIKELY.index(one) for one in languages if one in _LIKELY), default=len(_LIKELY))


def words_in(gaps: Sequence[str]) -> set[str]:
    """The months and parts of the day in the gaps of a date, for `Tongue`."""
    found: set[str] = set()
    for gap in gaps:
        said = meaning(gap)
        found.update(said.months, said.periods)
    return found
