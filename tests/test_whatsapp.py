"""WhatsApp exports: what they hold, and the traps in them."""

import codecs
import zipfile
from itertools import islice
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.contracts import Hints
from archiver.dump import Dump
from archiver.errors import NotUnderstoodError
from archiver.importers import whatsapp
from archiver.importers.whatsapp import clock, people, pieces, reader
from archiver.importers.whatsapp.heads import find_head
from archiver.model import Conversation, Handle, Message, Problem, singly
from tests.whatsapp_chats import (
    MARK,
    UTC,
    Held,
    android,
    conversation,
    guess,
    held,
    ios,
    items,
    messages,
    names,
    problems,
    texts,
    walls,
)

# -- bodies survive byte for byte -----------------------------------------------------------------------

TRICKY = [
    "👩\u200d👩\u200d👧",
    "\u2028",
    "\u2029",
    "\u0085",
    "\x0b",
    "\x0c",
    "\x00",
    "½ ﬁ x²",
    "\u200c",
    "é",
    "e\u0301",
]
TYPED = st.lists(st.sampled_from([*TRICKY, " ", "tide", "12", ":", "<3", "(", ")", "@", "https://example.org", "\n"]))


def _typed(parts: list[str]) -> str:
    return "x" + "".join(parts) + "x"


@given(st.lists(TYPED.map(_typed), min_size=1, max_size=6))
def test_what_people_type_on_android_survives_byte_for_byte(bodies: list[str]) -> None:
    assert texts(android(*(f"Orla: {body}" for body in ["first", *bodies]))) == ["first", *bodies]


@given(st.lists(TYPED.map(_typed), min_size=1, max_size=6))
def test_what_people_type_on_ios_survives_byte_for_byte(bodies: list[str]) -> None:
    assert texts(ios(*(f"Orla: {body}" for body in ["first", *bodies]))) == ["first", *bodies]


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1))
def test_any_line_of_text_survives(body: str) -> None:
    read = messages(ios("Orla: first", f"Orla: .{body}."))
    assert [message.text for message in read] == ["first", f".{body}."]


def test_direction_marks_a_person_typed_stay_in_the_text() -> None:
    assert texts(android("Orla: first", "Orla: a\u200eb \u202bc\u202c"))[1] == "a\u200eb \u202bc\u202c"


def test_a_lone_carriage_return_stays_inside_a_message() -> None:
    assert texts(ios("Orla: first", "Orla: a\rb"))[1] == "a\rb"
    assert texts(android("Orla: first", "Orla: a\rb"))[1] == "a\rb"


def test_blank_lines_at_the_end_of_a_message_are_kept() -> None:
    assert texts(android("Orla: a\n\n", "Orla: b")) == ["a\n\n", "b"]


def test_spaces_around_a_text_are_kept() -> None:
    assert texts(android("Orla:  a ", "Orla: b")) == [" a ", "b"]


def test_a_message_without_a_text_is_a_message() -> None:
    read = messages(android("Orla: a", "Orla:", "Bas: b"))
    assert [(message.text, message.kind) for message in read] == [("a", "text"), ("", "unknown"), ("b", "text")]


# -- encodings and line ends ----------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_a_chat_reads_the_same_in_every_encoding(encoding: str) -> None:
    chat = ios("Orla: söt 🌾", "Bas: ja")
    bom = codecs.BOM_UTF16_BE if encoding == "utf-16-be" else b""
    content = bom + chat.encode(encoding)
    read = messages(content)
    assert [message.text for message in read] == ["söt 🌾", "ja"]
    assert read[0].origin.end == read[1].origin.start
    assert (read[0].origin.start, read[-1].origin.end) == (0, len(content))


def test_a_byte_range_of_utf_16_holds_the_message() -> None:
    content = codecs.BOM_UTF16_LE + ios("Orla: söt 🌾", "Bas: ja").encode("utf-16-le")
    second = messages(content)[1].origin
    assert content[second.start : second.end].decode("utf-16-le").endswith("Bas: ja\r\n")


def test_bytes_that_are_no_text_are_shown_and_told() -> None:
    content = android("Orla: first").encode() + b"13/03/2022, 10:00 - Orla: a\xffb\xed\xa0\x80\n"
    found = [problem for problem in problems(content) if problem.what == "undecodable"]
    assert texts(content)[1].startswith("a\ufffdb")
    assert [problem.loss for problem in found] == ["detail"]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_every_line_end_will_do(end: str) -> None:
    assert texts(ios("Orla: a", "Bas: b", "Orla: c", end=end)) == ["a", "b", "c"]


def test_a_forged_line_after_a_bare_line_feed_is_no_message_on_ios() -> None:
    forged = "I say:\n[13/03/2022, 23:59:59] Orla: I owe Bas a hundred"
    read = messages(ios("Orla: a", f"Bas: {forged}", "Orla: b"))
    assert [message.text for message in read] == ["a", forged, "b"]


