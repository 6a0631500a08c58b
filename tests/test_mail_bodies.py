"""What a reader reads of a mail: which parts are its text, which are files, and what is said in words."""

import base64
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from archiver.dump import Limits
from archiver.importers.mail import bodies, flowed, hypertext, notes
from archiver.importers.mail.bodies import Body, read_body
from tests.test_mail_parts import NOTE, PICTURE, content, leaf, letter, multipart, mutated, whats

HTML = leaf("<p>Bring <b>spades</b>.</p>", "text/html; charset=utf-8")


def body(*entity: str) -> Body:
    return read_body(letter("\n".join(entity)))


def names(found: Body) -> Sequence[str | None]:
    return [attachment.name for attachment in found.attachments]


# --- text ---


def test_a_mail_without_mime_is_its_text() -> None:
    found = read_body(b"From: ana@garden.example\n\nBring spades.\n\nAna\n\n\n")
    assert found == Body("Bring spades.\n\nAna", None, (), (), {}, ())


def test_line_ends_become_lf() -> None:
    assert read_body(b"Subject: x\r\n\r\none\r\ntwo\rthree\n").text == "one\ntwo\nthree"


@pytest.mark.parametrize(
    ("data", "label", "text", "how"),
    [
        ("Grüße".encode(), "utf-8", "Grüße", None),
        ("Grüße".encode("latin-1"), "iso-8859-1", "Grüße", None),
        ("Grüße".encode(), "us-ascii", "Grüße", "utf-8 (label said us-ascii)"),
        ("Grüße".encode("latin-1"), None, "Grüße", "cp1252 (no label)"),
        ("春の庭".encode("iso2022_jp"), None, "春の庭", "iso-2022 (no label)"),
        ("春の庭".encode("shift_jis"), "shift_jis", "春の庭", None),
        ("春天的花园".encode("gbk"), "gb2312", "春天的花园", None),
        ("봄 정원".encode("euc_kr"), "ks_c_5601-1987", "봄 정원", None),
        (b"Gr+APwA3w-e", "utf-7", "Grüße", None),
    ],
)
def test_text_is_read_in_its_charset_and_a_guess_is_said(
    data: bytes, label: str | None, text: str, how: str | None
) -> None:
    head = f"Subject: x\nContent-Type: text/plain; charset={label}\n\n" if label else "Subject: x\n\n"
    found = read_body(head.encode() + data)
    assert found.text == text
    assert found.extra.get("charset") == how
    assert found.extra.get("body_charset") in {label, None}


def test_text_that_does_not_fit_its_charset_is_a_problem() -> None:
    found = read_body(
        b"Content-Type: text/plain; charset=utf-8\n\n" + "Grüße, schöne Beete, ".encode() * 9 + b"\xfcber"
    )
    assert found.text.endswith("über")
    assert whats(found) == {"bad-charset"}


def test_what_cannot_be_stored_is_not_in_the_text() -> None:
    found = read_body(b"Content-Type: text/plain; charset=utf-8\n\na\0b \xed\xa0\x80 \xf0\x9f\x8c\xb1")
    found.text.encode()
    assert "\0" not in found.text
    assert "🌱" in found.text


def test_of_alternatives_the_plain_text_is_taken() -> None:
    found = body(multipart("alternative", NOTE, HTML))
    assert found == Body("Bring spades.", None, (), (), {}, ())


def test_of_alternatives_the_html_is_taken_if_the_plain_text_is_blank() -> None:
    found = body(multipart("alternative", leaf(" \n\n"), HTML))
    assert (found.text, found.html) == ("Bring spades.", "<p>Bring <b>spades</b>.</p>")
    assert found.extra["html_only"] is True


def test_of_two_alternatives_of_a_kind_the_last_is_taken() -> None:
    assert body(multipart("alternative", leaf("<p>old", "text/html"), leaf("<p>new", "text/html"))).text == "new"
    assert body(multipart("alternative", leaf("old"), leaf("new"))).text == "new"


