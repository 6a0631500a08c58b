"""A backup is the archive of one moment, says when it is no longer that, and comes back as it was."""

import builtins
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from archiver.__main__ import run
from archiver.contracts import Hints
from archiver.errors import StoreError, UsageError
from archiver.ingest import Request, ingest
from archiver.store import archive as store
from archiver.store import backup, history, tarred
from archiver.store.digest import digest
from archiver.store.secret import secret
from archiver.store.verify import verify
from tests.bench.whatsapp import Export
from tests.flips import drawn, flip, flipped

EXAMPLES = Path(__file__).parent.parent / "examples"
LETTERS = EXAMPLES / "garden-club-list.mbox"
CHAT = EXAMPLES / "WhatsApp Chat - Garden Club.zip"


def bring(home: Path, *paths: Path) -> None:
    ingest(home, Request(paths=paths, hints=Hints(zone="Europe/London")))


def digest_of(home: Path) -> str:
    with store.open_archive(home) as archive:
        return digest(archive.connection)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    bring(tmp_path / "archive", CHAT)
    secret(tmp_path / "archive")
    return tmp_path / "archive"


@pytest.mark.parametrize("one_file", [False, True], ids=["folder", "file"])
def test_a_backup_comes_back_as_it_was(home: Path, tmp_path: Path, one_file: bool) -> None:
    made = backup.create(home, tmp_path / "place", one_file=one_file)
    assert made.facts is not None
    assert made.facts.digest == digest_of(home)
    assert backup.verify(made.path).sound
    bring(home, LETTERS)  # what comes later is none of its business
    backup.restore(made.path, tmp_path / "again")
    assert digest_of(tmp_path / "again") == made.facts.digest
    assert verify(tmp_path / "again", deep=True).sound
    assert secret(tmp_path / "again") == secret(home)
    assert (tmp_path / "again" / "secret.key").stat().st_mode & 0o077 == 0
    bring(tmp_path / "again", LETTERS)
    assert digest_of(tmp_path / "again") == digest_of(home)


def test_a_backup_folder_is_an_archive_itself(home: Path, tmp_path: Path) -> None:
    made = backup.create(home, tmp_path / "place")
    assert digest_of(made.path) == digest_of(home)
    assert made.path.stat().st_mode & 0o077 == 0


