"""What holds letters, told by content: every kind of mailbox, what it says of its letters, and what is no mail."""

import bz2
import gzip
import io
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.dump import Dump, Entry, Limits
from archiver.errors import DumpError
from archiver.importers.mail import flags, names
from archiver.importers.mail.boxes import boxes, claims, letters
from archiver.importers.mail.letter import Letter
from archiver.model import Problem
from tests.hostile.zips import Part, pack
from tests.test_mail_split import PEAS, ROSES, SEPARATOR, measured, written

BEANS = b"Received: from shed by house; Mon, 3 Feb 2020 10:00:00 +0000\nFrom: Cy <cy@garden.example>\n\nBeans!\n"
PIPERMAIL = b"From ana at garden.example  Sat May  1 10:00:00 2004\nFrom: ana at garden.example (Ana Lee)\n" + ROSES
CHAT = b"12/05/2020, 10:00 - Ana: hello\n12/05/2020, 10:01 - Bo: From: Ana\n" * 9

Lay = Callable[[Mapping[str, bytes]], Path]


@pytest.fixture
def lay(tmp_path: Path) -> Lay:
    """Lays files out in a folder called ``given``."""

    def write(files: Mapping[str, bytes]) -> Path:
        for name, content in files.items():
            path = tmp_path / "given" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return tmp_path / "given"

    return write


def zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return buffer.getvalue()


def read(*paths: Path) -> tuple[list[Letter], list[Problem]]:
    with Dump.open(paths) as dump:
        found = list(letters(dump))
        for letter in found:  # the way back to the byte
            if isinstance(letter, Letter):
                with dump.open_entry(letter.entry) as file:
                    own = file.read()[letter.start : letter.end]
                assert own.startswith(letter.envelope)
                assert letter.raw[:20] in own
            else:
                assert letter.origin is None or dump.digested(letter.origin.dump, letter.origin.member)
    return [one for one in found if isinstance(one, Letter)], [one for one in found if isinstance(one, Problem)]


def told(*paths: Path) -> list[tuple[str, str, str, bytes, tuple[str, ...]]]:
    """Of each letter: path, style, folder, the mail, flags."""
    found, problems = read(*paths)
    assert not problems
    return [(one.entry.path, one.style, one.folder, one.raw, one.flags) for one in found]


def why(*paths: Path) -> str | None:
    with Dump.open(paths) as dump:
        return claims(dump)


# Kinds


def test_an_mbox_is_known_by_its_first_line_whatever_it_is_called(lay: Lay) -> None:
    folder = lay({"garden.mbox": written(ROSES, PEAS), "Inbox": written(BEANS), "2004-May.txt": PIPERMAIL})
    assert told(folder) == [
        ("given/2004-May.txt", "mbox", "2004-May", PIPERMAIL.partition(b"\n")[2], ()),
        ("given/Inbox", "mbox", "Inbox", BEANS, ()),
        ("given/garden.mbox", "mbox", "garden", ROSES, ()),
        ("given/garden.mbox", "mbox", "garden", PEAS, ()),
    ]
    assert why(folder / "2004-May.txt") == (
        "“2004-May.txt” begins like an mbox: From ana at garden.example  Sat May  1 10:00:00 2004"
    )


def test_an_mbox_with_content_lengths_says_so_letter_by_letter(lay: Lay) -> None:
    inner = measured(b"Look:\n" + SEPARATOR + PEAS)
    folder = lay({"garden": SEPARATOR + inner + b"\n" + written(PEAS)})
    assert [(style, raw) for _, style, _, raw, _ in told(folder)] == [("mboxcl2", inner), ("mbox", PEAS)]


def test_packed_months_of_a_list_are_read(lay: Lay) -> None:
    folder = lay({"2004-May.txt.gz": gzip.compress(PIPERMAIL), "2004-June.txt.bz2": bz2.compress(PIPERMAIL)})
    assert [(path, name) for path, _, name, _, _ in told(folder)] == [
        ("given/2004-June.txt.bz2/2004-June.txt", "2004-June"),
        ("given/2004-May.txt.gz/2004-May.txt", "2004-May"),
    ]


