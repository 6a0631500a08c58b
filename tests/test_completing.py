"""What the shell offers on Tab: of the archive, quickly, and nothing that could act on a command line."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.cli import completing
from archiver.store import peek
from archiver.store.archive import writing
from tests.test_cli import TXT, ZIP, archive_in

EXAMPLES = ZIP.parent


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("completing") / "home"
    run = archive_in(folder)
    assert run("import", ZIP, TXT, EXAMPLES / "garden-club-list.mbox").returncode == 0
    assert run("tag", "add", "frog", "Oral History").returncode == 0
    assert run("search", "tank OR frog", "--save", "tanks").returncode == 0
    return folder


def bash(home: Path, *words: str) -> list[str]:
    """What bash is offered for the last of these words, `:` being a word of its own there."""
    return _offered(home, "bash", COMP_WORDS="\n".join(words), COMP_CWORD=str(len(words) - 1))


def fish(home: Path, line: str) -> list[str]:
    return _offered(home, "fish", _TYPER_COMPLETE_ARGS=line, _TYPER_COMPLETE_FISH_ACTION="get-args")


def zsh(home: Path, line: str) -> str:
    return "\n".join(_offered(home, "zsh", _TYPER_COMPLETE_ARGS=line))


def _offered(home: Path, shell: str, **more: str) -> list[str]:
    environment = os.environ | {"ARCHIVE_DIR": str(home), "_ARCHIVE_COMPLETE": f"complete_{shell}", **more}
    done = subprocess.run(
        [sys.executable, "-m", "archiver"], capture_output=True, encoding="utf-8", env=environment, check=False
    )
    assert "Traceback" not in done.stderr
    return [line for line in done.stdout.splitlines() if line]


def test_fields_people_conversations_tags_and_searches_are_offered(home: Path) -> None:
    assert bash(home, "archive", "search", "fr") == ["from:"]
    assert "Kofi" in bash(home, "archive", "search", "from", ":", "ko")
    assert '\\"Kofi\\ Mensah-Reed\\"' in bash(home, "archive", "search", "from", ":", "mensah")
    assert "Kofi" in bash(home, "archive", "search", "from", ":")
    assert '\\"Garden\\ Club\\"' in bash(home, "archive", "search", "in", ":", "gard")
    assert bash(home, "archive", "search", "tag", ":", "hist") == ['\\"Oral\\ History\\"']
    assert bash(home, "archive", "search", "@t") == ["@tanks"]
    assert bash(home, "archive", "search", "is", ":", "e") == ["edited", "event"]
    assert "photo" in bash(home, "archive", "search", "has", ":", "pho")
    assert bash(home, "archive", "search", "nonsense", ":", "x") == []
    assert bash(home, "archive", "tag", "add", "frog", "or") == ["Oral\\ History"]
    assert bash(home, "archive", "searches", "forget", "t") == ["tanks"]
    assert "Garden\\ Club" in bash(home, "archive", "conversations", "merge", "gard")
    assert bash(home, "archive", "help", "qu") == ["query"]


def test_other_shells_get_whole_words(home: Path) -> None:
    assert 'from:"Kofi Mensah-Reed"' in fish(home, "archive search from:mens")
    shown = zsh(home, "archive search from:mens")
    assert "Mensah-Reed" in shown
    assert '""' not in shown


def test_the_words_that_bash_is_offered_reach_the_program_as_one_value(home: Path) -> None:
    (offered,) = bash(home, "archive", "search", "tag", ":", "hist")
    (word,) = shlex.split(f"tag:{offered}")
    assert word == 'tag:"Oral History"'
    assert archive_in(home)("search", word, "--ids").stdout.split()


def test_without_an_archive_or_with_another_one_there_is_silence(home: Path, tmp_path: Path) -> None:
    assert bash(tmp_path, "archive", "search", "from", ":", "ko") == []
    assert bash(home, "archive", "--archive", str(tmp_path), "search", "from", ":", "ko") == []
    assert "Kofi" in bash(tmp_path, "archive", "--archive", str(home), "search", "from", ":", "ko")
    (tmp_path / "archive.db").write_bytes(b"no database")
    assert bash(tmp_path, "archive", "search", "from", ":", "ko") == []
    assert peek.names(home, "nothing") == []


def test_an_evil_name_is_offered_without_what_could_act(home: Path, tmp_path: Path) -> None:
    evil = tmp_path / "WhatsApp Chat with Evil.txt"
    lines = (f"14/05/2023, 10:0{n} - Eve $(touch pwned)`x`;'&|: zebra {n}" for n in range(5))
    evil.write_text("\n".join(lines) + "\n", "utf-8")
    folder = tmp_path / "evil"
    assert archive_in(folder)("import", evil).returncode == 0
    offered = bash(folder, "archive", "search", "from", ":")
    assert "Eve" in offered
    assert not set("$`;'&|()<>\x1b!*?[]{}~#") & set("".join(offered))


@given(st.text(max_size=40))
def test_what_is_offered_is_one_harmless_word(name: str) -> None:
    found = completing._SAFE.search(name)
    offered = found[0].strip() if found else ""
    assert not set("$`;'\"&|()<>\x1b\\!*?[]{}~#=:\n\t") & set(offered)
    assert not offered.startswith("-")
    if len(offered) > 1:
        assert shlex.split(offered.replace(" ", "\\ ")) == [offered]


def test_the_archive_is_not_upgraded_by_a_tab(home: Path, tmp_path: Path) -> None:
    from tests.test_archive import version_one

    version_one(tmp_path)
    before = (tmp_path / "archive.db").read_bytes()
    assert bash(tmp_path, "archive", "search", "from", ":") == []
    assert (tmp_path / "archive.db").read_bytes() == before


def test_a_tab_while_somebody_writes_does_not_wait_long(home: Path) -> None:
    with writing(home) as archive:
        archive.connection.execute("begin exclusive")
        assert bash(home, "archive", "search", "from", ":", "ko") == []
        archive.give_up()
