"""Files that commands write: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from features.errors import InputError, UsageError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a path to write to; it takes the place of `path` only when the block ends well.

    Raises:
        UsageError: The folder does not exist.
        InputError: The file cannot be written.
    """
    folder = path.absolute().parent
    if not folder.is_dir():
        raise UsageError(f"{path}: the folder {folder} does not exist.")
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", suffix=path.suffix, dir=folder)
        os.close(handle)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}).") from error
    scratch = Path(name)
    try:
        yield scratch
        scratch.chmod(0o644)
        os.replace(scratch, path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}).") from error
    finally:
        scratch.unlink(missing_ok=True)


def refuse_existing(folder: Path) -> None:
    """Check that a new bundle may be written to a folder.

    Raises:
        InputError: Something is there already, because bundles are immutable; or the folder cannot be made.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder}: exists already; bundles are immutable, name a new folder.")
    check_writable(folder)


def check_writable(folder: Path) -> None:
    """Check that files can be written to a folder, which need not exist; nothing is left behind.

    Raises:
        InputError: They cannot. Nobody should learn it after an hour of training.
    """
    whole = folder.absolute()
    existing = next(one for one in (whole, *whole.parents) if one.exists())
    with written(folder), tempfile.TemporaryFile(dir=existing):
        pass


@contextmanager
def written(path: Path) -> Iterator[None]:
    """Say of what the block could not write that it was for `path`, and why.

    Raises:
        InputError: The block met an error of the file system.
    """
    try:
        yield
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}).") from error
