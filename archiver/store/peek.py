"""A quick look for the shell's sake: names to complete what a person types. Never upgrades, waits, or complains."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path

from archiver.store.archive import SCHEMA_VERSION, database

MOST = 20_000  # names of one kind; more than a shell can show

_PEOPLE = """
select name from identity where name <> ''
union select name from person union select name from identity_name order by 1 limit :most
"""
_CONVERSATIONS = "select title from conversation union select title from conversation_alias order by 1 limit :most"
_LISTS = "select title from conversation where kind = 'list' order by 1 limit :most"
_SOURCES = "select distinct source from conversation order by 1 limit :most"
_TAGS = "select name from tag union select name from label order by 1 limit :most"
_SAVED = "select name from saved_search order by 1 limit :most"
_KINDS = "select distinct kind from message order by 1 limit :most"

QUERIES: Mapping[str, str] = {
    "sender": _PEOPLE,
    "recipient": _PEOPLE,
    "party": _PEOPLE,
    "conversation": _CONVERSATIONS,
    "list": _LISTS,
    "source": _SOURCES,
    "tag": _TAGS,
    "saved": _SAVED,
    "kind": _KINDS,
}
"""What can be named, by the meaning of a field (see fields.py) or ``saved`` for searches."""


def names(folder: Path, what: str) -> list[str]:
    """Everything of this kind that has a name in the archive in *folder*; [] when it cannot be told just now."""
    query = QUERIES.get(what)
    with suppress(sqlite3.Error, OSError):
        if query and database(folder).is_file():
            with closing(
                sqlite3.connect(f"{database(folder).absolute().as_uri()}?mode=ro", uri=True, timeout=0.2)
            ) as sql:
                if sql.execute("pragma user_version").fetchone() == (SCHEMA_VERSION,):
                    return [name for (name,) in sql.execute(query, {"most": MOST}) if name]
    return []
