"""Pages into a folder: written fresh beside it, listed in a manifest, and swapped in whole.

The folder is ours when it holds our manifest (``manifest-sha256.txt``, which ``sha256sum -c`` understands);
any other folder with something in it is never touched. A publish that is killed leaves the old pages.
When nothing happened to the archive, to what was asked and to the folder since, nothing is read at all; when only
the conversations read as they did, nothing is rendered; what is rendered as it was is not written.
"""

import hashlib
import hmac
import json
import os
import platform
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from shutil import rmtree
from types import MappingProxyType
from typing import Any

from archiver.choosing import Chosen, choose
from archiver.contracts import Earlier, Fingerprinted, Library, Page, Rendering, Stamped
from archiver.errors import ArchiveError
from archiver.exporters import data, site
from archiver.model import KeptConversation
from archiver.placing import folder as placing
from archiver.placing import manifest
from archiver.placing.alone import alone
from archiver.placing.folder import safe_target
from archiver.placing.manifest import NAME as MANIFEST
from archiver.placing.manifest import Manifest, check, is_site
from archiver.placing.remembered import Memory, look, recall, remember
from archiver.privacy import Masked, Masker, Naming
from archiver.privacy.files import METADATA, Files
from archiver.store.secret import anchor_with

__all__ = ["MANIFEST", "PublishReport", "check", "is_site", "publish"]

_HASH = 12  # hex digits of a report's hash
_TICK = 0.03  # seconds after which what is written next has another time, on most disks


@dataclass(frozen=True, slots=True)
class PublishReport:
    """What was published: *index* is the page to open; *masked* counts what was hidden, by kind.

    *pages* counts HTML pages; *files* everything but the manifest, *unchanged* those of them that are as they
    were, *bytes* their size together.
    """

    index: str
    conversations: tuple[str, ...]
    messages: int
    pages: int
    files: int
    unchanged: int
    bytes: int
    masked: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Seen:
    """A snapshot before anything of it is written: what was *chosen*, how it looks *masked*, and the *state* that all
    of it follows from ("" where a library cannot tell)."""

    chosen: Sequence[KeptConversation]
    masked: Masked
    rendering: Rendering
    state: str

    @property
    def report(self) -> str:
        """The hash of what a preview says of it: the same for the same pages. It follows from the content of the
        conversations, all options, how people appear, and the program; where there is no state, from what is risky."""
        told = self.state or json.dumps(sorted(self.masked.risks.items()))
        return hashlib.sha256(f"report {told}".encode()).hexdigest()[:_HASH]


Agree = Callable[[Seen], None]


def through_glass(
    library: Library,
    *,
    conversations: Sequence[str],
    options: Mapping[str, str],
    secret: bytes,
    permalinks: Mapping[str, str] = MappingProxyType({}),
    naming: Naming | None = None,
) -> Seen:
    """The snapshot that `publish` would write of the same arguments; options ``allow``: kinds that are not masked."""
    chosen = choose(library.conversations(), conversations)
    allow = [kind for kind in options.get("allow", "").split(",") if kind]
    masker = Masker(site.words(options.get("language", "en")).marks, allow)
    anchor = anchor_with(secret)
    shown = Files(library.attachment, anything=METADATA in allow)
    masked = Masked(
        Chosen(library, chosen),
        lambda name: permalinks.get(name) or anchor(name),
        masker,
        naming,
        files=shown if options.get("attachments") == "yes" else None,
    )
    rendering = _rendering(options)
    data.check(rendering)
    asked = _asked(conversations, rendering, permalinks, naming, secret)
    return Seen(chosen, masked, rendering, _state(library, chosen, asked, secret))


def _rendering(options: Mapping[str, str]) -> Rendering:
    return Rendering(options.get("title", ""), {**options, "masked": "yes", **_dated()})


def _dated() -> dict[str, str]:
    """The day that SOURCE_DATE_EPOCH tells, as reproducible-builds.org has it: for what has to have a date."""
    told = os.environ.get("SOURCE_DATE_EPOCH", "").strip()
    if not told.isascii() or not told.isdigit() or len(told) > 11:
        return {}
    return {"date": datetime.fromtimestamp(int(told), UTC).date().isoformat()}


