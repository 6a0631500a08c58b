"""Invented chats of a dozen languages read as a careful person would read them."""

import zipfile
from pathlib import Path

import pytest

from archiver.dump import Dump
from archiver.importers import whatsapp
from archiver.model import Message, Problem
from tests import goldens

CASES = goldens.cases("whatsapp")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_chat_reads_as_expected(case: Path, accept: bool) -> None:
    goldens.check(whatsapp, case, accept=accept)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_byte_of_a_file_belongs_to_one_message_or_problem(case: Path) -> None:
    ranges: dict[str, list[tuple[int, int]]] = {}
    for item in goldens.read(whatsapp, [case / "dump"], goldens.hints_of(case)):
        if isinstance(item, Message) or (isinstance(item, Problem) and item.what in {"preamble", "unreadable-time"}):
            assert item.origin is not None
            ranges.setdefault(item.origin.dump, []).append((item.origin.start, item.origin.end))
    with Dump.open([case / "dump"]) as dump:
        sizes = {dump.sha256(entry): entry.size for entry in dump.entries if entry.name.endswith(".txt")}
    for digest, spans in ranges.items():
        assert [start for start, _ in spans] == [0, *(end for _, end in spans[:-1])]
        assert spans[-1][1] == sizes[digest]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_folder_and_a_zip_of_it_say_the_same(case: Path, tmp_path: Path) -> None:
    zipped = tmp_path / "export.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        for path in sorted((case / "dump").iterdir()):
            archive.write(path, path.name)
    hints = goldens.hints_of(case)
    from_folder = [item.text for item in goldens.read(whatsapp, [case / "dump"], hints) if isinstance(item, Message)]
    from_zip = [item.text for item in goldens.read(whatsapp, [zipped], hints) if isinstance(item, Message)]
    lone = list((case / "dump").glob("*.txt"))
    if len(lone) == 1:
        assert from_zip == from_folder
    else:
        assert set(from_zip) <= set(from_folder)  # beside iOS' _chat.txt other texts are attachments


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_dump_is_claimed_with_a_reason(case: Path) -> None:
    with Dump.open([case / "dump"]) as dump:
        assert "begin like" in (whatsapp.identify(dump) or "")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_reading_twice_gives_the_same(case: Path) -> None:
    hints = goldens.hints_of(case)
    assert goldens.read(whatsapp, [case / "dump"], hints) == goldens.read(whatsapp, [case / "dump"], hints)
