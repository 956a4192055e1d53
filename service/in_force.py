"""The procedure in force and the versions that the registry keeps, loaded. No model and no web framework in it."""

from __future__ import annotations

import functools
from datetime import datetime
from pathlib import Path

from service.settings import Settings
from sop.active import Place, place_in_force
from sop.findings import POLICY
from sop.package import Package
from sop.reading.package_files import policy_path, read_files
from sop.reading.packages import examine_package, usable
from sop.registry.versions import kept_files

Files = tuple[tuple[str, bytes], ...]
"""A procedure's files by their paths in it."""


def package_in_force(settings: Settings, at: datetime | None = None) -> tuple[Place, Package]:
    """Return the procedure in force at a moment (None: now), and where it stands.

    Raises:
        InputError: It cannot be read, or is not valid; every problem of every file is listed.
        CheckFailed: The history, or the files of the activated version, were changed.
    """
    place = place_in_force(settings.sop, settings.home, at)
    if place.digest is None:
        policy = policy_path(place.path)
        return place, _parsed(tuple(read_files(place.path).items()), str(policy), policy.name)
    return place, kept_package(settings.home, place.digest)


def kept_package(home: Path, digest: str) -> Package:
    """Return a version that the registry keeps.

    Raises:
        CheckFailed: Its files are gone or were changed.
        InputError: It is not valid for this installation.
    """
    return _parsed(tuple(kept_files(home, digest).items()), digest[:12], POLICY)


@functools.lru_cache(maxsize=2)
def _parsed(files: Files, name: str, policy: str) -> Package:
    """Do as `sop.reading.packages` does, once for the same bytes: a worker has what `serve` read before it forked."""
    return usable(examine_package(dict(files)), name, policy)
