"""Letters: one message wherever they are found, known by their Message-ID, unless they say something else.

Ids are given twice by broken mailers, so an id alone never makes two letters one: of the writer, the subject, the time
and the words, three have to agree. Where they do not, both letters are kept.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b

from archiver.knowledge.quotes import own
from archiver.knowledge.subjects import base
from archiver.model import Message, Span
from archiver.store.incoming import Incoming, Stored
from archiver.store.known import bare_view, load_details
from archiver.store.match import Keys, level
from archiver.store.merge import COLUMNS, View

_EVERYWHERE = Keys("")
_NOBODY = _EVERYWHERE.said_by(None)
_LOOKED_AT = 4000  # characters of a text that are compared
_ALIKE = 0.6  # of the shorter text's words
_AGREE = 3  # of the four marks


def key_of(message: Message) -> int:
    """The match key of a letter, which depends on no conversation."""
    return _EVERYWHERE.of(message, _NOBODY)


def other_key_of(message: Message) -> int:
    """The match key of a letter whose id another letter has already: its content joins in."""
    content = blake2b(digest_size=16)
    sender = message.sender.value if message.sender else ""
    for part in (sender, message.when.written, base(message.subject or ""), message.text):
        content.update(level(part) + b"\0")
    return key_of(message._replace(key=f"{message.key}\0{content.hexdigest()}"))


def alike(one: View, other: View) -> bool:
    """Whether two letters with one id are the same letter, perhaps with a list's footer or tag."""
    if one["text"] == other["text"] and one["subject"] == other["subject"] and one["sent_at"] == other["sent_at"]:
        return True
    agreeing = (
        one["sender_id"] == other["sender_id"],
        base(one["subject"] or "") == base(other["subject"] or ""),
        one["sent_at"] == other["sent_at"],
        _same_words(one, other),
    )
    return agreeing.count(True) >= _AGREE


def _same_words(one: View, other: View) -> bool:
    mine, theirs = _words(one), _words(other)
    shorter = min(mine.total(), theirs.total())
    return (mine & theirs).total() >= _ALIKE * shorter if shorter else mine.total() == theirs.total()


def _words(view: View) -> Counter[str]:
    spans = [Span(*span) for span in json.loads(view["spans"])] if view["spans"] else []
    text = own(view["text"], spans) if spans else view["text"]
    return Counter(text[:_LOOKED_AT].casefold().split())


def find_claimed(sql: sqlite3.Connection, incoming: Sequence[tuple[int, Incoming]]) -> dict[int, Stored]:
    """Which of these letters are in the archive already, by the number they come with."""
    rows = {
        n: (row, seq, view)
        for n, row, seq, *view in sql.execute(
            f"""
            select json_extract(i.value, '$[0]'), m.id, m.seq, {", ".join("m." + column for column in COLUMNS)}
            from json_each(?) i cross join message m indexed by message_claimed
              on m.match_key = json_extract(i.value, '$[1]') and m.claim is not null
            """,
            (json.dumps([(n, one.key) for n, one in incoming]),),
        )
    }
    by_row: dict[int, Stored] = {}
    found: dict[int, Stored] = {}
    for n, (row, seq, view) in rows.items():  # two of the batch may be one and the same: they share what is known
        found[n] = by_row.setdefault(row, Stored(row, seq, bare_view(view)))
    load_details(sql, by_row)
    return found
