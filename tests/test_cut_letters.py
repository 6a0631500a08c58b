"""Words are taken out of letters in whatever way these write them, and everything else in them stays."""

import base64
import email
import email.policy
import quopri
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.privacy import coded
from archiver.privacy.cutting import Cutter, Rules, rule_for
from archiver.privacy.letters import cut_letter
from archiver.privacy.seals import Seals

SEALS = Seals(b"a secret")
TEXT = (
    "Dear Ana,\r\nthe gate code is Quagmire zebrafish 77, and the b\u00e4ume are up.\r\n"
    + "More beans. " * 40
    + "\r\nKofi"
)


def cutter(*words: str) -> Cutter:
    rules = Rules()
    for one in words:
        found = rule_for(SEALS, one)
        assert found is not None
        rules.add(*found)
    return Cutter(SEALS, rules)


CUT = cutter("quagmire", "zebrafish", "b\u00e4ume")


def letter(text: str, charset: str, coding: str, subtype: str = "plain") -> bytes:
    made = EmailMessage(policy=email.policy.SMTP)
    made["Subject"] = "hello"
    made.set_content(text, subtype=subtype, charset=charset, cte=coding)
    return made.as_bytes()


def read(raw: bytes) -> str:
    """What another reader of letters finds in all text parts."""
    parts = email.message_from_bytes(raw, policy=email.policy.default).walk()
    return "\n".join(str(part.get_content()) for part in parts if part.get_content_maintype() == "text")


def lines(raw: bytes) -> list[int]:
    return [len(line) for line in raw.split(b"\n")]


@pytest.mark.parametrize("coding", ["base64", "quoted-printable", "8bit"])
@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1250"])
@pytest.mark.parametrize("subtype", ["plain", "html"])
def test_only_the_words_go_and_every_line_is_as_long_as_before(coding: str, charset: str, subtype: str) -> None:
    text = TEXT if subtype == "plain" else f"<html><body><p>{TEXT}</p></body></html>"
    raw = letter(text, charset, coding, subtype)
    after = cut_letter(raw, CUT, body_too=True)
    assert lines(after) == lines(raw)
    words = read(after)
    assert "the gate code is XXXXXXXX XXXXXXXXX 77, and the XXX" in words
    assert "are up." in words
    assert words.count("More beans.") == 40
    assert "Kofi" in words
    assert cut_letter(after, CUT, body_too=True) == after, "nothing more the second time"
    assert cut_letter(raw, CUT, body_too=False) == after, "words that must not stand anywhere hide nowhere"


def test_a_word_in_pieces_of_html_is_found_and_the_tags_stay() -> None:
    html = '<p title="Quagmire &#122;ebrafish">Qua<b>gm</b>ire, &#122;ebra<i>fish</i></p><p>B&uuml;cher b&auml;ume</p>'
    for coding in ("base64", "quoted-printable", "7bit"):
        words = read(cut_letter(letter(html, "ascii", coding, "html"), CUT, body_too=True))
        assert "<b>XX</b>" in words
        assert "<i>XXXX</i></p><p>B&uuml;cher " in words
        assert "&auml;" not in words
        assert 'title="XXXXXXXX XXXXXXXXXXXXXX"' in words


def many(*parts: EmailMessage) -> bytes:
    made = EmailMessage(policy=email.policy.SMTP)
    made["Subject"] = "several"
    made.set_content("the zebrafish\n")
    made.make_mixed()
    for part in parts:
        made.attach(part)
    return made.as_bytes()


def attached(content: bytes, main: str, sub: str) -> EmailMessage:
    part = EmailMessage(policy=email.policy.SMTP)
    part.set_content(content, main, sub, cte="base64", filename="zebrafish.bin")
    return part


def test_each_part_is_cut_in_its_own_way_and_pictures_stay() -> None:
    picture = b"\xff\xd8\xff zebrafish " + bytes(range(256))
    packed = b"PK\x03\x04\0\0 zebrafish " + bytes(500)
    told = EmailMessage(policy=email.policy.SMTP)
    told.set_content(email.message_from_bytes(letter(TEXT, "utf-8", "base64"), policy=email.policy.SMTP))
    parts = [attached(picture, "image", "jpeg"), attached(packed, "application", "zip"),
             attached(b"a quagmire, as a file\n", "application", "octet-stream"), told]  # fmt: skip
    raw = many(*parts)
    after = cut_letter(raw, CUT, body_too=True)
    assert lines(after) == lines(raw)
    made = email.message_from_bytes(after, policy=email.policy.default)
    contents = [part.get_content() for part in made.iter_parts()]
    assert contents[0] == "the XXXXXXXXX\r\n"
    assert contents[1:4] == [picture, packed, b"a XXXXXXXX, as a file\n"]
    assert "code is XXXXXXXX XXXXXXXXX 77" in read(after)
    assert b'filename="XXXXXXXXX.bin"' in after


