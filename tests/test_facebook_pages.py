"""Conversations out of the HTML of exports of three generations: every message, in order, with its bytes."""

import html
import io
import tracemalloc
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from archiver.contracts import Hints
from archiver.dump import Dump
from archiver.importers.facebook.accounting import Ledger
from archiver.importers.facebook.generations import generation
from archiver.importers.facebook.markup import attributes, plain, plain_text, split, unbroken, written
from archiver.importers.facebook.page_boxes import LARGEST, closed, learn
from archiver.importers.facebook.page_outline import outline, stencil
from archiver.importers.facebook.page_people import names_in
from archiver.importers.facebook.page_zones import PageZone
from archiver.importers.facebook.pages import compare, read_page, zone_of
from archiver.importers.facebook.people import owner_called
from archiver.importers.facebook.room import Room
from archiver.importers.facebook.tree import Tree
from archiver.model import Message
from tests.facebook_pages import (
    CLUB,
    FLAT,
    INBOX,
    ME,
    NEW,
    SECTIONS,
    Dates,
    Fashion,
    Line,
    Told,
    box,
    escaped,
    flat_date,
    instagram_date,
    lay,
    minute,
    new_date,
    old_date,
    old_page,
    old_thread,
    page,
    read,
    read_one,
    talk,
)

BEN, CLEO = CLUB[1], CLUB[2]
NOON = datetime(2024, 6, 7, 12, 0, 5)  # noqa: DTZ001 - a wall clock
GENERATIONS = pytest.mark.parametrize(
    ("fashion", "dates"), [(FLAT, flat_date), (NEW, new_date), (SECTIONS, new_date), (NEW, instagram_date)]
)


def one(text: str = "", who: str = BEN, **more: object) -> Line:
    return Line(NOON, who, text, **more)  # type: ignore[arg-type] # the line's own fields


def raw(told: Told, message: Message) -> bytes:
    """The bytes a message was read from."""
    (content,) = told.sources.values()
    return content[message.origin.start : message.origin.end]


# -- 2018 and later -----------------------------------------------------------------------------------------------


@GENERATIONS
def test_a_thread_is_read_as_it_was_said_the_oldest_first(tmp_path: Path, fashion: Fashion, dates: Dates) -> None:
    lines = talk(400)
    told = read_one(tmp_path, page(lines, fashion, dates))
    assert [message.text for message in told.messages] == [line.text or line.link for line in lines]
    assert [message.sender and message.sender.name for message in told.messages] == [line.who for line in lines]
    assert [minute(message.when.at) for message in told.messages] == [minute(line.at) for line in lines]
    assert [[(mark.value, mark.by and mark.by.name) for mark in message.reactions] for message in told.messages] == [
        [(sign, who) for sign, who in line.marks] for line in lines
    ]
    assert [[file.name for file in message.attachments] for message in told.messages] == [
        [path.rpartition("/")[2] for _, path in line.files] for line in lines
    ]
    assert told.problems == []


@GENERATIONS
def test_messages_of_one_minute_keep_their_order(tmp_path: Path, fashion: Fashion, dates: Dates) -> None:
    lines = [replace(one(f"{number}"), at=NOON.replace(second=number)) for number in range(9)]
    assert read_one(tmp_path, page(lines, fashion, dates)).texts == list("012345678")


@GENERATIONS
def test_every_message_knows_its_bytes(tmp_path: Path, fashion: Fashion, dates: Dates) -> None:
    lines = talk(60, seed=3)
    told = read_one(tmp_path, page(lines, fashion, dates))
    for number, (line, message) in enumerate(zip(lines, told.messages, strict=True)):
        assert raw(told, message).decode() == box(line, fashion, dates, number)
    assert len({id(message.origin.dump) for message in told.messages}) == 1


def test_the_conversation_has_its_title_its_people_and_the_key_of_its_folder(tmp_path: Path) -> None:
    (conversation,) = read_one(tmp_path, page(talk(5))).conversations
    assert (conversation.key, conversation.title, conversation.kind) == (
        "facebook:thread:987654321",
        "Garden Club",
        "group",
    )
    assert [member.name for member in conversation.members] == list(CLUB)
    assert conversation.native_id == "987654321"


@pytest.mark.parametrize(
    ("word", "conjunction"),
    [
        ("Participants: {}", " and "),
        ("Teilnehmer: {}", " und "),
        ("Participantes: {}", " y "),
        ("Uczestnicy: {}", " i "),
        ("Участники: {}", " и "),
        ("參與者：{}", "和"),
        ("参加者：{}", "、"),
        ("المشاركون: {}", " و"),
    ],
)
def test_participants_are_told_in_the_language_of_the_account(tmp_path: Path, word: str, conjunction: str) -> None:
    (conversation,) = read_one(tmp_path, page(talk(40), word=word, conjunction=conjunction)).conversations
    assert [member.name for member in conversation.members] == list(CLUB)


def test_an_and_in_a_name_parts_no_name_that_is_known(tmp_path: Path) -> None:
    people = (ME, BEN, "Salt and Pepper")
    (conversation,) = read_one(tmp_path, page(talk(40, people=people), people=people)).conversations
    assert [member.name for member in conversation.members] == list(people)


def test_a_page_on_its_own_is_known_by_its_title(tmp_path: Path) -> None:
    told = read(tmp_path, {"saved.html": page(talk(5))})
    assert [conversation.key for conversation in told.conversations] == ["facebook:thread:garden club"]


