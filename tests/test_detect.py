"""What inputs are and why, told before anything is done with them."""

import io
import json
import re
import sys
import zipfile
from pathlib import Path

import pytest
from rich.cells import cell_len

from archiver import detect as house
from archiver import importers
from archiver.contracts import Detected, Hints
from archiver.detect import detect
from archiver.errors import UsageError
from archiver.model import singly
from archiver.ui import reports
from tests import notebook
from tests.test_cli import TXT, ZIP, Archive, archive_in
from tests.whatsapp_chats import android, ios

CHAT = android("Ana: The tank is full", "Bo: <Media omitted>", "Ana: frog.jpg (file attached)")
RECIPE = "Flour\n\nand eggs\nand milk\n"


def one(path: Path, hints: Hints | None = None, source: str | None = None) -> Detected:
    (found,) = detect([path], hints or Hints(), source)
    return found


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def test_a_chat_is_named_with_the_reason_and_with_all_that_an_import_would_assume() -> None:
    found = one(ZIP)
    assert (found.path, found.source) == (str(ZIP), "whatsapp")
    assert "lines at the start of" in found.why
    (chat,) = found.chats
    assert (chat.title, chat.kind) == ("Garden Club", "group")
    assert chat.shape == "iPhone, 24-hour clock, to the second"
    assert (chat.encoding, chat.line_ends) == ("utf-8", "CRLF")
    assert chat.begins.startswith("[04/03/2023, 18:02:11]")
    assert (str(chat.first), str(chat.last)[:10]) == ("2023-03-04 18:02:11", "2024-05-11")
    assert chat.people[0] == ("Nell", 65)
    order, zone = chat.guesses
    assert (order.what, order.value, order.confidence, order.option) == ("date-order", "dmy", 1.0, "--date-order")
    assert (zone.what, zone.option) == ("zone", "--zone")
    assert found.left_alone == ()


def test_it_counts_as_many_messages_and_names_as_many_files_as_reading_does() -> None:
    from archiver.dump import Dump
    from archiver.importers import whatsapp
    from archiver.model import Message

    for path in (ZIP, TXT):
        with Dump.open([path]) as dump:
            messages = [item for item in singly(whatsapp.read(dump, Hints())) if isinstance(item, Message)]
        (chat,) = one(path).chats
        assert chat.messages == len(messages)
        assert chat.attached == {file.member for message in messages for file in message.attachments if file.member}


def test_the_language_of_the_app_is_told_where_it_shows() -> None:
    assert [chat.language for path in (ZIP, TXT) for chat in one(path).chats] == [None, "de"]


def test_of_a_long_chat_the_first_megabyte_is_looked_at(tmp_path: Path) -> None:
    chat = tmp_path / "WhatsApp Chat with Ana.txt"
    day = android(*(f"Ana: {n} grüße 🐸 und noch viel mehr Worte" for n in range(800)))
    chat.write_text("".join(day.replace("13/03", f"13/{month:02}") for month in range(1, 13)) * 2, encoding="utf-8")
    (found,) = one(chat).chats
    assert found.looked == 1 << 20 < found.size
    assert 10_000 < found.messages < 19_200
    assert found.warnings == ()
    assert "in the first 1.0 of 1." in next(line for line, _ in reports._chat(found) if "messages" in line)


def test_the_date_order_can_be_tried_out(tmp_path: Path) -> None:
    chat = write(tmp_path, {"chat.txt": android("Ana: a", "Bo: b").replace("13/03", "04/03")}) / "chat.txt"
    guess = one(chat).chats[0].guesses[0]
    assert (guess.value, guess.confidence < 0.95) == ("dmy", True)
    (told,) = one(chat, Hints(date_order="mdy", zone="Europe/Berlin")).chats
    assert told.guesses == ()
    assert str(told.first)[:10] == "2022-04-03"


def test_what_will_be_warned_about_is_told(tmp_path: Path) -> None:
    torn = android("Ana: a", "Bo: b", "Ana: c").replace("09:01", "09:71")
    chat = write(tmp_path, {"chat.txt": "Before it\n" + torn}) / "chat.txt"
    notes = " ".join(one(chat).chats[0].warnings)
    assert "Before the first message stands: “Before it”" in notes


def test_utf_16_and_lone_crs_are_seen(tmp_path: Path) -> None:
    chat = tmp_path / "chat.txt"
    chat.write_bytes(ios("Ana: a", "Bo: b", end="\r").encode("utf-16"))
    (found,) = one(chat).chats
    assert (found.encoding, found.line_ends, found.messages) == ("utf-16-le", "CR", 2)
    assert found.begins == "[13/03/2022, 09:00:00] Ana: a"


