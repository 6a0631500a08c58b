"""The report as one page that stands by itself: to read, to send to those who decide with you."""

import base64
import hashlib
from html import escape
from pathlib import Path

from archiver.errors import ArchiveError, UsageError
from archiver.exporters.site.assets import style
from archiver.exporters.site.prose import clean
from archiver.preview.survey import Exposure
from archiver.preview.telling import Part, parts


def page(told: Exposure, title: str) -> bytes:
    """HTML without scripts, with the style of the site in it; the same report gives the same bytes."""
    css = style().decode("utf-8")
    sheet = base64.b64encode(hashlib.sha256(css.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{sheet}'; base-uri 'none'; form-action 'none'"
    heading = _text(title or "A snapshot")
    return (
        "<!DOCTYPE html>\n"
        '<html lang="en" dir="ltr">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex, nofollow, noarchive">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>Before it is published: {heading}</title>\n<style>{css}</style>\n</head>\n<body>\n"
        f"<header>\n<h1>Before it is published</h1>\n<p><bdi>{heading}</bdi> · report {told.hash}</p>\n</header>\n"
        f'<main id="text">\n{"".join(map(_part, parts(told)))}</main>\n</body>\n</html>\n'
    ).encode("utf-8", errors="replace")


def write_page(file: Path, content: bytes, target: Path, *, yes: bool) -> None:
    """Write the page; UsageError into the folder that is to be published, or over a file, but with *yes*."""
    where = file.expanduser().resolve()
    folder = target.expanduser().resolve()
    if where == folder or folder in where.parents:
        raise UsageError(
            f"{file} lies in {target}.", why="A preview writes nothing there.", remedy="Name another place."
        )
    try:
        with where.open("wb" if yes else "xb") as out:
            out.write(content)
    except FileExistsError:
        raise UsageError(f"There is a {file} already.", remedy="Name another, or replace it with --yes.") from None
    except OSError as problem:
        raise ArchiveError(f"{file} cannot be written.", why=problem.strerror or str(problem)) from problem


def _part(part: Part) -> str:
    rows = (f"{_text(what)} <small>{_text(more)}</small>" if more else _text(what) for what, more in part.lines)
    items = "".join(f'<li dir="auto">{row}</li>\n' for row in rows)
    return f"<h2>{_text(part.heading)}</h2>\n" + (f"<ul>\n{items}</ul>\n" if items else "")


def _text(text: str) -> str:
    return escape(clean(text), quote=False)
