"""Whatever is damaged is found, named, and told from what is not damaged; and nothing else is called damaged."""

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archiver import publish
from archiver.__main__ import run
from archiver.contracts import Hints
from archiver.errors import NoArchiveError, StoreError
from archiver.ingest import Request, ingest
from archiver.store import archive as store
from archiver.store import dedupe, ledger, reads, seal, undo
from archiver.store.digest import digest
from archiver.store.findings import Verdict
from archiver.store.library import StoredLibrary
from archiver.store.verify import verify
from tests.bench.whatsapp import Export
from tests.flips import Flip, drawn, flip, flipped

EXAMPLES = Path(__file__).parent.parent / "examples"
LETTERS = EXAMPLES / "garden-club-list.mbox"
CHAT = EXAMPLES / "WhatsApp Chat - Garden Club.zip"
SAME_CHAT = EXAMPLES / "WhatsApp Chat mit Garden Club.txt"


def bring(home: Path, *paths: Path) -> None:
    ingest(home, Request(paths=paths, hints=Hints(zone="Europe/London")))


def whats(verdict: Verdict) -> set[str]:
    return {one.what for one in verdict.findings}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with chats, letters and free pages, and a site of it beside it; not to be changed."""
    home = tmp_path_factory.mktemp("kept") / "archive"
    bring(home, CHAT)
    bring(home, LETTERS)
    with store.writing(home) as archive:
        undo.undo(archive, 1)
    bring(home, SAME_CHAT)
    with store.open_archive(home) as archive, archive.snapshot():
        publish.publish(
            StoredLibrary(archive),
            home.with_name("site"),
            conversations=["Garden Club letters"],
            options={},
            secret=b"a secret of the tests",
        )
    return home


@pytest.fixture
def home(kept: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return Path(shutil.copytree(kept, tmp_path / "archive"))


# -- flipped bits ------------------------------------------------------------------------------------------


def seen(home: Path, one: Flip) -> bool:
    """Whether a check of what the flipped file belongs to finds something."""
    if one.file.is_relative_to(home):
        return not verify(home, deep=True).sound
    return bool(publish.check(home.with_name("site"))[1])


def all_found(home: Path, count: int, seed: int) -> None:
    files = [file for place in (home, home.with_name("site")) for file in sorted(place.rglob("*")) if file.is_file()]
    kept = [file for file in files if file.suffix in {".db", ".seal"} or "blobs" in file.parts or "site" in file.parts]
    database = store.database(home)
    flips = drawn([*[file for file in kept if file.stat().st_size], *[database] * len(kept)], count, seed)
    missed, hit = [], Counter[str]()
    for one in flips:
        with flipped(one):
            missed += [] if seen(home, one) else [one]
        hit[_kind(one.file, home)] += 1
    print(f"{count} flips: {', '.join(f'{kind} {number}' for kind, number in sorted(hit.items()))}")
    assert missed == []
    assert {"database", "blobs", "site"} <= set(hit)
    assert verify(home, deep=True).sound


def _kind(file: Path, home: Path) -> str:
    if not file.is_relative_to(home):
        return "site"
    return "blobs" if "blobs" in file.parts else {".db": "database", ".seal": "seal"}[file.suffix]


def test_sixty_flipped_bits_are_all_found(kept: Path) -> None:
    all_found(kept, 60, seed=3)


@pytest.mark.slow
def test_five_hundred_flipped_bits_are_all_found(kept: Path) -> None:
    all_found(kept, 500, seed=9)


def test_every_bit_of_the_header_counts(kept: Path) -> None:
    database = store.database(kept)
    for at in range(100):
        with flipped(Flip(database, at, at % 8)):
            assert not verify(kept).sound, at


def test_a_flip_in_a_message_names_the_message(home: Path) -> None:
    database = store.database(home)
    at = database.read_bytes().index(b"My cousin at the dairy")
    flip(Flip(database, at, 0))
    found = verify(home).findings
    with store.open_archive(home) as archive:
        rows = archive.connection.execute("select id from message where text like '%y cousin at the dairy%'").fetchall()
        named = {one.id for one in reads.load(archive.connection, [row for (row,) in rows])}
    assert named
    (one,) = [one for one in found if "the table message" in one.note]
    assert named & set(one.messages)


def test_a_flip_in_an_index_or_a_free_page_costs_nothing_and_says_so(home: Path) -> None:
    database = store.database(home)
    with seal.opened(database) as file:
        free = seal.shape(file).free
    assert free
    flip(Flip(database, (free - 1) * 8192 + 4000, 3))
    (found,) = verify(home).findings
    assert "part of nothing" in found.note
    flip(Flip(database, (free - 1) * 8192 + 4000, 3))
    with closing(sqlite3.connect(database)) as connection:
        (root,) = connection.execute("select rootpage from sqlite_schema where name = 'message_order'").fetchone()
    flip(Flip(database, root * 8192 - 5, 3))
    (found,) = verify(home).findings
    assert "the index message_order" in found.note
    assert "nothing is lost" in found.rebuild


def test_what_is_not_damaged_stays_readable_and_searchable(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of many damaged archives: each says what is wrong with it, most still answer; none ends in a traceback."""
    answered = 0
    for one in drawn([store.database(kept)], 60, seed=21):
        with flipped(one):
            code = run(["--archive", str(kept), "search", "frog", "--json"])
            answered += code == 0 and "frog" in capsys.readouterr().out
    assert answered >= 50


