"""Files of an export that are left alone on purpose, each with the reason, and those that nobody has described.

What tells where somebody is, how to reach them, what they searched, paid or looked at is no talk and never imported.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from archiver.dump import Dump, Entry
from archiver.importers.facebook.accounting import shape
from archiver.importers.facebook.loading import load
from archiver.importers.facebook.tree import Tree, levelled
from archiver.model import Problem
from archiver.text import one_line

_REASONS = {
    "advertising": "ads ads_information ads_and_businesses apps_and_websites apps_and_websites_off_of_facebook",
    "logins, sessions and addresses of machines, which are never imported": (
        "security_and_login_information meta_account_center facebook_accounts_center your_problem_reports"
    ),
    "where somebody was": "location location_history your_places voting",
    "what somebody looked at, searched or was shown": (
        "search search_history logged_information interactions your_topics facebook_news news facebook_gaming gaming "
        "music_recommendations notifications other_logged_information activity_messages other_activity navigation_bar"
    ),
    "buying, selling and paying": (
        "marketplace facebook_marketplace payment_history facebook_payments shopping shops fundraisers "
        "tickets_purchased"
    ),
    "settings": "preferences privacy_checkup meta_spark bug_bounty facebook_portal facebook_assistant",
    "who somebody is and knows, not what they said (names alone are read, to recognise them)": (
        "about_you profile_information personal_information connections friends friends_and_followers "
        "following_and_followers followers calls_and_messages"
    ),
    "what somebody likes, follows or saved": (
        "saved_items saved_items_and_collections likes_and_reactions/pages likes_on_external_sites pages_you_ve_liked "
        "pages_and_profiles_you_follow pages_you_follow pages_and_profiles_you_ve_unfollowed unfollowed_pages "
        "pages_and_profiles_you_ve_recommended admin_activity"
    ),
    "stories, which are made to vanish": "stories stories_and_highlights short_videos",
    "what its author hid, threw away or never published": "archive trash your_pending_posts_in_groups your_drafts",
    "posts whose author chose to be unnamed": "anonymous_posts_you_ve_written",
    "answers that only admins were to see": "your_answers_to_membership_questions join_requests",
    "links that let people in": "your_event_invitation_links content_sharing_links_you_have_created",
    "marks and counts without words": (
        "your_badges your_contributions your_comment_active_days your_group_moments pokes your_page_or_groups_badges "
        "group_invites_you_ve_received group_invites_you_ve_sent chat_invites_received"
    ),
    "copies of photos that Facebook made": "media_used_for_memories birthday_media",
}
LEFT: Mapping[str, str] = {name: why for why, names in _REASONS.items() for name in names.split()}
"""Levelled folders, files without ending and number, or ``folder/file``, and why they are left alone."""

_MINE = frozenset({
    "posts", "comments", "comments_and_reactions", "likes_and_reactions", "groups", "events", "pages", "polls", "reels",
    "photos_and_videos", "notes", "activity_you_re_tagged_in", "reviews",
})  # fmt: skip
_NUMBER = re.compile(r"_[0-9]{1,6}\Z")
_MOST = 20
_PAGE_ENDINGS = (".html", ".htm")


def reason(entry: Entry) -> str | None:
    """Why a file is left alone on purpose; None for one that is not in the table."""
    *folders, name = levelled(entry.path).split("/")
    stem = name.rpartition(".")[0]
    for called in (stem, _NUMBER.sub("", stem)):
        for place in (f"{folders[-1]}/{called}" if folders else "", called):
            if place in LEFT:
                return LEFT[place]
    return next((LEFT[folder] for folder in reversed(folders) if folder in LEFT), None)


def left_alone(dump: Dump, tree: Tree, read: Collection[str]) -> Iterator[Problem]:
    """What became of the files that nobody read: one note for those of the table, one for each unknown JSON file, one
    for pages of posts and the like, whose markup nobody has described. *read*: paths of those that were read."""
    reasons: Counter[str] = Counter()
    strange: list[Entry] = []
    pages: list[Entry] = []
    for entry in tree.entries:
        name = entry.name.casefold()
        if entry.path in read or not name.endswith((".json", *_PAGE_ENDINGS)):
            continue
        folders = levelled(entry.folder).split("/")
        if "messages" in folders or "your_group_messages" in folders:
            continue
        if (why := reason(entry)) is not None:
            reasons[why] += 1
            dump.leave(entry, why)
        elif not _MINE.isdisjoint(folders):
            (strange if name.endswith(".json") else pages).append(entry)
    if reasons:
        yield Problem("left-by-design", _sums(reasons))
    for entry in strange[:_MOST]:
        yield _strange(dump, entry)
    if len(strange) > _MOST:
        yield Problem(
            "unknown-file", f"{len(strange) - _MOST:,} more files are of kinds that are not known.", None, "detail"
        )
    yield from _pages(pages, tree)


def _sums(reasons: Counter[str]) -> str:
    said = "; ".join(f"{count:,} of {why}" for why, count in sorted(reasons.items()))
    files = "1 file was" if reasons.total() == 1 else f"{reasons.total():,} files were"
    return f"{files} left alone by design: {said}."


def _strange(dump: Dump, entry: Entry) -> Problem:
    loaded, _ = load(dump, entry)
    value = loaded.value if loaded else None
    first = value[0] if isinstance(value, list) and value else value
    keys = ", ".join(f"“{one_line(key, 40)}”" for key in sorted(first)[:8]) if isinstance(first, dict) else ""
    has = f"{shape(value)}, with the keys {keys}" if keys else shape(value)
    return Problem(
        "unknown-file", f"“{entry.path}” is of a kind that is not known ({has}) and was not read.", None, "detail"
    )


def _pages(pages: list[Entry], tree: Tree) -> Iterator[Problem]:
    """Pages without a JSON file of the same name: what they say is not read."""
    twins = {levelled(entry.path).rpartition(".")[0] for entry in tree.entries if entry.name[-5:].casefold() == ".json"}
    alone = [entry for entry in pages if levelled(entry.path).rpartition(".")[0] not in twins]
    if alone:
        note = (
            f"{len(alone):,} pages of posts, comments, groups or events (“{alone[0].path}”…) were not read: of these, "
            "only JSON is. Ask Facebook for the export again, with the format JSON."
        )
        yield Problem("unread-pages", note, None, "file")
