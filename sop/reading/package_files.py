"""Which files make up a procedure, where they stand, and reading them."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from features.errors import InputError
from sop.findings import POLICY
from sop.reading.listed import LIST_FOLDER, LIST_NAME

CASES = "cases.yaml"
OVERRIDE_FOLDER = "overrides"
FOLDERS = (LIST_FOLDER, OVERRIDE_FOLDER)
YAML_NAME = re.compile(r"\.ya?ml(\.txt)?$", re.IGNORECASE)
"""Also what Windows makes of a name that is typed into an editor for notes."""
OVERRIDE = re.compile(rf"{OVERRIDE_FOLDER}/({LIST_NAME})\.yaml")
OVERRIDE_CASES = re.compile(rf"{OVERRIDE_FOLDER}/({LIST_NAME})\.cases\.yaml")
LIST = re.compile(rf"{LIST_FOLDER}/({LIST_NAME})\.yaml")
MAX_BYTES = 1_000_000
MAX_FILES = 500
"""More lists and overrides than any procedure has; also what keeps a wrong folder from being read."""


def read_files(path: Path) -> dict[str, bytes]:
    """Return every file of a procedure by its path in it, as its bytes.

    Args:
        path: Its `policy.yaml` (which may be called otherwise), its folder, or any of its files.

    Raises:
        InputError: A file cannot be read or is too large, there are too many, or the policy is missing.
    """
    policy = policy_path(path)
    folder = policy.parent
    beside = _beside(folder)
    if beside and policy.name == POLICY and not policy.exists():
        belongs = f"{next(iter(beside))} is" if len(beside) == 1 else f"{next(iter(beside))} and others are"
        raise InputError(f"{policy}: is missing, but {belongs} there and nothing without it; put it there, or take "
                         f"{'it' if len(beside) == 1 else 'them'} away.")  # fmt: skip
    found = {POLICY: policy, **beside}
    if len(found) > MAX_FILES:
        raise InputError(f"{folder}: {len(found)} files are more than a procedure may have ({MAX_FILES}).")
    return {name: read_bytes(one) for name, one in found.items()}


def policy_path(path: Path) -> Path:
    """Return the policy file of a procedure that is named by its folder or by any of its files."""
    if path.is_dir():
        return path / POLICY
    if path.absolute().parent.name in FOLDERS:
        return path.absolute().parent.parent / POLICY
    return path.with_name(POLICY) if path.name == CASES else path


def read_bytes(path: Path) -> bytes:
    """Return a file's bytes.

    Raises:
        InputError: There is no such file, it is a device or a pipe, or it is larger than any policy.
    """
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise InputError(f"{path}: is not a regular file but a device or a pipe; name a file.")
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); name an existing file.") from error
    if len(data) > MAX_BYTES:
        size = max(found.st_size, len(data))
        raise InputError(f"{path}: {size} bytes are more than a policy may have ({MAX_BYTES}).")
    return data


def _without_waiting(path: str, flags: int) -> int:
    # Opening a pipe that nobody writes to would never end.
    return os.open(path, flags | os.O_NONBLOCK)


def _beside(folder: Path) -> dict[str, Path]:
    cases = folder / CASES
    found = {CASES: cases} if cases.is_file() else {}
    inside = (one for name in FOLDERS for one in sorted_files(folder / name))
    return {**found, **{one.relative_to(folder).as_posix(): one for one in inside}}


def sorted_files(folder: Path) -> Sequence[Path]:
    """Return what may be meant for YAML files in a folder and its sub-folders, by name, whether or not it can be read.

    What editors hide there is none, and neither are notes: nothing else may be passed over in silence.
    """
    if not folder.is_dir():
        return ()
    inside = (one for one in folder.rglob("*") if YAML_NAME.search(one.name) and not _hidden(one.relative_to(folder)))
    # One too many is enough to refuse them all.
    return sorted(islice(inside, MAX_FILES + 1))


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
