"""Search over a small archive in many scripts: an exact scan in Python says what has to be found."""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archiver import fields
from archiver.query import parse
from archiver.store import dedupe, filters
from archiver.store import search as engine
from archiver.store.ids import local_minute, public_id
from archiver.store.search import Results, context, search
from tests.scan import Said, fits, kept, seeded_queries, some_messages

MESSAGES = some_messages(700, seed=5)


@pytest.fixture(scope="module")
def sql() -> Iterator[sqlite3.Connection]:
    connection = kept(MESSAGES)
    yield connection
    connection.close()


@cache
def scanned() -> list[tuple[str, list[Said]]]:
    """Three hundred queries, and what a scan of all messages finds for each."""
    return [
        (typed, [one for one in MESSAGES if fits(parse(typed).root, one)])
        for typed in seeded_queries(MESSAGES, 300, seed=11)
    ]


def rows(results: Results) -> list[int]:
    return [row for row, _ in results.rows]


def everything(sql: sqlite3.Connection, typed: str, sort: engine.Sort = "newest") -> list[int]:
    results = search(sql, parse(typed), limit=10_000, sort=sort)
    assert (len(results.rows) == results.total) if results.exact else (len(results.rows) > results.total)
    return rows(results)


def in_time(messages: list[Said], sort: str) -> list[int]:
    dated = sorted((one.minute, one.row) for one in messages if one.minute != -1)
    undated = sorted(one.row for one in messages if one.minute == -1)
    return [row for _, row in dated] + undated if sort == "oldest" else [row for _, row in dated[::-1]] + undated[::-1]


# The engine's limits decide by which way it goes; the answers must be the same on all of them.
SORTS: tuple[engine.Sort, ...] = ("relevance", "oldest", "newest")
WAYS: dict[str, dict[str, int]] = {
    "from the few": {},
    "walking": {"FEW": 0},
    "walking, short pages": {"FEW": 3, "COUNTED": 2, "RANKED": 2},
    "listing": {"_PROBED": 0, "FEW": 300},
}


