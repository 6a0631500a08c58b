"""The shelf of importers: one explicit line. A new source is one more word here."""

from archiver.contracts import Importer
from archiver.importers import facebook, mail, whatsapp


def shelf(*importers: Importer) -> dict[str, Importer]:
    """The importers by name, in the order given."""
    return {importer.name: importer for importer in importers}


ALL = shelf(whatsapp, mail, facebook)
