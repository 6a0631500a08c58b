"""Pages as Facebook's exports have them, of every generation, made from talk that is known: for tests and benchmarks.

What a page says is made by a seed, so that the same seed gives the same page; the people are the garden club's.
"""

import html
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from archiver.contracts import Hints
from archiver.dump import Dump
from archiver.importers.facebook.accounting import Ledger
from archiver.importers.facebook.page_zones import PageZone
from archiver.importers.facebook.pages import read_page
from archiver.importers.facebook.people import owner_called
from archiver.importers.facebook.room import Room
from archiver.importers.facebook.tree import Tree
from archiver.model import Conversation, Guess, Item, Message, Problem, singly

ME = "Ana Gardner"
CLUB = (ME, "Ben Cole", "Cléo d’Été", "Иван Садов", "花子")
_WORDS = (
    "the roses need water shall we meet at old harbour gate who has seeds tomatoes & <beans> it's raining again "
    "été café жёлтый сад цветы 庭に花 🌻🌻 👍 ❤️ see you “tomorrow” at 7 1 < 2 > 0 &amp; tea"
)
_SIGNS = ("😂", "❤️", "👍🏽", "👩‍🌾", "🇫🇷", "😮")
_STYLE = "<style>" + "._a6-g{background:#fff}._a6-h{font-weight:700}" * 40 + "</style>"
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Line:
    """A message: its wall time, who says what; marks as (sign, who); files as (tag, path); a shared link."""

    at: datetime
    who: str
    text: str
    marks: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    link: str = ""


def talk(
    count: int, seed: int = 1, people: Sequence[str] = CLUB, start: datetime | None = None, *, plain: bool = False
) -> list[Line]:
    """So many messages, the oldest first, often several in a minute. *plain*: nothing but text."""
    chance = random.Random(seed)
    at = start or datetime(2019, 3, 1, 9, 30)  # noqa: DTZ001 - a wall clock
    lines: list[Line] = []
    for number in range(count):
        at += timedelta(seconds=chance.choice((0, 3, 20, 50, 200, 4000, 40000)))
        text = " ".join(chance.choices(_WORDS.split(), k=chance.randint(1, 14))) + f" {number}"
        if chance.random() < 0.05:
            text = text.replace(" ", "\n", 2)
        line = Line(at, chance.choice(people), text)
        luck = 1.0 if plain else chance.random()
        if luck < 0.06:
            marks = tuple((chance.choice(_SIGNS), who) for who in chance.sample(people, min(2, len(people))))
            line = Line(at, line.who, text, marks)
        elif luck < 0.10:
            line = Line(at, line.who, "", files=(("img", f"photos/{number}_n.jpg"),))
        elif luck < 0.12:
            line = Line(at, line.who, text, link=f"https://example.org/seeds?n={number}&x=1")
        lines.append(line)
    return lines


# -- dates ------------------------------------------------------------------------------------------------------

Dates = Callable[[datetime], str]


def old_date(at: datetime) -> str:
    """2010-17, English: ``Friday, October 4, 2013 at 10:05pm PDT``."""
    day = f"{_WEEKDAYS[at.weekday()]}, {_MONTHS[at.month - 1]} {at.day}, {at.year}"
    return f"{day} at {at.hour % 12 or 12}:{at.minute:02}{'am' if at.hour < 12 else 'pm'} PDT"


def flat_date(at: datetime) -> str:
    """2018-21, English: ``Oct 19, 2019, 2:37 PM``."""
    half = "AM" if at.hour < 12 else "PM"
    return f"{_MONTHS[at.month - 1][:3]} {at.day:02}, {at.year}, {at.hour % 12 or 12}:{at.minute:02} {half}"


def new_date(at: datetime) -> str:
    """2022 on, English: ``Jun 07, 2024 10:44:05 am``."""
    half = "am" if at.hour < 12 else "pm"
    clock = f"{at.hour % 12 or 12}:{at.minute:02}:{at.second:02} {half}"
    return f"{_MONTHS[at.month - 1][:3]} {at.day:02}, {at.year} {clock}"


