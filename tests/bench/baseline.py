"""The bare loop that others are measured against: text lines, one regular expression, SQLite with FTS5.

Nothing is made slow on purpose and nothing clever is done: what somebody who knows the standard library would
write in an hour. ``python -m tests.bench.baseline parse FILE`` and ``… store FILE DATABASE`` print the count.
"""

import re
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

HEAD = re.compile(r"\u200e?\[?(\d\d/\d\d/\d{4}, \d\d:\d\d(?::\d\d)?)(?: - |\] )(?:([^:]+): )?(.*)", re.DOTALL)
SCHEMA = """
create table message (id integer primary key, written text, sender text, text text);
create virtual table message_fts using fts5 (text, content = 'message', content_rowid = 'id');
"""

Row = tuple[str, str | None, str]


def parse(lines: Iterable[str]) -> Iterator[Row]:
    """(time as written, sender, text) of each message; a line without a head belongs to the message before."""
    written, sender, text = "", None, ""
    for line in lines:
        if head := HEAD.match(line):
            if written:
                yield written, sender, text
            written, sender, text = head.groups()
        else:
            text += line
    if written:
        yield written, sender, text


def store(rows: Iterable[Row], database: Path) -> int:
    """Keeps rows and indexes their text, 10,000 to a transaction; how many there were."""
    connection = sqlite3.connect(database)
    connection.executescript(SCHEMA)
    count = 0
    stream = enumerate(rows, start=1)
    while numbered := [(number, *row) for number, row in islice(stream, 10_000)]:
        with connection:
            connection.executemany("insert into message values (?, ?, ?, ?)", numbered)
            connection.executemany(
                "insert into message_fts (rowid, text) values (?, ?)", ((row[0], row[3]) for row in numbered)
            )
        count += len(numbered)
    connection.close()
    return count


def main(what: str, source: str, *target: str) -> int:
    with Path(source).open(encoding="utf-8") as lines:
        return sum(1 for _ in parse(lines)) if what == "parse" else store(parse(lines), Path(*target))


if __name__ == "__main__":
    print(main(*sys.argv[1:]))
