"""The help: every command, option and field is in it, because it is made from them."""

import shutil
import subprocess

import pytest

from archiver.cli import manual
from archiver.fields import FIELDS, STATES, THINGS
from tests.test_cli import Archive, archive_in


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return archive_in(tmp_path_factory.mktemp("manual"))


def test_the_query_language_is_explained_from_the_table_of_fields(archive: Archive) -> None:
    told = archive("help", "query").stdout
    for row in FIELDS:
        assert row.example in told
    for name in (*(f"is:{state}" for state in STATES), *(f"has:{thing.name}" for thing in THINGS)):
        assert name in told


def test_help_on_a_command_is_its_own_help(archive: Archive) -> None:
    assert archive("help", "tag", "add").stdout == archive("tag", "add", "--help").stdout
    assert archive("help").stdout == archive("--help").stdout
    wrong = archive("help", "frog")
    assert wrong.returncode == 2
    assert "no help on “frog”" in wrong.stderr


def test_the_manual_page_has_every_command_and_option(archive: Archive) -> None:
    page = archive("help", "man").stdout
    assert page.startswith('.TH ARCHIVE 1 ""')
    for heading in ("NAME", "SYNOPSIS", "COMMANDS", "THE QUERY LANGUAGE", "EXIT STATUS"):
        assert f".SH {heading}\n" in page
    for words in ("archive search", "archive imports undo", "archive tag add", "\\-\\-exit\\-status", "from:"):
        assert words in page


def test_no_line_of_the_page_is_taken_for_a_request(archive: Archive) -> None:
    requests = {"TH", "SH", "SS", "TP", "B", "PP"}
    for line in archive("help", "man").stdout.splitlines():
        assert not line.startswith("'")
        if line.startswith("."):
            assert line[1:].split(" ")[0] in requests
    assert manual._roff(".so /etc/passwd") == "\\&.so /etc/passwd"
    assert manual._roff("a\\b-c\n'd") == "a\\eb\\-c 'd"


@pytest.mark.skipif(shutil.which("groff") is None, reason="no groff here")
def test_the_page_is_good_roff(archive: Archive) -> None:
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-wall"],
        input=archive("help", "man").stdout,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Interrupted." in done.stdout