def test_a_file_that_is_not_understood_shows_its_first_lines_and_the_next_step(tmp_path: Path) -> None:
    found = one(write(tmp_path, {"recipe.txt": RECIPE}) / "recipe.txt")
    assert found.source is None
    (left,) = found.left_alone
    assert (left.path, left.lines) == ("recipe.txt", ("Flour", "and eggs"))
    assert "no line begins with a date and a time" in left.why
    assert "--as whatsapp" in found.remedy


@pytest.mark.parametrize(
    ("name", "content", "why", "remedy"),
    [
        ("one.txt", android("Ana: a"), "only one line begins", "WhatsApp Chat with NAME.txt"),
        ("tank.log.txt", "2022-03-13 09:00:01 - INFO: a\n2022-03-13 09:00:02 - INFO: b\n", "log of a program", ""),
        ("wide.txt", "13.03.22".encode("utf-16-le"), "no line begins", "save it as UTF-8"),
        ("msgstore.db.crypt15", b"\x00\x01\x02", "WhatsApp has encrypted", "Export chat"),
        ("tank.md", "# Tank", "no importer reads such a file (text/markdown)", ""),
        ("tank.jpg", b"\xff\xd8\xff\xe0", "no importer reads such a file (image/jpeg)", ""),
        ("tank", b"\x00\x01", "no line begins", "save it as UTF-8"),
    ],
)  # fmt: skip
def test_each_kind_of_stranger_gets_a_reason_of_its_own(
    tmp_path: Path, name: str, content: str | bytes, why: str, remedy: str
) -> None:
    found = one(write(tmp_path, {name: content}) / name)
    assert found.source is None
    assert why in found.left_alone[0].why
    assert remedy in found.left_alone[0].remedy


def test_in_a_folder_of_exports_each_chat_is_named_and_what_is_no_chat_is_left_alone(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "exports",
        {
            "WhatsApp Chat with Ana.txt": CHAT,
            "frog.jpg": b"\xff\xd8\xff\xe0",
            "recipe.pdf": b"%PDF-1.4",
            "recipe.txt": RECIPE,
            "Bo/WhatsApp Chat with Bo.txt": ios("Bo: one", "Ana: two"),
            "papers/deed.pdf": b"%PDF-1.4",
        },
    )
    found = one(folder)
    assert [chat.title for chat in found.chats] == ["Ana", "Bo"]
    assert found.chats[0].attached == {"exports/frog.jpg"}
    assert {left.path: left.why for left in found.left_alone} == {
        "exports/recipe.pdf": "no message of the chat beside it names it",
        "exports/recipe.txt": "no line begins with a date and a time, as a message does",
        "exports/papers/deed.pdf": "no importer reads such a file (application/pdf)",
    }


def test_a_zip_that_a_message_names_is_not_left_alone_member_by_member(tmp_path: Path) -> None:
    seeds = io.BytesIO()
    with zipfile.ZipFile(seeds, "w") as packed:
        packed.writestr("seeds.csv", "courgette,3")
    with zipfile.ZipFile(tmp_path / "chat.zip", "w") as packed:
        packed.writestr("WhatsApp Chat with Ana.txt", CHAT.replace("frog.jpg", "seeds.zip"))
        packed.writestr("seeds.zip", seeds.getvalue())
    found = one(tmp_path / "chat.zip")
    assert found.chats[0].attached == {"chat.zip/seeds.zip"}
    assert found.left_alone == ()


def test_every_input_is_reported_whatever_befalls_the_others(tmp_path: Path) -> None:
    write(tmp_path, {"empty.txt": "", "broken.zip": b"PK\x03\x04 torn", "chat.txt": CHAT})
    paths = [tmp_path / name for name in ("empty.txt", "broken.zip", "nowhere.txt", "chat.txt")]
    found = list(detect(paths, Hints()))
    assert [(each.path, each.source) for each in found] == list(
        zip(map(str, paths), [None, None, None, "whatsapp"], strict=True)
    )
    assert all(each.remedy for each in found[:3])


def test_a_person_may_name_the_source(tmp_path: Path) -> None:
    write(tmp_path, {"chat.txt": CHAT, "recipe.txt": RECIPE})
    assert one(tmp_path / "chat.txt", source="whatsapp").why == "you said so"
    assert one(tmp_path / "recipe.txt", source="whatsapp").source is None
    with pytest.raises(UsageError, match="no source called"):
        one(tmp_path / "chat.txt", source="papyrus")


def test_stdin_is_an_input_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CHAT.encode())))
    found = one(Path("-"))
    assert (found.path, found.chats[0].messages) == ("-", 3)


def test_an_importer_that_cannot_tell_more_is_named_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house, "ALL", importers.shelf(notebook))
    write(tmp_path, {"book.txt": "notebook: Choir\n", "recipe.txt": RECIPE})
    assert one(tmp_path / "book.txt") == Detected(str(tmp_path / "book.txt"), "notebook", "it says so")
    assert one(tmp_path / "recipe.txt").source is None


