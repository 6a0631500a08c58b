"""A reference stays: the same for the same export, and every part of it can be checked."""

import hashlib
import json
import subprocess
import sys

import pytest

from archiver.knowledge.citations import citation
from archiver.model import Attachment, KeptMessage, Provenance, Sender
from tests.test_cli import TXT, ZIP, Archive, archive_in


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    run = archive_in(tmp_path_factory.mktemp("cited"))
    assert run("import", ZIP).returncode == 0
    return run


def message(**more: object) -> KeptMessage:
    facts: dict[str, object] = {
        "id": "202305141432-k7q2m8x0", "row": 1, "conversation": "key", "conversation_title": "Garden Club",
        "conversation_id": 1, "source": "whatsapp", "kind": "text",
        "sender": Sender("Ana", "whatsapp-name", "Ana", 1, 1), "at": "2023-05-14T12:32:00Z",
        "at_local": "2023-05-14T14:32:00", "precision": "minute", "subject": None, "text": "The frog is back",
        "origin": Provenance("chat.txt", "ab" * 32, 10, 42),
    }  # fmt: skip
    return KeptMessage(**(facts | more))  # type: ignore[arg-type]  # facts of every type


def test_a_citation_says_who_what_when_where_and_what_proves_it() -> None:
    assert str(citation(message())) == (
        "Ana, “The frog is back”, 2023-05-14 14:32:00, in: Garden Club (whatsapp). Message 202305141432-k7q2m8x0; "
        f"chat.txt, SHA-256 {'ab' * 32}, bytes 10–42."
    )
    packed = str(citation(message(), within=("chat.zip", "cd" * 32)))
    assert packed.endswith(f"bytes 10–42 in chat.zip, SHA-256 {'cd' * 32}.")


def test_what_is_not_known_is_left_out_and_nothing_acts() -> None:
    bare = citation(message(sender=None, at_local=None, origin=None, text="", subject="\x1b[31mred\nline"))
    assert str(bare) == "nobody, “␛[31mred line”, undated, in: Garden Club (whatsapp). Message 202305141432-k7q2m8x0."
    photo = citation(message(text="", attachments=(Attachment("frog.jpg", None, None, None, "present"),)))
    assert photo.words == "frog.jpg"


def test_the_bytes_that_are_cited_are_the_bytes_that_are_kept(filled: Archive) -> None:
    (identifier,) = filled("search", "yoghurt", "--ids", "-n", "1").stdout.split()
    face = json.loads(filled("show", identifier, "--cite", "--json").stdout)
    home = json.loads(filled("status", "--json").stdout)["archive"]
    command = [sys.executable, "-m", "archiver", "--archive", home, "show", identifier, "--raw"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    assert hashlib.sha256(raw).hexdigest() == face["bytes_sha256"]
    assert face["end"] - face["start"] == len(raw)
    assert face["within"]["sha256"] == hashlib.sha256(ZIP.read_bytes()).hexdigest()
    told = filled("show", identifier, "--cite").stdout
    assert face["sha256"] in told
    assert told.count("\n") == 1


def test_another_archive_gives_the_same_citation(filled: Archive, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = archive_in(tmp_path_factory.mktemp("other"))
    assert other("import", TXT).returncode == 0
    assert other("import", ZIP).returncode == 0
    alone = archive_in(tmp_path_factory.mktemp("alone"))
    assert alone("import", ZIP).returncode == 0
    (identifier,) = filled("search", "yoghurt", "--ids", "-n", "1").stdout.split()
    assert alone("show", identifier, "--cite").stdout == filled("show", identifier, "--cite").stdout
