"""What a question costs whoever reads the pages: bytes and seconds, in a real browser. Part of ``pages``."""

import json
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.bench.whatsapp import Export
from tests.browsers import Watched, chromium, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_ASKED = 40


class Asked(NamedTuple):
    """Bytes that a first question loads, with the page itself, and that later ones load; seconds until the answer."""

    first: list[int]
    warm: list[int]
    seconds: list[float]

    def told(self) -> dict[str, float]:
        """The middle of each, the most, and of the time what 95 of 100 stay below, in milliseconds."""
        first, warm, times = sorted(self.first), sorted(self.warm), sorted(self.seconds)
        return {
            "first": first[len(first) // 2],
            "at most": first[-1],
            "then": warm[len(warm) // 2],
            "then at most": warm[-1],
            "p95 ms": round(1000 * times[int(len(times) * 0.95)]),
        }


def sample(count: int, seed: int, words: Sequence[str]) -> list[str]:
    """Questions of one to three words, of the two thousand most frequent but the first hundred."""
    draw = random.Random(seed)
    return [" ".join(draw.choices(words[100:2000], k=draw.randint(1, 3))) for _ in range(count)]


def ask(browser: "Browser", site: Path, seed: int) -> Asked:
    """Forty questions one after the other in one window, and half of them each in a window of its own."""
    questions = sample(_ASKED, 3, Export(1, seed).words)
    with served(site) as address:
        first = [loaded(browser, address, site, [question])[0][0] for question in questions[: _ASKED // 2]]
        sizes, seconds = loaded(browser, address, site, questions)
    return Asked(first, sizes[1:], seconds[1:])


def loaded(browser: "Browser", address: str, site: Path, asked: Sequence[str]) -> tuple[list[int], list[float]]:
    """Bytes that each question after the other makes the page load, the page itself included in the first; and the
    seconds from asking to the answer."""
    watched = Watched(browser, address)
    page = watched.go("search.html")
    page.wait_for_selector("#search:not([hidden])")
    sizes: list[int] = []
    seconds: list[float] = []
    for question in asked:
        page.fill("[name=q]", "")
        page.fill("[name=q]", question)
        began = time.perf_counter()
        page.keyboard.press("Enter")
        page.wait_for_selector(f"#found[data-asked={json.dumps(question, ensure_ascii=False)}]", state="attached")
        seconds.append(time.perf_counter() - began)
        urls = {url.removeprefix(address).partition("#")[0] for url in watched.requested}
        sizes.append(sum((site / url).stat().st_size for url in urls) - sum(sizes))
    watched.close()
    return sizes, seconds


def costs(site: Path, seed: int) -> dict[str, float]:
    """What questions to a site cost, in a browser of its own."""
    with chromium() as browser:
        return ask(browser, site, seed).told()
