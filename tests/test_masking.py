"""Every kind of thing that is found in a text: what is taken for it, what is not, and what it costs to look."""

import re
import time
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.exporters.site.words import languages, words
from archiver.privacy import HIGH_RISK, KINDS, MARKS, Masker, findings, mask
from archiver.privacy.masking import mask_between
from archiver.privacy.numbers import PAPERS, luhn
from archiver.privacy.spans import Span, merged
from tests.canaries import Cage

SAID = {
    "invite": """
        https://chat.whatsapp.com/AbC123 | chat.whatsapp.com/AbC123 | https://t.me/+AbCd | t.me/joinchat/AbCd
        discord.gg/frogs
        https://discord.com/invite/frogs | https://www.facebook.com/groups/12/join/
        https://us02web.zoom.us/j/8312?pwd=abc
        https://meet.google.com/abc-defg-hij | https://teams.microsoft.com/l/meetup-join/19%3ameeting
        https://signal.group/#CjQ
        https://fb.com/g/abc | https://join.slack.com/t/club/shared_invite/x | tg://join?invite=abc
        https://m.me/j/AbYx
    """,
    "place": """
        48.13715, 11.57612 | 48.1371,11.5761 | -3.21345;-60.02341 | ٤٨.١٣٧١٥, ١١.٥٧٦١٢
        48°08'13.7"N 11°34'34.3"E | N 48° 08.228 E 011° 34.567
        https://maps.google.com/?q=48.1,11.5 | https://www.google.com/maps/@48.1,11.5,17z
        https://maps.app.goo.gl/xYz | goo.gl/maps/xYz
        geo:48.1,11.5 | https://www.openstreetmap.org/#map=19/48.1/11.5 | https://osm.org/go/0JAW
        https://maps.apple.com/?ll=1,2
        8FVC4H9J+6X | 4H9J+6X | ///filled.count.soap | https://w3w.co/filled.count.soap
        lat: 48.137 lon: 11.576 | https://glympse.com/ABC
    """,
    "card": """
        4111 1111 1111 1111 | 4111-1111-1111-1111 | 4111111111111111 | 378282246310005 | ٤١١١ ١١١١ ١١١١ ١١١١
        5555\u00a05555\u00a05555\u00a04444
    """,
    "iban": """
        DE89 3704 0044 0532 0130 00 | DE89370400440532013000 | de89-3704-0044-0532-0130-00
        GB82 WEST 1234 5698 7654 32
        NO93 8601 1117 947 | MT84MALT011000012345MTLCAST001S
    """,
    "id": """
        123.456.789-09 | 12345678Z | X1234567L | 123-45-6789 | RSSMRA85T10A562S | 756.9217.0769.85
        11010519491231002X | AB 12 34 56 C
        20-12345678-6 | 12.345.678-5 | 811218-9876 | 131052-308T | 850101-1234567 | 1 85 05 78 006 084 91
        HEGG560427MVZRRL04 | 2341 2341 2346
    """,
    "secret": """
        AKIAIOSFODNN7EXAMPLE | ghp_abcdefghijklmnopqrstuvwxyz0123456789 | xoxb-123456789012-abcdefghijkl
        AIzaSyA1234567890abcdefghijklmnopqrstuvw
        eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.SflKxwRJSMeKKF2QT4 | WIFI:S:Garden;T:WPA;P:sunflower;;
        sk-proj-abcdefghijklmnop0123
    """,
    "handle": "https://m.me/ana | t.me/ana_garden | https://wa.me/message/ABC | skype:ana?chat",
}  # fmt: skip
CUT = re.compile(r"\s*[|\n]\s*")
CASES = [
    (kind, case)
    for kind, told in SAID.items()
    for case in (part.strip() for part in told.replace("\n", " | ").split(" | "))
    if case
]

