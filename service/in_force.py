"""The procedure in force and the versions that the registry keeps, loaded. No model and no web framework in it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from service.settings import Settings
from sop.active import Place, place_in_force
from sop.package import Package
from sop.reading.packages import load_package, parse_package
from sop.registry.versions import kept_files


def package_in_force(settings: Settings, at: datetime | None = None) -> tuple[Place, Package]:
    """Return the procedure in force at a moment (None: now), and where it stands.

    Raises:
        InputError: It cannot be read, or is not valid; every problem of every file is listed.
        CheckFailed: The history, or the files of the activated version, were changed.
    """
    place = place_in_force(settings.sop, settings.home, at)
    if place.digest is None:
        return place, load_package(place.path)
    return place, kept_package(settings.home, place.digest)


def kept_package(home: Path, digest: str) -> Package:
    """Return a version that the registry keeps.

    Raises:
        CheckFailed: Its files are gone or were changed.
        InputError: It is not valid for this installation.
    """
    return parse_package(kept_files(home, digest), digest[:12])
