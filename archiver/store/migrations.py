"""The steps by which a database of any age becomes one of today; a released step is never edited."""

from importlib.resources import files

from sqlite_utils import Database, Migrations

from archiver.store.passages import respell

# Marks, currency signs, symbols and pictographs younger than Unicode 6.1, which SQLite's tokeniser stops at. Among
# them the isolates U+2066 to U+2069, which WhatsApp puts around the names it mentions.
_YOUNG = (
    (0x058D, 0x058E), (0x061C, 0x061D), (0x2066, 0x2069), (0x20BA, 0x20CF), (0x218A, 0x218B), (0x23F4, 0x23FF),
    (0x2700, 0x2700), (0x2B4D, 0x2BFF), (0x2E3C, 0x2E7F), (0xFD40, 0xFD4F), (0xFDFE, 0xFDFF), (0x1F000, 0x1FAFF),
)  # fmt: skip
SEPARATORS = "".join(chr(code) for first, last in _YOUNG for code in range(first, last + 1))

# What the index of the fourth step must not take for a letter, although it is a symbol or mark or younger than 2012:
# signs of Latin-1 and of trade, pictures of control characters, lines, Braille, variation selectors, currencies.
_NO_LETTERS = (
    (0x00A6, 0x00A6), (0x00A9, 0x00A9), (0x00AE, 0x00AE), (0x00B0, 0x00B0), (0x0482, 0x0482), (0x060E, 0x060F),
    (0x061C, 0x061D), (0x06DE, 0x06DE), (0x06E9, 0x06E9), (0x06FD, 0x06FE), (0x2066, 0x2069), (0x20BA, 0x20CF),
    (0x2100, 0x2101), (0x2103, 0x2106), (0x2108, 0x2109), (0x2114, 0x2114), (0x2116, 0x2117), (0x211E, 0x2123),
    (0x2125, 0x2125), (0x2127, 0x2127), (0x2129, 0x2129), (0x212E, 0x212E), (0x213A, 0x213B), (0x214A, 0x214A),
    (0x214C, 0x214D), (0x214F, 0x214F), (0x2400, 0x244A), (0x2500, 0x259F), (0x2800, 0x28FF), (0x2E3C, 0x2E7F),
    (0xFE00, 0xFE0F), (0xFFFC, 0xFFFD),
)  # fmt: skip
SEPARATORS_4 = "".join(chr(code) for first, last in _NO_LETTERS for code in range(first, last + 1))

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


@steps(name="0004_every_script")
def every_script(db: Database) -> None:
    """An index of words of every script, from schema_4.sql."""
    _build(db, "schema_4.sql")
    respell(db.conn)
    db.conn.execute("insert into message_fts (message_fts) values ('rebuild')")


@steps(name="0005_what_readers_keep")
def what_readers_keep(db: Database) -> None:
    """Saved searches, from schema_5.sql."""
    _build(db, "schema_5.sql")


@steps(name="0006_redaction")
def redaction(db: Database) -> None:
    """What was taken out for good, from schema_6.sql."""
    for statement in statements(schema("schema_6.sql")):
        db.conn.execute(statement)


@steps(name="0007_newest_names")
def newest_names(db: Database) -> None:
    """What imports call conversations, of when that is, and who they say belongs to them, from schema_7.sql."""
    for statement in statements(schema("schema_7.sql")):
        db.conn.execute(statement)


@steps(name="0008_other_names")
def other_names(db: Database) -> None:
    """What people are called in published pages, from schema_8.sql."""
    for statement in statements(schema("schema_8.sql")):
        db.conn.execute(statement)


SCRIPTS = (
    "schema.sql", "schema_2.sql", "schema_3.sql", "schema_4.sql", "schema_5.sql", "schema_6.sql", "schema_7.sql",
    "schema_8.sql",
)  # fmt: skip


def _build(db: Database, script: str) -> None:
    """Run a script statement by statement, for `executescript` would commit in between; its index has our options."""
    for statement in statements(schema(script)):
        db.conn.execute(statement)
    for option, value in INDEX_OPTIONS.items():
        db.conn.execute("insert into message_fts (message_fts, rank) values (?, ?)", (option, value))


def schema(script: str) -> str:
    """One of the SCRIPTS, with the separators in their place."""
    text = files("archiver.store").joinpath(script).read_text("utf-8")
    return text.replace("{separators}", SEPARATORS).replace("{separators_4}", SEPARATORS_4)


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