# -- files -------------------------------------------------------------------------------------------------


def originals(home: Path) -> dict[str, str]:
    with store.open_archive(home) as archive:
        return dict(archive.connection.execute("select path, sha256 from source_file"))


def test_a_damaged_original_is_named_with_its_messages(home: Path) -> None:
    sha256 = originals(home)[LETTERS.name]
    flip(Flip(home / "blobs" / sha256[:2] / sha256[2:], 200, 1))
    assert verify(home).sound  # its size is right, and a quick check looks no further
    (found,) = verify(home, deep=True).findings
    assert LETTERS.name in found.note
    assert found.concerned > 20
    assert found.messages


def test_a_missing_or_shortened_file_is_found_quickly(home: Path) -> None:
    sha256 = originals(home)[LETTERS.name]
    blob = home / "blobs" / sha256[:2] / sha256[2:]
    blob.write_bytes(blob.read_bytes()[:-1])
    (found,) = verify(home).findings
    assert "instead of" in found.note
    blob.unlink()
    (found,) = verify(home).findings
    assert "is missing" in found.note


def test_a_file_too_many_is_a_note(home: Path) -> None:
    (home / "blobs" / "ab").mkdir(exist_ok=True)
    (home / "blobs" / "ab" / ("c" * 62)).write_bytes(b"nobody's")
    verdict = verify(home, deep=True)
    assert verdict.sound
    assert "belong to no message" in verdict.notes[0]


# -- no false alarm ----------------------------------------------------------------------------------------


def test_every_command_that_writes_leaves_a_sealed_archive(tmp_path: Path) -> None:
    """And each seals what it wrote only: the whole is never summed anew, which would bless what rotted."""
    home = tmp_path / "archive"
    steps: list[Callable[[], object]] = [
        lambda: bring(home, CHAT),
        lambda: bring(home, LETTERS),
        lambda: bring(home, SAME_CHAT),
        lambda: run(["--archive", str(home), "imports", "undo", "1"]),
        lambda: bring(home, CHAT),
        lambda: run(["--archive", str(home), "imports", "undo", "2"]),
        lambda: run(["--archive", str(home), "imports", "undo", "3"]),
        lambda: run(["--archive", str(home), "imports", "undo", "4"]),
        lambda: bring(home, LETTERS),
        lambda: hide_one(home),
    ]
    before = None
    for step in steps:
        step()
        database = store.database(home)
        after = seal.read(database)
        assert after is not None
        with seal.opened(database) as file:
            assert after == seal.whole(file)
        assert before is None or after.counter > before.counter
        assert ledger.notes(database) == {}
        before = after


