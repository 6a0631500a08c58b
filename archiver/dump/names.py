"""Names of files as found in zips and folders: decoded, made harmless, told apart, compared."""

import os
import re
import unicodedata
import zlib
from collections.abc import Callable

UNICODE_PATH = 0x7075  # APPNOTE 4.6.9, Info-ZIP Unicode Path: version, CRC-32 of the stored name, UTF-8 name

_JUNK = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX"})
_INDEX = ".msf"  # Thunderbird's index of the mailbox beside it: made anew when it is missing
# Endings of files whose names say what they are. There may be very many of them, so they are not looked into.
TELLING = frozenset({
    "jpg", "jpeg", "png", "gif", "webp", "heic", "heif", "bmp", "tif", "tiff", "svg", "ico", "mp3", "mp4", "mov", "3gp",
    "avi", "mkv", "webm", "m4a", "m4v", "opus", "ogg", "oga", "aac", "amr", "wav", "flac", "pdf", "vcf", "ics", "doc",
    "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp", "epub", "zip", "jar", "apk", "json", "htm", "html",
    "css", "js", "csv", "xml",
})  # fmt: skip
_LETTERS = frozenset({"eml", "emlx"})
_DRIVE = re.compile(r"[A-Za-z]:")


def is_junk(path: str) -> bool:
    """Whether a program left this file beside the person's own: Finder's and Explorer's notes, Thunderbird's index."""
    parts = path.split("/")
    return not _JUNK.isdisjoint(parts) or parts[-1].startswith("._") or parts[-1].endswith(_INDEX)


def ending(name: str) -> str:
    """What stands behind a file name's last dot, in lower case; "" without a dot."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def hardly_packed(name: str) -> bool:
    """Whether the name speaks against its file being a packed one."""
    return ending(name) in TELLING | _LETTERS


def decode_name(raw: bytes, unicode_path: bytes) -> str:
    """A zip member's name. *unicode_path* is the body of its extra field 0x7075, or empty.

    Flag bit 11 (APPNOTE 4.4.4) tells UTF-8 from cp437, but macOS writes UTF-8 without setting it, and a cp437
    name with letters beyond ASCII is hardly ever valid UTF-8; so the bytes are asked, not the flag.
    """
    if unicode_path[:1] == b"\x01" and unicode_path[1:5] == zlib.crc32(raw).to_bytes(4, "little"):
        named = _utf8(unicode_path[5:])
        if named:
            return named
    decoded = _utf8(raw)
    return raw.decode("cp437") if decoded is None else decoded


def _utf8(raw: bytes) -> str | None:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None


def neutral(stored: str) -> tuple[str, bool]:
    """A tree path for a member's stored name, and whether the name tried to point somewhere else.

    Backslashes become slashes, a root or a drive is taken off its meaning, ``..`` becomes ``__``.
    """
    plain = stored.replace("\\", "/").replace("\0", "\ufffd")
    parts = [part for part in plain.split("/") if part not in {"", "."}] or ["unnamed"]
    drive = _DRIVE.match(parts[0]) is not None
    strange = drive or ".." in parts or plain != stored or plain.startswith("/")
    if drive:
        parts[0] = parts[0].replace(":", "_", 1)
    return "/".join("__" if part == ".." else part for part in parts), strange


def disk_name(name: str) -> str:
    """A file name from the disk without the lone surrogates that stand for undecodable bytes."""
    return os.fsencode(name).decode("utf-8", "replace")


class Numbering:
    """Gives each path once; a repeated ``a/b.jpg`` becomes ``a/b (2).jpg``."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def unique(self, path: str) -> str:
        """*path*, or its next free numbered form; counting per path keeps many twins from quadratic time."""
        if path not in self._taken:
            self._taken[path] = 1
            return path
        folder, slash, name = path.rpartition("/")
        stem, dot, suffix = name.rpartition(".")
        head, tail = (stem, dot + suffix) if stem else (name, "")
        while (candidate := self._next(path, folder + slash + head, tail)) in self._taken:
            pass
        self._taken[candidate] = 1
        return candidate

    def _next(self, path: str, head: str, tail: str) -> str:
        self._taken[path] += 1
        return f"{head} ({self._taken[path]}){tail}"


def _as_is(name: str) -> str:
    return name


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


LIKENESS: tuple[Callable[[str], str], ...] = (_as_is, _composed, _folded)
"""Ways to compare two names, the strictest first: as stored, NFC (macOS stores NFD), without case."""
