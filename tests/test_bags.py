"""An archive is carried in a bag that any library can check, and unpacked elsewhere says the same."""

import json
import logging
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import bagit
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.__main__ import run
from archiver.contracts import Hints, Page
from archiver.errors import StoreError, UsageError
from archiver.exporters import bagit as format_
from archiver.ingest import Request, ingest
from archiver.keeping import bags
from archiver.store import archive as store
from archiver.store import dedupe, history, reads, reunite
from archiver.store.digest import digest
from archiver.store.secret import secret
from archiver.store.verify import verify
from tests.flips import drawn, flipped

EXAMPLES = Path(__file__).parent.parent / "examples"
LETTERS = EXAMPLES / "garden-club-list.mbox"
CHAT = EXAMPLES / "WhatsApp Chat - Garden Club.zip"
SAME_CHAT = EXAMPLES / "WhatsApp Chat mit Garden Club.txt"
DAY = date(2026, 1, 31)


def bring(home: Path, *paths: Path, zone: str = "Europe/London") -> None:
    ingest(home, Request(paths=paths, hints=Hints(zone=zone)))


def digest_of(home: Path) -> str:
    with store.open_archive(home) as archive:
        return digest(archive.connection)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An archive with all that a digest counts: chats, letters, files, a tag, a decision."""
    home = tmp_path / "archive"
    bring(home, CHAT)
    bring(home, LETTERS)
    secret(home)
    with store.writing(home) as archive:
        one, other = reads.load(archive.connection, [5, 6])
        dedupe.hide(archive, one.id, other.id)
        with archive.transaction() as sql:
            sql.execute("insert into tag values (?, 'tank', '2026-01-01')", (one.id,))
    return home


@pytest.fixture
def bag(home: Path, tmp_path: Path) -> Path:
    return bags.write(home, tmp_path / "bag", day=DAY).path


def test_a_bag_is_valid_for_the_library_of_congress(bag: Path) -> None:
    logging.disable(logging.INFO)
    read = bagit.Bag(str(bag))
    assert read.is_valid(fast=False)
    assert read.has_oxum()
    assert read.info["Bagging-Date"] == "2026-01-31"


def test_a_bag_comes_back_with_the_same_digest(home: Path, bag: Path, tmp_path: Path) -> None:
    done = bags.bring(bag, tmp_path / "elsewhere")
    assert (done.digest, done.fresh, done.lost) == (digest_of(home), True, ())
    assert digest_of(tmp_path / "elsewhere") == digest_of(home)
    assert verify(tmp_path / "elsewhere", deep=True).sound
    bring(home, SAME_CHAT)
    bring(tmp_path / "elsewhere", SAME_CHAT)
    assert digest_of(tmp_path / "elsewhere") == digest_of(home)


def test_a_bag_holds_no_secret_and_every_message_in_the_open(home: Path, bag: Path) -> None:
    assert not list(bag.rglob("secret*"))
    assert all(secret(home) not in file.read_bytes() for file in bag.rglob("*") if file.is_file())
    lines = [json.loads(line) for line in (bag / "data" / "messages.jsonl").read_text(encoding="utf-8").splitlines()]
    with store.open_archive(home) as archive:
        (shown,) = archive.connection.execute("select count(*) from message where duplicate_of is null").fetchone()
    assert sum(line["type"] == "message" for line in lines) == shown


def test_the_same_archive_gives_the_same_bag(home: Path, bag: Path, tmp_path: Path) -> None:
    again = bags.write(home, tmp_path / "again", day=DAY).path
    assert (again / "tagmanifest-sha256.txt").read_bytes() == (bag / "tagmanifest-sha256.txt").read_bytes()


def test_a_bag_is_added_to_an_archive_that_has_something(home: Path, bag: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    bring(other, SAME_CHAT)
    done = bags.bring(bag, other)
    assert (done.fresh, done.imports, done.lost) == (False, 2, ())
    whole = tmp_path / "whole"
    for path in (SAME_CHAT, CHAT, LETTERS):
        bring(whole, path)
    with store.open_archive(other) as archive, store.open_archive(whole) as wanted:
        for table in ("conversation", "message", "record"):
            count = f"select count(*) from {table}"
            assert archive.connection.execute(count).fetchone() == wanted.connection.execute(count).fetchone()
        assert archive.connection.execute("select name from tag").fetchall() == [("tank",)]
    assert bags.bring(bag, other).imports == 0
    assert verify(other, deep=True).sound


def test_any_flipped_bit_of_a_bag_is_found_and_nothing_of_it_used(bag: Path, tmp_path: Path) -> None:
    files = [file for file in sorted(bag.rglob("*")) if file.is_file() and file.stat().st_size]
    for one in drawn(files, 60, seed=8):
        with flipped(one):
            if one.file.name != "tagmanifest-sha256.txt":  # its own bits are not summed: see the next test
                assert not bags.check(bag).sound, one
    with flipped(drawn([bag / "data" / "archive.db"], 1, seed=1)[0]), pytest.raises(StoreError, match="damaged"):
        bags.bring(bag, tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere").exists()
    assert bags.check(bag).sound


def test_flipped_bits_of_the_last_manifest_are_found_too(bag: Path) -> None:
    for one in drawn([bag / "tagmanifest-sha256.txt"], 60, seed=8):
        with flipped(one):
            assert not bags.check(bag).sound, one


def foreign_application(sql: sqlite3.Connection) -> None:
    sql.execute("pragma application_id = 7")


def newer_schema(sql: sqlite3.Connection) -> None:
    sql.execute("pragma user_version = 99")


def a_trigger(sql: sqlite3.Connection) -> None:
    sql.execute("create trigger acts after insert on audit begin delete from message; end")


def a_view_of_theirs(sql: sqlite3.Connection) -> None:
    sql.execute("create view v_more as select 1")


def other_words(sql: sqlite3.Connection) -> None:
    sql.execute("update message set text = 'never said' where id = 3")


def a_missing_file(sql: sqlite3.Connection) -> None:
    sql.execute("insert into blob (sha256, size) values (?, 3)", ("ab" * 32,))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (foreign_application, "not the database of an archive"),
        (newer_schema, "not the database of an archive"),
        (a_trigger, "not the database of an archive"),
        (a_view_of_theirs, "other tables or views"),
        (other_words, "does not hold what it says"),
        (a_missing_file, "lacks a file"),
    ],
)
def test_a_bag_that_was_tampered_with_is_not_believed(
    bag: Path, tmp_path: Path, change: Callable[[sqlite3.Connection], None], says: str
) -> None:
    with closing(sqlite3.connect(bag / "data" / "archive.db")) as connection, connection:
        change(connection)
    packed_again(bag)
    with pytest.raises(StoreError) as refused:
        bags.bring(bag, tmp_path / "elsewhere")
    assert says in refused.value.what
    assert refused.value.remedy


def test_a_bag_without_an_archive_or_with_a_torn_one_is_refused(bag: Path, tmp_path: Path) -> None:
    (bag / "data" / "archive.db").write_bytes(b"torn" * 3000)
    packed_again(bag)
    with pytest.raises(StoreError):
        bags.bring(bag, tmp_path / "elsewhere")
    (bag / "data" / "archive.db").unlink()
    packed_again(bag)
    with pytest.raises(UsageError, match="not of an archive"):
        bags.bring(bag, tmp_path / "elsewhere")


def packed_again(bag: Path) -> None:
    """The manifests as somebody would write them who wants to be believed."""
    said = (bag / "bag-info.txt").read_text().splitlines()
    info = dict(line.split(": ", 1) for line in said if not line.startswith("Payload-Oxum"))
    data = bag / "data"
    payload = [
        Page(file.relative_to(data).as_posix(), file.read_bytes()) for file in sorted(data.rglob("*")) if file.is_file()
    ]
    for page in format_.pages(payload, info):
        content = page.content if isinstance(page.content, bytes) else b"".join(page.content)
        (bag / page.path).write_bytes(content)


def test_a_bag_is_written_where_nothing_is_and_not_of_damage(home: Path, bag: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="already"):
        bags.write(home, bag, day=DAY)
    (tmp_path / "empty").mkdir()
    bags.write(home, tmp_path / "empty", day=DAY)
    kept = next(file for file in sorted((home / "blobs").glob("??/*")) if file.stat().st_size)
    with flipped(drawn([kept], 1, seed=1)[0]), pytest.raises(StoreError, match="no bag was written"):
        bags.write(home, tmp_path / "more", day=DAY)
    kept.unlink()
    with pytest.raises(StoreError, match="no bag was written"):
        bags.write(home, tmp_path / "more", day=DAY)
    assert not (tmp_path / "more").exists()
    assert not list(tmp_path.glob(".bag-*"))


def test_files_too_many_and_broken_manifests_are_found(bag: Path) -> None:
    (bag / "data" / "more.txt").write_text("somebody's")
    (found,) = bags.check(bag).findings
    assert found.note == "data/more.txt is in no manifest"
    (bag / "manifest-sha256.txt").write_text("nothing\n")
    assert not bags.check(bag).sound
    (bag / "manifest-sha256.txt").unlink()
    assert not bags.check(bag).sound


@given(st.text(min_size=1).filter(lambda text: "\0" not in text))
def test_any_path_survives_a_manifest(path: str) -> None:
    assert format_.decoded(format_.encoded(path)) == path
    assert not set(format_.encoded(path)) & set("\r\n")


def test_merged_conversations_stay_merged_in_a_bag(tmp_path: Path) -> None:
    home = tmp_path / "archive"
    bring(home, CHAT)
    bring(home, LETTERS)
    with store.writing(home) as archive:
        reunite.merge(archive, *(history.conversation_id(archive.connection, one) for one in ("2", "1")))
    bag = bags.write(home, tmp_path / "bag", day=DAY).path
    assert bags.bring(bag, tmp_path / "elsewhere").digest == digest_of(home)
    other = tmp_path / "other"
    bring(other, LETTERS)
    assert bags.bring(bag, other).lost == ()
    with store.open_archive(other) as archive:
        assert archive.connection.execute("select count(*) from conversation").fetchone() == (1,)


def test_the_commands_answer_people_and_programs(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bag = str(tmp_path / "bag")
    at, elsewhere = ["--archive", str(home)], ["--archive", str(tmp_path / "elsewhere")]
    assert run([*at, "export", "bagit", bag, "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["digest"] == digest_of(home)
    assert run([*at, "export", "bagit", str(tmp_path / "second")]) == 0
    assert run(["verify", bag]) == 0
    assert run([*elsewhere, "import", bag, "--dry-run"]) == 0
    assert not (tmp_path / "elsewhere").exists()
    capsys.readouterr()
    assert run([*elsewhere, "import", bag, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["digest"] == made["digest"]
    assert run([*elsewhere, "import", bag]) == 0
    assert "was added" in capsys.readouterr().err
    (Path(bag) / "data" / "README.txt").unlink()
    assert run(["verify", bag]) == 1
    assert run([*elsewhere, "import", bag, "--dry-run"]) == 1
    assert run([*elsewhere, "import", bag]) == 1
    shutil.rmtree(bag)
