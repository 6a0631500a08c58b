"""An archive on disk: a folder with ``archive.db`` and ``blobs/``, opened with the settings of settings.py.

Two writers: a lock file held for the whole run, freed by the system when a process dies.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext, suppress
from pathlib import Path

from archiver.errors import ArchiveError, LockedError, NoArchiveError, StoreError
from archiver.store import deferred, seal
from archiver.store.blobs import Blobs
from archiver.store.ledger import Ledger, reseal
from archiver.store.settings import APPLICATION_ID, BUSY_MS, PAGE_SIZE, SCHEMA_VERSION, SETTINGS, WRITER

__all__ = ["APPLICATION_ID", "BUSY_MS", "SCHEMA_VERSION"]  # of an archive; from settings.py

_TORN = ("malformed", "decode to UTF-8", "disk I/O", "vtable constructor", "corrupt")  # errors of what is damaged


class Archive:
    """One open archive. Use as a context manager; ``connection`` is in autocommit mode.

    *kept*: the copy of the database as it was, when opening it brought it to today's version.
    """

    def __init__(self, folder: Path, connection: sqlite3.Connection, blobs: Blobs, kept: Path | None = None) -> None:
        self.folder = folder
        self.connection = connection
        self.blobs = blobs
        self.kept = kept
        self.ledger: Ledger | None = None  # a writer's

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self.connection.close()
        if told := self._told(error):
            raise told from error

    def _told(self, error: BaseException | None) -> ArchiveError | None:
        """What SQLite says of a damaged or locked database, in words; None for anything else."""
        said = str(error)
        if isinstance(error, sqlite3.OperationalError) and "locked" in said:
            return _busy(self.folder)
        if isinstance(error, sqlite3.OperationalError) and "disk is full" in said:
            return _disk(self.folder, error)
        torn = isinstance(error, sqlite3.OperationalError) and any(word in said for word in _TORN)
        # a reader's: sqlite3 cannot say what is wrong with words that are damaged themselves
        garbled = isinstance(error, UnicodeDecodeError) and self.ledger is None
        return _damaged(self.folder, said) if torn or garbled or type(error) is sqlite3.DatabaseError else None

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing."""
        self.begin()
        with self.completing() as sql:
            yield sql

    def begin(self) -> None:
        """Open a transaction. The write lock is taken at once, so that a full wait happens before any work."""
        try:
            self.connection.execute("begin immediate")
        except sqlite3.OperationalError as error:
            raise _busy(self.folder) from error
        if self.ledger:
            self.ledger.began()

    @contextmanager
    def completing(self) -> Iterator[sqlite3.Connection]:
        """The last part of the open transaction: committed at the end of the block, or taken back."""
        try:
            yield self.connection
            self._note()
            self.connection.execute("commit")
        except sqlite3.OperationalError as error:
            self.give_up()
            if "locked" in str(error):
                raise _busy(self.folder) from error
            raise _disk(self.folder, error) from error
        except BaseException:
            self.give_up()
            raise

    def _note(self) -> None:
        """Note what the open transaction is about to write."""
        if self.ledger:
            # the index keeps its words in memory until a savepoint (or the commit, which is too late for us)
            self.connection.execute("savepoint noted")
            self.connection.execute("release noted")
            try:
                self.ledger.committing()
            except OSError as error:  # a full disk
                raise _disk(self.folder, error) from error

    def compact(self) -> None:
        """Write the database anew, without its free pages. StoreError where there is no room for it twice."""
        if self.ledger:
            self.ledger.rewriting()
        try:
            self.connection.execute("pragma temp_store = file")  # the whole of it: more than memory has to hold
            self.connection.execute("vacuum")
        except sqlite3.OperationalError as error:
            raise (_busy(self.folder) if "locked" in str(error) else _disk(self.folder, error)) from error
        finally:
            self.connection.execute("pragma temp_store = memory")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All reads of the block see one moment; writers wait for its end, or leave and go on another time."""
        self.connection.execute("begin")
        try:
            yield
        finally:
            self.give_up()

    def give_up(self) -> None:
        """Take the open transaction back, if there is one."""
        if self.connection.in_transaction:
            self.connection.execute("rollback")


def database(folder: Path) -> Path:
    return folder / "archive.db"


def exists(folder: Path) -> bool:
    return database(folder).is_file()


def create(folder: Path) -> None:
    """Make an empty archive in *folder*, complete or not at all; nothing happens when there is one."""
    if exists(folder):
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # private talk: nobody else on this computer needs to look in
    fresh = folder / "archive.db.new"
    for leftover in (fresh, folder / "archive.db.new-journal"):
        leftover.unlink(missing_ok=True)
    connection = sqlite3.connect(fresh, isolation_level=None)
    try:
        connection.executescript(f"pragma page_size = {PAGE_SIZE}; pragma application_id = {APPLICATION_ID};{WRITER}")
        _migrate(connection)
    finally:
        connection.close()
    (folder / "blobs").mkdir(exist_ok=True)
    with seal.opened(fresh) as file:
        seal.write(database(folder), seal.whole(file))
    fresh.replace(database(folder))


def _migrate(connection: sqlite3.Connection) -> None:
    from sqlite_utils import Database  # noqa: PLC0415 - 170 ms that only a new or an old archive has to pay

    from archiver.store.migrations import migrate  # noqa: PLC0415

    migrate(Database(connection), SCHEMA_VERSION)


def open_archive(folder: Path, *, write: bool = False) -> Archive:
    """Open the archive in *folder*; NoArchiveError when there is none, StoreError when it cannot be used.

    One of an earlier version is brought to today's first, under the writer's lock.
    """
    return _opened(folder, locked(folder, BUSY_MS / 1000), write=write)


def as_it_is(folder: Path) -> Archive:
    """For reading, whatever its version: never brought to today's. Errors as of `open_archive`."""
    return Archive(folder, _connected(folder, write=False), Blobs(folder / "blobs"))


