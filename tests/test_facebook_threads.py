"""Threads of Facebook, Messenger and Instagram: what people of a garden club wrote, sent, called and did."""

import json
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.contracts import Hints
from archiver.dump import Dump
from archiver.importers import facebook
from archiver.importers.facebook.accounting import Ledger
from archiver.importers.facebook.kinds import media_type
from archiver.importers.facebook.people import owner_called
from archiver.importers.facebook.room import Clock, Room
from archiver.importers.facebook.sentences import said, table
from archiver.importers.facebook.threads import read_thread
from archiver.importers.facebook.tree import Tree
from archiver.model import Attachment, Conversation, Guess, Message, singly
from tests.facebook_export import Told, lay

NEW = "your_facebook_activity/"
CLUB = f"{NEW}messages/inbox/gardenclub_1234567890/"
ONE = f"{CLUB}message_1.json"
MAY = 1_714_557_600_000  # 2024-05-01 10:00 UTC, in ms
ANA, BEN, CLEO = "Ana Ruiz", "José Niño", "Клео Сад"
PROFILE = {
    "personal_information/profile_information/profile_information.json": {"profile_v2": {"name": {"full_name": ANA}}}
}


def say(text: str | None = None, who: str | None = BEN, at: int = MAY, **more: Any) -> dict[str, Any]:
    """A message's record, as Meta writes it since 2023."""
    record: dict[str, Any] = {} if who is None else {"sender_name": who}
    record |= {"timestamp_ms": at} | ({} if text is None else {"content": text}) | more
    return record | {"is_geoblocked_for_viewer": False}


def thread(*newest_first: dict[str, Any], people: tuple[str, ...] = (BEN, CLEO, ANA), **more: Any) -> dict[str, Any]:
    head = {"participants": [{"name": name} for name in people], "messages": list(newest_first), "title": "Hort"}
    return head | {"is_still_participant": True, "thread_path": "inbox/gardenclub_1234567890", "magic_words": []} | more


def read(folder: Path, files: Mapping[str, Any], hints: Hints | None = None, name: str = "export") -> Told:
    """All that the importer says of a dump of these files; Ana's, unless they say otherwise."""
    with Dump.open([lay(folder / name, {**PROFILE, **files})]) as dump:
        return told(dump, hints)


def told(dump: Dump, hints: Hints | None = None) -> Told:
    items = facebook.read(dump, hints or Hints())
    return Told([item for item in items if getattr(item, "what", "") != "left-by-design"], Ledger())


def one(folder: Path, record: dict[str, Any], *, owner: str | None = None, **more: Any) -> Message:
    """The only message of a thread with this record."""
    (message,) = read(folder, {ONE: thread(record, **more)}, Hints(owner=owner)).messages
    return message


def texts(found: Told) -> list[str]:
    return [message.text for message in found.messages]


# -- order -----------------------------------------------------------------------------------------------------


def test_messages_come_with_the_oldest_first_and_keep_their_order_within_a_millisecond(tmp_path: Path) -> None:
    newest_first = [say("e", at=MAY + 2), say("d", at=MAY + 1), say("c", at=MAY + 1), say("b", at=MAY + 1), say("a")]
    assert texts(read(tmp_path, {ONE: thread(*newest_first)})) == ["a", "b", "c", "d", "e"]


def test_parts_are_read_from_the_highest_number_down(tmp_path: Path) -> None:
    files = {
        f"{CLUB}message_{n}.json": thread(say(f"{n} late", at=MAY - n * 10 + 1), say(f"{n}", at=MAY - n * 10))
        for n in range(1, 12)
    }
    expected = [f"{n}{late}" for n in range(11, 0, -1) for late in ("", " late")]
    assert texts(read(tmp_path, files)) == expected


def test_parts_that_some_tool_numbered_the_other_way_round_are_read_by_their_times(tmp_path: Path) -> None:
    files = {f"{CLUB}message_{n}.json": thread(say(f"{n}", at=MAY + n)) for n in (1, 2, 10)}
    assert texts(read(tmp_path, files)) == ["1", "2", "10"]


def test_an_equal_millisecond_across_two_parts_is_counted_on(tmp_path: Path) -> None:
    files = {f"{CLUB}message_1.json": thread(say("ok", at=MAY)), f"{CLUB}message_2.json": thread(say("ok", at=MAY))}
    first, second = read(tmp_path, files).messages
    assert [(first.key or "").split(":")[1], (second.key or "").split(":")[1]] == ["1", "2"]


# -- keys ------------------------------------------------------------------------------------------------------


def test_keys_do_not_depend_on_folder_number_or_neighbours(tmp_path: Path) -> None:
    records = [say(f"{i % 3}", at=MAY - i // 2) for i in range(12)]
    wide = read(
        tmp_path, {f"{CLUB}message_1.json": thread(*records[:5]), f"{CLUB}message_2.json": thread(*records[5:])}
    )
    archived = "your_activity_across_facebook/messages/archived_threads/other_1234567890/message_1.json"
    narrow = read(tmp_path, {archived: thread(*records[4:8])}, name="narrow")
    assert {message.key for message in narrow.messages} <= {message.key for message in wide.messages}
    assert {message.conversation for message in (*wide.messages, *narrow.messages)} == {"facebook:thread:1234567890"}


def test_a_key_is_time_count_sender_and_checksum_of_the_body(tmp_path: Path) -> None:
    message = one(tmp_path, say("Bon dia"))
    assert message.key is not None
    assert message.native_id is None  # Meta gives none; a key of five parts is nothing to cite
    at, count, who, digest = message.key.split(":")
    assert (at, count, who, len(digest)) == (str(MAY), "1", "josé niño", 8)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("You named the group Hort.", f"{ANA} hat die Gruppe Hort genannt."),
        ("You left the group.", f"{ANA} a quitté le groupe."),
        ("You set the nickname for José Niño to Pep.", f"{ANA} set your nickname to Pep."),
        ("You sent an attachment.", f"{ANA} hat einen Anhang gesendet."),
        ("You unsent a message", f"{ANA} ha annullato l'invio di un messaggio"),
    ],
)
def test_what_the_app_says_has_one_key_in_two_members_exports_and_languages(
    mine: str, theirs: str, tmp_path: Path
) -> None:
    assert one(tmp_path / "a", say(mine, ANA)).key == one(tmp_path / "b", say(theirs, ANA), owner=BEN).key


def test_a_call_has_one_key_whoever_exported_it(tmp_path: Path) -> None:
    mine = one(tmp_path / "a", say(f"{BEN} missed your call.", ANA, call_duration=0))
    theirs = one(tmp_path / "b", say(f"You missed a call from {ANA}.", ANA, call_duration=0), owner=BEN)
    assert (mine.key, mine.kind) == (theirs.key, theirs.kind)


