"""The same conversation, exported twice: how many messages the alignment loses or doubles, and what it costs.

``python -m tests.bench.overlap build|align MESSAGES`` are the two steps of the big line, each in a process of its own.
"""

import pickle
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from archiver.store.archive import open_archive
from archiver.store.overlap import Telling, align
from tests import reunions, twice
from tests.bench.measure import cost, megabytes, python, table
from tests.bench.whatsapp import CACHE
from tests.twice import OVERSEAS, PATCHY, SCENARIOS, Scenario, Score

STRANGERS = 20
HEAD = ["scenario", "seeds", "messages", "common", "matched", "swapped", "weak"]
HEAD += ["lost", "worst", "doubled", "worst", "CPU s"]


def run(messages: int, seeds: int, longest: int) -> None:
    """Prints one line a scenario (sums over the seeds, and the worst seed), the strangers, and the big line."""
    big = _big(longest)  # first: a child's peak memory starts at what this process holds
    print(table([HEAD, *(_row(scenario, messages, seeds) for scenario in SCENARIOS)]))
    print("\ncommon: messages that both sides tell; matched: pairs. weak: pairs left to a person, who may be right.")
    print("swapped: one person's equal texts of one minute, exchanged: nobody can tell, and nothing is lost.\n")
    print(_strangers(messages))
    print(f"{big}\n")
    print(table([ROAD, *(_whole_road(scenario, messages) for scenario in SCENARIOS if scenario.old != scenario.new)]))
    print("\nThe whole road, one seed: both exports as files through importer, store and alignment.\n")
    print(table([ASIDE, *_aside(messages)]))


ROAD = ["as files", "messages", "common", "matched", "weak", "lost", "doubled", "first CPU s", "second CPU s"]
ASIDE = ["a second chat beside the first, nothing in common", "CPU s", "against --new"]


def _whole_road(scenario: Scenario, messages: int, seed: int = 0) -> list[str]:
    pairing = twice.play(scenario, messages, seed)
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        spent = [process_time()]
        for file in reunions.files(Path(folder), scenario, pairing):
            reunions.bring(home, file)
            spent.append(process_time())
        with open_archive(home) as archive:
            score = reunions.outcome(archive, pairing)
    counts = (score.common, score.matched, score.weak, score.lost, score.doubled)
    first, second = spent[1] - spent[0], spent[2] - spent[1]
    return [scenario.name, f"{messages:,}", *(f"{n:,}" for n in counts), f"{first:.1f}", f"{second:.1f}"]


def _aside(messages: int) -> list[list[str]]:
    """What it costs an import to find out that nobody else said the same: against one that need not look."""
    costs = {}
    with TemporaryDirectory() as folder:
        one, other = (
            reunions.export(
                Path(folder) / str(seed), twice.truth(messages * 5, 50 + seed), twice.View(title=f"Chat {seed}")
            )
            for seed in (1, 2)
        )
        for name, apart in (("not looking (--new)", True), ("looking", False)):
            best = []
            for run in range(3):
                home = Path(folder) / f"{name}-{run}"
                reunions.bring(home, one)
                begun = process_time()
                reunions.bring(home, other, apart=apart)
                best.append(process_time() - begun)
            costs[name] = min(best)
    base = costs["not looking (--new)"]
    return [
        [f"{messages * 5:,} messages, {name}", f"{cost:.2f}", f"{100 * (cost / base - 1):+.1f} %"]
        for name, cost in costs.items()
    ]


def _row(scenario: Scenario, messages: int, seeds: int) -> list[str]:
    scores: list[Score] = []
    spent = 0.0
    for seed in range(seeds):
        pairing = twice.play(scenario, messages, seed)
        begun = process_time()
        found = align(*pairing.tellings)
        spent += process_time() - begun
        scores.append(twice.score(pairing, found))

    def total(count: Callable[[Score], int]) -> str:
        return f"{sum(map(count, scores)):,}"

    return [
        scenario.name,
        str(seeds),
        f"{messages:,}",
        total(lambda score: score.common),
        total(lambda score: score.matched),
        total(lambda score: score.swapped),
        total(lambda score: score.weak),
        total(lambda score: score.lost),
        str(max(score.lost for score in scores)),
        total(lambda score: score.doubled),
        str(max(score.doubled for score in scores)),
        f"{spent / seeds:.2f}",
    ]


def _strangers(messages: int) -> str:
    found = [align(*twice.strangers(messages, seed)) for seed in range(STRANGERS)]
    taken = sum(one is not None for one in found)
    return f"{STRANGERS} pairs of other conversations of the same people, {messages:,} messages: {taken} taken for one"


def _big(messages: int) -> str:
    log = CACHE / "overlap.log"
    CACHE.mkdir(exist_ok=True)
    if not _kept(messages).exists():
        cost(python("-m", "tests.bench.overlap", "build", str(messages)), log=log)
    spent = cost(python("-m", "tests.bench.overlap", "align", str(messages)), log=log)
    pair = f"{messages:,} against {messages:,}"
    return f"{pair}: {spent.output.strip()}; process {spent.cpu:.1f} CPU s, {megabytes(spent.rss)}"


def _kept(messages: int) -> Path:
    return CACHE / f"overlap-{messages}.pickle"


def _build(messages: int) -> None:
    """Writes two tellings: 3 % missing on each side, ±4 s, other phone, zone, names and language."""
    said = twice.truth(messages, 1)
    views = PATCHY, replace(OVERSEAS, missing=0.03, jitter=4)
    tellings = [twice.telling(twice.tell(said, view, seed), view) for seed, view in enumerate(views)]
    _kept(messages).write_bytes(pickle.dumps(tellings))


def _align(messages: int) -> None:
    tellings: Sequence[Telling] = pickle.loads(_kept(messages).read_bytes())
    begun = process_time()
    found = align(*tellings)
    print(f"{process_time() - begun:.1f} CPU s, {len(found.pairs) if found else 0:,} pairs")


if __name__ == "__main__":
    {"build": _build, "align": _align}[sys.argv[1]](int(sys.argv[2]))
