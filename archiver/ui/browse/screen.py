"""The reader on a full screen: results beside the words, the talk or thread around them, and ways to narrow a search.

Fits 80 columns and 24 lines: there, the ways to narrow a search take the place of the results while they are looked
at; a wide window shows all three side by side. Every text is foreign, so every text is made harmless.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import ClassVar, Literal

from rich.text import Text
from textual import on, work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.events import Resize
from textual.timer import Timer
from textual.widgets import Footer, Input, OptionList, Static
from textual.widgets.option_list import Option

from archiver.model import Hit
from archiver.text import harmless, one_line
from archiver.ui.browse import SORTS, Desk, Facet, Finding, Sort, sheets
from archiver.ui.browse.clerk import Clerk
from archiver.ui.console import Piece

PAGE = 100  # results that are shown at first, and that "more" adds
WIDE = 120  # columns from which on the ways to narrow a search have a place of their own
_PATIENCE = 0.15  # seconds without a key before a search begins
_AROUND = 20
_COUNTED = 50_000  # messages that are counted by people, years… in the time of a breath

View = Literal["message", "talk", "thread"]


def _text(pieces: Iterable[Piece]) -> Text:
    return Text.assemble(*((harmless(words), style) for words, style in pieces))


class Reader(App[None]):
    """*opened* opens the desk; *query* is what to begin with. *copied*: the references that were copied."""

    TITLE = "archive"
    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #query { height: 1; border: none; padding: 0 1; }
    #said { height: 1; color: $text-muted; padding: 0 1; }
    #body { height: 1fr; }
    #facets { width: 30; display: none; border: none; border-right: vkey $surface-lighten-2; }
    #results { width: 45%; border: none; border-right: vkey $surface-lighten-2; }
    #sheet { width: 1fr; padding: 0 1; }
    .wide #facets { display: block; }
    .wide #results { width: 38%; }
    .narrowing #facets { display: block; width: 45%; }
    .narrowing #results { display: none; }
    .wide.narrowing #facets { width: 30; }
    .wide.narrowing #results { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "ask", "Search", show=True),
        Binding("slash", "ask", "Search", show=False),
        Binding("m", "view('message')", "Message"),
        Binding("c", "view('talk')", "Context"),
        Binding("t", "view('thread')", "Thread"),
        Binding("s", "sort", "Sort"),
        Binding("f", "narrow", "Narrow"),
        Binding("plus", "more", "More"),
        Binding("y", "cite", "Cite"),
        Binding("q", "quit", "Quit"),
        Binding("ctrl+c", "quit", "Quit", show=False, priority=True),
    ]

    def __init__(self, opened: Callable[[], AbstractContextManager[Desk]], query: str = "") -> None:
        super().__init__()
        self.copied: list[str] = []
        self._clerk = Clerk(opened)
        self._begin = query
        self._sort: Sort = "relevance"
        self._limit = PAGE
        self._view: View = "message"
        self._finding = Finding((), 0)
        self._facets: Sequence[Facet] = ()
        self._waiting: Timer | None = None

    def compose(self) -> ComposeResult:
        """The line to search in, what is to be said, the three columns, and the keys."""
        yield Input(self._begin, placeholder='Search: words, "a phrase", from: in: after: …', id="query", compact=True)
        yield Static(id="said")
        with Horizontal(id="body"):
            yield OptionList(id="facets")
            yield OptionList(id="results")
            with VerticalScroll(id="sheet"):
                yield Static(id="words")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """The first search, with what there was to begin with."""
        self.query_one("#results" if self._begin else "#query").focus()
        self._look()

    def on_unmount(self) -> None:
        """Leave the archive."""
        self._clerk.dismiss()

    @on(Resize)
    def fit(self, event: Resize) -> None:
        """Three columns where there is room for them."""
        self.query_one("#body").set_class(event.size.width >= WIDE, "wide")
        self._list()

    # -- asking ------------------------------------------------------------------------------------

    @on(Input.Changed, "#query")
    def typed(self) -> None:
        """Search when the fingers rest."""
        if self._waiting is not None:
            self._waiting.stop()
        self._limit = PAGE
        self._waiting = self.set_timer(_PATIENCE, self._look)

    @on(Input.Submitted, "#query")
    def asked(self) -> None:
        """Search now, and go to what is found."""
        if self._waiting is not None:
            self._waiting.stop()
        self._look()
        self.query_one("#results").focus()

    @work(exclusive=True, group="search")
    async def _look(self) -> None:
        """Show what is found, then how it can be narrowed. A newer question overtakes."""
        query, sort, limit = self.query_one("#query", Input).value, self._sort, self._limit
        self._finding = await self._clerk.ask(lambda desk: desk.search(query, sort, limit))
        self._list()
        few = self._finding.exact and self._finding.total <= _COUNTED
        self._facets = await self._clerk.ask(lambda desk: desk.facets(query)) if few else ()
        self._list_facets(few=few)

    def _list(self) -> None:
        """The results as they are known, in the width there is; the one that was looked at stays so."""
        results = self.query_one("#results", OptionList)
        at, width = results.highlighted, max(24, results.scrollable_content_region.width - 2)
        before = results.scroll_offset
        results.clear_options()
        results.add_options([Option(_text(sheets.entry(hit, width))) for hit in self._finding.hits])
        if self._finding.hits:
            results.highlighted = min(at or 0, len(self._finding.hits) - 1) if self._limit > PAGE else 0
            results.scroll_to(y=before.y if self._limit > PAGE else 0, animate=False)
        else:
            self.query_one("#words", Static).update("")
        notes = "  ".join(self._finding.notes)
        self.query_one("#said", Static).update(
            _text([(f"{self._finding.counted}, {self._sort}", "bold"), (f"  {notes}", "yellow")])
        )

    def _list_facets(self, *, few: bool) -> None:
        """The ways to narrow the search, under their headings; of very many messages they are not counted."""
        column, heading = self.query_one("#facets", OptionList), ""
        options: list[Option] = []
        if not few:
            options.append(Option(f"More than {_COUNTED:,}:\ntype more, to count", disabled=True))
        for number, facet in enumerate(self._facets):
            if facet.heading != heading:
                heading = facet.heading
                options.append(Option(Text(heading, style="bold"), disabled=True))
            label = one_line(facet.label, 17)
            options.append(Option(_text([(f"{facet.count:>7,} ", "cyan"), (label, "")]), id=str(number)))
        column.clear_options()
        column.add_options(options)

    # -- reading -----------------------------------------------------------------------------------

    @property
    def _hit(self) -> Hit | None:
        at = self.query_one("#results", OptionList).highlighted
        return self._finding.hits[at] if at is not None and at < len(self._finding.hits) else None

    @on(OptionList.OptionHighlighted, "#results")
    def looked_at(self) -> None:
        """Show the one that is looked at."""
        self._show()

    @on(OptionList.OptionSelected, "#results")
    def chosen(self) -> None:
        """Enter goes into the words, to scroll them."""
        self.query_one("#sheet").focus()

    @work(exclusive=True, group="show")
    async def _show(self) -> None:
        """The words of the chosen message in the view that is wanted; without a thread, the talk around it."""
        hit = self._hit
        if hit is None:
            return
        shown = await self._clerk.ask(lambda desk: self._sheet(desk, hit))
        words, sheet = self.query_one("#words", Static), self.query_one("#sheet", VerticalScroll)
        words.update(shown)
        mark = shown.plain.find("▸ ") if self._view != "message" else -1
        line = len(shown[:mark].wrap(self.console, max(20, sheet.size.width - 3))) if mark > 0 else 0
        sheet.scroll_to(y=max(0, line - 4), animate=False)

    def _sheet(self, desk: Desk, hit: Hit) -> Text:
        if self._view == "thread" and (members := desk.thread(hit.message)):
            return _text(sheets.thread(hit.message, members))
        if self._view == "message":
            return _text(sheets.whole(hit.message))
        before, after = desk.around(hit.message, _AROUND)
        return _text(sheets.talk(before, hit.message, after))

    # -- keys --------------------------------------------------------------------------------------

    def action_ask(self) -> None:
        """To the line that is searched in; from there, to the results."""
        line = self.query_one("#query", Input)
        (self.query_one("#results") if line.has_focus else line).focus()

    def action_view(self, view: View) -> None:
        """The message, the talk around it, or its thread."""
        self._view = view
        self._show()

    def action_sort(self) -> None:
        """The next order."""
        self._sort = SORTS[(SORTS.index(self._sort) + 1) % len(SORTS)]
        self._limit = PAGE
        self._look()

    def action_more(self) -> None:
        """More of what is found."""
        self._limit += PAGE
        self._look()

    def action_narrow(self) -> None:
        """To the ways to narrow the search, and back."""
        body, column = self.query_one("#body"), self.query_one("#facets", OptionList)
        narrowing = not column.has_focus
        body.set_class(narrowing, "narrowing")
        (column if narrowing else self.query_one("#results")).focus()

    @on(OptionList.OptionSelected, "#facets")
    def narrowed(self, event: OptionList.OptionSelected) -> None:
        """Add the chosen one to the query, in front, where it reads as what it is."""
        line = self.query_one("#query", Input)
        line.value = f"{self._facets[int(event.option_id or 0)].term} {line.value}".strip()
        self.query_one("#body").remove_class("narrowing")
        self.query_one("#results").focus()

    @work(exclusive=True, group="cite")
    async def action_cite(self) -> None:
        """Copy the reference of the message, where the terminal lets us; it is printed at the end in any case."""
        hit = self._hit
        if hit is None:
            return
        reference = await self._clerk.ask(lambda desk: desk.cite(hit.message))
        self.copied.append(reference)
        self.copy_to_clipboard(reference)
        self.notify(reference, title="Copied, and printed when you leave", markup=False, timeout=6)
