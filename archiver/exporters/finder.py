"""Pagefind's search instead of our own, for a site on the web: it finds pages, where our own finds messages.

It asks for one more package (``pagefind``, MIT), whose program runs here and loads nothing from outside. It cannot
search from a disk, for browsers give it neither WebAssembly nor its files there: our own search stays beside it, as
``search-offline.html``, and is where whoever opens the folder is led. Everybody's browser gets what it needs from the
site itself.
"""

import subprocess
import tempfile
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from pathlib import Path, PurePosixPath
from string import Template

from archiver.contracts import Page, Rendering
from archiver.errors import ArchiveError, UsageError
from archiver.exporters.site.prose import clean
from archiver.exporters.site.words import words

OWN, OFFLINE = "search.html", "search-offline.html"
FOLDER = "pagefind"
_SEARCHES = ("own", "pagefind")
_UNUSED = ("pagefind-component-ui.", "pagefind-modular-ui.", "pagefind-highlight.")
_ASIDE = "nav, footer, .up, .skip"  # what is on every page and nobody searches for
_LIMIT = 3600  # seconds
_CHUNK = 1 << 20


def wanted(rendering: Rendering) -> bool:
    """Whether Pagefind is to search; UsageError when that cannot be, or for a search there is not."""
    asked = rendering.options.get("search", "") or "own"
    if asked not in _SEARCHES:
        raise UsageError(f"There is no search called “{asked}”.", remedy=f"There are {' and '.join(_SEARCHES)}.")
    if asked == "pagefind":
        _program()
    return asked == "pagefind"


def searched(pages: Iterator[Page], rendering: Rendering) -> Iterator[Page]:
    """The pages, with Pagefind's page to search in the place of ours, and after them its index of those with messages.

    They wait in a temporary folder for the program, which reads them all at once.
    """
    with tempfile.TemporaryDirectory(prefix="archive-pagefind-") as temporary:
        seen, made = Path(temporary) / "site", Path(temporary) / "index"
        seen.mkdir()
        for page in pages:
            if page.path == OWN:
                yield Page(OFFLINE, page.content)
                yield Page(OWN, _page(rendering))
                yield Page("pagefind-start.js", _asset("start.js").encode())
            elif page.path.endswith(".html"):
                content = page.content if isinstance(page.content, bytes) else b"".join(page.content)
                if b"<article " in content:
                    _keep(seen, page.path, content)
                yield Page(page.path, content)
            else:
                yield page
        if any(seen.iterdir()):
            _run(seen, made)
        for file in sorted(made.rglob("*")):
            path = file.relative_to(made).as_posix()
            if file.is_file() and not path.startswith(_UNUSED):
                yield Page(f"{FOLDER}/{path}", _blocks(file))


def _keep(folder: Path, path: str, content: bytes) -> None:
    file = folder.joinpath(*PurePosixPath(path).parts)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def _blocks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while block := stream.read(_CHUNK):
            yield block


def _program() -> Path:
    """Pagefind's program, as its package tells where it is."""
    try:
        from pagefind.service import get_executable  # noqa: PLC0415 - an extra: only who asks for it needs it
    except ImportError:
        found = None
    else:
        found = get_executable()
    if found is None:
        raise UsageError(
            "Searching with Pagefind needs one more package.",
            remedy="Install it with: python3 -m pip install 'community-archive[pagefind]'   or leave out --search "
            "pagefind: our own search needs nothing.",
        )
    return Path(found)


def _run(site: Path, made: Path) -> None:
    command = [str(_program()), "--site", str(site), "--output-path", str(made), "--keep-index-url"]
    try:
        done = subprocess.run(  # noqa: S603 - a program of a package that was asked for, and words of our own
            [*command, "--exclude-selectors", _ASIDE], capture_output=True, check=False, timeout=_LIMIT, cwd=site
        )
        said = (done.stderr or done.stdout).decode(errors="replace").strip()[-500:]
        why = (said or f"It ended with {done.returncode}.") if done.returncode else ""
    except (OSError, subprocess.TimeoutExpired) as failure:
        why = str(failure)
    if why:
        raise ArchiveError(
            "Pagefind could not read the pages.", why=why, remedy="Publish without --search pagefind: our own is there."
        )


def _page(rendering: Rendering) -> bytes:
    said = words(rendering.options.get("language", "en"))
    parts = {
        "lang": said.lang,
        "direction": said.direction,
        "site": clean(rendering.title) or said.say("title"),
        "search": said.say("search"),
        "off": said.say("search_off"),
        "skip": said.say("skip"),
    }
    told = {name: escape(value) for name, value in parts.items()}
    return Template(_asset("page.html")).substitute(told).encode("utf-8", errors="replace")


def _asset(name: str) -> str:
    return (files(__package__) / "pagefind" / name).read_text(encoding="utf-8")
