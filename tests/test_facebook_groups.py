"""A Facebook group is one conversation, whoever's export speaks of it and in whatever language."""

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.importers.facebook.groups import Groups
from archiver.importers.facebook.sentences_posts import (
    COMMENT,
    JOINED,
    LEFT_GROUP,
    POSTS,
    REACTION,
    REPLY,
    WALL,
    WEAK,
    YOUR,
    Frames,
    languages,
    longest_name,
    said,
    wordings,
)
from tests.facebook_export import (
    ANA,
    BEN,
    DAY,
    GROUP,
    MAY,
    comment,
    hung,
    photo,
    post,
    read,
    read_together,
)
from tests.facebook_export import (
    WALL as ANAS_WALL,
)

POSTS_FILE = "your_facebook_activity/groups/group_posts_and_comments.json"
COMMENTS_FILE = "your_facebook_activity/groups/your_comments_in_groups.json"
MEMBERS_FILE = "your_facebook_activity/groups/your_group_membership_activity.json"
TITLE = "Ana Ruiz posted in Garden Club."


def group_posts(*records: dict[str, Any]) -> dict[str, Any]:
    return {POSTS_FILE: {"group_posts_v2": list(records)}}


def group_comments(*records: dict[str, Any]) -> dict[str, Any]:
    return {COMMENTS_FILE: {"group_comments_v2": list(records)}}


# -- the sentences ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "group"),
    [
        ("Ana Ruiz posted in Garden Club.", "Garden Club"),
        ("Ana Ruiz posted in St. Mary's Friends.", "St. Mary's Friends"),
        ("Ana Ruiz posted in Post & Co..", "Post & Co."),
        ("Ana Ruiz posted in What is posted in spring.", "What is posted in spring"),
        ("Ana Ruiz shared a link to the group: Garden Club.", "Garden Club"),
        ("Ana Ruiz added a new photo to the group: Garden Club.", "Garden Club"),
        ("Ana Ruiz hat etwas in Gartenfreunde gepostet.", "Gartenfreunde"),
        ("Ana Ruiz a publié dans Les amis du jardin.", "Les amis du jardin"),
        ("Ana Ruiz publicó en Amigos del huerto.", "Amigos del huerto"),
        ("Ana Ruiz heeft een bericht geplaatst in Tuinclub.", "Tuinclub"),
        ("Ana Ruiz, Bahçe Kulübü grubunda paylaşım yaptı.", "Bahçe Kulübü"),
        ("Ana Ruizさんが庭の会に投稿しました。", "庭の会"),
        ("Ana Ruiz đã đăng trong Câu lạc bộ Vườn.", "Câu lạc bộ Vườn"),
    ],
)
def test_the_name_of_a_group_is_read_out_of_the_sentence_of_many_languages(title: str, group: str) -> None:
    told = said(title, POSTS)
    assert told is not None
    assert told.group == group


def test_every_language_of_the_table_has_wordings_that_read_what_they_say() -> None:
    names = {"actor": "Ana Ruiz", "author": "Ben Cole", "owner": "Dora Field", "thing": "post", "group": "Garden Club"}
    for wording in wordings():
        pieces = [wording.fixed[0]]
        for slot, fixed in zip(wording.slots, wording.fixed[1:], strict=True):
            pieces += [names[slot], fixed]
        told = said("".join(pieces) + ".", wording.what)
        assert told is not None, pieces
        told_group = told.group or "Garden Club"
        assert told_group == "Garden Club", pieces
    assert len(languages()) >= 25


