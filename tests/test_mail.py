"""Mail, from a file to an answer: once however often it comes, given back byte for byte, and found."""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from archiver.contracts import Hints
from archiver.detect import detect
from archiver.exporters import mbox
from archiver.importers import mail
from archiver.importers.mail.bodies import read_body
from archiver.ingest import Request, ingest
from archiver.model import ImportReport
from archiver.publish import publish
from archiver.query import parse
from archiver.store import archive as store
from archiver.store import reads
from archiver.store.digest import digest
from archiver.store.library import StoredLibrary
from archiver.store.search import search
from archiver.store.undo import undo
from tests.bench.letter_boxes import maildir
from tests.bench.letter_boxes import mbox as boxed
from tests.bench.letter_truth import Mail
from tests.bench.letters import letters

DUMPS = Path(__file__).parent / "dumps" / "mail"


@pytest.fixture(scope="module")
def mails() -> list[Mail]:
    return list(letters(11, 300))


def written(folder: Path, name: str, mails: Iterable[Mail]) -> Path:
    file = folder / name
    file.write_bytes(b"".join(boxed(mails)))
    return file


def kept(folder: Path, *paths: Path) -> ImportReport:
    (report,) = ingest(folder, Request(paths))
    return report


def digest_of(folder: Path) -> str:
    with store.open_archive(folder) as archive:
        return digest(archive.connection)


def test_every_letter_is_what_the_truth_says(tmp_path: Path, mails: list[Mail]) -> None:
    kept(tmp_path / "archive", written(tmp_path, "letters.mbox", mails))
    with store.open_archive(tmp_path / "archive") as archive:
        found = {
            key: (subject, sender, sent, listed)
            for key, subject, sender, sent, listed in archive.connection.execute(
                """
                select t.key, m.subject, i.value, m.sent_at, iif(c.kind = 'list', c.key, null) from thread t
                join message m on m.id = t.message_id join conversation c on c.id = m.conversation_id
                left join identity i on i.id = m.sender_id
                """
            )
        }
        files = archive.connection.execute("select count(*) from attachment where state = 'present'").fetchone()[0]
    told = [mail.truth for mail in mails if mail.truth.id is not None and not mail.truth.copy]
    copied = {mail.truth.id for mail in mails if mail.truth.copy}
    assert len(found) == len({mail.truth.id or mail.truth.number for mail in mails})
    dated_by_hand = 0
    for truth in told:
        subject, sender, sent, listed = found[truth.id or ""]
        assert sender == truth.sender
        if truth.id not in copied:
            assert subject == truth.subject
            assert listed == (truth.list and f"list:{truth.list}")
        dated_by_hand += sent != round(truth.date.timestamp() * 1000)
    assert dated_by_hand <= 3  # no Date: seconds later, when it was received
    assert files > 20


def test_a_second_import_of_the_same_letters_adds_nothing(tmp_path: Path, mails: list[Mail]) -> None:
    home = tmp_path / "archive"
    first = kept(home, written(tmp_path, "letters.mbox", mails))
    before = digest_of(home)
    again = kept(home, written(tmp_path, "other.mbox", [*mails, *letters(12, 1)]))
    assert again.counts["new"] == 1
    assert again.counts["duplicate"] + again.counts["enriched"] == len(mails)
    with store.writing(home) as archive:
        undo(archive, again.import_id or 0)
        assert digest(archive.connection) == before
    assert first.counts["problems"] == 0


def test_a_mailbox_that_grew_adds_its_tail(tmp_path: Path, mails: list[Mail]) -> None:
    home = tmp_path / "archive"
    first = kept(home, written(tmp_path, "inbox.mbox", mails[:200]))
    second = kept(home, written(tmp_path, "inbox.mbox", mails))
    assert first.counts["new"] + second.counts["new"] == len({mail.truth.id or mail.truth.number for mail in mails})
    whole = tmp_path / "whole"
    kept(whole, written(tmp_path, "inbox.mbox", mails))
    assert digest_of(home) == digest_of(whole)


def test_a_maildir_and_an_mbox_of_the_same_letters_are_the_same_letters(tmp_path: Path, mails: list[Mail]) -> None:
    home = tmp_path / "archive"
    kept(home, written(tmp_path, "letters.mbox", mails[:100]))
    maildir(mails[:100], tmp_path / "Maildir")
    report = kept(home, tmp_path / "Maildir")
    assert report.counts["new"] == 0
    assert report.counts["unreadable"] == 0


