"""Other programs that index mail, on the same letters as a Maildir: notmuch and mu (GPL), which nothing here needs.

Like ours they parse each mail and index its words; unlike ours they keep neither the mails nor their files.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.measure import Cost, cost

CONFIG = """\
[database]
path={}
[user]
name=Nell
primary_email=nell@example.org
[new]
tags=new
[maildir]
synchronize_flags=false
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """A program that may be there.

    *package*: what Debian calls it; *bar*: how many times its speed an import has to have at least; *joins_copies*:
    whether mails of one id are one to it. *index* takes a Maildir and a folder to work in; the cost's output is the
    number of mails it knows then.
    """

    package: str
    bar: int
    joins_copies: bool
    index: Callable[[Path, Path], Cost]


def notmuch(maildir: Path, work: Path) -> Cost:
    """What ``notmuch new`` costs for a fresh database (which it puts into *maildir*)."""
    config = work / "notmuch-config"
    config.write_text(CONFIG.format(maildir), encoding="utf-8")
    program = ["notmuch", f"--config={config}"]
    spent = cost([*program, "new", "--quiet", "--no-hooks"], log=work / "notmuch.out")
    found = cost([*program, "count", "--exclude=false", "*"], log=work / "count.out")
    return _with(spent, int(found.output))


def mu(maildir: Path, work: Path) -> Cost:
    """What ``mu init`` and ``mu index`` cost together for a fresh database."""
    home = f"--muhome={work / 'mu'}"
    begun = cost(["mu", "init", home, f"--maildir={maildir}", "--quiet"], log=work / "mu-init.out")
    spent = cost(["mu", "index", home, "--quiet"], log=work / "mu-index.out")
    found = cost(["mu", "find", home, "--fields=i", ""], log=work / "mu-find.out")
    total = Cost(begun.wall + spent.wall, begun.cpu + spent.cpu, max(begun.rss, spent.rss))
    return _with(total, found.output.count("\n"))


def _with(spent: Cost, found: int) -> Cost:
    return Cost(spent.wall, spent.cpu, spent.rss, str(found))


PEERS = {
    "notmuch": Peer("notmuch", 7, joins_copies=True, index=notmuch),
    "mu": Peer("maildir-utils", 4, joins_copies=False, index=mu),
}


def absent(name: str) -> str:
    """Why a peer is left out; "" when it can run."""
    if name not in PEERS:
        return f"{name}: not known here, only {' and '.join(PEERS)}"
    return "" if shutil.which(name) else f"{name}: not installed (Debian: apt install {PEERS[name].package})"
