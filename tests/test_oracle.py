"""What is too long for every run: two thousand queries beside a scan, five thousand odd strings stored and asked."""

import random
import sqlite3
from collections.abc import Iterator
from dataclasses import replace

import pytest

from archiver.query import parse
from archiver.spelling import tokens
from archiver.store import search as engine
from archiver.text import storable
from tests.scan import WORDS, fits, kept, seeded_queries, some_messages

MESSAGES = some_messages(500, seed=23)

ODD = [
    "'", "\"", "“", "”", "„", "«", "-", "--", "- ", "*", "**", "(", ")", "()", "~5", "~", "|", " | ", " OR ",
    " AND ", "NOT ", "NEAR(", "NEAR/3 ", "^", "{text}: ", "subject : ", "+", ":", "::", ":)", ";-)", "from:",
    "to:", "in:", "has:", "is:", "id:", "near:", "lang:", "before:", "after:3 weeks ", "on:2019-02-30 ",
    "foo:", "http://", "https://x.example/a?b=c&d=%20#e ", "mailto:a@b.example ", "C:\\Users\\",
    "/etc/passwd ", "../", "%", "%s", "_", "\\", "\0", "\n", "\t", "\u202e", "\u200b", "\u200d", "\ufe0f",
    "\ud83d", "\udf31", "\ufffd", "\u0301", "\u0301" * 80, "'; drop table message; --", " union select ",
    "1=1", "?1", ":value0", ":match", "$x", "@x", "<b>", "&amp;", "{{7*7}}", "$(ls)", "`ls`", "=1+1", "👍",
    "👍🏽", "👩\u200d🌾", "🇩🇪", "❤\ufe0f", "1\ufe0f⃣", "½", "²", "™", "°C", "€", "→", "─", "ﷺ", "ﬁ", "Ａ", "ｶﾞ",
    "①", "İ", "ı", "ß", "ﬀ", "ſ", "Å", "𝔘", "𐍈", "𓀀", "꧁", "\U0003ffff", "2019-05-14", "12:30", "3.50",
    "+57 300 123 4567", "#tag", "@ana", "a.b-c_d", "don't", "l'eau", "O’Brien", "e-mail", "x" * 300,
]  # fmt: skip


def odd_strings(count: int, seed: int) -> list[str]:
    """Pieces that mean something to somebody, and words of every script, thrown together."""
    chance = random.Random(seed)
    words = [word for script in WORDS.values() for word in script]
    return [
        "".join(
            chance.choice(chance.choice((ODD, words))) + chance.choice(["", "", " "])
            for _ in range(chance.randint(1, 9))
        )
        for _ in range(count)
    ]


@pytest.fixture(scope="module")
def odd() -> Iterator[tuple[list[str], sqlite3.Connection]]:
    """Five thousand odd strings, each a message."""
    strings = [storable(one)[0] for one in odd_strings(5_000, seed=41)]
    messages = [replace(MESSAGES[0], row=row, minute=row, text=text, subject="") for row, text in enumerate(strings, 1)]
    sql = kept(messages)
    yield strings, sql
    sql.close()


@pytest.mark.slow
def test_five_thousand_odd_strings_are_queries_like_any_other(odd: tuple[list[str], sqlite3.Connection]) -> None:
    for typed in odd_strings(5_000, seed=43):
        asked = parse(typed)
        results = engine.search(odd[1], asked, limit=3)
        assert len(results.rows) <= 3
        assert not any("\n" in note for note in asked.notes if "\n" not in typed)


@pytest.mark.slow
def test_the_words_of_each_of_five_thousand_odd_messages_find_it(odd: tuple[list[str], sqlite3.Connection]) -> None:
    strings, sql = odd
    for row, text in enumerate(strings, 1):
        words = " ".join(word for *_, word in tokens(text))
        if words:
            found = engine.search(sql, parse(words), limit=5_000, sort="newest")
            assert row in [each for each, _ in found.rows], (text, words)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(8))
def test_the_engine_agrees_with_a_scan_on_two_thousand_queries(part: int) -> None:
    sql = kept(MESSAGES)
    for typed in seeded_queries(MESSAGES, 2_000, seed=97)[part * 250 : (part + 1) * 250]:
        wanted = [one.row for one in MESSAGES if fits(parse(typed).root, one)]
        found = engine.search(sql, parse(typed), limit=10_000)
        assert sorted(row for row, _ in found.rows) == wanted, typed
    sql.close()
