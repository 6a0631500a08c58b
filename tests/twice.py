"""The same conversation, exported twice: a seeded truth, what two phones make of it, and how well they were aligned.

A truth is what was said. A *view* is one phone's export of it: as records with the number of the truth, for the
pure alignment, and as the bytes that the phone writes, for the way through importer and store. People and words are
invented.
"""

import random
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate
from typing import Literal
from zoneinfo import ZoneInfo

from archiver.store.overlap import Alignment, Telling, token
from tests.bench.whatsapp import Export

Phone = Literal["ios", "android"]
Language = Literal["en", "de", "es"]

LRM = "\u200e"
MEMBERS = 24
BEGIN = int(datetime(2023, 2, 10, 7, tzinfo=UTC).timestamp())
SPAN = 420 * 86_400  # seconds: three times the clocks change, on both sides of the sea
SHORT = ["ok", "Ok", "👍", "yes", "no", "haha", "😂", "thanks", "good morning", "❤️", "sure", "+1", "on my way"]
WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "left": "{name} left",
        "joined": "{name} joined using this group's invite link",
        "icon": "{name} changed this group's icon",
        "deleted": "This message was deleted",
        "edited": "This message was edited",
        "media": "Media omitted",
        "image": "image omitted",
        "video": "video omitted",
        "attached": "attached",
        "file": "file attached",
        "title": "WhatsApp Chat with {title}",
    },
    "de": {
        "left": "{name} hat die Gruppe verlassen",
        "joined": "{name} ist der Gruppe über den Einladungslink beigetreten",
        "icon": "{name} hat das Gruppenbild geändert",
        "deleted": "Diese Nachricht wurde gelöscht",
        "edited": "Diese Nachricht wurde bearbeitet",
        "media": "Medien ausgeschlossen",
        "image": "Bild weggelassen",
        "video": "Video weggelassen",
        "attached": "Anhang",
        "file": "Datei angehängt",
        "title": "WhatsApp Chat mit {title}",
    },
    "es": {
        "left": "{name} salió del grupo",
        "joined": "{name} se unió usando el enlace de invitación de este grupo",
        "icon": "{name} cambió el ícono de este grupo",
        "deleted": "Se eliminó este mensaje",
        "edited": "Se editó este mensaje",
        "media": "Multimedia omitido",
        "image": "imagen omitida",
        "video": "Video omitido",
        "attached": "adjunto",
        "file": "archivo adjunto",
        "title": "Chat de WhatsApp con {title}",
    },
}
EVENTS = ("left", "joined", "icon")


# ── what was said ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Said:
    """One message: *at* in seconds UTC; *media* image, video or nothing; *later* its text after an edit."""

    number: int
    at: int
    who: int
    kind: str
    text: str
    media: str = ""
    later: str = ""
    deleted: bool = False


@cache
def truth(messages: int, seed: int) -> tuple[Said, ...]:
    """A conversation of 24 members over 14 months; 27 % of it short texts that come again and again."""
    return tuple(_talk(messages, random.Random(f"truth {seed}"), Export(1, seed, vocabulary=4_000).words))


def _talk(messages: int, draw: random.Random, words: Sequence[str]) -> Iterator[Said]:
    weights = list(accumulate(1 / (rank + 3) for rank in range(MEMBERS)))
    common = list(accumulate(1 / (rank + 2) for rank in range(len(words))))
    pause = 2 * (SPAN / messages - 0.7 * 14) / 0.3
    at, who = float(BEGIN), 0
    for number in range(messages):
        at += draw.expovariate(1 / 14) if draw.random() < 0.7 else draw.random() * max(pause, 60)
        if draw.random() < 0.6:
            who = draw.choices(range(MEMBERS), cum_weights=weights)[0]
        yield _said(number, int(at), who, draw, lambda: _sentence(draw, words, common))


def _said(number: int, at: int, who: int, draw: random.Random, sentence: Callable[[], str]) -> Said:
    dice = draw.random()
    if dice < 0.015:
        return Said(number, at, who, f"event.{draw.choice(EVENTS)}", "")
    if dice < 0.095:
        caption = sentence() if draw.random() < 0.15 else ""
        return Said(number, at, who, "text" if caption else "media", caption, draw.choice(("image", "video")))
    if dice < 0.365:
        return Said(number, at, who, "text", draw.choice(SHORT), deleted=draw.random() < 0.01)
    later = sentence() if draw.random() < 0.012 else ""
    return Said(number, at, who, "text", sentence(), later=later, deleted=not later and draw.random() < 0.012)


