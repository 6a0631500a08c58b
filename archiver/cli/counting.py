"""`archive stats`: how much was said, when, by whom, in which words, and what it points to."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from archiver.cli.common import JSON, reading
from archiver.cli.completing import complete_query

if TYPE_CHECKING:
    from archiver.knowledge.rhythm import Gap, Hours, Step
    from archiver.store.archive import Archive
    from archiver.store.stats import Scope

stats = typer.Typer(
    help="Count what the archive holds, or what a query finds.", no_args_is_help=True, rich_markup_mode=None
)

Query = Annotated[
    list[str] | None,
    typer.Argument(metavar="[QUERY]", help="Only what this search finds.", autocompletion=complete_query),
]
Most = Annotated[int, typer.Option("-n", metavar="N", min=1, help="At most so many.")]


class By(StrEnum):
    """The steps of time that are counted."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"


@contextmanager
def _counting(query: Sequence[str] | None) -> "Iterator[tuple[Archive, Scope]]":
    """The archive's tables, at one moment, and which messages are meant; what is odd about the query is said."""
    from archiver import ui
    from archiver.query import parse
    from archiver.store.saved import expanded
    from archiver.store.selecting import selected
    from archiver.store.stats import Scope

    with reading() as archive, archive.snapshot():
        sql, rows = archive.connection, None
        if query:
            text, notes = expanded(sql, " ".join(query))
            parsed = parse(text)
            rows, more = selected(sql, parsed)
            for note in (*notes, *parsed.notes, *more):
                ui.talk(note, "yellow")
            if not rows:
                ui.talk("Nothing is found, so there is nothing to count.")
        yield archive, Scope(rows)


def _step(by: By | None, hours: "Hours") -> "Step":
    from archiver.knowledge.rhythm import step_for

    return by.value if by else step_for(hours)


@stats.command("overview")
def overview(query: Query = None, as_json: JSON = False) -> None:
    """How much there is, since when, from which sources, how it grew, and where it is silent."""
    from archiver import ui
    from archiver.knowledge import rhythm
    from archiver.store import stats as store
    from archiver.ui import plots

    with _counting(query) as (archive, scope):
        sql = archive.connection
        totals, hours, sources = store.totals(sql, scope), store.hours(sql, scope), store.sources(sql, scope)
    days = [day for day, _ in rhythm.periods(hours, "day")]
    step = rhythm.step_for(hours)
    grown, silences, busiest = rhythm.growth(hours, step), rhythm.gaps(hours), rhythm.busiest(hours)
    span = {
        "first": days[0] if days else None,
        "last": days[-1] if days else None,
        "days": len(days),
        "days_with_talk": rhythm.days_with_talk(hours),
        "busiest": busiest and {"day": busiest[0].isoformat(), "messages": busiest[1]},
    }
    if as_json:
        ui.emit(
            {
                **totals,
                **span,
                "sources": [{"source": name, "conversations": chats, "messages": n} for name, chats, n in sources],
                "growth": {"step": step, **{name: dict(counts) for name, counts in grown.items()}},
                "gaps": [_gap_face(gap) for gap in silences],
            }
        )
        return
    with ui.paged():
        plots.facts({name.replace("_", " "): count for name, count in totals.items()})
        if days:
            plots.note(f"From {days[0]} to {days[-1]}: {span['days_with_talk']:,} of {len(days):,} days with talk.")
        if busiest:
            plots.note(f"Most was said on {busiest[0]}: {busiest[1]:,} messages.")
        for name, _, count in sources:
            plots.heading(f"{name}: {count:,} messages, growing by {step}")
            plots.bars(grown.get(name, []))
        _show_gaps(silences)


