"""Messages that may be one: kept both, one hidden, until a person says otherwise or an import goes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from archiver.errors import UsageError
from archiver.exporters import jsonl
from archiver.model import KeptMessage
from archiver.store import dedupe, history, reads
from archiver.store.archive import Archive
from archiver.store.digest import digest
from archiver.store.library import StoredLibrary
from archiver.store.undo import undo
from tests.talk import File, found, fresh, keep, sound

SAID = ("The tank leaks", "The tank leaks a bit", "Tank leaking", "I bring a patch")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An archive whose first four messages could be one, each said by an import of its own."""
    with fresh(tmp_path) as archive:
        for number, text in enumerate(SAID):
            file = File(f"{number + 10:x}")
            keep(archive, file, [file.say(f"2023-05-14 09:3{number}", "Ana", text)])
        yield archive


def suspect(archive: Archive, *pairs: tuple[int, int], import_id: int = 4) -> int:
    with archive.transaction() as sql:
        return dedupe.suspect(sql, import_id, pairs)


def hidden(archive: Archive) -> dict[int, int]:
    """What is hidden as what; and what is hidden is in no index, and what is shown is."""
    assert sound(archive)
    rows = archive.connection.execute("select id, duplicate_of from message where duplicate_of is not null")
    return dict(rows.fetchall())


def shown(archive: Archive) -> list[KeptMessage]:
    return list(reads.in_order(archive.connection, 1))


def public(archive: Archive, row: int) -> str:
    return reads.load(archive.connection, [row])[0].id


def verdicts(archive: Archive) -> list[tuple[int, int, str]]:
    return [
        (pair.message.row, pair.other.row, pair.verdict) for pair in dedupe.pairs(archive.connection, everything=True)
    ]


def test_what_is_suspected_is_hidden_from_all_who_look_and_nothing_is_lost(archive: Archive) -> None:
    before = digest(archive.connection)
    assert suspect(archive, (2, 1)) == 1
    assert hidden(archive) == {2: 1}
    assert found(archive, "leaks") == ["The tank leaks"]
    library = StoredLibrary(archive)
    assert [one.row for one in library.messages(1)] == [1, 3, 4]
    assert len(list(library.outline(1))) == 3
    assert [one.messages for one in library.conversations()] == [3]
    assert json.loads(list(jsonl.lines(library))[-1])["counts"]["messages"] == 3
    assert history.totals(archive.connection) | {"message": 3, "hidden": 1} == history.totals(archive.connection)
    assert archive.connection.execute("select id from v_message order by id").fetchall() == [(1,), (3,), (4,)]
    assert archive.connection.execute("select messages from v_conversation").fetchall() == [(3,)]
    assert digest(archive.connection) == before


def test_somebody_of_whom_all_is_hidden_does_not_speak(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        file = File("ab")
        keep(archive, file, [file.say("2023-05-14 09:30", "Ana", "ok"), file.say("2023-05-14 09:30", "+44", "ok!")])
        suspect(archive, (2, 1), import_id=1)
        assert [one.name for one in StoredLibrary(archive).people(1)] == ["Ana"]
        assert [one.people for one in StoredLibrary(archive).conversations()] == [1]


def test_a_hidden_message_is_still_read_by_its_id_and_says_what_it_is_hidden_as(archive: Archive) -> None:
    suspect(archive, (2, 1))
    (row,) = reads.find(archive.connection, public(archive, 2))
    assert reads.load(archive.connection, [row])[0].text == SAID[1]
    assert reads.hidden_as(archive.connection, row) == public(archive, 1)
    assert reads.hidden_as(archive.connection, 1) is None


def test_an_answer_to_a_hidden_message_answers_the_one_that_is_shown(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        file = File("ab")
        asked = [file.say("2023-05-14 09:30", "Ana", f"tank? {n}", native_id=f"n{n}") for n in range(2)]
        keep(archive, file, [*asked, file.say("2023-05-14 09:31", "Bo", "yes", reply_to="n1")])
        assert shown(archive)[-1].reply_to == public(archive, 2)
        suspect(archive, (2, 1), import_id=1)
        assert shown(archive)[-1].reply_to == public(archive, 1)
        assert list(StoredLibrary(archive).outline(1))[-1].reply_to == public(archive, 1)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([(2, 1), (3, 2)], {2: 1, 3: 1}),
        ([(3, 2), (2, 1)], {2: 1, 3: 1}),
        ([(2, 1), (1, 2)], {2: 1}),
        ([(3, 2), (2, 1), (1, 3)], {2: 1, 3: 1}),
        ([(2, 1), (2, 3)], {2: 1}),
        ([(2, 1), (2, 1)], {2: 1}),
        ([(1, 1)], {}),
        ([(4, 3), (2, 1), (3, 2)], {2: 1, 3: 1, 4: 1}),
    ],
)
def test_hiding_makes_neither_chains_nor_circles(
    archive: Archive, pairs: list[tuple[int, int]], expected: dict[int, int]
) -> None:
    assert suspect(archive, *pairs) == len(expected)
    assert hidden(archive) == expected
    assert suspect(archive, *pairs) == 0
    assert hidden(archive) == expected


