"""Addresses that a terminal opens on a click (OSC 8), where it is known to understand them."""

import os
import re
from collections.abc import Iterator, Mapping

from archiver.ui.console import Piece

# Printable ASCII only, so that the address can hold nothing a terminal obeys; what ends a sentence is no part of it.
_ADDRESS = re.compile(r"https?://[!-~]{1,2000}")
_AFTER = ".,;:!?'\")]}>*_"
_TERMS = ("xterm-kitty", "alacritty", "foot", "wezterm", "xterm-ghostty", "contour")
_PROGRAMS = {"iterm.app", "wezterm", "vscode", "ghostty", "hyper", "tabby", "rio"}
_VTE = 5000  # the first VTE with links; 0.50 is written so


def supported(environment: Mapping[str, str]) -> bool:
    """Whether the terminal that an environment tells of opens links; unknown ones are taken for old."""
    if environment.get("FORCE_HYPERLINK"):
        return environment["FORCE_HYPERLINK"] != "0"
    if environment.get("TERM", "dumb") in {"dumb", "linux"}:
        return False
    vte = environment.get("VTE_VERSION", "")
    return (
        bool(environment.get("WT_SESSION") or environment.get("KONSOLE_VERSION"))
        or environment.get("TERM_PROGRAM", "").lower() in _PROGRAMS
        or environment["TERM"].startswith(_TERMS)
        or (vte.isdecimal() and int(vte) >= _VTE)
    )


def linked(text: str, style: str) -> Iterator[Piece]:
    """The text, with the web addresses in it as links where the terminal opens them."""
    at = 0
    if supported(os.environ):
        for hit in _ADDRESS.finditer(text):
            address = hit[0].rstrip(_AFTER)
            yield text[at : hit.start()], style
            yield address, f"{style} link {address}".strip()
            at = hit.start() + len(address)
    yield text[at:], style


def file_style(address: str) -> str:
    """The style of a file's name: a link to where it is kept, when there is one and the terminal opens it."""
    return f"link {address}" if address and supported(os.environ) else ""
