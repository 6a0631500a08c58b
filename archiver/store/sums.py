"""A message as the sum of its records: what each of them says, and what the message says when some are gone.

The one place where a stored message is taken apart into views (see merge.py) and put together again.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from archiver.model import Handle
from archiver.store.ids import UNDATED
from archiver.store.incoming import Stored
from archiver.store.known import bare_view, load_details
from archiver.store.match import Keys
from archiver.store.merge import COLUMNS, View, changed, difference, merge
from archiver.store.restating import rewrite

_CHUNK = 10_000
_MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Told:
    """One record: where it is, and all it says of its message."""

    file_id: int
    ordinal: int
    view: View


@dataclass(slots=True)
class Sum:
    """A message with its records, the first one in front."""

    stored: Stored
    told: list[Told]


def load(sql: sqlite3.Connection, rows: Iterable[int]) -> Iterator[Sum]:
    """The messages with these row ids, ascending."""
    wanted = sorted(rows)
    for begin in range(0, len(wanted), _CHUNK):
        yield from _loaded(sql, json.dumps(wanted[begin : begin + _CHUNK]))


def _loaded(sql: sqlite3.Connection, rows: str) -> Iterator[Sum]:
    stored = {
        row: Stored(row, seq, bare_view(view))
        for row, seq, *view in sql.execute(
            f"select id, seq, {', '.join(COLUMNS)} from message where id in (select value from json_each(?))", (rows,)
        )
    }
    load_details(sql, stored)
    records = sql.execute(
        """
        select message_id, source_file_id, ordinal, said from record
        where message_id in (select value from json_each(?))
        order by message_id, role <> 'first', source_file_id, ordinal
        """,
        (rows,),
    ).fetchall()
    for row, told in groupby(records, key=itemgetter(0)):
        yield Sum(stored[row], list(_told(stored[row], told)))


def _told(stored: Stored, records: Iterable[tuple[int, int, int, str | None]]) -> Iterator[Told]:
    first = stored.view | stored.first_said
    for place, (_, file_id, ordinal, said) in enumerate(records):
        yield Told(file_id, ordinal, first if place == 0 or not said else first | json.loads(said))


class Settling:
    """Makes messages what their records say; what that means for the rows of `record` is written in one go."""

    def __init__(self, sql: sqlite3.Connection) -> None:
        self._sql = sql
        self._records: list[tuple[int, str | None, str, int, int]] = []

    def settle(self, message: Sum, staying: Sequence[Told]) -> bool:
        """Make the message what the *staying* records say, the first of them leading; whether it has another lead.

        A record that does not stay is the caller's to delete or to give away.
        """
        lead = total = staying[0].view
        roles = ["first"]
        for one in staying[1:]:
            before, total = total, merge(total, one.view)
            roles.append(ROLES[what_changed(before, total)])
        if total != message.stored.view:
            rewrite(self._sql, message.stored.row, message.stored.view, total)
        for one, role in zip(staying, roles, strict=True):
            said = difference(lead, total) if role == "first" else difference(one.view, lead)
            self._records.append((message.stored.row, as_json(said), role, one.file_id, one.ordinal))
        relieved = staying[0] is not message.told[0]
        message.stored.view, message.stored.first_said, message.told = total, difference(lead, total), list(staying)
        return relieved

    def write(self) -> None:
        """The records say what they say from now on."""
        self._sql.executemany(
            "update record set message_id = ?, said = ?, role = ? where source_file_id = ? and ordinal = ?",
            self._records,
        )
        self._records.clear()


ROLES = {"duplicate": "duplicate", "enriched": "enriched", "revised": "edit"}  # of a record, by what it brought


def what_changed(before: View, after: View) -> str:
    """What another record brought a message, in the words of COUNTS."""
    if before is after or before == after:
        return "duplicate"
    return "revised" if changed(before, after) else "enriched"


def as_json(said: View) -> str | None:
    """What a record says otherwise, for its column; None for nothing."""
    return json.dumps(said, ensure_ascii=False) if said else None


def rekey(sql: sqlite3.Connection, conversation_id: int, rows: Iterable[int]) -> None:
    """Give messages the identity that their lead gives them in this conversation: minute, key and occurrence.

    Those that brought a key of their own keep it: it does not depend on who tells them.
    """
    (key,) = sql.execute("select key from conversation where id = ?", (conversation_id,)).fetchone()
    keys, handles = Keys(key), _Handles(sql)
    wanted = sorted(_identities(keys, handles, load(sql, rows)))
    here = {"conversation": conversation_id}
    sql.executemany(
        """
        update message set conversation_id = :conversation, local_minute = :minute, match_key = :key, occurrence = -id
        where id = :row and occurrence <> 0 and claim is null and not exists (
            select 1 from tombstone t where t.match_key = message.match_key and t.occurrence = message.occurrence
              and t.local_minute = message.local_minute)
          and (local_minute, match_key, conversation_id) <> (:minute, :key, :conversation)
        """,
        [here | {"minute": minute, "key": match_key, "row": row} for _, row, minute, match_key in wanted],
    )
    sql.executemany(_NEXT_OCCURRENCE, [(row,) for _, row, _, _ in wanted])


def _identities(keys: Keys, handles: "_Handles", messages: Iterable[Sum]) -> Iterator[tuple[int, int, int, int]]:
    """(place, row, minute, key) of each message."""
    for one in messages:
        lead = one.told[0].view
        said_by = keys.said_by(handles.get(lead["sender_id"]))
        match_key = keys.of_parts(said_by, lead["text"], len(lead["attachments"]))
        yield one.stored.seq, one.stored.row, wall_minute(lead), match_key


# The first number that no message alike has; for one that was just given a new identity.
_NEXT_OCCURRENCE = """
with alike as (
  select other.occurrence as n from message m join message other
    on other.local_minute = m.local_minute and other.match_key = m.match_key
    and other.conversation_id = m.conversation_id and other.occurrence > 0
  where m.id = ?1)
update message set occurrence = (
  select min(n) from (select 1 as n union all select n + 1 from alike) where n not in (select n from alike))
where id = ?1 and occurrence < 0
"""


def wall_minute(view: View) -> int:
    """The minute on the wall that a view tells, counted from 1970-01-01 00:00; UNDATED without a time."""
    return UNDATED if view["sent_at"] is None else (view["sent_at"] // _MINUTE) + view["tz_offset"]


class _Handles:
    """The handles of identities, looked up when first asked for."""

    def __init__(self, sql: sqlite3.Connection) -> None:
        self._sql = sql
        self._known: dict[int, Handle] = {}

    def get(self, row: int | None) -> Handle | None:
        if row is None:
            return None
        if row not in self._known:
            scheme, value, name, scope = self._sql.execute(
                "select scheme, value, name, scope from identity where id = ?", (row,)
            ).fetchone()
            self._known[row] = Handle(scheme, value, name, scope)
        return self._known[row]
