"""The reference of a message: what proves it is read from the kept file, byte by byte."""

import hashlib

from archiver.knowledge.citations import Citation, citation
from archiver.model import KeptMessage
from archiver.store.archive import Archive
from archiver.store.reads import original


def cited(archive: Archive, message: KeptMessage) -> Citation:
    """The reference of a message, with the digest of its bytes and the pack that its file lay in."""
    if message.origin is None:
        return citation(message)
    total = hashlib.sha256()
    origin = message.origin
    for block in original(archive, origin.sha256, origin.start, origin.end):
        total.update(block)
    within = archive.connection.execute(_WITHIN, {"sha256": origin.sha256, "path": origin.file}).fetchone()
    return citation(message, bytes_sha256=total.hexdigest(), within=within)


_WITHIN = """
select pack.path, pack.sha256 from source_file f join source_file pack on pack.id = f.parent_id
where f.sha256 = :sha256 and f.path = :path order by f.id limit 1
"""
