"""What was redacted is in no byte of the archive, of exports and of later sites, and no import brings it back."""

import base64
import gzip
import io
import json
import sqlite3
import zipfile
from collections.abc import Sequence
from contextlib import closing, redirect_stdout
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path

import pytest

from archiver.__main__ import run as command
from archiver.errors import StoreError
from archiver.store import archive as store
from archiver.store import graves, reads, tombs
from archiver.store.digest import digest
from tests.hostile.zips import Part, pack
from tests.talk import sound
from tests.traces import traces

SECRET = "The gate code is quagmire seven zebrafish"
WORDS = ("quagmire", "zebrafish")
ANDROID = """12/05/2023, 09:30 - Ana Ruiz: The water tank leaks again, who has tape?
12/05/2023, 09:31 - Kofi Mensah: I have tape, and a bucket, and time
12/05/2023, 09:33 - Ana Ruiz: {secret}
so write it down
12/05/2023, 09:34 - Kofi Mensah: ok
12/05/2023, 09:35 - Iwo: Kofi brings the bucket on Tuesday, kofi you are a star
12/05/2023, 09:40 - Ana Ruiz: The frog is back under the third bed
12/05/2023, 09:41 - Iwo: It never left, it has only moved to the shade
12/05/2023, 09:44 - Ana Ruiz: Then it shall have a stone of its own
12/05/2023, 09:50 - Iwo: Stones we have, more than beans
"""
IPHONE = """[12.05.23, 11:30:04] Ana (Garden): The water tank leaks again, who has tape?
[12.05.23, 11:31:09] Kofi: I have tape, and a bucket, and time
[12.05.23, 11:33:41] Ana (Garden): {secret}
so write it down
[12.05.23, 11:34:00] Kofi: ok
[12.05.23, 11:35:20] ~ Iwo: Kofi brings the bucket on Tuesday, kofi you are a star
[12.05.23, 11:40:12] Ana (Garden): The frog is back under the third bed
[12.05.23, 11:41:55] ~ Iwo: It never left, it has only moved to the shade
[12.05.23, 11:44:02] Ana (Garden): Then it shall have a stone of its own
[12.05.23, 11:50:31] ~ Iwo: Stones we have, more than beans
[12.05.23, 11:58:00] Kofi: The beans are up!
"""


def run(home: Path, *words: str) -> int:
    """The exit code of a command."""
    return command(["--archive", str(home), *words])


