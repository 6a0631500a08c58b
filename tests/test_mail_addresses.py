"""Addresses as they are really written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.dump import DEFAULT
from archiver.importers.mail.addresses import Address, addresses, first_of, folded


def read(value: bytes | str, charset: str | None = None) -> list[tuple[str, str]]:
    found = addresses(value.encode() if isinstance(value, str) else value, charset)
    return [(one.name, one.address) for one in found]


@pytest.mark.parametrize(
    ("value", "name", "address"),
    [
        ("Ann Lee <ann@example.org>", "Ann Lee", "ann@example.org"),
        ("ann@example.org", "", "ann@example.org"),
        ("<Ann@Example.org>", "", "Ann@Example.org"),
        ('"Lee, Ann" <ann@example.org>', "Lee, Ann", "ann@example.org"),
        ('"Ann \\"Rose\\" Lee" <ann@example.org>', 'Ann "Rose" Lee', "ann@example.org"),
        ("ann@example.org (Ann Lee)", "Ann Lee", "ann@example.org"),
        ("ann@example.org (Ann (Rose) Lee)", "Ann (Rose) Lee", "ann@example.org"),
        ("(Ann Lee) ann@example.org", "Ann Lee", "ann@example.org"),
        ("ann at example.org (Ann Lee)", "Ann Lee", "ann@example.org"),
        ("user at host", "", "user@host"),
        ("ann en example.org (Ann Lee)", "Ann Lee", "ann@example.org"),
        ("Ann Lee <ann at example.org>", "Ann Lee", "ann@example.org"),
        ("Lee, Ann <ann@example.org>", "Lee, Ann", "ann@example.org"),
        ("Lee, Ann, Dr. <ann@example.org>", "Lee, Ann, Dr.", "ann@example.org"),
        ("ann@example.org,", "", "ann@example.org"),
        ("Ann Lee <ann@example.org>,", "Ann Lee", "ann@example.org"),
        ("Ann Lee <ann@example.org> (the rose one)", "Ann Lee", "ann@example.org"),
        ("<ann@example.org> (Ann Lee)", "Ann Lee", "ann@example.org"),
        ("<ann@example.org> Ann Lee", "Ann Lee", "ann@example.org"),
        ("Ann Lee ann@example.org", "Ann Lee", "ann@example.org"),
        ('"Ann Lee" ann@example.org', "Ann Lee", "ann@example.org"),
        ("Ann Lee (ann@example.org)", "Ann Lee", "ann@example.org"),
        ("<Ann Lee> ann@example.org", "Ann Lee", "ann@example.org"),
        ("'Ann Lee' <ann@example.org>", "Ann Lee", "ann@example.org"),
        ("\"'ann@example.org'\" <ann@example.org>", "", "ann@example.org"),
        ("ann@example.org <ann@example.org>", "", "ann@example.org"),
        ("=?utf-8?Q?J=C3=BCrgen_Lee?= <jl@example.org>", "Jürgen Lee", "jl@example.org"),
        ('"=?utf-8?Q?J=C3=BCrgen?= Lee" <jl@example.org>', "Jürgen Lee", "jl@example.org"),
        ("=?utf-8?Q?Lee,_J=C3=BCrgen?= <jl@example.org>", "Lee, Jürgen", "jl@example.org"),
        ("=?utf-8?B?TGVlLCBKw7xyZ2Vu?= <jl@example.org>", "Lee, Jürgen", "jl@example.org"),
        ("=?utf-8?Q?J=C3?= =?utf-8?Q?=BCrgen?= <jl@example.org>", "Jürgen", "jl@example.org"),
        ("jl@example.org (=?utf-8?Q?J=C3=BCrgen?=)", "Jürgen", "jl@example.org"),
        ("=?utf-8?Q?J=C3=BCrgen_<jl=40example.org>?=", "Jürgen", "jl@example.org"),
        ("=?utf-8?Q?J=C3=BCrgen?= <=?utf-8?Q?jl=40example.org?=>", "Jürgen", "jl@example.org"),
        ("Jürgen <jl@example.org>", "Jürgen", "jl@example.org"),
        ("Ann <ann@bücher.example>", "Ann", "ann@bücher.example"),
        ('"ann lee"@example.org', "", '"ann lee"@example.org'),
        ('Ann <"ann lee"@example.org>', "Ann", '"ann lee"@example.org'),
        ("<@relay.example,@other.example:ann@example.org>", "", "ann@example.org"),
        ("Ann <mailto:ann@example.org>", "Ann", "ann@example.org"),
        ("mailto:ann@example.org", "", "ann@example.org"),
        ("Garden: Ann <ann@example.org>", "Garden: Ann", "ann@example.org"),
        ("[garden] Ann Lee <ann@example.org>", "[garden] Ann Lee", "ann@example.org"),
        ("Ann Lee", "Ann Lee", ""),
        ('"Lee, Ann"', "Lee, Ann", ""),
        ("Mail Delivery System <MAILER-DAEMON>", "Mail Delivery System", ""),
        ("<MAILER-DAEMON>", "MAILER-DAEMON", ""),
        ("Ann Lee </O=CLUB/OU=GARDEN/CN=ANN>", "Ann Lee", "/O=CLUB/OU=GARDEN/CN=ANN"),
        ('Ann "Lee <ann@example.org>', "Ann Lee", "ann@example.org"),
        ("Ann (work <ann@example.org>", "Ann work", "ann@example.org"),
        ("Ann work) <ann@example.org>", "Ann work", "ann@example.org"),
        ("Ann <ann@example.org", "Ann", "ann@example.org"),
        ("<<ann@example.org>>", "", "ann@example.org"),
        ("Ann\\, Lee <ann@example.org>", "Ann, Lee", "ann@example.org"),
        ("Ann\r\n\tLee <ann@example.org>", "Ann Lee", "ann@example.org"),
        ("ann@example.org.", "", "ann@example.org"),
        ("A\0nn <ann@example.org>", "A␀nn", "ann@example.org"),
    ],
)
def test_one_address_is_found(value: str, name: str, address: str) -> None:
    assert read(value) == [(name, address)]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("a@x.org, Bo <b@x.org>", [("", "a@x.org"), ("Bo", "b@x.org")]),
        ("a@x.org; b@x.org", [("", "a@x.org"), ("", "b@x.org")]),
        ("a@x.org b@x.org", [("", "a@x.org"), ("", "b@x.org")]),
        ("Ann <a@x.org> Bo <b@x.org>", [("Ann", "a@x.org"), ("Bo", "b@x.org")]),
        ("team: a@x.org, Bo <b@x.org>;", [("", "a@x.org"), ("Bo", "b@x.org")]),
        ("Ann <a@x.org>, team: b@x.org;, Cy <c@x.org>", [("Ann", "a@x.org"), ("", "b@x.org"), ("Cy", "c@x.org")]),
        ("undisclosed-recipients:;", []),
        ("undisclosed-recipients:", []),
        ("Undisclosed recipients: ;", []),
        (",,, ,", []),
        ("", []),
        ("Ann, Bo, Cy", [("Ann", ""), ("Bo", ""), ("Cy", "")]),
        ("Ann, Bo, Cy, Dee <d@x.org>", [("Ann", ""), ("Bo", ""), ("Cy", ""), ("Dee", "d@x.org")]),
        ("a@x.org, Lee, Ann <b@x.org>", [("", "a@x.org"), ("Lee, Ann", "b@x.org")]),
        ("=?utf-8?Q?a=40x.org,_Bo_<b=40x.org>?=", [("", "a@x.org"), ("Bo", "b@x.org")]),
    ],
)
def test_several_addresses_are_found(value: str, found: list[tuple[str, str]]) -> None:
    assert read(value) == found


def test_bytes_without_label_are_read_by_the_charset_of_the_body() -> None:
    assert read("Сад <s@x.org>".encode("koi8-r"), "koi8-r") == [("Сад", "s@x.org")]
    assert read("Jürgen <j@x.org>".encode("latin-1")) == [("Jürgen", "j@x.org")]


def test_a_byte_of_a_japanese_sign_is_no_bracket() -> None:
    """In ISO-2022-JP and Shift_JIS, bytes of signs look like quotes, commas and backslashes."""
    assert read("園芸、表 <j@x.org>".encode("iso-2022-jp")) == [("園芸、表", "j@x.org")]
    assert read("表示ソ <j@x.org>".encode("shift_jis"), "shift_jis") == [("表示ソ", "j@x.org")]


def test_three_thousand_recipients_are_all_found() -> None:
    plain = ", ".join(f"Ann {i} <ann{i}@example.org>" for i in range(3_000))
    odd = ", ".join(f"ann{i}@example.org (Ann {i})" for i in range(3_000))
    expected = [Address(f"Ann {i}", f"ann{i}@example.org") for i in range(3_000)]
    assert addresses(plain.encode()) == expected
    assert addresses(odd.encode()) == expected


def test_an_address_of_a_thousand_characters_is_kept() -> None:
    long = "a" * 1_000 + "@example.org"
    assert read(f"Ann <{long}>") == [("Ann", long)]


def test_what_is_given_out_may_be_changed() -> None:
    addresses(b"ann@example.org").clear()
    assert read("ann@example.org") == [("", "ann@example.org")]


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("Ann@Example.ORG", "ann@example.org"),
        ("ann@xn--bcher-kva.example", "ann@bücher.example"),
        ("ann@BÜCHER.example", "ann@bücher.example"),
        ("ann@xn--99999999999", "ann@xn--99999999999"),
        ("", ""),
    ],
)
def test_addresses_are_compared_folded(address: str, form: str) -> None:
    assert folded(address) == form


PIECES = [
    "<",
    ">",
    "(",
    ")",
    '"',
    "\\",
    ",",
    ";",
    ":",
    "@",
    " ",
    "a",
    "=?utf-8?q?",
    "?=",
    "=40",
    " at ",
    "\xff",
    "\0",
    "\x1b$B",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=16).map("".join))
def test_any_value_is_borne(value: str) -> None:
    for name, address in read(value.encode("latin-1")):
        assert name or address
        for text in (name, address, folded(address)):
            assert "\0" not in text
            assert "\n" not in text
            text.encode()


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join))
def test_long_and_hostile_values_take_no_time(unit: str) -> None:
    addresses((unit * 2_000).encode("latin-1"))


@pytest.mark.parametrize(
    "unit", ["(", ")", '"', "<", '<"', '<\\"', "\\", '"\\', "a ", "a,", ":", "=?a?q?", '<"<', "=", " ", "(a"]
)
def test_long_nonsense_takes_no_time(unit: str) -> None:
    addresses(unit.encode() * 20_000)
    addresses(b'"' + unit.encode() * 20_000)


@settings(deadline=None)
@given(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=20), st.booleans())
def test_what_is_written_plainly_is_read_plainly(name: str, quoted: bool) -> None:
    shown = f'"{name}"' if quoted else name
    assert read(f"{shown} <a@example.org>") == [(name, "a@example.org")]
    assert read(f"a@example.org ({name})") == [(name, "a@example.org")]


def test_an_address_with_a_heap_of_marks_is_compared_in_no_time() -> None:
    heap = "e" + "\u0301\u0323" * 200_000
    assert folded(f"{heap}@Example.org") == f"{heap}@example.org"


def test_of_half_a_million_recipients_ten_thousand_are_read() -> None:
    few = [b"a@b, c@d", b"e@f"]
    assert [one.address for one in first_of(few)[0]] == ["a@b", "c@d", "e@f"]
    assert not first_of(few)[1]
    many = b", ".join(b"a%d@example.org" % n for n in range(500_000))
    for values in ([many], [many[: many.index(b" a9001@")], many[:300_000]], [b"Ann (c) " + many]):
        found, more = first_of(values)
        assert more
        assert len(found) == DEFAULT.addresses
        assert found[-1].address == "a9999@example.org" or len(values) > 1


def test_addresses_longer_than_all_that_is_looked_at_are_cut_at_a_comma() -> None:
    long = b'"%b" <a%d@example.org>'
    found, more = first_of([b",".join(long % (b"n" * 1000, n) for n in range(1000))])
    assert more
    assert 400 < len(found) < 600
    assert found[-1].address.endswith("@example.org")
    found, more = first_of([b"a@b", b"<a@b>" * 200_000])
    assert more
    assert set(found) == {Address("", "a@b")}
    assert len(found) == DEFAULT.addresses
