"""`archive settings`: what holds for every search of one archive."""

from typing import Annotated

import typer

from archiver.cli.common import JSON, reading, writing

settings = typer.Typer(help="What holds for this archive.", no_args_is_help=True, rich_markup_mode=None)


@settings.command("show")
def show(as_json: JSON = False) -> None:
    """What was chosen."""
    from archiver import ui
    from archiver.store.choices import stems

    with reading() as archive:
        languages = stems(archive.connection)
    if as_json:
        ui.emit({"stem": list(languages)})
    else:
        ui.line(f"stem: {', '.join(languages) or 'none'}")


@settings.command("stem")
def stem(
    languages: Annotated[list[str], typer.Argument(metavar="LANG…", help="Codes or English names; none: as typed.")],
) -> None:
    """Let every search find all forms of its words in these languages, unless it says --stem itself."""
    from archiver import ui
    from archiver.store.choices import STEMMING, choose
    from archiver.store.vocabulary import stemmers

    codes = stemmers(languages)
    with writing() as archive:
        choose(archive, STEMMING, ",".join(codes))
    ui.talk(f"Searches find all forms of words in: {', '.join(codes)}." if codes else "Searches find words as typed.")