def test_a_takeout_is_a_zip_with_mailboxes_in_it(lay: Lay) -> None:
    gmail = b"From 1832929883591034824@xxx Fri May 23 16:35:53 +0000 2025\r\n" + ROSES.replace(b"\n", b"\r\n") + b"\r\n"
    path = lay(
        {"takeout.zip": zipped({"Takeout/Mail/Roses & more.mbox": gmail, "Takeout/archive_browser.html": b"<html>"})}
    )
    ((where, _, name, raw, _),) = told(path / "takeout.zip")
    assert (where, name) == ("takeout.zip/Takeout/Mail/Roses & more.mbox", "Roses & more")
    assert raw == ROSES.replace(b"\n", b"\r\n")
    assert "begins like an mbox" in str(why(path))


def test_the_topics_of_a_google_group_are_called_as_the_group(lay: Lay) -> None:
    zip_of_groups = zipped({"Takeout/Groups/garden@googlegroups.com/topics.mbox": written(ROSES)})
    assert [one[2] for one in told(lay({"groups.zip": zip_of_groups}))] == ["garden@googlegroups.com"]


def test_thunderbirds_folders_are_read_and_its_indexes_are_not(lay: Lay) -> None:
    deleted = b"From - Mon Feb 03 10:00:00 2020\nX-Mozilla-Status: 0009\n" + ROSES
    bare = b"From \nX-Mozilla-Status: 1002\nX-Mozilla-Status2: 00000000\n" + PEAS
    folder = lay({"Inbox": deleted + bare, "Inbox.msf": b"// <!-- <mdb:mork", "Inbox.sbd/Garden": written(ROSES)})
    assert [(path, name, flagged) for path, _, name, _, flagged in told(folder)] == [
        ("given/Inbox", "Inbox", ("seen", "deleted")),
        ("given/Inbox", "Inbox", ("answered", "forwarded")),
        ("given/Inbox.sbd/Garden", "Garden", ()),
    ]


def test_a_maildir_keeps_its_flags_and_its_folders(lay: Lay) -> None:
    folder = lay(
        {
            "Mail/cur/1.M1.garden:2,RS": ROSES,
            "Mail/cur/2.M2.garden;2,F": PEAS,
            "Mail/cur/3.M3.garden!2,TP": BEANS,
            "Mail/new/4.M4.garden": ROSES,
            "Mail/tmp/5.M5.garden": ROSES[:9],
            "Mail/.Sent/cur/6.M6.garden:2,DS": PEAS,
            "Mail/.Entw&APw-rfe/new/7": PEAS,
            "Mail/dovecot-uidlist": b"3 V1 N8\n",
        }
    )
    assert [(name, raw, flagged) for _, _, name, raw, flagged in told(folder)] == [
        ("Entwürfe", PEAS, ()),
        ("Sent", PEAS, ("seen", "draft")),
        ("Mail", ROSES, ("seen", "answered")),
        ("Mail", PEAS, ("flagged",)),
        ("Mail", BEANS, ("deleted", "forwarded")),
        ("Mail", ROSES, ()),
    ]
    with Dump.open([folder]) as dump:
        assert [(box.name, box.style, len(box.entries)) for box in boxes(dump)] == [
            ("Entwürfe", "maildir", 1),
            ("Sent", "maildir", 1),
            ("Mail", "maildir", 4),
        ]
    assert why(folder) == "“given/Mail/.Entw&APw-rfe/new” is a folder of a Maildir"


def test_a_maildir_may_lie_in_a_zip_or_have_packed_letters(lay: Lay) -> None:
    folder = lay({"Mail.zip": pack([Part("cur/1:2,S", ROSES), Part("cur/2:2,", gzip.compress(PEAS))])})
    assert [(style, name, raw, flagged) for _, style, name, raw, flagged in told(folder)] == [
        ("maildir", "Mail", ROSES, ("seen",)),
        ("maildir", "Mail", PEAS, ()),
    ]