def publish(
    library: Library,
    target: Path,
    *,
    conversations: Sequence[str],
    options: Mapping[str, str],
    secret: bytes,
    archive: Path | None = None,
    permalinks: Mapping[str, str] = MappingProxyType({}),
    naming: Naming | None = None,
    agree: Agree | None = None,
    wishes: str = "",
    yes: bool = False,
) -> PublishReport:
    """Publishes the named conversations, masked, as a site in *target*.

    A conversation is named by its title (case does not matter), its key or its number. *options* are the
    site's (``title``, ``language``, ``about``, ``contact``…) and those of the open data beside it (``data``,
    ``address``, ``public``). *secret* makes the permalinks: the same secret,
    the same addresses; *permalinks* are those of messages that have another id since they were redacted. *archive*
    is the archive's own folder, which is never published into. *naming* says under which names people appear; without
    one, under their own. *agree* is asked when all pages are made and none is in its place yet; it raises to refuse.
    *wishes*: all that was decided, where everything else given here follows from it and from the archive.
    With *yes*, changes that somebody made by hand to pages of ours are replaced.
    UsageError for what cannot be meant, LockedError while another publish writes there.
    """
    folder = safe_target(target, archive)
    asked = _wished(wishes, secret) if wishes else None
    asked = asked or _asked(conversations, _rendering(options), permalinks, naming, secret)
    place = _Place(folder, archive, library, asked)
    if (told := place.untouched()) is not None:
        return _report(folder, told, len(told.digests))
    seen = through_glass(
        library, conversations=conversations, options=options, secret=secret, permalinks=permalinks, naming=naming
    )

    def note() -> dict[str, Any]:
        """To be asked for when everything has been rendered."""
        titles = [conversation.title for conversation in seen.masked.conversations()]
        messages = sum(conversation.messages for conversation in seen.chosen)
        return {"state": seen.state, "masked": seen.masked.counts, "conversations": titles, "messages": messages}

    def render(earlier: Earlier) -> Iterator[Page]:
        rendering = replace(seen.rendering, earlier=earlier)
        yield from data.beside(site.render(seen.masked, rendering), seen.masked, rendering)
        if agree is not None:
            agree(seen)

    return _report(folder, *place.filled(render, seen.state, note, yes=yes))


def untouched(library: Library, target: Path, *, wishes: str, secret: bytes, archive: Path) -> PublishReport | None:
    """The report on a snapshot that is there already, when nothing has happened since it was published with the same
    *wishes*: to the archive, to the program or to the folder. Nothing of the archive is read."""
    folder = safe_target(target, archive)
    told = _Place(folder, archive, library, _wished(wishes, secret)).untouched()
    return None if told is None else _report(folder, told, len(told.digests))


@contextmanager
def unconcerned(library: Library, target: Path, *, wishes: str, secret: bytes, archive: Path) -> Iterator[None]:
    """What the block writes to the archive concerns no page. To be used by whoever holds the writer's lock."""
    place = _Place(safe_target(target, archive), archive, library, _wished(wishes, secret))
    before = recall(archive, place.folder)
    true = before.asked != "" and before.asked == place.now()
    yield
    if true:
        time.sleep(_TICK)
        if now := place.now(settled=True):
            remember(archive, place.folder, Memory(now, before.files))


def _wished(wishes: str, secret: bytes) -> str:
    return _sum(secret, ["wishes", wishes, sorted(_dated().items())])


def _report(folder: Path, told: Manifest, unchanged: int) -> PublishReport:
    note = told.note
    return PublishReport(
        index=str(folder / "index.html"),
        conversations=tuple(note["conversations"]),
        messages=note["messages"],
        pages=sum(path.endswith(".html") for path in told.digests),
        files=len(told.digests),
        unchanged=unchanged,
        bytes=note["bytes"],
        masked=note["masked"],
    )


def _asked(
    conversations: Sequence[str],
    rendering: Rendering,
    permalinks: Mapping[str, str],
    naming: Naming | None,
    secret: bytes,
) -> str:
    """A sum of all that the person who publishes decided."""
    appear = "" if naming is None else naming.digest.hex()
    return _sum(secret, [sorted(conversations), sorted(rendering.options.items()), sorted(permalinks.items()), appear])


