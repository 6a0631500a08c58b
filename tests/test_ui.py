"""What a person sees on a terminal: wrapped, coloured, harmless."""

import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import ui
from archiver.errors import LimitError
from archiver.model import Guess, ImportReport, Origin, Problem
from archiver.ui import reports
from tests.test_cli import TXT, ZIP

pty = pytest.importorskip("pty", reason="a pseudo-terminal is POSIX's")
fcntl = pytest.importorskip("fcntl")
termios = pytest.importorskip("termios")


def on_a_terminal(
    home: Path, *arguments: object, columns: int = 60, lines: int = 0, typed: str = "", **more: str
) -> str:
    """What `archive …` writes to a terminal of that width, stdout and stderr together, and that it left with 0.

    *lines*: its height, if it tells it; *typed*: what the person there types.
    """
    environment = {**os.environ, "ARCHIVE_DIR": str(home), "TERM": "xterm-256color", "COLUMNS": str(columns), **more}
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns if lines else 0, 0, 0))
    command = [sys.executable, "-m", "archiver", *map(str, arguments)]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        os.write(ours, typed.encode())
        shown = bytearray()
        while True:
            try:
                chunk = os.read(ours, 65536)
            except OSError:  # Linux tells the end of a terminal so
                break
            if not chunk:
                break
            shown += chunk
    os.close(ours)
    assert process.returncode == 0, shown.decode()
    return shown.decode()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("terminal") / "home"
    shown = on_a_terminal(folder, "import", ZIP, TXT)
    assert "messages" in shown
    assert "Garden Club" in shown
    return folder


def test_results_are_wrapped_to_the_window_with_the_words_found_in_bold(home: Path) -> None:
    shown = on_a_terminal(home, "search", "water tank", "-n", "3", "-C", "1", columns=50, NO_COLOR="")
    assert "\x1b[1" in shown
    assert "water" in shown


def test_no_color_is_heard(home: Path) -> None:
    shown = on_a_terminal(home, "search", "water tank", "-n", "3", NO_COLOR="1")
    assert "\x1b[3" not in shown


def test_tables_fit_a_narrow_window(home: Path) -> None:
    for verb in (["conversations"], ["status"], ["imports", "list"], ["problems"]):
        shown = on_a_terminal(home, *verb, columns=44, NO_COLOR="1")
        lines = re.sub("\x1b\\[[0-9;]*m", "", shown).splitlines()
        assert max(map(len, lines)) <= 44


def test_a_report_says_all_that_a_person_has_to_know(capsys: pytest.CaptureFixture[str]) -> None:
    where = Origin("whatsapp", "ab" * 32, None, 0, 1)
    counts = dict.fromkeys(("new", "duplicate", "enriched", "revised", "skipped", "unreadable"), 1) | {"problems": 7}
    reports.report(
        ImportReport(
            "whatsapp",
            "WhatsApp chat export",
            ("chat.txt",),
            3,
            counts,
            (Guess("date-order", "dmy", "a coin was thrown", 0.5, where, "--date-order"),),
            tuple(Problem("torn", f"line {n} is torn", where, "message") for n in range(7)),
            ("Garden Club",),
            (("old.txt", 1),),
            resumed=True,
        ),
        "my-archive",
    )
    told = capsys.readouterr().err
    for words in (
        "old.txt” is in the archive already (import 1)", "Went on with chat.txt", "could not be read",
        "--date-order to say otherwise", "line 4 is torn", "2 more: archive problems", "archive imports undo 3",
    ):  # fmt: skip
        assert words in told
    assert "line 5" not in told


def test_a_dry_run_offers_nothing_to_undo(capsys: pytest.CaptureFixture[str]) -> None:
    reports.report(ImportReport("whatsapp", "WhatsApp", ("chat.txt",), 1, dry_run=True), "my-archive")
    told = capsys.readouterr().err
    assert "Dry run" in told
    assert "undo" not in told


def test_an_error_says_what_why_and_what_next(capsys: pytest.CaptureFixture[str]) -> None:
    ui.error(LimitError("Too large.", limit="--limit-ratio", why="It swells.\nA lot.", remedy="Raise it."))
    assert capsys.readouterr().err == "Error: Too large.\n  why: It swells.\n       A lot.\n  next: Raise it.\n"


@given(st.text())
def test_json_is_exact_and_never_acts_on_a_terminal(text: str) -> None:
    import json

    shown = ui.as_json({"text": text})
    assert json.loads(shown) == {"text": text}
    assert not any(mark in shown for mark in "\x1b\x9b\u202e\u2066\u200b\ufeff\x7f")


def test_lines_that_fail_half_way_leave_no_file(tmp_path: Path) -> None:
    def lines() -> object:
        yield "one\n"
        raise RuntimeError("torn")

    with pytest.raises(RuntimeError, match="torn"):
        ui.write_lines(lines(), str(tmp_path / "out.jsonl"))  # type: ignore[arg-type]  # a generator
    assert list(tmp_path.iterdir()) == []
