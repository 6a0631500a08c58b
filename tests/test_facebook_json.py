"""One JSON file of a Facebook export: repaired, parsed within limits, its records found byte by byte, its sums kept."""

import json
import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archiver.dump import DEFAULT, Dump, Limits
from archiver.importers.facebook.accounting import Count, Ledger, shape
from archiver.importers.facebook.loading import Loaded, deeper, load, parse, spans
from archiver.importers.facebook.mojibake import repair, repaired
from archiver.model import Problem
from tests.facebook_export import lay, meta

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def loaded(
    folder: Path, raw: bytes, *keys: str, limits: Limits = DEFAULT, mended: bool = False
) -> tuple[Loaded | None, list[Problem]]:
    with Dump.open([lay(folder / "dump", {"message_1.json": raw})], limits) as dump:
        return load(dump, dump.entries[0], *keys, mended=mended)


# -- mojibake -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["tomato", "José", "čaj", "Привет", "🌱 seeds", "“compost”", "naïve café", "ÿ", ""])
def test_what_meta_wrote_byte_by_byte_is_made_whole(text: str) -> None:
    assert repaired(text.encode().decode("latin-1")) == text


@pytest.mark.parametrize("text", ["“café”", "Ã", "Ãœber – 7€", "é", "caf\u00c3", "seeds\u0000"])
def test_what_is_no_bytes_or_no_utf8_stays_as_it_is(text: str) -> None:
    assert repaired(text) == text


@given(st.text())
def test_what_was_broken_comes_back_whole_and_no_other_text_is_any_trouble(text: str) -> None:
    assert repaired(text.encode().decode("latin-1")) == text
    repaired(text)
    repaired(text + "\ud800")


def test_one_real_quote_in_a_broken_file_costs_no_character() -> None:
    value = {"content": "CafÃ©", "title": "“CafÃ©”"}
    assert repair(value) == {"content": "Café", "title": "“CafÃ©”"}


def test_keys_are_repaired_like_values() -> None:
    assert repair(meta({"Prénom": ["Zoë", {"Größe": "ä"}]})) == {"Prénom": ["Zoë", {"Größe": "ä"}]}


@given(JSON)
def test_a_broken_value_comes_back_as_it_was_whatever_its_shape(value: Any) -> None:
    assert repair(meta(value)) == value


def test_what_is_nested_as_deep_as_the_parser_goes_is_repaired_without_a_stack() -> None:
    value: Any = "Ã©"
    for _ in range(1000):
        value = [value]
    repair(value)
    while isinstance(value, list):
        value = value[0]
    assert value == "é"


# -- parsing ------------------------------------------------------------------------------------------------