def test_files_are_shared_with_the_backup_before_unless_that_one_rotted(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter(["archive-20260101T000000Z", "archive-20260102T000000Z"])
    monkeypatch.setattr(backup, "_stamp", lambda: next(moments))
    first = backup.create(home, tmp_path / "place")
    sha256, other = [
        file.parent.name + file.name for file in sorted((home / "blobs").glob("??/*")) if file.stat().st_size
    ][:2]
    flip(drawn([first.path / "blobs" / sha256[:2] / sha256[2:]], 1, seed=1)[0])
    second = backup.create(home, tmp_path / "place")
    place = Path("blobs") / other[:2] / other[2:]
    assert (second.path / place).samefile(first.path / place)
    assert backup.verify(second.path).sound
    assert not backup.verify(first.path).sound
    assert [one.path for one in backup.backups(tmp_path / "place")] == [first.path, second.path]


def test_an_encrypted_backup_opens_with_its_key_only(home: Path, tmp_path: Path) -> None:
    public = tarred.make_key(tmp_path / "key")
    tarred.make_key(tmp_path / "other")
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    made = backup.create(home, tmp_path / "place", keys=[public])
    assert made.path.name.endswith(".tar.age")
    assert b"archive.db" not in made.path.read_bytes()
    assert backup.verify(made.path, key=tmp_path / "key").sound
    for key in (None, tmp_path / "other", LETTERS):
        with pytest.raises((StoreError, UsageError)):
            backup.verify(made.path, key=key)
    backup.restore(made.path, tmp_path / "again", key=tmp_path / "key")
    assert digest_of(tmp_path / "again") == digest_of(home)
    with pytest.raises(UsageError, match="no public key"):
        backup.create(home, tmp_path / "elsewhere", keys=["age1nonsense"])
    assert not list((tmp_path / "elsewhere").iterdir())


def test_without_the_package_the_refusal_names_the_line_that_installs_it(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name == "pyrage":
            raise ImportError(name)
        return real(name, *rest)  # type: ignore[arg-type]  # whatever it was called with

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UsageError) as refused:
        backup.create(home, tmp_path / "place", keys=["age1"])
    assert "pip install 'community-archive[encryption]'" in refused.value.remedy


# -- damage ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("one_file", [False, True], ids=["folder", "file"])
def test_any_flipped_bit_of_a_backup_is_found(home: Path, tmp_path: Path, one_file: bool) -> None:
    """Of a tar: in the files it holds. (Its own frame may be damaged in ways that change nothing.)"""
    made = backup.create(home, tmp_path / "place", one_file=one_file)
    files = [made.path] if one_file else [file for file in sorted(made.path.rglob("*")) if file.is_file()]
    for one in drawn([file for file in files if file.stat().st_size], 40, seed=4):
        with flipped(one):
            if one_file and unchanged(made.path, one.at):
                continue
            assert not is_sound(made.path), one
    assert backup.verify(made.path).sound


def is_sound(made: Path) -> bool:
    try:
        return backup.verify(made).sound
    except StoreError:
        return False


def unchanged(tar: Path, at: int) -> bool:
    """Whether a place in the file is of the frame only: not of the content of any of its files."""
    with tarfile.open(tar, errorlevel=0) as reader:
        return not any(one.offset_data <= at < one.offset_data + one.size for one in reader)


def test_a_damaged_backup_is_not_restored_and_a_damaged_archive_not_backed_up(home: Path, tmp_path: Path) -> None:
    made = backup.create(home, tmp_path / "place")
    flip(drawn([store.database(made.path)], 1, seed=2)[0])
    with pytest.raises(StoreError, match="nothing was restored"):
        backup.restore(made.path, tmp_path / "again")
    assert not (tmp_path / "again").exists()
    kept = sorted(file for file in (home / "blobs").glob("??/*") if file.stat().st_size)
    one = drawn(kept, 1, seed=2)[0]
    shutil.rmtree(made.path)
    with flipped(one), pytest.raises(StoreError, match="no backup was made"):
        backup.create(home, tmp_path / "place")
    one.file.rename(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="lacks a file"):
        backup.create(home, tmp_path / "place")
    (tmp_path / "elsewhere").rename(one.file)
    with flipped(drawn([store.database(home)], 1, seed=6)[0]), pytest.raises(StoreError):
        backup.create(home, tmp_path / "place")
    assert backup.backups(tmp_path / "place") == []
    assert not list((tmp_path / "place").iterdir())


def test_files_too_many_or_too_few_are_found(home: Path, tmp_path: Path) -> None:
    made = backup.create(home, tmp_path / "place")
    (made.path / "more.txt").write_text("somebody's")
    (made.path / "secret.key").unlink()
    assert [one.note for one in backup.verify(made.path).findings] == [
        "secret.key is missing",
        "more.txt does not belong to the backup",
    ]
    (made.path / backup.MANIFEST).write_text("nothing of the kind\n")
    assert not backup.verify(made.path).sound
    (made.path / backup.MANIFEST).unlink()
    assert not backup.verify(made.path).sound


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "blobs/../archive.db", "archive.db/x", "notes.txt"])
def test_a_tar_cannot_write_anywhere_but_where_backups_do(tmp_path: Path, name: str) -> None:
    file = tmp_path / "archive-20260101T000000Z.tar"
    with tarfile.open(file, "w") as tar:
        info = tarfile.TarInfo(name)
        info.size = 3
        tar.addfile(info, io.BytesIO(b"abc"))
    with pytest.raises(StoreError, match="cannot be read as a backup"):
        backup.verify(file)
    assert [one.name for one in tmp_path.iterdir()] == [file.name]


def test_a_link_in_a_tar_is_refused_and_so_is_what_is_no_tar(tmp_path: Path) -> None:
    file = tmp_path / "archive-20260101T000000Z.tar"
    with tarfile.open(file, "w") as tar:
        info = tarfile.TarInfo("archive.db")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(info)
    with pytest.raises(StoreError):
        backup.verify(file)
    file.write_bytes(b"no tar" * 1000)
    with pytest.raises(StoreError):
        backup.restore(file, tmp_path / "again")


