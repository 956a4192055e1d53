"""Reads the files of a bundle once, so that the bytes that were checked are the bytes that are used.

The folder is opened once and every file through it: nothing that is moved, replaced or linked elsewhere meanwhile can
bring other bytes in.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from features.errors import Problem
from models.bundle_forms import fault

MAX_BUNDLE = 1024 * 1024 * 1024
"""Bytes of all files together. The shipped ones have 8 MB; whoever trains on millions of parcels stays far below."""
MAX_FILES = 1000
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
# What a card names becomes the name of a file or a folder here, and a card may come from anywhere.
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")
_CAUSES = {
    errno.ELOOP: "Is a link; a bundle holds plain files only.",
    errno.EFBIG: f"Is too large: a bundle has at most {MAX_BUNDLE // 2**20} MiB.",
}
_CODES = {errno.ELOOP: "bundle_link", errno.EFBIG: "bundle_too_large"}


def plain_name(name: str) -> bool:
    """Return whether a name can be a file's or folder's, without a way out of the folder it stands in."""
    return bool(_PLAIN.fullmatch(name))


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[int]:
    """Open a folder for `names` and `read`.

    Raises:
        OSError: There is no such folder.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield handle
    finally:
        os.close(handle)


def read(folder: int, name: str, limit: int) -> bytes:
    """Return the bytes of a plain file.

    Raises:
        OSError: There is no such file, or it is a link, a folder, a pipe or a device, or has more than `limit` bytes.
    """
    handle = os.open(name, _FLAGS, dir_fd=folder)
    with open(handle, "rb") as file:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode):
            raise OSError(errno.EINVAL, "not a plain file")
        # Looked at first, because an empty file may say that it has a terabyte; and read no further if it grows.
        data = file.read(limit + 1) if state.st_size <= limit else b""
        if state.st_size > limit or len(data) > limit:
            raise OSError(errno.EFBIG, f"more than {limit:,} bytes")
        return data


def read_listed(
    folder: int, listed: Mapping[str, str], others: frozenset[str]
) -> tuple[dict[str, bytes], list[Problem]]:
    """Read every listed file and compare it with its SHA-256.

    Args:
        folder: From `opened`.
        listed: SHA-256 in hexadecimal by name.
        others: Further names that may stand in the folder.

    Returns:
        The bytes by name, and everything that is wrong; the bytes may be used only where nothing is.
    """
    extra = sorted(set(os.listdir(folder)) - set(listed) - others)
    problems = [Problem(one, "bundle_file_unlisted", "The card does not list this file; remove it.") for one in extra]
    contents: dict[str, bytes] = {}
    for name, expected in listed.items():
        problem, data = _checked(folder, name, expected, MAX_BUNDLE - sum(map(len, contents.values())))
        problems += [problem] if problem else []
        contents[name] = data
    return contents, problems


def _checked(folder: int, name: str, expected: str, room: int) -> tuple[Problem | None, bytes]:
    if not plain_name(name):
        return Problem(name, "bundle_path", "Not a plain name; a card lists files of its own folder only."), b""
    try:
        data = read(folder, name, room)
    except OSError as error:
        cause = _CAUSES.get(error.errno or 0, f"Cannot be read ({error.strerror}).")
        return Problem(name, _CODES.get(error.errno or 0, "bundle_file_missing"), cause), b""
    if hashlib.sha256(data).hexdigest() != expected:
        return Problem(name, "bundle_file_changed", "SHA-256 differs from the card; restore the bundle."), b""
    # Only now, when the bytes are those that the card vouches for, is looked at what they are.
    if wrong := fault(name, data):
        return Problem(name, *wrong), b""
    return None, data
