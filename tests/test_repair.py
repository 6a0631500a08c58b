"""What is damaged is mended with the least that does it, down to doing all imports again; the digest proves it."""

import json
import os
import random
import shutil
import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archiver.__main__ import run
from archiver.contracts import Hints
from archiver.dump import Limits
from archiver.errors import LockedError, NoArchiveError, StoreError
from archiver.ingest import Request, ingest
from archiver.keeping.repair import Repaired, repair
from archiver.store import archive as store
from archiver.store import dedupe, history, mend, plan, reads, redact, removal, reunite, seal, undo
from archiver.store.digest import digest
from archiver.store.verify import verify
from tests.flips import Flip, drawn, flip, flipped
from tests.traces import traces

EXAMPLES = Path(__file__).parent.parent / "examples"
LETTERS = EXAMPLES / "garden-club-list.mbox"
CHAT = EXAMPLES / "WhatsApp Chat - Garden Club.zip"
SAME_CHAT = EXAMPLES / "WhatsApp Chat mit Garden Club.txt"
DUMPS = Path(__file__).parent / "dumps"
CASES = sorted(path for path in DUMPS.glob("*/*/dump") if path.parent.name != "empty-mbox")
SOME = 7  # every so manieth case, in the default run
PAGE = 8192


def bring(home: Path, *paths: Path, **more: object) -> None:
    ingest(home, Request(paths=paths, hints=Hints(zone="Europe/London"), **more))  # type: ignore[arg-type]  # any field


def digest_of(home: Path) -> str:
    with store.open_archive(home) as archive:
        return digest(archive.connection)


