"""Searches kept under a name, and put in the place of @NAME when they are asked again."""

import re
import sqlite3
from typing import NamedTuple

from archiver.errors import UsageError
from archiver.store.run import now
from archiver.text import bare, one_line, storable

_NAME = re.compile(r"[^\W_][\w-]{0,59}")
_MENTION = re.compile(r'"[^"]*"|(?<![^\s(-])@([^\W_][\w-]{0,59})(?![\w@.:/-])')


class Saved(NamedTuple):
    """A search under a name; *saved_at* is ISO 8601 UTC."""

    name: str
    query: str
    saved_at: str


def save(sql: sqlite3.Connection, name: str, query: str) -> str | None:
    """Keep the query under the name; what it stood for before, or None. UsageError for what cannot be a name."""
    kept = name.strip().removeprefix("@")
    if not _NAME.fullmatch(kept):
        raise UsageError(
            f"“{one_line(name, 40)}” cannot be the name of a search.",
            remedy="A name is a letter or digit, then up to 59 letters, digits, - or _.",
        )
    before = _saved(sql).get(bare(kept))
    if before is not None:
        sql.execute("delete from saved_search where name = ?", (before.name,))
    sql.execute("insert into saved_search (name, query, saved_at) values (?, ?, ?)", (kept, storable(query)[0], now()))
    return before.query if before else None


def forget(sql: sqlite3.Connection, name: str) -> Saved:
    """Keep the search no longer; what it was. UsageError when there is none of this name."""
    found = _saved(sql).get(bare(name.strip().removeprefix("@")))
    if found is None:
        raise UsageError(
            f"There is no saved search “{one_line(name, 40)}”.", remedy="See which there are: archive searches"
        )
    sql.execute("delete from saved_search where name = ?", (found.name,))
    return found


def searches(sql: sqlite3.Connection) -> list[Saved]:
    """All saved searches, by name."""
    return [Saved(*row) for row in sql.execute("select name, query, saved_at from saved_search order by name")]


def expanded(sql: sqlite3.Connection, query: str) -> tuple[str, tuple[str, ...]]:
    """The query with the saved ones in the place of their names, and what is to be said about it.

    What stands between quotes, and a name that nothing is saved under, stay as they are.
    """
    if "@" not in query:
        return query, ()
    known, notes = _saved(sql), list[str]()

    def put(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        saved = known.get(bare(found[1]))
        if saved is None:
            notes.append(f"There is no saved search @{found[1]}, so it is searched as a word.")
            return found[0]
        return saved.query if found[0] == query.strip() else f"({saved.query})"

    return _MENTION.sub(put, query), tuple(dict.fromkeys(notes))


def _saved(sql: sqlite3.Connection) -> dict[str, Saved]:
    return {bare(one.name): one for one in searches(sql)}
