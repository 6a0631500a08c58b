"""The header block, its encoded words and parameters, and Message-IDs."""

import binascii

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archiver.dump import Limits
from archiver.importers.mail.headers import read_headers
from archiver.importers.mail.ids import normal, references, written
from archiver.importers.mail.words import base64, decoded, parameters

LETTER = b"From: Ann <ann@example.org>\nSubject: Dahlias\n\nDear all,\n"


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_a_block_ends_at_its_blank_line_whatever_the_line_ends(line_end: bytes) -> None:
    raw = LETTER.replace(b"\n", line_end)
    headers, body = read_headers(raw)
    assert headers.names() == ("from", "subject")
    assert headers.first("Subject") == b"Dahlias"
    assert raw[body:] == b"Dear all," + line_end
    assert headers.notes == ()


@pytest.mark.parametrize("before", [b"\n", b"\r\n", b"\n\n\n", b" ", b"\xef\xbb\xbf", b" \n\t", b"\xef\xbb\xbf\r\n"])
def test_blanks_before_the_first_field_do_no_harm(before: bytes) -> None:
    headers, body = read_headers(before + LETTER)
    assert headers.first("from") == b"Ann <ann@example.org>"
    assert (before + LETTER)[body:] == b"Dear all,\n"


def test_a_from_line_among_the_fields_is_passed_over() -> None:
    headers, _ = read_headers(b"Subject: x\n>From ann@example.org Mon Feb  3 10:00:00 2003\nTo: bo@example.org\n\n")
    assert headers.names() == ("subject", "to")
    assert headers.notes == ()


def test_a_block_without_body() -> None:
    headers, body = read_headers(b"Subject: Dahlias\nTo: bo@example.org")
    assert headers.first("to") == b"bo@example.org"
    assert body == len(b"Subject: Dahlias\nTo: bo@example.org")


@pytest.mark.parametrize("raw", [b"\nDear all,\n", b"\r\nDear all: hello\n"])
def test_a_letter_may_begin_with_its_body(raw: bytes) -> None:
    headers, body = read_headers(raw.replace(b"all: ", b"all "))
    assert headers.names() == ()
    assert raw[body:].startswith(b"Dear all")


def test_prose_has_no_headers_and_is_all_body() -> None:
    assert read_headers(b"Dear all,\nthe dahlias are out.\n\nAnn\n")[1] == 0
    assert read_headers(b"")[1] == 0


def test_a_line_without_colon_is_left_out_with_a_note() -> None:
    headers, body = read_headers(b"From: ann@example.org\nnonsense here\nSubject: x\n\nbody")
    assert headers.names() == ("from", "subject")
    assert len(headers.notes) == 1
    assert "nonsense here" in headers.notes[0]
    assert body == len(b"From: ann@example.org\nnonsense here\nSubject: x\n\n")


def test_text_right_below_the_fields_is_the_body() -> None:
    raw = b"From: ann@example.org\r\nSubject: x\r\nDear all,\r\nhello\r\n\r\nAnn"
    headers, body = read_headers(raw)
    assert headers.names() == ("from", "subject")
    assert raw[body:] == b"Dear all,\r\nhello\r\n\r\nAnn"
    assert headers.notes == ("The blank line between headers and body is missing.",)


def test_a_from_line_above_the_text_is_passed_over() -> None:
    raw = b"Subject: x\n>From ann@example.org Mon Feb  3 10:00:00 2003\nDear all,\n\n"
    assert raw[read_headers(raw)[1] :] == b"Dear all,\n\n"


def test_folds_become_one_space() -> None:
    headers, _ = read_headers(b"Subject: The shed\r\n\tand\r\n   the hose  \r\nReferences:\n <a@b>\n\t<c@d>\n\n")
    assert headers.first("subject") == b"The shed and the hose"
    assert headers.first("references") == b"<a@b> <c@d>"