@pytest.mark.parametrize(
    ("title", "kinds", "author", "own", "group"),
    [
        ("Ana commented on Ben Cole's post.", (COMMENT, REPLY), "Ben Cole", False, ""),
        ("Ana commented on Ben Cole’s photo.", (COMMENT, REPLY), "Ben Cole", False, ""),
        ("Ana commented on Ben Cole's post in Garden Club.", (COMMENT, REPLY), "Ben Cole", False, "Garden Club"),
        ("Ana commented on Marie in 't Veld's post.", (COMMENT, REPLY), "Marie in 't Veld", False, ""),
        ("Ana commented on a post in Ben's Garden.", (COMMENT, REPLY), "", False, "Ben's Garden"),
        ("Ana commented on her own post.", (COMMENT, REPLY), "", True, ""),
        ("Ana replied to Ben Cole's comment.", (COMMENT, REPLY), "Ben Cole", False, ""),
        ("Ana replied to her own comment.", (COMMENT, REPLY), "", True, ""),
        ("Ana likes Ben Cole's comment in Garden Club.", (REACTION,), "Ben Cole", False, "Garden Club"),
        ("Ana reacted to Ben Cole's post.", (REACTION,), "Ben Cole", False, ""),
        ("Ana Ruiz hat einen Beitrag von Ben Cole kommentiert.", (COMMENT, REPLY), "Ben Cole", False, ""),
        ("Ana Ruiz respondió al comentario de Ben Cole.", (COMMENT, REPLY), "Ben Cole", False, ""),
    ],
)
def test_a_title_says_whose_it_is_about(title: str, kinds: tuple[str, ...], author: str, own: bool, group: str) -> None:
    told = said(title, *kinds)
    assert told is not None
    assert (told.author, told.own, told.group) == (author, own, group)


@pytest.mark.parametrize(
    ("title", "what", "actor", "owner"),
    [
        ("Ben Cole wrote on your timeline.", YOUR, "Ben Cole", ""),
        ("Ben Cole wrote on Ana Ruiz's timeline.", WALL, "Ben Cole", "Ana Ruiz"),
        ("Ben Cole shared a link to your timeline.", YOUR, "Ben Cole", ""),
        ("Ben Cole hat etwas in deiner Chronik gepostet.", YOUR, "Ben Cole", ""),
    ],
)
def test_a_title_says_on_whose_wall_somebody_wrote(title: str, what: str, actor: str, owner: str) -> None:
    told = said(title, WALL, YOUR)
    assert told is not None
    assert (told.what, told.actor, told.owner) == (what, actor, owner)


@pytest.mark.parametrize("title", ["", ".", "Ana Ruiz updated her status.", "posted in", "Ana Ruiz posted in ."])
def test_a_sentence_that_names_no_group_gives_none(title: str) -> None:
    assert said(title, POSTS, WEAK) is None


@given(st.text(alphabet="a inposted.'sо ", max_size=80))
def test_no_title_makes_the_reading_raise(title: str) -> None:
    said(title, POSTS, WEAK, WALL, YOUR, COMMENT, REPLY, REACTION, JOINED, LEFT_GROUP)


def test_long_titles_of_what_is_looked_for_are_no_trouble() -> None:
    begun = time.process_time()
    for words in (" posted in ", "'s ", " in ", " commented on ", "さんが"):
        said("Ana" + words * 1_000_000, POSTS, COMMENT, REPLY, REACTION)
    assert time.process_time() - begun < 20  # quadratic would be hours


def test_of_two_names_the_longer_one_is_meant() -> None:
    assert longest_name("posted in Garden Club", {"Garden", "Garden Club"}) == "Garden Club"
    assert longest_name("posted in Garden Club", {"Garden C", "rden Clu"}) is None
    assert longest_name("posted in Garden Club", {"", "Chess"}) is None


def test_sentences_of_an_unknown_language_are_learnt_from_names_that_are_known() -> None:
    groups = Groups(names={"Garden Club"})
    groups.learn("Ana Ruiz skribis en Garden Club hodiaŭ.")
    assert groups.named_in("Ana Ruiz skribis en Semo kaj Floro hodiaŭ.") == "Semo kaj Floro"
    assert groups.named_in("Ana Ruiz fotis en Garden Club hieraŭ.") == "Garden Club"
    assert groups.named_in("Ana Ruiz dormis.") is None


def test_a_frame_needs_words_before_the_name() -> None:
    frames = Frames()
    frames.learn("Garden Club", "Garden Club")
    assert frames.name("Anything") is None


# -- posts in groups ----------------------------------------------------------------------------------------------


