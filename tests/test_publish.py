"""Publishing into a folder: what was named and nothing else, all of it or none, and never over somebody's files."""

import hashlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archiver.choosing import Chosen, choose
from archiver.contracts import Hints, Page
from archiver.errors import ArchiveError, LockedError, UsageError
from archiver.exporters import site as exporter
from archiver.ingest import Request, ingest
from archiver.model import Attachment, Handle, KeptMessage, Provenance, Reaction
from archiver.placing import alone as locking
from archiver.placing import folder, manifest, remembered
from archiver.placing.alone import alone
from archiver.publish import MANIFEST, PublishReport, publish
from archiver.store import fingerprint
from archiver.store.archive import open_archive, writing
from archiver.store.library import StoredLibrary
from archiver.store.secret import anchor_with
from tests.libraries import Shelf, days, person, said
from tests.pages import PageReader, broken_links

SECRET = b"a secret that stays in the archive"
GARDEN = Shelf(("Garden Club", list(days(20, 20))), ("Chess", [said("e4")]), ("Böse Ärzte", [said("hush")]))


def out(target: Path, library: Shelf = GARDEN, *names: str, yes: bool = False, **options: str) -> PublishReport:
    return publish(library, target, conversations=names or ["Garden Club"], options=options, secret=SECRET, yes=yes)


