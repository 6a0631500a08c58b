"""The words of the pages, one JSON file a language in ``words/``: a language is data."""

import json
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

from archiver.errors import UsageError


class Words:
    """What the pages say in one language, and how that language writes numbers and dates."""

    def __init__(self, said: dict[str, Any]) -> None:
        self._said = said
        self.lang: str = said["lang"]
        self.direction: str = said["dir"]
        self.marks: dict[str, str] = said["marks"]

    def say(self, what: str, **parts: str) -> str:
        """One phrase, its gaps filled."""
        phrase: str = self._said[what]
        return phrase.format(**parts) if parts else phrase

    def one_of(self, table: str, *keys: str) -> str:
        """The first of *keys* that a table of words knows, or its word for everything else."""
        words: dict[str, str] = self._said[table]
        return next((words[key] for key in keys if key in words), words.get("other", ""))

    def medium(self, media_type: str | None) -> str:
        """What a file is, as people call it: a photo, a video…"""
        return self.one_of("media", (media_type or "").partition("/")[0])

    def number(self, value: int) -> str:
        return f"{value:,}".replace(",", self._said["thousands"])

    def count(self, what: str, value: int) -> str:
        """``1,204 messages``: a number with the noun it counts."""
        forms: dict[str, str] = self._said[what]
        return forms["one" if value == 1 else "other"].format(n=self.number(value))

    def day(self, local: str, *, weekday: bool = True) -> str:
        """A wall time or date (ISO 8601) as a day in words; "without a date" when there is none."""
        if not local:
            return self.say("undated")
        at = date.fromisoformat(local[:10])
        return self.say(
            "date" if weekday else "short_date",
            weekday=self._said["weekdays"][at.weekday()],
            day=str(at.day),
            month=self._said["months"][at.month - 1],
            year=str(at.year),
        )

    def span(self, first: str | None, last: str | None) -> str:
        """From one day to another, in words; a single day once; "" when there is no date at all."""
        days = dict.fromkeys(self.day(local, weekday=False) for local in (first, last) if local)
        return " – ".join(days)

    def month(self, number: int) -> str:
        """The short name of a month, counted from 1."""
        short: list[str] = self._said["months_short"]
        return short[number - 1]

    def month_of(self, month: str) -> str:
        """A month such as ``2023-05`` in words; "without a date" when there is none."""
        if not month:
            return self.say("undated")
        return f"{self._said['months'][int(month[5:7]) - 1]} {int(month[:4])}"

    def months(self, first: int, last: int) -> str:
        """From one month to another, counted since the year 0, in words; a single one once."""
        both = dict.fromkeys((first, last))
        return " – ".join(self.month_of(f"{month // 12:04}-{month % 12 + 1:02}") for month in both)


def languages() -> list[str]:
    """The languages the pages can speak."""
    folder = files(__package__) / "words"
    return sorted(file.name.removesuffix(".json") for file in folder.iterdir() if file.name.endswith(".json"))


@lru_cache
def words(language: str) -> Words:
    """The words of a language such as ``de`` or ``pt-BR``; UsageError when nobody has written them yet."""
    code = language.replace("_", "-").partition("-")[0].casefold()
    if code not in languages():
        raise UsageError(f"The pages do not speak “{language}” yet.", remedy=f"Use one of {', '.join(languages())}.")
    file = files(__package__) / "words" / f"{code}.json"
    return Words(json.loads(file.read_text(encoding="utf-8")))
