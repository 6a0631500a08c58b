"""What a check finds: where something is damaged, which messages that concerns, and what can be done."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from archiver.store.ids import public_id

# What reading a damaged database may raise: sqlite3 cannot even say what is wrong where its words are damaged, too.
UNREADABLE = (sqlite3.DatabaseError, UnicodeDecodeError)
NAMED = 50  # messages that a finding names; it counts all of them


@dataclass(frozen=True, slots=True)
class Finding:
    """One damaged thing. *what*: page, index, structure, row, blob, seal, database, changed, key, or file (of a site).

    *messages*: ids of the first messages concerned, *concerned*: how many there are; *rebuild*: what can be done;
    *derived*: it follows from the rest, so that nothing is lost with it.
    """

    what: str
    note: str
    messages: tuple[str, ...] = ()
    concerned: int = 0
    rebuild: str = ""
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check looked at and what it found; *notes* are no damage. *checked*: pages, blobs, bytes, files."""

    checked: Mapping[str, int]
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    bad_pages: tuple[int, ...] = field(default=())

    @property
    def sound(self) -> bool:
        return not self.findings


def naming(sql: sqlite3.Connection | None, rows: Sequence[int]) -> tuple[tuple[str, ...], int]:
    """(ids of the first of these messages, how many they are): fields of a finding."""
    if sql is None or not rows:
        return (), len(rows)
    named: list[str] = []
    with suppress(*UNREADABLE, OverflowError, ValueError):
        for row in sql.execute(
            """
            select local_minute, match_key, occurrence from message
            where id in (select value from json_each(?)) order by id
            """,
            (json.dumps(sorted(rows)[:NAMED]),),
        ):
            named.append(public_id(*row))  # noqa: PERF401 - what came before an error counts
    return tuple(named), len(rows)
