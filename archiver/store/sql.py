"""A person's own SQL, asked of the archive: every select, and nothing that could change a byte anywhere."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from archiver.errors import UsageError
from archiver.store.archive import BUSY_MS, database, open_archive

_STEPS = 20_000  # of SQLite's machine between two looks at whether the person has had enough
_ALLOWED = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}
_PRAGMAS = {
    "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list",
    "data_version", "page_count", "page_size", "user_version", "application_id", "encoding", "compile_options",
}  # fmt: skip
# Virtual tables are declared when they are first used, which the guard would take for making tables.
_WARM = """
select 1 from message_fts, json_each('[]'), json_tree('[]'), pragma_table_info('message'), pragma_table_list,
  pragma_index_list('message'), pragma_foreign_key_list('message') limit 0
"""
_ACTING = {"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"}


@dataclass(frozen=True, slots=True)
class Rows:
    """An answer: the names of its columns, and its rows as they come."""

    columns: Sequence[str]
    rows: Iterator[Sequence[object]]


@contextmanager
def asked(folder: Path, statement: str) -> Iterator[Rows]:
    """The answer to one statement, while the block lasts; UsageError when it cannot be answered.

    The file is opened read-only, the connection writes nothing, and what is no reading is refused before it begins:
    attached files, temporary tables, transactions, settings.
    """
    with open_archive(folder):  # brought to today's version, and mended after a crash, if need be
        pass
    where = f"{database(folder).absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(where, uri=True, isolation_level=None, timeout=BUSY_MS / 1000)) as connection:
        connection.executescript("pragma query_only = on; pragma trusted_schema = off; pragma cell_size_check = on;")
        connection.execute(_WARM)
        refused: list[str] = []
        connection.set_authorizer(_guard(refused))
        connection.set_progress_handler(lambda: 0, _STEPS)  # lets a Ctrl-C come through in a long answer
        try:
            cursor = connection.execute(statement)
            columns = [column for column, *_ in cursor.description or ()]
            yield Rows(_apart(columns), _rows(cursor))
        except (sqlite3.Error, sqlite3.Warning) as error:
            if "interrupted" in str(error):
                raise KeyboardInterrupt from error
            raise _cannot(error, refused) from error


def _rows(cursor: sqlite3.Cursor) -> Iterator[Sequence[object]]:
    for row in cursor:
        yield [value.hex() if isinstance(value, bytes) else value for value in row]


def _apart(columns: Sequence[str]) -> list[str]:
    """Names of columns of which no two are the same, for a JSON object has each once."""
    named: dict[str, int] = {}
    for column in columns:
        name, number = column, 1
        while name in named:
            number += 1
            name = f"{column}_{number}"
        named[name] = number
    return list(named)


def _guard(refused: list[str]) -> Callable[[int, str | None, str | None, str | None, str | None], int]:
    """Allows what only reads; what it refuses is noted."""

    def allowed(action: int, first: str | None, second: str | None, _base: str | None, _trigger: str | None) -> int:
        fine = action in _ALLOWED and not (action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _ACTING)
        if fine or (action == sqlite3.SQLITE_PRAGMA and (first or "").lower() in _PRAGMAS):
            return sqlite3.SQLITE_OK
        refused.append(first or "")
        return sqlite3.SQLITE_DENY

    return allowed


def _cannot(error: Exception, refused: Sequence[str]) -> UsageError:
    if refused or "readonly" in str(error):
        return UsageError(
            "The archive is only read here: this statement does something else.",
            why=str(error),
            remedy="Ask with one select, e.g. archive sql 'select * from v_message limit 5'",
        )
    return UsageError(
        "This is no SQL that the archive can answer.",
        why=str(error),
        remedy="See the tables and views: archive sql \"select name, sql from sqlite_schema where type <> 'index'\"",
    )
