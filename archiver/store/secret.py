"""The archive's own secret: permalinks and pseudonyms are keyed with it, so that they say nothing to outsiders."""

import hashlib
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

SIZE = 32


def secret(folder: Path) -> bytes:
    """The secret of the archive in *folder*, made at first use; readable by its owner only, never exported."""
    file = folder / "secret.key"
    with suppress(FileExistsError):
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(secrets.token_bytes(SIZE))
            out.flush()
            os.fsync(out.fileno())
    return file.read_bytes()


def anchor_with(secret: bytes) -> Callable[[str], str]:
    """Opaque, stable names for ids and keys: 48 bits of a keyed BLAKE2b (RFC 7693), fit for a fragment."""
    key = hashlib.sha256(secret).digest()

    def anchor(identifier: str) -> str:
        text = identifier.encode("utf-8", errors="replace")
        return hashlib.blake2b(text, key=key, digest_size=6).hexdigest()

    return anchor


def copy_secret(folder: Path, target: Path) -> None:
    """Give a copy of the archive in *folder* its secret, where it has one; for a copy that is thrown away."""
    file = folder / "secret.key"
    if file.exists():
        copy = target / "secret.key"
        copy.touch(mode=0o600)
        copy.write_bytes(file.read_bytes())
