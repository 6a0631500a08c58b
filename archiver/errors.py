"""Every error a person may meet: what happened, why, and the next step; the exit code is on the class."""

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_LOSSES = 3  # the work was done, but some data could not be read (as restic has it)
EXIT_NO_ARCHIVE = 10
EXIT_LOCKED = 11
EXIT_INTERRUPTED = 130


class ArchiveError(Exception):
    """A failure that is told to a person in words, never as a traceback.

    *what* happened in one sentence, *why* if that is known, *remedy* is the next step to take.
    """

    exit_code = EXIT_FAILED

    def __init__(self, what: str, *, why: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.remedy = remedy


class UsageError(ArchiveError):
    """The command cannot mean what was typed."""

    exit_code = EXIT_USAGE


class RefusedError(ArchiveError):
    """What was asked for would do harm, and nobody has agreed to that."""


class NoArchiveError(ArchiveError):
    """There is no archive where one was looked for."""

    exit_code = EXIT_NO_ARCHIVE


class LockedError(ArchiveError):
    """Somebody else is writing to the archive."""

    exit_code = EXIT_LOCKED


class DumpError(ArchiveError):
    """The input as a whole cannot be read: not there, damaged, encrypted, or past a limit."""


class LimitError(DumpError):
    """The input is past a limit that protects this computer; *limit* is the name of its flag."""

    def __init__(self, what: str, *, limit: str, why: str = "", remedy: str = "") -> None:
        super().__init__(what, why=why, remedy=remedy)
        self.limit = limit


class NotUnderstoodError(DumpError):
    """No importer claims the input, or several do."""


class StoreError(ArchiveError):
    """The archive itself is damaged, foreign or too new."""
