"""Which procedure is in force: the one a setting names, the activated one, the home's own, or the shipped one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Literal

from sop.findings import POLICY
from sop.reading.package_files import CASES, FOLDERS, policy_path, sorted_files
from sop.registry.standing import registry_state
from sop.registry.versions import kept_files, version_folder

Source = Literal["setting", "registry", "home", "shipped"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the procedure in force stands: its `policy.yaml`, and what put it in force.

    `digest` is that of an activated version; None where the files themselves decide.
    """

    source: Source
    path: Path
    digest: str | None = None


def shipped_policy_path() -> Path:
    """Return the policy that came with the package."""
    return Path(str(resources.files("sop") / POLICY))


def place_in_force(setting: Path | None, home: Path | None, at: datetime | None = None) -> Place:
    """Return where the procedure in force at a moment stands.

    Args:
        setting: PARCEL_SCREENING_SOP, which may be the policy or the folder that holds it.
        home: PARCEL_SCREENING_HOME; None: the shipped one is in force unless the setting names one.
        at: The moment; None: now.

    Raises:
        InputError: The history of the home's registry cannot be read.
        CheckFailed: The history was changed after it was written.
    """
    if setting is not None:
        return Place("setting", policy_path(setting))
    if home is not None:
        if version := registry_state(home, at).version:
            return Place("registry", version_folder(home, version.digest) / POLICY, version.digest)
        own = home / POLICY
        # Lists and overrides without their policy are not passed over: the reading of it says what is missing.
        if own.exists() or own.is_symlink() or any(sorted_files(home / name) for name in FOLDERS):
            return Place("home", own)
    return Place("shipped", shipped_policy_path())


def active_policy_path(setting: Path | None, home: Path | None, file: Path | None = None) -> Path:
    """Return the file named, else that of the procedure in force.

    Args:
        setting: PARCEL_SCREENING_SOP.
        home: PARCEL_SCREENING_HOME.
        file: What the command line names.

    Raises:
        InputError: The history of the home's registry cannot be read.
        CheckFailed: The history, or the files of the activated version, were changed.
    """
    if file is not None:
        return policy_path(file)
    place = place_in_force(setting, home)
    if place.digest is not None and home is not None:
        kept_files(home, place.digest)
    return place.path


def cases_path(policy: Path) -> Path:
    """Return where the cases of a policy file stand: `cases.yaml` beside it."""
    return policy.with_name(CASES)
