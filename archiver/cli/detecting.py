"""`archive detect`: what something is, before anything is done with it."""

from pathlib import Path
from typing import Annotated

import typer

from archiver.cli.common import JSON
from archiver.cli.importing import DateOrder


def detect(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Files, zips, folders; - is stdin.")],
    source: Annotated[str | None, typer.Option("--as", metavar="SOURCE", help="What it is, if it is not seen.")] = None,
    zone: Annotated[str | None, typer.Option(help="Time zone of the export's clock, e.g. Europe/Berlin.")] = None,
    date_order: Annotated[DateOrder | None, typer.Option(help="Order of numeric dates, if guessed wrong.")] = None,
    as_json: JSON = False,
) -> int:
    """Say what each input is and why, and what an import would guess and warn about. Writes nothing."""
    from archiver import ui
    from archiver.contracts import Hints
    from archiver.dates import named_zone
    from archiver.detect import detect as look
    from archiver.errors import EXIT_FAILED, EXIT_OK
    from archiver.ui import reports

    if zone:
        named_zone(zone)
    hints = Hints(zone=zone, date_order=date_order.value if date_order else None)
    found = []
    for each in look(paths, hints, source):
        found.append(each)
        if not as_json:
            reports.detected(each)
    if as_json:
        ui.emit([reports.detected_as_json(each) for each in found])
    return EXIT_OK if all(each.source for each in found) else EXIT_FAILED