@pytest.mark.parametrize("way", WAYS)
def test_the_engine_agrees_with_an_exact_scan(
    way: str, sql: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in WAYS[way].items():
        monkeypatch.setattr(engine, name, value)
    for typed, wanted in scanned():
        for sort in SORTS:
            found = everything(sql, typed, sort)
            assert sorted(found) == [one.row for one in wanted], (typed, sort)
            if sort != "relevance" and not re.search("in:|source:mail", typed):  # in one chat: as it is read
                assert found == in_time(wanted, sort), (typed, sort)


def test_the_scan_has_something_to_say() -> None:
    assert sum(bool(wanted) for _, wanted in scanned()) > 120


def test_pages_put_together_are_the_whole(sql: sqlite3.Connection) -> None:
    for typed in ("water", "water since:2018", "from:ana", "", "-water"):
        for sort in SORTS:
            whole = everything(sql, typed, sort)
            pages = [search(sql, parse(typed), limit=7, offset=at, sort=sort) for at in range(0, len(whole) + 7, 7)]
            assert [row for page in pages for row in rows(page)] == whole


@pytest.mark.parametrize("one", MESSAGES[:150], ids=lambda one: str(one.row))
def test_a_query_made_of_the_words_of_a_message_finds_it(one: Said, sql: sqlite3.Connection) -> None:
    assert one.row in everything(sql, one.text)


ODD = [
    "'", "''", '"', '""', "-", "--", "*", "**", "(", ")", "()", "NEAR(", "NEAR(a b)", "AND", "OR", "NOT", "a AND",
    "^a", "{a}: b", "subject : x", "text:x", "a + b", "a:b:c", "12:30", "https://x.example/a?b=c&d=%20#e", "C:\\x",
    "a\0b", "\0", "\ud83d", "a\ud83d", "%", "_", "\\", "'; drop table message; --", "select * from message", "1=1",
    ":value0", ":match", "?1", "@x", "$x", "from:", "from:''", 'from:""', "from:*", "from:%", "in:[", "before:",
    "before:x", "on:2019-02-30", "is:", "is:green", "has:", "has:%", "has:'", "kind:%", "id:", "id:x",
    "id:201913991432-k7q2m8x0", "id:undated-00000000", "id:201801011432-k7q2m8x0.2",
    "👍", "-👍", "👍*", '"👍"', "👍🏽", "水", "-水", "水*", "\u202e", "\u200b", "½", "ﷺ", "e\u0301", "\u0301",
    "a" * 10_000, "a " * 5_000, "👍 " * 3_000, "-a " * 3_000, "(" * 10_000, '"' * 9_999, "from:a " * 1_400,
    " ".join(f"-x{n} 👍{n} 水{n} has:e{n}" for n in range(600)), " OR ".join(f"a{n} from:b{n}" for n in range(600)),
    "has:photo" * 1_000, '"a b"~999', '"a"~5', '"👍 a"~2', "subject:👍", "subject:", "-subject:tea", "a*b*c", "* *",
    "| |", "-( )", "-(-(-(a)))", "a OR -b", "(a -b) OR c", "-from:ana OR x", "(((((((((((((a OR b) c) OR d) e) f)",
]  # fmt: skip


@pytest.mark.parametrize("typed", ODD, ids=lambda typed: repr(typed[:20]))
def test_odd_input_is_searched_like_any_other(typed: str, sql: sqlite3.Connection) -> None:
    for sort in SORTS[:2]:
        results = search(sql, parse(typed), limit=5, sort=sort)
        assert len(results.rows) <= 5


PIECES = st.sampled_from(
    ["from:", "in:", "before:2018", "during:", "has:photo", "is:", "OR ", "AND ", "NOT ", "NEAR(", "| ", "-", "(", ")",
     '"', "*", "~5", ":", "tank", "don't", "12:30", "👍", "水箱", " ", " ", " ", "\x00", "\ud83d", "\n", "'", "\\", "%",
     "^", "+", "{", "}"]
)  # fmt: skip


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.characters(exclude_categories=())) | st.lists(PIECES, max_size=30).map("".join))
def test_nothing_that_can_be_typed_fails(sql: sqlite3.Connection, typed: str) -> None:
    results = search(sql, parse(typed), limit=3)
    assert len(results.rows) <= 3


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_any_stored_text_without_operators_is_found_by_itself(text: str) -> None:
    words = re.sub(r"(?<!\S)-+", " ", re.sub(r'["“”„‟«»＂:()|*\0]', " ", text)).split()
    if not words:
        return
    sql = kept([replace(MESSAGES[0], text=" ".join(words))])
    assert everything(sql, " ".join(words)) == [1]
    sql.close()


def test_the_best_come_first() -> None:
    texts = ["the tank " + "and more talk " * 20, "tank tank", "no such word", "a tank among words"]
    messages = [replace(MESSAGES[0], row=row, text=text, subject="", minute=row) for row, text in enumerate(texts, 1)]
    sql = kept([*messages, replace(messages[0], row=5, minute=5, subject="tank", text="as above")])
    assert rows(search(sql, parse("tank"), limit=9))[0] in {2, 5}
    assert rows(search(sql, parse("tank"), limit=9))[-1] == 1
    assert rows(search(sql, parse("tank in:garden OR tank"), limit=9))[-1] == 1
    assert rows(search(sql, parse("tank since:1970"), limit=9)) == rows(search(sql, parse("tank"), limit=9))


def test_of_very_many_hits_the_best_of_the_newest_are_shown_and_it_is_said(
    sql: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "RANKED", 10)
    results = search(sql, parse("water"), limit=5)
    newest = sorted(row for row in everything(sql, "water"))[-10:]
    assert set(rows(results)) <= set(newest)
    assert results.total > 10
    assert "archived last" in results.notes[0]
    further = search(sql, parse("water"), limit=5, offset=10)
    assert "newest come first" in further.notes[0]
    assert rows(further) == everything(sql, "water", "newest")[10:15]


def test_a_broad_search_with_a_filter_ranks_the_newest_and_says_so(
    sql: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "FEW", 3)
    monkeypatch.setattr(engine, "COUNTED", 8)
    results = search(sql, parse("water since:2018"), limit=4)
    assert not results.exact
    assert results.total == 8
    assert set(rows(results)) <= set(everything(sql, "water since:2018", "newest")[:8])
    assert "best of the newest 8" in results.notes[0]
    assert search(sql, parse("water since:2018"), limit=4, sort="newest").notes == ()


