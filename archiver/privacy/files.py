"""Which attached files may be shown, and as what: bared of what they say beside what they show, named by their sum."""

import hashlib
from collections.abc import Callable
from typing import BinaryIO

from archiver.errors import ArchiveError
from archiver.media import HEAD, sniff
from archiver.model import Attachment, PublishedFile
from archiver.privacy.bare import LIMIT, Bare, bare

METADATA = "metadata"  # what else may be allowed: what files say beside what they show
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
# Shown as they are, and only when somebody said so: nobody can take out what such files say. No page, no drawing and
# no text is among them: what a browser would act on, or what holds words that would have to be masked.
_AS_THEY_ARE = {
    "application/pdf": "pdf", "image/heic": "heic", "image/heif": "heif", "image/avif": "avif", "image/jpeg": "jpg",
    "image/png": "png", "image/gif": "gif", "image/webp": "webp", "video/mp4": "mp4", "video/quicktime": "mov",
    "video/3gpp": "3gp", "video/webm": "webm", "video/x-matroska": "mkv", "audio/mpeg": "mp3", "audio/mp4": "m4a",
    "audio/ogg": "ogg", "audio/aac": "aac", "audio/flac": "flac", "audio/wav": "wav",
    f"{_OFFICE}wordprocessingml.document": "docx", f"{_OFFICE}spreadsheetml.sheet": "xlsx",
    f"{_OFFICE}presentationml.presentation": "pptx", f"{_OPEN}text": "odt", f"{_OPEN}spreadsheet": "ods",
    f"{_OPEN}presentation": "odp",
}  # fmt: skip

_NAME = 32  # signs of a sum that a file is called by: 128 bits, and pages with many photos stay small


class Files:
    """Looks into attached files and remembers what became of each; memory is one file, and a row for each.

    *read* opens a kept file by its SHA-256. *anything*: files whose details cannot be taken out are shown as they are,
    where no browser would act on them.
    """

    def __init__(self, read: Callable[[str], BinaryIO], *, anything: bool = False) -> None:
        self._read = read
        self._anything = anything
        self._known: dict[str, PublishedFile | None] = {}
        self._sources: dict[str, str] = {}

    def of(self, file: Attachment) -> PublishedFile | None:
        """The file as it is shown, without its name; None when it is not."""
        if file.sha256 is None or file.state != "present":
            return None
        if file.sha256 not in self._known:
            self._known[file.sha256] = self._look(file.sha256)
        return self._known[file.sha256]

    def open(self, sha256: str) -> bytes:
        """The bytes of a file that is shown, by their own sum."""
        shown = self._shown(self._sources[sha256]) if sha256 in self._sources else None
        if shown is None:
            raise ArchiveError("That file is not published.", why=f"Nobody has looked into {sha256[:12]}….")
        return shown.content

    @property
    def held_back(self) -> int:
        """How many of the files that were looked into are not shown."""
        return sum(shown is None for shown in self._known.values())

    def _look(self, sha256: str) -> PublishedFile | None:
        shown = self._shown(sha256)
        if shown is None:
            return None
        digest = hashlib.sha256(shown.content).hexdigest()
        self._sources.setdefault(digest, sha256)
        return PublishedFile(
            media_type=shown.media_type,
            size=len(shown.content),
            sha256=digest,
            path=f"media/{digest[:2]}/{digest[2:_NAME]}.{shown.ending}",
            width=shown.width,
            height=shown.height,
        )

    def _shown(self, sha256: str) -> Bare | None:
        try:
            with self._read(sha256) as stream:
                content = stream.read(LIMIT + 1)
        except OSError:  # it is lost: archive verify says so
            return None
        if len(content) > LIMIT:
            return None
        kind = sniff(content[:HEAD]) or ""
        found = bare(content)
        if found is None and self._anything and kind in _AS_THEY_ARE:
            return Bare(content, media_type=kind, ending=_AS_THEY_ARE[kind])
        return found
