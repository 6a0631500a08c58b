"""Invented exports, one for every trap: each reads as what.txt beside it says, and nothing of it is lost."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from archiver.importers import facebook
from archiver.model import Message, Problem, Single
from tests import goldens

CASES = goldens.cases("facebook")


def read(case: Path) -> list[Single]:
    return goldens.read(facebook, [case / "dump"], goldens.hints_of(case))


def messages(items: list[Single]) -> Iterator[Message]:
    return (item for item in items if isinstance(item, Message))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_export_reads_as_expected(case: Path, accept: bool) -> None:
    goldens.check(facebook, case, accept=accept)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_case_says_in_words_what_must_happen(case: Path) -> None:
    assert (case / "what.txt").read_text("utf-8").strip().endswith((".", ")."))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_file_is_small_enough_to_read(case: Path) -> None:
    assert sum(path.stat().st_size for path in case.rglob("*") if path.is_file()) < 40_000


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_nothing_that_is_read_is_unfit_for_the_store_or_tells_a_machines_address(case: Path) -> None:
    for item in read(case):
        said = repr(item)
        said.encode()
        assert "192.0.2." not in said
        assert not isinstance(item, Message) or "\0" not in item.text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_reading_twice_gives_the_same_keys(case: Path) -> None:
    assert [one.key for one in messages(read(case))] == [one.key for one in messages(read(case))]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_folder_and_a_zip_of_it_say_the_same(case: Path, tmp_path: Path) -> None:
    zipped = tmp_path / ("instagram.zip" if case.name.startswith("instagram") else "dump.zip")
    with zipfile.ZipFile(zipped, "w") as archive:
        for path in sorted((case / "dump").rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(case / "dump"))
    from_zip = goldens.read(facebook, [zipped], goldens.hints_of(case))
    assert sorted(map(_said, messages(from_zip))) == sorted(map(_said, messages(read(case))))


def _said(message: Message) -> tuple[str, str, str]:
    return message.conversation, message.when.written, message.text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_message_and_problem_leads_back_to_bytes_of_a_file_of_the_dump(case: Path) -> None:
    longest = max(path.stat().st_size for path in (case / "dump").rglob("*") if path.is_file())
    for item in read(case):
        if isinstance(item, Message | Problem) and item.origin is not None:
            assert 0 <= item.origin.start <= item.origin.end <= longest


def test_there_is_a_case_for_every_trap() -> None:
    assert len(CASES) > 60
