"""Finds the profile of a scanner that a command names."""

from __future__ import annotations

from pathlib import Path

from features.errors import InputError
from models.scanner_profile import ScannerProfile
from models.scanner_profile_file import read_profiles
from models.xray import XrayModel


def profile_for(home: Path, scanner: str | None, model: XrayModel) -> ScannerProfile | None:
    """Return the profile of a scanner for a model; None where no scanner is named.

    Raises:
        InputError: The scanner has no profile that holds for the model: whoever names one does not want the threshold
            of all scanners in silence.
    """
    if scanner is None:
        return None
    profiles = read_profiles(home)
    found = profiles.choose(scanner, model.title, model.digest)
    if found is None:
        reason = profiles.why_none(scanner, model.title, model.digest) or "has no calibration profile"
        known = ", ".join(sorted(profiles.by_scanner)) or "none"
        text = f"Scanner {scanner!r} {reason}; run `calibrate xray`, or leave --scanner out"
        raise InputError(f"{text} (scanners with a profile: {known}).", profiles.problems)
    return found
