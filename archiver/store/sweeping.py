"""Every text in every table, looked through for words that must not stand anywhere: names, titles, paths, notes."""

import sqlite3
from collections.abc import Callable

from archiver.store.tombs import Tombs

# Columns by how what is in them is written: as a key that others point at, as JSON, as digests and words of our own.
_KEYS = {
    ("message", "native_id"), ("message", "reply_to"), ("message", "native_thread"), ("reference", "key"),
    ("thread", "key"), ("conversation", "key"), ("conversation", "native_id"), ("conversation_alias", "key"),
    ("conversation_alias", "native_id"), ("identity", "scope"), ("identity", "value"),
}  # fmt: skip
_DOCUMENTS = {
    ("import", "options"), ("import", "given"), ("import", "state"), ("record", "said"), ("audit", "detail"),
    ("message_revision", "before"), ("message", "extra"),
}  # fmt: skip
_OURS = {
    ("import", "importer"), ("import", "program_version"), ("import", "dump"), ("import", "counts"),
    ("import", "status"), ("import", "started_at"), ("import", "ended_at"), ("message", "spans"),
    ("message", "kind"), ("message", "precision"), ("message", "assumed"), ("message", "text"),
    ("message", "subject"), ("message", "html"), ("audit", "event"), ("audit", "happened_at"), ("audit", "agent"),
    ("conversation", "source"), ("conversation", "kind"), ("conversation_alias", "kind"), ("identity", "scheme"),
    ("conversation_title", "kind"), ("identity_link", "basis"), ("record", "status"), ("record", "role"),
    ("attachment", "media_type"),
    ("attachment", "state"), ("attachment", "sha256"), ("blob", "sha256"), ("blob", "media_type"),
    ("source_file", "sha256"), ("source_file", "zone"), ("source_file", "date_order"), ("source_file", "rewritten"),
    ("problem", "what"), ("problem", "loss"), ("guess", "what"), ("guess", "option"), ("thread", "joined"),
    ("tag", "public_id"), ("tag", "tagged_at"), ("duplicate", "basis"), ("duplicate", "verdict"),
    ("duplicate", "decided_at"), ("message_revision", "changed_at"), ("message_revision", "what"),
    ("passage", "own"), ("passage", "quoted"), ("passage", "subject"), ("saved_search", "saved_at"),
}  # fmt: skip
_Value = str | int | float | bytes | None
_UNTOUCHED = {"redaction", "tombstone", "sealed", "doomed", "_sqlite_migrations"}


def sweep_tables(sql: sqlite3.Connection, known: Tombs) -> None:
    """Fill what the rules find in all tables but in the words of messages, which are seen to one by one."""
    ways: dict[str, Callable[[str], str]] = {
        "key": known.cutter.key,
        "document": known.cutter.fill_document,
        "text": known.cutter.fill,
    }
    for name, way in ways.items():
        sql.create_function(f"cut_{name}", 1, _kept(way), deterministic=True)
    for table, column in _columns(sql):
        name = "key" if (table, column) in _KEYS else "document" if (table, column) in _DOCUMENTS else "text"
        sql.execute(
            f"""
            update or replace {table} set {column} = cut_{name}({column})
            where {column} is not null and {column} <> cut_{name}({column})
            """
        )
    sql.execute("delete from person where id not in (select person_id from identity_link)")
    for name in ways:
        sql.create_function(f"cut_{name}", 1, None)


def _columns(sql: sqlite3.Connection) -> list[tuple[str, str]]:
    """All text columns of our tables that may hold foreign words; of tables added one day, too."""
    found = sql.execute(
        """
        select t.name, c.name from pragma_table_list t join pragma_table_xinfo(t.name) c
        where t.schema = 'main' and t.type = 'table' and t.name not like 'sqlite_%' and lower(c.type) = 'text'
          and c.hidden = 0
        order by t.name, c.cid
        """
    ).fetchall()
    return [pair for pair in found if pair not in _OURS and pair[0] not in _UNTOUCHED]


def _kept(way: Callable[[str], str]) -> Callable[[_Value], _Value]:
    return lambda value: way(value) if isinstance(value, str) else value
