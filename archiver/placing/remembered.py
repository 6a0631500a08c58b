"""What is remembered of a published folder, in the archive's own folder: enough to see that nothing happened since.

``archive.published`` has a line for every folder: a sum of its name, a sum of what was asked and of the archive as it
was, and a sum of the folder's files as the system tells of them: names, sizes, times, places on the disk. Who changes
a file changes its times; where a disk or a program hides that, ``archive verify FOLDER`` reads every byte.
No line is missed: whatever is not remembered is found out anew.
"""

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from archiver.placing.manifest import entries

FILE = "archive.published"
_KEPT = 100  # folders


class Memory(NamedTuple):
    """*asked*: what the snapshot follows from; *files*: the folder's files, as the system tells of them."""

    asked: str = ""
    files: str = ""


def look(folder: Path) -> str:
    """A sum of what the system tells of a folder's files."""
    total = hashlib.sha256()
    told = sorted((entry.path, entry.stat) for entry in entries(folder)) if folder.is_dir() else []
    for path, stat in told:
        facts = stat.st_mode, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns
        total.update(f"{path}\0{facts}\0".encode("utf-8", "surrogateescape"))
    return total.hexdigest()


def recall(archive: Path | None, folder: Path) -> Memory:
    """What is remembered of a folder; empty for nothing."""
    return _all(archive).get(_name(folder), Memory()) if archive is not None else Memory()


def remember(archive: Path | None, folder: Path, memory: Memory) -> None:
    """Writes it down, where that can be done: an archive may lie where nothing can be written."""
    if archive is None:
        return
    found = _all(archive)
    found.pop(_name(folder), None)
    lines = [" ".join((name, *one)) for name, one in [*found.items(), (_name(folder), memory)]]
    fresh = archive / f"{FILE}.{os.getpid()}.new"
    with suppress(OSError):
        fresh.write_text("\n".join([*lines[-_KEPT:], ""]), encoding="ascii")
        fresh.replace(archive / FILE)


def _all(archive: Path) -> dict[str, Memory]:
    try:
        lines = [line.split(" ") for line in (archive / FILE).read_text(encoding="ascii").splitlines()]
    except (OSError, ValueError):
        return {}
    return {parts[0]: Memory(*parts[1:]) for parts in lines if len(parts) == 3}


def _name(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
