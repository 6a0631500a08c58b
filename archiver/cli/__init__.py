"""The command line: parse, call, show. One file per family of verbs; heavy imports wait until a verb runs."""

import typer

from archiver.cli import (
    asking,
    backing,
    browsing,
    counting,
    deduping,
    detecting,
    gathering,
    helping,
    importing,
    looking,
    publishing,
    redacting,
    searching,
    settings,
    showing,
    tagging,
    trusting,
)
from archiver.cli.common import home

app = typer.Typer(
    name="archive",
    help="Keep what communities know: import chats and mail, search them, publish them.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    callback=home,
)
app.command("import")(importing.import_)
app.command()(detecting.detect)
app.add_typer(importing.imports, name="imports")
app.command()(searching.search)
app.command()(showing.show)
app.command()(browsing.browse)
app.add_typer(counting.stats, name="stats")
app.command()(asking.sql)
app.add_typer(tagging.tag, name="tag")
app.add_typer(tagging.searches, name="searches")
app.add_typer(gathering.conversations, name="conversations")
app.add_typer(deduping.dedupe, name="dedupe")
app.add_typer(settings.settings, name="settings")
app.command()(redacting.redact)
app.command()(redacting.forget)
app.command()(looking.status)
app.command()(looking.problems)
app.command()(publishing.publish)
app.add_typer(publishing.export, name="export")
app.command()(trusting.verify)
app.command()(trusting.repair)
app.add_typer(trusting.audit, name="audit")
app.add_typer(backing.backup, name="backup")
app.command("help")(helping.help_)
