"""Messages with keys of their own: known by those wherever they are told, and by nothing else."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model import Conversation, Handle, Item, Message, Origin, Reaction, Standing, Stretch, When, singly
from archiver.store import reads
from archiver.store.archive import Archive
from archiver.store.digest import digest
from archiver.store.latest import Latest
from archiver.store.reunite import merge
from archiver.store.run import Run
from archiver.store.undo import undo
from archiver.store.writes import ImportWriter
from tests.talk import fresh, sound, texts

NINE = 1_588_586_400_000 - 3_600_000  # 2020-05-04 09:00 UTC
Row = tuple[int, str, str]  # ms after nine, who, what


class Thread:
    """A pretended file of a thread: each message the next hundred bytes."""

    def __init__(self, digest: str, rows: Sequence[Row], key: str = "club", title: str = "Garden Club") -> None:
        self.digest = digest * (64 // len(digest))
        self.rows = rows
        self.key = f"facebook:thread:{key}"
        self.title = title
        self.marks: dict[int, tuple[Reaction, ...]] = {}
        self.zone = timezone(timedelta(0))

    def opening(self) -> Conversation:
        return Conversation(self.key, self.title, "group")

    def origin(self) -> Origin:
        return Origin("facebook", self.digest, None, 0, 100 * len(self.rows))

    def own_keys(self) -> list[str]:
        return [f"{NINE + ms}:1:{who.casefold()}:{len(what):08x}" for ms, who, what in self.rows]

    def stretch(self) -> Stretch:
        hands = {who: Handle("facebook-name", who.casefold(), who) for _, who, _ in self.rows}
        offset = round((self.zone.utcoffset(None)).total_seconds() / 60)
        return Stretch(
            self.key, self.origin(), [hands[who] for _, who, _ in self.rows],
            [NINE + ms + offset * 60_000 for ms, _, _ in self.rows], [str(NINE + ms) for ms, _, _ in self.rows],
            [what for _, _, what in self.rows], [100 * i for i in range(len(self.rows))],
            [100 * i + 99 for i in range(len(self.rows))],
            {i: Standing("text", self.rows[i][2], (), None, marks) for i, marks in self.marks.items()},
            offset, "second", None, (), self.own_keys(),
        )  # fmt: skip


def begin(archive: Archive, *files: Thread, **options: bool) -> ImportWriter:
    run = Run("facebook", 1, {}, "".join(file.digest[:2] for file in files), [file.title for file in files])
    writer = ImportWriter(archive, run, **options)
    for file in files:
        writer.keep_file((file.digest, None), f"{file.digest[:2]}.json", file.digest, 1000, None)
    return writer


def keep(archive: Archive, *files: Thread, by_one: bool = False, **options: bool) -> ImportWriter:
    """Import the files, in stretches or message by message."""
    writer = begin(archive, *files, **options)
    for file in files:
        items: Iterable[Item] = [file.opening(), file.stretch()]
        writer.add(list(singly(items)) if by_one else list(items))
    writer.finish()
    return writer


def talk(count: int, first: int = 0, step: int = 40_000) -> list[Row]:
    return [(step * i, ("Ana", "Ben")[i % 2], f"what was said as number {i}") for i in range(first, first + count)]


@pytest.mark.parametrize("by_one", [False, True])
def test_what_two_files_of_a_thread_both_tell_is_there_once_with_both_records(tmp_path: Path, by_one: bool) -> None:
    with fresh(tmp_path) as archive:
        writer = keep(archive, Thread("ab", talk(30)), Thread("cd", talk(30, 20)), by_one=by_one)
        assert (writer.counts["new"], writer.counts["duplicate"]) == (50, 10)
        assert texts(archive) == [what for _, _, what in talk(50)]
        assert [role for role, _ in reads.observations(archive.connection, 25)] == ["first", "duplicate"]
        assert sound(archive)


@pytest.mark.parametrize("by_one", [False, True])
def test_a_file_that_steps_back_in_time_is_looked_up_and_placed_by_time(tmp_path: Path, by_one: bool) -> None:
    with fresh(tmp_path) as archive:
        keep(archive, Thread("ab", talk(10, 20)), Thread("cd", talk(25)), by_one=by_one)
        assert texts(archive) == [what for _, _, what in talk(30)]
        assert sound(archive)


def test_messages_of_one_minute_on_both_sides_of_a_files_end_are_neither_lost_nor_doubled(tmp_path: Path) -> None:
    rows = talk(12, step=7_000)  # eight or nine to a minute
    with fresh(tmp_path) as archive:
        writer = keep(archive, Thread("ab", rows[:7]), Thread("cd", rows[6:]))
        assert (writer.counts["new"], writer.counts["duplicate"]) == (12, 1)
        assert texts(archive) == [what for _, _, what in rows]


def test_a_key_twice_in_one_stretch_is_one_message(tmp_path: Path) -> None:
    rows = [*talk(3), talk(3)[-1]]
    with fresh(tmp_path) as archive:
        writer = keep(archive, Thread("ab", rows))
        assert (writer.counts["new"], writer.counts["duplicate"]) == (3, 1)
        assert sound(archive)


def test_a_later_export_adds_what_is_new_and_undo_leaves_what_was(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        keep(archive, Thread("ab", talk(30)))
        before = digest(archive.connection)
        writer = keep(archive, Thread("cd", talk(40, 10)))
        assert (writer.counts["new"], writer.counts["duplicate"]) == (20, 20)
        undo(archive, writer.id)
        assert digest(archive.connection) == before
        assert keep(archive, Thread("ef", talk(30))).counts["duplicate"] == 30


def test_a_message_is_the_same_one_whatever_zone_was_named(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        keep(archive, Thread("ab", talk(30)))
        before = digest(archive.connection)
        again = Thread("cd", talk(30))
        again.zone = timezone(timedelta(hours=2))
        assert keep(archive, again).counts["duplicate"] == 30
        assert digest(archive.connection) == before


def test_two_owners_threads_with_the_same_messages_are_one_under_either_name(tmp_path: Path) -> None:
    mine, theirs = Thread("ab", talk(30), "1", "Ben"), Thread("cd", talk(40, 5), "2", "Ana")
    with fresh(tmp_path) as archive:
        keep(archive, mine)
        before = digest(archive.connection)
        writer = keep(archive, theirs)
        assert (writer.counts["new"], writer.counts["duplicate"]) == (15, 25)
        assert [(guess.what, guess.value) for guess in writer.guesses] == [("conversation", "Ben")]
        assert texts(archive) == [what for _, _, what in talk(45)]
        assert keep(archive, Thread("ef", talk(50, 5), "2", "Ana")).counts["new"] == 10
        assert sound(archive)
        undo(archive, 3)
        undo(archive, 2)
        assert digest(archive.connection) == before


def test_two_owners_threads_in_one_import_are_one_too_though_each_has_several_files(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        files = [Thread("ab", talk(20), "1", "Ben"), Thread("ac", talk(20, 20), "1", "Ben")]
        files += [Thread("cd", talk(30, 15), "2", "Ana"), Thread("ce", talk(10, 45), "2", "Ana")]
        writer = keep(archive, *files)
        assert (writer.counts["new"], writer.counts["duplicate"]) == (55, 25)
        assert texts(archive) == [what for _, _, what in talk(55)]
        assert archive.connection.execute("select count(*) from conversation").fetchone() == (1,)
        assert sound(archive)


def test_an_overlap_that_only_a_later_file_shows_joins_what_came_before_it_too(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        keep(archive, Thread("ab", talk(20, 30), "1", "Ben"))
        keep(archive, Thread("cd", talk(30), "2", "Ana"), Thread("ce", talk(15, 30), "2", "Ana"))
        assert texts(archive) == [what for _, _, what in talk(50)]
        assert sound(archive)


def test_a_greeting_that_went_to_two_threads_at_once_joins_nothing(tmp_path: Path) -> None:
    card = [(1_000, "Ana", "Happy new year, and no frost!")]
    with fresh(tmp_path) as archive:
        one, two = Thread("ab", [*card, *talk(20, 1)], "1"), Thread("cd", [*card, *talk(20, 1, 41_000)], "2")
        keep(archive, one, two)
        assert archive.connection.execute("select count(*) from conversation").fetchone() == (2,)
        assert len(texts(archive)) == 42


def test_merging_by_hand_keeps_the_keys_so_that_nothing_comes_twice_afterwards(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        keep(archive, Thread("ab", talk(5), "1"), Thread("cd", talk(5, 100), "2"))
        merge(archive, 2, 1)
        assert keep(archive, Thread("ef", talk(6, 100), "2")).counts["duplicate"] == 5
        assert sound(archive)


HEART, LAUGH = Handle("facebook-name", "cleo", "Cleo"), Handle("facebook-name", "dan", "Dan")


def test_reactions_add_up_in_any_order_and_undo_takes_back_its_own(tmp_path: Path) -> None:
    first, second = Thread("ab", talk(3)), Thread("cd", talk(3))
    first.marks = {1: (Reaction(HEART, "❤"),)}
    second.marks = {1: (Reaction(LAUGH, "😂"), Reaction(HEART, "❤", datetime(2020, 5, 4, 9, 30, tzinfo=UTC)))}
    sums = []
    for name, files in (("one", (first, second)), ("two", (second, first))):
        with fresh(tmp_path / name) as archive:
            keep(archive, files[0])
            alone = digest(archive.connection)
            assert keep(archive, files[1]).counts["new"] == 0
            sums.append(digest(archive.connection))
            ((message,),) = [reads.load(archive.connection, [2])]
            assert {(one.by.name if one.by else "", one.value, one.at is None) for one in message.reactions} == {
                ("Cleo", "❤", False),
                ("Dan", "😂", True),
            }
            undo(archive, 2)
            assert digest(archive.connection) == alone
    assert sums[0] == sums[1]


def test_an_interrupted_import_goes_on_to_the_same_archive(tmp_path: Path) -> None:
    files = [Thread("ab", talk(30)), Thread("cd", talk(30, 20))]
    with fresh(tmp_path / "whole") as archive:
        keep(archive, *files)
        wanted = digest(archive.connection)
    with fresh(tmp_path / "cut") as archive:
        writer = begin(archive, *files)
        writer.add([files[0].opening(), files[0].stretch()])
        writer.close()
        again = begin(archive, *files)
        assert again.resumed
        for file in files:
            again.add([file.opening(), file.stretch()])
        again.finish()
        assert digest(archive.connection) == wanted


moments = st.lists(st.tuples(st.integers(0, 600_000), st.sampled_from(["Ana", "Ben"]), st.text(max_size=3)), min_size=1)


@given(moments, st.data())
def test_in_whatever_pieces_and_order_a_thread_is_told_every_message_is_there_once(
    rows: list[Row], data: st.DataObject
) -> None:
    known: dict[str, Row] = {}
    for row in sorted(rows):
        known.setdefault(Thread("ab", [row]).own_keys()[0], row)
    cuts = data.draw(st.lists(st.integers(0, len(rows)), max_size=3))
    pieces = [sorted(rows[a:b]) for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), len(rows)], strict=True)]
    pieces = data.draw(st.permutations([piece for piece in pieces if piece]))
    latest = Latest(sole=True)
    stored: set[tuple[int, int]] = set()
    for piece in pieces:
        minutes = [(NINE + ms) // 60_000 for ms, _, _ in piece]
        keys = [hash(key) for key in Thread("ab", piece).own_keys()]
        if latest.new(minutes, keys):
            assert stored.isdisjoint(zip(minutes, keys, strict=True))
            assert len(set(keys)) == len(keys)
        stored.update(zip(minutes, keys, strict=True))
    assert len(stored) == len(known)


def test_only_who_has_a_conversation_for_himself_is_ever_sure() -> None:
    assert Latest(sole=True).new([5, 6], [1, 2])
    assert not Latest().new([5, 6], [1, 2])
    assert not Latest(sole=True).new([6, 5], [1, 2])
    assert not Latest(sole=True).new([-1], [1])


def test_a_message_and_its_stretch_say_the_same(tmp_path: Path) -> None:
    file = Thread("ab", talk(3))
    file.marks = {2: (Reaction(HEART, "❤"),)}
    wanted = [
        Message(
            file.key, Handle("facebook-name", who.casefold(), who),
            When(datetime.fromtimestamp((NINE + ms) / 1000, UTC), str(NINE + ms), None, "second"), what,
            Origin("facebook", file.digest, None, 100 * i, 100 * i + 99),
            key=file.own_keys()[i], reactions=file.marks.get(i, ()),
        )
        for i, (ms, who, what) in enumerate(file.rows)
    ]  # fmt: skip
    assert list(file.stretch()) == wanted


def test_what_a_message_answers_is_learnt_from_whichever_export_tells_it(tmp_path: Path) -> None:
    bare, told = Thread("ab", talk(3)), Thread("cd", talk(3))
    answer = [message._replace(reply_to=told.own_keys()[0]) for message in told.stretch()][2]
    with fresh(tmp_path) as archive:
        keep(archive, bare)
        before = digest(archive.connection)
        writer = begin(archive, told)
        writer.add([told.opening(), answer])
        writer.finish()
        assert writer.counts["enriched"] == 1
        assert archive.connection.execute("select reply_to from message where id = 3").fetchone() == (
            told.own_keys()[0],
        )
        undo(archive, writer.id)
        assert digest(archive.connection) == before


class Club(Thread):
    """A thread whose export says who belongs to it, those who are silent, too."""

    def opening(self) -> Conversation:
        return replace(super().opening(), members=(Handle("facebook-name", "mei", "Mei"),))


@pytest.mark.parametrize("gone", [1, 2])
def test_whoever_two_exports_say_belongs_there_stays_when_one_of_them_is_undone(tmp_path: Path, gone: int) -> None:
    files = Club("a", talk(40)), Club("b", talk(50))
    with fresh(tmp_path / "one") as archive:
        keep(archive, files[2 - gone])
        alone = digest(archive.connection)
    with fresh(tmp_path / "both") as archive:
        for file in files:
            keep(archive, file)
        undo(archive, gone)
        assert digest(archive.connection) == alone
        assert sound(archive)
