"""The invented people who write the letters: names, addresses, languages, habits; and the words they use."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta, timezone
from functools import cache
from itertools import accumulate
from typing import Literal

Tongue = Literal["en", "de", "fr", "ru", "ja", "zh"]
Mailer = Literal["mutt", "pine", "outlook", "thunderbird", "gmail", "apple", "dotnet"]
NameStyle = Literal["plain", "comma", "comment", "bare"]

VOCABULARY = 12_000
TONGUES: tuple[Tongue, ...] = ("en",) * 9 + ("de",) * 4 + ("fr",) * 2 + ("ru",) * 2 + ("ja",) * 2 + ("zh",) * 1
# What each wrote in before UTF-8 was everywhere; the last of "en" because Outlook has curly quotes.
CHARSETS: dict[Tongue, tuple[str, ...]] = {
    "en": ("us-ascii", "us-ascii", "iso-8859-1", "windows-1252"),
    "de": ("iso-8859-1", "iso-8859-15", "windows-1252"),
    "fr": ("iso-8859-1", "iso-8859-15", "windows-1252"),
    "ru": ("koi8-r",),
    "ja": ("shift_jis",),
    "zh": ("gb2312",),
}
ZONES: dict[Tongue, tuple[int, ...]] = {  # minutes east
    "en": (0, -300, -480, 60),
    "de": (60, 120),
    "fr": (60,),
    "ru": (180, 240),
    "ja": (540,),
    "zh": (480,),
}
MAILERS: tuple[Mailer, ...] = ("mutt", "pine", "outlook", "thunderbird", "thunderbird", "gmail", "gmail", "apple")
DOMAINS = ("example.org", "example.net", "example.com", "mail.example.org", "allotment.example.net", "post.example.com")

ENGLISH = """the to and of a in is it for that we on you with i be have are not this was they as will at or if from
but can all so by one my has there our what do out up about some would when which time more no just any them like
then who water garden tank seeds beans tomatoes saturday meeting please thanks think know see good new frost compost
shed hose bees honey key gate plot list letter council harvest supper rain roof ladder potatoes courgettes garlic
swap school children rota leak valve poster library photograph minutes vote agree perhaps soon tomorrow yesterday
week month spring summer autumn winter leaves roots soil manure wheelbarrow spade fork glove basket jar pump mint
squash apple pear plum cherry currant slug snail hedgehog frog toad bird wren robin heron harbour tram depot bridge
ferry morning evening evenings cheap heavy enough empty full open closed broken mended painted remember bring need
ask answer write read send receive wonder believe suppose measure count weigh carry plant sow water dig prune
pick"""
SYLLABLES: dict[Tongue, tuple[str, str, Sequence[str]]] = {
    "en": ("b d f g h l m n p r s t v w br cl dr gl pl st tr sh th", "a e i o u ea ou",
           ["", "", "n", "r", "s", "l", "m", "t", "nd", "rk", "ck"]),
    "de": ("b d f g h k l m n r s t w z br dr gr schl st tr", "a e i o u ä ö ü ei ie au",
           ["", "n", "r", "ß", "ch", "st", "ng", "tz"]),
    "fr": ("b ç d f g j l m n p r s t v br cr fl gr pl", "a e i o u é è ê à ou eau ai",
           ["", "", "s", "r", "t", "x", "lle", "nt"]),
    "ru": ("б в г д ж з к л м н п р с т х ц ч ш пр ст гр", "а е и о у ы я ю",
           ["", "", "л", "н", "р", "т", "сь", "й", "ть"]),
}  # fmt: skip
KANA = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who writes: always the same name and address, and much the same habits."""

    number: int
    name: str
    address: str
    tongue: Tongue
    charset: str  # before 2010; UTF-8 afterwards, for most
    mailer: Mailer
    zone: timezone
    name_style: NameStyle
    signature: tuple[str, ...]
    stubborn: bool  # never goes over to UTF-8

    @property
    def shown_name(self) -> str:
        """The name as the From line has it."""
        if self.name_style == "comma" and " " in self.name and self.name.isascii():
            first, _, last = self.name.partition(" ")
            return f"{last}, {first}"
        return self.name