def test_the_file_a_message_holds_is_a_part_of_its_key_wherever_it_lies(tmp_path: Path) -> None:
    def key(uri: str, name: str) -> str | None:
        return read(tmp_path, {ONE: thread(say(photos=[{"uri": uri}]))}, name=name).messages[0].key

    assert key("messages/inbox/a_1/photos/1.jpg", "a") == key(f"{NEW}messages/archived_threads/a_1/photos/1.jpg", "b")
    assert key("photos/1.jpg", "c") != key("photos/2.jpg", "d")


def test_reading_twice_and_from_a_zip_gives_the_same(tmp_path: Path) -> None:
    files = {**PROFILE, ONE: thread(say("b", at=MAY + 1, reactions=[{"reaction": "❤", "actor": ANA}]), say("a"))}
    with Dump.open([lay(tmp_path / "d", files)]) as dump:
        folder, again = told(dump).messages, told(dump).messages
    with zipfile.ZipFile(tmp_path / "facebook-ana.zip", "w") as packed:
        for path in files:
            packed.write(tmp_path / "d" / path, path)
    with Dump.open([tmp_path / "facebook-ana.zip"]) as dump:
        packed_ones = told(dump).messages
    assert folder == again
    assert [m._replace(origin=folder[0].origin) for m in packed_ones] == [
        m._replace(origin=folder[0].origin) for m in folder
    ]
    assert packed_ones[0].origin.member == ONE


def test_every_message_leads_back_to_its_bytes(tmp_path: Path) -> None:
    records = [say("two", at=MAY + 1, photos=[{"uri": "photos/1.jpg"}]), say("one, “quoted” \\ {[")]
    found = read(tmp_path, {ONE: thread(*records)})
    raw = (tmp_path / "export" / ONE).read_bytes()
    for message, record in zip(found.messages, records[::-1], strict=True):
        said_there = json.loads(raw[message.origin.start : message.origin.end])
        assert said_there["timestamp_ms"] == record["timestamp_ms"]
    assert found.messages[0].origin.dump is found.messages[1].origin.dump


# -- time ------------------------------------------------------------------------------------------------------


def test_milliseconds_are_kept_and_the_time_is_utc(tmp_path: Path) -> None:
    message = one(tmp_path, say("x", at=MAY + 123))
    assert message.when.at == datetime(2024, 5, 1, 10, 0, 0, 123_000, tzinfo=UTC)
    assert (message.when.written, message.when.zone, message.when.assumed) == (str(MAY + 123), "UTC", ())


def test_a_zone_that_was_said_shows_the_wall_clock_of_the_day(tmp_path: Path) -> None:
    winter = MAY - 150 * 86_400_000
    found = read(tmp_path, {ONE: thread(say("s"), say("w", at=winter))}, Hints(zone="Europe/Madrid"))
    assert [str(message.when.at) for message in found.messages] == [
        "2023-12-03 11:00:00+01:00",
        "2024-05-01 12:00:00+02:00",
    ]


@given(st.integers(-62_000_000_000_000, 250_000_000_000_000))
def test_every_millisecond_is_exact(ms: int) -> None:
    at = CLOCK.when(ms).at
    assert at is not None
    assert at - datetime(1970, 1, 1, tzinfo=UTC) == timedelta(milliseconds=ms)


CLOCK = Clock("America/Bogota")


def test_before_1970_is_a_time_and_the_year_300000_is_none(tmp_path: Path) -> None:
    found = read(tmp_path, {ONE: thread(say("late", at=10**16), say("early", at=-5000))})
    assert [message.when.at and message.when.at.year for message in found.messages] == [1969, None]


