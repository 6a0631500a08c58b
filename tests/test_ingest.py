"""From a dump into the store, told with a pretended source: one word on the shelf is all it takes."""

import io
import json
import sys
import zipfile
from pathlib import Path

import pytest

from archiver import importers
from archiver import ingest as house
from archiver.contracts import Hints
from archiver.errors import DumpError, NotUnderstoodError, UsageError
from archiver.ingest import Request, ingest
from archiver.model import ImportReport
from archiver.store import archive as store
from archiver.store import history, reads
from archiver.store.digest import digest
from archiver.store.undo import undo
from archiver.store.writes import ImportWriter
from tests import notebook
from tests.talk import sound, texts

BOOK = """notebook: Garden Club
2023-05-14 09:30 Ana: The water tank leaks
2023-05-14 09:30 Bo: ok
! torn
2023-05-14 09:31 Bo: ok
2023-05-14 09:32 Ana: photo tank.jpg
2023-05-14 09:33 Ana: photo gone.jpg
"""


@pytest.fixture(autouse=True)
def _shelf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house, "ALL", importers.shelf(notebook))


@pytest.fixture
def book(tmp_path: Path) -> Path:
    file = tmp_path / "book.zip"
    with zipfile.ZipFile(file, "w") as zipped:
        zipped.writestr("book.txt", BOOK)
        zipped.writestr("tank.jpg", b"\xff\xd8 not really a picture")
    return file


def run(home: Path, *paths: Path, **more: object) -> ImportReport:
    (report,) = ingest(home, Request(paths=paths, **more))  # type: ignore[arg-type]  # fields of a request
    return report


def test_a_dump_is_read_kept_counted_and_led_back_to_its_bytes(tmp_path: Path, book: Path) -> None:
    home = tmp_path / "home"
    report = run(home, book)
    assert report.counts == {
        "new": 5, "duplicate": 0, "enriched": 0, "revised": 0, "skipped": 1, "unreadable": 1, "problems": 2,
    }  # fmt: skip
    assert report.losses == 1
    assert report.conversations == ("Garden Club",)
    assert [guess.what for guess in report.guesses] == ["zone"]
    with store.open_archive(home, write=True) as archive:
        first, *_, photo, gone = reads.load(archive.connection, range(1, 6))
        assert reads.raw(archive, first) == b"2023-05-14 09:30 Ana: The water tank leaks\n"
        assert (photo.attachments[0].state, photo.attachments[0].media_type) == ("present", "image/jpeg")
        assert archive.blobs.path(photo.attachments[0].sha256 or "").read_bytes().startswith(b"\xff\xd8")
        assert (gone.attachments[0].state, gone.attachments[0].sha256) == ("missing", None)
        paths = archive.connection.execute("select path, parent_id from source_file order by id").fetchall()
        assert paths == [("book.zip", None), ("book.zip/book.txt", 1)]
        kept = {row for (row,) in archive.connection.execute("select sha256 from blob")}
        assert kept == set(archive.blobs.all())
        assert sound(archive)


def test_the_zip_itself_is_kept_byte_for_byte(tmp_path: Path, book: Path) -> None:
    run(tmp_path / "home", book)
    with store.open_archive(tmp_path / "home") as archive:
        (sha256,) = archive.connection.execute("select sha256 from source_file where parent_id is null").fetchone()
        assert archive.blobs.path(sha256).read_bytes() == book.read_bytes()


def test_the_same_file_again_is_known_by_its_bytes_whatever_it_is_called(tmp_path: Path, book: Path) -> None:
    home = tmp_path / "home"
    run(home, book)
    again = tmp_path / "book (1).zip"
    again.write_bytes(book.read_bytes())
    report = run(home, again)
    assert report.import_id is None
    assert report.known == (("book (1).zip", 1),)
    assert sum(report.counts.values()) == 0


