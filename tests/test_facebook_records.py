"""The shapes of files and of records of label_values, from 2018 to today."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.contracts import Hints
from archiver.dump import Dump
from archiver.importers.facebook.desk import Keys, base_name, iso, levelled_uri, moment, oldest_first, spoken
from archiver.importers.facebook.loading import load
from archiver.importers.facebook.records import Record, fields, meaning, number, private, records
from archiver.model import Origin
from tests.facebook_export import ANA, DAY, MAY, WALL, label, labelled, lay, post, read, written

ELSEWHERE = "posts/posts_on_other_pages_and_profiles.json"
ORIGIN = Origin("facebook", "0" * 64, None, 0, 0)


def records_of(folder: Path, value: Any, *wrappers: str, lists: tuple[str, ...] = ()) -> tuple[list[Record], bytes]:
    with Dump.open([lay(folder / "export", {"posts/a.json": value})]) as dump:
        loaded, _ = load(dump, dump.entries[0], mended=True)
    assert loaded is not None
    return records(loaded, wrappers, lists)[0], loaded.raw


@pytest.mark.parametrize(
    "shape",
    [
        lambda many: many,
        lambda many: {"things": many},
        lambda many: {"things_v2": many},
        lambda many: {"things": {"activity_log_data": many}},
        lambda many: {"things_v2": {"activity_log_data": many}},
    ],
)
def test_a_file_of_any_shape_gives_each_record_with_its_own_bytes(tmp_path: Path, shape: Any) -> None:
    many = [post("Zwiebeln säen", MAY), post('He said "activity_log_data": [1]', MAY + 1), post("Ende", MAY + 2)]
    found, raw = records_of(tmp_path, shape(many), "things_v2", "things")
    assert [record.value for record in found] == many
    assert [json.loads(raw[r.origin.start : r.origin.end])["timestamp"] for r in found] == [MAY, MAY + 1, MAY + 2]


def test_a_single_record_may_be_a_bare_object(tmp_path: Path) -> None:
    found, raw = records_of(tmp_path, labelled(label("Message", "Hello")))
    assert [record.value["fbid"] for record in found] == ["1001"]
    assert (found[0].origin.start, found[0].origin.end) == (0, len(raw))


def test_a_wrapper_may_hold_a_bare_object_too(tmp_path: Path) -> None:
    found, _ = records_of(tmp_path, {"things": post("alone")}, "things")
    assert [record.value for record in found] == [post("alone")]


def test_lists_under_a_wrapper_keep_their_name(tmp_path: Path) -> None:
    value = {"answers": {"yes": [{"name": "a"}], "no": [{"name": "b"}, {"name": "c"}]}}
    found, raw = records_of(tmp_path, value, "answers", lists=("yes", "no"))
    assert [(record.under, record.value["name"]) for record in found] == [("yes", "a"), ("no", "b"), ("no", "c")]
    assert raw[found[2].origin.start : found[2].origin.end] == b'{"name": "c"}'


def test_the_word_of_a_wrapper_that_is_not_there_as_a_key_gives_the_whole_file_as_origin(tmp_path: Path) -> None:
    found, raw = records_of(tmp_path, b'{"th\\u0069ngs": {"activity_log_data": [{"timestamp": 1}]}}', "things")
    assert [(record.origin.start, record.origin.end) for record in found] == [(0, len(raw))]


def test_a_file_of_another_kind_has_no_records(tmp_path: Path) -> None:
    assert records_of(tmp_path, {"other": []}, "things")[0] == []
    assert records_of(tmp_path, b'"words"', "things")[0] == []


def test_a_file_that_is_cut_off_gives_the_records_that_are_whole(tmp_path: Path) -> None:
    raw = written({"group_posts_v2": [post("one", MAY, "Ana Ruiz posted in Garden Club."), post("two"), post("three")]})
    told = read(tmp_path, {"groups/group_posts_and_comments.json": raw[: len(raw) - 40]})
    assert [message.text for message in told.messages] == ["one", "two"]
    assert next(problem.what for problem in told.problems) == "damaged-json"


def test_fields_are_known_by_the_name_of_the_field_else_by_the_label() -> None:
    found = fields(labelled({"label": "Irgendwas", "ent_field_name": "message", "value": "Hello"}))
    assert found.text("text") == "Hello"
    assert fields(labelled(label("Nachricht", "Hallo"))).text("text") == "Hallo"


@pytest.mark.parametrize("name", ["Cảm xúc", "Reaction", "REACTION", "Réaction", "リアクション"])
def test_labels_are_in_the_language_of_the_account(name: str) -> None:
    assert meaning(name) == "reaction"


def test_labels_of_each_form_are_understood() -> None:
    found = fields(
        labelled(
            label("Visit time", timestamp_value=MAY),
            label("URL", "https://www.facebook.com/1", href="https://www.facebook.com/1"),
            label("Text", vec=[{"value": "one"}, {"value": "two"}]),
            {"title": "Author", "dict": [label("Name", "Ben Cole"), {"dict": [label("Address", "here")]}]},
            {"dict": [label("Place name", "The old mill")]},
            label("Media", media=[{"uri": "a.jpg"}]),
            label("Weather", "fine"),
        )
    )
    assert found.times == {"visited": MAY}
    assert found.url() == "https://www.facebook.com/1"
    assert found.text("text") == "one\ntwo"
    assert found.text("author") == "Ben Cole"
    assert found.inner["author"].text("address") == "here"
    assert found.text("place") == "The old mill"
    assert found.media == [{"uri": "a.jpg"}]
    assert found.unknown == {"Weather": "fine"}


@pytest.mark.parametrize(
    ("name", "value"),
    [("IP Address", "x"), ("Phone number", "x"), ("Weather", "192.0.2.7"), ("Weather", "2001:db8::7"), ("Cookie", "x")],
)
def test_addresses_of_machines_and_the_like_are_never_kept(name: str, value: str) -> None:
    assert private(name, value)
    assert fields(labelled(label(name, value))).unknown == {}


def test_a_time_of_day_is_no_address_of_a_machine() -> None:
    assert not private("Weather", "10:30")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "label",
                    "value",
                    "dict",
                    "vec",
                    "href",
                    "media",
                    "title",
                    "timestamp_value",
                    "label_values",
                    "uri",
                    "x",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(_JSON)
def test_wrong_types_in_label_values_never_raise(value: Any) -> None:
    found = fields({"label_values": value, "media": value})
    assert isinstance(found.text("text"), str)


@pytest.mark.parametrize("times", [20, 300])
def test_fields_that_are_nested_without_end_are_followed_only_so_far(times: int) -> None:
    inner: dict[str, Any] = label("Message", "deep")
    for _ in range(times):
        inner = {"dict": [inner]}
    assert fields(labelled(inner)).text("text") == ""


# -- the records of 2023 and later, read whole ------------------------------------------------------------------


def test_a_post_on_another_wall_goes_there(tmp_path: Path) -> None:
    record = labelled(
        label("Message", "Happy birthday, Ben – à toi!"),
        label("Last modified", timestamp_value=MAY),
        label("Target", "Ben Cole"),
        label("Detected dialect", "en_XX"),
        label("Feeling/activity", "feeling glad"),
    )
    told = read(tmp_path, {ELSEWHERE: record})
    message = told.the("Happy birthday, Ben – à toi!")
    assert message.conversation == "facebook:wall:ben cole"
    assert message.sender == ANA.handle
    assert message.extra == {"feeling": "feeling glad"}
    assert told.unknown() == []


def test_a_post_on_a_page_goes_to_the_page_where_the_export_knows_it(tmp_path: Path) -> None:
    files = {
        ELSEWHERE: [labelled(label("Message", "Well done"), label("Target", "Seed Swap"))],
        "pages/pages_you've_liked.json": {"page_likes_v2": [{"name": "Seed Swap", "timestamp": MAY}]},
    }
    told = read(tmp_path, files)
    assert told.the("Well done").conversation == "facebook:page:seed swap"
    assert told.conversations["facebook:page:seed swap"].kind == "page"


def test_a_check_in_is_a_place_on_the_own_wall(tmp_path: Path) -> None:
    place = {
        "title": "Place tags",
        "dict": [label("Coordinates", "(41.5 , -8.25)"), label("Address", "Mill Lane"), label("Name", "The old mill")],
    }
    told = read(tmp_path, {"your_facebook_activity/posts/check-ins.json": labelled(place)})
    (message,) = told.messages
    assert (message.kind, message.conversation) == ("location", WALL)
    assert message.extra == {
        "places": [{"name": "The old mill", "address": "Mill Lane", "latitude": "41.5", "longitude": "-8.25"}]
    }


def test_a_place_one_was_tagged_at_has_the_time_of_the_visit(tmp_path: Path) -> None:
    record = labelled(label("Visit time", timestamp_value=MAY), label("Place name", "The old mill"), at=None)
    told = read(tmp_path, {"posts/places_you_have_been_tagged_in.json": [record]})
    (message,) = told.messages
    assert message.when.at is not None
    assert message.when.at.isoformat() == "2020-05-04T10:00:00+00:00"
    assert message.extra == {"places": [{"name": "The old mill"}]}


def test_a_label_nobody_understands_is_kept_and_told_by_name_only(tmp_path: Path) -> None:
    told = read(tmp_path, {ELSEWHERE: labelled(label("Message", "Hi"), label("Weather", "quite secret"))})
    assert told.the("Hi").extra == {"labels": {"Weather": "quite secret"}}
    (note,) = told.unknown()
    assert "Weather" in note
    assert "secret" not in note


# -- times, keys, order -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written_so", "means"),
    [
        (MAY, MAY),
        (str(MAY), MAY),
        (MAY * 1000, MAY),
        (-86_400, -86_400),
        (0, None),
        (None, None),
        (True, None),
        ("soon", None),
        (10**400, None),
        (float("inf"), None),
        (float("nan"), None),
        (-62_169_958_800_000, None),
        ([], None),
    ],
)
def test_a_time_is_seconds_or_milliseconds_and_may_be_before_1970(written_so: object, means: float | None) -> None:
    assert moment(written_so) == means


def test_the_year_0_stands_for_no_time() -> None:
    assert iso(-62_169_958_800) is None
    assert iso(MAY) == "2020-05-04T10:00:00Z"


def test_times_are_on_the_wall_of_the_zone_that_was_named(tmp_path: Path) -> None:
    told = read(tmp_path, {"posts/your_posts_1.json": [post("one")]}, hints=Hints(zone="Europe/Madrid"))
    when = told.the("one").when
    assert when.at is not None
    assert (when.at.isoformat(), when.zone, when.written) == (
        "2020-05-04T12:00:00+02:00", "Europe/Madrid", str(MAY),
    )  # fmt: skip


def test_a_key_does_not_depend_on_what_else_is_in_the_file() -> None:
    whole, narrow = Keys(), Keys()
    whole.of("post", MAY - DAY, "ana ruiz", "earlier")
    assert whole.of("post", MAY, "ana ruiz", "ok") == narrow.of("post", MAY, "ana ruiz", "ok")
    assert whole.of("post", MAY, "ana ruiz", "ok") == narrow.of("post", MAY, "ana ruiz", "ok")


def test_records_alike_in_one_second_have_different_keys() -> None:
    keys = Keys()
    assert keys.of("post", MAY, "ana ruiz", "ok") != keys.of("post", MAY, "ana ruiz", "ok")


def test_a_file_that_begins_with_the_newest_is_turned_round_in_its_seconds_too() -> None:
    def listed(*times: int | None) -> list[Record]:
        return [Record({"timestamp": at, "n": n}, ORIGIN) for n, at in enumerate(times)]

    def ordered(*times: int | None) -> list[int]:
        return [record.value["n"] for record in oldest_first(listed(*times), lambda r: r.value["timestamp"])]

    assert ordered(3, 2, 2, 1) == [3, 2, 1, 0]
    assert ordered(1, 2, 2, 3) == [0, 1, 2, 3]
    assert ordered(None, 1, None, 2) == [0, 1, 2, 3]
    assert ordered(1, 1, 1) == [0, 1, 2]


@pytest.mark.parametrize(
    ("uri", "level"),
    [
        ("your_facebook_activity/posts/media/A_1.jpg", "posts/media/a_1.jpg"),
        ("this_profile's_activity_across_facebook/posts/a.jpg", "posts/a.jpg"),
        ("posts/media/a_1.jpg", "posts/media/a_1.jpg"),
        ("https://Example.org/A?x", "https://Example.org/A?x"),
    ],
)
def test_a_file_is_the_same_file_under_any_root(uri: str, level: str) -> None:
    assert levelled_uri(uri) == level


def test_a_name_is_the_end_of_a_path_or_address() -> None:
    assert base_name("posts/a.jpg") == "a.jpg"
    assert base_name("https://scontent.example/v/a.jpg?oh=1/2") == "a.jpg"
    assert base_name("..\\..\\a.jpg") == "a.jpg"


def test_a_mention_in_a_text_is_read_as_the_name() -> None:
    text, mentioned = spoken("Thanks, @[100001:2048:Ben Cole] and @[2:2048:Çağla]!")
    assert text == "Thanks, Ben Cole and Çağla!"
    assert mentioned == [{"name": "Ben Cole", "id": "100001"}, {"name": "Çağla", "id": "2"}]


def test_long_rows_of_what_begins_like_a_mention_or_a_number_are_no_trouble() -> None:
    assert spoken("@[1:2:" * 200_000)[1] == []
    assert number("1" * 1_000_000) is None
    assert not private("Weather", "1." * 200_000)
    assert not private("Weather", "a:" * 200_000)
    assert not private("ip" * 200_000)
