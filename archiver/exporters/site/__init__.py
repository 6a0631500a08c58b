"""A website to read: a printed book of letters, not a chat clone.

Readable without scripts; one script searches, without a server. Nothing is loaded from outside; any web server will
do, or none at all.
"""

import hashlib
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from archiver.contracts import Library, Page, Rendering
from archiver.exporters.site.assets import script, style
from archiver.exporters.site.coverage import coverage
from archiver.exporters.site.frame import Entry, Frame
from archiver.exporters.site.index import Index
from archiver.exporters.site.letters import Letters
from archiver.exporters.site.links import Links
from archiver.exporters.site.paging import Plan, plan
from archiver.exporters.site.words import languages, words
from archiver.model import KeptConversation, KeptMessage

__all__ = ["languages", "name", "render", "title", "words"]

name = "site"
title = "A website to read"


def render(library: Library, rendering: Rendering) -> Iterator[Page]:
    """The home page, the page to search, what all pages share, the conversations, the index, the links.

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
    plans = [plan(library.outline(conversation.id)) for conversation in conversations]
    months = (
        (conversation.source, month.year, month.number)
        for conversation, planned in zip(conversations, plans, strict=True)
        for month in planned.months
    )
    yield Page("index.html", frame.home(entries, coverage(months)))
    links = Links()
    index = Index([entry.title for entry in entries], (leaf for planned in plans for leaf in planned.leaves))
    for number, planned in enumerate(plans):
        chapter = Chapter(number, entries[number], planned)
        yield from _pages(chapter, library.messages(conversations[number].id), frame, index, links)
    yield from index.pages()
    sheets = links.sheets()
    yield Page("links/index.html", frame.links(sheets))
    for sheet in sheets:
        yield Page(f"links/{sheet.path}", frame.sheet(sheet))


class Chapter(NamedTuple):
    """A conversation on its way into pages; *number* counts from 0."""

    number: int
    entry: Entry
    plan: Plan


def _pages(
    chapter: Chapter, messages: Iterator[KeptMessage], frame: Frame, index: Index, links: Links
) -> Iterator[Page]:
    letters = Letters(frame.words, chapter.plan.answered)
    for number, leaf in enumerate(chapter.plan.leaves):
        held = list(islice(messages, leaf.messages))
        path = f"{chapter.entry.path}/{leaf.path}"
        rows = letters.page(held, leaf.path)
        yield Page(path, frame.conversation(chapter.entry, chapter.plan, number, rows))
        index.add(chapter.number, path, leaf, held)
        links.add(path, held)


def _folder(conversation: KeptConversation) -> str:
    """A name that stays when the conversation is imported again, and says nothing about it."""
    return hashlib.sha256(conversation.key.encode("utf-8", errors="replace")).hexdigest()[:10]
