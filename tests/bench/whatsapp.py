"""A seeded WhatsApp export of any size, streamed: invented people, invented words, the habits of a real group.

About 100 bytes a message, head included: a million messages are about 100 MB. 6 % have several lines, 15 % are
short texts that many people write again and again, 6 % are media left out, 1 % are lines of the app.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Literal

Phone = Literal["android", "ios"]

CACHE = Path(__file__).parents[2] / ".bench"
LRM = "\u200e"
START = datetime(2015, 3, 1, 8, 0, 0)  # noqa: DTZ001 - wall time
QUICK, SLOW, QUICK_SHARE = 25, 700, 0.7  # seconds between messages
MEAN_GAP = QUICK_SHARE * QUICK + (1 - QUICK_SHARE) * SLOW

ONSETS = [*"bdfghjklmnprstvwzñ", "br", "dr", "gl", "kl", "pl", "st", "tr", "sch"]
VOWELS = [*"aeiouaeioäóü", "ei", "ou"]
CODAS = ["", "", "", "n", "r", "s", "l", "m", "t", "nd", "rk"]
OTHER_SCRIPTS = (
    "абвгдежзиклмнопрстуф",
    "ابتثجحخدرزسشصطعفقكلمنهوي",
    "אבגדהוזחטיכלמנסעפצקרשת",
    "あいうえおかきくけこさしすせそ",
)
SHORT = [
    "ok",
    "Ok",
    "thanks",
    "👍",
    "yes",
    "no",
    "😂😂",
    "on my way",
    "good morning",
    "see you there",
    "❤️",
    "haha",
    "+1",
]
EMOJI = ["🌱", "🐸", "😂", "🎉", "🙏🏽", "👩\u200d🌾", "🍅", "☀️", "🥹"]
HOSTS = ("example.org", "example.com", "garden.example", "harbour.example/news")
OMITTED: dict[Phone, tuple[str, ...]] = {
    "android": ("<Media omitted>",),
    "ios": (f"{LRM}image omitted", f"{LRM}video omitted", f"{LRM}audio omitted", f"{LRM}sticker omitted"),
}


@dataclass(frozen=True)
class Export:
    """One export, wholly determined by its four parameters."""

    messages: int
    seed: int = 7
    phone: Phone = "android"
    senders: int = 60
    vocabulary: int = 40_000

    @cached_property
    def words(self) -> list[str]:
        """Invented words, the most frequent first; short ones tend to the front, as in a language."""
        draw = random.Random(f"words {self.seed}")
        found: dict[str, None] = {}
        while len(found) < self.vocabulary:
            found.setdefault(_word(draw, 1 + min(2, len(found) // 2_000 + draw.randrange(2))))
        return list(found)

    @cached_property
    def people(self) -> list[str]:
        """Senders; every tenth is a number nobody saved, every tenth writes an emoji behind the name."""
        draw = random.Random(f"people {self.seed}")
        return [_person(draw, number) for number in range(self.senders)]

    def path(self) -> Path:
        """The file, written into .bench/ the first time it is asked for."""
        name = f"whatsapp-{self.phone}-{self.messages}-{self.senders}-{self.seed}"
        target = CACHE / name / "WhatsApp Chat with Harbour Garden.txt"
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh = target.with_suffix(".part")
            with fresh.open("w", encoding="utf-8", newline="") as stream:
                stream.writelines(self.texts())
            fresh.replace(target)
        return target

    def texts(self) -> Iterator[str]:
        """Each message as the phone writes it, line end included."""
        end = "\r\n" if self.phone == "ios" else "\n"
        for said in Talk(self).sayings():
            yield f"{self._head(said)}{said.body}{end}"

    def _head(self, said: "Said") -> str:
        if self.phone == "android":
            sender = f"{said.sender}: " if said.sender else ""
            return f"{said.at:%d/%m/%Y, %H:%M} - {sender}"
        mark = LRM if said.body.endswith(" omitted") else ""
        return f"{mark}[{said.at:%d/%m/%Y, %H:%M:%S}] {said.sender or 'Harbour Garden'}: "


@dataclass(frozen=True, slots=True)
class Said:
    """One message before a phone writes it; no sender: the app speaks."""

    at: datetime
    sender: str
    body: str


@dataclass
class Talk:
    """Draws who says what, and when."""

    export: Export
    draw: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.draw = random.Random(f"talk {self.export.seed}")

    def sayings(self) -> Iterator[Said]:
        """As many as the export asks for, in order of time."""
        at, draw, stream = START, self.draw, self._stream()
        weights = list(accumulate(1 / (rank + 3) for rank in range(len(self.export.people))))
        sender = self.export.people[0]
        for _ in range(self.export.messages):
            at += timedelta(seconds=draw.expovariate(1 / (QUICK if draw.random() < QUICK_SHARE else SLOW)))
            if draw.random() < 0.6:
                sender = draw.choices(self.export.people, cum_weights=weights)[0]
            yield self._said(at, sender, stream)

    def _said(self, at: datetime, sender: str, stream: Iterator[str]) -> Said:
        dice = self.draw.random()
        if dice < 0.01:
            return self._event(at, sender)
        if dice < 0.07:
            return Said(at, sender, self.draw.choice(OMITTED[self.export.phone]))
        if dice < 0.22:
            return Said(at, sender, self.draw.choice(SHORT))
        return Said(at, sender, self._body(stream))

    def _event(self, at: datetime, sender: str) -> Said:
        mark = LRM if self.export.phone == "ios" else ""
        what = self.draw.choice(("left", "joined using this group's invite link", "changed this group's icon"))
        return Said(at, sender if mark else "", f"{mark}{sender} {what}")

    def _body(self, stream: Iterator[str]) -> str:
        draw = self.draw
        lines = draw.randrange(2, 6) if draw.random() < 0.08 else 1
        rows = [self._row(stream) for _ in range(lines)]
        dice = draw.random()
        if dice < 0.04:
            rows[-1] += (
                f" https://{draw.choice(HOSTS)}/{next(stream)}/{draw.randrange(100_000)}?from=chat&x={next(stream)}"
            )
        elif dice < 0.14:
            rows[-1] += " " + draw.choice(EMOJI) * draw.randrange(1, 4)
        return "\n".join(rows)

    def _row(self, stream: Iterator[str]) -> str:
        draw = self.draw
        size = max(1, min(90, int(draw.lognormvariate(2.02, 0.72))))
        words = [next(stream) for _ in range(size)]
        if draw.random() < 0.03:
            letters = draw.choice(OTHER_SCRIPTS)
            words = ["".join(draw.choices(letters, k=draw.randrange(2, 8))) for _ in words]
        words[0] = words[0].capitalize()
        if size > 6:
            words[size // 2] += draw.choice(",.;?!:")
        return " ".join(words) + draw.choice(("", ".", "!", "?", ""))

    def _stream(self) -> Iterator[str]:
        """An endless talk: word after word, the n-th most frequent 1/n as often as the first (Zipf)."""
        words = self.export.words
        weights = list(accumulate(1 / (rank + 2) for rank in range(len(words))))
        while True:
            yield from self.draw.choices(words, cum_weights=weights, k=50_000)


def _word(draw: random.Random, syllables: int) -> str:
    return "".join(draw.choice(ONSETS) + draw.choice(VOWELS) for _ in range(syllables)) + draw.choice(CODAS)


def _person(draw: random.Random, number: int) -> str:
    if number % 10 == 9:
        return f"+44 7700 900{number % 1000:03}"  # Ofcom keeps these for fiction
    name = f"{_word(draw, 2).capitalize()} {_word(draw, 1 + number % 2).capitalize()}"
    return f"{name} {draw.choice(EMOJI)}" if number % 10 == 4 else name
