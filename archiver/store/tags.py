"""Tags that people give to messages here, told apart from the labels a source came with.

A tag is bound to the public id of a message, so it is still there when an import is undone, waits for the message,
and is on it again when the message comes back.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from archiver.errors import UsageError
from archiver.store.ids import minute_of, public_id
from archiver.store.run import now
from archiver.text import bare, one_line, storable

LONGEST = 100  # characters of a tag's name

_IDS = """
select m.id, m.local_minute, m.match_key, m.occurrence from json_each(:rows) as wanted
join message m on m.id = wanted.value
"""


class Tag(NamedTuple):
    """A name that messages are found by with tag:NAME: how many were tagged *here* by people, of which *waiting*
    are not in the archive at present, and how many their *source* filed so."""

    name: str
    here: int
    waiting: int
    source: int


def named(name: str) -> str:
    """The name as it is kept: on one line, without spaces around it. UsageError for one that cannot be a name."""
    kept = " ".join(storable(name)[0].split())
    if not kept or len(kept) > LONGEST or one_line(kept, 4 * LONGEST) != kept:
        raise UsageError(
            f"“{one_line(name, 40)}” cannot be the name of a tag.",
            remedy=f"A name is up to {LONGEST} letters, digits, signs and spaces on one line.",
        )
    return kept


def add(sql: sqlite3.Connection, rows: Sequence[int], name: str) -> int:
    """Tag the messages with these row ids; how many did not have the tag. In the caller's transaction."""
    tagged = [(identifier, known(sql, named(name)), now()) for identifier in public_ids(sql, rows).values()]
    before = sql.total_changes
    sql.executemany("insert or ignore into tag (public_id, name, tagged_at) values (?, ?, ?)", tagged)
    return sql.total_changes - before


def remove(sql: sqlite3.Connection, rows: Sequence[int], name: str) -> int:
    """Take the tag off the messages with these row ids; how many had it. In the caller's transaction."""
    gone = [(identifier, known(sql, named(name))) for identifier in public_ids(sql, rows).values()]
    before = sql.total_changes
    sql.executemany("delete from tag where public_id = ? and name = ?", gone)
    return sql.total_changes - before


def drop(sql: sqlite3.Connection, name: str) -> int:
    """Take the tag off everything, also off what is not in the archive at present; off how many."""
    return sql.execute("delete from tag where name = ?", (known(sql, named(name)),)).rowcount


def known(sql: sqlite3.Connection, name: str) -> str:
    """The tag of this name as it was first written, for `Oral History` and `oral history` are one; else the name."""
    folded = bare(name)
    names = (each for (each,) in sql.execute("select distinct name from tag order by name"))
    return next((each for each in names if bare(each) == folded), name)


def tags(sql: sqlite3.Connection) -> list[Tag]:
    """All tags and labels, by name."""
    here, waiting = Counter[str](), Counter[str]()
    present = _rows_of(sql, (identifier for (identifier,) in sql.execute("select distinct public_id from tag")))
    for identifier, name in sql.execute("select public_id, name from tag"):
        here[name] += 1
        waiting[name] += identifier not in present
    source = dict[str, int](sql.execute("select name, count(*) from label group by name").fetchall())
    return [
        Tag(name, here[name], waiting[name], source.get(name, 0))
        for name in sorted(here.keys() | source.keys(), key=lambda name: (bare(name), name))
    ]


def public_ids(sql: sqlite3.Connection, rows: Sequence[int]) -> dict[int, str]:
    """The public ids of the messages with these row ids."""
    found = sql.execute(_IDS, {"rows": json.dumps(list(rows))})
    return {row: public_id(minute, key, occurrence) for row, minute, key, occurrence in found}


def of_messages(sql: sqlite3.Connection, identifiers: Sequence[str]) -> dict[str, list[str]]:
    """The tags of messages by their public ids, each message's by name."""
    found: dict[str, list[str]] = {}
    for identifier, name in sql.execute(
        "select public_id, name from tag where public_id in (select value from json_each(?)) order by 1, 2",
        (json.dumps(list(identifiers)),),
    ):
        found.setdefault(identifier, []).append(name)
    return found


@contextmanager
def following(sql: sqlite3.Connection) -> Iterator[None]:
    """What the block does may give messages other public ids, for their conversation is part of them: tags go along.

    A message is known again by the records that tell of it. In the caller's transaction.
    """
    tagged = _rows_of(sql, (identifier for (identifier,) in sql.execute("select distinct public_id from tag")))
    told = {row: _records(sql, row) for rows in tagged.values() for row in rows}
    yield
    for identifier, rows in tagged.items():
        homes = {home for row in rows for home in _told_by(sql, told[row])}
        after = set(public_ids(sql, sorted(homes)).values())
        if after and identifier not in after:
            _move(sql, identifier, after)


def _records(sql: sqlite3.Connection, row: int) -> Sequence[tuple[int, int]]:
    """The first few records of a message."""
    return sql.execute(
        "select source_file_id, ordinal from record where message_id = ? order by role <> 'first' limit 20", (row,)
    ).fetchall()


def _told_by(sql: sqlite3.Connection, records: Sequence[tuple[int, int]]) -> Iterator[int]:
    """The row of the message that these records tell of now."""
    for record in records:
        found = sql.execute(
            "select message_id from record where source_file_id = ? and ordinal = ? and message_id is not null", record
        ).fetchone()
        if found:
            yield found[0]
            return


def _move(sql: sqlite3.Connection, identifier: str, after: Iterable[str]) -> None:
    sql.executemany(
        """
        insert or ignore into tag (public_id, name, tagged_at)
        select ?, name, tagged_at from tag where public_id = ?
        """,
        [(new, identifier) for new in after],
    )
    sql.execute("delete from tag where public_id = ?", (identifier,))


def _rows_of(sql: sqlite3.Connection, identifiers: Iterable[str]) -> Mapping[str, list[int]]:
    """The row ids of the messages with these public ids, of those that are in the archive."""
    wanted = {identifier: minute for identifier in identifiers if (minute := minute_of(identifier)) is not None}
    found: dict[str, list[int]] = {}
    for row, minute, key, occurrence in sql.execute(
        """
        select id, local_minute, match_key, occurrence from message
        where local_minute in (select value from json_each(?))
        """,
        (json.dumps(sorted(set(wanted.values()))),),
    ):
        identifier = public_id(minute, key, occurrence)
        if identifier in wanted:
            found.setdefault(identifier, []).append(row)
    return found
