"""Outlook's stores. No free program writes one, so most of this speaks to a stand-in with the interface of libpff.

With ARCHIVE_PST_FOLDER set to a folder of real stores, and libpff installed, those are read, too.
"""

import io
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from zipfile import ZipFile

import pytest

from archiver.__main__ import run
from archiver.contracts import Hints
from archiver.dump import Dump
from archiver.errors import DumpError
from archiver.exporters import mbox
from archiver.importers import mail
from archiver.importers.mail import rtf
from archiver.importers.mail.letter import BIG
from archiver.importers.mail.pst import INSTALL, Found, Left, libpff, messages
from archiver.importers.mail.stored import built
from archiver.ingest import Request, ingest
from archiver.model import Attachment, Conversation, Item, Message, Problem
from archiver.store import archive as store
from archiver.store.library import StoredLibrary


class Entry:
    """A MAPI property."""

    def __init__(self, number: int, value: str | int) -> None:
        self.entry_type = number
        self._value = value

    @property
    def data_as_string(self) -> str:
        if not isinstance(self._value, str):
            raise OSError("unsupported value type")
        return self._value + "\0"

    @property
    def data_as_integer(self) -> int:
        if not isinstance(self._value, int):
            raise OSError("unsupported value type")
        return self._value


def record(values: dict[int, str | int]) -> SimpleNamespace:
    return SimpleNamespace(entries=[Entry(number, value) for number, value in values.items()])


class Attached:
    """A file; with *inner* it is a message. *torn*: it breaks off after so many bytes."""

    def __init__(
        self, data: bytes = b"", *, torn: int | None = None, inner: "Stored | None" = None, **said: str | int
    ) -> None:
        numbers = {"name": 0x3707, "mime": 0x370E, "content_id": 0x3712}
        self.record_sets = [record({numbers[word]: value for word, value in said.items()})]
        self.number_of_sub_items = 1 if inner else 0
        self._inner, self._torn = inner, torn
        self._size = len(data)
        self._file = io.BytesIO(data)

    def get_sub_item(self, _: int) -> "Stored | None":
        return self._inner

    def get_size(self) -> int:
        return self._size

    def seek_offset(self, at: int, whence: int) -> None:
        self._file.seek(at, whence)

    def read_buffer(self, size: int) -> bytes:
        if self._torn is not None:
            if self._file.tell() >= self._torn:
                raise OSError("unable to read\nat length")
            size = min(size, self._torn)
        return self._file.read(size)


SENT = datetime(2023, 3, 4, 18, 2)  # noqa: DTZ001 - libpff gives UTC without saying so


class Stored:
    """A message. *more*: MAPI properties by number."""

    def __init__(
        self, identifier: int, *, headers: str = "", subject: str = "Frogs", sender: str = "Nell",
        plain: bytes | None = None, html: bytes | None = None, formatted: bytes | None = None,
        files: Sequence[Attached] = (), to: Sequence[tuple[str, str, int]] = (), sent: datetime | None = SENT,
        more: dict[int, str | int] | None = None,
    ) -> None:  # fmt: skip
        self.identifier = identifier
        self.transport_headers = headers
        self.subject = subject
        self.sender_name = sender
        self.plain_text_body, self.html_body, self.rtf_body = plain, html, formatted
        self.record_sets = [record(more or {})]
        self.client_submit_time, self.delivery_time, self.creation_time = sent, None, None
        self.number_of_attachments = len(files)
        self._files = files
        self.recipients = SimpleNamespace(
            record_sets=[record({0x3001: name, 0x39FE: address, 0x0C15: role}) for name, address, role in to]
        )

    def get_attachment(self, at: int) -> Attached:
        return self._files[at]


class Broken:
    """A message of which libpff can read nothing but its number."""

    def __init__(self, identifier: int) -> None:
        self.identifier = identifier

    @property
    def record_sets(self) -> list[Any]:
        raise OSError("pypff_item: unable to retrieve record set\nmore than a person needs")


class Folder:
    def __init__(self, name: str | None, *inside: Any, folders: Sequence["Folder"] = (), identifier: int = 0) -> None:
        self.name = name
        self.identifier = identifier or id(self)
        self.sub_folders = list(folders)
        self.number_of_sub_messages = len(inside)
        self._inside = inside

    def get_sub_message(self, at: int) -> Any:
        return self._inside[at]


def kept_bytes(file: Attachment) -> bytes:
    assert file.content is not None
    return b"".join(file.content.blocks())


STORE = b"!BDN" + bytes(60)


