"""Whole exports of a member of the garden club, of every vintage: trees of files, and the zips they come in.

``python -m tests.bench.facebook_dumps json|html FOLDER COUNT SEED`` writes what the bench imports, in a process of its
own, for a parent's memory is counted to its children; it prints how many messages there are.
"""

import io
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from itertools import chain
from pathlib import Path

from tests.bench import facebook_e2ee, facebook_html
from tests.bench.facebook_json import DYI_2018, DYI_2021, DYI_2024, INSTAGRAM, PART, Vintage, media, pages, written
from tests.bench.facebook_posts import Post, files_2018, files_2021, files_2024, posts
from tests.bench.facebook_talk import ME, Chat, chats

WHOLE = 1 << 30  # messages in one file: until 2019 a thread was never cut
Files = Iterator[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody whose export it is: their conversations, as they see them, and what they wrote in groups."""

    name: str
    chats: tuple[Chat, ...]
    posts: tuple[Post, ...] = ()

    def between(self, first: int, last: int) -> "Member":
        """The same member, asking for what was said from *first* to before *last* (ms UTC) only."""
        cut = tuple(
            replace(chat, said=tuple(said for said in chat.said if first <= said.at < last)) for chat in self.chats
        )
        kept = tuple(post for post in self.posts if first <= post.at * 1000 < last)
        return Member(self.name, tuple(chat for chat in cut if chat.said), kept)


def member(seed: int, count: int, written_posts: int = 0) -> Member:
    """Ana, with about *count* messages in all her conversations and so many posts and comments."""
    return Member(ME, chats(seed, count), posts(seed, ME, written_posts) if written_posts else ())


def seen_by(name: str, other: Member, written_posts: int = 0, seed: int = 1) -> Member:
    """Somebody else in those of the other's conversations that they are in, too."""
    mine = tuple(_seen(chat, name, other.name) for chat in other.chats if name in chat.people)
    return Member(name, mine, posts(seed, name, written_posts) if written_posts else ())


def _seen(chat: Chat, name: str, other: str) -> Chat:
    people = (*(one for one in chat.people if one != name), name)
    return replace(chat, people=people, title=other if chat.kind == "direct" else chat.title)


# -- trees --------------------------------------------------------------------------------------------------------


def dyi_2018(who: Member, part: int = PART) -> Files:
    """A file a thread, everything at the top."""
    return chain(_threads(who, DYI_2018, WHOLE), files_2018(who.posts), _profile(who, "", "profile"))


def dyi_2021(who: Member, part: int = PART) -> Files:
    """Numbered files, ``_v2`` keys."""
    return chain(_threads(who, DYI_2021, part), files_2021(who.posts), _profile(who, "", "profile_v2"))


def dyi_2024(who: Member, part: int = PART) -> Files:
    """Everything under ``your_facebook_activity/``, with the settings that lie beside the threads."""
    profile = _profile(who, "personal_information/", "profile_v2")
    return chain(_threads(who, DYI_2024, part), files_2024(who.posts), profile, _beside("your_facebook_activity/"))


def instagram(who: Member, part: int = PART) -> Files:
    """Direct messages of Instagram; the keys of the profile are translated."""
    value = {"Name": {"value": who.name}, "Benutzername": {"value": "ana.ruiz.garden"}}
    profile = {"profile_user": [{"title": "Nutzer", "string_map_data": value}]}
    path = "personal_information/personal_information/personal_information.json"
    return chain(_threads(who, INSTAGRAM, part), [(path, written(profile))])


def e2ee(who: Member, part: int = PART) -> Files:
    """The encrypted chats of messenger.com; *part* is of no use there."""
    return facebook_e2ee.files(who.chats)


def html_2015(who: Member, part: int = PART) -> Files:
    """One page with everything, on a clock that it names: PDT."""
    return facebook_html.pages(who.chats, "2015", who.name, UTC)


def html_2019(who: Member, part: int = PART) -> Files:
    """A page for each part of a thread, to the minute, on a clock in UTC that it does not name."""
    return chain(facebook_html.pages(who.chats, "2019", who.name, UTC, part), facebook_html.media(who.chats, "2019"))


def html_2024(who: Member, part: int = PART) -> Files:
    """The same of 2024, to the second."""
    return chain(facebook_html.pages(who.chats, "2024", who.name, UTC, part), facebook_html.media(who.chats, "2024"))


TREES: Mapping[str, Callable[[Member, int], Files]] = {
    "2018": dyi_2018, "2021": dyi_2021, "2024": dyi_2024, "instagram": instagram, "e2ee": e2ee,
    "html 2015": html_2015, "html 2019": html_2019, "html 2024": html_2024,
}  # fmt: skip


def _threads(who: Member, vintage: Vintage, part: int) -> Files:
    for chat in who.chats:
        yield from pages(chat, vintage, who.name, part)
    yield from media(who.chats, vintage)


def _profile(who: Member, root: str, wrapper: str) -> Files:
    value = {wrapper: {"name": {"full_name": who.name}, "username": "ana.ruiz.garden"}}
    yield f"{root}profile_information/profile_information.json", written(value)


def _beside(root: str) -> Files:
    """What lies beside threads and is none."""
    yield (
        f"{root}messages/autofill_information.json",
        written({"autofill_information_v2": {"EMAIL": ["ana@example.org"]}}),
    )
    yield f"{root}messages/secret_conversations.json", written({"secret_conversations_v2": {"has_ever": False}})
    yield f"{root}stories/archived_stories.json", b"[object Object]"
    yield f"{root}polls/no-data.txt", b""


# -- on the disk --------------------------------------------------------------------------------------------------


def lay(files: Iterable[tuple[str, bytes]], folder: Path) -> Path:
    """The files in a folder."""
    for path, content in files:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def packed(files: Iterable[tuple[str, bytes]]) -> bytes:
    """The files in a zip, the same bytes for the same files; each path once."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in dict(files).items():
            archive.writestr(zipfile.ZipInfo(path, (2024, 6, 7, 10, 44, 0)), content)
    return target.getvalue()


def in_parts(who: Member, folder: Path, part: int = PART) -> list[Path]:
    """The export of 2024 as Meta cuts it: threads in one zip, the rest of the JSON in another, media in the third."""
    tree = dict(dyi_2024(who, part))
    slices: tuple[dict[str, bytes], ...] = ({}, {}, {})
    for path, content in tree.items():
        slices[0 if path.rpartition("/")[2].startswith("message_") else 1 if path.endswith((".json", ".txt")) else 2][
            path
        ] = content
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"facebook-anaruiz-2024-06-07-{tail}.zip" for tail in ("x7Kq2RtY", "b93LmZpQ", "Qw8nD4vE")]
    for target, some in zip(paths, slices, strict=True):
        target.write_bytes(packed(some.items()))
    return paths


def main(what: str, folder: str, count: str, seed: str) -> int:
    """Without media, for to copy files is not what is measured; the JSON as a zip, too, beside the folder."""
    who = member(int(seed), int(count))
    if what == "html":
        lay(facebook_html.pages(who.chats, "2024", who.name, UTC), Path(folder))
        return sum(facebook_html.shown(said, "2024") for chat in who.chats for said in chat.said)
    tree = dict(chain.from_iterable(pages(chat, DYI_2024, who.name) for chat in who.chats))
    lay(tree.items(), Path(folder))
    Path(f"{folder}.zip").write_bytes(packed(tree.items()))
    return sum(len(chat.said) for chat in who.chats)


if __name__ == "__main__":
    print(main(*sys.argv[1:]))