def test_a_file_that_changes_its_line_ends_half_way_loses_nothing() -> None:
    half = [f"Orla: {number}" for number in range(60)]
    assert len(texts(ios(*half) + ios(*half, end="\n"))) == 120
    assert len(texts(ios(*half, end="\n") + ios(*half))) == 120


def test_a_large_file_that_changes_its_line_ends_half_way_loses_nothing() -> None:
    half = [f"Orla: {'reed ' * 50}{number}" for number in range(6000)]
    assert len(texts(ios(*half) + ios(*half, end="\n"))) == 12_000


def test_an_android_file_with_mixed_line_ends_loses_nothing() -> None:
    lines = android("Orla: a", "Bas: b", "Orla: c", "Bas: d").splitlines()
    assert texts("\r\n".join(lines[:3]) + "\n" + lines[3] + "\r\n") == ["a", "b", "c", "d"]


# -- which lines are heads ------------------------------------------------------------------------------


def test_the_first_line_may_be_no_head() -> None:
    chat = "Group Chat: the pond\n\n" + android("Orla: a", "Bas: b")
    assert texts(chat) == ["a", "b"]
    assert [problem.what for problem in problems(chat)] == ["preamble"]


def test_a_blank_first_line_is_told_as_one() -> None:
    assert "blank" in problems("\n" + android("Orla: a", "Bas: b"))[0].note


def test_a_title_before_the_first_head_names_the_chat() -> None:
    chat = held("WhatsApp Chat - Duckweed\n" + android("Orla: a", "Bas: b"), name="export.txt")
    assert conversation(chat).title == "Duckweed"


def test_the_first_line_may_be_a_head_of_another_shape() -> None:
    chat = "[12/03/22, 08:00:00] Orla: old\n" + android(*(f"Bas: {n}" for n in range(8)))
    assert texts(chat)[:2] == ["old", "0"]


def test_a_head_of_another_shape_that_is_newer_than_its_message_is_real() -> None:
    lines = android(*(f"{who}: {n}" for n in range(6) for who in ("Orla", "Bas"))).splitlines(keepends=True)
    odd = "13.3.22, 09:05 - Orla: odd\n"
    assert "odd" in texts("".join([*lines[:5], odd, *lines[6:]]))


def test_a_chat_pasted_from_the_clipboard_stays_in_its_message() -> None:
    pasted = "look:\n[12/03, 21:10] Cleo: hi\n[12/03, 21:11] Cleo: there"
    assert texts(android("Orla: a", f"Bas: {pasted}", "Orla: b")) == ["a", pasted, "b"]


def test_a_chat_pasted_in_the_files_own_template_stays_in_its_message() -> None:
    pasted = "from the other group:\n01/02/2021, 10:00 - Cleo: hi\n01/02/2021, 10:01 - Dov: ho"
    assert texts(android("Orla: a", "Bas: b", f"Bas: {pasted}", "Orla: c")) == ["a", "b", pasted, "c"]


def test_a_merged_file_that_jumps_back_in_time_is_read_on() -> None:
    older = android("Cleo: x", "Dov: y").replace("2022", "2021")
    assert texts(android("Orla: a", "Bas: b") + older) == ["a", "b", "x", "y"]


def test_two_exports_of_different_shape_in_one_file_are_both_read() -> None:
    first = android(*(f"Orla: {n}" for n in range(30)))
    second = ios(*(f"Bas: {n}" for n in range(30)), end="\n")
    assert len(texts(first + second)) == 60


def test_another_template_far_into_a_file_is_learned_there() -> None:
    first = "".join(f"13/03/2022, 09:{n % 60:02} - Orla: {'reed ' * 30}{n}\n" for n in range(9000))
    second = "".join(f"[14.03.22, 09:{n % 60:02}:00] Orla: {'rush ' * 30}{n}\n" for n in range(15000))
    assert len(texts(first + second)) == 24000


@pytest.mark.parametrize(
    "line",
    [
        "3&4&22, 10:30 - tea",
        "0/4/22, 10:30 - tea",
        "3/40/50, 10:30 - tea",
        "3/4/22, 10:61 - tea",
        "3/4/22, 25:10 - tea",
        "3/4/22,10:30 - tea",
        "30/30/22, 10:30 - tea",
        "3/2022/4, 10:30 - tea",
        "12345/4/22, 10:30 - tea",
        "[3/4/22, 10:30 tea",
        "5 apples 10:30 - tea",
        "2014 Oct 10:30 - tea",
        "1 2 3 4 5 6 7 8 - tea",
    ],
)
def test_what_only_resembles_a_head_is_none(line: str) -> None:
    assert find_head(line) is None


