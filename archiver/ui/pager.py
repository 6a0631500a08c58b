"""A long answer on a terminal goes through a pager, so that its beginning is not lost."""

import io
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class _Sheet(io.StringIO):
    """What is kept of an answer until it is known how long it is; a terminal to whoever writes on it."""

    def isatty(self) -> bool:
        return True


@contextmanager
def paged() -> Iterator[None]:
    """What the block writes to stdout is paged if stdout is a terminal and it is longer than the window.

    ``$PAGER`` says with what. One that is set and empty, no keyboard, or a window of unknown height mean none.
    """
    height = _height()
    if not height:
        yield
        return
    terminal, sheet = sys.stdout, _Sheet()
    sys.stdout = sheet
    try:
        yield
    finally:
        sys.stdout = terminal
        text = sheet.getvalue()
        if text.count("\n") < height or not _through_pager(text):
            terminal.write(text)
            terminal.flush()


def _height() -> int:
    """Lines of the window, or 0 where nothing is to be paged."""
    if os.environ.get("PAGER") == "" or os.environ.get("TERM") == "dumb":
        return 0
    if not (sys.stdout.isatty() and sys.stdin.isatty()):
        return 0
    with suppress(OSError, ValueError):
        return os.get_terminal_size(sys.stdout.fileno()).lines
    return 0


def _through_pager(text: str) -> bool:
    """Shows the text with the pager; whether there is one. Leaving it early is no failure."""
    command = shlex.split(os.environ.get("PAGER") or "less")
    environment = {"LESS": "FRX", "LESSCHARSET": "utf-8"} | dict(os.environ)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the pager's, which stops a search of its own
    try:
        done = subprocess.run(  # noqa: S603 - the person's own choice; it is told when it is left early, not we
            command, input=text.encode("utf-8", "backslashreplace"), env=environment, check=False
        )
    except OSError:
        return False
    finally:
        signal.signal(signal.SIGINT, before)
    return done.returncode != _NOT_FOUND


_NOT_FOUND = 127  # what `env` and shells say of a program that is not there