def test_a_folder_called_cur_without_letters_is_no_maildir(lay: Lay) -> None:
    assert told(lay({"cur/notes": b"Dogs, mostly", "new/more": b"", "Inbox": written(ROSES)})) == [
        ("given/Inbox", "mbox", "Inbox", ROSES, ())
    ]


def test_mh_has_numbers_for_names_and_lists_what_is_unseen(lay: Lay) -> None:
    unseen = b"cur: 12\nunseen: 3 7-9\nreplied: 12\nodd\n: 4\n"
    folder = lay({"garden/3": ROSES, "garden/8": PEAS, "garden/12": BEANS, "garden/.mh_sequences": unseen})
    lay({"garden/x.jpg": b"\xff\xd8", "herbs/1": ROSES})
    assert [(style, name, raw, flagged) for _, style, name, raw, flagged in told(folder)] == [
        ("mh", "garden", BEANS, ("seen", "answered")),
        ("mh", "garden", ROSES, ()),
        ("mh", "garden", PEAS, ()),
        ("mh", "herbs", ROSES, ()),
    ]


def test_letters_as_files_are_called_as_their_folder(lay: Lay) -> None:
    folder = lay({"letters/a.eml": ROSES, "letters/b.EML": b" " + PEAS, "letters/c": BEANS, "plan.docx": b"PK"})
    assert [(path, style, name, raw) for path, style, name, raw, _ in told(folder)] == [
        ("given/letters/a.eml", "eml", "letters", ROSES),
        ("given/letters/b.EML", "eml", "letters", PEAS),
        ("given/letters/c", "eml", "letters", BEANS),
    ]
    ((_, style, name, raw, _),) = told(folder / "letters/a.eml")
    assert (style, name, raw) == ("eml", "", ROSES)
    assert why(folder / "letters/a.eml") == "“a.eml” begins like a mail: From: Ana <ana@garden.example>"


def test_a_letter_in_a_file_of_its_own_is_one_letter_whatever_is_in_it(lay: Lay) -> None:
    forwarded = ROSES + b"\n" + SEPARATOR + PEAS
    assert [raw for *_, raw, _ in told(lay({"a.eml": forwarded, "1/cur/2": forwarded, "3/4": forwarded}))] == [
        forwarded
    ] * 3


def test_an_eml_may_have_a_separator_and_a_mailbox_may_have_lost_its_first(lay: Lay) -> None:
    folder = lay(
        {"a.eml": SEPARATOR + ROSES, "lost.mbox": ROSES + b"\n" + written(PEAS), "lost": PEAS + written(ROSES)}
    )
    assert [(style, raw) for _, style, _, raw, _ in told(folder)] == [
        ("mbox", ROSES),
        ("mbox", PEAS),
        ("mbox", ROSES),
        ("mbox", ROSES),
        ("mbox", PEAS),
    ]


def emlx(mail: bytes, bits: int = 1) -> bytes:
    plist = b'<?xml version="1.0"?>\n<plist><dict>\n\t<key>flags</key>\n\t<integer>%d</integer>\n</dict></plist>\n'
    return b"%-10d\n" % len(mail) + mail + plist % bits


def test_a_letter_of_apple_mail_ends_where_its_first_line_says(lay: Lay) -> None:
    folder = lay(
        {
            "Garden.mbox/Messages/1.emlx": emlx(ROSES, 1 << 0 | 1 << 2 | 1 << 4 | 3 << 10),
            "Garden.mbox/Messages/2.partial.emlx": emlx(PEAS, 1 << 6 | 1 << 1 | 1 << 8),
            "Garden.mbox/Messages/3": emlx(BEANS, 0),
            "4.emlx": ROSES,
            "5.emlx": emlx(PEAS)[:60],
        }
    )
    assert [(style, name, raw, flagged) for _, style, name, raw, flagged in told(folder)] == [
        ("emlx", "given", ROSES, ()),
        ("emlx", "given", PEAS[:49], ()),
        ("emlx", "Garden", ROSES, ("seen", "answered", "flagged")),
        ("emlx", "Garden", PEAS, ("draft", "deleted", "forwarded")),
        ("emlx", "Garden", BEANS, ()),
    ]
    found, _ = read(folder / "Garden.mbox")
    assert (found[0].start, found[0].end) == (11, 11 + len(ROSES))


