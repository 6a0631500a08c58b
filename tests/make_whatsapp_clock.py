"""Writes archiver/importers/whatsapp/clock.json from Unicode CLDR (through Babel): the words a phone puts into a time.

Run ``python -m tests.make_whatsapp_clock`` after a new Babel; the file is committed and a test proves it current.
Words are folded exactly as the reader folds them (`archiver.importers.whatsapp.words.fold_word`).
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel import Locale
from babel.localedata import locale_identifiers

from archiver.importers.whatsapp.words import fold_word

TARGET = Path(__file__).parent.parent / "archiver" / "importers" / "whatsapp" / "clock.json"
SKELETONS = ("hm", "hms", "Hm", "Hms", "Bhm", "Bhms", "yMd")
WIDTHS = ("abbreviated", "wide")
EVERYBODY = 30  # a word that so many languages share ("AM") says nothing about the language
OLD_HEADS = frozenset(  # month names stood in heads before 2018, in the languages WhatsApp then had
    [
        "af",
        "ar",
        "az",
        "bg",
        "bn",
        "ca",
        "cs",
        "da",
        "de",
        "el",
        "en",
        "es",
        "et",
        "fa",
        "fi",
        "fil",
        "fr",
        "gu",
        "he",
        "hi",
        "hr",
        "hu",
        "id",
        "it",
        "ja",
        "kk",
        "kn",
        "ko",
        "lt",
        "lv",
        "mk",
        "ml",
        "mr",
        "ms",
        "nb",
        "nl",
        "no",
        "pa",
        "pl",
        "pt",
        "ro",
        "ru",
        "sk",
        "sl",
        "sq",
        "sr",
        "sv",
        "sw",
        "ta",
        "te",
        "th",
        "tr",
        "uk",
        "ur",
        "uz",
        "vi",
        "zh",
    ]
)


# Words of other CLDR versions than ours, for phones are older and newer: language, before noon, after noon.
OTHER_VERSIONS = (
    ("be", "да палудня", "пасля палудня"),
    ("bn", "পূর্বাহ্ণ", "অপরাহ্ণ"),
    ("da", "f.m.", "e.m."),
    ("et", "e.k.", "p.k."),
    ("gu", "પૂર્વ મધ્યાહ્ન", "ઉત્તર મધ્યાહ્ન"),
    ("he", 'לפנה"צ', 'אחה"צ'),
    ("hy", "կեսօրից առաջ", "կեսօրից հետո"),
    ("ka", "დილის", "საღამოს"),
    ("km", "ព្រឹក", "ល្ងាច"),
    ("kn", "ಪೂರ್ವಾಹ್ನ", "ಅಪರಾಹ್ನ"),
    ("mr", "म.पू.", "म.उ."),
    ("nb", "f.m.", "e.m."),
    ("ru", "ДП", "ПП"),
    ("sk", "dopoludnia", "odpoludnia"),
    ("sr", "пре подне", "по подне"),
    ("sr", "pre podne", "po podne"),
    ("ta", "முற்பகல்", "பிற்பகல்"),
    ("ur", "قبل دوپہر", "بعد دوپہر"),
)


def locales() -> list[Locale]:
    return [Locale.parse(identifier) for identifier in sorted(locale_identifiers())]


def period_hours(locale: Locale, period: str) -> set[int]:
    """The hours of the day (0-23) in which *locale* says this day period."""
    fixed = {"am": set(range(12)), "pm": set(range(12, 24)), "noon": {12}, "midnight": {0}}
    if period in fixed:
        return fixed[period]
    hours: set[int] = set()
    for rule in (locale.day_period_rules.get(None) or {}).get(period, []):
        start, end = rule["from"] // 3600, rule["before"] // 3600
        hours |= {hour % 24 for hour in range(start, end if end > start else end + 24)}
    return hours


def afternoons(hours: set[int]) -> str:
    """For 12, 1, 2 … 11 o'clock: ``1`` when the hour that fits *hours* best is in the afternoon, else ``0``."""

    def distance(hour: int) -> int:
        return min(min((hour - other) % 24, (other - hour) % 24) for other in hours)

    return "".join("1" if distance(hour + 12) < distance(hour) else "0" for hour in range(12))


def periods() -> dict[str, dict[str, str]]:
    """Word → {afternoons: languages}; ``K`` behind the afternoons: that language counts 0-11 (noon is 0)."""
    hours: dict[tuple[str, str], set[int]] = defaultdict(set)
    zero_based = set()
    for locale in locales():
        if "K" in locale.datetime_skeletons["hm"].pattern:
            zero_based.add(locale.language)
        for width in WIDTHS:
            for period, word in locale.day_periods["format"].get(width, {}).items():
                hours[fold_word(word), locale.language] |= period_hours(locale, period)
    for language, morning, afternoon in OTHER_VERSIONS:
        hours[fold_word(morning), language] |= set(range(12))
        hours[fold_word(afternoon), language] |= set(range(12, 24))
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for (word, language), spoken in sorted(hours.items()):
        if spoken:
            found[word][afternoons(spoken) + "K" * (language in zero_based)].append(language)
    return {word: {key: _tongues(spoken) for key, spoken in by.items()} for word, by in found.items()}


def _tongues(languages: list[str]) -> str:
    return "*" if len(languages) > EVERYBODY else " ".join(languages)


def months() -> dict[str, int]:
    """Month name → 1-12, where all languages agree."""
    found: dict[str, set[int]] = defaultdict(set)
    for locale in locales():
        if locale.language in OLD_HEADS:
            for context in locale.months.values():
                for width in WIDTHS:
                    for number, word in context.get(width, {}).items():
                        found[fold_word(word)].add(number)
    return {word: min(numbers) for word, numbers in sorted(found.items()) if len(numbers) == 1 and not word.isdigit()}


def literals() -> list[str]:
    """Words that stand in a head and mean nothing: of patterns, and the names of our own era."""
    words = set()
    for locale in locales():
        words |= {fold_word(word) for pattern in _patterns(locale) for word in _words(pattern)}
        words |= {fold_word(names.get(1, "")) for names in locale.eras.values()}
    return sorted(word for word in words if (word and not word.isascii()) or 0 < len(word) < 15)


def _patterns(locale: Locale) -> Iterator[str]:
    yield locale.date_formats["short"].pattern
    yield from (locale.time_formats[length].pattern for length in ("short", "medium"))
    yield from (str(glue) for glue in locale.datetime_formats.values())
    skeletons = locale.datetime_skeletons
    yield from (skeletons[name].pattern for name in SKELETONS if name in skeletons)


def _words(pattern: str) -> Iterator[str]:
    """What a CLDR pattern holds beside its fields: quoted text, and letters that are no field."""
    yield from re.findall(r"'([^']+)'", pattern)
    yield from re.split(r"[\x00-\x7f\u00a0\u200e\u200f\u2009\u202f\u060c]+", re.sub(r"'[^']*'", " ", pattern))


def render() -> str:
    tables: dict[str, Mapping[str, object] | list[str]]
    tables = {"periods": periods(), "months": months(), "literals": literals()}
    lines = [json.dumps(name) + ": " + _table(table) for name, table in tables.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _table(table: Mapping[str, object] | list[str]) -> str:
    if isinstance(table, list):
        return json.dumps(table, ensure_ascii=False)
    rows = (f"{json.dumps(k, ensure_ascii=False)}: {json.dumps(v, ensure_ascii=False)}" for k, v in table.items())
    return "{\n" + ",\n".join(rows) + "\n}"


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