def test_spring_2018_counts_in_seconds(tmp_path: Path) -> None:
    record = {"sender_name": BEN, "timestamp": MAY // 1000, "content": "old", "type": "Generic"}
    assert one(tmp_path, record).when.at == datetime(2024, 5, 1, 10, tzinfo=UTC)


# -- what people send ------------------------------------------------------------------------------------------


def test_text_is_repaired_and_kept_to_the_letter(tmp_path: Path) -> None:
    message = one(tmp_path, say("  Ja és aquí la llavor 🌱\n\n“ok” "))
    assert (message.kind, message.text, message.extra) == ("text", "  Ja és aquí la llavor 🌱\n\n“ok” ", None)
    assert message.sender is not None
    assert (message.sender.scheme, message.sender.value, message.sender.name) == ("facebook-name", "josé niño", BEN)


def test_a_photo_that_is_there_and_one_that_is_not(tmp_path: Path) -> None:
    photos = [{"uri": f"{CLUB}photos/bed.jpg", "creation_timestamp": MAY // 1000}, {"uri": f"{CLUB}photos/gone.jpg"}]
    found = read(tmp_path, {ONE: thread(say("Look", photos=photos)), f"{CLUB}photos/bed.jpg": b"jpeg"})
    there, gone = found.messages[0].attachments
    assert there == Attachment("bed.jpg", "image/jpeg", 4, f"export/{CLUB}photos/bed.jpg")
    assert (gone.name, gone.state, gone.member) == ("gone.jpg", "missing", None)
    assert found.messages[0].kind == "text"


@pytest.mark.parametrize(
    ("key", "uri", "kind", "media"),
    [
        ("photos", "photos/1.jpg", "media", "image/jpeg"),
        ("videos", "videos/1.mp4", "media", "video/mp4"),
        ("audio_files", "audio/1.mp4", "media", "audio/mp4"),
        ("audio_files", "audio/1.wav", "media", "audio/x-wav"),
        ("files", "files/plan.pdf", "media", "application/pdf"),
        ("gifs", "gifs/1.gif", "media", "image/gif"),
        ("gifs", "gifs/1.mp4", "media", "image/gif"),
        ("photos", "photos/noending", "media", "image/*"),
    ],
)
def test_files_of_every_kind(key: str, uri: str, kind: str, media: str, tmp_path: Path) -> None:
    message = one(tmp_path, say() | {key: [{"uri": uri}]})
    assert (message.kind, message.text) == (kind, "")
    assert message.attachments[0].media_type == media
    assert ((message.extra or {}).get("gif") is True) is (key == "gifs")


def test_a_sticker(tmp_path: Path) -> None:
    message = one(tmp_path, say(sticker={"uri": "posts/media/stickers_used/7.png", "ai_stickers": [{"x": 1}]}))
    assert (message.kind, message.attachments[0].name, message.extra) == ("sticker", "7.png", {"ai_sticker": True})


def test_an_address_that_has_expired_is_kept_and_is_no_file(tmp_path: Path) -> None:
    uri = "https://cdn.example.org/v/t1/photo.jpg?oh=1&oe=2"
    message = one(tmp_path, say(photos=[{"uri": uri}]))
    assert (message.attachments[0].name, message.attachments[0].state) == ("photo.jpg", "missing")
    assert message.extra == {"media_links": [uri]}


def test_words_of_the_app_in_place_of_a_file_are_no_text(tmp_path: Path) -> None:
    message = one(tmp_path, say("You sent an attachment.", ANA, photos=[{"uri": "photos/1.jpg"}]))
    assert (message.kind, message.text, message.extra) == ("media", "", {"placeholder": "You sent an attachment."})


def test_a_file_older_than_its_message_says_so(tmp_path: Path) -> None:
    message = one(tmp_path, say(photos=[{"uri": "photos/1.jpg", "creation_timestamp": 1_500_000_000}]))
    assert message.extra == {"media_created": [1_500_000_000]}


@pytest.mark.parametrize(
    ("text", "share", "kind", "shown"),
    [
        (None, {"link": "https://example.org/a"}, "share", "https://example.org/a"),
        ("https://example.org/a", {"link": "https://example.org/a"}, "share", "https://example.org/a"),
        (
            "Read this https://example.org/a",
            {"link": "https://example.org/a"},
            "text",
            "Read this https://example.org/a",
        ),
        (f"{BEN} sent an attachment.", {"link": "https://example.org/a"}, "share", "https://example.org/a"),
        (None, {"share_text": "Live location"}, "live_location", "Live location"),
    ],
)
def test_what_was_shared(text: str | None, share: dict[str, str], kind: str, shown: str, tmp_path: Path) -> None:
    message = one(tmp_path, say(text, share=share))
    assert (message.kind, message.text) == (kind, shown)
    assert (message.extra or {}).get("link") == share.get("link")


@pytest.mark.parametrize(
    "link",
    [
        "https://www.bing.com/maps/default.aspx?v=2&pc=FACEBK&where1=41.3874%2C+2.1686&FORM=FBKPL1",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.bing.com%2Fmaps%2F%3Fwhere1%3D41.3874%252C2.1686",
        "https://maps.google.com/?q=41.3874,2.1686",
    ],
)
def test_a_map_link_is_a_place(link: str, tmp_path: Path) -> None:
    message = one(tmp_path, say(share={"link": link, "share_text": "The allotment"}))
    assert message.kind == "location"
    assert message.extra == {"link": link, "share_text": "The allotment", "latitude": "41.3874", "longitude": "2.1686"}


def test_instagram_says_who_owns_what_was_shared(tmp_path: Path) -> None:
    share = {"link": "https://instagram.com/p/1", "share_text": "Tomatoes", "original_content_owner": "cleo.grows"}
    message = one(tmp_path, say(f"{BEN} sent an attachment.", share=share))
    assert (message.extra or {})["original_content_owner"] == "cleo.grows"


@pytest.mark.parametrize(
    ("record", "kind", "extra"),
    [
        (say(call_duration=192), "call.other", {"seconds": 192}),
        (say(f"{BEN} called you.", call_duration=65), "call.audio", {"seconds": 65}),
        (say("You called José Niño.", ANA, call_duration=65), "call.audio", {"seconds": 65, "people": [BEN]}),
        (say("The video chat ended.", call_duration=3600), "call.video", {"seconds": 3600}),
        (say(f"{BEN} missed your call.", ANA, call_duration=0), "call.missed_audio", {"seconds": 0}),
        (say(f"Masz nieodebrane połączenie od użytkownika {BEN}.", missed=True), "call.missed_audio", None),
        (
            say("You missed a video chat with José Niño.", BEN, call_duration=0, missed=True),
            "call.missed_video",
            {"seconds": 0, "people": [BEN]},
        ),
        (say(call_duration=0, missed=True), "call.missed", {"seconds": 0}),
        (say(f"{BEN} called you.", call_duration=0, missed=True), "call.missed_audio", {"seconds": 0}),
        (say(type="Call"), "call.other", None),
    ],
)  # fmt: skip
def test_calls(record: dict[str, Any], kind: str, extra: dict[str, object] | None, tmp_path: Path) -> None:
    message = one(tmp_path, record)
    assert (message.kind, message.extra) == (kind, extra)


@pytest.mark.parametrize(
    ("type_", "users", "kind", "people"),
    [
        ("Subscribe", [BEN], "event.joined", None),
        ("Subscribe", [CLEO, ANA], "event.added", [CLEO, ANA]),
        ("Unsubscribe", [BEN], "event.left", None),
        ("Unsubscribe", [CLEO], "event.removed", [CLEO]),
        ("Unsubscribe", [], "event.left", None),
    ],
)
def test_comings_and_goings_by_type_as_until_2022(
    type_: str, users: list[str], kind: str, people: list[str] | None, tmp_path: Path
) -> None:
    message = one(tmp_path, say("something", type=type_, users=[{"name": name} for name in users]))
    assert (message.kind, message.text) == (kind, "something")
    assert (message.extra or {}).get("people") == people


@pytest.mark.parametrize(
    ("text", "kind", "extra"),
    [
        ("{0} left the group.", "event.left", {}),
        ("{0} added Клео Сад to the group.", "event.added", {"people": [CLEO]}),
        ("{0} added Клео Сад and Ana Ruiz to the group.", "event.added", {"people": [CLEO, ANA]}),
        ("{0} removed Dora And Sons to be from the group.", "event.removed", {"people": ["Dora And Sons to be"]}),
        ("{0} named the group Hort 🌱.", "event.renamed", {"title": "Hort 🌱"}),
        ("{0} changed the group photo.", "event.photo", {}),
        ("{0} changed the theme to Avocado.", "event.theme", {"value": "Avocado"}),
        ("{0} set the nickname for Клео Сад to Digger.", "event.nickname", {"people": [CLEO], "value": "Digger"}),
        ("{0} set the quick reaction to 🍅.", "event.emoji", {"emoji": "🍅"}),
        ("{0} created a poll: When do we dig?", "event.poll", {"title": "When do we dig?"}),
        ('{0} voted for "Sunday" in the poll: When?', "event.poll", {"value": "Sunday", "title": "When?"}),
        ("{0} pinned a message.", "event.pinned", {}),
        ("{0} created the group.", "event.created", {}),
        ("{0} hat die Gruppe verlassen.", "event.left", {}),
        ("{0} a nommé le groupe « Potager ».", "event.renamed", {"title": "Potager"}),
        ("{0} añadió a Ana Ruiz al grupo.", "event.added", {"people": [ANA]}),
        ("{0} ha rimosso Ana Ruiz dal gruppo.", "event.removed", {"people": [ANA]}),
        ("{0} saiu do grupo.", "event.left", {}),
        ("{0} heeft de groep Tuin genoemd.", "event.renamed", {"title": "Tuin"}),
        ("{0} opuścił grupę.", "event.left", {}),
        ("{0} změnila fotku skupiny.", "event.photo", {}),
        ("{0} lämnade gruppen.", "event.left", {}),
        ("{0} покинул группу.", "event.left", {}),
        ("{0} gruptan ayrıldı.", "event.left", {}),
    ],
)  # fmt: skip
def test_events_are_told_by_their_sentences(text: str, kind: str, extra: dict[str, object], tmp_path: Path) -> None:
    sentence = text.format(BEN)
    message = one(tmp_path, say(sentence))
    assert (message.kind, message.text, message.extra or {}) == (kind, sentence, extra)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("You left the group.", BEN),  # only the exporter is "You"
        (f"{CLEO} left the group.", BEN),  # not the one who is speaking
        ("left the group.", BEN),
        ("You called me yesterday about the compost", ANA),
        ("You added too much water", ANA),
        ("The video chat ended badly", BEN),
        ("Reacted badly to your message", BEN),
        (f"{BEN} is who I am", BEN),
        ("You left the group. And I was sad.", ANA),
        ("x" * 600, BEN),
    ],
)
def test_what_only_looks_like_a_sentence_of_the_app_was_written_by_somebody(
    text: str, who: str, tmp_path: Path
) -> None:
    message = one(tmp_path, say(text, who))
    assert (message.kind, message.text) == ("text", text)


def test_the_exporter_is_you_in_sentences_and_has_a_name_of_their_own(tmp_path: Path) -> None:
    message = one(tmp_path, say("You named the group Hort.", ANA))
    assert message.kind == "event.renamed"
    assert message.sender is not None
    assert message.sender.name == ANA


def test_every_wording_of_the_table_is_understood_as_what_it_stands_for() -> None:
    filled = {"who": ANA, "title": "Hort", "value": "Sun", "emoji": "🍅", "n": "3", "name": BEN}
    for what, languages in table()["sentences"].items():
        for wording in (one_ for tongue in languages.values() for one_ in tongue):
            text = wording.removeprefix("@").format(**filled) + "."
            found = said(text, BEN, own=True, known={ANA, BEN})
            assert found is not None, text
            assert found.what == what or {found.what, what} <= ALIKE, (text, found.what, what)


ALIKE = {"unsent", "removed", "other", "missed_audio", "call_audio"}


# -- what is gone, empty or odd --------------------------------------------------------------------------------


def test_an_unsent_message_is_a_row_with_its_reactions(tmp_path: Path) -> None:
    message = one(tmp_path, say(is_unsent=True, reactions=[{"reaction": "😢", "actor": CLEO}]))
    assert (message.kind, message.text, message.deleted) == ("deleted", "", True)
    assert [(mark.value, mark.by and mark.by.name) for mark in message.reactions] == [("😢", CLEO)]


def test_an_unsent_message_that_still_has_its_text_hides_it(tmp_path: Path) -> None:
    message = one(tmp_path, say("oops", is_unsent=True, photos=[{"uri": "photos/1.jpg"}]))
    assert (message.text, message.attachments, message.deleted) == ("", (), True)
    assert message.extra == {"hidden_text": "oops", "hidden_files": ["1.jpg"]}


def test_a_message_has_the_same_key_before_and_after_it_was_unsent_if_its_text_is_there(tmp_path: Path) -> None:
    before = one(tmp_path / "a", say("oops"))
    assert one(tmp_path / "b", say("oops", is_unsent=True)).key == before.key


def test_taken_down_by_meta(tmp_path: Path) -> None:
    message = one(tmp_path, say("spam", is_taken_down=True))
    assert (message.kind, message.extra) == ("deleted", {"hidden_text": "spam", "taken_down": True})


def test_an_empty_message_has_a_kind(tmp_path: Path) -> None:
    assert one(tmp_path, say(reactions=[{"reaction": "❤", "actor": ANA}])).kind == "unknown"
    withheld = one(tmp_path / "b", say() | {"is_geoblocked_for_viewer": True})
    assert (withheld.kind, withheld.extra) == ("waiting", {"is_geoblocked_for_viewer": True})


def test_people_who_are_gone_are_nobody_elses(tmp_path: Path) -> None:
    other = f"{NEW}messages/inbox/facebookuser_555/message_1.json"
    gone = [say("a", "Facebook user", MAY), say("b", "", MAY + 1), say("c", None, MAY + 2)]
    found = read(tmp_path, {ONE: thread(*gone[::-1]), other: thread(gone[0], people=("Facebook user", ANA), title="")})
    handles = {message.sender for message in found.messages}
    assert {handle.scope for handle in handles if handle} == {"facebook:thread:1234567890", "facebook:thread:555"}
    assert all(handle is not None and handle.name == "Facebook user" for handle in handles)


def test_who_has_left_still_speaks_and_two_of_one_name_are_said_to_be_two(tmp_path: Path) -> None:
    found = read(tmp_path, {ONE: thread(say("hi", "Dora"), people=("Eva Pla", "Eva Pla", ANA))})
    assert found.messages[0].sender is not None
    assert found.messages[0].sender.name == "Dora"
    twin = one(tmp_path / "b", say("hi", "Eva Pla"), people=("Eva Pla", "Eva Pla", ANA))
    assert twin.extra == {"people_called_so": 2}


def test_an_address_of_a_machine_is_nowhere(tmp_path: Path) -> None:
    found = read(tmp_path, {ONE: thread(say("hi", ip="203.0.113.9"), say(ip="203.0.113.9", photos=[{"uri": "a.jpg"}]))})
    assert len(found.messages) == 2
    assert "203.0.113.9" not in repr(found.items)


def test_unknown_keys_are_named_once_and_never_with_their_value(tmp_path: Path) -> None:
    records = [say("a", mood="secret"), say("b", photos=[{"uri": "a.jpg", "filter": {"name": "secret"}}])]
    found = read(tmp_path, {ONE: thread(*records, vibe=[1, 2])})
    assert found.said("unknown-key") == [
        "thread: the key “mood” (string) is not understood; it was there once.",
        "thread: the key “photos.filter” (object of 1) is not understood; it was there once.",
        "thread: the key “vibe” (list of 2) is not understood; it was there once.",
    ]
    assert "secret" not in repr(found.problems)
    assert len(found.messages) == 2


def test_internal_fields_of_2021_are_known(tmp_path: Path) -> None:
    inner = {"uri": "photos/1.jpg", "media_path_INTERNAL": "x", "other_INTERNAL": 3}
    bumped = {"bumped_message": "Water!", "is_bumped": True}
    found = read(
        tmp_path, {ONE: thread(say("a", sender_id_INTERNAL=7, photos=[inner], bumped_message_metadata=bumped))}
    )
    assert found.problems == []
    assert found.messages[0].extra == {"bumped": "Water!"}


def test_requests_that_were_never_accepted_are_marked(tmp_path: Path) -> None:
    path = f"{NEW}messages/message_requests/shop_777/message_1.json"
    message = read(tmp_path, {path: thread(say("Buy!"), is_pending=True)}).messages[0]
    assert message.extra == {"folder": "message_requests"}


# -- reactions and edits that are told twice -------------------------------------------------------------------


def test_a_reaction_and_the_sentence_about_it_are_one(tmp_path: Path) -> None:
    about = say("Reacted 😂 to your message ", CLEO, MAY + 9000)
    found = read(
        tmp_path, {ONE: thread(about, say("c", at=MAY + 2), say("joke", reactions=[{"reaction": "😂", "actor": CLEO}]))}
    )
    assert texts(found) == ["joke", "c"]
    assert found.messages[0].reactions[0].at == datetime(2024, 5, 1, 10, 0, 9, tzinfo=UTC)


def test_a_reaction_with_a_time_is_the_one_of_that_time(tmp_path: Path) -> None:
    second = MAY // 1000
    marks = [[{"reaction": "😂", "actor": CLEO, "timestamp": second + s}] for s in (5, 90)]
    records = [
        say("Reacted 😂 to your message ", CLEO, MAY + 5400),
        say("b", at=MAY + 1, reactions=marks[1]),
        say("a", reactions=marks[0]),
    ]
    found = read(tmp_path, {ONE: thread(*records)})
    assert [[mark.at for mark in message.reactions] for message in found.messages] == [
        [datetime(2024, 5, 1, 10, 0, 5, tzinfo=UTC)], [datetime(2024, 5, 1, 10, 1, 30, tzinfo=UTC)],
    ]  # fmt: skip


def test_the_sentence_may_be_in_the_next_part(tmp_path: Path) -> None:
    files = {
        f"{CLUB}message_1.json": thread(say("Reacted 😂 to your message ", CLEO, MAY + 9000)),
        f"{CLUB}message_2.json": thread(say("joke", reactions=[{"reaction": "😂", "actor": CLEO}])),
    }
    found = read(tmp_path, files)
    assert texts(found) == ["joke"]
    assert [mark.at for mark in found.messages[0].reactions] == [datetime(2024, 5, 1, 10, 0, 9, tzinfo=UTC)]


def test_a_former_name_of_the_owner_is_the_owner_unless_somebody_there_has_it_now(tmp_path: Path) -> None:
    profile = {"profile_v2": {"name": {"full_name": ANA}, "previous_names": [{"name": "Ana Garden"}]}}
    files = {next(iter(PROFILE)): profile, ONE: thread(say("leeks", "Ana Garden"), say("peas", ANA, MAY - 1))}
    (peas, leeks) = read(tmp_path / "a", files).messages
    assert peas.sender == leeks.sender
    assert leeks.key != one(tmp_path / "c", say("leeks", ANA)).key  # it is known by the name it is told under
    files[ONE] = thread(say("leeks", "Ana Garden"), say("peas", ANA, MAY - 1), people=(BEN, "Ana Garden", ANA))
    (peas, leeks) = read(tmp_path / "b", files).messages
    assert peas.sender != leeks.sender


def test_each_of_three_parts_may_say_when_somebody_reacted_in_the_one_before(tmp_path: Path) -> None:
    def laughed(at: int) -> dict[str, Any]:
        return say("Reacted 😂 to your message ", CLEO, at)

    def joke(text: str, at: int) -> dict[str, Any]:
        return say(text, at=at, reactions=[{"reaction": "😂", "actor": CLEO}])

    files = {
        f"{CLUB}message_1.json": thread(laughed(MAY + 70_000), say("end", at=MAY + 60_000)),
        f"{CLUB}message_2.json": thread(
            joke("third", MAY + 50_000), laughed(MAY + 40_000), joke("second", MAY + 30_000)
        ),
        f"{CLUB}message_3.json": thread(joke("first", MAY + 20_000), laughed(MAY + 11_000), joke("zero", MAY + 10_000)),
    }
    found = read(tmp_path, files)
    assert texts(found) == ["zero", "first", "second", "third", "end"]
    seconds = [[None if mark.at is None else mark.at.second for mark in one.reactions] for one in found.messages]
    assert seconds == [[11], [None], [40], [10], []]


def test_a_like_does_not_say_with_what(tmp_path: Path) -> None:
    about = say("Liked a message", CLEO, MAY + 9000)
    assert texts(read(tmp_path, {ONE: thread(about, say("joke", reactions=[{"reaction": "❤", "actor": CLEO}]))})) == [
        "joke"
    ]


@pytest.mark.parametrize(
    "sentence",
    ["Hat mit 😂 auf deine Nachricht reagiert ", "A réagi 😂 à votre message ", "Reagiu com 😂 à sua mensagem "],
)
def test_reactions_in_other_languages_are_folded_too(sentence: str, tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {ONE: thread(say(sentence, CLEO, MAY + 9), say("joke", reactions=[{"reaction": "😂", "actor": CLEO}]))},
    )
    assert texts(found) == ["joke"]


def test_a_reaction_to_nothing_that_is_there_stays_as_an_event(tmp_path: Path) -> None:
    message = one(tmp_path, say("Reacted 😂 to your message ", CLEO))
    assert (message.kind, message.extra) == ("event.reaction", {"emoji": "😂"})


def test_an_edited_copy_is_folded_into_what_it_corrects(tmp_path: Path) -> None:
    copy = say("We meet at ten (edited)", at=MAY + 60_000, reactions=[{"reaction": "👍", "actor": ANA}])
    found = read(tmp_path, {ONE: thread(copy, say("no", CLEO, MAY + 5), say("We meet at nine"))})
    assert texts(found) == ["We meet at ten", "no"]
    edited = found.messages[0]
    assert edited.edited
    assert (edited.extra or {})["before_edit"] == ["We meet at nine"]
    assert edited.when.written == str(MAY)
    assert [mark.value for mark in edited.reactions] == ["👍"]
    assert edited.key == one(tmp_path / "alone", say("We meet at nine")).key


@pytest.mark.parametrize(
    ("before", "late"),
    [("Something else entirely", 60_000), ("We meet at nine", 3_600_000)],
)
def test_an_edited_copy_of_nothing_near_stays_as_it_is(before: str, late: int, tmp_path: Path) -> None:
    found = read(tmp_path, {ONE: thread(say("We meet at ten (edited)", at=MAY + late), say(before))})
    assert texts(found) == [before, "We meet at ten (edited)"]


# -- conversations ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "kind", "title"),
    [
        ({"people": (BEN, ANA), "title": BEN}, "direct", BEN),
        ({"people": (BEN, ANA), "title": ""}, "direct", BEN),
        ({"people": (BEN, CLEO, ANA)}, "group", "Hort"),
        ({"people": (BEN, ANA), "thread_type": "RegularGroup"}, "group", "Hort"),
        ({"people": (BEN, ANA), "joinable_mode": {"mode": 1, "link": ""}}, "group", "Hort"),
        ({"people": ("", ANA), "title": ""}, "direct", "gardenclub"),
    ],
)
def test_a_conversation_as_its_file_describes_it(head: dict[str, Any], kind: str, title: str, tmp_path: Path) -> None:
    (conversation,) = read(tmp_path, {ONE: thread(say("x"), **head)}).conversations.values()
    assert (conversation.kind, conversation.title, conversation.native_id) == (kind, title, "1234567890")
    assert len(conversation.members) == len(head.get("people", (1, 2, 3)))


