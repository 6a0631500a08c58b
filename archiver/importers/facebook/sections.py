"""Posts, comments, groups, events and the like of an export, in two rounds over its files.

The first round learns the names that stand by themselves and sees what belongs together, the second tells it. One
file is in memory at a time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from archiver.contracts import Hints
from archiver.dump import Dump, Entry
from archiver.importers.facebook.accounting import Count, Ledger
from archiver.importers.facebook.desk import Desk, Draft, Outcome, Sheet, Skipped, oldest_first
from archiver.importers.facebook.given import Given
from archiver.importers.facebook.groups import Groups, names_in
from archiver.importers.facebook.left import left_alone
from archiver.importers.facebook.links import Links
from archiver.importers.facebook.loading import Loaded, load
from archiver.importers.facebook.people import Owner
from archiver.importers.facebook.posts import time_of
from archiver.importers.facebook.records import Record, mapping, records, words
from archiver.importers.facebook.section_table import (
    EDITS,
    FRIEND_KEYS,
    FRIENDS,
    GROUP_NAMES,
    PAGE_KEYS,
    PAGES,
    REACTION_KEYS,
    REACTIONS,
    SECTIONS,
    Section,
)
from archiver.importers.facebook.tree import Tree
from archiver.model import Item, Origin, Problem


class _File(NamedTuple):
    section: Section
    entry: Entry


@dataclass(slots=True)
class Survey:
    """What was seen of one export on the first round. *given*: the accounts of files whose records all went to
    messages of other files; *problems*: what went wrong with those; *read*: paths of all files that are read;
    *hopeless*: what is to be said of those of which nothing can be read, so that they are looked at once."""

    desk: Desk
    groups: Groups
    links: Links
    files: Sequence[_File]
    given: list[tuple[str, Count, Origin]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    hopeless: dict[str, list[Problem]] = field(default_factory=dict)


def read_sections(dump: Dump, tree: Tree, owner: Owner, hints: Hints, ledger: Ledger | None = None) -> Iterator[Item]:
    """Posts, comments, groups, events and the like of one export.

    *ledger*: the accounts of the dump; its unknown keys are left to whoever gave it.
    """
    yield from read_exports(dump, [(tree, owner)], hints, ledger)


def read_exports(
    dump: Dump, exports: Iterable[tuple[Tree, Owner]], hints: Hints, ledger: Ledger | None = None
) -> Iterator[Item]:
    """The same of several people's exports: comments find the posts they are under in each other's, too."""
    mine = Ledger() if ledger is None else ledger
    links = Links()
    surveys = [survey(dump, tree, owner, hints, links) for tree, owner in exports if not tree.instagram]
    for seen in surveys:
        _settle(dump, seen)
    for seen in surveys:
        seen.desk.ledger = mine
        yield from _told(dump, seen)
    if ledger is None:
        yield from mine.problems()


# -- the first round ------------------------------------------------------------------------------------------


def survey(dump: Dump, tree: Tree, owner: Owner, hints: Hints, links: Links) -> Survey:
    """The names that stand by themselves, then every post and comment in a few words."""
    files = [_File(section, entry) for section in SECTIONS for entry in _entries(tree, section.suffixes)]
    seen = Survey(Desk(tree, owner, hints, Ledger()), Groups(), links, files)
    seen.read.update(file.entry.path for file in files)
    _learn(dump, seen)
    links.asks_for_texts = links.asks_for_texts or bool(_entries(tree, tuple(EDITS)))
    seen.desk.glancing = True
    for file in files:
        if file.section.linked:
            _glance(dump, seen, file)
    seen.desk.glancing = False
    return seen


def _glance(dump: Dump, seen: Survey, file: _File) -> None:
    """Remember what is said in one file."""
    loaded, _ = _load(dump, seen, file.entry, file.section.wrappers)
    if loaded is None:
        return
    for outcomes in _outcomes(seen, file, loaded, _sheet(seen, file), placed=False):
        for draft in outcomes:
            if isinstance(draft, Draft):
                seen.links.note(draft, seen.desk)


def _entries(tree: Tree, suffixes: Sequence[str]) -> list[Entry]:
    """The files with one of these endings, each once."""
    return list({entry.path: entry for suffix in suffixes for entry in tree.section(suffix)}.values())


def _learn(dump: Dump, seen: Survey) -> None:
    """Names of groups, friends and pages; then the sentences around the names of groups."""
    for entry, wrappers, names in ((FRIENDS, FRIEND_KEYS, seen.desk.friends), (PAGES, PAGE_KEYS, seen.desk.pages)):
        for record in _all(dump, seen, _entries(seen.desk.tree, entry), wrappers):
            names.update(filter(None, map(str.strip, names_in(record))))
    titles: list[str] = []
    for file in seen.files:
        if file.section.kind not in GROUP_NAMES:
            continue
        for record in _all(dump, seen, [file.entry], file.section.wrappers):
            seen.groups.names.update(filter(None, map(str.strip, names_in(record))))
            if file.section.kind == "group posts" and (title := words(mapping(record.value).get("title"))):
                titles.append(title)
    for title in titles:
        seen.groups.learn(title)


def _all(dump: Dump, seen: Survey, entries: Iterable[Entry], wrappers: tuple[str, ...]) -> Iterator[Record]:
    """The records of several files, one file in memory at a time. They are kept: the others read otherwise without."""
    for entry in entries:
        dump.aside(entry, entry.name)
        loaded, _ = _load(dump, seen, entry, wrappers)
        found = records(loaded, wrappers, placed=False)[0] if loaded is not None else []
        del loaded
        yield from found
        found.clear()


def _load(dump: Dump, seen: Survey, entry: Entry, wrappers: Sequence[str]) -> tuple[Loaded | None, list[Problem]]:
    """A file, its strings repaired. Of one that is damaged, the whole records under the first key that has some."""
    if (before := seen.hopeless.get(entry.path)) is not None:
        return None, before
    loaded, problems = load(dump, entry, *wrappers, mended=True)
    if loaded is None:
        seen.hopeless[entry.path] = problems
    return loaded, problems


def _settle(dump: Dump, seen: Survey) -> None:
    """Reactions and earlier wordings to the messages they speak of."""
    given = Given(seen.desk, seen.links)
    for entry in _entries(seen.desk.tree, REACTIONS):
        found = _found(dump, seen, entry, REACTION_KEYS)
        if found is not None:
            outcomes = [given.reaction(record, entry.path) for record in found[0]]
            seen.given.append(("reactions", _counted("reactions", outcomes), found[1]))
    for suffix, sort in EDITS.items():
        for entry in _entries(seen.desk.tree, (suffix,)):
            found = _found(dump, seen, entry, ())
            if found is not None:
                outcomes = given.edits(found[0], sort)
                seen.given.append(("edits", _counted("edits", outcomes), found[1]))


def _found(dump: Dump, seen: Survey, entry: Entry, wrappers: tuple[str, ...]) -> tuple[list[Record], Origin] | None:
    seen.read.add(entry.path)
    dump.aside(entry, entry.name)
    loaded, problems = _load(dump, seen, entry, wrappers)
    seen.problems += problems
    if loaded is None:
        return None
    return records(loaded, wrappers, placed=False)[0], loaded.origin


def _counted(what: str, outcomes: Iterable[Outcome]) -> Count:
    count = Count(what)
    for outcome in outcomes:
        _account(count, outcome)
    return count


def _account(count: Count, outcome: Outcome) -> None:
    count.held += 1
    if isinstance(outcome, Draft):
        count.read += 1
    elif isinstance(outcome, Skipped):
        count.skip(outcome.why)
    else:
        count.typed += 1


# -- the second round -----------------------------------------------------------------------------------------


def _told(dump: Dump, seen: Survey) -> Iterator[Item]:
    """All messages of an export, file by file, with the accounts of each."""
    named: set[str] = set()
    for file in seen.files:
        yield from _file(dump, seen, file, named)
    yield from seen.problems
    for kind, count, origin in seen.given:
        yield from seen.desk.ledger.close(kind, count, origin)
    yield from left_alone(dump, seen.desk.tree, seen.read)


def _file(dump: Dump, seen: Survey, file: _File, named: set[str]) -> Iterator[Item]:
    """One file's messages, the oldest first; *named*: conversations told before."""
    loaded, problems = _load(dump, seen, file.entry, file.section.wrappers)
    yield from problems
    if loaded is None:
        return
    sheet = _sheet(seen, file)
    count = Count(file.section.kind)
    for outcomes in _outcomes(seen, file, loaded, sheet):
        for made in outcomes:
            outcome = seen.links.outcome(made, seen.desk) if isinstance(made, Draft) else made
            _account(count, outcome)
            if isinstance(outcome, Draft):
                if outcome.conversation.key not in named:
                    named.add(outcome.conversation.key)
                    yield outcome.conversation
                yield outcome.message
    yield from seen.desk.ledger.close(file.section.kind, count, loaded.origin)
    if sheet.unnamed:
        note = (
            f"“{file.entry.path}”: of {sheet.unnamed:,} posts the group could not be told from the title’s sentence; "
            "each such sentence stands for a group of its own."
        )
        yield Problem("unnamed-group", note, loaded.origin._replace(start=0, end=0))


def _sheet(seen: Survey, file: _File) -> Sheet:
    return Sheet(seen.desk, file.entry, file.section.kind)


def _outcomes(
    seen: Survey, file: _File, loaded: Loaded, sheet: Sheet, *, placed: bool = True
) -> Iterator[Iterator[Outcome]]:
    """What the section's reader makes of each record of a file."""
    section = file.section
    found, beside = records(loaded, section.wrappers, section.lists, placed=placed)
    sheet.unknown("", beside, section.beside, loaded.origin)
    sheet.beside = beside
    if section.beside and (cover := mapping(beside.get("cover_photo"))):
        uris = {words(mapping(record.value).get("uri")) for record in found}
        found += [Record(cover, loaded.origin)] if words(cover.get("uri")) not in uris else []
    for record in oldest_first(found, time_of):
        yield section.reader(record, sheet, seen.groups)
