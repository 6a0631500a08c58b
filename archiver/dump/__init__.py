"""A file, a folder, one or several zips, or stdin as one read-only tree; size, ratio, depth and path limits."""

from archiver.dump.entries import Entry
from archiver.dump.limits import Limits
from archiver.dump.tree import Dump

__all__ = ["Dump", "Entry", "Limits"]