def test_two_overlapping_mailboxes_give_each_letter_once_with_both_records(tmp_path: Path) -> None:
    case = DUMPS / "mailboxes-overlap" / "dump"
    home = tmp_path / "archive"
    reports = [kept(home, file) for file in sorted(case.iterdir())]
    with store.open_archive(home) as archive:
        (letters_,) = archive.connection.execute("select count(*) from message").fetchone()
        (records,) = archive.connection.execute("select count(*) from record where message_id is not null").fetchone()
        (twice,) = archive.connection.execute(
            "select count(*) from (select 1 from record group by message_id having count(distinct source_file_id) = 2)"
        ).fetchone()
    assert records == sum(sum(report.counts[word] for word in ("new", "duplicate", "enriched")) for report in reports)
    assert letters_ < records
    assert twice


def test_a_mailbox_comes_out_as_it_went_in(tmp_path: Path, mails: list[Mail]) -> None:
    source = written(tmp_path, "letters.mbox", [mail for mail in mails if not mail.truth.copy])
    kept(tmp_path / "archive", source)
    with store.open_archive(tmp_path / "archive") as archive:
        assert b"".join(mbox.blocks(StoredLibrary(archive))) == source.read_bytes()


def test_letters_of_their_own_files_come_out_as_an_mbox_that_reads_the_same(tmp_path: Path) -> None:
    kept(tmp_path / "one", DUMPS / "eml" / "dump")
    kept(tmp_path / "one", DUMPS / "emlx" / "dump")
    kept(tmp_path / "one", DUMPS / "maildir-flags" / "dump")
    with store.open_archive(tmp_path / "one") as archive:
        exported = tmp_path / "exported.mbox"
        exported.write_bytes(b"".join(mbox.blocks(StoredLibrary(archive))))
        before = sorted(archive.connection.execute("select native_id, text from message"))
    kept(tmp_path / "two", exported)
    with store.open_archive(tmp_path / "two") as archive:
        assert sorted(archive.connection.execute("select native_id, text from message")) == before


def test_raw_gives_the_bytes_of_a_letter(tmp_path: Path, mails: list[Mail]) -> None:
    source = written(tmp_path, "letters.mbox", mails[:20])
    kept(tmp_path / "archive", source)
    with store.open_archive(tmp_path / "archive") as archive:
        (letter,) = reads.load(archive.connection, [5])
        raw = reads.raw(archive, letter)
    assert raw.startswith(b"From ")
    assert raw in source.read_bytes()
    assert mails[4].truth.id is not None
    assert mails[4].truth.id.encode() in raw


def test_a_dry_run_of_mail_counts_as_the_real_one(tmp_path: Path, mails: list[Mail]) -> None:
    source = written(tmp_path, "letters.mbox", mails[:80])
    (dry,) = ingest(tmp_path / "archive", Request([source], dry_run=True))
    assert not store.exists(tmp_path / "archive")
    assert dict(dry.counts) == dict(kept(tmp_path / "archive", source).counts)


def test_same_id_and_another_letter_is_told_as_a_problem(tmp_path: Path) -> None:
    report = kept(tmp_path / "archive", DUMPS / "same-id-different-mail" / "dump")
    assert report.counts["new"] == 2
    assert [problem.what for problem in report.problems] == ["same-id"]


def test_the_copies_of_a_list_are_variants_of_one_letter(tmp_path: Path) -> None:
    report = kept(tmp_path / "archive", DUMPS / "list-copies-with-footer" / "dump")
    assert (report.counts["new"], report.counts["duplicate"] + report.counts["enriched"]) == (2, 2)
    with store.open_archive(tmp_path / "archive") as archive:
        said = [
            json.loads(said) for (said,) in archive.connection.execute("select said from record where said is not null")
        ]
        assert any("home" in one for one in said)  # by which list each came


def test_labels_of_two_exports_add_up(tmp_path: Path) -> None:
    kept(tmp_path / "archive", DUMPS / "gmail-labels-again" / "dump")
    with store.open_archive(tmp_path / "archive") as archive:
        (letter,) = reads.load(archive.connection, [1])
    assert letter.labels == ("Tank", "inbox", "opened", "unread")


@pytest.mark.parametrize(
    ("case", "sizes"),
    [
        ("reference-loop", None),
        ("in-reply-to-prose", [4]),
        ("thread-by-subject", [1, 4]),
        ("thread-lost-parents", [4]),
        ("takeout-zip", [1, 2]),
    ],
)
def test_threads_hold(tmp_path: Path, case: str, sizes: list[int] | None) -> None:
    kept(tmp_path / "archive", DUMPS / case / "dump")
    with store.open_archive(tmp_path / "archive") as archive:
        rows = archive.connection.execute("select count(*) from thread group by thread_id order by 1").fetchall()
        (loose,) = archive.connection.execute("select count(*) from thread where thread_id is null").fetchone()
        for (row,) in archive.connection.execute("select message_id from thread").fetchall():
            assert row in [one.message.row for one in reads.thread(archive.connection, row)]
    assert loose == 0
    assert sizes is None or [count for (count,) in rows] == sizes


