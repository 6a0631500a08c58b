"""Every limit: its flag, the message that names it, what happens past it, and that raising it lets the input in."""

import dataclasses
import gzip
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from archiver.__main__ import run as command
from archiver.cli.importing import import_
from archiver.dump import DEFAULT, Limits
from archiver.store import archive as store
from archiver.store import history
from tests.hostile.corpus import CHAT, FAILED, LOSSES, OK, chat, mail
from tests.hostile.zips import Part, pack

ELSEWHERE = {"json_depth", "json_bytes"}  # of Facebook's JSON: test_facebook_hostile
TALK = Part("_chat.txt", chat())


class Case(NamedTuple):
    """*limit* set to *value*: the input called *name* is refused, or read in part; with *enough* it is not."""

    limit: str
    value: int
    enough: int
    name: str
    make: Callable[[], bytes]
    code: int
    source: str = "whatsapp"


def letter(body: bytes, *fields: bytes) -> bytes:
    return mail("1", body, b"Date: Mon, 1 May 2023 09:00:00 +0000", *fields)


def parts(count: int) -> bytes:
    return b"--b\nContent-Type: text/plain\n\nThe frog is back\n" * count + b"--b--"


def nested(levels: int) -> bytes:
    begins = b"".join(
        b'--b%d\nContent-Type: multipart/mixed; boundary="b%d"\n\n' % (n, n + 1) for n in range(1, levels)
    )
    return begins + b"--b%d\n\nThe frog is back\n" % levels


MIXED = b"Content-Type: multipart/mixed; boundary=b"
ATTACHED = (
    b'--b\n\nThe frog is back\n--b\nContent-Disposition: attachment; filename="a.bin"\n\n' + b"reed " * 9 + b"\n--b--"
)
INNER = pack([Part("c")])
CASES = [
    Case("members", 3, 9, "Chat.zip", lambda: pack([TALK, *(Part(f"{n}.jpg") for n in range(5))]), FAILED),
    Case("member_bytes", 60, 9999, "Chat.zip", lambda: pack([TALK]), FAILED),
    Case("total_bytes", 60, 9999, "Chat.zip", lambda: pack([TALK]), FAILED),
    Case("ratio", 2, 9999, "a.mbox.gz", lambda: gzip.compress(letter(b"reed " * 300_000), 9), FAILED, "mail"),
    Case("nesting", 1, 9, "Chat.zip", lambda: pack([TALK, Part("a.zip", pack([Part("b.zip", INNER)]))]), LOSSES),
    Case("path_length", 40, 999, "Chat.zip", lambda: pack([TALK, Part("a" * 50 + ".jpg")]), LOSSES),
    Case("depth", 4, 99, "Chat.zip", lambda: pack([TALK, Part("a/b/c/d/e/f.jpg")]), LOSSES),
    Case("message_bytes", 1 << 20, 1 << 30, CHAT, lambda: chat("reed " * 600_000), OK),
    Case("text_length", 1000, 1 << 30, "a.mbox", lambda: letter(b"reed " * 9000), OK, "mail"),
    Case("header_fields", 20, 9999, "a.mbox", lambda: letter(b"x", *(b"X-%d: a" % n for n in range(50))), OK, "mail"),
    Case("header_bytes", 500, 9999, "a.mbox", lambda: letter(b"x", b"Subject: " + b"reed " * 999), OK, "mail"),
    Case("addresses", 10, 99, "a.mbox", lambda: letter(b"x", b"To: " + b"a@b.org, " * 20), OK, "mail"),
    Case("mime_depth", 5, 99, "a.mbox", lambda: letter(nested(20), MIXED + b"1"), OK, "mail"),
    Case("mime_parts", 5, 99, "a.mbox", lambda: letter(parts(20), MIXED), OK, "mail"),
    Case("attachment_bytes", 9, 99, "a.mbox", lambda: letter(ATTACHED, MIXED), OK, "mail"),
]  # fmt: skip


def bring(home: Path, file: Path, case: Case, value: int) -> int:
    words = ["--archive", str(home), "import", "--as", case.source, "--zone", "UTC", "--date-order", "dmy"]
    return command([*words, Limits.flag(case.limit), str(value), str(file)])


def told(home: Path) -> str:
    """What the archive's problems say; nothing where there is no archive."""
    if not store.exists(home):
        return ""
    with store.open_archive(home) as archive:
        return " ".join(str(one["note"]) for one in history.problems(archive.connection))


@pytest.mark.parametrize("case", CASES, ids=[case.limit for case in CASES])
def test_past_a_limit_a_message_names_the_flag_that_lets_the_input_in(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, flag = tmp_path / case.name, Limits.flag(case.limit)
    file.write_bytes(case.make())
    code = bring(tmp_path / "home", file, case, case.value)
    said = capsys.readouterr().err + told(tmp_path / "home")
    assert code == case.code if case.code else code in {OK, LOSSES}
    assert flag in said
    high = case.value // 2 if case.limit == "message_bytes" else case.value  # half of it becomes text
    assert f"{high:,}" in said, "and how high it was"
    assert "Traceback" not in said
    assert bring(tmp_path / "other", file, case, case.enough) == OK
    assert flag not in capsys.readouterr().err + told(tmp_path / "other")


def test_every_limit_has_its_flag_and_its_case() -> None:
    limits = {field.name for field in dataclasses.fields(Limits)}
    assert {case.limit for case in CASES} | ELSEWHERE == limits
    assert {f"limit_{name}" for name in limits} == {
        name for name in inspect.signature(import_).parameters if name.startswith("limit_")
    }
    for name in limits:
        assert name in (Limits.__doc__ or ""), "said where they are"
        value: int = getattr(DEFAULT, name)
        assert value > 0


def test_a_limit_is_told_with_its_flag_and_what_would_do() -> None:
    error = DEFAULT.past("ratio", 321, "It swells.")
    assert error.limit == "--limit-ratio"
    assert error.remedy.endswith("--limit-ratio 321")
    assert DEFAULT.told("addresses") == "(limit 10,000; --limit-addresses raises it)"