def test_what_a_person_split_is_shown_and_never_suspected_again(archive: Archive) -> None:
    suspect(archive, (2, 1))
    assert dedupe.split(archive, public(archive, 2)) == {
        "shown": public(archive, 2),
        "different_from": public(archive, 1),
    }
    assert hidden(archive) == {}
    assert found(archive, "bit") == ["The tank leaks a bit"]
    assert dedupe.different(archive.connection) == {(1, 2), (2, 1)}
    assert suspect(archive, (2, 1), (1, 2)) == 0
    assert hidden(archive) == {}
    assert suspect(archive, (2, 3)) == 1


def test_splitting_in_the_middle_leaves_what_is_behind_it_with_it(archive: Archive) -> None:
    suspect(archive, (4, 3), (3, 2), (2, 1))
    assert hidden(archive) == {2: 1, 3: 1, 4: 1}
    dedupe.split(archive, public(archive, 3))
    assert hidden(archive) == {2: 1, 4: 3}
    assert dedupe.different(archive.connection) == {(2, 3), (3, 2), (1, 3), (3, 1)}


def test_a_person_may_hide_change_their_mind_and_hide_otherwise(archive: Archive) -> None:
    one, two, three = (public(archive, row) for row in (1, 2, 3))
    assert dedupe.hide(archive, two.upper(), one) == {"hidden": two, "shown": one}
    dedupe.hide(archive, two, three)
    assert (hidden(archive), verdicts(archive)) == ({2: 3}, [(2, 3, "same")])
    dedupe.split(archive, two)
    dedupe.hide(archive, two, three)
    assert (hidden(archive), verdicts(archive)) == ({2: 3}, [(2, 3, "same")])
    dedupe.split(archive, two)
    dedupe.hide(archive, three, two)
    assert (hidden(archive), verdicts(archive)) == ({3: 2}, [(3, 2, "same")])
    trail = archive.connection.execute(
        "select detail from audit where event = 'metadata modification' order by id"
    ).fetchall()
    assert json.loads(trail[0][0]) == {"reason": "dedupe hide", "hidden": two, "shown": one}
    assert len(trail) == 6


def test_only_what_nobody_decided_on_is_listed_unless_all_is_asked_for(archive: Archive) -> None:
    suspect(archive, (2, 1), (3, 1), (4, 1))
    dedupe.hide(archive, public(archive, 2), public(archive, 1))
    dedupe.split(archive, public(archive, 3))
    (pair,) = dedupe.pairs(archive.connection)
    assert (pair.message.text, pair.other.text) == (SAID[3], SAID[0])
    assert (pair.basis, pair.verdict, pair.import_id, pair.decided_at) == ("weak", "open", 4, None)
    decided = dedupe.pairs(archive.connection, everything=True)
    assert [one.verdict for one in decided] == ["same", "different", "open"]
    assert decided[0].decided_at is not None


def test_what_cannot_be_meant_is_refused_with_the_way_out(archive: Archive) -> None:
    keep(archive, other := File("ab", "whatsapp:boats", "Boats"), [other.say("2023-05-14 09:30", "Cy", "Tank?")])
    one, two, elsewhere = (public(archive, row) for row in (1, 2, 5))
    suspect(archive, (2, 1))
    with pytest.raises(UsageError, match="no message nonsense"):
        dedupe.hide(archive, "nonsense", one)
    with pytest.raises(UsageError, match="one message"):
        dedupe.hide(archive, one, one)
    with pytest.raises(UsageError, match="two conversations") as caught:
        dedupe.hide(archive, elsewhere, one)
    assert "archive conversations merge" in caught.value.remedy
    with pytest.raises(UsageError, match="hidden itself") as caught:
        dedupe.hide(archive, one, two)
    assert two in caught.value.remedy
    with pytest.raises(UsageError, match="not hidden") as caught:
        dedupe.split(archive, one)
    assert two in caught.value.remedy
    with pytest.raises(UsageError, match="not hidden") as caught:
        dedupe.split(archive, elsewhere)
    assert "dedupe list" in caught.value.remedy
    assert hidden(archive) == {2: 1}