def test_an_alternative_nobody_knows_is_a_file() -> None:
    found = body(multipart("alternative", HTML, leaf("@", "application/x-bed")))
    assert found.text == "Bring spades."
    assert [one.media_type for one in found.attachments] == ["application/x-bed"]


def test_files_inside_an_alternative_that_is_not_taken_are_kept() -> None:
    related = multipart("related", HTML, PICTURE, boundary="rel")
    mixed = multipart("mixed", HTML, leaf("a,b", 'text/csv; name="beds.csv"'), HTML, boundary="mix")
    found = body(multipart("alternative", NOTE, related, mixed))
    assert (found.text, names(found)) == ("Bring spades.", ["bed.png", "beds.csv"])


def test_plain_text_deep_in_an_alternative_is_found() -> None:
    inner = multipart("related", multipart("alternative", NOTE, HTML, boundary="in"), PICTURE, boundary="rel")
    found = body(multipart("alternative", inner, HTML))
    assert (found.text, found.html, names(found)) == ("Bring spades.", None, ["bed.png"])


def test_html_alone_is_read_as_text_and_kept() -> None:
    found = body(HTML)
    assert (found.text, found.html) == ("Bring spades.", "<p>Bring <b>spades</b>.</p>")
    assert found.extra == {"html_only": True}


def test_html_tells_its_charset_itself_if_the_mail_does_not() -> None:
    markup = '<html><head><meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2"></head>Żółć'
    found = read_body(b"Content-Type: text/html\n\n" + markup.encode("iso-8859-2"))
    assert found.text == "Żółć"
    assert found.extra["body_charset"] == "iso-8859-2"


def test_of_related_parts_the_root_is_read_and_the_others_are_files() -> None:
    assert names(body(multipart("related", HTML, PICTURE))) == ["bed.png"]
    style = leaf("p {color: green}", "text/css")
    root = leaf("<p>the root", "text/html", "Content-ID: <root@garden>")
    head, _, rest = multipart("related", style, root).partition("\n")
    found = body(f'{head}; start="<root@garden>"', rest)
    assert (found.text, [one.media_type for one in found.attachments]) == ("the root", ["text/css"])


def test_mixed_text_is_joined_in_order() -> None:
    found = body(multipart("mixed", NOTE, PICTURE, HTML, leaf("-- \nThe list")))
    assert found.text == "Bring spades.\n\nBring spades.\n\n-- \nThe list"
    assert found.html is None


def test_text_sent_as_an_attachment_is_a_file() -> None:
    found = body(
        multipart("mixed", NOTE, leaf("a list", "text/plain", "Content-Disposition: attachment; filename=beds.txt"))
    )
    assert (found.text, names(found)) == ("Bring spades.", ["beds.txt"])
    assert content(found.attachments[0]) == b"a list"
    assert found.attachments[0].size == 6


def test_text_shown_inline_under_a_name_is_a_file() -> None:
    found = body(
        multipart("mixed", NOTE, leaf("a list", "text/x-beds", "Content-Disposition: inline; filename=beds.txt"))
    )
    assert (found.text, names(found)) == ("Bring spades.", ["beds.txt"])


def test_named_text_is_read_too_if_it_is_all_there_is() -> None:
    found = body(multipart("mixed", leaf("Bring spades.", "text/plain; name=mail.txt"), PICTURE))
    assert (found.text, names(found)) == ("Bring spades.", ["mail.txt", "bed.png"])


