"""What can be interrupted: every verb that writes, on an archive made for it, with the truth of an undisturbed run.

Each verb says its command, so that it runs as a process that can be killed or starved, and what the archive (and the
site) must be afterwards; nothing is taken from what the program says of itself.
"""

import hashlib
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from archiver.store import archive as store
from archiver.store import graves, reads
from archiver.store.digest import digest
from archiver.store.secret import secret
from tests.bench.whatsapp import Export
from tests.talk import sound
from tests.test_archive import version_one
from tests.traces import traces

SMALL_BATCHES = "import archiver.ingest as house; house.BATCH_ITEMS = 300; from archiver.__main__ import main; main()"
SECRET = "The quagmire code is seven zebrafish and a bassoon"
GONE = ("quagmire", "zebrafish", "bassoon")
MESSAGES = 1_500


@dataclass
class Verb:
    """One verb: its template *archive* folder, its *words*, and what is true afterwards.

    *before* and *after*: digests; *codes*: exit codes with which the repeated command may end; *holds*: what else
    must be so when it has ended.
    """

    name: str
    archive: Path
    words: Callable[[Path], Sequence[str]]
    codes: tuple[int, ...] = (0,)
    holds: Callable[[Path], None] = field(default=lambda _: None)
    before: str = ""
    after: str = ""
    seconds: float = 0.0

    def command(self, home: Path, script: str = SMALL_BATCHES) -> list[str]:
        return [sys.executable, "-c", script, "--archive", str(home), *self.words(home)]


def state(home: Path) -> str:
    """The digest of a sound archive (what a killed redaction left is finished on the way)."""
    with store.writing(home) as archive:
        assert sound(archive)
        for (sha256,) in archive.connection.execute("select sha256 from source_file where length(sha256) = 64"):
            content = archive.blobs.path(sha256).read_bytes()
            assert hashlib.sha256(content).hexdigest() == sha256
        return digest(archive.connection)


def told(home: Path) -> str:
    """The digest as any reader sees it at once, without anybody having finished anything."""
    with store.open_archive(home) as archive:
        assert archive.connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        return digest(archive.connection)


def verbs(folder: Path) -> list[Verb]:
    """All of them, each with the truth of a run that nobody disturbed."""
    first, second = _chats(folder)
    one = _made(folder / "one", first)
    two = _made(folder / "two", first, second)
    gone = _identifier(two)
    old = folder / "old"
    _old(old)
    all_ = [
        Verb("import", one, lambda _: ["import", "--zone", "UTC", str(second)]),
        Verb("undo", two, lambda _: ["imports", "undo", "1"], codes=(0, 2)),
        Verb("redact", two, lambda _: ["redact", gone, "--reason", "a secret", "--yes"], holds=_silent),
        Verb("publish", two, lambda home: ["publish", str(site_of(home)), "--conversation", "1"], holds=_whole_site),
        Verb("migrate", old, lambda _: ["status"]),
    ]
    for verb in all_:
        _learn(folder / "truth" / verb.name, verb)
    return all_


def _chats(folder: Path) -> tuple[Path, Path]:
    """A chat, and a later export of it with as much again."""
    lines = list(Export(MESSAGES, seed=11).texts())
    lines.insert(20, lines[20].split(": ", 1)[0] + f": {SECRET}\n")
    half = len(lines) // 2
    files = []
    for name, some in (("a", lines[:half]), ("b", lines[half // 2 :])):
        (folder / name).mkdir(parents=True)
        file = folder / name / "WhatsApp Chat with Harbour Garden.txt"
        file.write_text("".join(some), encoding="utf-8", newline="")
        files.append(file)
    return files[0], files[1]


def _made(home: Path, *files: Path) -> Path:
    home.mkdir()
    secret(home)
    for file in files:
        words = [sys.executable, "-m", "archiver", "--archive", str(home), "import", "--zone", "UTC", str(file)]
        subprocess.run(words, check=True, capture_output=True)
    return home


def _identifier(home: Path) -> str:
    with store.open_archive(home) as archive:
        (row,) = archive.connection.execute("select id from message where instr(text, ?)", (SECRET,)).fetchone()
        return reads.load(archive.connection, [row])[0].id


def _old(home: Path) -> None:
    """An archive of version 1 that takes a while to bring to today."""
    version_one(home)
    with closing(sqlite3.connect(store.database(home))) as sql, sql:
        sql.executemany(
            """
            insert into message (id, conversation_id, seq, local_minute, match_key, sender_id, sent_at, tz_offset,
              precision, text) values (:row, 1, :row, 28000000 + :row, :row, 1, 60000 * :row, 0, 'minute', :text)
            """,
            [{"row": row, "text": f"bean number {row} is up " * 20} for row in range(10, 8_000)],
        )
        sql.execute(
            "delete from source_file where id = 1 and not exists (select 1 from record where source_file_id = 1)"
        )
        sql.execute("insert into message_fts (message_fts) values ('rebuild')")


def _learn(home: Path, verb: Verb) -> None:
    home.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(store.database(verb.archive))) as sql:
        verb.before = digest(sql)
    shutil.copytree(verb.archive, home)
    began = time.monotonic()
    subprocess.run(verb.command(home), check=True, capture_output=True)
    verb.seconds = time.monotonic() - began
    verb.holds(home)
    verb.after = told(home)


def _silent(home: Path) -> None:
    """No word of what was redacted is left anywhere."""
    assert traces(home, GONE) == []
    with store.open_archive(home) as archive:
        assert len(graves.permalinks(archive)) == 1


def _whole_site(home: Path) -> None:
    """The site is there, whole, and beside it nothing half-done."""
    site_sound(home)
    beside = [path for path in home.parent.glob("*site*") if path.is_dir() and path != site_of(home)]
    assert not beside


def site_of(home: Path) -> Path:
    """Where the archive is published to: beside it, on the same disk."""
    return home.with_name(f"{home.name}-site")


def site_sound(home: Path) -> None:
    """Every file of the site is the one that its manifest names."""
    site = site_of(home)
    named = {}
    for line in (site / "manifest-sha256.txt").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            sha256, _, path = line.partition("  ")
            named[path] = sha256
    found = {
        path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in site.rglob("*")
        if path.is_file() and path.name != "manifest-sha256.txt"
    }
    assert found == named