def instagram_date(at: datetime) -> str:
    """Instagram, 2023 on: ``Sep 22, 2017 6:33 am``."""
    half = "am" if at.hour < 12 else "pm"
    return f"{_MONTHS[at.month - 1][:3]} {at.day:02}, {at.year} {at.hour % 12 or 12}:{at.minute:02} {half}"


# -- pages ------------------------------------------------------------------------------------------------------


def escaped(text: str) -> str:
    """As Meta escapes: ``&#039;`` for an apostrophe, a break and a space for a new line."""
    return html.escape(text, quote=True).replace("&#x27;", "&#039;").replace("\n", "<br /> ")


def old_message(line: Line, dates: Dates = old_date) -> str:
    """A message of 2010-17."""
    return (
        f'<div class="message"><div class="message_header"><span class="user">{escaped(line.who)}</span>'
        f'<span class="meta">{escaped(dates(line.at))}</span></div></div>'
        f"<p>{escaped(line.text)}</p>" + "".join(f'<p><img src="messages/{path}" /></p>' for _, path in line.files)
    )


def old_thread(names: Sequence[str], lines: Iterable[Line], dates: Dates = old_date) -> str:
    """A thread of 2010-17, the newest message first."""
    said = "".join(old_message(line, dates) for line in reversed(list(lines)))
    return f'<div class="thread">{escaped(", ".join(names))}{said}</div>'


def old_page(threads: Iterable[str], owner: str = ME) -> bytes:
    """messages.htm of 2010-17."""
    return (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />'
        f"<title>{escaped(owner)} - Messages</title></head><body>"
        '<div class="nav"><img src="../photos/profile.jpg" /><ul><li><a href="../index.htm">Profile</a></li></ul></div>'
        f'<div class="contents"><h1>{escaped(owner)}</h1><div>{"".join(threads)}</div></div></body></html>'
    ).encode()


@dataclass(frozen=True)
class Fashion:
    """The tags and classes of a generation. *box*: what its start tag is, by number."""

    box: Callable[[int], str]
    close: str
    head: str
    body: str
    time: str
    marks: str
    image: str
    around: str


FLAT = Fashion(
    lambda _: '<div class="pam _3-95 _2pi0 _2lej uiBoxWhite noborder">',
    "</div>",
    '<div class="_3-96 _2pio _2lek _2lel">{}</div>',
    '<div class="_3-96 _2let">{}</div>',
    '<div class="_3-94 _2lem">{}</div>',
    '<ul class="_tqp">{}</ul>',
    "_2yuc _3-96",
    '<div class="_4t5n" role="main"><div class="_3-8y _3-95 _3b0a"><div class="_3b0c"><div class="_3b0d">{}</div>'
    "</div></div>{}</div>",
)
NEW = Fashion(
    lambda _: '<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder">',
    "</div>",
    '<h2 class="_3-95 _2pim _a6-h _a6-i">{}</h2>',
    '<div class="_3-95 _a6-p">{}</div>',
    '<div class="_3-94 _a6-o">{}</div>',
    '<ul class="_a6-q">{}</ul>',
    "_a6_o _3-96",
    '<div class="_a705"><header class="_as-_ _a70a"><div class="_a70d"><h1>{}</h1></div></header>'
    '<main class="_a706" role="main">{}</main></div>',
)
SECTIONS = Fashion(
    lambda n: f'<section class="_a6-g" aria-labelledby="u_0_{n:x}_ab">',
    "</section>",
    '<h2 class="_2ph_ _a6-h _a6-i" id="u_0_ab">{}</h2>',
    '<div class="_2ph_ _a6-p">{}</div>',
    '<footer class="_3-94 _a6-o"><div class="_a72d">{}</div></footer>',
    '<ul class="_a6-q">{}</ul>',
    "_a6_o _3-96",
    '<header><h1>{}</h1></header><main class="_a706" role="main">{}</main>',
)


