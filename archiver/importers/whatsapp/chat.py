"""One chat of a dump: learned from its first megabyte, then read in one pass."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from archiver.contracts import Hints
from archiver.dump import Dump, Entry
from archiver.importers.whatsapp import order, survey, titles
from archiver.importers.whatsapp.blocks import as_utf8, blocks, encoding_of, width_in
from archiver.importers.whatsapp.bodies import Habits
from archiver.importers.whatsapp.clock import Clock
from archiver.importers.whatsapp.order import Verdict
from archiver.importers.whatsapp.people import People
from archiver.importers.whatsapp.pieces import Pieces
from archiver.importers.whatsapp.reader import SOURCE, Context, Reader
from archiver.importers.whatsapp.survey import Survey
from archiver.importers.whatsapp.template import Learned, learn
from archiver.importers.whatsapp.words import fold
from archiver.model import Conversation, ConversationKind, Guess, Item, Origin, Problem

SAMPLE = 1 << 20
LIMITS = (40_000, 10_000)  # messages in an export without and with media; WhatsApp cuts there without a word
_PROOFS = 5  # dates that cannot be read otherwise, after which no more are looked for
_BOTH_CLOCKS = 24  # messages after which a clock without afternoons is worth a word


@dataclass(frozen=True, slots=True)
class Chat:
    """A text file of a dump that holds a chat, and what its beginning taught."""

    entry: Entry
    learned: Learned
    surveyed: Survey
    encoding: str
    whole: bool

    @property
    def heads(self) -> int:
        """How many heads of the file's own template the sample has."""
        return sum(1 for _ in self.learned.own())

    def convincing(self) -> bool:
        """Whether this is an export: two heads, or one in a file that is called like an export."""
        named = titles.exported(self.entry.name) is not None or self.entry.name == titles.INNER_FILE
        return self.heads >= (1 if named else 2) and not self.surveyed.is_log()


def look(dump: Dump, entry: Entry, size: int = SAMPLE) -> Chat | None:
    """The chat in *entry*, by its first *size* bytes; None when no line in them begins with a head."""
    head = dump.head(entry, size)
    sample = as_utf8(head)
    learned = learn(sample)
    if not learned.templates:
        return None
    return Chat(entry, learned, survey.take(sample, learned), encoding_of(head), len(head) < size)


@dataclass(frozen=True, slots=True)
class Opened:
    """A chat about to be read: what can be said of it beforehand, and what will read it."""

    conversation: Conversation
    assumed: tuple[Guess | Problem, ...]
    reader: Reader


def begin(dump: Dump, chat: Chat, hints: Hints, origin: Origin) -> Opened:
    """The chat ready to be read; *origin* is its whole file."""
    verdict = _order(dump, chat, hints)
    conversation = _conversation(chat, origin)
    pieces = Pieces(chat.learned.templates, chat.surveyed.separator, dump.limits)
    reader = Reader(_context(dump, chat, hints, verdict, conversation.key, origin), pieces)
    return Opened(conversation, tuple(_guesses(chat, hints, verdict, origin)), reader)


def read_chat(dump: Dump, chat: Chat, hints: Hints, attached: set[str]) -> Iterator[Iterable[Item]]:
    """The items of one chat, in streams to be read one after the other; the paths of files it names go to
    *attached*."""
    origin = Origin(SOURCE, dump.sha256(chat.entry), chat.entry.member, 0, chat.entry.size)
    opened = begin(dump, chat, hints, origin)
    yield [opened.conversation, *opened.assumed]
    with dump.open_entry(chat.entry) as stream:
        yield from opened.reader.streams(blocks(stream, chat.encoding))
    attached |= opened.reader.attached
    yield afterwards(opened.reader, origin)