def test_of_two_tellings_of_a_thread_the_newer_one_has_the_title(tmp_path: Path) -> None:
    files = {
        "old/" + ONE: thread(say("a"), title="Old"),
        "new/" + ONE: thread(say("b", at=MAY + 9), say("a"), title="New"),
    }
    found = read(tmp_path, files)
    assert next(iter(found.conversations.values())).key == "facebook:thread:1234567890"
    assert [item.title for item in found.items if isinstance(item, Conversation)] == ["New", "Old"]
    assert len({message.key for message in found.messages}) == 2


def test_a_lone_file_is_known_by_what_it_says_of_its_thread(tmp_path: Path) -> None:
    path = lay(tmp_path, {"message_1.json": thread(say("x"))}) / "message_1.json"
    with Dump.open([path]) as dump:
        assert list(told(dump).conversations) == ["facebook:thread:1234567890"]


@pytest.mark.parametrize(
    ("head", "key"),
    [
        ({"thread_path": "inbox/9876543210"}, "facebook:thread:9876543210"),
        ({"thread_path": 7}, "facebook:thread:hort"),
        ({"thread_path": "", "title": ""}, "facebook:thread:ana ruiz, josé niño, клео сад"),
        ({"thread_path": "", "title": None, "participants": None}, "facebook:thread:anything"),
    ],
)
def test_a_file_without_a_folder_is_known_by_its_path_title_people_or_name(
    head: dict[str, Any], key: str, tmp_path: Path
) -> None:
    path = lay(tmp_path, {"Anything.json": thread(say("x")) | head}) / "Anything.json"
    with Dump.open([path]) as dump:
        assert list(told(dump).conversations) == [key]