def hide_one(home: Path) -> None:
    with store.writing(home) as archive:
        one, other, *_ = reads.load(archive.connection, [1, 2])
        dedupe.hide(archive, one.id, other.id)


def test_what_rotted_is_still_found_after_the_next_import(home: Path) -> None:
    database = store.database(home)
    at = database.read_bytes().index(b"its own Message-ID in normal form")
    assert at > 8192  # the first page is written by every commit
    flip(Flip(database, at, 0))
    bring(home, CHAT)
    assert whats(verify(home)) == {"page"}


def test_a_note_that_was_cut_off_spoils_none_after_it(home: Path) -> None:
    database = store.database(home)
    pages = database.with_name("archive.pages")
    with store.writing(home) as archive:
        tag_one(archive)
        whole = pages.read_bytes()
        pages.write_bytes(whole[:-3])
        assert ledger.notes(database) == {}
        opened_next = ledger.Ledger(database)
        assert pages.read_bytes() == b""
        pages.write_bytes(whole)
        archive.compact()
        assert [pages is None for pages in ledger.notes(database).values()] == [False, True]
    opened_next.close()
    assert verify(home, deep=True).sound


def test_a_disk_that_is_full_of_notes_takes_the_transaction_back(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with store.writing(home) as archive:
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(StoreError, match="could not be written"):
                tag_one(archive)
        assert not archive.connection.in_transaction
        assert archive.connection.execute("select count(*) from tag").fetchone() == (0,)
    assert verify(home, deep=True).sound


def tag_one(archive: store.Archive) -> None:
    with archive.transaction() as sql:
        sql.execute("insert into tag values ('202305141432-k7q2m8x0', 'tank', '2026-01-01')")


def test_vacuum_is_noted_too(home: Path) -> None:
    with store.writing(home) as archive:
        archive.compact()
        assert verify(home).sound
    assert verify(home, deep=True).sound


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX's")
def test_a_killed_import_is_no_false_alarm_and_hides_none(tmp_path: Path) -> None:
    chat = tmp_path / "WhatsApp Chat with Harbour Garden.txt"
    with chat.open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(Export(8_000, seed=11).texts())
    home = tmp_path / "archive"
    small = "import archiver.ingest as house; house.BATCH_ITEMS = 200; from archiver.__main__ import main; main()"
    moments = random.Random(2)
    noted = 0
    for _ in range(12):
        with subprocess.Popen(
            [sys.executable, "-c", small, "--archive", str(home), "import", "--zone", "UTC", str(chat)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            while process.poll() is None and not ledger.notes(store.database(home)):
                time.sleep(0.005)
            time.sleep(moments.uniform(0, 0.3))
            process.kill()
        verdict = verify(home, deep=moments.random() < 0.5)
        assert verdict.findings == ()
        noted += bool(verdict.notes)
    assert noted
    database = store.database(home)
    written = {page for pages in ledger.notes(database).values() for page in pages or ()}
    sealed = seal.read(database)
    assert sealed is not None
    untouched = next(page for page in range(2, sealed.pages + 1) if page not in written)
    with flipped(Flip(database, untouched * 8192 - 3, 1)):
        assert f"page {untouched} " in verify(home).findings[0].note


def test_a_check_while_somebody_writes_sees_one_moment(home: Path) -> None:
    with store.writing(home) as archive:
        with archive.transaction() as sql:
            sql.execute("insert into tag values ('202305141432-k7q2m8x0', 'tank', '2026-01-01')")
            assert verify(home).sound
        assert verify(home).sound
        assert run(["--archive", str(home), "verify", "--deep"]) == 11
    assert verify(home).sound


# -- what else can be wrong --------------------------------------------------------------------------------


def test_a_row_deleted_behind_our_back_is_found(home: Path) -> None:
    with closing(sqlite3.connect(store.database(home))) as connection, connection:
        connection.execute("delete from message where id = (select max(id) from message)")
    assert whats(verify(home)) == {"changed"}
    assert {"changed", "row", "index"} <= whats(verify(home, deep=True))


def test_an_index_that_says_otherwise_is_found(home: Path) -> None:
    with store.writing(home) as archive, archive.transaction() as sql:
        sql.execute("insert into message_fts (rowid, subject, text, quoted) values (999999, '', 'invented', '')")
    assert whats(verify(home, deep=True)) == {"index"}


def test_a_damaged_seal_is_found_and_blames_nobody(home: Path) -> None:
    flip(Flip(seal.place(store.database(home)), 100, 1))
    (found,) = verify(home).findings
    assert found.what == "seal"


def test_without_a_seal_the_tables_are_checked_instead(home: Path) -> None:
    seal.place(store.database(home)).unlink()
    verdict = verify(home)
    assert verdict.sound
    assert "no seal" in verdict.notes[0]
    bring(home, CHAT)
    assert verify(home).notes == ()


def test_a_database_that_cannot_be_opened_is_a_finding_and_its_files_are_checked(home: Path) -> None:
    store.database(home).write_bytes(b"nothing of the kind" * 1000)
    sha256 = originals_on_disk(home)
    flip(Flip(home / "blobs" / sha256[:2] / sha256[2:], 2, 1))
    assert {"database", "page", "blob"} <= whats(verify(home, deep=True))


def originals_on_disk(home: Path) -> str:
    return next(file.parent.name + file.name for file in sorted((home / "blobs").glob("??/*")) if file.stat().st_size)


def test_a_longer_or_shorter_file_is_found(home: Path) -> None:
    database = store.database(home)
    with database.open("ab") as out:
        out.write(b"more")
    assert whats(verify(home)) == {"page"}
    with database.open("r+b") as out:
        out.truncate(database.stat().st_size - 8192 - 4)
    assert "page" in whats(verify(home))


def test_there_has_to_be_an_archive(tmp_path: Path) -> None:
    with pytest.raises(NoArchiveError):
        verify(tmp_path)


# -- the command -------------------------------------------------------------------------------------------


def test_the_command_answers_people_and_programs(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--archive", str(home), "verify", "--deep"]) == 0
    assert "All is as it was written" in capsys.readouterr().err
    with store.open_archive(home) as archive:
        before = digest(archive.connection)
    sha256 = originals(home)[LETTERS.name]
    (home / "blobs" / sha256[:2] / sha256[2:]).unlink()
    assert run(["--archive", str(home), "verify", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["sound"] is False
    assert told["findings"][0]["messages"]
    assert run(["--archive", str(home), "verify"]) == 1
    assert LETTERS.name in capsys.readouterr().out
    assert run(["--archive", str(home), "audit", "list", "--json"]) == 0
    events = json.loads(capsys.readouterr().out)
    assert events[-1]["event"] == "fixity check"
    assert events[-1]["detail"]["deep"] is True
    assert run(["--archive", str(home), "audit", "list"]) == 0
    assert "ingestion" in capsys.readouterr().out
    with store.open_archive(home) as archive:
        assert digest(archive.connection) == before


def test_a_site_is_checked_by_its_manifest(kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = Path(shutil.copytree(kept.with_name("site"), tmp_path / "site"))
    assert run(["verify", str(site)]) == 0
    (site / "more.txt").write_text("somebody's")
    (site / "index.html").unlink()
    assert run(["verify", str(site), "--json"]) == 1
    assert [one["note"] for one in json.loads(capsys.readouterr().out)["findings"]] == [
        "index.html is missing",
        "more.txt was not published",
    ]
    (site / publish.MANIFEST).write_text("anything")
    assert run(["verify", str(site)]) == 1
    assert run(["verify", str(tmp_path)]) == 2
