"""What must be hidden is hidden, wherever it stands; what is harmless stays readable."""

import random
from dataclasses import replace
from itertools import accumulate, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.errors import ArchiveError
from archiver.model import Attachment, Handle, Provenance, Reaction, SpanKind
from archiver.model import Span as Piece
from archiver.privacy import MARKS, Masked, Span, findings, mask
from archiver.privacy.masking import mask_between
from archiver.privacy.spans import merged
from tests.libraries import Shelf, person, said

# Invented numbers in national styles; ranges kept for fiction where there are any.
STYLES = [
    "+44 20 7946 0{}",
    "+44 (0)20 7946 0{}",
    "0049-30-23125{}",
    "030/23125{} 55",
    "+57 300 555 0{}",
    "(212) 555-0{}",
    "1-212-555-0{}",
    "06 39 98 0{} 12",
    "06.39.98.0{}.12",
    "+351 912 345 {}",
    "+91-98765-43{}",
    "+7 (495) 123-4{}-00",
    "+683 4{}",
    "00 683 40{} 1",
    "+49\u00a0171\u202f39200{}",
    "+55 (11) 9{}-0000",
    "tel:+1.212.555.0{}",
    "＋４４ 20 7946 0{}",
]
ADDRESSES = [
    "{}@example.org",
    "{}.okoro+garden@mail.example.org",
    "{} (at) example.org",
    "{}[at]example[dot]org",
    "{} at example dot org",
    "{} at example.org",
    "{} {{ät}} example.de",
    "{} arroba example punto org",
    "{}＠example.org",
    "{}%40example.org",
    "{}&#64;example.org",
    "{} @ example . org",
    "mailto:{}@example.org?subject=hello",
    "{}@xn--bcher-kva.example",
    "{}@\u2068example.org",
    '"{} o"@example.org',
]
HARMLESS = [
    "ok",
    "the shed key https://example.org/shed",
    "12.05.2019 14:30",
    "2019-05-12 14:03:22",
    "١٢/٠٥/٢٠١٩ ١٤:٣٠",
    "from 12.05.2023 - 14.05.2023",
    "20:15 - 21:45, room 12",
    "$ 120.000.000 for a roof",
    "1.250.000.000 COP",
    "PHOTO-2023-05-04-10-11-12.jpg",
    "IMG_20190512_143022123.jpg",
    "IMG-20190512-WA0003.jpg",
    "+1",
    "+20 %",
    "3 kg, 250 g, 12 pots, 4 bags",
    "meet me at home. We can talk at length.",
    "hi @maria.garcia, well done",
    "look at www.example.org/tank",
    "I was at noon.We left",
    "hours: Mo-Fr 9-17",
]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("frame", ["{}", "call me on {} tonight", "x{}y", "({})", "\u202a{}\u202c"])
def test_a_phone_number_is_masked_in_every_national_style(style: str, frame: str) -> None:
    number = style.format("417")
    masked = mask(frame.format(number))
    assert "[phone]" in masked
    assert not any(character.isdigit() for character in masked)


@pytest.mark.parametrize("zero", [0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xFF10, 0x1D7CE])
def test_digits_of_any_script_make_a_phone_number(zero: int) -> None:
    number = "".join(chr(zero + int(digit)) for digit in "0304170001")
    assert mask(f"Telefon {number}!") == "Telefon [phone]!"


def test_a_phone_number_hidden_in_keycaps_or_between_invisible_characters_is_masked() -> None:
    assert mask("".join(f"{digit}\ufe0f\u20e3" for digit in "030417000")) == "[phone]"
    assert mask("\u200b".join("030417000")) == "[phone]"


def test_a_short_number_is_masked_after_a_word_that_says_what_it_is() -> None:
    assert mask("tel. 417 000") == "tel. [phone]"
    assert mask("the pump has 417 000 hours") == "the pump has 417 000 hours"


def test_a_number_in_an_address_is_masked() -> None:
    assert mask("https://wa.me/442079460417?text=hi") == "https://wa.me/[phone]?…"
    assert mask("?phone=0171+4170000") == "?phone=[phone]"
    assert mask("?q=0171%20417%200000&x") == "?q=[phone]&x"
    assert mask("?p=%2B44 20 7946") == "?p=[phone]"


