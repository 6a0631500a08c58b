"""Messages whose words were taken out, found by the ids and permalinks they had before."""

from archiver.store import reads
from archiver.store.archive import Archive
from archiver.store.ids import bits_of, minute_of, public_id


def find(archive: Archive, identifier: str) -> list[int]:
    """Row ids of the messages that have this public id, or had it before words were taken out of them."""
    found = reads.find(archive.connection, identifier)
    minute, key = minute_of(identifier), bits_of(identifier)
    if found or minute is None or key is None or not _any(archive):
        return found
    from archiver.privacy.seals import Seals  # noqa: PLC0415 - only where something was taken out
    from archiver.store.secret import secret  # noqa: PLC0415

    bits, occurrence = key
    return reads.find(archive.connection, public_id(minute, Seals(secret(archive.folder)).key(bits), occurrence))


def _any(archive: Archive) -> bool:
    return archive.connection.execute("select 1 from tombstone limit 1").fetchone() is not None


def permalinks(archive: Archive) -> dict[str, str]:
    """The names that sites have for messages from which words were taken out, by their ids of today."""
    return {
        public_id(minute, key, occurrence): permalink
        for minute, key, occurrence, permalink in archive.connection.execute(
            "select local_minute, match_key, occurrence, permalink from tombstone"
        )
    }
