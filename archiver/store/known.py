"""Which of some incoming messages are in the archive already, and what these say so far."""

import json
import sqlite3
from collections.abc import Callable, Collection, Sequence

from archiver.store.incoming import Incoming, Stored
from archiver.store.match import OWN_KEY
from archiver.store.merge import COLUMNS, LISTS, View


def find_stored(
    sql: sqlite3.Connection, incoming: Sequence[tuple[int, Incoming]], clocks: Callable[[int], Collection[int]]
) -> dict[int, Stored]:
    """Which of these are in the archive already, by the number they come with. *clocks*: minutes east of UTC that the
    messages of a conversation were read with."""
    sql.execute(
        """
        create table if not exists temp.incoming
          (n integer, minute integer, match_key integer, occurrence integer, conversation integer)
        """
    )
    sql.execute("delete from temp.incoming")
    sql.executemany(
        "insert into temp.incoming values (?, ?, ?, ?, ?)",
        [
            (n, minute, one.key, one.occurrence, one.conversation_id)
            for n, one in incoming
            for minute in _minutes(one, clocks)
        ],
    )
    found = {
        n: Stored(row, seq, bare_view(view))
        for n, row, seq, *view in sql.execute(
            f"""
            select i.n, m.id, m.seq, {", ".join("m." + column for column in COLUMNS)}
            from temp.incoming i cross join message m
              on m.local_minute = i.minute and m.match_key = i.match_key
              and m.occurrence = i.occurrence and m.conversation_id = i.conversation
            """
        )
    }
    load_details(sql, {stored.row: stored for stored in found.values()})
    return found


def _minutes(one: Incoming, clocks: Callable[[int], Collection[int]]) -> Collection[int]:
    """The minutes on the wall under which a message may be stored: with a key of its own it is the same one, whatever
    zone somebody named."""
    if one.occurrence != OWN_KEY or one.sent_at is None:
        return (one.minute,)
    return {one.minute, *(one.sent_at // 60_000 + offset for offset in clocks(one.conversation_id))}


def bare_view(columns: Sequence[object]) -> View:
    """A view out of a message's row alone: the values of COLUMNS."""
    view: View = dict(zip(COLUMNS, columns, strict=True))
    view |= {name: [] for name in LISTS} | {"home": None}
    return view


_CHUNK = 10_000


def load_details(sql: sqlite3.Connection, by_row: dict[int, Stored]) -> None:
    """What is in other tables, and the first record's own words, for the few messages that have them."""
    wanted = sorted(by_row)
    for begin in range(0, len(wanted), _CHUNK):
        rows = json.dumps(wanted[begin : begin + _CHUNK])
        for row, *values in sql.execute(
            """
            select message_id, name, media_type, size, sha256, state from attachment
            where message_id in (select value from json_each(?)) order by message_id, position
            """,
            (rows,),
        ):
            by_row[row].view["attachments"].append(
                dict(zip(("name", "media_type", "size", "sha256", "state"), values, strict=True))
            )
        for row, *reaction in sql.execute(
            """
            select message_id, identity_id, value, reacted_at from reaction
            where message_id in (select value from json_each(?)) order by message_id, position
            """,
            (rows,),
        ):
            by_row[row].view["reactions"].append(reaction)
        for row, said in sql.execute(
            """
            select message_id, said from record
            where message_id in (select value from json_each(?)) and role = 'first' and said is not null
            """,
            (rows,),
        ):
            by_row[row].first_said = json.loads(said)
    _load_letters(sql, {row: one for row, one in by_row.items() if one.view["claim"] is not None})


def _load_letters(sql: sqlite3.Connection, by_row: dict[int, Stored]) -> None:
    wanted = sorted(by_row)
    for begin in range(0, len(wanted), _CHUNK):
        rows = (json.dumps(wanted[begin : begin + _CHUNK]),)
        those = "(select value from json_each(?))"
        for row, name in sql.execute(
            f"select message_id, name from label where message_id in {those} order by message_id, name", rows
        ):
            by_row[row].view["labels"].append(name)
        for row, key in sql.execute(
            f"select message_id, key from reference where message_id in {those} order by message_id, position", rows
        ):
            by_row[row].view["references"].append(key)
        for row, key in sql.execute(
            f"select m.id, c.key from message m join conversation c on c.id = m.conversation_id where m.id in {those}",
            rows,
        ):
            by_row[row].view["home"] = key