@pytest.fixture
def outlook(monkeypatch: pytest.MonkeyPatch) -> list[Folder]:
    """A stand-in for libpff whose only store has what the test puts into this list as its top folder."""
    tops: list[Folder] = []

    class File:
        def open_file_object(self, file: io.BufferedReader) -> None:
            if file.read() != STORE:
                raise OSError("libpff_file_open: unsupported file signature\nmore")

        def get_root_folder(self) -> Folder:
            return tops[0]

        def close(self) -> None:
            tops.clear()

    module = ModuleType("pypff")
    module.file = File  # type: ignore[attr-defined]  # it is a stand-in
    monkeypatch.setitem(sys.modules, "pypff", module)
    return tops


def read(tmp_path: Path) -> list[Item]:
    (tmp_path / "garden.pst").write_bytes(STORE)
    with Dump.open([tmp_path / "garden.pst"]) as dump:
        return list(mail.read(dump, Hints()))


def letters(items: Sequence[Item]) -> list[Message]:
    return [item for item in items if isinstance(item, Message)]


def problems(items: Sequence[Item]) -> list[Problem]:
    return [item for item in items if isinstance(item, Problem)]


HEADERS = (
    "Received: from pond.example by barn.example;\r\n\tSat, 4 Mar 2023 18:02:09 +0100\r\n"
    "From: Nell Oak <nell@example.org>\r\nTo: garden@lists.example.org\r\nSubject: Re: frogs\r\n"
    "Date: Sat, 4 Mar 2023 18:02:07 +0100\r\n"
    "Message-ID: <f2@example.org>\r\nIn-Reply-To: <f1@example.org>\r\nList-Id: Garden <garden.lists.example.org>\r\n"
    "List-Post: <mailto:garden@lists.example.org>\r\nContent-Type: multipart/mixed; boundary=lost\r\n\tfolded\r\n"
    "MIME-Version: 1.0\r\n\r\n"
)


def test_a_message_with_the_headers_it_came_with_is_read_by_them(tmp_path: Path, outlook: list[Folder]) -> None:
    stored = Stored(2097188, headers=HEADERS, subject="frogs", plain=b"They are back.\r\n\r\nNell")
    outlook.append(Folder(None, folders=[Folder("Garden", stored)]))
    items = read(tmp_path)
    (letter,) = letters(items)
    assert letter.text == "They are back.\n\nNell"
    assert (letter.native_id, letter.subject, letter.references) == (
        "<f2@example.org>",
        "Re: frogs",
        ("f1@example.org",),
    )
    assert letter.sender is not None
    assert (letter.sender.name, letter.sender.value) == ("Nell Oak", "nell@example.org")
    assert letter.when.written == "Sat, 4 Mar 2023 18:02:07 +0100"
    assert letter.conversation == "list:garden.lists.example.org"
    assert letter.tags == ("Garden",)
    assert letter.extra == {"outlook": {"message": 2097188, "folder": "Garden"}}
    assert (letter.origin.start, letter.origin.end) == (0, len(STORE))
    assert not problems(items)


def test_a_message_that_was_never_sent_through_the_internet_gets_headers_of_its_fields(
    tmp_path: Path, outlook: list[Folder]
) -> None:
    stored = Stored(
        1, subject="\x01\x05Re: Grüße", sender='Nell "the frog" Oak', plain="Größe: 3 m".encode(),
        to=[("Kofi", "kofi@example.net", 1), ("Ana", "ana@example.org", 2), ("ida@example.org", "ida@example.org", 3)],
        more={
            0x0C1F: "/O=GARDEN/CN=NELL", 0x5D01: "nell@example.org", 0x1035: "<g@garden.example>",
            0x0E07: 1, 0x1081: 102,
        },
    )  # fmt: skip
    outlook.append(Folder("IPM_SUBTREE", stored))
    (letter,) = letters(read(tmp_path))
    assert (letter.subject, letter.text, letter.native_id) == ("Re: Grüße", "Größe: 3 m", "<g@garden.example>")
    assert letter.sender is not None
    assert (letter.sender.name, letter.sender.value) == ('Nell "the frog" Oak', "nell@example.org")
    assert [one.value for one in letter.recipients] == ["kofi@example.net", "ana@example.org", "ida@example.org"]
    assert letter.when.at is not None
    assert letter.when.at.isoformat() == "2023-03-04T18:02:00+00:00"
    assert letter.tags == ("seen", "answered")
    assert letter.conversation == "mailbox:garden"