def test_posts_of_a_group_are_one_conversation_oldest_first(tmp_path: Path) -> None:
    told = read(tmp_path, group_posts(post("newer", MAY + 60, TITLE), post("older", MAY, TITLE)))
    assert [message.text for message in told.messages] == ["older", "newer"]
    assert {message.conversation for message in told.messages} == {GROUP}
    group = told.conversations[GROUP]
    assert (group.title, group.kind, group.members) == ("Garden Club", "group", (ANA.handle,))
    first = told.messages[0]
    assert (first.kind, first.sender, first.extra) == ("post", ANA.handle, {"title": TITLE})
    assert first.key == first.native_id


@pytest.mark.parametrize(
    ("path", "wrapper", "logged"),
    [
        ("groups/your_posts_and_comments_in_groups.json", "group_posts", False),
        ("groups/your_posts_and_comments_in_groups.json", "group_posts", True),
        ("groups/group_posts_and_comments.json", "group_posts_v2", False),
        ("groups/your_posts_in_groups.json", "group_posts_v2", False),
        ("your_activity_across_facebook/groups/group_posts_and_comments.json", "group_posts_v2", False),
        ("personal_information/profile_information/your_facebook_activity/groups/group_posts_and_comments.json",
         "group_posts_v2", True),
    ],
)  # fmt: skip
def test_every_vintage_of_group_posts_is_read_alike(tmp_path: Path, path: str, wrapper: str, logged: bool) -> None:
    records = [post("Über Zwiebeln 🌱", MAY, TITLE)]
    told = read(tmp_path, {path: {wrapper: {"activity_log_data": records} if logged else records}})
    (message,) = told.messages
    assert (message.text, message.conversation) == ("Über Zwiebeln 🌱", GROUP)


def test_files_of_2018_mix_posts_and_comments(tmp_path: Path) -> None:
    records = [
        post("Who has seed?", MAY, TITLE),
        comment("I have", MAY + 60, "Ana Ruiz commented on her own post.", group="Garden Club"),
    ]
    told = read(tmp_path, {"groups/your_posts_and_comments_in_groups.json": {"group_posts": records}})
    assert [(message.kind, message.conversation) for message in told.messages] == [("post", GROUP), ("comment", GROUP)]
    assert told.messages[1].reply_to == told.messages[0].key


def test_a_group_that_no_sentence_names_is_called_as_the_sentence_and_said_so(tmp_path: Path) -> None:
    told = read(tmp_path, group_posts(post("Saluton", MAY, "Ana Ruiz skribis ien.")))
    assert next(iter(told.conversations.values())).title == "Ana Ruiz skribis ien."
    assert len(told.said("unnamed-group")) == 1


def test_names_from_memberships_and_comments_help_to_read_the_posts(tmp_path: Path) -> None:
    files = {
        **group_posts(
            post("unu", MAY, "Ana Ruiz skribis en Garden Club hodiaŭ."),
            post("du", MAY, "Ana Ruiz skribis en Seed Swap hodiaŭ."),
            post("tri", MAY, "Ana Ruiz fotis en Night Owls hieraŭ."),
        ),
        MEMBERS_FILE: {
            "groups_joined_v2": [{"timestamp": MAY, "title": "Vi aliĝis.", "data": [{"name": "Garden Club"}]}]
        },
        "your_facebook_activity/groups/your_groups.json": {
            "groups_admined_v2": [{"name": "Night Owls", "timestamp": MAY}]
        },
    }
    told = read(tmp_path, files)
    assert told.the("unu").conversation == GROUP
    assert told.the("du").conversation == "facebook:group:seed swap"
    assert told.the("tri").conversation == "facebook:group:night owls"


def test_a_post_in_a_group_among_the_own_ones_belongs_to_the_group(tmp_path: Path) -> None:
    told = read(
        tmp_path, {"posts/your_posts_1.json": [post("Hello", MAY, TITLE)], **group_posts(post("Hello", MAY, TITLE))}
    )
    assert [message.conversation for message in told.messages] == [GROUP, GROUP]
    assert told.messages[0].key == told.messages[1].key


def test_a_post_among_the_own_ones_without_a_title_is_told_in_the_group_only(tmp_path: Path) -> None:
    told = read(tmp_path, {"posts/your_posts_1.json": [post("Hello", MAY)], **group_posts(post("Hello", MAY, TITLE))})
    assert [message.conversation for message in told.messages] == [GROUP]
    assert told.ledger.counts["posts"].typed == 1


# -- comments in groups -------------------------------------------------------------------------------------------


