"""Foreign text made fit for terminals, matching, spreadsheets and SQLite."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archiver.spelling import has_signs, has_words, heaped, tokens
from archiver.text import (
    MATCH_END,
    MATCH_START,
    Needle,
    bare,
    csv_safe,
    fold,
    harmless,
    one_line,
    snippet,
    spans,
    storable,
)

ANY = st.text(st.characters(exclude_categories=()))


def marked(shown: str) -> str:
    """A snippet with its marks as brackets, so that a test can be read."""
    return shown.replace(MATCH_START, "[").replace(MATCH_END, "]")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "␛[31mred"),
        ("\x9b31m", "⟦U+009B⟧31m"),
        ("\x1b]0;title\x07", "␛]0;title␇"),
        ("over\rwritten", "over␍written"),
        ("two\r\nlines\tand a tab", "two\nlines\tand a tab"),
        ("abc\u202efdp.exe", "abc⟦U+202E⟧fdp.exe"),
        ("\u2066in\u2069", "⟦U+2066⟧in⟦U+2069⟧"),
        ("zero\u200bwidth\ufeff", "zero⟦U+200B⟧width⟦U+FEFF⟧"),
        ("half \ud83d", "half ⟦U+D83D⟧"),
        ("\x7f\x00", "␡␀"),
        ("שלום \u200fعليكم 👩‍🌾 नमस्ते", "שלום \u200fعليكم 👩‍🌾 नमस्ते"),
    ],
)
def test_what_a_terminal_would_obey_is_shown_instead(text: str, shown: str) -> None:
    assert harmless(text) == shown


@given(ANY)
def test_harmless_text_can_be_encoded_and_is_left_alone_the_second_time(text: str) -> None:
    once = harmless(text)
    once.encode()
    assert harmless(once) == once
    assert not set(once) & set("\x1b\x9b\r\u202e\u2066\u200b\x07")


def test_one_line_folds_spaces_and_cuts_by_columns_not_by_characters() -> None:
    assert one_line("two\n\n  lines", 20) == "two lines"
    assert one_line("a long remark", 8) == "a long…"
    assert one_line("水箱漏水了", 10) == "水箱漏水了"
    assert one_line("水箱漏水了", 9) == "水箱漏水…"
    assert one_line("e\u0301te\u0301", 3) == "e\u0301te\u0301"
    assert one_line("exactly", 7) == "exactly"
    assert one_line("\x1b[2J", 10) == "␛[2J"
    assert one_line("wide " * 50, 1) == "…"
    assert one_line("   " * 50 + "far behind", 4) == "far…"


@given(st.text(), st.integers(1, 40))
def test_one_line_is_one_line_no_longer_than_asked_for(text: str, width: int) -> None:
    line = one_line(text, width)
    assert len(line.splitlines()) <= 1
    assert sum(1 for c in line if c.isascii()) <= width


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Good  Morning\n", "good morning"),
        ("STRASSE", "straße"),
        ("caf\u00e9", "CAFE\u0301"),
        ("ｆｕｌｌ", "full"),
        ("\u202a+49 170\u202c", "+49\u00a0170"),
        ("\u200eimage omitted", "image omitted"),
        ("ﬁne", "fine"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ],
)
def test_two_spellings_of_the_same_words_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_joiners_and_accents_tell_words_apart() -> None:
    assert fold("می\u200cخواهم") != fold("میخواهم")
    assert fold("schon") != fold("schön")


@given(ANY)
@example("\u0345\u0300")
@example("ŉ")
@example("\u1e9e \u0130")
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(st.characters(max_codepoint=127)))
def test_the_fast_path_for_ascii_folds_as_the_slow_one_does(text: str) -> None:
    assert fold(text) == fold(text + " \u200e")


def test_names_are_bare_of_accents() -> None:
    assert bare("José Ñandú") == "jose nandu"
    assert bare("Anna") == "anna"
    assert bare("Йод") == bare("йод")


@pytest.mark.parametrize("cell", ["=1+1", "+49 170", "-2", "@here", "\t=1", "\r=1", "  =1", "＝1", "\n=1"])
def test_a_cell_that_starts_like_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert csv_safe(cell) == "'" + cell


def test_other_cells_stay_as_they_are() -> None:
    assert csv_safe("a=b, 5-3") == "a=b, 5-3"
    assert csv_safe("") == ""


def test_what_utf8_cannot_hold_is_joined_or_marked_and_said() -> None:
    assert storable("plain") == ("plain", False)
    assert storable("grün 🌱") == ("grün 🌱", False)
    assert storable("\ud83c\udf31!") == ("🌱!", True)
    assert storable("\udf31\ud83c") == ("⟦U+DF31⟧⟦U+D83C⟧", True)


@given(ANY)
def test_storable_text_is_utf8_and_only_changed_when_it_has_to_be(text: str) -> None:
    stored, changed = storable(text)
    stored.encode()
    assert changed == (stored != text)


def test_tokens_are_the_words_of_the_index() -> None:
    assert [word for _, _, word in tokens("Don't_go, CAFÉ cafe\u0301 2½ ὈΔΌΣ ǅ")] == [
        "don", "t", "go", "cafe", "cafe", "2½", "οδοσ", "ǆ",
    ]  # fmt: skip
    assert [("Ana: hi"[start:end]) for start, end, _ in tokens("Ana: hi")] == ["Ana", "hi"]


def test_words_are_for_the_index_and_signs_for_the_eye() -> None:
    for words in ("don't", "水箱", "👍🏽", "ไทย", "2", "हिन्दी"):
        assert has_words(words)
    for none in ("--", "→", "€", "", "\u0301", "،", "。"):
        assert not has_words(none)
    assert has_signs("→")
    assert has_signs("€")
    assert not has_signs("--")
    assert not has_signs("grün…")


def test_spans_finds_phrases_prefixes_and_literals() -> None:
    needles = [Needle(("water", "tank")), Needle(("leak",), prefix=True), Needle(literal="👍")]
    text = "Water-tank leaking? 👍 the water"
    assert [(text[start:end], index) for start, end, index in spans(text, needles)] == [
        ("Water-tank", 0),
        ("leaking", 1),
        ("👍", 2),
    ]
    assert spans("anything", [Needle()]) == []


def test_a_snippet_shows_the_place_where_most_needles_meet() -> None:
    text = "The tank. " + "Nothing to see here. " * 30 + "The water\nin the tank is low. " + "More talk. " * 30
    shown = snippet(text, [Needle(("tank",)), Needle(("water",))], width=80)
    assert "[water] in the [tank]" in marked(shown)
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert "\n" not in shown


def test_a_short_text_is_its_own_snippet() -> None:
    assert marked(snippet("See the old harbour!", [Needle(("harbour",))])) == "See the old [harbour]!"
    assert snippet("nothing of it", [Needle(("harbour",))]) == "nothing of it"
    assert snippet("", []) == ""


def test_overlapping_matches_are_marked_once() -> None:
    needles = [Needle(("water", "tank")), Needle(("tank",)), Needle(("water",))]
    assert marked(snippet("a water tank here", needles)) == "a [water tank] here"


def test_marks_that_were_in_the_text_do_not_pass_for_matches() -> None:
    assert marked(snippet("\x02fake\x03 tank", [Needle(("tank",))])) == "fake [tank]"


def test_text_without_spaces_is_cut_around_its_match() -> None:
    shown = marked(snippet("水" * 500 + "箱" + "水" * 500, [Needle(literal="箱")], width=40))
    assert "[箱]" in shown
    assert len(shown) < 60


@given(st.text(), st.lists(st.text(min_size=1), max_size=3), st.integers(8, 200))
def test_a_snippet_is_one_line_with_its_marks_in_pairs(text: str, words: list[str], width: int) -> None:
    needles = [Needle(literal=word) for word in words]
    needles += [Needle(tuple(part for _, _, part in tokens(word)), prefix=True) for word in words]
    shown = snippet(text, needles, width=width)
    assert shown.count(MATCH_START) == shown.count(MATCH_END)
    assert len(shown.splitlines()) <= 1
    assert len(shown) <= 3 * width + 2


HEAP = "Ana" + "\u0301\u0323" * 200_000  # would take minutes to sort


def test_a_heap_of_marks_is_levelled_without_sorting_it() -> None:
    assert fold(HEAP + "  B") == HEAP.lower() + " b"
    assert fold(fold(HEAP)) == fold(HEAP)
    assert bare(HEAP) == HEAP.lower()
    assert snippet(HEAP, [Needle(("ana",))])


def test_marks_as_people_write_them_are_no_heap_however_long_the_text() -> None:
    zalgo = "Tank\u0301\u0302\u0303\u0304 " * 1000
    assert not heaped(zalgo)
    assert not heaped("e\u0301" * 40)
    assert heaped(HEAP)