def test_of_a_very_long_message_only_the_first_lines_are_looked_at_for_heads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "_INNER", 1)
    odd = "look\n1\n13.3.2099, 09:05 - Orla: odd"
    assert texts(android("Orla: a", f"Orla: {odd}")) == ["a", odd]


def test_more_senders_than_are_remembered_are_all_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_KEPT", 2)
    monkeypatch.setattr(reader, "_KEPT", 2)
    monkeypatch.setattr(clock, "_KEPT", 2)
    senders = [f"Person {number % 7}" for number in range(60)]
    assert names(android(*(f"{sender}: a" for sender in senders))) == senders


def test_dates_people_type_are_no_heads() -> None:
    typed = "plan\n2/11/19: arrival\n12/12/19, 10:30 departure\n10:30 - breakfast"
    assert texts(android("Orla: a", f"Bas: {typed}")) == ["a", typed]


def test_a_closing_dash_may_have_a_narrow_space_or_be_long() -> None:
    chat = "13/03/2022 10:51\u202f- Orla: a\n13/03/2022 10:52 – Bas: b\n"
    assert texts(chat) == ["a", "b"]


# -- what a dump is -------------------------------------------------------------------------------------


def test_a_text_with_one_head_like_line_is_refused_with_words() -> None:
    notes = held("Minutes of the pond committee\n13/03/2022, 10:00 - Orla: reads the minutes\nEnd.\n", "minutes.txt")
    assert whatsapp.identify(notes) is None
    with pytest.raises(NotUnderstoodError) as refused:
        items(notes)
    assert "only one line" in refused.value.why
    assert refused.value.remedy


def test_a_single_message_in_a_file_called_like_an_export_is_read() -> None:
    assert texts(held(android("Orla: a"), "WhatsApp Chat with Reed.txt")) == ["a"]


def test_a_text_without_heads_teaches_what_was_looked_for() -> None:
    with pytest.raises(NotUnderstoodError) as refused:
        items(held("Dear diary,\ntoday nothing.\n", "diary.txt"))
    assert "“Dear diary,”" in refused.value.why


def test_an_empty_text_is_refused() -> None:
    assert "with nothing" in whatsapp.explain(held("", "empty.txt"))[0]


def test_a_programs_log_is_no_chat() -> None:
    log = "".join(f"2024-01-01 10:00:0{n} - {level}: started\n" for n, level in enumerate(["INFO", "ERROR", "DEBUG"]))
    dump = held(log, "server.txt")
    assert whatsapp.identify(dump) is None
    assert "log of a program" in whatsapp.explain(dump)[0]


def test_in_an_ios_zip_other_texts_are_attachments() -> None:
    inner = {
        "_chat.txt": ios("Orla: a", "Bas: b").encode(),
        "WhatsApp Chat with X.txt": android("Cleo: x", "Y: y").encode(),
    }
    assert texts(cast("Dump", Held(inner, container="Chat.zip"))) == ["a", "b"]


def test_a_text_that_a_chat_attaches_is_no_chat_of_its_own() -> None:
    chat = android("Orla: a", "Bas: other.txt (file attached)")
    assert texts(held(chat, others={"other.txt": android("Cleo: x", "Dov: y").encode()})) == ["a", ""]


def test_a_folder_of_exports_is_many_conversations() -> None:
    first, second = "WhatsApp Chat with Reed.txt", "WhatsApp Chat with Rush.txt"
    found = items(held(android("Orla: a", "Bas: b"), first, others={second: android("Cleo: x", "Dov: y").encode()}))
    assert [item.title for item in found if isinstance(item, Conversation)] == ["Reed", "Rush"]


def test_macos_junk_is_left_alone() -> None:
    junk = {"__MACOSX/._chat.txt": android("Cleo: x", "Dov: y").encode()}
    assert texts(held(android("Orla: a", "Bas: b"), others=junk)) == ["a", "b"]


def test_a_real_zip_is_read_with_its_attachments(tmp_path: Path) -> None:
    chat = ios(f"{MARK}Orla: {MARK}<attached: 00000001-PHOTO-2022-03-13-09-00-00.jpg>", "Bas: b")
    zipped = tmp_path / "WhatsApp Chat - Reed.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("_chat.txt", chat)
        archive.writestr("00000001-PHOTO-2022-03-13-09-00-00.jpg", b"not much of a photo")
    with Dump.open([zipped]) as dump:
        found = list(singly(whatsapp.read(dump, UTC)))
        photo = next(item for item in found if isinstance(item, Message)).attachments[0]
        assert photo.member is not None
        assert dump.entry(photo.member) is not None
    assert (photo.state, photo.size) == ("present", 19)
    assert next(item for item in found if isinstance(item, Conversation)).title == "Reed"