def test_a_byte_order_mark_is_no_part_of_it() -> None:
    assert parse(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_what_is_no_number_in_json_is_read_as_nothing() -> None:
    assert parse(b'{"a": NaN, "b": [Infinity, -Infinity], "c": 2}') == {"a": None, "b": [None, None], "c": 2}


def test_half_a_surrogate_pair_becomes_a_visible_mark() -> None:
    assert parse(b'{"a\\ud83d": "x\\ud83d", "b": ["\\ude00", {"c": "\\ud83c\\udf31"}]}') == {
        "a⟦U+D83D⟧": "x⟦U+D83D⟧",
        "b": ["⟦U+DE00⟧", {"c": "🌱"}],
    }


def test_broken_utf8_in_a_file_is_replaced_and_the_rest_is_read() -> None:
    assert parse(b'{"a": "x\xffy"}') == {"a": "x\ufffdy"}


def test_integers_of_any_length_are_no_trouble() -> None:
    parse(b'{"a": 123456789012345678901234567890, "b": NaN}')
    with pytest.raises(ValueError):
        parse(b"[NaN," + b"1" * 10_000 + b"]")


HOPELESS = {
    "object Object": b"[object Object]",
    "no data": b"no-data",
    "nested 100,000 deep": b"[" * 100_000 + b"]" * 100_000,
    "objects 100,000 deep": b'{"messages":' * 100_000,
    "cut in a string": b'{"participants": [], "title": "Gar',
    "a lone quote": b'"',
    "zeros": b"\0" * 5000,
    "a picture": bytes(range(256)) * 40,
    "UTF-16": '{"messages": []}'.encode("utf-16"),
}


@pytest.mark.parametrize("raw", HOPELESS.values(), ids=list(HOPELESS))
def test_a_hopeless_file_is_one_problem(raw: bytes, tmp_path: Path) -> None:
    found, problems = loaded(tmp_path, raw, "messages")
    assert found is None
    assert [(problem.what, problem.loss) for problem in problems] == [("unreadable-json", "file")]


def test_an_empty_file_loses_nothing(tmp_path: Path) -> None:
    found, problems = loaded(tmp_path, b"\xef\xbb\xbf \n")
    assert (found, problems[0].loss) == (None, "nothing")


def test_a_file_past_the_limit_is_named_with_the_limit_and_not_read(tmp_path: Path) -> None:
    raw = b'{"messages": ["' + b"x" * (2 << 20) + b'"]}'
    found, problems = loaded(tmp_path, raw, limits=Limits(json_bytes=1 << 20))
    assert found is None
    assert problems[0].what == "too-large"
    assert "limit 1,048,576; --limit-json-bytes raises it" in problems[0].note
    assert loaded(tmp_path, raw, limits=Limits(json_bytes=3 << 20))[0] is not None


def test_a_file_that_is_nested_past_the_limit_is_named_with_it_and_not_read(tmp_path: Path) -> None:
    raw = b'{"messages": ' + b"[" * 64 + b"]" * 64 + b"}"
    found, problems = loaded(tmp_path, raw)
    assert found is None
    assert (problems[0].what, problems[0].loss) == ("too-deep", "file")
    assert "limit 64; --limit-json-depth raises it" in problems[0].note
    assert loaded(tmp_path, raw, limits=Limits(json_depth=65))[0] is not None


@pytest.mark.parametrize("levels", [1, 2, 63, 64])
def test_so_many_levels_are_so_many_and_no_more(levels: int) -> None:
    value: Any = "x"
    for level in range(levels):
        value = [value, 1] if level % 2 else {"a": 2, "b": value}
    assert not deeper(value, levels)
    assert deeper(value, levels - 1)
    assert not deeper("x", 0)


def test_a_damaged_zip_is_a_problem(tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "dump.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a/message_1.json", random.Random(1).randbytes(9000).hex())
    raw = bytearray(path.read_bytes())
    raw[2000:2400] = bytes(400)
    path.write_bytes(raw)
    with Dump.open([path]) as dump:
        found, problems = load(dump, dump.entries[0])
    assert found is None
    assert [(problem.what, problem.loss) for problem in problems] == [("unreadable-file", "file")]


def test_a_file_that_is_cut_off_gives_the_records_that_are_whole(tmp_path: Path) -> None:
    records = [{"sender_name": "Ana", "timestamp_ms": i, "content": f"seed {i}"} for i in range(50)]
    raw = json.dumps({"participants": [{"name": "Ana"}], "messages": records}).encode()
    found, problems = loaded(tmp_path, raw[: raw.index(b"seed 30") + 3], "messages")
    assert found is not None
    assert found.cut
    assert found.value == records[:30]
    assert [(problem.what, problem.loss) for problem in problems] == [("damaged-json", "message")]
    assert "30 records" in problems[0].note
    assert parse(found.raw[slice(*spans(found.raw, "messages")[7])]) == records[7]


def test_problems_name_what_is_wrong_and_no_word_of_the_file(tmp_path: Path) -> None:
    _, problems = loaded(tmp_path, b'{"content": "my secret", "other": secret}')
    assert "secret" not in problems[0].note


# -- bytes of records -----------------------------------------------------------------------------------------


@example([{"": None}, [{}, {"": None}]], None, "")
@given(st.lists(JSON, min_size=1, max_size=6), st.sampled_from([None, 1, 4]), st.sampled_from(["messages", ""]))
def test_every_record_is_found_byte_by_byte(records: list[Any], indent: int | None, key: str) -> None:
    whole = {"title": ["{", {"messages": [7]}], "messages": records, "z": [1]} if key else records
    raw = json.dumps(whole, indent=indent).encode()
    for values in ([], records):
        found = spans(raw, key, values)
        assert [json.loads(raw[start:end]) for start, end in found] == records


@given(st.binary(max_size=200) | st.text(alphabet='[]{}",:\\ \n1ab', max_size=200).map(str.encode))
def test_looking_for_records_never_raises_and_finds_them_in_order(raw: bytes) -> None:
    for key in ("", "a", "messages"):
        found = spans(raw, key)
        assert all(start < end <= len(raw) for start, end in found)
        assert all(before[1] <= after[0] for before, after in pairwise(found))


@pytest.mark.parametrize("indent", [None, 2])
def test_records_that_begin_alike_are_told_apart_even_with_lists_of_the_like_in_them(indent: int | None) -> None:
    records = [{"a": i, "inner": [{"a": 1}, {"a": 2}], "said": '},{"a":'} for i in range(5)]
    raw = json.dumps({"messages": records}, indent=indent).encode()
    assert [json.loads(raw[start:end]) for start, end in spans(raw, "messages", records)] == records


def test_records_of_any_depth_are_found() -> None:
    deep: Any = 1
    for _ in range(60):
        deep = [{"a": deep}]
    records = [{"b": 1}, deep, {"c": deep}, {"d": 2}]
    raw = json.dumps({"messages": records}).encode()
    assert [json.loads(raw[start:end]) for start, end in spans(raw, "messages")] == records


@pytest.mark.parametrize(
    "raw",
    [
        b'{"messages":' + b"[" * 200_000,
        b'{"messages":[' + b'{"a":' * 200_000,
        b'{"messages":[' + b'{"a":[1}' * 200_000,
        b'{"messages":[' + b'{"a":{},' * 200_000,
        b'{"a":"' + b'\\"' * 1_000_000,
        b'{"messages":["' + b"x" * 5_000_000,
        b'{"messages":[' + b" " * 5_000_000 + b",",
        b'{"messages":[{"a":' + b'"\\\\' * 600_000,
        b'{"messages":[{"a":1}' + b',"' * 1_000_000,
    ],
    ids=["lists", "objects", "mixed", "unclosed", "quotes", "string", "spaces", "backslashes", "commas"],
)
def test_hostile_bytes_are_looked_through_once(raw: bytes) -> None:
    spans(raw, "messages")
    spans(raw, "messages", [{"a": 1}] * 3)


# -- accounts -------------------------------------------------------------------------------------------------


def test_a_file_of_which_nothing_was_skipped_says_nothing() -> None:
    ledger = Ledger()
    assert list(ledger.close("thread", Count("messages", held=3, read=2, typed=1))) == []
    assert ledger.counts["thread"].balanced


def test_what_was_skipped_is_said_with_sums_that_add_up() -> None:
    ledger, count = Ledger(), Count("messages", held=5, read=2, typed=1)
    count.skip("no object", lost=True)
    count.skip("no time")
    (problem,) = ledger.close("thread", count)
    assert problem.note == "5 messages held: 2 read, 1 typed, 2 skipped (no object 1, no time 1)."
    assert problem.loss == "message"


def test_numbers_that_do_not_add_up_are_said() -> None:
    assert [problem.what for problem in Ledger().close("posts", Count("posts", held=2, read=1))] == ["skipped-records"]


def test_unknown_keys_are_named_once_with_their_shape_and_never_with_their_value() -> None:
    ledger = Ledger()
    for _ in range(3):
        ledger.unknown_keys("thread", {"mood": "sunny secret", "content": "x"}, {"content"})
    ledger.unknown("posts", "mood", {"a": 1, "b": 2})
    notes = [problem.note for problem in ledger.problems()]
    assert notes == [
        "posts: the key “mood” (object of 2) is not understood; it was there once.",
        "thread: the key “mood” (string) is not understood; it was there 3 times.",
    ]
    assert list(ledger.problems()) == []


def test_a_million_unknown_keys_are_a_number() -> None:
    ledger = Ledger()
    for i in range(2000):
        ledger.unknown("thread", f"{i}" * 100, i)
    problems = list(ledger.problems())
    assert len(problems) == 501
    assert "1,500 more keys" in problems[-1].note
    assert max(len(problem.note) for problem in problems) < 200


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (False, "true or false"),
        ({}, "object of 0"),
        ([1], "list of 1"),
        ("x", "string"),
        ("", "empty string"),
        (None, "null"),
        (1.5, "number"),
    ],
)
def test_a_shape_tells_the_kind_of_a_value(value: object, said: str) -> None:
    assert shape(value) == said


def test_records_of_one_file_share_the_words_of_their_origins(tmp_path: Path) -> None:
    found, _ = loaded(tmp_path, b'{"messages": [{"a": 1}, {"a": 2}]}')
    assert found is not None
    one, other = map(found.part, spans(found.raw, "messages", found.value["messages"]))
    assert one.dump is other.dump
    assert found.raw[one.start : one.end] == b'{"a": 1}'


def test_an_entry_that_is_mended_has_whole_words(tmp_path: Path) -> None:
    found, _ = loaded(tmp_path, json.dumps(meta({"títol": "Jardí"})).encode(), mended=True)
    assert found is not None
    assert found.value == {"títol": "Jardí"}
