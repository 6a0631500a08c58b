"""`archive help`: the query language, one command, or all of it as a manual page."""

from typing import Annotated

import typer

from archiver.cli.completing import complete_topic


def help_(
    context: typer.Context,
    topic: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TOPIC]", help="query, man, or a command.", autocompletion=complete_topic),
    ] = None,
) -> None:
    """Explain the query language (help query) or a command, or print the manual page (help man)."""
    from archiver import ui
    from archiver.cli import manual
    from archiver.errors import UsageError

    root = context.find_root()
    wanted = topic or []
    if not wanted:
        typer.echo(root.get_help())
    elif wanted == ["query"]:
        with ui.paged():
            ui.prose(manual.query_help())
    elif wanted == ["man"]:
        ui.write_lines([manual.page(root)], "-")
    else:
        found = manual.command(root, wanted)
        if found is None:
            raise UsageError(
                f"There is no help on “{' '.join(wanted)}”.",
                remedy="See the commands: archive help; or: archive help query",
            )
        typer.echo(found.get_help())
