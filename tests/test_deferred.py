"""The index that is made last: there when an import is done, done without while it is not, and never missed."""

from pathlib import Path

import pytest

from archiver.errors import StoreError
from archiver.query import parse
from archiver.store import deferred, foreign
from archiver.store.archive import Archive, open_archive, writing
from archiver.store.search import search
from archiver.store.undo import undo
from archiver.store.writes import ImportWriter
from tests.talk import fresh, sound
from tests.test_keyed import Thread, begin, keep, talk


def interrupted(archive: Archive) -> ImportWriter:
    """A first import that never came to its end."""
    file = Thread("a", talk(40))
    writer = begin(archive, file)
    writer.add([file.opening(), file.stretch()])
    writer.close()
    return writer


def from_ana(archive: Archive) -> list[int]:
    asked = ("from:ana", "said from:ana")
    found = [search(archive.connection, parse(typed), sort="oldest", limit=100) for typed in asked]
    assert [row for row, _ in found[0].rows] == [row for row, _ in found[1].rows]
    return [row for row, _ in found[0].rows]


def test_it_is_there_when_a_first_import_is_done_and_stays_in_later_ones(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        keep(archive, Thread("a", talk(40)))
        assert deferred.there(archive.connection)
        begin(archive, Thread("b", talk(50, 40))).close()
        assert deferred.there(archive.connection)
        foreign.check_schema(archive.connection)


def test_while_it_is_missing_a_search_for_a_sender_finds_the_same(tmp_path: Path) -> None:
    with fresh(tmp_path / "done") as archive:
        keep(archive, Thread("a", talk(40)))
        whole = from_ana(archive)
    with fresh(tmp_path / "torn") as archive:
        interrupted(archive)
        assert not deferred.there(archive.connection)
        assert from_ana(archive) == whole
        assert len(whole) == 20


def test_the_next_command_that_writes_makes_it(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        interrupted(archive)
    with open_archive(tmp_path) as archive:
        assert not deferred.there(archive.connection)
    with writing(tmp_path) as archive:
        assert deferred.there(archive.connection)
        assert sound(archive)


def test_it_is_there_after_a_torn_import_is_undone(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        undo(archive, interrupted(archive).id)
        assert deferred.there(archive.connection)


def test_a_copy_made_meanwhile_is_an_archive_and_one_that_lacks_another_index_is_none(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        interrupted(archive)
        foreign.check_schema(archive.connection)
        archive.connection.execute("drop index message_reply")
        with pytest.raises(StoreError):
            foreign.check_schema(archive.connection)
