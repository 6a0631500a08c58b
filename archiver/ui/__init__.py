"""What a person or a program sees: talk on stderr, answers on stdout, foreign text made harmless before either."""

from archiver.ui.console import error, line, progress, raw, talk
from archiver.ui.data import (
    as_json,
    emit,
    emit_line,
    emit_lines,
    prose,
    separated,
    table,
    write_blocks,
    write_folder,
    write_lines,
)
from archiver.ui.messages import body, found, hits, message, own_words, sender_name, thread
from archiver.ui.pager import paged

__all__ = [
    "as_json",
    "body",
    "emit",
    "emit_line",
    "emit_lines",
    "error",
    "found",
    "hits",
    "line",
    "message",
    "own_words",
    "paged",
    "progress",
    "prose",
    "raw",
    "sender_name",
    "separated",
    "table",
    "talk",
    "thread",
    "write_blocks",
    "write_folder",
    "write_lines",
]
