"""Many zips and folders, one tree: files are found by the end of their path, media by what records call them."""

import zipfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.contracts import Hints
from archiver.dump import Dump, Entry, Limits
from archiver.dump.gather import Gathering
from archiver.errors import NotUnderstoodError
from archiver.importers import facebook
from archiver.importers.facebook.exports import Export, exports
from archiver.importers.facebook.people import (
    FACEBOOK,
    INSTAGRAM,
    handle_for,
    is_nobody,
    owner_by_presence,
    owner_called,
    owner_in_profile,
)
from archiver.importers.facebook.tree import Tree, levelled, root_of, user_of
from archiver.model import Guess, Problem
from tests.facebook_export import lay, meta, written

ROOTS = [
    "",
    "your_facebook_activity/",
    "your_activity_across_facebook/",
    "this_profile's_activity_across_facebook/",
    "personal_information/profile_information/your_facebook_activity/",
]
NEW = "your_facebook_activity/"
PROFILE = "personal_information/profile_information/profile_information.json"


def pack(path: Path, files: Mapping[str, Any]) -> Path:
    """The files in a zip."""
    with zipfile.ZipFile(path, "w") as packed:
        for name, value in files.items():
            packed.writestr(name, written(value))
    return path


def tree_of(dump: Dump, *, instagram: bool = False) -> Tree:
    return Tree(dump, dump.entries, instagram=instagram)


def thread(*names: str, title: str = "", at: int = 1_700_000_000_000, **more: Any) -> dict[str, Any]:
    """A thread with one message of the first person."""
    messages = [{"sender_name": names[0], "timestamp_ms": at, "content": "Seeds are here"}]
    return {"participants": [{"name": name} for name in names], "messages": messages, "title": title} | more


def profile(name: str, **more: Any) -> dict[str, Any]:
    return {"profile_v2": {"name": {"full_name": name}} | more}


def paths(entries: list[Entry]) -> list[str]:
    return [entry.path for entry in entries]


# -- sections ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("root", ROOTS)
def test_a_file_is_found_under_every_root(root: str, tmp_path: Path) -> None:
    name = f"{root}groups/group_posts_and_comments.json"
    with Dump.open([lay(tmp_path / "dump", {name: {}, f"{root}groups/other.json": {}})]) as dump:
        assert paths(tree_of(dump).section("groups/group_posts_and_comments")) == [f"dump/{name}"]


@pytest.mark.parametrize("name", ["pages_you've_liked", "pages_you_ve_liked", "Pages_You’ve_Liked"])
def test_an_apostrophe_and_an_underscore_are_one(name: str, tmp_path: Path) -> None:
    with Dump.open([lay(tmp_path / "dump", {f"pages/{name}.json": {}})]) as dump:
        assert len(tree_of(dump).section("pages/pages_you've_liked")) == 1
        assert len(tree_of(dump).section("pages/pages_you_ve_liked")) == 1


def test_numbered_files_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    files: dict[str, Any] = {f"posts/your_posts{number}.json": [] for number in ("_10", "_2", "_1", "")}
    with Dump.open([lay(tmp_path / "dump", files | {"posts/your_posts_final.json": []})]) as dump:
        names = [entry.name for entry in tree_of(dump).section("posts/your_posts")]
    assert names == ["your_posts.json", "your_posts_1.json", "your_posts_2.json", "your_posts_10.json"]


def test_a_number_that_belongs_to_the_name_is_no_trouble(tmp_path: Path) -> None:
    with Dump.open(
        [lay(tmp_path / "dump", {"posts/album/0.json": {}, "posts/album/1.json": {}, "posts/x.json": {}})]
    ) as dump:
        tree = tree_of(dump)
        assert [entry.name for entry in tree.section("posts/album/")] == ["0.json", "1.json"]
        assert [entry.name for entry in tree.section("posts/album/1")] == ["1.json"]


def test_a_folder_that_only_ends_alike_is_another(tmp_path: Path) -> None:
    with Dump.open(
        [lay(tmp_path / "dump", {"my_posts/your_posts.json": [], "posts/your_posts.html": b"<html>"})]
    ) as dump:
        assert tree_of(dump).section("posts/your_posts") == []
        assert len(tree_of(dump).section("posts/your_posts.html")) == 1


