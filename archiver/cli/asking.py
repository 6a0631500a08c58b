"""`archive sql`: a question in the archive's own language."""

from typing import Annotated

import typer

from archiver.cli.answers import CSV, JSONL, TSV, ExitStatus, form, give_rows
from archiver.cli.common import JSON, folder


def sql(
    statement: Annotated[str, typer.Argument(metavar="SELECT", help="One select; - reads it from stdin.")],
    as_json: JSON = False,
    as_jsonl: JSONL = False,
    as_csv: CSV = False,
    as_tsv: TSV = False,
    exit_status: ExitStatus = False,
) -> int:
    """Ask the archive's tables in SQL. Nothing can be changed this way. Begin with v_message."""
    import sys

    from archiver.errors import EXIT_FAILED, EXIT_OK
    from archiver.store.sql import asked

    how = form(as_json=as_json, as_jsonl=as_jsonl, as_csv=as_csv, as_tsv=as_tsv)
    text = sys.stdin.read() if statement == "-" else statement
    with asked(folder(), text) as answer:
        count = give_rows(answer.columns, answer.rows, how)
    return EXIT_FAILED if exit_status and not count else EXIT_OK