def test_a_mail_with_only_files_says_that_it_has_no_text() -> None:
    found = body(multipart("mixed", PICTURE))
    assert (found.text, found.extra) == ("", {"no_text": "only files"})
    assert read_body(b"Subject: x\n\n \n").extra == {"no_text": "empty"}
    assert read_body(b"").extra == {"no_text": "empty"}
    assert body("Content-Disposition: attachment; filename=a.txt", NOTE).extra == {"no_text": "only files"}


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ('filename="../../etc/passwd"', "passwd"),
        (r'filename="C:\Beds\plan.pdf"', "plan.pdf"),
        ("filename*=utf-8''Gr%C3%BC%C3%9Fe.txt", "Grüße.txt"),
        ('filename*0="pl"; filename*1="an.pdf"', "plan.pdf"),
        ('filename="=?utf-8?Q?Gr=C3=BC=C3=9Fe.txt?="', "Grüße.txt"),
        ('filename="a\tb\x07.txt"', "ab.txt"),
        ('filename=".."', ".."),
        ('filename="/"', None),
        ("", None),
    ],
)
def test_a_file_name_is_its_last_component_for_showing_only(written: str, name: str | None) -> None:
    found = body(
        multipart("mixed", NOTE, leaf("@", "application/x-bed", f"Content-Disposition: attachment; {written}"))
    )
    assert names(found) == [name]
    assert found.attachments[0].member is None


def test_what_stands_outside_of_all_parts_is_kept_aside() -> None:
    entity = multipart("mixed", NOTE).replace("\n\n", "\n\nTo be read aloud.\n", 1)
    found = body(entity + "List footer\n")
    assert found.text == "Bring spades."
    assert found.extra == {"preamble": "To be read aloud.", "epilogue": "List footer"}
    stock = multipart("mixed", NOTE).replace("\n\n", "\n\nThis is a multi-part message in MIME format.\n", 1)
    assert body(stock).extra == {}


def test_no_more_than_four_million_characters_of_text_are_kept() -> None:
    found = body(multipart("mixed", leaf("bed " * 900_000), leaf("row " * 900_000), NOTE))
    assert len(found.text) <= Limits().text_length + 4
    assert whats(found) == {"long-text"}


def test_a_text_longer_than_memory_allows_is_cut_and_kept_as_a_file() -> None:
    found = body(leaf("bed \n" * 2_000_000))
    assert len(found.text) == Limits().text_length
    assert found.attachments[0].size == 10_000_000
    assert whats(found) == {"long-text"}


# --- format=flowed ---


def flowing(text: str, more: str = "") -> str:
    return body(leaf(text, f"text/plain; charset=utf-8; format=flowed{more}")).text


def test_flowed_lines_are_joined() -> None:
    assert flowing("Bring spades \nand gloves.\n\nAna") == "Bring spades and gloves.\n\nAna"


def test_the_space_is_left_out_where_delsp_says_so() -> None:
    assert flowing("春の \n庭。\n", "; delsp=yes") == "春の庭。"
    assert flowing("春の \n庭。\n", "; DelSp=No") == "春の 庭。"


def test_stuffed_spaces_are_taken_off() -> None:
    assert flowing(" From here\n >not quoted\n  two") == "From here\n>not quoted\n two"


def test_quoted_paragraphs_are_joined_within_their_depth() -> None:
    assert flowing(">> one \n>> two \n> three \n> four\n> \nfive") == ">> one two \n> three four\n> \nfive"


def test_a_signature_line_neither_joins_nor_is_joined() -> None:
    assert flowing("Bring spades. \n-- \nAna \nLima") == "Bring spades. \n-- \nAna Lima"
    assert flowing("> Bring spades. \n> -- \n> Ana") == "> Bring spades. \n> -- \n> Ana"


def test_text_that_does_not_flow_stays_as_it_is() -> None:
    assert flowing("one\ntwo\n>three") == "one\ntwo\n>three"


@given(st.text(alphabet="> -a\n", max_size=200), st.booleans())
def test_unflowing_loses_only_spaces_and_line_ends(text: str, delete: bool) -> None:
    def kept(text: str) -> list[str]:
        return [sign for sign in text if sign in "-a"]

    assert kept(flowed.unflow(text, delete)) == kept(text)


# --- mails inside mails ---

