"""`archive tag` and `archive searches`: what readers keep, messages under a name and questions under a name."""

from typing import TYPE_CHECKING, Annotated

import typer

from archiver.cli.common import JSON, reading, writing
from archiver.cli.completing import complete_query, complete_saved, complete_tag

if TYPE_CHECKING:
    from archiver.store.archive import Archive

tag = typer.Typer(help="Give messages a name to find them by: tag:NAME.", no_args_is_help=True, rich_markup_mode=None)
searches = typer.Typer(invoke_without_command=True, rich_markup_mode=None)

Which = Annotated[
    str,
    typer.Argument(
        metavar="QUERY", help="As for search, in quotes; or one message's id.", autocompletion=complete_query
    ),
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The tag.", autocompletion=complete_tag)]


def _chosen(archive: "Archive", query: str) -> list[int]:
    """Row ids of all messages that a query, or an id, means; what is odd about it is said."""
    from archiver import ui
    from archiver.query import parse
    from archiver.store import reads
    from archiver.store.ids import minute_of
    from archiver.store.saved import expanded
    from archiver.store.selecting import selected

    sql = archive.connection
    if minute_of(query.strip().lower()) is not None:
        return reads.find(sql, query.strip().lower())
    text, notes = expanded(sql, query)
    parsed = parse(text)
    rows, more = selected(sql, parsed)
    for note in (*notes, *parsed.notes, *more):
        ui.talk(note, "yellow")
    return rows


@tag.command("add")
def add(query: Which, name: Name, as_json: JSON = False) -> None:
    """Tag every message that the query finds."""
    from archiver import ui
    from archiver.store import tags

    with writing() as archive, archive.transaction() as sql:
        rows = _chosen(archive, query)
        added = tags.add(sql, rows, name)
        kept = tags.known(sql, tags.named(name))
    if as_json:
        ui.emit({"tag": kept, "found": len(rows), "added": added})
    if not rows:
        ui.talk("Nothing is found, so nothing is tagged.")
        return
    before = f"; {len(rows) - added:,} had it already" if added < len(rows) else ""
    ui.talk(f"{added:,} messages are tagged “{kept}” now{before}. See them: archive search 'tag:\"{kept}\"'")


@tag.command("remove")
def remove(query: Which, name: Name, as_json: JSON = False) -> None:
    """Take a tag off every message that the query finds. What a source filed messages under stays."""
    from archiver import ui
    from archiver.store import tags

    with writing() as archive, archive.transaction() as sql:
        removed = tags.remove(sql, _chosen(archive, query), name)
    if as_json:
        ui.emit({"tag": name, "removed": removed})
    ui.talk(f"The tag “{name}” is taken off {removed:,} messages.")


@tag.command("drop")
def drop(name: Name, as_json: JSON = False) -> None:
    """Take a tag off everything, also off messages whose import was undone."""
    from archiver import ui
    from archiver.store import tags

    with writing() as archive, archive.transaction() as sql:
        removed = tags.drop(sql, name)
    if as_json:
        ui.emit({"tag": name, "removed": removed})
    ui.talk(f"The tag “{name}” is taken off {removed:,} messages.")


@tag.command("list")
def list_(as_json: JSON = False) -> None:
    """The tags given here, and the labels that sources came with."""
    from archiver import ui
    from archiver.store import tags

    with reading() as archive:
        found = tags.tags(archive.connection)
    if as_json:
        ui.emit([{"tag": one.name, "here": one.here, "waiting": one.waiting, "source": one.source} for one in found])
        return
    ui.table(
        ("tag", "given here", "not here now", "from the source"),
        [(one.name, one.here, one.waiting, one.source) for one in found],
        right=("given here", "not here now", "from the source"),
    )


@searches.callback()
def saved(context: typer.Context, as_json: JSON = False) -> None:
    """The saved searches: keep one with search --save NAME, ask it again with search @NAME."""
    if context.invoked_subcommand is not None:
        return
    from archiver import ui
    from archiver.store import saved as store

    with reading() as archive:
        found = store.searches(archive.connection)
    if as_json:
        ui.emit([one._asdict() for one in found])
        return
    ui.table(("name", "query", "saved"), [(f"@{one.name}", one.query, one.saved_at[:10]) for one in found])


def keep(name: str, query: str) -> None:
    """Keep a query under a name. What it stands for in turn is put in its place now, so that it stays what it is."""
    from archiver import ui
    from archiver.store import saved as store

    with writing() as archive, archive.transaction() as sql:
        before = store.save(sql, name, store.expanded(sql, query)[0])
    was = "" if before is None else f" Before, it was: {before}"
    ui.talk(f"Saved: archive search @{name.strip().removeprefix('@')}{was}", "dim")


@searches.command("forget")
def forget(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name.", autocompletion=complete_saved)],
) -> None:
    """Keep a search no longer."""
    from archiver import ui
    from archiver.store import saved as store

    with writing() as archive, archive.transaction() as sql:
        gone = store.forget(sql, name)
    ui.talk(f"@{gone.name} is forgotten. It was: {gone.query}")
