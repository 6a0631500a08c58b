"""What a search found, by people, conversations, years and sources: where to look on."""

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence

from archiver.model import Facets
from archiver.query import Query
from archiver.store.filters import Plan, plan
from archiver.store.ids import UNDATED

COUNTED = 300_000  # messages are sorted into their heaps in half a second

_HITS = "select rowid from message_fts where message_fts match :match order by rowid desc limit :most"
_OF_HITS = f"""
select m.sender_id, m.conversation_id, strftime('%Y', m.local_minute * 60, 'unixepoch'), m.local_minute = {UNDATED},
  count(*)
from ({_HITS}) as hit cross join message m on m.id = hit.rowid
where {{tests}} group by 1, 2, 3, 4
"""
_OF_ALL = f"""
select sender_id, conversation_id, strftime('%Y', local_minute * 60, 'unixepoch'), local_minute = {UNDATED}, count(*)
from (select m.sender_id, m.conversation_id, m.local_minute from message m where {{tests}}
      order by m.id desc limit :most)
group by 1, 2, 3, 4
"""
_MATCHED = "select count(*) from message_fts where message_fts match :match"
_PEOPLE = """
select i.id, coalesce(p.name, i.name)
from identity i
left join identity_link l on l.id = (select max(id) from identity_link where identity_id = i.id)
left join person p on p.id = l.person_id
"""


def facets(connection: sqlite3.Connection, query: Query, *, quoted: bool = False, stems: Sequence[str] = ()) -> Facets:
    """Of the messages that a query finds, or of the last COUNTED of them."""
    made = plan(connection, query, quoted=quoted, stems=stems)
    heaps = _heaps(connection, made)
    names = dict(connection.execute(_PEOPLE).fetchall())
    places = {
        row: (title, source) for row, title, source in connection.execute("select id, title, source from conversation")
    }
    people, conversations, years, sources = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for sender, place, year, undated, count in heaps:
        title, source = places[place]
        people[names[sender] if sender else "nobody"] += count
        conversations[title] += count
        years["undated" if undated else year] += count
        sources[source] += count
    counted = sum(sources.values())
    return Facets(
        _falling(people), _falling(conversations), dict(sorted(years.items())), _falling(sources), counted,
        exact=not _cut(connection, made, counted),
    )  # fmt: skip


def _heaps(connection: sqlite3.Connection, made: Plan) -> Sequence[tuple[int | None, int, str, int, int]]:
    """(sender, conversation, year, whether undated, messages)."""
    tests = [*made.tests, *made.shown]
    if made.dated:
        tests.append(f"m.local_minute between :low and :high and m.local_minute <> {UNDATED}")
    statement = (_OF_HITS if made.match else _OF_ALL).format(tests=" and ".join(tests or ["true"]))
    bound = {**made.values, "match": made.match, "low": made.low, "high": made.high, "most": COUNTED}
    return connection.execute(statement, bound).fetchall()


def _cut(connection: sqlite3.Connection, made: Plan, counted: int) -> bool:
    """Whether some messages were left uncounted, or may have been."""
    if not made.match:
        return counted >= COUNTED
    (hits,) = connection.execute(_MATCHED, {"match": made.match}).fetchone()
    return int(hits) > COUNTED


def _falling(counts: Counter[str]) -> Mapping[str, int]:
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
