"""What stands around the messages: the pages' frames, as Jinja templates with autoescape."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from archiver.contracts import Rendering
from archiver.exporters.site.coverage import Coverage
from archiver.exporters.site.links import Sheet, by_count
from archiver.exporters.site.paging import Leaf, Month, Plan
from archiver.exporters.site.prose import clean
from archiver.exporters.site.threads import Bound, Thread
from archiver.exporters.site.words import Words, words
from archiver.model import KeptConversation

_CONTENTS = 4  # threads on a page from which on it begins with a list of them
_GAPS = 6  # months without a word that the home page tells of


def domain_id(name: str) -> str:
    """An anchor for a domain: signs that stay as they are in an address."""
    return "l-" + "".join(sign if sign.isalnum() or sign in "-." else "_" for sign in name)


@lru_cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("archiver.exporters.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["domain_id"] = domain_id
    return made


@dataclass(frozen=True, slots=True)
class Entry:
    """A conversation's line in the table of contents."""

    path: str
    title: str
    span: str
    counts: str


class Listed(NamedTuple):
    """A month in the index of a conversation told in threads: its address, what it is called and holds, its threads as
    (address, name, number)."""

    address: str
    name: str
    counts: str
    threads: list[tuple[str, str, str]]


class Frame:
    """The frames of one site: its title, its language, and how to ask for removal.

    Options: ``language``, ``about`` (a paragraph), ``contact`` (whom to ask), ``keeper``, ``licence``,
    ``masked`` (``yes`` to say so), ``names`` (``pseudonyms`` to say so), ``public`` (``yes``: search engines may come).
    """

    def __init__(self, rendering: Rendering) -> None:
        self.words: Words = words(rendering.options.get("language", "en"))
        self._options: Mapping[str, str] = rendering.options
        self._title = clean(rendering.title) or self.words.say("title")

    def home(self, entries: Sequence[Entry], covered: Sequence[Coverage]) -> bytes:
        about = clean(self._options.get("about", "")) or self.words.say("about")
        told = [self.words.say(what, name=name) for what in ("keeper", "licence") if (name := self._option(what))]
        return self.page(
            "home.html",
            root="",
            entries=entries,
            about=about,
            told=told,
            covered=[self._covered(one) for one in covered],
            removal=self._removal(),
        )

    def _option(self, name: str) -> str:
        return clean(self._options.get(name, "")).strip()

    def _covered(self, one: Coverage) -> tuple[str, str, str]:
        """A source, its months, and its gaps, in words; of many gaps the longest."""
        longest = sorted(one.gaps, key=lambda gap: gap[0] - gap[1])[:_GAPS]
        gaps = ", ".join(self.words.months(*gap) for gap in sorted(longest))
        source = self.words.one_of("sources", one.source)
        return source, self.words.months(one.first, one.last), self.words.say("gaps", gaps=gaps) if gaps else ""

    def links(self, sheets: Sequence[Sheet]) -> bytes:
        """The domains of all links."""
        return self.page("links.html", root="../", sheet=None, domains=by_count(sheets))

    def sheet(self, sheet: Sheet) -> bytes:
        """A page of links; of a domain told in parts, the first part on the page has its anchor."""
        ids = [domain_id(domain.name) for domain in sheet.domains]
        return self.page("links.html", root="../", sheet=sheet, ids=ids)

    def search(self) -> bytes:
        return self.page("search.html", root="")

    def entry(self, conversation: KeptConversation, path: str) -> Entry:
        said = self.words
        counts = said.count("messages", conversation.messages), said.count("people", conversation.people)
        span = said.span(conversation.first, conversation.last)
        return Entry(path, clean(conversation.title), span, " · ".join(counts))

    def conversation(self, entry: Entry, plan: Plan, number: int, rows: str) -> bytes:
        """The page of the plan's leaf *number*, with its messages already written."""
        leaf = plan.leaves[number]
        return self.page(
            "conversation.html",
            root="../../",
            entry=entry,
            first=number == 0,
            span=self.words.span(leaf.first, leaf.last) or self.words.say("undated"),
            years=by_year(plan.months) if number == 0 and len(plan.leaves) > 1 else [],
            earlier=self._neighbour(plan.leaves, number - 1),
            later=self._neighbour(plan.leaves, number + 1),
            rows=Markup(rows),  # noqa: S704 - letters.py has escaped it
        )

    def month(
        self, entry: Entry, bound: Bound, place: int, rows: str, contents: Sequence[tuple[str, str, str]]
    ) -> bytes:
        """The page *place* of threads that began in one month, or in some; *contents*: address, name, number."""
        leaf = bound.leaves[place]
        return self.page(
            "threads.html",
            root="../../",
            entry=entry,
            title=self._months_of(leaf),
            told=self.words.count("threads", len(contents)),
            up=None,
            contents=contents if len(contents) >= _CONTENTS else [],
            earlier=self._neighbour(bound.leaves[: bound.pages], place - 1),
            later=self._neighbour(bound.leaves[: bound.pages], place + 1),
            rows=Markup(rows),  # noqa: S704 - branches.py has escaped it
        )

    def _months_of(self, leaf: Leaf) -> str:
        return " – ".join(dict.fromkeys(self.words.month_of(day[:7]) for day in (leaf.first, leaf.last)))

    def thread(self, entry: Entry, bound: Bound, turn: int, place: int, title: str, span: str, rows: str) -> bytes:
        """A thread's own page, or one of them: the page *place* of the thread *turn*, called *title*."""
        thread = bound.threads[turn]
        month = bound.leaves[thread.leaf]
        part = thread.leaves.index(place)
        return self.page(
            "threads.html",
            root="../../",
            entry=entry,
            title=title,
            told=" · ".join(filter(None, (span, self.words.count("messages", bound.leaves[place].messages)))),
            up=(f"{month.path}#{thread.name}", self._months_of(month)),
            contents=[],
            earlier=self._part(bound, thread, part - 1) or self._beside(bound, turn - 1, last=True),
            later=self._part(bound, thread, part + 1) or self._beside(bound, turn + 1),
            rows=Markup(rows),  # noqa: S704 - branches.py has escaped it
        )

    def _part(self, bound: Bound, thread: Thread, part: int) -> tuple[str, str] | None:
        if not 0 <= part < len(thread.leaves):
            return None
        leaf = bound.leaves[thread.leaves[part]]
        return leaf.path, self.words.day(leaf.first, weekday=False)

    def _beside(self, bound: Bound, turn: int, *, last: bool = False) -> tuple[str, str] | None:
        """The thread before or after: the last page of its own, or its place on its month's page."""
        if not 0 <= turn < len(bound.threads):
            return None
        thread = bound.threads[turn]
        path = f"{bound.leaves[thread.leaf].path}#{thread.name}"
        if thread.leaves:
            path = bound.leaves[thread.leaves[-1 if last else 0]].path
        return path, self.words.day(thread.first, weekday=False)

    def threads(self, entry: Entry, months: Sequence[Listed]) -> bytes:
        """The index of a conversation that is told in threads."""
        return self.page("letters.html", root="../../", entry=entry, months=months)

    def page(self, template: str, **parts: object) -> bytes:
        """A page from its template; *root* is the way up to the first page."""
        html = (
            _templates()
            .get_template(template)
            .render(
                words=self.words,
                site=self._title,
                public=self._options.get("public") == "yes",
                masked=self._masked(),
                **parts,
            )
        )
        return html.encode("utf-8", errors="replace")

    def _masked(self) -> str:
        """What is not as it was written: numbers and the like, and names, where these are others."""
        if self._options.get("masked") != "yes":
            return ""
        told = self.words.say("masked", phone=self.words.marks["phone"])
        return f"{told} {self.words.say('renamed')}" if self._options.get("names") == "pseudonyms" else told

    def _neighbour(self, leaves: Sequence[Leaf], number: int) -> tuple[str, str] | None:
        if not 0 <= number < len(leaves):
            return None
        leaf = leaves[number]
        return leaf.path, self.words.day(leaf.first, weekday=False)

    def _removal(self) -> str | Markup:
        contact = clean(self._options.get("contact", "")).strip()
        if not contact:
            return self.words.say("removal_nobody")
        return Markup(self.words.say("removal")).format(contact=_linked(contact))  # noqa: S704 - our own words


def _linked(contact: str) -> str | Markup:
    """Whom to ask, as a link where it is an address."""
    if contact.startswith(("https://", "http://")):
        return Markup('<a href="{0}">{0}</a>').format(contact)
    if "@" in contact and not any(character.isspace() for character in contact):
        return Markup('<a href="mailto:{0}">{0}</a>').format(contact)
    return contact


def by_year(months: Sequence[Month]) -> list[tuple[int, list[Month]]]:
    return [(year, list(run)) for year, run in groupby(months, lambda month: month.year)]