def test_reading_everything_has_a_bound_and_says_so(sql: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "SCANNED", 100)
    results = search(sql, parse("→"), limit=100)
    assert min(rows(results)) > 600
    assert "100 messages archived last" in results.notes[0]


def test_a_snippet_shows_what_was_found(sql: sqlite3.Connection) -> None:
    for typed in ("café", '"water tank"', "вод*", "水箱", "👍"):
        for _, snippet in search(sql, parse(typed), limit=5).rows:
            assert "\x02" in snippet
    found = dict(search(sql, parse("subject:tea"), limit=50).rows)
    assert all("\x02" not in snippet for snippet in found.values())


def test_a_match_in_the_subject_alone_is_shown_from_there() -> None:
    subject_only = replace(MESSAGES[0], subject="Spring tank", text="see you there")
    nothing_else = replace(MESSAGES[0], row=2, subject="Old photos", text="")
    sql = kept([subject_only, nothing_else])
    assert search(sql, parse("tank"), limit=1).rows == ((1, "Spring \x02tank\x03"),)
    assert search(sql, parse("subject:old"), limit=1).rows == ((2, "Old photos"),)
    assert dict(search(sql, parse("-boat"), limit=2).rows)[1] == "see you there"


def test_an_id_finds_its_message_public_or_native(sql: sqlite3.Connection) -> None:
    one = MESSAGES[41]
    public = public_id(one.minute, one.row * 7919, 1)
    assert everything(sql, f"id:{public}") == [one.row]
    assert everything(sql, f"id:{one.row}@x") == [one.row]
    assert everything(sql, f"id:<{one.row}@x>") == [one.row]
    assert everything(sql, f"id:{public} -id:{public}") == []
    assert len(everything(sql, f"-id:{public}")) == len(MESSAGES) - 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("from:nobody", "Nobody in the archive goes by “nobody”."),
        ("to:nobody", "Nobody"),
        ("with:nobody", "Nobody"),
        ("in:nowhere", "No conversation in the archive is called “nowhere”."),
        ("source:telegram", "source called “telegram”"),
        ("before:soon", "“before:soon” is searched as words: “soon” is no date"),
        ("-on:2019-02-30", "“2019-02-30” is no date"),
        ("(tea OR is:green)", "a message can be edited, deleted"),
    ],
)
def test_what_cannot_be_found_or_meant_is_said(typed: str, told: str, sql: sqlite3.Connection) -> None:
    assert told in search(sql, parse(typed), limit=1).notes[0]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("near:soon", "“soon” is neither a date that is understood here nor the id of a message"),
        ("near:201801011432-k7q2m8x0", "nor the id of a message"),
        ("lang:klingon", "“klingon” is no language that is known here; known are en, de"),
    ],
)
def test_what_is_no_time_and_no_language_is_searched_as_words_and_said(
    typed: str, told: str, sql: sqlite3.Connection
) -> None:
    assert told in search(sql, parse(typed), limit=1).notes[0]


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2020-03-10T12:00", "2020-03-10T11:00", "2020-03-10T13:00"),
        ("2020-03-10", "2020-03-03T00:00", "2020-03-17T23:59"),
        ("2020-03", "2020-01-30T00:00", "2020-05-01T23:59"),
        ("2020", "2018-12-31T00:00", "2022-01-01T23:59"),
    ],
)
def test_near_a_time_is_as_wide_as_the_time_is_vague(written: str, first: str, last: str) -> None:
    start, end = (local_minute(datetime.fromisoformat(at)) for at in (first, last))
    sql = kept([replace(MESSAGES[0], row=row, minute=m) for row, m in enumerate((start - 1, start, end, end + 1), 1)])
    assert everything(sql, f"near:{written}", "oldest") == [2, 3]
    sql.close()


def test_near_a_message_is_what_was_said_in_its_conversation_within_a_day(sql: sqlite3.Connection) -> None:
    one = next(each for each in MESSAGES if each.chat == 2 and each.minute != -1)
    beside = {each.row for each in MESSAGES if each.chat == 2 and abs(each.minute - one.minute) <= 1440}
    for written in (public_id(one.minute, one.row * 7919, 1), f"{one.row}@x", f'"<{one.row}@x>"'):
        assert set(everything(sql, f"near:{written}")) == beside
    assert one.row in beside


