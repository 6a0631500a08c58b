"""Letters in the store: one message wherever it is found, filed where it is claimed most, threaded as a whole."""

from collections.abc import Callable
from pathlib import Path

import pytest

from archiver.model import Conversation, Message, Span
from archiver.query import parse
from archiver.store import reads
from archiver.store.archive import Archive
from archiver.store.digest import digest
from archiver.store.search import search
from archiver.store.undo import undo
from tests.post import LIST, Mailbox, person
from tests.talk import fresh, keep, sound

FOOTER = "\n_______________________________________________\nGarden mailing list"
WORDS = "The tank leaks again, and the rain is coming on Sunday. Who has the long ladder?"
HERE = len(WORDS)


def anas() -> tuple[Mailbox, list[Message]]:
    box = Mailbox("ab", "mailbox:ana")
    return box, [
        box.letter("1@x", WORDS, tags=("inbox",)),
        box.letter("private@x", "Only for Ana", day=1, subject="Hush"),
    ]


def bos() -> tuple[Mailbox, list[Message]]:
    box = Mailbox("cd", "mailbox:bo")
    return box, [
        box.letter("1@x", WORDS, tags=("starred",)),
        box.letter("2@x", "I have it", day=2, references=("1@x",)),
    ]


def the_lists() -> tuple[Mailbox, list[Message]]:
    box = Mailbox("ef", LIST, claim=2)
    return box, [
        box.letter("1@x", WORDS + FOOTER, spans=(Span("own", 0, HERE), Span("footer", HERE, HERE + len(FOOTER)))),
        box.letter("3@x", "Bring it on Saturday", day=3, references=("1@x", "2@x")),
    ]


ALL: dict[str, Callable[[], tuple[Mailbox, list[Message]]]] = {"ana": anas, "bo": bos, "list": the_lists}


def imported(archive: Archive, *names: str) -> list[int]:
    return [keep(archive, *ALL[name]()).id for name in names]


def homes(archive: Archive) -> dict[str, str]:
    rows = archive.connection.execute(
        "select t.key, c.key from thread t join message m on m.id = t.message_id "
        "join conversation c on c.id = m.conversation_id"
    )
    return dict(rows)


def joined(archive: Archive) -> dict[str, tuple[str, str | None, str]]:
    """Of every letter: the first of its thread, the one it answers, and the step that joined it."""
    rows = archive.connection.execute(
        """
        select t.key, first.key, parent.key, t.joined from thread t
        left join thread first on first.message_id = t.thread_id
        left join thread parent on parent.message_id = t.parent_id
        """
    )
    return {key: (first, parent, how) for key, first, parent, how in rows}


