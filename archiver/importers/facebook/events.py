"""Events in the sense of the calendar: made by the owner, invited to, and what the answer was. All on the own wall.

Their records have the time of the event and mostly no other; then that is taken, and said to be assumed.
"""

from collections.abc import Iterator
from typing import Any

from archiver.importers.facebook.attached import event_of
from archiver.importers.facebook.desk import NO_RECORD, Draft, Outcome, Sheet, Skipped, moment
from archiver.importers.facebook.groups import Groups, event
from archiver.importers.facebook.records import Record, fields, mapping, words

RESPONSES = ("events_joined", "events_declined", "events_interested")
_KINDS = dict(zip(RESPONSES, ("event.going", "event.declined", "event.interested"), strict=True))
_KEYS = frozenset({
    "name", "start_timestamp", "end_timestamp", "place", "description", "create_timestamp", "response_time",
    "timestamp", "event_id", "fbid", "label_values", "title", "media", "ent_name",
})  # fmt: skip


def invitation(record: Record, sheet: Sheet, _groups: Groups) -> Iterator[Outcome]:
    """The owner was invited; by whom is not said."""
    yield from _calendar(record, sheet, "event.invited")


def response(record: Record, sheet: Sheet, _groups: Groups) -> Iterator[Outcome]:
    """The owner is going, is not, or is interested: which, says the list it is in."""
    yield from _calendar(record, sheet, _KINDS.get(record.under, "event.other"))


def own_event(record: Record, sheet: Sheet, _groups: Groups) -> Iterator[Outcome]:
    """The owner made an event: its name and, below it, what the owner wrote about it."""
    yield from _calendar(record, sheet, "event.created")


def _calendar(record: Record, sheet: Sheet, kind: str) -> Iterator[Outcome]:
    value = mapping(record.value)
    if "label_values" in value:
        value = _plain(record)
    told = event_of(value)
    name = told.get("name", "")
    if not name:
        yield Skipped(NO_RECORD if not value else "no event is named")
        return
    sheet.unknown("", value, _KEYS, record.origin)
    yield _draft(record, sheet, kind, told, value)


def _draft(record: Record, sheet: Sheet, kind: str, told: dict[str, Any], value: dict[str, Any]) -> Draft:
    text = told["name"]
    if kind == "event.created" and told.get("description", "").strip():
        text = f"{text}\n\n{told['description']}"
    said = [value.get(key) for key in ("create_timestamp", "response_time", "timestamp")]
    draft = event(record, sheet, sheet.desk.wall, kind, text, *said, value.get("start_timestamp"))
    when = draft.message.when
    if draft.at is not None and not any(map(moment, said)):
        when = when._replace(assumed=("time",))
    return draft._replace(message=draft.message._replace(when=when, extra={"event": told}))


def _plain(record: Record) -> dict[str, Any]:
    """An event's record of label_values as one of the older form."""
    value = mapping(record.value)
    found = fields(value)
    plain: dict[str, Any] = {"name": words(value.get("title")) or found.text("name"), "description": found.text("text")}
    if place := found.text("place"):
        plain["place"] = {"name": place}
    return plain | {"timestamp": value.get("timestamp")}
