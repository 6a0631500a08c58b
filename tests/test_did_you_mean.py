"""Forms of one word, and what a mistyped word may have meant, out of the index's own words."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from archiver.errors import UsageError
from archiver.query import parse
from archiver.store.search import search
from archiver.store.vocabulary import stemmers
from tests.scan import kept, some_messages

TEXTS = [
    "we are planting beans",
    "she planted a bean",
    "the plant is a Pflanze",
    "Pflanzen im Gärtnerhaus",
    "happy gardeners",
    "a happier gardener",
    "the happiest day",
    "water tank",
    "the tank, the tank",
    "мы сажали семена",
    "сажать семя",
    "水箱漏水",
    "planets in the night",
]


@pytest.fixture(scope="module")
def sql() -> Iterator[sqlite3.Connection]:
    one = some_messages(1, seed=1)[0]
    connection = kept([replace(one, row=row, minute=row, text=text, subject="") for row, text in enumerate(TEXTS, 1)])
    yield connection
    connection.close()


def found(sql: sqlite3.Connection, typed: str, stems: Sequence[str] = ()) -> set[int]:
    return {row for row, _ in search(sql, parse(typed), limit=50, stems=stems).rows}


def notes(sql: sqlite3.Connection, typed: str) -> tuple[str, ...]:
    return search(sql, parse(typed), limit=50).notes


def test_a_word_is_what_was_typed_unless_its_forms_are_asked_for(sql: sqlite3.Connection) -> None:
    assert found(sql, "plant") == {3}
    assert found(sql, "plant", ["en"]) == {1, 2, 3}
    assert found(sql, "planted", ["english"]) == {1, 2, 3}
    assert found(sql, "plant", ["ru"]) == {3}


@pytest.mark.parametrize(
    ("typed", "language", "rows"),
    [
        ("happy", "en", {5}),
        ("gardener", "en", {5, 6}),
        ("beans", "en", {1, 2}),
        ("Pflanze", "de", {3, 4}),
        ("сажали", "ru", {10, 11}),
        ("plant bean", "en", {1, 2}),
        ("plant -bean", "en", {3}),
        ("planting OR gardener", "en", {1, 2, 3, 5, 6}),
    ],
)
def test_forms_are_found_in_the_languages_asked_for(
    typed: str, language: str, rows: set[int], sql: sqlite3.Connection
) -> None:
    assert found(sql, typed, [language]) == rows


def test_several_languages_may_be_asked_for_at_once(sql: sqlite3.Connection) -> None:
    assert found(sql, "plant OR Pflanzen", ["en", "de"]) == {1, 2, 3, 4}


def test_prefixes_phrases_and_short_words_stay_as_they_are(sql: sqlite3.Connection) -> None:
    for typed in ("plan*", '"a bean"', "is", "水箱", '"planted bean"~3'):
        assert found(sql, typed, ["en"]) == found(sql, typed)
    assert found(sql, "plan*", ["en"]) == {1, 2, 3, 13}


def test_every_form_that_was_found_is_shown(sql: sqlite3.Connection) -> None:
    shown = dict(search(sql, parse("plant"), limit=9, stems=["en"]).rows)
    assert shown[1] == "we are \x02planting\x03 beans"


def test_languages_go_by_code_or_name_and_none_is_none() -> None:
    assert stemmers(["German, en", "english"]) == ("de", "en")
    assert stemmers(["none"]) == ()
    for name in ("klingon", "zh"):
        with pytest.raises(UsageError) as told:
            stemmers([name])
        assert name in str(told.value)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tnak", "tank"),
        ("tan", "tank"),
        ("tankk", "tank"),
        ("gardeenr", "gardener"),
        ("hapiestt", "happiest"),
        ("water tnak", "water tank"),
        ('"water tnak"', '"water tank"'),
        ("from:x tnak -moon", "from:x tank -moon"),
        ("семина", "семена"),
        ("Tnak", "tank"),
    ],
)
def test_a_typo_is_told_what_it_may_have_meant(typed: str, meant: str, sql: sqlite3.Connection) -> None:
    assert f"Did you mean: {meant}" in notes(sql, typed)


@pytest.mark.parametrize("typed", ["tank", "xyzzyxyzzy", "tx", "wat*r", "tank pflanze", "zzz*", "→", "水水水", "ტტტტ"])
def test_where_nothing_was_mistyped_or_is_like_it_nothing_is_said(typed: str, sql: sqlite3.Connection) -> None:
    assert not any("Did you mean" in note for note in notes(sql, typed))
