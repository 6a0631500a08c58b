"""Reading order: a message's ``seq`` within its conversation.

File order is the truth of one export. A message found later takes a place between its neighbours, in the gap
that was left there; when a gap is used up the conversation is numbered anew, which changes no order.
"""

import sqlite3
from collections.abc import Callable, Sequence

GAP = 1 << 32
_ROOM = 20  # a run placed into a gap moves by 1/2^20 of it, so that a million messages fit


class Order:
    """Gives places to the messages of one file in one conversation, in the file's order."""

    def __init__(
        self,
        sql: Callable[[], sqlite3.Connection],
        conversation_id: int,
        flush: Callable[[], None],
        cursor: int | None = None,
    ) -> None:
        """*cursor*: place of the last message seen (kept across an interruption), None before the first.

        *flush* writes the messages that have a place but are not in the table yet; called before numbering anew.
        """
        self.cursor = cursor
        self._sql = sql
        self._conversation = conversation_id
        self._flush = flush
        self._known = False  # whether _next and _next_minute speak of the message after the cursor
        self._next: int | None = None
        self._next_minute = 0
        self._step = 0

    def passed(self, seq: int) -> None:
        """The file's next message is one that is already here, at this place."""
        self.cursor = seq
        self._known = False

    @property
    def at_end(self) -> bool:
        """Whether nothing stands behind the last one."""
        return self._known and self._next is None

    def look_again(self) -> None:
        """Somebody else may have put a message behind the last one."""
        self._known = False

    def place(self, local_minute: int) -> int:
        """A place for a new message: after all that the file has shown, before what is later than the minute."""
        if self.cursor is None:
            self.cursor = self._start(local_minute)
        if not self._known:
            self._look_ahead()
        while self._next is not None and self._next_minute < local_minute:
            self.cursor = self._next
            self._look_ahead()
        room = self._room()  # may number the conversation anew, and so move the cursor
        self.cursor += room
        return self.cursor

    def places(self, local_minutes: Sequence[int]) -> Sequence[int]:
        """Places for new messages that follow one another."""
        first = self.place(local_minutes[0])
        if self._next is not None:
            return [first, *map(self.place, local_minutes[1:])]
        self.cursor = first + (len(local_minutes) - 1) * GAP
        return range(first, self.cursor + 1, GAP)

    def _start(self, local_minute: int) -> int:
        """The place of the last stored message that is not later than the minute; 0 when there is none."""
        (seq,) = (
            self._sql()
            .execute(
                """
            select coalesce(max(seq), 0) from message
            where conversation_id = :conversation and local_minute <= :minute
            """,
                {"conversation": self._conversation, "minute": local_minute},
            )
            .fetchone()
        )
        return int(seq)

    def _look_ahead(self) -> None:
        found = (
            self._sql()
            .execute(
                """
            select seq, local_minute from message
            where conversation_id = :conversation and seq > :cursor order by seq limit 1
            """,
                {"conversation": self._conversation, "cursor": self.cursor},
            )
            .fetchone()
        )
        self._known = True
        self._next, self._next_minute = found or (None, 0)
        self._step = GAP if self._next is None else (self._next - (self.cursor or 0)) >> _ROOM or 1

    def _room(self) -> int:
        """How far to move from the cursor without touching the next message."""
        if self._next is None:
            return GAP
        left = self._next - (self.cursor or 0)
        if left < 2:
            self._number_anew()
            left = self._next - (self.cursor or 0)
        return min(self._step, left >> 1)

    def _number_anew(self) -> None:
        """Spread the conversation out; through negative places, for places are unique at every moment."""
        self._flush()
        here = {"conversation": self._conversation, "cursor": self.cursor, "gap": GAP}
        (before,) = (
            self._sql()
            .execute("select count(*) from message where conversation_id = :conversation and seq <= :cursor", here)
            .fetchone()
        )
        self._sql().execute(
            """
            update message set seq = -numbered.place * :gap
            from (select id as row, row_number() over (order by seq) as place
                  from message where conversation_id = :conversation) as numbered
            where message.id = numbered.row
            """,
            here,
        )
        self._sql().execute("update message set seq = -seq where conversation_id = :conversation and seq < 0", here)
        self.cursor = before * GAP
        self._look_ahead()
