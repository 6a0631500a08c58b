"""What the letters say, before anybody writes them as mail: who, when, to whom, in answer to what, in which words.

Half of the characters of list mail are quoted, as in life: most letters answer one of the last few hundred, repeat
some of it, and say something between. A few lose their parent, a few answer without saying so, two in a thousand
turn in a circle.
"""

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

from tests.bench.letter_files import File, draw_file
from tests.bench.letter_people import Person, Tongue, Words, people

BlockKind = Literal["own", "attribution", "quote", "original"]
Link = Literal["full", "reply only", "references only", "prose", "none", "lost", "self", "ahead"]

START = datetime(2004, 3, 6, 9, 0, 0, tzinfo=UTC)
YEARS = 20
RECENT = 240  # letters of a room that may still be answered
LONGEST_QUOTE = 110  # lines
LINKS: dict[Link, int] = {
    "full": 8000, "reply only": 900, "references only": 150, "prose": 60, "none": 350, "lost": 150, "self": 5,
}  # fmt: skip
TRAPS = (
    "From now on the gate is shut at eight.",
    "From the desk of Bob\nNote: the frog is well.",
    ">From the shed one hears the tram.",
    "From nell@example.org Mon Feb  3 10:00:00 2020\nSubject: what a mailbox looks like inside",
    ". a line that begins with a full stop",
    "- -- dashes, but no signature",
)
EMOJI = ("🌱", "🐸", "😂", "🍅", "👩\u200d🌾")


class Block(NamedTuple):
    """Some lines and whose they are; quoted ones without the mark of this letter, with those of letters before."""

    kind: BlockKind
    lines: list[str]


@dataclass(frozen=True, slots=True)
class Room:
    """A mailing list, or (name "") the private mail of everybody."""

    name: str
    title: str = ""
    share: int = 1

    @property
    def address(self) -> str:
        return f"{self.name}@lists.example.org"

    @property
    def id(self) -> str:
        return f"{self.name}.lists.example.org"


ROOMS = (
    Room("garden-club", "Garden Club", 36),
    Room("beekeepers", "Saltmere Beekeepers", 14),
    Room("seed-savers", "Seed Savers", 14),
    Room("harbour-news", "Harbour News", 6),
    Room("tram-depot", "Friends of the Tram Depot", 8),
    Room("", "", 22),
)


@dataclass(slots=True)
class Written:
    """One letter as its writer means it."""

    number: int
    id: str
    sender: Person
    to: tuple[Person, ...]
    at: datetime
    room: Room
    subject: str  # without list tag and Re:
    blocks: list[Block]
    parent: str = ""  # the id of the letter it answers, whether it says so or not
    link: Link = "full"
    references: tuple[str, ...] = ()  # the whole line of ancestors
    thread: int = 0
    files: tuple[File, ...] = ()
    ahead: str = ""  # an id that an answer to this letter will have: a circle
    shown: list[str] = field(default_factory=list)  # the lines an answer may quote

    @property
    def nameless(self) -> bool:
        """Whether the mail has no Message-ID: one in some thousands."""
        return self.number % 1_501 == 1_500

    @property
    def named_parent(self) -> str | None:
        """The id it says it answers."""
        if self.ahead:
            return self.ahead
        if not self.parent or self.link == "none":
            return None
        return f"lost.{self.parent}" if self.link == "lost" else self.parent

    @property
    def own(self) -> list[str]:
        return [line for block in self.blocks if block.kind == "own" for line in block.lines]


