"""Which policy file is in force."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

POLICY = "policy.yaml"
CASES = "cases.yaml"


def shipped_policy_path() -> Path:
    """Return the policy that came with the package."""
    return Path(str(resources.files("sop") / POLICY))


def active_policy_path(setting: Path | None, home: Path | None, file: Path | None = None) -> Path:
    """Return the file named, else the setting's, else the home's `policy.yaml`, else the shipped one.

    Args:
        setting: PARCEL_SCREENING_SOP, which may be the policy or the folder that holds it.
        home: PARCEL_SCREENING_HOME.
        file: What the command line names.
    """
    for named in (file, setting):
        if named is not None:
            return named / POLICY if named.is_dir() else named
    if home is not None and (own := home / POLICY).exists():
        return own
    return shipped_policy_path()


def cases_path(policy: Path) -> Path:
    """Return where the cases of a policy file stand: `cases.yaml` beside it."""
    return policy.with_name(CASES)
