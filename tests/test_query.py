"""The query language: what people type, and what it means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import fields
from archiver.query import (
    MAX_DEPTH,
    MAX_TERMS,
    And,
    Filter,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Word,
    leaves,
    parse,
)


def said(node: Node | None) -> str:  # noqa: PLR0911 - one line a node
    """A query in short: +all(of) |any(of) -not [phrase] {prefix*} <near>~n (field=value) word."""
    match node:
        case None:
            return ""
        case And(parts):
            return "+(" + " ".join(map(said, parts)) + ")"
        case Or(parts):
            return "|(" + " ".join(map(said, parts)) + ")"
        case Not(part):
            return "-" + said(part)
        case Phrase(text):
            return f"[{text}]"
        case Prefix(text):
            return f"{{{text}*}}"
        case Near(text, distance):
            return f"<{text}>~{distance}"
        case Filter(field, value, _):
            return f"({field.name}={value})"
        case Word(text):
            return text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", ""),
        ("   ", ""),
        ("water", "water"),
        ("water tank", "+(water tank)"),
        ("water water", "water"),
        ('"old harbour" boat', "+([old harbour] boat)"),
        ("“old harbour”", "[old harbour]"),
        ("„alter Hafen“", "[alter Hafen]"),
        ("«vieux port»", "[vieux port]"),
        ("-boat", "-boat"),
        ('-"old boat" tank', "+(-[old boat] tank)"),
        ("-from:ana", "-(from=ana)"),
        ("-(a b)", "-+(a b)"),
        ("-👍", "-👍"),
        ("tank OR pump", "|(tank pump)"),
        ("tank | pump", "|(tank pump)"),
        ("red OR blue door", "+(|(red blue) door)"),
        ("a OR b OR c", "|(a b c)"),
        ("a AND b", "+(a b)"),
        ("wat*", "{wat*}"),
        ('"water ta"*', "{water ta*}"),
        ('"water tank"~5', "<water tank>~5"),
        ('("water tank"~5)', "<water tank>~5"),
        ("(a OR b) c", "+(|(a b) c)"),
        ("((a))", "a"),
        ("()", ""),
        ("( ) a", "a"),
        ("-( ) a", "a"),
        ("from:ana", "(from=ana)"),
        ("FROM:Ana", "(from=Ana)"),
        ("by:ana", "(from=ana)"),
        ('from:"Ana María" tank', "+((from=Ana María) tank)"),
        ("(from:ana OR from:ben)", "|((from=ana) (from=ben))"),
        ("in:“Garden Club”", "(in=Garden Club)"),
        ("(in:foo(bar) x)", "+((in=foo(bar)) x)"),
        ("before:2019-05-14T12:30", "(before=2019-05-14T12:30)"),
        ("before:3 weeks ago tank", "+((before=3 weeks ago) tank)"),
        ("after:last march", "(after=last march)"),
        ("(on:14 May 2019) tank", "+((on=14 May 2019) tank)"),
        ("tank during:the past two weeks", "+(tank (during=the past two weeks))"),
        ("near:may 2019 -boat", "+((near=may 2019) -boat)"),
        ("since:monday market", "+((since=monday) market)"),
        ("since:2019 may", "+((since=2019) may)"),
        ("during:2019..2020 may", "+((during=2019..2020) may)"),
        ('since:"may" 2019', "+((since=may) 2019)"),
        ("around:2019-05", "(near=2019-05)"),
        ("lang:de", "(lang=de)"),
        ("wat*er*", "{wat*er*}"),
    ],
)
def test_a_query_means_what_people_mean_by_it(typed: str, meant: str) -> None:
    asked = parse(typed)
    assert said(asked.root) == meant
    assert asked.notes == ()
    assert asked.text == typed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12:30", "12:30"),
        ("https://x.example/a:b", "https://x.example/a:b"),
        ("mailto:ana@garden.example", "mailto:ana@garden.example"),
        ("don't", "don't"),
        ("5\" pipe 12'", "+(5\" pipe 12')"),
        ("a - b", "+(a - b)"),
        ("--verbose", "--verbose"),
        ("->", "->"),
        (":-)", ":-)"),
        ("(-:", "(-:"),
        ("tank :)", "+(tank :))"),
        ("foo(bar)", "foo(bar)"),
        ("*", "*"),
        ("**", "**"),
        ("*bold*", "{*bold*}"),
        ("OR", "OR"),
        ("OR a", "+(OR a)"),
        ("a OR", "+(a OR)"),
        ("(a OR )", "+(a OR)"),
        ("a OR OR b", "+(|(a OR) b)"),
        ("AND", "AND"),
        ("or and not", "+(or and not)"),
        ("NEAR(", "NEAR("),
        ("NOT a", "+(NOT a)"),
        ("'; drop table message; --", "+('; drop table message; --)"),
        ("C:\\Users\\ana", "C:\\Users\\ana"),
        ("note: buy milk", "+(note: buy milk)"),
    ],
)
def test_what_only_looks_like_an_operator_is_a_word(typed: str, meant: str) -> None:
    asked = parse(typed)
    assert said(asked.root) == meant


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("OR a", "“OR” has nothing to join"),
        ("a AND", "“AND” has nothing to join"),
        ("NOT a", "write -word"),
        ("wat*r", "a star stands for the end of a word only"),
    ],
)
def test_what_looks_like_an_operator_and_is_none_is_said_in_a_line(typed: str, told: str) -> None:
    (note,) = parse(typed).notes
    assert told in note
    assert "\n" not in note


def test_an_unknown_field_is_a_word_and_the_nearest_one_is_named() -> None:
    asked = parse("form:ana")
    assert asked.root == Word("form:ana")
    assert asked.notes == ("“form:” is no field, so it is searched as a word. Did you mean from:?",)
    assert parse("foo:bar").notes == ("“foo:” is no field, so it is searched as a word.",)


def test_a_field_without_a_value_is_a_word_and_says_how_it_is_written() -> None:
    asked = parse("from: ana")
    assert said(asked.root) == "+(from: ana)"
    assert "without a space" in asked.notes[0]
    assert said(parse('in:"" tank').root) == '+(in:"" tank)'


def test_a_quotation_mark_that_is_not_closed_is_said_and_left_out_of_account() -> None:
    asked = parse('the "old harbour')
    assert said(asked.root) == '+(the "old harbour)'
    assert "not closed" in asked.notes[0]
    assert said(parse('from:"ana').root) == '(from="ana)'


def test_a_very_long_query_is_cut_and_says_so() -> None:
    asked = parse(" ".join(f"word{n}" for n in range(MAX_TERMS + 50)))
    assert len(list(leaves(asked.root))) == MAX_TERMS
    assert str(MAX_TERMS) in asked.notes[0]


def test_parentheses_have_a_depth_beyond_which_they_are_left_out() -> None:
    asked = parse("(" * 50 + "a" + ")" * 50)
    assert next(leaves(asked.root)) == Word("a")
    assert str(MAX_DEPTH) in asked.notes[0]


def test_the_leaves_to_show_are_those_a_message_has_to_fit() -> None:
    asked = parse('tank -pump (a OR -b) -(c -d) "old harbour"')
    assert [said(leaf) for leaf in leaves(asked.root)] == ["tank", "a", "d", "[old harbour]"]
    assert list(leaves(None)) == []


def test_every_field_is_found_by_every_name_and_its_example_asks_for_it() -> None:
    for row in fields.FIELDS:
        for name in (row.name, *row.aliases):
            assert fields.field(name.upper()) is row
        root = parse(row.example).root
        assert isinstance(root, Filter)
        assert root.field is row
    assert len(set(fields.names())) == len(list(fields.names()))
    assert fields.field("colour") is None


def test_every_thing_is_found_by_every_name_and_any_other_is_a_file_ending() -> None:
    for row in fields.THINGS:
        for name in (row.name, *row.aliases):
            assert fields.thing(name.upper()) is row
    assert fields.thing(".Pdf").names == ("%.pdf",)
    assert fields.thing("a_b").names == ("%.a\\_b",)


PIECES = st.sampled_from(
    ["from:", "in:", "before:", "foo:", "OR", "AND", "NOT", "NEAR(", "|", "-", "(", ")", '"', "“", "”", "*", "~5", ":",
     "tank", "don't", "12:30", "https://x.org/a:b", "👍", "水箱", " ", "\x00", "\ud83d", "\n", "'; drop", "\\", "%"]
)  # fmt: skip


@given(st.text(st.characters(exclude_categories=())) | st.lists(PIECES, max_size=60).map("".join))
def test_nothing_that_can_be_typed_is_an_error(typed: str) -> None:
    asked = parse(typed)
    assert asked.text == typed
    assert len(set(asked.notes)) == len(asked.notes)


@given(st.text(st.characters(categories=("L", "N")), min_size=1))
def test_a_word_of_letters_and_digits_is_itself(word: str) -> None:
    assert parse(word).root == Word(word)


@pytest.mark.parametrize("piece", ["(", '"', "-", "a ", "a:", "((", "OR ", "-(", '""', "*", "👍 ", "|"])
def test_ten_thousand_characters_are_no_error(piece: str) -> None:
    typed = (piece * 10_000)[:10_000]
    assert parse(typed).text == typed