def test_a_comment_is_put_under_the_only_post_of_its_author_that_fits(tmp_path: Path) -> None:
    title = "Ana Ruiz commented on her own post."
    told = read(
        tmp_path,
        {
            **group_posts(post("One", MAY, TITLE), post("Two", MAY + 30 * DAY, TITLE)),
            **group_comments(comment("It grows", MAY + 31 * DAY, title, "Garden Club")),
        },
    )
    message = told.the("It grows")
    assert message.reply_to == told.the("Two").key
    assert message.extra is not None
    assert "reply_guessed" in message.extra


@pytest.mark.parametrize(
    ("title", "at"),
    [
        ("Ana Ruiz commented on her own post.", MAY + 2 * DAY),  # two posts fit
        ("Ana Ruiz commented on Ben Cole's post.", MAY + 2 * DAY),  # Ben's are not in the export
        ("Ana Ruiz commented on her own post.", MAY - DAY),  # before
        ("Ana Ruiz commented on her own post.", MAY + 300 * DAY),  # long after
        ("Ana Ruiz komentis.", MAY + 2 * DAY),
    ],
)
def test_a_comment_that_fits_no_post_or_several_stays_by_itself(tmp_path: Path, title: str, at: int) -> None:
    files = {
        **group_posts(post("One", MAY, TITLE), post("Two", MAY + DAY, TITLE)),
        **group_comments(comment("It grows", at, title, "Garden Club")),
    }
    assert read(tmp_path, files).the("It grows").reply_to is None


def test_a_post_in_another_group_does_not_fit(tmp_path: Path) -> None:
    files = {
        **group_posts(post("One", MAY, TITLE)),
        **group_comments(comment("It grows", MAY, "Ana Ruiz commented on her own post.", "Seed Swap")),
    }
    assert read(tmp_path, files).the("It grows").reply_to is None


def test_a_comment_with_the_link_of_one_post_is_under_it_whatever_the_time(tmp_path: Path) -> None:
    link = hung({"external_context": {"url": "https://seeds.example/7"}})
    told = read(
        tmp_path,
        {
            **group_posts(post("One", MAY, TITLE, attachments=link), post("Two", MAY + DAY, TITLE)),
            **group_comments(comment("Again", MAY + 900 * DAY, "", "Garden Club") | {"attachments": link}),
        },
    )
    assert told.the("Again").reply_to == told.the("One").key
    assert "reply_guessed" not in (told.the("Again").extra or {})


def test_a_reply_is_put_under_the_comment(tmp_path: Path) -> None:
    told = read(
        tmp_path,
        group_comments(
            comment("First", MAY, "Ana Ruiz commented on Ben Cole's post.", "Garden Club"),
            comment("Second", MAY + 60, "Ana Ruiz replied to her own comment.", "Garden Club"),
        ),
    )
    assert told.the("Second").reply_to == told.the("First").key


def test_a_comment_may_have_no_words_and_a_sticker(tmp_path: Path) -> None:
    record = comment("", MAY, "Ana Ruiz commented on Ben Cole's post.", "Garden Club")
    record["attachments"] = hung({"media": photo("posts/media/stickers_used/1.png")})
    told = read(tmp_path, {**group_comments(record), "posts/media/stickers_used/1.png": b"\x89PNG"})
    (message,) = told.messages
    assert [(file.name, file.state) for file in message.attachments] == [("1.png", "present")]
    assert message.kind == "comment"


def test_a_comment_of_both_files_is_told_once_and_in_its_group(tmp_path: Path) -> None:
    title = "Ana Ruiz commented on Ben Cole's post."
    files = {
        **group_comments(comment("Lovely", MAY, title, "Garden Club")),
        "your_facebook_activity/comments_and_reactions/comments.json": {"comments_v2": [comment("Lovely", MAY, title)]},
    }
    told = read(tmp_path, files)
    assert [message.conversation for message in told.messages] == [GROUP]
    assert told.ledger.counts["comments"].typed == 1