def test_the_first_item_comes_before_the_file_is_read() -> None:
    dump = Held({"WhatsApp Chat with Reed.txt": android("13: x", *["Orla: reed " * 40] * 3000).encode() * 4})
    stream = singly(whatsapp.read(cast("Dump", dump), Hints(zone="UTC", date_order="dmy")))
    first = list(islice(stream, 20))
    assert len(first) == 20
    assert dump.read < len(dump.files["WhatsApp Chat with Reed.txt"]) // 2


# -- senders --------------------------------------------------------------------------------------------


def test_a_phone_number_is_itself_everywhere() -> None:
    sender = messages(ios("Orla: a", "\u202a+44\u00a07700\u00a0900\u2011123\u202c: b"))[1].sender
    assert sender == Handle("phone", "+447700900123", "+44 7700 900\u2011123")


def test_a_push_name_a_saved_name_and_a_number_stay_three_handles() -> None:
    read = messages(ios("~\u202fOrla: a", "Orla: b", "+44 7700 900123: c"))
    assert [message.sender and message.sender.scheme for message in read] == [
        "whatsapp-push-name",
        "whatsapp-name",
        "phone",
    ]


def test_you_is_the_owner_when_somebody_says_who_that_is() -> None:
    sender = messages(android("Orla: a", "You: b"), Hints(zone="UTC", owner="Bas"))[1].sender
    assert sender == Handle("whatsapp-self", "Bas", "You", "whatsapp:reed")


def test_unknown_is_nobody_and_meta_ai_is_a_bot() -> None:
    read = messages(android("Orla: a", "Unknown: b", "Meta AI: c"))
    assert read[1].sender is None
    assert (read[1].extra or {})["label"] == "Unknown"
    assert read[2].sender is not None
    assert read[2].sender.scheme == "whatsapp-bot"


def test_a_name_may_have_a_colon_in_it() -> None:
    chat = android("Orla: Work: a", "Bas: b", "Orla: Work: c", "Orla: Work: d: e")
    assert names(chat) == ["Orla: Work", "Bas", "Orla: Work", "Orla: Work"]
    assert texts(chat)[3] == "d: e"


def test_a_colon_in_a_text_is_no_end_of_a_name() -> None:
    chat = android("Orla: note: a", "Orla: b", "Bas: so: c")
    assert list(zip(names(chat), texts(chat), strict=True)) == [("Orla", "note: a"), ("Orla", "b"), ("Bas", "so: c")]


def test_a_colon_without_a_space_ends_a_name_that_is_known() -> None:
    assert names(android("Orla: a", "Orla:.", "Bas: b")) == ["Orla", "Orla", "Bas"]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ('Orla changed the subject to "Plans: Friday"', "event.subject"),
        ("Orla changed the subject from “a: b” to “c”", "event.subject"),
        ("See https://example.org for more", "event.other"),
        ("Starts at 10:30 sharp", "event.other"),
        ("Look at ftp://reed.example", "event.other"),
        ("Messages and calls are end-to-end encrypted. More: tap", "event.encryption"),
        ("x" * 120 + ": y", "event.other"),
    ],
)
def test_a_colon_in_a_line_of_the_app_makes_no_sender(line: str, kind: str) -> None:
    read = messages(android("Orla: a", line, "Bas: b"))[1]
    assert (read.kind, read.text) == (kind, line)


def test_the_subject_of_a_group_is_no_person() -> None:
    chat = ios(f"Reed Club: {MARK}You created group “Reed Club”", "Orla: a", f"Reed Club: {MARK}Orla added Bas")
    read = messages(chat)
    assert [message.sender and message.sender.value for message in read] == ["you", "Orla", "Orla"]
    assert conversation(held(chat, "_chat.txt")).title == "Reed Club"


def test_what_was_done_to_somebody_was_not_said_by_them() -> None:
    read = messages(android("Orla: a", "Bas: You removed Bas", "Orla: You removed the reed"))
    assert [message.kind for message in read] == ["text", "event.removed", "text"]


# -- kinds ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["added", "left", "removed", "He left the group", "They added Orla to the list"])
def test_words_of_the_app_in_a_persons_mouth_stay_typed_text(word: str) -> None:
    assert messages(android("Orla: a", f"Bas: {word}"))[1].kind == "text"