def test_a_field_may_come_more_than_once_and_in_any_case() -> None:
    headers, _ = read_headers(b"RECEIVED: one\nreceived : two\nSubject:\nSubject: later\n\n")
    assert headers.all("Received") == [b"one", b"two"]
    assert headers.first("subject") == b""
    assert "Subject" in headers
    assert "x-face" not in headers
    assert headers.first("x-face") is None
    assert headers.text("x-face") is None
    assert headers.all("x-face") == []


def test_nul_bytes_become_visible_in_text() -> None:
    headers, _ = read_headers(b"Subject: a\0b\n\n")
    assert headers.first("subject") == b"a\0b"
    assert headers.text("subject") == "a␀b"


def test_a_hundred_thousand_fields_are_read_up_to_the_limit() -> None:
    raw = b"".join(b"X-Bean-%d: green\n" % i for i in range(100_000)) + b"\nbody"
    headers, body = read_headers(raw)
    assert len(headers.names()) == Limits().header_fields
    assert raw[body:] == b"body"
    assert f"{Limits().header_fields:,}" in headers.notes[0]


def test_long_and_hostile_blocks_take_no_time() -> None:
    for raw in (
        b"Subject: x" + b"\n " * 500_000,
        b"x" * 2_000_000,
        b"\r" * 500_000,
        b":\n" * 500_000,
        b" \n" * 500_000,
        b"a: b\nno colon\n" * 4_000,
        b"a: b\r" * 300_000,
    ):
        headers, body = read_headers(raw)
        headers.text("subject")
        assert 0 <= body <= len(raw)


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [b"\n", b"\r\n", b"\r", b" ", b"\t", b":", b"From ", b"Subject: x", b"a", b"\0", b"\xff", b"\xef\xbb\xbf"]
        ),
        max_size=12,
    ).map(b"".join)
)
@example(b"\n:\n")
def test_any_block_is_borne(raw: bytes) -> None:
    headers, body = read_headers(raw)
    assert 0 <= body <= len(raw)
    for name in headers.names():
        text = headers.text(name, "koi8-r")
        assert text is not None
        text.encode()


# Encoded words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"Re: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= aus dem =?utf-8?B?R2FydGVu?=", "Re: Grüße aus dem Garten"),
        (b"=?utf-8?Q?Gr=C3?= =?utf-8?Q?=BC=C3=9Fe?=", "Grüße"),
        (b"=?utf-8?B?R3LD?=\r\n =?UTF-8?B?vMOfZQ==?=", "Grüße"),
        (b"=?utf-8?B?R3LD?= =?utf-8?Q?=BC=C3=9Fe?=", "Grüße"),
        (b"=?utf-8?B?R3LDv?= =?utf-8?B?MOfZQ?=", "Grüße"),
        (b"=?utf-8?B?R3LDvMOf?= =?utf-8?B?ZQ=?=", "Grüße"),
        (b"=?utf-8?B?R3LDvMOfZQ?=", "Grüße"),
        (b"=?utf-8?B?R3I==w7zDn2U===?=", "Grüße"),
        (b"=?utf-8?B?R3LD vMOf ZQ==?=", "Grüße"),
        ("=?utf-8?Q?Grüße?=".encode(), "Grüße"),
        ("=?iso-8859-1?Q?Gr=FC\xdfe?=".encode("latin-1"), "Grüße"),
        ("=?utf-8?B?Grüße?=".encode(), "Grüße"),
        (b"=?unknown-8bit?Q?Gr=FC=DFe?=", "Grüße"),
        (b"=?unknown-8bit?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?UTF-8*en?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?UTF-8*de-AT?q?Gr=c3=bc=c3=9fe?=", "Grüße"),
        (b"=?utf-8?q?the garden club?= meets", "the garden club meets"),
        (b"=?utf-8?q?the?==?utf-8?q?_shed?=", "the shed"),
        (b"(=?utf-8?q?the?=)=?utf-8?q?shed?=!", "(the)shed!"),
        (b"=?utf-8?q?a?=  =?iso-8859-1?q?=FC?= b", "aü b"),
        (b"=?utf-8?Q?cut_off_d=C3=BCn", "cut off dün"),
        (b"=?utf-8?Q?cut =?utf-8?Q?off?=", "cut off"),
        (b"=?utf-8?X?left?= as is", "=?utf-8?X?left?= as is"),
        (b"=??Q?Gr=FC=DFe?=", "Grüße"),
        (b"=?utf-8?Q?=ZZ=?=", "=ZZ"),
        ("Grüße".encode(), "Grüße"),
        ("Grüße".encode("latin-1"), "Grüße"),
        (b"\x1b$B1`7]\x1b(B", "園芸"),
        (b"=?iso-2022-jp?B?GyRCMWA3XRsoQg==?=", "園芸"),
        (b"=?utf-8?Q?a=0Ab=00c?=", "a b␀c"),
        (b"folded\r\n\tby hand", "folded by hand"),
        (b"", ""),
    ],
)
def test_encoded_words_are_read(value: bytes, text: str) -> None:
    assert decoded(value) == text