def test_near_an_undated_message_is_what_stands_beside_it(sql: sqlite3.Connection) -> None:
    chat = [each.row for each in MESSAGES if each.chat == 1]
    at = next(place for place, row in enumerate(chat) if row > 300 and row % 40 == 0)
    assert sorted(everything(sql, f"near:{chat[at]}@x")) == chat[at - 25 : at + 26]


def test_a_language_is_told_by_its_small_words_or_its_letters() -> None:
    texts = ["where is the tank", "wo ist das Fass", "水が漏れた", "这是水箱", "물이 새요", "ok", "น้ำรั่ว"]
    sql = kept([replace(MESSAGES[0], row=row, minute=row, text=text, subject="") for row, text in enumerate(texts, 1)])
    for asked, rows_found in {"en": [1], "german": [2], "ja": [3], "zh": [4], "ko": [5], "th": [7]}.items():
        assert everything(sql, f"lang:{asked}") == rows_found
    assert everything(sql, "-lang:en -lang:de -lang:ja", "oldest") == [4, 5, 6, 7]
    assert everything(sql, "lang:en OR lang:ko", "oldest") == [1, 5]
    sql.close()


def test_what_was_said_last_ranks_a_little_higher() -> None:
    old = replace(MESSAGES[0], text="a tank among words", subject="", minute=1_000)
    sql = kept(
        [replace(old, row=1, minute=20_000_000), replace(old, row=2), replace(old, row=3, text="tank tank tank")]
    )
    assert rows(search(sql, parse("tank"), limit=3)) == [3, 1, 2]
    sql.close()


def test_a_filter_that_cannot_be_meant_still_finds_its_words() -> None:
    sql = kept([replace(MESSAGES[0], text="let us meet before:soon or later")])
    assert everything(sql, "before:soon") == [1]


def test_a_person_is_found_under_all_their_names_and_not_under_parts_of_others(sql: sqlite3.Connection) -> None:
    by_ana = [one.row for one in MESSAGES if one.sender in {1, 2}]
    for name in ("ana", "ANA", '"ana rios"', "rios", "573001234567", '"+57 300-123"', "+57"):
        assert sorted(everything(sql, f"from:{name}")) == by_ana, name
    assert sorted(everything(sql, "from:garden.example")) == [one.row for one in MESSAGES if one.sender == 3]


def test_a_thing_may_be_a_link_a_reaction_a_kind_or_a_file_ending() -> None:
    plain = replace(MESSAGES[0], photo=False, text="words")
    messages = [replace(plain, row=row, minute=row) for row in range(1, 5)]
    messages[1] = replace(messages[1], text="see https://x.example")
    messages[2] = replace(messages[2], kind="live_location")
    sql = kept([*messages, replace(plain, row=5, minute=5, photo=True)])
    sql.execute("insert into reaction values (4, 1, null, '👍', null)")
    assert everything(sql, "has:link") == [2]
    assert everything(sql, "has:location") == [3]
    assert everything(sql, "has:reaction") == [4]
    assert everything(sql, "has:jpg") == [5]
    assert everything(sql, "has:file -has:video") == [5]
    assert everything(sql, "-has:file -has:link", "oldest") == [1, 3, 4]
    assert everything(sql, "has:pdf") == []


def test_states_are_those_of_the_table_of_fields() -> None:
    assert set(filters._STATES) == set(fields.STATES)


def test_every_field_that_is_no_date_has_its_test() -> None:
    assert {row.meaning for row in fields.FIELDS} == set(filters._TESTS) | set(filters._DATES)


def test_context_is_what_stands_around_a_message_in_its_conversation(sql: sqlite3.Connection) -> None:
    chat = [one.row for one in MESSAGES if one.chat == 1]
    assert context(sql, chat[10], 3) == (chat[7:10], chat[11:14])
    assert context(sql, chat[0], 2) == ([], chat[1:3])
    assert context(sql, chat[-1], 2) == (chat[-3:-1], [])
    assert context(sql, chat[5], 0) == ([], [])
    assert context(sql, 10**6, 2) == ([], [])


