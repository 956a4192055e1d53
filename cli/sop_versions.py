"""Finds the version that somebody names: by its file, its version or its digest."""

from __future__ import annotations

import re
from pathlib import Path

from features.errors import CheckFailed, ParcelScreeningError, UsageError
from service.in_force import kept_package, package_in_force
from service.settings import Settings
from sop.package import Package
from sop.reading.package_files import policy_path
from sop.reading.packages import load_package
from sop.registry.events import VersionRef
from sop.registry.state import State, ever_in_force

_DIGEST = re.compile(r"[0-9a-f]{6,64}")


def known_versions(state: State) -> dict[str, VersionRef]:
    """Return every version that the history speaks of and that was not withdrawn before it was in force, by digest."""
    approved = {one.reference.digest: one.reference for one in state.approvals}
    return {**ever_in_force(state), **approved}


def version_named(text: str, state: State) -> VersionRef:
    """Return the version that a name, a version or the beginning of a digest (six digits or more) means.

    Raises:
        CheckFailed: None is called so.
        UsageError: Several are.
    """
    found = [one for one in known_versions(state).values() if _means(text, one)]
    if not found:
        raise CheckFailed(f"{text}: no file and no approved version is called so; see `parcel-screening sop versions`.")
    if len(found) > 1:
        names = ", ".join(f"{one.title} ({one.short})" for one in found)
        raise UsageError(f"{text}: may mean {names}; name it by the beginning of its digest.")
    return found[0]


def candidate(text: str, settings: Settings, state: State) -> Package:
    """Return the package that a path, a version or a digest means.

    Raises:
        ParcelScreeningError: There is none, several are meant, or it cannot be used.
    """
    if (path := Path(text)).exists():
        return load_package(policy_path(path))
    return kept_package(settings.home, version_named(text, state).digest)


def deciding(settings: Settings) -> Package | None:
    """Return what is in force now; None where it cannot be used: mending that must stay possible."""
    try:
        return package_in_force(settings)[1]
    except ParcelScreeningError:
        return None


def _means(text: str, version: VersionRef) -> bool:
    by_digest = bool(_DIGEST.fullmatch(text)) and version.digest.startswith(text)
    return by_digest or text in (version.version, version.title)
