"""Readers read while writers write; of two writers the second waits or leaves with 11, and nothing is harmed."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from archiver.store import archive as store
from archiver.store.digest import digest
from archiver.store.verify import verify
from tests.bench.whatsapp import Export

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the processes are POSIX's")

READERS = 8
SMALL_BATCHES = "import archiver.ingest as house; house.BATCH_ITEMS = {}; from archiver.__main__ import main; main()"


def chat(folder: Path, name: str, messages: int, seed: int) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / f"WhatsApp Chat with {name}.txt"
    with file.open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(Export(messages, seed=seed).texts())
    return file


def command(home: Path, batch: int, *arguments: str) -> list[str]:
    return [sys.executable, "-c", SMALL_BATCHES.format(batch), "--archive", str(home), *arguments]


def digest_of(home: Path) -> str:
    with store.open_archive(home) as archive:
        return digest(archive.connection)


def searching(home: Path, busy: Callable[[], bool]) -> list[int]:
    """Search again and again while others are busy: the exit codes, each with an answer that is whole."""
    codes = []
    while busy():
        done = subprocess.run(command(home, 1, "search", "ok", "--json"), capture_output=True, text=True, check=False)
        codes.append(done.returncode)
        assert done.returncode or isinstance(json.loads(done.stdout), list | dict), done.stdout
        assert not done.returncode, done.stderr
    return codes


def together(tmp_path: Path, messages: int, batch: int, at_least: float) -> None:
    home = tmp_path / "archive"
    first, second = (chat(tmp_path / "exports", name, messages, seed) for name, seed in (("Quay", 3), ("Orchard", 4)))
    small = chat(tmp_path / "exports", "Shed", 200, 5)
    subprocess.run(command(home, batch, "import", "--zone", "UTC", str(small)), check=True, capture_output=True)
    began = time.monotonic()

    def bring(file: Path) -> list[int]:
        """Until it is in: the exit codes."""
        codes = []
        while not codes or codes[-1] == 11:
            done = subprocess.run(
                command(home, batch, "import", "--zone", "UTC", str(file)), capture_output=True, text=True, check=False
            )
            codes.append(done.returncode)
            assert done.returncode in {0, 11}, done.stderr
        return codes

    with ThreadPoolExecutor(READERS + 2) as pool:
        imports = [pool.submit(bring, file) for file in (first, second)]
        readers = [
            pool.submit(
                searching,
                home,
                lambda: not all(one.done() for one in imports) or time.monotonic() - began < at_least,
            )
            for _ in range(READERS)
        ]
        answers = [one.result() for one in readers]
        codes = [one.result() for one in imports]
    assert all(answers)
    assert {code for some in answers for code in some} == {0}
    assert all(some[-1] == 0 for some in codes)
    assert verify(home, deep=True).findings == ()
    alone = tmp_path / "alone"
    for file in (small, first, second):
        subprocess.run(command(alone, batch, "import", "--zone", "UTC", str(file)), check=True, capture_output=True)
    assert digest_of(alone) == digest_of(home)


def test_two_imports_and_eight_readers_get_along(tmp_path: Path) -> None:
    together(tmp_path, 2_000, 200, at_least=0)


@pytest.mark.slow
def test_two_imports_and_eight_readers_get_along_for_a_minute(tmp_path: Path) -> None:
    together(tmp_path, 40_000, 1_000, at_least=60)