INNER = (
    "Content-Type: message/rfc822\n\nFrom: =?utf-8?Q?Bo_Gr=C3=BCn?= <bo@garden.example>\n"
    "Date: Mon, 2 Mar 2020 10:00:00 +0100\nSubject: Beds\n"
)


def test_a_forwarded_mail_is_read_where_it_stands_behind_a_line_that_names_it() -> None:
    found = body(multipart("mixed", NOTE, INNER + multipart("mixed", leaf("Bed 4."), PICTURE, boundary="in")))
    assert found.text == (
        "Bring spades.\n\n— forwarded message: From Bo Grün <bo@garden.example>,"
        " Date Mon, 2 Mar 2020 10:00:00 +0100, Subject Beds —\n\nBed 4."
    )
    assert names(found) == ["bed.png"]


def test_a_forwarded_html_mail_does_not_make_the_mail_html() -> None:
    found = body(multipart("mixed", NOTE, INNER + HTML))
    assert found.html is None
    assert body(multipart("mixed", HTML, INNER + NOTE)).html == "<p>Bring <b>spades</b>.</p>"


def test_an_odd_line_in_a_forwarded_header_does_not_end_it() -> None:
    odd = INNER.replace("Subject:", ">From bo Mon Mar  2\nthis is no field\nSubject:")
    found = body(multipart("mixed", NOTE, odd + HTML))
    assert found.text.endswith("Subject Beds —\n\nBring spades.")


def test_a_forwarded_mail_without_headers_is_read() -> None:
    found = body(multipart("mixed", NOTE, "Content-Type: message/rfc822\n\n\nBed 4."))
    assert found.text == "Bring spades.\n\n— forwarded message —\n\nBed 4."


def test_a_bounce_tells_its_status_and_holds_what_came_back() -> None:
    status = leaf(
        "Final-Recipient: rfc822; bo@garden.example\nAction: failed\nStatus: 5.1.1", "message/delivery-status"
    )
    found = body(multipart("report", leaf("It could not be delivered."), status, INNER + NOTE))
    assert found.text.split("\n\n")[:2] == [
        "It could not be delivered.",
        "Final-Recipient: rfc822; bo@garden.example\nAction: failed\nStatus: 5.1.1",
    ]
    assert found.text.endswith("Bring spades.")
    headers = leaf("Subject: Beds\nTo: bo@garden.example", "text/rfc822-headers")
    assert "Subject: Beds" in body(multipart("report", NOTE, headers)).text


def test_the_mails_of_a_digest_are_handed_on_and_the_rest_is_text() -> None:
    one, two = "Subject: One\nFrom: ana@garden.example\n\nFirst.", "Subject: Two\n\nSecond.\n"
    digest = multipart("digest", f"\n{one}", f"Content-Type: message/rfc822\n\n{two}", boundary="dig")
    found = body(multipart("mixed", leaf("Today's topics: 1. One"), digest, leaf("End of digest")))
    assert found.digest == (one.encode(), two.encode())
    assert found.text == "Today's topics: 1. One\n\nEnd of digest"


def test_a_digest_of_a_thousand_mails_is_not_opened_here() -> None:
    digest = multipart("digest", *(f"\nSubject: {at}\n{multipart('mixed', NOTE, boundary='in')}" for at in range(900)))
    found = body(digest.replace("\n\n", "\n\nToday's topics\n", 1))
    assert len(found.digest) == 900
    assert found.text == "Today's topics"
    assert not found.problems


def test_of_a_huge_digest_what_does_not_fit_is_kept_as_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "DIGEST", 100)
    found = body(
        multipart(
            "digest", "\nSubject: One\n\n" + "x" * 60, "\nSubject: Two\n\n" + "y" * 60, "Content-Type: text/plain\n\nz"
        )
    )
    assert len(found.digest) == 1
    assert content(found.attachments[0]).startswith(b"Subject: Two")
    assert found.text == "z"