def test_bytes_without_label_are_read_by_the_charset_of_the_body() -> None:
    assert decoded("Сад =?utf-8?q?x?=".encode("koi8-r"), "koi8-r") == "Сад x"


@settings(deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"), max_size=60),
    st.integers(1, 8),
    st.booleans(),
)
def test_a_text_cut_anywhere_into_encoded_words_comes_out_whole(text: str, length: int, quoted: bool) -> None:
    data = text.encode()
    parts = [data[i : i + length] for i in range(0, len(data), length)]
    if quoted:
        words = [b"=?utf-8?Q?" + b"".join(b"=%02X" % byte for byte in part) + b"?=" for part in parts]
    else:
        words = [b"=?utf-8?b?" + binascii.b2a_base64(part, newline=False) + b"?=" for part in parts]
    assert decoded(b"\r\n ".join(words)) == text


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from([b"=?", b"?=", b"utf-8", b"?q?", b"?B?", b"=", b"?", b" ", b"\xff", b"=C3", b"YQ", b"\0"]),
        max_size=20,
    ).map(b"".join)
)
def test_any_words_become_storable_text(value: bytes) -> None:
    text = decoded(value)
    text.encode()
    assert "\0" not in text


def test_long_and_hostile_words_take_no_time() -> None:
    for value in (
        b"=?" * 300_000,
        b"=?utf-8?q?" * 100_000,
        b"=?a?b?" * 100_000 + b"?=",
        b"=?utf-8?q?a?= " * 50_000,
        b"?=" * 300_000,
        b"=?utf-8?B?" + b"=" * 1_000_000 + b"?=",
    ):
        assert decoded(value) is not None


def test_base64_is_read_however_it_is_padded() -> None:
    assert [base64(text) for text in (b"YQ", b"YQ=", b"YQ==", b"YQ===", b"Y Q", b"YQ==Yg==", b"Y", b"", b"_-8")] == [
        b"a",
        b"a",
        b"a",
        b"a",
        b"a",
        b"ab",
        b"",
        b"",
        b"\xff\xef",
    ]


# Parameters


