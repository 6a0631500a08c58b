"""The hostile corpus: every file ends as its case says, what is good beside it is read, and nothing else breaks."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from archiver.__main__ import run as command
from archiver.store import archive as store
from archiver.store import history
from tests.hostile import corpus
from tests.hostile.corpus import FAILED, LOSSES, OK, Case, write
from tests.hostile.zips import Part, pack, quoted_overlap
from tests.talk import sound

CASES = list(corpus.cases())
BOMB_SECONDS, BOMB_KIB = 2.0, 200 * 1024
LINE_KIB = 200 * 1024  # of 200 MB, 4 MB become text, are folded and indexed
LIMITS = {"many members": ("--limit-members", "250")}


def bring(home: Path, file: Path, case: Case) -> int:
    return command(
        ["--archive", str(home), "import", "--as", case.source, "--zone", "UTC", "--date-order", "dmy",
         *LIMITS.get(case.title, ()), str(file)]
    )  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.title for case in CASES])
def test_a_hostile_file_ends_as_is_written(case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home"
    code = bring(home, write(case, tmp_path), case)
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert code == case.code if case.code >= 0 else code in {OK, LOSSES}
    told = said
    if not store.exists(home):
        assert code == FAILED, "it was refused before anything was written"
        assert case.says in said
        return
    with store.open_archive(home, write=True) as archive:
        problems = history.problems(archive.connection)
        told += " ".join(f"{one['what']} {one['note']}" for one in problems)
        texts = "\n".join(text for (text,) in archive.connection.execute("select text from message"))
        assert sound(archive)
        if code == FAILED:
            assert not texts
            assert not list(archive.blobs.all()), "nothing is half-kept"
    assert case.says in told
    for text in case.texts:
        assert text in texts
    assert not [path for path in tmp_path.rglob("*") if path.name in {"authorized_keys", "passwd", "id_rsa"}]


def test_what_was_read_of_a_hostile_file_harms_neither_terminal_nor_page_nor_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    for number, case in enumerate(case for case in CASES if case.name == corpus.CHAT and len(case.make()) < 100_000):
        folder = tmp_path / str(number)
        folder.mkdir()
        bring(home, write(case, folder), case)
    with store.open_archive(home) as archive:
        titles = [str(row) for (row,) in archive.connection.execute("select id from conversation")]
    wanted = [word for title in titles for word in ("--conversation", title)]
    assert command(["--archive", str(home), "publish", str(tmp_path / "site"), *wanted]) == OK
    capsys.readouterr()
    for verb in (["search", "-n", "999", "from:orla"], ["search", "--csv", "-n", "999", "from:orla"], ["problems"]):
        assert command(["--archive", str(home), *verb]) == OK
    shown = capsys.readouterr().out.replace("\r\n", "\n")  # as a table's lines end
    assert not any(sign in shown for sign in "\x1b\x9b\x07\u202e\x00\r"), "nothing that acts reaches a terminal"
    assert not any(cell.startswith(("=", "+", "@", "\t")) for line in shown.splitlines() for cell in line.split(","))
    pages = "".join(file.read_text("utf-8") for file in (tmp_path / "site").rglob("*.html"))
    ours = {f'<script src="{up}search.js" defer>' for up in ("", "../", "../../")}
    assert set(re.findall("<script[^>]*>", pages)) <= ours
    assert "<svg" not in pages
    (form,) = re.findall(r'<[^>]*id="search"[^>]*>', pages)
    assert form.startswith('<form id="search" role="search" '), "the search page's own"
    assert 'href="javascript' not in pages


def test_what_came_before_a_bomb_in_the_same_run_stays(tmp_path: Path) -> None:
    good, bomb = tmp_path / "WhatsApp Chat with Fern.txt", tmp_path / "box.mbox"
    good.write_bytes(corpus.chat())
    bomb.write_bytes(b"From a@b Mon May  1 09:00:00 2023\nFrom: a@example.org\n\n" + b"x " * 6_000_000)
    home = tmp_path / "home"
    code = command(
        ["--archive", str(home), "import", "--zone", "UTC", "--limit-text-length", "1000", str(good), str(bomb)]
    )
    assert code in {OK, LOSSES}
    with store.open_archive(home) as archive:
        assert len(archive.connection.execute("select 1 from message").fetchall()) == 3
        assert "--limit-text-length" in str(history.problems(archive.connection))


def photo() -> bytes:
    """A chat with a file of nine bytes."""
    talk = (
        "[12/05/2023, 09:10:00] Orla: The frog is back\r\n[12/05/2023, 09:11:00] Orla: \u200e<attached: frog.jpg>\r\n"
    )
    return pack([Part("_chat.txt", talk.encode()), Part("frog.jpg", b"\xff\xd8 a frog")])


@pytest.mark.parametrize(
    ("limit", "value", "case"),
    [
        ("--limit-message-bytes", "1000000", corpus.Case("", corpus.CHAT, lambda: corpus.chat("reed " * 600_000), OK)),
        ("--limit-attachment-bytes", "4", corpus.Case("", "Chat.zip", photo, OK)),
    ],
)
def test_a_limit_that_was_passed_is_named_with_the_flag_that_raises_it(
    limit: str, value: str, case: Case, tmp_path: Path
) -> None:
    home, file = tmp_path / "home", write(case, tmp_path)
    words = ["--archive", str(home), "import", "--zone", "UTC", "--date-order", "dmy", limit]
    assert command([*words, value, str(file)]) in {OK, LOSSES}
    with store.open_archive(home) as archive:
        assert limit in str(history.problems(archive.connection))
        assert "The frog is back" in str(archive.connection.execute("select text from message").fetchall())
    other = tmp_path / "other"
    assert command(["--archive", str(other), *words[2:], str(1 << 30), str(file)]) == OK
    with store.open_archive(other) as archive:
        assert limit not in str(history.problems(archive.connection))


# -- bombs, measured ------------------------------------------------------------------------------------------

BOMBS = {
    "big": lambda: pack([Part("_chat.txt", bytes(200_000_000))]),
    "quoted overlap": lambda: quoted_overlap(250, 20_000_000),
    "lying size": lambda: pack([Part("_chat.txt", bytes(100_000_000), says_size=100)]),
    "many members": lambda: pack([Part(f"{n}.jpg", b"") for n in range(5_000)]),
}


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="wait4 is POSIX's")
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_in_two_seconds_and_two_hundred_megabytes(bomb: str, tmp_path: Path) -> None:
    file = tmp_path / "WhatsApp Chat - Bomb.zip"
    file.write_bytes(BOMBS[bomb]())
    more = ["--limit-members", "4000"] if bomb == "many members" else []
    code, seconds, kib = measured(tmp_path / "home", "import", "--as", "whatsapp", *more, str(file))
    assert code == FAILED
    assert seconds <= BOMB_SECONDS
    assert kib <= BOMB_KIB


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="wait4 is POSIX's")
def test_a_line_of_two_hundred_megabytes_is_read_in_part_and_never_held_whole(tmp_path: Path) -> None:
    file = tmp_path / corpus.CHAT
    with file.open("wb") as out:
        out.write(corpus.chat() + b"12/05/2023, 10:00 - Orla: ")
        for _ in range(200):
            out.write(b"reed " * 200_000)
        out.write(b"\n" + corpus.line("after it", minute=59).encode())
    code, _, kib = measured(tmp_path / "home", "import", "--zone", "UTC", "--date-order", "dmy", str(file))
    assert code == OK, "a text in part is told and is no message lost"
    assert kib <= LINE_KIB
    with store.open_archive(tmp_path / "home") as archive:
        assert ("after it",) in archive.connection.execute("select text from message").fetchall()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="wait4 is POSIX's")
@pytest.mark.parametrize("field", [b"Subject: ", b"To: ", b"X-Reed: ", b"\n"], ids=["subject", "to", "other", "body"])
def test_a_letter_of_two_hundred_megabytes_in_one_line_is_never_held_whole(field: bytes, tmp_path: Path) -> None:
    file = tmp_path / "box.mbox"
    with file.open("wb") as out:
        out.write(corpus.mail("1", b"The frog is back") + corpus.mail("2", b"")[:-3] + field)
        for _ in range(200):
            out.write(b"reed " * 200_000)
        out.write(b"\n\n\n" + corpus.mail("3", b"And the heron, too"))
    code, _, kib = measured(tmp_path / "home", "import", "--zone", "UTC", str(file))
    assert code in {OK, LOSSES}
    assert kib <= BOMB_KIB
    with store.open_archive(tmp_path / "home") as archive:
        texts = {text for (text,) in archive.connection.execute("select text from message")}
    assert {"The frog is back", "And the heron, too"} <= texts


_WATCHED = """
import os, subprocess, sys
process = subprocess.Popen([sys.executable, "-m", "archiver", *sys.argv[1:]], stdout=-3, stderr=-3)
_, status, usage = os.wait4(process.pid, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
"""


def measured(home: Path, *words: str) -> tuple[int, float, int]:
    """(exit code, seconds of CPU, KiB of memory at most) of a command in a process of its own, begun by a small one:
    a child's peak begins at what its parent holds, and this one may hold much by now."""
    done = subprocess.run(
        [sys.executable, "-c", _WATCHED, "--archive", str(home), *words], capture_output=True, text=True, check=True
    )
    code, seconds, kib = done.stdout.split()
    return int(code), float(seconds), int(kib)


def test_the_corpus_is_small_and_its_zips_are_what_they_say(tmp_path: Path) -> None:
    """A generator that has gone wrong would prove nothing."""
    assert len(CASES) >= 80
    assert len({case.title for case in CASES}) == len(CASES)
    assert zipfile.is_zipfile(write(next(case for case in CASES if case.title == "zip slip"), tmp_path))
