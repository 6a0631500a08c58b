"""Nobody is called: no command opens a connection, no module could, and the archive's key goes nowhere."""

import ast
import base64
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from archiver.__main__ import run
from archiver.store.secret import secret

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
LETTERS = EXAMPLES / "garden-club-list.mbox"
CALLING = {"socket", "ssl", "http", "ftplib", "smtplib", "imaplib", "poplib", "telnetlib", "socketserver", "xmlrpc",
           "requests", "httpx", "aiohttp", "urllib3"}  # fmt: skip
QUIET = """
import sys
def hear(event, _):
    if event.startswith(("socket.connect", "socket.getaddrinfo", "socket.gethostby", "socket.sendto", "urllib.")):
        sys.stderr.write(f"CALLED {event}")
        sys.exit(99)
sys.addaudithook(hear)
from archiver.__main__ import main
main()
"""


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def test_no_module_knows_how_to_call_anybody() -> None:
    files = sorted((ROOT / "archiver").rglob("*.py"))
    assert len(files) > 100
    for file in files:
        for name in imported(file):
            assert name.partition(".")[0] not in CALLING, (file, name)
            assert not name.startswith(("urllib.request", "urllib.robotparser")), (file, name)


def test_no_command_calls_anybody(tmp_path: Path) -> None:
    home, site = tmp_path / "home", tmp_path / "site"
    for words in (
        ["import", str(LETTERS)],
        ["search", "frog", "--json"],
        ["stats", "links"],
        ["publish", str(site), "--conversation", "1"],
        ["export", "bagit", str(tmp_path / "bag")],
        ["backup", "create", str(tmp_path / "backups")],
        ["verify", "--deep"],
        ["repair"],
    ):
        done = subprocess.run(
            [sys.executable, "-c", QUIET, "--archive", str(home), *words], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


def test_a_call_would_be_heard() -> None:
    script = QUIET.partition("from archiver")[0] + "import socket; socket.create_connection(('127.0.0.1', 9))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 99
    assert "CALLED socket." in done.stderr


def test_the_key_is_in_nothing_that_leaves_the_archive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home, out = tmp_path / "home", tmp_path / "out"
    out.mkdir()
    assert run(["--archive", str(home), "import", str(LETTERS)]) == 0
    key = secret(home)
    for words in (
        ["publish", str(out / "site"), "--conversation", "1"],
        ["export", "jsonl", str(out / "all.jsonl")],
        ["export", "mbox", str(out / "all.mbox")],
        ["export", "bagit", str(out / "bag")],
        ["verify", "--deep", "--json"],
        ["audit", "list", "--json"],
    ):
        assert run(["--archive", str(home), *words]) == 0
    (out / "said").write_text(capsys.readouterr().out, "utf-8")
    assert (home / "secret.key").read_bytes() == key
    spelled = {key, *(one.encode() for one in (key.hex(), key.hex().upper()))}
    spelled |= {base64.b64encode(key), base64.urlsafe_b64encode(key)}
    files = [file for file in (*out.rglob("*"), home / "archive.db", home / "archive.seal") if file.is_file()]
    assert len(files) > 10
    for file in files:
        content = file.read_bytes()
        assert not [one for one in spelled if one in content], file
