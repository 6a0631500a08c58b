"""The row of an import: begun, marked after every batch, taken up again after an interruption, finished."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from archiver import __version__
from archiver.model import COUNTS
from archiver.store.archive import Archive


def now() -> str:
    """This moment, UTC, to the second, ISO 8601."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def note(sql: sqlite3.Connection, event: str, detail: Mapping[str, object]) -> None:
    """A line in the audit trail; *event* is a PREMIS event name."""
    sql.execute(
        "insert into audit (event, happened_at, agent, detail) values (?, ?, ?, ?)",
        (event, now(), f"archive {__version__}", json.dumps(detail, ensure_ascii=False)),
    )


@dataclass(frozen=True, slots=True)
class Run:
    """What an import is: who reads, what was given, what the person told us."""

    importer: str
    version: int
    options: Mapping[str, object]
    dump: str
    given: Sequence[str]


@dataclass(slots=True)
class Progress:
    """How far an import has come: what the next run needs to go on from there.

    *items* were stored; *conversations*: row ids by the importer's keys; *cursors*: the last place in each
    conversation, of the file whose row id is *file*.
    """

    items: int = 0
    conversations: dict[str, int] = field(default_factory=dict)
    file: int = 0
    cursors: dict[int, int | None] = field(default_factory=dict)

    def as_json(self) -> str:
        return json.dumps([self.items, self.conversations, self.file, list(self.cursors.items())])

    @classmethod
    def from_json(cls, text: str) -> "Progress":
        if text == "{}":
            return cls()
        items, conversations, file, cursors = json.loads(text)
        return cls(items, conversations, file, dict(cursors))


@dataclass(slots=True)
class Begun:
    """The import in the table: its row id, its counts and progress so far, whether it was begun before."""

    id: int
    resumed: bool = False
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    progress: Progress = field(default_factory=Progress)


def begin(archive: Archive, run: Run) -> Begun:
    """An interrupted import of the same dump, importer and options, or a new one."""
    asked = {
        "importer": run.importer,
        "version": run.version,
        "program": __version__,
        "options": json.dumps(run.options, sort_keys=True, ensure_ascii=False),
        "dump": run.dump,
        "given": json.dumps(list(run.given), ensure_ascii=False),
        "now": now(),
    }
    found = archive.connection.execute(
        """
        select id, counts, state from import
        where dump = :dump and importer = :importer and importer_version = :version and options = :options
          and status = 'running'
        order by id desc limit 1
        """,
        asked,
    ).fetchone()
    if found:
        begun = Begun(found[0], resumed=True, progress=Progress.from_json(found[2]))
        begun.counts.update(json.loads(found[1]))
        return begun
    with archive.transaction() as sql:
        (row,) = sql.execute(
            """
            insert into import
              (importer, importer_version, program_version, options, dump, given, status, started_at)
            values (:importer, :version, :program, :options, :dump, :given, 'running', :now) returning id
            """,
            asked,
        ).fetchone()
    return Begun(row)


def mark(sql: sqlite3.Connection, import_id: int, counts: Mapping[str, int], progress: str) -> None:
    """Note how far the import has come, in the same transaction as what it brought."""
    sql.execute(
        "update import set counts = :counts, state = :state where id = :id",
        {"counts": json.dumps(counts), "state": progress, "id": import_id},
    )


def finish(archive: Archive, import_id: int, detail: Mapping[str, object]) -> None:
    """Mark the import done: from here on the same dump is nothing new."""
    with archive.transaction() as sql:
        sql.execute(
            "update import set status = 'done', ended_at = :now, state = '{}' where id = :id",
            {"now": now(), "id": import_id},
        )
        note(sql, "ingestion", {"import": import_id, **detail})
    archive.connection.execute("pragma analysis_limit = 1000")
    with archive.transaction() as sql:
        sql.execute("pragma optimize")