LABELLED = [
    ("the wifi password is sunflower99 ok", "the wifi password is [secret] ok"),
    ("password: x", "password: [secret]"),
    ("Password: correct horse battery staple", "Password: [secret]"),
    ("wifi password is correct horse battery staple.", "wifi password is [secret]."),
    ("das WLAN-Passwort im Schuppen ist Gurke7!", "das WLAN-Passwort im Schuppen ist [secret]"),
    ("Gartenpasswort=abc", "Gartenpasswort=[secret]"),
    ("> Passwort:\n> Gurke", "> Passwort:\n> [secret]"),
    ("contraseña del wifi: girasol", "contraseña del wifi: [secret]"),
    ("mot de passe : tournesol", "mot de passe : [secret]"),
    ("senha do wifi é girassol", "senha do wifi é [secret]"),
    ("كلمة السر هي زهرة", "كلمة السر هي [secret]"),
    ("密码是abc123", "密码是[secret]"),
    ("пароль: подсолнух", "пароль: [secret]"),
    ("PIN 4417", "PIN [secret]"),
    ("sunflower99 is the password", "[secret] is the password"),
    ("https://ana:sesame@example.org/x", "https://[secret]/x"),
    ("api_key = abc", "api_key = [secret]"),
    ("login: ana", "login: [secret]"),
    ("code is 123456", "code is [code]"),
    ("Your verification code: 123-456", "Your verification code: [code]"),
    ("Dein Code lautet 4417.", "Dein Code lautet [code]."),
    ("código de verificación 123456", "código de verificación [code]"),
    ("رمز التحقق هو ١٢٣٤٥٦", "رمز التحقق هو [code]"),
    ("123456 is your WhatsApp code", "[code] is your WhatsApp code"),
    ("G-123456 is yours", "[code] is yours"),
    ("code X7K2-9QPM", "code [code]"),
    ("passport no. X1234567", "passport no. [ID number]"),
    ("DNI 12.345.678", "DNI [ID number]"),
    ("رقم الهوية 1023456789", "رقم الهوية [ID number]"),
    ("ID: 12345678", "ID: [ID number]"),
    ("bank account: 12345678", "bank account: [account number]"),
    ("sort code 12-34-56", "sort code [account number]"),
    ("tarjeta 4111 1111", "tarjeta [card number]"),
    ("insta: @ana.garden", "insta: [handle]"),
    ("Instagram: ana_garden", "Instagram: [handle]"),
    ("@ana on Instagram", "[handle] on Instagram"),
    ("@491711234567 hi", "@[phone] hi"),
    ("x\n-----BEGIN RSA PRIVATE KEY-----\nMIIE+/=\nab\n-----END RSA PRIVATE KEY-----\ny", "x\n[secret]\ny"),
    ("-----BEGIN EC PRIVATE KEY-----\nMIIE", "[secret]"),
    ("İİ password: İ7 y", "İİ password: [secret] y"),
]
QUERIES = [
    ("https://example.org/a?b=c#d", "https://example.org/a?…"),
    ("see example.org/a?b=c, ok", "see example.org/a?…, ok"),
    ("(https://example.org/a_(b)?c=(d))", "(https://example.org/a_(b)?…)"),
    ("https://youtube.com/watch?v=abcdefghijk&si=TOKEN", "https://youtube.com/watch?v=abcdefghijk?…"),
    ("https://www.youtube.com/watch?si=TOKEN&v=abcdefghijk", "https://www.youtube.com/watch?…&v=abcdefghijk"),
    ("https://youtu.be/abc?t=12", "https://youtu.be/abc?t=12"),
    ("https://example.org/list?page=3&lang=de", "https://example.org/list?page=3&lang=de"),
    ("https://de.wikipedia.org/wiki/Gurke#Geschichte", "https://de.wikipedia.org/wiki/Gurke#Geschichte"),
    ("https://example.org/#Ana", "https://example.org/?…"),
    ("https://x.example/ana%40example.org/%2B491711234567", "https://x.example/[email]/[phone]"),
    ("mailto:ana@example.org?subject=Ana", "mailto:[email]?…"),
    ("example.org?who=ana", "example.org?…"),
    ("https://example.org/?", "https://example.org/?"),
]  # fmt: skip
HARMLESS = [
    "the password is on the fridge", "the password is wrong again", "my secret is that I love frogs",
    "pin it up, please",
    "zip code 80331", "código postal: 28013", "the code of conduct is 12 pages long", "order code 4711",
    "code postal 75011",
    "we meet on signal: the group is full", "photo_at_pond.jpg", "look at gmail's new page", "(a) first (b) second",
    "12.500, 13.750", "1.2, 3.4", "C++ and 2+2", "and/or", "https://example.org/photos/12", "meet.google.com is down",
    "ISBN 978-3-16-148410-0", "9783161484100", "20190512 A",
    "https://www.facebook.com/groups/12/", "t.me/garden/12", "-----BEGIN PGP SIGNATURE-----", "DE00 1234",
    "@ana well done",
]  # fmt: skip


