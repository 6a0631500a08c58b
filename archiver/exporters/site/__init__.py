"""A website to read: a printed book of letters, not a chat clone.

No script, nothing loaded from outside; any web server will do, or none at all.
"""

import hashlib
from collections.abc import Iterator
from importlib.resources import files
from itertools import islice

from archiver.contracts import Library, Page, Rendering
from archiver.exporters.site.frame import Entry, Frame
from archiver.exporters.site.letters import Letters
from archiver.exporters.site.paging import plan
from archiver.exporters.site.words import languages, words
from archiver.model import KeptConversation

__all__ = ["languages", "name", "render", "title", "words"]

name = "site"
title = "A website to read"


def render(library: Library, rendering: Rendering) -> Iterator[Page]:
    """The home page, the stylesheet, and each conversation's pages near 150 messages.

    A conversation's outline is read to plan its pages, then its messages to write them; memory is one page
    and the lines that replies quote. UsageError for a language the pages do not speak.
    """
    frame = Frame(rendering)
    conversations = library.conversations()
    entries = [frame.entry(conversation, f"c/{_folder(conversation)}") for conversation in conversations]
    yield Page("index.html", frame.home(entries))
    yield Page("style.css", (files(__package__) / "static" / "style.css").read_bytes())
    for conversation, entry in zip(conversations, entries, strict=True):
        yield from _conversation(library, conversation.id, entry, frame)


def _conversation(library: Library, conversation_id: int, entry: Entry, frame: Frame) -> Iterator[Page]:
    planned = plan(library.outline(conversation_id))
    letters = Letters(frame.words, planned.answered)
    messages = library.messages(conversation_id)
    for number, leaf in enumerate(planned.leaves):
        rows = letters.page(islice(messages, leaf.messages), leaf.path)
        yield Page(f"{entry.path}/{leaf.path}", frame.conversation(entry, planned, number, rows))


def _folder(conversation: KeptConversation) -> str:
    """A name that stays when the conversation is imported again, and says nothing about it."""
    return hashlib.sha256(conversation.key.encode("utf-8", errors="replace")).hexdigest()[:10]