def tree(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def mtimes(folder: Path) -> dict[str, int]:
    return {path: (folder / path).stat().st_mtime_ns for path in tree(folder) if path != MANIFEST}


# ---- what is published


def test_the_report_says_what_was_written(tmp_path: Path) -> None:
    report = out(tmp_path / "site", GARDEN, "garden club", "CHESS")
    files = tree(tmp_path / "site")
    assert report.index == str(tmp_path / "site" / "index.html")
    assert report.conversations == ("Garden Club", "Chess")
    assert report.messages == 401
    assert report.files == len(files) - 1
    assert report.pages == sum(path.endswith(".html") for path in files) == 11
    assert report.bytes == sum(map(len, files.values())) - len(files[MANIFEST])
    assert report.unchanged == 0
    assert report.masked == {"phone": 0, "email": 0, "member": 0}


def test_only_named_conversations_leave_the_archive(tmp_path: Path) -> None:
    out(tmp_path / "site")
    everything = b"".join(tree(tmp_path / "site").values())
    assert b"Garden Club" in everything
    assert b"Chess" not in everything
    assert b"hush" not in everything


@pytest.mark.parametrize("name", ["Chess", "chess", " CHESS ", "test:chess", "2"])
def test_a_conversation_is_named_by_its_title_its_key_or_its_number(name: str) -> None:
    assert [one.title for one in choose(GARDEN.conversations(), [name])] == ["Chess"]


def test_naming_one_twice_publishes_it_once_in_the_library_s_order() -> None:
    chosen = choose(GARDEN.conversations(), ["böse ärzte", "Garden Club", "3"])
    assert [one.title for one in chosen] == ["Garden Club", "Böse Ärzte"]


def test_naming_nothing_or_what_is_not_there_lists_what_could_be_named() -> None:
    for names in ([], ["Gardening"]):
        with pytest.raises(UsageError) as refused:
            choose(GARDEN.conversations(), names)
        assert "1 “Garden Club” (400 messages), 2 “Chess” (1 message)" in refused.value.remedy
        assert refused.value.exit_code == 2


def test_a_name_that_fits_two_conversations_asks_for_the_number() -> None:
    library = Shelf(("Chess", [said("e4")]), ("Chess", [said("d4"), said("d5")]))
    with pytest.raises(UsageError, match="Several") as refused:
        choose(library.conversations(), ["chess"])
    assert "2 “Chess” (2 messages)" in refused.value.remedy
    assert choose(library.conversations(), ["2"])[0].messages == 2


def test_a_long_list_is_cut_and_an_empty_archive_says_so() -> None:
    many = Shelf(*((f"Chat {n}", [said("x")]) for n in range(30)))
    with pytest.raises(UsageError) as refused:
        choose(many.conversations(), [])
    assert "and 10 more" in refused.value.remedy
    with pytest.raises(UsageError) as refused:
        choose([], [])
    assert "no conversations yet" in refused.value.remedy


def test_a_library_of_chosen_conversations_gives_no_others() -> None:
    chosen = Chosen(GARDEN, choose(GARDEN.conversations(), ["Chess"]))
    assert [message.text for message in chosen.messages(2)] == ["e4"]
    assert [line.length for line in chosen.outline(2)] == [2]
    assert [sender.name for sender in chosen.people(2)] == ["Ines Okoro"]
    assert chosen.attachment("ab").read() == b"ab"
    for read in (chosen.messages, chosen.outline, chosen.people):
        with pytest.raises(UsageError):
            read(1)


def test_no_phone_number_or_address_is_in_any_byte(tmp_path: Path) -> None:
    canaries = ["+44 20 7946 0417", "canary@example.org", "030 23125 417"]
    everywhere = " ".join(canaries)

    def letter(n: int) -> KeptMessage:
        return said(
            f"{everywhere} *{everywhere}* https://wa.me/442079460417?mail=canary@example.org",
            person(everywhere if n % 2 else "+44 20 7946 0417", "phone", "+442079460417"),
            f"2023-05-04T10:{n:02}:00",
            id=f"{n} {everywhere}",
            subject=everywhere,
            reply_to=f"{n - 1} {everywhere}",
            attachments=(Attachment(f"{everywhere}.vcf", "text/vcard", 1, everywhere, "ab" * 32),),
            reactions=(Reaction(Handle("phone", everywhere, everywhere), everywhere),),
            origin=Provenance(everywhere, "ab" * 32, 0, 1),
            extra={everywhere: everywhere},
        )

    library = Shelf((f"Us {everywhere}", [letter(n) for n in range(9)]), ("Other", [said(everywhere, kind="event.x")]))
    report = out(tmp_path / "site", library, "1", "2")
    found = tree(tmp_path / "site")
    for traces in (b"7946", b"442079", b"canary", b"23125", b"example.org"):
        assert not [path for path, content in found.items() if traces in content or traces in path.encode()]
    assert report.masked["phone"] > 30
    assert report.masked["email"] > 30
    assert "7946" not in repr(report)


def test_the_published_pages_hold_together(tmp_path: Path) -> None:
    out(tmp_path / "site", GARDEN, "1", "2", "3")
    files = tree(tmp_path / "site")
    pages = {path: PageReader(content) for path, content in files.items() if path.endswith(".html")}
    assert broken_links(pages, set(files)) == []


def test_permalinks_depend_on_the_secret_and_on_nothing_else() -> None:
    one, same, other = anchor_with(b"one"), anchor_with(b"one"), anchor_with(b"other" * 40)
    assert one("202305041011-abc") == same("202305041011-abc") != other("202305041011-abc")
    assert len({one(str(n)) for n in range(10_000)}) == 10_000


def test_an_archive_on_disk_is_published_as_any_library_is(tmp_path: Path) -> None:
    chat = tmp_path / "WhatsApp Chat with Tram Choir.txt"
    chat.write_text(
        "".join(
            f"{1 + n // 99:02}/05/2023, 18:{n % 60:02} - {'Ines' if n % 3 else 'Mei'}: verse {n}\n" for n in range(400)
        ),
        encoding="utf-8",
    )
    archive = tmp_path / "archive"
    ingest(archive, Request(paths=[chat], hints=Hints(date_order="dmy", zone="UTC")))
    with open_archive(archive) as opened:
        library = StoredLibrary(opened)
        outlined = [(line.at_local, line.length, line.reply_to) for line in library.outline(1)]
        assert outlined == [(m.at_local, len(m.text), m.reply_to) for m in library.messages(1)]
        report = publish(
            library, tmp_path / "site", conversations=["tram choir"], options={}, secret=SECRET, archive=archive
        )
    assert report.messages == 400
    everything = b"".join(tree(tmp_path / "site").values())
    assert all(f">verse {n}<".encode() in everything for n in range(400))


# ---- the folder


def test_the_manifest_lists_every_file_with_its_digest(tmp_path: Path) -> None:
    out(tmp_path / "site")
    files = tree(tmp_path / "site")
    head, *rows = files.pop(MANIFEST).decode().splitlines()
    assert head.startswith("# Written by archive publish")
    assert rows == [f"{hashlib.sha256(content).hexdigest()}  {path}" for path, content in sorted(files.items())]


def test_publishing_again_is_byte_identical_and_keeps_every_file(tmp_path: Path) -> None:
    site = tmp_path / "site"
    out(site)
    before, times = tree(site), mtimes(site)
    report = out(site)
    assert tree(site) == before
    assert report.unchanged == report.files
    assert mtimes(site) == times
    assert [entry.name for entry in tmp_path.iterdir()] == ["site"]


def test_only_what_changed_is_written_again(tmp_path: Path) -> None:
    site, talk = tmp_path / "site", list(days(20, 20))
    out(site, Shelf(("Garden Club", talk[:-5])))
    before = mtimes(site)
    report = out(site, Shelf(("Garden Club", talk)))
    written = [path for path, time in mtimes(site).items() if before.get(path) != time]
    assert report.files - report.unchanged == len(written)
    told = {"index.html", "people/index.html", "years/index.html", "years/2023.html"}  # of the whole site
    assert told <= set(written)
    assert len([path for path in written if not path.startswith("search/") and path not in told]) == 2


def kept_talk(tmp_path: Path, lines: str) -> Path:
    """An archive of one chat."""
    chat = tmp_path / "WhatsApp Chat with Tram Choir.txt"
    chat.write_text(lines, encoding="utf-8")
    ingest(tmp_path / "kept", Request(paths=[chat], hints=Hints(date_order="dmy", zone="UTC")))
    return tmp_path / "kept"


LINES = "".join(f"04/05/2023, 10:{n:02} - Ines: verse {n}, call +44 20 7946 0417\n" for n in range(30))


def publish_kept(archive: Path, target: Path, **options: str) -> PublishReport:
    with open_archive(archive) as opened:
        return publish(StoredLibrary(opened), target, conversations=["tram choir"], options=options, secret=SECRET)


def test_nothing_is_rendered_when_nothing_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive, site = kept_talk(tmp_path, LINES), tmp_path / "site"
    first, files = publish_kept(archive, site), tree(site)

    def rendered(*_: object) -> Iterator[Page]:
        return map(pytest.fail, ["rendered"])

    monkeypatch.setattr(exporter, "render", rendered)
    again = publish_kept(archive, site)
    assert again == replace(first, unchanged=first.files)
    assert again.masked["phone"] == 30
    assert tree(site) == files
    with pytest.raises(pytest.fail.Exception, match="rendered"):
        publish_kept(archive, site, title="Another title")


@pytest.mark.parametrize("change", ["message", "options", "hand", "note", "gone"])
def test_whatever_changes_is_rendered_again(tmp_path: Path, change: str) -> None:
    archive, site = kept_talk(tmp_path, LINES), tmp_path / "site"
    publish_kept(archive, site, title="Choir")
    before = tree(site)
    title = "Choir"
    if change == "message":
        kept_talk(tmp_path, LINES + "04/05/2023, 11:00 - Mei: an encore\n")
    elif change == "options":
        title = "Choir II"
    elif change == "gone":
        (site / "style.css").unlink()
    elif change == "note":
        (site / MANIFEST).write_bytes(before[MANIFEST].replace(b'  {"state"', b'  "state"'))
    else:
        (site / "index.html").write_text("mine")
        with pytest.raises(UsageError):
            publish_kept(archive, site, title=title)
        return
    publish_kept(archive, site, title=title)
    assert (tree(site) == before) == (change in {"note", "gone"})


def test_sha256sum_understands_the_manifest(tmp_path: Path) -> None:
    publish_kept(kept_talk(tmp_path, LINES), tmp_path / "site")
    done = subprocess.run(
        ["sha256sum", "-c", "--strict", MANIFEST], cwd=tmp_path / "site", capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_pages_that_are_no_longer_there_are_gone(tmp_path: Path) -> None:
    out(tmp_path / "site", GARDEN, "1", "2")
    report = out(tmp_path / "site", GARDEN, "2")
    assert len(tree(tmp_path / "site")) == report.files + 1


@pytest.mark.parametrize("missing", ["hardlink_to", "exchange"])
def test_file_systems_without_hard_links_or_exchange_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("not here")

    if missing == "exchange":
        monkeypatch.setattr(folder, "_exchanged", lambda *_: False)
    else:
        monkeypatch.setattr(Path, "hardlink_to", refuse)
    site = tmp_path / "site"
    out(site)
    before = tree(site)
    assert out(site).unchanged > 0
    assert tree(site) == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["site"]


def test_a_system_without_the_call_exchanges_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archiver.placing.folder.ctypes.CDLL", lambda _: object())
    assert folder._exchanged(tmp_path / "a", tmp_path / "b") is False


def test_a_new_place_is_made_and_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    out(tmp_path / "empty")
    out(tmp_path / "deep" / "down" / "site")
    assert tree(tmp_path / "empty") == tree(tmp_path / "deep" / "down" / "site")


# ---- what is never replaced


def refused(target: Path, yes: bool = False) -> UsageError:
    before = tree(target) if target.is_dir() and target.name == "theirs" else None
    with pytest.raises(UsageError) as raised:
        out(target, yes=yes)
    assert before is None or tree(target) == before
    assert raised.value.remedy
    return raised.value


@pytest.mark.parametrize("yes", [False, True])
def test_a_folder_with_somebody_s_files_is_refused_even_with_yes(tmp_path: Path, yes: bool) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "thesis.txt").write_text("years of work")
    assert "did not write" in refused(theirs, yes=yes).why
    (theirs / MANIFEST).write_text("0000  data/thesis.txt\n")  # a BagIt bag has one of that name too
    assert "did not write" in refused(theirs, yes=yes).why


def test_home_the_root_and_the_folder_one_is_in_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "people" / "ines"
    (home / "work").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home / "work")
    for target in (home, home.parent, Path("/"), Path("~")):
        assert "home" in refused(target, yes=True).why
    monkeypatch.setenv("HOME", str(tmp_path / "elsewhere"))
    for target in (Path(), home / "work", home):
        assert "you are in" in refused(target, yes=True).why


