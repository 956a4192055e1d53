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

FORBIDDEN_SUFFIXES = (".pkl", ".pickle")
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
# The first two bytes of protocols 2 to 5; no form that we load begins so.
_PICKLES = tuple(bytes([0x80, protocol]) for protocol in range(2, 6))
# What a card names becomes the name of a file or a folder here, and a card may come from anywhere.
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")
_CAUSES = {errno.ELOOP: "Is a link; a bundle holds plain files only."}


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


def read(folder: int, name: str) -> bytes:
    """Return the bytes of a plain file.

    Raises:
        OSError: There is no such file, or it is a link, a folder, a pipe or a device.
    """
    handle = os.open(name, _FLAGS, dir_fd=folder)
    with open(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "not a plain file")
        return file.read()


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
        problem, data = _checked(folder, name, expected)
        problems += [problem] if problem else []
        contents[name] = data
    return contents, problems


def _checked(folder: int, name: str, expected: str) -> tuple[Problem | None, bytes]:
    if name.endswith(FORBIDDEN_SUFFIXES):
        return Problem(name, "bundle_pickle", "Pickle files run code when opened and are never loaded."), b""
    if not plain_name(name):
        return Problem(name, "bundle_path", "Not a plain name; a card lists files of its own folder only."), b""
    try:
        data = read(folder, name)
    except OSError as error:
        cause = _CAUSES.get(error.errno or 0, f"Cannot be read ({error.strerror}).")
        code = "bundle_link" if error.errno == errno.ELOOP else "bundle_file_missing"
        return Problem(name, code, cause), b""
    if hashlib.sha256(data).hexdigest() != expected:
        return Problem(name, "bundle_file_changed", "SHA-256 differs from the card; restore the bundle."), b""
    if data.startswith(_PICKLES):
        text = "Is a pickle under another name; pickles run code when opened and are never loaded."
        return Problem(name, "bundle_pickle", text), b""
    return None, data
