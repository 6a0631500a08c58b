"""Reads an export and keeps nothing; prints how many messages there are and the CPU seconds that took.

``python -m tests.bench.facebook_reading bare FOLDER`` parses its JSON with orjson, a file at a time, and looks at
nothing; ``… importer FOLDER`` reads with the real importer. Starting Python and loading modules is not counted.
"""

import gc
import sys
import time
from pathlib import Path

import orjson

from archiver.contracts import Hints
from archiver.dump import Dump
from archiver.importers import facebook
from archiver.model import Message, Stretch


def bare(folder: Path) -> int:
    """How many messages the files hold."""
    return sum(len(orjson.loads(path.read_bytes())["messages"]) for path in sorted(folder.rglob("message_*.json")))


def importer(folder: Path) -> int:
    """The same; without cycle collection, as an import reads."""
    gc.disable()
    with Dump.open([folder]) as dump:
        items = facebook.read(dump, Hints(zone="UTC"))
        return sum(len(item) if isinstance(item, Stretch) else isinstance(item, Message) for item in items)


if __name__ == "__main__":
    begin = time.process_time()
    count = {"bare": bare, "importer": importer}[sys.argv[1]](Path(sys.argv[2]))
    print(count, time.process_time() - begin)