def test_apple_mails_exported_mailbox_is_called_as_its_folder(lay: Lay) -> None:
    folder = lay({"Garden.mbox/mbox": written(ROSES), "Garden.mbox/table_of_contents": b"\x00\x01"})
    assert [one[2] for one in told(folder)] == ["Garden"]


def test_stdin_is_a_mailbox_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for data in (written(ROSES), gzip.compress(written(ROSES)), ROSES):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        ((_, _, name, raw, _),) = told(Path("-"))
        assert (name, raw) == ("", ROSES)


def test_the_flags_of_an_mbox_are_those_of_its_status_fields() -> None:
    def of(header: bytes) -> tuple[str, ...]:
        return flags.of_mbox(header + b"Subject: x\n\nStatus: R\nX-Status: D\n")

    assert of(b"Status: RO\nX-Status: AF\n") == ("seen", "answered", "flagged")
    assert of(b"STATUS: RO\r\nx-status: DT\r\n") == ("seen", "draft", "deleted")
    assert of(b"X-Spam-Status: No\nStatus: O\n") == of(b"Status: New\n") == of(b"Status: Resolved\n") == ()
    assert of(b"X-Mozilla-Status: 8\n") == ("deleted",)
    assert of(b"X-Mozilla-Status: zz\nX-Mozilla-Status:\n") == ()


@given(st.text(st.sampled_from("unsee:d 0123456789-\n"), max_size=80), st.integers(0, 10**6))
def test_any_sequences_of_mh_can_be_asked(text: str, number: int) -> None:
    assert set(flags.Sequences(text).of(number)) <= set(flags.NAMES)


def test_sequences_that_overlap_are_one() -> None:
    sequences = flags.Sequences("unseen: 1-9 3 20-15 30-40\n")
    assert [number for number in (1, 5, 9, 10, 17, 30, 41) if not sequences.of(number)] == [1, 5, 9, 30]


def test_a_name_of_an_imap_folder_is_decoded_where_it_can_be() -> None:
    assert names.of_maildir("Mail/.Entw&APw-rfe") == "Entwürfe"
    assert names.of_maildir("Mail/.Tea &- cake") == "Tea & cake"
    assert names.of_maildir("Mail/.&A-") == "&A-"
    assert names.of_maildir("") == ""
    assert names.of_maildir(".") == "."


# What is no mail


def test_prose_and_nothing_that_are_called_mailboxes_are_one_problem_each(lay: Lay) -> None:
    folder = lay(
        {
            "notes.mbox": b"From now on, water daily.\nNote: twice\n",
            "empty.mbox": b"",
            "a.eml": b"Dear all\n",
            "x.mbox": b"\n\n",
        }
    )
    found, problems = read(folder)
    assert not found
    assert [(problem.note, problem.loss) for problem in problems] == [
        ("“given/a.eml” is called a letter, but does not begin like one.", "file"),
        ("“given/empty.mbox” is empty.", "file"),
        ("“given/notes.mbox” is called a mailbox, but holds no mail.", "file"),
        ("“given/x.mbox” is called a mailbox, but holds no mail.", "file"),
    ]
    assert all(problem.origin and problem.origin.source == "mail" for problem in problems)
    assert why(folder) is None


def test_prose_before_the_first_mail_is_a_problem_and_blank_lines_are_none(lay: Lay) -> None:
    folder = lay({"a.mbox": b"Letters of 2020\n" + written(ROSES), "b.mbox": b"\xef\xbb\xbf\n" + written(PEAS)})
    found, (problem,) = read(folder)
    assert [letter.raw for letter in found] == [ROSES, PEAS]
    assert (problem.what, problem.loss) == ("text before the first mail", "detail")
    assert problem.origin is not None
    assert (problem.origin.start, problem.origin.end) == (0, 16)
    assert why(folder / "a.mbox") == "“a.mbox” is called a mailbox, and there are mails at its beginning"