class Talk:
    """Draws letter after letter, without end; wholly determined by *seed* and the mean *gap* between letters."""

    def __init__(self, seed: int, gap: timedelta) -> None:
        self.seed, self._gap = seed, gap.total_seconds()
        self.draw = random.Random(f"letters {seed}")
        self.words = Words(seed)
        self.people = people(seed)
        self._activity = [1 / (rank + 5) for rank in range(len(self.people))]
        self._recent: dict[str, deque[Written]] = {room.name: deque(maxlen=RECENT) for room in ROOMS}
        self._threads = 0

    def letters(self) -> Iterator[Written]:
        at, number = START, 0
        while True:
            at += timedelta(seconds=1 + int(self.draw.expovariate(1 / self._gap)))
            number += 1
            letter = self._letter(number, at)
            self._recent[letter.room.name].append(letter)
            yield letter
            letter.files = ()  # who answers does not send them back

    def _letter(self, number: int, at: datetime) -> Written:
        draw = self.draw
        (room,) = draw.choices(ROOMS, weights=[room.share for room in ROOMS])
        (sender,) = draw.choices(self.people, weights=self._activity)
        recent = self._recent[room.name]
        parent = recent[-1 - int(len(recent) * draw.random() ** 3)] if recent and draw.random() < 0.82 else None
        if parent and len(parent.references) > draw.expovariate(1 / 25):
            parent = None  # every talk ends
        if parent and not room.name and len(parent.to) == 1:
            sender = parent.to[0]
        letter = self._answer(number, at, sender, parent) if parent else self._opening(number, at, sender, room)
        letter.shown = [line for block in letter.blocks if block.kind != "original" for line in _plain(block)]
        if draw.random() < 0.115:
            letter.files = tuple(draw_file(draw, self.seed) for _ in range(1 + int(draw.expovariate(1.6))))
        return letter

    def _opening(self, number: int, at: datetime, sender: Person, room: Room) -> Written:
        self._threads += 1
        to = () if room.name else tuple(self.draw.sample(self.people, 1 + int(self.draw.expovariate(1.5))))
        subject = " ".join(self.words.take(self._tongue(sender), self.draw.randrange(1, 8))).capitalize()
        blocks = [Block("own", self._own(sender, at))]
        ahead = self._id(number, sender, at, "ahead") if self.draw.random() < 0.004 else ""
        link: Link = "ahead" if ahead else "full"
        return Written(
            number, self._id(number, sender, at), sender, to, at, room, subject, blocks,
            thread=self._threads, ahead=ahead, link=link,
        )  # fmt: skip

    def _answer(self, number: int, at: datetime, sender: Person, parent: Written) -> Written:
        draw = self.draw
        (link,) = draw.choices(list(LINKS), weights=list(LINKS.values()))
        mail_id = self._id(number, sender, at)
        if parent.ahead:
            mail_id, parent.ahead, link = parent.ahead, "", "full"
        room = parent.room
        to = () if room.name else (parent.sender, *(who for who in parent.to[1:] if who is not sender))
        return Written(
            number, mail_id, sender, to, at, room, parent.subject, self._conversation(sender, at, parent), parent.id,
            link, (*parent.references, parent.id), parent.thread,
        )  # fmt: skip

    def _id(self, number: int, sender: Person, at: datetime, salt: str = "") -> str:
        host = sender.address.partition("@")[2]
        match sender.mailer:
            case "pine":
                return f"Pine.LNX.4.44.{at:%y%m%d%H%M%S}0.{number}{salt}-100000@{host}"
            case "mutt":
                return f"{at:%Y%m%d%H%M%S}.GA{number}{salt}@{host}"
            case "gmail":
                return f"CA+{self.draw.getrandbits(64):016x}{number}{salt}=@mail.{host}"
            case "outlook" | "dotnet":
                return f"{number:012X}{salt}$0a{self.draw.getrandbits(32):08x}$@{host}"
            case _:
                return f"{self.draw.getrandbits(32):08X}.{number}{salt}@{host}"

    def _conversation(self, sender: Person, at: datetime, parent: Written) -> list[Block]:
        """Own words above, below or between the quoted ones, as the writer's mailer has it."""
        draw, tongue = self.draw, self._tongue(sender)
        said = Block("attribution", attribution(parent, tongue, sender.mailer))
        quoted = parent.shown
        if sender.mailer == "outlook" and draw.random() < 0.6:
            return [Block("own", self._own(sender, at)), Block("original", _original(parent))]
        if sender.mailer in {"gmail", "apple", "outlook", "dotnet"} and draw.random() < 0.7:
            own = Block("own", self._own(sender, at, shorter=draw.random() < 0.3))
            return [own, said, Block("quote", quoted[:LONGEST_QUOTE])]
        blocks, at_line = [said], 0
        while True:
            step = draw.randrange(8, 60)
            if piece := quoted[at_line : at_line + step]:
                blocks.append(Block("quote", piece))
            blocks.append(Block("own", self._own(sender, at, shorter=True)))
            at_line += step + draw.randrange(6)
            if at_line >= len(quoted) or draw.random() < 0.25:
                return blocks

    def _tongue(self, sender: Person) -> Tongue:
        return sender.tongue if self.draw.random() < 0.5 else "en"

    def _own(self, sender: Person, at: datetime, *, shorter: bool = False) -> list[str]:
        """Lines of the writer's own, paragraphs parted by empty ones."""
        draw, tongue = self.draw, self._tongue(sender)
        paragraphs = draw.randrange(1, 3) if shorter else 1 + int(draw.expovariate(0.36))
        rows: list[str] = []
        for _ in range(paragraphs):
            rows += self._paragraph(tongue, max(1, min(90, int(draw.lognormvariate(1.65, 0.85)))))
            rows.append("")
        if draw.random() < 0.02:
            rows += [*draw.choice(TRAPS).split("\n"), ""]
        if at.year > 2012 and draw.random() < 0.05:
            rows[0] += f" {draw.choice(EMOJI)}"
        return rows[:-1]

    def _paragraph(self, tongue: Tongue, lines: int) -> list[str]:
        """Lines of 50 to 72 columns, the last one shorter."""
        space, size = ("", 11) if tongue in {"ja", "zh"} else (" ", 11)
        words = self.words.take(tongue, size * (lines - 1) + self.draw.randrange(2, size))
        words[0] = words[0].capitalize()
        rows = [space.join(words[at : at + size]) for at in range(0, len(words), size)]
        rows[-1] += "。" if not space else self.draw.choice(".!?.")
        return rows


