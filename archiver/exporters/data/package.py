"""``datapackage.json``: what the tables of the open data hold, for programs (Frictionless Tabular Data Package 1)."""

import json
from collections.abc import Iterator, Mapping, Sequence

from archiver.contracts import Library, Page, Rendering
from archiver.exporters.bagit import Sum
from archiver.exporters.data.columns import TABLES, Column, Table

NAME = "datapackage.json"
_TABLES = {table.path: table for table in TABLES}
_GUARD = "A cell that begins with = + - @ or a blank sign has an apostrophe before it, so that no sheet calculates it."


def described(pages: Iterator[Page], library: Library, rendering: Rendering) -> Iterator[Page]:
    """The tables' pages, and after them the description with their sizes and sums."""
    sums: dict[str, Sum] = {}
    for page in pages:
        sums[page.path] = Sum()
        yield Page(page.path, sums[page.path].over(page.content))
    text = json.dumps(descriptor(sums, library, rendering), ensure_ascii=False, indent=2) + "\n"
    yield Page(NAME, text.encode("utf-8", errors="replace"))


def descriptor(sums: Mapping[str, Sum], library: Library, rendering: Rendering) -> dict[str, object]:
    """What `NAME` says, as a document."""
    options = rendering.options
    about = options.get("about") or "Messages of a community, masked as its pages are."
    found = {
        "profile": "tabular-data-package",
        "name": "open-data",
        "title": rendering.title,
        "description": about,
        "homepage": options.get("address", ""),
        "licenses": [_licence(licence)] if (licence := options.get("licence", "").strip()) else [],
        "contributors": [{"title": keeper, "role": "publisher"}] if (keeper := options.get("keeper", "")) else [],
        "sources": _sources(library),
        "resources": [_resource(path, total) for path, total in sums.items()],
    }
    return {name: value for name, value in found.items() if value}


def _sources(library: Library) -> list[dict[str, str]]:
    return [{"title": source} for source in sorted({one.source for one in library.conversations()})]


def _licence(licence: str) -> dict[str, str]:
    """By its address, by its short name where it is one (CC-BY-4.0), else by its title; the last needs a name, too."""
    if licence.startswith(("https://", "http://")) and not any(map(str.isspace, licence)):
        return {"path": licence}
    short = "".join(sign if sign.isalnum() or sign in "-._" else "-" for sign in licence)
    return {"name": short, "title": licence}


def _resource(path: str, total: Sum) -> dict[str, object]:
    table = _TABLES[path]
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": path,
        "description": f"{table.help} {_GUARD}",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": total.size,
        "hash": f"sha256:{total.hexdigest()}",
        "dialect": {"lineTerminator": "\r\n", "delimiter": ",", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": schema(table),
    }


def schema(table: Table) -> dict[str, object]:
    """A table's columns, as a Table Schema."""
    found: dict[str, object] = {"fields": [_field(table, column) for column in table.columns], "missingValues": [""]}
    if table.key:
        found["primaryKey"] = table.key
    if keys := _foreign(table.columns):
        found["foreignKeys"] = keys
    return found


def _foreign(columns: Sequence[Column]) -> list[dict[str, object]]:
    return [
        {"fields": column.name, "reference": {"resource": column.of[0], "fields": column.of[1]}}
        for column in columns
        if column.of is not None
    ]


def _field(table: Table, column: Column) -> dict[str, object]:
    kind = "string" if column.kind == "uri" else column.kind
    shape = {"uri": "uri", "datetime": "any"}.get(column.kind, "default")
    field: dict[str, object] = {"name": column.name, "type": kind, "format": shape, "description": column.help}
    if column.required:
        field["constraints"] = {"required": True, "unique": True} if column.name == table.key else {"required": True}
    return field
