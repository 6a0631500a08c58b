"""Whose exports are in a dump: one person's, cut into several zips, or those of several people, each with an owner.

A community archive is the union of several members' exports, and every one of them needs its owner (facts 1.8). Parts
of one export belong together; the encrypted chats come in a zip of their own; Instagram is another account.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape

import orjson

from archiver.contracts import Hints
from archiver.dump import Dump, Entry
from archiver.importers.facebook.loading import load
from archiver.importers.facebook.mojibake import repaired
from archiver.importers.facebook.people import (
    FACEBOOK,
    INSTAGRAM,
    Owner,
    is_nobody,
    owner_by_presence,
    owner_called,
    owner_in_profile,
)
from archiver.importers.facebook.tree import ThreadRef, Tree, is_instagram, root_of, user_of
from archiver.model import Guess, Origin, Problem
from archiver.text import bare, fold

_PROFILES = (
    "profile_information/profile_information",
    "personal_information/personal_information",
    "profile_information/personal_information",
)
_PEOPLE = re.compile(rb'"participants"\s*:\s*\[(.*?)\]', re.DOTALL)
_H1 = re.compile(rb"<h1\b[^<>]*>([^<>]{1,500})</h1>", re.IGNORECASE)
_NAME = re.compile(rb'"(?:[^"\\]|\\.)*+"')
_ASKED = 200  # threads that are asked for their participants
_OPENED = 3  # threads that are opened for their titles


@dataclass(frozen=True, slots=True)
class Export:
    """One person's export: its *tree*, its *owner*, and what is to be said about how that is known."""

    tree: Tree
    owner: Owner
    notes: tuple[Problem | Guess, ...] = ()


def exports(dump: Dump, hints: Hints) -> list[Export]:
    """The exports in the dump, in its order."""
    roots: dict[str, list[Entry]] = {}
    for entry in dump.entries:
        roots.setdefault(root_of(entry), []).append(entry)
    groups = [
        (instagram, group)
        for instagram, parts in _by_service(roots).items()
        for group in _grouped(dump, parts, instagram)
    ]
    alone = len(groups) == 1
    return [_export(dump, group, hints, instagram, alone=alone) for instagram, group in groups]


def _by_service(roots: dict[str, list[Entry]]) -> dict[bool, dict[str, list[Entry]]]:
    """The roots of Facebook, and those of Instagram."""
    services: dict[bool, dict[str, list[Entry]]] = {}
    for root, entries in roots.items():
        services.setdefault(is_instagram(root, entries), {})[root] = entries
    return services


def _grouped(dump: Dump, roots: dict[str, list[Entry]], instagram: bool) -> list[list[Entry]]:
    """The roots' files, together where they are one person's."""
    owners = {root: _in_profile(dump, Tree(dump, entries, instagram=instagram)) for root, entries in roots.items()}
    known = {root: fold(owner.name) for root, owner in owners.items() if owner is not None}
    if len(set(known.values())) < 2:
        return [[entry for entries in roots.values() for entry in entries]]
    groups: dict[str, list[Entry]] = {}
    before = next(iter(known.values()))
    for root, entries in roots.items():
        before = (
            known.get(root) or _by_user(root, known) or _by_people(Tree(dump, entries), set(known.values())) or before
        )
        groups.setdefault(before, []).extend(entries)
    return list(groups.values())


def _by_user(root: str, known: dict[str, str]) -> str:
    """The owner of another part whose zip has the same user's name in its own; "" for none."""
    user = user_of(root)
    return next((owner for other, owner in known.items() if user and user_of(other) == user), "")


def _by_people(tree: Tree, known: set[str]) -> str:
    """The only one of the known owners who is in every thread of a part; "" when that tells nothing."""
    present = [set(map(fold, people)) for people in threads_people(tree, tree.threads()[:_ASKED]) if people]
    everywhere = known.intersection(*present) if present else set()
    return everywhere.pop() if len(everywhere) == 1 else ""


