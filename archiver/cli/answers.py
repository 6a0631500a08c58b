"""How an answer is given: for a person's eyes, or in the form that a program or a spreadsheet asks for."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

if TYPE_CHECKING:
    from archiver.model import Facets, KeptMessage
    from archiver.ui.messages import Found

JSONL = Annotated[bool, typer.Option("--jsonl", help="One JSON object a line.")]
CSV = Annotated[bool, typer.Option("--csv", help="Comma-separated, with a header.")]
TSV = Annotated[bool, typer.Option("--tsv", help="Tab-separated, with a header.")]
IDS = Annotated[bool, typer.Option("--ids", help="Only the ids, one a line.")]
ExitStatus = Annotated[bool, typer.Option("--exit-status", help="Leave with 1 when nothing is found.")]


class Form(StrEnum):
    """What an answer looks like; SHOWN is for a person."""

    SHOWN = "shown"
    JSON = "--json"
    JSONL = "--jsonl"
    CSV = "--csv"
    TSV = "--tsv"
    IDS = "--ids"


def form(
    *,
    as_json: bool = False,
    as_jsonl: bool = False,
    as_csv: bool = False,
    as_tsv: bool = False,
    ids: bool = False,
) -> Form:
    """The one form that was asked for; UsageError when there are two."""
    flags = {Form.JSON: as_json, Form.JSONL: as_jsonl, Form.CSV: as_csv, Form.TSV: as_tsv, Form.IDS: ids}
    wanted = [each for each, is_set in flags.items() if is_set]
    if len(wanted) > 1:
        from archiver.errors import UsageError

        raise UsageError(
            f"An answer has one form, and {' and '.join(wanted)} are two.",
            remedy=f"Leave out {' and '.join(wanted[1:])}.",
        )
    return wanted[0] if wanted else Form.SHOWN


class Answer(NamedTuple):
    """What a search found. *found*: hits with the talk around them; *facets*: where all of them lie, if asked."""

    query: str
    found: "Sequence[Found]"
    total: int
    exact: bool = True
    notes: Sequence[str] = ()
    around: bool = False
    in_time: bool = False
    facets: "Facets | None" = None


def give(answer: Answer, how: Form) -> None:
    """The answer on stdout, what is to be said about it on stderr."""
    from archiver import ui
    from archiver.ui.facets import facets, facets_face

    if how is Form.JSON:
        ui.emit(
            {"query": answer.query, "total": answer.total, "notes": list(answer.notes)}
            | {"messages": _faces(answer)}
            | ({"facets": facets_face(answer.facets)} if answer.facets else {})
        )
    elif how is Form.JSONL:
        ui.emit_lines(_faces(answer))
    elif how in {Form.CSV, Form.TSV}:
        ui.separated(COLUMNS, map(_cells, _messages(answer)), "\t" if how is Form.TSV else ",")
    elif how is Form.IDS:
        for one in _messages(answer):
            ui.line(one.id)
    else:
        with ui.paged():
            ui.hits(answer.found, in_time=answer.in_time)
            if answer.facets:
                facets(answer.facets)
    for note in answer.notes:
        ui.talk(note, "yellow")
    ui.found(len(answer.found), answer.total, exact=answer.exact)


COLUMNS = ("id", "at_local", "conversation", "sender", "kind", "subject", "text")


def _messages(answer: Answer) -> "Iterable[KeptMessage]":
    return (hit.message for hit, _, _ in answer.found)


def _cells(one: "KeptMessage") -> Sequence[object]:
    from archiver import ui

    return one.id, one.at_local, one.conversation_title, ui.sender_name(one), one.kind, one.subject, ui.body(one)


def _faces(answer: Answer) -> list[dict[str, object]]:
    from archiver.exporters.jsonl import message_face

    return [
        message_face(hit.message)
        | (
            {"before": list(map(message_face, before)), "after": list(map(message_face, after))}
            if answer.around
            else {}
        )
        for hit, before, after in answer.found
    ]


def give_rows(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    how: Form,
    *,
    right: Sequence[str] = (),
    face: Callable[[Sequence[object]], Mapping[str, object]] | None = None,
) -> int:
    """Rows in the form asked for; how many there were. *face*: a row as a JSON object, by its columns if not given."""
    from archiver import ui

    count = 0

    def counted() -> Iterable[Sequence[object]]:
        nonlocal count
        for row in rows:
            count += 1
            yield row

    def faces() -> Iterable[Mapping[str, object]]:
        return (face(row) if face else dict(zip(columns, row, strict=True)) for row in counted())

    if how is Form.JSON:
        ui.emit(list(faces()))
    elif how is Form.JSONL:
        ui.emit_lines(faces())
    elif how in {Form.CSV, Form.TSV}:
        ui.separated(columns, counted(), "\t" if how is Form.TSV else ",")
    else:
        with ui.paged():
            ui.table(columns, counted(), right)
    return count
