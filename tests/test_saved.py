"""Searches under a name: kept, asked again inside others, and never in the way of what is only typed."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import UsageError
from archiver.store import saved
from archiver.store.archive import Archive
from archiver.store.digest import digest
from tests.talk import fresh


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = fresh(tmp_path_factory.mktemp("saved"))
    with archive.transaction() as sql:
        saved.save(sql, "tanks", "tank OR frog")
        saved.save(sql, "@Été", "sun*")
    return archive


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("@tanks", "tank OR frog"),
        (" @TANKS ", " tank OR frog "),
        ("@tanks -rain", "(tank OR frog) -rain"),
        ("-@tanks", "-(tank OR frog)"),
        ("(@ete)", "((sun*))"),
        ('"@tanks"', '"@tanks"'),
        ("ana@tanks", "ana@tanks"),
        ("@tanks.example", "@tanks.example"),
        ("from:@tanks", "from:@tanks"),
        ("no mention", "no mention"),
    ],
)
def test_a_name_stands_for_its_query_where_it_is_a_word_of_its_own(archive: Archive, typed: str, meant: str) -> None:
    assert saved.expanded(archive.connection, typed) == (meant, ())


def test_an_unknown_name_is_a_word_and_it_is_said(archive: Archive) -> None:
    text, notes = saved.expanded(archive.connection, "@anybody @anybody tea")
    assert text == "@anybody @anybody tea"
    assert notes == ("There is no saved search @anybody, so it is searched as a word.",)


@given(st.text(alphabet=st.sampled_from("@tanks ()\"-'é.🐸\x00\ud800"), max_size=40) | st.text(max_size=40))
def test_nothing_that_is_typed_is_an_error(archive: Archive, typed: str) -> None:
    text, _ = saved.expanded(archive.connection, typed)
    assert "@" in typed or text == typed


def test_saving_again_tells_what_it_was_and_forgetting_says_what_it_is(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        before = digest(archive.connection)
        with archive.transaction() as sql:
            assert saved.save(sql, "pond", "frog") is None
            assert saved.save(sql, "@Pond", "frog OR newt") == "frog"
        assert [one.query for one in saved.searches(archive.connection)] == ["frog OR newt"]
        assert digest(archive.connection) == before, "a question is nothing that was said"
        with archive.transaction() as sql:
            assert saved.forget(sql, "pond").query == "frog OR newt"
        with pytest.raises(UsageError, match="no saved search"), archive.transaction() as sql:
            saved.forget(sql, "pond")


@pytest.mark.parametrize("name", ["", "a b", "-x", "@", "ü" * 61, 'x"'])
def test_what_cannot_be_a_name_is_refused(tmp_path: Path, name: str) -> None:
    with fresh(tmp_path) as archive, pytest.raises(UsageError, match="cannot be"), archive.transaction() as sql:
        saved.save(sql, name, "x")
