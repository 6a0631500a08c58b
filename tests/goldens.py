"""Golden pairs: ``<case>/dump`` is read with ``<case>/hints.toml`` and must give ``<case>/expected.jsonl``.

``pytest --accept`` writes the expectation anew, for a person to read in the diff.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from archiver.contracts import Hints, Importer
from archiver.dump import Dump
from archiver.model import Attachment, Single, singly

DUMPS = Path(__file__).parent / "dumps"


def cases(source: str) -> list[Path]:
    """The case folders of one source."""
    return sorted(path for path in (DUMPS / source).iterdir() if (path / "dump").is_dir())


def hints_of(case: Path) -> Hints:
    hints = case / "hints.toml"
    return Hints(**tomllib.loads(hints.read_text(encoding="utf-8"))) if hints.exists() else Hints()


def read(importer: Importer, paths: Sequence[Path], hints: Hints) -> list[Single]:
    """Everything an importer makes of *paths*."""
    with Dump.open(list(paths)) as dump:
        return list(singly(importer.read(dump, hints)))


def lines(items: Iterable[Single]) -> list[str]:
    """One JSON object an item: its type and whatever it says; what is empty or false is left out."""
    return [json.dumps({"type": type(item).__name__, **_said(item)}, ensure_ascii=False) for item in items]


def check(importer: Importer, case: Path, *, accept: bool) -> None:
    """The case reads as expected; with *accept*, what it reads as becomes the expectation."""
    found = lines(read(importer, [case / "dump"], hints_of(case)))
    expected = case / "expected.jsonl"
    if accept:
        expected.write_text("".join(line + "\n" for line in found), encoding="utf-8", newline="\n")
    assert found == expected.read_text(encoding="utf-8").split("\n")[:-1]


def _said(value: Any) -> Any:
    if isinstance(value, Attachment) and value.content is not None:
        whole = b"".join(value.content.blocks())
        value = replace(value, content=None, size=len(whole), sha256=hashlib.sha256(whole).hexdigest())
    if is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    elif hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, dict):
        said = {name: _said(inner) for name, inner in value.items()}
        return {name: inner for name, inner in said.items() if inner or (inner == 0 and inner is not False)}
    if isinstance(value, list | tuple):
        return [_said(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime) else value