def test_instagram_has_keys_and_names_of_its_own(tmp_path: Path) -> None:
    files = {
        "your_instagram_activity/messages/inbox/cleo_777/message_1.json": thread(
            say("x", "cleo"), people=("cleo", "ana")
        )
    }
    with Dump.open([lay(tmp_path / "ig", files)]) as dump:
        (message,) = told(dump).messages
    assert message.conversation == "instagram:thread:777"
    assert message.sender is not None
    assert message.sender.scheme == "instagram-name"


def test_pages_of_a_thread_that_is_there_as_json_are_not_read(tmp_path: Path) -> None:
    found = read(tmp_path, {ONE: thread(say("x")), f"{CLUB}message_1.html": b"<html><body></body></html>"})
    assert [problem.loss for problem in found.problems if problem.what == "html-beside-json"] == ["nothing"]
    assert texts(found) == ["x"]


def page(*newest_first: dict[str, Any], zone: str = "Europe/Madrid") -> bytes:
    """The same messages as a page of 2024, on the wall clock of a zone."""
    boxes = []
    for record in newest_first:
        at = datetime.fromtimestamp(record["timestamp_ms"] / 1000, ZoneInfo(zone))
        boxes.append(
            '<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder">'
            f'<h2 class="_3-95 _2pim _a6-h _a6-i">{record["sender_name"]}</h2>'
            f'<div class="_3-95 _a6-p"><div><div></div><div>{record["content"]}</div><div></div><div></div></div></div>'
            f'<div class="_3-94 _a6-o">{at:%b %d, %Y %I:%M:%S %p}</div></div>'
        )
    body = "".join(boxes)
    return f'<html><head><title>Hort</title></head><body><div class="_a706">{body}</div></body></html>'.encode()


