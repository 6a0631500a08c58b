"""The exports in a dump, each as one tree out of folders and zips: found by the end of a path, never by its root.

Meta cuts one export into several zips, moves its folders every year and writes ``pages_you've_liked`` as well as
``pages_you_ve_liked``. So a file is known by its path suffix, with ``'`` and ``_`` equal and without regard to case
(facts 2 and 3, traps 3, 7, 8, 9, 10).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from archiver.dump import Dump, Entry
from archiver.errors import DumpError

SECTIONS = ("inbox", "archived_threads", "message_requests", "filtered_threads", "e2ee_cutover")
E2EE = "e2ee"  # the section of the flat files that messenger.com gives of encrypted chats
GROUP_MESSAGES = "your_group_messages"

ROOTS = {  # folders that Meta puts around the topics
    "your_facebook_activity",
    "your_activity_across_facebook",
    "this_profile_s_activity_across_facebook",
    "your_instagram_activity",
}
_TOPICS = {  # folders that lie at the root of a tree, in one year or another
    *ROOTS, "messages", "posts", "groups", "comments", "comments_and_reactions", "events", "pages",
    "profile_information", "personal_information", "likes_and_reactions", "photos_and_videos", "connections",
    "logged_information", "ads_information", "apps_and_websites_off_of_facebook", "security_and_login_information",
    "preferences", "html", "friends", "friends_and_followers", "about_you", "your_places", "stories", "saved_items",
    "other_activity",
}  # fmt: skip
_PART = re.compile(r"message(?:_(\d{1,6}))?\.(json|html?)", re.IGNORECASE)
_NUMBERED = re.compile(r"(.+?)_(\d{1,6})")
_HEAD = 1 << 16
_FEW = 50
_LEGACY = re.compile(r"messages\.htm|\d{1,9}\.html", re.IGNORECASE)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_MEDIA_FOLDERS = ("photos", "videos", "audio", "gifs", "files", "media")
_FLAT = re.compile(rb'"(?:threadName|senderName)"\s*:')
_ZIP_USER = re.compile(r"(?:facebook|instagram)-(.+?)(?:-\d{4}-\d\d-\d\d-\w+)?(?: \(\d+\))?\.zip", re.IGNORECASE)


def levelled(path: str) -> str:
    """A path for comparing: NFC, without case, ``'`` (and ``’``) as ``_``."""
    if not path.isascii():
        path = unicodedata.normalize("NFC", path).replace("\u2019", "_")
    return path.casefold().replace("'", "_")


@dataclass(frozen=True, slots=True)
class ThreadRef:
    """One telling of a conversation: the files of one thread folder, or one flat file.

    *key* is the conversation's (``facebook:thread:123``), the same in every telling; "" when only the content can
    say it (a lone file, pages of 2010–17). *native_id* is the id behind the last ``_`` of the folder. *title*: what
    the folder or file is called, a hint only. *section*: ``inbox``…, `E2EE`, `GROUP_MESSAGES`, or "". *files*: by
    number, the newest part first, as Meta counts.
    """

    key: str
    native_id: str
    title: str
    section: str
    files: tuple[Entry, ...]
    html: bool = False
    instagram: bool = False

    @property
    def scheme(self) -> str:
        """The scheme of its people's handles."""
        return "instagram-name" if self.instagram else "facebook-name"