def test_two_strangers_in_a_list_are_parted_at_a_word_but_not_at_a_letter(tmp_path: Path) -> None:
    assert names_in("Rose and Tulip", ()) == ["Rose", "Tulip"]
    assert names_in("Maria Costa e Silva", ()) == ["Maria Costa e Silva"]
    assert names_in("Ana, Maria Costa e Silva", ("Maria Costa e Silva",)) == ["Ana", "Maria Costa e Silva"]
    assert names_in("Rose", ()) == ["Rose"]


def test_a_list_of_strangers_behind_a_colon_is_no_list_of_participants(tmp_path: Path) -> None:
    content = page(talk(5, people=(ME, BEN)), people=("Rose", "Tulip"), word="Seeds: {}")
    (conversation,) = read_one(tmp_path, content).conversations
    assert {member.name for member in conversation.members} <= {ME, BEN}


def test_a_page_without_participants_has_those_who_speak(tmp_path: Path) -> None:
    told = read_one(tmp_path, page(talk(30, people=(ME, BEN)), people=(), title="Ben Cole"))
    (conversation,) = told.conversations
    assert (conversation.title, conversation.kind) == ("Ben Cole", "direct")
    assert {member.name for member in conversation.members} == {ME, BEN}


def test_the_parts_of_a_thread_are_one_conversation_from_the_last_number_on(tmp_path: Path) -> None:
    lines = talk(90)
    parts = {
        f"{INBOX}/message_{number}.html": page(lines[90 - 9 * number : 99 - 9 * number]) for number in range(1, 11)
    }
    told = read(tmp_path, parts)
    assert told.texts == [line.text or line.link for line in lines]
    assert len(told.conversations) == 1


def test_only_the_newest_part_needs_to_tell_the_participants(tmp_path: Path) -> None:
    lines = talk(20, people=(ME, BEN))
    files = {f"{INBOX}/message_1.html": page(lines[10:]), f"{INBOX}/message_2.html": page(lines[:10], people=())}
    (conversation,) = read(tmp_path, files).conversations
    assert [member.name for member in conversation.members] == list(CLUB)


def test_parts_that_are_numbered_the_other_way_round_are_read_by_their_dates(tmp_path: Path) -> None:
    lines = talk(40)
    files = {f"{INBOX}/message_1.html": page(lines[:20]), f"{INBOX}/message_2.html": page(lines[20:])}
    assert read(tmp_path, files).texts == [line.text or line.link for line in lines]


def test_a_page_that_is_oldest_first_is_not_turned_round(tmp_path: Path) -> None:
    lines = talk(40)
    told = read_one(tmp_path, page(lines[::-1]))
    assert told.texts == [line.text or line.link for line in lines]


@GENERATIONS
def test_a_thread_of_one_message_is_read(tmp_path: Path, fashion: Fashion, dates: Dates) -> None:
    for people in (CLUB, ()):
        assert read_one(tmp_path, page([one("Hello")], fashion, dates, people=people)).texts == ["Hello"]


def test_a_message_that_is_a_date_is_no_end_of_a_box(tmp_path: Path) -> None:
    for count in (1, 3):
        lines = [one("Oct 19, 2019, 2:37 PM")] * count
        assert read_one(tmp_path, page(lines)).texts == ["Oct 19, 2019, 2:37 PM"] * count


def test_classes_may_be_any_and_none(tmp_path: Path) -> None:
    """Structure tells: the classes of next year, and no classes at all, read as this year's."""
    lines = talk(30, plain=True)
    for fashion in (FLAT, NEW, SECTIONS):
        content = page(lines, fashion, people=())
        for now, then in ((b"_a6-", b"_b7-"), (b"_2pi", b"_9xx"), (b"uiBoxWhite", b"uiBoxPink"), (b"_3-9", b"_q")):
            content = content.replace(now, then)
        assert read_one(tmp_path, content).texts == [line.text for line in lines]
        assert read_one(tmp_path, _bare(content)).texts == [line.text for line in lines]


def _bare(content: bytes) -> bytes:
    """A page without attributes."""
    markup = split(content.decode())
    tags = [f"<{name}>" for name in markup.tags]
    return "".join(text + tag for text, tag in zip(markup.texts, [*tags, ""], strict=True)).encode()


# -- what is in a message -----------------------------------------------------------------------------------------


def test_line_breaks_and_characters_are_those_that_were_typed(tmp_path: Path) -> None:
    texts = ["a\nb", "a\n\nb", '  <b> & "it\'s" ', "&amp;lt; &nbsp;", "été 庭 🌻", "a &#8364; b"]
    lines = [one(text) for text in texts]
    assert read_one(tmp_path, page(lines)).texts == [text.strip() for text in texts]


def test_a_text_that_only_looks_damaged_stays_as_it_is(tmp_path: Path) -> None:
    """Pages are written right; "Ã©" is what somebody typed."""
    lines = [one("Ã©"), one("Ã©", link="https://example.org/Ã©"), one("Ã©", files=(("img", "photos/Ã©.jpg"),))]
    told = read_one(tmp_path, page(lines))
    assert told.texts == ["Ã©"] * 3
    assert told.messages[2].attachments[0].name == "Ã©.jpg"


MEDIA = [
    (("img", f"{INBOX}/photos/1.jpg"), "image/jpeg", "media"),
    (("img", f"{INBOX}/gifs/2.gif"), "image/gif", "media"),
    (("img", "your_facebook_activity/messages/stickers_used/3.png"), "image/png", "sticker"),
    (("video", f"{INBOX}/videos/4.mp4"), "video/mp4", "media"),
    (("audio", f"{INBOX}/audio/5.mp3"), "audio/mpeg", "media"),
    (("video", f"{INBOX}/audio/6.mp4"), "audio/mp4", "media"),
    (("a", f"{INBOX}/files/7 seeds.pdf"), "application/pdf", "media"),
]