def test_the_clock_of_pages_is_learnt_from_a_thread_that_is_there_as_json_too(tmp_path: Path) -> None:
    hours = 3_600_000
    both = [say(f"Seed {i}", at=MAY - i * 200 * hours) for i in range(40)]
    alone = [say("Only here", at=MAY), say("And here", at=MAY - 150 * 24 * hours)]
    other = f"{NEW}messages/inbox/ben_999/message_1.html"
    found = read(tmp_path, {ONE: thread(*both), f"{CLUB}message_1.html": page(*both), other: page(*alone)})
    assert found.the("Only here").when.at == datetime(2024, 5, 1, 10, tzinfo=UTC)
    assert found.the("And here").when.at == datetime(2023, 12, 3, 10, tzinfo=UTC)
    assert len([item for item in found.items if isinstance(item, Guess) and item.what == "zone"]) == 1
    assert len(found.messages) == 42


def test_pages_alone_have_the_key_of_their_thread_and_the_zone_that_was_said(tmp_path: Path) -> None:
    files = {f"{CLUB}message_1.html": page(say("b", at=MAY + 60_000), say("a"))}
    found = read(tmp_path, files, Hints(zone="Europe/Madrid"))
    assert list(found.conversations) == ["facebook:thread:1234567890"]
    assert [str(message.when.at) for message in found.messages] == [
        "2024-05-01 12:00:00+02:00",
        "2024-05-01 12:01:00+02:00",
    ]
    assert not [item for item in found.items if isinstance(item, Guess) and item.what == "zone"]


def test_instagrams_old_format_is_said_not_to_be_read(tmp_path: Path) -> None:
    old = [{"participants": ["ana", "ben"], "conversation": [{"sender": "ben", "created_at": "2019", "text": "hi"}]}]
    found = read(tmp_path, {"messages.json": old, ONE: thread(say("x"))})
    assert [problem.loss for problem in found.problems if problem.what == "old-instagram"] == ["file"]


# -- encrypted chats -------------------------------------------------------------------------------------------


def chat(*messages: dict[str, Any], people: tuple[str, ...] = (BEN, ANA), name: str = BEN) -> bytes:
    """An encrypted chat's file: plain UTF-8."""
    return json.dumps({"participants": people, "threadName": name, "messages": messages}, ensure_ascii=False).encode()


def whisper(text: str, at: int = MAY, who: str = BEN, **more: Any) -> dict[str, Any]:
    whole = {
        "senderName": who,
        "text": text,
        "timestamp": at,
        "type": "text",
        "isUnsent": False,
        "media": [],
        "reactions": [],
    }
    return whole | more


CUT = f"{NEW}messages/e2ee_cutover/joseni_4444444444/message_1.json"


def test_an_encrypted_chat_goes_on_from_the_thread_of_the_same_people(tmp_path: Path) -> None:
    files = {
        CUT: thread(say("before"), people=(BEN, ANA), title=BEN),
        ONE: thread(say("club")),
        "messages/José Niño_1.json": chat(whisper("després", MAY + 9)),
    }
    found = read(tmp_path, files)
    assert {message.text: message.conversation for message in found.messages} == {
        "before": "facebook:thread:4444444444",
        "després": "facebook:thread:4444444444",
        "club": "facebook:thread:1234567890",
    }
    assert found.problems == []


