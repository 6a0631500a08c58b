"""The reader without a screen: one line to ask, plain lines to answer. For screen readers, pipes and old terminals."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

from archiver.ui.browse import SORTS, Desk, Finding, Sort, sheets
from archiver.ui.console import Piece, line, printer, talk
from archiver.ui.messages import clock, sender_name

PAGE = 10
_AROUND = 5
_HELP = """\
Type words to search. Then:
  3          read number 3 whole
  around 3   read it in the talk around it
  thread 3   read the letters around it
  cite 3     a reference that stays
  more       the next results
  sort       another order: relevance, newest, oldest
  facets     who, where and when, to narrow the search
  quit       leave
A search that is one of these words: put it in quotes."""


@dataclass(frozen=True, slots=True)
class _State:
    query: str = ""
    sort: Sort = "relevance"
    shown: int = PAGE
    finding: Finding = field(default_factory=lambda: Finding((), 0))


def run(opened: AbstractContextManager[Desk], query: str) -> None:
    """Ask and answer until the person leaves or the input ends."""
    with opened as desk:
        state = _State()
        if query:
            state = _searched(desk, replace(state, query=query))
        else:
            talk(_HELP)
        for typed in _lines():
            if typed in {"quit", "q", "exit"}:
                return
            state = _answered(desk, state, typed)


def _lines() -> Iterator[str]:
    """What the person types, line by line; asked for only where somebody types."""
    asking = sys.stdin.isatty()
    while True:
        if asking:
            sys.stdout.flush()
            sys.stderr.write("search> ")
            sys.stderr.flush()
        typed = sys.stdin.readline()
        if not typed:
            return
        if typed.strip():
            yield typed.strip()


def _answered(desk: Desk, state: _State, typed: str) -> _State:
    verb, _, rest = typed.partition(" ")
    if typed in {"help", "?"}:
        talk(_HELP)
    elif typed == "more":
        return _searched(desk, replace(state, shown=state.shown + PAGE), since=state.shown)
    elif typed == "sort":
        order = SORTS[(SORTS.index(state.sort) + 1) % len(SORTS)]
        talk(f"Order: {order}.")
        return _searched(desk, replace(state, sort=order, shown=PAGE))
    elif typed == "facets":
        for facet in desk.facets(state.query):
            line(f"{facet.heading}: {facet.label}, {facet.count:,} messages. To see them, add: {facet.term}")
    elif typed.isdecimal():
        _read(desk, state, "read", typed)
    elif verb in {"around", "thread", "cite"} and rest.strip().isdecimal():
        _read(desk, state, verb, rest.strip())
    else:
        return _searched(desk, _State(query=typed, sort=state.sort))
    return state


def _searched(desk: Desk, state: _State, since: int = 0) -> _State:
    """The results from the one after *since* on, numbered."""
    finding = desk.search(state.query, state.sort, state.shown)
    for note in finding.notes:
        talk(note, "yellow")
    for number, hit in enumerate(finding.hits[since:], since + 1):
        message = hit.message
        line(f"{number}. {sender_name(message)}, {clock(message)}, {message.conversation_title}")
        line("   " + hit.snippet.replace("\x02", "").replace("\x03", ""))
    talk(f"{finding.counted}." if finding.total else "Nothing found.")
    return replace(state, finding=finding)


def _read(desk: Desk, state: _State, how: str, number: str) -> None:
    at = int(number) - 1 if len(number) < 10 else -1
    if not 0 <= at < len(state.finding.hits):
        talk(f"There is no number {number[:10]} among the results; {len(state.finding.hits)} are shown.")
        return
    message = state.finding.hits[at].message
    if how == "cite":
        line(desk.cite(message))
        return
    members = desk.thread(message) if how == "thread" else ()
    pieces: Sequence[Piece]
    if how == "around" or (how == "thread" and not members):
        before, after = desk.around(message, _AROUND)
        pieces = list(sheets.talk(before, message, after))
    else:
        pieces = list(sheets.thread(message, members)) if members else list(sheets.whole(message))
    printer()(pieces, 0)