@pytest.mark.parametrize(
    ("value", "kind", "found"),
    [
        (b"Text/Plain; charset=UTF-8; Format=flowed", "text/plain", {"charset": "UTF-8", "format": "flowed"}),
        (b'text/plain; charset="utf-8', "text/plain", {"charset": "utf-8"}),
        (b"text/plain charset=utf-8 format=flowed", "text/plain", {"charset": "utf-8", "format": "flowed"}),
        (b"text/plain; charset = us-ascii (for all)", "text/plain", {"charset": "us-ascii"}),
        (b'multipart/mixed;\r\n boundary="a; b"', "multipart/mixed", {"boundary": "a; b"}),
        (b"multipart/mixed; boundary=a b", "multipart/mixed", {"boundary": "a b"}),
        (b"attachment; filename=plan (1).pdf; size=3", "attachment", {"filename": "plan (1).pdf", "size": "3"}),
        (b'attachment; filename="plan.pdf; size=3', "attachment", {"filename": "plan.pdf", "size": "3"}),
        (b'attachment; filename="C:\\docs\\x.txt"', "attachment", {"filename": "C:\\docs\\x.txt"}),
        (b'attachment; filename="the \\"shed\\".txt"', "attachment", {"filename": 'the "shed".txt'}),
        (b"attachment;;; filename=x.txt;", "attachment", {"filename": "x.txt"}),
        (b"attachment; junk; filename=x.txt", "attachment", {"filename": "x.txt"}),
        (
            b"attachment; filename*=utf-8'de'Gr%C3%BC%C3%9Fe.txt; filename=x.txt",
            "attachment",
            {"filename": "Grüße.txt"},
        ),
        (b"attachment; filename*=\"iso-8859-1''Gr%FC%DFe.txt\"", "attachment", {"filename": "Grüße.txt"}),
        (
            b"attachment; filename*0*=utf-8''Gr%C3; filename*1*=%BC%C3%9Fe; filename*2=.txt",
            "attachment",
            {"filename": "Grüße.txt"},
        ),
        (b'attachment; filename*1="shed.txt"; filename*0="the "', "attachment", {"filename": "the shed.txt"}),
        (b'x; name*0="=?utf-8?B?R3L"; name*1="DvA==?="', "x", {"name": "Grü"}),
        (b'x; name="=?utf-8?Q?Gr=C3?= =?utf-8?Q?=BC?="', "x", {"name": "Grü"}),
        (b"x; name==?utf-8?Q?the_shed?=", "x", {"name": "the shed"}),
        (b"x; name*=it's", "x", {"name": "it's"}),
        ("x; name=Grüße.txt".encode("latin-1"), "x", {"name": "Grüße.txt"}),
        (b"charset=utf-8", "", {"charset": "utf-8"}),
        (b"x; name=", "x", {"name": ""}),
        (b"", "", {}),
    ],
)
def test_parameters_are_read(value: bytes, kind: str, found: dict[str, str]) -> None:
    assert parameters(value) == (kind, found)


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from([b";", b"=", b'"', b"\\", b" ", b"*", b"*0", b"name", b"'", b"%C3", b"\xff", b"(", b"\0"]),
        max_size=16,
    ).map(b"".join)
)
def test_any_parameters_are_borne(value: bytes) -> None:
    kind, found = parameters(value)
    for text in (kind, *found, *found.values()):
        text.encode()
        assert "\0" not in text


def test_long_and_hostile_parameters_take_no_time() -> None:
    for value in (
        b"x" + b";" * 500_000,
        b"x; a=" + b'"\\' * 300_000,
        b"x; " + b"a=b " * 200_000,
        b"x; a=" + b"(" * 500_000,
        b"x; " + b"a*0=b;" * 100_000,
        b"x; " + b'a="' * 200_000,
        b" " * 500_000,
    ):
        assert len(parameters(value)) == 2


# Message-IDs


