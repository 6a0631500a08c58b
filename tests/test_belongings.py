"""An archive's key is checked without being told, and what is none of the archive's is named."""

import os
from pathlib import Path

import pytest

from archiver.keeping.repair import repair
from archiver.placing.remembered import FILE, Memory, remember
from archiver.store import archive as store
from archiver.store import belongings
from archiver.store.secret import secret
from archiver.store.verify import verify
from tests.flips import Flip, flip, flipped
from tests.test_verify import CHAT, LETTERS, bring


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An archive of letters, made by nobody else."""
    bring(tmp_path / "archive", LETTERS)
    return tmp_path / "archive"


def test_every_bit_of_the_key_counts_and_is_put_back(home: Path) -> None:
    key = home / "secret.key"
    whole = secret(home)
    assert verify(home).sound  # which notes its fingerprint
    for at in range(0, 32, 5):
        one = Flip(key, at, at % 8)
        with flipped(one):
            (found,) = verify(home).findings
            assert (found.what, found.note) == ("key", "secret.key is another one than it was")
    flip(Flip(key, 7, 3))
    done = repair(home)
    assert done.done == ["secret.key had a flipped bit, which was put back"]
    assert done.verdict.sound
    assert key.read_bytes() == whole


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
def test_a_key_that_is_gone_short_or_open_to_others_is_told(home: Path) -> None:
    key = home / "secret.key"
    whole = secret(home)
    assert verify(home).sound
    key.chmod(0o644)
    (found,) = verify(home).findings
    assert found.note == "secret.key can be read by others"
    assert repair(home).done == ["secret.key can be read by you alone again"]
    assert key.stat().st_mode & 0o077 == 0
    key.write_bytes(whole[:-1])
    (found,) = verify(home).findings
    assert found.note == "secret.key has 31 bytes instead of 32"
    key.unlink()
    (found,) = verify(home).findings
    assert found.note == "secret.key is missing"
    assert "backup" in found.rebuild


def test_a_fingerprint_says_nothing_of_the_key(home: Path) -> None:
    whole = secret(home)
    assert verify(home).sound
    content = store.database(home).read_bytes()
    assert belongings.fingerprint(whole).encode() in content
    assert whole not in content
    assert whole.hex().encode() not in content
    assert belongings.fingerprint(whole) != belongings.fingerprint(bytes(32))


def test_what_is_none_of_the_archives_is_told_and_is_no_damage(home: Path) -> None:
    assert not verify(home).notes
    for name in ("holiday.jpg", "archive.db-conflict-copy", "blobs/notes.txt", "blobs/00/left.tmp"):
        (home / name).parent.mkdir(exist_ok=True)
        (home / name).write_bytes(b"x")
    verdict = verify(home)
    assert verdict.sound
    (said,) = [one for one in verdict.notes if "none of its own" in one]
    for name in ("“holiday.jpg”", "“archive.db-conflict-copy”", "“blobs/notes.txt”", "“blobs/00/left.tmp”"):
        assert name in said


def test_what_is_remembered_of_a_published_folder_is_the_archives_own(home: Path, tmp_path: Path) -> None:
    remember(home, tmp_path / "site", Memory("asked", "files"))
    assert (home / FILE).exists()
    assert not verify(home).notes


def test_a_flip_in_the_notes_of_pages_or_the_lock_does_no_harm(home: Path) -> None:
    """They speak of a command at work; when none is, nobody asks them."""
    for name in ("archive.pages", "archive.lock"):
        (home / name).write_bytes(b"\xff" * 64)
    assert verify(home, deep=True).sound
    bring(home, CHAT)
    assert verify(home, deep=True).sound


def test_a_key_that_is_no_file_is_told_and_one_that_never_was_is_no_damage(home: Path) -> None:
    (home / "secret.key").unlink(missing_ok=True)
    (home / "blobs" / "incoming-long").write_bytes(b"half of a file")
    verdict = verify(home)
    assert verdict.sound
    assert not verdict.notes, "what an import has half written is the archive's own"
    assert list(belongings.mend_key(home, None)) == []
    assert repair(home).done == []
    (home / "secret.key").mkdir()
    (found,) = belongings.check_key(home, None)
    assert found.note.startswith("secret.key cannot be read")
