"""Pages into a folder: written fresh beside it, listed in a manifest, and swapped in whole.

The folder is ours when it holds our manifest (``manifest-sha256.txt``, which ``sha256sum -c`` understands);
any other folder with something in it is never touched. A publish that is killed leaves the old pages.
"""

import ctypes
import hashlib
import hmac
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, BinaryIO

from filelock import FileLock, Timeout

from archiver.contracts import Fingerprinted, Library, Outline, Page, Rendering
from archiver.errors import ArchiveError, LockedError, UsageError
from archiver.exporters import data, site
from archiver.model import KeptConversation, KeptMessage, Sender
from archiver.privacy import Masked
from archiver.privacy.files import Files
from archiver.store.secret import anchor_with

MANIFEST = "manifest-sha256.txt"
_OURS = "# Written by archive publish. This folder is replaced as a whole the next time."
_ROW = re.compile("(?P<digest>[0-9a-f]{64})  (?P<path>.+)", re.DOTALL)
_NOTE = "# State: "
_PROGRAM = ("archiver", "archiver.exporters", "archiver.exporters.data", "archiver.exporters.site", "archiver.privacy")
_LISTED = 20  # conversations, or files, named in a refusal


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


def publish(
    library: Library,
    target: Path,
    *,
    conversations: Sequence[str],
    options: Mapping[str, str],
    secret: bytes,
    archive: Path | None = None,
    permalinks: Mapping[str, str] = MappingProxyType({}),
    yes: bool = False,
) -> PublishReport:
    """Publishes the named conversations, masked, as a site in *target*.

    A conversation is named by its title (case does not matter), its key or its number. *options* are the
    site's (``title``, ``language``, ``about``, ``contact``…) and those of the open data beside it (``data``,
    ``address``, ``public``). *secret* makes the permalinks: the same secret,
    the same addresses; *permalinks* are those of messages that have another id since they were redacted. *archive*
    is the archive's own folder, which is never published into. With *yes*, changes that somebody made by hand to
    pages of ours are replaced.
    UsageError for what cannot be meant, LockedError while another publish writes there.
    """
    chosen = choose(library.conversations(), conversations)
    target = safe_target(target, archive)
    rendering = Rendering(options.get("title", ""), {**options, "masked": "yes", **_dated()})
    data.check(rendering)
    marks = site.words(options.get("language", "en")).marks
    anchor = anchor_with(secret)
    shown = Files(library.attachment, anything="metadata" in options.get("allow", "").split(","))
    files = shown if options.get("attachments") == "yes" else None
    masked = Masked(_Chosen(library, chosen), lambda name: permalinks.get(name) or anchor(name), marks, files=files)
    state = _fingerprint(library, chosen, rendering, secret)
    pages = data.beside(site.render(masked, rendering), masked, rendering)
    written = _place(pages, target, _Before(state, masked), yes=yes)
    titles = tuple(conversation.title for conversation in masked.conversations())
    return PublishReport(
        index=str(target / "index.html"),
        conversations=titles,
        messages=sum(conversation.messages for conversation in chosen),
        pages=sum(path.endswith(".html") for path in written.digests),
        files=len(written.digests),
        unchanged=written.unchanged,
        bytes=written.bytes,
        masked=written.masked,
    )


def _dated() -> dict[str, str]:
    """The day that SOURCE_DATE_EPOCH tells, as reproducible-builds.org has it: for what has to have a date."""
    told = os.environ.get("SOURCE_DATE_EPOCH", "").strip()
    if not told.isascii() or not told.isdigit() or len(told) > 11:
        return {}
    return {"date": datetime.fromtimestamp(int(told), UTC).date().isoformat()}


def _fingerprint(library: Library, chosen: Sequence[KeptConversation], rendering: Rendering, secret: bytes) -> str:
    """What the whole site follows from, keyed so that it says nothing to others; "" where a library cannot tell."""
    if not isinstance(library, Fingerprinted):
        return ""
    options = json.dumps([rendering.title, sorted(rendering.options.items()), [repr(one) for one in chosen]])
    total = hmac.new(secret, options.encode("utf-8", "surrogatepass"), "sha256")
    for conversation in chosen:
        total.update(library.fingerprint(conversation.id))
    for package in (
        "archiver",
        "archiver.exporters",
        "archiver.exporters.data",
        "archiver.exporters.site",
        "archiver.privacy",
    ):
        total.update(_program(files(package)))
    return total.hexdigest()


