"""One message, several observations of it. Pure: what each record says, what the message says in sum.

A *view* is what one record says of a message: a dict of the fields below. The message row holds the sum of all
views; the first record's ``said`` holds the fields in which the sum differs from that record, any other record's
``said`` the fields in which it differs from the first. So nothing is copied for a plain repetition, and every
view can be had back when an import is undone.
"""

from collections.abc import Sequence
from typing import Any

View = dict[str, Any]
COLUMNS = ("kind", "sent_at", "tz_offset", "precision", "assumed", "subject", "text", "html", "extra")
FIELDS = (*COLUMNS, "attachments")
_TIME = ("sent_at", "tz_offset", "precision", "assumed")
_FINER = {"day": 0, "minute": 1, "second": 2, None: -1}
_NEARER = {"omitted": 0, "missing": 1, "present": 2}


def difference(view: View, base: View) -> View:
    """The fields of *view* that *base* does not say likewise."""
    return {field: view[field] for field in FIELDS if view[field] != base[field]}


def merge(base: View, other: View) -> View:
    """*base* enriched by *other*: a finer or surer time, a file where there was only a mention of one."""
    merged = dict(base)
    if _better_time(base, other):
        merged.update({field: other[field] for field in _TIME})
    merged["attachments"] = _attachments(base["attachments"], other["attachments"])
    return merged


def merge_all(views: Sequence[View]) -> View:
    """The sum of all views, the first one leading."""
    total = views[0]
    for view in views[1:]:
        total = merge(total, view)
    return total


def _better_time(base: View, other: View) -> bool:
    if other["sent_at"] is None:
        return False
    if base["sent_at"] is None:
        return True
    if _FINER[other["precision"]] != _FINER[base["precision"]]:
        return _FINER[other["precision"]] > _FINER[base["precision"]]
    return bool(base["assumed"]) and not other["assumed"]


def _attachments(base: list[View], other: list[View]) -> list[View]:
    """Place by place the one that is nearer to being a file."""
    if len(base) != len(other):
        return base if len(base) >= len(other) else other
    return [
        theirs if _NEARER[theirs["state"]] > _NEARER[mine["state"]] else mine
        for mine, theirs in zip(base, other, strict=True)
    ]
