"""Secrets that a home makes for itself on first use."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from features.errors import UsageError


def secret_of_home(home: Path, name: str) -> bytes:
    """Return the 32 secret bytes kept under a name in the home, making them on first use (mode 0600).

    Raises:
        UsageError: The home cannot be written or read, or the file holds something else.
    """
    path = home / name
    try:
        if not path.exists():
            _make(path)
        return bytes.fromhex(path.read_text(encoding="ascii").strip())
    except OSError as error:
        raise UsageError(f"{error.filename or path}: the home folder must be writable ({error.strerror}).") from error
    except ValueError as error:
        raise UsageError(f"{path}: no secret that was made here; remove the file to make a new one.") from error


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and linked, so that two workers starting at once agree and none reads half a key.
    handle, scratch = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
    with contextlib.suppress(FileExistsError):
        os.link(scratch, path)
    os.unlink(scratch)
