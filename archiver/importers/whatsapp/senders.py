"""Where a sender's name ends and the text begins, and which lines have no sender."""

import re

from archiver.importers.whatsapp.phrases import event, opening
from archiver.importers.whatsapp.words import fold

_QUOTE = re.compile('["“”„«»「」『』]')
_LONGEST_NAME = 100  # characters; a contact's name is rarely half as long
_URL = re.compile(r"https?$")


def split_sender(label: str, body: str, *, ios: bool) -> tuple[str | None, str]:
    """(sender, text) of a line after its head, cut at the first colon as *label* (colon and space included).

    On Android a line without a sender is the app's own, and a colon in it belongs to a group's name, a link or
    a sentence; iOS puts a sender before nearly every line.
    """
    name = label.rstrip(" ").removesuffix(":")
    spaced = label.endswith(" ") or not body or body[:1] in "\u200e\u200f<\n\r"
    if _is_name(name, label + body, body, spaced=spaced, ios=ios):
        return name, body
    return None, label + body


def _is_name(name: str, line: str, body: str, *, spaced: bool, ios: bool) -> bool:
    first = line.partition("\n")[0]
    if len(name) > _LONGEST_NAME or _QUOTE.search(name) or _URL.search(name):
        return False
    if not spaced and name[-1:].isdigit() and body[:1].isdigit():
        return False
    if ios:
        return True
    if not spaced and (len(name) > 30 or body.startswith("//")):
        return False
    return not fold(first).startswith(opening("e2e_notice")) and not _is_event(name, first)


def _is_event(name: str, line: str) -> bool:
    """Whether the line is a wording of the app's whose colon does not stand in a person's name."""
    found = event(line)
    people = [] if found is None else [found.actor or "", *found.people]
    return found is not None and not any(f"{name}:" in person for person in people)
