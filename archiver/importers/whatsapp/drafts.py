"""Frozen records in a hurry: a million of them are made in one import."""

from dataclasses import MISSING, field, fields, make_dataclass
from typing import Any, TypeVar

T = TypeVar("T")


def draft(record: type[Any]) -> type[Any]:
    """A record's twin that can be written to; filled, it becomes the record: ``drafted.__class__ = record``.

    Making a frozen record sets each field through ``object.__setattr__``; plain assignments are five times as fast.
    Both have the same slots in the same order, which is what Python asks of a change of class.
    """
    columns = [
        (column.name, Any, field(default=column.default) if column.default is not MISSING else field())
        for column in fields(record)
    ]
    return make_dataclass(record.__name__ + "Draft", columns, slots=True)


def finished(drafted: Any, record: type[T]) -> T:
    """The draft as the record it was drawn up for; the draft is gone."""
    drafted.__class__ = record
    made: T = drafted
    return made