@pytest.mark.parametrize(("file", "media_type", "kind"), MEDIA)
def test_a_file_is_found_in_the_dump_or_said_to_be_missing(
    tmp_path: Path, file: tuple[str, str], media_type: str, kind: str
) -> None:
    content = page([one(files=(file,))])
    missing = read(tmp_path / "a", {f"{INBOX}/message_1.html": content}).messages[0]
    present = read(tmp_path / "b", {f"{INBOX}/message_1.html": content, file[1]: b"123"}).messages[0]
    assert (missing.kind, missing.text) == (present.kind, present.text) == (kind, "")
    assert [(one.state, one.media_type, one.member) for one in missing.attachments] == [("missing", media_type, None)]
    (attachment,) = present.attachments
    assert (attachment.state, attachment.media_type, attachment.size) == ("present", media_type, 3)
    assert attachment.member == f"export/{file[1]}"


def test_a_file_with_signs_in_its_name_is_found_by_its_address(tmp_path: Path) -> None:
    content = page([one(files=(("img", f"{INBOX}/photos/gr%C3%BCn%20%26.jpg"),))])
    told = read(tmp_path, {f"{INBOX}/message_1.html": content, f"{INBOX}/photos/grün &.jpg": b"1"})
    assert [(file.name, file.state) for file in told.messages[0].attachments] == [("grün &.jpg", "present")]


def test_paths_that_escape_find_nothing(tmp_path: Path) -> None:
    lines = [
        one(files=(("img", path),)) for path in ("../../etc/passwd", "/etc/passwd", "C:\\x.jpg", "javascript:alert()")
    ]
    told = read_one(tmp_path, page(lines))
    assert {file.state for message in told.messages for file in message.attachments} <= {"missing"}


def test_an_image_that_shows_an_emoji_is_text(tmp_path: Path) -> None:
    content = page([one("EMOJI and rain")]).replace(
        b"EMOJI", '<img class="emoji" alt="🌻" src="https://static.example/1f33b.png" />'.encode()
    )
    (message,) = read_one(tmp_path, content).messages
    assert (message.text, message.attachments) == ("🌻 and rain", ())


def test_a_link_that_was_shared_is_a_share_with_what_is_said_about_it(tmp_path: Path) -> None:
    (message,) = read_one(tmp_path, page([one(link="https://example.org/?a=1&b=2")])).messages
    assert (message.kind, message.text) == ("share", "https://example.org/?a=1&b=2")
    assert message.extra == {"link": "https://example.org/?a=1&b=2", "share_text": "Seeds for all"}


def test_a_link_within_the_text_is_text(tmp_path: Path) -> None:
    link = '<a target="_blank" href="https://example.org/x">https://example.org/x</a>'
    content = page([one("look LINK nice")]).replace(b"LINK", link.encode())
    (message,) = read_one(tmp_path, content).messages
    assert (message.kind, message.text, message.extra) == ("text", "look https://example.org/x nice", None)


def test_a_link_that_leads_elsewhere_than_its_text_says_is_kept(tmp_path: Path) -> None:
    content = page([one("look LINK nice")]).replace(b"LINK", b'<a href="https://l.example/?u=1">seeds.example</a>')
    (message,) = read_one(tmp_path, content).messages
    assert (message.kind, message.text) == ("text", "look seeds.example nice")
    assert message.extra == {"links": ["https://l.example/?u=1"]}


def test_words_that_a_page_repeats_below_the_text_are_told_once(tmp_path: Path) -> None:
    text = "Sure.<br />https://example.org/x"
    again = '<div><div>Sure.\nhttps://example.org/x</div><div><a href="https://example.org/x">https://example.org/x</a></div></div>'
    body = f"<div><div></div><div>{text}</div><div>{again}</div><div></div></div>"
    content = page([one("T")]).replace(b"<div><div></div><div>T</div><div></div><div></div></div>", body.encode())
    (message,) = read_one(tmp_path, content).messages
    assert (message.text, message.extra) == ("Sure.\nhttps://example.org/x", {"link": "https://example.org/x"})


def test_what_has_no_place_in_a_message_is_kept_beside_it(tmp_path: Path) -> None:
    content = page([one("Ben called you.")]).replace(
        b"<div>Ben called you.</div><div></div>",
        b"<div>Ben called you.</div><div><span>Duration: 5 seconds</span></div>",
    )
    (message,) = read_one(tmp_path, content).messages
    assert message.extra is not None
    assert message.extra["more"] == ["Duration: 5 seconds"]


def test_reactions_may_say_when(tmp_path: Path) -> None:
    content = page([one("Hi", marks=(("❤️", BEN),))]).replace(
        b"Ben Cole</span></li>", b"Ben Cole<span> (Jun 08, 2024 5:32 pm)</span></span></li>"
    )
    (message,) = read_one(tmp_path, content, Hints(zone="Europe/Berlin")).messages
    (mark,) = message.reactions
    assert (mark.value, mark.by and mark.by.name) == ("❤️", BEN)
    assert mark.at == datetime(2024, 6, 8, 15, 32, tzinfo=UTC)