def _program(folder: Traversable) -> bytes:
    """A sum of the program's own files in a folder and below, but of no caches: who changes it makes other pages."""
    total = hashlib.sha256()
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.is_file() and file.name.endswith((".py", ".json", ".html", ".css", ".js")):
            total.update(file.name.encode() + file.read_bytes())
        elif file.is_dir() and file.name in {"static", "templates", "words"}:
            total.update(_program(file))
    return total.digest()


def choose(known: Sequence[KeptConversation], names: Sequence[str]) -> list[KeptConversation]:
    """The conversations with these titles, keys or numbers, in the library's order."""
    if not names:
        raise UsageError(
            "Nothing was named, so nothing is published.",
            why="Only conversations that you name are published.",
            remedy=f"Name one or more with --conversation. {_offer(known)}",
        )
    wanted = {_named(known, name).id for name in names}
    return [conversation for conversation in known if conversation.id in wanted]


def _named(known: Sequence[KeptConversation], name: str) -> KeptConversation:
    asked = name.strip().casefold()
    found = [one for one in known if asked in {one.title.casefold(), one.key.casefold(), str(one.id)}]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            f"Several conversations are called “{name}”.",
            remedy=f"Name the one you mean by its number. {_offer(found)}",
        )
    raise UsageError(f"There is no conversation called “{name}”.", remedy=_offer(known))


def _offer(known: Sequence[KeptConversation]) -> str:
    if not known:
        return "The archive holds no conversations yet; archive import brings them in."
    listed = [f"{one.id} “{one.title}” ({_messages(one.messages)})" for one in known[:_LISTED]]
    more = f", and {len(known) - _LISTED:,} more: archive conversations shows all" if len(known) > _LISTED else ""
    return f"You can name: {', '.join(listed)}{more}."


def _messages(count: int) -> str:
    return "1 message" if count == 1 else f"{count:,} messages"


class _Chosen:
    """A library that knows of some conversations only."""

    def __init__(self, library: Library, chosen: Sequence[KeptConversation]) -> None:
        self._library = library
        self._chosen = list(chosen)

    def conversations(self) -> Sequence[KeptConversation]:
        return self._chosen

    def messages(self, conversation_id: int) -> Iterator[KeptMessage]:
        return self._library.messages(self._checked(conversation_id))

    def outline(self, conversation_id: int) -> Iterator[Outline]:
        return self._library.outline(self._checked(conversation_id))

    def people(self, conversation_id: int) -> Sequence[Sender]:
        return self._library.people(self._checked(conversation_id))

    def attachment(self, sha256: str) -> BinaryIO:
        return self._library.attachment(sha256)

    def _checked(self, conversation_id: int) -> int:
        if all(conversation.id != conversation_id for conversation in self._chosen):
            raise UsageError("That conversation was not named.", remedy="Name it with --conversation.")
        return conversation_id


def safe_target(target: Path, archive: Path | None) -> Path:
    """The folder to publish into, resolved; UsageError when it must not be replaced as a whole."""
    folder = target.expanduser().resolve()
    here, home = Path.cwd().resolve(), Path.home().resolve()
    why = ""
    if folder.exists() and not folder.is_dir():
        why = "There is a file of that name."
    elif folder in {home, *home.parents}:
        why = "It is your home folder, or holds it."
    elif folder in {here, *here.parents}:
        why = "It is the folder you are in, or holds it."
    elif archive is not None and _touches(folder, archive.resolve()):
        why = "It is the archive's own folder, or holds it, or lies in it."
    elif folder.exists() and any(folder.iterdir()) and not _ours(folder):
        why = "It holds files that archive publish did not write."
    if why:
        raise UsageError(
            f"{target} cannot be published into.",
            why=why,
            remedy="Name a folder that is not there yet, or one published into before.",
        )
    return folder


def _touches(folder: Path, archive: Path) -> bool:
    return folder == archive or folder in archive.parents or archive in folder.parents


def _ours(folder: Path) -> bool:
    try:
        with (folder / MANIFEST).open(encoding="utf-8", errors="replace") as manifest:
            return manifest.readline().rstrip("\n") == _OURS
    except OSError:
        return False


