"""The archive's own secret: permalinks and pseudonyms are keyed with it, so that they say nothing to outsiders."""

import os
import secrets
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
