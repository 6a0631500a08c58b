"""The command line: parse, call, show. One file per family of verbs; heavy imports wait until a verb runs."""

import typer

from archiver.cli import backing, deduping, detecting, gathering, importing, looking, publishing, searching, trusting
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
app.command()(searching.show)
app.add_typer(gathering.conversations, name="conversations")
app.add_typer(deduping.dedupe, name="dedupe")
app.command()(looking.status)
app.command()(looking.problems)
app.command()(publishing.publish)
app.add_typer(publishing.export, name="export")
app.command()(trusting.verify)
app.command()(trusting.repair)
app.add_typer(trusting.audit, name="audit")
app.add_typer(backing.backup, name="backup")