def test_a_number_beside_a_date_is_masked_and_the_date_stays() -> None:
    assert mask("12.05.2019 0171 4170000") == "12.05.2019 [phone]"
    assert mask("0171 4170000 2019-05-12 14:30") == "[phone] 2019-05-12 14:30"
    assert mask("0171 4170000 since 2019-05-12") == "[phone] since 2019-05-12"
    assert mask("5 +683 4170 and so on") == "5 [phone] and so on"


def test_the_bracket_that_opens_a_number_goes_with_it() -> None:
    assert mask("(212) 555-0147") == "[phone]"
    assert mask("(+44) 20 7946 0417") == "[phone]"
    assert mask("(call 212 555 0147)") == "(call [phone])"


@pytest.mark.parametrize("shape", ADDRESSES)
@pytest.mark.parametrize("frame", ["{}", "write to {} please", "<{}>", "first line\n{}\nlast line"])
def test_an_email_address_is_masked_in_every_disguise(shape: str, frame: str) -> None:
    masked = mask(frame.format(shape.format("ines")))
    assert "[email]" in masked
    assert "ines" not in masked


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_harmless_stays_readable(text: str) -> None:
    assert mask(text) == text


def test_of_a_thousand_numbers_and_addresses_none_gets_through() -> None:
    dice = random.Random(8)
    separators = [" ", "-", ".", "/", "\u00a0", "\u2011", ""]
    for _ in range(1000):
        digits = f"{dice.randrange(10**9, 10**12)}"
        cuts = sorted(dice.sample(range(1, len(digits)), 3))
        parts = [digits[a:b] for a, b in zip([0, *cuts], [*cuts, len(digits)], strict=True)]
        number = dice.choice(["", "+", "00"]) + dice.choice(separators).join(parts)
        name = "".join(dice.choices("abcdefghijklmnop", k=12))
        masked = mask(f"see {number} or {dice.choice(ADDRESSES).format(name)}.")
        assert digits[-4:] not in masked, number
        assert name not in masked


@settings(deadline=None)
@given(st.text(alphabet="0123456789 .-+/()@:ab\u200b", max_size=60))
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@settings(deadline=None)
@given(st.text(max_size=200))
def test_text_outside_the_findings_is_untouched(text: str) -> None:
    kept = text
    while found := findings(kept):
        assert all(a.end <= b.start for a, b in pairwise(found))
        before, kept, end = kept, "", 0
        for span in found:
            kept += before[end : span.start] + MARKS[span.kind]
            end = span.end
        kept += before[end:]
    assert mask(text) == kept


def test_overlapping_findings_become_one() -> None:
    assert merged([Span(3, 9, "phone"), Span(0, 5, "email")]) == [Span(0, 9, "email")]
    assert mask("442079460417@chat.example.org") == "[email]"


@pytest.mark.parametrize(
    "unit", ["1 ", "a ", "(", "a at ", "@", "a.", "12.05.2019 ", "a@", "(at)", "a dot ", "123456 x", '"', "%2B"]
)
def test_a_hostile_text_does_not_hang(unit: str) -> None:
    text = unit * 20_000
    assert len(mask(text)) <= len(text)


# ---- the library behind glass

PHONE, EMAIL = "+44 20 7946 0417", "ines.canary@example.org"


def masked(*talk: object) -> Masked:
    return Masked(Shelf(("Garden " + PHONE, talk)), lambda identifier: f"opaque{len(identifier)}")  # type: ignore[arg-type]


def test_nothing_that_must_be_hidden_passes_in_any_field() -> None:
    canary = f"{PHONE} {EMAIL}"
    message = said(
        canary,
        person(PHONE, "phone", "+442079460417"),
        id=f"id {canary}",
        subject=canary,
        reply_to=f"id {canary}",
        attachments=(Attachment(f"{canary}.jpg", "image/jpeg", 12, f"media/{canary}", "ab" * 32),),
        reactions=(Reaction(Handle("phone", PHONE, PHONE), f"👍 {canary}"), Reaction(None, "👍")),
        origin=Provenance(f"{canary}.txt", "cd" * 32, 0, 9),
        extra={"placeholder": canary, "numbers": [442079460417]},
    )
    library = masked(message, replace(message, sender=person(f"Ines {canary}", "mail-name", EMAIL)))
    (conversation,) = library.conversations()
    seen = repr([conversation, *library.messages(1), *library.outline(1), *library.people(1)])
    assert "7946" not in seen
    assert "442079" not in seen
    assert "canary" not in seen
    assert "[phone]" in seen
    assert "[email]" in seen


