"""Invented chats of a dozen languages read as a careful person would read them."""

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.dump import Dump
from archiver.errors import NotUnderstoodError
from archiver.importers import whatsapp
from archiver.model import Message, Problem, Single
from tests import goldens
from tests.whatsapp_chats import items

CASES = goldens.cases("whatsapp")
CHATS = [path.read_bytes() for case in CASES for path in sorted((case / "dump").glob("*.txt"))]
SHRAPNEL = [
    b"\r",
    b"\n",
    b"[",
    b"]",
    b" - ",
    b": ",
    b"\xe2\x80\x8e",
    b"<",
    b">",
    b")",
    b"\xff",
    b"\x00",
    b"31",
    b"99",
    b"/",
    b"PM",
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_chat_reads_as_expected(case: Path, accept: bool) -> None:
    goldens.check(whatsapp, case, accept=accept)


def spans(read: list[Single]) -> dict[str, list[tuple[int, int]]]:
    """The byte ranges of messages, and of what is none, by file."""
    ranges: dict[str, list[tuple[int, int]]] = {}
    for item in read:
        if isinstance(item, Message) or (isinstance(item, Problem) and item.what in {"preamble", "unreadable-time"}):
            assert item.origin is not None
            ranges.setdefault(item.origin.dump, []).append((item.origin.start, item.origin.end))
    return ranges


def assert_whole(found: list[tuple[int, int]], size: int) -> None:
    assert [start for start, _ in found] == [0, *(end for _, end in found[:-1])]
    assert found[-1][1] == size


@given(
    st.sampled_from(CHATS),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9), st.sampled_from(SHRAPNEL)), max_size=9),
)
def test_a_damaged_chat_is_read_to_its_last_byte(chat: bytes, damages: list[tuple[float, int, bytes]]) -> None:
    for where, lost, put in damages:
        at = int(where * len(chat))
        chat = chat[:at] + put + chat[at + lost :]
    try:
        read = items(chat)
    except NotUnderstoodError:
        return
    for found in spans(read).values():
        assert_whole(found, len(chat))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_byte_of_a_file_belongs_to_one_message_or_problem(case: Path) -> None:
    ranges = spans(goldens.read(whatsapp, [case / "dump"], goldens.hints_of(case)))
    with Dump.open([case / "dump"]) as dump:
        sizes = {dump.sha256(entry): entry.size for entry in dump.entries if entry.name.endswith(".txt")}
    for digest, found in ranges.items():
        assert_whole(found, sizes[digest])


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
