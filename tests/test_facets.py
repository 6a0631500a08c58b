"""What a search found, by people, conversations, years and sources."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from archiver.query import parse
from archiver.store import facets as engine
from archiver.store.facets import facets
from tests.scan import CHATS, PEOPLE, Said, fits, kept, some_messages

MESSAGES = some_messages(400, seed=31)


@pytest.fixture(scope="module")
def sql() -> Iterator[sqlite3.Connection]:
    connection = kept(MESSAGES)
    yield connection
    connection.close()


def person(one: Said) -> str:
    if one.sender is None:
        return "nobody"
    number = PEOPLE[one.sender - 1][3]
    return next(name for _, _, name, whose in PEOPLE if whose == number)


def year(one: Said) -> str:
    return "undated" if one.minute == -1 else str(datetime.fromtimestamp(one.minute * 60, UTC).year)


@pytest.mark.parametrize(
    "typed", ["", "water", "water OR tea", "from:ana", "water since:2018", "-water", "is:undated", "nosuch"]
)
def test_facets_are_counts_of_what_a_scan_finds(typed: str, sql: sqlite3.Connection) -> None:
    wanted = [one for one in MESSAGES if fits(parse(typed).root, one)]
    found = facets(sql, parse(typed))
    assert dict(found.people) == Counter(map(person, wanted))
    assert dict(found.conversations) == Counter(CHATS[one.chat - 1] for one in wanted)
    assert dict(found.years) == Counter(map(year, wanted))
    assert dict(found.sources) == Counter("mail" if one.chat == 3 else "whatsapp" for one in wanted)
    assert (found.counted, found.exact) == (len(wanted), True)


def test_the_greatest_come_first_and_years_in_their_order(sql: sqlite3.Connection) -> None:
    found = facets(sql, parse(""))
    assert list(found.people.values()) == sorted(found.people.values(), reverse=True)
    assert list(found.years) == sorted(found.years)


def test_a_very_broad_search_counts_the_last_archived_and_says_so(
    sql: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "COUNTED", 10)
    for typed in ("water", ""):
        found = facets(sql, parse(typed))
        assert (found.counted, found.exact) == (10, False)
        last = [one for one in MESSAGES if fits(parse(typed).root, one)][-10:]
        assert dict(found.people) == Counter(map(person, last))