class Tree:
    """One person's export. *entries*: all its files, whatever folders and zips they came in, in the dump's order."""

    def __init__(self, dump: Dump, entries: Sequence[Entry], *, instagram: bool = False) -> None:
        self.entries = tuple(entries)
        self.instagram = instagram
        self._dump = dump

    # -- files by the end of their path --------------------------------------------------------------------

    def section(self, suffix: str) -> list[Entry]:
        """Files whose path ends like this, their own number aside, in the order of their numbers.

        ``posts/your_posts`` finds ``…/posts/your_posts.json`` and ``…/posts/your_posts_1.json``, of JSON only; with
        an ending (``posts/your_posts_1.html``) exactly that; with a slash at the end (``posts/album/``) every JSON
        file right in that folder.
        """
        wanted = levelled(suffix)
        folder, _, stem = wanted.rpartition("/")
        if not stem:
            found = [(0, entry) for entry in self._in_folder(folder) if entry.name[-5:].casefold() == ".json"]
        elif "." in stem:
            found = [(0, entry) for entry in self._called.get(stem, ()) if _lies_in(entry, folder)]
        else:
            found = [(number, entry) for number, entry in self._stems.get(stem, ()) if _lies_in(entry, folder)]
        return [entry for _, entry in sorted(found, key=lambda one: one[0])]

    def _in_folder(self, folder: str) -> Iterable[Entry]:
        last = folder.rpartition("/")[2]
        return (entry for entry in self._folders.get(last, ()) if _lies_in(entry, folder))

    @cached_property
    def _called(self) -> Mapping[str, list[Entry]]:
        """Entries by levelled name."""
        return _grouped((levelled(entry.name), entry) for entry in self.entries)

    @cached_property
    def _folders(self) -> Mapping[str, list[Entry]]:
        """Entries by the levelled name of the folder they are in."""
        return _grouped((levelled(entry.folder.rpartition("/")[2]), entry) for entry in self.entries)

    @cached_property
    def _stems(self) -> Mapping[str, list[tuple[int, Entry]]]:
        """JSON files with their number, by levelled name without ending and without number; both ways if in doubt."""
        stems: dict[str, list[tuple[int, Entry]]] = {}
        for entry in self.entries:
            stem, _, ending = levelled(entry.name).rpartition(".")
            if ending != "json":
                continue
            stems.setdefault(stem, []).append((0, entry))
            if numbered := _NUMBERED.fullmatch(stem):
                stems.setdefault(numbered[1], []).append((int(numbered[2]), entry))
        return stems

    # -- threads -----------------------------------------------------------------------------------------

    def threads(self) -> list[ThreadRef]:
        """Every telling of every thread: JSON first, then pages, each in the dump's order."""
        found = self._threads
        return [ref for ref in found if not ref.html] + [ref for ref in found if ref.html]

    @cached_property
    def _threads(self) -> list[ThreadRef]:
        folders: dict[tuple[str, bool], list[tuple[int, Entry]]] = {}
        others: list[ThreadRef] = []
        for entry in self.entries:
            part = _PART.fullmatch(entry.name)
            if part is not None:
                html = not part[2].casefold().startswith("json")
                folders.setdefault((entry.folder, html), []).append((int(part[1] or 1), entry))
            elif (ref := self._flat(entry)) is not None:
                others.append(ref)
        tellings = [self._folder_ref(parts, html=html) for (_, html), parts in folders.items()]
        return [*_slices(tellings), *others]

    def _folder_ref(self, parts: list[tuple[int, Entry]], *, html: bool) -> ThreadRef:
        first = parts[0][1]
        above, _, folder = first.folder.rpartition("/")
        section = levelled(above.rpartition("/")[2])
        slug, line, identity = folder.rpartition("_")
        known = section in SECTIONS
        native = levelled(identity) if known or _is_id(identity, line) else ""
        return ThreadRef(
            key=self.key(native) if native else "",
            native_id=native,
            title=slug or folder,
            section=section if known else "",
            files=tuple(entry for _, entry in sorted(parts, key=lambda one: one[0])),
            html=html,
            instagram=self.instagram,
        )

    @cached_property
    def _loose(self) -> bool:
        """Whether these are a few files in no folder of Meta's, any of which may be a thread somebody picked out."""
        return len(self.entries) <= _FEW and not any(map(_in_topic, self.entries))

    def key(self, native_id: str) -> str:
        """The conversation's key for a thread's id."""
        return f"{'instagram' if self.instagram else 'facebook'}:thread:{native_id}"

    def _flat(self, entry: Entry) -> ThreadRef | None:
        """A thread that is one file: a group's messages, an encrypted chat, a page of 2010–18, or a file on its own."""
        folder = levelled(entry.folder.rpartition("/")[2])
        stem, _, ending = entry.name.rpartition(".")
        ending = ending.casefold()
        if ending in {"htm", "html"}:
            old = _LEGACY.fullmatch(entry.name) and folder in {"html", "messages"}
            return ThreadRef("", "", stem, "", (entry,), html=True) if old or self._loose else None
        if ending != "json":
            return None
        if folder == GROUP_MESSAGES:
            return ThreadRef(self.key(levelled(stem)), levelled(stem), "", GROUP_MESSAGES, (entry,))
        if folder == "messages" or (not _in_topic(entry) and entry.path.count("/") <= 3):
            head = self.head(entry)
            if _FLAT.search(head):
                numbered = _NUMBERED.fullmatch(stem)
                return ThreadRef("", "", numbered[1] if numbered else stem, E2EE, (entry,))
            if b'"sender_name"' in head and b'"timestamp_ms"' in head:
                return ThreadRef("", "", stem, "", (entry,), instagram=self.instagram)
        return None

    def head(self, entry: Entry) -> bytes:
        """The first bytes of a file; b"" where they cannot be read."""
        try:
            return self._dump.head(entry, _HEAD)
        except DumpError:
            return b""

    # -- media -------------------------------------------------------------------------------------------

    def media(self, uri: str, beside: Entry) -> Entry | None:
        """The file that a record in *beside* calls *uri*; None when it is not in the tree, or lies elsewhere.

        A uri is relative to the root, with or without the folder around the topics, or to *beside* (``./media/…``),
        or a bare name. It is compared with the paths there are and never becomes one: an escape finds nothing.
        """
        path = levelled(uri).replace("\\", "/")
        candidates = self._called.get(path.rpartition("/")[2])
        if candidates is None or _ELSEWHERE.match(uri) or path.startswith("/"):
            return None
        parts = [part for part in path.split("/") if part not in {"", "."}]
        if ".." in parts:
            return None
        if parts[0] in ROOTS:
            parts = parts[1:]
        ranks = ((_rank(entry, parts, beside), entry) for entry in candidates)
        best = min(ranks, key=lambda one: one[0])
        return best[1] if best[0][0] < _NO else None