def unharmed(home: Path, done: Repaired, truth: str) -> None:
    assert done.lost == []
    assert done.verdict.sound
    assert done.digest == digest_of(home) == truth
    assert verify(home, deep=True).findings == ()
    assert not list(home.glob(".re*"))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with all that a digest counts, and something undone; not to be changed."""
    home = tmp_path_factory.mktemp("kept") / "archive"
    bring(home, SAME_CHAT)
    bring(home, LETTERS)
    with store.writing(home) as archive:
        undo.undo(archive, 1)
    bring(home, CHAT)
    with store.writing(home) as archive:
        rows = archive.connection.execute("select id from message where conversation_id = 2 order by seq limit 3")
        one, other, third = reads.load(archive.connection, [row for (row,) in rows])
        dedupe.hide(archive, one.id, other.id)
        dedupe.hide(archive, third.id, other.id)
        dedupe.split(archive, third.id)
        with archive.transaction() as sql:
            sql.execute("insert into tag values (?, 'tank', '2026-01-01')", (one.id,))
    return home


@pytest.fixture
def home(kept: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return Path(shutil.copytree(kept, tmp_path / "archive"))


def ruin(database: Path, page: int, seed: int = 1) -> None:
    """Forty bytes of a page, each of them wrong."""
    draw = random.Random(seed)
    for at in range(100, PAGE - 200, 200):
        flip(Flip(database, (page - 1) * PAGE + at, draw.randrange(8)))


def root(home: Path, name: str) -> int:
    with closing(sqlite3.connect(store.database(home))) as connection:
        (page,) = connection.execute("select rootpage from sqlite_schema where name = ?", (name,)).fetchone()
        return int(page)


# -- flipped bits ------------------------------------------------------------------------------------------


def test_any_flipped_bit_of_the_database_is_put_back(home: Path, kept: Path) -> None:
    database, truth = store.database(home), store.database(kept).read_bytes()
    before = seal.read(database)
    assert before is not None
    for one in drawn([database], 12, seed=5):
        flip(one)
        assert mend.mend(database, before, [one.at // PAGE + 1]) == [one.at // PAGE + 1]
        assert database.read_bytes() == truth


def test_a_flip_is_put_back_and_nothing_else_is_done(home: Path, kept: Path) -> None:
    flip(Flip(store.database(home), 5 * PAGE + 77, 2))
    done = repair(home)
    assert done.done == ["1 page of the database had a flipped bit, which was put back"]
    assert done.kept is None
    unharmed(home, done, digest_of(kept))


@pytest.mark.parametrize("at", [17, 18, 24, 60, 63, 70, 95, 103])
def test_a_flip_that_keeps_the_database_from_opening_is_put_back(home: Path, kept: Path, at: int) -> None:
    flip(Flip(store.database(home), at, 0))
    unharmed(home, repair(home), digest_of(kept))


def test_a_small_kept_file_is_mended_by_its_name(home: Path, kept: Path) -> None:
    small = min((file for file in (home / "blobs").glob("??/*") if file.stat().st_size > 100), key=os.path.getsize)
    flip(Flip(small, 50, 1))
    done = repair(home)
    assert "which was put back" in done.done[0]
    unharmed(home, done, digest_of(kept))
    flip(Flip(small, 50, 1))
    flip(Flip(small, 51, 1))
    assert not mend.mend_file(small, small.parent.name + small.name)
    assert not mend.mend_file(small, "ab" * 32)
    assert not mend.mend_file(home / "nowhere", "ab" * 32)


# -- kept files --------------------------------------------------------------------------------------------


def original(home: Path, name: str) -> Path:
    with store.open_archive(home) as archive:
        (sha256,) = archive.connection.execute("select sha256 from source_file where path = ?", (name,)).fetchone()
    return home / "blobs" / str(sha256)[:2] / str(sha256)[2:]


def test_a_missing_original_is_brought_from_where_a_copy_is(home: Path, kept: Path) -> None:
    original(home, LETTERS.name).unlink()
    flip(Flip(original(home, CHAT.name), 3000, 1))
    flip(Flip(original(home, CHAT.name), 3001, 1))
    done = repair(home)
    assert len(done.lost) == 2
    assert not done.verdict.sound
    done = repair(home, copies=[EXAMPLES])
    assert sum("was brought from" in said for said in done.done) == 2
    unharmed(home, done, digest_of(kept))


# -- what follows from the messages ------------------------------------------------------------------------


def found(home: Path, words: str) -> list[int]:
    with store.open_archive(home) as archive:
        rows = archive.connection.execute(
            "select rowid from message_fts where message_fts match ? order by 1", (words,)
        )
        return [row for (row,) in rows]


@pytest.mark.parametrize("damage", ["dropped", "emptied", "invented", "ruined"])
def test_a_search_index_thrown_away_is_made_again_equal_to_the_messages(home: Path, kept: Path, damage: str) -> None:
    if damage == "ruined":
        ruin(store.database(home), root(home, "message_fts_data"))
    else:
        with store.writing(home) as archive, archive.transaction() as sql:
            if damage == "dropped":
                sql.execute("drop table message_fts")
            elif damage == "emptied":
                sql.execute("insert into message_fts (message_fts) values ('delete-all')")
            else:
                sql.execute("insert into message_fts (rowid, subject, text, quoted) values (9999, '', 'frog', '')")
    done = repair(home)
    unharmed(home, done, digest_of(kept))
    assert done.kept is None
    for words in ("frog", "tank", "courgette*", '"water tank"', "quoted: tank"):
        assert found(home, words) == found(kept, words)


@pytest.mark.parametrize("name", ["message_order", "record_message", "thread", "passage"])
def test_a_ruined_index_or_table_of_threads_is_made_again(home: Path, kept: Path, name: str) -> None:
    ruin(store.database(home), root(home, name))
    done = repair(home)
    unharmed(home, done, digest_of(kept))


def test_a_ruined_free_page_is_put_right(home: Path, kept: Path) -> None:
    bring(home, SAME_CHAT)
    with store.writing(home) as archive:
        undo.undo(archive, 4)
    with seal.opened(store.database(home)) as file:
        ruin(store.database(home), seal.shape(file).free)
    done = repair(home)
    unharmed(home, done, digest_of(kept))
    assert done.kept is None


def test_a_damaged_or_missing_seal_is_made_again(home: Path, kept: Path) -> None:
    flip(Flip(seal.place(store.database(home)), 30, 1))
    unharmed(home, repair(home), digest_of(kept))


def test_what_another_program_wrote_is_sealed_when_it_hangs_together(home: Path) -> None:
    with closing(sqlite3.connect(store.database(home))) as connection, connection:
        connection.execute("insert into tag values ('202305141432-k7q2m8x0', 'theirs', '2026-01-01')")
    done = repair(home)
    assert "sealed as it is" in done.done[-1]
    assert verify(home, deep=True).sound


# -- from the originals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["message", "record", "conversation", "identity", "attachment", "tag"])
def test_ruined_messages_are_read_again(home: Path, kept: Path, name: str) -> None:
    with store.open_archive(kept) as archive:
        tags = archive.connection.execute("select * from tag").fetchall()
    ruin(store.database(home), root(home, name))
    done = repair(home)
    assert "built anew from the kept originals" in done.done[-1]
    assert done.kept is not None
    assert done.kept.stat().st_mode & 0o077 == 0
    assert verify(home, deep=True).findings == ()
    with store.open_archive(home) as archive:
        now = archive.connection.execute("select * from tag").fetchall()
    assert name == "tag" or now == tags
    if name != "tag":
        assert done.digest == digest_of(home) == digest_of(kept)


def test_a_row_changed_behind_our_back_is_read_again_when_asked_for(home: Path, kept: Path) -> None:
    with closing(sqlite3.connect(store.database(home))) as connection, connection:
        connection.execute("update message set html = 'never said' where id = (select max(id) from message)")
    done = repair(home, rebuild=True)
    assert done.before != done.digest
    unharmed(home, done, digest_of(kept))


def test_a_rebuilt_archive_has_its_imports_decisions_and_trail(home: Path, kept: Path) -> None:
    done = repair(home, rebuild=True)
    unharmed(home, done, digest_of(kept))
    with store.open_archive(home) as now, store.open_archive(kept) as then:
        assert history.imports(now.connection) == history.imports(then.connection)
        trail, before = (history.audit(one.connection) for one in (now, then))
        assert trail[: len(before)] == before
        assert trail[len(before)]["event"] == "migration"
        hidden = "select verdict, basis from duplicate order by message_id"
        assert now.connection.execute(hidden).fetchall() == then.connection.execute(hidden).fetchall()
    with store.writing(home) as archive:  # and can go on from here
        undo.undo(archive, 3)
    assert verify(home, deep=True).sound


def test_conversations_stay_merged_and_split(tmp_path: Path) -> None:
    home = tmp_path / "archive"
    bring(home, CHAT)
    bring(home, SAME_CHAT, into="1")
    bring(home, LETTERS)
    with store.writing(home) as archive:
        reunite.merge(archive, history.conversation_id(archive.connection, "Garden Club letters"), 1)
        reunite.split(archive, 1, 2)
    truth = digest_of(home)
    unharmed(home, repair(home, rebuild=True), truth)


def test_what_was_decided_on_what_is_gone_is_passed_over(tmp_path: Path) -> None:
    home = tmp_path / "archive"
    bring(home, CHAT)
    bring(home, LETTERS)
    with store.writing(home) as archive:
        reunite.merge(archive, 2, 1)
        reunite.split(archive, 1, 2)
        undo.undo(archive, 2)
    truth = digest_of(home)
    unharmed(home, repair(home, rebuild=True), truth)


def test_an_interrupted_import_is_completed_when_it_is_read_again(tmp_path: Path) -> None:
    home = tmp_path / "archive"
    bring(home, LETTERS)
    truth = digest_of(home)
    with store.writing(home) as archive, archive.transaction() as sql:
        sql.execute("update import set status = 'running', state = '{}', ended_at = null")
        sql.execute("delete from audit")
    unharmed(home, repair(home, rebuild=True), truth)


def test_a_raised_limit_is_remembered(tmp_path: Path) -> None:
    home, chat = tmp_path / "archive", tmp_path / "deep" / ("a/" * 70) / "WhatsApp Chat with Nell.txt"
    chat.parent.mkdir(parents=True)
    chat.write_text("1/2/2023, 10:00 - Nell: the tap is closed\n31/2/2023, 10:00 - Nell: open\n")
    bring(home, tmp_path / "deep", limits=Limits(depth=200))
    truth = digest_of(home)
    with store.open_archive(home) as archive:
        (one,) = plan.plan(archive.connection).imports
        assert one.options["limits"] == {"depth": 200}
        assert archive.connection.execute("select count(*) from message").fetchone()[0]
    unharmed(home, repair(home, rebuild=True), truth)


def test_an_original_that_is_gone_is_told_and_the_rest_is_read(home: Path) -> None:
    original(home, LETTERS.name).unlink()
    done = repair(home, rebuild=True)
    assert any(LETTERS.name in said for said in done.lost)
    assert done.before != done.digest
    assert found(home, "frog")
    with store.open_archive(home) as archive:
        assert [one.status for one in history.imports(archive.connection)] == ["undone", "undone", "done"]
    assert done.kept is not None


def test_an_original_that_cannot_be_read_any_more_is_told_and_its_import_marked(home: Path) -> None:
    chat = original(home, CHAT.name)
    chat.write_bytes(b"no zip" * (chat.stat().st_size // 6))
    done = repair(home, rebuild=True)
    assert any(CHAT.name in said for said in done.lost)
    with store.open_archive(home) as archive:
        assert [one.status for one in history.imports(archive.connection)] == ["undone", "done", "undone"]


def test_a_disk_without_hard_links_does_as_well(home: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise OSError(1, "no hard links here")

    monkeypatch.setattr(Path, "hardlink_to", none)
    unharmed(home, repair(home, rebuild=True), digest_of(kept))


def test_decisions_of_before_keys_were_noted_are_understood(tmp_path: Path) -> None:
    home = tmp_path / "archive"
    bring(home, CHAT)
    bring(home, LETTERS)
    with store.writing(home) as archive:
        reunite.merge(archive, 2, 1)
        reunite.split(archive, 1, 2)
        with archive.transaction() as sql:
            sql.execute("update audit set detail = json_remove(detail, '$.key', '$.into_key')")
    truth = digest_of(home)
    unharmed(home, repair(home, rebuild=True), truth)


def test_a_name_that_leaves_the_folder_is_not_followed(home: Path) -> None:
    with store.writing(home) as archive, archive.transaction() as sql:
        sql.execute("update source_file set path = '../../escaped.mbox' where path = ?", (LETTERS.name,))
    done = repair(home, rebuild=True)
    assert not list(home.parent.rglob("escaped*"))
    assert done.kept is not None


@pytest.mark.parametrize("name", ["import", "source_file"])
def test_where_the_list_of_imports_is_ruined_nothing_is_changed(home: Path, name: str) -> None:
    ruin(store.database(home), root(home, name))
    before = store.database(home).read_bytes()
    with pytest.raises(StoreError, match="could not be rebuilt"):
        repair(home)
    assert store.database(home).read_bytes() == before
    assert not list(home.glob("*before-repair*"))


def test_where_the_audit_trail_is_ruined_what_is_left_of_it_is_kept(home: Path) -> None:
    ruin(store.database(home), root(home, "audit"))
    done = repair(home)
    assert "a part of the audit trail" in done.lost[0]
    with store.open_archive(home) as archive:
        assert history.audit(archive.connection)[-1]["event"] == "migration"
        assert archive.connection.execute("select count(*) from message").fetchone()[0]
    assert verify(home, deep=True).findings == ()


def test_an_event_that_is_not_json_any_more_is_kept_as_it_is(home: Path) -> None:
    with store.writing(home) as archive, archive.transaction() as sql:
        sql.execute("update audit set detail = '{torn' where id = 2")
    done = repair(home, rebuild=True)
    assert "a part of the audit trail" in done.lost[0]
    with store.open_archive(home) as archive:
        assert history.audit(archive.connection)[1]["detail"] == {"damaged text": "{torn"}


def cases() -> Iterator[object]:
    for n, case in enumerate(CASES):
        marks = () if n % SOME == 0 or case.parent.name in {"mh-unseen", "ios-en-gb-group"} else (pytest.mark.slow,)
        yield pytest.param(case, marks=marks, id=f"{case.parts[-3]}-{case.parts[-2]}")


@pytest.mark.parametrize("one_by_one", [False, True], ids=["folder", "files"])
@pytest.mark.parametrize("case", list(cases()))
def test_every_kind_of_dump_is_read_again_to_the_same_digest(case: Path, tmp_path: Path, one_by_one: bool) -> None:
    hints = case.parent / "hints.toml"
    said = tomllib.loads(hints.read_text(encoding="utf-8")) if hints.exists() else {}
    known = {name: said[name] for name in ("owner", "zone", "date_order", "language") if name in said}
    paths = sorted(path for path in case.iterdir() if not path.name.startswith(".")) if one_by_one else [case]
    home = tmp_path / "archive"
    ingest(home, Request(paths=paths, source=case.parts[-3], hints=Hints(**known)))
    truth = digest_of(home)
    unharmed(home, repair(home, rebuild=True), truth)


# -- the command -------------------------------------------------------------------------------------------


def test_a_sound_archive_needs_nothing(home: Path, kept: Path) -> None:
    before = store.database(home).read_bytes()
    done = repair(home)
    assert done.done == []
    assert store.database(home).read_bytes() == before
    assert done.digest == digest_of(kept)


def test_nobody_else_may_write_meanwhile(home: Path) -> None:
    with store.writing(home), pytest.raises(LockedError):
        repair(home)
    with pytest.raises(NoArchiveError):
        repair(home / "nowhere")


def test_the_command_answers_people_and_programs(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ["--archive", str(home)]
    assert run([*at, "repair"]) == 0
    assert "Nothing had to be mended" in capsys.readouterr().out
    original(home, LETTERS.name).unlink()
    assert run([*at, "repair"]) == 3
    assert "not mended" in capsys.readouterr().out
    assert run([*at, "repair", "--from", str(EXAMPLES), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sound"] is True
    assert run([*at, "repair", "--rebuild"]) == 0
    told = capsys.readouterr()
    assert "built anew" in told.out
    assert "what it said before" in told.err
    assert run([*at, "search", "frog"]) == 0


def test_a_damaged_archive_says_what_to_do(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = store.database(home)
    ruin(database, root(home, "message_fts_data"))
    with flipped(Flip(database, 16, 3)):
        assert run(["--archive", str(home), "search", "frog"]) == 1
        assert "archive repair" in capsys.readouterr().err


def test_what_was_taken_out_stays_out_when_all_is_read_again_and_no_original_is_lost(tmp_path: Path) -> None:
    home = tmp_path / "archive"
    bring(home, SAME_CHAT, LETTERS)
    with store.writing(home) as archive:
        redact.redact(archive, removal.plan_words(archive, "as an example", words="typewriter"))
        count = archive.connection.execute("select count(*) from message").fetchone()
        originals = set(archive.blobs.all())
    assert traces(home, ["typewriter"]) == []
    done = repair(home, rebuild=True)
    assert done.verdict.sound
    assert [lost for lost in done.lost if "taken out" not in lost] == []
    assert len(done.lost) == 1
    with store.open_archive(home) as archive:
        assert archive.connection.execute("select count(*) from message").fetchone() == count
        assert originals <= set(archive.blobs.all())
    assert traces(home, ["typewriter"]) == []
    bring(home, SAME_CHAT, LETTERS)
    with store.open_archive(home) as archive:
        assert archive.connection.execute("select count(*) from message").fetchone() == count
    assert traces(home, ["typewriter"]) == []