@stats.command("activity")
def activity(
    query: Query = None,
    by: Annotated[By | None, typer.Option(help="Count by year, month or day; what fits, if not said.")] = None,
    as_json: JSON = False,
) -> None:
    """When it was said: over the years, over the hours of a week, and when nothing was."""
    from archiver import ui
    from archiver.knowledge import rhythm
    from archiver.store import stats as store
    from archiver.ui import plots

    with _counting(query) as (archive, scope):
        sql = archive.connection
        hours = store.hours(sql, scope)
    step = _step(by, hours)
    periods, week, silences = rhythm.periods(hours, step), rhythm.week(hours), rhythm.gaps(hours)
    if as_json:
        ui.emit(
            {
                "step": step,
                "periods": [{step: name, "messages": count} for name, count in periods],
                "week": dict(zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), week, strict=True)),
                "gaps": [_gap_face(gap) for gap in silences],
            }
        )
        return
    with ui.paged():
        plots.heading(f"Messages by {step}")
        plots.bars(periods)
        plots.heading("By weekday and hour, as the clocks on the wall showed it")
        plots.heat(week)
        _show_gaps(silences)


def _show_gaps(silences: "Sequence[Gap]") -> None:
    from archiver.ui import plots

    if silences:
        plots.heading("Longest silences: nobody spoke, or something was not exported")
    for gap in silences:
        plots.note(f"{gap.days:>5,} days  {gap.first} to {gap.last}  {gap.source}")


def _gap_face(gap: "Gap") -> dict[str, object]:
    return {
        "source": gap.source,
        "first": gap.first.isoformat(),
        "last": gap.last.isoformat(),
        "days": gap.days,
    }


@stats.command("people")
def people(query: Query = None, number: Most = 20, as_json: JSON = False) -> None:
    """Who said how much, in how many conversations, and from when to when."""
    from dataclasses import asdict

    from archiver import ui
    from archiver.store import stats as store
    from archiver.ui import plots

    with _counting(query) as (archive, scope):
        sql = archive.connection
        found = store.people(sql, scope, number)
    if as_json:
        ui.emit([asdict(one) for one in found])
        return
    with ui.paged():
        plots.bars(
            [(one.name, one.messages) for one in found],
            [f"{one.first or 'undated'} to {one.last or 'undated'}" for one in found],
        )


@stats.command("words")
def words(query: Query = None, number: Most = 20, as_json: JSON = False) -> None:
    """The words that are used most, and those that set each year apart. Half a minute for a million messages."""
    from archiver import ui
    from archiver.knowledge.wording import counted
    from archiver.store import stats as store
    from archiver.ui import plots

    with _counting(query) as (archive, scope):
        sql = archive.connection
        vocabulary = counted(store.texts(sql, scope))
    total, telling = vocabulary.total(), vocabulary.telling()
    common = sorted(total.items(), key=lambda one: (-one[1], one[0]))[:number]
    if as_json:
        ui.emit(
            {
                "messages": vocabulary.messages,
                "words": vocabulary.words,
                "different": len(total),
                "common": [{"word": word, "times": times} for word, times in common],
                "telling": {
                    year: [{"word": word, "times": times} for word, times in found] for year, found in telling.items()
                },
            }
        )
        return
    with ui.paged():
        plots.note(f"{vocabulary.words:,} words, {len(total):,} different ones, in {vocabulary.messages:,} messages")
        plots.heading("Used most")
        plots.bars(common)
        plots.heading("What sets each year apart")
        for year, found in telling.items():
            plots.note(f"{year}  {', '.join(f'{word} {times:,}' for word, times in found) or '—'}")


@stats.command("links")
def links(query: Query = None, number: Most = 20, as_json: JSON = False) -> None:
    """The places on the web that people point to: sites, and the addresses given most often."""
    from archiver import ui
    from archiver.knowledge.links import linked
    from archiver.store import stats as store
    from archiver.store.tags import public_ids
    from archiver.ui import plots

    with _counting(query) as (archive, scope):
        sql = archive.connection
        found = linked(store.pointing(sql, scope))
        top = found.top(number)
        ids = public_ids(sql, [link.row for link in top])
    sites = sorted(found.sites.items(), key=lambda one: (-one[1], one[0]))[:number]
    if as_json:
        ui.emit(
            {
                "sites": [{"site": name, "times": times} for name, times in sites],
                "links": [
                    {"address": link.address, "times": link.times, "first_at": link.first, "first": ids.get(link.row)}
                    for link in top
                ],
            }
        )
        return
    with ui.paged():
        plots.heading("Sites")
        plots.bars(sites)
        plots.heading("Addresses, and where each was given first")
        for link in top:
            plots.note(f"{link.times:>5,}  {ids.get(link.row, '')}  {link.address}")