def test_html_is_read_in_its_code_page_and_plain_text_comes_first(tmp_path: Path, outlook: list[Folder]) -> None:
    html = Stored(1, html="<p>Wie groß?</p>".encode("cp1252"), more={0x3FDE: 28591})
    both = Stored(2, html=b"<p>as HTML</p>", plain=b"as text\0", more={0x3FDE: 65001})
    outlook.append(Folder("Inbox", html, both))
    one, two = letters(read(tmp_path))
    assert one.text == "Wie groß?"
    assert one.html is not None
    assert (two.text, two.html) == ("as text", None)
    assert two.tags == ()


def test_rtf_is_read_where_there_is_nothing_else(tmp_path: Path, outlook: list[Folder]) -> None:
    formatted = rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\pard Frogs \'e4re b\u228\'e4ck.\par Nell}"
    outlook.append(Folder("Sent", Stored(1, formatted=formatted), Stored(2)))
    one, two = letters(read(tmp_path))
    assert one.text == "Frogs äre bäck.\nNell"
    assert two.extra is not None
    assert two.extra["no_text"] == "empty"


def test_files_come_out_as_they_went_in(tmp_path: Path, outlook: list[Folder]) -> None:
    data = bytes(range(256)) + b"\r\n--=_archive.1.1--\n\r"
    files = [
        Attached(data, name='frog "one".bin', mime="image/x-frog", content_id="frog@pond"),
        Attached(b"", name="nothing.txt"),
        Attached(b"x", mime="no type at all"),
    ]
    outlook.append(Folder("Inbox", Stored(7, plain=b"see", html=b"<p>see</p>", files=files)))
    (letter,) = letters(read(tmp_path))
    assert letter.text == "see"
    first, second, third = letter.attachments
    assert (first.name, first.media_type, kept_bytes(first)) == ("frog one.bin", "image/x-frog", data)
    assert (second.name, kept_bytes(second)) == ("nothing.txt", b"")
    assert (third.name, third.media_type, kept_bytes(third)) == (None, "application/octet-stream", b"x")


def test_a_message_in_a_message_is_read_as_forwarded(tmp_path: Path, outlook: list[Folder]) -> None:
    inner = Stored(3, subject="Newts", plain=b"Newts, too.", files=[Attached(b"newt", name="newt.bin")])
    outlook.append(Folder("Inbox", Stored(2, plain=b"Look:", files=[Attached(inner=inner)])))
    (letter,) = letters(read(tmp_path))
    assert "Look:" in letter.text
    assert "Subject Newts" in letter.text
    assert "Newts, too." in letter.text
    assert [file.name for file in letter.attachments] == ["newt.bin"]


def test_messages_without_end_in_one_another_are_cut_with_a_note() -> None:
    stored = Stored(1, plain=b"the innermost")
    for number in range(2, 20):
        stored = Stored(number, plain=b"around", files=[Attached(inner=stored, name="mail")])
    letter = built(stored)
    assert letter.raw.count(b"message/rfc822") == 10
    assert letter.notes == ("“mail”, a message within 10 others, was left in the store",)


def test_a_large_letter_goes_through_a_temporary_file() -> None:
    data = os.urandom(1 << 20) * 10
    letter = built(Stored(1, plain=b"film", files=[Attached(data, name="film.mp4")]))
    assert letter.size > BIG > len(letter.raw)
    assert letter.whole is not None
    with letter.whole as whole:
        assert data in whole.read()


def test_what_is_damaged_is_told_and_the_rest_is_read(tmp_path: Path, outlook: list[Folder]) -> None:
    torn = Stored(4, plain=b"here", files=[Attached(b"0123456789", torn=4, name="torn.bin")])
    pond = Folder("Pond", Broken(3), torn, Stored(5, more={0x001A: "IPM.Appointment"}))
    outlook.append(Folder(None, folders=[pond]))
    items = read(tmp_path)
    (letter,) = letters(items)
    assert kept_bytes(letter.attachments[0]) == b"0123"
    assert [(one.what, one.loss) for one in problems(items)] == [
        ("unreadable letter", "message"),
        ("unreadable file in a letter", "detail"),
        ("no letters", "nothing"),
    ]
    notes = [one.note for one in problems(items)]
    assert "In “Pond”, message 3 could not be read: pypff_item: unable to retrieve record set" in notes[0]
    assert "more than a person needs" not in notes[0]
    assert "message 4: “torn.bin” could not be read to its end: unable to read" in notes[1]
    assert "1 appointments, contacts, tasks and notes were left" in notes[2]