# -- threads ----------------------------------------------------------------------------------------------------


def test_parts_of_a_thread_are_in_the_order_of_their_numbers_and_settings_files_are_none(tmp_path: Path) -> None:
    at = f"{NEW}messages/inbox/gardenclub_1234567890/"
    files: dict[str, Any] = {f"{at}message_{number}.json": thread("Ana") for number in (1, 2, 10)}
    files |= {f"{at}message_final.json": {}, f"{NEW}messages/autofill_information.json": {}, f"{at}notes.json": {}}
    with Dump.open([lay(tmp_path / "dump", files)]) as dump:
        (ref,) = tree_of(dump).threads()
    assert [entry.name for entry in ref.files] == ["message_1.json", "message_2.json", "message_10.json"]
    assert (ref.key, ref.native_id, ref.title, ref.section) == (
        "facebook:thread:1234567890", "1234567890", "gardenclub", "inbox",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("folder", "key"),
    [
        ("inbox/AnaRuiz_3_S2eKWl39s0", "s2ekwl39s0"),
        ("archived_threads/facebookuser_555000111", "555000111"),
        ("message_requests/9876543210", "9876543210"),
        ("filtered_threads/shop_sale_77777777", "77777777"),
        ("e2ee_cutover/ben_1212121212", "1212121212"),
    ],
)
def test_a_thread_is_known_by_what_stands_behind_the_last_underscore(folder: str, key: str, tmp_path: Path) -> None:
    with Dump.open([lay(tmp_path / "dump", {f"messages/{folder}/message_1.json": thread("Ana")})]) as dump:
        (ref,) = tree_of(dump).threads()
    assert ref.key == f"facebook:thread:{key}"
    assert ref.section == folder.partition("/")[0]


def test_any_level_of_folders_may_be_given(tmp_path: Path) -> None:
    files = {"messages/inbox/club_1234567890/message_1.json": thread("Ana", thread_path="inbox/club_1234567890")}
    whole = lay(tmp_path / "dump", files)
    keys = set()
    for level in ("", "messages", "messages/inbox", "messages/inbox/club_1234567890"):
        with Dump.open([whole / level]) as dump:
            (ref,) = tree_of(dump).threads()
            keys.add(ref.key)
    assert keys == {"facebook:thread:1234567890"}


def test_slices_of_one_export_are_one_telling_and_two_exports_are_two(tmp_path: Path) -> None:
    at = f"{NEW}messages/inbox/club_1234567890/"
    first = pack(
        tmp_path / "facebook-ana-2024-05-01-AAAAAAAA.zip", {f"{at}message_{n}.json": thread("Ana") for n in (1, 3)}
    )
    second = pack(tmp_path / "facebook-ana-2024-05-01-BBBBBBBB.zip", {f"{at}message_2.json": thread("Ana")})
    older = pack(tmp_path / "older.zip", {f"{at}message_{n}.json": thread("Ana") for n in (1, 2)})
    with Dump.open([first, second, older]) as dump:
        refs = tree_of(dump).threads()
    assert [[entry.name for entry in ref.files] for ref in refs] == [
        ["message_1.json", "message_2.json", "message_3.json"],
        ["message_1.json", "message_2.json"],
    ]
    assert len({ref.key for ref in refs}) == 1


def test_a_thread_may_be_told_by_folders_a_group_file_and_pages(tmp_path: Path) -> None:
    files = {
        f"{NEW}messages/inbox/club_1234567890/message_1.json": thread("Ana"),
        f"{NEW}groups/your_group_messages/1234567890.json": {"thread_name": "Club", "messages": []},
        f"{NEW}messages/archived_threads/club_1234567890/message_1.html": b"<html></html>",
    }
    with Dump.open([lay(tmp_path / "dump", files)]) as dump:
        refs = tree_of(dump).threads()
    assert {ref.key for ref in refs} == {"facebook:thread:1234567890"}
    assert [(ref.section, ref.html) for ref in refs] == [
        ("inbox", False), ("your_group_messages", False), ("archived_threads", True),
    ]  # fmt: skip


