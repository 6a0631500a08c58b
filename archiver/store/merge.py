"""One message, several observations of it. Pure: what each record says, what the message says in sum.

A *view* is what one record says of a message: a dict of the fields below. The message row holds the sum of all
views; the first record's ``said`` holds the fields in which the sum differs from that record, any other record's
``said`` the fields in which it differs from the first. So nothing is copied for a plain repetition, and every
view can be had back when an import is undone.
"""

import json
from collections.abc import Sequence
from typing import Any

View = dict[str, Any]
COLUMNS = (
    "kind", "sender_id", "sent_at", "tz_offset", "precision", "assumed", "subject", "text", "html", "extra", "spans",
    "native_thread", "claim", "reply_to",
)  # fmt: skip
LISTS = ("attachments", "labels", "references", "reactions")  # in tables of their own
FIELDS = (*COLUMNS, *LISTS, "home")  # home: key of the conversation, of a message that a conversation claims
QUARTER = 900_000  # ms; the clocks of two zones differ by whole quarters of an hour
_TIME = ("sent_at", "tz_offset", "precision", "assumed")
_SAID = ("kind", "subject", "text", "html", "extra", "spans", "native_thread")
_MARKS = ("deleted", "edited")  # in extra: what any record says of the message is true of it
_GONE = {"deleted", "waiting", "view_once"}  # kinds under which a text is not shown
_SEALED = "redacted"  # the kind of a message whose words are gone
_FINER = {"day": 0, "minute": 1, "second": 2, None: -1}
_NEARER = {"omitted": 0, "missing": 1, "present": 2}


def difference(view: View, base: View) -> View:
    """The fields of *view* that *base* does not say likewise."""
    return {field: view[field] for field in FIELDS if view[field] != base[field]}


def merge(base: View, other: View) -> View:
    """*base* enriched by *other*: a finer or surer time, an edit, a text where it is deleted, a file where there
    was only a mention of one. Where neither knows better, *base* leads. What was redacted stays so."""
    if _SEALED in {base["kind"], other["kind"]}:
        return _without_words(base, other)
    better = _time(base, other) | (_said(base, other) if base["claim"] is None else _claimed(base, other))
    if base["claim"] is None and base["reply_to"] is None and other["reply_to"] is not None:
        better["reply_to"] = other["reply_to"]
    if base["sender_id"] is None and other["sender_id"] is not None:
        better["sender_id"] = other["sender_id"]
    if other["attachments"]:
        better["attachments"] = _attachments(base["attachments"], other["attachments"])
    if other["labels"] and not set(other["labels"]) <= set(base["labels"]):
        better["labels"] = sorted({*base["labels"], *other["labels"]})
    if other["reactions"] and other["reactions"] != base["reactions"]:
        better["reactions"] = _reactions(base["reactions"], other["reactions"])
    if _longer(other["references"], base["references"]):
        better["references"] = other["references"]
    return base | better if better else base


def _without_words(base: View, other: View) -> View:
    """A message whose words were taken out gets none back, whoever tells it again."""
    gone = base if base["kind"] == _SEALED else other
    after = base | {field: gone[field] for field in (*_SAID, "attachments") if field != "native_thread"}
    return base if after == base else after


def merge_all(views: Sequence[View]) -> View:
    """The sum of all views, the first one leading."""
    total = views[0]
    for view in views[1:]:
        total = merge(total, view)
    return total


def changed(base: View, total: View) -> str | None:
    """How a message was changed by somebody, not only made out better: ``edited``, ``deleted``, or not at all."""
    before, after = _extra(base), _extra(total)
    return next((mark for mark in _MARKS if after.get(mark) and not before.get(mark)), None)


def _time(base: View, other: View) -> View:
    """The surer one's zone with the finer one's seconds; the clocks of two phones differ by quarters of an hour."""
    if other["sent_at"] is None:
        return {}
    if base["sent_at"] is None:
        return {field: other[field] for field in _TIME}
    if base["precision"] == other["precision"] and bool(base["assumed"]) == bool(other["assumed"]):
        return {}
    sure = other if base["assumed"] and not other["assumed"] else base
    fine = other if _FINER[other["precision"]] > _FINER[base["precision"]] else base
    if sure is fine:
        return {field: sure[field] for field in _TIME}
    clocks = round((sure["sent_at"] - fine["sent_at"]) / QUARTER) * QUARTER
    return {field: sure[field] for field in _TIME} | {
        "sent_at": fine["sent_at"] + clocks,
        "precision": fine["precision"],
    }


def _said(base: View, other: View) -> View:
    alike = base["kind"] == other["kind"] and base["extra"] == other["extra"]
    if alike and bool(base["text"]) == bool(other["text"]):
        return {}
    better = other if _telling(other) > _telling(base) else base
    said = {field: better[field] for field in _SAID}
    mine, theirs = _extra(base), _extra(other)
    marks = {mark: True for mark in _MARKS if mine.get(mark) or theirs.get(mark)}
    extra = mine if better is base else theirs
    if any(not extra.get(mark) for mark in marks):
        said["extra"] = json.dumps(extra | marks, ensure_ascii=False, sort_keys=True)
    return said


def _longer(one: list[str], other: list[str]) -> bool:
    """Whether the first goes back further; of two of one length one is taken in whatever order they come."""
    return (len(one), one) > (len(other), other)


def _claimed(base: View, other: View) -> View:
    """A letter lies where it is claimed most and reads as it does there; of two that are claimed alike the longer
    one leads, so that the order of the imports does not matter."""
    if _lead(other) <= _lead(base):
        return {}
    return {field: other[field] for field in (*_SAID, "reply_to", "claim", "home")}


def _lead(view: View) -> tuple[object, ...]:
    """What orders the tellings of one letter: its claim, then its home (the first by name), then its words."""
    home = [-ord(character) for character in view["home"] or ""]
    return view["claim"], home, len(view["text"]), *((view[field] or "") for field in _SAID)


def _telling(view: View) -> tuple[bool, bool, bool, bool]:
    """How much a view says: a text that is there, its last wording, a text at all, an event that was understood."""
    edited = bool(_extra(view).get("edited"))
    return view["kind"] not in _GONE, edited, bool(view["text"]), view["kind"] != "event.other"


def _extra(view: View) -> dict[str, Any]:
    return json.loads(view["extra"]) if view["extra"] else {}


def _reactions(base: list[list[Any]], other: list[list[Any]]) -> list[list[Any]]:
    """What either tells: (identity, sign, UTC ms) each. One told twice is one; who says when knows better."""
    told: dict[tuple[Any, Any], list[Any]] = {(who, sign): [who, sign, at] for who, sign, at in base}
    for who, sign, at in other:
        known = told.setdefault((who, sign), [who, sign, at])
        known[2] = at if known[2] is None else known[2]
    return list(told.values())


def _attachments(base: list[View], other: list[View]) -> list[View]:
    """Place by place the one that is nearer to being a file."""
    if len(base) != len(other):
        return base if len(base) >= len(other) else other
    return [
        theirs if _NEARER[theirs["state"]] > _NEARER[mine["state"]] else mine
        for mine, theirs in zip(base, other, strict=True)
    ]
