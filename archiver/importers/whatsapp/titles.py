"""The chat's title: from names of files in any language, from the end-to-end notice, from group events."""

import re
from functools import cache

from archiver.dump import Entry
from archiver.importers.whatsapp.words import plain, table

INNER_FILE = "_chat.txt"  # in every iOS zip, whatever the language
_EXTENSION = re.compile(r"\.(?:txt|zip)$", re.IGNORECASE)
_COPY = re.compile(r"(?: ?\(\d{1,3}\)| copy(?: \d+)?)$")
_SAYS_NOTHING = re.compile(
    r"_?chat(?:[ _-]?\d+)?|stdin|-|\d*|whatsapp(?:[ _]chat)?|export(?:ed)?|untitled", re.IGNORECASE
)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    spoken = sorted(table("strings")["kinds"]["title"], key=len, reverse=True)
    parts = [plain(phrase).split("{title}") for phrase in spoken]
    return tuple(
        re.compile(f"{re.escape(before)}(.+){re.escape(after)}", re.IGNORECASE | re.DOTALL) for before, after in parts
    )


def stem(name: str) -> str:
    """A file's name without its extension and without what a second download adds."""
    return _COPY.sub("", _EXTENSION.sub("", name))


def exported(name: str) -> str | None:
    """The title in a file's name if that is how WhatsApp names exports, with ``_`` for spaces or not."""
    for spelling in (stem(name), stem(name).replace("_", " ")):
        flat = plain(spelling)
        for pattern in _patterns():
            if match := pattern.fullmatch(flat):
                return match[1].strip() or None
    return None


def named_title(entry: Entry) -> str | None:
    """The title by the names of the file, of its folder, and of the zip it lies in."""
    return next((found for name in _names(entry) if (found := exported(name))), None)


def fallback_title(entry: Entry) -> str | None:
    """The file's own name, or its folder's or zip's, where that says anything."""
    names = (plain(stem(name)) for name in _names(entry))
    return next((name for name in names if name and not _SAYS_NOTHING.fullmatch(name)), None)


def _names(entry: Entry) -> list[str]:
    folders = [part for part in reversed(entry.folder.split("/")) if part]
    return [entry.name, *folders[:1], *([entry.container.rpartition("/")[2]] if entry.container else [])]


def conversation_key(title: str) -> str:
    """The key by which all exports of a chat with this title are one conversation."""
    return "whatsapp:" + " ".join(plain(title).casefold().split())