def test_the_archive_and_what_is_around_it_are_refused(tmp_path: Path) -> None:
    archive = tmp_path / "outer" / "archive"
    archive.mkdir(parents=True)
    for target in (archive, archive.parent, archive / "site"):
        with pytest.raises(UsageError, match="cannot be published into") as raised:
            publish(GARDEN, target, conversations=["1"], options={}, secret=SECRET, archive=archive, yes=True)
        assert "archive's own folder" in raised.value.why
    publish(GARDEN, tmp_path / "outer" / "site", conversations=["1"], options={}, secret=SECRET, archive=archive)


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("hello")
    assert "file of that name" in refused(tmp_path / "site").why


def test_a_link_to_a_folder_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    out(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "index.html").exists()


def test_changes_made_by_hand_are_lost_only_with_yes(tmp_path: Path) -> None:
    site = tmp_path / "site"
    out(site)
    before = tree(site)
    (site / "index.html").write_text("mine")
    (site / "CNAME").write_text("example.org")
    (site / "style.css").unlink()
    (site / "style.css").symlink_to(site / "index.html")
    error = refused(site)
    assert "CNAME, index.html, style.css" in error.why
    assert "--yes" in error.remedy
    assert out(site, yes=True).unchanged == len(before) - 3  # manifest, index.html, style.css
    assert tree(site) == before