@pytest.mark.parametrize("sign", ["👍🏽", "👩‍🌾", "🇫🇷", "1️⃣", "❤", "™", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"])
@pytest.mark.parametrize("name", ["Ana", "1st Garden", "~Бен~", "Ana (the elder)"])
def test_a_reaction_is_one_emoji_and_a_name(tmp_path: Path, sign: str, name: str) -> None:
    (message,) = read_one(tmp_path, page([one("Hi", marks=((sign, name),))])).messages
    assert [(mark.value, mark.by and mark.by.name) for mark in message.reactions] == [(sign, name)]


def test_a_reaction_without_a_sign_still_says_who(tmp_path: Path) -> None:
    (message,) = read_one(tmp_path, page([one("Hi", marks=(("", BEN),))])).messages
    assert [(mark.value, mark.by and mark.by.name) for mark in message.reactions] == [("?", BEN)]


def test_the_apps_sentences_are_events_and_what_people_type_is_not(tmp_path: Path) -> None:
    texts = [
        "Ben Cole named the group Seeds.",
        "You sent an attachment.",
        "Ben Cole is great",
        "Ana named the group Seeds.",
    ]
    told = read_one(tmp_path, page([one(text) for text in texts]))
    kinds = [message.kind for message in told.messages]
    assert kinds[0] == "event.renamed"
    assert kinds[2:] == ["text", "text"]
    assert told.ledger.counts["page"].typed >= 2


def test_a_copy_that_was_edited_is_folded_into_its_message(tmp_path: Path) -> None:
    lines = [one("see you at the gate at seven"), one("see you at the gate at eight (edited)")]
    (message,) = read_one(tmp_path, page(lines)).messages
    assert (message.text, message.edited) == ("see you at the gate at eight", True)


def test_a_sentence_about_a_reaction_is_folded_into_it(tmp_path: Path) -> None:
    lines = [one("Hi", marks=(("😂", ME),)), one("Reacted 😂 to your message ", ME)]
    (message,) = read_one(tmp_path, page(lines)).messages
    assert (message.text, len(message.reactions)) == ("Hi", 1)


def test_a_deleted_account_is_somebody_else_in_each_thread(tmp_path: Path) -> None:
    lines = [one("a", "Facebook user"), one("b", ""), one("c", "Facebook user")]
    senders = [message.sender for message in read_one(tmp_path, page(lines)).messages]
    assert {sender and sender.scope for sender in senders} == {"facebook:thread:987654321"}


def test_a_head_that_is_left_out_is_nobodys_and_not_the_neighbours(tmp_path: Path) -> None:
    lines = [one("a"), one("b"), one("c")]
    content = page(lines, SECTIONS)
    head = SECTIONS.head.format(BEN).encode()
    first = content.index(head)
    content = content[:first] + content[first + len(head) :]
    told = read_one(tmp_path, content)
    assert told.texts == ["a", "b", "c"]
    assert [message.sender and message.sender.name for message in told.messages] == [BEN, BEN, "Facebook user"]


def test_two_people_with_one_name_are_said_to_be_two(tmp_path: Path) -> None:
    people = (ME, BEN, BEN)
    message = read_one(tmp_path, page([one("Hi"), one("Ho")], people=people)).messages[0]
    assert message.extra == {"people_called_so": 2}


def test_a_thread_that_nobody_asked_for_says_so(tmp_path: Path) -> None:
    path = "messages/message_requests/stranger_12345678/message_1.html"
    (message,) = read(tmp_path, {path: page([one("Hi")])}).messages
    assert message.extra == {"folder": "message_requests"}


def test_boxes_without_a_time_are_headings_and_are_counted(tmp_path: Path) -> None:
    link = f'{NEW.box(0)}<h2>Group Invite Link:</h2><div><a href="https://m.example/j/Ab12c345">https://m.example/j/Ab12c345</a></div></div>'
    lines = [one("Hi")]
    content = page(lines, people=()).replace(b'role="main">', f'role="main">{link}'.encode())
    told = read_one(tmp_path, content)
    assert told.texts == ["Hi"]
    assert "a heading 1" in told.said("skipped-records")[0]


# -- times --------------------------------------------------------------------------------------------------------


def test_the_persons_zone_is_the_pages_clock(tmp_path: Path) -> None:
    told = read_one(tmp_path, page([one("Hi")]), Hints(zone="Europe/Berlin", local_zone="Asia/Tokyo"))
    when = told.messages[0].when
    assert (when.at, when.zone, when.assumed) == (datetime(2024, 6, 7, 10, 0, 5, tzinfo=UTC), "Europe/Berlin", ())
    assert (when.written, when.precision) == ("Jun 07, 2024 12:00:05 pm", "second")
    assert told.guesses == []


def test_a_zone_that_nobody_told_is_assumed_and_said(tmp_path: Path) -> None:
    told = read_one(tmp_path, page([one("Hi")]), Hints(local_zone="Asia/Tokyo"))
    assert told.messages[0].when.assumed == ("zone",)
    assert [(guess.what, guess.value, guess.option) for guess in told.guesses] == [("zone", "Asia/Tokyo", "--zone")]


def test_instagram_has_its_own_clock(tmp_path: Path) -> None:
    path = "your_instagram_activity/messages/inbox/ben_17841/message_1.html"
    told = read(tmp_path, {path: page([one("Hi")], NEW, instagram_date)}, instagram=True)
    (message,) = told.messages
    assert (message.when.at, message.when.assumed) == (datetime(2024, 6, 7, 20, 0, tzinfo=UTC), ())
    assert message.sender is not None
    assert (message.conversation, message.sender.scheme) == ("instagram:thread:17841", "instagram-name")


def test_a_zone_found_for_the_whole_export_is_not_told_again_for_each_thread(tmp_path: Path) -> None:
    told = read_one(tmp_path, page([one("Hi")]), zone=PageZone("+02:00", "found", 0.9))
    assert told.messages[0].when.at == datetime(2024, 6, 7, 10, 0, 5, tzinfo=UTC)
    assert told.guesses == []


def test_pages_of_a_thread_that_is_json_too_tell_the_zone_of_all(tmp_path: Path) -> None:
    lines = [replace(line, at=NOON + timedelta(days=2 * number)) for number, line in enumerate(talk(200, plain=True))]
    folder = lay(tmp_path / "export", {f"{INBOX}/message_1.html": page(lines)})
    with Dump.open([folder]) as dump:
        room = Room(dump, Tree(dump, dump.entries), owner_called(ME, "test"), Hints(), Ledger())
        (ref,) = room.tree.threads()
        told = [
            item for item in read_page(room, ref, zone=PageZone("Europe/Berlin", "", 1)) if isinstance(item, Message)
        ]
        before = dict(room.ledger.counts)
        found = compare(room, ref, told)
        assert dict(room.ledger.counts) == before
        assert found is not None
        assert zone_of(room, found) == found
    assert len({message.when.at and message.when.at.tzinfo for message in told}) == 2
    assert found.name == "Europe/Berlin"


def test_the_front_page_of_the_export_tells_the_clock(tmp_path: Path) -> None:
    front = b'<time datetime="2024-08-19T14:33Z">Aug 19, 2024 4:33 PM</time>'
    told = read(tmp_path, {f"{INBOX}/message_1.html": page([one("Hi")]), "start_here.html": front})
    assert told.messages[0].when.at == datetime(2024, 6, 7, 10, 0, 5, tzinfo=UTC)


def test_dates_that_nobody_can_read_leave_messages_without_time_and_are_told(tmp_path: Path) -> None:
    """All dates of a page in a language of the moon: the classes that were always there tell the boxes."""
    lines = talk(12, plain=True)
    told = read_one(
        tmp_path, page(lines, NEW, lambda at: f"{at.day} Blorp {at.year}, {at.hour}h Zing {at.minute}m Zang")
    )
    assert sorted(told.texts) == sorted(line.text for line in lines)
    assert {message.when.at for message in told.messages} == {None}
    assert "12 dates" in told.said("unreadable-time")[0]


def test_one_date_that_nobody_can_read_leaves_the_others(tmp_path: Path) -> None:
    lines = talk(12, plain=True)
    content = page(lines).replace(new_date(lines[4].at).encode(), b"Wat 41, 2024 10:44:05 am")
    told = read_one(tmp_path, content)
    assert told.texts == [line.text for line in lines]
    assert [message.when.at is None for message in told.messages].count(True) >= 1
    assert "Wat 41" in told.said("unreadable-time")[0]


def test_words_that_may_be_two_months_are_said_to_be_doubtful(tmp_path: Path) -> None:
    told = read_one(
        tmp_path, page([one("Hi"), one("Ho")], NEW, lambda at: f"lip {at.day}, {at.year} {at.hour}:{at.minute:02}")
    )
    assert {message.when.assumed for message in told.messages} == {("month", "zone")}
    assert "2 messages" in told.said("doubtful-time")[0]


def test_figures_that_do_not_tell_the_day_are_a_guess(tmp_path: Path) -> None:
    def figures(at: datetime) -> str:
        return f"{at.month}/{at.day}/{at.year}, {at.hour}:{at.minute:02}"

    told = read_one(tmp_path, page([one("Hi"), one("Ho")], NEW, figures))
    assert [(guess.what, guess.value, guess.option) for guess in told.guesses][1:] == [
        ("date-order", "dmy", "--date-order")
    ]
    said = read_one(tmp_path, page([one("Hi"), one("Ho")], NEW, figures), Hints(date_order="mdy", zone="UTC"))
    assert said.messages[0].when.at == datetime(2024, 6, 7, 12, 0, tzinfo=UTC)
    assert said.guesses == []


# -- 2010 to 2017 -------------------------------------------------------------------------------------------------


OLD = "html/messages.htm"


def test_all_threads_of_an_old_page_are_read_the_oldest_message_first(tmp_path: Path) -> None:
    one_, other = talk(50, seed=4, people=(ME, BEN)), talk(40, seed=5, people=(ME, CLEO))
    told = read(tmp_path, {OLD: old_page([old_thread((ME, BEN), one_), old_thread((ME, CLEO), other)])})
    assert [message.text for message in told.messages] == [line.text for line in (*one_, *other)]
    assert [minute(message.when.at) for message in told.messages] == [minute(line.at) for line in (*one_, *other)]
    assert {message.when.zone for message in told.messages} == {"PDT"}
    assert [conversation.title for conversation in told.conversations] == [BEN, CLEO]
    assert told.guesses == []
    assert told.problems == []


def test_the_parts_of_a_long_thread_are_one_conversation_wherever_they_stand(tmp_path: Path) -> None:
    """Facebook cut threads at ten thousand messages and repeated them under the same people."""
    lines, other = talk(90, people=(ME, BEN)), talk(5, seed=9, people=(ME, CLEO))
    cut = [old_thread((ME, BEN), lines[at : at + 30]) for at in (60, 30, 0)]
    for order in ((0, 1, 2), (2, 0, 1)):
        threads = [cut[order[0]], old_thread((CLEO, ME), other), cut[order[1]], cut[order[2]]]
        told = read(tmp_path / f"{order}", {OLD: old_page(threads)})
        assert [m.text for m in told.messages if m.text in {line.text for line in lines}] == [
            line.text for line in lines
        ]
        assert len(told.conversations) == 2


def test_the_key_of_an_old_thread_is_its_people_in_any_order_with_the_owner(tmp_path: Path) -> None:
    keys = set()
    for number, names in enumerate(((ME, BEN), (BEN, ME), (BEN,))):
        told = read(tmp_path / str(number), {OLD: old_page([old_thread(names, talk(3))])})
        keys |= {conversation.key for conversation in told.conversations}
    assert keys == {"facebook:thread:ana gardner, ben cole"}


def test_a_thread_of_hundreds_has_a_key_that_is_not_endless(tmp_path: Path) -> None:
    names = [f"Gardener {number}" for number in range(500)]
    keys = [
        read(tmp_path / str(len(some)), {OLD: old_page([old_thread(some, talk(3))])}).conversations[0].key
        for some in (names, names[:-1])
    ]
    assert max(map(len, keys)) < 250
    assert len(set(keys)) == 2


def test_every_old_message_knows_its_bytes(tmp_path: Path) -> None:
    lines = talk(30, people=(ME, BEN))
    told = read(tmp_path, {OLD: old_page([old_thread((ME, BEN), lines), old_thread((ME, CLEO), lines[:3])])})
    for line, message in zip(lines, told.messages, strict=False):
        assert raw(told, message).startswith(b'<div class="message">')
        assert raw(told, message).decode().count("</p>") == 1 + len(line.files)
        assert raw(told, message).endswith(b"</p>")


def test_an_old_page_for_one_thread_has_its_people_behind_a_heading(tmp_path: Path) -> None:
    """October 2017 to April 2018: messages/<n>.html, and messages.htm is only a list of them."""
    lines = talk(20, people=(ME, BEN))
    thread = old_thread((), lines).replace(
        '<div class="thread">', f'<div class="thread"><h3>Conversation with {BEN}</h3>Participants: {BEN}'
    )
    index = old_page(['<p><a href="../messages/0.html">Ben Cole</a></p>'])
    told = read(tmp_path, {"messages/0.html": old_page([thread]), OLD: index})
    assert told.texts == [line.text for line in lines]
    assert [conversation.key for conversation in told.conversations] == ["facebook:thread:ana gardner, ben cole"]
    assert [(problem.what, problem.loss) for problem in told.problems] == [("index-page", "nothing")]


def test_old_oddities_lose_nothing(tmp_path: Path) -> None:
    """Paragraphs in paragraphs, control characters, senders by number or not at all, images."""
    lines = [
        replace(one("twice"), who="100000123456@facebook.com"),
        replace(one("bell\x07 and null\x00"), who=""),
        one("two\nlines"),
        one("", files=(("img", "photos/1.jpg"),)),
    ]
    content = old_page([old_thread((ME, BEN), lines)]).replace(b"<p>twice</p>", b"<p><p>twice</p></p>")
    told = read(tmp_path, {OLD: content, "messages/photos/1.jpg": b"1"})
    assert told.texts == ["twice", "bell\x07 and null\ufffd", "two\nlines", ""]
    assert [message.sender and message.sender.name for message in told.messages][:2] == [
        "100000123456@facebook.com",
        "Facebook user",
    ]
    assert [(file.name, file.state) for file in told.messages[3].attachments] == [("1.jpg", "present")]


def test_an_old_page_that_is_ill_formed_loses_no_more_than_it_must(tmp_path: Path) -> None:
    lines = [one(f"text {number}") for number in range(6)]
    content = old_page([old_thread((ME, BEN), lines)])
    for broken, count in (
        (content.replace(b"</div></div><p>text 3</p>", b"<p>text 3"), 6),
        (content.replace(b"<p>text 3</p>", b"<p><b>text 3 < 4</p>"), 6),
        (content.replace(b'<span class="meta">', b"<span class=meta>", 1), 6),
        (content[: content.index(b"text 1")], 5),
        (content.replace(b"</div></div></div></body></html>", b""), 6),
    ):
        told = read(tmp_path / str(len(broken)), {OLD: broken})
        assert len(told.texts) == count
        assert "text 5" in told.texts


def test_stated_offsets_of_zones_are_kept(tmp_path: Path) -> None:
    def paris(at: datetime) -> str:
        return f"lundi {at.day} juin {at.year}, {at.hour}:{at.minute:02} UTC+02"

    told = read(tmp_path, {OLD: old_page([old_thread((ME, BEN), [one("Hi")], paris)])}, Hints(zone="Asia/Tokyo"))
    when = told.messages[0].when
    assert (when.at, when.zone, when.assumed) == (datetime(2024, 6, 7, 10, 0, tzinfo=UTC), "UTC+02", ())


# -- files that are damaged, hostile or none ----------------------------------------------------------------------


def test_a_zip_reads_as_the_folder_does(tmp_path: Path) -> None:
    content = page(talk(50))
    whole = read(tmp_path / "a", {f"{INBOX}/message_1.html": content})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(f"{INBOX}/message_1.html", content)
    zipped = read(tmp_path / "b", {"facebook-ana.zip": packed.getvalue()})
    assert zipped.texts == whole.texts
    assert [m.origin._replace(member=None) for m in zipped.messages] == [m.origin for m in whole.messages]


def test_a_file_that_is_damaged_is_a_problem(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as file:
        file.writestr(f"{INBOX}/message_1.html", page(talk(50)))
    damaged = packed.getvalue().replace(b"Garden Club", b"Gardem Club")
    told = read(tmp_path, {"facebook-ana.zip": damaged})
    assert told.messages == []
    assert [(problem.what, problem.loss) for problem in told.problems] == [("unreadable-file", "file")]


def test_the_same_page_reads_the_same_twice(tmp_path: Path) -> None:
    content = page(talk(120))
    assert read_one(tmp_path / "a", content).items == read_one(tmp_path / "b", content).items


@pytest.mark.parametrize(
    "content", [b"", b"<html></html>", b"\x00\xff<div>", b"<div>" * 5000, b"not a page at all 12:30"]
)
def test_a_page_without_messages_says_so(tmp_path: Path, content: bytes) -> None:
    told = read_one(tmp_path, content)
    assert told.messages == []
    assert [(problem.what, problem.loss) for problem in told.problems] == [("no-messages", "file")]


def test_bytes_that_are_no_text_are_counted(tmp_path: Path) -> None:
    told = read_one(tmp_path, page([one("caf\u00e9"), one("tea")]).replace("caf\u00e9".encode(), b"caf\xe9"))
    assert told.texts == ["caf\ufffd", "tea"]
    assert "1 messages" in told.said("undecodable")[0]


def test_a_box_larger_than_any_message_is_skipped_and_the_others_are_read(tmp_path: Path) -> None:
    lines = [one("a"), one("b" * (LARGEST + 10)), one("c")]
    told = read_one(tmp_path, page(lines))
    assert told.texts == ["a", "c"]
    assert "larger than any message 1" in told.said("skipped-records")[0]


def test_boxes_without_classes_within_a_page_with_classes_are_found_by_depth(tmp_path: Path) -> None:
    lines = talk(9, plain=True)
    content = page(lines, people=()).replace(NEW.box(0).encode(), b"<div>")
    told = read_one(tmp_path, content)
    assert told.texts == [line.text for line in lines]
    assert raw(told, told.messages[0]).startswith(b"<div><h2")


def test_bytes_that_are_no_text_leave_a_reaction_and_a_sender_readable(tmp_path: Path) -> None:
    lines = [one("a"), one("b", marks=(("😂", BEN),)), one("c", marks=(("😂", BEN),)), one("d", "caf\u00e9")]
    content = page(lines, people=()).replace("caf\u00e9".encode(), b"caf\xe9")
    told = read_one(tmp_path, content.replace("😂Ben Cole".encode(), "😂Ben \u00e9".encode()[:-1], 1))
    assert told.texts == ["a", "b", "c", "d"]
    assert told.messages[3].sender is not None
    assert told.messages[3].sender.name == "caf\ufffd"


def test_a_batch_ends_and_nothing_is_lost_between_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archiver.importers.facebook.pages._BATCH", 7)
    lines = talk(60)
    assert read_one(tmp_path, page(lines)).texts == [line.text or line.link for line in lines]


def test_what_is_remembered_has_a_bound_and_forgetting_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = talk(300)
    content = page(lines)
    whole = read_one(tmp_path / "a", content)
    for name in (
        "page_messages._SENDERS",
        "page_messages._TIMES",
        "page_zones._KEPT",
        "page_dates._KEPT",
        "page_outline._KEPT",
    ):
        monkeypatch.setattr(f"archiver.importers.facebook.{name}", 2)
    assert read_one(tmp_path / "b", content).items == whole.items


def test_a_page_that_is_cut_off_gives_what_is_whole(tmp_path: Path) -> None:
    lines = talk(20, plain=True)
    content = page(lines)
    told = read_one(tmp_path, content[: content.index(escaped(lines[3].text).encode()) + 3])
    assert told.texts[-16:] == [line.text for line in lines[4:]]


def test_tags_that_are_left_open_end_with_their_box(tmp_path: Path) -> None:
    lines = talk(20, plain=True)
    content = page(lines).replace(b"<div></div><div></div></div></div>", b"<div><b><i><div></div>", 3)
    told = read_one(tmp_path, content)
    assert [text.split() for text in told.texts] == [line.text.split() for line in lines]
    assert [message.when.at is None for message in told.messages].count(True) == 0
    assert "3 messages" in told.said("damaged-markup")[0]


MARKUP = st.lists(
    st.sampled_from([
        "<div>", "</div>", "<div", "<p>", "</p>", "<br />", "<ul>", "<li>", "</ul>", "<a href='x'>", "</a>", "<!--",
        "-->", "<img src=y.jpg>", '<div class="message">', '<div class="thread">', '<span class="user">', "</span>",
        '<span class="meta">', '<div class="pam uiBoxWhite">', '<section class="_a6-g">', "</section>", "😂Ana",
        "Jun 07, 2024 10:44:05 am", "\x00", "Ana Gardner", "Participants: Ana, Ben", "<video src='v.mp4'>", "</video>",
        "&#0;", "&#xd800;", "&", "<", ">", '"', "'",
    ]) | st.text(max_size=8),
    max_size=60,
).map("".join)  # fmt: skip


@given(MARKUP)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_page_however_broken_raises_or_is_lost_in_the_accounts(tmp_path: Path, markup: str) -> None:
    for content in (
        markup.encode("utf-8", "surrogatepass"),
        page([one("Hi")] * 2).replace(b"Hi", markup.encode()[:500]),
    ):
        told = read_one(tmp_path, content)
        for message in told.messages:
            assert message.text.encode() is not None
            assert 0 <= message.origin.start < message.origin.end <= len(content)


HOSTILE = [
    "<" * 300_000, "<div" * 60_000, "<a" * 100_000 + ">", "<div>" * 100_000, "</div>" * 100_000,
    "<a href='" * 50_000, "<" + "a" * 300_000, "<div " + "x" * 300_000 + ">", "<div " + "x=" * 100_000 + ">",
    "&" * 300_000, "<ul><li>" * 30_000, "<br>" * 50_000, "<p><p>" * 30_000, "<span>" * 50_000, "<i>" * 50_000 + "<div>",
    "'" * 200_000, "Ana: " * 50_000,
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_markup_costs_no_more_than_its_length(tmp_path: Path, number: int) -> None:
    """Each of these would take minutes or more if something were not linear."""
    markup = HOSTILE[number]
    for content in (
        page([one("Hi")] * 2).replace(b"Hi", markup.encode(), 1),
        old_page([old_thread((ME, markup), [one(markup)])]),
    ):
        read(tmp_path, {OLD if b'class="thread"' in content else f"{INBOX}/message_1.html": content})
    read_one(tmp_path, markup.encode())


def test_a_page_of_many_threads_is_not_in_memory_as_a_whole(tmp_path: Path) -> None:
    lines = talk(1500, plain=True, people=(ME, BEN))
    lines = [replace(line, text=line.text * 40) for line in lines]
    threads = [
        old_thread((ME, f"Gardener {number}"), lines[at : at + 100]) for number, at in enumerate(range(0, 1500, 100))
    ]
    content = old_page(threads * 4)
    folder = lay(tmp_path / "export", {OLD: content})
    size = len(content)
    del content, threads, lines
    count = 0
    with Dump.open([folder]) as dump:
        room = Room(dump, Tree(dump, dump.entries), owner_called(ME, "test"), Hints(), Ledger())
        tracemalloc.start()
        for ref in room.tree.threads():
            count += sum(isinstance(item, Message) for item in read_page(room, ref))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert count == 6000
    assert size > 10_000_000
    assert peak < size


# -- the bits -----------------------------------------------------------------------------------------------------


def test_generations_are_told_by_the_first_bytes() -> None:
    assert generation(old_page([old_thread((ME, BEN), talk(2))])) == "2010–17"
    assert generation(page(talk(2), FLAT, flat_date)) == "2018–21"
    assert generation(page(talk(2), NEW)) == generation(page(talk(2), SECTIONS)) == "2022+"
    assert generation(b"<html><body><p>A page of somebody else's, 12:30</p></body></html>") is None


@given(MARKUP)
@settings(max_examples=200)
def test_text_is_what_a_browser_shows_where_the_markup_is_well_formed(markup: str) -> None:
    """lexbor as the judge: of text with inline tags between two tags of a block."""
    inline = html.escape(markup) + "<b>x &amp; y</b><br />z"
    shown = LexborHTMLParser(f"<div>{inline}</div>").css_first("div")
    parts = split(f"<div>{inline}</div>")
    assert shown is not None
    assert shown.text().strip(" \t\n") == plain("".join(parts.texts)) or {"\x00", "\r"} & set(markup)


@given(MARKUP)
@settings(max_examples=200)
def test_splitting_loses_no_character_and_outlines_never_raise(markup: str) -> None:
    found = split(markup)
    tags = [f"<{name}{inside}>" for name, inside in zip(found.tags, found.inside, strict=True)]
    assert "".join(text + tag for text, tag in zip(found.texts, [*tags, ""], strict=True)) == markup
    for legacy in (False, True):
        plan = outline(found.tags, legacy=legacy)
        for pieces in (plan.sender, plan.time, plan.text, *plan.blocks, *plan.marks):
            written(found.texts, pieces)
        plan.has_rest(found.texts)
        stencil(found, plan)
    for inside in found.inside:
        attributes(inside)
    closed(markup.encode("utf-8", "surrogatepass"))
    plain_text(markup)
    learn(markup.encode("utf-8", "surrogatepass"), lambda text: "2024" in text)


def test_a_stencil_gives_what_the_outline_gives() -> None:
    for fashion in (FLAT, NEW, SECTIONS):
        lines = [one("first"), one("x\ny &lt; é", marks=(("😂", ME),)), one("y", marks=(("😂", ME), ("❤️", BEN)))]
        for model, number in zip(lines, (1, 2, 3), strict=True):
            simple = replace(model, text="simple")
            markup = split(box(simple, fashion, new_date))
            made = stencil(markup, outline(markup.tags))
            assert made is not None
            other = box(model, fashion, new_date, 77)
            found = made.pattern.fullmatch(other.encode())
            assert found is not None
            assert (unbroken(found[made.text]), len(made.marks)) == (model.text, number - 1)
            assert plain(found[made.sender].decode()) == model.who


def test_attributes_are_read_as_html_has_them() -> None:
    assert attributes(""" SRC="a&amp;b" class='x "y"' href=z src="no" disabled data-x = "1" """) == {
        "src": "a&b",
        "class": 'x "y"',
        "href": "z",
        "data-x": "1",
    }


def test_a_page_shows_the_same_as_its_json(tmp_path: Path) -> None:
    """The same talk in both formats: kinds, texts and files agree."""
    texts = ["Hello", "Ben Cole named the group Seeds.", "https://example.org", "Ben Cole left the group."]
    lines: Sequence[Line] = [one(text) for text in texts]
    kinds = [message.kind for message in read_one(tmp_path, page(lines)).messages]
    assert kinds == ["text", "event.renamed", "text", "event.left"]


def test_old_dates_are_of_old_pages() -> None:
    assert old_date(NOON) == "Friday, June 7, 2024 at 12:00pm PDT"
