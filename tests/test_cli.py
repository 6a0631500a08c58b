"""The command line as its users meet it: real processes, real exits, stdout for data and stderr for talk."""

import csv
import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from contextlib import closing, suppress
from pathlib import Path
from typing import Protocol

import pytest

from tests.test_archive import version_one

EXAMPLES = Path(__file__).parents[1] / "examples"
ZIP = EXAMPLES / "WhatsApp Chat - Garden Club.zip"
TXT = EXAMPLES / "WhatsApp Chat mit Garden Club.txt"

Result = subprocess.CompletedProcess[str]


class Archive(Protocol):
    """Runs `archive …` on one archive; *cwd* is where."""

    def __call__(self, *arguments: object, cwd: Path | None = None) -> Result: ...


def archive_in(home: Path) -> Archive:
    environment = {**os.environ, "ARCHIVE_DIR": str(home), "TZ": "UTC", "NO_COLOR": "1"}

    def run(*arguments: object, cwd: Path | None = None) -> Result:
        command = [sys.executable, "-m", "archiver", *map(str, arguments)]
        return subprocess.run(
            command, capture_output=True, encoding="utf-8", env=environment, cwd=cwd, check=False, timeout=120
        )

    return run


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive of this test's own, in ``home``; not made yet."""
    return archive_in(tmp_path / "home")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """An archive that holds the examples; only read from."""
    run = archive_in(tmp_path_factory.mktemp("filled"))
    assert run("import", ZIP, TXT).returncode == 0
    return run


def ids(result: Result) -> list[str]:
    return result.stdout.split()


def test_the_main_job_import_search_publish(archive: Archive, tmp_path: Path) -> None:
    done = archive("import", ZIP)
    assert done.returncode == 0
    assert done.stdout == ""
    assert "new messages" in done.stderr
    assert "archive imports undo 1" in done.stderr
    found = archive("search", "water tank")
    assert "water tank" in found.stdout
    site = tmp_path / "site"
    published = archive("publish", site, "--conversation", "Garden Club")
    assert published.returncode == 0
    assert published.stdout.strip() == str(site / "index.html")
    assert (site / "index.html").is_file()


def test_help_and_version_answer_and_a_missing_verb_shows_the_help(archive: Archive) -> None:
    assert archive("--version").stdout.startswith("archive 0.")
    text = archive("--help").stdout
    for verb in (
        "import",
        "detect",
        "imports",
        "search",
        "show",
        "conversations",
        "status",
        "problems",
        "publish",
        "export",
    ):
        assert f"  {verb} " in text
    assert "Usage: archive" in archive().stdout + archive().stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("serch", "x"), 2, "search"),
        (("search",), 2, "Missing argument"),
        (("import", "nowhere.zip"), 1, "no file or folder"),
        (("import", ZIP, "--zone", "Mars/Base"), 2, "no time zone"),
        (("import", ZIP, "--date-order", "ddd"), 2, "date-order"),
        (("search", "x"), 10, "no archive"),
        (("imports", "undo", "1"), 10, "no archive"),
        (("publish", "site"), 10, "no archive"),
        (("status",), 10, "no archive"),
    ],
)
def test_a_mistake_gets_words_and_its_exit_code_and_never_a_traceback(
    archive: Archive, tmp_path: Path, arguments: tuple[object, ...], code: int, words: str
) -> None:
    result = archive(*arguments, cwd=tmp_path)
    assert result.returncode == code
    assert words.lower() in result.stderr.lower()
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("recipe.txt", b"Flour and eggs.\nStir.\n", "not an export"),
        ("empty.txt", b"", ""),
        ("one.txt", b"Dear diary,\n12/05/2023, 10:00 - it was a fine day\nand so on\n", "not an export"),
        ("cut.zip", ZIP.read_bytes()[:3000], "ends before"),
        ("picture.jpg", b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20, "not an export"),
    ],
)
def test_input_that_is_no_export_is_refused_and_nothing_is_half_stored(
    archive: Archive, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    result = archive("import", file)
    assert result.returncode == 1, result.stderr
    assert words in result.stderr
    assert "next:" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "home" / "archive.db").exists()