def _opened(folder: Path, lock: AbstractContextManager[None], *, write: bool) -> Archive:
    connection = _connected(folder, write=write)
    before = _version(connection)
    if before == SCHEMA_VERSION:
        return Archive(folder, connection, Blobs(folder / "blobs"))
    connection.close()
    kept = _upgrade(folder, lock)
    return Archive(folder, _connected(folder, write=write), Blobs(folder / "blobs"), kept)


def _upgrade(folder: Path, lock: AbstractContextManager[None]) -> Path | None:
    from archiver.store.upgrade import upgrade  # noqa: PLC0415 - 170 ms that only an old archive has to pay

    try:
        with lock:
            return upgrade(database(folder), SCHEMA_VERSION)
    except (OSError, sqlite3.OperationalError) as error:
        if "locked" in str(error):
            raise _busy(folder) from error
        raise StoreError(
            f"The archive in {folder} is of an earlier version and could not be brought to today's.",
            why=str(error),
            remedy="Nothing was changed. Let the folder be written to, with twice the size of archive.db to spare; "
            "or copy it to where that is so, and name the copy: archive --archive COPY …",
        ) from error
    except sqlite3.DatabaseError as error:
        raise _unusable(folder, error) from error


def _connected(folder: Path, *, write: bool) -> sqlite3.Connection:
    if not exists(folder):
        raise NoArchiveError(
            f"There is no archive in {folder}.",
            remedy="Make one with: archive import FILE   (or name another place: archive --archive DIR …)",
        )
    try:
        return _connect(folder, write=write)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise _unusable(folder, error) from error


def _connect(folder: Path, *, write: bool) -> sqlite3.Connection:
    """Readers too open the file for writing where they may: after a crash somebody has to roll the journal back."""
    try:
        connection = sqlite3.connect(database(folder), isolation_level=None, check_same_thread=not write)
        connection.executescript(SETTINGS + (WRITER if write else "pragma query_only = on;"))
        _check(folder, connection)
    except sqlite3.OperationalError:
        if write:
            raise
        uri = database(folder).absolute().as_uri() + "?mode=ro"
        connection = sqlite3.connect(uri, uri=True, isolation_level=None)
        connection.executescript(SETTINGS)
        _check(folder, connection)
    return connection


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("pragma user_version").fetchone()
    return int(version)


