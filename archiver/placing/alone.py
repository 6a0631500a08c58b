"""One writer at a time: a lock beside the folder, which leaves nothing behind."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archiver.errors import LockedError


@contextmanager
def alone(target: Path) -> Iterator[None]:
    """Nobody else publishes into *target* until the end of the block; LockedError when somebody does.

    The system frees the lock ``.NAME.lock`` when a process dies. The file is removed while it is still held: whoever
    opened it meanwhile finds out that it is no longer there, and makes a new one.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    place = target.with_name(f".{target.name}.lock")
    held = _held(place)
    try:
        yield
    finally:
        if sys.platform != "win32":  # there, a file that is open cannot be removed
            place.unlink(missing_ok=True)
        os.close(held)


def _held(place: Path) -> int:
    """A descriptor of the lock's file, locked, of the file that has this name now."""
    while True:
        opened = os.open(place, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        try:
            _lock(opened)
            if _is(place, opened):
                return opened
        except OSError as failure:
            os.close(opened)
            raise LockedError(
                f"Another archive publish is writing {place.name.removeprefix('.').removesuffix('.lock')}.",
                remedy="Wait until it is done, then try again.",
            ) from failure
        os.close(opened)


def _is(place: Path, opened: int) -> bool:
    try:
        return os.path.samestat(place.lstat(), os.fstat(opened))
    except FileNotFoundError:
        return False


def _lock(opened: int) -> None:
    """OSError when somebody else has the lock."""
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - only there

        msvcrt.locking(opened, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl  # noqa: PLC0415 - not everywhere

        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