def test_within_one_conversation_newest_first_is_the_reading_order_backwards(
    sql: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "FEW", 3)
    found = everything(sql, "in:garden water", "newest")
    assert all(earlier > later for earlier, later in pairwise(found))


def test_an_empty_archive_finds_nothing() -> None:
    sql = kept([])
    for typed in ("", "water", "👍", "from:ana", "-water"):
        assert search(sql, parse(typed), limit=5) == Results((), 0, notes=search(sql, parse(typed), limit=5).notes)


def test_an_archive_of_one_message_finds_it_by_nothing_and_by_punctuation() -> None:
    sql = kept([replace(MESSAGES[0], text="well -- (who knows)")])
    assert everything(sql, "") == [1]
    assert everything(sql, "--") == [1]
    assert everything(sql, "(who") == [1]
    assert everything(sql, "!!") == []
    assert everything(sql, "well & who") == [1]


# Hidden messages: every seventh is hidden as the one before it.

HIDDEN = frozenset(range(7, len(MESSAGES) + 1, 7))


@pytest.fixture(scope="module")
def hiding() -> Iterator[sqlite3.Connection]:
    connection = kept(MESSAGES)
    assert dedupe.suspect(connection, 1, [(row, row - 1) for row in HIDDEN]) == len(HIDDEN)
    yield connection
    connection.close()


@pytest.mark.parametrize("way", WAYS)
def test_what_is_hidden_is_never_found(way: str, hiding: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in WAYS[way].items():
        monkeypatch.setattr(engine, name, value)
    for typed, wanted in scanned():
        for sort in SORTS:
            found = everything(hiding, typed, sort)
            assert sorted(found) == [one.row for one in wanted if one.row not in HIDDEN], (typed, sort)


def test_an_archive_with_hidden_messages_still_counts_exactly_what_is_shown(hiding: sqlite3.Connection) -> None:
    results = search(hiding, parse(""), limit=5)
    assert (results.total, results.exact) == (len(MESSAGES) - len(HIDDEN), True)


@pytest.mark.parametrize("way", WAYS)
def test_is_duplicate_finds_exactly_what_is_hidden(
    way: str, sql: sqlite3.Connection, hiding: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in WAYS[way].items():
        monkeypatch.setattr(engine, name, value)
    ana = {one.row for one in MESSAGES if one.sender in {1, 2}}
    rest = {one.row for one in MESSAGES} - HIDDEN
    for sort in SORTS:
        assert set(everything(hiding, "is:duplicate", sort)) == HIDDEN
        assert set(everything(hiding, "is:Duplicate from:ana", sort)) == HIDDEN & ana
        assert set(everything(hiding, "is:duplicate OR from:ana", sort)) == HIDDEN | ana
        assert set(everything(hiding, "-is:duplicate", sort)) == rest
        assert set(everything(hiding, "from:ana -is:duplicate", sort)) == rest & ana
        assert everything(sql, "is:duplicate", sort) == []


def test_that_words_do_not_find_what_is_hidden_is_said_to_who_asks_for_it(hiding: sqlite3.Connection) -> None:
    results = search(hiding, parse("is:duplicate water"), limit=5)
    assert results.total == 0
    assert "Hidden messages are not searched for words" in results.notes[0]
    assert search(hiding, parse("is:duplicate"), limit=5).notes == ()


def test_only_an_archive_with_hidden_messages_is_asked_about_them(
    sql: sqlite3.Connection, hiding: sqlite3.Connection
) -> None:
    assert filters.plan(sql, parse("from:ana")).shown == ()
    assert filters.plan(hiding, parse("from:ana")).shown != ()
    for words in ("water", "water -tea", "water from:ana"):
        assert filters.plan(hiding, parse(words)).shown == ()


def test_the_talk_around_a_message_is_without_what_is_hidden(hiding: sqlite3.Connection) -> None:
    chat = [one.row for one in MESSAGES if one.chat == 1 and one.row not in HIDDEN]
    assert context(hiding, chat[10], 3) == (chat[7:10], chat[11:14])
    behind = next(one.row for one in MESSAGES if one.chat == 1 and one.row in HIDDEN and one.row > chat[5])
    before, after = context(hiding, behind, 2)
    assert set(before) | set(after) <= set(chat)
    assert before[-1] < behind < after[0]
