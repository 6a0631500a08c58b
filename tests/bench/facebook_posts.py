"""Posts and comments of a member: on the own wall, in groups, on others' walls; as the exports of each year have them.

Of a group an export holds only what its owner wrote, and mostly a sentence tells which group it was.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.facebook_json import Told, written
from tests.bench.facebook_talk import BEN, CLEO, ZOE, Words

GROUPS = ("Garden Club é", "Семена", "Seed Savers, Saltmere")
START = 1_525_168_800  # 2018-05-01 10:00 UTC


@dataclass(frozen=True, slots=True)
class Post:
    """What a member wrote: *at* in seconds; in a *group*, "" on the own wall. *on*: whose post a comment is under;
    *photo*: the name of its only file; *title*: the sentence that goes with it."""

    at: int
    who: str
    kind: str
    text: str
    group: str = ""
    on: str = ""
    photo: str = ""
    link: str = ""
    here: bool = True

    @property
    def title(self) -> str:
        if self.kind == "event.joined":
            return f"You became a member of {self.group}."
        if self.kind == "comment":
            whose = "their own" if self.on == self.who else f"{self.on}'s"
            return f"{self.who} commented on {whose} post."
        if self.kind == "post" and self.on:
            return f"{self.who} wrote on your timeline."
        return f"{self.who} posted in {self.group}." if self.group else f"{self.who} updated their status."


def posts(seed: int, me: str, count: int, others: Sequence[str] = (BEN, CLEO, ZOE)) -> tuple[Post, ...]:
    """So many of a member's posts and comments in order of time, and before them the joining of each group."""
    draw = random.Random(f"facebook posts {seed} {me}")
    words, at = Words(seed % 7, draw), START
    made = [Post(START - 60 * n, me, "event.joined", "", group) for n, group in enumerate(reversed(GROUPS), start=1)][
        ::-1
    ]
    people = [one for one in others if one != me]
    for number in range(count):
        at += 60 + int(draw.expovariate(1 / 40_000))
        made.append(_post(draw, words, at, me, people, number))
    return tuple(made)


def _post(draw: random.Random, words: Words, at: int, me: str, people: Sequence[str], number: int) -> Post:
    text, dice = f"{words.sentence(3)} {number}", draw.random()
    group = draw.choice(GROUPS) if draw.random() < 0.75 else ""
    if dice < 0.4:
        return Post(at, me, "comment", text, group, draw.choice((*people, me)))
    if dice < 0.45:
        return Post(at, draw.choice(people), "post", text, "", me)
    photo = f"{number}_{at}_n.jpg" if draw.random() < 0.2 else ""
    link = f"https://example.org/leek?n={number}" if not photo and draw.random() < 0.2 else ""
    return Post(at, me, "post", text, group, photo=photo, link=link, here=draw.random() < 0.9)


# -- files ------------------------------------------------------------------------------------------------------


def files_2018(said: Sequence[Post]) -> Iterator[tuple[str, bytes]]:
    """The export of 2018: posts and comments of groups in one file, logs under ``activity_log_data``."""
    grouped = [_record(post, "posts") for post in _newest(said) if post.group and post.kind != "event.joined"]
    yield "groups/your_posts_and_comments_in_groups.json", written({"group_posts": {"activity_log_data": grouped}})
    joined = [_membership(post, hung=True) for post in _newest(said) if post.kind == "event.joined"]
    yield "groups/your_group_membership_activity.json", written({"groups_joined": joined})
    yield "posts/your_posts.json", written({"status_updates": _of(said, "post")})
    yield (
        "posts/other_people's_posts_to_your_timeline.json",
        written({"wall_posts_sent_to_you": {"activity_log_data": _of(said, "wall")}}),
    )
    yield "comments/comments.json", written({"comments": _of(said, "comment")})
    yield from _media(said, "")


def files_2021(said: Sequence[Post]) -> Iterator[tuple[str, bytes]]:
    """The export of 2021: a file each, wrappers with ``_v2``; comments of groups in both files of comments."""
    yield "groups/group_posts_and_comments.json", written({"group_posts_v2": _of(said, "group post")})
    yield "groups/your_comments_in_groups.json", written({"group_comments_v2": _of(said, "group comment")})
    yield from _shared(said, "", "comments_and_reactions/comments.json", "posts/your_posts_1.json")


