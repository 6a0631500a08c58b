"""A file, a folder, zips, packed files or stdin as one read-only tree; size, ratio, depth and path limits."""

from archiver.dump.entries import Entry
from archiver.dump.inbox import DELETED, INBOX
from archiver.dump.limits import DEFAULT, Limits
from archiver.dump.streams import as_file
from archiver.dump.tree import Dump

__all__ = ["DEFAULT", "DELETED", "INBOX", "Dump", "Entry", "Limits", "as_file"]
