"""Asks one archive many seeded questions in this process: ``python -m tests.bench.asking DIR MESSAGES SEED``.

Prints one JSON object: kind of question → milliseconds of CPU of each, the messages of the first page loaded too.
``python -m tests.bench.asking DIR QUESTION…`` asks just these: question → the middle of several times.
"""

import json
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from statistics import median

from archiver.query import parse
from archiver.store.archive import open_archive
from archiver.store.reads import load
from archiver.store.search import Sort, search
from tests.bench.whatsapp import EMOJI, MEAN_GAP, START, Export, Talk

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
        "prefix": (lambda: draw.choice(words[500:])[:4] + "*", "relevance"),
        "near each other": (lambda: f'"{" ".join(draw.sample(words[50:1_000], 2))}"~5', "relevance"),
        "an emoji": (lambda: draw.choice(EMOJI), "newest"),
        "characters": (lambda: "".join(draw.choices("あいうえおかきくけこ", k=2)), "relevance"),
        "from: and date": (lambda: f'from:"{draw.choice(export.people)}" {date()}', "newest"),
        "word and date": (lambda: f"{draw.choice(words[20:500])} {date()}", "relevance"),
        "common word, newest": (lambda: draw.choice(words[:20]), "newest"),
        "common word, relevance": (lambda: draw.choice(words[:20]), "relevance"),
    }
    return {kind: [(ask(), sort) for _ in range(EACH)] for kind, (ask, sort) in kinds.items()}


def answers(folder: Path, export: Export) -> dict[str, list[float]]:
    with open_archive(folder) as archive:
        return {
            kind: [asked(archive.connection, query, sort) for query, sort in those]
            for kind, those in questions(export).items()
        }


def usual(folder: Path, questions: Sequence[str]) -> dict[str, float]:
    with open_archive(folder) as archive:
        return {query: median(asked(archive.connection, query) for _ in range(EACH)) for query in questions}


def asked(connection: sqlite3.Connection, query: str, sort: Sort = "relevance") -> float:
    """Milliseconds of CPU that one question takes. (The clock counts what else the machine does.)"""
    start = time.process_time()
    results = search(connection, parse(query), limit=20, sort=sort)
    load(connection, [row for row, _snippet in results.rows])
    return (time.process_time() - start) * 1000


if __name__ == "__main__":
    home, *rest = sys.argv[1:]
    if all(map(str.isdecimal, rest)):
        print(json.dumps(answers(Path(home), Export(int(rest[0]), int(rest[1])))))
    else:
        print(json.dumps(usual(Path(home), rest)))
