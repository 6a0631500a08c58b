"""What a person typed: found on disk and gathered, or refused with a hint."""

import stat
import sys
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from archiver.dump.gather import Gathering
from archiver.dump.limits import MIB, Limits
from archiver.dump.names import LIKENESS, disk_name
from archiver.errors import DumpError, UsageError

_STDIN = Path("-")
_NEIGHBOURS = 2_000  # names of a folder looked at for a "did you mean"


def gather(gathering: Gathering, paths: Sequence[Path]) -> None:
    """Fill *gathering* with all *paths*, each once. UsageError, DumpError or LimitError if one brings nothing."""
    if not paths:
        raise UsageError("There is nothing to read.", remedy="Name a file, a folder or a zip, or - for stdin.")
    for path in {path if path == _STDIN else path.absolute(): path for path in paths}.values():
        try:
            _add(gathering, path)
        except OSError as error:
            raise DumpError(
                f"“{path}” could not be read.",
                why=error.strerror or str(error),
                remedy="Check that it is still there and that you may read it.",
            ) from error
    if not gathering.entries:
        raise _nothing(paths, gathering)


def _add(gathering: Gathering, path: Path) -> None:
    if path == _STDIN:
        gathering.add_given(gathering.spool.keep(_stdin(gathering.limits)), "stdin")
        return
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise _not_there(path) from None
    if stat.S_ISDIR(mode):
        gathering.add_folder(path, _called(path))
    elif stat.S_ISREG(mode):
        gathering.add_given(path, _called(path))
    else:
        raise DumpError(f"“{path}” is neither a file nor a folder.", remedy=f"Pipe it in: archive import - < {path}")


def _called(path: Path) -> str:
    return disk_name(path.name if path.name not in {"", ".."} else path.resolve().name) or "files"


def _stdin(limits: Limits) -> Iterable[bytes]:
    count = 0
    while block := sys.stdin.buffer.read(MIB):
        count += len(block)
        if count > limits.total_bytes:
            raise limits.past("total_bytes", count, "More came in on stdin than the limit allows.")
        yield block


def _not_there(path: Path) -> DumpError:
    alike = _similar(path)
    remedy = f"Did you mean “{alike}”?" if alike else "Check the spelling, and the folder you are in."
    return DumpError(f"There is no file or folder “{path}”.", remedy=remedy)


def _similar(path: Path) -> Path | None:
    """A neighbour whose name is close to that of *path*."""
    try:
        names = sorted(item.name for item in islice(path.parent.iterdir(), _NEIGHBOURS))
    except OSError:
        return None
    same = [name for fold in LIKENESS for name in names if fold(name) == fold(path.name)]
    close = same or get_close_matches(path.name, names, n=1)
    return path.with_name(close[0]) if close else None


def _nothing(paths: Sequence[Path], gathering: Gathering) -> DumpError:
    shown = ", ".join(f"“{path}”" for path in paths)
    why = gathering.refusals[0].problem().note if gathering.refusals else "There are no files in it."
    return DumpError(f"There is nothing to read in {shown}.", why=why, remedy="Check that this is what you meant.")
