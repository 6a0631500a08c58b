"""A public-inbox, a git repository of mails, as one mbox. Facts: public-inbox-v1-format(5), public-inbox-v2-format(5).

Version 1 has a blob for each mail in folders of two hexadecimal digits; version 2 a commit for each, the mail in it
called ``m``, or ``d`` for a mail that is deleted. The repository may be anybody's: git is asked with its plumbing
commands only, without configuration of the system or the user, and may neither fetch nor run anything.
"""

import os
import re
import shutil
import subprocess
import tempfile
import time
from array import array
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from archiver.errors import DumpError

INBOX = "public-inbox.mbox"
DELETED = b"From deleted@public-inbox "
_KEPT = b"From mail@public-inbox "

_BLOCK = 1 << 20
_LAST_SECOND = 253_402_300_799  # of the year 9999
_QUOTE = re.compile(rb"\n(>{0,999}From )")
_LONGEST_QUOTE = 1010
_BEFORE_HEADER = re.compile(rb"[ \t\r\n]*(?:>?From [^\n]*\n)?")  # what a mail had from the mbox it was taken from
_HEADER = re.compile(rb"[!-9;-~]{1,200}[ \t]*:")
_NUMBERED = re.compile(r"[0-9a-f]{2}")
_CHANGES = ("diff-tree", "--stdin", "--root", "-r", "--raw", "--no-renames", "--no-abbrev", "--format=%ct")
_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "HOME": os.devnull,
    "XDG_CONFIG_HOME": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "LC_ALL": "C",
}


def repository(folder: Path) -> Path | None:
    """The git directory of a repository, bare or not; None if *folder* is none."""
    for place in (folder, folder / ".git"):
        if (place / "HEAD").is_file() and (place / "objects").is_dir() and (place / "refs").is_dir():
            return place
    return None


def has_git() -> bool:
    return shutil.which("git") is not None


class Inbox:
    """The mails of one repository. *broken*: how many are named in it that could not be read."""

    def __init__(self, git_dir: Path) -> None:
        self.broken = 0
        self._git_dir = git_dir

    def holds_mail(self) -> bool:
        """Whether the last commit has what a public-inbox has, and nothing else."""
        try:
            with self._run("ls-tree", "--name-only", "HEAD") as output:
                names = output.read(_BLOCK).decode("utf-8", "replace").split()
        except DumpError:  # no commit, or none that can be read
            return False
        return bool(names) and (set(names) <= {"m", "d"} or all(map(_NUMBERED.fullmatch, names)))

    def blocks(self) -> Iterator[bytes]:
        """An mbox (mboxrd) of all mails in the order of their commits, each with the time of its commit."""
        with tempfile.TemporaryFile() as ids:
            times, deleted = self._listed(ids)
            ids.seek(0)
            with self._run("cat-file", "--batch", stdin=ids) as output:
                for second in times:
                    yield from self._mail(output, second, deleted)

    def _listed(self, ids: IO[bytes]) -> tuple["array[int]", set[bytes]]:
        """Writes the id of each mail in a line of its own to *ids*; the times of their commits, and the ids deleted."""
        times, deleted, second = array("q"), set(), 0
        with (
            self._run("rev-list", "--reverse", "HEAD") as commits,
            self._run(*_CHANGES, stdin=commits) as output,
        ):
            for line in output:
                if not line.startswith(b":"):
                    second = min(max(int(line), 0), _LAST_SECOND) if line.strip().isdigit() else second
                    continue
                before, after, status, path = _change(line)
                if status == b"D" and path != b"m":
                    deleted.add(before)
                elif path == b"d":
                    deleted.add(after)
                elif status != b"D":
                    times.append(second)
                    ids.write(after + b"\n")
        return times, deleted

    def _mail(self, output: IO[bytes], second: int, deleted: set[bytes]) -> Iterator[bytes]:
        """The next mail that git gives, with its separator; nothing if it is not there or does not begin like one."""
        answer = output.readline().split()
        if len(answer) != 3:
            self.broken += 1
            return
        size = int(answer[2])
        first = output.read(min(size, _BLOCK))
        rest = _rest(output, size - len(first))
        before = _BEFORE_HEADER.match(first)
        first = first[before.end() :] if before else first
        if _HEADER.match(first):  # else the separator would be none
            yield (DELETED if answer[0] in deleted else _KEPT) + time.asctime(time.gmtime(second)).encode() + b"\n"
            end = b""
            for block in _quoted(first, rest):
                yield block
                end = block[-1:] or end
            yield b"\n" if end == b"\n" else b"\n\n"
        else:
            self.broken += 1
            deque(rest, maxlen=0)
        output.read(1)

    @contextmanager
    def _run(self, *command: str, stdin: IO[bytes] | None = None) -> Iterator[IO[bytes]]:
        """What git says. DumpError when it fails, unless nobody listens to the end."""
        git = shutil.which("git") or "git"
        whole = [git, f"--git-dir={self._git_dir}", "-c", "safe.directory=*", *command]
        environment = {**_ENVIRONMENT, "PATH": os.environ.get("PATH", "")}
        with subprocess.Popen(  # noqa: S603 - a fixed list of arguments, never a shell
            whole, stdin=stdin or subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        ) as process:
            try:
                yield _pipe(process)
                failed = process.stdout is not None and not process.stdout.read(1) and process.wait() != 0
            finally:
                process.kill()
        if failed:
            raise DumpError(
                f"The git repository “{self._git_dir}” could not be read.",
                remedy=f"Ask git what it lacks: git --git-dir={self._git_dir} fsck",
            )


def _pipe(process: "subprocess.Popen[bytes]") -> IO[bytes]:
    if process.stdout is None:
        raise DumpError("git does not answer.")
    return process.stdout


def _change(line: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Ids before and after, status and path: ``:000000 100644 0000… 1234… A<tab>m``."""
    told, _, path = line.rstrip(b"\n").partition(b"\t")
    _, _, before, after, status = told.split(b" ")
    return before, after, status, path


def _rest(file: IO[bytes], left: int) -> Iterator[bytes]:
    while left and (block := file.read(min(left, _BLOCK))):
        left -= len(block)
        yield block


def _quoted(first: bytes, more: Iterator[bytes]) -> Iterator[bytes]:
    """One ``>`` more before each ``From `` that begins a line (mboxrd)."""
    held = first
    for block in more:
        cut = held.rfind(b"\n", max(0, len(held) - _LONGEST_QUOTE))
        cut = len(held) if cut < 0 else cut
        yield _QUOTE.sub(rb"\n>\1", held[:cut])
        held = held[cut:] + block
    yield _QUOTE.sub(rb"\n>\1", held)
