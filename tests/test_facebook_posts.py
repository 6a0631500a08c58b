"""Posts, comments, albums, events, reactions and edits of every vintage, and what is left alone."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.contracts import Hints
from archiver.dump import Dump
from archiver.importers.facebook.accounting import Ledger
from archiver.importers.facebook.left import LEFT, reason
from archiver.importers.facebook.people import owner_called
from archiver.importers.facebook.section_table import EDITS, REACTIONS, SECTIONS
from archiver.importers.facebook.sections import read_sections
from archiver.importers.facebook.tree import Tree
from archiver.model import Message
from tests.facebook_export import (
    ANA,
    BEN,
    DAY,
    MAY,
    WALL,
    comment,
    hung,
    label,
    labelled,
    lay,
    photo,
    post,
    read,
)

POSTS = "your_facebook_activity/posts/your_posts__check_ins__photos_and_videos_1.json"
WALLS = "posts/other_people's_posts_to_your_timeline.json"
COMMENTS = "your_facebook_activity/comments_and_reactions/comments.json"
LIKES = "your_facebook_activity/comments_and_reactions/likes_and_reactions_1.json"
ALBUM = "your_facebook_activity/posts/album/0.json"
EDITED = "your_facebook_activity/posts/edits_you_made_to_posts.json"
JPEG = b"\xff\xd8\xff\xe0 not really"


def the_post(tmp_path: Path, record: dict[str, Any], more: dict[str, Any] | None = None) -> Message:
    told = read(tmp_path, {POSTS: [record], **(more or {})})
    (message,) = told.messages
    assert told.unknown() == []
    return message


# -- own posts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("posts/your_posts.json", lambda many: {"status_updates": many}),
        ("posts/your_posts.json", lambda many: {"status_updates": {"activity_log_data": many}}),
        ("posts/your_posts_1.json", lambda many: many),
        (POSTS, lambda many: many),
        ("this_profile's_activity_across_facebook/posts/profile_posts_1.json", lambda many: many),
        ("this_profile_s_activity_across_facebook/posts/profile_posts_1.json", lambda many: many),
        ("apps_and_websites/posts_from_apps_and_websites.json", lambda many: {"app_posts": many}),
        ("apps_and_websites_off_of_facebook/posts_from_apps_and_websites.json", lambda many: {"app_posts_v2": many}),
        ("your_facebook_activity/reels/your_reels.json", lambda many: {"lasso_videos_v2": many}),
    ],
)  # fmt: skip
def test_own_posts_of_every_vintage_are_on_the_own_wall(tmp_path: Path, path: str, shape: Any) -> None:
    told = read(tmp_path, {path: shape([post("Die Äpfel sind reif 🍎"), post("Older", MAY - DAY)])})
    assert [message.text for message in told.messages] == ["Older", "Die Äpfel sind reif 🍎"]
    assert {(message.conversation, message.kind, message.sender) for message in told.messages} == {
        (WALL, "post", ANA.handle)
    }
    wall = told.conversations[WALL]
    assert (wall.title, wall.kind, wall.members) == ("Ana Ruiz", "feed", (ANA.handle,))


def test_a_post_knows_its_bytes(tmp_path: Path) -> None:
    told = read(tmp_path, {POSTS: [post("one"), post("two", MAY + 1)]})
    raw = (tmp_path / "export" / POSTS).read_bytes()
    origins = [message.origin for message in told.messages]
    assert [json.loads(raw[o.start : o.end])["data"][0]["post"] for o in origins] == ["one", "two"]
    assert origins[0].dump is origins[1].dump


def test_a_post_to_somebody_is_on_their_wall(tmp_path: Path) -> None:
    told = read(tmp_path, {POSTS: [post("Happy birthday", title="Ana Ruiz wrote on Ben Cole's timeline.")]})
    assert told.the("Happy birthday").conversation == "facebook:wall:ben cole"
    assert told.the("Happy birthday").sender == ANA.handle


def test_a_post_to_somebody_is_one_message_in_both_peoples_exports(tmp_path: Path) -> None:
    mine = read(tmp_path / "1", {POSTS: [post("Hi Ben", title="Ana Ruiz wrote on Ben Cole's timeline.")]})
    theirs = read(
        tmp_path / "2",
        {WALLS: {"wall_posts_sent_to_you_v2": [post("Hi Ben", title="Ana Ruiz wrote on your timeline.")]}},
        BEN,
    )
    one, other = mine.the("Hi Ben"), theirs.the("Hi Ben")
    assert (one.conversation, one.key, one.sender) == (other.conversation, other.key, other.sender)


def test_a_post_on_the_wall_of_an_account_that_is_gone_stays_on_the_own(tmp_path: Path) -> None:
    told = read(tmp_path, {POSTS: [post("Hi", title="Ana Ruiz wrote on Facebook user's timeline.")]})
    assert told.the("Hi").conversation == WALL


@pytest.mark.parametrize("tags", [[{"name": "Ben Cole"}], ["Ben Cole"]])
def test_people_who_are_tagged_are_kept(tmp_path: Path, tags: list[Any]) -> None:
    assert the_post(tmp_path, post("With Ben", tags=tags)).extra == {"with": ["Ben Cole"]}


def test_mentions_are_read_as_names(tmp_path: Path) -> None:
    message = the_post(tmp_path, post("Thanks @[100001:2048:Ben Cole]!"))
    assert message.text == "Thanks Ben Cole!"
    assert message.extra == {"mentions": [{"name": "Ben Cole", "id": "100001"}]}


def test_an_update_time_is_no_edit_and_a_backdated_post_says_so(tmp_path: Path) -> None:
    data = [{"post": "x"}, {"update_timestamp": MAY}, {"update_timestamp": MAY + 60}, {"backdated_timestamp": -DAY}, {}]
    message = the_post(tmp_path, {"timestamp": MAY, "data": data, "attachments": []})
    assert not message.edited
    assert message.extra == {"updated": "2020-05-04T10:01:00Z", "backdated": "1969-12-31T00:00:00Z"}


def test_a_post_with_no_more_than_a_title_is_kept_for_it(tmp_path: Path) -> None:
    message = the_post(tmp_path, {"timestamp": MAY, "title": "Ana Ruiz updated her status.", "data": []})
    assert (message.text, message.extra) == ("", {"title": "Ana Ruiz updated her status."})


def test_a_post_with_nothing_in_it_is_counted(tmp_path: Path) -> None:
    told = read(tmp_path, {POSTS: [{"timestamp": MAY, "data": []}, 7, None, "words"]})
    assert told.messages == []
    assert told.ledger.counts["posts"].skipped == {"nothing in it": 1, "no record": 3}
    assert len(told.said("skipped-records")) == 1


def test_a_key_nobody_knows_is_told_by_name_and_shape(tmp_path: Path) -> None:
    record = post("x", flavour={"secret": 1}, attachments=[{"data": [{"smell": "secret"}], "hue": 7}])
    notes = read(tmp_path, {POSTS: [record]}).unknown()
    assert [note.split("“")[1].split("”")[0] for note in notes] == ["attachments.hue", "attachments.smell", "flavour"]
    assert not any("secret" in note for note in notes)


# -- what hangs on a post -------------------------------------------------------------------------------------------


def test_photos_are_attachments_present_or_missing(tmp_path: Path) -> None:
    uris = ["posts/media/Garden_1/a.jpg", "your_facebook_activity/posts/media/your_posts/b.mp4", "../../secret.txt",
            "https://scontent.example/v/c.jpg?oh=1"]  # fmt: skip
    record = post("Look", attachments=hung(*[{"media": photo(uri)} for uri in (*uris, uris[0])]))
    message = the_post(
        tmp_path,
        record,
        {
            "your_facebook_activity/posts/media/Garden_1/A.jpg": JPEG,
            "your_facebook_activity/posts/media/your_posts/b.mp4": b"x",
            "secret.txt": b"no",
        },
    )
    assert [(file.name, file.media_type, file.state) for file in message.attachments] == [
        ("a.jpg", "image/jpeg", "present"),
        ("b.mp4", "video/mp4", "present"),
        ("secret.txt", "text/plain", "missing"),
        ("c.jpg", "image/jpeg", "missing"),
    ]
    assert message.attachments[0].member == "export/your_facebook_activity/posts/media/Garden_1/A.jpg"


def test_the_address_of_the_uploader_is_nowhere(tmp_path: Path) -> None:
    old = photo("a.jpg", photo_metadata={"upload_ip": "192.0.2.7"})
    exif = [{"upload_ip": "192.0.2.7", "taken_timestamp": MAY, "latitude": 41.5, "camera_make": "Brand"}]
    new = photo("b.jpg", media_metadata={"photo_metadata": {"exif_data": exif}})
    message = the_post(tmp_path, post("x", attachments=hung({"media": old}, {"media": new})))
    assert "192.0.2.7" not in repr(message)
    assert "41.5" not in repr(message)
    assert message.extra == {"files": [{"name": "b.jpg", "taken": "2020-05-04T10:00:00Z"}]}


def test_the_year_0_is_no_time_a_photo_was_taken(tmp_path: Path) -> None:
    exif = {"photo_metadata": {"exif_data": [{"taken_timestamp": -62_169_958_800}]}}
    message = the_post(tmp_path, post("x", attachments=hung({"media": photo("b.jpg", media_metadata=exif)})))
    assert message.extra is None


@pytest.mark.parametrize(
    ("own", "captions", "text", "kept"),
    [
        ("Words", ["Words", "Words"], "Words", None),
        (None, ["Same", "Same"], "Same", None),
        (None, ["One", "Two"], "", ["One", "Two"]),
        ("Words", ["One"], "Words", ["One"]),
        (None, [], "", None),
    ],
)
def test_a_caption_is_the_text_of_a_post_without_words(
    tmp_path: Path, own: str | None, captions: list[str], text: str, kept: list[str] | None
) -> None:
    files = [{"media": photo(f"{n}.jpg", description=caption)} for n, caption in enumerate(captions)]
    message = the_post(tmp_path, post(own, title="Ana Ruiz added photos.", attachments=hung(*files)))
    assert message.text == text
    told = (message.extra or {}).get("files")
    assert (told and [one["description"] for one in told]) == kept  # type: ignore[attr-defined]  # a list


def test_a_link_is_kept_with_its_name(tmp_path: Path) -> None:
    context = {"url": "https://seeds.example/7", "name": "Seed swap", "source": "seeds.example"}
    message = the_post(tmp_path, post(None, attachments=hung({"external_context": context})))
    assert message.subject == "Seed swap"
    assert message.extra == {"link": context["url"], "links": [context]}
    bare = the_post(tmp_path / "2", post("x", attachments=hung({"external_context": {"url": "https://a.example"}})))
    assert bare.extra == {"link": "https://a.example"}
    empty = the_post(tmp_path / "3", post("x", attachments=hung({"external_context": {"url": ""}})))
    assert empty.extra is None


def test_a_place_that_is_listed_twice_is_one(tmp_path: Path) -> None:
    coordinate = {"latitude": 41.5, "longitude": -8.25}
    first = {"name": "The mill", "coordinate": coordinate, "address": "Mill Lane"}
    places: list[dict[str, Any]] = [{"place": first}, {"place": {"name": "The mill", "url": "https://mill.example"}}]
    message = the_post(tmp_path, post(None, attachments=hung(*places)))
    assert message.kind == "location"
    written = {key: str(degrees) for key, degrees in coordinate.items()}
    told = {"name": "The mill", "address": "Mill Lane", **written, "url": "https://mill.example"}
    assert message.extra == {"places": [told]}
    assert the_post(tmp_path / "2", post("Here", attachments=hung(*places))).kind == "post"


def test_a_poll_is_a_poll(tmp_path: Path) -> None:
    poll = {"question": "When?", "options": [{"option": "Mon", "voted": True}, {"option": "Tue", "voted": False}]}
    message = the_post(tmp_path, post(None, attachments=hung({"poll": poll})))
    assert (message.kind, message.text) == ("poll", "When?")
    assert message.extra == {"poll": poll}


def test_life_events_notes_sales_events_and_more_are_data(tmp_path: Path) -> None:
    event = {"name": "Swap", "start_timestamp": MAY, "end_timestamp": 0}
    life = {"title": "Moved", "start_date": {"year": 2015, "month": 5, "day": 0}, "place": {"name": "Porto"}}
    sale = {"title": "Spade", "price": "5 €", "description": "Hardly used", "location": {"coordinate": {"latitude": 1}}}
    note = {"title": "On soil", "text": "Soil is all.", "cover_photo": photo("soil.jpg")}
    assert the_post(tmp_path / "1", post("x", attachments=hung({"event": event}))).extra == {
        "events": [{"name": "Swap", "start": "2020-05-04T10:00:00Z"}]
    }
    moved = the_post(tmp_path / "2", post(None, attachments=hung({"life_event": life})))
    assert moved.subject == "Moved"
    assert moved.extra == {"life_event": {"title": "Moved", "start": "2015-05", "place": {"name": "Porto"}}}
    sold = the_post(tmp_path / "3", post(None, attachments=hung({"for_sale_item": sale})))
    assert (sold.subject, sold.text) == ("Spade", "Hardly used")
    assert sold.extra == {"for_sale": {"title": "Spade", "price": "5 €", "description": "Hardly used"}}
    noted = the_post(tmp_path / "4", post(None, attachments=hung({"note": note})))
    assert (noted.subject, noted.text, noted.attachments[0].name) == ("On soil", "Soil is all.", "soil.jpg")
    said = the_post(tmp_path / "5", post(None, attachments=hung({"text": "More words"}, {"name": "Seed Swap"})))
    assert (said.text, said.extra) == ("More words", {"names": ["Seed Swap"]})


def test_comments_under_a_photo_of_2018_are_by_whoever_wrote_them(tmp_path: Path) -> None:
    under = [
        {"timestamp": MAY + 60, "comment": "Lovely", "author": "Ben Cole"},
        {"timestamp": MAY + 120, "comment": "Thanks", "author": "Ana Ruiz"},
        {"timestamp": MAY + 180, "comment": "", "author": "Ben Cole"},
        {"timestamp": MAY + 240, "comment": "Nobody", "author": ""},
    ]
    told = read(tmp_path, {POSTS: [post("Roses", attachments=hung({"media": photo("r.jpg", comments=under)}))]})
    assert [(message.text, message.sender) for message in told.messages] == [
        ("Roses", ANA.handle), ("Lovely", BEN.handle), ("Thanks", ANA.handle), ("Nobody", None),
    ]  # fmt: skip
    assert {message.reply_to for message in told.messages[1:]} == {told.the("Roses").key}
    assert told.ledger.counts["posts"].held == 5


def test_files_without_a_name_and_words_that_are_none_are_passed_over(tmp_path: Path) -> None:
    things: list[dict[str, Any]] = [
        {"media": {"creation_timestamp": MAY}}, {"text": " "}, {"text": "Ask @[1:2048:Ben Cole]"}, {"name": ""},
        {"poll": {"options": []}}, {"event": {}}, {"place": {}},
        {"media": photo("a.jpg", description="By @[2:2048:Dora Field]")},
    ]  # fmt: skip
    message = the_post(tmp_path, post(None, attachments=hung(*things)))
    assert (message.text, message.kind) == ("Ask Ben Cole", "poll")
    assert message.extra == {
        "poll": {"options": []},
        "mentions": [{"name": "Ben Cole", "id": "1"}, {"name": "Dora Field", "id": "2"}],
        "files": [{"name": "a.jpg", "description": "By Dora Field"}],
    }


# -- posts of others ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "who"),
    [
        ("Ben Cole wrote on your timeline.", "Ben Cole"),
        ("Ben Cole wrote on Ana Ruiz's timeline.", "Ben Cole"),
        ("Ben Cole hat etwas in deiner Chronik gepostet.", "Ben Cole"),
        ("Dora van der Field skribis al vi.", "Dora van der Field"),
    ],
)
def test_who_wrote_on_the_wall_only_the_title_says(tmp_path: Path, title: str, who: str) -> None:
    friends = {"friends/friends.json": {"friends": [{"name": "Dora van der Field", "timestamp": MAY}]}}
    told = read(
        tmp_path, {WALLS: {"wall_posts_sent_to_you": {"activity_log_data": [post("Hi", title=title)]}}, **friends}
    )
    message = told.the("Hi")
    assert message.conversation == WALL
    assert message.sender is not None
    assert message.sender.name == who


def test_a_writer_nobody_can_tell_is_left_open(tmp_path: Path) -> None:
    told = read(tmp_path, {WALLS: {"wall_posts_sent_to_you": [post("Hi", title="Iu skribis al vi.")]}})
    assert told.the("Hi").sender is None
    assert told.the("Hi").extra == {"title": "Iu skribis al vi."}


def test_a_post_of_somebody_else_among_the_own_ones_is_theirs(tmp_path: Path) -> None:
    told = read(tmp_path, {POSTS: [post("Hi Ana", title="Ben Cole wrote on Ana Ruiz's timeline.")]})
    assert (told.the("Hi Ana").conversation, told.the("Hi Ana").sender) == (WALL, BEN.handle)


def test_who_may_see_a_post_is_kept(tmp_path: Path) -> None:
    record = {"timestamp": MAY, "data": [{"post": "Hush", "privacy": "Friends"}]}
    assert the_post(tmp_path, record).extra == {"audience": "Friends"}


def test_a_post_of_label_values_may_have_photos_a_link_and_mentions(tmp_path: Path) -> None:
    path = "your_facebook_activity/posts/posts_on_other_pages_and_profiles.json"
    url = "https://seeds.example/7"
    record = labelled(
        label("Message", "Thanks @[1:2048:Ben Cole]"), label("URL", href=url), label("Media", media=[photo("a.jpg")])
    )
    told = read(tmp_path, {path: [record, labelled(label("Last modified", timestamp_value=MAY))]})
    message = told.the("Thanks Ben Cole")
    assert (message.conversation, message.attachments[0].name) == (WALL, "a.jpg")
    assert message.extra == {"link": url, "mentions": [{"name": "Ben Cole", "id": "1"}]}
    assert told.ledger.counts["posts"].skipped == {"nothing in it": 1}


# -- comments elsewhere ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "wrapper"),
    [
        ("comments/comments.json", "comments"),
        (COMMENTS, "comments_v2"),
        ("comments_and_reactions/comments_2.json", "comments"),
    ],
)
def test_comments_of_every_vintage_are_on_the_own_wall(tmp_path: Path, path: str, wrapper: str) -> None:
    told = read(tmp_path, {path: {wrapper: [comment("Schön", title="Ana Ruiz commented on Ben Cole's post.")]}})
    message = told.the("Schön")
    assert (message.kind, message.conversation, message.sender) == ("comment", WALL, ANA.handle)
    assert message.extra == {"title": "Ana Ruiz commented on Ben Cole's post.", "on": "Ben Cole"}


def test_a_comment_is_put_under_what_a_friend_wrote_on_the_wall(tmp_path: Path) -> None:
    told = read(
        tmp_path,
        {
            WALLS: {"wall_posts_sent_to_you": [post("Hi Ana", title="Ben Cole wrote on your timeline.")]},
            COMMENTS: {"comments_v2": [comment("Hi Ben", MAY + 60, "Ana Ruiz commented on Ben Cole's post.")]},
        },
    )
    assert told.the("Hi Ben").reply_to == told.the("Hi Ana").key


def test_mentions_in_comments_are_read_as_names_too(tmp_path: Path) -> None:
    under = [{"timestamp": MAY + 9, "comment": "See @[2:2048:Dora Field]", "author": "Ben Cole"}]
    files = {
        COMMENTS: {"comments_v2": [comment("Ask @[1:2048:Ben Cole]"), {"timestamp": MAY, "data": []}, 7]},
        POSTS: [post("Roses", attachments=hung({"media": photo("r.jpg", comments=under)}))],
    }
    told = read(tmp_path, files)
    assert told.the("Ask Ben Cole").extra == {"mentions": [{"name": "Ben Cole", "id": "1"}]}
    assert told.the("See Dora Field").extra == {"photo": "r.jpg", "mentions": [{"name": "Dora Field", "id": "2"}]}
    assert told.ledger.counts["comments"].skipped == {"nothing in it": 1, "no record": 1}


# -- albums, photos, videos -----------------------------------------------------------------------------------------


def test_the_photos_of_an_album_are_messages_with_its_name(tmp_path: Path) -> None:
    first = photo("posts/media/Spring_1/a.jpg", MAY, description="Crocus")
    second = photo("posts/media/Spring_1/b.jpg", MAY - DAY)
    album = {
        "name": "Frühling", "photos": [first, second], "cover_photo": second, "last_modified_timestamp": MAY,
        "description": "All of spring",
    }  # fmt: skip
    told = read(tmp_path, {ALBUM: album, "your_facebook_activity/posts/media/Spring_1/a.jpg": JPEG})
    assert [(message.kind, message.text) for message in told.messages] == [("media", ""), ("media", "Crocus")]
    assert told.messages[1].extra == {"album": "Frühling", "album_description": "All of spring"}
    assert [message.attachments[0].state for message in told.messages] == ["missing", "present"]
    raw = (tmp_path / "export" / ALBUM).read_bytes()
    origin = told.messages[1].origin
    assert json.loads(raw[origin.start : origin.end])["uri"] == first["uri"]
    assert told.unknown() == []


def test_a_cover_that_is_none_of_the_photos_is_one_more(tmp_path: Path) -> None:
    told = read(
        tmp_path, {"photos_and_videos/album/3.json": {"name": "A", "photos": [], "cover_photo": photo("c.jpg")}}
    )
    assert [message.attachments[0].name for message in told.messages] == ["c.jpg"]


def test_a_photo_that_a_post_has_is_told_with_the_post(tmp_path: Path) -> None:
    uri = "posts/media/Spring_1/a.jpg"
    under = [{"timestamp": MAY + 60, "comment": "Lovely", "author": "Ben Cole"}]
    title = "Ana Ruiz posted in Garden Club."
    told = read(
        tmp_path,
        {
            "groups/group_posts_and_comments.json": {
                "group_posts_v2": [post("Spring", title=title, attachments=hung({"media": photo(uri)}))]
            },
            ALBUM: {"name": "Spring album", "photos": [photo("your_facebook_activity/" + uri, comments=under)]},
        },
    )
    assert [message.text for message in told.messages] == ["Spring", "Lovely"]
    assert told.the("Spring").extra == {"title": title, "album": "Spring album"}
    assert (told.the("Lovely").conversation, told.the("Lovely").reply_to) == (
        "facebook:group:garden club", told.the("Spring").key,
    )  # fmt: skip
    assert told.ledger.counts["albums"].typed == 1


@pytest.mark.parametrize(
    ("path", "wrapper"),
    [
        ("photos_and_videos/your_videos.json", "videos"),
        ("your_facebook_activity/posts/your_videos.json", "videos_v2"),
        ("posts/your_uncategorized_photos.json", "other_photos_v2"),
        ("this_profile's_activity_across_facebook/posts/videos.json", "videos_v2"),
    ],
)
def test_videos_and_single_photos_are_messages(tmp_path: Path, path: str, wrapper: str) -> None:
    told = read(tmp_path, {path: {wrapper: [photo("v/a.mp4", title="Mowing", description="Summer")]}})
    (message,) = told.messages
    assert (message.kind, message.text) == ("media", "Summer")
    assert message.extra == {"files": [{"name": "a.mp4", "title": "Mowing"}]}


# -- events, polls, notes, pages ------------------------------------------------------------------------------------


def test_an_own_event_has_its_name_and_what_was_written(tmp_path: Path) -> None:
    event = {
        "name": "Seed swap", "start_timestamp": MAY + DAY, "end_timestamp": 0, "place": {"name": "The mill"},
        "description": "Bring seeds", "create_timestamp": MAY,
    }  # fmt: skip
    told = read(tmp_path, {"events/your_events.json": {"your_events_v2": [event]}})
    (message,) = told.messages
    assert (message.kind, message.text, message.conversation) == ("event.created", "Seed swap\n\nBring seeds", WALL)
    assert (message.when.written, message.when.assumed) == (str(MAY), ())
    assert message.extra == {
        "event": {
            "name": "Seed swap", "description": "Bring seeds", "start": "2020-05-05T10:00:00Z",
            "place": {"name": "The mill"},
        }
    }  # fmt: skip


@pytest.mark.parametrize("wrapper", ["events_invited", "events_invited_v2"])
def test_an_invitation_has_the_time_of_the_event_and_says_it_is_assumed(tmp_path: Path, wrapper: str) -> None:
    told = read(
        tmp_path,
        {"events/event_invitations.json": {wrapper: [{"name": "Swap", "start_timestamp": MAY, "end_timestamp": 0}]}},
    )
    (message,) = told.messages
    assert (message.kind, message.text, message.when.assumed) == ("event.invited", "Swap", ("time",))


@pytest.mark.parametrize("wrapper", ["event_responses", "event_responses_v2"])
def test_answers_to_invitations_are_told_apart_by_their_list(tmp_path: Path, wrapper: str) -> None:
    def event(name: str) -> dict[str, Any]:
        return {"name": name, "start_timestamp": MAY, "end_timestamp": 0}

    lists = {
        "events_joined": [event("A") | {"response_time": MAY - DAY}],
        "events_declined": [event("B")],
        "events_interested": [event("C"), {"name": ""}],
    }
    told = read(tmp_path, {"events/your_event_responses.json": {wrapper: lists}})
    assert {message.text: message.kind for message in told.messages} == {
        "A": "event.going", "B": "event.declined", "C": "event.interested",
    }  # fmt: skip
    assert told.the("A").when.assumed == ()
    assert told.ledger.counts["event responses"].skipped == {"no event is named": 1}


def test_an_event_of_label_values_is_read_too(tmp_path: Path) -> None:
    record = labelled(label("Name", "Seed swap"), label("Place", "The mill"))
    told = read(tmp_path, {"events/events_you_hosted.json": record})
    assert told.the("Seed swap").extra == {"event": {"name": "Seed swap", "place": {"name": "The mill"}}}


def test_a_vote_is_an_event_on_the_wall(tmp_path: Path) -> None:
    poll = {"options": [{"option": "Mon", "voted": True}]}
    title = "Ana Ruiz voted on Ben Cole's poll."
    vote = {"timestamp": MAY, "title": title, "attachments": hung({"poll": poll})}
    told = read(
        tmp_path,
        {
            "other_activity/polls_you_voted_on.json": {"poll_votes": [vote]},
            "your_facebook_activity/polls/your_poll_votes.json": labelled(
                label("Question", "When?"), label("Option", "Tue")
            ),
        },
    )
    assert (told.the(title).kind, told.the(title).extra) == ("event.poll", {"poll": poll})
    assert told.the("When?").extra == {"poll": {"options": [{"option": "Tue", "voted": True}]}}


def test_a_note_is_a_post_with_a_heading(tmp_path: Path) -> None:
    note = {"title": "On soil", "text": "Soil is all.", "created_timestamp": MAY, "updated_timestamp": MAY}
    told = read(tmp_path, {"your_facebook_activity/other_activity/notes.json": {"notes_v2": [note, {"title": ""}]}})
    message = told.the("Soil is all.")
    assert (message.kind, message.subject, message.when.written) == ("post", "On soil", str(MAY))


def test_a_page_the_owner_made_is_a_conversation(tmp_path: Path) -> None:
    record = {"name": "Seed Swap", "timestamp": MAY, "url": "https://www.facebook.com/seedswap"}
    told = read(tmp_path, {"pages/your_pages.json": {"pages_v2": [record]}})
    (message,) = told.messages
    assert (message.kind, message.conversation) == ("event.created", "facebook:page:seed swap")
    assert message.extra == {"link": record["url"]}


# -- reactions given ------------------------------------------------------------------------------------------------


def liked(title: str, at: int = MAY + 60, what: str = "LIKE", actor: str = "Ana Ruiz") -> dict[str, Any]:
    return {"timestamp": at, "title": title, "data": [{"reaction": {"reaction": what, "actor": actor}}]}


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("likes_and_reactions/posts_and_comments.json", lambda many: {"reactions": many}),
        ("comments_and_reactions/posts_and_comments.json", lambda many: {"reactions_v2": many}),
        (LIKES, lambda many: many),
    ],
)
def test_a_reaction_is_put_on_the_only_post_that_fits(tmp_path: Path, path: str, shape: Any) -> None:
    files = {
        WALLS: {"wall_posts_sent_to_you": [post("Hi Ana", title="Ben Cole wrote on your timeline.")]},
        path: shape([liked("Ana Ruiz likes Ben Cole's post.", what="LOVE")]),
    }
    told = read(tmp_path, files)
    (reaction,) = told.the("Hi Ana").reactions
    assert (reaction.by, reaction.value) == (ANA.handle, "❤")
    assert reaction.at is not None
    assert reaction.at.timestamp() == MAY + 60
    assert told.ledger.counts["reactions"].typed == 1


@pytest.mark.parametrize(
    ("title", "at", "why"),
    [
        ("Ana Ruiz likes Dora Field's post.", MAY + 60, "what it is about is not in this export"),
        ("Ana Ruiz ŝatas ion.", MAY + 60, "what it is about is not in this export"),
        ("Ana Ruiz likes Ben Cole's comment.", MAY + 60, "what it is about is not in this export"),
        ("Ana Ruiz likes Ben Cole's post.", MAY + 300 * DAY, "what it is about is not in this export"),
        ("Ana Ruiz likes Ben Cole's post.", MAY + DAY + 60, "more than one thing fits"),
    ],
)
def test_a_reaction_on_what_is_not_there_is_counted(tmp_path: Path, title: str, at: int, why: str) -> None:
    posts = [post(text, when, "Ben Cole wrote on your timeline.") for text, when in (("a", MAY), ("b", MAY + DAY))]
    told = read(tmp_path, {WALLS: {"wall_posts_sent_to_you": posts}, LIKES: [liked(title, at)]})
    assert all(message.reactions == () for message in told.messages)
    assert told.ledger.counts["reactions"].skipped == {why: 1}
    assert len(told.said("skipped-records")) == 1


def test_reactions_of_label_values_repeat_those_of_the_numbered_file(tmp_path: Path) -> None:
    again = labelled(label("Reaction", "Gefällt mir"), label("URL", href="https://www.facebook.com/b/posts/1"),
                     {"title": "Owner", "dict": [label("Name", "Ben Cole")]}, at=MAY + 60)  # fmt: skip
    files = {
        WALLS: {"wall_posts_sent_to_you": [post("Hi Ana", title="Ben Cole wrote on your timeline.")]},
        "your_facebook_activity/comments_and_reactions/likes_and_reactions.json": [again],
        LIKES: [liked("Ana Ruiz likes Ben Cole's post.")],
    }
    told = read(tmp_path, files)
    assert len(told.the("Hi Ana").reactions) == 1
    count = told.ledger.counts["reactions"]
    assert (count.held, count.typed, count.skipped.total()) == (2, 1, 1)


def test_a_reaction_knows_a_post_by_its_id(tmp_path: Path) -> None:
    path = "this_profile's_activity_across_facebook/posts/profile_posts_1.json"
    url = "https://www.facebook.com/seedswap/posts/1234567890"
    files = {
        path: [post("One", fbid="1234567890"), post("Two", MAY + 1, fbid="1234567891")],
        "this_profile's_activity_across_facebook/comments_and_reactions/likes_and_reactions.json": labelled(
            label("Reaction", "LIKE"), label("URL", url, href=url), at=MAY + 900 * DAY
        ),
    }
    told = read(tmp_path, files)
    assert [reaction.value for reaction in told.the("One").reactions] == ["👍"]
    assert told.the("Two").reactions == ()


def test_a_reaction_in_a_group_is_put_on_a_comment_there(tmp_path: Path) -> None:
    files = {
        "groups/your_comments_in_groups.json": {
            "group_comments_v2": [comment("It grows", title="", group="Garden Club")]
        },
        LIKES: [liked("Ana Ruiz likes her own comment."), {"timestamp": MAY, "data": []}, 5],
    }
    told = read(tmp_path, files)
    assert [reaction.value for reaction in told.the("It grows").reactions] == ["👍"]
    assert told.ledger.counts["reactions"].skipped == {"no reaction is named": 1, "no record": 1}


def test_a_reaction_with_the_link_of_one_post_is_on_it_whatever_the_title(tmp_path: Path) -> None:
    link = hung({"external_context": {"url": "https://seeds.example/7"}})
    files = {
        POSTS: [post("One", attachments=link), post("Two")],
        LIKES: [
            liked("Ana Ruiz ŝatas ion.", MAY + 900 * DAY) | {"attachments": link},
            labelled(label("URL", href="https://www.facebook.com/1")),
            labelled(label("Reaction", "LIKE"), label("URL", href="https://www.facebook.com/1?comment_id=2")),
        ],
    }
    told = read(tmp_path, files)
    assert [reaction.value for reaction in told.the("One").reactions] == ["👍"]
    assert told.ledger.counts["reactions"].skipped == {
        "no reaction is named": 1, "what it is about is not in this export": 1,
    }  # fmt: skip


# -- edits ----------------------------------------------------------------------------------------------------------


def test_earlier_wordings_go_to_the_post_that_says_one_of_them(tmp_path: Path) -> None:
    edits = [
        labelled(label("Text", "Seed swap on Monday"), at=MAY, fbid="7"),
        labelled(label("Text", "Seed swap on Tuesday"), at=MAY + 60, fbid="7"),
    ]
    told = read(tmp_path, {POSTS: [post("Seed swap on Tuesday"), post("Else", MAY + 5)], EDITED: edits})
    message = told.the("Seed swap on Tuesday")
    assert message.edited
    assert message.extra == {
        "edits": [
            {"text": "Seed swap on Monday", "at": "2020-05-04T10:00:00Z"},
            {"text": "Seed swap on Tuesday", "at": "2020-05-04T10:01:00Z"},
        ]
    }
    assert not told.the("Else").edited
    assert told.ledger.counts["edits"].typed == 2


def test_edits_that_fit_nothing_or_several_are_counted_and_become_no_message(tmp_path: Path) -> None:
    edits = [
        labelled(label("Text", "Gone"), fbid="1"),
        labelled(label("Text", "ok"), fbid="2"),
        labelled(label("Text", ""), fbid="3"),
    ]
    told = read(tmp_path, {POSTS: [post("ok"), post("ok", MAY + 5)], EDITED: edits})
    assert [message.text for message in told.messages] == ["ok", "ok"]
    assert told.ledger.counts["edits"].skipped == {
        "what it is about is not in this export": 1, "more than one thing fits": 1, "an edit without words": 1,
    }  # fmt: skip


def test_an_edit_of_a_comment_goes_to_the_comment(tmp_path: Path) -> None:
    files = {
        COMMENTS: {"comments_v2": [comment("Lovely!")]},
        POSTS: [post("Lovely!")],
        "your_facebook_activity/comments_and_reactions/your_comment_edits.json": labelled(label("Text", "Lovely!")),
    }
    told = read(tmp_path, files)
    assert {message.kind: message.edited for message in told.messages} == {"comment": True, "post": False}


def test_wordings_that_are_those_of_two_posts_go_to_neither(tmp_path: Path) -> None:
    edits = [labelled(label("Text", text), fbid="7") for text in ("One", "Two")]
    told = read(tmp_path, {POSTS: [post("One"), post("Two", MAY + 5)], EDITED: edits})
    assert not any(message.edited for message in told.messages)
    assert told.ledger.counts["edits"].skipped == {"more than one thing fits": 2}


# -- left alone -----------------------------------------------------------------------------------------------------


def test_private_sections_are_left_alone_with_a_reason_and_never_opened(tmp_path: Path) -> None:
    secret = {"logins": [{"ip_address": "192.0.2.7"}]}
    files = {
        POSTS: [post("Hello")],
        "security_and_login_information/logins_and_logouts.json": secret,
        "ads_information/ads_interests.json": {"topics_v2": []},
        "personal_information/profile_information/profile_information.json": {"profile_v2": {}},
        "your_facebook_activity/posts/archive.json": {"archive_v2": [post("Hidden")]},
        "your_facebook_activity/groups/your_pending_posts_in_groups.json": {"pending_posts_v2": [post("Never")]},
        "your_facebook_activity/messages/inbox/ben_123/message_1.json": {"messages": []},
    }
    told = read(tmp_path, files)
    assert [message.text for message in told.messages] == ["Hello"]
    (note,) = told.said("left-by-design")
    assert note.startswith("5 files were left alone by design: ")
    assert "1 of advertising" in note
    assert told.said("unknown-file") == []
    assert all(problem.origin is None for problem in told.problems)


def test_every_reason_is_said_in_words() -> None:
    assert len(LEFT) > 80
    assert all(name == name.casefold() and "'" not in name for name in LEFT)


def test_no_file_is_both_read_and_left_alone(tmp_path: Path) -> None:
    suffixes = [suffix for section in SECTIONS for suffix in section.suffixes]
    names = [f"{s}0.json" if s.endswith("/") else f"{s}.json" for s in (*suffixes, *REACTIONS, *EDITS)]
    with Dump.open([lay(tmp_path, {name: [] for name in names})]) as dump:
        left = {entry.path.partition("/")[2].removesuffix(".json") for entry in dump.entries if reason(entry)}
    assert left == {"other_activity/notes"}  # in a folder that is left alone otherwise


def test_a_file_nobody_has_described_is_told_by_its_shape(tmp_path: Path) -> None:
    told = read(tmp_path, {"your_facebook_activity/posts/dreams.json": {"dreams_v2": [{"secret": "words"}]}})
    (note,) = told.said("unknown-file")
    assert "object of 1, with the keys “dreams_v2”" in note
    assert "words" not in note


def test_very_many_unknown_files_are_one_note(tmp_path: Path) -> None:
    told = read(tmp_path, {f"posts/dream_of_{'x' * n}.json": [] for n in range(1, 31)})
    assert len(told.said("unknown-file")) == 21


def test_pages_of_posts_without_json_are_said_to_be_unread(tmp_path: Path) -> None:
    files = {"posts/your_posts_1.html": b"<html>", POSTS: [], POSTS.replace(".json", ".html"): b"<html>"}
    told = read(tmp_path, files)
    (problem,) = (one for one in told.problems if one.what == "unread-pages")
    assert problem.note.startswith("1 pages")
    assert problem.loss == "file"


def test_an_instagram_tree_has_none_of_these(tmp_path: Path) -> None:
    with Dump.open([lay(tmp_path, {POSTS: [post("Hello")]})]) as dump:
        tree = Tree(dump, dump.entries, instagram=True)
        assert list(read_sections(dump, tree, ANA, Hints())) == []


def test_without_a_ledger_unknown_keys_are_told_at_the_end(tmp_path: Path) -> None:
    with Dump.open([lay(tmp_path, {POSTS: [post("Hello", flavour=1)]})]) as dump:
        items = list(read_sections(dump, Tree(dump, dump.entries), ANA, Hints()))
    assert [getattr(item, "what", "") for item in items] == ["", "", "unknown-key"]


def test_an_export_of_nobody_is_read_too(tmp_path: Path) -> None:
    told = read(tmp_path, {POSTS: [post("Hello")]}, owner_called("", ""))
    assert told.the("Hello").sender == owner_called("", "").handle


# -- hostile --------------------------------------------------------------------------------------------------------

_FILES = sorted(
    {(s.suffixes[0] + "0.json" if s.suffixes[0].endswith("/") else s.suffixes[0] + ".json") for s in SECTIONS}
    | {POSTS, LIKES, EDITED, "posts/check-ins.json"}
)
_KEYS = [
    "timestamp", "title", "data", "attachments", "media", "post", "comment", "author", "group", "uri", "label_values",
    "label", "value", "place", "coordinate", "latitude", "external_context", "url", "poll", "options", "life_event",
    "start_date", "year", "event", "name", "reaction", "photos", "cover_photo", "comments", "tags", "fbid", "note",
    "start_timestamp", "creation_timestamp", "event_responses_v2", "events_joined", "group_posts_v2", "comments_v2",
    "activity_log_data", "wall_posts_sent_to_you_v2", "groups_joined_v2", "media_metadata", "photo_metadata",
    "exif_data",
]  # fmt: skip
_VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["Ana Ruiz posted in Garden Club.", "@[1:2048:Ben]", "../a.jpg", "Ã©", "", "Ana Ruiz", "é“"])
)
_TREES = st.recursive(
    _VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=6),
    max_leaves=30,
)


@settings(max_examples=300, deadline=None)
@given(path=st.sampled_from(_FILES), value=_TREES)
def test_wrong_types_in_any_place_give_problems_and_no_crash(
    tmp_path_factory: pytest.TempPathFactory, path: str, value: Any
) -> None:
    folder = tmp_path_factory.mktemp("export")
    (folder / "export" / path).parent.mkdir(parents=True)
    (folder / "export" / path).write_bytes(json.dumps(value).encode())
    ledger = Ledger()
    with Dump.open([folder / "export"]) as dump:
        for item in read_sections(dump, Tree(dump, dump.entries), ANA, Hints(zone="Asia/Tokyo"), ledger):
            if isinstance(item, Message):
                json.dumps(item.extra, allow_nan=False)
                assert item.key
    assert all(count.balanced for count in ledger.counts.values())


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\xef\xbb\xbf", b"[object Object]", b"null", b"7", b"[" * 100_000, b'{"a":' * 100_000, b"[{", b"\xff\xfe",
        b'{"group_posts_v2": {"activity_log_data": 5}}', b"[[[]]]", b'[{"timestamp": NaN, "data": [{"post": "x"}]}]',
    ],
)  # fmt: skip
def test_files_that_are_no_export_give_problems(tmp_path: Path, content: bytes) -> None:
    files = {"groups/group_posts_and_comments.json": content, POSTS: content, LIKES: content, EDITED: content}
    read(tmp_path, files)


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    told = read(tmp_path, {POSTS: b"\xef\xbb\xbf" + json.dumps([post("Hello")]).encode()})
    assert told.the("Hello").when.written == str(MAY)
