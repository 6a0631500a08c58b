"""All messages that a query finds, and not only a page of them: for tags and statistics."""

import sqlite3

from archiver.query import Query
from archiver.store.choices import stems
from archiver.store.filters import plan
from archiver.store.ids import UNDATED

_ALL = "select m.id from message m where {tests} order by m.id"
_LISTED = "m.id in (select rowid from message_fts where message_fts match :match)"
_IN_TIME = f"m.local_minute between :low and :high and m.local_minute <> {UNDATED}"


def selected(
    connection: sqlite3.Connection, query: Query, *, quoted: bool = False
) -> tuple[list[int], tuple[str, ...]]:
    """Row ids of every message that the query finds, ascending, and what is to be said about it. In the languages that
    were chosen for the archive, all forms of a word are found, as in every search."""
    made = plan(connection, query, quoted=quoted, stems=stems(connection))
    tests = [*made.tests, *made.shown]
    if made.match:
        tests.append(_LISTED)
    if made.dated:
        tests.append(_IN_TIME)
    bound = {**made.values, "match": made.match, "low": made.low, "high": made.high}
    rows = connection.execute(_ALL.format(tests=" and ".join(tests or ["true"])), bound)
    return [row for (row,) in rows], made.notes