def test_a_part_that_lies_elsewhere_is_said_in_words() -> None:
    kind = 'message/external-body; access-type=URL; URL="https://garden.example/plan.pdf"; size=5000'
    found = body(multipart("mixed", NOTE, leaf("Content-Type: application/pdf\n", kind)))
    assert "access-type URL, url https://garden.example/plan.pdf, size 5000" in found.text


def test_a_piece_of_a_mail_is_said_in_words_and_kept() -> None:
    found = body(leaf("Subject: x\n\nfirst half", 'message/partial; number=1; total=2; id="a@b"'))
    assert found.text == "[This is piece 1 of 2 of a mail that was sent in pieces (id a@b)]"
    assert content(found.attachments[0]) == b"Subject: x\n\nfirst half"


# --- signed and encrypted ---


def test_pgp_mime_says_that_it_cannot_be_read() -> None:
    found = body(
        multipart(
            "encrypted",
            leaf("Version: 1", "application/pgp-encrypted"),
            leaf("-----BEGIN", "application/octet-stream; name=encrypted.asc"),
        )
    )
    assert (found.text, names(found)) == (notes.PGP_MIME, ["encrypted.asc"])
    assert found.extra["crypto"] == "encrypted: PGP/MIME"


ARMOUR = "-----BEGIN PGP MESSAGE-----\nVersion: 2\n\nhQEMA\n=abcd\n-----END PGP MESSAGE-----"


def test_inline_pgp_says_that_it_cannot_be_read_and_keeps_what_is_around() -> None:
    found = body(leaf(f"For you:\n{ARMOUR}\n_____\nThe list"))
    assert found.text == f"For you:\n{notes.PGP_INLINE}\n_____\nThe list"
    assert found.extra["crypto"] == "encrypted: PGP"
    assert body(leaf(ARMOUR[:60])).text == notes.PGP_INLINE
    quoted = "> -----BEGIN PGP MESSAGE-----\n> hQ"
    assert body(leaf(quoted)).text == quoted


SIGNED = (
    "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\nBring spades.\n- -- \nAna\n"
    "-----BEGIN PGP SIGNATURE-----\n\niQ\n-----END PGP SIGNATURE-----\n"
)


def test_clear_signed_text_is_read_without_its_armour() -> None:
    found = body(leaf(f"{SIGNED}The list"))
    assert found.text == "Bring spades.\n-- \nAna\nThe list"
    assert found.extra["crypto"] == "signed: PGP"
    assert body(leaf(SIGNED.partition("-----BEGIN PGP SIGNATURE")[0])).text == "Bring spades.\n-- \nAna"
    assert body(leaf(SIGNED + SIGNED)).text.count("spades") == 2


@pytest.mark.parametrize(
    ("kind", "said"),
    [("application/pgp-signature", "signed: PGP"), ("application/x-pkcs7-signature", "signed: S/MIME")],
)
def test_a_signature_is_a_note_and_no_file(kind: str, said: str) -> None:
    found = body(multipart("signed", NOTE, leaf("@", f'{kind}; name="signature"'), leaf("The list")))
    assert (found.text, found.attachments) == ("Bring spades.\n\nThe list", ())
    assert found.extra["crypto"] == said
    head, _, rest = multipart("signed", NOTE).partition("\n")
    assert body(f'{head}; protocol="{kind}"', rest).extra["crypto"] == said


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ("; smime-type=enveloped-data", notes.SMIME_ENCRYPTED),
        ("; smime-type=signed-data", notes.SMIME_OPAQUE),
        ("", notes.SMIME_OPAQUE),
    ],
)
def test_opaque_smime_says_what_it_is(told: str, text: str) -> None:
    data = base64.b64encode(b"0\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02" + bytes(100)).decode()
    kind = f"application/pkcs7-mime; name=smime.p7m{told}"
    found = body(leaf(data, kind, "Content-Transfer-Encoding: base64"))
    assert (found.text, names(found)) == (text, ["smime.p7m"])
    assert "S/MIME" in str(found.extra["crypto"])