def _sentence(draw: random.Random, words: Sequence[str], weights: Sequence[float]) -> str:
    size = max(1, min(40, int(draw.lognormvariate(1.8, 0.7))))
    said = draw.choices(words, cum_weights=weights, k=size)
    if draw.random() < 0.03:
        said[size // 2] = f"@{draw.randrange(MEMBERS)}@"  # a mention, by number of the member
    if size > 4 and draw.random() < 0.06:
        said[size // 2] += "\n" + draw.choice(words).capitalize()
    return " ".join(said).capitalize()


# ── what a phone tells of it ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class View:
    """One export. *first* and *last* cut a window, *gap* a hole (shares of the truth); *more* widens it by messages.

    *missing*: the share this phone never got. *jitter*: seconds by which delivery differs. *later*: exported after
    the edits and deletions. *book*: whose address book.
    """

    phone: Phone = "ios"
    zone: str = "Europe/Berlin"
    language: Language = "en"
    book: int = 0
    media: bool = False
    first: float = 0.0
    last: float = 1.0
    more: int = 0
    gap: tuple[float, float] | None = None
    missing: float = 0.0
    jitter: int = 0
    later: bool = False
    title: str = "Harbour Garden"


@dataclass(frozen=True, slots=True)
class Told:
    """One message as an importer reads it: *wall* seconds, the label of its sender or of who caused the event."""

    number: int
    wall: int
    label: str
    kind: str
    text: str
    media: str = ""
    edited: bool = False


def tell(said: Sequence[Said], view: View, seed: int) -> list[Told]:
    """The truth as *view* shows it, in the order of that phone. Two views with one *seed* miss other messages."""
    draw = random.Random(f"view {seed} {view}")
    shown = []
    for one in said[_place(said, view.first, -view.more) : _place(said, view.last, view.more)]:
        if view.gap and view.gap[0] * len(said) <= one.number < view.gap[1] * len(said):
            continue
        late = draw.randint(-view.jitter, view.jitter) if view.jitter else 0
        if draw.random() >= view.missing:
            shown.append((one.at + late, one))
    if view.jitter:
        shown.sort(key=lambda pair: pair[0])
    names, clock = address_book(view.book), Wall(view.zone)
    return [_told(one, clock(at), view, names) for at, one in shown]


def _place(said: Sequence[Said], share: float, more: int) -> int:
    return max(0, min(len(said), round(share * len(said)) + more))


def _told(one: Said, wall: int, view: View, names: Sequence[str]) -> Told:
    wall -= wall % 60 if view.phone == "android" else 0
    label, word = names[one.who], WORDS[view.language]
    if one.kind.startswith("event."):
        text = word[one.kind.removeprefix("event.")].format(name=label)
        return Told(one.number, wall, label, one.kind, text)
    if view.later and one.deleted:
        return Told(one.number, wall, label, "deleted", word["deleted"])
    if one.media and view.phone == "ios":  # an iPhone exports no captions
        return Told(one.number, wall, label, "media", "", one.media)
    edited = view.later and bool(one.later)
    text = _mentions(one.later if edited else one.text, names)
    return Told(one.number, wall, label, one.kind, text, one.media, edited)


def _mentions(text: str, names: Sequence[str]) -> str:
    parts = text.split("@")
    return "".join(f"@\u2068{names[int(part)]}\u2069" if n % 2 else part for n, part in enumerate(parts))


@dataclass(slots=True)
class Wall:
    """UTC seconds → what a clock on the wall shows; offsets are remembered by quarter of an hour."""

    zone: str
    _known: dict[int, int] = field(default_factory=dict)

    def __call__(self, at: int) -> int:
        quarter = at // 900
        if quarter not in self._known:
            offset = datetime.fromtimestamp(quarter * 900, ZoneInfo(self.zone)).utcoffset() or timedelta()
            self._known[quarter] = int(offset.total_seconds())
        return at + self._known[quarter]


@cache
def address_book(book: int) -> tuple[str, ...]:
    """How one person's phone names the members: as saved, ``~ Name`` or a bare number."""
    draw = random.Random(f"book {book}")
    people = Export(1, 5, senders=MEMBERS).people
    return tuple(
        f"+44 7700 900{number:03}" if (dice := draw.random()) < 0.15
        else f"~ {name.split()[0]} {number}" if dice < 0.3
        else f"{name.split()[0]} {draw.choice(('garden', 'harbour', 'choir', 'next door'))} {number}" if book
        else name.replace("+", "")
        for number, name in enumerate(people)
    )  # fmt: skip


def telling(told: Sequence[Told], view: View) -> Telling:
    """As the alignment wants it; labels are numbered as they come."""
    labels: dict[str, int] = {"": 0}
    return Telling(
        array("q", (one.wall for one in told)),
        bytes([view.phone == "ios"]) * len(told),
        array("l", (labels.setdefault(one.label, len(labels)) for one in told)),
        array("q", (token(one.text, one.kind, 1 if one.media else 0) for one in told)),
        bytes(one.edited for one in told),
    )


def labels(told: Iterable[Told]) -> list[str]:
    """The labels by their numbers in `telling`."""
    return list({"": None} | {one.label: None for one in told})


def name(view: View) -> str:
    """What the phone calls the text file."""
    return "_chat.txt" if view.phone == "ios" else WORDS[view.language]["title"].format(title=view.title) + ".txt"


def written(told: Iterable[Told], view: View) -> bytes:
    """The export's bytes."""
    line = _ios if view.phone == "ios" else _android
    return "".join(line(one, view) for one in told).encode()


def _ios(one: Told, view: View) -> str:
    word = WORDS[view.language]
    mark, body = "", one.text
    if one.media:
        file = f"<{word['attached']}: {media_name(one)}>"
        mark, body = LRM, LRM + (file if view.media else word[one.media])
    elif one.kind == "deleted":
        body = f"{LRM}{one.text}."
    elif one.kind != "text":
        body = LRM + one.text
    if one.edited:
        body += f" {LRM}<{word['edited']}>"
    return f"{mark}[{_wall(one):%d/%m/%Y, %H:%M:%S}] {one.label}: {body}\r\n"


def media_name(one: Told) -> str:
    """What an iPhone calls the file of a message."""
    stem = "PHOTO" if one.media == "image" else "VIDEO"
    return f"{one.number:08}-{stem}-{_wall(one):%Y-%m-%d-%H-%M-%S}.{_ending(one)}"


def _android(one: Told, view: View) -> str:
    word = WORDS[view.language]
    body = one.text
    if one.media:
        stem = "IMG" if one.media == "image" else "VID"
        file = f"{LRM}{stem}-{_wall(one):%Y%m%d}-WA{one.number:04}.{_ending(one)} ({word['file']})"
        body = (file if view.media else f"<{word['media']}>") + (f"\n{one.text}" if one.text else "")
    if one.edited:
        body += f" <{word['edited']}>"
    sender = "" if one.kind.startswith("event.") else f"{one.label}: "
    return f"{_wall(one):%d/%m/%Y, %H:%M} - {sender}{body}\n"


def _wall(one: Told) -> datetime:
    return datetime.fromtimestamp(one.wall, UTC)


def _ending(one: Told) -> str:
    return "jpg" if one.media == "image" else "mp4"


# ── named scenarios ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Scenario:
    """Two views, the older import first. *whole*: no phone missed anything, so nothing may be lost or doubled, but for
    so many *open*: edited and deleted by one person within four seconds, told in another order by the minute."""

    name: str
    old: View
    new: View
    whole: bool = True
    open: int = 0


PHONE = View()
ANDROID = View(phone="android", book=1)
OVERSEAS = View(phone="android", zone="America/New_York", language="de", book=1, media=True, later=True)
PATCHY = View(missing=0.03, jitter=4)
PATCHY_ANDROID = replace(PATCHY, phone="android")
SCENARIOS = (
    Scenario("the same file again", PHONE, PHONE),
    Scenario("other phone", PHONE, View(phone="android")),
    Scenario("other phone and address book", PHONE, ANDROID),
    Scenario("minutes on both sides", View(phone="android"), replace(ANDROID, language="es")),
    Scenario("other zone, other summer time", PHONE, View(zone="America/New_York")),
    Scenario("other zone in minutes", View(phone="android"), View(phone="android", zone="America/New_York")),
    Scenario("zone without summer time", PHONE, View(zone="Asia/Kathmandu", phone="android")),
    Scenario("summer against winter", PHONE, View(zone="Australia/Sydney", phone="android", book=1)),
    Scenario("half an hour of summer", PHONE, View(zone="Australia/Lord_Howe", book=1)),
    Scenario("other language", PHONE, View(language="es", book=1)),
    Scenario("media after all", PHONE, View(media=True, book=1)),
    Scenario("captions on one side", PHONE, View(phone="android", media=True)),
    Scenario("deleted and edited since", PHONE, View(later=True)),
    Scenario("deleted and edited, in minutes", View(phone="android"), replace(ANDROID, later=True)),
    Scenario("deleted and edited before", replace(PHONE, later=True), ANDROID),
    Scenario("newest N start elsewhere", replace(PHONE, last=0.7), replace(ANDROID, first=0.25)),
    Scenario("older backfill", replace(PHONE, first=0.5), replace(ANDROID, last=0.55)),
    Scenario("gap filled later", replace(PHONE, gap=(0.4, 0.6)), replace(OVERSEAS, first=0.39, last=0.61)),
    Scenario("overlap of 12", replace(PHONE, last=0.5, more=6), replace(View(book=1), first=0.5, more=6)),
    Scenario("overlap of 12, overseas", replace(PHONE, last=0.5, more=6), replace(OVERSEAS, first=0.5, more=6)),
    Scenario("renamed group", PHONE, replace(ANDROID, title="Harbour Garden 2024")),
    Scenario("delivered in another order", PHONE, View(jitter=4)),
    Scenario("another order, other phone", replace(PHONE, jitter=4), replace(OVERSEAS, jitter=4), open=4),
    Scenario("everything at once", replace(PHONE, last=0.8), replace(OVERSEAS, first=0.1)),
    Scenario("3 % missing, seconds", PATCHY, replace(PATCHY, book=1), whole=False),
    Scenario("3 % missing, other phone", PATCHY, replace(OVERSEAS, missing=0.03, jitter=4), whole=False),
    Scenario("3 % missing, minutes", PATCHY_ANDROID, replace(PATCHY_ANDROID, book=1), whole=False),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pairing:
    """A scenario played: what both sides tell, as records and as tellings."""

    said: Sequence[Said]
    told: tuple[list[Told], list[Told]]
    tellings: tuple[Telling, Telling]


def play(scenario: Scenario, messages: int, seed: int) -> Pairing:
    said = truth(messages, seed)
    old = tell(said, scenario.old, 2 * seed)
    new = tell(said, scenario.new, 2 * seed + (scenario.old != scenario.new))
    return Pairing(said, (old, new), (telling(old, scenario.old), telling(new, scenario.new)))


def strangers(messages: int, seed: int) -> tuple[Telling, Telling]:
    """Two other conversations of the same members in the same months."""
    views = View(book=seed % 2), View(phone=("ios", "android")[seed // 2 % 2], book=seed % 2)
    one, other = (
        telling(tell(truth(messages, 1_000 + 2 * seed + n), view, seed), view) for n, view in enumerate(views)
    )
    return one, other


# ── how well it went ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Score:
    """*common*: messages on both sides. *lost*: paired with another, so that one of the two disappears. *doubled*:
    common, but not paired; of these *reviewed* are shown as weak pairs, rightly; *misled* are wrong weak pairs.
    *swapped*: told alike by one person in one minute, so that nobody can tell which was which, and nothing is lost."""

    common: int
    matched: int
    weak: int
    lost: int
    doubled: int
    reviewed: int
    misled: int
    swapped: int


def score(pairing: Pairing, found: Alignment | None) -> Score:
    """Counts the pairs against the truth."""
    old, new = pairing.told
    pairs = found.pairs if found else []
    weak = found.weak if found else []
    mine, theirs = [one.number for one in old], [one.number for one in new]
    common = set(mine) & set(theirs)
    swapped = _swap(pairing, pairs, mine, theirs)
    lost = sum(mine[i] != theirs[j] for i, j in pairs)
    met = {mine[i] for i, j in pairs if mine[i] == theirs[j]}
    right = sum(mine[i] == theirs[j] for i, j in weak)
    return Score(len(common), len(pairs), len(weak), lost, len(common - met), right, len(weak) - right, swapped)


def _swap(pairing: Pairing, pairs: Sequence[tuple[int, int]], mine: list[int], theirs: list[int]) -> int:
    """Exchanges the numbers of messages that one side tells alike where that makes a pair right; how many."""
    places = [{number: n for n, number in enumerate(numbers)} for numbers in (mine, theirs)]
    count = 0
    for i, j in pairs:
        for side, numbers, here, wanted in ((0, mine, i, theirs[j]), (1, theirs, j, mine[i])):
            there = places[side].get(wanted)
            if mine[i] != theirs[j] and there is not None and _alike(pairing.told[side], here, there):
                numbers[here], numbers[there] = numbers[there], numbers[here]
                places[side].update({numbers[here]: here, numbers[there]: there})
                count += 1
    return count


def _alike(told: Sequence[Told], one: int, other: int) -> bool:
    a, b = told[one], told[other]
    return (a.label, a.kind, a.text.casefold()) == (b.label, b.kind, b.text.casefold()) and abs(a.wall - b.wall) <= 75
