"""Words are filled in place: nothing moves, heads and line ends stay, and filling twice changes nothing."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.privacy import filling, letters
from archiver.privacy.cutting import Cutter, Rules, filled, merged, quote_rules, rule_for
from archiver.privacy.seals import Seals, leveled

SEALS = Seals(b"a secret")


def cutter(*words: str, kind: str = "words", quotes: str = "") -> Cutter:
    rules = Rules()
    for one in words:
        found = rule_for(SEALS, one, kind)
        assert found is not None
        rules.add(*found)
    for seal in quote_rules(SEALS, quotes):
        rules.add("quote", 5, seal)
    return Cutter(SEALS, rules)


def test_words_are_found_however_they_are_written_and_only_whole() -> None:
    cut = cutter("Gate code", "café")
    assert cut.fill("the GATE  code, gate-code: Cafe, cafés") == "the ████  ████, █████████: ████, cafés"
    assert cut.fill("gates code; code gate") == "gates code; code gate"


def test_a_name_counts_where_it_is_written_as_one() -> None:
    cut = cutter("may", kind="name")
    assert cut.fill("May may; @may, may@example.org, MAY") == "███ may; @███, ███@example.org, ███"


def test_what_letters_quote_is_found_within_the_quotation_only() -> None:
    said = "the treasure is buried under the old quince tree"
    cut = cutter(quotes=said)
    text = f"> {said}\nyes, {said}"
    assert cut.fill(text, [(0, len(said) + 2)]).startswith("> ███ ████████ ██ ██████")
    assert cut.fill(text, [(0, len(said) + 2)]).endswith(f"yes, {said}")
    assert not cut.rules.anywhere


def test_signs_are_found_where_nothing_is_spaced() -> None:
    assert cutter("赤い箱").fill("鍵は赤い 箱の中") == "鍵は██ █の中"
    assert cutter("🦓").fill("a 🦓 b") == "a █ b"
    assert rule_for(SEALS, "  ") is None
    assert rule_for(SEALS, "赤" * 65) is None


def test_data_is_filled_in_keys_and_values_and_stays_data() -> None:
    cut = cutter("Kofi", "true")
    told = json.dumps({"Kofi": ["ask Kofi", 1, True, None], "n": {"a": "b"}})
    assert json.loads(cut.fill_document(told)) == {"████": ["ask ████", 1, True, None], "n": {"a": "b"}}
    assert cut.fill_document('{"a": 1}') == '{"a": 1}'
    assert cut.fill_document("Kofi, no JSON") == "████, no JSON"


def test_a_key_stays_nobody_elses() -> None:
    cut = cutter("Kofi", "Ana")
    assert cut.key("whatsapp:kofi") == cut.key("whatsapp:KOFI") != cut.key("whatsapp:ana")
    assert "kofi" not in cut.key("whatsapp:kofi").lower()
    assert cut.key("whatsapp:iwo") == "whatsapp:iwo"


@given(st.text(), st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]))
def test_filling_keeps_the_length_and_changes_nothing_twice(text: str, encoding: str) -> None:
    text = text.encode("utf-8", "replace").decode("utf-8") + " Kofi said é🦓 "
    raw = filling.encoded(text, encoding)
    once = filling.fill_ranges(raw, encoding, cutter("kofi", "é").ranges)
    assert len(once) == len(raw)
    assert filling.fill_ranges(once, encoding, cutter("kofi", "é").ranges) == once
    assert len(filled(text, cutter("kofi").ranges(text))) == len(text)


@given(st.binary())
def test_any_bytes_are_filled_without_an_error(raw: bytes) -> None:
    cut = cutter("kofi", quotes="one two three four five six")
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        assert len(filling.fill_line(raw, encoding, ["Kofi"])) == len(raw)
        assert len(filling.fill_ranges(raw, encoding, cut.ranges)) == len(raw)
    assert len(letters.fill_letter(raw)) == len(raw)
    assert len(letters.cut_letter(raw, cut, body_too=True, quotes=True)) == len(raw)


def test_a_line_keeps_its_time_and_its_writer() -> None:
    line = b"[12.05.23, 11:30:04] Ana: B: the beans: are up\r\nand more\r\n"
    assert filling.fill_line(line, "utf-8", ["Ana: B", "Ana"]).startswith(b"[12.05.23, 11:30:04] Ana: XX")
    assert filling.fill_line(line, "utf-8", []).startswith(b"[12.05.23, 11:30:04] XXX")
    assert filling.fill_line(line, "utf-8", ["Ana"]).count(b"\r\n") == 2
    assert filling.fill_line(b"no head at all", "utf-8", ["Bo"]) == b"X" * 14


@pytest.mark.parametrize(
    ("head", "expected"), [(b"\xff\xfea\0", "utf-16-le"), (b"a\0b\0", "utf-16-le"), (b"\xfe\xff\0a", "utf-16-be"),
                           (b"\0a\0b", "utf-16-be"), (b"abcd", "utf-8"), (b"", "utf-8")]
)  # fmt: skip
def test_encodings_are_told_by_the_first_bytes(head: bytes, expected: str) -> None:
    assert filling.encoding_of(head) == expected


def test_a_letter_keeps_what_says_where_it_belongs() -> None:
    raw = b"From a@b Mon\nReceived: from kofi\n by x\nMessage-ID: <1@b>\nSubject: the\n beans\n\nare up\n"
    assert letters.fill_letter(raw) == (
        b"From a@b Mon\nXXXXXXXXXXXXXXXXXXX\nXXXXX\nMessage-ID: <1@b>\nXXXXXXXXXXXX\nXXXXXX\n\nXXXXXX\n"
    )
    assert letters.fill_letter(b"Subject: only a head").startswith(b"XXX")


def test_a_letter_loses_words_where_they_stand() -> None:
    cut = cutter("kofi")
    raw = b"From: Kofi <kofi@b>\nSubject: =?utf-8?q?ask_K=6Ffi?=\nX: =?broken?q?=?=\n\nhello kofi\n"
    after = letters.cut_letter(raw, cut, body_too=True)
    assert after.startswith(b"From: XXXX <XXXX@b>\nSubject: XXXXXXX")
    assert after.endswith(b"hello XXXX\n")


def test_seals_say_nothing_without_the_secret_and_the_same_with_it() -> None:
    other = Seals(b"another secret")
    assert SEALS.key(7) == Seals(b"a secret").key(7) != other.key(7)
    assert -(1 << 63) <= SEALS.key(-1) < 1 << 63
    assert SEALS.key(5) & 0xFF_FFFF_FFFF == SEALS.key(5 + (1 << 45)) & 0xFF_FFFF_FFFF, "the low bits by the low bits"
    assert SEALS.text("The Gate, code!") == SEALS.text("the gate code") != other.text("the gate code")
    assert SEALS.text("  ") is None
    assert leveled(" 🦓 ") == "🦓"
    assert SEALS.handle("whatsapp-name", "Ana", "a") != SEALS.handle("whatsapp-name", "Ana", "b")
    assert SEALS.handle("whatsapp-name", "Ana Ruiz", "a") == SEALS.handle("whatsapp-name", "ana ruiz", "b")


def test_ranges_that_touch_are_one() -> None:
    assert merged([(5, 6), (0, 2), (2, 3), (4, 4)]) == [(0, 3), (5, 6)]
