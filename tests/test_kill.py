"""kill -9 at random moments of an import: the archive opens, is sound, and the next run completes it."""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archiver.store import archive as store
from archiver.store.digest import digest
from tests.bench.whatsapp import Export
from tests.talk import sound

KILLS = 50
MESSAGES = 8_000
SMALL_BATCHES = "import archiver.ingest as house; house.BATCH_ITEMS = 400; from archiver.__main__ import main; main()"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX's")


def command(home: Path, chat: Path) -> list[str]:
    """An import in twenty batches rather than one, so that there is something between them."""
    return [sys.executable, "-c", SMALL_BATCHES, "--archive", str(home), "import", "--zone", "UTC", "--json", str(chat)]


def whole(home: Path) -> tuple[str, int]:
    """Digest and number of messages of a sound archive."""
    with store.open_archive(home, write=True) as archive:
        assert sound(archive)
        (messages,) = archive.connection.execute("select count(*) from message").fetchone()
        return digest(archive.connection), messages


def killed_after(home: Path, chat: Path, seconds: float) -> bool:
    """Start an import and kill it; whether it was still at work."""
    with subprocess.Popen(command(home, chat), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        time.sleep(seconds)
        at_work = process.poll() is None
        process.kill()
    return at_work


@pytest.mark.slow
def test_fifty_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    chat = tmp_path / "WhatsApp Chat with Harbour Garden.txt"
    with chat.open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(Export(MESSAGES, seed=11).texts())
    began = time.monotonic()
    subprocess.run(command(tmp_path / "undisturbed", chat), check=True, capture_output=True)
    took = time.monotonic() - began
    truth = whole(tmp_path / "undisturbed")
    moments = random.Random(5)
    home, kills, at_work = tmp_path / "killed", 0, 0
    while kills < KILLS:
        for _ in range(moments.randint(1, 4)):
            at_work += killed_after(home, chat, moments.uniform(0.05, took))
            kills += 1
            if store.exists(home):
                partial = whole(home)
                assert partial[1] <= truth[1]
        finished = subprocess.run(command(home, chat), check=False, capture_output=True, text=True)
        assert finished.returncode == 0, finished.stderr
        assert json.loads(finished.stdout)["new"] <= MESSAGES
        assert whole(home) == truth
        assert not list((home / "blobs").glob("incoming-*"))
        shutil.rmtree(home)
    assert at_work > KILLS // 2
