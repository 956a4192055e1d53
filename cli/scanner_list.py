"""The scanners' profiles as `models list` shows them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import click

from features.errors import InputError
from models.card import CARD, read_card
from models.places import locate
from models.scanner_profile import ScannerProfile, why_not
from models.scanner_profile_file import Profiles, profile_path, read_profiles
from service.bundles import named
from service.settings import Settings

DAY_SECONDS = 86_400


def profile_rows(profiles: Profiles, settings: Settings) -> list[dict[str, Any]]:
    """Return the profiles in JSON types, by scanner, then those that cannot be used."""
    model, digest = _detector(settings)
    usable = [
        {
            "kind": "scanner_profile",
            "title": one.title,
            "scanner": one.scanner,
            "model": one.model,
            "in_use": (reason := why_not(one, model, digest)) is None,
            "why_not": reason,
            "threshold": one.threshold_told,
            "wanted": one.wanted,
            "false_alarms": [one.false_alarms.value, one.false_alarms.low, one.false_alarms.high],
            "recall": [one.recall.rate.value, one.recall.rate.low, one.recall.rate.high] if one.recall else None,
            "palette": one.palette,
            "created_at": one.created_at,
            "notes": list(one.notes),
            "problem": None,
            "file": str(profile_path(settings.home, one.scanner, one.model)),
        }
        for one in _all(profiles)
    ]
    broken = [
        {"kind": "scanner_profile", "title": one.path, "in_use": False, "problem": one.message}
        for one in profiles.problems
    ]
    return [*usable, *broken]


def profile_lines(profiles: Profiles, settings: Settings) -> Iterator[str]:
    """Yield the profiles for people, by scanner, then those that cannot be used."""
    model, digest = _detector(settings)
    for one in _all(profiles):
        reason = why_not(one, model, digest)
        state = click.style("  (in use)", fg="green") if reason is None else click.style("  not in use", fg="yellow")
        yield click.style(f"scanner {one.scanner}", bold=True) + state + (f": it {reason}" if reason else "")
        rate = f"{one.false_alarms.low:.1%} to {one.false_alarms.high:.1%}"
        yield f"  alarms from {one.threshold_told:g}; {one.wanted:.1%} false alarms wanted, {rate} expected"
        yield f"  {one.model}, palette {one.palette}, made {one.created_at}{_age(one)}"
    for problem in profiles.problems:
        yield click.style(problem.path, bold=True) + click.style("  cannot be used", fg="red")
        yield f"  {problem.message}"


def tell_uncalibrated(settings: Settings) -> None:
    """Warn of scanners that have profiles, but none for the detector in use now."""
    profiles = read_profiles(settings.home)
    model, digest = _detector(settings)
    names = [name for name in sorted(profiles.by_scanner) if profiles.choose(name, model, digest) is None]
    if names:
        text = f"warning: uncalibrated from now on, for want of a profile for {model}: {', '.join(names)}"
        click.echo(f"{text}. Run `calibrate xray` for each (next time before, with --xray-model).", err=True)


def _all(profiles: Profiles) -> list[ScannerProfile]:
    return [one for scanner in sorted(profiles.by_scanner) for one in profiles.by_scanner[scanner]]


def _detector(settings: Settings) -> tuple[str, str]:
    """Return title and digest of the detector in use by its card alone; nothing is verified for a list."""
    try:
        folder = locate("xray", settings.home, named(settings, "xray"))
        return read_card(folder).title, hashlib.sha256((folder / CARD).read_bytes()).hexdigest()
    except (InputError, OSError):
        return "no detector", ""


def _age(profile: ScannerProfile) -> str:
    """Return how old a profile is; empty where its time cannot be read."""
    try:
        made = datetime.fromisoformat(profile.created_at)
        days = int((datetime.now(UTC) - made).total_seconds() // DAY_SECONDS)
    except (ValueError, TypeError):
        return ""
    return f", {days} day{'s' if days != 1 else ''} ago" if days > 0 else ", today"
