"""`archive import` and `archive imports`."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archiver.cli.common import JSON, folder, reading, writing

if TYPE_CHECKING:
    from archiver.dump import Limits

imports = typer.Typer(help="See earlier imports, or take one back.", no_args_is_help=True, rich_markup_mode=None)


Limit = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="Raise this safety limit, where an error names it.")
]


class DateOrder(StrEnum):
    """How numeric dates are to be read."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


def import_(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Exports: files, zips, folders; - is stdin.")],
    source: Annotated[str | None, typer.Option("--as", metavar="SOURCE", help="What it is, if it is not seen.")] = None,
    zone: Annotated[str | None, typer.Option(help="Time zone of the export's clock, e.g. Europe/Berlin.")] = None,
    date_order: Annotated[DateOrder | None, typer.Option(help="Order of numeric dates, if guessed wrong.")] = None,
    me: Annotated[str | None, typer.Option(metavar="NAME", help="Who exported it: the “You” of the chat.")] = None,
    into: Annotated[
        str | None, typer.Option(metavar="CONVERSATION", help="Add to this conversation, whatever the title.")
    ] = None,
    new: Annotated[bool, typer.Option("--new", help="Make a new conversation, even if the title is known.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Fail (exit 1) where something could not be read.")] = False,
    limit_members: Limit = None,
    limit_member_bytes: Limit = None,
    limit_total_bytes: Limit = None,
    limit_ratio: Limit = None,
    limit_nesting: Limit = None,
    limit_path_length: Limit = None,
    limit_depth: Limit = None,
    limit_message_bytes: Limit = None,
    limit_text_length: Limit = None,
    limit_header_fields: Limit = None,
    limit_header_bytes: Limit = None,
    limit_addresses: Limit = None,
    limit_mime_depth: Limit = None,
    limit_mime_parts: Limit = None,
    limit_json_depth: Limit = None,
    limit_json_bytes: Limit = None,
    limit_attachment_bytes: Limit = None,
    as_json: JSON = False,
) -> int:
    """Bring exports into the archive. The files themselves are kept too; doing it twice changes nothing."""
    from archiver import ui
    from archiver.contracts import Hints
    from archiver.dates import named_zone
    from archiver.dump import Limits
    from archiver.errors import EXIT_FAILED, EXIT_LOSSES, EXIT_OK
    from archiver.ingest import Request, ingest
    from archiver.ui import reports

    if zone:
        named_zone(zone)
    raised = {
        "members": limit_members,
        "member_bytes": limit_member_bytes,
        "total_bytes": limit_total_bytes,
        "ratio": limit_ratio,
        "nesting": limit_nesting,
        "path_length": limit_path_length,
        "depth": limit_depth,
        "message_bytes": limit_message_bytes,
        "text_length": limit_text_length,
        "header_fields": limit_header_fields,
        "header_bytes": limit_header_bytes,
        "addresses": limit_addresses,
        "mime_depth": limit_mime_depth,
        "mime_parts": limit_mime_parts,
        "json_depth": limit_json_depth,
        "json_bytes": limit_json_bytes,
        "attachment_bytes": limit_attachment_bytes,
    }
    limits = Limits(**{name: value for name, value in raised.items() if value is not None})
    if len(paths) == 1 and _is_bag(paths[0]):
        return _bag(paths[0], limits, dry_run=dry_run, as_json=as_json)
    request = Request(
        paths=paths,
        source=source,
        hints=Hints(owner=me, zone=zone, date_order=date_order.value if date_order else None),
        into=into,
        apart=new,
        dry_run=dry_run,
        limits=limits,
    )
    home = folder()
    with ui.progress("Importing") as watch:
        done = ingest(home, request, watch)
    for report in done:
        reports.report(report, str(home))
    if as_json:
        faces = [reports.report_as_json(report) for report in done]
        ui.emit(faces[0] if len(faces) == 1 else faces)
    lost = any(report.losses for report in done)
    return (EXIT_FAILED if strict else EXIT_LOSSES) if lost else EXIT_OK


def _is_bag(path: Path) -> bool:
    """Whether it is a folder that says so, or a zip or tar by its name with one in it."""
    if path.suffix.lower() not in {".zip", ".tar"} or path.is_dir():
        return (path / "bagit.txt").is_file()
    from archiver.keeping.packed import is_packed_bag

    return is_packed_bag(path)


def _bag(path: Path, limits: "Limits", *, dry_run: bool, as_json: bool) -> int:
    """Another archive, as archive export bagit carries it: a folder, or that folder in a zip or tar."""
    from dataclasses import asdict

    from archiver import ui
    from archiver.cli.trusting import show_verdict
    from archiver.errors import EXIT_FAILED, EXIT_LOSSES, EXIT_OK
    from archiver.keeping import bags

    home = folder()
    with bags.opened(path, home.absolute().parent, limits) as bag:
        if dry_run:
            verdict = bags.check(bag)
            show_verdict(verdict, as_json=as_json)
            return EXIT_OK if verdict.sound else EXIT_FAILED
        done = bags.bring(bag, home)
    if as_json:
        ui.emit(asdict(done))
    for said in done.lost:
        ui.talk(f"not brought: {said}")
    what = "The archive is what the bag holds" if done.fresh else "What the bag holds was added"
    ui.talk(f"{what}: {done.imports:,} imports. Its digest is {done.digest}")
    return EXIT_LOSSES if done.lost else EXIT_OK


@imports.command("list")
def list_(as_json: JSON = False) -> None:
    """All imports, oldest first."""
    from archiver import ui
    from archiver.store import history

    with reading() as archive:
        past = history.imports(archive.connection)
    if as_json:
        ui.emit([history.as_dict(one) for one in past])
        return
    ui.table(
        ("id", "when", "source", "new", "known", "lost", "status", "files"),
        [
            (
                str(one.id),
                one.started_at[:10],
                one.importer,
                one.counts.get("new", 0),
                one.counts.get("duplicate", 0) + one.counts.get("enriched", 0),
                one.counts.get("unreadable", 0),
                one.status,
                ", ".join(name.replace("\\", "/").rpartition("/")[2] for name in one.given),
            )
            for one in past
        ],
        right=("id", "new", "known", "lost"),
    )


@imports.command("undo")
def undo_(
    number: Annotated[int, typer.Argument(metavar="ID", help="The import's number, see: archive imports list")],
    as_json: JSON = False,
) -> None:
    """Take one import back. What other imports hold too stays as they say it."""
    from archiver import ui
    from archiver.store import undo

    with writing() as archive:
        counts = undo.undo(archive, number)
    if as_json:
        ui.emit({"import": number, **counts})
    kept = f"; {counts['kept']:,} stay, for other imports hold them too" if counts["kept"] else ""
    ui.talk(f"Import {number} is undone: {counts['removed']:,} messages removed{kept}.")
