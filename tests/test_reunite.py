"""The same conversation, exported twice, by anyone: through the real importer into the store, and back by undo."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from archiver.store import history, reunite, writes
from archiver.store.archive import open_archive, writing
from archiver.store.digest import digest
from archiver.store.undo import undo
from tests import reunions, twice
from tests.reunions import bring
from tests.talk import sound
from tests.twice import Pairing, Scenario
from tests.whatsapp_chats import android

BY_NAME = {scenario.name: scenario for scenario in twice.SCENARIOS}
NEW = [scenario for scenario in twice.SCENARIOS if scenario.old != scenario.new]
MESSAGES = 600


def exports(tmp_path: Path, scenario: Scenario, messages: int = MESSAGES, seed: int = 3) -> tuple[Path, Path, Pairing]:
    pairing = twice.play(scenario, messages, seed)
    return *reunions.files(tmp_path, scenario, pairing), pairing


def chat(folder: Path, title: str, *lines: str) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / f"WhatsApp Chat with {title}.txt"
    file.write_text(android(*lines), encoding="utf-8", newline="")
    return file


def facts(home: Path) -> tuple[str, dict[str, int]]:
    with open_archive(home) as archive:
        return digest(archive.connection), history.totals(archive.connection)


def titles(home: Path) -> list[str]:
    with open_archive(home) as archive:
        return [title for (title,) in archive.connection.execute("select title from conversation order by id")]


@pytest.mark.parametrize("scenario", NEW, ids=lambda scenario: scenario.name)
def test_no_message_is_lost_and_none_doubled(tmp_path: Path, scenario: Scenario) -> None:
    old, new, pairing = exports(tmp_path, scenario)
    bring(tmp_path / "home", old)
    report = bring(tmp_path / "home", new)
    with open_archive(tmp_path / "home", write=True) as archive:
        score = reunions.outcome(archive, pairing)
        assert sound(archive)
        (messages,) = archive.connection.execute("select count(*) from message").fetchone()
        (conversations,) = archive.connection.execute("select count(*) from conversation").fetchone()
    assert score.lost <= (0 if scenario.whole else 2)
    assert score.doubled <= (0 if scenario.whole else 3)
    assert sum(report.counts[word] for word in ("new", "duplicate", "enriched", "revised")) == len(pairing.told[1])
    assert messages == len(pairing.told[0]) + report.counts["new"]
    assert conversations == 1


@pytest.mark.parametrize(
    "name", ["other phone and address book", "media after all", "deleted and edited since", "everything at once",
             "other zone, other summer time", "renamed group", "newest N start elsewhere"],
)  # fmt: skip
def test_undo_of_either_import_leaves_what_the_other_one_says(tmp_path: Path, name: str) -> None:
    old, new, _ = exports(tmp_path, BY_NAME[name])
    alone = []
    for number, file in enumerate((old, new)):
        bring(tmp_path / f"alone-{number}", file)
        alone.append(facts(tmp_path / f"alone-{number}"))
    bring(tmp_path / "home", old)
    bring(tmp_path / "home", new)
    for going, left in ((2, alone[0]), (1, alone[1])):
        home = tmp_path / f"without-{going}"
        shutil.copytree(tmp_path / "home", home)
        with writing(home) as archive:
            undo(archive, going)
            assert sound(archive)
        assert facts(home) == left


@pytest.mark.parametrize(
    "name", ["other phone and address book", "media after all", "deleted and edited since", "gap filled later",
             "overlap of 12", "captions on one side", "older backfill"],
)  # fmt: skip
def test_the_order_of_import_does_not_matter(tmp_path: Path, name: str) -> None:
    old, new, _ = exports(tmp_path, BY_NAME[name])
    bring(tmp_path / "there", old)
    bring(tmp_path / "there", new)
    bring(tmp_path / "back", new)
    bring(tmp_path / "back", old)
    bring(tmp_path / "both", old, new)
    timed = BY_NAME[name].old.zone == BY_NAME[name].new.zone
    there = reunions.said(tmp_path / "there", timed=timed)
    assert reunions.said(tmp_path / "back", timed=timed) == there
    assert reunions.said(tmp_path / "both", timed=timed) == there


def test_two_names_of_one_person_are_linked_with_the_evidence_and_can_be_parted(tmp_path: Path) -> None:
    old, new, pairing = exports(tmp_path, BY_NAME["other phone and address book"])
    bring(tmp_path / "home", old)
    bring(tmp_path / "home", new)
    with writing(tmp_path / "home") as archive:
        sql = archive.connection
        links = sql.execute("select evidence from identity_link where basis = 'aligned'").fetchall()
        spoken = {one.label for one in pairing.told[1] if not one.kind.startswith("event.")}
        assert len(spoken) // 2 < len(links) <= len(spoken)
        assert all(evidence >= reunite.EVIDENCE for (evidence,) in links)
        undo(archive, 2)
        assert sql.execute("select count(*) from identity_link where basis = 'aligned'").fetchone() == (0,)


def test_strangers_with_one_title_stay_apart(tmp_path: Path) -> None:
    one = chat(tmp_path / "a", "Family", *(f"Ana: the bread number {n} is ready" for n in range(60)))
    other = chat(tmp_path / "b", "Family", *(f"Bo: we meet at gate {n} tonight" for n in range(60)))
    bring(tmp_path / "home", one)
    report = bring(tmp_path / "home", other)
    assert titles(tmp_path / "home") == ["Family", "Family"]
    assert [guess.option for guess in report.guesses if guess.what == "conversation"] == ["--into"]
    with writing(tmp_path / "home") as archive:
        assert sound(archive)
        undo(archive, 1)
    bring(tmp_path / "alone", other)
    assert facts(tmp_path / "home")[1] == facts(tmp_path / "alone")[1]


def test_one_coincidence_does_not_make_strangers_one_conversation(tmp_path: Path) -> None:
    one = chat(tmp_path / "a", "Family", *(f"Ana: the bread number {n} is ready" for n in range(60)), "Ana: ok")
    other = chat(tmp_path / "b", "Family", *(f"Ana: we meet at gate {n} tonight" for n in range(60)), "Ana: ok")
    bring(tmp_path / "home", one)
    report = bring(tmp_path / "home", other)
    assert titles(tmp_path / "home") == ["Family", "Family"]
    assert (report.counts["new"], report.counts["duplicate"]) == (61, 0)
    with writing(tmp_path / "home") as archive:
        assert sound(archive)
        undo(archive, 2)
    bring(tmp_path / "alone", one)
    assert facts(tmp_path / "home") == facts(tmp_path / "alone")


def test_one_title_and_the_same_people_at_another_time_are_one_conversation_and_it_is_said(tmp_path: Path) -> None:
    one = chat(tmp_path / "a", "Family", *(f"Ana: the bread number {n} is ready" for n in range(9)))
    later = chat(tmp_path / "b", "Family", *(f"Ana: we meet at gate {n} tonight" for n in range(9)))
    later.write_text(later.read_text().replace("/2022", "/2023"), encoding="utf-8", newline="")
    bring(tmp_path / "home", one)
    report = bring(tmp_path / "home", later)
    assert titles(tmp_path / "home") == ["Family"]
    assert [guess.option for guess in report.guesses if guess.what == "conversation"] == ["--new"]


def test_a_renamed_group_is_recognised_and_the_next_export_of_it_too(tmp_path: Path) -> None:
    lines = [f"{('Ana', 'Bo', 'Cleo')[n % 3]}: message number {n} of this group" for n in range(120)]
    home = tmp_path / "home"
    bring(home, chat(tmp_path / "a", "Seed Swap", *lines[:90]))
    report = bring(home, chat(tmp_path / "b", "Seed Swap 2024", *lines[:110]))
    assert (report.counts["new"], report.counts["duplicate"]) == (20, 90)
    assert titles(home) == ["Seed Swap"]
    report = bring(home, chat(tmp_path / "c", "Seed Swap 2024", *lines))
    assert (report.counts["new"], report.counts["duplicate"]) == (10, 110)


def test_with_new_a_chat_stays_apart_whatever_it_says(tmp_path: Path) -> None:
    lines = [f"Ana: message number {n} of this group" for n in range(40)]
    bring(tmp_path / "home", chat(tmp_path / "a", "Seeds", *lines))
    report = bring(tmp_path / "home", chat(tmp_path / "b", "Seeds", *lines, "Bo: and one more"), apart=True)
    assert report.counts["new"] == 41
    assert len(titles(tmp_path / "home")) == 2


def test_two_conversations_are_merged_by_hand_and_split_again(tmp_path: Path) -> None:
    lines = [f"Ana: message number {n} of this group" for n in range(40)]
    home = tmp_path / "home"
    bring(home, chat(tmp_path / "a", "Seeds", *lines[:30]))
    bring(home, chat(tmp_path / "b", "Seeds", *lines), apart=True)
    with writing(home) as archive:
        assert reunite.merge(archive, 2, 1) == {"moved": 10, "in_both": 30}
        assert sound(archive)
        assert reunions.texts_of(archive) == [line.partition(": ")[2] for line in lines]
        counts = reunite.split(archive, 1, 2)
        assert (counts["moved"], counts["copied"]) == (40, 30)
        assert sound(archive)
        assert [n for (n,) in archive.connection.execute(
            "select count(*) from message group by conversation_id order by 1")] == [30, 40]  # fmt: skip


def test_a_message_deleted_since_keeps_its_text_and_is_marked(tmp_path: Path) -> None:
    lines = [f"Ana: message number {n} of this group" for n in range(40)]
    home = tmp_path / "home"
    bring(home, chat(tmp_path / "a", "Seeds", *lines))
    report = bring(home, chat(tmp_path / "b", "Seeds", *lines[:20], "Ana: This message was deleted", *lines[21:]))
    assert (report.counts["revised"], report.counts["new"]) == (1, 0)
    with open_archive(home) as archive:
        (found,) = archive.connection.execute("select text, kind from message where extra like '%deleted%'").fetchall()
        assert found == ("message number 20 of this group", "text")
        assert archive.connection.execute("select count(*) from message_revision").fetchone() == (1,)


def test_importing_a_growing_chat_again_and_again_adds_observations_only(tmp_path: Path) -> None:
    home, sizes = tmp_path / "home", []
    old, new, _ = exports(tmp_path, BY_NAME["other phone"], 300)
    bring(home, old)
    for round_ in range(12):
        again = tmp_path / f"again-{round_}" / new.name
        again.parent.mkdir()
        again.write_bytes(new.read_bytes() + b"\n" * round_)  # other bytes, the same messages
        bring(home, again)
        sizes.append(_rows(home))
    tables, observations = zip(*sizes, strict=True)
    assert len(set(tables)) == 1
    assert observations[-1] - observations[0] == 11 * 300


def _rows(home: Path) -> tuple[tuple[int, ...], int]:
    with open_archive(home) as archive:
        sql = archive.connection
        return tuple(_count(sql, table) for table in ("message", "identity", "person")), _count(sql, "record")


def _count(sql: sqlite3.Connection, table: str) -> int:
    return int(sql.execute(f"select count(*) from {table}").fetchone()[0])


def test_greetings_that_strangers_share_are_not_even_looked_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking costs an import that overlaps with nothing next to nothing: it never gets as far as the alignment."""
    aligned: list[object] = []
    monkeypatch.setattr(reunite, "align", lambda *tellings: aligned.append(tellings))
    said = ["good morning to all of you", "thank you all", "ok"]
    for name, what in (("Ana", "bread"), ("Bo", "gate")):
        lines = [f"{name}: {what} number {n} is near the old harbour wall" for n in range(60)]
        bring(tmp_path / "home", chat(tmp_path / name, what, *lines, *(f"{name}: {text}" for text in said)))
    assert titles(tmp_path / "home") == ["bread", "gate"]
    assert aligned == []


def test_an_import_killed_while_its_file_is_compared_is_completed_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new, _ = exports(tmp_path, BY_NAME["everything at once"])
    for home in ("undisturbed", "killed"):
        bring(tmp_path / home, old)
    bring(tmp_path / "undisturbed", new)

    def torn(sql: sqlite3.Connection, told: reunite.Told) -> reunite.Reunion:
        reunite.reunite(sql, told)  # all of it is done, and none of it committed
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(writes, "reunite", torn)
        with pytest.raises(KeyboardInterrupt):
            bring(tmp_path / "killed", new)
    with open_archive(tmp_path / "killed", write=True) as archive:
        assert sound(archive)
    assert bring(tmp_path / "killed", new).resumed
    assert facts(tmp_path / "killed") == facts(tmp_path / "undisturbed")