def _sum(secret: bytes, said: object) -> str:
    """A sum of what was asked and of the program that does it, keyed so that it says nothing to others."""
    total = hmac.new(secret, json.dumps(said).encode("utf-8", "surrogatepass"), "sha256")
    total.update(f"{platform.python_version()} {unicodedata.unidata_version}".encode())
    total.update(_this_program())
    return total.hexdigest()


def _state(library: Library, chosen: Sequence[KeptConversation], asked: str, secret: bytes) -> str:
    """What the whole site follows from, keyed as well; "" where a library cannot tell."""
    if not isinstance(library, Fingerprinted):
        return ""
    total = hmac.new(secret, repr([asked, chosen]).encode("utf-8", "surrogatepass"), "sha256")
    for conversation in chosen:
        total.update(library.fingerprint(conversation.id))
    return total.hexdigest()


@cache
def _this_program() -> bytes:
    return _program(files("archiver"))


def _program(folder: Traversable) -> bytes:
    """A sum of the program's own files in a folder and below, but of no caches: who changes it makes other pages."""
    total = hashlib.sha256()
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.is_dir() and file.name != "__pycache__":
            total.update(file.name.encode() + _program(file))
        elif file.is_file():
            total.update(file.name.encode() + file.read_bytes())
    return total.digest()


@dataclass(frozen=True, slots=True)
class _Place:
    """A folder, what its archive remembers of it, and what is to be in it."""

    folder: Path
    archive: Path | None
    library: Library
    asked: str

    def untouched(self) -> Manifest | None:
        """What is there, when nothing has happened since it was written: to the archive, the wishes or the folder."""
        now = self.now()
        if not now or recall(self.archive, self.folder).asked != now:
            return None
        with alone(self.folder):
            memory = Memory(now, look(self.folder))
            return manifest.read(self.folder) if recall(self.archive, self.folder) == memory else None

    def now(self, *, settled: bool = False) -> str:
        """A sum of what was asked and of the archive as it is; "" while that cannot be told."""
        stamp = self.library.stamp(settled=settled) if isinstance(self.library, Stamped) else ""
        return hashlib.sha256(f"{self.asked} {stamp}".encode()).hexdigest() if stamp else ""

    def filled(
        self,
        render: Callable[[Earlier], Iterator[Page]],
        state: str,
        note: Callable[[], Mapping[str, Any]],
        *,
        yes: bool,
    ) -> tuple[Manifest, int]:
        """What is there in the end, and how many of its files were before. Written only when it is to change."""
        began = self.now()
        try:
            with alone(self.folder):
                fresh, old = placing.siblings(self.folder)
                kept, foreign = self._kept(yes=yes)
                told = manifest.read(self.folder)
                if not state or told.note.get("state") != state or kept.keys() != told.digests.keys() or foreign:
                    manifest.write(fresh)
                    try:
                        written = placing.fill(render(placing.Before(self.folder, kept)), fresh, self.folder, kept)
                    except ArchiveError:  # somebody refuses what was made, so it does not lie about
                        rmtree(fresh, ignore_errors=True)
                        raise
                    told = Manifest(written.digests, {**note(), "bytes": written.bytes})
                    manifest.write(fresh, told if state else Manifest(told.digests))
                    placing.swap(fresh, self.folder, old)
                    kept = dict(kept.items() & told.digests.items())
                if began and self.now(settled=True) == began:
                    remember(self.archive, self.folder, Memory(began, look(self.folder)))
                return told, len(kept)
        except OSError as failure:
            raise ArchiveError(
                f"{self.folder} could not be written.",
                why=failure.strerror or str(failure),
                remedy="What was published there before is still in place.",
            ) from failure

    def _kept(self, *, yes: bool) -> tuple[Mapping[str, str], bool]:
        """The files that are as they were written, and whether there are others. Read, unless none was touched."""
        remembered = recall(self.archive, self.folder).files
        if remembered and look(self.folder) == remembered:
            return manifest.read(self.folder).digests, False
        return placing.unchanged_by_hand(self.folder, yes=yes)