@pytest.mark.parametrize(("kind", "case"), CASES)
@pytest.mark.parametrize("frame", ["{}", "see {} please", "({})", "first\n{}\nlast"])
def test_a_thing_is_found_whole_and_known_for_what_it_is(kind: str, case: str, frame: str) -> None:
    text = frame.format(case)
    assert mask(text) == frame.format(MARKS[kind])
    assert [span.kind for span in findings(text)] == [kind]


@pytest.mark.parametrize(("text", "masked"), LABELLED)
def test_a_word_beside_it_gives_it_away(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(("text", "masked"), QUERIES)
def test_of_an_address_scheme_host_and_path_stay(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize("wrong", ["4111 1111 1111 1112", "DE88 3704 0044 0532 0130 00", "123.456.789-08", "12345678A"])
def test_a_number_that_does_not_prove_itself_is_none_of_high_risk(wrong: str) -> None:
    assert HIGH_RISK.isdisjoint(span.kind for span in findings(wrong))


def test_every_paper_has_a_shape_that_is_shown_here() -> None:
    shown = [case for kind, case in CASES if kind == "id"]
    assert [paper.country for paper in PAPERS if not any(paper.shape.search(case) for case in shown)] == []
    assert luhn("4111111111111111")
    assert not luhn("4111111111111112")


def test_what_is_of_high_risk_gives_its_name_to_what_it_overlaps() -> None:
    assert merged([Span(0, 9, "query"), Span(3, 7, "card")]) == [Span(0, 9, "card")]
    assert merged([Span(0, 9, "iban"), Span(3, 12, "card")]) == [Span(0, 12, "iban")]
    assert set(KINDS) >= HIGH_RISK


@pytest.mark.parametrize("language", languages())
def test_every_language_has_a_mark_for_every_kind(language: str) -> None:
    assert words(language).marks.keys() == MARKS.keys() == {*KINDS, "member"}


# ---- what is allowed


def test_an_allowed_kind_is_not_hidden_for_looking_like_another() -> None:
    card, iban, place = (
        "4111 1111 1111 1111",
        "DE89 3704 0044 0532 0130 00",
        "https://maps.google.com/?q=48.13715,11.57612",
    )
    assert mask(card, allow={"card"}) == card
    assert mask(card, allow={"phone"}) == "[card number]"
    assert mask(iban, allow={"iban"}) == iban
    assert mask(place, allow={"place"}) == place
    assert mask(f"{place} or 0171 1234567", allow={"place"}) == f"{place} or [phone]"


def test_an_allowed_address_does_not_show_who_is_in_it() -> None:
    assert mask("https://example.org/?a=ana@example.org", allow={"query"}) == "https://example.org/?a=[email]"
    assert mask("https://maps.google.com/?q=ana@example.org", allow={"place"}) == "https://maps.google.com/?q=[email]"


def test_a_masker_counts_by_kind_and_finds_what_it_hides() -> None:
    tally: Counter[str] = Counter()
    masker = Masker(allow=("email",))
    text = "ana@example.org, 0171 1234567, code is 123456"
    assert masker.mask(text, tally) == "ana@example.org, [phone], code is [code]"
    assert masker.mask_between(text, [15, len(text)], tally)[1] == [15, 40]
    assert tally == {"phone": 2, "code": 2}
    assert [span.kind for span in masker.findings(text)] == ["phone", "code"]
    assert masker.findings("nothing here") == []
    assert mask_between(text, [3], allow=KINDS) == (text, [3])


# ---- whatever the text

PIECES = [
    "password", "Passwort", "is", "ist", ":", " ", "\n", "=", "code", "123456", "G-123456", "@", "ana", "(at)",
    "at", "dot", ".", "org", "https://",
    "?", "#", "/", "example.org", "+49", "0171", "48.13715", ",", "°", "N", "4111 1111 1111 1111", "DE89", "[",
    "]", "…", "*", "_", ">", "insta",
    "كلمة السر", "密码", "\u200b", "İ", "%40", "&#64;", "maps.google.com", "t.me/", "passport", "X1234567", "-",
    "\u00e9", "-----BEGIN A-----", "WIFI:S:a;",
]  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=120),
    st.lists(st.sampled_from(PIECES), max_size=14).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join),
)


