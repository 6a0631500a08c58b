"""`archive browse`: read in the archive, with the results beside the words and the talk around them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archiver.cli.common import folder
from archiver.cli.completing import complete_query

if TYPE_CHECKING:
    from archiver.model import InThread, KeptMessage
    from archiver.store.archive import Archive
    from archiver.ui.browse import Desk, Facet, Finding, Sort


def browse(
    query: Annotated[
        list[str] | None,
        typer.Argument(metavar="[QUERY]", help="What to begin with.", autocompletion=complete_query),
    ] = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="Lines instead of a screen: for screen readers and pipes.")
    ] = False,
) -> None:
    """Read in the archive: search as you type, see the talk or the thread around, copy references."""
    import os
    import sys

    begin = " ".join(query or ())
    full = sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    if plain or not full:
        from archiver.ui.browse.plain import run

        run(desk(folder()), begin)
        return
    try:
        import textual  # noqa: F401 - is it there at all?
    except ModuleNotFoundError as error:
        from archiver.errors import ArchiveError

        raise ArchiveError(
            "The full-screen reader needs the package textual, which is not installed.",
            remedy="Install it with: python3 -m pip install 'community-archive[browse]'   "
            "or read without it: archive browse --plain",
        ) from error
    from archiver.ui.browse.screen import Reader

    with desk(folder()):  # an archive that cannot be opened is said here, and not on a screen that is then gone
        pass
    reader = Reader(lambda: desk(folder()), begin)
    reader.run()
    for reference in reader.copied:
        typer.echo(reference)


@contextmanager
def desk(home: Path) -> "Iterator[Desk]":
    """The archive, for reading in it; to be used in the thread that opens it."""
    from archiver.store.archive import open_archive

    with open_archive(home) as archive:
        yield _Desk(archive)


class _Desk:
    """A ui.browse.Desk over an open archive."""

    def __init__(self, archive: "Archive") -> None:
        self._archive = archive

    def search(self, query: str, sort: "Sort", limit: int) -> "Finding":
        from archiver.model import Hit
        from archiver.query import parse
        from archiver.store import reads
        from archiver.store import search as engine
        from archiver.store.choices import stems
        from archiver.store.saved import expanded
        from archiver.ui.browse import Finding

        sql = self._archive.connection
        text, notes = expanded(sql, query)
        parsed = parse(text)
        results = engine.search(sql, parsed, limit=limit, sort=sort, stems=stems(sql))
        snippets = dict(results.rows)
        messages = reads.load(sql, [row for row, _ in results.rows])
        hits = [Hit(one, snippets[one.row]) for one in messages]
        return Finding(hits, results.total, results.exact, (*notes, *parsed.notes, *results.notes))

    def facets(self, query: str) -> "Sequence[Facet]":
        from archiver.query import parse
        from archiver.store import stats
        from archiver.store.saved import expanded
        from archiver.store.selecting import selected
        from archiver.ui.browse import Facet

        sql = self._archive.connection
        text, _ = expanded(sql, query)
        scope = stats.Scope(selected(sql, parse(text))[0] if text.strip() else None)
        found = [
            Facet("people", one.name, one.messages, f"from:{_term(one.name)}") for one in stats.people(sql, scope, 8)
        ]
        found += [
            Facet("conversations", title, count, f"in:{_term(title)}")
            for title, count in stats.conversations(sql, scope, 8)
        ]
        found += [Facet("years", year, count, f"during:{year}") for year, count in stats.years(sql, scope)]
        found += [
            Facet("sources", name, count, f"source:{_term(name)}") for name, _, count in stats.sources(sql, scope)
        ]
        return found

    def around(self, message: "KeptMessage", number: int) -> "tuple[Sequence[KeptMessage], Sequence[KeptMessage]]":
        from archiver.cli.showing import talk_around

        return talk_around(self._archive, message, number)

    def thread(self, message: "KeptMessage") -> "Sequence[InThread]":
        from archiver.store import reads

        members = reads.thread(self._archive.connection, message.row)
        return members if len(members) > 1 else ()

    def cite(self, message: "KeptMessage") -> str:
        from archiver.store.citing import cited

        return str(cited(self._archive, message))


def _term(name: str) -> str:
    """A value of a field: in quotes where it has to be; what quotes cannot hold is left out."""
    plain = " ".join(name.replace('"', " ").split())
    return plain if plain and all(sign.isalnum() or sign in "_-@." for sign in plain) else f'"{plain}"'
