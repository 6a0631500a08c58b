"""A person's own SQL: every question is answered, and no statement changes a byte anywhere."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archiver.errors import UsageError
from archiver.store.archive import SCHEMA_VERSION
from archiver.store.sql import asked
from tests.talk import File, fresh, keep


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sql")
    with fresh(folder) as archive:
        file = File("ab")
        keep(
            archive,
            file,
            [file.say("2023-05-14 09:30", "Ana", "the frog is back"), file.say("2023-05-14 09:31", "Bo", "-5")],
        )
    return folder


def answer(home: Path, statement: str) -> list[tuple[object, ...]]:
    with asked(home, statement) as rows:
        return [tuple(row) for row in rows.rows]


@pytest.mark.parametrize(
    ("statement", "rows"),
    [
        ("select text from v_message where sender = 'Ana'", [("the frog is back",)]),
        ("select rowid from message_fts where message_fts match 'frog'", [(1,)]),
        ("select count(*) from message where id in (select value from json_each('[1, 2, 3]'))", [(2,)]),
        (
            "with recursive n(x) as (select 1 union all select x + 1 from n where x < 3) select x from n",
            [(1,), (2,), (3,)],
        ),
        ("select x'00ff'", [("00ff",)]),
        ("select name from pragma_table_info('saved_search') limit 1", [("name",)]),
        ("pragma user_version", [(SCHEMA_VERSION,)]),
        ("values (1, null)", [(1, None)]),
        ("-- nothing", []),
    ],
)
def test_every_reading_is_answered(home: Path, statement: str, rows: list[tuple[object, ...]]) -> None:
    assert answer(home, statement) == rows


@pytest.mark.parametrize(
    "statement",
    [
        "delete from message",
        "update message set text = ''",
        "insert into tag values ('x', 'y', 'z')",
        "drop table message",
        "create table x (a)",
        "create temp table x (a)",
        "create view x as select 1",
        "alter table tag rename to gone",
        "insert into message_fts (message_fts) values ('rebuild')",
        "attach '{outside}' as other",
        "vacuum",
        "vacuum into '{outside}'",
        "begin",
        "savepoint x",
        "reindex",
        "analyze",
        "pragma query_only = off",
        "pragma journal_mode = wal",
        "pragma user_version = 9",
        "pragma writable_schema = on",
        "select load_extension('evil')",
        "with x as (select 1) delete from tag",
        "explain delete from tag",
    ],
)
def test_nothing_else_is_and_no_file_changes(home: Path, tmp_path: Path, statement: str) -> None:
    outside = tmp_path / "outside.db"
    before = hashlib.sha256((home / "archive.db").read_bytes()).hexdigest()
    there = sorted(path.name for path in home.iterdir())
    with pytest.raises(UsageError, match="only read here"):
        answer(home, statement.format(outside=outside))
    assert hashlib.sha256((home / "archive.db").read_bytes()).hexdigest() == before
    assert not outside.exists()
    assert sorted(path.name for path in home.iterdir()) == there


@pytest.mark.parametrize("statement", ["selekt 1", "select 1; select 2", "select * from nowhere", "select 'a"])
def test_what_is_no_sql_gets_a_reason(home: Path, statement: str) -> None:
    with pytest.raises(UsageError, match="no SQL") as told:
        answer(home, statement)
    assert told.value.why


def test_columns_of_one_name_are_told_apart(home: Path) -> None:
    with asked(home, "select 1 as a, 2 as a, 3 as a_2, 4 as a") as rows:
        assert rows.columns == ["a", "a_2", "a_2_2", "a_3"]


def test_control_c_stops_a_question_without_end(home: Path) -> None:
    endless = "with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n"
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "  # whatever our own parent does
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            heard + "from archiver.__main__ import main; main()",
            "--archive",
            str(home),
            "sql",
            endless,
        ],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ,
    ) as process:
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        try:
            _, talk = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130
    assert b"Interrupted" in talk
    assert b"Traceback" not in talk
