"""What was done to the archive: imports, their guesses and problems; and where a conversation is."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from archiver.errors import UsageError
from archiver.store import reads


@dataclass(frozen=True, slots=True)
class PastImport:
    """One run of `archive import`."""

    id: int
    importer: str
    given: tuple[str, ...]
    counts: Mapping[str, int]
    status: str
    started_at: str
    ended_at: str | None


def imports(sql: sqlite3.Connection) -> list[PastImport]:
    """All imports, oldest first."""
    return [
        PastImport(row, importer, tuple(json.loads(given)), json.loads(counts), status, started, ended)
        for row, importer, given, counts, status, started, ended in sql.execute(
            "select id, importer, given, counts, status, started_at, ended_at from import order by id"
        )
    ]


def imported(
    sql: sqlite3.Connection, sha256: str, importer: str, version: int, seal: bytes | None = None
) -> tuple[int, Mapping[str, object]] | None:
    """(import, its options) of a finished import in which this importer read these bytes as given.

    *seal*: of the digest, by which a file is known that was kept without some of its words.
    """
    found = sql.execute(
        """
        select i.id, i.options from import i join source_file f on f.import_id = i.id
        where (f.sha256 = :sha256 or f.given_seal = :seal) and f.parent_id is null and i.status = 'done'
          and i.importer = :importer and i.importer_version = :version
        order by i.id desc limit 1
        """,
        {"sha256": sha256, "importer": importer, "version": version, "seal": seal},
    ).fetchone()
    return (found[0], json.loads(found[1])) if found else None


def imported_whole(
    sql: sqlite3.Connection, dump: str, importer: str, version: int
) -> tuple[int, Mapping[str, object], list[tuple[str, str, bytes | None]]] | None:
    """(import, its options, path, digest and seal of each file it read) of a finished import of what has this
    fingerprint. The seal: of the digest that a file was given with, where it was kept without some of its words."""
    found = sql.execute(
        """
        select id, options from import
        where dump = :dump and status = 'done' and importer = :importer and importer_version = :version
        order by id desc limit 1
        """,
        {"dump": dump, "importer": importer, "version": version},
    ).fetchone()
    if found is None:
        return None
    files = sql.execute("select path, sha256, given_seal from source_file where import_id = ?", (found[0],)).fetchall()
    return found[0], json.loads(found[1]), files


def conversation_id(sql: sqlite3.Connection, wanted: str) -> int:
    """The row id of the conversation with this title, key or number; UsageError when it is not exactly one."""
    known = reads.conversations(sql)
    folded = wanted.strip().casefold()
    found = [one for one in known if folded in {one.title.casefold(), one.key.casefold(), str(one.id)}]
    if len(found) == 1:
        return found[0].id
    listed = "; ".join(f"{one.id}: {one.title}" for one in found or known) or "none yet"
    raise UsageError(
        f"“{wanted}” is {'more than one conversation' if found else 'no conversation in this archive'}.",
        remedy=f"Name one of these, by its number if need be: {listed}",
    )


def problems(sql: sqlite3.Connection, import_id: int | None = None) -> list[dict[str, object]]:
    """Problems, of one import or of all: what, note, loss, file, byte range."""
    return [
        dict(zip(("import", "what", "note", "loss", "file", "start", "end"), row, strict=True))
        for row in sql.execute(
            """
            select p.import_id, p.what, p.note, p.loss, f.path, p.byte_start, p.byte_end
            from problem p left join source_file f on f.id = p.source_file_id
            where :import is null or p.import_id = :import order by p.id
            """,
            {"import": import_id},
        )
    ]


def totals(sql: sqlite3.Connection) -> dict[str, int]:
    """How much the archive holds, by table name; of messages, how many are shown and how many are hidden."""
    (hidden,) = sql.execute("select count(*) from message where duplicate_of is not null").fetchone()
    tables = ("message", "conversation", "person", "identity", "attachment", "blob", "problem")
    counts = {table: sql.execute(f"select count(*) from {table}").fetchone()[0] for table in tables}
    return {"message": counts["message"] - hidden, "hidden": hidden} | {name: counts[name] for name in tables[1:]}


def unfinished(sql: sqlite3.Connection) -> list[PastImport]:
    """Imports that were interrupted and wait to be run again."""
    return [one for one in imports(sql) if one.status == "running"]


def as_dict(one: PastImport) -> dict[str, object]:
    """A past import as plain data."""
    return {
        "import": one.id,
        "importer": one.importer,
        "given": list(one.given),
        **one.counts,
        "status": one.status,
        "started_at": one.started_at,
        "ended_at": one.ended_at,
    }


def audit(sql: sqlite3.Connection) -> list[dict[str, object]]:
    """What was done to the archive, oldest first: id, event (a name of PREMIS), at, agent, detail."""
    return [
        {"id": row, "event": event, "at": at, "agent": agent, "detail": json.loads(detail)}
        for row, event, at, agent, detail in sql.execute(
            "select id, event, happened_at, agent, detail from audit order by id"
        )
    ]