@dataclass(slots=True)
class _Written:
    """What a run wrote: digests by path, and how much of it was there already."""

    digests: dict[str, str]
    unchanged: int = 0
    bytes: int = 0
    masked: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Before:
    """What the manifest remembers, so that nothing is rendered when nothing changed: *state* is "" for always."""

    state: str
    masked: Masked

    def note(self) -> str:
        """The manifest's line, if any; to be asked for when everything has been rendered."""
        if not self.state:
            return ""
        told = json.dumps({"state": self.state, "masked": self.masked.counts})
        return f"{_NOTE}{hashlib.sha256(told.encode()).hexdigest()}  {told}"

    def still(self, target: Path, kept: Mapping[str, str]) -> _Written | None:
        """The report on what is there already, when it is just what would be written."""
        manifest = _read_manifest(target)
        noted = _noted(target)
        if not self.state or noted.get("state") != self.state or kept.keys() != manifest.keys():
            return None
        size = sum((target / path).stat().st_size for path in manifest)
        return _Written(manifest, len(manifest), size, noted["masked"])


def _noted(folder: Path) -> dict[str, Any]:
    """What the manifest says beside the digests; {} for nothing, or nothing that can be read."""
    try:
        with (folder / MANIFEST).open(encoding="utf-8", errors="replace") as manifest:
            lines = [line for line in (manifest.readline(), manifest.readline()) if line.startswith(_NOTE)]
        found = json.loads(_unsummed(lines[0]) or "{}") if lines else {}
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("masked"), dict) else {}


def _unsummed(line: str) -> str:
    """What a line of the manifest says beside the digests; "" where it is damaged."""
    digest, _, told = line.removeprefix(_NOTE).rstrip("\n").partition("  ")
    return told if line.startswith(_NOTE) and hashlib.sha256(told.encode()).hexdigest() == digest else ""


def _place(pages: Iterator[Page], target: Path, before: _Before, *, yes: bool) -> _Written:
    """Writes pages into a fresh sibling of *target* and swaps the two; or leaves it when nothing changed."""
    lock = hashlib.sha256(os.fsencode(target)).hexdigest()[:16]
    try:
        with FileLock(Path(tempfile.gettempdir()) / f"archive-publish-{lock}.lock", timeout=0):
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh, old = _siblings(target)
            kept = _unchanged_by_hand(target, yes=yes)
            if (still := before.still(target, kept)) is not None and not (yes and _foreign(target, kept)):
                return still
            _mark(fresh)
            written = _fill(pages, fresh, target, kept)
            written.masked = before.masked.counts
            _mark(fresh, written.digests, before.note())
            _swap(fresh, target, old)
            return written
    except Timeout:
        raise LockedError(
            f"Another archive publish is writing {target}.", remedy="Wait until it is done, then try again."
        ) from None
    except OSError as failure:
        raise ArchiveError(
            f"{target} could not be written.",
            why=failure.strerror or str(failure),
            remedy="What was published there before is still in place.",
        ) from failure


def _siblings(target: Path) -> tuple[Path, Path]:
    """Where the fresh pages and the old ones go for a while; cleared of what a killed publish left there."""
    fresh, old = (target.with_name(f".{target.name}.{state}") for state in ("new", "old"))
    if _ours(old) and not target.exists():
        old.rename(target)  # killed between the two renames of a swap
    for leftover in (fresh, old):
        if leftover.exists() and any(leftover.iterdir()) and not _ours(leftover):
            raise UsageError(
                f"{leftover} is in the way.",
                why="Pages are written beside the folder first, and a folder of that name is there already.",
                remedy="Move it away, then publish again.",
            )
        shutil.rmtree(leftover, ignore_errors=True)
    return fresh, old


def _unchanged_by_hand(target: Path, *, yes: bool) -> dict[str, str]:
    """The published files that are as we wrote them, with their digests; UsageError for any others."""
    manifest = _read_manifest(target)
    found = _files(target)
    kept = {path: digest for path, digest in manifest.items() if path in found and _digest(found[path]) == digest}
    foreign = sorted(found.keys() - kept.keys() - {MANIFEST})
    hidden = [path for path in foreign if path.startswith(".")]
    if hidden or (foreign and not yes):
        raise UsageError(
            f"{target} holds files that archive publish did not write, or that were changed since.",
            why=f"They would be lost: {', '.join((hidden or foreign)[:_LISTED])}.",
            remedy="Move them away, or publish into another folder"
            + ("." if hidden else "; with --yes they are replaced."),
        )
    return kept


