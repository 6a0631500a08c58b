"""How the index reads a text; SQLite's own index is the judge."""

import sqlite3
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archiver.spelling import has_words, respelt, spelled, tokens, unspaced
from archiver.store.migrations import schema, statements

ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
SIGNS = (
    "a|Z|9| |é|e\u0301|ß|ł|ø|İ|ς|Σ|ό|ᾷ|ё|й|и\u0306|أ|\u064e|ـ|ة|ی|٣|ש\u05c1|ﷲ|ﬁ|Ａ|ｶﾞ|か\u3099|水|น้ำ|ကို|ទឹក|की|த|👍|🏽|"
    "❤\ufe0f|\u200d|\u200c|🇩|①|→|€|½|_|.|'|™|°|─|\ufffd|\u0336"
)
PIECES = st.lists(st.sampled_from(SIGNS.split("|")), max_size=30).map("".join)


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    """An index that cuts words as the archive's own does."""
    (made,) = (one for one in statements(schema("schema_4.sql")) if "fts5 (" in one)
    tokenizer = next(line for line in made.splitlines() if "tokenize" in line)
    sql = sqlite3.connect(":memory:")
    sql.execute(f"create virtual table words using fts5 (text, {tokenizer})")
    sql.execute("create virtual table places using fts5vocab (words, instance)")
    yield sql
    sql.close()


def indexed(index: sqlite3.Connection, text: str) -> list[str]:
    """The words that SQLite makes of a text, in their order."""
    index.execute("delete from words")
    index.execute("insert into words values (?)", (text.replace("\0", " "),))
    return [term for (term,) in index.execute("select term from places order by offset")]


@settings(max_examples=600, deadline=None)
@given(PIECES | ANY)
@example("ok👍")
@example("👍👍")
@example("❤\ufe0f❤\ufe0f")
@example("Straße Łódź smørrebrød œuvre")
def test_no_copy_is_kept_only_where_the_index_reads_the_text_as_well(index: sqlite3.Connection, text: str) -> None:
    if respelt(text) is None:
        assert indexed(index, text) == indexed(index, spelled(text))
    else:
        assert respelt(text) == spelled(text) or indexed(index, respelt(text) or "") == indexed(index, spelled(text))


@settings(max_examples=300, deadline=None)
@given(PIECES | ANY)
def test_spelling_twice_changes_no_word(index: sqlite3.Connection, text: str) -> None:
    assert indexed(index, spelled(spelled(text))) == indexed(index, spelled(text))


@settings(max_examples=600, deadline=None)
@given(PIECES)
def test_the_words_to_show_are_those_of_the_index(index: sqlite3.Connection, text: str) -> None:
    assert [word for _, _, word in tokens(text)] == indexed(index, spelled(text))


@settings(max_examples=300, deadline=None)
@given(ANY)
def test_whether_there_are_words_is_known(index: sqlite3.Connection, text: str) -> None:
    known = all(unicodedata.category(sign) != "Cn" for sign in text)  # younger than SQLite or Python
    if known and unicodedata.is_normalized("NFKC", text) and max(text, default="") < "\u0900":
        assert has_words(text) == bool(indexed(index, spelled(text)))


@given(st.text(st.characters(max_codepoint=0xFF)))
def test_what_people_write_in_the_west_needs_no_copy(text: str) -> None:
    if not set(text) & set("øØæÆß"):
        assert respelt(text) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("café", "CAFE"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("smørrebrød", "smorrebrod"),
        ("cœur", "coeur"),
        ("đường", "duong"),
        ("ΝΕΡΌ", "νερο"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("ёлка", "Елка"),
        ("и\u0306од", "йод"),
        ("أحمد", "احمد"),
        ("مُدَرِّسة", "مدرسه"),
        ("مـــاء", "ماء"),
        ("علی", "على"),
        ("کتاب", "كتاب"),
        ("٢٠١٩", "2019"),
        ("۲۰۱۹", "٢٠١٩"),
        ("שָׁלוֹם", "שלום"),
        ("ＡＢＣ１２", "abc12"),
        ("ﾃﾆｽ", "テニス"),
        ("か\u3099", "が"),
        ("ﬁnal", "final"),
        ("❤\ufe0f", "❤"),
        ("s\u0336a\u0336d\u0336", "sad"),
        ("👩\u200d🌾", "👩🌾"),
    ],
)
def test_what_readers_take_for_the_same_is_the_same(index: sqlite3.Connection, one: str, other: str) -> None:
    assert indexed(index, spelled(one)) == indexed(index, spelled(other))
    assert [word for *_, word in tokens(one)] == [word for *_, word in tokens(other)]


@pytest.mark.parametrize(("one", "other"), [("йод", "иод"), ("की", "का"), ("ї", "і"), ("схон", "сон"), ("水", "氷")])
def test_what_readers_tell_apart_stays_apart(index: sqlite3.Connection, one: str, other: str) -> None:
    assert indexed(index, spelled(one)) != indexed(index, spelled(other))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("水箱漏水", ["水", "箱", "漏", "水"]),
        ("see 水箱!", ["see", "水", "箱"]),
        ("ok👍🏽", ["ok", "👍", "🏽"]),
        ("20°C, Lego™", ["20", "c", "lego"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("می\u200cخواهم", ["مي", "خواهم"]),
        ("x─y", ["x", "y"]),
    ],
)
def test_words_are_cut_as_readers_cut_them(index: sqlite3.Connection, text: str, words: list[str]) -> None:
    assert indexed(index, spelled(text)) == words


def test_a_place_in_the_text_is_that_of_the_word() -> None:
    text = "Zur Straße 水箱 👍"
    assert [text[start:end] for start, end, _ in tokens(text)] == ["Zur", "Straße", "水", "箱", "👍"]


def test_scripts_without_spaces_are_known() -> None:
    assert unspaced("the 水箱")
    assert unspaced("ไทย")
    assert not unspaced("ünïcode вода")
    assert not unspaced("ascii")
