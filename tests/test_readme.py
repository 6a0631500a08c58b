"""What the README says, the program does."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from archiver.errors import EXIT_OK

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(name: str) -> list[str]:
    """The lines between two markers, without the fence."""
    found = re.search(rf"<!-- begin: {name} -->\n```\w+\n(.*?)```\n<!-- end -->", README, re.DOTALL)
    assert found, f"README.md has no block “{name}”"
    return found[1].splitlines()


def section(title: str) -> str:
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", README, re.DOTALL | re.MULTILINE)
    assert found, f"README.md has no section “{title}”"
    return found[1]


def commands_of(line: str) -> Iterator[list[str]]:
    """The `archive` commands of a line of the README; what sets up an environment is left out."""
    for part in line.split(" && "):
        words = shlex.split(part)
        if Path(words[0]).name == "archive":
            yield words[1:]


def environment(folder: Path) -> Mapping[str, str]:
    """This process's own, made quiet: no colours, a very wide window, an archive in *folder* unless one is named."""
    return os.environ | {
        "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]),
        "ARCHIVE_DIR": str(folder / "kept"),
        "NO_COLOR": "1",
        "COLUMNS": "200",
    }


def archive(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs `archive` in *folder* as a shell there would, with * unfolded."""
    words = [
        str(path.relative_to(folder))
        for word in arguments
        for path in (sorted(folder.glob(word)) if "*" in word else ())
    ]
    given = [word for word in arguments if "*" not in word] + words
    return subprocess.run(
        [sys.executable, "-m", "archiver", *given],
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with the examples in it, as a clone has."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    return tmp_path


def test_the_main_job_ends_with_the_path_of_a_page_to_open(here: Path) -> None:
    (line,) = block("main job")
    for arguments in commands_of(line):
        done = archive(arguments, here)
        assert done.returncode == EXIT_OK, done.stderr
    page = here / done.stdout.splitlines()[-1]
    assert page.is_file()
    assert "Garden Club" in page.read_text(encoding="utf-8")


def test_every_command_of_the_tour_works_in_its_order(here: Path) -> None:
    for line in block("tour"):
        (arguments,) = commands_of(line)
        done = archive(arguments, here)
        assert done.returncode == EXIT_OK, f"{line}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        if arguments[0] == "search":
            assert done.stdout.strip(), f"{line} finds nothing"


def test_the_picture_is_a_real_answer(here: Path) -> None:
    (line,) = block("main job")
    first, *_rest = commands_of(line)
    archive(first, here)
    prompt, *shown = block("picture")
    (asked,) = commands_of(prompt.removeprefix("$ "))
    answer = archive([*first[:2], *asked], here)
    assert [line.rstrip() for line in shown] == [line.rstrip() for line in answer.stdout.splitlines()]


def test_the_table_of_commands_is_the_list_that_help_gives(tmp_path: Path) -> None:
    told = re.findall(r"^\| `archive ([a-z]+)", README, re.MULTILINE)
    known = re.findall(r"^  ([a-z]+)  ", archive(["--help"], tmp_path).stdout.partition("Commands:")[2], re.MULTILINE)
    assert sorted(told) == sorted(known)


def test_every_flag_the_readme_mentions_exists(tmp_path: Path) -> None:
    verbs = {verb: set[str]() for verb in ("", *re.findall(r"^\| `archive ([a-z]+)", README, re.MULTILINE))}
    for verb, flags in verbs.items():
        flags.update(re.findall(r"(?<![\w-])--?[a-zA-Z][a-z-]*", archive([*verb.split(), "--help"], tmp_path).stdout))
    everywhere = set().union(*verbs.values())
    prose = re.sub(r"<!-- begin: (main job|test line) -->.*?<!-- end -->", "", README, flags=re.DOTALL)
    assert set(re.findall(r"(?<=`)--[a-z-]+", prose)) <= everywhere
    for line in [*block("tour"), *(" ".join(["archive", *words]) for words in commands_of(block("main job")[0]))]:
        (words,) = commands_of(line)
        verb = next(word for word in words if word in verbs)
        assert {word for word in words if re.fullmatch(r"--?[a-zA-Z][a-z-]*", word)} <= verbs[verb] | verbs[""], line


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.split(r"[<>=]", name)[0] for name in project["dependencies"]}
    assert set(re.findall(r"^\| \[([\w-]+)\]", section("What it stands on"), re.MULTILINE)) == wanted


def test_ci_runs_the_lines_of_the_readme_and_has_none_of_its_own() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "line 'test line'" in script
    assert "line 'main job'" in script
    assert "ruff" not in script


PROMISES = 11


def test_every_promise_names_tests_that_are_there() -> None:
    """Behind each promise stand the files of tests that keep it: there, with tests in them, and run by default or by
    .ci/run."""
    promises = re.findall(r"^- \*\*.*?(?=^- \*\*|^\n|\Z)", section("What you can rely on"), re.DOTALL | re.MULTILINE)
    assert len(promises) >= PROMISES
    for promise in promises:
        named = re.findall(r"`(test_\w+)`", promise)
        assert named, promise
        for name in named:
            file = ROOT / "tests" / f"{name}.py"
            assert file.is_file(), f"{promise} names {name}, which is not there"
            assert re.search(r"^def test_", file.read_text("utf-8"), re.MULTILINE), name
