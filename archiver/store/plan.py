"""How an archive came to be: its imports with what they were given and told, and what a person decided in between.

Enough to do all of it again from the kept originals, in another database.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from archiver.store.findings import UNREADABLE
from archiver.store.indexing import index, unindex
from archiver.store.merge import COLUMNS
from archiver.store.passages import put

# What is no import's doing, and copied as it is: before the imports what they have to mind, after them the rest.
_BEFORE = ("redaction", "tombstone", "sealed")
_AFTER = ("tag", "saved_search", "setting")
_INSIDE = ("mail",)  # sources whose files lie inside their messages
_OURS = "metadata modification"
_TORN = "damaged text"  # stands for a detail that cannot be read


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was given, or lay in a folder that was: its *path* there, and its content."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Import:
    """One import: *row* are its own columns; *after*: number of its event in the audit trail, None if it never ended;
    *files* what it read that lay on disk, *beside* them the files its messages name."""

    row: Mapping[str, object]
    options: Mapping[str, object]
    given: tuple[str, ...]
    after: int | None
    files: tuple[Kept, ...]
    beside: tuple[Kept, ...]

    @property
    def id(self) -> int:
        return int(str(self.row["id"]))

    @property
    def importer(self) -> str:
        return str(self.row["importer"])

    @property
    def undone(self) -> bool:
        return self.row["status"] == "undone"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person said of messages or conversations: its number in the audit trail, and the words kept there."""

    number: int
    detail: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Plan:
    """The imports by number, and the decisions in their order; *unreadable* events of the audit trail."""

    imports: tuple[Import, ...]
    decisions: tuple[Decision, ...]
    unreadable: int = 0

    def steps(self) -> list[Import | Decision]:
        """All of them, each decision after the imports that had ended when it was made."""
        waiting = list(self.decisions)
        steps: list[Import | Decision] = []
        for one in self.imports:
            end = one.after
            while waiting and end is not None and waiting[0].number < end:
                steps.append(waiting.pop(0))
            steps.append(one)
        return [*steps, *waiting]


_COLUMNS = (
    "id", "importer", "importer_version", "program_version", "options", "dump", "given", "counts", "state", "status",
    "started_at", "ended_at",
)  # fmt: skip


def plan(sql: sqlite3.Connection) -> Plan:
    """Of an archive that may be damaged: sqlite3.DatabaseError where the tables it needs cannot be read."""
    events = [
        (number, event, _detail(detail))
        for number, event, detail in _readable(sql, "select id, event, detail from audit order by id")
    ]
    ended = {detail.get("import"): number for number, event, detail in events if event == "ingestion"}
    rows = sql.execute(f"select {', '.join(_COLUMNS)} from import order by id").fetchall()
    imports = [_import(sql, dict(zip(_COLUMNS, row, strict=True)), ended) for row in rows]
    decisions = [Decision(number, detail) for number, event, detail in events if event == _OURS]
    unreadable = sum(_TORN in detail for _, _, detail in events)
    return Plan(tuple(imports), tuple(decisions), unreadable)


def _readable(sql: sqlite3.Connection, query: str) -> Iterator[Sequence[Any]]:
    """Its rows, up to where the database is damaged."""
    with suppress(*UNREADABLE):
        yield from sql.execute(query)


def _detail(text: str) -> dict[str, object]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {_TORN: text}


def _import(sql: sqlite3.Connection, row: Mapping[str, object], ended: Mapping[object, int]) -> Import:
    here = {"import": row["id"]}
    files = sql.execute(
        "select path, sha256 from source_file where import_id = :import and parent_id is null order by id", here
    ).fetchall()
    beside = sql.execute(
        """
        select distinct f.path, a.name, a.sha256
        from source_file f
        join record r on r.source_file_id = f.id
        join attachment a on a.message_id = r.message_id
        where f.import_id = :import and f.parent_id is null and a.sha256 is not null and a.name is not null
        order by 1, 2, 3
        """,
        here,
    ).fetchall()
    return Import(
        row,
        json.loads(str(row["options"])),
        tuple(json.loads(str(row["given"]))),
        ended.get(row["id"]),
        tuple(Kept(*file) for file in files),
        tuple(
            Kept(path[: path.rfind("/") + 1] + name, sha256)
            for path, name, sha256 in beside
            if row["importer"] not in _INSIDE
        ),
    )


# -- the rows of the copy ----------------------------------------------------------------------------------


def as_before(sql: sqlite3.Connection, one: Import, *, status: str) -> None:
    """The row of an import that is not repeated, so that every import keeps its number. In a transaction."""
    columns = ", ".join(":" + column for column in _COLUMNS)
    sql.execute(
        f"insert or ignore into import ({', '.join(_COLUMNS)}) values ({columns})", {**one.row, "status": status}
    )


def restamp(sql: sqlite3.Connection, import_id: int, one: Import) -> None:
    """The import that was repeated has been given what it was given, and when it was. In a transaction."""
    sql.execute(
        """
        update import set dump = :dump, given = :given, options = :options, started_at = :started_at,
          ended_at = coalesce(:ended_at, ended_at)
        where id = :now
        """,
        {**one.row, "now": import_id},
    )


