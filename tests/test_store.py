"""The store: what goes in is kept once, in order, and can be taken back."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.errors import UsageError
from archiver.model import Item, Message, Reaction
from archiver.store import history, reads
from archiver.store.digest import digest
from archiver.store.undo import undo
from tests.talk import GARDEN, File, at, batches, begin, found, fresh, keep, name, photos, sound, texts


def chat(file: File) -> list[Message]:
    return [
        file.say("2023-05-14 09:30", "Ana", "The water tank leaks"),
        file.say("2023-05-14 09:30", "Ana", "ok"),
        file.say("2023-05-14 09:30", "Ana", "ok"),
        file.say("2023-05-14 09:31", "Bo", "I bring a patch"),
        file.photo("2023-05-14 09:40", "Ana", "omitted"),
    ]


def test_what_goes_in_is_found_by_its_words_and_led_back_to_its_bytes(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        file = File("ab")
        keep(archive, file, chat(file))
        assert found(archive, "tank") == ["The water tank leaks"]
        (message,) = reads.load(archive.connection, [1])
        assert message.origin is not None
        assert (message.origin.sha256, message.origin.start, message.origin.end) == ("ab" * 32, 0, 100)
        assert (message.at, message.at_local, message.precision) == (
            "2023-05-14T07:30:00Z",
            "2023-05-14T09:30:00",
            "minute",
        )
        assert message.sender is not None
        assert (message.sender.name, message.conversation_title) == ("Ana", "Garden Club")
        assert sound(archive)


def test_two_genuine_oks_in_one_minute_both_survive_and_a_second_export_adds_nothing(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        keep(archive, first := File("ab"), chat(first))
        before = digest(archive.connection)
        writer = keep(archive, second := File("cd"), chat(second))
        assert (writer.counts["new"], writer.counts["duplicate"]) == (0, 5)
        assert texts(archive).count("ok") == 2
        assert digest(archive.connection) == before
        assert [role for role, _ in reads.observations(archive.connection, 2)] == ["first", "duplicate"]


def test_undo_of_a_repetition_leaves_the_archive_as_before(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        keep(archive, first := File("ab"), chat(first))
        before = digest(archive.connection)
        writer = keep(archive, second := File("cd"), [*chat(second), second.say("2023-05-15 08:00", "Cy", "Rain!")])
        assert digest(archive.connection) != before
        assert undo(archive, writer.id) == {"removed": 1, "kept": 5}
        assert digest(archive.connection) == before
        assert sound(archive)


def test_undo_of_the_first_of_two_imports_leaves_what_the_second_says(tmp_path: Path) -> None:
    with fresh(tmp_path / "both") as both, fresh(tmp_path / "one") as one:
        first = keep(both, a := File("ab"), [a.say("2023-05-13 08:00", "Dee", "Earlier"), *chat(a)])
        keep(both, b := File("cd"), chat(b))
        undo(both, first.id)
        keep(one, b := File("cd"), chat(b))
        assert digest(both.connection) == digest(one.connection)
        assert texts(both) == texts(one)
        assert sound(both)


def test_an_undone_import_can_be_made_again(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        writer = keep(archive, file := File("ab"), chat(file))
        before = digest(archive.connection)
        undo(archive, writer.id)
        assert texts(archive) == []
        assert history.totals(archive.connection)["person"] == 0
        keep(archive, file := File("ab"), chat(file))
        assert digest(archive.connection) == before


def test_undo_needs_an_import_that_is_there_and_not_undone(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        with pytest.raises(UsageError, match="no import 7"):
            undo(archive, 7)
        writer = keep(archive, file := File("ab"), chat(file))
        undo(archive, writer.id)
        with pytest.raises(UsageError, match="undone already"):
            undo(archive, writer.id)


def test_a_later_export_brings_seconds_and_the_photo_and_undo_takes_them_back(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        keep(
            archive,
            a := File("ab"),
            [a.say("2023-05-14 09:30", "Ana", "Hi"), a.photo("2023-05-14 09:40", "Ana", "omitted")],
        )
        before = digest(archive.connection)
        b = File("cd")
        writer = keep(
            archive,
            b,
            [b.say("2023-05-14 09:30:12", "Ana", "Hi"), b.photo("2023-05-14 09:40:01", "Ana", "present", "ef" * 32)],
        )
        assert writer.counts["enriched"] == 2
        hi, photo = reads.load(archive.connection, [1, 2])
        assert (hi.at_local, hi.precision) == ("2023-05-14T09:30:12", "second")
        assert photo.attachments[0].state == "present"
        undo(archive, writer.id)
        assert digest(archive.connection) == before
        assert reads.load(archive.connection, [2])[0].attachments[0].state == "omitted"
        assert sound(archive)


def test_enriched_the_other_way_round_is_the_same_archive(tmp_path: Path) -> None:
    with fresh(tmp_path / "x") as x, fresh(tmp_path / "y") as y:
        for archive, order in ((x, "ab"), (y, "ba")):
            for which in order:
                file = File("ab" if which == "a" else "cd")
                time = "2023-05-14 09:30" if which == "a" else "2023-05-14 09:30:12"
                keep(archive, file, [file.say(time, "Ana", "Hi")])
        assert digest(x.connection) == digest(y.connection)


def test_undoing_the_import_that_brought_the_seconds_first_leaves_the_minutes_of_the_other(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        fine = keep(archive, a := File("ab"), [a.say("2023-05-14 09:30:12", "Ana", "Hi")])
        keep(archive, b := File("cd"), [b.say("2023-05-14 09:30", "Ana", "Hi")])
        keep(archive, c := File("ef"), [c.say("2023-05-14 09:30", "Ana", "\u200eHi")])
        undo(archive, fine.id)
        (message,) = reads.load(archive.connection, [1])
        assert (message.precision, message.text) == ("minute", "Hi")
        assert [role for role, _ in reads.observations(archive.connection, 1)] == ["first", "duplicate"]


def test_messages_of_an_older_export_take_their_place_before_the_newer_ones(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        keep(archive, a := File("ab"), [a.say(f"2023-05-14 09:{n:02}", "Ana", f"m{n}") for n in range(30, 50)])
        keep(archive, b := File("cd"), [b.say(f"2023-05-14 09:{n:02}", "Ana", f"m{n}") for n in range(10, 40)])
        assert texts(archive) == [f"m{n}" for n in range(10, 50)]


def test_file_order_is_kept_even_where_the_clock_steps_back(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        file = File("ab")
        said = ["09:30", "09:35", "09:31", "09:36"]
        keep(archive, file, [file.say(f"2023-05-14 {time}", "Ana", time) for time in said])
        assert texts(archive) == said


def test_what_another_export_holds_between_two_known_messages_goes_between_them(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        keep(
            archive,
            a := File("ab"),
            [a.say("2023-05-14 09:00", "Ana", "one"), a.say("2023-05-14 09:10", "Ana", "five")],
        )
        b = File("cd")
        keep(
            archive,
            b,
            [
                b.say("2023-05-14 09:00", "Ana", "one"),
                *(b.say("2023-05-14 09:05", "Ana", word) for word in ("two", "three", "four")),
                b.say("2023-05-14 09:10", "Ana", "five"),
                b.say("2023-05-14 09:11", "Ana", "six"),
            ],
        )
        assert texts(archive) == ["one", "two", "three", "four", "five", "six"]


def test_a_gap_that_is_used_up_is_made_wider_without_changing_the_order(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        keep(
            archive,
            a := File("ab"),
            [a.say("2023-05-14 09:00", "Ana", "start"), a.say("2023-05-14 10:00", "Ana", "end")],
        )
        archive.connection.execute("update message set seq = 1000 + id")  # side by side: no room at all
        b = File("cd")
        middle = [f"w{n}" for n in range(40)]
        keep(
            archive,
            b,
            [b.say("2023-05-14 09:00", "Ana", "start"), *(b.say("2023-05-14 09:30", "Ana", w) for w in middle)],
        )
        assert texts(archive) == ["start", *middle, "end"]


def test_an_interrupted_import_goes_on_where_its_last_batch_ended(tmp_path: Path) -> None:
    def items(file: File) -> list[object]:
        talk: list[object] = []
        for n in range(40):
            talk += [file.say(f"2023-05-14 09:{n:02}", "Ana", f"m{n}"), file.say(f"2023-05-14 09:{n:02}", "Bo", "ok")]
            if n % 7 == 0:
                talk += [file.unreadable(), file.guess()]
        return talk

    with fresh(tmp_path / "whole") as whole, fresh(tmp_path / "torn") as torn:
        keep(whole, file := File("ab"), items(file))  # type: ignore[arg-type]  # items
        file = File("ab")
        writer = begin(torn, file)
        parts = list(batches([file.opening(), *items(file)], 9))  # type: ignore[list-item]  # items
        for part in parts[:4]:
            writer.add(part)
        writer.close()
        assert history.unfinished(torn.connection)[0].id == writer.id
        again = keep(torn, file := File("ab"), items(file), batch=13)  # type: ignore[arg-type]  # items
        assert again.resumed
        assert again.id == writer.id
        assert texts(torn) == texts(whole)
        assert digest(torn.connection) == digest(whole.connection)
        assert history.imports(torn.connection)[0].counts == history.imports(whole.connection)[0].counts
        assert len(history.problems(torn.connection)) == len(history.problems(whole.connection)) == 6
        assert sound(torn)


def test_an_interrupted_overlap_is_taken_up_in_the_right_place(tmp_path: Path) -> None:
    def older(archive_file: File) -> list[Message]:
        return [archive_file.say(f"2023-05-14 09:{n:02}", "Ana", f"m{n}") for n in range(0, 60, 3)]

    def fuller(archive_file: File) -> list[Message]:
        return [archive_file.say(f"2023-05-14 09:{n:02}", "Ana", f"m{n}") for n in range(60)]

    with fresh(tmp_path) as archive:
        keep(archive, file := File("ab"), older(file))
        file = File("cd")
        writer = begin(archive, file)
        for part in list(batches([file.opening(), *fuller(file)], 10))[:3]:
            writer.add(part)
        writer.close()
        keep(archive, file := File("cd"), fuller(file), batch=10)
        assert texts(archive) == [f"m{n}" for n in range(60)]


def test_an_export_joined_to_itself_is_not_doubled(tmp_path: Path) -> None:
    """Minutes far behind the window come back: what is shown again is here already."""
    with fresh(tmp_path) as archive:
        file = File("ab")
        days = [
            f"20{year}-{month:02}-{day:02} 10:00"
            for year in range(10, 24)
            for month in range(1, 13)
            for day in range(1, 29)
        ]
        assert len(days) > 4096
        once = [file.say(day, "Ana", "Good morning") for day in days]
        twice = [file.say(day, "Ana", "Good morning") for day in days]
        writer = keep(archive, file, [*once, *twice])
        assert writer.counts["new"] == len(days)
        assert writer.counts["duplicate"] == len(days)


def test_messages_with_a_key_of_their_own_are_told_by_it_alone(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        file = File("ab")
        writer = keep(
            archive,
            file,
            [
                file.say("2023-05-14 09:30", "Ana", "one", key="k1", native_id="<1@x.example>"),
                file.say("2023-05-14 09:30", "Ana", "one", key="k2", native_id="<2@x.example>"),
                file.say("2023-05-14 09:30", "Ana", "one", key="k1", native_id="<1@x.example>"),
            ],
        )
        assert (writer.counts["new"], writer.counts["duplicate"]) == (2, 1)


def test_recipients_reactions_and_extras_are_kept(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        file = File("ab")
        message = file.say(
            "2023-05-14 09:30",
            "Ana",
            "Look",
            recipients=(name("Bo"), name("Cy")),
            reactions=(Reaction(name("Bo"), "👍"), Reaction(None, "❤", at("2023-05-14 09:31").at)),
            extra={"mentions": ["Bo"]},
            edited=True,
        )
        writer = keep(archive, file, [message])
        (kept,) = reads.load(archive.connection, [1])
        assert kept.extra == {"mentions": ["Bo"], "edited": True}
        assert [(r.by.name if r.by else None, r.value) for r in kept.reactions] == [("Bo", "👍"), (None, "❤")]
        assert archive.connection.execute("select count(*) from recipient").fetchone() == (2,)
        undo(archive, writer.id)
        assert history.totals(archive.connection) == dict.fromkeys(history.totals(archive.connection), 0)


def test_undated_messages_are_kept_in_their_place(tmp_path: Path) -> None:
    from archiver.model import When

    with fresh(tmp_path) as archive:
        file = File("ab")
        keep(
            archive,
            file,
            [
                file.say("2023-05-14 09:30", "Ana", "one"),
                file.say(When(None, "??"), "Ana", "two"),
                file.say("2023-05-14 09:31", "Ana", "three"),
            ],
        )
        assert texts(archive) == ["one", "two", "three"]
        (message,) = reads.load(archive.connection, [2])
        assert (message.at, message.at_local) == (None, None)
        assert reads.find(archive.connection, message.id) == [2]


def test_a_dump_with_two_chats_keeps_them_apart(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        a, b = File("ab"), File("cd", "whatsapp:choir", "Choir")
        writer = begin(archive, a)
        writer.keep_file((b.digest, None), "Choir.txt", b.digest, 10, None)
        writer.add(
            [a.opening(), a.say("2023-05-14 09:30", "Ana", "ok"), b.opening(), b.say("2023-05-14 09:30", "Ana", "ok")]
        )
        writer.finish()
        assert writer.conversations() == ["Garden Club", "Choir"]
        assert [one.messages for one in reads.conversations(archive.connection)] == [1, 1]
        assert len(set(archive.connection.execute("select sender_id from message"))) == 2


def test_into_joins_a_renamed_group_to_the_conversation_it_was(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        keep(archive, a := File("ab"), [a.say("2023-05-14 09:30", "Ana", "ok")])
        b = File("cd", "whatsapp:tank club", "Tank Club")
        writer = keep(
            archive, b, [b.say("2023-05-14 09:30", "Ana", "ok"), b.say("2023-05-14 09:31", "Ana", "new")], into=1
        )
        assert (writer.counts["new"], writer.counts["duplicate"]) == (1, 1)
        c = File("ef", "whatsapp:tank club", "Tank Club")
        assert keep(archive, c, [c.say("2023-05-14 09:31", "Ana", "new")]).counts["duplicate"] == 1
        assert archive.connection.execute("select count(*) from identity").fetchone() == (1,)


def test_into_refuses_a_dump_with_two_chats(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        keep(archive, a := File("ab"), [a.say("2023-05-14 09:30", "Ana", "ok")])
        b, c = File("cd", "whatsapp:b", "B"), File("ef", "whatsapp:c", "C")
        writer = begin(archive, b, into=1)
        with pytest.raises(UsageError, match="more than one conversation"):
            writer.add([b.opening(), c.opening(), b.opening()])
        writer.close()
        assert [one.title for one in reads.conversations(archive.connection)] == ["Garden Club"]


def test_new_keeps_a_chat_of_the_same_title_apart(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        keep(archive, a := File("ab"), [a.say("2023-05-14 09:30", "Ana", "ok")])
        writer = keep(archive, b := File("cd"), [b.say("2023-05-14 09:30", "Ana", "ok")], apart=True)
        assert writer.counts["new"] == 1
        assert [one.key for one in reads.conversations(archive.connection)] == [GARDEN, f"{GARDEN} #2"]


def test_members_are_kept_and_leave_with_their_import(tmp_path: Path) -> None:
    from archiver.model import Conversation

    with fresh(tmp_path) as archive:
        file = File("ab")
        writer = begin(archive, file)
        writer.add([Conversation(GARDEN, "Garden Club", "group", members=(name("Ana"), name("Silent Sue")))])
        writer.finish()
        assert archive.connection.execute("select count(*) from member").fetchone() == (2,)
        undo(archive, writer.id)
        assert history.totals(archive.connection)["identity"] == 0


def test_every_unreadable_stretch_is_a_record_and_a_problem_with_its_bytes(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        file = File("ab")
        writer = keep(archive, file, [file.unreadable("torn"), file.say("2023-05-14 09:30", "Ana", "ok"), file.guess()])
        assert writer.counts | {"new": 1, "unreadable": 1, "problems": 1} == writer.counts
        assert history.problems(archive.connection, writer.id) == [
            {
                "import": 1,
                "what": "unreadable",
                "note": "torn",
                "loss": "message",
                "file": "Garden Club.txt",
                "start": 0,
                "end": 100,
            }
        ]
        records = archive.connection.execute("select ordinal, byte_start, status from record").fetchall()
        assert records == [(0, 0, "unreadable"), (1, 100, "read")]
        assert archive.connection.execute("select zone from source_file").fetchone() == ("+02:00",)


def test_the_audit_trail_tells_of_import_and_undo(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        writer = keep(archive, file := File("ab"), chat(file))
        undo(archive, writer.id)
        trail = archive.connection.execute("select event, detail from audit order by id").fetchall()
        assert [event for event, _ in trail] == ["ingestion", "deletion"]
        assert json.loads(trail[1][1])["removed"] == 5


said = st.lists(
    st.tuples(st.integers(0, 6), st.sampled_from(["Ana", "Bo"]), st.sampled_from(["ok", "OK", "yes", "tank"])),
    max_size=25,
)


@settings(max_examples=40, deadline=None)
@given(said, st.data())
def test_any_window_of_a_chat_adds_nothing_and_undo_restores_the_digest(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[int, str, str]], data: st.DataObject
) -> None:
    lines = sorted(lines, key=lambda line: line[0])

    def tell(file: File, some: list[tuple[int, str, str]]) -> list[Message]:
        return [file.say(f"2023-05-14 09:{minute:02}", who, text) for minute, who, text in some]

    cut = data.draw(st.integers(0, 7), label="first minute of the window")
    with fresh(tmp_path_factory.mktemp("archive")) as archive:
        keep(archive, file := File("ab"), tell(file, lines))
        before = digest(archive.connection)
        file = File("cd")
        writer = keep(archive, file, tell(file, [line for line in lines if line[0] >= cut]), batch=4)
        assert writer.counts["new"] == 0
        assert digest(archive.connection) == before
        undo(archive, writer.id)
        assert digest(archive.connection) == before
        undo(archive, 1)
        assert texts(archive) == []
        assert sound(archive)


def test_photos_helper_names_only_present_files() -> None:
    file = File("ab")
    assert photos(
        [file.photo("2023-05-14 09:30", "Ana", "omitted"), file.photo("2023-05-14 09:30", "A", "present", "cd")]
    ) == [("cd", 3, "image/jpeg")]


def test_an_interrupted_second_file_of_the_same_chat_is_still_compared_with_the_first(tmp_path: Path) -> None:
    def both() -> tuple[File, File, list[Item]]:
        a, b = File("ab"), File("cd")
        older = [a.say(f"2023-05-14 09:{n:02}", "Ana", f"m{n}") for n in range(30)]
        newer = [b.say(f"2023-05-14 09:{n:02}", "Ana", f"m{n}") for n in range(10, 40)]
        return a, b, [a.opening(), *older, b.opening(), *newer]

    with fresh(tmp_path) as archive:
        for stop in (4, 99):
            a, b, items = both()
            writer = begin(archive, a)
            writer.keep_file((b.digest, None), "again.txt", b.digest, 10, None)
            for part in list(batches(items, 9))[:stop]:
                writer.add(part)
            writer.close()
        assert texts(archive) == [f"m{n}" for n in range(40)]
        assert (writer.counts["new"], writer.counts["duplicate"]) == (40, 20)