def test_an_encrypted_chat_that_fits_no_thread_is_known_by_its_name(tmp_path: Path) -> None:
    found = read(
        tmp_path, {"messages/Weekend_2.json": chat(whisper("Plans?"), people=(BEN, CLEO, ANA), name="Cap de setmana")}
    )
    (conversation,) = found.conversations.values()
    assert (conversation.key, conversation.kind) == ("facebook:e2ee:cap de setmana", "group")


def test_two_threads_of_the_same_people_are_told_apart_by_name(tmp_path: Path) -> None:
    files = {
        CUT: thread(say("a"), people=(BEN, ANA), title="Seeds"),
        f"{NEW}messages/inbox/x_5555555555/message_1.json": thread(say("b"), people=(ANA, BEN), title="Tools"),
        "messages/Tools_1.json": chat(whisper("c"), name="Tools"),
        "messages/Other_2.json": chat(whisper("d"), name="Other", people=(BEN, CLEO)),
    }
    found = {message.text: message.conversation for message in read(tmp_path, files).messages}
    assert found["d"] == "facebook:e2ee:other"
    assert found["c"] in {"facebook:thread:4444444444", "facebook:thread:5555555555"}


def test_of_threads_with_the_same_people_the_one_with_the_same_title_is_taken(tmp_path: Path) -> None:
    files = {
        f"{NEW}messages/e2ee_cutover/{name}_{number}/message_1.json": thread(say(name), people=(BEN, ANA), title=name)
        for name, number in (("Seeds", 4444444444), ("Tools", 5555555555))
    }
    found = read(tmp_path, {**files, "messages/Tools_1.json": chat(whisper("c"), name="Tools")})
    assert found.the("c").conversation == "facebook:thread:5555555555"


def test_a_group_some_have_left_is_joined_by_its_name_where_it_became_encrypted(tmp_path: Path) -> None:
    files = {
        f"{NEW}messages/e2ee_cutover/hort_4444444444/message_1.json": thread(say("a"), people=(BEN, ANA, "Dora")),
        "messages/Hort_1.json": chat(whisper("b"), name="Hort", people=(BEN, ANA, CLEO)),
        "messages/Hort 2_2.json": chat(whisper("c"), name="Hort 2", people=(BEN, ANA, CLEO)),
    }
    found = {message.text: message.conversation for message in read(tmp_path, files).messages}
    assert found["b"] == "facebook:thread:4444444444"
    assert found["c"] == "facebook:e2ee:hort 2"


def test_two_chats_of_one_name_with_other_people_are_two(tmp_path: Path) -> None:
    files = {
        "messages/Club_1.json": chat(whisper("a"), name="Club", people=(BEN, ANA)),
        "messages/Club_2.json": chat(whisper("b"), name="Club", people=(CLEO, ANA)),
        "messages/Club_3.json": chat(whisper("c"), name="Club", people=(CLEO, ANA)),
    }
    found = {message.text: message.conversation for message in read(tmp_path, files).messages}
    assert found["a"] != found["b"] == found["c"]


def test_what_is_in_an_encrypted_chat(tmp_path: Path) -> None:
    media = {"type": "media", "media": [{"uri": "./media/0a.jpeg"}, {"uri": "./media/noending"}]}
    messages = [
        whisper("zuletzt", MAY + 9, reactions=[{"actor": ANA, "reaction": "❤"}]),
        whisper("", MAY + 5) | media,
        whisper("oops", MAY + 7, isUnsent=True),
        whisper("https://example.org/a", MAY + 6, type="link"),
        whisper("cannot be shown", MAY + 8, type="placeholder"),
    ]
    found = read(tmp_path, {"messages/José Niño_1.json": chat(*messages), "messages/media/0a.jpeg": b"x"})
    assert [message.kind for message in found.messages] == ["media", "share", "deleted", "waiting", "text"]
    assert [file.state for file in found.messages[0].attachments] == ["present", "missing"]
    assert found.messages[-1].reactions[0].by is not None
    assert found.said("unknown-key") == []


def test_an_empty_encrypted_chat_is_a_conversation_without_messages(tmp_path: Path) -> None:
    found = read(tmp_path, {"messages/José Niño_1.json": chat()})
    assert (len(found.conversations), found.messages, found.problems) == (1, [], [])


def test_chats_that_end_where_they_became_encrypted_are_said_to_go_on_elsewhere(tmp_path: Path) -> None:
    found = read(tmp_path, {CUT: thread(say("x"), people=(BEN, ANA))})
    assert [problem.what for problem in found.problems] == ["encrypted-chats-missing"]


# -- hostile files ---------------------------------------------------------------------------------------------

WRONG: list[Any] = [
    None,
    True,
    7,
    -1.5,
    "x",
    "",
    [],
    [1],
    [[]],
    ["x"],
    {},
    {"x": 1},
    [{}],
    [{"uri": 3, "name": [], "reaction": {}}],
]
FIELDS = [
    "sender_name", "timestamp_ms", "timestamp", "content", "type", "users", "photos", "videos", "audio_files", "files",
    "gifs", "sticker", "share", "call_duration", "missed", "reactions", "is_unsent", "is_taken_down", "ip",
    "bumped_message_metadata", "is_geoblocked_for_viewer", "media", "unheard_of",
]  # fmt: skip
HEAD = [
    "participants",
    "messages",
    "title",
    "thread_type",
    "thread_path",
    "magic_words",
    "image",
    "joinable_mode",
    "is_pending",
]


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_of_any_wrong_type_makes_a_message_all_the_same(field: str, tmp_path: Path) -> None:
    records = [say("text", share={"link": "x"}, photos=[{"uri": "a.jpg"}]) | {field: wrong} for wrong in WRONG]
    bare = [{field: wrong} for wrong in WRONG]
    found = read(tmp_path, {ONE: thread(*records, *bare)})
    assert len(found.messages) == 2 * len(WRONG)


@pytest.mark.parametrize("field", HEAD)
@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_a_thread_with_any_wrong_field_is_read_or_a_problem(field: str, wrong: Any, tmp_path: Path) -> None:
    found = read(tmp_path, {ONE: thread(say("hi")) | {field: wrong}})
    assert found.messages or found.problems or wrong == []


@pytest.mark.parametrize("record", [None, 3, "x", [], [[1]], True])
def test_what_is_no_message_is_counted_and_the_rest_is_read(record: Any, tmp_path: Path) -> None:
    found = read(tmp_path, {ONE: thread(say("b", at=MAY + 1), record, say("a"))})
    assert texts(found) == ["a", "b"]
    assert found.said("skipped-records") == ["3 messages held: 2 read, 0 typed, 1 skipped (no object 1)."]