def _files(target: Path) -> dict[str, Path]:
    return {file.relative_to(target).as_posix(): file for file in target.rglob("*") if not _is_folder(file)}


def _foreign(target: Path, kept: Mapping[str, str]) -> bool:
    return bool(_files(target).keys() - kept.keys() - {MANIFEST})


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def is_site(folder: Path) -> bool:
    """Whether archive publish wrote the folder: it has the manifest, whatever became of that."""
    return (folder / MANIFEST).is_file()


def check(folder: Path) -> tuple[int, list[tuple[str, str]]]:
    """A published site against its manifest: how many files it names, and (path, what is wrong with it) by path."""
    lines = (folder / MANIFEST).read_bytes().decode("utf-8", errors="replace").split("\n")
    note, files = ([], lines[1:-1]) if len(lines) < 2 or not lines[1].startswith("#") else (lines[1:2], lines[2:-1])
    rows = [_ROW.fullmatch(line) for line in files]
    if lines[0] != _OURS or lines[-1] or not all(rows) or not all(map(_unsummed, note)):
        return 0, [(MANIFEST, "is damaged, so that nothing can be compared with it; publish the site again")]
    manifest = {row["path"]: row["digest"] for row in rows if row}
    found = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if not _is_folder(file)}
    wrong = [(path, "is missing") for path in manifest.keys() - found.keys()]
    wrong += [(path, "was not published") for path in found.keys() - manifest.keys() - {MANIFEST}]
    wrong += [
        (path, "has other bytes than those that were published")
        for path in manifest.keys() & found.keys()
        if _digest(found[path]) != manifest[path]
    ]
    return len(manifest), sorted(wrong)


def _read_manifest(folder: Path) -> dict[str, str]:
    """Digests by path."""
    file = folder / MANIFEST
    if not file.is_file():
        return {}
    lines = file.read_text(encoding="utf-8").splitlines()
    rows = (line.split("  ", 1) for line in lines if not line.startswith("#"))
    return {path: digest for digest, path in rows}


def _digest(file: Path) -> str:
    if file.is_symlink():
        return ""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _mark(fresh: Path, digests: Mapping[str, str] | None = None, note: str = "") -> None:
    """Makes a folder ours, so that whatever happens it may be cleared away; last of all with its digests."""
    fresh.mkdir(exist_ok=True)
    rows = [f"{digest}  {path}" for path, digest in sorted((digests or {}).items())]
    (fresh / MANIFEST).write_text("\n".join([_OURS, *filter(None, [note]), *rows, ""]), encoding="utf-8", newline="\n")


def _fill(pages: Iterator[Page], fresh: Path, target: Path, kept: Mapping[str, str]) -> _Written:
    """Writes every page; one that is as it was keeps its old file, with its time."""
    written = _Written({})
    for page in pages:
        file = fresh.joinpath(*PurePosixPath(page.path).parts)
        file.parent.mkdir(parents=True, exist_ok=True)
        pieces = (page.content,) if isinstance(page.content, bytes) else page.content
        digest = hashlib.sha256()
        with file.open("xb") as out:
            for piece in pieces:
                digest.update(piece)
                out.write(piece)
            written.bytes += out.tell()
        written.digests[page.path] = digest.hexdigest()
        if kept.get(page.path) == digest.hexdigest():
            file.unlink()
            _link(target.joinpath(*PurePosixPath(page.path).parts), file)
            written.unchanged += 1
    return written


def _link(old: Path, new: Path) -> None:
    try:
        new.hardlink_to(old)
    except OSError:  # a file system without hard links
        shutil.copy2(old, new)


def _swap(fresh: Path, target: Path, old: Path) -> None:
    """Puts the fresh folder in the place of the target, in one step where the system can."""
    if not target.exists():
        fresh.rename(target)
    elif _exchanged(fresh, target):
        shutil.rmtree(fresh, ignore_errors=True)
    else:
        target.rename(old)
        try:
            fresh.rename(target)
        except BaseException:
            old.rename(target)
            raise
        shutil.rmtree(old, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Swaps two names in one step with Linux's renameat2(2); False where there is no such thing."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None) if os.name == "posix" else None
    if rename is None:
        return False
    at_working_folder, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    done: int = rename(at_working_folder, os.fsencode(one), at_working_folder, os.fsencode(other), exchange)
    return done == 0