# --- calendars, cards, winmail.dat ---

CALENDAR = (
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nDTSTART:19700101T000000\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n"
    'DTSTART;TZID="Europe/Vienna":20240302T100000\r\nSUMMARY:Planting day\\, all\r\n  welcome\r\nLOCATION:The barn\r\n'
    'ORGANIZER;CN="Ana: the first":mailto:ana@garden.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'
)


def test_an_invitation_is_a_line_to_find_and_a_file() -> None:
    found = body(multipart("alternative", NOTE, HTML, leaf(CALENDAR, "text/calendar; method=REQUEST")))
    assert found.text == (
        "Bring spades.\n\nInvitation: Planting day, all welcome, 2024-03-02 10:00 (Europe/Vienna), The barn,"
        " organizer Ana: the first <ana@garden.example>"
    )
    assert [one.media_type for one in found.attachments] == ["text/calendar"]


def test_an_invitation_sent_twice_is_said_once() -> None:
    twice = [leaf(CALENDAR, "text/calendar"), leaf(CALENDAR, "application/ics; name=invite.ics")]
    found = body(multipart("mixed", NOTE, *twice))
    assert found.text.count("Planting day") == 1
    assert len(found.attachments) == 2


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "METHOD:CANCEL\nBEGIN:VEVENT\nSUMMARY:Tea\nDTSTART:20240302T100000Z\nEND:VEVENT",
            "Cancelled: Tea, 2024-03-02 10:00 (UTC)",
        ),
        ("BEGIN:VTODO\nSUMMARY:Weeding\nDTSTART;VALUE=DATE:20240302\nEND:VTODO", "Event: Weeding, 2024-03-02"),
        ("BEGIN:VEVENT\nDTSTART:soon\nORGANIZER:the club\nEND:VEVENT", "Event: soon, organizer the club"),
        ("BEGIN:VEVENT\nSUMMARY:unended", ""),
        ("END:VEVENT", ""),
        ("", ""),
    ],
)
def test_a_calendar_is_read_as_far_as_it_goes(text: str, line: str) -> None:
    assert notes.calendar(text) == line


def test_of_many_events_the_first_are_told_and_the_rest_is_counted() -> None:
    events = "".join(f"BEGIN:VEVENT\nSUMMARY:Day {at}\nEND:VEVENT\n" for at in range(50))
    lines = notes.calendar(events).split("\n")
    assert (lines[0], lines[-1], len(lines)) == ("Event: Day 0", "Event: and 30 more", 21)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "FN:Ana Lima\nitem1.EMAIL;X=Y:ana@garden.example\nTEL:+44 20 7946 0018\nORG:Garden Club;Beds\nEND:VCARD",
            "Contact: Ana Lima, Garden Club, Beds, ana@garden.example, +44 20 7946 0018",
        ),
        ("BEGIN:VCARD\nN:Lima;Ana;;;\nTEL;VALUE=uri:tel:+44-20\nEND:VCARD", "Contact: Ana Lima, +44-20"),
        ("N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Gr=C3=BC=\n n;Bo\nEND:VCARD", "Contact: Bo Grün"),
        ("FN:Ana\nEND:VCARD\nFN:Bo\nEND:VCARD", "Contact: Ana\nContact: Bo"),
        ("FN:unended", "Contact: unended"),
        ("END:VCARD", ""),
    ],
)
def test_an_address_card_is_a_line(text: str, line: str) -> None:
    assert notes.card(text) == line


def test_an_address_card_is_a_line_to_find_and_a_file() -> None:
    found = body(multipart("mixed", NOTE, leaf("BEGIN:VCARD\nFN:Ana Lima\nEND:VCARD", "text/x-vcard; name=ana.vcf")))
    assert found.text == "Bring spades.\n\nContact: Ana Lima"
    assert names(found) == ["ana.vcf"]


