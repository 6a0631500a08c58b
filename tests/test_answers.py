"""Answers in every form: grouped for a person, exact for a program, harmless in both, paged when long."""

import csv
import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from archiver.model import Hit, KeptMessage
from archiver.ui import data
from archiver.ui.messages import as_they_come, by_conversation, stretches
from tests.test_cli import TXT, ZIP, Archive, archive_in
from tests.test_ui import on_a_terminal

EXAMPLES = ZIP.parent


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("answers") / "home"
    assert archive_in(folder)("import", ZIP, TXT, EXAMPLES / "garden-club-list.mbox").returncode == 0
    return folder


@pytest.fixture(scope="module")
def filled(home: Path) -> Archive:
    return archive_in(home)


def hit(conversation: int, text: str = "x") -> Hit:
    return Hit(
        KeptMessage(
            id=f"202305141432-0000000{conversation}", row=conversation, conversation=str(conversation),
            conversation_title=f"Chat {conversation}", conversation_id=conversation, source="mail", kind="text",
            sender=None, at=None, at_local=None, precision=None, subject=None, text=text,
        ),
        text,
    )  # fmt: skip


def test_the_best_come_first_under_their_conversations_and_in_time_nothing_is_moved() -> None:
    found = [(hit(chat), (), ()) for chat in (2, 1, 2, 3, 1)]
    assert [(title, len(group)) for title, group in by_conversation(found)] == [
        ("Chat 2", 2), ("Chat 1", 2), ("Chat 3", 1),
    ]  # fmt: skip
    assert [title for title, _ in as_they_come(found)] == ["Chat 2", "Chat 1", "Chat 2", "Chat 3", "Chat 1"]


def test_results_stand_under_their_conversations(filled: Archive) -> None:
    shown = filled("search", "water tank", "-n", "30").stdout.splitlines()
    heads = [line for line in shown if line and not line.startswith(" ")]
    assert heads == ["Garden Club", "Garden Club letters"]
    sorted_ = filled("search", "water tank", "-n", "30", "--sort", "oldest").stdout.splitlines()
    assert len([line for line in sorted_ if line and not line.startswith(" ")]) > 2
    ids = filled("search", "water tank", "-n", "30", "--sort", "oldest", "--ids").stdout.split()
    printed = [word for line in sorted_ for word in line.split() if word in ids]
    assert printed == ids


def test_an_answer_has_one_form(filled: Archive) -> None:
    result = filled("search", "tank", "--json", "--csv")
    assert result.returncode == 2
    assert "--json and --csv are two" in result.stderr


@pytest.mark.parametrize(("words", "code"), [("xyzzyplugh", 1), ("tank", 0)])
def test_the_exit_status_tells_whether_anything_is_found_when_asked(filled: Archive, words: str, code: int) -> None:
    assert filled("search", words, "--exit-status").returncode == code
    assert filled("search", words).returncode == 0
    assert filled("sql", f"select 1 where {1 - code} = 1", "--exit-status").returncode == code


def test_sql_answers_in_the_same_forms(filled: Archive) -> None:
    asked = "select -5 as n, '=1+1' as t, null as absent, x'00ff' as bytes"
    face = {"n": -5, "t": "=1+1", "absent": None, "bytes": "00ff"}
    assert json.loads(filled("sql", asked, "--json").stdout) == [face]
    assert json.loads(filled("sql", asked, "--jsonl").stdout) == face
    (row,) = csv.DictReader(io.StringIO(filled("sql", asked, "--csv").stdout))
    assert row == {"n": "-5", "t": "'=1+1", "absent": "", "bytes": "00ff"}
    (row,) = csv.DictReader(io.StringIO(filled("sql", asked, "--tsv").stdout), delimiter="\t")
    assert row["t"] == "'=1+1"
    assert filled("sql", asked).stdout == "n\tt\tabsent\tbytes\n-5\t=1+1\t\t00ff\n"


@pytest.mark.parametrize("flag", ["", "--json", "--jsonl", "--csv", "--tsv"])
def test_foreign_text_never_acts_whatever_asks_for_it(filled: Archive, flag: str) -> None:
    evil = "char(27) || '[31m' || char(8238) || char(13) || char(155) || char(7)"
    shown = filled("sql", f'select {evil} as "a{chr(27)}b"', *filter(None, [flag])).stdout
    assert not any(mark in shown for mark in "\x1b\x9b\x07\u202e\r")


