"""Whether a dump is one of Meta's: told by names of files, then by the first bytes of a few."""

import re
from collections.abc import Iterable, Iterator, Sequence

from archiver.dump import Dump, Entry
from archiver.errors import DumpError
from archiver.importers.facebook.generations import generation
from archiver.importers.facebook.tree import ROOTS, levelled

_THREAD = re.compile(
    r"(?:^|/)(?:inbox|archived_threads|message_requests|filtered_threads|e2ee_cutover)/[^/]+/message(?:_\d+)?\.(?:json|html?)$"
)
_OWN_NAMES = re.compile(  # files that are called so by nobody else
    r"(?:^|/)(?:profile_information/profile_information|group_posts_and_comments(?:_\d+)?|your_comments_in_groups"
    r"|your_posts_and_comments_in_groups|your_posts(?:__check_ins__photos_and_videos)?(?:_\d+)?|profile_posts_\d+"
    r"|other_people_s_posts_to_your_timeline|your_group_membership_activity|your_group_messages/[^/]+"
    r"|posts_on_other_pages_and_profiles)\.(?:json|html)$"
    r"|(?:^|/)html/(?:messages|wall|timeline)\.htm$"
)
_PART = re.compile(r"message(?:_\d{1,6})?\.html?", re.IGNORECASE)
_LOOKED_INTO = 60
_HEAD = 1 << 14
_THREAD_KEYS = re.compile(rb'"(?:sender_name|senderName)"\s*:')
_TIME_KEYS = re.compile(rb'"(?:timestamp_ms|timestamp)"\s*:')
_THREAD_NAME = re.compile(rb'"participants"\s*:\s*\[[^\]]{0,8000}\]\s*,\s*"(?:threadName|messages)"\s*:')


def claims(dump: Dump) -> str | None:
    """Why the dump is Facebook's, Messenger's or Instagram's; None when nothing says so."""
    for entry in dump.entries:
        path = levelled(entry.path)
        if _THREAD.search(path):
            return f"“{entry.path}” is named as a thread of an export is"
        if _OWN_NAMES.search(path):
            return f"“{entry.path}” is named as a file of an export is"
        if root := next((part for part in path.split("/")[:-1] if part in ROOTS), None):
            return f"“{entry.path}” lies in “{root}”, a folder of Meta's exports"
    return _by_content(dump)


def _by_content(dump: Dump) -> str | None:
    """By the first bytes of JSON files, and of pages that are named as a thread's or given alone."""
    for entry in _some(dump.entries, (".json",)):
        head = _head(dump, entry)
        if (_THREAD_KEYS.search(head) and _TIME_KEYS.search(head)) or _THREAD_NAME.search(head):
            return f"“{entry.path}” holds messages as Messenger and Instagram export them"
    for entry in _some(dump.entries, (".html", ".htm")):
        named = _PART.fullmatch(entry.name) is not None
        if (named or len(dump.entries) == 1) and (age := generation(_head(dump, entry))):
            return f"“{entry.path}” is a page of messages, as exports of {age} have them"
    return None


def _some(entries: Iterable[Entry], endings: tuple[str, ...]) -> Iterator[Entry]:
    looked = 0
    for entry in entries:
        if entry.name.casefold().endswith(endings) and entry.size and looked < _LOOKED_INTO:
            looked += 1
            yield entry


def _head(dump: Dump, entry: Entry) -> bytes:
    try:
        return dump.head(entry, _HEAD)
    except DumpError:
        return b""


def explained(dump: Dump) -> Sequence[str]:
    """Why no export was found, for whoever thought there was one."""
    looked = sum(1 for _ in _some(dump.entries, (".json", ".html", ".htm")))
    count = len(dump.entries)
    where = "it lies in none" if count == 1 else f"of its {count:,} files none lies in one"
    begins = f", and none of {looked:,} JSON files and pages begins as an export's does" if looked else ""
    return [f"As Facebook: {where} of Meta's folders{begins}"]
