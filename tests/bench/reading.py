"""Reads an export with the real importer and keeps nothing: ``python -m tests.bench.reading FILE`` prints the count."""

import sys
from pathlib import Path

from archiver.contracts import Hints
from archiver.dump import Dump
from archiver.importers import whatsapp
from archiver.model import Message


def count(source: Path) -> int:
    with Dump.open([source]) as dump:
        return sum(isinstance(item, Message) for item in whatsapp.read(dump, Hints()))


if __name__ == "__main__":
    print(count(Path(sys.argv[1])))
