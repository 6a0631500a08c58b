"""Threads in the archive: what knowledge/threads.py makes of all letters that have to do with each other.

A thread is never patched. Letters that are new or changed have no thread; they are taken together with every letter
of every thread that speaks of the same ids, or of the same subject in the same conversation, and all of these are
threaded from the beginning. So the order of the imports makes no difference.
"""

import sqlite3
from collections import defaultdict

from archiver.knowledge.threads import Node, threads

AT_ONCE = 10_000  # letters without a thread that are taken in one go, so that memory stays flat

_LOOSE = "insert into temp.joining select message_id from thread where thread_id is null limit ?"
# The ids that letters speak of, each once: a long thread names its first letter in every other.
_KEYS = """
insert or ignore into temp.joining_key
select t.key from temp.joining j cross join thread t on t.message_id = j.message_id
union select r.key from temp.joining j cross join reference r on r.message_id = j.message_id
"""
# Letters without a thread that were left out by the limit and speak of the same ids.
_LOOSE_TOO = """
insert or ignore into temp.joining
select t.message_id from temp.joining_key k cross join thread t on t.key = k.key where t.thread_id is null
union select t.message_id from temp.joining_key k cross join reference r on r.key = k.key
  cross join thread t on t.message_id = r.message_id where t.thread_id is null
"""
# Threads that share an id, a native thread, or a subject within a conversation with those that are being joined.
_TOUCHED = """
insert or ignore into temp.joining
select member.message_id from (
  select t.thread_id from temp.joining_key k cross join thread t on t.key = k.key
  union select t.thread_id from temp.joining_key k cross join reference r on r.key = k.key
    cross join thread t on t.message_id = r.message_id
  union select t.thread_id from (
      select distinct m.native_thread from temp.joining j cross join message m on m.id = j.message_id
      where m.native_thread is not null) as named
    cross join message other indexed by message_native_thread on other.native_thread = named.native_thread
    cross join thread t on t.message_id = other.id
  union select t.thread_id from (
      select distinct mine.subject, m.conversation_id from temp.joining j
      cross join thread mine on mine.message_id = j.message_id cross join message m on m.id = j.message_id
      where mine.subject <> '') as said
    cross join thread t on t.subject = said.subject
    cross join message other on other.id = t.message_id and other.conversation_id = said.conversation_id
) as touched
cross join thread member on member.thread_id = touched.thread_id
"""


def join(sql: sqlite3.Connection, least: int = 1) -> None:
    """Give every letter its thread, once *least* of them have none. In the caller's transaction."""
    sql.execute("create temp table if not exists joining (message_id integer primary key)")
    sql.execute("create temp table if not exists joining_key (key text primary key) without rowid")
    while _loose(sql) >= least:
        sql.execute("delete from temp.joining")
        sql.execute("delete from temp.joining_key")
        sql.execute(_LOOSE, (AT_ONCE,))
        while sql.execute(_KEYS).rowcount and sql.execute(_LOOSE_TOO).rowcount:
            pass
        sql.execute(_TOUCHED)
        _join(sql)


def _loose(sql: sqlite3.Connection) -> int:
    (count,) = sql.execute("select count(*) from thread where thread_id is null").fetchone()
    return int(count)


def _join(sql: sqlite3.Connection) -> None:
    references: defaultdict[int, list[str]] = defaultdict(list)
    for row, key in sql.execute(
        "select message_id, key from reference where message_id in temp.joining order by message_id, position"
    ):
        references[row].append(key)
    nodes = [
        Node(row, key, tuple(references.get(row, ())), native, subject, at, conversation)
        for row, key, native, subject, at, conversation in sql.execute(
            """
            select t.message_id, t.key, m.native_thread, m.subject, m.sent_at, m.conversation_id
            from thread t join message m on m.id = t.message_id where t.message_id in temp.joining
            """
        )
    ]
    sql.executemany(
        "update thread set thread_id = ?, parent_id = ?, joined = ? where message_id = ?",
        [(one.thread, one.parent, one.joined, one.row) for one in threads(nodes)],
    )