@pytest.mark.parametrize(
    ("line", "kind", "actor"),
    [
        ("Orla left", "event.left", "Orla"),
        ("Orla joined using this group's invite link", "event.joined", "Orla"),
        ("Orla joined using this group’s invite link", "event.joined", "Orla"),
        ("Orla added Bas", "event.added", "Orla"),
        ("You were added", "event.added", None),
        ("Orla changed this group's icon", "event.icon", "Orla"),
        ("Orla changed the group description. Tap to view.", "event.description", "Orla"),
        ("Your security code with Orla changed. Tap to learn more.", "event.security_code", None),
        (
            "Orla changed their phone number to a new number. Tap to message or add the new number.",
            "event.number_change",
            "Orla",
        ),
        ("You're now an admin", "event.admin", None),
        ("Orla changed this group's settings to allow only admins to send messages", "event.settings", "Orla"),
        ("Orla pinned a message", "event.pinned", "Orla"),
        ("Orla turned off disappearing messages.", "event.disappearing", "Orla"),
        ("You blocked this contact", "event.blocked", "you"),
        ("This chat is with a business account. Tap to learn more.", "event.business", None),
        ("Orla added this group to the community: Ponds", "event.community", "Orla"),
        ("Missed video call", "call.missed_video", None),
        ("Something the app says since last week", "event.other", None),
    ],
)
def test_a_line_of_the_app_is_typed_and_kept_as_written(line: str, kind: str, actor: str | None) -> None:
    for read in (
        messages(android("Orla: a", line, "Bas: b"))[1],
        messages(android("Orla: a", line, line, "Bas: b"))[2],
    ):
        assert (read.kind, read.text, read.sender and read.sender.value) == (kind, line, actor)


def test_a_member_who_had_left_and_came_back_under_the_same_wording_is_told_again() -> None:
    read = messages(android("Orla: a", "Orla left", "Bas Q left", "Ines left. She was tired."))
    assert [message.sender and message.sender.value for message in read] == ["Orla", "Orla", "Bas Q", "Ines"]


def test_without_a_mark_ios_text_is_typed_by_a_person() -> None:
    read = messages(ios(f"{MARK}Orla: {MARK}image omitted", "Bas: image omitted", "Bas: This message was deleted."))
    assert [message.kind for message in read] == ["media", "text", "text"]


def test_a_file_that_has_lost_its_marks_is_read_by_the_words() -> None:
    read = messages(ios("Orla: image omitted", "Bas: a", "Orla: <attached: 00000001-PHOTO-2022-03-13-09-00-02.jpg>"))
    assert [message.kind for message in read] == ["media", "text", "media"]


def test_a_marked_line_in_a_language_nobody_told_us_is_omitted_media() -> None:
    read = messages(ios("Orla: a", f"{MARK}Bas: {MARK}kuva jätettiin rannalle"))
    assert read[1].attachments[0].state == "omitted"


def test_an_edited_message_in_a_language_nobody_told_us_is_edited() -> None:
    read = messages(ios("Orla: a", f"Bas: b {MARK}<Tätä viestiä muokattiin>"))[1]
    assert (read.text, read.edited, read.extra) == ("b", True, {"edited_marker": f" {MARK}<Tätä viestiä muokattiin>"})


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("This message was deleted", None),
        ("You deleted this message", "self"),
        ("This message was deleted by admin Orla.", "admin"),
    ],
)
def test_a_deletion_says_whose_it_was(text: str, by: str | None) -> None:
    read = messages(android("Orla: a", f"Bas: {text}"))[1]
    assert (read.kind, read.deleted, (read.extra or {}).get("deleted_by")) == ("deleted", True, by)


@pytest.mark.parametrize(
    ("text", "kind", "extra"),
    [
        ("Missed voice call", "call.missed_voice", None),
        (f"Video call, {MARK}1 hr 5 min", "call.video", {"duration": "1 hr 5 min"}),
        ("Voice call. No answer", "call.voice", {"outcome": "No answer"}),
        ("Missed voice call. Tap to call back", "call.missed_voice", {"outcome": "Tap to call back"}),
        ("Voice call", "call.voice", None),
        ("Waiting for this message. This may take a while.", "waiting", None),
        ("Live location shared", "live_location", None),
        (
            "live location shared: https://maps.google.com/?q=1.5,2.5",
            "live_location",
            {"url": "https://maps.google.com/?q=1.5,2.5"},
        ),
        ("A thing the app does", "event.other", {"label": "Bas"}),
    ],
)
def test_what_ios_generates_in_a_persons_name_has_its_kind(text: str, kind: str, extra: object) -> None:
    read = messages(ios("Orla: a", f"Bas: {MARK}{text}"))[1]
    assert (read.kind, read.text, read.extra) == (kind, MARK + text, extra)


def test_a_map_link_in_a_sentence_is_text() -> None:
    assert messages(android("Orla: a", "Bas: meet: https://maps.google.com/?q=1.5,2.5"))[1].kind == "text"


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("The Reed (1 Pond Lane): https://foursquare.com/v/4b05", "The Reed", "1 Pond Lane"),
        ("The Reed\nhttps://foursquare.com/v/4b05", "The Reed", None),
        ("https://foursquare.com/v/4b05", None, None),
    ],
)
def test_a_place_is_a_location(text: str, name: str | None, address: str | None) -> None:
    read = messages(android("Orla: a", f"Bas: {text}"))[1]
    assert read.kind == "location"
    assert read.extra is not None
    assert (read.extra.get("name"), read.extra.get("address")) == (name, address)