_NO = 9


def _rank(entry: Entry, parts: Sequence[str], beside: Entry) -> tuple[int, bool]:
    """How well a file fits a uri, 0 best, `_NO` not at all; then whether it is in another zip than *beside*."""
    path, wanted = "/" + levelled(entry.path), "/".join(parts)
    near = "/" + levelled(beside.folder) if beside.folder else ""
    another = entry.container != beside.container
    if len(parts) > 1 and path.endswith("/" + wanted):
        return 0, another
    if path == f"{near}/{wanted}":
        return 1, another
    if len(parts) == 1:
        inside = path in {f"{near}/{folder}/{wanted}" for folder in _MEDIA_FOLDERS}
        return (2 if inside else _NO), another
    if len(parts) > 2 and ("/" + wanted).endswith(path) and path.count("/") > 1:  # a folder deep in it was given
        return 3, another
    renamed = near.rpartition("/")[0].rpartition("/")[2] not in SECTIONS  # the thread's folder alone was given
    tail = "/".join(parts[-2:])
    if renamed and parts[-2] in _MEDIA_FOLDERS and path == f"{near}/{tail}":
        return 4, another
    return (5 if path == f"{near}/{parts[-1]}" else _NO), another  # somebody put it beside the messages


def _grouped(pairs: Iterable[tuple[str, Entry]]) -> dict[str, list[Entry]]:
    groups: dict[str, list[Entry]] = {}
    for key, entry in pairs:
        groups.setdefault(key, []).append(entry)
    return groups


def _lies_in(entry: Entry, folder: str) -> bool:
    """Whether the entry's folder ends with the levelled *folder*."""
    return not folder or ("/" + levelled(entry.folder)).endswith("/" + folder)


def _is_id(text: str, line: str) -> bool:
    """Whether the end of a folder's name is an id: digits, or ten letters and digits (2018–20)."""
    return bool(line) and ((text.isdecimal() and len(text) > 4) or (len(text) == 10 and text.isalnum()))


def _in_topic(entry: Entry) -> bool:
    """Whether a file lies in one of Meta's own topic folders."""
    return any(levelled(part) in _TOPICS for part in entry.folder.split("/"))


def _slices(tellings: Sequence[ThreadRef]) -> list[ThreadRef]:
    """Tellings of one thread in one section whose numbers do not meet are slices of one: joined again.

    (Part 1 in the first zip, part 2 in the second; two exports in one dump have a number in common.)
    """
    whole: dict[tuple[str, str, bool, str], list[ThreadRef]] = {}
    order: list[list[ThreadRef]] = []
    for ref in tellings:
        place = (ref.key, ref.section, ref.html, ref.title if ref.key else ref.files[0].folder)
        if place not in whole:
            order.append(whole.setdefault(place, []))
        for at, known in enumerate(whole[place]):
            if not _numbers(known) & _numbers(ref) and ref.files[0].folder != known.files[0].folder:
                files = sorted((*known.files, *ref.files), key=_number)
                whole[place][at] = replace(known, files=tuple(files))
                break
        else:
            whole[place].append(ref)
    return [ref for refs in order for ref in refs]


def _number(entry: Entry) -> int:
    part = _PART.fullmatch(entry.name)
    return int(part[1] or 1) if part else 1


def _numbers(ref: ThreadRef) -> set[int]:
    return set(map(_number, ref.files))


# -- several exports in one dump ---------------------------------------------------------------------------------


def root_of(entry: Entry) -> str:
    """Where the tree that a file belongs to begins: its zip, or the folder around Meta's topic folders."""
    if entry.container is not None:
        return entry.container
    parts = entry.folder.split("/")
    at = next((i for i, part in enumerate(parts) if i and levelled(part) in _TOPICS), min(1, len(parts)))
    return "/".join(parts[:at])


def user_of(root: str) -> str:
    """The user's name in a zip's (``facebook-anagardner-2024-05-01-x7Kq2.zip``); "" if there is none."""
    named = _ZIP_USER.fullmatch(root.rpartition("/")[2])
    return levelled(named[1]) if named else ""


def is_instagram(root: str, entries: Iterable[Entry]) -> bool:
    """Whether the files under a root are Instagram's: by the zip's name, or by folders only Instagram has."""
    if root.rpartition("/")[2].casefold().startswith("instagram"):
        return True
    for entry in entries:
        path = "/" + levelled(entry.path)
        if "/your_instagram_activity/" in path or path.endswith(
            "/personal_information/personal_information/personal_information.json"
        ):
            return True
    return False