def test_folders_that_hold_themselves_and_folders_that_are_torn_do_not_stop_it(outlook: list[Folder]) -> None:
    class Torn(Folder):
        @property
        def number_of_sub_messages(self) -> int:
            raise OSError("unable to count")

        @number_of_sub_messages.setter
        def number_of_sub_messages(self, _: int) -> None:
            return None

        @property
        def sub_folders(self) -> list[Folder]:
            raise OSError("")

        @sub_folders.setter
        def sub_folders(self, _: list[Folder]) -> None:
            return None

    round_ = Folder("Round", Stored(1, plain=b"once"))
    round_.sub_folders = [round_]
    outlook.append(Folder(None, folders=[Torn("Torn"), round_]))
    found = list(messages(io.BytesIO(STORE)))
    assert [one.what for one in found if isinstance(one, Left)] == ["unreadable folder", "unreadable folder"]
    assert {one.number for one in found if isinstance(one, Found)} == {1}


def test_a_store_that_cannot_be_opened_is_an_unreadable_file(tmp_path: Path, outlook: list[Folder]) -> None:
    del outlook[:]
    (tmp_path / "bad.pst").write_bytes(STORE + b"torn")
    with Dump.open([tmp_path / "bad.pst"]) as dump:
        (problem,) = mail.read(dump, Hints())
    assert isinstance(problem, Problem)
    assert problem.loss == "file"
    assert "libpff_file_open: unsupported file signature" in problem.note


def test_without_libpff_a_store_alone_is_an_error_that_says_what_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pypff", None)
    (tmp_path / "garden.pst").write_bytes(STORE)
    with pytest.raises(DumpError) as caught:
        ingest(tmp_path / "archive", Request([tmp_path / "garden.pst"]))
    assert INSTALL in caught.value.remedy
    with pytest.raises(DumpError):
        libpff()


def test_without_libpff_other_mail_is_read_and_the_store_can_be_imported_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "garden.pst").write_bytes(STORE)
    (folder / "one.eml").write_bytes(
        b"From: nell@example.org\nDate: Sat, 4 Mar 2023 18:02:07 +0000\nSubject: x\n\nNewts.\n"
    )
    monkeypatch.setitem(sys.modules, "pypff", None)
    (report,) = ingest(tmp_path / "archive", Request([folder]))
    assert report.counts["new"] == 1
    assert report.losses == 1
    assert any(INSTALL in problem.note for problem in report.problems)


def test_a_store_is_imported_once_and_its_zip_again_adds_nothing(tmp_path: Path, outlook: list[Folder]) -> None:
    (tmp_path / "garden.pst").write_bytes(STORE)
    with ZipFile(tmp_path / "garden.zip", "w") as packed:
        packed.write(tmp_path / "garden.pst", "garden.pst")
    for name, new in (("garden.pst", 1), ("garden.zip", 0)):
        outlook[:] = [Folder("Inbox", Stored(1, plain=b"Newts.", more={0x1035: "<n@example.org>"}))]
        (report,) = ingest(tmp_path / "archive", Request([tmp_path / name]))
        assert (report.counts["new"], report.counts["duplicate"]) == (new, 1 - new)


def exported(folder: Path) -> bytes:
    with store.open_archive(folder) as archive:
        return b"".join(mbox.blocks(StoredLibrary(archive)))


def told(folder: Path) -> list[dict[str, object]]:
    """What programs are told of the messages, without what differs from archive to archive."""
    with store.open_archive(folder) as archive:
        library = StoredLibrary(archive)
        found = [message for one in library.conversations() for message in library.messages(one.id)]
        return [
            {
                "sender": message.sender and (message.sender.name, message.sender.value),
                "to": [(one.name, one.value) for one in message.recipients],
                "at": message.at,
                "subject": message.subject,
                "text": message.text,
                "files": [(file.name, file.media_type, file.sha256) for file in message.attachments],
            }
            for message in found
        ]


def test_what_came_in_a_store_comes_out_of_it_as_letters_that_say_they_were_built_anew(
    tmp_path: Path, outlook: list[Folder]
) -> None:
    (tmp_path / "garden.pst").write_bytes(STORE)
    outlook.append(
        Folder(
            "Inbox",
            Stored(
                1, plain="Newts in the pond…\nFrom now on we count them.\n=?no?=".encode(), subject="Molche & Kröten",
                more={0x1035: "<n1@example.org>", 0x0C1F: "nell@example.org"},
                to=[("Kofi, the baker", "kofi@example.net", 1), ("Marín", "marin@example.net", 2)],
                files=[Attached(b"\x89PNG\r\n\x1a\nnewt" * 9000, name="Wassermölch.png", mime="image/png")],
            ),
            Stored(
                2, html=b"<p>Seven <b>newts</b>.</p>", more={0x1035: "<n2@example.org>", 0x1042: "<n1@example.org>"}
            ),
            Stored(3, plain=b"", sender="", subject="", sent=None),
        )
    )  # fmt: skip
    ingest(tmp_path / "archive", Request([tmp_path / "garden.pst"]))
    rebuilt = exported(tmp_path / "archive")
    assert rebuilt.count(b"\nX-Archive-Rebuilt: from what was read in a store of Outlook") == 3
    assert exported(tmp_path / "archive") == rebuilt
    (tmp_path / "rebuilt.mbox").write_bytes(rebuilt)
    (report,) = ingest(tmp_path / "again", Request([tmp_path / "rebuilt.mbox"]))
    assert (report.counts["new"], report.counts["problems"]) == (3, 0)
    assert told(tmp_path / "again")[:2] == told(tmp_path / "archive")[:2]
    with store.open_archive(tmp_path / "again") as archive:
        assert archive.connection.execute("select count(*) from thread where joined = 'reference'").fetchone() == (1,)
    (report,) = ingest(tmp_path / "archive", Request([tmp_path / "rebuilt.mbox"]))
    assert report.counts["new"] == 0


