"""Searching as its users meet it: real commands, data on stdout, talk on stderr."""

import json
import re
from pathlib import Path

import pytest

from tests.test_cli import EXAMPLES, ZIP, Archive, archive_in
from tests.test_ui import on_a_terminal


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    run = archive_in(tmp_path_factory.mktemp("asked"))
    assert run("import", "--zone", "Europe/London", ZIP, EXAMPLES / "garden-club-list.mbox").returncode == 0
    return run


def test_facets_follow_the_results_as_lines_that_a_program_can_read(filled: Archive) -> None:
    done = filled("search", "tank", "-n", "1", "--facets")
    rows = [line.split("\t") for line in done.stdout.splitlines() if line.count("\t") == 2]
    assert ["sources", "mail"] in [row[:2] for row in rows]
    assert {row[0] for row in rows} == {"people", "conversations", "years", "sources"}
    total = int(done.stderr.split(" shown")[0].rpartition(" of ")[2])
    assert sum(int(count) for kind, _, count in rows if kind == "years") == total


def test_facets_are_part_of_the_json_answer(filled: Archive) -> None:
    answer = json.loads(filled("search", "tank", "--facets", "--json").stdout)
    heaps = answer["facets"]
    assert heaps["counted"] == answer["total"]
    assert heaps["exact"] is True
    assert sum(one["messages"] for one in heaps["conversations"]) == answer["total"]
    assert "facets" not in json.loads(filled("search", "tank", "--json").stdout)


def test_a_typo_is_answered_with_a_question_on_stderr(filled: Archive) -> None:
    done = filled("search", "tnak")
    assert (done.returncode, done.stdout) == (0, "")
    assert "Did you mean: tank" in done.stderr


def test_forms_of_a_word_are_found_when_asked_for(filled: Archive) -> None:
    plain = json.loads(filled("search", "plants", "--json").stdout)["total"]
    assert json.loads(filled("search", "--stem", "en", "plants", "--json").stdout)["total"] > plain
    assert json.loads(filled("search", "--stem", "none", "plants", "--json").stdout)["total"] == plain
    done = filled("search", "--stem", "klingon", "plants")
    assert done.returncode == 2
    assert "klingon" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_archive_may_choose_forms_for_all_its_searches(tmp_path: Path) -> None:
    run = archive_in(tmp_path)
    assert run("import", "--zone", "UTC", ZIP).returncode == 0
    assert run("settings", "show").stdout == "stem: none\n"
    plain = json.loads(run("search", "plants", "--json").stdout)["total"]
    assert run("settings", "stem", "english,de").returncode == 0
    assert json.loads(run("settings", "show", "--json").stdout) == {"stem": ["en", "de"]}
    assert json.loads(run("search", "plants", "--json").stdout)["total"] > plain
    assert json.loads(run("search", "--stem", "none", "plants", "--json").stdout)["total"] == plain
    assert run("settings", "stem", "klingon").returncode == 2
    assert "as typed" in run("settings", "stem", "none").stderr
    assert json.loads(run("settings", "show", "--json").stdout) == {"stem": []}


def test_what_was_not_understood_is_said_in_one_line_each(filled: Archive) -> None:
    done = filled("search", "NOT form:kofi before:soon wat*r")
    assert done.returncode == 0
    told = [line for line in done.stderr.splitlines() if line.startswith("“")]
    assert len(told) == 4


def test_a_date_may_be_several_words(filled: Archive) -> None:
    one = json.loads(filled("search", "tank", "during:march", "2023", "--json").stdout)
    other = json.loads(filled("search", 'tank during:"march 2023"', "--json").stdout)
    assert one["total"] == other["total"] > 0


def test_emoji_and_characters_are_found(filled: Archive) -> None:
    found = json.loads(filled("search", "🐸", "--json").stdout)
    assert found["total"] > 0
    assert all("🐸" in message["text"] for message in found["messages"])


def test_facets_on_a_terminal_have_small_bars_in_proportion(tmp_path: Path) -> None:
    on_a_terminal(tmp_path, "import", "--zone", "UTC", ZIP)
    shown = on_a_terminal(tmp_path, "search", "the", "--facets", "-n", "1", columns=80, NO_COLOR="1")
    shown = re.sub(r"\x1b\[[\d;]*m", "", shown)
    bars = [re.fullmatch(r"(\S.*?) +([\d,]+) (█*[▏▎▍▌▋▊▉]?)", line.rstrip()) for line in shown.splitlines()]
    found = [(len(bar[3]), int(bar[2].replace(",", ""))) for bar in bars if bar]
    assert len(found) > 5
    assert max(found)[0] == 24
    assert all(length >= 1 for length, _ in found)
    for kind in ("people", "conversations", "years", "sources"):
        assert kind in shown
