"""Writes archiver/importers/facebook/page_words.json from Unicode CLDR (through Babel): the words in a page's dates.

Run ``python -m tests.make_facebook_page_words`` after a new Babel; the file is committed and a test proves it current.
Words are folded exactly as the reader folds them (`archiver.importers.facebook.page_words`).
"""

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from babel import Locale

from archiver.importers.facebook.page_words import fold_word, tokens
from tests.make_whatsapp_clock import OTHER_VERSIONS, afternoons, locales, period_hours

TARGET = Path(__file__).parent.parent / "archiver" / "importers" / "facebook" / "page_words.json"
WIDTHS = ("abbreviated", "wide")
EVERYBODY = 30  # a word that so many languages share ("am") says nothing about the language
SKELETONS = ("yMMMd", "yMMMEd", "yMMMM", "hm", "hms", "Hm", "Hms", "Bhm", "Bhms", "yMd")

# Facebook's own words where CLDR has others: language, before noon, after noon. (Those of other versions, too.)
OWN_PERIODS = (("cs", "dopol.", "odpol."), ("ar", "صباحًا", "مساءً"), ("ar", "صباحاً", "مساء"))
# What stands between the date and the time on Facebook's pages of 2010-17, and around dates in general.
OWN_LITERALS = (
    "at um kl klo kello om ob v la las les a alle ore orele le à às o u в у о ў în saat saati jam pukul pada lúc ngày "
    "vào στις ώρα την בשעה ב الساعة ساعة في ساعت در เวลา น ที่ को बजे den de del di da og ja the on um klukkan plkst "
    "val d m g gada год г р թ ժամը óra órakor kor uhr heures heure 年 月 日 時 时 分 秒 點 点 년 월 일 시 분 초"
)


def months() -> dict[str, str]:
    """Twelve names in a row → the languages that have them. Those with numbers (``10月``): see `affixes`."""
    found: dict[str, set[str]] = defaultdict(set)
    for locale, names in _month_lists():
        folded = [fold_word(name) for name in names]
        if all(name and not any(map(str.isdigit, name)) for name in folded):
            found["|".join(folded)].add(locale.language)
    return {names: " ".join(sorted(spoken)) for names, spoken in sorted(found.items())}


def _month_lists() -> Iterator[tuple[Locale, list[str]]]:
    for locale in locales():
        for context in locale.months.values():
            for width in WIDTHS:
                if len(names := context.get(width, {})) == 12:
                    yield locale, [names[number] for number in range(1, 13)]


def affixes() -> tuple[set[str], set[str]]:
    """What stands before or behind the number of a month that is called by its number, in any language."""
    before, behind = set(), set()
    for _, names in _month_lists():
        folded = [fold_word(name) for name in names]
        found = {re.sub(rf"(?<!\d){_digits(number)}(?!\d)", "#", _ascii(name)) for number, name in enumerate(folded, 1)}
        if len(found) == 1:
            start, _, end = found.pop().partition("#")
            before.add(start)
            behind.add(end)
    return {word for word in before if _tells(word)}, {word for word in behind if _tells(word)}


def _digits(number: int) -> str:
    return f"0?{number}"


def _ascii(text: str) -> str:
    """With the digits of any script as those of ASCII."""
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)


def _tells(affix: str) -> bool:
    """Whether an affix is a word of its own, not a letter or two that may stand anywhere."""
    return affix == "thg" or (len(affix) > 2 and not affix.isascii()) or (bool(affix) and ord(affix[0]) > 0x2FF)


def weekdays() -> list[str]:
    found = set()
    for locale in locales():
        for context in locale.days.values():
            found |= {fold_word(name) for width in WIDTHS for name in context.get(width, {}).values()}
    return _plain(found)


def periods() -> dict[str, dict[str, str]]:
    """Word → {afternoons: languages}; ``K`` behind the afternoons: that language counts 0-11 (noon is 0)."""
    hours: dict[tuple[str, str], set[int]] = defaultdict(set)
    zero_based = set()
    for locale in locales():
        if "K" in locale.datetime_skeletons["hm"].pattern:
            zero_based.add(locale.language)
        for width in (*WIDTHS, "narrow"):
            for period, word in locale.day_periods["format"].get(width, {}).items():
                if width != "narrow" or len(fold_word(word)) > 1:
                    hours[fold_word(word), locale.language] |= period_hours(locale, period)
    for language, morning, afternoon in (*OWN_PERIODS, *OTHER_VERSIONS):
        hours[fold_word(morning), language] |= set(range(12))
        hours[fold_word(afternoon), language] |= set(range(12, 24))
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for (word, language), spoken in sorted(hours.items()):
        if spoken and word:
            found[word][afternoons(spoken) + "K" * (language in zero_based)].append(language)
    return {word: {key: _tongues(spoken) for key, spoken in by.items()} for word, by in found.items()}


def _tongues(languages: list[str]) -> str:
    return "*" if len(languages) > EVERYBODY else " ".join(languages)


def literals() -> list[str]:
    """Words of patterns that are no field, and the names of our own era."""
    words = {token for word in OWN_LITERALS.split() for token in tokens(word)}
    for locale in locales():
        for pattern in _patterns(locale):
            words |= {token for text in _texts(pattern) for token in tokens(text)}
        if any("G" in re.sub(r"'[^']*'", "", pattern) for pattern in _patterns(locale)):
            words |= {token for width in locale.eras.values() for token in tokens(width.get(1, ""))}
    return _plain(words)


def _patterns(locale: Locale) -> Iterator[str]:
    for length in ("short", "medium", "long", "full"):
        yield locale.date_formats[length].pattern
        yield locale.time_formats[length].pattern
    yield from (str(glue) for glue in locale.datetime_formats.values())
    skeletons = locale.datetime_skeletons
    yield from (skeletons[name].pattern for name in SKELETONS if name in skeletons)


def _texts(pattern: str) -> Iterator[str]:
    """What a CLDR pattern holds beside its fields: quoted text, and letters that are no field."""
    yield from re.findall(r"'([^']+)'", pattern)
    yield re.sub(r"[a-zA-Z0-9]", " ", re.sub(r"'[^']*'", " ", pattern))


def conjunctions() -> list[str]:
    """What stands between the last two names of a list."""
    found = set()
    for locale in locales():
        for style in ("standard", "standard-short"):
            for part in ("2", "end"):
                pattern = locale.list_patterns.get(style, {}).get(part, "")
                between = re.fullmatch(r"\{0\}(.+)\{1\}", pattern)
                if between and between[1].strip(" ,،"):
                    found.add(between[1].replace("\u00a0", " "))
    return sorted(found, key=lambda word: (-len(word), word))


def _plain(words: Iterable[str]) -> list[str]:
    """Words without digits, sorted, each once."""
    return sorted({word for word in words if word and not any(map(str.isdigit, word))})


def render() -> str:
    before, behind = affixes()
    words = {
        "weekdays": weekdays(),
        "literals": literals(),
        "before number": sorted(before),
        "behind number": sorted(behind),
        "and": conjunctions(),
    }
    joined = {name: "|".join(some) for name, some in words.items()}
    tables: dict[str, Mapping[str, object]] = {"months": months(), "periods": periods(), "words": joined}
    lines = [json.dumps(name) + ": " + _rows(table) for name, table in tables.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _rows(table: Mapping[str, object]) -> str:
    rows = (f"{json.dumps(k, ensure_ascii=False)}: {json.dumps(v, ensure_ascii=False)}" for k, v in table.items())
    return "{\n" + ",\n".join(rows) + "\n}"


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
