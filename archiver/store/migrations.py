"""The steps by which a database of any age becomes one of today; a released step is never edited."""

from importlib.resources import files

from sqlite_utils import Database, Migrations

# Marks, currency signs, symbols and pictographs younger than Unicode 6.1, which SQLite's tokeniser stops at. Among
# them the isolates U+2066 to U+2069, which WhatsApp puts around the names it mentions.
_YOUNG = (
    (0x058D, 0x058E), (0x061C, 0x061D), (0x2066, 0x2069), (0x20BA, 0x20CF), (0x218A, 0x218B), (0x23F4, 0x23FF),
    (0x2700, 0x2700), (0x2B4D, 0x2BFF), (0x2E3C, 0x2E7F), (0xFD40, 0xFD4F), (0xFDFE, 0xFDFF), (0x1F000, 0x1FAFF),
)  # fmt: skip
SEPARATORS = "".join(chr(code) for first, last in _YOUNG for code in range(first, last + 1))

# A batch of 20,000 messages is indexed in one piece (8 MiB of words) and pieces are merged by eight rather than by
# four: a quarter less work for an import, and no more than a few pieces for a search to look into.
INDEX_OPTIONS = {"hashsize": 8 << 20, "automerge": 8}

steps = Migrations("archive")


@steps(name="0001_the_whole_house")
def the_whole_house(db: Database) -> None:
    """All tables, from schema.sql."""
    _build(db, "schema.sql")


@steps(name="0002_the_same_twice")
def the_same_twice(db: Database) -> None:
    """Messages that are hidden, and an index without them, from schema_2.sql."""
    _build(db, "schema_2.sql")
    db.conn.execute("insert into message_fts (message_fts) values ('rebuild')")


@steps(name="0003_letters")
def letters(db: Database) -> None:
    """Threads, labels, and an index that keeps what is quoted apart, from schema_3.sql."""
    _build(db, "schema_3.sql")
    db.conn.execute("insert into message_fts (message_fts) values ('rebuild')")


SCRIPTS = ("schema.sql", "schema_2.sql", "schema_3.sql")


def _build(db: Database, script: str) -> None:
    """Run a script statement by statement, for `executescript` would commit in between; its index has our options."""
    for statement in statements(schema(script)):
        db.conn.execute(statement)
    for option, value in INDEX_OPTIONS.items():
        db.conn.execute("insert into message_fts (message_fts, rank) values (?, ?)", (option, value))


def schema(script: str) -> str:
    """One of the SCRIPTS, with the separators in their place."""
    text = files("archiver.store").joinpath(script).read_text("utf-8")
    return text.replace("{separators}", SEPARATORS)


def statements(script: str) -> list[str]:
    """The SQL statements of a script whose statements each end in ``;`` at a line's end."""
    found, lines = [], list[str]()
    for line in script.splitlines():
        if not lines and (not line.strip() or line.startswith("--")):
            continue
        lines.append(line)
        if line.split("--")[0].rstrip().endswith(";"):
            found.append("\n".join(lines))
            lines = []
    return found


def migrate(db: Database, version: int) -> None:
    """Apply what is missing and mark the file with the schema *version*, all or nothing."""
    with db.atomic():
        steps.apply(db)
        db.conn.execute(f"pragma user_version = {version}")
