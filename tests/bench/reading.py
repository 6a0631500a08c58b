"""Reads an export with the real importer and keeps nothing: ``python -m tests.bench.reading FILE`` prints the count."""

import gc
import sys
from pathlib import Path

from archiver.contracts import Hints
from archiver.dump import Dump
from archiver.importers import whatsapp
from archiver.model import Message, Stretch


def count(source: Path) -> int:
    """How many messages there are; without cycle collection, as an import reads."""
    gc.disable()
    with Dump.open([source]) as dump:
        items = whatsapp.read(dump, Hints())
        return sum(len(item) if isinstance(item, Stretch) else isinstance(item, Message) for item in items)


if __name__ == "__main__":
    print(count(Path(sys.argv[1])))