def test_a_claim_of_two_importers_is_said_with_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house, "ALL", {"whatsapp": importers.whatsapp, "twin": importers.whatsapp})
    found = one(write(tmp_path, {"chat.txt": CHAT}) / "chat.txt")
    assert found.source is None
    assert "more than one way" in found.why
    assert "--as whatsapp or --as twin" in found.remedy


def test_a_text_that_a_message_names_is_an_attachment(tmp_path: Path) -> None:
    chat = CHAT.replace("frog.jpg", "old chat.txt")
    folder = write(tmp_path / "in", {"WhatsApp Chat with Ana.txt": chat, "old chat.txt": android("Ana: a", "Bo: b")})
    found = one(folder)
    assert [each.attached for each in found.chats] == [{"in/old chat.txt"}]
    assert found.left_alone == ()


# -- as a command --------------------------------------------------------------------------------------


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return archive_in(tmp_path / "home")


def test_the_command_writes_nothing_and_leaves_with_0_when_all_is_understood(archive: Archive, tmp_path: Path) -> None:
    done = archive("detect", ZIP, TXT)
    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / "home").exists()
    for words in ("Garden Club", "iPhone", "Android", "language de", "--date-order", "--zone", "from: Nell 65"):
        assert words in done.stdout


def test_the_command_leaves_with_1_when_something_is_not_and_still_reports_the_rest(
    archive: Archive, tmp_path: Path
) -> None:
    write(tmp_path, {"recipe.txt": RECIPE})
    done = archive("detect", tmp_path / "recipe.txt", ZIP)
    assert done.returncode == 1
    assert "not understood" in done.stdout
    assert "| Flour" in done.stdout
    assert "Garden Club" in done.stdout


def test_the_flags_of_an_import_can_be_tried_and_a_zone_that_is_none_is_told(archive: Archive) -> None:
    assert "--zone to say otherwise" not in archive("detect", "--zone", "Europe/London", TXT).stdout
    assert archive("detect", "--zone", "Europe/Atlantis", TXT).returncode == 2


def test_json_is_one_list_of_the_inputs(archive: Archive, tmp_path: Path) -> None:
    folder = write(tmp_path / "in", {"WhatsApp Chat with Ana.txt": CHAT, "recipe.txt": RECIPE, "frog.jpg": b"\xff"})
    found = json.loads(archive("detect", "--json", folder, ZIP, tmp_path / "nowhere").stdout)
    assert [each["source"] for each in found] == ["whatsapp", "whatsapp", None]
    assert found[0]["chats"][0]["senders"] == [{"name": "Ana", "messages": 2}, {"name": "Bo", "messages": 1}]
    assert found[0]["chats"][0]["first"] == "2022-03-13T09:00:00"
    assert found[0]["chats"][0]["guesses"][0]["option"] == "--date-order"
    assert [left["lines"] for left in found[0]["left_alone"]] == [["Flour", "and eggs"]]
    assert {"path", "source", "why", "chats", "left_alone"} <= found[2].keys()


def test_the_words_of_strangers_cannot_act_on_a_terminal(archive: Archive, tmp_path: Path) -> None:
    evil = "\x1b]0;gone\x07 \u202e"
    chat = write(tmp_path, {"chat.txt": android(f"A{evil}na: x", "Bo: y"), "r.txt": evil})
    done = archive("detect", chat / "chat.txt", chat / "r.txt")
    assert done.returncode == 1
    assert not any(mark in done.stdout for mark in "\x1b\x07\u202e")


def test_many_files_left_alone_are_counted_not_listed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    write(tmp_path / "in", {"chat.txt": CHAT, **{f"{n:02}.pdf": b"%PDF-" for n in range(25)}})
    reports.detected(one(tmp_path / "in"))
    told = capsys.readouterr().out
    assert told.count("left alone:") == 10
    assert "15 more left alone" in told


def test_many_notes_are_counted_not_listed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    torn = android(*(f"Ana: {n}" for n in range(30))).replace("13/03/2022, 09:1", "99/99/2022, 09:1")
    found = one(write(tmp_path, {"chat.txt": torn}) / "chat.txt")
    reports.detected(found)
    notes = found.chats[0].warnings
    assert f"{len(notes) - 5} more notes" in capsys.readouterr().out


def test_the_answer_fits_a_narrow_window(tmp_path: Path) -> None:
    on_a_terminal = pytest.importorskip("tests.test_ui").on_a_terminal
    shown = on_a_terminal(tmp_path / "home", "detect", ZIP, TXT, columns=60, NO_COLOR="1")
    lines = re.sub("\x1b\\[[0-9;]*m", "", shown).splitlines()
    assert max(map(cell_len, lines)) <= 60
