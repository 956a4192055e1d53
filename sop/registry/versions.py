"""The versions of the procedure that a home keeps: every one that was approved or ever decided about a parcel.

    HOME/sop/versions/<digest>/policy.yaml, cases.yaml, lists/..., overrides/...

A folder's name is the SHA-256 over all its files (`sop.package.digest_of`), so that nobody can change one unseen.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from features.errors import CheckFailed, InputError
from models.folder_write import sync_folder, write_file
from sop.package import Package, digest_of
from sop.registry.events import VersionRef, folder_of

VERSIONS = "versions"
INCOMING = ".incoming-"
FileState = tuple[int, int, int]


def reference(package: Package) -> VersionRef:
    """Return how the history names a package."""
    return VersionRef(package.digest, package.base.name, package.base.version)


def version_folder(home: Path, digest: str) -> Path:
    """Return where a version's files stand, whether or not they do."""
    return folder_of(home) / VERSIONS / digest


def kept_digests(home: Path) -> tuple[str, ...]:
    """Return the digests of all versions that are kept, in no special order."""
    folder = folder_of(home) / VERSIONS
    names = sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []
    return tuple(name for name in names if not name.startswith("."))


def keep(home: Path, files: Mapping[str, bytes]) -> Path:
    """Keep a version for good, or find it kept, and return its folder.

    Args:
        home: The home folder.
        files: Of the package, by path.

    Raises:
        CheckFailed: The version is kept, but its files were changed since.
        InputError: It cannot be written.
    """
    digest = digest_of(files)
    folder = version_folder(home, digest)
    if folder.exists():
        kept_files(home, digest)
        return folder
    try:
        _write(folder, files)
    except OSError as error:
        raise InputError(f"{folder}: the version cannot be kept ({error.strerror}); nothing was changed.") from error
    return folder


def kept_files(home: Path, digest: str) -> dict[str, bytes]:
    """Return the files of a kept version, after comparing them with its digest.

    Raises:
        CheckFailed: The version is not there, or its files are not those that were kept.
    """
    folder = version_folder(home, digest)
    try:
        files = {path.relative_to(folder).as_posix(): _read(path) for path in _paths(folder)}
    except OSError as error:
        raise CheckFailed(f"{folder}: this version's files cannot be read ({error.strerror}).") from error
    if not files:
        raise CheckFailed(f"{folder}: this version's files are gone; restore the folder from a backup.")
    if digest_of(files) != digest:
        raise CheckFailed(
            f"{folder}: the files of this version were changed after it was kept (their SHA-256 is "
            f"{digest_of(files)[:12]}); it is not used. Restore the folder from a backup."
        )
    return files


def files_state(folder: Path) -> tuple[tuple[str, FileState], ...]:
    """Return what changes when a file of a folder is changed, added or removed; costs a look at each."""
    return tuple((str(path), stat_of(path)) for path in _paths(folder))


def stat_of(path: Path) -> FileState:
    """Return what changes with a file: time, size and inode; zeros where there is none."""
    try:
        found = os.lstat(path)
    except OSError:
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def _paths(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())


def _read(path: Path) -> bytes:
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(22, "not a plain file")
        return file.read()


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write all files aside and put them in place in one step."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    waiting = Path(tempfile.mkdtemp(prefix=INCOMING, dir=folder.parent))
    try:
        for name, data in files.items():
            _check_inside(name)
            path = waiting / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_file(path, data, 0o444)
        for one in (waiting, *{(waiting / name).parent for name in files}):
            sync_folder(one)
        waiting.chmod(0o755)
        _put(waiting, folder)
    finally:
        shutil.rmtree(waiting, ignore_errors=True)
    sync_folder(folder.parent)


def _put(waiting: Path, folder: Path) -> None:
    try:
        os.rename(waiting, folder)
    except OSError:
        # Another process kept the same version in this moment: same digest, same files.
        if not folder.is_dir():
            raise


def _check_inside(name: str) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise InputError(f"{name!r} is no path inside a package.")
