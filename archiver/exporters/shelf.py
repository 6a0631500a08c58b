"""The shelf of exporters. A new format is one file and one word here. Formats that are known by name load alone."""

from collections.abc import Mapping

from archiver.contracts import Exporter
from archiver.exporters import jsonl, site


def shelf(*exporters: Exporter) -> Mapping[str, Exporter]:
    """Exporters by name, in this order."""
    return {exporter.name: exporter for exporter in exporters}


ALL = shelf(site, jsonl)