def _context(dump: Dump, chat: Chat, hints: Hints, verdict: Verdict, key: str, origin: Origin) -> Context:
    assumed = (
        *(("zone",) if hints.zone is None else ()),
        *(("date-order",) if verdict.confidence < order.SURE else ()),
    )
    words = survey.period_words(chat.learned)
    year = survey.first_year(chat.learned)
    clock = Clock(
        chat.learned.templates, verdict.order, hints.zone or hints.local_zone, assumed=assumed, words=words, year=year
    )
    ios = chat.learned.templates[0].shape.closing != "-"
    habits = Habits(ios, chat.surveyed.marks, lambda name: dump.sibling(chat.entry, name))
    people = People(key, hints.owner)
    return Context(
        key, origin.dump, origin.member, clock, people, habits, chat.surveyed.doubles, width_in(chat.encoding)
    )


def _order(dump: Dump, chat: Chat, hints: Hints) -> Verdict:
    """The date order; where the sample does not settle it, by the dates of the whole file."""
    evidence = survey.evidence(chat.surveyed, chat.learned)
    verdict = order.decide(evidence, hints.date_order)
    if chat.whole or verdict.proofs >= _PROOFS:
        return verdict
    with dump.open_entry(chat.entry) as stream:
        template = chat.learned.templates[0]
        for dates in survey.all_dates(blocks(stream, chat.encoding), template, chat.surveyed.separator):
            verdict = order.decide(replace(evidence, dates=dates), hints.date_order)
            if verdict.proofs >= _PROOFS:
                break
    return verdict


def _conversation(chat: Chat, origin: Origin) -> Conversation:
    said = chat.surveyed.titles
    labels = sorted(chat.surveyed.labels)
    title = (
        titles.named_title(chat.entry)
        or next(iter(said), None)
        or titles.fallback_title(chat.entry)
        or ", ".join(labels[:3])
        or titles.stem(chat.entry.name)
    )
    return Conversation(titles.conversation_key(title), title, _kind(chat.surveyed, title), origin=origin)


def _kind(surveyed: Survey, title: str) -> ConversationKind:
    people = {fold(label) for label in surveyed.labels}
    if surveyed.group or len(people) > 2:
        return "group"
    return "direct" if len(people) == 2 or fold(title) in people else "unknown"


def _guesses(chat: Chat, hints: Hints, verdict: Verdict, origin: Origin) -> Iterator[Guess | Problem]:
    if hints.date_order is None:
        yield Guess("date-order", verdict.order, verdict.because, round(verdict.confidence, 2), origin, "--date-order")
    if verdict.impossible:
        note = f"{verdict.impossible} dates of this file do not exist when read {order.name_of(verdict.order)}"
        yield Problem("date-order-mixed", note + "; they are read the other way.", origin)
    if hints.zone is None:
        because = "an export does not say its time zone; this computer's is taken"
        yield Guess("zone", hints.local_zone, because, 0.5, origin, "--zone")
    if any(template.shape.year < 0 and template.shape.layout.dates < 3 for template in chat.learned.templates):
        year = survey.first_year(chat.learned)
        because = "dates have no year; the first name of an attachment with a date tells it"
        missing = "dates have no year and no attachment's name tells it, so messages stay undated"
        yield Guess("year", str(year or "unknown"), because if year else missing, 0.8 if year else 0.0, origin)
    hours = survey.hours(chat.learned)
    if len(hours) >= _BOTH_CLOCKS and set(hours) <= set(range(1, 13)) and not survey.period_words(chat.learned):
        because = f"none of {len(hours)} times is before 1:00 or after 12:59, and there is no am or pm"
        yield Guess("clock", "24 h", because + "; afternoons may be mornings here", 0.2, origin)


def afterwards(reader: Reader, origin: Origin) -> Iterator[Problem]:
    """What is to be said of a chat that has been read to its end."""
    for limit in LIMITS:
        if abs(reader.count - limit) <= 2:
            note = (
                f"This export has {reader.count:,} messages. WhatsApp cuts exports at {limit:,}, the newest kept, so"
                " the older part of the chat is probably missing."
            )
            yield Problem("export-limit", note, origin)