def test_hidden_files_such_as_a_repository_are_never_replaced(tmp_path: Path) -> None:
    site = tmp_path / "site"
    out(site)
    (site / ".git").mkdir()
    (site / ".git" / "HEAD").write_text("ref")
    assert ".git/HEAD" in refused(site, yes=True).why


def test_a_folder_in_the_way_of_the_fresh_pages_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".site.new").mkdir()
    (tmp_path / ".site.new" / "thesis.txt").write_text("years")
    assert "in the way" in refused(tmp_path / "site").what
    assert (tmp_path / ".site.new" / "thesis.txt").exists()


def test_a_place_that_cannot_be_written_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ArchiveError, match="could not be written") as raised:
        out(tmp_path / "file" / "site")
    assert raised.value.why


def test_two_at_once_are_kept_apart(tmp_path: Path) -> None:
    out(tmp_path / "site")
    with alone(tmp_path / "site"), pytest.raises(LockedError, match="Another archive publish is writing site"):
        out(tmp_path / "site")
    out(tmp_path / "site")
    assert [entry.name for entry in tmp_path.iterdir()] == ["site"]


# ---- what is remembered


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was written lately is taken for settled, so that no test has to wait."""
    monkeypatch.setattr(fingerprint, "_FINE", 0)


def publish_and_remember(archive: Path, target: Path, *, yes: bool = False, **options: str) -> PublishReport:
    with open_archive(archive) as opened, opened.snapshot():
        return publish(
            StoredLibrary(opened),
            target,
            conversations=["tram choir"],
            options=options,
            secret=SECRET,
            archive=archive,
            yes=yes,
        )


def forbid(monkeypatch: pytest.MonkeyPatch, where: object, *names: str) -> None:
    for name in names:
        monkeypatch.setattr(where, name, lambda *_, name=name, **__: pytest.fail(name))


@pytest.mark.usefixtures("settled")
def test_nothing_is_read_when_nothing_happened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive, site = kept_talk(tmp_path, LINES), tmp_path / "site"
    first, files = publish_and_remember(archive, site), tree(site)
    forbid(monkeypatch, StoredLibrary, "conversations", "fingerprint", "messages", "outline")
    forbid(monkeypatch, manifest, "digest_of")
    assert publish_and_remember(archive, site) == replace(first, unchanged=first.files)
    assert tree(site) == files
    with pytest.raises(pytest.fail.Exception, match="conversations"):
        publish_and_remember(archive, site, title="Another title")


@pytest.mark.usefixtures("settled")
def test_what_changes_no_page_is_read_but_not_rendered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive, site = kept_talk(tmp_path, LINES), tmp_path / "site"
    first = publish_and_remember(archive, site)
    with writing(archive) as opened, opened.transaction() as sql:
        sql.execute("insert into saved_search values ('rain', 'rain', '2024-05-01')")
    forbid(monkeypatch, exporter, "render")
    forbid(monkeypatch, manifest, "digest_of")
    assert publish_and_remember(archive, site) == replace(first, unchanged=first.files)
    forbid(monkeypatch, StoredLibrary, "conversations")
    assert publish_and_remember(archive, site) == replace(first, unchanged=first.files)


def test_an_archive_written_to_in_this_moment_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprint, "_FINE", 10**18)
    monkeypatch.setattr(fingerprint, "_COARSE", 10**18)
    archive, site = kept_talk(tmp_path, LINES), tmp_path / "site"
    publish_and_remember(archive, site)
    assert not (archive / remembered.FILE).exists()
    forbid(monkeypatch, StoredLibrary, "conversations")
    with pytest.raises(pytest.fail.Exception, match="conversations"):
        publish_and_remember(archive, site)


@pytest.mark.usefixtures("settled")
def test_a_change_by_hand_is_found_though_size_and_time_are_as_they_were(tmp_path: Path) -> None:
    archive, site = kept_talk(tmp_path, LINES), tmp_path / "site"
    publish_and_remember(archive, site)
    before, page = tree(site), site / "index.html"
    times = page.stat()
    time.sleep(0.02)  # the system's clock ticks every 4 ms or so
    page.write_bytes(before["index.html"].replace(b"<body", b"<bodi"))
    os.utime(page, ns=(times.st_atime_ns, times.st_mtime_ns))
    with pytest.raises(UsageError, match="changed since") as refused:
        publish_and_remember(archive, site)
    assert "index.html" in refused.value.why
    assert publish_and_remember(archive, site, yes=True).unchanged == len(before) - 2
    assert tree(site) == before
    (site / "mine.txt").write_text("x")
    with pytest.raises(UsageError, match="did not write"):
        publish_and_remember(archive, site)
    (site / "mine.txt").unlink()
    (site / "style.css").unlink()
    publish_and_remember(archive, site)
    assert tree(site) == before


@pytest.mark.usefixtures("settled")
def test_several_folders_are_remembered_and_none_where_nothing_can_be_written(tmp_path: Path) -> None:
    archive, sites = kept_talk(tmp_path, LINES), [tmp_path / f"site{n}" for n in range(3)]
    for site in sites:
        publish_and_remember(archive, site)
    lines = (archive / remembered.FILE).read_text().splitlines()
    assert [len(line.split(" ")) for line in lines] == [3, 3, 3]
    for n in range(110):
        remembered.remember(archive, tmp_path / f"{n}", remembered.Memory("a", "b"))
    assert len((archive / remembered.FILE).read_text().splitlines()) == 100
    assert remembered.recall(archive, tmp_path / "109") == ("a", "b")
    (archive / remembered.FILE).write_bytes(b"\xff nonsense\n")
    assert remembered.recall(archive, sites[0]) == ("", "")
    (archive / remembered.FILE).unlink()
    (archive / remembered.FILE).mkdir()
    remembered.remember(archive, sites[0], remembered.Memory("a", "b"))
    assert publish_and_remember(archive, sites[0]).files > 0
    assert publish(GARDEN, sites[1], conversations=["1"], options={}, secret=SECRET, archive=archive).messages == 400


# Tables that no page is made of, and why. A new one has to be summed in store/fingerprint.py, or named here.
_NO_PAGE = {
    "import": "how it came in",
    "blob": "known by what names it",
    "guess": "how it was read",
    "problem": "told in the terminal",
    "audit": "what was done",
    "duplicate": "the messages say it themselves",
    "message_revision": "what was said before",
    "reference": "threads are made of it",
    "member": "only who speaks is shown",
    "person": "known by its number",
    "identity_name": "the identity says it itself",
    "conversation_alias": "for imports",
    "passage": "for searching in the terminal",
    "tag": "for the keeper only",
    "saved_search": "for the keeper only",
    "setting": "for the keeper only",
    "redaction": "the messages say it themselves",
    "tombstone": "permalinks are given to publish",
    "sealed": "for imports",
    "doomed": "for redactions",
    "conversation_title": "the conversation says it itself",
    "pseudonym": "what people are called is part of what was asked",
    "appearance": "for the one who publishes",
}


def test_every_table_is_summed_or_makes_no_page(tmp_path: Path) -> None:
    with open_archive(kept_talk(tmp_path, LINES)) as opened:
        found = opened.connection.execute("select name from sqlite_schema where type = 'table'").fetchall()
    summed = set(re.findall(r"(?:from|join) (\w+)", " ".join(fingerprint._PARTS)))
    assert {
        name for (name,) in found if not re.match("_?sqlite_|message_(fts|word)", name)
    } - summed - _NO_PAGE.keys() == set()


# ---- the lock


def test_a_lock_that_is_gone_when_it_is_taken_is_taken_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place, lock = tmp_path / ".site.lock", locking._lock
    taken: list[int] = []

    def slowly(opened: int) -> None:
        if not taken:
            place.unlink()  # whoever had it lets go, between our opening and our locking
        taken.append(opened)
        lock(opened)

    monkeypatch.setattr(locking, "_lock", slowly)
    with alone(tmp_path / "site"):
        assert len(taken) == 2
        with pytest.raises(LockedError), alone(tmp_path / "site"):
            pytest.fail("two at once")
    assert list(tmp_path.iterdir()) == []


_TURNS = """
import sys
from pathlib import Path
from archiver.errors import LockedError
from archiver.placing.alone import alone
target, done = Path(sys.argv[1]), 0
while done < 200:
    try:
        with alone(target):
            target.with_name("one").touch(exist_ok=False)  # fails where two are at it
            target.with_name("one").unlink()
            done += 1
    except LockedError:
        pass
