"""Where else may this have been said? Some of a file's texts, looked for in the other conversations of its source.

A look at a few dozen texts costs an import without any overlap next to nothing; what they point at is then aligned
in full, which is the proof.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence

from archiver.spelling import tokens as words_of
from archiver.spelling import unspaced
from archiver.store.overlap import token

PROBES = 80
NEAR = 27 * 60  # minutes by which two phones' clocks may differ
_HITS = 40  # of one text; what is said more often tells nothing
_SHORTEST = 20  # characters
_DISTINCT = 4  # words; what is shorter is said by strangers, too
_AGREE = 2  # texts that have to point at a conversation: one may be a greeting


def likely(sql: sqlite3.Connection, file_id: int, conversation_id: int) -> list[int]:
    """Other conversations of the same source in which some of the file's texts stand, the likeliest first."""
    others = _others(sql, conversation_id)
    if not others:
        return []
    found: Counter[int] = Counter()
    for row, minute, kind, text in _samples(sql, file_id, conversation_id, others):
        found.update(_said_in(sql, row, minute, kind, text) & others.keys())
    return [other for other, texts in found.most_common(5) if texts >= _AGREE]


def with_the_same_keys(sql: sqlite3.Connection, file_id: int, conversation_id: int) -> list[int]:
    """Other conversations that have some of the file's messages under the same keys of their own, the likeliest
    first. Takes as long whether there are ten conversations or ten thousand."""
    (last,) = sql.execute("select max(ordinal) from record where source_file_id = ?", (file_id,)).fetchone()
    found: Counter[int] = Counter()
    for n in range(0, last + 1, max(1, last // PROBES)):
        found.update(
            other
            for (other,) in sql.execute(
                """
                select distinct other.conversation_id from record r join message m on m.id = r.message_id
                join message other on other.local_minute = m.local_minute and other.match_key = m.match_key
                  and other.occurrence = m.occurrence and other.conversation_id <> m.conversation_id
                where r.source_file_id = :file and r.ordinal = :n and m.occurrence = 0
                  and m.conversation_id = :conversation
                """,
                {"file": file_id, "n": n, "conversation": conversation_id},
            )
        )
    return [other for other, texts in found.most_common(5) if texts >= _AGREE]


def _others(sql: sqlite3.Connection, conversation_id: int) -> dict[int, tuple[int, int]]:
    """The other conversations of the source with their first and last minute, as far as they may meet in time."""
    spans = {
        row: (low, high)
        for row, low, high in sql.execute(
            """
            select c.id,
              (select m.local_minute from message m where m.conversation_id = c.id and m.local_minute >= 0
               order by m.seq limit 1),
              (select m.local_minute from message m where m.conversation_id = c.id and m.local_minute >= 0
               order by m.seq desc limit 1)
            from conversation c where c.source = (select source from conversation where id = ?)
            """,
            (conversation_id,),
        )
        if low is not None
    }
    mine = spans.pop(conversation_id, None)
    return {
        row: (low, high)
        for row, (low, high) in spans.items()
        if mine and low - NEAR <= mine[1] and mine[0] <= high + NEAR
    }


def _samples(
    sql: sqlite3.Connection, file_id: int, conversation_id: int, others: dict[int, tuple[int, int]]
) -> Sequence[tuple[int, int, str, str]]:
    """(row, minute, kind, text) of some messages of the file in the time of the others, evenly spread."""
    low = min(low for low, _ in others.values()) - NEAR
    high = max(high for _, high in others.values()) + NEAR
    (last,) = sql.execute("select max(ordinal) from record where source_file_id = ?", (file_id,)).fetchone()
    ends = (*range(PROBES), *range(last - PROBES, last + 1))
    ordinals = sorted({n for n in (*ends, *range(0, last, max(1, last // (3 * PROBES)))) if n >= 0})
    rows = sql.execute(
        """
        select m.id, m.local_minute, m.kind, m.text from record r join message m on m.id = r.message_id
        where r.source_file_id = :file and r.ordinal in (select value from json_each(:ordinals))
          and m.conversation_id = :conversation and m.kind = 'text'
          and m.local_minute between :low and :high and length(m.text) >= :shortest
        order by r.ordinal
        """,
        {"file": file_id, "ordinals": json.dumps(ordinals), "conversation": conversation_id, "low": low, "high": high,
         "shortest": _SHORTEST},
    ).fetchall()  # fmt: skip
    step = max(1, len(rows) // PROBES)
    return list(dict.fromkeys((*rows[: PROBES // 4], *rows[PROBES // 4 :: step], *rows[-PROBES // 4 :])))


def _said_in(sql: sqlite3.Connection, row: int, minute: int, kind: str, text: str) -> set[int]:
    """The conversations in which the same was said within a day or so."""
    row_of_words = [word for _, _, word in words_of(text)]
    words = sorted(set(row_of_words), key=len, reverse=True)[:_DISTINCT]
    if len(words) < _DISTINCT and text.isascii():
        return set()
    if unspaced(text) and len("".join(words)) < _SHORTEST:
        asked = f'"{" ".join(row_of_words[:_SHORTEST])}"'
    else:
        asked = " AND ".join(f'"{word}"' for word in words)
    wanted = token(text, kind, 0)
    return {
        conversation
        for conversation, other_kind, other in sql.execute(
            """
            select m.conversation_id, m.kind, m.text
            from (select rowid from message_fts where message_fts match :asked limit :hits) as found
            join message m on m.id = found.rowid
            where m.id <> :row and m.local_minute between :low and :high
            """,
            {"asked": asked, "hits": _HITS, "row": row, "low": minute - NEAR, "high": minute + NEAR},
        )
        if token(other, other_kind, 0) == wanted
    }
