"""What was said on Messenger, before any export tells it: seeded talk of invented people, of every kind there is.

Three quarters of the texts are ASCII, 15 % French, 10 % Cyrillic, and 15 % have an emoji; one message in thirty has the
millisecond of the one before. `Said` is the truth that an export has to give back.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from typing import Literal

Kind = Literal["group", "direct"]

ME, BEN, CLEO, ZOE, IVAN, HANA = "Ana Ruiz", "José Niño", "Cléo d’Été", "Zoë 🌻 Sand", "Иван Садов", "花子"
CLUB = (BEN, CLEO, ZOE, IVAN, HANA, ME)
GONE = "Facebook user"
MAY_2018 = 1_525_168_800_000  # 2018-05-01 10:00 UTC, in ms
SHORT = ("ok", "Ok", "yes", "no", "👍", "😂😂", "merci", "да", "on my way", "❤️", "+1", "haha")
EMOJI = ("🌱", "🐸", "😂", "🎉", "🙏🏽", "👩\u200d🌾", "🍅", "☀️", "🥹")
SIGNS = ("❤", "😂", "👍", "😮", "😢", "🍅", "👩\u200d🌾")
_LATIN = ("br", "d", "f", "gl", "h", "k", "l", "m", "n", "pl", "r", "s", "st", "t", "v", "w")
_TONGUES: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    "latin": (_LATIN, ("a", "e", "i", "o", "u", "ei", "ou", "en", "al", "er")),
    "french": (("b", "ch", "d", "g", "j", "l", "m", "n", "p", "r", "s", "v", "ç"), ("é", "è", "a", "eau", "oi", "û")),
    "cyrillic": ("бвгджзклмнпрстфхш", ("а", "е", "и", "о", "у", "ы", "я", "ё")),
}


@dataclass(frozen=True, slots=True)
class File:
    """A file of a message: under which *key* a record names it, what it is called, and whether the export has it."""

    key: str
    name: str
    here: bool = True


@dataclass(frozen=True, slots=True)
class Mark:
    """A reaction. *at*: seconds since 1970, for exports that tell it."""

    sign: str
    who: str
    at: int


@dataclass(frozen=True, slots=True)
class Said:
    """One message as it happened: *at* in ms UTC. *people*: those an event speaks of; *about*: its title or value;
    *before*: what it said until it was edited."""

    at: int
    who: str
    text: str = ""
    kind: str = "text"
    files: tuple[File, ...] = ()
    marks: tuple[Mark, ...] = ()
    people: tuple[str, ...] = ()
    about: str = ""
    link: str = ""
    seconds: int = 0
    before: str = ""


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation and all that was said in it, the oldest first. *people* ends with the exporter, as Meta's does."""

    native: str
    title: str
    people: tuple[str, ...]
    said: tuple[Said, ...]
    kind: Kind = "group"
    section: str = "inbox"

    @property
    def slug(self) -> str:
        """The beginning of its folder's name: ASCII letters and digits of the title."""
        return "".join(letter for letter in self.title.lower() if letter.isascii() and letter.isalnum())

    @property
    def folder(self) -> str:
        return f"{self.slug}_{self.native}" if self.slug else self.native


@cache
def _vocabulary(tongue: str, seed: int) -> tuple[list[str], list[float]]:
    """Invented words, the n-th about 1/n as frequent as the first."""
    draw = random.Random(f"facebook {tongue} {seed}")
    onsets, vowels = _TONGUES[tongue]
    made = {
        "".join(draw.choice(onsets) + draw.choice(vowels) for _ in range(draw.randrange(1, 4))): None
        for _ in range(9_000)
    }
    return list(made), list(accumulate(1 / (rank + 4) for rank in range(len(made))))


@dataclass
class Words:
    """Endless words of a tongue."""

    seed: int
    draw: random.Random
    _streams: dict[str, Iterator[str]] = field(default_factory=dict)

    def _stream(self, tongue: str) -> Iterator[str]:
        words, weights = _vocabulary(tongue, self.seed)
        while True:
            yield from self.draw.choices(words, cum_weights=weights, k=10_000)

    def take(self, tongue: str, count: int) -> list[str]:
        stream = self._streams.setdefault(tongue, self._stream(tongue))
        return [next(stream) for _ in range(count)]

    def sentence(self, fewest: int = 1) -> str:
        """What somebody types."""
        draw = self.draw
        tongue = draw.choices(("latin", "french", "cyrillic"), (75, 15, 10))[0]
        words = self.take(tongue, max(fewest, min(80, int(draw.lognormvariate(2.2, 0.75)))))
        words[0] = words[0].capitalize()
        text = " ".join(words) + draw.choice(("", ".", "!", "?", ""))
        if draw.random() < 0.06:
            text = text.replace(" ", "\n", 2)
        return f"{text} {draw.choice(EMOJI)}" if draw.random() < 0.15 else text