def test_what_lies_among_letters_and_is_none_is_a_problem(lay: Lay) -> None:
    _, problems = read(
        lay({"Mail/cur/1": ROSES, "Mail/cur/2": b"no letter at all", "garden/1": ROSES, "garden/2": b"\x00"})
    )
    assert [problem.note for problem in problems] == [
        "“given/Mail/cur/2” lies where letters do, but does not begin like one.",
        "“given/garden/2” lies where letters do, but does not begin like one.",
    ]


@pytest.mark.parametrize(
    "files",
    [
        {"WhatsApp Chat with Ana.txt": CHAT},
        {"_chat.txt": CHAT, "letter.eml": ROSES, "photo.jpg": ROSES},
        {"messages/inbox/ana/message_1.json": b'{"participants": [{"name": "Ana"}]}'},
        {"your_posts.html": b"<html><head><title>Posts</title></head>"},
        {"story.txt": b"From the desk of Bob: nothing.\n\nSubject: peas\n"},
        {"PKG-INFO": b"Metadata-Version: 2.1\nName: roses\nVersion: 1\n"},
        {"data.bin": bytes(range(256)) * 10},
        {"mail.json": ROSES, "page.html": written(ROSES)},
    ],
)
def test_chats_posts_and_prose_are_not_claimed(lay: Lay, files: Mapping[str, bytes]) -> None:
    folder = lay(files)
    assert why(folder) is None
    assert read(folder) == ([], [])
    (folder.parent / "all.zip").write_bytes(zipped(files))
    assert why(folder.parent / "all.zip") is None


def test_mail_beside_other_things_is_claimed_and_only_mail_is_read(lay: Lay) -> None:
    folder = lay({"plan.docx": b"PK", "photo.jpg": b"\xff\xd8", "a/b/Sent": written(ROSES), "notes.txt": b"Dogs\n"})
    assert [one[0] for one in told(folder)] == ["given/a/b/Sent"]
    assert str(why(folder)).startswith("“given/a/b/Sent” begins like an mbox")


