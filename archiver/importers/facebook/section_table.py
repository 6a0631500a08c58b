"""Which file of an export is read by whom (facts 3 and 4.3); `left` has those that nobody reads."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from archiver.importers.facebook import comments, events, groups, other, posts
from archiver.importers.facebook.desk import Outcome, Sheet
from archiver.importers.facebook.groups import Groups
from archiver.importers.facebook.records import Record

Reader = Callable[[Record, Sheet, Groups], Iterator[Outcome]]


@dataclass(frozen=True, slots=True)
class Section:
    """Files of one kind: how their paths end, under which keys their records are, who reads them.

    *lists*: keys under such a key that have records of their own. *beside*: keys that may stand beside the records.
    *linked*: its records are seen on the first round, for others may speak of them.
    """

    kind: str
    suffixes: tuple[str, ...]
    wrappers: tuple[str, ...]
    reader: Reader
    lists: tuple[str, ...] = ()
    beside: frozenset[str] = frozenset()
    linked: bool = False


def _v(*keys: str) -> tuple[str, ...]:
    """Wrapper keys as they are since 2021, as they were before, and as a few are called in 2024."""
    return tuple(version for key in keys for version in (f"{key}_v2", key, f"{key}_v3"))


SECTIONS = (
    Section("group membership", ("groups/your_group_membership_activity",), _v("groups_joined"), groups.membership),
    Section("groups looked after", ("groups/your_groups",), _v("groups_admined"), groups.admined),
    Section(
        "group posts",
        ("groups/group_posts_and_comments", "groups/your_posts_in_groups", "groups/your_posts_and_comments_in_groups"),
        _v("group_posts"),
        posts.group_post,
        linked=True,
    ),
    Section(
        "posts",
        (
            "posts/your_posts",
            "posts/your_posts__check_ins__photos_and_videos",
            "posts/profile_posts",
            "posts/posts_on_other_pages_and_profiles",
            "posts/check-ins",
            "posts/places_you_have_been_tagged_in",
            "reels/your_reels",
        ),
        (*_v("status_updates", "lasso_videos"),),
        posts.own_post,
        linked=True,
    ),
    Section(
        "posts by apps",
        ("posts_from_apps_and_websites",),
        _v("app_posts"),
        posts.own_post,
        linked=True,
    ),
    Section(
        "posts of others",
        ("posts/other_people_s_posts_to_your_timeline", "posts/other_peoples_posts_to_your_timeline"),
        _v("wall_posts_sent_to_you"),
        posts.wall_post,
        linked=True,
    ),
    Section(
        "albums",
        ("posts/album/", "photos_and_videos/album/"),
        (other.ALBUM,),
        other.photo,
        linked=True,
        beside=other.BESIDE_PHOTOS,
    ),
    Section(
        "photos and videos",
        (
            "posts/your_videos",
            "posts/videos",
            "photos_and_videos/your_videos",
            "posts/your_uncategorized_photos",
            "posts/uncategorized_photos",
            "posts/your_photos",
            "photos_and_videos/your_photos",
        ),
        _v("videos", "other_photos"),
        other.photo,
        linked=True,
    ),
    Section(
        "group comments", ("groups/your_comments_in_groups",), _v("group_comments"), comments.comment_of, linked=True
    ),
    Section(
        "comments",
        ("comments/comments", "comments_and_reactions/comments"),
        _v("comments"),
        comments.comment_of,
        linked=True,
    ),
    Section("notes", ("other_activity/notes", "notes/notes", "posts/notes"), _v("notes"), other.note, linked=True),
    Section("polls", ("polls_you_voted_on", "polls/your_poll_votes"), _v("poll_votes"), other.vote),
    Section("pages", ("pages/your_pages",), _v("pages"), other.own_page),
    Section("event invitations", ("events/event_invitations",), _v("events_invited"), events.invitation),
    Section(
        "event responses",
        ("events/your_event_responses",),
        _v("event_responses"),
        events.response,
        lists=events.RESPONSES,
    ),
    Section(
        "events",
        ("events/your_events", "events/events", "events/events_you_hosted"),
        _v("your_events"),
        events.own_event,
    ),
)
"""In this order: what is said before what answers it."""

GROUP_NAMES = ("group membership", "groups looked after", "group comments", "comments", "group posts")
"""Sections whose records have names of groups."""

REACTIONS = (
    "likes_and_reactions/posts_and_comments",
    "comments_and_reactions/posts_and_comments",
    "comments_and_reactions/likes_and_reactions",
    "groups/likes_and_reactions",
)
REACTION_KEYS = _v("reactions")
EDITS = {
    "posts/edits_you_made_to_posts": "post",
    "comments_and_reactions/your_comment_edits": "comment",
    "comments/your_comment_edits": "comment",
}
FRIENDS = ("friends/friends", "friends/your_friends", "friends_and_followers/friends")
FRIEND_KEYS = _v("friends")
PAGES = (
    "pages/pages_you_ve_liked",
    "pages/pages_and_profiles_you_follow",
    "pages/your_pages",
    "pages/pages_you_follow",
)
PAGE_KEYS = _v("page_likes", "pages_followed", "pages")
