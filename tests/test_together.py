"""Readers read while writers write; of two writers the second waits or leaves with 11, and nothing is harmed."""

import os
import subprocess
import sys
import time
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


SEARCHING = """
import contextlib, io, json, pathlib, sys, time
from archiver.__main__ import run
home, stop = sys.argv[1:]
while True:
    last = pathlib.Path(stop).exists()
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = run(["--archive", home, "search", "ok", "--json"])
    print(code, code or len(json.loads(said.getvalue())) > 0, flush=True)
    if last:
        break
    time.sleep(0.1)  # a person reads; and the machine has other work
"""


def searching(home: Path, stop: Path) -> list[str]:
    """A process that searches again and again until the file *stop* is there: what it said of each answer."""
    done = subprocess.run(
        [sys.executable, "-c", SEARCHING, str(home), str(stop)], capture_output=True, text=True, check=False
    )
    assert not done.returncode, done.stderr
    return done.stdout.splitlines()


def together(tmp_path: Path, messages: int, batch: int, at_least: float) -> None:
    home = tmp_path / "archive"
    first, second = (chat(tmp_path / "exports", name, messages, seed) for name, seed in (("Quay", 3), ("Orchard", 4)))
    small = chat(tmp_path / "exports", "Shed", 200, 5)
    subprocess.run(command(home, batch, "import", "--zone", "UTC", str(small)), check=True, capture_output=True)
    began = time.monotonic()

    def bring(file: Path) -> list[int]:
        """Until it is in: the exit codes."""
        codes: list[int] = []
        while not codes or codes[-1] == 11:
            done = subprocess.run(
                command(home, batch, "import", "--zone", "UTC", str(file)), capture_output=True, text=True, check=False
            )
            codes.append(done.returncode)
            assert done.returncode in {0, 11}, done.stderr
        return codes

    stop = tmp_path / "stop"
    with ThreadPoolExecutor(READERS + 2) as pool:
        readers = [pool.submit(searching, home, stop) for _ in range(READERS)]
        codes = list(pool.map(bring, (first, second)))
        time.sleep(max(0, began + at_least - time.monotonic()))
        stop.touch()
        answers = [one.result() for one in readers]
    assert all(answers)
    assert {answer for some in answers for answer in some} == {"0 True"}
    assert all(some[-1] == 0 for some in codes)
    assert verify(home, deep=True).findings == ()
    alone = tmp_path / "alone"
    for file in (small, first, second):
        subprocess.run(command(alone, batch, "import", "--zone", "UTC", str(file)), check=True, capture_output=True)
    assert digest_of(alone) == digest_of(home)


def test_two_imports_and_eight_readers_get_along(tmp_path: Path) -> None:
    together(tmp_path, 500, 125, at_least=0)


@pytest.mark.slow
def test_two_imports_and_eight_readers_get_along_for_a_minute(tmp_path: Path) -> None:
    together(tmp_path, 40_000, 1_000, at_least=60)
