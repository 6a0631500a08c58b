"""Threads as HTML: each message under the one it answers, a step further in where several answer the same."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from html import escape
from typing import NamedTuple

from archiver.exporters.site.letters import Letters, Quote, fragment
from archiver.exporters.site.paging import day_of
from archiver.exporters.site.prose import clean, snippet
from archiver.exporters.site.words import Words
from archiver.knowledge.subjects import base
from archiver.model import KeptMessage

DEEPEST = 4  # steps to the side; what answers further down stands below each other
_HEADLINE = 80  # characters of a text that stand for a thread without a subject


class Twig(NamedTuple):
    """A message in its place: *depth* steps to the side; *under*: it stands right below what it answers."""

    message: KeptMessage
    depth: int
    under: bool


def tree(messages: Sequence[KeptMessage]) -> Iterator[Twig]:
    """Messages in reading order as they stand below each other.

    Answers to the first message stand a step in, and so do several answers to one; a single answer goes on where the
    answered one stands, so that two who talk do not wander off the page. What comes before the message it answers, by
    a clock that is wrong, stands as if it answered none.
    """
    if len(messages) == 1:
        yield Twig(messages[0], 0, under=False)
        return
    places = {message.id: number for number, message in enumerate(messages)}
    answers: dict[int, list[int]] = {}
    for number, message in enumerate(messages):
        parent = places.get(message.reply_to, number) if message.reply_to is not None else number
        answers.setdefault(parent if parent < number else -1, []).append(number)
    waiting = [(number, 0) for number in reversed(answers.get(-1, ()))]
    above = -1
    while waiting:
        number, depth = waiting.pop()
        message = messages[number]
        yield Twig(message, depth, above >= 0 and messages[above].id == message.reply_to)
        below = answers.get(number, ())
        further = depth + 1 if depth == 0 or len(below) > 1 else depth
        waiting += [(answer, min(further, DEEPEST)) for answer in reversed(below)]
        above = number


class Branches:
    """Writes a conversation's threads; of those that go on to another page it remembers what may be answered there."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._letters = Letters(words, frozenset())
        self._carried: dict[int, dict[str, Quote]] = {}
        self._day = lru_cache(maxsize=1024)(self._day_in_words)

    def meet(self, messages: Iterable[KeptMessage]) -> None:
        """Everybody in the order of their first words, whichever page is written first."""
        for sender in {id(message.sender): message.sender for message in messages}.values():
            self._letters.byline(sender)

    def headline(self, message: KeptMessage) -> str:
        """What a thread that this message begins is called: its subject, or its first words. Not yet escaped."""
        gone = message.kind == "deleted" or message.deleted_at is not None
        subject = "" if gone else clean(message.subject or "").strip()
        text = "" if gone else snippet(message.text)
        if len(text) > _HEADLINE:
            text = text[:_HEADLINE].rsplit(" ", 1)[0].rstrip(" …") + "…"
        if not (subject or text) and message.attachments and not gone:
            return self._words.medium(message.attachments[0].media_type)
        return subject or text or self._letters.plainly(message)

    def heading(self, name: str, message: KeptMessage) -> str:
        """The rule above a thread on a month's page: its subject, or its day."""
        if message.subject and message.deleted_at is None and (subject := clean(message.subject).strip()):
            return f'<h2 id="{name}" dir="auto">{escape(subject, quote=False)}</h2>\n'
        return f'<h2 id="{name}">{escape(self._words.day(day_of(message)))}</h2>\n'

    def beginning(self, message: KeptMessage) -> str:
        """The rule above a page of a thread: the day of its first message."""
        day = day_of(message)
        name = escape(self._words.day(day))
        return f'<h2><time datetime="{day}">{name}</time></h2>\n' if day else f"<h2>{name}</h2>\n"

    def moved(self, thread: "Moved") -> str:
        """Where a thread was that has a page of its own now; permalinks of its first messages lead there."""
        anchors = "".join(f'<span id="m-{fragment(one)}"></span>' for one in thread.anchors)
        count = escape(self._words.count("messages", thread.messages))
        title = escape(thread.headline, quote=False)
        return (
            f'<h2 id="{thread.name}" dir="auto"><a href="{thread.path}">{title}</a></h2>\n'
            f'<p class="e">{anchors}{escape(self._words.say("own_page"))} · {count}</p>\n'
        )

    def thread(self, messages: Sequence[KeptMessage], path: str, number: int, *, about: str, goes_on: bool) -> str:
        """One thread, or a page of it. *about*: its subject, which is not said again; *goes_on*: a page comes next."""
        quotes = self._carried.pop(number, {})
        here = {message.id: message for message in messages}
        rows = []
        for twig in tree(messages):
            reply = "" if twig.under else self._answered(twig.message.reply_to, here, quotes, path)
            rows.append(self._row(twig, reply, about))
        if goes_on:
            quotes.update((message.id, self._letters.quote_of(message, path)) for message in messages)
            self._carried[number] = quotes
        return "".join(rows)

    def _answered(self, to: str | None, here: dict[str, KeptMessage], quotes: dict[str, Quote], path: str) -> str:
        if to is None:
            return ""
        quote = self._letters.quote_of(here[to], path) if to in here else quotes.get(to)
        return self._letters.quoted(quote, path)

    def _row(self, twig: Twig, reply: str, about: str) -> str:
        message = twig.message
        anchor = fragment(message.id)
        link = f'<a href="#m-{anchor}"{self._time(message)}</a>'
        if message.kind.startswith(("event", "call")):
            return self._letters.event(message, link)
        subject = message.subject
        other = subject is not None and subject != about and base(subject) != base(about)
        step = f' class="d{twig.depth}"' if twig.depth else ""
        body = self._letters.body(message, reply, subject=other)
        return f'<article id="m-{anchor}"{step}>{self._letters.byline(message.sender)}{link}{body}</article>\n'

    def _time(self, message: KeptMessage) -> str:
        """The inside of a permalink, from the end of its opening tag on: the day, and the time where it is known."""
        edited = f" <i>{self._words.say('edited')}</i>" if message.edited_at is not None else ""
        local = message.at_local
        if not local:
            return f' aria-label="{escape(self._words.say("permalink"))}">§{edited}'
        day = self._day(local[:10])
        if message.precision == "day":
            return f'><time datetime="{local[:10]}">{day}</time>{edited}'
        return f'><time datetime="{local[:16]}">{day} · {local[11:16]}</time>{edited}'

    def _day_in_words(self, day: str) -> str:
        return escape(self._words.day(day, weekday=False))


class Moved(NamedTuple):
    """A thread that has a page of its own, as its month's page tells of it."""

    name: str
    path: str
    headline: str
    messages: int
    anchors: Sequence[str]