def test_cells_calculate_nothing_and_numbers_stay_numbers() -> None:
    assert [data._cell(value) for value in ("=1", "-1+2", "@x", "\tx", -5, 2.5, None, "ok\x1b")] == [
        "'=1", "'-1+2", "'@x", "'\tx", "-5", "2.5", "", "ok␛",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "command",
    [
        "search tank -n 100",
        "sql 'select * from v_message, v_conversation'",
        "stats activity",
        "help man",
        "show {id} -C 200",
    ],
)
def test_head_is_quiet(home: Path, filled: Archive, command: str) -> None:
    (identifier,) = filled("search", "yoghurt", "--ids", "-n", "1").stdout.split()
    script = f"{sys.executable} -m archiver {command.format(id=identifier)} | head -n 1"
    result = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {script}"],
        capture_output=True,
        text=True,
        env=os.environ | {"ARCHIVE_DIR": str(home)},
        check=False,
    )
    assert result.returncode == 0
    assert "rror" not in result.stderr


def pager(folder: Path) -> Path:
    """A pager that says so before it shows what it is given."""
    program = folder / "pager"
    program.write_text("#!/bin/sh\necho PAGED\ncat\n", encoding="ascii")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def test_a_long_answer_is_paged_and_a_short_one_is_not(home: Path, tmp_path: Path) -> None:
    program = str(pager(tmp_path))

    def shown(number: int, lines: int = 20, term: str = "xterm", by: str = program) -> bool:
        answer = on_a_terminal(home, "search", "tank", "-n", number, lines=lines, PAGER=by, TERM=term, NO_COLOR="1")
        assert "tank" in answer
        return "PAGED" in answer

    assert shown(30)
    assert not shown(2)
    assert not shown(30, by="")
    assert not shown(30, lines=0)
    assert not shown(30, term="dumb")


def test_without_the_pager_the_answer_is_there_all_the_same(home: Path) -> None:
    shown = on_a_terminal(home, "search", "tank", "-n", "30", lines=20, PAGER="/nowhere/less", NO_COLOR="1")
    assert shown.count("tank") > 20


def test_files_and_addresses_are_links_where_the_terminal_opens_them(home: Path, filled: Archive) -> None:
    (photo,) = filled("search", "has:photo kind:media source:whatsapp", "--ids", "-n", "1").stdout.split()
    shown = on_a_terminal(home, "show", photo, FORCE_HYPERLINK="1", NO_COLOR="")
    assert "\x1b]8;" in shown
    assert "file:///" in shown
    assert "\x1b]8;" not in on_a_terminal(home, "show", photo, FORCE_HYPERLINK="0", NO_COLOR="")


@pytest.mark.parametrize("columns", [20, 44, 80])
def test_narrow_terminals_lose_nothing(home: Path, columns: int) -> None:
    shown = on_a_terminal(home, "search", "yoghurt", "-n", "3", columns=columns, NO_COLOR="1")
    assert "yoghurt" in shown.replace("\r\n", "")
    assert on_a_terminal(home, "stats", "activity", columns=columns, NO_COLOR="1")


def test_talk_around_two_hits_that_overlaps_is_shown_once() -> None:
    talk = [hit(number).message for number in range(9)]

    def found(at: int) -> tuple[Hit, list[KeptMessage], list[KeptMessage]]:
        return Hit(talk[at], "x"), talk[max(0, at - 2) : at], talk[at + 1 : at + 3]

    def rows(*places: int) -> list[list[int]]:
        return [[one.row for one in stretch] for stretch in stretches([found(at) for at in places])]

    assert rows(2, 4) == [[0, 1, 2, 3, 4, 5, 6]]
    assert rows(4, 2) == [[0, 1, 2, 3, 4, 5, 6]]
    assert rows(1, 7) == [[0, 1, 2, 3], [5, 6, 7, 8]]
    assert rows(1, 7, 4) == [[0, 1, 2, 3, 4, 5, 6, 7, 8]]
    assert rows(3, 3) == [[1, 2, 3, 4, 5]]


def test_context_on_the_screen_shows_each_message_once(filled: Archive) -> None:
    shown = filled("search", "water tank", "-n", "10", "-C", "5").stdout
    ids = [word for line in shown.splitlines() for word in line.split() if word[:2] == "20" and "-" in word[12:13]]
    assert len(ids) == len(set(ids)) > 20