def test_who_has_only_a_number_becomes_a_member_counted_as_they_are_met() -> None:
    one, two = person(PHONE, "phone", "+442079460417"), person("6123 4417", "phone", "+4561234417")
    known = person("Mei Lindqvist", "phone", "+442079460418")
    library = masked(said("a", two), said("b", one), said("c", two), said("d", known))
    names = [message.sender.name for message in library.messages(1) if message.sender]
    assert names == ["Member 1", "Member 2", "Member 1", "Mei Lindqvist"]
    assert library.counts == {"phone": 0, "email": 0, "member": 2}


def test_a_name_made_of_signs_only_stays_a_name() -> None:
    library = masked(said("a", "🌻"), said("b", person("", "test-name", "nobody")))
    assert [m.sender.name for m in library.messages(1) if m.sender] == ["🌻", "Member 1"]


def test_what_was_taken_back_is_not_shown() -> None:
    library = masked(
        said("I regret this", subject="regret", deleted_at="2023-05-04T10:12:00Z", attachments=(Attachment("x.jpg"),))
    )
    (message,) = library.messages(1)
    assert (message.text, message.subject, message.attachments) == ("", None, ())
    assert message.deleted_at == "2023-05-04T10:12:00Z"


def test_what_its_writer_did_not_want_archived_is_not_shown() -> None:
    library = masked(
        said("Only for us", subject="hush", extra={"no_archive": True}, attachments=(Attachment("x.jpg"),))
    )
    (message,) = library.messages(1)
    assert (message.kind, message.text, message.subject, message.attachments) == ("withheld", "", None, ())


def test_what_was_hidden_is_counted_once_however_often_it_is_read() -> None:
    library = masked(said(f"{PHONE} or {PHONE}, or {EMAIL}"))
    for _ in range(2):
        list(library.messages(1))
    assert library.counts == {"phone": 2, "email": 1, "member": 0}


def test_an_outline_and_its_messages_agree() -> None:
    library = masked(said("first", id="one"), said("second", id="three", reply_to="one"))
    outline, messages = list(library.outline(1)), list(library.messages(1))
    assert [line.reply_to for line in outline] == [message.reply_to for message in messages] == [None, "opaque3"]


def test_attached_files_are_refused() -> None:
    with pytest.raises(ArchiveError, match="not published"):
        masked(said("a")).attachment("ab" * 32)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["own", "quote", "signature"]),
            st.sampled_from(["plain\n", "call +44 20 7946 0417 now\n", "> ana@example.org wrote:\n", ""]),
        ),
        max_size=8,
    )
)
def test_whose_words_they_are_is_still_known_when_they_are_masked(pieces: list[tuple[SpanKind, str]]) -> None:
    ends = list(accumulate(len(piece) for _, piece in pieces))
    text = "".join(piece for _, piece in pieces)
    masked, moved = mask_between(text, ends)
    assert masked == mask(text)
    assert list(moved) == sorted(moved)
    assert not pieces or moved[-1] == len(masked)
    untouched = [piece for _, piece in pieces]
    cut = [masked[start:end] for start, end in zip([0, *moved], moved, strict=False)]
    assert cut == [mask(piece) for piece in untouched]


def test_a_border_inside_of_what_is_hidden_comes_after_its_mark() -> None:
    assert mask_between("a +44 20 7946 0417 b", [2, 8, 18, 20]) == ("a [phone] b", [2, 9, 9, 11])


def test_a_letter_is_masked_with_its_pieces() -> None:
    text = "mine: a@example.org\n> b@example.org said\n"
    letter = said(text, spans=(Piece("own", 0, 20), Piece("quote", 20, len(text))))
    (masked,) = Masked(Shelf(("x", [letter])), str.upper).messages(1)
    assert [masked.text[span.start : span.end] for span in masked.spans] == ["mine: [email]\n", "> [email] said\n"]