def test_a_poll_is_question_options_and_votes() -> None:
    poll = f"{MARK}ГОЛОСУВАННЯ:\nWho?\nreally\n{MARK}ВАРІАНТ: Orla: of course (3 x)\n{MARK}ВАРІАНТ: nobody"
    read = messages(ios("Orla: a", f"Bas: {poll}"))[1]
    assert (read.kind, read.text) == ("poll", poll)
    assert read.extra == {
        "question": "Who?\nreally",
        "options": [{"text": "Orla: of course", "votes": 3}, {"text": "nobody", "votes": None}],
    }


@pytest.mark.parametrize("text", ["TODAY:\nwe row", "Poll: yes\nno", "POLL:\nquestion only"])
def test_what_only_looks_like_a_poll_is_text(text: str) -> None:
    assert messages(android("Orla: a", f"Bas: {text}"))[1].kind == "text"


def test_mentions_are_told() -> None:
    read = messages(ios("Orla: a", "Bas: @\u2068Orla\u2069 and @447700900123, mail x@y.example"))[1]
    assert read.extra == {"mentions": ["Orla", "447700900123"]}


# -- attachments ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "kind", "caption"),
    [
        ("IMG-20220313-WA0001.jpg (file attached)", "IMG-20220313-WA0001.jpg", "image/jpeg", ""),
        ("IMG-20220313-WA0001.jpg (file attached)\nlook\nhere", "IMG-20220313-WA0001.jpg", "image/jpeg", "look\nhere"),
        ("PTT-20220313-WA0002.opus (tiedosto liitetty)", "PTT-20220313-WA0002.opus", "audio/ogg", ""),
        ("VID-20220313-WA0002.xyz (file attached)", "VID-20220313-WA0002.xyz", "video/*", ""),
        ("our reed (1).pdf (file attached)", "our reed (1).pdf", "application/pdf", ""),
        (f"{MARK}reed.vcf (soubor byl přiložen)", "reed.vcf", "text/vcard", ""),
        ("no type (file attached)", "no type", None, ""),
    ],
)
def test_an_android_attachment_has_its_name_and_caption(text: str, name: str, kind: str | None, caption: str) -> None:
    read = messages(android("Orla: a", f"Bas: {text}"))[1]
    found = read.attachments[0]
    assert (found.name, found.media_type, found.state, read.text) == (name, kind, "missing", caption)
    assert str((read.extra or {})["placeholder"]) + caption == text


@pytest.mark.parametrize(
    "text", ["I like jam (file attached to nothing)", "reed.jpg (mine)", "see (1)", "(file attached)"]
)
def test_brackets_alone_attach_nothing(text: str) -> None:
    assert messages(android("Orla: a", f"Bas: {text}"))[1].attachments == ()


def test_the_longest_name_that_is_there_is_the_attachment() -> None:
    others = {"reed (old) (1).png": b"x", "reed (old).png": b"y"}
    chat = held(android("Orla: a", "Bas: reed (old) (1).png (liite) (uusi)"), others=others)
    assert messages(chat)[1].attachments[0].name == "reed (old) (1).png"


def test_a_name_written_with_other_accents_finds_its_file() -> None:
    chat = held(android("Orla: a", "Bas: cafe\u0301.jpg (file attached)"), others={"caf\u00e9.jpg": b"x"})
    assert messages(chat)[1].attachments[0].state == "present"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("<attached: 00000012-PHOTO-2022-03-13-09-00-01.jpg>", "00000012-PHOTO-2022-03-13-09-00-01.jpg"),
        ("<附件：reed.pdf>", "reed.pdf"),
        ("<reed.pdf eklendi>", "reed.pdf"),
        ("<whatever: reed.pdf>", "reed.pdf"),
    ],
)
def test_an_ios_attachment_is_found_in_any_language(text: str, name: str) -> None:
    read = messages(ios("Orla: a", f"{MARK}Bas: {MARK}{text}"))[1]
    assert (read.attachments[0].name, read.text, read.extra) == (name, "", {"placeholder": MARK + text})


def test_a_caption_before_an_ios_attachment_is_text() -> None:
    read = messages(ios("Orla: a", f"{MARK}Bas: our reed {MARK}<attached: reed.jpg>"))[1]
    assert (read.text, read.attachments[0].name) == ("our reed", "reed.jpg")


def test_an_old_ios_attachment_has_its_name_in_front() -> None:
    chat = "06.08.13, 19:55:10: Orla: a\r\n06.08.13, 19:56:10: Bas: 2013-08-06-PHOTO-00000006.jpg <attached>\r\n"
    assert messages(chat)[1].attachments[0].name == "2013-08-06-PHOTO-00000006.jpg"