@dataclass
class Talk:
    """Draws what is said in one conversation, wholly determined by its fields. *plain*: text and reactions only."""

    seed: int
    people: tuple[str, ...] = CLUB
    kind: Kind = "group"
    start: int = MAY_2018
    gap: float = 900.0  # seconds between messages, on average
    plain: bool = False
    draw: random.Random = field(init=False)
    words: Words = field(init=False)

    def __post_init__(self) -> None:
        self.draw = random.Random(f"facebook talk {self.seed}")
        self.words = Words(self.seed % 7, self.draw)

    def said(self, count: int) -> tuple[Said, ...]:
        """So many messages, the oldest first."""
        return tuple(self._all(count))

    def _all(self, count: int) -> Iterator[Said]:
        at, draw = self.start, self.draw
        for number in range(count):
            at += 0 if draw.random() < 0.033 else 1 + int(draw.expovariate(1 / self.gap) * 1000)
            who = draw.choice(self.people)
            said = self._text(at, who) if self.plain or draw.random() < 0.89 else self._other(number, at, who)
            yield said

    def _text(self, at: int, who: str) -> Said:
        draw = self.draw
        text = draw.choice(SHORT) if draw.random() < 0.15 else self.words.sentence()
        return Said(at, who, text, marks=self.marks(at) if draw.random() < 0.05 else ())

    def marks(self, at: int) -> tuple[Mark, ...]:
        """Reactions to a message of this time."""
        draw = self.draw
        actors = draw.sample(self.people, min(len(self.people), 1 + int(draw.expovariate(1.5))))
        return tuple(Mark(draw.choice(SIGNS), who, at // 1000 + 3 + draw.randrange(200)) for who in actors)

    def _other(self, number: int, at: int, who: str) -> Said:
        """A message that is more, or something else, than text."""
        draw = self.draw
        makers = (*_SENT, *(_IN_GROUPS if self.kind == "group" else _BETWEEN_TWO))
        (make,) = draw.choices([maker for maker, _ in makers], [weight for _, weight in makers])
        said: Said = make(self, number, at, who)
        return said


def _photos(talk: Talk, number: int, at: int, who: str) -> Said:
    draw = talk.draw
    files = tuple(
        File("photos", f"{number}_{n}_n_{at}.jpg", draw.random() < 0.9) for n in range(draw.choice((1, 1, 3)))
    )
    text = talk.words.sentence() if draw.random() < 0.2 else ""
    marks = talk.marks(at) if draw.random() < 0.6 else ()
    return Said(at, who, text, "text" if text else "media", files, marks)


def _file(talk: Talk, number: int, at: int, who: str) -> Said:
    key, ending = talk.draw.choice(
        (("videos", "mp4"), ("audio_files", "aac"), ("audio_files", "mp4"), ("gifs", "gif"), ("files", "pdf"))
    )
    return Said(at, who, "", "media", (File(key, f"{key}_{number}.{ending}", talk.draw.random() < 0.9),))


def _sticker(talk: Talk, number: int, at: int, who: str) -> Said:
    return Said(at, who, "", "sticker", (File("sticker", f"{767334476626295 + talk.draw.randrange(9)}.png"),))


def _share(talk: Talk, number: int, at: int, who: str) -> Said:
    link = f"https://example.org/seeds?n={number}&x=1"
    if talk.draw.random() < 0.5:
        return Said(at, who, link, "share", link=link)
    return Said(at, who, f"{talk.words.sentence()} {link}", link=link)


def _place(talk: Talk, number: int, at: int, who: str) -> Said:
    link = f"https://maps.google.com/?q=53.9{number % 1000:03},-3.5002"
    return Said(at, who, link, "location", link=link)


def _live(talk: Talk, number: int, at: int, who: str) -> Said:
    return Said(at, who, f"{who} shared a live location {number}.", "live_location")


def _unsent(talk: Talk, number: int, at: int, who: str) -> Said:
    return Said(at, who, "", "deleted", marks=talk.marks(at) if talk.draw.random() < 0.5 else ())


def _empty(talk: Talk, number: int, at: int, who: str) -> Said:
    return Said(at, who, "", "unknown")


def _edited(talk: Talk, number: int, at: int, who: str) -> Said:
    before = talk.words.sentence(fewest=8)
    return Said(at, who, f"{before} soon", before=before)


def _event(talk: Talk, number: int, at: int, who: str) -> Said:
    others = tuple(one for one in talk.people if one != who)
    what = talk.draw.choice(("left", "joined", "added", "removed", "renamed", "photo", "nickname", "theme", "poll"))
    people = (talk.draw.choice(others),) if what in {"added", "removed", "nickname"} else ()
    about = " ".join(talk.words.take("french", 2)) if what in {"renamed", "nickname", "poll", "theme"} else ""
    return Said(at, who, "", f"event.{what}", people=people, about=about)


def _group_call(talk: Talk, number: int, at: int, who: str) -> Said:
    kind = talk.draw.choice(("call.audio", "call.video"))
    return Said(at, who, "", kind, seconds=talk.draw.randrange(1, 4000))


def _call(talk: Talk, number: int, at: int, who: str) -> Said:
    if talk.draw.random() < 0.4:
        return Said(at, who, "", "call.missed_audio")
    return Said(at, who, "", "call.audio", seconds=talk.draw.randrange(1, 4000))


# Of a hundred messages about eleven are no text, as in the export of 774,818 that the facts count (edits and places
# are more frequent here, so that small exports have some).
_SENT = (
    (_photos, 52), (_file, 6), (_sticker, 14), (_share, 9), (_place, 1), (_live, 1), (_unsent, 2), (_empty, 14),
    (_edited, 3),
)  # fmt: skip
_IN_GROUPS = ((_event, 12), (_group_call, 2))
_BETWEEN_TWO = ((_call, 4),)


def chats(seed: int, count: int) -> tuple[Chat, ...]:
    """A member's conversations, about *count* messages in all: the club, one with José, a request from somebody who is
    gone, and an archived one of three."""
    shares = {"club": count * 6 // 10, "gone": max(3, count // 40), "three": count * 15 // 100}
    shares["ben"] = max(0, count - sum(shares.values()))
    two, three, lost = (BEN, ME), (CLEO, HANA, ME), (GONE, ME)
    return (
        Chat("1234567890123456", "Garden Club é", CLUB, Talk(seed, (*CLUB, GONE)).said(shares["club"])),
        Chat("100002233445566", BEN, two, Talk(seed + 1, two, "direct").said(shares["ben"]), "direct"),
        Chat(
            "300004455667788", GONE, lost, Talk(seed + 2, lost, "direct").said(shares["gone"]), "direct",
            "message_requests",
        ),
        Chat(
            "5566778899001122", "Грядка", three, Talk(seed + 3, three).said(shares["three"]), "group",
            "archived_threads",
        ),
    )  # fmt: skip


def sentence(said: Said, me: str, people: Sequence[str]) -> str:
    """What the app writes for an event or a call, in the export of *me*."""
    mine = said.who == me
    subject = "You" if mine else said.who
    whom = said.people[0] if said.people else ""
    nickname = "your nickname" if whom == me else f"the nickname for {whom}"
    whom = "you" if whom == me else whom
    other = next((one for one in people if one != said.who), "")
    between_two = len(people) == 2
    return {
        "event.left": f"{subject} left the group.",
        "event.joined": f"{subject} joined the group.",
        "event.added": f"{subject} added {whom} to the group.",
        "event.removed": f"{subject} removed {whom} from the group.",
        "event.renamed": f"{subject} named the group {said.about}.",
        "event.photo": f"{subject} changed the group photo.",
        "event.nickname": f"{subject} set {nickname} to {said.about}.",
        "event.theme": f"{subject} changed the theme to {said.about}.",
        "event.poll": f"{subject} created a poll: {said.about}.",
        "call.audio": (f"You called {other}." if mine else f"{said.who} called you.")
        if between_two
        else f"{subject} started a call.",
        "call.video": f"{subject} started a video chat.",
        "call.missed_audio": f"{other} missed your call." if mine else f"You missed a call from {said.who}.",
    }[said.kind]
