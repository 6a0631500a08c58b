"""`archive status` and `archive problems`: what is in the archive, and what is not."""

from typing import Annotated

import typer

from archiver.cli.common import JSON, folder, reading


def status(
    digest: Annotated[
        bool, typer.Option("--digest", help="The digest of all that is known (reads everything).")
    ] = False,
    as_json: JSON = False,
) -> None:
    """Where the archive is, what it holds, and whether an import waits to be finished."""
    from archiver import ui
    from archiver.store import history
    from archiver.store.digest import digest as digest_of

    with reading() as archive:
        facts: dict[str, object] = {"archive": str(folder().absolute()), **history.totals(archive.connection)}
        waiting = history.unfinished(archive.connection)
        if digest:
            facts["digest"] = digest_of(archive.connection)
    if as_json:
        ui.emit(facts | {"unfinished": [history.as_dict(one) for one in waiting]})
        return
    if digest:
        ui.line(str(facts.pop("digest")))
        return
    ui.table(("what", "how many"), list(facts.items()), right=("how many",))
    for one in waiting:
        ui.talk(
            f"Import {one.id} ({', '.join(one.given)}) was interrupted: run it again to finish it, "
            f"or take it back with: archive imports undo {one.id}"
        )


def problems(
    number: Annotated[int | None, typer.Option("--import", help="Only those of this import.")] = None,
    as_json: JSON = False,
) -> None:
    """What could not be read, or is worth knowing: each with its file and bytes."""
    from archiver import ui
    from archiver.store import history

    with reading() as archive:
        found = history.problems(archive.connection, number)
    if as_json:
        ui.emit(found)
        return
    ui.table(
        ("import", "loss", "what", "note", "file", "bytes"),
        [
            (
                str(one["import"]),
                one["loss"],
                one["what"],
                one["note"],
                one["file"],
                "" if one["start"] is None else f"{one['start']}-{one['end']}",
            )
            for one in found
        ],
        right=("import",),
    )