"""


def test_many_in_turn_never_meet(tmp_path: Path) -> None:
    crowd = [subprocess.Popen([sys.executable, "-c", _TURNS, str(tmp_path / "site")]) for _ in range(4)]
    assert [one.wait() for one in crowd] == [0, 0, 0, 0]
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_in_the_folder_for_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "temp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    out(tmp_path / "site")
    assert list((tmp_path / "temp").iterdir()) == []


# ---- interrupted


def failing(pages: Iterator[Page], after: int) -> Iterator[Page]:
    for number, page in enumerate(pages):
        if number == after:
            raise RuntimeError("the power went")
        yield page


@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_failure_midway_leaves_the_old_pages_and_the_next_run_clears_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    site = tmp_path / "site"
    out(site, GARDEN, "2")
    before, render = tree(site), exporter.render
    monkeypatch.setattr(exporter, "render", lambda library, how: failing(render(library, how), after))
    with pytest.raises(RuntimeError):
        out(site)
    assert tree(site) == before
    monkeypatch.undo()
    out(site)
    assert [entry.name for entry in tmp_path.iterdir()] == ["site"]
    assert tree(site) != before


def test_a_swap_that_fails_puts_the_old_pages_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site, rename = tmp_path / "site", Path.rename
    out(site, GARDEN, "2")
    before = tree(site)
    monkeypatch.setattr(folder, "_exchanged", lambda *_: False)

    def stubborn(self: Path, target: Path) -> Path:
        if self.name == ".site.new":
            raise OSError("busy")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stubborn)
    with pytest.raises(ArchiveError, match="could not be written"):
        out(site)
    assert tree(site) == before


def test_a_run_killed_between_two_renames_is_put_right_by_the_next(tmp_path: Path) -> None:
    site = tmp_path / "site"
    out(site, GARDEN, "2")
    before = tree(site)
    site.rename(tmp_path / ".site.old")
    assert out(site, GARDEN, "2").unchanged == len(before) - 1
    assert tree(site) == before


_KILLED = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from archiver import publish as publishing
from tests.test_publish import GARDEN, out
render = publishing.site.render
def slowly(library, how):
    for page in render(library, how):
        yield page
        print("page", flush=True)
        time.sleep(0.05)
publishing.site.render = slowly
out(Path(sys.argv[1]))
"""


@pytest.mark.parametrize("pages", [1, 2, 4])
def test_a_killed_publish_leaves_the_old_pages(tmp_path: Path, pages: int) -> None:
    site, root = tmp_path / "site", Path(__file__).parent.parent
    out(site, GARDEN, "2")
    before = tree(site)
    with subprocess.Popen([sys.executable, "-c", _KILLED, str(site), str(root)], stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        for _ in range(pages):
            assert run.stdout.readline() == b"page\n"
        run.send_signal(signal.SIGKILL)
    assert run.returncode != 0
    assert tree(site) == before
    out(site)
    assert [entry.name for entry in tmp_path.iterdir()] == ["site"]