@settings(deadline=None, max_examples=400)
@given(TEXTS, st.sampled_from(languages()))
def test_masking_twice_is_masking_once_in_every_language(text: str, language: str) -> None:
    masker = Masker(words(language).marks)
    once = masker.mask(text)
    assert masker.mask(once) == once


def test_no_canary_s_mark_is_taken_for_anything() -> None:
    for canary in Cage(11).all(300):
        once = mask(f"see {canary.written} please")
        assert mask(once) == once


@settings(deadline=None, max_examples=300)
@given(TEXTS, st.lists(st.integers(0, 200), max_size=8), st.frozensets(st.sampled_from(KINDS)))
def test_borders_stay_in_order_whatever_is_hidden(text: str, borders: list[int], allow: frozenset[str]) -> None:
    masker = Masker(allow=allow)
    before = sorted(min(border, len(text)) for border in borders)
    masked, after = masker.mask_between(text, before)
    assert masked == masker.mask(text)
    assert len(after) == len(before)
    assert all(one <= other for one, other in pairwise(after))
    assert all(0 <= border <= len(masked) for border in after)
    assert all(one.end <= other.start for one, other in pairwise(masker.findings(text)))


HOSTILE = [
    "+1 ", "@@@", "a.b.c.", "http://", "https://a.b/?", "https://a:", "1 ", "12.05.2019 ", "123456 x",
    "password ", "password: ", "password is ",
    "pin", "code 1", "the password ", "48.1234, ", "48°08'", "///a.b", "WIFI:S:", "-----BEGIN A-----", "A",
    "eyJabcdefgh.", "xoxb-", "DE89 ", "AB12",
    "a at ", "a_at_", "a-at-b.", "&#64;", "%40", "a @ ", "id: 1", "(", "https://a)", ")", "كلمة السر ", "İ",
    "insta: @", "'", "\n", "password:\n> ",
    "4111 ", "t.me/", "?#&", "1\u200b", "a=", "lat: 48.12 ", "123456 is your ", "password the the ", "[a]", "ｅ̈",
    "tg:", ":",
]  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
@pytest.mark.parametrize("length", [5_000, pytest.param(50_000, marks=pytest.mark.slow)])
def test_a_hostile_text_four_times_as_long_takes_four_times_as_long(unit: str, length: int) -> None:
    """By CPU time, generously: what grows with the square of the text takes sixteen times as long."""

    def seconds(length: int) -> float:
        text = (unit * (length // len(unit) + 1))[:length]
        began = time.process_time()
        mask(text)
        return time.process_time() - began

    mask(unit)  # the patterns are made
    assert min(seconds(4 * length) for _ in range(2)) <= 9 * min(seconds(length) for _ in range(2)) + 0.1