def test_only_the_files_that_are_new_are_read(tmp_path: Path, book: Path) -> None:
    home = tmp_path / "home"
    run(home, book)
    other = tmp_path / "other.txt"
    other.write_text("notebook: Choir\n2023-05-14 20:00 Ana: La\n")
    report = run(home, book, other)
    assert (report.known, report.given) == ((("book.zip", 1),), (str(other),))
    assert report.counts["new"] == 1


def test_the_same_bytes_read_in_another_way_are_refused_with_the_way_out(tmp_path: Path, book: Path) -> None:
    home = tmp_path / "home"
    run(home, book)
    with pytest.raises(UsageError, match="other settings") as caught:
        run(home, book, hints=Hints(zone="Europe/Berlin"))
    assert "imports undo 1" in caught.value.remedy
    with store.writing(home) as archive:
        undo(archive, 1)
    assert run(home, book, hints=Hints(zone="Europe/Berlin")).counts["new"] == 5


def test_a_dry_run_tells_the_same_numbers_and_writes_nothing(tmp_path: Path, book: Path) -> None:
    home = tmp_path / "home"
    dry = run(home, book, dry_run=True)
    assert not home.exists()
    real = run(home, book)
    assert (dry.counts, dry.guesses, dry.conversations) == (real.counts, real.guesses, real.conversations)
    before = {file: file.stat().st_mtime_ns for file in home.rglob("*")}
    other = tmp_path / "other.txt"
    other.write_text(BOOK.replace(": ok", ": fine"))
    dry = run(home, other, dry_run=True)
    assert {file: file.stat().st_mtime_ns for file in home.rglob("*")} == before
    assert dry.counts == run(home, other).counts


def test_a_folder_and_its_zip_give_the_same_archive(tmp_path: Path, book: Path) -> None:
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(book) as zipped:
        zipped.extractall(folder)
    run(tmp_path / "a", book)
    run(tmp_path / "b", folder)
    with store.open_archive(tmp_path / "a") as a, store.open_archive(tmp_path / "b") as b:
        assert digest(a.connection) == digest(b.connection)
    again = run(tmp_path / "b", folder)
    assert (again.import_id, again.known) == (None, ((str(folder), 1),))


def test_stdin_is_a_dump_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BOOK.encode())))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="goes alone"):
        run(tmp_path / "home", Path("-"), tmp_path)
    with pytest.raises(NotUnderstoodError):
        run(tmp_path / "home", Path("-"))


def test_what_nobody_understands_is_said_with_reasons_before_anything_is_written(tmp_path: Path, book: Path) -> None:
    recipe = tmp_path / "recipe.txt"
    recipe.write_text("Flour, eggs")
    with pytest.raises(NotUnderstoodError) as caught:
        run(tmp_path / "home", book, recipe)
    assert "recipe.txt does not begin with" in caught.value.why
    assert "Notebook" in caught.value.remedy
    assert not (tmp_path / "home").exists()