def bring_before(old: sqlite3.Connection, new: sqlite3.Connection) -> None:
    """What imports have to mind. In a transaction of the new one."""
    for table in _BEFORE:
        _copy(old, new, table)


def bring_graves(old: sqlite3.Connection, new: sqlite3.Connection) -> None:
    """Messages from which words were taken out, as they are: their originals say it no more. In a transaction of the
    new one, into which all imports were read again under their numbers."""
    there = "select 1 from sqlite_schema where type = 'table' and name = 'tombstone'"
    if not all(sql.execute(there).fetchone() for sql in (old, new)):
        return
    columns = ("local_minute", "match_key", "occurrence", *COLUMNS)
    names = ", ".join(f"m.{column}" for column in columns)
    for row, *values in _readable(old, f"select m.id, {names} from {_BURIED}"):
        here = _told_there(old, new, row)
        if here is not None:
            _bury(new, here, dict(zip(columns, values, strict=True)))
    for file in _readable(
        old, "select import_id, path, given_seal, rewritten from source_file where given_seal is not null"
    ):
        new.execute(
            "update source_file set given_seal = ?3, rewritten = ?4 where import_id = ?1 and path = ?2", tuple(file)
        )


def graves(sql: sqlite3.Connection) -> int:
    """How many messages there are from which words were taken out."""
    return sum(1 for _ in _readable(sql, f"select distinct m.id from {_BURIED}"))


_BURIED = """message m join tombstone t
  on t.match_key = m.match_key and t.occurrence = m.occurrence and t.local_minute = m.local_minute"""


def _told_there(old: sqlite3.Connection, new: sqlite3.Connection, row: int) -> int | None:
    """The message that the same bytes tell of in the new one."""
    for place in _readable(
        old,
        f"""
        select f.import_id, f.path, r.byte_start, r.byte_end from record r
        join source_file f on f.id = r.source_file_id where r.message_id = {row:d} order by r.role <> 'first'
        """,
    ):
        found = new.execute(
            """
            select r.message_id from source_file f join record r on r.source_file_id = f.id
            where f.import_id = ? and f.path = ? and r.byte_start = ? and r.byte_end = ? and r.message_id is not null
            """,
            tuple(place),
        ).fetchone()
        if found:
            return int(found[0])
    return None


def _bury(new: sqlite3.Connection, row: int, values: Mapping[str, Any]) -> None:
    unindex(new, str(row))
    said = {name: value for name, value in values.items() if name != "sender_id"}  # rows of people have other numbers
    new.execute(
        f"update or ignore message set {', '.join(f'{name} = :{name}' for name in said)} where id = :row",
        {**said, "row": row},
    )
    put(new, row, values["subject"], values["text"], values["spans"])
    index(new, row, row)


def bring_tags(old: sqlite3.Connection, new: sqlite3.Connection) -> None:
    """What people added. In a transaction of the new one."""
    for table in _AFTER:
        _copy(old, new, table)


def bring_after(old: sqlite3.Connection, new: sqlite3.Connection) -> None:
    """What people added, and the audit trail as it was. In a transaction of the new one."""
    bring_tags(old, new)
    new.execute("delete from audit")
    _copy(old, new, "audit")
    for number, text in new.execute("select id, detail from audit where not json_valid(detail)").fetchall():
        new.execute("update audit set detail = ? where id = ?", (json.dumps({_TORN: text}), number))


def _copy(old: sqlite3.Connection, new: sqlite3.Connection, table: str) -> None:
    there = "select 1 from sqlite_schema where type = 'table' and name = ?"
    if not all(sql.execute(there, (table,)).fetchone() for sql in (old, new)):
        return
    names = [name for (name,) in old.execute("select name from pragma_table_info(?)", (table,))]
    marks = ", ".join("?" * len(names))
    columns = ", ".join(names)
    rows = list(_readable(old, f"select {columns} from {table}"))
    new.executemany(f"insert or ignore into {table} ({columns}) values ({marks})", rows)


def conversation_key(sql: sqlite3.Connection, wanted: str) -> str | None:
    """The key of the conversation that a person named by its number; None for anything else."""
    if not wanted.strip().isascii() or not wanted.strip().isdigit():
        return None
    found = sql.execute("select key from conversation where id = ?", (int(wanted),)).fetchone()
    return str(found[0]) if found else None


def conversation_of(sql: sqlite3.Connection, key: object, title: object) -> int | None:
    """The conversation that goes by a key, or else the only one of that title."""
    found = (
        sql.execute(
            """
        select id from conversation where key = :key
        union select conversation_id from conversation_alias where key = :key
        """,
            {"key": key},
        ).fetchall()
        or sql.execute("select id from conversation where title = ?", (title,)).fetchall()
    )
    return int(found[0][0]) if len(found) == 1 else None