def test_claims_look_at_some_files_only(lay: Lay, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = lay({f"note{number}": b"Dogs" for number in range(400)})
    looked: list[Entry] = []
    opening = Dump.open_entry

    def noted(dump: Dump, entry: Entry) -> BinaryIO:
        looked.append(entry)
        return opening(dump, entry)

    monkeypatch.setattr(Dump, "open_entry", noted)
    assert why(folder) is None
    assert 100 < len(looked) <= 400


def test_a_damaged_member_is_a_problem_and_the_others_are_read(lay: Lay) -> None:
    parts = [
        Part("a.mbox", written(ROSES), says_crc=1),
        Part("b.mbox", written(PEAS)),
        Part("c", written(PEAS), says_crc=1),
    ]
    found, (first, second) = read(lay({"mail.zip": pack(parts)}))
    assert [letter.raw for letter in found] == [PEAS]
    assert (first.what, first.loss) == ("unreadable file", "file")
    assert "given/mail.zip/a.mbox" in first.note
    assert "given/mail.zip/c" in second.note


def test_names_that_point_elsewhere_are_read_and_nothing_is_written(lay: Lay) -> None:
    folder = lay({"mail.zip": pack([Part("../evil.mbox", written(ROSES))])})
    ((path, _, name, _, _),) = told(folder)
    assert (path, name) == ("given/mail.zip/__/evil.mbox", "evil")
    assert [item.name for item in folder.parent.iterdir()] == ["given"]


def test_a_mail_of_a_hundred_megabytes_is_held_in_a_file(tmp_path: Path) -> None:
    line = b"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5eg==\n"
    (tmp_path / "big.mbox").write_bytes(written(ROSES + line * 200_000, PEAS))
    with Dump.open([tmp_path / "big.mbox"]) as dump:
        big, last = letters(dump)
        assert isinstance(big, Letter)
        assert isinstance(last, Letter)
        assert big.whole is not None
        with big.whole as file:
            assert (
                sum(len(block) for block in iter(lambda: file.read(1 << 20), b"")) == len(ROSES) + len(line) * 200_000
            )
        assert last.raw == PEAS


@given(
    st.dictionaries(st.sampled_from(["a.mbox", "b", "c.eml", "d.emlx", "cur/1", "7", "new/x"]), st.binary(max_size=60))
)
@settings(deadline=None, max_examples=50)
def test_any_bytes_in_any_box_give_letters_or_problems(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content + ROSES if len(content) % 2 else content)
    try:
        dump = Dump.open([folder])
    except DumpError:
        return
    with dump:
        claims(dump)
        assert all(isinstance(item, Letter | Problem) for item in letters(dump))


# public-inbox


GIT = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")


def git(folder: Path, *arguments: str, data: bytes | None = None) -> str:
    environment = {
        "PATH": "/usr/bin:/bin:/usr/local/bin",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        **{f"GIT_{who}_{what}": "x@y" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
        **{f"GIT_{who}_DATE": "2020-02-03T10:00:00Z" for who in ("AUTHOR", "COMMITTER")},
    }
    command = ["git", f"--git-dir={folder}", *arguments]
    return subprocess.run(command, input=data, capture_output=True, check=True, env=environment).stdout.decode().strip()


def commit(folder: Path, tree: str) -> None:
    parent = git(folder, "for-each-ref", "--format=%(objectname)", "refs/heads/main").split()
    made = git(folder, "commit-tree", tree, "-m", "mail", *(word for one in parent for word in ("-p", one)))
    git(folder, "update-ref", "refs/heads/main", made)


def version_2(folder: Path, *mails: tuple[str, bytes]) -> None:
    """A commit for each mail: ``m`` is one added, ``d`` one deleted."""
    folder.mkdir(parents=True)
    git(folder, "init", "--bare", "-q", "-b", "main")
    for name, mail in mails:
        blob = git(folder, "hash-object", "-w", "--stdin", data=mail)
        commit(folder, git(folder, "mktree", data=f"100644 blob {blob}\t{name}\n".encode()))


def version_1(folder: Path, *mails: bytes) -> None:
    folder.mkdir(parents=True)
    git(folder, "init", "--bare", "-q", "-b", "main")
    for count in range(1, len(mails) + 1):
        lines = []
        for number, mail in enumerate(mails[:count]):
            blob = git(folder, "hash-object", "-w", "--stdin", data=mail)
            inner = git(folder, "mktree", data=f"100644 blob {blob}\t{number:038x}\n".encode())
            lines.append(f"040000 tree {inner}\t{number:02x}\n")
        commit(folder, git(folder, "mktree", data="".join(lines).encode()))


@GIT
def test_a_public_inbox_of_version_2_gives_the_mail_of_each_commit(tmp_path: Path) -> None:
    quoting = ROSES + b"From here\n>From there\nFrom x Mon Feb  3 10:00:00 2020\nSubject: no separator\n"
    mails = [("m", ROSES), ("m", quoting), ("m", PEAS), ("d", ROSES), ("m", b"From x\n" + BEANS), ("m", b"no header")]
    version_2(tmp_path / "garden/git/0.git", *mails)
    version_2(tmp_path / "garden/git/1.git", ("m", PEAS[:-1]))
    (tmp_path / "garden/inbox.lock").write_bytes(b"")
    found, problems = read(tmp_path / "garden")
    assert not problems
    assert [(one.entry.path, one.style, one.folder, one.raw, one.flags) for one in found] == [
        ("garden/git/0.git/public-inbox.mbox", "git", "garden", ROSES, ("deleted",)),
        ("garden/git/0.git/public-inbox.mbox", "git", "garden", quoting, ()),
        ("garden/git/0.git/public-inbox.mbox", "git", "garden", PEAS, ()),
        ("garden/git/0.git/public-inbox.mbox", "git", "garden", BEANS, ()),
        ("garden/git/1.git/public-inbox.mbox", "git", "garden", PEAS, ()),
    ]
    assert found[1].envelope == b"From mail@public-inbox Mon Feb  3 10:00:00 2020"
    with Dump.open([tmp_path / "garden"]) as dump:
        assert [(problem.what, problem.loss) for problem in dump.problems] == [("missing mails", "message")]
        assert "public-inbox" in str(claims(dump))


@GIT
def test_a_public_inbox_of_version_1_gives_the_mail_of_each_blob(tmp_path: Path) -> None:
    version_1(tmp_path / "garden.git", ROSES, PEAS, BEANS)
    assert [(name, raw) for _, _, name, raw, _ in told(tmp_path / "garden.git")] == [
        ("garden", ROSES),
        ("garden", PEAS),
        ("garden", BEANS),
    ]


@GIT
def test_a_large_mail_of_a_public_inbox_comes_out_as_it_went_in(tmp_path: Path) -> None:
    mail = ROSES + b"beans\nFrom here\n>From there\n" * 100_000
    version_2(tmp_path / "garden.git", ("m", mail))
    assert [raw for *_, raw, _ in told(tmp_path / "garden.git")] == [mail]
    with pytest.raises(DumpError) as caught:
        Dump.open([tmp_path / "garden.git"], Limits(total_bytes=1000))
    assert "--limit-total-bytes" in caught.value.why + caught.value.remedy


@GIT
def test_a_repository_of_something_else_is_a_folder_as_any(tmp_path: Path) -> None:
    version_2(tmp_path / "code/.git", ("README", b"Roses"))
    version_2(tmp_path / "none.git")
    (tmp_path / "code/Inbox").write_bytes(written(ROSES))
    assert [raw for *_, raw, _ in told(tmp_path / "code")] == [ROSES]
    assert why(tmp_path / "none.git") is None


@GIT
def test_a_damaged_public_inbox_is_told(tmp_path: Path) -> None:
    version_2(tmp_path / "garden.git", ("m", ROSES), ("m", PEAS))
    blob = git(tmp_path / "garden.git", "hash-object", "--stdin", data=ROSES)
    (tmp_path / "garden.git/objects" / blob[:2] / blob[2:]).unlink()
    with Dump.open([tmp_path / "garden.git"]) as dump:
        assert [problem.what for problem in dump.problems] == ["missing mails"]
        assert [letter.raw for letter in letters(dump) if isinstance(letter, Letter)] == [PEAS]
    first = git(tmp_path / "garden.git", "rev-parse", "main~1")
    (tmp_path / "garden.git/objects" / first[:2] / first[2:]).unlink()
    with pytest.raises(DumpError) as caught:
        Dump.open([tmp_path / "garden.git"])
    assert "could not be read" in caught.value.why


@GIT
def test_without_git_a_repository_stays_closed_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version_2(tmp_path / "mail/garden.git", ("m", ROSES))
    version_2(tmp_path / "mail/code/.git", ("m", ROSES))
    (tmp_path / "mail/code/Inbox").write_bytes(written(PEAS))
    monkeypatch.setenv("PATH", str(tmp_path))
    with Dump.open([tmp_path / "mail"]) as dump:
        assert [(problem.what, problem.loss) for problem in dump.problems] == [("no git", "file")]
        assert "Install git" in dump.problems[0].note
        assert [letter.raw for letter in letters(dump) if isinstance(letter, Letter)] == [PEAS]


@GIT
def test_what_a_repository_is_configured_to_run_is_not_run(tmp_path: Path) -> None:
    version_2(tmp_path / "garden.git", ("m", ROSES))
    trap = tmp_path / "trap"
    for name in (
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "diff.external",
        "gpg.program",
        "core.alternateRefsCommand",
    ):
        git(tmp_path / "garden.git", "config", name, f"touch {trap}")
    git(tmp_path / "garden.git", "config", "log.showSignature", "true")
    git(tmp_path / "garden.git", "config", "remote.origin.url", f"ext::touch {trap}")
    git(tmp_path / "garden.git", "config", "remote.origin.promisor", "true")
    git(tmp_path / "garden.git", "config", "protocol.ext.allow", "always")
    blob = git(tmp_path / "garden.git", "hash-object", "--stdin", data=ROSES)
    (tmp_path / "garden.git/objects" / blob[:2] / blob[2:]).unlink()
    with Dump.open([tmp_path / "garden.git"]):
        assert not trap.exists()
