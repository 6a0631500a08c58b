"""Temporary files for what can only be read from a file: stdin, zips within zips, and files packed by themselves."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from archiver.errors import DumpError


class Spool:
    """Temporary files in a folder of their own, which is made when needed and goes with close()."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._count = 0

    def keep(self, blocks: Iterable[bytes]) -> Path:
        """A file that holds *blocks*; its name is a number, never a name out of the dump."""
        try:
            path = self._fresh()
            with path.open("xb") as file:
                try:
                    file.writelines(blocks)
                except BaseException:
                    file.truncate(0)  # what failed half-way may have been large
                    raise
        except OSError as error:
            raise DumpError(
                "A temporary file could not be written.",
                why=error.strerror or str(error),
                remedy="Make room on the disk, or set TMPDIR to a folder that has room.",
            ) from error
        return path

    def _fresh(self) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="archive-")
        self._count += 1
        return Path(self._folder.name) / str(self._count)

    def close(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
