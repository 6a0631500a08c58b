"""How rows go into the tables: many to a statement, as values that are one row after the other, or as tuples."""

import sqlite3
from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import cast

from archiver.store.merge import View

Row = tuple[object, ...]

# Python's sqlite3 asks around for what a None may be, a third of a microsecond each, and most rows have some: where
# many are bound, a number that no text is like stands for null.
NULL = 0
ROWS = 100  # to a statement: a third less work than row by row; of one size, for every size is compiled and kept


def flat(count: int, *columns: object) -> list[object]:
    """The values of *count* rows one after the other; a column is a sequence of them, or one for all rows."""
    width = len(columns)
    rows: list[object] = [None] * (width * count)
    for place, column in enumerate(columns):
        alike = column is None or isinstance(column, (int, str))
        rows[place::width] = [column] * count if alike else cast("Sequence[object]", column)
    return rows


def insert_flat(sql: sqlite3.Connection, statement: str, width: int, rows: list[object]) -> None:
    """Insert rows of *width* values, which come one after the other; *statement* as of `insert`."""
    step = width * ROWS
    whole = len(rows) - len(rows) % step
    many = _many(statement)
    for start in range(0, whole, step):
        sql.execute(many, rows[start : start + step])
    for start in range(whole, len(rows), width):
        sql.execute(statement, rows[start : start + width])


@cache
def _many(statement: str) -> str:
    """The statement for ROWS rows at once."""
    head, values = statement.rsplit("values", 1)
    return f"{head}values{','.join([values] * ROWS)}"


def insert(sql: sqlite3.Connection, statement: str, rows: list[Row]) -> None:
    """Insert *rows*, many to a statement; *statement* ends in the parentheses that stand for one row."""
    whole = len(rows) - len(rows) % ROWS
    if whole:
        many = _many(statement)
        for start in range(0, whole, ROWS):
            sql.execute(many, list(chain.from_iterable(rows[start : start + ROWS])))
    sql.executemany(statement, rows[whole:])


ADD_ATTACHMENT = f"""
insert into attachment
values (?, ?, nullif(?, {NULL}), nullif(?, {NULL}), nullif(?, '{NULL}'), nullif(?, {NULL}), ?)
"""
ADD_LABEL = "insert into label values (?, ?)"
ADD_REFERENCE = "insert into reference values (?, ?, ?)"
ADD_REACTION = "insert into reaction values (?, ?, ?, ?, ?)"


def attachment_rows(row: int, files: Sequence[View]) -> list[tuple[object, ...]]:
    return [
        (row, place, *(bound(file[field]) for field in ("name", "media_type")), bound(file["size"], str(NULL)),
         bound(file["sha256"]), file["state"])
        for place, file in enumerate(files)
    ]  # fmt: skip


def bound(value: object, null: object = NULL) -> object:
    return null if value is None else value