def test_a_comment_whose_group_only_the_title_names_goes_there_where_the_group_is_known(tmp_path: Path) -> None:
    comments = [
        comment("Lovely", MAY, "Ana Ruiz commented on Ben Cole's post in Garden Club."),
        comment("Elsewhere", MAY, "Ana Ruiz commented on a photo in Paris."),
        comment("Known by itself", MAY, "", "Garden Club"),
    ]
    told = read(tmp_path, {"comments/comments.json": {"comments": comments}})
    assert told.the("Lovely").conversation == GROUP
    assert told.the("Elsewhere").conversation == ANAS_WALL


# -- members and several exports ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("wrapper", "where"), [("groups_joined", "attachments"), ("groups_joined_v2", "data")])
def test_joining_and_leaving_are_told_apart_by_the_title(tmp_path: Path, wrapper: str, where: str) -> None:
    def named(title: str, at: int) -> dict[str, Any]:
        name = [{"name": "Garden Club"}]
        return {"timestamp": at, "title": title, where: [{"data": name}] if where == "attachments" else name}

    records = [
        named("You became a member of Garden Club.", MAY),
        named("You left Garden Club.", MAY + DAY),
        named("Vi revenis al Garden Club.", MAY + 2 * DAY),
    ]
    told = read(tmp_path, {MEMBERS_FILE: {wrapper: records}})
    assert [message.kind for message in told.messages] == ["event.joined", "event.left", "event.other"]
    assert told.messages[0].text == "You became a member of Garden Club."
    assert {message.conversation for message in told.messages} == {GROUP}
    assert told.messages[0].sender == ANA.handle


def test_looking_after_a_group_is_an_event_of_the_group(tmp_path: Path) -> None:
    told = read(tmp_path, {"groups/your_groups.json": {"groups_admined": [{"name": "Garden Club", "timestamp": MAY}]}})
    (message,) = told.messages
    assert (message.kind, message.conversation) == ("event.other", GROUP)
    assert message.extra == {"event": "admin", "group": "Garden Club"}


def test_two_members_speak_in_one_group_each_as_themselves(tmp_path: Path) -> None:
    told = read_together(
        tmp_path,
        {
            ANA: group_posts(post("Who has seed?", MAY, TITLE)),
            BEN: {
                **group_posts(post("Me", MAY + DAY, "Ben Cole hat etwas in Garden Club gepostet.")),
                **group_comments(
                    comment("Take mine", MAY + 60, "Ben Cole commented on Ana Ruiz's post.", "Garden Club", "Ben Cole")
                ),
            },
        },
    )
    assert {message.conversation for message in told.messages} == {GROUP}
    assert {message.text: message.sender for message in told.messages} == {
        "Who has seed?": ANA.handle, "Me": BEN.handle, "Take mine": BEN.handle,
    }  # fmt: skip
    assert told.the("Take mine").reply_to == told.the("Who has seed?").key


def test_names_of_one_group_in_two_exports_are_compared_without_case_and_marks(tmp_path: Path) -> None:
    first = read(tmp_path / "1", group_posts(post("a", MAY, "Ana Ruiz posted in GARDEN  Club.")))
    second = read(tmp_path / "2", group_posts(post("b", MAY, "Ben Cole posted in Garden Club.")), BEN)
    assert first.conversations.keys() == second.conversations.keys()


def test_a_narrower_export_gives_the_same_keys(tmp_path: Path) -> None:
    records = [post(text, MAY + n, TITLE) for n, text in enumerate(["a", "ok", "ok", "b"])]
    records[2]["timestamp"] = MAY + 1
    whole = read(tmp_path / "whole", group_posts(*records))
    turned = read(tmp_path / "turned", group_posts(*records[:0:-1]))
    keys = {message.key: message.text for message in whole.messages}
    assert len(keys) == 4
    assert {message.key for message in turned.messages} == set(keys) - {whole.the("a").key}


def test_an_owner_with_an_old_name_is_one_person(tmp_path: Path) -> None:
    told = read(tmp_path, group_comments(comment("Hi", MAY, "", "Garden Club", "Ana Garden")))
    assert told.the("Hi").sender == ANA.handle


def test_own_posts_without_a_group_stay_on_the_wall(tmp_path: Path) -> None:
    told = read(tmp_path, {"posts/your_posts_1.json": [post("Hello", MAY, "Ana Ruiz was in Garden Club.")]})
    assert told.the("Hello").conversation == ANAS_WALL
