"""Writes folders and names that are there whole or not at all, even where the power goes."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from models.bundle_files import opened


def write_folder(folder: Path, files: Mapping[str, bytes], scratch: str | None = None, mode: int = 0o644) -> None:
    """Write a folder of files.

    Args:
        folder: The folder; missing or empty.
        files: Bytes by name.
        scratch: How the name of the folder beside it begins that holds the files until all are written.
        mode: Of the files.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    waiting = Path(tempfile.mkdtemp(prefix=scratch or f".{folder.name}-", dir=folder.parent))
    try:
        for name, data in files.items():
            write_file(waiting / name, data, mode)
        waiting.chmod(0o755)
        sync_folder(waiting)
        if folder.exists():
            folder.rmdir()
        os.replace(waiting, folder)
    except BaseException:
        shutil.rmtree(waiting, ignore_errors=True)
        raise
    sync_folder(folder.parent)


def write_file(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file and have its bytes on disk before returning."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())


def replace_file(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Put a file in place of what is there, if anything, in one step."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    os.close(handle)
    waiting = Path(name)
    try:
        write_file(waiting, data, mode)
        os.replace(waiting, path)
    finally:
        waiting.unlink(missing_ok=True)
    sync_folder(path.parent)


def replace_link(link: Path, target: str) -> None:
    """Let a link point elsewhere in one step; whoever follows it meets the old target or the new one."""
    waiting = link.with_name(f".{link.name}-{os.getpid()}")
    waiting.unlink(missing_ok=True)
    waiting.symlink_to(target)
    try:
        os.replace(waiting, link)
    finally:
        waiting.unlink(missing_ok=True)
    sync_folder(link.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder survive a power cut."""
    with opened(folder) as handle:
        os.fsync(handle)
