"""An archive on disk: made whole or not at all, opened only when it is ours, written by one at a time."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from sqlite_utils import Database

from archiver.errors import LockedError, NoArchiveError, StoreError
from archiver.store import archive as store
from archiver.store import upgrade
from archiver.store.blobs import CHUNK, Blobs
from archiver.store.digest import digest
from archiver.store.ids import minute_of, public_id
from archiver.store.migrations import SEPARATORS, SEPARATORS_4, statements, steps
from archiver.store.secret import secret
from tests.talk import File, found, fresh, keep, sound

GOLDEN = Path(__file__).parent / "golden" / "schema.sql"


def schema(connection: sqlite3.Connection) -> str:
    """What SQLite says the schema is, without its own and the index's inner tables."""
    rows = connection.execute(
        """
        select sql from sqlite_master
        where sql is not null and name not like 'sqlite_%' and name not like 'message_fts_%'
          and name not like '_sqlite_migrations%'
        order by type = 'view', tbl_name, type desc, name
        """
    )
    found = "\n\n".join(sql + ";" for (sql,) in rows) + "\n"
    return found.replace(SEPARATORS_4, "{separators_4}").replace(SEPARATORS, "{separators}")


def test_the_schema_is_the_golden_one(tmp_path: Path, accept: bool) -> None:
    """A change of the schema needs a migration; this file shows it to a reader of the diff."""
    with fresh(tmp_path) as archive:
        found = schema(archive.connection)
    if accept:
        GOLDEN.write_text(found, "utf-8")
    assert found == GOLDEN.read_text("utf-8")


def test_every_table_is_strict_and_the_settings_are_the_chosen_ones(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        sql = archive.connection
        loose = sql.execute(
            "select name from pragma_table_list where schema = 'main' and type = 'table' and not strict "
            "and name not like 'sqlite_%' and name not like '_sqlite_%'"
        ).fetchall()
        assert loose == []
        asked = ("application_id", "user_version", "foreign_keys", "journal_mode", "synchronous", "trusted_schema")
        settings = {name: sql.execute(f"pragma {name}").fetchone()[0] for name in asked}
        assert settings == {
            "application_id": store.APPLICATION_ID,
            "user_version": store.SCHEMA_VERSION,
            "foreign_keys": 1,
            "journal_mode": "delete",
            "synchronous": 3,
            "trusted_schema": 0,
        }


def test_making_an_archive_twice_changes_nothing(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        keep(archive, file := File("ab"), [file.say("2023-05-14 09:30", "Ana", "ok")])
    store.create(tmp_path)
    with store.open_archive(tmp_path) as archive:
        assert archive.connection.execute("select count(*) from message").fetchone() == (1,)


def test_a_half_made_archive_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "archive.db.new").write_bytes(b"torn")
    with fresh(tmp_path) as archive:
        assert sound(archive)
    assert not (tmp_path / "archive.db.new").exists()


def test_no_archive_is_said_with_the_way_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NoArchiveError) as caught:
        store.open_archive(tmp_path)
    assert caught.value.exit_code == 10
    assert "archive import" in caught.value.remedy


@pytest.mark.parametrize("content", [b"", b"this is no database at all, it is only a text" * 40])
def test_a_file_that_is_no_archive_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    store.database(tmp_path).write_bytes(content)
    for write in (True, False):
        with pytest.raises(StoreError):
            store.open_archive(tmp_path, write=write)
    assert store.database(tmp_path).read_bytes() == content


def test_somebody_elses_database_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(store.database(tmp_path)) as other:
        other.execute("create table recipe (cake text)")
    other.close()
    with pytest.raises(StoreError, match="not an archive"):
        store.open_archive(tmp_path)


def test_an_archive_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        archive.connection.execute("pragma user_version = 99")
    with pytest.raises(StoreError, match="newer version"):
        store.open_archive(tmp_path)


def test_an_archive_on_a_read_only_medium_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with fresh(tmp_path) as archive:
        keep(archive, file := File("ab"), [file.say("2023-05-14 09:30", "Ana", "ok")])
    connect = sqlite3.connect

    def stick(name: object, **more: object) -> sqlite3.Connection:
        if "uri" not in more:
            raise sqlite3.OperationalError("unable to open database file")
        return connect(name, **more)  # type: ignore[call-overload,no-any-return]  # passed through

    monkeypatch.setattr(sqlite3, "connect", stick)
    with store.open_archive(tmp_path) as archive:
        assert archive.connection.execute("select text from message").fetchall() == [("ok",)]
        with pytest.raises(sqlite3.OperationalError):
            archive.connection.execute("delete from message")
    with pytest.raises(StoreError):
        store.open_archive(tmp_path, write=True)