def test_two_mailboxes_give_each_letter_once_with_both_records_and_both_labels(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        keep(archive, *anas())
        second = keep(archive, *bos())
        assert (second.counts["new"], second.counts["enriched"]) == (1, 1)
        (row,) = archive.connection.execute("select message_id from thread where key = '1@x'").fetchone()
        (letter,) = reads.load(archive.connection, [row])
        assert letter.labels == ("inbox", "starred")
        assert [role for role, _ in reads.observations(archive.connection, row)] == ["first", "enriched"]
        assert sound(archive)


def test_a_letter_lies_where_it_is_claimed_most(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        imported(archive, "bo", "ana")
        assert homes(archive)["1@x"] == "mailbox:ana"  # of two mailboxes the first by name
        imported(archive, "list")
        assert homes(archive) == {"1@x": LIST, "3@x": LIST, "2@x": "mailbox:bo", "private@x": "mailbox:ana"}
        assert sound(archive)


@pytest.mark.parametrize("order", [("ana", "bo", "list"), ("list", "bo", "ana"), ("bo", "list", "ana")])
def test_the_order_of_imports_makes_no_difference(tmp_path: Path, order: tuple[str, ...]) -> None:
    with fresh(tmp_path / "one") as one, fresh(tmp_path / "other") as other:
        imported(one, "list", "ana", "bo")
        imported(other, *order)
        assert digest(one.connection) == digest(other.connection)


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_undo_of_any_import_leaves_what_the_others_alone_would_give(tmp_path: Path, gone: int) -> None:
    order = ["ana", "bo", "list"]
    with fresh(tmp_path / "one") as one, fresh(tmp_path / "other") as other:
        ids = imported(one, *order)
        undo(one, ids[gone])
        imported(other, *(name for name in order if name != order[gone]))
        assert digest(one.connection) == digest(other.connection)
        assert sound(one)


def test_a_thread_is_joined_again_when_the_missing_letter_comes(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        imported(archive, "list")
        assert joined(archive)["3@x"] == ("1@x", "1@x", "reference")
        imported(archive, "bo")
        assert joined(archive)["3@x"] == ("1@x", "2@x", "reference")


def test_a_guess_by_subject_gives_way_to_the_letter_that_was_missing(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        box = Mailbox("ab")
        keep(
            archive,
            box,
            [
                box.letter("1@x", "Who waters the roses?", subject="Roses"),
                box.letter("3@x", "I do", day=2, subject="Re: Roses", references=("2@x",)),
            ],
        )
        assert joined(archive)["3@x"] == ("1@x", "1@x", "subject")
        box = Mailbox("cd")
        keep(archive, box, [box.letter("2@x", "And the tulips?", day=1, subject="Tulips")])
        assert joined(archive)["3@x"] == ("2@x", "2@x", "reference")


def test_the_same_id_on_two_different_letters_gives_two_and_a_problem(tmp_path: Path) -> None:
    def boxes() -> tuple[Mailbox, list[Message]]:
        box = Mailbox("ab")
        return box, [
            box.letter("1@x", "Shopping list: nails, rope and three boards"),
            box.letter("1@x", "Minutes of our yearly meeting in the shed", day=40, subject="Minutes"),
        ]

    with fresh(tmp_path) as archive:
        first = keep(archive, *boxes())
        assert first.counts["new"] == 2
        assert [problem.what for problem in first.problems] == ["same-id"]
        box, letters = boxes()
        again = keep(archive, box, [letters[1], letters[0]])
        assert (again.counts["new"], again.counts["duplicate"]) == (0, 2)


def test_what_is_quoted_is_found_only_when_asked_for(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        box = Mailbox("ab")
        text = "Agreed.\n> The gooseberries are ripe\n"
        keep(archive, box, [box.letter("1@x", text, spans=(Span("own", 0, 8), Span("quote", 8, len(text))))])

        def hits(words: str, *, quoted: bool = False) -> list[str]:
            return [shown for _, shown in search(archive.connection, parse(words), limit=5, quoted=quoted).rows]

        assert hits("gooseberries") == []
        assert hits("agreed") == ["\x02Agreed\x03."]
        assert hits("agreed -gooseberries") == ["\x02Agreed\x03."]
        assert hits("gooseberries", quoted=True) == ["Agreed. > The \x02gooseberries\x03 are ripe"]
        assert sound(archive)


def test_a_list_and_a_label_can_be_asked_for(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        imported(archive, "ana", "bo", "list")

        def keys(words: str) -> list[str]:
            rows = [row for row, _ in search(archive.connection, parse(words), limit=9, sort="oldest").rows]
            return [
                archive.connection.execute("select key from thread where message_id = ?", (row,)).fetchone()[0]
                for row in rows
            ]

        assert keys("list:garden") == ["1@x", "3@x"]
        assert keys("list:mailbox") == []
        assert keys("tag:INBOX") == ["1@x"]
        assert keys("list:garden tag:starred ladder") == ["1@x"]
        assert keys("is:reply") == ["2@x", "3@x"]


def test_an_address_shows_its_most_telling_name_and_is_found_by_all_of_them(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        box = Mailbox("ab")
        keep(
            archive,
            box,
            [
                box.letter("1@x", "one", sender=person("ana@example.org")),
                box.letter("2@x", "two", sender=person("ana@example.org", "Anita")),
                box.letter("3@x", "three", sender=person("ana@example.org", "Ana Ruiz")),
            ],
        )
        (letter,) = reads.load(archive.connection, [1])
        assert letter.sender is not None
        assert letter.sender.name == "Ana Ruiz"
        for name in ("anita", "ruiz", "ana@example"):
            assert search(archive.connection, parse(f"from:{name}"), limit=9).total == 3


def test_a_thread_is_told_as_a_tree(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        imported(archive, "bo", "list")
        tree = [(one.message.text[:8], one.depth, one.joined) for one in reads.thread(archive.connection, 2)]
        assert tree == [("The tank", 0, "root"), ("I have i", 1, "reference"), ("Bring it", 2, "reference")]


def test_a_letter_whose_better_telling_comes_in_the_same_batch_is_found_by_its_last_words(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        box = Mailbox("ab")
        listed = box.letter("1@x", WORDS + FOOTER + " beehive")._replace(conversation=LIST, claim=2)
        keep(archive, box, [Conversation(LIST, "Garden", "list"), box.letter("1@x", WORDS), listed])
        assert homes(archive) == {"1@x": LIST}
        assert search(archive.connection, parse("beehive"), limit=5).total == 1
        assert sound(archive)


def test_a_letter_without_an_id_keeps_its_identity_when_the_import_that_brought_it_first_is_undone(
    tmp_path: Path,
) -> None:
    def copy(digest_: str, text: str) -> tuple[Mailbox, list[Message]]:
        box = Mailbox(digest_)
        return box, [box.letter("content:1", text)._replace(native_id=None)]

    with fresh(tmp_path / "one") as one, fresh(tmp_path / "other") as other:
        first = keep(one, *copy("ab", WORDS))
        keep(one, *copy("cd", WORDS + FOOTER))
        undo(one, first.id)
        keep(other, *copy("cd", WORDS + FOOTER))
        assert digest(one.connection) == digest(other.connection)
        assert keep(one, *copy("ef", WORDS + FOOTER)).counts["new"] == 0