def test_undo_of_an_import_takes_its_suspicions_back_but_not_what_a_person_decided(archive: Archive) -> None:
    suspect(archive, (2, 1), (3, 1), import_id=4)
    dedupe.hide(archive, public(archive, 3), public(archive, 1))
    before = digest(archive.connection)
    keep(archive, file := File("ab"), [file.say("2023-05-14 10:30", "Ana", "Later")])
    suspect(archive, (4, 1), import_id=5)
    undo(archive, 5)
    assert hidden(archive) == {2: 1, 3: 1}
    assert digest(archive.connection) == before
    undo(archive, 4)
    assert hidden(archive) == {3: 1}
    assert found(archive, "bit") == ["The tank leaks a bit"]


@pytest.mark.parametrize(("gone", "left"), [(1, {3: 2, 4: 2}), (2, {4: 3}), (3, {2: 1}), (4, {})])
def test_what_was_hidden_as_a_message_that_goes_is_shown_again(
    archive: Archive, gone: int, left: dict[int, int]
) -> None:
    """Message 4 is hidden as 3, that as 2, that as 1; each is an import of its own, the last one had the suspicions."""
    suspect(archive, (4, 3), (3, 2), (2, 1))
    undo(archive, gone)
    assert hidden(archive) == left
    assert [one.row for one in shown(archive)] == [row for row in range(1, 5) if row not in {gone, *left}]


def test_undo_of_most_of_an_archive_indexes_the_rest_without_what_is_hidden(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        keep(archive, a := File("ab"), [a.say(f"2023-05-14 09:3{n}", "Ana", f"tank {n}") for n in range(3)])
        suspect(archive, (2, 1), import_id=1)
        dedupe.hide(archive, public(archive, 3), public(archive, 1))
        dedupe.split(archive, public(archive, 2))
        keep(archive, b := File("cd"), [b.say(f"2023-05-15 09:3{n}", "Ana", f"tank {n + 3}") for n in range(9)])
        suspect(archive, (2, 12), (11, 12), import_id=2)
        undo(archive, 2)
        assert hidden(archive) == {3: 1}
        assert found(archive, "tank") == ["tank 0", "tank 1"]


def joined(archive: Archive, stays: int, goes: int) -> None:
    """As an import does that finds two messages to be one: records move, then the second message is deleted."""
    with archive.transaction() as sql:
        dedupe.inherit(sql, [(stays, goes)])
        sql.execute("update record set message_id = ?, role = 'duplicate' where message_id = ?", (stays, goes))
        sql.execute(
            """
            insert into message_fts (message_fts, rowid, subject, text)
            select 'delete', id, subject, text from message_indexed where id = ?
            """,
            (goes,),
        )
        sql.execute("delete from message where id = ?", (goes,))


@pytest.mark.parametrize(
    ("pairs", "stays", "goes", "left"),
    [
        ([(2, 1)], 1, 2, {}),
        ([(2, 1)], 2, 1, {}),
        ([(3, 2)], 1, 2, {3: 1}),
        ([(2, 3)], 1, 2, {1: 3}),
        ([(4, 3), (3, 2), (2, 1)], 1, 3, {2: 1, 4: 1}),
        ([(4, 3), (3, 2), (2, 1)], 4, 2, {4: 3}),
        ([(2, 1), (3, 4)], 2, 3, {2: 1}),
        ([(2, 1)], 3, 4, {2: 1}),
    ],
)
def test_what_is_known_of_a_message_is_known_of_the_one_it_becomes(
    archive: Archive, pairs: list[tuple[int, int]], stays: int, goes: int, left: dict[int, int]
) -> None:
    suspect(archive, *pairs)
    joined(archive, stays, goes)
    assert hidden(archive) == left


def test_two_that_are_different_stay_so_when_one_of_them_becomes_another(archive: Archive) -> None:
    suspect(archive, (3, 2))
    dedupe.split(archive, public(archive, 3))
    joined(archive, 1, 2)
    assert dedupe.different(archive.connection) == {(3, 1), (1, 3)}
    joined(archive, 1, 3)
    assert dedupe.different(archive.connection) == set()


def test_nothing_is_hidden_as_a_message_of_another_conversation(archive: Archive) -> None:
    """Message 4 is hidden as 3, that as 2, that as 1; then 3 and 4 move to a conversation of their own."""
    keep(archive, other := File("ab", "whatsapp:boats", "Boats"), [other.say("2023-05-14 09:30", "Cy", "Tank?")])
    suspect(archive, (4, 3), (3, 2), (2, 1))
    with archive.transaction() as sql:
        sql.execute("update message set conversation_id = 2, seq = seq + 10 * 4294967296 where id in (3, 4)")
        dedupe.part(sql)
    assert hidden(archive) == {2: 1, 4: 3}
    assert [one.row for one in reads.in_order(archive.connection, 2)] == [5, 3]