def test_a_zip_with_encrypted_members_says_how_to_go_on(archive: Archive, tmp_path: Path) -> None:
    content = bytearray(ZIP.read_bytes())
    with zipfile.ZipFile(ZIP) as zipped:
        for info in zipped.infolist():
            content[info.header_offset + 6] |= 1
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 4)
    file = tmp_path / "locked.zip"
    file.write_bytes(content)
    result = archive("import", file)
    assert result.returncode == 1
    assert "password" in result.stderr.lower()


def test_losses_are_exit_3_and_strict_makes_them_1(archive: Archive, tmp_path: Path) -> None:
    chat = tmp_path / "WhatsApp Chat with Ana.txt"
    chat.write_text(
        "01/05/2023, 10:00 - Ana: hi\n02/05/2023, 10:00 - Bo: ho\n"
        "35/05/2023, 10:00 - Ana: what day\n13/05/2023, 10:00 - Ana: x\n"
    )
    result = archive("import", chat, "--json")
    assert result.returncode == 3, result.stderr
    told = json.loads(result.stdout)
    assert told["unreadable"] == 1
    assert told["new"] == 3
    (problem,) = [one for one in json.loads(archive("problems", "--json").stdout) if one["loss"] == "message"]
    assert "35/05/2023" in problem["note"]
    archive("imports", "undo", 1)
    assert archive("import", chat, "--strict").returncode == 1


def test_dry_run_tells_the_real_numbers_and_leaves_no_archive(archive: Archive, tmp_path: Path) -> None:
    dry = json.loads(archive("import", ZIP, "--dry-run", "--json").stdout)
    assert not (tmp_path / "home").exists()
    real = json.loads(archive("import", ZIP, "--json").stdout)
    for told in (dry, real):
        del told["dry_run"]
    assert dry == real


def test_importing_again_adds_nothing_and_the_digest_stays(archive: Archive) -> None:
    archive("import", ZIP)
    before = archive("status", "--digest").stdout
    again = json.loads(archive("import", ZIP, "--json").stdout)
    assert (again["new"], again["already_imported"]) == (0, [{"file": ZIP.name, "import": 1}])
    assert archive("status", "--digest").stdout == before
    archive("import", TXT)
    assert archive("status", "--digest").stdout != before
    undone = archive("imports", "undo", "2", "--json")
    assert json.loads(undone.stdout)["import"] == 2
    assert archive("status", "--digest").stdout == before


def test_the_order_of_two_imports_does_not_matter_for_what_is_found(archive: Archive, tmp_path: Path) -> None:
    archive("import", ZIP, TXT)
    archive("--archive", tmp_path / "other", "import", TXT)
    archive("--archive", tmp_path / "other", "import", ZIP)
    counts = [
        json.loads(archive("--archive", home, "status", "--json").stdout)["message"]
        for home in (tmp_path / "home", tmp_path / "other")
    ]
    assert counts[0] == counts[1]


def test_search_answers_in_every_machine_readable_way(filled: Archive) -> None:
    listed = ids(filled("search", "water tank", "--ids", "-n", "3"))
    assert len(listed) == 3
    document = json.loads(filled("search", "water tank", "--json", "-n", "3").stdout)
    assert [one["id"] for one in document["messages"]] == listed
    lines = [json.loads(line) for line in filled("search", "water tank", "--jsonl", "-n", "3").stdout.splitlines()]
    assert [one["id"] for one in lines] == listed
    for flag, separator in (("--csv", ","), ("--tsv", "\t")):
        table = list(
            csv.DictReader(io.StringIO(filled("search", "water tank", flag, "-n", "3").stdout), delimiter=separator)
        )
        assert [row["id"] for row in table] == listed


def test_context_shows_the_talk_around_a_hit(filled: Archive) -> None:
    document = json.loads(filled("search", "water tank", "--json", "-n", "1", "-C", "2").stdout)
    (hit,) = document["messages"]
    assert (len(hit["before"]), len(hit["after"])) == (2, 2)
    shown = filled("search", "water tank", "-n", "1", "-C", "1").stdout
    assert shown.count("20") >= 3