def test_a_list_can_be_asked_for_what_a_researcher_asks(tmp_path: Path) -> None:
    examples = Path(__file__).parents[1] / "examples"
    kept(tmp_path / "archive", examples / "garden-club-list.mbox")
    with store.open_archive(tmp_path / "archive") as archive:
        asked = 'from:nell list:garden has:attachment after:2009 "no rain"'
        assert search(archive.connection, parse(asked), limit=5).total == 1
        assert search(archive.connection, parse("list:garden from:nobody-at-all"), limit=5).total == 0


def test_detect_tells_of_each_box_who_writes_when_and_in_which_list() -> None:
    examples = Path(__file__).parents[1] / "examples"
    (found,) = detect([examples / "garden-club-list.mbox"], Hints())
    (box,) = found.chats
    assert (found.source, box.title, box.kind, box.messages) == ("mail", "Garden Club letters", "list", 43)
    assert box.first is not None
    assert (box.first.year, box.people[0][1] > 3, box.line_ends) == (2023, True, "LF")
    assert not found.left_alone


@pytest.mark.parametrize("case", ["maildir-flags", "mh-unseen", "emlx", "takeout-zip", "gzip", "pipermail-month"])
def test_detect_counts_the_letters_that_an_import_reads(tmp_path: Path, case: str) -> None:
    (found,) = detect([DUMPS / case / "dump"], Hints())
    report = kept(tmp_path / "archive", DUMPS / case / "dump")
    read = sum(report.counts[word] for word in ("new", "duplicate", "enriched"))
    assert sum(box.messages for box in found.chats) == read
    assert report.counts["unreadable"] == 0


@pytest.mark.parametrize("case", ["mboxcl2", "pipermail-month", "line-ends-crlf", "takeout-zip"])
def test_a_box_of_any_kind_comes_out_as_it_went_in(tmp_path: Path, case: str) -> None:
    kept(tmp_path / "archive", DUMPS / case / "dump")
    with store.open_archive(tmp_path / "archive") as archive:
        files = archive.connection.execute(
            "select sha256 from source_file where id in (select source_file_id from record)"
        )
        boxes = [archive.blobs.path(sha256).read_bytes() for (sha256,) in files]
        assert b"".join(mbox.blocks(StoredLibrary(archive))) == b"".join(boxes)


def test_a_digest_comes_out_once_though_each_letter_in_it_is_a_message(tmp_path: Path) -> None:
    report = kept(tmp_path / "archive", DUMPS / "digest" / "dump")
    assert report.counts["new"] == 4
    with store.open_archive(tmp_path / "archive") as archive:
        assert b"".join(mbox.blocks(StoredLibrary(archive))).count(b"\nMessage-ID: <digest-1@lists.example.org>") == 1


def test_an_import_of_chats_does_not_load_what_reads_letters() -> None:
    asked = "import sys, archiver.ingest; sys.exit('archiver.importers.mail.reader' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0


def test_a_site_leaves_out_what_its_writer_did_not_want_archived(tmp_path: Path) -> None:
    kept(tmp_path / "archive", DUMPS / "no-archive" / "dump")
    with store.open_archive(tmp_path / "archive") as archive:
        library = StoredLibrary(archive)
        titles = [one.title for one in library.conversations()]
        publish(library, tmp_path / "site", conversations=titles, options={}, secret=b"secret")
        asked = archive.connection.execute(
            "select text from message where json_extract(extra, '$.no_archive')"
        ).fetchall()
    page = "".join(file.read_text("utf-8") for file in (tmp_path / "site").rglob("*.html"))
    assert len(asked) >= 2
    assert not [text for (text,) in asked if text.splitlines()[-1] in page]
    assert page.count('<p class="q">Its writer asked not to be archived') == len(asked)


def test_a_letter_to_half_a_million_people_says_how_many_were_read(tmp_path: Path) -> None:
    to = ", ".join(f"a{n}@example.org" for n in range(500_000))
    (tmp_path / "all.eml").write_text(f"From: nell@example.org\nTo: {to}\nSubject: Frogs\n\nThey are back.\n")
    report = kept(tmp_path / "archive", tmp_path / "all.eml")
    assert [problem.what for problem in report.problems] == ["odd-headers"]
    assert "first 10,000 of the addresses" in report.problems[0].note
    with store.open_archive(tmp_path / "archive") as archive:
        (count,) = archive.connection.execute("select count(*) from recipient").fetchone()
        (said,) = archive.connection.execute("select subject, text from message").fetchall()
    assert count == 10_000
    assert said == ("Frogs", "They are back.")


