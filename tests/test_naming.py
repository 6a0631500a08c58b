"""A library seen with other names: who appears how, in every field, and what is left out."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from archiver.errors import RefusedError
from archiver.model import Attachment, Handle, KeptMessage, Provenance, Reaction, Sender, Span
from archiver.privacy import Masked, Masker, Naming
from archiver.privacy.cutting import Cutter, Rules, quote_rules
from archiver.privacy.people import Person
from archiver.privacy.seals import Seals
from archiver.publish import Seen, publish, through_glass
from tests.libraries import Shelf, person, said

ANA, KOFI, MEI = (person(name) for name in ("Ana Ruiz", "Kofi Mensah", "Mei Lindqvist"))
HERON, FINCH = "Amber Heron", "Calm Finch"


def known(sender: Sender, *more: str) -> Person:
    handle = Handle(sender.scheme, sender.value, sender.name)
    return Person(sender.person, sender.name, (handle,), (sender.identity,), more)


PEOPLE = [known(ANA, "Anita"), known(KOFI), known(MEI)]


def naming(left_out: Sequence[Sender] = (), **more: object) -> Naming:
    """Ana and Kofi are shown under other names, Mei under her own."""
    return Naming(
        PEOPLE,
        pseudonyms={ANA.person: HERON, KOFI.person: FINCH},
        left_out=[one.person for one in left_out],
        **more,  # type: ignore[arg-type]
    )


def seen(*talk: KeptMessage, title: str = "Choir", how: Naming | None = None) -> Masked:
    return Masked(Shelf((title, talk)), lambda name: f"x{len(name)}", Masker(), how or naming())


def test_a_name_is_other_in_every_field() -> None:
    told = "Ana Ruiz"
    message = said(
        f"{told}: hello",
        ANA,
        subject=f"For {told}",
        attachments=(Attachment(f"{told}.pdf", "application/pdf"), Attachment(f"{told}.vcf", "text/vcard")),
        reactions=(
            Reaction(Handle(ANA.scheme, ANA.value, told), f"👍 {told}"),
            Reaction(Handle("phone", "+44", told), "👍"),
        ),
        origin=Provenance(f"Chat with {told}.txt", "ab" * 32, 0, 9),
        extra={"redacted": {"at": "2023-05-04", "reason": f"asked by {told}"}, "people": [told]},
    )
    library = seen(message, title=f"Letters to {told}")
    (conversation,) = library.conversations()
    (shown,) = library.messages(1)
    everything = repr([conversation, shown, library.people(1)])
    assert "Ana" not in everything
    assert "Ruiz" not in everything
    assert shown.sender is not None
    assert shown.sender.name == HERON
    assert conversation.title == f"Letters to {HERON}"
    assert [file.name for file in shown.attachments] == [f"{HERON}.pdf", "[name].vcf"]
    assert [reaction.by.name for reaction in shown.reactions if reaction.by] == [HERON, "Member 1"]
    assert library.counts["name"] > 1


def test_who_agreed_appears_as_they_are_called_though_others_share_a_part_of_the_name() -> None:
    other = person("Mei Ruiz")
    how = Naming([*PEOPLE, known(other)], pseudonyms={ANA.person: HERON, other.person: FINCH})
    (message,) = seen(said("Mei Lindqvist and Mei", MEI), how=how).messages(1)
    assert message.sender is not None
    assert message.sender.name == "Mei Lindqvist"
    assert message.text == "Mei Lindqvist and [name]"


def test_somebody_whom_the_archive_does_not_know_is_a_member() -> None:
    stranger = person("Zebedee Quagmire")
    how = naming(strangers=["Zebedee Quagmire", "Ana Ruiz", "Choir"], spared={"Choir"})
    (message,) = seen(said("Zebedee, Ana and the Choir", stranger), how=how).messages(1)
    assert message.sender is not None
    assert message.sender.name == "Member 1"
    assert message.text == f"[name], {HERON} and the Choir"


def test_the_words_of_a_card_are_not_shown() -> None:
    (message,) = seen(said("Zaphod B", kind="contact")).messages(1)
    assert message.text == ""


def test_a_gap_stands_for_what_somebody_keeps_back() -> None:
    gone = Reaction(Handle(KOFI.scheme, KOFI.value, "Kofi Mensah"), "👍")
    talk = (
        said("mine", KOFI, subject="s", attachments=(Attachment("x.jpg"),), extra={"redacted": {"reason": "Kofi"}}),
        said("Kofi said so", ANA, reactions=(gone,)),
    )
    library = seen(*talk, how=naming([KOFI]))
    gap, other = library.messages(1)
    assert (gap.kind, gap.sender, gap.text, gap.subject, gap.attachments, gap.extra) == (
        "kept_back", None, "", None, (), {},
    )  # fmt: skip
    assert other.text == "[name] said so"
    assert other.reactions == ()
    assert [one.name for one in library.people(1)] == [HERON]
    assert library.counts["kept_back"] == 1


def test_what_is_withheld_anyway_stays_withheld() -> None:
    (message,) = seen(said("Ana", ANA, extra={"no_archive": True})).messages(1)
    assert (message.kind, message.text) == ("withheld", "")


LETTER = (
    ("own", "Yes.\n"),
    ("attribution", "On Monday, Kofi Mensah wrote:\n"),
    ("quote", "> no\n"),
    ("own", "And:\n"),
    ("quote", "> the yellow tram goes round the park\n"),
    ("quote", "> somebody else's words are here too\n"),
)


def test_no_letter_quotes_who_is_left_out() -> None:
    text, spans = "", []
    for kind, piece in LETTER:
        spans.append(Span(kind, len(text), len(text) + len(piece)))  # type: ignore[arg-type]
        text += piece
    seals, rules = Seals(b"x"), Rules()
    rules.quotes |= quote_rules(seals, "The yellow tram goes round the park")
    (message,) = seen(said(text, ANA, spans=tuple(spans)), how=naming([KOFI], quotes=Cutter(seals, rules))).messages(1)
    pieces = [message.text[span.start : span.end] for span in message.spans]
    assert pieces == [
        "Yes.\n", "On Monday, [name] wrote:\n", "> [name]\n", "And:\n", "> [name]\n",
        "> somebody else's words are here too\n",
    ]  # fmt: skip
    (whole,) = seen(said(text, ANA, spans=tuple(spans))).messages(1)
    assert "yellow tram" in whole.text


def test_the_digest_tells_who_appears_how() -> None:
    digests = {naming().digest, naming([KOFI]).digest, naming(hides=False).digest, naming(mark="[x]").digest}
    digests.add(naming(around={1: [ANA.person]}, strangers=["Zebedee"]).digest)
    assert len(digests) == 5
    assert naming().digest == naming().digest


def test_risks_are_remembered_by_message_and_counted_once() -> None:
    talk = [said("card 4111 1111 1111 1111", ANA), said("nothing", ANA), said("tel +44 20 7946 0417", ANA)]
    library = seen(*talk)
    for _ in range(2):
        list(library.messages(1))
    assert library.risks == {talk[0].id: ("card",)}
    allowed = Masked(Shelf(("x", talk)), str, Masker(allow=["card", "phone"]))
    (first, *_) = allowed.messages(1)
    assert "4111" in first.text
    assert allowed.risks == {talk[0].id: ("card",)}


def test_a_report_without_a_state_follows_from_what_is_risky(tmp_path: Path) -> None:
    def glass(*talk: KeptMessage) -> Seen:
        seen = through_glass(Shelf(("x", talk)), conversations=["x"], options={}, secret=b"x")
        list(seen.masked.messages(1))
        return seen

    one = glass(said("card 4111 1111 1111 1111"))
    assert one.state == ""
    assert one.report == glass(said("card 4111 1111 1111 1111")).report != glass(said("nothing")).report


def test_a_refusal_takes_the_fresh_pages_away(tmp_path: Path) -> None:
    def refuse(seen: Seen) -> None:
        assert list((tmp_path / ".site.new").iterdir())
        raise RefusedError("No.")

    with pytest.raises(RefusedError):
        publish(
            Shelf(("x", [said("a")])), tmp_path / "site", conversations=["x"], options={}, secret=b"x", agree=refuse
        )
    assert list(tmp_path.iterdir()) == []
