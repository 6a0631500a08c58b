"""publish.toml: every key is understood or refused with its line; the command line wins."""

import tempfile
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.errors import ArchiveError, UsageError
from archiver.policy import KEYS, Policy, Value, decided, read, starter, write_starter

WHOLE = """
title = "Garden Club"
about = "What we grew."
keeper = "Ines"
licence = "CC BY 4.0"
contact = "garden@example.org"
language = "de"
address = "https://garden.example/"
public = true
conversations = ["Garden Club", "2"]
names = "real"
consent = ["Ana Ruiz", "+44 20 7946 0417"]
opt_out = ["Kofi"]
allow = ["place", "email"]
attachments = true
data = ["jsonl", "atom"]
search = "pagefind"
"""


def policy(tmp_path: Path, text: str) -> Policy:
    file = tmp_path / "publish.toml"
    file.write_text(text, encoding="utf-8")
    return read(file)


def refused(tmp_path: Path, text: str) -> UsageError:
    with pytest.raises(UsageError) as raised:
        policy(tmp_path, text)
    assert raised.value.exit_code == 2
    assert raised.value.remedy
    return raised.value


def test_every_key_is_read_and_told_to_the_pages_but_for_people(tmp_path: Path) -> None:
    found = policy(tmp_path, WHOLE)
    assert set(found.values) == set(KEYS)
    assert found.listed("conversations") == ("Garden Club", "2")
    assert found.listed("consent") == ("Ana Ruiz", "+44 20 7946 0417")
    assert found.options() == {
        "title": "Garden Club",
        "about": "What we grew.",
        "keeper": "Ines",
        "licence": "CC BY 4.0",
        "contact": "garden@example.org",
        "language": "de",
        "address": "https://garden.example/",
        "public": "yes",
        "names": "real",
        "allow": "place,email",
        "attachments": "yes",
        "data": "jsonl,atom",
        "search": "pagefind",
    }


def test_without_a_word_everybody_is_protected() -> None:
    options = Policy().options()
    assert options["names"] == "pseudonyms"
    assert (options["public"], options["attachments"], options["allow"], options["data"]) == ("", "", "", "")
    assert Policy().listed("conversations") == ()


def test_what_was_typed_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "publish.toml").write_text(WHOLE, encoding="utf-8")
    typed: dict[str, Value | None] = {
        "names": "pseudonyms",
        "public": False,
        "consent": ("Mei",),
        "title": None,
        "allow": None,
    }
    found = decided(tmp_path / "publish.toml", typed)
    assert (found.said("names"), found.said("public"), found.listed("consent")) == ("pseudonyms", "", ("Mei",))
    assert (found.said("title"), found.said("allow")) == ("Garden Club", "place,email")
    assert found.where("consent", "Mei") == "--consent"
    assert found.where("opt_out", "Kofi").endswith("publish.toml, line 13")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('\ntitel = "x"', 2, "Did you mean title?"),
        ("[site]\ntitle = 1", 1, "title?"),
        ("[zzz]\ntitle = 1", 1, "There are:"),
        ("title = 3", 1, "title takes a text in quotes"),
        ("public = 1", 1, "public takes true or false"),
        ('public = "yes"', 1, "public takes true or false"),
        ("title = true", 1, "title takes a text"),
        ('consent = "Ana"', 1, "consent takes a list"),
        ("# who\nconsent = [\n 3]", 2, "quotes"),
        ('names = "reel"', 1, "Did you mean real?"),
        ('\nallow = [\n  "phone",\n  "mail",\n]', 4, "Did you mean email?"),
        ('allow = ["everything"]', 1, "There are: phone"),
        ('data = ["xml"]', 1, "jsonl"),
        ('search = "google"', 1, "own, pagefind"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    error = refused(tmp_path, text)
    assert error.why.endswith(f"publish.toml, line {line}")
    assert words in f"{error.what} {error.remedy}"


@pytest.mark.parametrize("text", ["title =", "title = 'a'\ntitle = 'b'", "[[[", "a" + "." * 3])
def test_what_is_no_toml_says_where(tmp_path: Path, text: str) -> None:
    error = refused(tmp_path, text)
    assert "TOML" in error.what
    assert "(at " in error.why
    assert "--write-config" in error.remedy


def test_what_was_typed_is_checked_and_named_as_an_option() -> None:
    with pytest.raises(UsageError) as raised:
        decided(None, {"names": "reel"})
    assert raised.value.why == "--names"
    with pytest.raises(UsageError) as raised:
        decided(None, {"allow": ("fax",)})
    assert raised.value.why == "--allow"
    assert Policy().where("conversations") == "--conversation"


def test_a_file_that_is_not_there_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        read(tmp_path / "publish.toml")
    assert "--write-config" in raised.value.remedy
    (tmp_path / "publish.toml").write_bytes(b'title = "\xff"')
    with pytest.raises(UsageError, match="cannot be read"):
        read(tmp_path / "publish.toml")


def test_the_first_file_is_understood_and_publishes_nothing_yet(tmp_path: Path) -> None:
    file = tmp_path / "publish.toml"
    write_starter(file, [("Garden Club", False), ('Ana "the bee"\n\\', True)])
    text = file.read_text("utf-8")
    assert read(file).values == {"conversations": ()}
    assert '#  "Ana \\"the bee\\"\\n\\\\",  # between two people' in text
    keys = [line.removeprefix("# ") for line in text.split("\n") if line.startswith("# ") and " = " in line]
    found = tomllib.loads("\n".join(keys))
    assert {*found, "conversations"} == set(KEYS)
    assert decided(None, {key: tuple(v) if isinstance(v, list) else v for key, v in found.items()}).options() == (
        Policy().options()
    )
    with pytest.raises(UsageError, match="already"):
        write_starter(file, [])
    with pytest.raises(ArchiveError, match="cannot be written"):
        write_starter(tmp_path / "no" / "publish.toml", [])


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(), st.booleans()), max_size=5))
def test_no_title_breaks_the_first_file(titles: list[tuple[str, bool]]) -> None:
    text = starter([(title.encode("utf-8", "replace").decode(), alone) for title, alone in titles])
    assert tomllib.loads(text) == {"conversations": []}
    lines = [line.removeprefix("#  ") for line in text.split("\n")]
    kept = [title for title, _ in titles]
    told = tomllib.loads("conversations = [\n" + "\n".join(line for line in lines if line.startswith('"')) + "\n]")
    assert told["conversations"] == [title.encode("utf-8", "replace").decode() for title in kept]


@settings(deadline=None)
@given(st.text(max_size=80))
def test_whatever_stands_in_the_file_is_read_or_refused_in_words(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "publish.toml"
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
        with suppress(UsageError):
            assert isinstance(read(file), Policy)