def test_nothing_found_is_said_and_is_no_failure(filled: Archive) -> None:
    result = filled("search", "xyzzyplugh")
    assert (result.returncode, result.stdout) == (0, "")
    assert "Nothing found" in result.stderr


@pytest.mark.parametrize(
    "odd",
    [
        "don't",
        "12:30",
        "https://x.example/a:b?c=d",
        "👍",
        '"half a quote',
        "-- drop table",
        "NEAR(",
        "*",
        "from:",
        "(",
        "OR",
        "a" * 10_000,
    ],
)
def test_no_human_input_is_a_search_error(filled: Archive, odd: str) -> None:
    result = filled("search", "--", odd)
    assert result.returncode == 0, result.stderr


def test_show_leads_to_the_original_bytes(filled: Archive) -> None:
    (identifier,) = ids(filled("search", "water tank", "--ids", "-n", "1"))
    document = json.loads(filled("show", identifier, "--json").stdout)
    home = json.loads(filled("status", "--json").stdout)["archive"]
    command = [sys.executable, "-m", "archiver", "--archive", home, "show", identifier, "--raw"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    assert document["text"].splitlines()[0].encode() in raw
    assert document["origin"]["end"] - document["origin"]["start"] == len(raw)
    shown = filled("show", identifier, "-C", "1")
    assert "seen in" in shown.stdout or "seen 1" in shown.stdout
    assert filled("show", "202301010000-00000000").returncode == 2


def test_conversations_status_problems_and_imports_speak_json_and_plain(filled: Archive) -> None:
    (conversation,) = json.loads(filled("conversations", "--json").stdout)
    assert conversation["title"] == "Garden Club"
    assert "Garden Club" in filled("conversations").stdout
    status = json.loads(filled("status", "--json").stdout)
    assert status["message"] == conversation["messages"]
    assert "message" in filled("status").stdout
    assert [one["status"] for one in json.loads(filled("imports", "list", "--json").stdout)] == ["done"]
    assert "whatsapp" in filled("imports", "list").stdout
    assert isinstance(json.loads(filled("problems", "--json", "--import", "1").stdout), list)
    assert filled("problems").stdout.startswith("import\t")


def test_exported_lines_begin_with_a_manifest_and_end_complete(filled: Archive, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in filled("export", "jsonl", "-").stdout.splitlines()]
    assert lines[0] == {"type": "manifest", "version": 1}
    assert lines[-1]["type"] == "complete"
    assert lines[-1]["counts"]["messages"] == sum(line["type"] == "message" for line in lines)
    out = tmp_path / "talk.jsonl"
    assert filled("export", "jsonl", out).returncode == 0
    assert len(out.read_text("utf-8").splitlines()) == len(lines)
    assert not out.with_name("talk.jsonl.part").exists()
    assert filled("export", "jsonl", tmp_path / "no" / "folder.jsonl").returncode == 1


def test_publishing_nothing_by_name_lists_what_could_be_named(filled: Archive, tmp_path: Path) -> None:
    result = filled("publish", tmp_path / "site")
    assert result.returncode == 2
    assert "Garden Club" in result.stderr
    assert not (tmp_path / "site").exists()
    told = json.loads(filled("publish", tmp_path / "site", "--conversation", "garden club", "--json").stdout)
    assert told["messages"] > 300


def test_foreign_text_never_reaches_the_terminal_raw(archive: Archive, tmp_path: Path) -> None:
    chat = tmp_path / "WhatsApp Chat with Eve.txt"
    evil = "\x1b]52;c;aGk=\x07\x1b[2J\u202eevil\u2066 [link=x]y[/link] [/x] \x9b31m zebra"
    chat.write_text(
        f"01/05/2023, 10:00 - Eve\x1b[31m: {evil}\n14/05/2023, 10:01 - Ana: zebra =1+1\n"
        "15/05/2023, 10:01 - Ana: =1+1 zebra\n",
        "utf-8",
    )
    assert archive("import", chat).returncode == 0
    for command in (
        ("search", "zebra"),
        ("search", "zebra", "--json"),
        ("search", "zebra", "--jsonl"),
        ("conversations",),
    ):
        out = archive(*command).stdout
        assert not any(mark in out for mark in "\x1b\x07\x9b\u202e\u2066")
    assert json.loads(archive("search", "zebra evil", "--json").stdout)["messages"][0]["text"] == evil
    cells = [row["text"] for row in csv.DictReader(io.StringIO(archive("search", "zebra", "--csv").stdout))]
    assert "'=1+1 zebra" in cells


def test_a_closed_pipe_is_no_error(filled: Archive) -> None:
    environment = dict(os.environ)
    script = f"{sys.executable} -m archiver export jsonl - | head -n 1"
    home = json.loads(filled("status", "--json").stdout)["archive"]
    result = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {script}"],
        capture_output=True,
        text=True,
        env=environment | {"ARCHIVE_DIR": home},
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""


def big_chat(folder: Path, messages: int = 60_000) -> Path:
    chat = folder / "WhatsApp Chat with Big Group.txt"
    with chat.open("w", encoding="utf-8") as out:
        for n in range(messages):
            day, month, minute = n // 1440 % 28 + 1, n // 40320 + 1, n % 1440
            out.write(f"{day:02}/{month:02}/2021, {minute // 60:02}:{minute % 60:02} - Ana {n % 7}: message {n} tank\n")
    return chat


@pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")
def test_ctrl_c_in_the_middle_leaves_130_and_the_same_command_goes_on(archive: Archive, tmp_path: Path) -> None:
    chat = big_chat(tmp_path, 120_000)
    # Without coverage, whose lock is held for good when the interruption comes while it is held.
    unwatched = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    environment = {**unwatched, "ARCHIVE_DIR": str(tmp_path / "home"), "TZ": "UTC"}
    for _ in range(10):
        code, talk = interrupted(chat, environment)
        if "interrupted" in archive("status").stderr:
            break
        shutil.rmtree(tmp_path / "home")  # the signal came when all was done, which proves nothing: once more
    assert code == 130, talk
    assert "goes on from here" in talk
    assert "interrupted" in archive("status").stderr
    told = archive("import", chat)
    assert told.returncode == 0
    assert "Went on with" in told.stderr
    assert json.loads(archive("status", "--json").stdout)["message"] == 120_000


# What a shell has started with & is deaf to Ctrl-C, and so would be what the tests start.
_LISTENING = """
import signal
from archiver.__main__ import main
signal.signal(signal.SIGINT, signal.default_int_handler)
main()
"""


def interrupted(chat: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Imports, and presses Ctrl-C when the first batch is in; the exit code and what was said on stderr."""
    with subprocess.Popen(
        [sys.executable, "-c", _LISTENING, "import", str(chat)], env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        wait_for_a_batch(Path(environment["ARCHIVE_DIR"]))
        process.send_signal(signal.SIGINT)
        try:
            _, talk = process.communicate(timeout=60)
        finally:
            process.kill()
    return process.returncode, talk


def wait_for_a_batch(home: Path) -> None:
    """Until the first batch is in, looked for in the database itself: a command would take longer than the import."""
    there = f"file:{home}/archive.db?mode=ro"
    for _ in range(3000):
        with suppress(sqlite3.OperationalError), closing(sqlite3.connect(there, 0.02, uri=True)) as sql:
            if sql.execute("select 1 from message limit 1").fetchone():
                return
        time.sleep(0.01)
    raise AssertionError("no batch in time")


def test_a_second_writer_leaves_with_11_while_readers_are_answered(archive: Archive, tmp_path: Path) -> None:
    archive("import", ZIP)
    home = str(tmp_path / "home")
    script = f"""
import sys
from pathlib import Path
from typing import Protocol
from archiver.store.archive import writing
with writing(Path({home!r})):
    print("held", flush=True)
    sys.stdin.read()
"""
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        holder.stdout.readline()
        assert archive("import", TXT).returncode == 11
        assert archive("search", "tank").returncode == 0
        holder.stdin.close()
        holder.wait(30)
    assert archive("import", TXT).returncode == 0


def test_files_in_a_folder_that_no_importer_reads_are_counted_and_said_in_one_line(
    archive: Archive, tmp_path: Path
) -> None:
    folder = tmp_path / "from the phone"
    folder.mkdir()
    with zipfile.ZipFile(ZIP) as zipped:
        zipped.extractall(folder)
    assert json.loads(archive("import", "--json", folder).stdout)["skipped"] == 0
    (folder / "recipe.txt").write_text("Flour, eggs")
    (folder / "unnamed.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    done = archive("import", folder)
    assert done.returncode == 0
    told = [line for line in done.stderr.splitlines() if "left alone" in line]
    assert len(told) == 1
    assert "2 files were left alone" in told[0]
    assert "recipe.txt" in told[0]
    assert "2  skipped" in done.stderr
    assert [one["what"] for one in json.loads(archive("problems", "--json").stdout)] == ["left-alone"]


def test_what_a_person_hides_is_not_found_but_shown_and_listed_until_it_is_split(archive: Archive) -> None:
    archive("import", ZIP)
    one, other = ids(archive("search", "water tank", "--ids", "--sort", "oldest", "-n", "2"))
    done = archive("dedupe", "hide", one, other, "--json")
    assert json.loads(done.stdout) == {"hidden": one, "shown": other}
    assert f"Hidden: {one}" in done.stderr
    assert one not in archive("search", "water tank", "--ids", "-n", "99").stdout
    assert ids(archive("search", "is:duplicate", "--ids")) == [one]
    assert f"hidden: probably the same as {other}" in archive("show", one).stdout
    assert json.loads(archive("show", one, "--json").stdout)["duplicate_of"] == other
    assert json.loads(archive("show", other, "--json").stdout)["duplicate_of"] is None
    assert json.loads(archive("status", "--json").stdout)["hidden"] == 1
    assert archive("export", "jsonl", "-").stdout.count(f'"id":"{one}"') == 0
    assert json.loads(archive("dedupe", "list", "--json").stdout) == []
    assert "have not decided" in archive("dedupe", "list").stderr
    (pair,) = json.loads(archive("dedupe", "list", "--all", "--json").stdout)
    assert (pair["message"]["id"], pair["other"]["id"], pair["verdict"]) == (one, other, "same")
    assert f"{one}\t" in archive("dedupe", "list", "--all").stdout
    assert json.loads(archive("dedupe", "split", one, "--json").stdout) == {"shown": one, "different_from": other}
    assert one in archive("search", "water tank", "--ids", "-n", "99").stdout
    refused = archive("dedupe", "split", one)
    assert refused.returncode == 2
    assert "not hidden" in refused.stderr
    archive("imports", "undo", 1)
    assert "No message is hidden." in archive("dedupe", "list", "--all").stderr


def test_foreign_text_is_harmless_in_the_list_of_what_is_hidden(archive: Archive, tmp_path: Path) -> None:
    chat = tmp_path / "WhatsApp Chat with Eve.txt"
    evil = "\x1b]52;c;aGk=\x07\u202eevil\u2066 \x9b31m zebra"
    chat.write_text(f"13/05/2023, 10:00 - Eve\x1b[31m: {evil}\n14/05/2023, 10:01 - Ana: zebra\n", "utf-8")
    archive("import", chat)
    one, other = ids(archive("search", "zebra", "--ids", "--sort", "oldest"))
    archive("dedupe", "hide", one, other)
    for face in ((), ("--json",)):
        out = archive("dedupe", "list", "--all", *face).stdout
        assert one in out
        assert not any(mark in out for mark in "\x1b\x07\x9b\u202e\u2066")


def test_a_person_is_told_where_an_archive_of_an_older_version_is_kept(archive: Archive, tmp_path: Path) -> None:
    version_one(tmp_path / "home")
    found = archive("search", "water")
    assert found.returncode == 0, found.stderr
    assert "archive.db.v1-backup" in found.stderr
    assert "The water tank leaks" in found.stdout
    assert "v1-backup" not in archive("search", "water").stderr
