"""`archive search`: find what was said."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from archiver.cli.answers import CSV, IDS, JSONL, TSV, Answer, ExitStatus, form, give
from archiver.cli.common import JSON, reading
from archiver.cli.completing import complete_query
from archiver.cli.showing import talk_around
from archiver.cli.tagging import keep

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiver.model import Facets
    from archiver.query import Query
    from archiver.store.archive import Archive


class Sort(StrEnum):
    """The order of results."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


def search(
    query: Annotated[
        list[str],
        typer.Argument(
            help='Words, "phrases", -not, OR, prefix*, from: in: before: after: has:, @NAME. See: archive help query',
            autocompletion=complete_query,
        ),
    ],
    number: Annotated[int, typer.Option("-n", metavar="N", min=1, help="At most so many.")] = 20,
    around: Annotated[int, typer.Option("-C", metavar="N", min=0, help="Show N messages before and after.")] = 0,
    sort: Annotated[Sort, typer.Option(help="Order of the results.")] = Sort.RELEVANCE,
    as_json: JSON = False,
    as_jsonl: JSONL = False,
    as_csv: CSV = False,
    as_tsv: TSV = False,
    ids: IDS = False,
    exit_status: ExitStatus = False,
    save: Annotated[
        str | None, typer.Option(metavar="NAME", help="Keep this search; search @NAME asks it again.")
    ] = None,
    facets: Annotated[
        bool, typer.Option("--facets", help="Also how many there are by people, conversations, years and sources.")
    ] = False,
    stem: Annotated[
        list[str] | None,
        typer.Option(metavar="LANG", help="Find all forms of a word: its language (en, de, …), or none. May repeat."),
    ] = None,
    quoted: Annotated[
        bool, typer.Option("--quoted", help="Also in what letters quote, in signatures and list footers.")
    ] = False,
) -> int:
    """Find messages. Anything you type is understood; what is not a field is searched as words."""
    from archiver.errors import EXIT_FAILED, EXIT_OK
    from archiver.model import Hit
    from archiver.query import parse
    from archiver.store import reads
    from archiver.store import search as engine
    from archiver.store.choices import stems
    from archiver.store.saved import expanded
    from archiver.store.vocabulary import stemmers

    how = form(as_json=as_json, as_jsonl=as_jsonl, as_csv=as_csv, as_tsv=as_tsv, ids=ids)
    asked = " ".join(query)
    with reading() as archive:
        text, unknown = expanded(archive.connection, asked)
        parsed = parse(text)
        forms = stemmers(stem) if stem else stems(archive.connection)
        results = engine.search(archive.connection, parsed, limit=number, sort=sort.value, quoted=quoted, stems=forms)
        heaps = _counted(archive, parsed, quoted=quoted, stems=forms) if facets else None
        snippets = dict(results.rows)
        messages = reads.load(archive.connection, [row for row, _ in results.rows])
        found = [(Hit(one, snippets[one.row]), *talk_around(archive, one, around)) for one in messages]
    if save:
        keep(save, asked)
    give(
        Answer(
            query=asked,
            found=found,
            total=results.total,
            exact=results.exact,
            notes=(*unknown, *parsed.notes, *results.notes),
            around=around > 0,
            in_time=sort is not Sort.RELEVANCE,
            facets=heaps,
        ),
        how,
    )
    return EXIT_FAILED if exit_status and not results.total else EXIT_OK


def _counted(archive: "Archive", parsed: "Query", *, quoted: bool, stems: "Sequence[str]") -> "Facets":
    from archiver.store.facets import facets

    return facets(archive.connection, parsed, quoted=quoted, stems=stems)