@pytest.mark.parametrize(
    ("value", "id_"),
    [
        (b"<Ab1@Garden.Example.ORG>", "Ab1@garden.example.org"),
        (b"<1.2@example.org> (added by postmaster@example.org)", "1.2@example.org"),
        (b"(what is this) <1.2@example.org>", "1.2@example.org"),
        (b"<1.2@example.org> <3.4@example.org>", "1.2@example.org"),
        (b"1.2@example.org", "1.2@example.org"),
        (b"1.2@example.org (Ann)", "1.2@example.org"),
        (b"<<1.2@example.org>>", "1.2@example.org"),
        (b"<1.2\r\n @example.org>", "1.2@example.org"),
        (b"<1.2@example.org", "1.2@example.org"),
        (b"<[1.2]@[192.0.2.1]>", "[1.2]@[192.0.2.1]"),
        (b"<OF(1)@example.org>", "OF(1)@example.org"),
        (b"<a@B@Example.org>", "a@B@example.org"),
        (b"<NoDomain.17>", "NoDomain.17"),
        ("<grüß@example.org>".encode(), "grüß@example.org"),
        ("<grüß@example.org>".encode("latin-1"), "grüß@example.org"),
        (b"<a\0b@example.org>", "a␀b@example.org"),
        (b"<>", ""),
        (b"<> <1@b>", "1@b"),
        (b"<" + b"x" * 1000 + b"@EXAMPLE.org>", "x" * 1000 + "@example.org"),
    ],
)
def test_ids_are_compared_by_their_normal_form(value: bytes, id_: str) -> None:
    text = written(value)
    assert text is not None
    assert normal(text) == id_


def test_an_id_is_kept_as_it_is_written() -> None:
    assert written(b" <Ab1@Example.ORG> (comment) ") == "<Ab1@Example.ORG> (comment)"
    assert written(b"") is None
    assert written(None) is None


@pytest.mark.parametrize(
    ("value", "parent", "ids"),
    [
        (b"<1@a> <2@A>\n\t<3@a>", b"<3@a>", ("1@a", "2@a", "3@a")),
        (b"<1@a> <2@a> <1@a>", None, ("1@a", "2@a")),
        (b"<1@a>", b"<2@a>", ("1@a", "2@a")),
        (None, b"<2@a>", ("2@a",)),
        (b"<1@a><2@a>,<3@a>", None, ("1@a", "2@a", "3@a")),
        (b"1@a 2@a", None, ("1@a", "2@a")),
        (b"<1@a> <two words@a> <>", None, ("1@a", "twowords@a")),
        (b"=?utf-8?q?=3C1=40a=3E?=", None, ("1@a",)),
        (None, b'Your message of "Mon, 3 Feb 2003 10:00:00 EST." <2@a>', ("2@a",)),
        (None, b'<2@a> from "Ann Lee" at Feb 3, 2003', ("2@a",)),
        (None, b'Message from Ann Lee <ann@a> of "Mon, 3 Feb" <2@a>', ("2@a",)),
        (None, b"<2@a> (message from Ann Lee <ann@a>)", ("2@a",)),
        (None, b"message from Ann <ann@a> on Monday", ()),
        (None, b"Ann's letter of Monday", ()),
        (None, b"2@a", ("2@a",)),
        (b"", b"", ()),
        (None, None, ()),
    ],
)
def test_references_go_from_the_oldest_to_the_parent(
    value: bytes | None, parent: bytes | None, ids: tuple[str, ...]
) -> None:
    assert references(value, parent) == ids


def test_of_twenty_thousand_references_the_first_and_the_last_are_kept() -> None:
    found = references(b" ".join(b"<%d@example.org>" % i for i in range(20_000)), b"<parent@example.org>")
    assert len(found) == 1_000
    assert found[:20] == tuple(f"{i}@example.org" for i in range(20))
    assert found[20] == "19021@example.org"
    assert found[-1] == "parent@example.org"


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["<", ">", "@", "a", " ", "(", ")", "from ", "=?", "\xff", "\0"]), max_size=14).map(
        "".join
    )
)
def test_any_ids_are_borne(text: str) -> None:
    value = text.encode("latin-1")
    for id_ in (*references(value, value), normal(written(value) or "")):
        assert "\0" not in id_
        assert normal(f"<{id_}>") == id_ or "<" in id_ or ">" in id_


def test_long_and_hostile_ids_take_no_time() -> None:
    for value in (b"<" * 300_000, b"<a@" * 200_000, b"(" * 300_000, b"from " * 100_000 + b"<a@b>", b"<a>from" * 50_000):
        references(value, value)
        normal(written(value) or "")
