"""Statistics: what the store counts is what a scan of the messages counts, for all or for what a query finds."""

import json
from collections import Counter
from pathlib import Path

import pytest

from archiver.query import parse
from archiver.store import reads, stats
from archiver.store.archive import Archive
from archiver.store.selecting import selected
from archiver.store.stats import Scope
from archiver.ui import plots
from tests.post import Mailbox
from tests.talk import File, fresh, keep
from tests.test_cli import TXT, ZIP, archive_in
from tests.test_cli import Archive as Command

EXAMPLES = ZIP.parent


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Command:
    run = archive_in(tmp_path_factory.mktemp("stats"))
    assert run("import", ZIP, TXT, EXAMPLES / "garden-club-list.mbox").returncode == 0
    return run


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = fresh(tmp_path_factory.mktemp("store"))
    file, box = File("ab"), Mailbox("cd")
    keep(
        archive,
        file,
        [
            file.say("2022-12-31 23:59", "Ana", "the frog https://a.example"),
            file.say("2023-01-01 00:00", "Bo", "rain"),
            file.photo("2023-01-01 00:30", "Ana", "missing"),
            file.say("2023-01-02 10:00", None, "Bo joined", kind="event.joined"),
        ],
    )
    keep(archive, box, [box.letter("1@x", "a letter"), box.letter("2@x", "another", day=40)])
    return archive


def test_totals_are_those_of_a_scan(archive: Archive) -> None:
    totals = stats.totals(archive.connection, Scope())
    assert totals == {
        "messages": 6, "events": 1, "undated": 0, "edited": 0, "conversations": 2, "people": 3, "files": 1,
        "files_kept": 0,
    }  # fmt: skip


def test_hours_hold_every_message_that_somebody_wrote(archive: Archive) -> None:
    hours = stats.hours(archive.connection, Scope())
    assert sum(count for _, _, count in hours) == 5
    assert {source for source, _, _ in hours} == {"whatsapp"}
    assert [hour for _, hour, _ in hours] == sorted(hour for _, hour, _ in hours)


def test_people_are_counted_under_all_their_names_with_their_days(archive: Archive) -> None:
    people = {one.name: one for one in stats.people(archive.connection, Scope(), 10)}
    assert people["Ana"].messages == 2
    assert (people["Ana"].first, people["Ana"].last) == ("2022-12-31", "2023-01-01")
    assert people["Ana Ruiz"].conversations == 1
    assert len(stats.people(archive.connection, Scope(), 1)) == 1


def test_a_scope_counts_what_its_query_finds(archive: Archive) -> None:
    sql = archive.connection
    rows, _ = selected(sql, parse("from:ana during:2022"))
    texts = [one.text for one in reads.load(sql, rows)]
    assert texts == ["the frog https://a.example"]
    assert stats.totals(sql, Scope(rows))["messages"] == 1
    assert list(stats.texts(sql, Scope(rows))) == [("2022", texts[0])]
    assert [row for row, _, _ in stats.pointing(sql, Scope(rows))] == rows
    assert stats.years(sql, Scope(rows)) == [("2022", 1)]
    assert stats.conversations(sql, Scope(rows), 5) == [("Garden Club", 1)]
    assert stats.totals(sql, Scope([]))["messages"] == 0


def test_without_words_a_query_selects_all_that_is_shown(archive: Archive) -> None:
    assert len(selected(archive.connection, parse(""))[0]) == 6


@pytest.mark.parametrize("what", ["overview", "activity", "people", "words", "links"])
def test_every_count_is_a_picture_and_a_document(command: Command, what: str) -> None:
    shown = command("stats", what)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "█" in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= 120
    document = command("stats", what, "--json")
    assert json.loads(document.stdout)


def test_the_document_adds_up(command: Command) -> None:
    overview = json.loads(command("stats", "overview", "--json").stdout)
    activity = json.loads(command("stats", "activity", "--json").stdout)
    said = overview["messages"] - overview["events"] - overview["undated"]
    assert sum(one["messages"] for one in overview["sources"]) == overview["messages"]
    assert sum(one["messages"] for one in activity["periods"]) == said
    assert sum(map(sum, activity["week"].values())) == said
    people = json.loads(command("stats", "people", "-n", "500", "--json").stdout)
    assert sum(one["messages"] for one in people) <= said
    found = json.loads(command("search", "from:kofi", "-n", "1000", "--json").stdout)["messages"]
    kofi = json.loads(command("stats", "overview", "from:kofi", "--json").stdout)
    assert kofi["messages"] == len(found)
    years = Counter(one["at_local"][:4] for one in found)
    by_year = json.loads(command("stats", "activity", "from:kofi", "--by", "year", "--json").stdout)["periods"]
    assert {one["year"]: one["messages"] for one in by_year} == years


def test_nothing_found_is_said_and_counts_nothing(command: Command) -> None:
    for what in ("overview", "activity", "people", "words", "links"):
        result = command("stats", what, "xyzzyplugh")
        assert result.returncode == 0
        assert "nothing to count" in result.stderr


def test_bars_fill_their_room_and_never_more() -> None:
    assert plots.bar(10, 10, 5) == "█████"
    assert plots.bar(1, 10_000, 5) == "▏"
    assert plots.bar(0, 10, 5) == ""
    assert plots.bar(5, 10, 5) == "██▌"
    assert plots.shade(0, 9) == "·"
    assert plots.shade(1, 9) == "░"
    assert plots.shade(9, 9) == "█"


def test_foreign_names_do_not_act_in_a_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plots.bars([("\x1b[31mEve\u202e", 3), ("漢字" * 40, 2)], ["\x07one", "two"])
    plots.note("\x1b]8;;x\x07")
    plots.bars([])
    plots.heat([[0] * 24] * 7)
    shown = capsys.readouterr().out
    assert not any(mark in shown for mark in "\x1b\x07\u202e")
    assert "…" in shown