def test_a_foreign_database_is_not_believed(home: Path, tmp_path: Path) -> None:
    made = backup.create(home, tmp_path / "place")
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("create table anything (x)")
    store.database(made.path).unlink()
    other.rename(store.database(made.path))
    lines = (made.path / backup.MANIFEST).read_text().splitlines()
    honest = backup._sum(store.database(made.path))
    (made.path / backup.MANIFEST).write_text(
        "".join(f"{honest if line.endswith('archive.db') else line[:64]}  {line[66:]}\n" for line in lines)
    )
    (found,) = backup.verify(made.path).findings
    assert "not the database of an archive" in found.note


def test_a_restored_archive_takes_no_other_ones_place(home: Path, tmp_path: Path) -> None:
    made = backup.create(home, tmp_path / "place")
    with pytest.raises(UsageError, match="not empty"):
        backup.restore(made.path, home)
    (tmp_path / "empty").mkdir()
    backup.restore(made.path, tmp_path / "empty")
    assert digest_of(tmp_path / "empty") == digest_of(home)
    with pytest.raises(StoreError, match="no backup"):
        backup._facts(tmp_path)


# -- while it is in use ------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="runs on POSIX")
def test_backups_while_an_import_runs_are_each_of_one_moment(tmp_path: Path) -> None:
    chat = tmp_path / "WhatsApp Chat with Harbour Garden.txt"
    with chat.open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(Export(8_000, seed=11).texts())
    home = tmp_path / "archive"
    bring(home, CHAT)
    small = "import archiver.ingest as house; house.BATCH_ITEMS = 200; from archiver.__main__ import main; main()"
    command = [sys.executable, "-c", small, "--archive", str(home), "import", "--zone", "UTC", str(chat)]
    made: list[backup.Backup] = []
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            made.append(backup.create(home, tmp_path / "places" / str(len(made))))
    assert process.returncode == 0
    sizes = [one.facts.messages for one in made if one.facts]
    assert sizes == sorted(sizes)
    assert any(sizes[0] < size < 8_000 for size in sizes)
    halfway = next(one for one in made if one.facts and one.facts.messages > sizes[0])
    assert all(backup.verify(one.path).sound for one in made)
    backup.restore(halfway.path, tmp_path / "again")
    assert verify(tmp_path / "again", deep=True).findings == ()
    command[command.index(str(home))] = str(tmp_path / "again")
    subprocess.run(command, check=True, capture_output=True)
    assert digest_of(tmp_path / "again") == digest_of(home)


# -- the commands ------------------------------------------------------------------------------------------


def test_the_commands_answer_people_and_programs(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at, place = ["--archive", str(home)], str(tmp_path / "place")
    assert run(["backup", "key", str(tmp_path / "key")]) == 0
    public = capsys.readouterr().out.strip()
    assert run([*at, "backup", "create", place, "--to", public, "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["digest"] == digest_of(home)
    assert run(["backup", "list", place]) == 0
    assert Path(made["backup"]).name in capsys.readouterr().out
    assert run(["backup", "list", place, "--json"]) == 0
    assert [one["backup"] for one in json.loads(capsys.readouterr().out)] == [made["backup"]]
    key = ["--key", str(tmp_path / "key")]
    assert run(["backup", "verify", made["backup"], *key, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sound"] is True
    for again, more in (("one", []), ("two", ["--json"])):
        assert run(["--archive", str(tmp_path / again), "backup", "restore", made["backup"], *key, *more]) == 0
        assert made["digest"] in capsys.readouterr().out
    assert run([*at, "backup", "create", str(tmp_path / "folders")]) == 0
    folder = capsys.readouterr().out.strip()
    (Path(folder) / "archive.db").unlink()
    assert run(["backup", "verify", folder]) == 1
    assert run(["backup", "list", str(tmp_path / "folders")]) == 0
    with store.open_archive(home) as archive:
        events = history.audit(archive.connection)
    assert [one["event"] for one in events].count("replication") == 2