def written(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_bytes(text.encode(encoding))
    return file


def zipped(folder: Path, name: str, files: dict[str, bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as target:
        for member, content in files.items():
            target.writestr(member, content)
    return folder / name


@pytest.fixture
def dumps(tmp_path: Path) -> Path:
    """The same talk from two phones, and a part of it once more."""
    folder = tmp_path / "dumps"
    zipped(folder, "WhatsApp Chat - Harbour.zip", {"_chat.txt": IPHONE.format(secret=SECRET).encode()})
    written(folder, "WhatsApp Chat with Harbour.txt", ANDROID.format(secret=SECRET))
    lines = ANDROID.format(secret=SECRET).splitlines(keepends=True)
    (folder / "part").mkdir()
    written(folder / "part", "WhatsApp Chat with Harbour.txt", "".join(lines[1:8]))
    return folder


def bring(home: Path, *files: Path, zone: str = "UTC") -> None:
    assert run(home, "import", "--zone", zone, "--date-order", "dmy", *map(str, files)) == 0


def id_of(home: Path, words: str) -> str:
    with store.open_archive(home) as archive:
        rows = archive.connection.execute("select id from message where instr(text, ?)", (words,)).fetchall()
        return reads.load(archive.connection, [rows[0][0]])[0].id


def texts(home: Path) -> list[str]:
    with store.open_archive(home) as archive:
        return [
            text
            for (text,) in archive.connection.execute(
                "select text from message where duplicate_of is null and text <> '' order by sent_at, id"
            )
        ]


def state(home: Path) -> str:
    with store.open_archive(home, write=True) as archive:
        assert sound(archive)
        return digest(archive.connection)


def everything(home: Path, target: Path) -> None:
    """All that can come out of an archive, into *target*."""
    target.mkdir(exist_ok=True)
    with store.open_archive(home) as archive:
        ids = [str(one.id) for one in reads.conversations(archive.connection)]
    wanted = [word for number in ids for word in ("--conversation", number)]
    wanted += ["--names", "real", "--allow", "secret", "--allow", "code"]
    assert run(home, "publish", str(target / "site"), *wanted, "--accept", accepted(home, target / "site", wanted)) == 0
    assert run(home, "export", "jsonl", str(target / "all.jsonl")) == 0
    assert run(home, "export", "mbox", str(target / "all.mbox")) == 0


def accepted(home: Path, site: Path, wanted: Sequence[str]) -> str:
    """The hash of what a preview of this publish tells."""
    with redirect_stdout(io.StringIO()) as told:
        assert run(home, "publish", str(site), *wanted, "--preview", "--json") == 0
    return str(json.loads(told.getvalue())["hash"])


def gone(home: Path, target: Path, words: Sequence[str]) -> None:
    everything(home, target)
    assert traces(home, words) == []
    assert traces(target, words) == []


def test_the_search_for_traces_finds_them_wherever_they_hide(tmp_path: Path, dumps: Path) -> None:
    home = tmp_path / "home"
    bring(home, dumps / "WhatsApp Chat - Harbour.zip")
    everything(home, tmp_path / "out")
    found = {line.split(":")[0].split("/")[0] for line in traces(home, WORDS)}
    assert found == {"archive.db", "blobs"}
    assert {line.split(":")[0].split("/")[0] for line in traces(tmp_path / "out", WORDS)} == {"site", "all.jsonl"}
    packed = traces(home, WORDS)
    assert len({line for line in packed if line.startswith("blobs") and "quagmire" in line}) == 2, "the zip, and in it"


def test_a_redacted_message_is_in_no_byte_and_no_copy_of_it_brings_it_back(tmp_path: Path, dumps: Path) -> None:
    home = tmp_path / "home"
    first, other, part = dumps / "WhatsApp Chat - Harbour.zip", dumps / "WhatsApp Chat with Harbour.txt", dumps / "part"
    bring(home, first, zone="Europe/Berlin")
    message = id_of(home, "quagmire")
    before = texts(home)
    assert run(home, "redact", message, "--reason", "a secret", "--yes") == 0
    gone(home, tmp_path / "out", WORDS)
    assert texts(home) == [text for text in before if "quagmire" not in text]
    after = state(home)
    bring(home, first, zone="Europe/Berlin")
    assert state(home) == after, "the same file is known"
    bring(home, part / "WhatsApp Chat with Harbour.txt")
    gone(home, tmp_path / "out", WORDS)
    bring(home, other)
    gone(home, tmp_path / "out", WORDS)
    assert texts(home) == [text for text in before if "quagmire" not in text]


def test_an_edited_telling_of_a_redacted_message_does_not_bring_it_back(tmp_path: Path, dumps: Path) -> None:
    home = tmp_path / "home"
    bring(home, dumps / "WhatsApp Chat with Harbour.txt")
    run(home, "redact", id_of(home, "quagmire"), "--reason", "r", "--yes")
    edited = ANDROID.format(secret="Friends! " + SECRET + " since Monday, so they say").replace(
        "bucket, and time", "pail"
    )
    bring(home, written(tmp_path / "edited", "WhatsApp Chat with Harbour.txt", edited))
    gone(home, tmp_path / "out", WORDS)
    assert len(texts(home)) == 9
    assert not any("Friends!" in text for text in texts(home)), "it is the message without words"


def test_a_redacted_message_stays_as_a_tombstone_under_the_address_it_had(
    tmp_path: Path, dumps: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    bring(home, dumps / "WhatsApp Chat with Harbour.txt")
    message = id_of(home, "quagmire")
    everything(home, tmp_path / "before")
    run(home, "redact", message, "--reason", "asked <by> Ana", "--yes")
    everything(home, tmp_path / "after")
    capsys.readouterr()
    assert run(home, "show", message) == 0
    shown = capsys.readouterr().out
    assert "taken out of the archive on 20" in shown
    assert "asked <by> Ana" in shown
    assert run(home, "search", "--json", "from:ana") == 0
    faces = [one for one in json.loads(capsys.readouterr().out)["messages"] if one["kind"] == "redacted"]
    assert [one["redacted"]["reason"] for one in faces] == ["asked <by> Ana"]
    pages = [
        "".join(file.read_text("utf-8") for file in (tmp_path / name / "site").rglob("*.html"))
        for name in ("before", "after")
    ]
    addresses = [{piece.split('"')[0] for piece in page.split('id="m-')[1:]} for page in pages]
    assert addresses[0] == addresses[1]
    assert "Taken out of the archive." in pages[1]
    assert "asked &lt;by&gt; Ana" in pages[1]


def test_what_is_kept_of_a_redacted_message_are_its_time_and_its_writer_and_true_byte_ranges(
    tmp_path: Path, dumps: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    given = dumps / "WhatsApp Chat with Harbour.txt"
    bring(home, given)
    message, frog = id_of(home, "quagmire"), id_of(home, "frog")
    run(home, "redact", message, "--reason", "why", "--yes")
    capsys.readouterr()
    run(home, "show", "--raw", message)
    raw = capsys.readouterr().out
    assert raw.startswith("12/05/2023, 09:33 - Ana Ruiz: XXX")
    assert set(raw.split("Ruiz: ")[1]) == {"X", "\n"}
    run(home, "show", "--raw", frog)
    assert capsys.readouterr().out == "12/05/2023, 09:40 - Ana Ruiz: The frog is back under the third bed\n"
    with store.open_archive(home) as archive:
        (sha256, size, rewritten) = archive.connection.execute(
            "select sha256, size, rewritten from source_file"
        ).fetchone()
        assert size == given.stat().st_size == archive.blobs.path(sha256).stat().st_size
        assert json.loads(rewritten)["bytes"] > len(SECRET) // 2
        event, detail = archive.connection.execute("select event, detail from audit order by id desc").fetchone()
    assert event == "redaction"
    assert json.loads(detail)["messages"] == 1


@pytest.mark.parametrize("wish", [("--words", "quagmire seven"), ("--pattern", "quag.*ven")])
def test_words_are_taken_out_of_all_messages_and_the_rest_of_these_stays(
    tmp_path: Path, dumps: Path, wish: tuple[str, str]
) -> None:
    home = tmp_path / "home"
    bring(home, dumps / "WhatsApp Chat with Harbour.txt")
    before = state(home)
    assert run(home, "redact", *wish, "--reason", "too much of a mire", "--yes") == 0
    assert "The gate code is ████████ █████ zebrafish\nso write it down" in texts(home)
    gone(home, tmp_path / "out", ["quagmire"])
    after = state(home)
    assert after != before
    bring(home, dumps / "WhatsApp Chat - Harbour.zip", zone="Europe/Berlin")
    bring(home, dumps / "part" / "WhatsApp Chat with Harbour.txt")
    gone(home, tmp_path / "out", ["quagmire"])
    assert sum("zebrafish" in text for text in texts(home)) == 1


def test_words_of_some_messages_stay_in_others(tmp_path: Path, dumps: Path) -> None:
    home = tmp_path / "home"
    bring(home, dumps / "WhatsApp Chat with Harbour.txt")
    run(home, "redact", id_of(home, "brings"), "--words", "bucket", "--reason", "r", "--yes")
    assert sum("bucket" in text for text in texts(home)) == 1
    assert "Kofi brings the ██████ on Tuesday, kofi you are a star" in texts(home)


def test_undo_and_import_again_bring_no_word_back(tmp_path: Path, dumps: Path) -> None:
    home = tmp_path / "home"
    chat = dumps / "WhatsApp Chat with Harbour.txt"
    bring(home, chat)
    run(home, "redact", id_of(home, "quagmire"), "--reason", "r", "--yes")
    after = state(home)
    bring(home, dumps / "part" / "WhatsApp Chat with Harbour.txt")
    assert run(home, "imports", "undo", "2") == 0
    assert state(home) == after
    assert run(home, "imports", "undo", "1") == 0
    assert traces(home, WORDS) == []
    bring(home, chat)
    assert state(home) == after
    gone(home, tmp_path / "out", WORDS)


def test_a_file_that_only_a_redacted_message_has_goes_out_of_the_zip_too(tmp_path: Path) -> None:
    home, dumps = tmp_path / "home", tmp_path / "dumps"
    talk = "[12.05.23, 11:30:04] Ana: ‎<attached: 00001-PHOTO.jpg>\n[12.05.23, 11:31:04] Bo: What a fine leek\n"
    photo = b"\xff\xd8\xff\xe0 a rhinoceros in the beans"
    chat = zipped(dumps, "WhatsApp Chat - Leeks.zip", {"_chat.txt": talk.encode(), "00001-PHOTO.jpg": photo})
    bring(home, chat)
    with store.open_archive(home) as archive:
        (row,) = archive.connection.execute("select message_id from attachment where state = 'present'").fetchone()
        message = reads.load(archive.connection, [row])[0].id
    assert traces(home, ["rhinoceros"])
    run(home, "redact", message, "--reason", "r", "--yes")
    gone(home, tmp_path / "out", ["rhinoceros"])
    more = talk + "[12.05.23, 11:35:04] Bo: And what a fine leaf\n"
    bring(
        home,
        zipped(tmp_path / "later", "WhatsApp Chat - Leeks.zip", {"_chat.txt": more.encode(), "00001-PHOTO.jpg": photo}),
    )
    gone(home, tmp_path / "out", ["rhinoceros"])
    assert texts(home) == ["What a fine leek", "And what a fine leaf"]


BURIED = "Dear all, the treasure is buried under the old quince tree, please do not tell the heron."
HEAD = """From {who}@example.org Mon May  1 09:0{n}:00 2023
Message-ID: <{n}@{who}.example.org>
Date: Mon, 1 May 2023 09:0{n}:00 +0000
From: {name} <{who}@example.org>
To: list@example.org
Subject: {subject}
"""
ANSWER = """In-Reply-To: <1@kofi.example.org>
References: <1@kofi.example.org>

On Mon, 1 May 2023, Kofi Mensah wrote:
> Dear all, the treasure is buried under the old
> quince tree, please do not tell the heron.

I told nobody but Kofi and the gooseberries.

"""
HTML = """Content-Type: text/html; charset=utf-8

<p>Did <b>Ko</b><b>fi</b> Mensah bring gooseberries?</p>

"""


def letters() -> bytes:
    """A letter in base64, one that quotes it, and one in HTML that names its writer in pieces."""
    coded = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
    coded += base64.encodebytes(BURIED.encode() + b"\n").decode() + "\n"
    first = HEAD.format(who="kofi", n=1, name="Kofi Mensah", subject="The treasure") + coded
    second = HEAD.format(who="ana", n=2, name="Ana Ruiz", subject="Re: The treasure") + ANSWER
    subject = "=?utf-8?q?Re=3A_Kofi_Mensah=27s_gooseberries?="
    third = HEAD.format(who="iwo", n=3, name="Iwo", subject=subject) + HTML
    return (first + second + third).encode()


@pytest.mark.parametrize("packed", [False, True])
def test_a_redacted_letter_goes_from_the_letters_that_quote_it(tmp_path: Path, *, packed: bool) -> None:
    home, dumps = tmp_path / "home", tmp_path / "dumps"
    dumps.mkdir()
    box = dumps / ("list.mbox.gz" if packed else "list.mbox")
    box.write_bytes(gzip.compress(letters()) if packed else letters())
    bring(home, box)
    message = id_of(home, "Dear all")
    run(home, "redact", message, "--reason", "r", "--yes")
    assert "I told nobody but Kofi and the gooseberries." in " ".join(texts(home))
    gone(home, tmp_path / "out", ["quince", "buried", "heron"])
    after = state(home)
    other = dumps / "mine.mbox"
    other.write_bytes(letters().replace(b"Subject: The treasure", b"X-Mine: yes\nSubject: The treasure"))
    bring(home, other)
    gone(home, tmp_path / "out", ["quince", "buried", "heron"])
    assert run(home, "imports", "undo", "2") == 0
    assert state(home) == after


def test_somebody_forgotten_is_named_nowhere(tmp_path: Path, dumps: Path) -> None:
    home = tmp_path / "home"
    box = dumps / "list.mbox"
    box.write_bytes(letters())
    bring(home, dumps / "WhatsApp Chat with Harbour.txt")
    bring(home, box)
    with store.open_archive(home) as archive:
        people = [row for (row,) in archive.connection.execute("select id from person where name like 'Kofi%'")]
    names = ["kofi", "mensah", "quince", "heron", "I have tape, and a bucket"]
    for person in people:
        assert run(home, "forget", str(person), "--reason", "asked to be forgotten", "--yes") == 0
    gone(home, tmp_path / "out", names)
    assert "████ brings the bucket on Tuesday, ████ you are a star" in texts(home)
    assert "The frog is back under the third bed" in texts(home)
    after = state(home)
    bring(home, dumps / "part" / "WhatsApp Chat with Harbour.txt")
    gone(home, tmp_path / "out", names)
    assert state(home) == after
    mine = dumps / "mine.mbox"
    mine.write_bytes(letters().replace(b"To: list", b"X-Mine: 1\nTo: list"))
    bring(home, mine)
    gone(home, tmp_path / "out", names)
    assert run(home, "imports", "undo", "4") == 0
    assert state(home) == after
    with store.open_archive(home) as archive:
        events = [event for (event,) in archive.connection.execute("select event from audit order by id")]
    assert "deletion" in events


def test_the_copy_of_an_older_database_goes_too(tmp_path: Path, dumps: Path) -> None:
    home = tmp_path / "home"
    bring(home, dumps / "WhatsApp Chat with Harbour.txt")
    (home / "archive.db.v1-backup").write_bytes((home / "archive.db").read_bytes())
    run(home, "redact", id_of(home, "quagmire"), "--reason", "r", "--yes")
    assert traces(home, WORDS) == []


def test_an_interrupted_redaction_is_brought_to_its_end_by_the_next_writer(
    tmp_path: Path, dumps: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from archiver.store import redact, removal

    home = tmp_path / "home"
    bring(home, dumps / "WhatsApp Chat with Harbour.txt")
    message = id_of(home, "quagmire")
    with monkeypatch.context() as patch:
        patch.setattr(redact, "_remove_contents", _dies)
        with store.writing(home) as archive:
            plan = removal.plan_messages(archive, graves.find(archive, message), "r")
            with pytest.raises(KeyboardInterrupt):
                redact.redact(archive, plan)
    assert traces(home, WORDS), "the old original is still there"
    with store.writing(home):
        pass
    assert traces(home, WORDS) == []
    state(home)


def _dies(*_: object) -> None:
    raise KeyboardInterrupt


def test_what_cannot_be_meant_is_refused_with_the_next_step(
    tmp_path: Path, dumps: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    bring(home, dumps / "WhatsApp Chat with Harbour.txt")
    before = state(home)
    message = id_of(home, "quagmire")
    wishes: list[tuple[str, ...]] = [
        ("redact", "--reason", "r"),
        ("redact", message),
        ("redact", "202305120933-00000000", "--reason", "r"),
        ("redact", "--search", "rhododendron", "--reason", "r"),
        ("redact", "--words", "a", "--pattern", "b", "--reason", "r"),
        ("redact", "--pattern", "(", "--reason", "r"),
        ("redact", "--pattern", "a*", "--reason", "r"),
        ("redact", "--words", "  ", "--reason", "r"),
        ("forget", "Nobody", "--reason", "r", "--yes"),
        ("redact", message, "--reason", "r"),
    ]
    assert [run(home, *wish) for wish in wishes] == [2] * len(wishes)
    assert run(home, "redact", "--words", "rhododendron", "--reason", "r", "--yes") == 1
    assert run(home, "redact", message, "--reason", "r", "--dry-run") == 0
    assert state(home) == before
    assert "quagmire" in capsys.readouterr().err, "the preview shows what would go"


def test_a_sealed_id_says_nothing_without_the_secret(tmp_path: Path, dumps: Path) -> None:
    ids = []
    for name in ("one", "other"):
        home = tmp_path / name
        bring(home, dumps / "WhatsApp Chat with Harbour.txt")
        message = id_of(home, "quagmire")
        run(home, "redact", message, "--reason", "r", "--yes")
        with store.open_archive(home) as archive:
            (row,) = graves.find(archive, message)
            ids.append(reads.load(archive.connection, [row])[0].id)
    assert ids[0] != ids[1] != message


def test_free_pages_hold_nothing(tmp_path: Path, dumps: Path) -> None:
    home = tmp_path / "home"
    bring(home, dumps / "WhatsApp Chat with Harbour.txt")
    run(home, "redact", id_of(home, "quagmire"), "--reason", "r", "--yes")
    with closing(sqlite3.connect(home / "archive.db")) as sql:
        assert sql.execute("pragma freelist_count").fetchone() == (0,)
        assert sql.execute("select status from redaction").fetchall() == [("done",)]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_a_chat_in_utf_16_is_filled_in_its_own_encoding(tmp_path: Path, encoding: str) -> None:
    home = tmp_path / "home"
    text = ("" if encoding == "utf-16" else "\ufeff") + ANDROID.format(secret=SECRET)
    chat = written(tmp_path / "dumps", "WhatsApp Chat with Harbour.txt", text, encoding)
    bring(home, chat)
    run(home, "redact", id_of(home, "quagmire"), "--reason", "r", "--yes")
    gone(home, tmp_path / "out", WORDS)
    run(home, "redact", "--words", "frog", "--reason", "r", "--yes")
    gone(home, tmp_path / "out", [*WORDS, "frog"])
    with store.open_archive(home) as archive:
        (sha256,) = archive.connection.execute("select sha256 from source_file").fetchone()
        kept = archive.blobs.path(sha256).read_bytes()
    assert len(kept) == chat.stat().st_size
    assert "Ana Ruiz: The XXXX is back" in kept.decode("utf-16" if encoding == "utf-16" else encoding)


def test_words_are_taken_out_of_attached_texts_names_titles_and_zips_in_zips(tmp_path: Path) -> None:
    home, dumps = tmp_path / "home", tmp_path / "dumps"
    card = b"BEGIN:VCARD\nFN:Zebedee Quill\nNOTE:plays the bassoon\nEND:VCARD\n"
    talk = "[12.05.23, 11:30:04] Zebedee Quill: \u200e<attached: Zebedee.vcf>\n[12.05.23, 11:31:04] Bo: Ask Zebedee!\n"
    inner = zipped(dumps, "inner.zip", {"WhatsApp Chat - Zebedee Quill/_chat.txt": talk.encode(),
                                        "WhatsApp Chat - Zebedee Quill/Zebedee.vcf": card})  # fmt: skip
    chat = zipped(tmp_path / "given", "WhatsApp Chat - Zebedee Quill.zip", {"inner.zip": inner.read_bytes()})
    bring(home, chat)
    assert run(home, "redact", "--words", "Zebedee", "--reason", "Zebedee asked", "--yes") == 0
    gone(home, tmp_path / "out", ["zebedee"])
    bring(home, zipped(tmp_path / "again", "WhatsApp Chat - Zebedee Quill.zip", {"_chat.txt": talk.encode()}))
    gone(home, tmp_path / "out", ["zebedee"])


def test_what_somebody_forgotten_says_later_stays_out_too(tmp_path: Path) -> None:
    home = tmp_path / "home"
    card = b"BEGIN:VCARD\nFN:Zebedee Quill\nNOTE:plays the bassoon\nEND:VCARD\n"
    talk = "[12.05.23, 11:30:04] Zebedee Quill: \u200e<attached: Zebedee.vcf>\n[12.05.23, 11:31:04] Bo: Ask Zebedee!\n"
    first = {"_chat.txt": talk.encode(), "Zebedee.vcf": card}
    bring(home, zipped(tmp_path / "given", "WhatsApp Chat - Zebedee Quill.zip", first))
    assert run(home, "forget", "Zebedee Quill", "--reason", "Zebedee asked", "--yes") == 0
    gone(home, tmp_path / "out", ["zebedee", "quill", "bassoon"])
    after = state(home)
    bring(home, zipped(tmp_path / "again", "WhatsApp Chat - Zebedee Quill.zip",
                       {"_chat.txt": talk.encode() + b"[12.05.23, 11:39:04] Zebedee Quill: I am new here\n",
                        "Zebedee.vcf": card}))  # fmt: skip
    gone(home, tmp_path / "out", ["zebedee", "quill", "bassoon", "I am new"])
    run(home, "imports", "undo", "2")
    assert state(home) == after


def test_words_without_spaces_are_found_by_their_signs(tmp_path: Path) -> None:
    home = tmp_path / "home"
    text = ANDROID.format(secret="雨水タンクの鍵は赤い箱の中です").replace("bean", "☘")
    bring(home, written(tmp_path / "dumps", "WhatsApp Chat with Harbour.txt", text))
    assert run(home, "redact", "--words", "赤い箱", "--reason", "r", "--yes") == 0
    gone(home, tmp_path / "out", ["赤い箱"])
    assert any("雨水タンクの鍵は███の中です" in text for text in texts(home))
    assert run(home, "redact", "--words", "☘", "--reason", "r", "--yes") == 0
    gone(home, tmp_path / "out", ["☘"])


def test_a_name_that_is_an_everyday_word_goes_only_where_it_is_written_as_a_name(tmp_path: Path) -> None:
    home = tmp_path / "home"
    text = ANDROID.format(secret="the mint may grow, the beans may not, we may see").replace("Iwo", "May")
    bring(
        home,
        written(tmp_path / "dumps", "WhatsApp Chat with Harbour.txt", text + "13/05/2023, 10:00 - Bo: May said so\n"),
    )
    assert run(home, "forget", "May", "--reason", "r", "--also", "Iwo", "--yes") == 0
    assert "the mint may grow, the beans may not, we may see\nso write it down" in texts(home)
    assert "███ said so" in texts(home)
    with store.open_archive(home) as archive:
        assert not archive.connection.execute("select 1 from identity where name = 'May'").fetchall()


def test_a_part_of_a_name_can_be_kept_and_of_a_name_of_two_only_what_is_their_own_goes(tmp_path: Path) -> None:
    home = tmp_path / "home"
    text = ANDROID.format(secret="Reed and Kofi and Mensah and more").replace("Iwo", "Ana Reed")
    bring(home, written(tmp_path / "dumps", "WhatsApp Chat with Harbour.txt", text))
    assert run(home, "forget", "Kofi Mensah", "--reason", "r", "--keep", "Mensah", "--yes") == 0
    assert "Reed and ████ and Mensah and more\nso write it down" in texts(home)
    assert run(home, "forget", "Ana Reed", "--reason", "r", "--yes") == 0
    with store.open_archive(home) as archive:
        assert archive.connection.execute("select 1 from identity where name = 'Ana Ruiz'").fetchall()


def test_redacting_twice_changes_nothing_and_says_so(
    tmp_path: Path, dumps: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    bring(home, dumps / "WhatsApp Chat with Harbour.txt")
    message = id_of(home, "quagmire")
    run(home, "redact", message, "--reason", "r", "--yes")
    after = state(home)
    capsys.readouterr()
    assert run(home, "redact", message, "--reason", "other", "--yes", "--json") == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["redaction"] is None
    assert "gone already" in said.err
    assert state(home) == after
    assert run(home, "redact", "--search", "frog", "--reason", "r", "--yes", "--json") == 0
    assert json.loads(capsys.readouterr().out)["messages"] == 1
    assert run(home, "redact", "--words", "beans", "--reason", "r", "--dry-run", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"messages": 0, "parts": 1, "attachments": 0}


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("\n", 1), ("no\n", 1)])
def test_somebody_at_a_terminal_is_asked(
    tmp_path: Path, dumps: Path, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    home = tmp_path / "home"
    bring(home, dumps / "WhatsApp Chat with Harbour.txt")
    message = id_of(home, "quagmire")
    monkeypatch.setattr("sys.stdin", _Terminal(answer))
    assert run(home, "redact", message, "--reason", "r") == code
    assert bool(traces(home, WORDS)) == bool(code)


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_message_that_is_undated_or_told_by_somebody_with_no_name_is_known_again(tmp_path: Path, dumps: Path) -> None:
    home = tmp_path / "home"
    bring(home, dumps / "WhatsApp Chat with Harbour.txt")
    run(home, "redact", id_of(home, "quagmire"), "--reason", "r", "--yes")
    with store.open_archive(home) as archive:
        known = tombs.load(archive)
    assert known.alike(SECRET, -1, 5)
    assert not known.alike("ok", 10, 10), "what everybody says tells nothing"
    assert known.alike("4711", 100, 100 + 60)
    assert not known.alike("4711", 100, 107)
    assert not known.alike(SECRET, 100, 100 + 28 * 60)


def test_a_full_disk_while_compacting_is_told_and_the_next_writer_goes_on(
    tmp_path: Path, dumps: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    bring(home, dumps / "WhatsApp Chat with Harbour.txt")
    message = id_of(home, "quagmire")
    with monkeypatch.context() as patch:
        patch.setattr(store.Archive, "compact", _full)
        assert run(home, "redact", message, "--reason", "r", "--yes") == 1
    assert run(home, "redact", message, "--reason", "r", "--yes") == 0
    assert traces(home, WORDS) == []


def _full(archive: store.Archive) -> None:
    raise StoreError("The archive could not be written.", why="database or disk is full")


def test_what_nobody_can_look_into_goes_out_of_a_zip_and_the_trail_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, dump = tmp_path / "home", tmp_path / "WhatsApp Chat - Harbour.zip"
    talk = IPHONE.format(secret=SECRET).encode()
    dump.write_bytes(pack([Part("_chat.txt", talk), Part("plan.pdf", flags=1), Part("zebrafish.odd", method=97)]))
    assert run(home, "import", "--zone", "UTC", "--date-order", "dmy", str(dump)) == 3
    assert run(home, "redact", "--words", SECRET.rsplit(" ", 1)[1], "--reason", "r", "--yes") == 0
    assert "2 files in zips nobody can look into" in capsys.readouterr().err
    with store.open_archive(home) as archive:
        (detail,) = archive.connection.execute("select detail from audit where event = 'redaction'").fetchone()
    told = json.loads(detail)
    assert told["left_out"] == 2
    assert [one["left_out"] for one in told["rewritten"] if "left_out" in one] == [["plan.pdf", "█████████.odd"]]
    assert traces(home, ["zebrafish", "plan.pdf.pdf"]) == []


@pytest.mark.parametrize("coding", ["base64", "quoted-printable"])
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_only_the_words_go_out_of_a_letter_that_codes_them(tmp_path: Path, coding: str, kind: str) -> None:
    """In the kept original, too: the rest of the letter can be read there, and the file is as long as it was."""
    home, box = tmp_path / "home", tmp_path / "list.mbox"
    letter = EmailMessage(policy=SMTP)
    letter["From"], letter["Date"], letter["Message-ID"] = "Ana <ana@b>", "Mon, 1 May 2023 09:00:00 +0000", "<1@b>"
    said = f"Dear bäume friends,\n{SECRET}.\n" + "The beans are up and the frog is back. " * 9
    letter.set_content(said if kind == "plain" else f"<html><p>{said}</p></html>", subtype=kind, cte=coding)
    letter.add_attachment("a note on zebrafish, and beans\n", cte="base64", filename="note.txt")
    letter.add_attachment(b"\xff\xd8\xff\0beans" * 99, "image", "jpeg", cte="base64", filename="frog.jpg")
    box.write_bytes(b"From a@b Mon May  1 09:00:00 2023\n" + letter.as_bytes().replace(b"\r\n", b"\n") + b"\n")
    bring(home, box)
    assert run(home, "redact", "--words", "quagmire", "--reason", "r", "--yes") == 0
    assert run(home, "redact", "--words", "zebrafish", "--reason", "r", "--yes") == 0
    gone(home, tmp_path / "out", WORDS)
    with store.open_archive(home) as archive:
        (sha256,) = archive.connection.execute("select sha256 from source_file").fetchone()
        kept = archive.blobs.path(sha256).read_bytes()
    assert len(kept) == box.stat().st_size
    made = message_from_bytes(kept.split(b"\n", 1)[1], policy=default)
    text, note, picture = (str(part.get_content()) for part in made.walk() if not part.is_multipart())
    assert "The gate code is XXXXXXXX seven XXXXXXXXX." in text
    assert text.count("The beans are up and the frog is back.") == 9
    assert note.strip() == "a note on XXXXXXXXX, and beans"
    assert picture.count("beans") == 99
    after = state(home)
    again = tmp_path / "again.mbox"
    again.write_bytes(box.read_bytes().replace(b"From: Ana", b"X-Mine: yes\nFrom: Ana"))
    bring(home, again)
    gone(home, tmp_path / "out", WORDS)
    assert run(home, "imports", "undo", "2") == 0
    assert state(home) == after


def test_an_import_loads_what_was_taken_out_once(tmp_path: Path, dumps: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    bring(home, dumps / "WhatsApp Chat with Harbour.txt")
    assert run(home, "redact", "--words", "bucket", "--reason", "r", "--yes") == 0
    loaded: list[int] = []
    whole = tombs.load

    def counted(archive: store.Archive) -> tombs.Tombs:
        loaded.append(1)
        return whole(archive)

    monkeypatch.setattr(tombs, "load", counted)
    bring(home, dumps / "WhatsApp Chat - Harbour.zip")
    assert len(loaded) == 1
    assert traces(home, ["bucket"]) == []
