"""The charset ladder: what a label means, and what is done when it lies."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.importers.mail.charsets import STEPS, codec_of, decode

GREETING = "Grüße aus dem Garten"


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("latin-1", "cp1252"),
        ("ISO_8859-1:1987", "cp1252"),
        ("us-ascii", "cp1252"),
        ("ANSI_X3.4-1968", "cp1252"),
        ("gb2312", "gb18030"),
        ("GBK", "gb18030"),
        ("x-gbk", "gb18030"),
        ("cp936", "gb18030"),
        ("Shift_JIS", "cp932"),
        ("x-sjis", "cp932"),
        ("ks_c_5601", "cp949"),
        ("ks_c_5601-1987", "cp949"),
        ("EUC-KR", "cp949"),
        ("big5", "big5hkscs"),
        ("iso-8859-9", "cp1254"),
        ("iso-8859-8-i", "iso8859_8"),
        ("iso-8859-11", "cp874"),
        ("tis-620", "cp874"),
        ("utf8", "utf-8"),
        ("utf-8;format=flowed", "utf-8"),
        ("utf-8 format=flowed", "utf-8"),
        ('"UTF-8"', "utf-8"),
        ("charset=utf-8", "utf-8"),
        ("UTF-8*en", "utf-8"),
        ("unicode-1-1-utf-7", "utf-7"),
        ("windows-1251", "cp1251"),
        ("x-cp1251", "cp1251"),
        ("win-1251", "cp1251"),
        ("ibm850", "cp850"),
        ("macintosh", "mac_roman"),
        ("koi8-ru", "koi8_u"),
        ("iso8859-15", "iso8859_15"),
    ],
)
def test_a_label_is_read_as_browsers_read_it(label: str, codec: str) -> None:
    assert codec_of(label) == codec


@pytest.mark.parametrize(
    "label", ["x-unknown", "unknown-8bit", "default", "", "base64", "rot13", "iso-8859-12", "12345"]
)
def test_a_label_that_names_no_charset_means_none(label: str) -> None:
    assert codec_of(label) is None


def test_every_codec_of_the_table_exists() -> None:
    for label in ("koi8-r", "johab", "iso-8859-16", "cp1258", "cp864", "x-mac-cyrillic", "utf-32", "utf-16be", "hz"):
        assert decode(b"a", label)[0] == "a" or label.startswith("utf-")


def test_plain_bytes_need_no_label() -> None:
    assert decode(b"Dahlias + roses", "x-unknown") == ("Dahlias + roses", "ascii")
    assert decode(b"", None) == ("", "ascii")


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("utf-8", GREETING),
        ("iso-8859-1", GREETING),
        ("iso-8859-2", "Zahrádka čeká"),
        ("koi8-r", "Сад и огород"),
        ("windows-1251", "Сад и огород"),
        ("gb2312", "花园俱乐部"),
        ("gbk", "花園俱樂部"),
        ("big5", "花園俱樂部"),
        ("shift_jis", "園芸クラブ①"),
        ("euc-jp", "園芸クラブ"),
        ("iso-2022-jp", "園芸クラブ"),
        ("ks_c_5601-1987", "정원 동호회"),
        ("iso-2022-kr", "정원 동호회"),
        ("tis-620", "สวน"),
        ("utf-7", GREETING),
        ("utf-16be", "園芸 club"),
        ("hz-gb-2312", "花园"),
    ],
)
def test_a_label_that_is_right_is_believed(label: str, text: str) -> None:
    codec = "cp949" if label.startswith("ks") else label
    assert decode(text.encode("cp932" if label == "shift_jis" else codec), label) == (text, "label")


def test_latin_1_is_windows_1252() -> None:
    assert decode(b"\x93quoted\x94 \x96 5 \x80", "iso-8859-1") == ("“quoted” – 5 €", "label")


def test_the_five_open_bytes_of_windows_1252_are_kept_as_controls() -> None:
    assert decode(b"\xe9\x81\x8d\x8f\x90\x9d", "windows-1252") == ("é\x81\x8d\x8f\x90\x9d", "label")


@pytest.mark.parametrize("label", [None, "us-ascii", "iso-8859-1", "windows-1252", "x-unknown", "iso-8859-15"])
def test_utf_8_under_a_wrong_label_or_none_is_utf_8(label: str | None) -> None:
    assert decode(GREETING.encode(), label) == (GREETING, "utf-8")


def test_windows_1252_under_the_label_utf_8_is_windows_1252() -> None:
    assert decode(GREETING.encode("cp1252"), "utf-8") == (GREETING, "cp1252")


def test_escapes_of_iso_2022_are_seen_without_a_label() -> None:
    japanese, korean = "園芸クラブ".encode("iso-2022-jp"), "정원".encode("iso-2022-kr")
    assert decode(japanese, None) == ("園芸クラブ", "iso-2022")
    assert decode(japanese, "utf-8") == ("園芸クラブ", "iso-2022")
    assert decode(korean, "us-ascii") == ("정원", "iso-2022")
    assert decode(b"\x1b$)A\x0e\x3b\x28\x54\x30\x0f ok", None) == ("花园 ok", "iso-2022")


def test_an_escape_that_calls_nothing_is_no_iso_2022() -> None:
    assert decode(b"\x1b[31mred\x1b[0m", None) == ("\x1b[31mred\x1b[0m", "ascii")


def test_the_signs_of_japanese_makers_are_read_in_iso_2022_and_euc() -> None:
    """NEC's and IBM's additions, which the standards lack and every Japanese mail program writes."""
    assert decode(b"\x1b$B-!-j|b6v\x1b(B", "iso-2022-jp") == ("①㈱髙橋".replace("橋", "偶"), "label")
    assert decode(b"\xad\xa1\xfc\xe2", "euc-jp") == ("①髙", "label")


def test_halfwidth_katakana_in_iso_2022_jp() -> None:
    assert decode(b"\x1b(I1\x1b(B \x1b$B-!\x1b(B", "iso-2022-jp")[0] == "ｱ ①"


def test_the_charset_of_the_body_reads_a_header_without_label() -> None:
    assert decode("Сад".encode("koi8-r"), None, "koi8-r") == ("Сад", "body-charset")
    assert decode("花园俱乐部".encode("gb2312"), None, "gb2312") == ("花园俱乐部", "body-charset")


def test_the_last_step_is_windows_1252() -> None:
    assert decode(b"caf\xe9", None) == ("café", "cp1252")
    assert decode(b"caf\xe9", None, "utf-8") == ("café", "cp1252")


def test_one_bad_byte_does_not_spoil_a_text() -> None:
    chinese = "花园俱乐部的信".encode("gb2312")
    assert decode(chinese + b"\xff", "gb2312") == ("花园俱乐部的信\ufffd", "label-mended")
    assert decode(chinese[:-1], "gb2312") == ("花园俱乐部的\ufffd", "label-mended")


def test_a_footer_in_another_charset_is_read_too() -> None:
    mixed = (GREETING + " – viele Grüße für alle, die gärtnern").encode() + b"\n-- \nF\xf6rderverein"
    assert decode(mixed, "utf-8")[0].endswith("gärtnern\n-- \nFörderverein")
    assert decode(mixed, "utf-8")[1] == "label-mended"
    assert decode(mixed, None)[1] == "utf-8-mended"


def test_utf_8_cut_within_its_last_character_is_utf_8() -> None:
    assert decode("Grüße".encode()[:-2], "utf-8") == ("Grü\ufffd", "label-mended")


def test_halves_of_surrogate_pairs_become_storable() -> None:
    assert decode(b"\xed\xa0\xbd\xed\xb8\x80", "utf-8") == ("😀", "label-mended")
    assert decode(b"a\xed\xa0\xbdb", "utf-8")[0] == "a⟦U+D83D⟧b"
    decode(b"+2D0-", "utf-7")[0].encode()


def test_a_nul_becomes_visible() -> None:
    assert decode(b"a\0b", None) == ("a␀b", "ascii")


def test_a_byte_order_mark_is_no_text() -> None:
    assert decode(b"\xef\xbb\xbfGarden", "utf-8")[0] == "Garden"
    assert decode(b"\xef\xbb\xbf" + GREETING.encode(), "gb2312") == (GREETING, "utf-8")
    assert decode("\ufeffGarden".encode("utf-16-be"), "utf-16")[0] == "Garden"


def test_a_wide_label_over_plain_text_is_not_believed() -> None:
    assert decode(b"Garden club", "utf-16") == ("Garden club", "ascii")


@settings(deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from(
        [
            None,
            "utf-8",
            "gb2312",
            "iso-2022-jp",
            "euc-jp",
            "utf-7",
            "utf-16",
            "iso-2022-kr",
            "iso-2022-cn",
            "hz",
            "johab",
            "cp1255",
            "tis-620",
            "utf-32",
            "big5",
            "x-unknown",
        ]
    ),
    st.sampled_from([None, "koi8-r", "shift_jis"]),
)
def test_any_bytes_become_storable_text(data: bytes, label: str | None, fallback: str | None) -> None:
    text, step = decode(data, label, fallback)
    assert step in STEPS
    assert "\0" not in text
    text.encode()


@settings(deadline=None)
@given(st.text(max_size=100))
def test_any_label_is_borne(label: str) -> None:
    assert decode("é".encode(), label)[0]


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff\x1b"), max_size=100))
def test_utf_8_comes_out_as_it_went_in(text: str) -> None:
    assert decode(text.encode(), "utf-8")[0] == text


def test_long_nonsense_takes_no_time() -> None:
    for data in (b"\xff" * 400_000, b"\x1b$B" * 100_000, b"\x1b$)A\x0e" * 80_000, b"\xe9\xc3" * 200_000):
        for label in (None, "utf-8", "iso-2022-jp", "euc-jp", "gb2312"):
            decode(data, label)


@pytest.mark.parametrize(
    ("data", "label"),
    [
        (b"\x1b$B-!\x1b(B" * 300_000, None),
        (b"\x1b$B-!" * 300_000, "iso-2022-jp"),
        (b"\x1b$B" + b"-! " * 300_000, "iso-2022-jp"),
        (b"\xad\xa1a" * 300_000, "euc-jp"),
        (b"\x1b$)C" + b"\x0e!!\x0fa" * 300_000, "iso-2022-kr"),
    ],
)
def test_more_changes_of_character_set_than_anybody_writes_are_not_followed_and_that_is_said(
    data: bytes, label: str | None
) -> None:
    assert decode(data, label)[1] == "label-mended"


def test_megabytes_of_signs_that_only_outlook_writes_are_read() -> None:
    assert decode(b"\x1b$B" + b"-!" * 1_000_000 + b"\x1b(B", "iso-2022-jp") == ("①" * 1_000_000, "label")
    assert decode(b"\xad\xa1" * 1_000_000, "euc-jp") == ("①" * 1_000_000, "label")
    assert decode(b"\xad\xa1\x8e\xb1", "euc-jp") == ("①ｱ", "label")
