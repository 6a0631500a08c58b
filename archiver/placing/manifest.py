"""``manifest-sha256.txt``: which files a published folder holds, in the form that ``sha256sum -c`` understands.

Its first line makes the folder ours. The second, a comment, may say what the whole follows from; it has a sum of its
own.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NAME = "manifest-sha256.txt"
_OURS = "# Written by archive publish. This folder is replaced as a whole the next time."
_ROW = re.compile("(?P<digest>[0-9a-f]{64})  (?P<path>.+)", re.DOTALL)
_NOTE = "# State: "


@dataclass(frozen=True, slots=True)
class Manifest:
    """Digests by path, and what is noted beside them; both empty where nothing can be read."""

    digests: Mapping[str, str] = field(default_factory=dict)
    note: Mapping[str, Any] = field(default_factory=dict)


def read(folder: Path) -> Manifest:
    """A folder's manifest, empty where there is none."""
    file = folder / NAME
    if not file.is_file():
        return Manifest()
    lines = file.read_text(encoding="utf-8").splitlines()
    rows = (line.split("  ", 1) for line in lines if not line.startswith("#"))
    return Manifest({path: digest for digest, path in rows}, _note(lines[1] if len(lines) > 1 else ""))


def _note(line: str) -> Mapping[str, Any]:
    found = json.loads(_unsummed(line) or "{}") if line.startswith(_NOTE) else {}
    return found if isinstance(found, dict) else {}


def _unsummed(line: str) -> str:
    """What a line says beside the digests; "" where it is damaged."""
    digest, _, told = line.removeprefix(_NOTE).rstrip("\n").partition("  ")
    return told if line.startswith(_NOTE) and hashlib.sha256(told.encode()).hexdigest() == digest else ""


def write(folder: Path, written: Manifest | None = None) -> None:
    """Makes a folder ours, so that whatever happens it may be cleared away; last of all with its digests."""
    folder.mkdir(exist_ok=True)
    found = written or Manifest()
    rows = [f"{digest}  {path}" for path, digest in sorted(found.digests.items())]
    told = json.dumps(found.note, sort_keys=True)
    note = [f"{_NOTE}{hashlib.sha256(told.encode()).hexdigest()}  {told}"] if found.note else []
    (folder / NAME).write_text("\n".join([_OURS, *note, *rows, ""]), encoding="utf-8", newline="\n")


def ours(folder: Path) -> bool:
    """Whether archive publish wrote the folder."""
    try:
        with (folder / NAME).open(encoding="utf-8", errors="replace") as manifest:
            return manifest.readline().rstrip("\n") == _OURS
    except OSError:
        return False


def is_site(folder: Path) -> bool:
    """Whether archive publish wrote the folder: it has the manifest, whatever became of that."""
    return (folder / NAME).is_file()


def check(folder: Path) -> tuple[int, list[tuple[str, str]]]:
    """A published site against its manifest: how many files it names, and (path, what is wrong with it) by path."""
    lines = (folder / NAME).read_bytes().decode("utf-8", errors="replace").split("\n")
    note, listed = ([], lines[1:-1]) if len(lines) < 2 or not lines[1].startswith("#") else (lines[1:2], lines[2:-1])
    rows = [_ROW.fullmatch(line) for line in listed]
    if lines[0] != _OURS or lines[-1] or not all(rows) or not all(map(_unsummed, note)):
        return 0, [(NAME, "is damaged, so that nothing can be compared with it; publish the site again")]
    manifest = {row["path"]: row["digest"] for row in rows if row}
    found = {entry.path: Path(entry.file) for entry in entries(folder)}
    wrong = [(path, "is missing") for path in manifest.keys() - found.keys()]
    wrong += [(path, "was not published") for path in found.keys() - manifest.keys() - {NAME}]
    wrong += [
        (path, "has other bytes than those that were published")
        for path in manifest.keys() & found.keys()
        if digest_of(found[path]) != manifest[path]
    ]
    return len(manifest), sorted(wrong)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a folder or below: *path* is relative, with forward slashes; *file* is where it is on the disk."""

    path: str
    file: str
    stat: os.stat_result


def entries(folder: Path, under: str = "") -> Iterator[Entry]:
    """Everything in a folder and below that is no folder itself; a link is not followed."""
    with os.scandir(folder) as found:
        for one in found:
            path = under + one.name
            if one.is_dir(follow_symlinks=False):
                yield from entries(Path(one.path), path + "/")
            else:
                yield Entry(path, one.path, one.stat(follow_symlinks=False))


def digest_of(file: Path) -> str:
    """SHA-256 of a file's bytes; "" for a link, which is none of ours."""
    if file.is_symlink():
        return ""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