def test_two_importers_that_claim_one_dump_are_an_error_that_names_both(
    tmp_path: Path, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Twin:
        name, title, version = "twin", "Twin", 1
        identify = staticmethod(notebook.identify)
        read = staticmethod(notebook.read)

    monkeypatch.setattr(house, "ALL", {"notebook": notebook, "twin": Twin})
    with pytest.raises(NotUnderstoodError, match="more than one way") as caught:
        run(tmp_path / "home", book)
    assert "--as notebook or --as twin" in caught.value.remedy
    assert run(tmp_path / "home", book, source="notebook").counts["new"] == 5
    with pytest.raises(UsageError, match="no source called"):
        run(tmp_path / "home", book, source="papyrus")


def test_files_of_two_sources_are_read_in_one_go(tmp_path: Path, book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Diary:
        name, title, version = "diary", "Diary", 1

        @staticmethod
        def identify(dump: object) -> str | None:
            return "a diary" if dump.entries[0].name == "diary.txt" else None  # type: ignore[attr-defined]  # a dump

        @staticmethod
        def read(*_: object) -> object:
            return iter(())

    monkeypatch.setattr(house, "ALL", {"notebook": notebook, "diary": Diary})
    diary = tmp_path / "diary.txt"
    diary.write_text("Dear diary")
    reports = ingest(tmp_path / "home", Request(paths=(book, diary)))
    assert [report.importer for report in reports] == ["notebook", "diary"]


def test_a_hopeless_dump_leaves_nothing_half_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house, "BATCH_ITEMS", 2)
    torn = tmp_path / "torn.txt"
    torn.write_text(BOOK + "END\n")
    with pytest.raises(DumpError, match="torn"):
        run(tmp_path / "home", torn)
    with store.open_archive(tmp_path / "home", write=True) as archive:
        assert texts(archive) == []
        assert list(archive.blobs.all()) == []
        assert history.imports(archive.connection)[0].status == "undone"


def test_an_interrupted_import_is_finished_by_the_same_command(
    tmp_path: Path, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house, "BATCH_ITEMS", 2)

    def stop(done: int, total: int, messages: int) -> None:
        assert done <= total
        if messages >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest(tmp_path / "home", Request(paths=(book,)), stop)
    report = run(tmp_path / "home", book)
    assert report.resumed
    assert report.counts["new"] == 5
    run(tmp_path / "whole", book)
    with store.open_archive(tmp_path / "home") as torn, store.open_archive(tmp_path / "whole") as whole:
        assert digest(torn.connection) == digest(whole.connection)


def test_very_long_messages_make_shorter_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house, "BATCH_CHARACTERS", 10)
    seen: list[int] = []
    file = tmp_path / "long.txt"
    file.write_text("notebook: Long\n" + "2023-05-14 09:30 Ana: a very long line\n" * 5)
    ingest(tmp_path / "home", Request(paths=(file,)), lambda _done, _total, messages: seen.append(messages))
    assert seen == [1, 2, 3, 4, 5]


def test_into_takes_a_title_a_key_or_a_number_and_says_what_there_is(tmp_path: Path, book: Path) -> None:
    home = tmp_path / "home"
    run(home, book)
    renamed = tmp_path / "renamed.txt"
    renamed.write_text(BOOK.replace("Garden Club", "Tank Club") + "2023-05-14 10:00 Bo: done\n")
    with pytest.raises(UsageError, match="no conversation") as caught:
        run(home, renamed, into="Choir")
    assert "1: Garden Club" in caught.value.remedy
    report = run(home, renamed, into="garden club")
    assert (report.counts["new"], report.counts["duplicate"], report.counts["enriched"]) == (1, 5, 0)


def test_problems_name_file_and_bytes(tmp_path: Path, book: Path) -> None:
    run(tmp_path / "home", book)
    with store.open_archive(tmp_path / "home") as archive:
        torn = [one for one in history.problems(archive.connection) if one["loss"] == "message"]
    start = BOOK.index("! torn")
    assert torn == [
        {"import": 1, "what": "unreadable", "note": "! torn", "loss": "message", "file": "book.zip/book.txt",
         "start": start, "end": start + 7}
    ]  # fmt: skip


def test_options_are_kept_with_the_import(tmp_path: Path, book: Path) -> None:
    run(tmp_path / "home", book, hints=Hints(zone="Europe/Berlin", owner="Ana"))
    with store.open_archive(tmp_path / "home") as archive:
        (options,) = archive.connection.execute("select options from import").fetchone()
    assert json.loads(options)["owner"] == "Ana"
    assert json.loads(options)["zone"] == "Europe/Berlin"