@pytest.mark.parametrize("text", ["a <b", "<3", "x <y> z", "1 < 2 > 0", "<reed: rush>", "reed.jpg <mine>"])
def test_angle_brackets_alone_attach_nothing(text: str) -> None:
    read = messages(ios("Orla: a", f"Bas: {text}", f"{MARK}Orla: {MARK}image omitted"))[1]
    assert (read.attachments, read.text) == ((), text)


def test_media_left_out_may_have_a_caption_or_the_files_name_below() -> None:
    chat = held(android("Orla: <Media omitted>", "Bas: <Media omitted>\nlook", "Orla: <Media omitted>\nreed.jpg\nhere"))
    read = messages(chat)
    assert [message.text for message in read] == ["", "look", "here"]
    assert [(message.attachments[0].name, message.attachments[0].state) for message in read] == [
        (None, "omitted"),
        (None, "omitted"),
        ("reed.jpg", "omitted"),
    ]


def test_media_left_out_whose_name_is_there_is_present() -> None:
    chat = held(android("Orla: a", "Bas: <Media omitted>\nreed.jpg"), others={"reed.jpg": b"x"})
    assert messages(chat)[1].attachments[0].state == "present"


def test_the_hundredth_placeholder_is_read_like_the_first() -> None:
    read = messages(android("Orla: a", *["Orla: <Media omitted>"] * 100))
    assert {(message.kind, message.text, message.attachments[0].state) for message in read[1:]} == {
        ("media", "", "omitted")
    }


@pytest.mark.parametrize("mark", [MARK, ""])
def test_a_document_left_out_keeps_its_name_and_pages(mark: str) -> None:
    read = messages(ios("Orla: a", f"{mark}Bas: Rota.pdf • {MARK}2 pages {MARK}document omitted"))[1]
    assert (read.attachments[0].name, read.attachments[0].state) == ("Rota.pdf", "omitted")
    assert (read.extra or {})["document"] == {"name": "Rota.pdf", "pages": 2}


# -- titles, kinds and limits ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("WhatsApp Chat with Reed Club.txt", "Reed Club"),
        ("WhatsApp_Chat_with_Reed_Club(1).txt", "Reed Club"),
        ("WhatsApp Chat - Reed Club (2).txt", "Reed Club"),
        ("Chat\u00a0WhatsApp s\u00a0uživatelem Reed Club.txt", "Reed Club"),
        ("与Reed Club的 WhatsApp 聊天.txt", "Reed Club"),
        ("Reed Club.txt", "Reed Club"),
        ("Reed Club/_chat.txt", "Reed Club"),
        ("WhatsApp Chat - Reed Club.zip/_chat.txt", "Reed Club"),
        ("_chat.txt", "Bas, Orla"),
        ("chat (3).txt", "Bas, Orla"),
    ],
)
def test_the_title_is_in_the_name_of_the_file_in_any_language(name: str, title: str) -> None:
    found = conversation(held(android("Orla: a", "Bas: b"), name))
    assert (found.title, found.key) == (title, f"whatsapp:{title.casefold()}")


def test_a_file_whose_name_and_senders_say_nothing_keeps_its_name() -> None:
    assert conversation(held(android("Unit left", "Other left"), "_chat.txt")).title == "_chat"


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (("Orla: a", "Bas: b"), "direct"),
        (("Orla: a", "Bas: b", "Ines: c"), "group"),
        (("Orla: a", "Orla added Bas"), "group"),
     (("Orla: a", "Orla: b"), "unknown")],
)  # fmt: skip
def test_a_group_is_told_from_two_people(lines: tuple[str, ...], kind: str) -> None:
    assert conversation(android(*lines)).kind == kind


@pytest.mark.parametrize("count", [9_999, 10_002, 40_001])
def test_an_export_cut_at_whatsapps_limit_is_told(count: int) -> None:
    chat = "".join(f"13/03/2022, 09:{n % 60:02} - Orla: {n}\n" for n in range(count))
    assert [problem.what for problem in problems(chat)] == ["export-limit"]


def test_an_export_far_from_the_limit_is_not_suspected() -> None:
    assert problems(android(*["Orla: a"] * 50)) == []


def test_two_genuine_oks_in_one_minute_both_survive() -> None:
    assert texts("13/03/2022, 09:00 - Orla: ok\n" * 2 + "13/03/2022, 09:01 - Bas: ok\n") == ["ok", "ok", "ok"]


def test_the_files_order_is_the_order() -> None:
    chat = "13/03/2022, 09:05 - Orla: b\n13/03/2022, 09:00 - Bas: a\n13/03/2022, 09:06 - Orla: c\n"
    assert texts(chat) == ["b", "a", "c"]