def box(line: Line, fashion: Fashion, dates: Dates, number: int = 0) -> str:
    """A message of 2018 and later."""
    files = "".join(_file(tag, path, fashion) for tag, path in line.files)
    share = ""
    if line.link:
        link = escaped(line.link)
        share = f'<div><div>Seeds for all</div><div><a target="_blank" href="{link}">{link}</a></div></div>'
    marks = "".join(f"<li><span>{sign}{escaped(who)}</span></li>" for sign, who in line.marks)
    last = f"<div>{fashion.marks.format(marks)}</div>" if marks else ""
    body = f"<div><div></div><div>{escaped(line.text)}</div><div>{share}</div><div>{files}</div>{last}</div>"
    parts = (fashion.head.format(escaped(line.who)), fashion.body.format(body), fashion.time.format(dates(line.at)))
    return fashion.box(number) + "".join(parts) + fashion.close


def _file(tag: str, path: str, fashion: Fashion) -> str:
    if tag == "img":
        return f'<div><a target="_blank" href="{path}"><img src="{path}" class="{fashion.image}" /></a></div>'
    if tag == "a":
        return f'<div><a target="_blank" href="{path}">{path.rpartition("/")[2]}</a></div>'
    inside = f'<a target="_blank" href="{path}"><div>Click for {tag}:</div></a>'
    return f'<div><{tag} src="{path}" controls="1" class="{fashion.image}">{inside}</{tag}></div>'


def page(
    lines: Iterable[Line],
    fashion: Fashion = NEW,
    dates: Dates = new_date,
    *,
    title: str = "Garden Club",
    people: Sequence[str] = CLUB,
    word: str = "Participants: {}",
    conjunction: str = " and ",
) -> bytes:
    """message_N.html of 2018 and later, the newest message first, the participants before it."""
    boxes = [box(line, fashion, dates, number) for number, line in enumerate(lines)][::-1]
    if people:
        told = word.format(", ".join(people[:-1]) + conjunction + people[-1])
        boxes.insert(0, f'{fashion.box(0)}<div class="_2lek">{escaped(told)}</div>{fashion.close}')
    body = fashion.around.format(escaped(title), "".join(boxes))
    return (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8" /><base href="../../../" />'
        f'<title>{escaped(title)}</title>{_STYLE}</head><body class="_5vb_ _2yq">{body}'
        "<div>Generated by Ana Gardner on June 7, 2024</div></body></html>"
    ).encode()


# -- reading them -----------------------------------------------------------------------------------------------


@dataclass
class Told:
    """What reading gave."""

    items: list[Item]
    ledger: Ledger
    sources: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def messages(self) -> list[Message]:
        return [item for item in singly(self.items) if isinstance(item, Message)]

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages]

    @property
    def conversations(self) -> list[Conversation]:
        return [item for item in self.items if isinstance(item, Conversation)]

    @property
    def guesses(self) -> list[Guess]:
        return [item for item in self.items if isinstance(item, Guess)]

    @property
    def problems(self) -> list[Problem]:
        return [item for item in self.items if isinstance(item, Problem)]

    def said(self, what: str) -> list[str]:
        """The notes of all problems of one kind."""
        return [problem.note for problem in self.problems if problem.what == what]


INBOX = "your_facebook_activity/messages/inbox/gardenclub_987654321"


def lay(folder: Path, files: Mapping[str, bytes]) -> Path:
    """The files on the disk."""
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def read(
    folder: Path,
    files: Mapping[str, bytes],
    hints: Hints | None = None,
    *,
    zone: PageZone | None = None,
    instagram: bool = False,
    owner: str = ME,
) -> Told:
    """What the pages among these files say."""
    ledger = Ledger()
    with Dump.open([lay(folder / "export", files)]) as dump:
        tree = Tree(dump, dump.entries, instagram=instagram)
        room = Room(dump, tree, owner_called(owner, "the test says so"), hints or Hints(), ledger)
        items = [item for ref in tree.threads() if ref.html for item in read_page(room, ref, zone=zone)]
    told = Told(items, ledger, files)
    for count in ledger.counts.values():
        assert count.balanced, count.sums()
    return told


def read_one(folder: Path, content: bytes, hints: Hints | None = None, **more: object) -> Told:
    """What one page of 2018 or later says, in its place in an export."""
    return read(folder, {f"{INBOX}/message_1.html": content}, hints, **more)  # type: ignore[arg-type] # read's own


def minute(at: datetime | None) -> datetime | None:
    """A message's time as a page of minutes shows it."""
    return at and at.replace(second=0, microsecond=0, tzinfo=None)
