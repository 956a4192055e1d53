"""What the service knows of a scanner: the profile its pictures are judged by, and why there is none."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from models.scanner_drift import Statistics
from models.scanner_profile import ScannerProfile, why_not
from models.scanner_profile_file import Profiles

UNSET = "the detector's threshold was not set on its own benign pictures"


def uncalibrated(profiles: Profiles, scanner: str | None, model: str | None, digest: str) -> str:
    """Say why a scanner is uncalibrated, for whoever reads the answer.

    Args:
        profiles: Those of the home.
        scanner: As the request named it; None where it did not.
        model: Title of the detector in use; None where there is none.
        digest: SHA-256 of its card.
    """
    name = f"Scanner {scanner!r}" if scanner else "The scanner"
    reason = profiles.why_none(scanner, model, digest) if scanner and model else None
    return f"{name} {reason or 'has no calibration profile'}; {UNSET}."


def scanner_rows(profiles: Profiles, model: str | None, digest: str) -> list[dict[str, Any]]:
    """Return every profile as `GET /v1/models` shows it, by scanner."""
    return [
        {
            "scanner": one.scanner,
            "profile": one.digest,
            "model": one.model,
            "in_use": model is not None and why_not(one, model, digest) is None,
            "threshold": one.threshold_told,
            "false_alarms": asdict(one.false_alarms),
            "recall": asdict(one.recall.rate) if one.recall else None,
            "palette": one.palette,
            "created_at": one.created_at,
        }
        for scanner in sorted(profiles.by_scanner)
        for one in profiles.by_scanner[scanner]
    ]


def in_use(profiles: Profiles, model: str | None, digest: str) -> dict[str, ScannerProfile]:
    """Return the profiles that hold for the detector in use, by scanner."""
    chosen = ((scanner, profiles.choose(scanner, model, digest) if model else None) for scanner in profiles.by_scanner)
    return {scanner: profile for scanner, profile in chosen if profile is not None}


def statistics_in(answers: Iterable[str], profile: str) -> list[Statistics]:
    """Return the statistics of the pictures in stored answers that were judged by a profile, in their order.

    Args:
        answers: JSON texts as they were sent.
        profile: SHA-256 of the profile.
    """
    found: list[Statistics] = []
    for text in answers:
        xray: Mapping[str, Any] = json.loads(text).get("xray") or {}
        if (xray.get("profile") or {}).get("digest") == profile:
            found += [image["statistics"] for image in xray["images"] if image.get("statistics")]
    return found