@given(st.text(alphabet='abN:;=",\\\n \t"BEGINVEND', max_size=300))
def test_no_calendar_or_card_makes_reading_fail(text: str) -> None:
    notes.calendar(text)
    notes.card(text)


def test_hostile_calendars_take_no_time() -> None:
    for text in ('"' * 500_000, ":" * 500_000, "a\n " * 200_000, 'X;"' * 200_000, "BEGIN:VEVENT\n" * 50_000):
        notes.calendar(text)
        notes.card(text)


@pytest.mark.parametrize("kind", ["application/ms-tnef", "application/octet-stream; name=winmail.dat"])
def test_winmail_dat_is_a_file_with_a_note(kind: str) -> None:
    found = body(multipart("mixed", NOTE, leaf("@", kind)))
    assert len(found.attachments) == 1
    assert found.extra["tnef"] == notes.TNEF


def test_enriched_text_is_read_without_its_formatting() -> None:
    text = "<bold>Bring</bold>\nspades,\n\n<color><param>red</param>a << b</color>"
    assert body(leaf(text, "text/enriched")).text == "Bring spades,\na < b"


# --- chance ---

ALL = multipart(
    "mixed",
    multipart(
        "alternative",
        NOTE,
        multipart("related", HTML, PICTURE, boundary="rel"),
        leaf(CALENDAR, "text/calendar"),
        boundary="alt",
    ),
    INNER
    + multipart(
        "signed", leaf(SIGNED, "text/plain; format=flowed"), leaf("@", "application/pgp-signature"), boundary="sig"
    ),
    multipart("digest", "\nSubject: One\n\nFirst.", boundary="dig"),
    multipart("report", NOTE, leaf("Action: failed", "message/delivery-status"), boundary="rep"),
    leaf("begin 644 a\n#86)C\n`\nend\n", "text/plain"),
)


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_mail_never_fails(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(150):
        found = read_body(mutated(letter(ALL), chance, 200))
        found.text.encode()
        assert "\0" not in found.text
        for attachment in found.attachments:
            content(attachment)


@given(st.binary(max_size=400))
def test_no_bytes_make_reading_fail(raw: bytes) -> None:
    found = read_body(raw)
    found.text.encode()
    assert "\0" not in found.text
    assert "\r" not in found.text


def test_html_of_very_many_tags_is_read_without_its_layout_then_kept_as_a_file_and_that_is_said() -> None:
    part = leaf("<div><p>Frogs</p></div>" * 5_000, "text/html")
    found = body(multipart("mixed", *[part] * 40))
    notes = [note for what, note in found.problems if what == "long-html"]
    assert notes == [
        "HTML after the first 300,000 tags was read without its layout",
        "HTML after the first 500,000 tags was not read but kept as a file",
    ]
    assert found.text.count("Frogs") == 500_000 // 4
    assert len(found.attachments) == 40 - 25
    assert not body(multipart("mixed", *[part] * 15)).problems


def test_of_one_part_of_very_many_tags_the_beginning_is_read_and_all_is_a_file() -> None:
    markup = "<b>Frogs</b> " * 300_000
    found = body(leaf(markup, "text/html"))
    assert 249_990 <= found.text.count("Frogs") <= 250_010
    assert [content(file).decode() for file in found.attachments] == [markup]


def test_many_parts_of_boxes_in_boxes_are_read_without_a_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    trees: list[int] = []

    def counted(markup: bytes) -> LexborHTMLParser:
        trees.append(len(markup))
        return LexborHTMLParser(markup)

    monkeypatch.setattr(hypertext, "LexborHTMLParser", counted)
    found = body(multipart("mixed", *[leaf("<div>" * 700 + "Frogs", "text/html")] * 200))
    assert found.text.count("Frogs") == 200
    assert len(trees) < 50