def test_a_file_nobody_reads_is_counted_once_and_an_attachment_or_a_copy_is_none(tmp_path: Path, book: Path) -> None:
    folder = tmp_path / "folder"
    with zipfile.ZipFile(book) as zipped:
        zipped.extractall(folder)
    (folder / "book (1).txt").write_bytes((folder / "book.txt").read_bytes())
    for name in ("a", "b", "c", "d", "e", "f"):
        (folder / f"{name}.pdf").write_bytes(b"%PDF-1.4")
    report = run(tmp_path / "home", folder)
    plain = run(tmp_path / "plain", book)
    assert report.counts["skipped"] == 2 * plain.counts["skipped"] + 6
    first, *_ = report.problems
    assert (first.what, first.loss) == ("left-alone", "nothing")
    assert first.note.startswith("6 files were left alone, neither read nor named by a message: “folder/a.pdf”, ")
    assert "and 1 more. archive detect says why." in first.note
    with store.open_archive(tmp_path / "home") as archive:
        assert history.imports(archive.connection)[0].counts == dict(report.counts)


def test_a_file_nobody_reads_is_counted_once_when_the_import_dies_at_its_very_end(
    tmp_path: Path, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(self: ImportWriter) -> None:
        self.close()
        raise KeyboardInterrupt

    (tmp_path / "folder").mkdir()
    book.rename(tmp_path / "folder" / "book.zip")
    (tmp_path / "folder" / "deed.pdf").write_bytes(b"%PDF-1.4")
    with monkeypatch.context() as patched:
        patched.setattr(ImportWriter, "finish", die)
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path / "home", tmp_path / "folder")
    report = run(tmp_path / "home", tmp_path / "folder")
    assert report.resumed
    assert report.counts["skipped"] == 2


def test_an_attachment_has_the_type_of_its_bytes_whatever_it_is_called(tmp_path: Path, book: Path) -> None:
    with zipfile.ZipFile(book, "a") as zipped:
        zipped.writestr("gone.jpg", "<!doctype html><title>Not found</title>")
    run(tmp_path / "home", book)
    with store.open_archive(tmp_path / "home") as archive:
        (last,) = reads.load(archive.connection, [5])
        assert last.attachments[0].media_type == "text/html"
        kinds = {
            kind for (kind,) in archive.connection.execute("select media_type from blob where media_type is not null")
        }
    assert kinds == {"image/jpeg", "text/html"}


def laid(folder: Path, **files: str) -> Path:
    """A folder with these notebooks in it."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.txt").write_text(content, encoding="utf-8")
    return folder


def test_a_folder_that_was_imported_is_known_at_once_until_something_in_it_changes(tmp_path: Path) -> None:
    folder, home = laid(tmp_path / "books", one=BOOK, two=BOOK.replace("tank", "shed")), tmp_path / "home"
    assert run(home, folder).import_id == 1
    again = run(home, folder)
    assert (again.import_id, again.known) == (None, ((str(folder), 1),))
    laid(folder, two=BOOK.replace("tank", "hose"))  # as long as it was, and so of the same size
    assert run(home, folder).counts["new"] == 1
    laid(folder, three="notebook: Another\n2023-05-15 09:30 Ana: A third\n")
    assert run(home, folder).counts["new"] == 1


def test_a_folder_that_was_read_in_another_way_is_refused_with_the_remedy(tmp_path: Path) -> None:
    folder, home = laid(tmp_path / "books", one=BOOK), tmp_path / "home"
    run(home, folder)
    with pytest.raises(UsageError, match="books” is in the archive already"):
        run(home, folder, hints=Hints(zone="Asia/Tokyo"))


def test_parts_of_one_whole_are_read_together_when_one_of_them_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notebook, "together", True, raising=False)
    folder, home = laid(tmp_path, one=BOOK, two="notebook: Another\n2023-05-15 09:30 Ana: More\n"), tmp_path / "home"
    run(home, folder / "one.txt")
    both = run(home, folder / "one.txt", folder / "two.txt")
    assert (both.counts["new"], both.counts["duplicate"]) == (1, 5)
    assert run(home, folder / "two.txt", folder / "one.txt").import_id is None