class Words:
    """An endless talk in each language: the n-th most frequent word 1/n as often as the first (Zipf)."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(f"talk {seed}")
        self.known = {tongue: vocabulary(tongue, seed) for tongue in CHARSETS}
        self._weights = {
            tongue: list(accumulate(1 / (rank + 3) for rank in range(len(known))))
            for tongue, known in self.known.items()
        }
        self._streams = {tongue: self._stream(tongue) for tongue in CHARSETS}

    def take(self, tongue: Tongue, count: int) -> list[str]:
        stream = self._streams[tongue]
        return [next(stream) for _ in range(count)]

    def _stream(self, tongue: Tongue) -> Iterator[str]:
        while True:
            yield from self._draw.choices(self.known[tongue], cum_weights=self._weights[tongue], k=20_000)


@cache
def vocabulary(tongue: Tongue, seed: int) -> list[str]:
    """Invented words, English ones after a few hundred real ones; every one can be written in its old charset."""
    draw = random.Random(f"words {tongue} {seed}")
    found: dict[str, None] = dict.fromkeys(ENGLISH.split()) if tongue == "en" else {}
    while len(found) < VOCABULARY:
        found.setdefault(_word(draw, tongue, 1 + min(2, len(found) // 1_000 + draw.randrange(2))))
    return list(found)


def _word(draw: random.Random, tongue: Tongue, syllables: int) -> str:
    if tongue == "ja":
        return _kanji(draw, "shift_jis", 0x8A, 0x93, 0x40) + "".join(draw.choices(KANA, k=1 + syllables))
    if tongue == "zh":
        return "".join(_kanji(draw, "gb2312", 0xB0, 0xD6, 0xA1) for _ in range(1 + syllables % 2))
    onsets, vowels, codas = SYLLABLES[tongue]
    starts, middles = onsets.split(), vowels.split()
    return "".join(draw.choice(starts) + draw.choice(middles) for _ in range(syllables)) + draw.choice(codas)


def _kanji(draw: random.Random, charset: str, first: int, last: int, low: int) -> str:
    """A common character: the first levels of JIS X 0208 and GB 2312 lie in these rows."""
    return bytes([draw.randint(first, last), low + draw.randrange(0x3E)]).decode(charset)


def people(seed: int, count: int = 200) -> list[Person]:
    draw = random.Random(f"people {seed}")
    return [_person(draw, number) for number in range(count)]


def _person(draw: random.Random, number: int) -> Person:
    tongue = draw.choice(TONGUES)
    first, last = (_word(draw, tongue, 2).capitalize() for _ in range(2))
    name = f"{last}{first}" if tongue in {"ja", "zh"} else f"{first} {last}"
    mailer = draw.choice(MAILERS) if number % 40 else "dotnet"
    local = f"{_word(draw, 'en', 2)}.{_word(draw, 'en', 2)}{number}"
    return Person(
        number,
        name,
        f"{local}@{draw.choice(DOMAINS)}",
        tongue,
        draw.choice(CHARSETS[tongue]),
        mailer,
        timezone(timedelta(minutes=draw.choice(ZONES[tongue]))),
        draw.choice(("plain",) * 12 + ("comma", "comma", "comment", "bare")),
        _signature(draw, name, tongue),
        draw.random() < 0.15,
    )


def _signature(draw: random.Random, name: str, tongue: Tongue) -> tuple[str, ...]:
    if draw.random() < 0.4:
        return ()
    saying = " ".join(_word(draw, tongue, 2) for _ in range(draw.randrange(4, 9))).capitalize()
    rows = (name, f"Plot {draw.randrange(1, 90)} - http://{draw.choice(DOMAINS)}/~{draw.randrange(1000)}", saying + ".")
    return rows[: draw.randrange(1, 4)]