def test_encrypted_chats_are_told_from_settings_by_what_is_in_them(tmp_path: Path) -> None:
    chat = {"participants": ["Ana", "Ben"], "threadName": "Ben", "messages": []}
    files = {"messages/Ben_1.json": chat, "messages/secret_conversations.json": {"tincan_devices": []}}
    with Dump.open([lay(tmp_path / "dump", files)]) as dump:
        (ref,) = tree_of(dump).threads()
    assert (ref.section, ref.title, ref.key) == ("e2ee", "Ben", "")


def test_old_pages_are_threads_whose_content_says_which(tmp_path: Path) -> None:
    files = {"html/messages.htm": b"<html></html>", "messages/12.html": b"<html></html>", "html/wall.htm": b"<html>"}
    with Dump.open([lay(tmp_path / "dump", files)]) as dump:
        assert [(ref.key, ref.html, ref.title) for ref in tree_of(dump).threads()] == [
            ("", True, "messages"), ("", True, "12"),
        ]  # fmt: skip


# -- media ------------------------------------------------------------------------------------------------------


def found(folder: Path, files: list[str], uri: str, beside: str) -> str | None:
    with Dump.open([lay(folder / "dump", dict.fromkeys(files, b"x"))]) as dump:
        entry = dump.entry(f"dump/{beside}")
        assert entry is not None
        media = tree_of(dump).media(uri, entry)
    return media.path.removeprefix("dump/") if media else None


AT = "messages/inbox/club_1234567890/"


@pytest.mark.parametrize("prefix", ["", NEW, "your_activity_across_facebook/"])
@pytest.mark.parametrize("root", ["", NEW])
def test_a_uri_may_have_the_folder_around_the_topics_or_not(prefix: str, root: str, tmp_path: Path) -> None:
    files = [f"{root}{AT}message_1.json", f"{root}{AT}photos/bed.jpg", f"{root}messages/inbox/x_1/photos/bed.jpg"]
    assert found(tmp_path, files, f"{prefix}{AT}photos/bed.jpg", files[0]) == files[1]


def test_the_camel_case_twin_of_2019_is_found_without_regard_to_case(tmp_path: Path) -> None:
    files = ["messages/inbox/bobsmith_3_s2ekwl39s0/message_1.json", "messages/inbox/BobSmith_3_S2eKWl39s0/photos/A.JPG"]
    assert found(tmp_path, files, files[1], files[0]) == files[1]
    assert found(tmp_path, files, files[1].lower(), files[0]) == files[1]


def test_a_bare_name_is_looked_for_beside_the_thread_only(tmp_path: Path) -> None:
    files = [f"{AT}message_1.json", f"{AT}photos/bed.jpg", "messages/inbox/other_1/photos/shed.jpg"]
    assert found(tmp_path, files, "bed.jpg", files[0]) == files[1]
    assert found(tmp_path, files, "shed.jpg", files[0]) is None


def test_encrypted_chats_call_media_from_where_they_are(tmp_path: Path) -> None:
    files = ["messages/Ben_1.json", "messages/media/0a1b.jpeg", "other/media/0a1b.jpeg"]
    assert found(tmp_path, files, "./media/0a1b.jpeg", files[0]) == files[1]


def test_media_are_found_when_only_the_thread_was_given(tmp_path: Path) -> None:
    files = ["club/message_1.json", "club/photos/bed.jpg"]
    assert found(tmp_path, files, f"{NEW}{AT}photos/bed.jpg", files[0]) == files[1]


def test_stickers_lie_with_the_posts(tmp_path: Path) -> None:
    files = [f"{NEW}{AT}message_1.json", f"{NEW}posts/media/stickers_used/7.png"]
    assert found(tmp_path, files, "posts/media/stickers_used/7.png", files[0]) == files[1]


