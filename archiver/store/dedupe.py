"""Messages that may be one: both are kept, one is hidden, and what a person says of it is remembered.

A row of `duplicate` is a pair: a message and the other, of which it is probably another telling. A message has at
most one pair that hides it (its verdict is open or same), so pairs form chains without a circle. At a chain's end is
the message that is shown; ``message.duplicate_of`` says which, for all of the chain. It is never anything else than
what the pairs say: see `_settle`. What is hidden is not in the full-text index.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from archiver.errors import UsageError
from archiver.model import KeptMessage
from archiver.store import reads
from archiver.store.archive import Archive
from archiver.store.indexing import index, unindex
from archiver.store.run import note, now

_CHUNK = 10_000


@dataclass(frozen=True, slots=True)
class Pair:
    """Two messages that may be one; *message* is hidden, unless the *verdict* is different.

    *basis*: weak (an import suspects it, *import_id*) or manual; *verdict*: open, same or different.
    """

    message: KeptMessage
    other: KeptMessage
    basis: str
    verdict: str
    import_id: int | None
    decided_at: str | None


# -- for imports and undo, in their transaction ------------------------------------------------------------


def suspect(sql: sqlite3.Connection, import_id: int, pairs: Iterable[tuple[int, int]]) -> int:
    """Hide the first of each two messages (row ids), for it is probably the second told again; returns how many.

    Where the second is hidden itself, what that is hidden as takes its place. What is hidden already stays hidden as
    it is, and what a person called different stays apart.
    """
    apart, hidden = different(sql), list[int]()
    for row, other in pairs:
        shown = _shown(sql, other)
        if _shown(sql, row) == row != shown and not apart & {(row, other), (row, shown)}:
            sql.execute(
                """
                insert into duplicate (message_id, other_id, import_id, basis, verdict)
                values (:row, :shown, :import, 'weak', 'open')
                """,
                {"row": row, "shown": shown, "import": import_id},
            )
            hidden.append(row)
    _settle(sql, hidden)
    return len(hidden)


def different(sql: sqlite3.Connection) -> set[tuple[int, int]]:
    """Pairs of messages (row ids, in both orders) that a person called different."""
    found = sql.execute("select message_id, other_id from duplicate where verdict = 'different'").fetchall()
    return {pair for row, other in found for pair in ((row, other), (other, row))}


def inherit(sql: sqlite3.Connection, pairs: Iterable[tuple[int, int]]) -> None:
    """Where two messages become one, what is known of the one that goes is known of the one that stays.

    *pairs*: (row that stays, row that goes); before these are deleted. That the two may be one is no question any
    more.
    """
    stays = {goes: row for row, goes in pairs}
    those = "(select value from json_each(:gone))"
    dropped = _drop(sql, f"message_id in {those}", f"other_id in {those}", values={"gone": json.dumps(sorted(stays))})
    for row, other, *rest in dropped:
        mine, theirs = stays.get(row, row), stays.get(other, other)
        hiding = rest[2] != "different"
        if mine != theirs and not (hiding and (_shown(sql, mine) != mine or _shown(sql, theirs) == mine)):
            sql.execute("insert or ignore into duplicate values (?, ?, ?, ?, ?, ?)", (mine, theirs, *rest))
    touched = {row for pair in dropped for row in pair[:2]}
    _settle(sql, touched | {stays.get(row, row) for row in touched})


def forget(sql: sqlite3.Connection, import_id: int) -> None:
    """What an undone import suspected is no longer suspected, and nothing is hidden as a message that goes.

    Before the messages of ``temp.own (id)`` are deleted, and before they leave the index.
    """
    dropped = _drop(
        sql,
        "message_id in (select id from temp.own)",
        "other_id in (select id from temp.own)",
        "import_id = :import and verdict = 'open'",
        values={"import": import_id},
    )
    _settle(sql, {row for pair in dropped for row in pair[:2]})


def part(sql: sqlite3.Connection) -> None:
    """Nothing is hidden as a message of another conversation. After messages have moved out of one."""
    dropped = _drop(
        sql,
        """
        verdict <> 'different' and (select conversation_id from message where id = message_id)
          <> (select conversation_id from message where id = other_id)
        """,
        values={},
    )
    _settle(sql, {row for pair in dropped for row in pair[:2]})


_Known = tuple[int, int, int | None, str, str, str | None]


def _drop(sql: sqlite3.Connection, *tests: str, values: dict[str, object]) -> list[_Known]:
    """Delete the pairs that pass one of the tests, and return them."""
    dropped: list[_Known] = []
    for test in tests:
        dropped += sql.execute(
            f"""
            delete from duplicate where {test}
            returning message_id, other_id, import_id, basis, verdict, decided_at
            """,
            values,
        ).fetchall()
    return dropped


# -- by hand -----------------------------------------------------------------------------------------------


def pairs(sql: sqlite3.Connection, *, everything: bool = False) -> list[Pair]:
    """Pairs nobody has decided on yet, or all of them; in the order of the messages in the archive."""
    rows = sql.execute(
        """
        select message_id, other_id, basis, verdict, import_id, decided_at from duplicate
        where :everything or verdict = 'open' order by message_id, other_id
        """,
        {"everything": everything},
    ).fetchall()
    messages = {one.row: one for one in reads.load(sql, sorted({row for pair in rows for row in pair[:2]}))}
    return [Pair(messages[row], messages[other], *rest) for row, other, *rest in rows]


def hide(archive: Archive, public_id: str, of: str) -> dict[str, str]:
    """Hide a message, for a person says that it is the same as another: the ids of what is hidden and what is shown."""
    with archive.transaction() as sql:
        row, other = _only(sql, public_id), _only(sql, of)
        _refuse(sql, row, other)
        sql.execute(
            """
            delete from duplicate where message_id = :row and other_id <> :other and verdict <> 'different'
              or message_id = :other and other_id = :row
            """,
            {"row": row, "other": other},
        )
        _decide(sql, row, other, "same")
        _settle(sql, [row])
        done = {"hidden": _id(sql, row), "shown": _id(sql, _shown(sql, row))}
        note(sql, "metadata modification", {"reason": "dedupe hide", **done})
    return done


def split(archive: Archive, public_id: str) -> dict[str, str]:
    """Show a hidden message again, for a person says that it is another one: its id, and that of what it is not."""
    with archive.transaction() as sql:
        row = _only(sql, public_id)
        other, shown = _pair_of(sql, row), _shown(sql, row)
        if other is None:
            raise UsageError(f"The message {public_id} is not hidden.", remedy=_instead(sql, row))
        _decide(sql, row, other, "different")
        _decide(sql, row, shown, "different")
        _settle(sql, [row])
        done = {"shown": _id(sql, row), "different_from": _id(sql, shown)}
        note(sql, "metadata modification", {"reason": "dedupe split", **done})
    return done


def _decide(sql: sqlite3.Connection, row: int, other: int, verdict: str) -> None:
    sql.execute(
        """
        insert into duplicate (message_id, other_id, basis, verdict, decided_at)
        values (:row, :other, 'manual', :verdict, :now)
        on conflict do update set verdict = :verdict, decided_at = :now
        """,
        {"row": row, "other": other, "verdict": verdict, "now": now()},
    )


def _only(sql: sqlite3.Connection, public_id: str) -> int:
    """The row of the message with this public id."""
    rows = reads.find(sql, public_id.strip().lower())
    if len(rows) != 1:
        raise UsageError(
            f"There is {'more than one' if rows else 'no'} message {public_id}.",
            remedy="An id looks like 202305141432-k7q2m8x0; see: archive dedupe list",
        )
    return rows[0]


def _id(sql: sqlite3.Connection, row: int) -> str:
    return reads.load(sql, [row])[0].id


def _refuse(sql: sqlite3.Connection, row: int, other: int) -> None:
    """What cannot be meant when one message is to be hidden as another."""
    if row == other:
        raise UsageError("That is one message.", remedy="Name two: the one to hide, and the one to show.")
    mine, theirs = reads.load(sql, [row, other])
    if mine.conversation_id != theirs.conversation_id:
        raise UsageError(
            f"{mine.id} and {theirs.id} are in two conversations.",
            why=f"{mine.conversation_id}: “{mine.conversation_title}”, "
            f"{theirs.conversation_id}: “{theirs.conversation_title}”",
            remedy="If these are one, say so first: archive conversations merge ID INTO",
        )
    if _shown(sql, other) == row:
        raise UsageError(
            f"{theirs.id} is hidden itself, as probably the same as {mine.id}.",
            remedy=f"Show it first: archive dedupe split {theirs.id}",
        )


def _instead(sql: sqlite3.Connection, row: int) -> str:
    """What to split when a message that is shown was named."""
    behind = [hidden for (hidden,) in sql.execute("select id from message where duplicate_of = ? order by id", (row,))]
    if not behind:
        return "See what is hidden: archive dedupe list --all"
    return f"It is shown for: {', '.join(one.id for one in reads.load(sql, behind))}. Split one of these."


# -- what is hidden ----------------------------------------------------------------------------------------


def _pair_of(sql: sqlite3.Connection, row: int) -> int | None:
    """The other message of the pair that hides this one, if one does."""
    found = sql.execute(
        "select other_id from duplicate where message_id = ? and verdict <> 'different'", (row,)
    ).fetchone()
    return int(found[0]) if found else None


def _shown(sql: sqlite3.Connection, row: int) -> int:
    """The message that is shown for this one, by its pairs; itself when nothing hides it."""
    while (other := _pair_of(sql, row)) is not None:
        row = other
    return row


def _settle(sql: sqlite3.Connection, touched: Iterable[int]) -> None:
    """Hide and show messages as their pairs say: those whose pairs were *touched*, and all of the same chains."""
    hiding, showing, turning = list[int](), list[int](), list[tuple[int | None, int]]()
    for row, before in _chained(sql, touched):
        shown = _shown(sql, row)
        after = None if shown == row else shown
        if after != before:
            turning.append((after, row))
            if before is None:
                hiding.append(row)
            elif after is None:
                showing.append(row)
    for some in _chunks(hiding):
        unindex(sql, f"select value from json_each('{json.dumps(some)}')")
    sql.executemany("update message set duplicate_of = ? where id = ?", turning)
    for row in showing:
        index(sql, row, row)


def _chained(sql: sqlite3.Connection, touched: Iterable[int]) -> Sequence[tuple[int, int | None]]:
    """(row, what it is hidden as so far) of messages, of those hidden as them, and of those hidden as the same."""
    return sql.execute(
        """
        with touched (id) as (select value from json_each(:touched)),
          heads (id) as (select id from touched union
                         select m.duplicate_of from touched t cross join message m on m.id = t.id
                         where m.duplicate_of is not null)
        select m.id, m.duplicate_of from touched t cross join message m on m.id = t.id
        union select m.id, m.duplicate_of from heads h cross join message m on m.duplicate_of = h.id
        order by 1
        """,
        {"touched": json.dumps(sorted(touched))},
    ).fetchall()


def _chunks(rows: Sequence[int]) -> Iterator[Sequence[int]]:
    return (rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK))
