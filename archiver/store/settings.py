"""How every archive is opened: each setting of SQLite with its reason, said here and nowhere else.

`application_id` tells an archive from any other database, and `user_version` is its schema's version: a newer one is
refused, an older one brought to today's after a copy was made (upgrade.py).

Journal mode DELETE, not WAL: between two commits the archive is one file that can be copied, kept on a stick or
a network share; a damaged WAL frame silently drops all later ones, and WAL has a reset race up to SQLite 3.51.2.
At our batch size WAL is no faster for a single writer. Readers wait for a commit, so commits are short: a batch
of messages, whose pages stay in memory until then (to spill some early would lock readers out early) unless they are
more than 4,000, as when large pieces of the index are merged. (Never a multiple of 256: SQLite reads that as "off".)
And the journal names every page that a commit is about to change, which is what the seal goes by (ledger.py).
Pages of 8 KiB, for rows and index pieces are long: 6 % less work for an import than with 4 KiB.
Synchronous EXTRA: exit 0 means durable, the folder entry of the removed journal included.
Busy timeout of a minute: longer than any commit takes. (Two writers never meet here: see `archive.locked`.)
Foreign keys on, for SQLite forgets them at every opening.
`trusted_schema` off: a view or index of a file that somebody tampered with cannot call functions that do harm.
`cell_size_check` on: a damaged page is an error, not a wild read. `mmap_size` 0: a disk error is an error, too, not a
signal that kills the process, and no stray pointer writes into the file.
Temporary tables in memory: words that people wrote are not left on another disk.
`secure_delete` off while importing, for nothing is deleted then; redaction turns it on.
"""

APPLICATION_ID = 0x61726368  # "arch"
SCHEMA_VERSION = 8
PAGE_SIZE = 8192
BUSY_MS = 60_000

GUARDED = """
pragma trusted_schema = off;
pragma cell_size_check = on;
pragma mmap_size = 0;
"""
SETTINGS = f"""
pragma busy_timeout = {BUSY_MS};
pragma foreign_keys = on;
{GUARDED}
pragma temp_store = memory;
"""
_DURABLE = """
pragma journal_mode = delete;
pragma synchronous = extra;
pragma secure_delete = off;
"""
WRITER = f"""
{_DURABLE}
pragma cache_size = -16384;
pragma cache_spill = 4000;
"""
# What an upgrade changes is the whole index, more than memory has to hold: its pages may go to disk early.
UPGRADE = f"""
pragma busy_timeout = {BUSY_MS};
pragma foreign_keys = on;
{GUARDED}
{_DURABLE}
pragma cache_size = -65536;
"""
