"""Which files make up a procedure, where they stand, and reading them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from features.errors import InputError
from sop.findings import POLICY
from sop.listed import LIST_FOLDER, LIST_NAME

CASES = "cases.yaml"
OVERRIDE_FOLDER = "overrides"
FOLDERS = (LIST_FOLDER, OVERRIDE_FOLDER)
ENDINGS = (".yaml", ".yml")
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
        InputError: A file cannot be read or is too large, or there are too many.
    """
    policy = policy_path(path)
    folder = policy.parent
    found = {POLICY: policy, **_beside(folder)}
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
        InputError: There is no such file, or it is larger than any policy.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); name an existing file.") from error
    if len(data) > MAX_BYTES:
        raise InputError(f"{path}: {len(data)} bytes are more than a policy may have ({MAX_BYTES}).")
    return data


def _beside(folder: Path) -> dict[str, Path]:
    cases = folder / CASES
    found = {CASES: cases} if cases.is_file() else {}
    inside = (one for name in FOLDERS for one in sorted_files(folder / name))
    return {**found, **{one.relative_to(folder).as_posix(): one for one in inside}}


def sorted_files(folder: Path) -> Iterable[Path]:
    """Return the YAML files right in a folder, by name; what editors hide there is none."""
    if not folder.is_dir():
        return ()
    return sorted(one for one in folder.iterdir() if one.suffix in ENDINGS and one.name[0] != "." and one.is_file())