@pytest.mark.parametrize(
    "uri",
    [
        "../../../../etc/passwd", "messages/../messages/inbox/club_1234567890/photos/bed.jpg", "/etc/passwd",
        "https://example.org/bed.jpg", "C:\\bed.jpg", "file:///photos/bed.jpg", "", ".", "/", "\0",
        "photos\\..\\bed.jpg", "inbox/other_1/photos/bed.jpg",
    ],
)  # fmt: skip
def test_escapes_addresses_and_other_folders_find_nothing(uri: str, tmp_path: Path) -> None:
    files = [f"{AT}message_1.json", f"{AT}photos/bed.jpg", "etc/passwd"]
    assert found(tmp_path, files, uri, files[0]) is None


def test_media_of_the_third_part_belong_to_messages_of_the_first(tmp_path: Path) -> None:
    one = pack(tmp_path / "facebook-ana-2024-05-01-AAAAAAAA.zip", {f"{NEW}{AT}message_1.json": thread("Ana")})
    three = pack(tmp_path / "facebook-ana-2024-05-01-CCCCCCCC.zip", {f"{NEW}{AT}photos/bed.jpg": b"x"})
    with Dump.open([one, three]) as dump:
        media = tree_of(dump).media(f"{NEW}{AT}photos/bed.jpg", dump.entries[0])
    assert media is not None
    assert media.path == "facebook-ana-2024-05-01-CCCCCCCC.zip/your_facebook_activity/" + f"{AT}photos/bed.jpg"


NOTHING = Dump([], Gathering(Limits()))


@given(st.text(alphabet="abc/.\\:'_ éÉ\0", max_size=40))
def test_no_uri_raises_or_finds_what_is_called_otherwise(uri: str) -> None:
    entries = [Entry("d/a/b/c.jpg", "c.jpg", "d/a/b", 1), Entry("d/abc", "abc", "d", 1)]
    tree = Tree(NOTHING, entries)
    media = tree.media(uri, entries[1])
    assert media is None or levelled(media.name) == levelled(uri).replace("\\", "/").rpartition("/")[2]


# -- whose export -------------------------------------------------------------------------------------------------


def exported(*given: Path, owner: str | None = None) -> list[Export]:
    with Dump.open(list(given)) as dump:
        return exports(dump, Hints(owner=owner))


def test_the_profile_file_says_whose_export_it_is_with_all_names(tmp_path: Path) -> None:
    told = profile("José Niño", username="jose.garden", other_names=[{"name": "Pepe"}], previous_names=["José N."])
    (export,) = exported(
        lay(tmp_path / "dump", {PROFILE: told, f"{NEW}{AT}message_1.json": thread("José Niño", "Ana")})
    )
    owner = export.owner
    assert (owner.name, owner.aliases) == ("José Niño", ("Pepe", "José N.", "jose.garden"))
    assert owner.is_me("josé niño")
    assert owner.is_me("Pepe")
    assert not owner.is_me("Ana")
    assert owner.handle == handle_for("José Niño", "anywhere")


def test_without_a_profile_it_is_the_name_in_every_thread(tmp_path: Path) -> None:
    files = {
        "messages/inbox/ben_1111111111/message_1.json": thread("Ben", "Ana Ruiz", title="Ben"),
        "messages/inbox/club_2222222222/message_1.json": thread("Cleo", "Ben", "Ana Ruiz", title="Club"),
        "messages/inbox/dora_3333333333/message_1.json": thread("Dora", "Ana Ruiz", title="Dora"),
    }
    (export,) = exported(lay(tmp_path / "dump", files))
    assert export.owner.name == "Ana Ruiz"
    (guess,) = export.notes
    assert isinstance(guess, Guess)
    assert (guess.what, guess.value, guess.option) == ("owner", "Ana Ruiz", "--me")


def test_of_two_people_it_is_not_the_one_whose_name_the_thread_has(tmp_path: Path) -> None:
    files = {"messages/inbox/x_1111111111/message_1.json": thread("Ben Öz", "Ana Ruiz", title="Ben Öz")}
    assert exported(lay(tmp_path / "dump", files))[0].owner.name == "Ana Ruiz"


