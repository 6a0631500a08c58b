"""`archive show`: one message whole, where it was said, and how to cite it."""

from typing import TYPE_CHECKING, Annotated

import typer

from archiver.cli.common import JSON, reading

if TYPE_CHECKING:
    from archiver.model import InThread, KeptMessage, Provenance
    from archiver.store.archive import Archive


def talk_around(
    archive: "Archive", message: "KeptMessage", number: int
) -> "tuple[list[KeptMessage], list[KeptMessage]]":
    """Up to *number* messages before and after one in its conversation."""
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
    cite: Annotated[
        bool, typer.Option("--cite", help="Only a reference that stays: id, date, file, SHA-256 and bytes.")
    ] = False,
    as_json: JSON = False,
) -> None:
    """One message whole: its words, its files, and the file and bytes it comes from."""
    from archiver import ui
    from archiver.errors import UsageError
    from archiver.exporters.jsonl import message_face
    from archiver.store import graves, reads
    from archiver.store.citing import cited

    with reading() as archive:
        rows = graves.find(archive, identifier.strip().lower())
        if not rows:
            raise UsageError(
                f"There is no message {identifier}.",
                remedy="An id looks like 202305141432-k7q2m8x0; search shows it behind each result.",
            )
        for message in reads.load(archive.connection, rows):
            if raw:
                ui.raw(reads.raw(archive, message))
                continue
            if cite:
                reference = cited(archive, message)
                ui.emit(reference.face()) if as_json else ui.line(str(reference))
                continue
            if thread and (members := reads.thread(archive.connection, message.row)):
                _show_thread(message, members, as_json=as_json)
                continue
            before, after = talk_around(archive, message, around)
            letters = reads.in_thread(archive.connection, message.row)
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
            files = {file.sha256: archive.blobs.path(file.sha256) for file in message.attachments if file.sha256}
            links = {sha256: path.absolute().as_uri() for sha256, path in files.items()}
            with ui.paged():
                ui.message(message, before, after, _facts(message, seen, hidden_as, letters), links)


def _show_thread(shown: "KeptMessage", members: "list[InThread]", *, as_json: bool) -> None:
    from archiver import ui
    from archiver.exporters.jsonl import message_face

    if as_json:
        faces = [message_face(one.message) | {"depth": one.depth, "joined": one.joined} for one in members]
        ui.emit({"id": shown.id, "thread": faces})
    else:
        with ui.paged():
            ui.thread(shown, members)


def _facts(
    message: "KeptMessage", seen: "list[tuple[str, Provenance]]", hidden_as: str | None, letters: int
) -> dict[str, str]:
    """Where a message comes from, in words."""
    facts = {"kind": message.kind}
    if letters > 1:
        facts["thread"] = f"{letters:,} letters; --thread shows them"
    if message.recipients:
        facts["to"] = ", ".join(one.name for one in message.recipients)
    if message.labels:
        facts["labels"] = ", ".join(message.labels)
    if message.tags:
        facts["tags"] = ", ".join(message.tags)
    if hidden_as is not None:
        facts["hidden"] = f"probably the same as {hidden_as}"
    for number, (role, at) in enumerate(seen, 1):
        facts[f"seen {number}" if len(seen) > 1 else "seen in"] = (
            f"{at.file}, bytes {at.start:,} to {at.end:,} ({role}), sha256 {at.sha256[:16]}…"
        )
    return facts
