"""Whether a scanner's pictures still look like those it was calibrated on.

Each statistic of the newest pictures is compared with the profile by the two-sample Kolmogorov-Smirnov distance, after
moving one side by the statistic's tolerance, so that a shift nobody should care about is none. By the inequality of
Dvoretzky, Kiefer and Wolfowitz for two samples of n and m (Wei and Dudley 2012, constant e) the distance reaches d with
a chance of at most e * exp(-2 d^2 n m / (n + m)), whatever the distribution; ties and the tolerance only lower it. The
limit is set so that all comparisons of RUN pictures in a row together give a false warning with a chance of at most
CHANCE (union bound). It holds where pictures come as independently as those of the profile did.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.xray_statistics import TRAITS
from models.scanner_profile import Reference, ScannerProfile

NEWEST, WINDOW, LEAST = 100, 400, 30
"""The newest pictures that are compared: NEWEST tell a great change after about forty, WINDOW a smaller one as soon as
it stands out. Below LEAST nothing is compared."""
_WINDOWS = 2
RUN, CHANCE = 10_000, 0.01
MOST_NAMED = 3
Statistics = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Moved:
    """A statistic that left its profile.

    Attributes:
        name: Of the statistic.
        distance: Kolmogorov-Smirnov distance beyond the tolerance, 0 to 1.
        limit: What chance alone stays below.
        median, before: Of the newest pictures and of the profile.
    """

    name: str
    distance: float
    limit: float
    median: float
    before: float


def drift(profile: ScannerProfile, recent: Sequence[Statistics]) -> tuple[Moved, ...]:
    """Return what left its profile, the farthest first; empty where the scanner is as it was.

    Args:
        profile: Of the scanner.
        recent: The statistics of its newest pictures, at most WINDOW of which count, newest last.
    """
    window = recent[-WINDOW:]
    found = []
    for name, reference in profile.reference.items():
        values = [value for one in window if (value := one.get(name)) is not None]
        if moved := _moved(name, reference, np.array(values, np.float64)):
            found.append(moved)
    return tuple(sorted(found, key=lambda one: one.limit - one.distance))


def limit(before: int, now: int) -> float:
    """Return the distance that chance stays below; see the module.

    Args:
        before: Pictures behind the profile.
        now: Pictures compared with it.
    """
    comparisons = RUN * len(TRAITS) * _WINDOWS
    return math.sqrt((1.0 + math.log(comparisons / CHANCE)) * (before + now) / (2.0 * before * now))


def distance(first: NDArray[np.float64], second: NDArray[np.float64], tolerance: float) -> float:
    """Return the largest difference between two distribution functions that no shift by the tolerance explains."""
    return max(_ahead(first + tolerance, second), _ahead(second + tolerance, first), 0.0)


def sentence(profile: ScannerProfile, moved: Sequence[Moved]) -> str:
    """Say what changed, for an officer or a technician."""
    named = [f"{TRAITS[one.name].words} ({one.before:g} before, {one.median:g} now)" for one in moved[:MOST_NAMED]]
    more = f" and {len(moved) - MOST_NAMED} more" if len(moved) > MOST_NAMED else ""
    return (
        f"The newest pictures of scanner {profile.scanner!r} differ from those it was calibrated on: {', '.join(named)}"
        f"{more}. Have the scanner looked at, or calibrate it again."
    )


def _ahead(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return by how much the first distribution function is ahead of the second at most: at a value of the first."""
    first, second = np.sort(first), np.sort(second)
    mine = np.searchsorted(first, first, side="right") / first.size
    theirs = np.searchsorted(second, first, side="right") / second.size
    return float((mine - theirs).max())


def _moved(name: str, reference: Reference, values: NDArray[np.float64]) -> Moved | None:
    if values.size < LEAST or reference.count < 1 or name not in TRAITS:
        return None
    before, tolerance = np.array(reference.quantiles, np.float64), TRAITS[name].tolerance
    newest = values[-NEWEST:]
    now = distance(newest, before, tolerance)
    for window in (newest, values):
        most = limit(reference.count, window.size)
        # What the long window still holds of a fault that was mended shows no longer in the newest pictures.
        if now >= most and distance(window, before, tolerance) >= most:
            medians = (round(float(np.median(one)), 3) for one in (newest, before))
            return Moved(name, round(now, 4), round(most, 4), *medians)
    return None
