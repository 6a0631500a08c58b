"""A few thousand damaged inputs for each reader: none ends in anything but items or an error of ours."""

import os
import random
import sys
from collections.abc import Callable

import pytest

from archiver.errors import ArchiveError
from tests.fuzz import READERS, Reader, findings

BUDGET = int(os.environ.get("ARCHIVE_FUZZ", "600"))


@pytest.mark.parametrize("name", READERS)
def test_damaged_inputs_end_in_items_or_in_an_error_of_ours(name: str) -> None:
    found = list(findings(READERS[name], BUDGET))
    assert not found, [(one.number, one.what, one.content[:200]) for one in found]


@pytest.mark.parametrize("name", READERS)
def test_good_seeds_are_read_and_mutations_repeat_themselves(name: str) -> None:
    reader = READERS[name]
    seeds = reader.seeds()
    assert len(seeds) > 5
    assert sum(map(_read(reader), seeds[:20])) > 0
    first, again = random.Random(3), random.Random(3)
    assert [reader.mutated(seeds, first) for _ in range(20)] == [reader.mutated(seeds, again) for _ in range(20)]


def _read(reader: Reader) -> Callable[[bytes], int]:
    def read(content: bytes) -> int:
        try:
            return reader.read(content)
        except ArchiveError:
            return 0

    return read


def test_the_harness_finds_what_it_is_made_to_find() -> None:
    def breaks(content: bytes) -> int:
        if b"\0" in content:
            raise ZeroDivisionError
        return 1

    broken = Reader("broken", lambda: [b"good seed"] * 6, breaks)
    assert {one.what for one in findings(broken, 500)} == {"ZeroDivisionError()"}


@pytest.mark.skipif(os.name == "nt", reason="resource is POSIX's")
def test_the_long_run_says_how_it_went(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from tests import fuzz

    monkeypatch.setattr(sys, "argv", ["fuzz", "zip", "30"])
    assert fuzz.main() == 0
    assert "zip: 30 inputs, 0 findings" in capsys.readouterr().out