def attribution(parent: Written, tongue: Tongue, mailer: str) -> list[str]:
    """The line, or two, that a mailer puts over what it quotes."""
    who, at = parent.sender, parent.at.astimezone(parent.sender.zone)
    if mailer == "gmail":
        return [f"On {at:%a, %b} {at.day}, {at.year} at {at:%H:%M}, {who.name}", f"<{who.address}> wrote:"]
    if tongue == "de":
        return [f"Am {at:%d.%m.%Y} um {at:%H:%M} schrieb {who.name}:"]
    if tongue == "fr":
        return [f"Le {at:%d/%m/%Y} à {at:%H:%M}, {who.name} a écrit :"]
    if mailer == "mutt":
        return [f"On {at:%a, %b %d, %Y at %H:%M:%S %z}, {who.name} wrote:"]
    return [f"{who.name} wrote:"]


def quoted(lines: list[str]) -> list[str]:
    """Lines with one more quote mark."""
    return [f">{line}" if line.startswith(">") or not line else f"> {line}" for line in lines]


def _plain(block: Block) -> list[str]:
    return quoted(block.lines) if block.kind == "quote" else block.lines


def _original(parent: Written) -> list[str]:
    """The parent as Outlook repeats it: a rule, four of its headers, then all of it without any mark."""
    head = ["-----Original Message-----", f"From: {parent.sender.name} [mailto:{parent.sender.address}]"]
    head += [f"Sent: {parent.at:%A, %B %d, %Y %H:%M}", f"Subject: Re: {parent.subject}", ""]
    return [*head, *parent.shown[:LONGEST_QUOTE]]
