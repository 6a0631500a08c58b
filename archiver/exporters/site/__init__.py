"""A website to read: a printed book of letters, not a chat clone.

Readable without scripts; one script searches, without a server. Nothing is loaded from outside; any web server will
do, or none at all.
"""

import hashlib
from collections.abc import Iterator
from itertools import chain, islice
from typing import NamedTuple

from archiver.contracts import Library, Outline, Page, Rendering
from archiver.exporters.site import years
from archiver.exporters.site.assets import script, style
from archiver.exporters.site.binding import Binding
from archiver.exporters.site.coverage import coverage
from archiver.exporters.site.files import Files
from archiver.exporters.site.frame import Entry, Frame
from archiver.exporters.site.index import Index
from archiver.exporters.site.letters import Letters
from archiver.exporters.site.links import Links
from archiver.exporters.site.paging import Leaf, Plan, plan
from archiver.exporters.site.people import People
from archiver.exporters.site.registers import Registers
from archiver.exporters.site.threads import Bound, bind
from archiver.exporters.site.words import languages, words
from archiver.model import KeptConversation, KeptMessage

__all__ = ["languages", "name", "render", "title", "words"]

name = "site"
title = "A website to read"

_LOOK = 200  # messages of a conversation among which there is a letter or a post, if it has any


def render(library: Library, rendering: Rendering) -> Iterator[Page]:
    """The home page, the page to search, what all pages share, the years, the conversations, the index, the links, the
    people, the files.

    The conversations' outlines are read to plan their pages, then their messages to write them; memory is the plans,
    one page, the lines that replies quote, and a segment of the index. UsageError for a language the pages do not
    speak.
    """
    frame = Frame(rendering)
    conversations = library.conversations()
    entries = [frame.entry(conversation, f"c/{_folder(conversation)}") for conversation in conversations]
    yield Page("search.html", frame.search())
    if rendering.options.get("public") != "yes":
        yield Page("robots.txt", b"User-agent: *\nDisallow: /\n")
    yield Page("style.css", style())
    yield Page("search.js", script())
    plans = [_planned(library.outline(conversation.id)) for conversation in conversations]
    covered = coverage(
        (conversation.source, month.year, month.number)
        for conversation, planned in zip(conversations, plans, strict=True)
        for month in planned.months
    )
    yield Page("index.html", frame.home(entries, covered))
    yield from years.pages(frame, entries, [planned.months for planned in plans], covered)
    registers = Registers(
        Index(
            [entry.title for entry in entries],
            (leaf for planned in plans for leaf in _indexed(planned)),
            rendering.earlier,
        ),
        Links(),
        People([library.people(conversation.id) for conversation in conversations]),
        Files(),
    )
    for number, planned in enumerate(plans):
        messages = library.messages(conversations[number].id)
        if isinstance(planned, Bound):
            yield from Binding(number, entries[number], planned, frame, registers).pages(messages)
        else:
            yield from _pages(Chapter(number, entries[number], planned), messages, frame, registers)
    yield from registers.pages(frame, entries)


def _planned(outline: Iterator[Outline]) -> Plan | Bound:
    """By thread where the library tells of threads near the beginning, by day where it does not."""
    first = list(islice(outline, _LOOK))
    whole = chain(first, outline)
    return bind(whole) if any(line.thread is not None for line in first) else plan(whole)


def _indexed(planned: Plan | Bound) -> list[Leaf]:
    return planned.portions if isinstance(planned, Bound) else planned.leaves


class Chapter(NamedTuple):
    """A conversation told by day, on its way into pages; *number* counts from 0."""

    number: int
    entry: Entry
    plan: Plan


def _pages(chapter: Chapter, messages: Iterator[KeptMessage], frame: Frame, registers: Registers) -> Iterator[Page]:
    letters = Letters(frame.words, chapter.plan.answered)
    for number, leaf in enumerate(chapter.plan.leaves):
        held = list(islice(messages, leaf.messages))
        path = f"{chapter.entry.path}/{leaf.path}"
        rows = letters.page(held, leaf.path)
        yield Page(path, frame.conversation(chapter.entry, chapter.plan, number, rows))
        registers.add(chapter.number, path, leaf, held)


def _folder(conversation: KeptConversation) -> str:
    """A name that stays when the conversation is imported again, and says nothing about it."""
    return hashlib.sha256(conversation.key.encode("utf-8", errors="replace")).hexdigest()[:10]
