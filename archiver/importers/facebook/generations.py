"""How old a page of messages is, told by its markup: enough to know one by its first bytes."""

import re

LEGACY, FLAT, SECTIONS, UNKNOWN = "2010–17", "2018–21", "2022+", "of unknown age"
GENERATIONS = (
    (LEGACY, re.compile(rb'<div\b[^<>]*\bclass="(?:thread|message_header)"|<span\b[^<>]*\bclass="meta"')),
    (SECTIONS, re.compile(rb"""class=(?:"|"[^"<>]* )_a(?:6-[a-z]|70[0-9a-z]|72d)(?:"| )""")),
    (FLAT, re.compile(rb"\b(?:_2le[a-z]|_2lej|_3b0[a-e]|_4t5n|uiBoxWhite)\b")),
)


def generation(head: bytes) -> str | None:
    """How old the markup of a page is, by its first bytes; None for what is no page of messages."""
    for name, signs in GENERATIONS:
        if signs.search(head):
            return name
    return None