def test_what_a_list_puts_under_a_coded_letter_is_looked_at_too() -> None:
    raw = letter("the beans\n", "utf-8", "base64") + b"_____________\r\nthe zebrafish list\r\nzebrafish\r\n"
    after = cut_letter(raw, CUT, body_too=False)
    assert after.endswith(b"_____________\r\nthe XXXXXXXXX list\r\nXXXXXXXXX\r\n")
    assert "beans" in base64.b64decode(after.split(b"\r\n\r\n")[1].split(b"\r\n")[0]).decode()


def test_where_nobody_can_say_which_bytes_are_the_words_the_part_goes() -> None:
    head = b"Content-Type: text/plain; charset=%s\nContent-Transfer-Encoding: %s\n\n"
    japanese = head % (b"iso-2022-jp", b"7bit") + "鍵は quagmire 箱".encode("iso-2022-jp")
    assert cut_letter(japanese, CUT, body_too=True).endswith(b"XXXX")
    assert b"quagmire" not in cut_letter(japanese, CUT, body_too=True)
    packed = head % (b"utf-8", b"x-uuencode") + b"begin 644 a\n#:&D*\n`\nend\n"
    assert cut_letter(packed, CUT, body_too=True).endswith(b"XXXXX XXX X\nXXXXX\nX\nXXX\n".replace(b" ", b"X"))
    assert cut_letter(packed, CUT, body_too=False) == packed
    inner = base64.encodebytes(letter(TEXT, "utf-8", "quoted-printable"))
    forbidden = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + inner
    after = cut_letter(forbidden, CUT, body_too=True)
    assert len(after) == len(forbidden)
    assert b"Quagmire" not in quopri.decodestring(base64.b64decode(after.split(b"\n\n", 1)[1]))
    unknown = b"Content-Type: multipart/mixed\n\n--x\nContent-Transfer-Encoding: base64\n\naGVsbG8ga29maQ==\n"
    assert cut_letter(unknown, CUT, body_too=True).split(b"\n\n", 1)[1].strip(b"X\n") == b""


def test_wide_characters_keep_their_width() -> None:
    for charset, mark in (("utf-16-le", "\ufeff"), ("utf-16-be", "\ufeff")):
        content = (mark + "the zebrafish\nare up").encode(charset)
        raw = b"Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(
            content
        )
        after = base64.b64decode(cut_letter(raw, CUT, body_too=True).split(b"\n\n", 1)[1])
        assert after.decode("utf-16") == "the XXXXXXXXX\nare up"


def test_letters_within_letters_end_somewhere() -> None:
    deep = b"Content-Type: message/rfc822\n\n" * 3_000 + b"Subject: x\n\nthe zebrafish\n"
    assert b"zebrafish" not in cut_letter(deep, CUT, body_too=True)
    assert b"zebrafish" not in cut_letter(deep, CUT, body_too=False)
    bound = b"Content-Type: multipart/mixed; boundary=b\n\n"
    wide = bound + b"--b\nContent-Type: text/plain\n\nthe zebrafish\n" * 20_000
    assert b"zebrafish" not in cut_letter(wide, CUT, body_too=True)


@given(st.binary(), st.sampled_from(["base64", "quoted-printable", "8bit"]), st.sampled_from(["html", "plain", "x"]))
def test_any_content_comes_out_as_long_as_before(content: bytes, coding: str, kind: str) -> None:
    head = f"Content-Type: text/{kind}; charset=koi8-r\nContent-Transfer-Encoding: {coding}\n\n".encode()
    after = cut_letter(head + content, CUT, body_too=True)
    assert len(after) == len(head) + len(content)


@given(st.binary())
def test_what_has_none_of_the_words_stays_byte_for_byte(content: bytes) -> None:
    absent = cutter("xylophonistically")
    for coding, fill in (("base64", coded.fill_base64), ("qp", coded.fill_quoted_printable)):
        assert fill(content, lambda data: coded.places_in(data, "", absent.ranges, hypertext=True)) == content, coding
