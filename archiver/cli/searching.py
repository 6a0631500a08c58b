"""`archive search` and `archive show`: find what was said, and see it where it was said."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from archiver.cli.common import JSON, reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiver.model import Facets, InThread, KeptMessage, Provenance
    from archiver.query import Query
    from archiver.store.archive import Archive


class Sort(StrEnum):
    """The order of results."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


def search(
    query: Annotated[
        list[str], typer.Argument(help='Words, "phrases", -not, OR, prefix*, from: in: before: after: has:')
    ],
    number: Annotated[int, typer.Option("-n", metavar="N", min=1, help="At most so many.")] = 20,
    around: Annotated[int, typer.Option("-C", metavar="N", min=0, help="Show N messages before and after.")] = 0,
    sort: Annotated[Sort, typer.Option(help="Order of the results.")] = Sort.RELEVANCE,
    as_json: JSON = False,
    as_jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a line.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Comma-separated, with a header.")] = False,
    as_tsv: Annotated[bool, typer.Option("--tsv", help="Tab-separated, with a header.")] = False,
    ids: Annotated[bool, typer.Option("--ids", help="Only the ids, one a line.")] = False,
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
) -> None:
    """Find messages. Anything you type is understood; what is not a field is searched as words."""
    from archiver import ui
    from archiver.exporters.jsonl import message_face
    from archiver.model import Hit
    from archiver.query import parse
    from archiver.store import reads
    from archiver.store import search as engine
    from archiver.store.settings import stems
    from archiver.store.vocabulary import stemmers

    parsed = parse(" ".join(query))
    with reading() as archive:
        forms = stemmers(stem) if stem else stems(archive.connection)
        results = engine.search(archive.connection, parsed, limit=number, sort=sort.value, quoted=quoted, stems=forms)
        heaps = _counted(archive, parsed, quoted=quoted, stems=forms) if facets else None
        snippets = dict(results.rows)
        messages = reads.load(archive.connection, [row for row, _ in results.rows])
        found = [(Hit(one, snippets[one.row]), *_around(archive, one, around)) for one in messages]
    if as_json or as_jsonl:
        faces = [
            message_face(hit.message)
            | ({"before": list(map(message_face, before)), "after": list(map(message_face, after))} if around else {})
            for hit, before, after in found
        ]
        if as_json:
            answer = {"query": " ".join(query), "total": results.total, "notes": list(results.notes), "messages": faces}
            ui.emit(answer | ({"facets": ui.facets_face(heaps)} if heaps else {}))
        else:
            ui.emit_lines(faces)
    elif as_csv or as_tsv:
        ui.separated(messages, "\t" if as_tsv else ",")
    elif ids:
        for one in messages:
            ui.line(one.id)
    else:
        ui.hits(found)
        if heaps:
            ui.facets(heaps)
    for note in (*parsed.notes, *results.notes):
        ui.talk(note, "yellow")
    ui.found(len(found), results.total, exact=results.exact)


def _counted(archive: "Archive", parsed: "Query", *, quoted: bool, stems: "Sequence[str]") -> "Facets":
    from archiver.store.facets import facets

    return facets(archive.connection, parsed, quoted=quoted, stems=stems)


def _around(archive: "Archive", message: "KeptMessage", number: int) -> "tuple[list[KeptMessage], list[KeptMessage]]":
    from archiver.store import reads
    from archiver.store import search as engine

    if not number:
        return [], []
    before, after = engine.context(archive.connection, message.row, number)
    return reads.load(archive.connection, before), reads.load(archive.connection, after)


def show(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="As search prints it, e.g. 202305141432-k7q2m8x0")],
    around: Annotated[int, typer.Option("-C", metavar="N", min=0, help="Show N messages before and after.")] = 0,
    raw: Annotated[bool, typer.Option("--raw", help="Only the original bytes, exactly.")] = False,
    thread: Annotated[bool, typer.Option("--thread", help="The whole thread, as a tree.")] = False,
    as_json: JSON = False,
) -> None:
    """One message whole: its words, its files, and the file and bytes it comes from."""
    from archiver import ui
    from archiver.errors import UsageError
    from archiver.exporters.jsonl import message_face
    from archiver.store import reads

    with reading() as archive:
        rows = reads.find(archive.connection, identifier.strip().lower())
        if not rows:
            raise UsageError(
                f"There is no message {identifier}.",
                remedy="An id looks like 202305141432-k7q2m8x0; search shows it behind each result.",
            )
        for message in reads.load(archive.connection, rows):
            if raw:
                ui.raw(reads.raw(archive, message))
                continue
            if thread and (members := reads.thread(archive.connection, message.row)):
                _show_thread(message, members, as_json=as_json)
                continue
            before, after = _around(archive, message, around)
            seen = reads.observations(archive.connection, message.row)
            hidden_as = reads.hidden_as(archive.connection, message.row)
            if as_json:
                ui.emit(
                    message_face(message)
                    | {
                        "duplicate_of": hidden_as,
                        "seen_in": [
                            {"role": role, "file": at.file, "sha256": at.sha256, "start": at.start, "end": at.end}
                            for role, at in seen
                        ],
                        "before": list(map(message_face, before)),
                        "after": list(map(message_face, after)),
                    }
                )
                continue
            ui.message(message, before, after, _facts(message, seen, hidden_as))


def _show_thread(shown: "KeptMessage", members: "list[InThread]", *, as_json: bool) -> None:
    from archiver import ui
    from archiver.exporters.jsonl import message_face

    if as_json:
        faces = [message_face(one.message) | {"depth": one.depth, "joined": one.joined} for one in members]
        ui.emit({"id": shown.id, "thread": faces})
    else:
        ui.thread(shown, members)


def _facts(message: "KeptMessage", seen: "list[tuple[str, Provenance]]", hidden_as: str | None) -> dict[str, str]:
    """Where a message comes from, in words."""
    facts = {"kind": message.kind}
    if message.recipients:
        facts["to"] = ", ".join(one.name for one in message.recipients)
    if message.tags:
        facts["tags"] = ", ".join(message.tags)
    if hidden_as is not None:
        facts["hidden"] = f"probably the same as {hidden_as}"
    for number, (role, at) in enumerate(seen, 1):
        facts[f"seen {number}" if len(seen) > 1 else "seen in"] = (
            f"{at.file}, bytes {at.start:,} to {at.end:,} ({role}), sha256 {at.sha256[:16]}…"
        )
    return facts