def test_when_nobody_can_be_told_it_is_said_and_a_person_can_say_it(tmp_path: Path) -> None:
    files = {"messages/inbox/club_1111111111/message_1.json": thread("Ben", "Ana", "Cleo", title="Club")}
    (export,) = exported(lay(tmp_path / "dump", files))
    assert not export.owner.known
    assert [note.what for note in export.notes if isinstance(note, Problem)] == ["owner-unknown"]
    (export,) = exported(tmp_path / "dump", owner="Ana")
    assert (export.owner.name, export.notes) == ("Ana", ())


def test_parts_of_one_export_are_one_even_when_only_one_has_the_profile(tmp_path: Path) -> None:
    one = pack(tmp_path / "facebook-ana-2024-05-01-AAAAAAAA.zip", {f"{NEW}{AT}message_1.json": thread("Ana", "Ben")})
    two = pack(tmp_path / "facebook-ana-2024-05-01-BBBBBBBB.zip", {PROFILE: profile("Ana")})
    secure = pack(tmp_path / "messages.zip", {"messages/Ben_1.json": {"participants": ["Ana"], "threadName": "Ben"}})
    (export,) = exported(one, two, secure)
    assert export.owner.name == "Ana"
    assert len(export.tree.threads()) == 2


def test_exports_of_two_members_are_two_and_every_part_finds_its_owner(tmp_path: Path) -> None:
    chat = {"participants": ["Ben", "Dora"], "threadName": "Dora", "messages": []}
    given = [
        pack(tmp_path / "facebook-anaruiz-2024-05-01-AAAAAAAA.zip", {PROFILE: profile("Ana")}),
        pack(tmp_path / "facebook-benco-2024-06-01-AAAAAAAA.zip", {PROFILE: profile("Ben")}),
        pack(tmp_path / "facebook-anaruiz-2024-05-01-BBBBBBBB.zip", {f"{NEW}{AT}message_1.json": thread("Ana", "Ben")}),
        pack(tmp_path / "messages.zip", {"messages/Dora_1.json": chat}),
    ]
    ana, ben = exported(*given)
    assert (ana.owner.name, ben.owner.name) == ("Ana", "Ben")
    assert [ref.section for ref in ana.tree.threads()] == ["inbox"]
    assert [ref.section for ref in ben.tree.threads()] == ["e2ee"]


def test_two_exports_of_one_person_are_one(tmp_path: Path) -> None:
    given = [
        pack(tmp_path / f"facebook-ana-{year}-05-01-AAAAAAAA.zip", {PROFILE: profile("Ana")}) for year in (2021, 2024)
    ]
    assert len(exported(*given)) == 1


def test_instagram_beside_facebook_is_another_account(tmp_path: Path) -> None:
    data = {"Nom": {"value": "Ana R."}, "E-mail": {"value": "ana@example.org"}, "Usuari": {"value": "ana_grows"}}
    files = {
        "personal_information/personal_information/personal_information.json": {
            "profile_user": [{"string_map_data": data}]
        },
        "your_instagram_activity/messages/inbox/ben_77777777/message_1.json": thread("Ben", "ana_grows"),
        "your_instagram_activity/messages/inbox/cleo_88888888/message_1.json": thread("Cleo", "ana_grows"),
    }
    facebook_zip = pack(tmp_path / "facebook-ana.zip", {PROFILE: profile("Ana Ruiz")})
    fb, ig = exported(facebook_zip, lay(tmp_path / "ig", files))
    assert (fb.owner.handle.scheme, ig.owner.handle.scheme) == (FACEBOOK, INSTAGRAM)
    assert ig.owner.name == "ana_grows"
    assert {ref.key for ref in ig.tree.threads()} == {"instagram:thread:77777777", "instagram:thread:88888888"}


@pytest.mark.parametrize(
    "value",
    [None, [], {}, 3, "x", {"profile_v2": []}, {"profile": {"name": {"full_name": 7}}}, {"profile_user": [None]},
     {"profile_user": [{"string_map_data": {"Name": None, "Phone": {"value": "+1 555 0100"}}}]}],
)  # fmt: skip
def test_a_profile_of_another_shape_names_nobody(value: object) -> None:
    assert owner_in_profile(value) is None


