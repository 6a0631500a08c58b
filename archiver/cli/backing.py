"""`archive backup`: copies of the whole archive, made while it is in use, checked and brought back."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archiver.cli.common import JSON, folder
from archiver.cli.trusting import show_verdict

if TYPE_CHECKING:
    from archiver.store.backup import Backup

backup = typer.Typer(help="Copies of the whole archive.", no_args_is_help=True, rich_markup_mode=None)

Made = Annotated[Path, typer.Argument(metavar="BACKUP", help="A backup: a folder or file that create has made.")]
Key = Annotated[Path | None, typer.Option(metavar="FILE", help="The secret key that opens an encrypted backup.")]


@backup.command("create")
def create(
    place: Annotated[Path, typer.Argument(metavar="PLACE", help="A folder for backups, best on another disk.")],
    one_file: Annotated[bool, typer.Option("--file", help="One file (.tar) instead of a folder.")] = False,
    to: Annotated[
        list[str] | None, typer.Option(metavar="KEY", help="Encrypt for this public key (age1…); may be given again.")
    ] = None,
    as_json: JSON = False,
) -> None:
    """Back up everything as it is at this moment; an import may go on meanwhile."""
    from archiver import ui
    from archiver.store import backup as store

    made = store.create(folder(), place, one_file=one_file, keys=to or ())
    if as_json:
        ui.emit(_face(made))
    else:
        ui.line(str(made.path))
    if made.facts:
        ui.talk(
            f"{made.facts.messages:,} messages and {made.facts.files:,} files. Check it with: archive backup verify"
        )


@backup.command("list")
def list_(place: Annotated[Path, typer.Argument(metavar="PLACE")], as_json: JSON = False) -> None:
    """The backups in a place, the oldest first."""
    from archiver import ui
    from archiver.store import backup as store

    found = store.backups(place)
    if as_json:
        ui.emit([_face(one) for one in found])
        return
    ui.table(
        ("backup", "bytes", "messages", "files"),
        [
            (one.path.name, one.size, one.facts.messages if one.facts else "", one.facts.files if one.facts else "")
            for one in found
        ],
        right=("bytes", "messages", "files"),
    )


@backup.command("verify")
def verify(made: Made, key: Key = None, as_json: JSON = False) -> int:
    """Read a backup whole and compare it with what it was."""
    from archiver.errors import EXIT_FAILED, EXIT_OK
    from archiver.store import backup as store

    verdict = store.verify(made, key=key)
    show_verdict(verdict, as_json=as_json)
    return EXIT_OK if verdict.sound else EXIT_FAILED


@backup.command("restore")
def restore(made: Made, key: Key = None, as_json: JSON = False) -> None:
    """Make an archive of a backup, in a folder where there is none yet: archive --archive NEW backup restore BACKUP."""
    from archiver import ui
    from archiver.store import backup as store

    facts = store.restore(made, folder(), key=key)
    if as_json:
        ui.emit({"archive": str(folder().absolute()), **asdict(facts)})
    else:
        ui.line(facts.digest)
    ui.talk(f"{facts.messages:,} messages and {facts.files:,} files, as they were on {facts.made_at}: {folder()}")


@backup.command("key")
def key_(file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to keep the secret key.")]) -> None:
    """Make a pair of keys for encrypted backups; prints the public one. Keep FILE elsewhere than the backups."""
    from archiver import ui
    from archiver.store import tarred

    ui.line(tarred.make_key(file))


def _face(one: "Backup") -> dict[str, object]:
    return {"backup": str(one.path), "bytes": one.size} | (asdict(one.facts) if one.facts else {})
