"""What lies in an archive's folder besides the database and the kept files: its key, and what is none of its own."""

import hmac
import json
import os
import re
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from archiver.store.findings import UNREADABLE, Finding
from archiver.store.secret import SIZE

KEY = "secret.key"
NOTED = "key_fingerprint"  # in the detail of an event
_SHOWN = 5  # foreign files that are named
_OURS = re.compile(
    r"archive\.db(?:-journal|-wal|-shm|\.v\d+-backup.*|\.before-repair-.*)?|archive\.(?:seal|seal\.new|lock|pages)|secret\.key"
    r"|archive\.published(?:\.\d+\.new)?|blobs|\.(?:rebuilt|restored|replay|bag)-.*"
)
_BLOB = re.compile(r"[0-9a-f]{62}")
_FROM_A_COPY = "bring it from a backup; without it addresses of messages in sites change, and what was redacted is no "
_FROM_A_COPY += "longer known when it is imported again"


def fingerprint(key: bytes) -> str:
    """By which a key is known again, and which tells nothing of it."""
    return blake2b(b"the key of an archive", key=key[:64], digest_size=16).hexdigest()


def noted(sql: sqlite3.Connection | None) -> str | None:
    """The fingerprint of the key as the audit trail has it; None where it says none."""
    if sql is None:
        return None
    with suppress(*UNREADABLE, ValueError, AttributeError):
        for (detail,) in sql.execute(
            "select detail from audit where instr(detail, :name) order by id desc", {"name": NOTED}
        ):
            told = json.loads(detail)
            if NOTED in told:
                return str(told[NOTED]) if told[NOTED] else None
    return None


def key_of(folder: Path) -> bytes | None:
    """The key as it lies there; None when there is none yet."""
    try:
        return (folder / KEY).read_bytes()
    except FileNotFoundError:
        return None


def check_key(folder: Path, sql: sqlite3.Connection | None) -> Iterator[Finding]:
    """Whether the key is there, whole, the one of always, and for its owner's eyes only."""
    known = noted(sql)
    try:
        key = key_of(folder)
    except OSError as error:
        yield Finding("key", f"{KEY} cannot be read ({error.strerror})", rebuild=_FROM_A_COPY)
        return
    if key is None:
        if known:
            yield Finding("key", f"{KEY} is missing", rebuild=_FROM_A_COPY)
        return
    if len(key) != SIZE:
        yield Finding("key", f"{KEY} has {len(key):,} bytes instead of {SIZE}", rebuild=_FROM_A_COPY)
    elif known and not hmac.compare_digest(fingerprint(key), known):
        again = f"archive repair puts back a flipped bit; else {_FROM_A_COPY}"
        yield Finding("key", f"{KEY} is another one than it was", rebuild=again)
    if os.name != "nt" and stat.S_IMODE((folder / KEY).stat().st_mode) & 0o077:
        yield Finding(
            "key", f"{KEY} can be read by others", rebuild="archive repair gives it back to you alone", derived=True
        )


def mend_key(folder: Path, sql: sqlite3.Connection | None) -> Iterator[str]:
    """Put back a flipped bit of the key, and its mode; says what was done."""
    key, known = key_of(folder), noted(sql)
    if key is None:
        return
    if os.name != "nt" and stat.S_IMODE((folder / KEY).stat().st_mode) & 0o077:
        (folder / KEY).chmod(0o600)
        yield f"{KEY} can be read by you alone again"
    if known and len(key) == SIZE and fingerprint(key) != known:
        number = int.from_bytes(key, "big")
        for bit in range(SIZE * 8):
            whole = (number ^ 1 << bit).to_bytes(SIZE, "big")
            if fingerprint(whole) == known:
                with (folder / KEY).open("r+b") as file:
                    file.write(whole)
                    file.flush()
                    os.fsync(file.fileno())
                yield f"{KEY} had a flipped bit, which was put back"


def foreign(folder: Path) -> str:
    """What to say of files in the folder that are none of the archive's; empty when there are none."""
    names = sorted(path.name for path in folder.iterdir() if not _OURS.fullmatch(path.name))
    blobs = folder / "blobs"
    with suppress(OSError):
        names += sorted(f"blobs/{one}" for one in _foreign_blobs(blobs))
    if not names:
        return ""
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    shown = ", ".join(f"“{name}”" for name in names[:_SHOWN])
    return f"In the archive's folder lie things that are none of its own, and nobody checks them: {shown}{more}."


def _foreign_blobs(blobs: Path) -> Iterator[str]:
    for shelf in blobs.iterdir():
        if shelf.name.startswith("incoming-"):  # somebody imports, or was killed
            continue
        if not re.fullmatch(r"[0-9a-f]{2}", shelf.name) or not shelf.is_dir():
            yield shelf.name
            continue
        yield from (f"{shelf.name}/{one.name}" for one in shelf.iterdir() if not _BLOB.fullmatch(one.name))