def test_instagrams_profile_is_read_by_its_values_for_its_keys_are_translated() -> None:
    data = meta({"Naam": {"value": "Zoë Tuin"}, "Gebruikersnaam": {"value": "zoe"}, "Bio": {"value": "plants"}})
    owner = owner_in_profile({"profile_user": [{"string_map_data": data}]}, Counter({"Zoë Tuin": 3, "zoe": 1}))
    assert owner is not None
    assert owner.name == "Zoë Tuin"


def test_people_who_left_facebook_are_nobody_in_particular_in_every_language() -> None:
    assert all(
        map(is_nobody, ["", " ", "Facebook user", "FACEBOOK USER", "Utilisateur de Facebook", "Facebook-Nutzer"])
    )
    assert not is_nobody("Ana")
    one, other = handle_for("Facebook user", "facebook:thread:1"), handle_for("Facebook user", "facebook:thread:2")
    assert one != other
    assert handle_for("", "facebook:thread:1").name == "Facebook user"
    assert handle_for("Ana  Ruiz", "a") == handle_for("ana ruiz", "b") or handle_for("Ana Ruiz", "a") == handle_for(
        "Ana Ruiz", "b"
    )


def test_names_in_every_thread_that_do_not_tell_are_no_owner() -> None:
    both = frozenset({"Ana", "Ben"})
    assert owner_by_presence([(both, "")]) is None
    assert owner_by_presence([]) is None
    assert owner_by_presence([(frozenset({"Facebook user"}), "")]) is None
    assert not owner_called("", "").known


@pytest.mark.parametrize(
    ("name", "user"),
    [
        ("facebook-anaruiz-2024-05-01-x7Kq2abc.zip", "anaruiz"),
        ("facebook-ana.ruiz.zip", "ana.ruiz"),
        ("a/messages.zip", ""),
    ],
)
def test_the_users_name_is_in_the_zips(name: str, user: str) -> None:
    assert user_of(name) == user


def test_the_root_of_a_file_is_its_zip_or_the_folder_around_the_topics() -> None:
    assert (
        root_of(Entry("down/ana/messages/inbox/x/message_1.json", "message_1.json", "down/ana/messages/inbox/x", 1))
        == "down/ana"
    )
    assert root_of(Entry("a.zip/x/y.json", "y.json", "a.zip/x", 1, "x/y.json", "a.zip")) == "a.zip"
    assert root_of(Entry("y.json", "y.json", "", 1)) == ""


# -- claiming -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "files",
    [
        {f"{NEW}groups/group_posts_and_comments.json": {}},
        {"messages/inbox/x_1/message_1.html": b"<html>"},
        {"your_posts_1.json": []},
        {"html/messages.htm": b"<html>"},
        {"anything.json": thread("Ana")},
        {"Ben_1.json": {"participants": ["Ana", "Ben"], "threadName": "Ben", "messages": []}},
        {"your_instagram_activity/likes/x.json": {}},
        {PROFILE: {}},
        {"club/message_1.html": b'<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder">', "club/photos/1.jpg": b"x"},
        {"saved.htm": b'<div class="thread">Ana, Ben<div class="message">'},
    ],
)
def test_an_export_is_claimed_with_a_reason(files: dict[str, Any], tmp_path: Path) -> None:
    with Dump.open([lay(tmp_path / "dump", files)]) as dump:
        assert "“" in (facebook.identify(dump) or "")


@pytest.mark.parametrize(
    "files",
    [
        {"_chat.txt": b"[01/05/2020, 10:00:00] Ana: Hi"},
        {"mail/inbox/cur/1": b"From: ana@example.org\n\nHi"},
        {"data.json": {"messages": [1], "timestamp_ms": 3}, "posts/index.html": b"<html>"},
    ],
)
def test_what_is_no_export_is_left_alone_and_said_why(files: dict[str, Any], tmp_path: Path) -> None:
    with Dump.open([lay(tmp_path / "dump", files)]) as dump:
        assert facebook.identify(dump) is None
        assert "none" in facebook.explain(dump)[0]
        with pytest.raises(NotUnderstoodError):
            facebook.read(dump, Hints())
