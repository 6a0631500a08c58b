"""Asks one archive many seeded questions in this process: ``python -m tests.bench.asking DIR MESSAGES SEED``.

Prints one JSON object: kind of question → milliseconds of each, the messages of the first page loaded too.
"""

import json
import random
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from pathlib import Path

from archiver.query import parse
from archiver.store.archive import open_archive
from archiver.store.reads import load
from archiver.store.search import Sort, search
from tests.bench.whatsapp import MEAN_GAP, START, Export, Talk

EACH = 40


def questions(export: Export) -> dict[str, list[tuple[str, Sort]]]:
    """Kind → (query, sort), *EACH* of them."""
    draw = random.Random(f"questions {export.seed}")
    words, size = export.words, len(export.words)
    said = [said.body.split() for said in islice(Talk(export).sayings(), 3_000) if said.body.count(" ") > 3]

    def date() -> str:
        day = START + timedelta(seconds=draw.random() * export.messages * MEAN_GAP)
        return f"after:{day:%Y-%m-%d} before:{day + timedelta(days=30):%Y-%m-%d}"

    def phrase() -> str:
        row = draw.choice(said)
        at = draw.randrange(len(row) - 2)
        return f'"{row[at]} {row[at + 1]}"'

    kinds: dict[str, tuple[Callable[[], str], Sort]] = {
        "rare word": (lambda: words[draw.randrange(size * 3 // 8, size)], "relevance"),
        "two words": (lambda: " ".join(draw.sample(words[50:3_000], 2)), "relevance"),
        "phrase": (phrase, "relevance"),
        "from: and date": (lambda: f'from:"{draw.choice(export.people)}" {date()}', "newest"),
        "common word, newest": (lambda: draw.choice(words[:20]), "newest"),
        "common word, relevance": (lambda: draw.choice(words[:20]), "relevance"),
    }
    return {kind: [(ask(), sort) for _ in range(EACH)] for kind, (ask, sort) in kinds.items()}


def answers(folder: Path, export: Export) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    with open_archive(folder) as archive:
        for kind, asked in questions(export).items():
            found[kind] = []
            for query, sort in asked:
                start = time.perf_counter()
                results = search(archive.connection, parse(query), limit=20, sort=sort)
                load(archive.connection, [row for row, _snippet in results.rows])
                found[kind].append((time.perf_counter() - start) * 1000)
    return found


if __name__ == "__main__":
    print(json.dumps(answers(Path(sys.argv[1]), Export(int(sys.argv[2]), int(sys.argv[3])))))