def test_readers_cannot_write(tmp_path: Path) -> None:
    with fresh(tmp_path):
        pass
    with store.open_archive(tmp_path) as archive, pytest.raises(sqlite3.OperationalError, match="readonly"):
        archive.connection.execute("delete from message")


def test_a_second_writer_leaves_with_code_11_and_the_lock_dies_with_its_holder(tmp_path: Path) -> None:
    with fresh(tmp_path):
        pass
    script = f"""
import sys
from pathlib import Path
from archiver.store.archive import writing
with writing(Path({str(tmp_path)!r})):
    print("held", flush=True)
    sys.stdin.read()
"""
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(LockedError) as caught, store.writing(tmp_path):
            raise AssertionError
        assert caught.value.exit_code == 11
        with store.open_archive(tmp_path) as reader:
            assert reader.connection.execute("select count(*) from message").fetchone() == (0,)
        other.kill()
        other.wait()
    with store.writing(tmp_path) as archive:
        assert sound(archive)


def test_a_writer_that_waits_too_long_for_readers_says_so(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive, fresh(tmp_path) as other:
        archive.connection.execute("pragma busy_timeout = 10")
        other.connection.execute("begin immediate")
        with pytest.raises(LockedError), archive.transaction():
            pass
        other.connection.execute("commit")
        other.connection.execute("begin")
        other.connection.execute("select count(*) from message").fetchone()
        with pytest.raises(LockedError), archive.transaction() as sql:
            sql.execute("insert into person (name) values ('Ana')")
        assert other.connection.execute("select count(*) from person").fetchone() == (0,)
        other.connection.execute("rollback")


def test_a_full_disk_is_told_as_such_and_nothing_is_half_done(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        (pages,) = archive.connection.execute("pragma page_count").fetchone()
        archive.connection.execute(f"pragma max_page_count = {pages}")
        with pytest.raises(StoreError, match="could not be written") as caught, archive.transaction() as sql:
            sql.execute("insert into person (name) values (?)", ("A" * 100_000,))
        assert "full" in caught.value.why
        assert archive.connection.execute("select count(*) from person").fetchone() == (0,)
        assert sound(archive)


def test_a_failure_inside_a_transaction_takes_all_of_it_back(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        with pytest.raises(sqlite3.IntegrityError), archive.transaction() as sql:
            sql.executemany("insert into person (id, name) values (?, ?)", [(1, "Ana"), (1, "Bo")])
        assert archive.connection.execute("select count(*) from person").fetchone() == (0,)


def test_the_database_can_be_copied_while_it_is_in_use(tmp_path: Path) -> None:
    with fresh(tmp_path) as archive:
        keep(archive, file := File("ab"), [file.say("2023-05-14 09:30", "Ana", "ok")])
        (tmp_path / "copy").mkdir()
        store.copy_database(tmp_path, tmp_path / "copy")
    with store.open_archive(tmp_path / "copy", write=True) as copy:
        assert copy.connection.execute("select text from message").fetchall() == [("ok",)]


def test_statements_of_a_script_are_told_apart_by_the_semicolon_that_ends_a_line() -> None:
    script = "-- talk;\ncreate table a (\n  b text -- with; a semicolon\n);\n\n-- more\ncreate view v as\nselect 1;\n"
    assert statements(script) == [
        "create table a (\n  b text -- with; a semicolon\n);",
        "create view v as\nselect 1;",
    ]


def test_the_same_content_is_kept_once_under_its_digest(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "blobs")
    kept = blobs.put(BytesIO(b"harvest"))
    assert blobs.put(BytesIO(b"harvest")) == kept
    assert kept.size == 7
    assert list(blobs.all()) == [kept.sha256]
    with blobs.open(kept.sha256) as file:
        assert file.read() == b"harvest"
    blobs.remove(kept.sha256)
    blobs.remove(kept.sha256)
    assert list(blobs.all()) == []


def test_a_blob_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    class Torn(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("the stick was pulled")

    blobs = Blobs(tmp_path / "blobs")
    with pytest.raises(OSError, match="pulled"):
        blobs.put(Torn())
    assert list((tmp_path / "blobs").iterdir()) == []


def test_what_a_killed_run_left_is_swept_away_by_the_next_writer(tmp_path: Path) -> None:
    with fresh(tmp_path):
        (tmp_path / "blobs" / "incoming-x").write_bytes(b"half")
    with store.writing(tmp_path):
        assert list((tmp_path / "blobs").iterdir()) == []


def test_a_dry_run_measures_blobs_and_writes_none(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "blobs", keep=False)
    kept = blobs.put(BytesIO(b"harvest"))
    assert kept == Blobs(tmp_path / "real").put(BytesIO(b"harvest"))
    blobs.remove(kept.sha256)
    assert not (tmp_path / "blobs").exists()


def test_a_public_id_tells_its_minute_and_comes_back_from_it() -> None:
    minute = 27_999_999
    assert public_id(minute, -1, 1) == "202303281039-zzzzzzzz"
    assert public_id(minute, 0, 2) == "202303281039-00000000.2"
    assert public_id(-1, 1 << 63, 1) == "undated-00000000"
    assert minute_of("202303281039-zzzzzzzz") == minute
    assert minute_of("undated-00000000") == -1
    assert minute_of("water tank") is None
    assert minute_of("202313991039-zzzzzzzz") is None


def test_the_secret_is_made_once_and_is_the_owners_alone(tmp_path: Path) -> None:
    first = secret(tmp_path)
    assert len(first) == 32
    assert secret(tmp_path) == first
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


# An archive of version 1, as its program left it: made by the first step alone.

SAID_THEN = ("The water tank leaks", "Größe: 3 m", "ok")


def version_one(folder: Path) -> str:
    """Make one in *folder*; returns its digest."""
    folder.mkdir(exist_ok=True)
    (folder / "blobs").mkdir()
    with closing(sqlite3.connect(store.database(folder), isolation_level=None)) as sql:
        sql.executescript(f"pragma page_size = 8192; pragma application_id = {store.APPLICATION_ID};")
        steps.apply(Database(sql), stop_before="0002_the_same_twice")
        sql.executescript(
            """
            pragma user_version = 1;
            insert into import values
              (1, 'whatsapp', 1, '0.1.0', '{}', 'd', '["a.txt"]', '{"new": 3}', '{}', 'done', '2023', '2023');
            insert into blob values ('ab', 300, 'text/plain'), ('cd', 3, 'image/jpeg');
            insert into source_file values (1, 1, null, 'a.txt', 'ab', 300, 'Europe/Berlin', 'dmy');
            insert into conversation values (1, 'whatsapp:garden', 'whatsapp', null, 'Garden Club', 'group', 1);
            insert into conversation_alias values ('whatsapp:old garden', 1, 1);
            insert into person values (1, 'Ana');
            insert into identity values (1, 'whatsapp-name', 'Ana', 'whatsapp:garden', 'Ana', 1);
            insert into identity_link values (1, 1, 1, 'exact', 1, 1);
            """
        )
        for row, text in enumerate(SAID_THEN, 1):
            sql.execute(
                """
                insert into message (id, conversation_id, seq, local_minute, match_key, sender_id, sent_at, tz_offset,
                  precision, text) values (:row, 1, :row, 28000000 + :row, :row, 1, 60000 * :row, 0, 'minute', :text)
                """,
                {"row": row, "text": text},
            )
            sql.execute("insert into record values (1, ?1, ?1 * 100, 100, 'read', ?1, 'first', null, null)", (row,))
        sql.execute("insert into attachment values (3, 0, 'tank.jpg', 'image/jpeg', 3, 'cd', 'present')")
        sql.execute("insert into message_fts (rowid, subject, text) select id, subject, text from message")
        return digest(sql)


def version(folder: Path) -> int:
    with closing(sqlite3.connect(store.database(folder))) as sql:
        return int(sql.execute("pragma user_version").fetchone()[0])


def kept_as_it_was(folder: Path) -> Path:
    return folder / "archive.db.v1-backup"


@pytest.mark.parametrize("write", [True, False])
def test_an_archive_of_version_1_is_brought_to_today_and_says_the_same(tmp_path: Path, write: bool) -> None:
    before = version_one(tmp_path)
    with store.open_archive(tmp_path, write=write) as archive:
        assert archive.kept == kept_as_it_was(tmp_path)
        assert digest(archive.connection) == before
        assert found(archive, "water") == ["The water tank leaks"]
        assert found(archive, "GROSSE OR größe") == ["Größe: 3 m"]
        assert schema(archive.connection) == GOLDEN.read_text("utf-8")
        assert archive.connection.execute("select count(*) from message_fts_config").fetchone() == (3,)
        assert sound(archive)
    assert version(tmp_path) == store.SCHEMA_VERSION
    with closing(sqlite3.connect(kept_as_it_was(tmp_path))) as copy:
        assert copy.execute("pragma user_version").fetchone() == (1,)
        assert digest(copy) == before
    with store.open_archive(tmp_path) as again:
        assert again.kept is None


def test_a_writer_brings_an_old_archive_to_today_under_the_lock_it_has(tmp_path: Path) -> None:
    before = version_one(tmp_path)
    with store.writing(tmp_path) as archive:
        assert digest(archive.connection) == before
        assert archive.kept is not None


def test_a_copy_for_a_dry_run_leaves_an_old_archive_old(tmp_path: Path) -> None:
    before = version_one(tmp_path / "old")
    (tmp_path / "copy").mkdir()
    store.copy_database(tmp_path / "old", tmp_path / "copy")
    assert version(tmp_path / "old") == 1
    assert not kept_as_it_was(tmp_path / "old").exists()
    with store.writing(tmp_path / "copy") as archive:
        assert digest(archive.connection) == before


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX's")
def test_a_killed_upgrade_leaves_version_1_and_the_next_one_does_it_again(tmp_path: Path) -> None:
    before = version_one(tmp_path)
    script = f"""
import os, signal
from pathlib import Path
from archiver.store import archive as store, upgrade
whole = upgrade.migrate
def migrate(*arguments):
    whole(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)
upgrade.UPGRADE += "pragma cache_size = 5;"
upgrade.migrate = migrate
store.open_archive(Path({str(tmp_path)!r}))
"""
    killed = subprocess.run([sys.executable, "-c", script], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert store.database(tmp_path).with_name("archive.db-journal").exists()
    assert version(tmp_path) == 1
    with closing(sqlite3.connect(store.database(tmp_path))) as sql:
        assert digest(sql) == before
        assert "duplicate" not in {name for (name,) in sql.execute("select name from sqlite_master")}
    with store.open_archive(tmp_path) as archive:
        assert digest(archive.connection) == before
        assert sound(archive)


def test_an_upgrade_that_fails_leaves_the_archive_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version_one(tmp_path)
    for failure, words in (
        (sqlite3.OperationalError("database or disk is full"), "earlier version"),
        (PermissionError("read-only file system"), "earlier version"),
        (sqlite3.DatabaseError("malformed"), "cannot be opened"),
    ):

        def fail(*_: object, failure: Exception = failure) -> None:
            raise failure

        monkeypatch.setattr(upgrade, "migrate", fail)
        with pytest.raises(StoreError, match=words) as caught:
            store.open_archive(tmp_path)
        assert str(failure) in caught.value.why
        assert caught.value.remedy
    assert version(tmp_path) == 1


def test_a_backup_that_fails_leaves_nothing_of_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version_one(tmp_path)

    def fail(_: int) -> None:
        raise OSError("the stick was pulled")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StoreError, match="earlier version"):
        store.open_archive(tmp_path)
    assert version(tmp_path) == 1
    assert not list(tmp_path.glob("*backup*"))


def test_an_old_archive_on_a_read_only_medium_is_refused_with_a_way_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version_one(tmp_path)
    connect = sqlite3.connect

    def stick(name: object, **more: object) -> sqlite3.Connection:
        if "uri" not in more:
            raise sqlite3.OperationalError("unable to open database file")
        return connect(name, **more)  # type: ignore[call-overload,no-any-return]  # passed through

    monkeypatch.setattr(sqlite3, "connect", stick)
    with pytest.raises(StoreError, match="earlier version") as caught:
        store.open_archive(tmp_path)
    assert "copy it" in caught.value.remedy


def test_an_old_archive_waits_for_its_writer_and_its_readers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version_one(tmp_path)
    monkeypatch.setattr(store, "BUSY_MS", 100)
    with store.locked(tmp_path), pytest.raises(LockedError, match="writing"):
        store.open_archive(tmp_path)
    monkeypatch.setattr(upgrade, "UPGRADE", "pragma busy_timeout = 10;")
    with closing(sqlite3.connect(store.database(tmp_path), isolation_level=None)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from message").fetchone()
        with pytest.raises(LockedError, match="in use"):
            store.open_archive(tmp_path)
    assert version(tmp_path) == 1
    with store.open_archive(tmp_path):
        assert version(tmp_path) == store.SCHEMA_VERSION


def test_what_somebody_else_has_upgraded_meanwhile_is_left_as_it_is(tmp_path: Path) -> None:
    version_one(tmp_path)
    assert upgrade.upgrade(store.database(tmp_path), store.SCHEMA_VERSION) == kept_as_it_was(tmp_path)
    assert upgrade.upgrade(store.database(tmp_path), store.SCHEMA_VERSION) is None


def test_content_of_any_length_is_kept_whether_it_is_at_hand_or_flows_by(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "blobs")
    contents = [b"", b"harvest", bytes(CHUNK), bytes(CHUNK + 1), b"x" * (3 * CHUNK)]
    kept = [blobs.put_soon(BytesIO(content)) for content in contents]
    assert [blobs.put_whole_soon(content) for content in contents] == kept
    blobs.settle()
    assert [blobs.put(BytesIO(content)) for content in contents] == kept
    assert [blobs.path(one.sha256).read_bytes() for one in kept] == contents
    assert not list((tmp_path / "blobs").glob("incoming-*"))


def test_content_that_flows_by_and_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    class Torn(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > CHUNK:
                raise OSError("the stick was pulled")
            return super().read(size)

    blobs = Blobs(tmp_path / "blobs")
    with pytest.raises(OSError, match="pulled"):
        blobs.put(Torn(bytes(4 * CHUNK)))
    assert list((tmp_path / "blobs").iterdir()) == []