def files_2024(said: Sequence[Post]) -> Iterator[tuple[str, bytes]]:
    """The export of 2024, under ``your_facebook_activity/``."""
    root = "your_facebook_activity/"
    yield f"{root}groups/group_posts_and_comments.json", written({"group_posts_v2": _of(said, "group post", root)})
    yield f"{root}groups/your_comments_in_groups.json", written({"group_comments_v2": _of(said, "group comment", root)})
    posts_file = f"{root}posts/your_posts__check_ins__photos_and_videos_1.json"
    yield from _shared(said, root, f"{root}comments_and_reactions/comments.json", posts_file)


def _shared(said: Sequence[Post], root: str, comments: str, own: str) -> Iterator[tuple[str, bytes]]:
    joined = [_membership(post, hung=False) for post in _newest(said) if post.kind == "event.joined"]
    yield f"{root}groups/your_group_membership_activity.json", written({"groups_joined_v2": joined})
    both = [_record(post, "posts") for post in _newest(said) if post.kind == "comment"]
    yield comments, written({"comments_v2": both})
    yield own, written(_of(said, "post", root))
    yield (
        f"{root}posts/other_people_s_posts_to_your_timeline.json",
        written({"wall_posts_sent_to_you_v2": _of(said, "wall")}),
    )
    yield from _media(said, root)


def _newest(said: Sequence[Post]) -> list[Post]:
    return list(reversed(said))


def _of(said: Sequence[Post], sort: str, root: str = "") -> list[dict[str, Any]]:
    """The records of one sort, the newest first."""
    sorts = {"post": ("post", False), "group post": ("post", True), "comment": ("comment", False),
             "group comment": ("comment", True)}  # fmt: skip
    if sort == "wall":
        return [_record(post, root) for post in _newest(said) if post.kind == "post" and post.on]
    kind, grouped = sorts[sort]
    return [
        _record(post, root)
        for post in _newest(said)
        if post.kind == kind and bool(post.group) == grouped and not (kind == "post" and post.on)
    ]


def _record(post: Post, root: str) -> dict[str, Any]:
    record: dict[str, Any] = {"timestamp": post.at}
    if post.photo:
        media = {"uri": f"{_folder(root)}{post.photo}", "creation_timestamp": post.at, "title": ""}
        media["media_metadata"] = {"photo_metadata": {"exif_data": [{"upload_ip": "192.0.2.7"}]}}
        record["attachments"] = [{"data": [{"media": media}]}]
    elif post.link:
        record["attachments"] = [{"data": [{"external_context": {"url": post.link}}]}]
    if post.kind == "comment":
        told = {"timestamp": post.at, "comment": post.text, "author": post.who}
        record["data"] = [{"comment": told | ({"group": post.group} if post.group else {})}]
    else:
        record["data"] = [{"post": post.text}]
    return record | {"title": post.title}


def _membership(post: Post, *, hung: bool) -> dict[str, Any]:
    name = [{"name": post.group}]
    inner = {"attachments": [{"data": name}]} if hung else {"data": name}
    return {"timestamp": post.at, **inner, "title": post.title}


def _folder(root: str) -> str:
    return f"{root if root != 'posts' else ''}posts/media/your_posts/"


def _media(said: Sequence[Post], root: str) -> Iterator[tuple[str, bytes]]:
    for post in said:
        if post.photo and post.here:
            yield f"{_folder(root)}{post.photo}", f"{post.photo} of {post.at}".encode()


# -- the truth --------------------------------------------------------------------------------------------------


def told(said: Sequence[Post]) -> dict[str, list[Told]]:
    """By title of the conversation, "" for the member's own wall, what reading has to give, in order of time."""
    found: dict[str, list[Told]] = {}
    for post in said:
        files = ((post.photo, "present" if post.here else "missing"),) if post.photo else ()
        text = post.title if post.kind == "event.joined" else post.text
        found.setdefault(post.group, []).append(Told(post.who, post.at * 1000, post.kind, text, (), files))
    return found