def _export(dump: Dump, entries: list[Entry], hints: Hints, instagram: bool, *, alone: bool) -> Export:
    """*alone*: it is the only one, so a name that was said is its owner's; else only where no profile names one."""
    tree = Tree(dump, entries, instagram=instagram)
    scheme = INSTAGRAM if instagram else FACEBOOK
    profile = _in_profile(dump, tree)
    if hints.owner and (alone or profile is None):
        aliases = (profile.name, *profile.aliases) if profile else ()
        return Export(tree, owner_called(hints.owner, "you said so", aliases, scheme))
    if profile is not None:
        return Export(tree, profile)
    refs = [ref for ref in tree.threads() if not ref.html][:_ASKED]
    owner = _by_presence(dump, tree, refs, scheme)
    if owner is not None:
        return Export(tree, owner, (_guess(dump, refs[0], owner),))
    headed = _in_heading(tree)
    if headed is not None:
        return Export(tree, headed[1], (_guess(dump, headed[0], headed[1]),))
    note = "Nothing in the export says whose it is: there is no profile file, and no name is in every thread."
    unknown = Problem("owner-unknown", f"{note} Say it with --me NAME.")
    return Export(tree, owner_called("", "", scheme=scheme), (unknown,) if refs else ())


def _in_heading(tree: Tree) -> tuple[ThreadRef, Owner] | None:
    """The owner as pages of 2010–17 are headed, if all of them are headed alike; with a page that is."""
    found: dict[str, tuple[ThreadRef, Owner]] = {}
    for ref in [ref for ref in tree.threads() if ref.html and not ref.key][:_ASKED]:
        head = tree.head(ref.files[0])
        heading = _H1.search(head) if b'class="thread"' in head else None
        name = unescape(heading[1].decode("utf-8", "replace")).strip() if heading else ""
        if name and not is_nobody(name):
            found.setdefault(fold(name), (ref, owner_called(name, "the page of all messages is headed so")))
    return next(iter(found.values())) if len(found) == 1 else None


def _by_presence(dump: Dump, tree: Tree, refs: Sequence[ThreadRef], scheme: str) -> Owner | None:
    """The only name that is in every thread; where two are, the files of a few are opened for their titles."""
    people = list(threads_people(tree, refs))
    told = [(names, _titled(ref, names)) for ref, names in zip(refs, people, strict=True)]
    owner = owner_by_presence(told, scheme)
    if owner is None and any(people):
        opened = [(names, _title(dump, ref)) for ref, (names, _) in zip(refs[:_OPENED], told, strict=False)]
        owner = owner_by_presence([*opened, *told[_OPENED:]], scheme)
    return owner


def _title(dump: Dump, ref: ThreadRef) -> str:
    """The title in a thread's newest file."""
    loaded, _ = load(dump, ref.files[0])
    head = loaded.value if loaded is not None and isinstance(loaded.value, dict) else {}
    found = next((head[key] for key in ("title", "threadName") if isinstance(head.get(key), str)), "")
    return repaired(found).strip()


def _guess(dump: Dump, ref: ThreadRef, owner: Owner) -> Guess:
    origin = Origin("facebook", dump.sha256(ref.files[0]), ref.files[0].member, 0, 0)
    return Guess("owner", owner.name, owner.because, 0.9, origin, "--me")


def _in_profile(dump: Dump, tree: Tree) -> Owner | None:
    """The owner as the newest profile file has it that names one."""
    for suffix in _PROFILES:
        for entry in tree.section(suffix):
            loaded, _ = load(dump, entry)
            names = _names(tree) if loaded is not None and tree.instagram else None
            owner = owner_in_profile(loaded.value, names) if loaded is not None else None
            if owner is not None:
                dump.aside(entry, entry.name)  # who "You" is cannot be told again without it
                return owner
    return None


def _names(tree: Tree) -> Counter[str]:
    """In how many threads each name is."""
    return Counter(name for people in threads_people(tree, tree.threads()[:_ASKED]) for name in people)


def threads_people(tree: Tree, refs: Sequence[ThreadRef]) -> Iterator[frozenset[str]]:
    """The participants of each thread, repaired; empty where the first bytes of its newest file do not tell."""
    for ref in refs:
        yield frozenset() if ref.html else people_in(tree.head(ref.files[0]))


def people_in(head: bytes) -> frozenset[str]:
    """The participants, repaired, that the first bytes of a thread's file name."""
    found = _PEOPLE.search(head)
    names = map(quoted, _NAME.findall(found[1])) if found else ()
    return frozenset(name for name in names if name and name != "name")


def quoted(raw: bytes) -> str:
    """The repaired text of a JSON string; "" if it is none."""
    try:
        value = orjson.loads(raw)
    except ValueError:
        return ""
    return repaired(value) if isinstance(value, str) else ""


def _titled(ref: ThreadRef, names: frozenset[str]) -> str:
    """Which of two people a conversation is called after: the one whose letters are the folder's or file's name."""
    slug = _letters(ref.title)
    called = [name for name in names if slug and not is_nobody(name) and _letters(name) == slug]
    return called[0] if len(called) == 1 else ""


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, bare(text)))
