"""Pictures as files named by their SHA-256: `HOME/pictures/ab/cd/abcd...`, on disk before any record names them."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from service.store.errors import unavailable_when_failing

FOLDER = "pictures"
SCRATCH = ".incoming"
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
)
UNKNOWN_MEDIA_TYPE = "application/octet-stream"
GATE, USE = ".pictures-gate", ".pictures-use"
"""Locks beside the folder: whoever adds pictures holds USE shared until their record is on disk, whoever removes some
holds it alone. GATE is passed first, so that a steady stream of new pictures cannot keep the remover waiting."""


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A picture that is on disk. `n` counts from 0 in the order sent; `size` is in bytes."""

    n: int
    view: str | None
    sha256: str
    size: int
    media_type: str


def media_type(data: bytes) -> str:
    """Return the media type by the first bytes: what a sender says of its bytes is not trusted when serving them."""
    return next((name for signature, name in _SIGNATURES if data.startswith(signature)), UNKNOWN_MEDIA_TYPE)


@dataclass(frozen=True, slots=True)
class PictureFolder:
    """The folder of all pictures."""

    root: Path

    def path(self, sha256: str) -> Path:
        """Return where the picture of this hash lies."""
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def keep(self, data: bytes) -> str:
        """Write a picture and wait until the disk has it; the same bytes are kept once.

        Returns:
            The SHA-256 as hex.

        Raises:
            StoreUnavailable: The disk is full or cannot be written; nothing half-written stays under the name.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        target = self.path(sha256)
        with unavailable_when_failing():
            if self.broken(sha256):  # there is none yet, or the disk has spoilt it: then the bytes at hand mend it
                self._make_folders(self.scratch)
                self._make_folders(target.parent)
                self._write_durably(target, data)
        return sha256

    @property
    def scratch(self) -> Path:
        """Where pictures lie while they are written."""
        return self.root / SCRATCH

    def clear_scratch(self, before: datetime) -> int:
        """Remove what processes that were killed left half-written before a moment, and return how many files.

        Raises:
            StoreUnavailable: The folder cannot be read or written.
        """
        count = 0
        with unavailable_when_failing():
            for path in self.scratch.glob("*"):
                if path.stat().st_mtime < before.timestamp():
                    path.unlink(missing_ok=True)
                    count += 1
        return count

    def read(self, sha256: str) -> bytes:
        """Return the bytes.

        Raises:
            StoreUnavailable: They cannot be read.
        """
        with unavailable_when_failing():
            return self.path(sha256).read_bytes()

    def broken(self, sha256: str) -> str | None:
        """Say what is wrong with a stored picture; None when its bytes match its name."""
        try:
            digest = hashlib.sha256(self.path(sha256).read_bytes()).hexdigest()
        except OSError as error:
            return f"cannot be read ({error.strerror})"
        return None if digest == sha256 else "its bytes were changed: their SHA-256 is not its name"

    @contextlib.contextmanager
    def adding(self) -> Iterator[None]:
        """Hold off removers, from the first `keep` until the record that names the pictures is on disk.

        Without it a picture that no record names yet could be removed just before the record is written.

        Raises:
            StoreUnavailable: The folder cannot be used.
        """
        with contextlib.ExitStack() as held:
            with unavailable_when_failing(), self._locked(GATE, fcntl.LOCK_SH):
                held.enter_context(self._locked(USE, fcntl.LOCK_SH))
            yield

    @contextlib.contextmanager
    def removing(self) -> Iterator[None]:
        """Have nobody add pictures while the block runs; it must be short.

        Raises:
            StoreUnavailable: The folder cannot be used.
        """
        with contextlib.ExitStack() as held:
            with unavailable_when_failing():
                held.enter_context(self._locked(GATE, fcntl.LOCK_EX))
                held.enter_context(self._locked(USE, fcntl.LOCK_EX))
            yield

    def remove(self, sha256: str) -> bool:
        """Remove a picture that no record names any more; see `removing`. Return whether it was there."""
        with unavailable_when_failing():
            there = self.path(sha256).exists()
            self.path(sha256).unlink(missing_ok=True)
        return there

    @contextlib.contextmanager
    def _locked(self, name: str, how: int) -> Iterator[None]:
        self.root.parent.mkdir(parents=True, exist_ok=True)
        with (self.root.parent / name).open("a") as file:
            fcntl.flock(file, how)  # released when the file closes, even where the process is killed
            yield

    def _make_folders(self, folder: Path) -> None:
        missing = [one for one in (folder, folder.parent, self.root) if not one.is_dir()]
        for one in reversed(missing):
            one.mkdir(parents=True, exist_ok=True)
            _sync_folder(one.parent)

    def _write_durably(self, target: Path, data: bytes) -> None:
        handle, name = tempfile.mkstemp(dir=self.scratch)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, target)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)
            raise
        _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    # A rename is durable only when the folder that holds the name has reached the disk too.
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