@pytest.mark.parametrize(
    "raw", [b"[object Object]", b"", b"\xef\xbb\xbf", b"[" * 100_000, b'{"messages": [NaN', b"[]", b"7", b"null"]
)
def test_a_hostile_file_costs_its_thread_and_nothing_else(raw: bytes, tmp_path: Path) -> None:
    other = f"{NEW}messages/inbox/ben_999/message_1.json"
    found = read(tmp_path, {ONE: raw, other: thread(say("fine"))})
    assert texts(found) == ["fine"]
    assert found.problems


def test_a_file_that_is_cut_off_gives_what_is_whole_in_it(tmp_path: Path) -> None:
    whole = json.dumps(thread(*(say(f"{i}", at=MAY - i) for i in range(9)))).encode()
    found = read(tmp_path, {ONE: whole[: whole.index(b'"content": "6"')]})
    assert texts(found) == ["5", "4", "3", "2", "1", "0"]
    assert next(iter(found.conversations.values())).kind == "group"
    assert [problem.what for problem in found.problems] == ["damaged-json"]
    raw = (tmp_path / "export" / ONE).read_bytes()
    start, end = found.messages[-1].origin[3:]
    assert json.loads(raw[start:end])["content"] == "0"


def test_a_byte_order_mark_shifts_no_byte(tmp_path: Path) -> None:
    found = read(tmp_path, {ONE: b"\xef\xbb\xbf" + json.dumps(thread(say("x"))).encode()})
    raw = (tmp_path / "export" / ONE).read_bytes()
    assert json.loads(raw[found.messages[0].origin.start : found.messages[0].origin.end])["content"] == "x"


def test_numbers_that_are_none_cost_the_time_only(tmp_path: Path) -> None:
    raw = json.dumps(thread(say("x"))).replace(str(MAY), "NaN").encode()
    (message,) = read(tmp_path, {ONE: raw}).messages
    assert (message.text, message.when.at) == ("x", None)


@pytest.mark.parametrize("at", ["1714557600000", 1714557600000.0, "--5", "٣", "1e9", "", 1e300, True, []])
def test_a_time_of_another_type_is_read_where_it_is_a_number(at: Any, tmp_path: Path) -> None:
    message = one(tmp_path, say("x") | {"timestamp_ms": at})
    assert (message.when.at == datetime(2024, 5, 1, 10, tzinfo=UTC)) is (str(at)[:6] == "171455")


def test_a_uri_that_points_out_of_the_dump_finds_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    message = one(tmp_path, say(photos=[{"uri": "../secret.jpg"}, {"uri": str(tmp_path / "secret.jpg")}]))
    assert [(file.name, file.state, file.member) for file in message.attachments] == [
        ("secret.jpg", "missing", None)
    ] * 2


def test_a_million_hostile_names_and_keys_stay_within_bounds(tmp_path: Path) -> None:
    records = [say("x", f"{i}", MAY, **{f"key{i}": i}) for i in range(3000)]
    found = read(tmp_path, {ONE: thread(*records)})
    assert len(found.messages) == 3000
    assert len(found.said("unknown-key")) == 501


def test_long_hostile_texts_are_no_trouble(tmp_path: Path) -> None:
    tails = [
        "a" * 200_000 + " (edited)",
        "Reacted " + "x" * 400 + " to your message ",
        f"{BEN} set the nickname for " + "to " * 150,
    ]
    records = [say(tail, at=MAY + i) for i in range(100) for tail in tails]
    assert len(read(tmp_path, {ONE: thread(*records)}).messages) <= 300


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([BEN, "You left the group."]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*FIELDS, *HEAD, "uri", "name", "link"]), inner, max_size=5)
    ),
    max_leaves=25,
)


@given(
    st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON), max_size=5), st.dictionaries(st.sampled_from(HEAD), JSON)
)
def test_whatever_a_thread_holds_the_sums_add_up(
    tmp_path_factory: pytest.TempPathFactory, records: list[Any], head: dict[str, Any]
) -> None:
    raw = json.dumps(head | {"messages": [*records, None]}).encode()
    messages, ledger = accounted(tmp_path_factory.mktemp("any"), {ONE: raw})
    count = ledger.counts["thread"]
    assert count.balanced
    assert (count.held, count.skipped.total()) == (len(records) + 1, 1)
    assert len(records) - count.typed <= len(messages) <= len(records)


def test_what_was_folded_is_in_the_sums(tmp_path: Path) -> None:
    records = [
        say("We meet at ten (edited)", at=MAY + 9),
        say("Reacted 😂 to your message ", CLEO, MAY + 8),
        say(f"{BEN} left the group.", at=MAY + 7),
        say("We meet at nine", reactions=[{"reaction": "😂", "actor": CLEO}]),
    ]
    messages, ledger = accounted(tmp_path, {ONE: thread(*records) | {"messages": [*records, 3]}})
    assert ledger.counts["thread"].sums() == "5 messages held: 1 read, 3 typed, 1 skipped (no object 1)"
    assert len(messages) == 2


def accounted(folder: Path, files: Mapping[str, Any]) -> tuple[list[Message], Ledger]:
    """The messages of the only thread in these files, and the accounts."""
    ledger = Ledger()
    with Dump.open([lay(folder / "dump", files)]) as dump:
        room = Room(dump, Tree(dump, dump.entries), owner_called(ANA, "said"), Hints(), ledger)
        (ref,) = room.tree.threads()
        items = list(singly(read_thread(room, ref)))
    return [item for item in items if isinstance(item, Message)], ledger


def test_thousands_of_reactions_told_twice_are_folded_in_one_go(tmp_path: Path) -> None:
    records = []
    for i in range(4000):
        records.append(say(f"{i}", at=MAY + 2 * i, reactions=[{"reaction": "❤", "actor": CLEO}]))
        records.append(say("Liked a message", CLEO, at=MAY + 2 * i + 1))
    assert texts(read(tmp_path, {ONE: thread(*records[::-1])})) == [f"{i}" for i in range(4000)]


def test_reading_is_lazy_and_says_what_it_guessed(tmp_path: Path) -> None:
    with Dump.open([lay(tmp_path / "x", {ONE: thread(say("x"), people=(BEN, ANA), title=BEN)})]) as dump:
        items = facebook.read(dump, Hints())
        assert isinstance(next(iter(singly(items))), Guess)


def test_a_kind_of_file_is_told_by_its_key_and_its_name() -> None:
    assert media_type("sticker", "1.webp") == "image/webp"
    assert media_type("files", "plan.unheardof") is None
    assert media_type("media", "0a.ogg") == "audio/ogg"


@pytest.mark.parametrize("zone", ["Europe/Madrid", "America/Bogota", "Asia/Kathmandu", "Australia/Lord_Howe"])
def test_the_wall_clock_is_right_on_the_days_it_changes(zone: str) -> None:
    clock, start = Clock(zone), 1_700_000_000_000
    for ms in range(start, start + 366 * 86_400_000, 4_000_000):
        at = clock.when(ms).at
        assert at is not None
        assert at.isoformat() == datetime.fromtimestamp(ms // 1000, ZoneInfo(zone)).isoformat()
