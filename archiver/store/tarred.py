"""A backup in one file: a tar of its folder, encrypted for the holders of keys if there are any.

Encryption is age's (age-encryption.org), through pyrage: a small, open format with several independent programs, so
that such a file can be opened without us. It is an extra, for most archives lie on disks that are encrypted as a whole.
"""

import os
import re
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import BinaryIO, cast

from archiver.errors import StoreError, UsageError
from archiver.store.blobs import CHUNK

Keys = Sequence[str]  # age's public keys, age1…

# Anything else in a tar was never in a backup of ours.
_NAME = re.compile(
    r"archive\.db|archive\.seal|secret\.key|backup\.json|manifest-sha256\.txt|blobs/[0-9a-f]{2}/[0-9a-f]{62}"
)
_INSTALL = "python -m pip install 'community-archive[encryption]'"


def pack(tree: Path, target: Path, keys: Keys) -> None:
    """The files of the folder *tree* in the file *target*: durable under its name, or not at all."""
    fresh = target.with_name(f".{target.name}.new")
    try:
        with fresh.open("xb") as out:
            fresh.chmod(0o600)
            if keys:
                _encrypted(tree, out, keys)
            else:
                _tar(tree, out)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


@contextmanager
def unpack(file: Path, key: Path | None) -> Iterator[Path]:
    """The folder that was packed, for as long as the block lasts; beside the file, for it may be large."""
    with tempfile.TemporaryDirectory(prefix=".archive-unpacked-", dir=file.parent) as temporary:
        tree = Path(temporary)
        try:
            with file.open("rb") as stream:
                if file.name.endswith(".age"):
                    _decrypted(stream, tree, key, file)
                else:
                    _untar(stream, tree)
        except (tarfile.TarError, EOFError) as error:
            raise _torn(file, str(error)) from error
        yield tree


def make_key(file: Path) -> str:
    """A new secret key in *file*, readable by its owner only; returns the public key that backups are made for."""
    identity = _age().x25519.Identity.generate()
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(f"# public key: {identity.to_public()}\n{identity}\n")
    return str(identity.to_public())


def _age() -> ModuleType:
    try:
        import pyrage  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise UsageError(
            "Encrypted backups need the package pyrage, which is not installed.", remedy=f"Install it with: {_INSTALL}"
        ) from error
    return cast("ModuleType", pyrage)


# -- tar ---------------------------------------------------------------------------------------------------


def _tar(tree: Path, out: BinaryIO) -> None:
    """Every file under its path, in order; nothing of whose they are or when they were made."""
    with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for file in sorted(one for one in tree.rglob("*") if one.is_file()):
            info = tarfile.TarInfo(file.relative_to(tree).as_posix())
            info.size, info.mode = file.stat().st_size, 0o600
            with file.open("rb") as stream:
                tar.addfile(info, stream)


def _untar(stream: BinaryIO, tree: Path) -> None:
    """Only plain files, only under names that we give; ended by the end of the tar."""
    with tarfile.open(fileobj=stream, mode="r|") as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isreg() and _NAME.fullmatch(member.name) else None
            if content is None:
                raise tarfile.ReadError(f"“{member.name}” is no file of a backup")
            target = tree / member.name
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as out:
                while chunk := content.read(CHUNK):
                    out.write(chunk)
            target.chmod(0o600)


def _torn(file: Path, why: str) -> StoreError:
    return StoreError(
        f"{file} cannot be read as a backup.", why=why, remedy="Use another one: archive backup list PLACE"
    )


# -- age ---------------------------------------------------------------------------------------------------


def _encrypted(tree: Path, out: BinaryIO, keys: Keys) -> None:
    age = _age()
    try:
        recipients = [age.x25519.Recipient.from_str(key.strip()) for key in keys]
    except age.RecipientError as error:
        raise UsageError(
            "That is no public key.",
            why=str(error),
            remedy="It begins with age1; make one with: archive backup key FILE",
        ) from error
    _through(lambda source: age.encrypt_io(source, out, recipients), lambda sink: _tar(tree, sink))


def _decrypted(stream: BinaryIO, tree: Path, key: Path | None, file: Path) -> None:
    age = _age()
    if key is None:
        raise UsageError(f"{file} is encrypted.", remedy="Name the file with the secret key: --key FILE")
    lines = [line.strip() for line in key.read_text(encoding="utf-8").splitlines()]
    try:
        identities = [age.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
        _through(lambda source: _untar(source, tree), lambda sink: age.decrypt_io(stream, sink, identities))
    except (age.DecryptError, age.IdentityError) as error:
        raise StoreError(
            f"{file} cannot be decrypted.",
            why=str(error),
            remedy="Name the file with the secret key that it was made for: --key FILE",
        ) from error


def _through(read: Callable[[BinaryIO], None], write: Callable[[BinaryIO], None]) -> None:
    """Both at once, one feeding the other, so that nothing is ever in memory or on disk as a whole. The writer's error
    is the cause where both fail."""
    source, sink = os.pipe()
    with ThreadPoolExecutor(1, "archive-pipe") as pool:
        reading = pool.submit(_closing, source, "rb", read)
        try:
            _closing(sink, "wb", write)
        except BrokenPipeError:
            reading.result()  # the reader gave up, and says why
            raise
        except BaseException:
            with suppress(Exception):
                reading.result()
            raise
        reading.result()


def _closing(handle: int, mode: str, use: Callable[[BinaryIO], None]) -> None:
    with os.fdopen(handle, mode) as stream:
        use(cast("BinaryIO", stream))
