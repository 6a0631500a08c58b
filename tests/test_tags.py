"""Tags people give: told apart from a source's labels, bound to what was said, and still there afterwards."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import UsageError
from archiver.exporters.jsonl import message_face
from archiver.query import parse
from archiver.store import reads, tags
from archiver.store.archive import Archive, open_archive, writing
from archiver.store.choices import STEMMING, choose
from archiver.store.digest import digest
from archiver.store.reunite import merge, split
from archiver.store.selecting import selected
from archiver.store.tags import Tag
from archiver.store.undo import undo
from tests.post import Mailbox
from tests.reunions import bring
from tests.talk import File, fresh, keep
from tests.test_reunite import chat


def talk(digest: str = "ab", conversation: str = "whatsapp:garden club", title: str = "Garden Club") -> File:
    return File(digest, conversation, title)


def told(archive: Archive, file: File, *lines: str) -> int:
    says = [file.say(f"2023-05-14 09:{minute:02}", "Ana", line) for minute, line in enumerate(lines)]
    return keep(archive, file, says).id


def rows(archive: Archive, query: str) -> list[int]:
    return selected(archive.connection, parse(query))[0]


def tagged(archive: Archive, name: str) -> list[str]:
    return [one.text for one in reads.load(archive.connection, rows(archive, f'tag:"{name}"'))]


def test_a_tag_is_put_on_once_and_found_in_any_spelling(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        told(archive, talk(), "the frog is back", "a frog again", "rain")
        with archive.transaction() as sql:
            assert tags.add(sql, rows(archive, "frog"), "Oral History") == 2
            assert tags.add(sql, rows(archive, "frog OR rain"), "oral  history") == 1
        assert sorted(tagged(archive, "ORAL HISTORY")) == ["a frog again", "rain", "the frog is back"]
        assert tags.tags(archive.connection) == [Tag("Oral History", 3, 0, 0)]
        with archive.transaction() as sql:
            assert tags.remove(sql, rows(archive, "rain OR frog"), "oral history") == 3
        assert tags.tags(archive.connection) == []


def test_a_tag_made_here_is_told_apart_from_a_label_of_the_source(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        box = Mailbox("ab")
        keep(archive, box, [box.letter("1@x", "The tank leaks", tags=("inbox",))])
        with archive.transaction() as sql:
            tags.add(sql, rows(archive, "tank"), "water")
        (letter,) = reads.load(archive.connection, rows(archive, "tank"))
        assert (letter.labels, letter.tags) == (("inbox",), ("water",))
        face = message_face(letter)
        assert (face["labels"], face["tags"]) == (["inbox"], ["water"])
        assert tags.tags(archive.connection) == [Tag("inbox", 0, 0, 1), Tag("water", 1, 0, 0)]
        with archive.transaction() as sql:
            assert tags.remove(sql, rows(archive, "tank"), "inbox") == 0
        assert rows(archive, "tag:inbox") == rows(archive, "tag:water")


def test_a_tag_waits_while_its_message_is_undone_and_is_on_it_when_it_comes_back(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        number = told(archive, talk(), "the frog is back")
        with archive.transaction() as sql:
            tags.add(sql, rows(archive, "frog"), "pond")
        before = digest(archive.connection)
        undo(archive, number)
        assert tags.tags(archive.connection) == [Tag("pond", 1, 1, 0)]
        told(archive, talk("cd"), "the frog is back")
        assert tagged(archive, "pond") == ["the frog is back"]
        assert digest(archive.connection) == before


def test_the_digest_tells_a_tag(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        told(archive, talk(), "the frog is back")
        before = digest(archive.connection)
        with archive.transaction() as sql:
            tags.add(sql, rows(archive, "frog"), "pond")
        assert digest(archive.connection) != before
        with archive.transaction() as sql:
            assert tags.drop(sql, "POND") == 1
        assert digest(archive.connection) == before


def test_tags_go_along_when_two_conversations_become_one_and_two_again(tmp_path: Path) -> None:
    home = tmp_path / "home"
    bring(home, chat(tmp_path / "a", "Seeds", *(f"Ana: the bread number {n} is ready" for n in range(60))))
    bring(home, chat(tmp_path / "b", "Family", *(f"Bo: we meet at gate {n} tonight" for n in range(60))))
    with writing(home) as archive:
        with archive.transaction() as sql:
            tags.add(sql, rows(archive, '"gate 7"'), "gates")
            tags.add(sql, rows(archive, '"number 9"'), "bread")
        old = [identifier for (identifier,) in archive.connection.execute("select public_id from tag order by 1")]
        merge(archive, 2, 1)
        assert tagged(archive, "gates") == ["we meet at gate 7 tonight"]
        assert tagged(archive, "bread") == ["the bread number 9 is ready"]
        assert [tag.waiting for tag in tags.tags(archive.connection)] == [0, 0]
        split(archive, 1, 2)
        assert tagged(archive, "gates") == ["we meet at gate 7 tonight"]
        new = [identifier for (identifier,) in archive.connection.execute("select public_id from tag order by 1")]
        assert len(new) == len(old)


def test_tags_go_along_when_an_import_proves_two_messages_one(tmp_path: Path) -> None:
    lines = [f"{('Ana', 'Bo', 'Cleo')[n % 3]}: message number {n} of this group" for n in range(120)]
    home = tmp_path / "home"
    bring(home, chat(tmp_path / "a", "Seed Swap", *lines[:90]))
    with writing(home) as archive, archive.transaction() as sql:
        tags.add(sql, rows(archive, '"number 80"'), "eighty")
    bring(home, chat(tmp_path / "b", "Seed Swap 2024", *lines[:110]))
    with writing(home) as archive:
        assert tagged(archive, "eighty") == ["message number 80 of this group"]
        undo(archive, 1)
        assert tagged(archive, "eighty") == ["message number 80 of this group"]


@pytest.mark.parametrize("name", ["", "  ", "a\x1b[31mb", "\u202egnp", "x" * 101])
def test_what_cannot_be_a_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name"):
        tags.named(name)


@given(st.text(max_size=120))
def test_a_name_is_refused_or_fit_for_a_line(name: str) -> None:
    try:
        kept = tags.named(name)
    except UsageError:
        return
    assert kept == tags.named(kept)
    assert "\n" not in kept
    assert "\x1b" not in kept


def test_reading_alone_is_enough_to_see_tags(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        told(archive, talk(), "the frog is back")
    with open_archive(tmp_path) as archive:
        assert tags.tags(archive.connection) == []


def test_all_forms_of_a_word_are_tagged_where_the_archive_looks_for_them(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        told(archive, talk(), "the frog is back", "two frogs now", "rain")
        assert len(rows(archive, "frog")) == 1
        choose(archive, STEMMING, "en")
        assert len(rows(archive, "frog")) == 2
