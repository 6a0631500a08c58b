"""Who and where: the conversations and identities that an import speaks of, found or made."""

import dataclasses
import sqlite3
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from archiver.errors import UsageError
from archiver.model import Conversation, Handle
from archiver.store import titles

if TYPE_CHECKING:  # only an archive from which something was taken out needs it
    from archiver.store.tombs import Tombs


class Cast:
    """Resolves an importer's keys and handles to rows, for one import."""

    def __init__(
        self,
        sql: Callable[[], sqlite3.Connection],
        import_id: int,
        source: str,
        named: dict[str, int],
        *,
        into: int | None,
        apart: bool,
        tombs: "Tombs | None" = None,
    ) -> None:
        """*named*: conversations this import spoke of before it was interrupted; *into* and *apart* as in writes;
        *tombs*: what may not be told."""
        self._sql = sql
        self._import = import_id
        self._source = source
        self.named = named
        self._into = into
        self._apart = apart
        self._tombs = tombs
        self._identities: dict[Handle, int] = {}

    def home_of(self, conversation: Conversation) -> tuple[int, str, bool]:
        """(row id, key, made by this import) of the conversation that messages of this one go to."""
        if self._into is not None and self.named.keys() - {conversation.key}:
            raise UsageError(
                "--into was given, but this dump holds more than one conversation.",
                why=f"“{conversation.title}” is the second one",
                remedy="Import the files one by one.",
            )
        row = self._known(conversation)
        if row is None:
            key = free_key(self._sql(), conversation.key)
            row, fresh = self._make(conversation, key), True
        else:
            key, made_by = self._sql().execute("select key, made_by from conversation where id = ?", (row,)).fetchone()
            fresh = made_by == self._import
            self._remember(conversation.key, key, row)
        self.named[conversation.key] = row
        self.joined(conversation, row, key)
        return row, key, fresh

    def joined(self, conversation: Conversation, row: int, key: str) -> None:
        """Note the members that a conversation is said to have, and its name, in the row of this id and key."""
        for handle in conversation.members:
            self._sql().execute(
                "insert or ignore into member values (?, ?, ?)",
                (row, self.identity(handle, conversation.key, key), self._import),
            )
        if conversation.key == key and self._into is None:
            titles.tell(self._sql(), row, conversation, self._import)

    def _known(self, conversation: Conversation) -> int | None:
        known = self.named.get(conversation.key, self._into)
        if known is not None or self._apart:
            return known
        found = (
            self._sql()
            .execute(
                """
            select id from conversation where key = :key
            union all select conversation_id from conversation_alias where key = :key limit 1
            """,
                {"key": conversation.key},
            )
            .fetchone()
        )
        return None if found is None else int(found[0])

    def _remember(self, spoken_of_as: str, key: str, row: int) -> None:
        """Another name for a conversation, when a person said that it is one."""
        if self._into is not None and spoken_of_as != key:
            self._sql().execute(
                "insert or ignore into conversation_alias (key, conversation_id, import_id) values (?, ?, ?)",
                (spoken_of_as, row, self._import),
            )

    def _make(self, conversation: Conversation, key: str) -> int:
        (row,) = (
            self._sql()
            .execute(
                """
            insert into conversation (key, source, native_id, title, kind, made_by) values (?, ?, ?, ?, ?, ?)
            returning id
            """,
                (key, self._source, conversation.native_id, conversation.title, conversation.kind, self._import),
            )
            .fetchone()
        )
        return int(row)

    def identity(self, handle: Handle, spoken_of_as: str, key: str) -> int:
        """The row of a handle. Its scope follows the conversation when that goes by another key here."""
        known = self._identities.get(handle)
        if known is None:
            told = self._tombs.handle(handle) if self._tombs else handle
            scope = key if told.scope == spoken_of_as else told.scope
            known = self._identities[handle] = identity(
                self._sql(), dataclasses.replace(told, scope=scope), self._import
            )
            if told.scheme == "email" and told.name != told.value and not (self._tombs and told.name != handle.name):
                name(self._sql(), known, told.name, self._import)
        return known

    def moved(self, conversation_key: str, row: int) -> None:
        """What goes by this key is, as it turned out, in another conversation; its names mean the same there."""
        self.named[conversation_key] = row
        self._identities.clear()


def name(sql: sqlite3.Connection, identity_id: int, name: str, import_id: int) -> None:
    """Note that an address goes by this name, too."""
    fresh = sql.execute("insert or ignore into identity_name values (?, ?, ?)", (identity_id, import_id, name))
    if fresh.rowcount:
        rename(sql, [identity_id])


def rename(sql: sqlite3.Connection, identities: Iterable[int]) -> None:
    """Show these addresses by the most telling name they go by, the same in whatever order the names came."""
    for row in identities:
        best = sql.execute(
            """
            select coalesce((
                select name from identity_name where identity_id = i.id
                order by instr(name, ' ') = 0, length(name) > 40, length(name) desc, name limit 1),
              value) as best
            from identity i where id = ?
            """,
            (row,),
        ).fetchone()[0]
        sql.execute("update identity set name = ? where id = ?", (best, row))
        sql.execute(
            """
            update person set name = :best where id in (
              select person_id from identity_link where identity_id = :row and basis = 'exact')
            """,
            {"best": best, "row": row},
        )


def free_key(sql: sqlite3.Connection, key: str) -> str:
    """*key*, or with the first number behind it that makes it one no conversation has."""
    number, free = 1, key
    while sql.execute("select 1 from conversation where key = ?", (free,)).fetchone():
        number += 1
        free = f"{key} #{number}"
    return free


def identity(sql: sqlite3.Connection, handle: Handle, import_id: int) -> int:
    """The row of a handle, made with a person of its own when there is none."""
    who = {
        "scheme": handle.scheme,
        "value": handle.value,
        "scope": handle.scope,
        "name": handle.name,
        "import": import_id,
    }
    found = sql.execute(
        "select id from identity where scheme = :scheme and value = :value and scope = :scope", who
    ).fetchone()
    if found:
        return int(found[0])
    (row,) = sql.execute(
        """
        insert into identity (scheme, value, scope, name, made_by)
        values (:scheme, :value, :scope, :name, :import) returning id
        """,
        who,
    ).fetchone()
    (person,) = sql.execute("insert into person (name) values (:name) returning id", who).fetchone()
    sql.execute(
        """
        insert into identity_link (identity_id, person_id, basis, evidence, import_id)
        values (?, ?, 'exact', 1, ?)
        """,
        (row, person, import_id),
    )
    return int(row)
