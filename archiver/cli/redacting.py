"""`archive redact` and `archive forget`: words out of the archive, for good."""

from typing import TYPE_CHECKING, Annotated

import typer

from archiver.cli.common import JSON, writing

if TYPE_CHECKING:
    from archiver.store.archive import Archive
    from archiver.store.removal import Plan

Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why; it is kept and shown in the words' place.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be taken out.")]


def redact(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]…", help="Messages, as search prints them.")] = None,
    reason: Reason = "",
    search: Annotated[str, typer.Option(metavar="QUERY", help="All messages that this search finds.")] = "",
    words: Annotated[str, typer.Option(metavar="TEXT", help="Only these words, in those messages or in all.")] = "",
    pattern: Annotated[str, typer.Option(metavar="REGEX", help="Only what fits, widened to whole words.")] = "",
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: JSON = False,
) -> int:
    """Take messages, or words in messages, out of the archive for good: no import brings them back."""
    from archiver.errors import UsageError
    from archiver.store.removal import plan_messages, plan_words

    if not (ids or search or words or pattern):
        raise UsageError("Nothing was named.", remedy="Name messages, a --search, --words, or a --pattern.")
    if words and pattern:
        raise UsageError("--words and --pattern are two wishes.", remedy="Run the command once for each.")
    _demand(reason)
    with writing() as archive:
        rows = _rows(archive, ids or [], search) if ids or search else None
        if words or pattern:
            plan = plan_words(archive, reason, words=words, pattern=pattern, rows=rows)
        else:
            plan = plan_messages(archive, rows or [], reason)
        return _carry_out(archive, plan, yes=yes, dry_run=dry_run, as_json=as_json)


def forget(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="A name, an address, a phone number.")],
    reason: Reason = "",
    also: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Another name for the person; may be given again.")
    ] = None,
    keep: Annotated[
        list[str] | None, typer.Option(metavar="WORD", help="A part of the name that stays; may be given again.")
    ] = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: JSON = False,
) -> int:
    """Forget a person: all they wrote and sent, their names and addresses, and where others name or quote them."""
    from archiver.store.forget import plan_forgetting

    _demand(reason)
    with writing() as archive:
        plan = plan_forgetting(archive, person, reason, also=also or (), keep=keep or ())
        return _carry_out(archive, plan, yes=yes, dry_run=dry_run, as_json=as_json)


def _demand(reason: str) -> None:
    from archiver.errors import UsageError

    if not reason.strip():
        raise UsageError("A reason is missing.", remedy='Say why, for those who come after: --reason "asked by …"')


def _rows(archive: "Archive", ids: list[str], search: str) -> list[int]:
    """Row ids of the messages that were named, and of those that a search finds."""
    from archiver.errors import UsageError
    from archiver.query import parse
    from archiver.store import search as engine
    from archiver.store.graves import find

    rows: list[int] = []
    for identifier in ids:
        found = find(archive, identifier.strip().lower())
        if not found:
            raise UsageError(
                f"There is no message {identifier}.",
                remedy="An id looks like 202305141432-k7q2m8x0; search shows it behind each result.",
            )
        rows += found
    if search:
        results = engine.search(archive.connection, parse(search), limit=1 << 31, sort="oldest")
        rows += [row for row, _ in results.rows]
        if not results.rows:
            raise UsageError(f"No message is found by “{search}”.", remedy=f"Try it first: archive search {search}")
    return sorted(set(rows))


def _carry_out(archive: "Archive", plan: "Plan", *, yes: bool, dry_run: bool, as_json: bool) -> int:
    from archiver import ui
    from archiver.errors import EXIT_FAILED, EXIT_OK
    from archiver.store import reads
    from archiver.store.redact import redact as carry_out
    from archiver.ui import redacting

    if plan.empty:
        meant = "Their words are gone already" if plan.gone else "Nothing in the archive is meant by that"
        ui.talk(f"{meant}; nothing was changed.")
        if as_json:
            ui.emit({"redaction": None, "messages": 0, "parts": 0, "files": 0, "attachments": 0})
        return EXIT_OK if plan.gone else EXIT_FAILED
    examples = reads.load(archive.connection, (plan.whole + plan.parts)[: redacting.SHOWN])
    redacting.planned(plan.what, len(plan.whole), len(plan.parts), len(plan.files), plan.words, examples)
    if dry_run:
        if as_json:
            ui.emit({"messages": len(plan.whole), "parts": len(plan.parts), "attachments": len(plan.files)})
        return EXIT_OK
    if not yes and not redacting.agreed("Take this out for good?"):
        ui.talk("Nothing was changed.")
        return EXIT_FAILED
    done = carry_out(archive, plan)
    if as_json:
        ui.emit(done.as_dict())
    redacting.redacted(done.messages, done.parts, done.files, done.left_out)
    return EXIT_OK