def test_who_exports_an_mbox_is_told_how_many_letters_were_built_anew(
    tmp_path: Path, outlook: list[Folder], capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "garden.pst").write_bytes(STORE)
    (tmp_path / "one.eml").write_bytes(b"From: ann@example.org\nMessage-ID: <o@example.org>\nSubject: Peas\n\nUp.\n")
    for name in ("garden.pst", "one.eml"):
        outlook[:] = [Folder("Inbox", Stored(1, plain=b"Newts."), Stored(2, plain=b"Frogs.", subject="Frogs, too"))]
        ingest(tmp_path / "archive", Request([tmp_path / name]))
    run(["--archive", str(tmp_path / "archive"), "export", "mbox", "-"])
    out, talk = capfd.readouterr()
    assert out.count("\nX-Archive-Rebuilt: ") == 2
    assert "2 letters from Outlook's stores" in " ".join(talk.split())
    assert "Subject: Peas\n\nUp.\n" in out


def test_detect_tells_what_is_in_a_store(tmp_path: Path, outlook: list[Folder]) -> None:
    (tmp_path / "garden.pst").write_bytes(STORE)
    outlook.append(Folder("Inbox", Stored(1, plain=b"Newts.", more={0x5D01: "nell@example.org"}), Stored(2)))
    with Dump.open([tmp_path / "garden.pst"]) as dump:
        assert mail.identify(dump) == "“garden.pst” is a store of Outlook"
        (finding,) = mail.detect(dump, Hints())
    assert (finding.title, finding.messages, finding.people[0]) == ("garden", 2, ("Nell", 2))


# --- RTF ---


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (rb"{\rtf1 Newts\par\par and frogs\line here\tab there}", "Newts\n\nand frogs\nhere\tthere"),
        (rb"{\rtf1\ansi\ansicpg932 \'83\'4a\'83\'47\'83\'8b}", "カエル"),
        (rb"{\rtf1\uc1\u-10179?\u-9208?}", "🐈"),
        (rb"{\rtf1\uc0\u8364 5}", "€5"),
        (rb"{\rtf1{\*\generator Riched20;}{\pict 0102}{\info{\author Nell}}Kept}", "Kept"),
        (rb"{\rtf1\fromhtml1{\*\htmltag <p>}\htmlrtf \par\htmlrtf0 Kept}", "Kept"),
        (rb"{\rtf1 \{curly\} back\\slash a\~b}", "{curly} back\\slash a\xa0b"),
        (rb"{\rtf1\ansicpg65001 Gr\'c3\'bc\'c3\'9fe", "Grüße"),
        (rb"{\rtf1\ansicpg99 Newts}}}} still", "Newts still"),
        (rb"\'zz\ {", "'zz"),
        (b"", ""),
    ],
)
def test_rtf_is_read_as_text(written: bytes, text: str) -> None:
    assert rtf.text(written) == text


# --- real stores, where somebody has some ---


@pytest.mark.skipif("ARCHIVE_PST_FOLDER" not in os.environ, reason="ARCHIVE_PST_FOLDER names no folder of stores")
def test_real_stores_are_read_to_their_last_letter() -> None:
    pytest.importorskip("pypff")
    stores = sorted(Path(os.environ["ARCHIVE_PST_FOLDER"]).glob("*.[po]st"))
    assert stores
    for path in stores:
        with Dump.open([path]) as dump:
            items = list(mail.read(dump, Hints()))
        assert letters(items)
        assert {type(item) for item in items} <= {Conversation, Message, Problem}
        assert not [problem for problem in problems(items) if problem.loss in {"message", "file"}]
        assert all(letter.sender and letter.when.at for letter in letters(items))
