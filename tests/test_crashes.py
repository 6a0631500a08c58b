"""kill -9, and a full disk, at any moment of every verb that writes: nothing lost, nothing doubled, nothing corrupt,
and the same command ends where an undisturbed one does."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archiver.store import archive as store
from tests import crashes
from tests.crashes import SMALL_BATCHES, Verb

ROUNDS = int(os.environ.get("ARCHIVE_KILLS", "60"))  # .ci/run does 60; a release some hundred
FULL_AT = int(os.environ.get("ARCHIVE_FULL_DISKS", "20"))
START = 0.25  # seconds until a process does anything at all

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="signals and limits are POSIX's")]


@pytest.fixture(scope="module")
def verbs(tmp_path_factory: pytest.TempPathFactory) -> list[Verb]:
    return crashes.verbs(tmp_path_factory.mktemp("crashes"))


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    shutil.rmtree(tmp_path / "home", ignore_errors=True)


def test_kills_at_any_moment_of_any_verb_leave_what_was_or_what_is_to_be(
    verbs: list[Verb], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draw, at_work, aimed = random.Random(7), Counter[str](), Counter[str]()
    for number in range(ROUNDS):
        verb = verbs[number % len(verbs)]
        shutil.copytree(verb.archive, home)
        for _ in range(draw.randint(1, 3)):
            aimed[verb.name] += 1
            at_work[verb.name] += killed(verb, home, draw.uniform(START, max(verb.seconds, 2 * START)))
            after_a_blow(verb, home)
        ended = subprocess.run(verb.command(home), check=False, capture_output=True, text=True)
        assert ended.returncode in verb.codes, (verb.name, ended.stderr)
        as_undisturbed(verb, home)
        shutil.rmtree(home)
        shutil.rmtree(crashes.site_of(home), ignore_errors=True)
    told(capsys, f"{ROUNDS} rounds, {aimed.total()} kills, of them while at work", at_work)
    assert at_work.total() > ROUNDS // 3, at_work
    assert ROUNDS < 60 or {verb.name for verb in verbs} == set(+at_work), "every verb was hit"


def told(capsys: pytest.CaptureFixture[str], what: str, counts: Counter[str]) -> None:
    """How often each verb was hit, for whoever watches the long runs."""
    with capsys.disabled():
        print(f"\n{what}: {counts.total()} ({', '.join(f'{name} {count}' for name, count in sorted(counts.items()))})")


def killed(verb: Verb, home: Path, seconds: float) -> bool:
    """Start a verb and kill it; whether it was still at work."""
    with subprocess.Popen(verb.command(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        time.sleep(seconds)
        alive = process.poll() is None
        process.kill()
    return alive


def after_a_blow(verb: Verb, home: Path) -> None:
    """The archive opens at once and is sound; a verb of one transaction has done all or nothing."""
    if verb.name == "migrate":
        assert crashes.told(home) == verb.after
        return
    now = crashes.told(home)
    if verb.name != "import":
        assert now in {verb.before, verb.after}, verb.name
    if crashes.site_of(home).exists():
        crashes.site_sound(home)


def as_undisturbed(verb: Verb, home: Path) -> None:
    assert crashes.state(home) == verb.after, verb.name
    verb.holds(home)
    assert not list((home / "blobs").glob("incoming-*"))


# -- a full disk ----------------------------------------------------------------------------------------------

_LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))
"""


@pytest.mark.parametrize("name", ["import", "undo", "redact", "publish", "migrate"])
def test_no_file_can_grow_any_more_at_many_points(
    name: str, verbs: list[Verb], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The quota shim: past a size no file grows, as on a full disk; at points from nothing to enough."""
    verb = next(one for one in verbs if one.name == name)
    largest = 2 * store.database(verb.archive).stat().st_size
    refused = 0
    for point in range(FULL_AT):
        shutil.copytree(verb.archive, home)
        size = 4096 + largest * point // FULL_AT
        starved = subprocess.run(
            verb.command(home, _LIMITED.format(size=size) + SMALL_BATCHES), check=False, capture_output=True, text=True
        )
        assert "Traceback" not in starved.stderr, starved.stderr
        refused += starved.returncode not in verb.codes
        after_a_blow(verb, home)
        ended = subprocess.run(verb.command(home), check=False, capture_output=True, text=True)
        assert ended.returncode in verb.codes, ended.stderr
        as_undisturbed(verb, home)
        shutil.rmtree(home)
        shutil.rmtree(crashes.site_of(home), ignore_errors=True)
    told(capsys, f"no room at {FULL_AT} points, of them refused", Counter({name: refused}))
    assert refused, "some of these were too small"


def mounted(folder: Path, size: int) -> bool:
    """Whether a small file system could be mounted here."""
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)]
    return subprocess.run(words, check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize("name", ["import", "redact", "publish"])
def test_a_full_file_system_at_many_points(
    name: str, verbs: list[Verb], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    verb = next(one for one in verbs if one.name == name)
    base = sum(path.stat().st_size for path in verb.archive.rglob("*") if path.is_file())
    refused = 0
    for point in range(FULL_AT // 2):
        disk = tmp_path / f"disk{point}"
        size = base + 65_536 + base * 2 * point // FULL_AT
        if not mounted(disk, size):
            pytest.skip("nothing can be mounted here; the quota shim stands in")
        try:
            home = disk / "home"
            shutil.copytree(verb.archive, home)
            starved = subprocess.run(verb.command(home), check=False, capture_output=True, text=True)
            assert "Traceback" not in starved.stderr, starved.stderr
            refused += starved.returncode not in verb.codes
            after_a_blow(verb, home)
            subprocess.run(["mount", "-o", "remount,size=200m", str(disk)], check=True)
            ended = subprocess.run(verb.command(home), check=False, capture_output=True, text=True)
            assert ended.returncode in verb.codes, ended.stderr
            as_undisturbed(verb, home)
        finally:
            subprocess.run(["umount", "-l", str(disk)], check=False)
    told(capsys, f"a full file system at {FULL_AT // 2} points, of them refused", Counter({name: refused}))
    assert refused, "some of these were too small"


def test_the_commands_of_the_harness_are_the_ones_people_type(verbs: list[Verb]) -> None:
    assert {verb.name for verb in verbs} == {"import", "undo", "redact", "publish", "migrate"}
    assert all(verb.command(Path("x"))[0] == sys.executable for verb in verbs)
    assert all(verb.before != verb.after for verb in verbs if verb.name in {"import", "undo", "redact"})
    (old,) = (verb.archive for verb in verbs if verb.name == "migrate")
    with closing(sqlite3.connect(store.database(old))) as sql:
        (version,) = sql.execute("pragma user_version").fetchone()
    assert version < store.SCHEMA_VERSION, "there is something to migrate, up to the schema of today"
