"""Invented letters, one for every trap: each reads as what.txt beside it says, and nothing of it is lost."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from archiver.contracts import Hints
from archiver.dump import Dump
from archiver.importers import mail
from archiver.model import Message, Problem, Single
from tests import goldens
from tests.nasty import nasty

CASES = goldens.cases("mail")


def read(case: Path) -> list[Single]:
    return goldens.read(mail, [case / "dump"], goldens.hints_of(case))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_letter_reads_as_expected(case: Path, accept: bool) -> None:
    goldens.check(mail, case, accept=accept)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_case_says_in_words_what_must_happen(case: Path) -> None:
    assert (case / "what.txt").read_text("utf-8").strip()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_spans_cover_a_text_and_nothing_in_it_is_unfit_for_the_store(case: Path) -> None:
    for message in messages(read(case)):
        message.text.encode()
        assert "\0" not in message.text
        if message.spans:
            assert [span.start for span in message.spans] == [0, *(span.end for span in message.spans[:-1])]
            assert message.spans[-1].end == len(message.text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_reading_twice_gives_the_same_keys(case: Path) -> None:
    assert [one.key for one in messages(read(case))] == [one.key for one in messages(read(case))]


ZIPPED = [case for case in CASES if case.name != "public-inbox-git"]  # git reads a folder, not a zip


@pytest.mark.parametrize("case", ZIPPED, ids=lambda case: case.name)
def test_a_folder_and_a_zip_of_it_say_the_same(case: Path, tmp_path: Path) -> None:
    zipped = tmp_path / "dump.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        for path in sorted((case / "dump").rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(case / "dump"))
    from_zip = goldens.read(mail, [zipped], goldens.hints_of(case))
    assert sorted(one.text for one in messages(from_zip)) == sorted(one.text for one in messages(read(case)))


def messages(items: list[Single]) -> Iterator[Message]:
    return (item for item in items if isinstance(item, Message))


def test_nasty_mail_is_read_or_said_to_be_unreadable_with_file_and_bytes(tmp_path: Path) -> None:
    for number, raw in enumerate(nasty(7, 400)):
        file = tmp_path / f"{number}.eml"
        file.write_bytes(raw)
        with Dump.open([file]) as dump:
            if mail.identify(dump) is None:  # no mail at all, and so no import begins
                continue
            items = list(mail.read(dump, Hints()))
        read_or_not = [item for item in items if isinstance(item, Message | Problem)]
        assert read_or_not, raw[:200]
        for item in read_or_not:
            assert item.origin is not None
            assert item.origin.end <= len(raw)
        file.unlink()