def _check(folder: Path, connection: sqlite3.Connection) -> None:
    (application,) = connection.execute("pragma application_id").fetchone()
    version = _version(connection)
    if application != APPLICATION_ID:
        connection.close()
        raise StoreError(
            f"{database(folder)} is a database, but not an archive.",
            remedy="Name the folder of an archive with --archive DIR.",
        )
    if version > SCHEMA_VERSION:
        connection.close()
        raise StoreError(
            f"The archive in {folder} was written by a newer version of this program.",
            why=f"its schema is {version}, this program knows up to {SCHEMA_VERSION}",
            remedy="Install the newest version of archive; nothing was changed.",
        )


def _unusable(folder: Path, error: Exception) -> StoreError:
    return StoreError(
        f"The archive in {folder} cannot be opened.",
        why=str(error),
        remedy="Mend it with: archive repair   The originals are safe in blobs/.",
    )


def _damaged(folder: Path, why: str) -> StoreError:
    return StoreError(
        f"The archive in {folder} is damaged.",
        why=why,
        remedy="See what is with: archive verify --deep   and mend it with: archive repair",
    )


def _disk(folder: Path, error: sqlite3.OperationalError | OSError) -> StoreError:
    return StoreError(
        f"The archive in {folder} could not be written.",
        why=str(error),
        remedy="Nothing that was there is lost. Free some space (or mend the disk) and run the same command again.",
    )


def _busy(folder: Path) -> LockedError:
    return LockedError(
        f"The archive in {folder} is in use by another command.",
        why=f"waited {BUSY_MS // 1000} seconds",
        remedy="Wait until it has finished and run the same command again; nothing was lost.",
    )


@contextmanager
def locked(folder: Path, patience: float = 2) -> Iterator[None]:
    """The one writer's lock until the end of the block; LockedError when another has it for *patience* seconds."""
    from filelock import FileLock, Timeout  # noqa: PLC0415 - readers never need it

    lock = FileLock(folder / "archive.lock", timeout=patience)
    try:
        lock.acquire()
    except Timeout as error:
        raise LockedError(
            f"Another command is writing to the archive in {folder}.",
            remedy="Wait until it has finished and run this again; reading and searching work meanwhile.",
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def writing(folder: Path, patience: float = 2) -> Iterator[Archive]:
    """The archive, locked for one writer until the end of the block; LockedError when somebody else writes.

    At the end the pages that were written are sealed, whatever happened in between.
    """
    with locked(folder, patience):
        ledger = Ledger(database(folder)) if exists(folder) else None
        done = ExitStack()
        try:
            with _opened(folder, nullcontext(), write=True) as archive:
                archive.ledger = ledger
                done.callback(_sealed, folder)
                archive.blobs.sweep()
                _go_on(archive)
                yield archive
        finally:
            if ledger:
                ledger.close()
            done.close()


def _sealed(folder: Path) -> None:
    """What cannot be sealed now (a full disk) is sealed by the next command that writes: its pages are noted."""
    with suppress(OSError, ValueError):
        reseal(database(folder))


def _go_on(archive: Archive) -> None:
    """What a killed import or redaction left half-done is brought to its end before anything else is written."""
    deferred.make(archive)
    if archive.connection.execute("select 1 from redaction where status = 'running' limit 1").fetchone():
        from archiver.store.redact import finish  # noqa: PLC0415 - it happens once in an archive's life

        finish(archive)


def copy_database(folder: Path, target: Path) -> None:
    """A consistent copy of the database (not of the blobs) into the folder *target*, even while it is in use.

    Of an archive of an earlier version it is one of that version.
    """
    with closing(_connected(folder, write=False)) as connection, closing(sqlite3.connect(database(target))) as copy:
        connection.backup(copy)
