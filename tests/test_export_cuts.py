"""Words go out of exports in JSON and HTML however these escape them, and the files stay what they are."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.keeping.repair import repair
from archiver.privacy import exports
from archiver.store import archive as store
from tests.test_cut_letters import cutter
from tests.test_redact import gone, id_of, run, state

SAID = ("The frog is back", "meet at the Mühle, zebrafish 🦓", "Grüße an Jürgen", "ok ❤")
CUT = cutter("Mühle", "zebrafish", "🦓")


def as_facebook(value: object) -> bytes:
    """JSON with each byte of UTF-8 written as a character of its own."""
    text = json.dumps(value, ensure_ascii=False).encode().decode("latin-1")
    return json.dumps(json.loads(text), indent=2).encode()


def read(raw: bytes) -> str:
    return json.dumps(json.loads(raw), ensure_ascii=False).encode("latin-1").decode()


def thread(name: str = "Jürgen Klöß") -> bytes:
    told = [{"sender_name": name, "timestamp_ms": 1_600_000_000_000 + n * 60_000, "content": text} for n, text in
            enumerate(SAID)]  # fmt: skip
    people = [{"name": name}, {"name": "Ana Ruiz"}]
    return as_facebook(
        {"participants": people, "messages": told[::-1], "title": "Ana Ruiz", "thread_path": "inbox/a_1"}
    )


@pytest.mark.parametrize("write", [as_facebook, lambda value: json.dumps(value).encode(),
                                   lambda value: json.dumps(value, ensure_ascii=False).encode()])  # fmt: skip
def test_only_the_words_go_out_of_json_however_it_is_escaped(write: Callable[[object], bytes]) -> None:
    raw = write({"content": SAID[1], "a\nMühle": ["Muehle", "the\nMühle"]})
    after = exports.fill_words(raw, "json", CUT.ranges)
    assert len(after) == len(raw)
    values = json.loads(after)
    assert set(values["content"]) <= set("meet at the X, ")
    assert values["content"].startswith("meet at the X")
    (key,) = set(values) - {"content"}
    assert set(key) == set("a\nX")
    assert values[key][0] == "Muehle"
    assert values[key][1].startswith("the\nX")
    assert exports.fill_words(after, "json", CUT.ranges) == after


def test_a_message_in_json_keeps_its_writer_its_time_and_its_shape() -> None:
    one = {
        "sender_name": 'Ana "A" Ruiz',
        "timestamp_ms": 5,
        "content": "a \\ b",
        "photos": [{"uri": "x/y.jpg"}],
        "n": None,
    }
    raw = json.dumps(one, indent=1).encode()
    after = exports.fill_record(raw, "json", ["Ana"])
    assert len(after) == len(raw)
    assert json.loads(after) == one | {"content": "XXXXXX", "photos": [{"uri": "XXXXXXX"}]}


def test_a_message_in_a_page_keeps_its_writer_and_its_tags() -> None:
    raw = b'<div class="m"><b>Ana Ruiz</b><p>the &#122;ebra < 5</p><a href="http://x.y/z" title="frog">here</a></div>'
    after = exports.fill_record(raw, "html", ["Ana Ruiz"])
    assert len(after) == len(raw)
    assert after.startswith(b'<div class="m"><b>Ana Ruiz</b><p>XXXXXXXXXXX')
    assert after.endswith(b'<a href="XXXXXXXXXXXX" title="XXXX">XXXX</a></div>')
    words = exports.fill_words(b"<i>M&uuml;<b>hle</b></i> <u title='zebrafish'>up</u>", "html", CUT.ranges)
    assert words == b"<i>XXXXXXX<b>XXX</b></i> <u title='XXXXXXXXX'>up</u>"


@given(st.text(), st.sampled_from(["json", "html"]))
def test_any_text_comes_out_as_long_as_before(text: str, kind: exports.Kind) -> None:
    raw = text.encode("utf-8", "surrogatepass") + rb"\u00c3\u00bc\u00c3 \ud83e\udd93 \ud83e"
    assert len(exports.fill_words(raw, kind, CUT.ranges)) == len(raw)
    assert len(exports.fill_record(raw, kind, ["a"])) == len(raw)


@given(
    st.recursive(
        st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_json_stays_json(value: object) -> None:
    raw = json.dumps({"said": value, "Mühle": "🦓 Mühle"}).encode()
    json.loads(exports.fill_words(raw, "json", CUT.ranges))
    json.loads(exports.fill_record(raw, "json", []))


def test_files_are_told_by_their_names() -> None:
    assert [exports.kind_of(name) for name in ("a/b.JSON", "x.htm", "x.html", "x.txt")] == [
        "json",
        "html",
        "html",
        None,
    ]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "facebook" / "your_facebook_activity" / "messages" / "inbox" / "a_1"
    folder.mkdir(parents=True)
    (folder / "message_1.json").write_bytes(thread())
    assert run(tmp_path / "home", "import", str(tmp_path / "facebook")) == 0
    return tmp_path / "home"


def kept(home: Path) -> bytes:
    with store.open_archive(home) as archive:
        (sha256,) = archive.connection.execute("select sha256 from source_file where path like '%.json'").fetchone()
        return archive.blobs.path(sha256).read_bytes()


@pytest.mark.parametrize("whole", [True, False])
def test_a_facebook_thread_loses_what_was_redacted_and_is_rebuilt_to_the_same_digest(
    home: Path, tmp_path: Path, *, whole: bool
) -> None:
    what = [id_of(home, "zebrafish")] if whole else ["--words", "Mühle"]
    assert run(home, "redact", *what, "--reason", "r", "--yes") == 0
    before = state(home)
    gone(home, tmp_path / "out", ["Mühle", *(["zebrafish", "🦓"] if whole else [])])
    assert len(kept(home)) == len(thread())
    assert "Grüße an Jürgen" in read(kept(home))
    assert repair(home, rebuild=True).digest == before
    assert run(home, "import", str(tmp_path / "facebook")) == 0
    assert state(home) == before
    gone(home, tmp_path / "out", ["Mühle"])


def test_somebody_forgotten_is_in_no_escape_of_a_facebook_thread(home: Path, tmp_path: Path) -> None:
    assert run(home, "forget", "Jürgen Klöß", "--reason", "r", "--yes") == 0
    gone(home, tmp_path / "out", ["Jürgen", "Klöß", "Mühle", "frog"])
    assert len(json.loads(kept(home))["messages"]) == len(SAID)
    assert run(home, "import", str(tmp_path / "facebook")) == 0
    gone(home, tmp_path / "out", ["Jürgen", "Klöß", "Mühle", "frog"])