def test_a_header_that_is_too_long_is_read_in_part_and_that_is_said(tmp_path: Path) -> None:
    lines = "X-Frog: croak\n" * 1_300_000
    (tmp_path / "long.eml").write_text(f"From: nell@example.org\nSubject: Frogs\n{lines}\nThey are back.\n")
    report = kept(tmp_path / "archive", tmp_path / "long.eml")
    assert report.counts["new"] == 1
    assert "Only the first 16,777,216 bytes of the header were read." in [one.note for one in report.problems]


def test_what_an_older_version_read_is_read_anew_once_and_nothing_is_doubled(
    tmp_path: Path, mails: list[Mail], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A higher `version` says that the same bytes read differently: whoever gives them again gets the new reading."""
    named = [letter for letter in mails if letter.truth.id and not letter.truth.copy]
    home, source = tmp_path / "archive", written(tmp_path, "letters.mbox", named[:120])
    with monkeypatch.context() as older:
        older.setattr(mail, "version", mail.version - 1)
        poorly = "archiver.importers.mail.reader.read_body"
        older.setattr(poorly, lambda *given: read_body(*given)._replace(text="All it could read.", html=None))
        first = kept(home, source)
        assert kept(home, source).import_id is None
    second = kept(home, source)
    assert second.counts["new"] == second.counts["problems"] == 0
    assert second.counts["enriched"] == first.counts["new"]
    assert kept(home, source).import_id is None
    kept(tmp_path / "fresh", source)
    assert digest_of(home) == digest_of(tmp_path / "fresh")


def command(home: Path, *arguments: str) -> bytes:
    """What `archive` answers, run as a person would run it."""
    program = [sys.executable, "-m", "archiver", "--archive", str(home), *arguments]
    return subprocess.run(program, check=True, capture_output=True, timeout=120).stdout


def on_the_list(number: int, sender: str, day: str, text: str, *, file: str = "", answers: str = "") -> bytes:
    """A letter of the garden club's list; with *file* it carries one of that name."""
    head = (
        f"From {sender.lower()}@example.org Mon May  3 09:00:00 2010\nFrom: {sender} <{sender.lower()}@example.org>\n"
        f"To: garden@lists.example.org\nList-Id: Garden Club <garden.lists.example.org>\n"
        f"List-Post: <mailto:garden@lists.example.org>\nSubject: The well\nDate: {day} 09:00:00 +0000\n"
        f"Message-ID: <well-{number}@example.org>\n{f'In-Reply-To: <{answers}>{chr(10)}' if answers else ''}"
        "MIME-Version: 1.0\n"
    )
    if not file:
        return f"{head}\n{text}\n\n".encode()
    attached = f'Content-Disposition: attachment; filename="{file}"\nContent-Type: application/pdf\n\n%PDF-1.4 well'
    return (
        f"{head}Content-Type: multipart/mixed; boundary=seam\n\n--seam\n\n{text}\n--seam\n{attached}\n--seam--\n\n"
    ).encode()


def test_a_question_finds_the_letter_show_its_thread_and_the_export_the_bytes(tmp_path: Path) -> None:
    told = "The water rights of the well are ours."
    box = tmp_path / "garden.mbox"
    box.write_bytes(
        on_the_list(1, "Kofi", "Mon, 3 May 2010", "Who owns the water in the well?")
        + on_the_list(2, "Ana", "Tue, 4 May 2010", told, file="deed.pdf", answers="well-1@example.org")
        + on_the_list(3, "Ana", "Wed, 5 May 2010", told)
        + on_the_list(4, "Ana", "Mon, 5 May 2008", told, file="old.pdf")
        + on_the_list(5, "Kofi", "Thu, 6 May 2010", told, file="copy.pdf", answers="well-2@example.org")
        + on_the_list(6, "Ana", "Fri, 7 May 2010", "Our rights to the water.", file="other.pdf")
    )
    home = tmp_path / "archive"
    command(home, "import", str(box))
    asked = 'from:ana list:garden has:attachment after:2009 "water rights"'
    (found,) = json.loads(command(home, "search", asked, "--json"))["messages"]
    assert (found["text"], [file["name"] for file in found["attachments"]]) == (told, ["deed.pdf"])
    tree = command(home, "show", found["id"], "--thread").decode()
    heads = [line for line in tree.splitlines() if "  2010-05-0" in line]
    shown = [(len(line) - len(line.lstrip()), line.strip(" ▸").split()[0]) for line in heads]
    assert shown == [(0, "Kofi"), (2, "Ana"), (4, "Kofi")], tree
    assert command(home, "export", "mbox", "-") == box.read_bytes()
