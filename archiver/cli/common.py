"""What all verbs share: where the archive is, and how to open it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from archiver.store.archive import Archive

_named: ContextVar[Path | None] = ContextVar("archive", default=None)

JSON = Annotated[bool, typer.Option("--json", help="Answer as one JSON document on stdout.")]


def _version(wanted: bool) -> None:
    if wanted:
        from archiver import __version__

        typer.echo(f"archive {__version__}")
        raise typer.Exit


def home(
    archive: Annotated[
        Path | None, typer.Option(help="The archive's folder. Default: $ARCHIVE_DIR, else your data folder.")
    ] = None,
    version: Annotated[  # noqa: ARG001 - its callback speaks
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version and leave.")
    ] = False,
) -> None:
    """Keep what communities know: import chats and mail, search them, publish them."""
    _named.set(archive)


def folder() -> Path:
    """--archive, else $ARCHIVE_DIR, else the user's data folder."""
    named = _named.get()
    if named is not None:
        return named
    if os.environ.get("ARCHIVE_DIR"):
        return Path(os.environ["ARCHIVE_DIR"])
    from platformdirs import user_data_path

    return user_data_path("archive", appauthor=False)


@contextmanager
def reading() -> "Iterator[Archive]":
    """The archive, for reading."""
    from archiver.store.archive import open_archive

    with open_archive(folder()) as archive:
        _told(archive)
        yield archive


@contextmanager
def writing() -> "Iterator[Archive]":
    """The archive, for writing: nobody else does so meanwhile."""
    from archiver.store import archive as store

    with store.writing(folder()) as archive:
        _told(archive)
        yield archive


def _told(archive: "Archive") -> None:
    if archive.kept is not None:
        from archiver import ui

        ui.talk(
            f"The archive was brought to this version of the program. As it was, it is kept in {archive.kept}", "dim"
        )