def test_a_message_with_an_impossible_time_is_a_problem_with_its_bytes() -> None:
    content = "13/03/2022, 09:05 - Orla: a\n31/02/2022, 09:06 - Bas: b\n"
    content += "13/03/2022, 24:10 - Bas: c\n14/03/2022, 09:05 - Bas: d\n"
    lost = [problem for problem in problems(content) if problem.loss == "message"]
    assert texts(content)[0] == "a"
    assert texts(content)[-1] == "d"
    origin = lost[0].origin
    assert origin is not None
    assert content[origin.start : origin.end].startswith("31/02/2022")


def test_a_message_too_long_to_hold_is_cut_and_told() -> None:
    long = "reed " * 2_000_000
    content = android("Orla: a", f"Bas: {long}", "Orla: b")
    read = messages(content)
    assert [message.text[:4] for message in read] == ["a", "reed", "b"]
    assert len(read[1].text) < len(long)
    assert [problem.what for problem in problems(content)] == ["long-message"]
    assert (read[1].origin.end, read[2].origin.end) == (read[2].origin.start, len(content))


def test_a_message_too_long_to_hold_may_be_the_last() -> None:
    content = android("Orla: a", f"Bas: {'é' * 5_000_000}")
    read = messages(content)
    assert read[1].origin.end == len(content.encode())
    assert set(read[1].text) == {"é"}


# -- times ----------------------------------------------------------------------------------------------


def test_the_zone_a_person_names_is_used_and_not_guessed() -> None:
    when = messages(android("Orla: a", "Bas: b"), Hints(zone="Asia/Kathmandu"))[0].when
    assert when.at is not None
    assert (when.at.isoformat(), when.zone, when.assumed) == ("2022-03-13T09:00:00+05:45", "Asia/Kathmandu", ())


def test_without_a_zone_this_computers_is_assumed_and_said() -> None:
    hints = Hints(local_zone="Europe/Berlin")
    chat = android("Orla: a", "Bas: b")
    assert messages(chat, hints)[0].when.assumed == ("zone",)
    assert guess(chat, "zone", hints).value == "Europe/Berlin"


def test_a_day_on_which_the_clocks_change_has_both_offsets() -> None:
    chat = "27/03/2022, 01:59 - Orla: a\n27/03/2022, 03:00 - Bas: b\n28/03/2022, 03:00 - Bas: c\n"
    read = messages(chat, Hints(zone="Europe/Berlin"))
    assert [message.when.at and message.when.at.isoformat()[-6:] for message in read] == ["+01:00", "+02:00", "+02:00"]


def test_the_time_is_kept_as_it_was_written() -> None:
    read = messages("3/18/22, 2:56\u202fPM - Orla: a\n3/19/22, 2:57\u202fPM - Bas: b\n3/19/22, 2:58\u202fPM - Bas: c\n")
    assert [message.when.written for message in read] == [
        "3/18/22, 2:56\u202fPM",
        "3/19/22, 2:57\u202fPM",
        "3/19/22, 2:58\u202fPM",
    ]
    assert {message.when.precision for message in read} == {"minute"}


def test_heads_without_a_year_stay_undated_when_nothing_tells_it() -> None:
    chat = "12 Sep 09:41 - Orla: a\n13 Sep 09:42 - Bas: b\n"
    assert walls(chat) == ["", ""]
    assert guess(chat, "year").value == "unknown"
    assert messages(chat)[0].when.assumed == ("year",)


def test_a_month_nobody_knows_is_a_problem() -> None:
    chat = "12 Sep 09:41 - Orla: a\n13 Sep 09:42 - Bas: b\n14 at 09:42 - Bas: c\n"
    assert [problem.loss for problem in problems(chat)] == ["message"]


def test_heads_without_a_year_turn_it_after_december() -> None:
    chat = "10:35 PM, 12 30 - Orla: IMG-20131230-WA0001.jpg (file attached)\n10:36 PM, 12 31 - Bas: a\n"
    chat += "1:05 AM, 01 01 - Orla: b\n"
    assert walls(chat) == ["2013-12-30 22:35:00", "2013-12-31 22:36:00", "2014-01-01 01:05:00"]


@given(
    st.lists(
        st.sampled_from(["a", "13/03/2022, 09:00 - Orla: x", "[", "\r", "\n", "\x00", "Ana: ", "12:00", "😀", "<"])
    )
)
def test_no_text_makes_the_reader_fail(parts: list[str]) -> None:
    content = android("Orla: a", "Bas: b") + "".join(parts)
    spans = [item.origin for item in items(content) if isinstance(item, Message | Problem)]
    assert spans[-1] is not None
    assert spans[-1].end == len(content.encode())
