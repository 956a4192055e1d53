"""What a simulation compares: past screenings as columns, and what two procedures decide about each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sop.types import LANES, Lane, Policy

Bytes = npt.NDArray[np.int8]
Counts = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]

FOUND = ("", "nothing", "other_offence", "illicit")
"""What an officer found, by the codes of `Past.found`; 0: nobody looked, or nobody wrote down what was there."""
ILLICIT = FOUND.index("illicit")
OPENED: tuple[Lane, ...] = ("detain", "examine")
"""The lanes in which an officer looks into the parcel."""
LAST_OPENED = max(LANES.index(lane) for lane in OPENED)
SCAN = LANES.index("scan")
UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Coded:
    """One trait of n screenings: `names[codes[i]]`; the empty name stands for not known."""

    codes: Codes
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What was decided then, of n screenings, as far as the record says; it tells which parcels were opened, and why.

    Attributes:
        lane: Place in LANES; UNKNOWN where the record does not say.
        by_chance: Whether chance put the parcel into that lane.
        probability: The probability, 0 to 1, with which chance selected any parcel then.
    """

    lane: Bytes
    by_chance: Mask
    probability: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """n past screenings. A parcel may have several: one on its advance data, another at the station.

    Attributes:
        items: Which parcel each screening is about, 0 to the number of parcels less one.
        day: Day of the screening in the procedure's time zone, datetime64[D].
        hour: Hour of that day, 0 to 23.
        traits: Origin, mail class, channel, stage and the like, by name.
        rank: `combined` where known, else `risk`, 0 to 1; NaN where neither is.
        found: Places in FOUND.
        recorded: What was decided then.
    """

    items: Codes
    day: Days
    hour: Bytes
    traits: Mapping[str, Coded]
    rank: Floats
    found: Bytes
    recorded: Recorded

    def __len__(self) -> int:
        return len(self.items)

    @property
    def parcels(self) -> int:
        """How many different parcels there are."""
        return int(self.items.max()) + 1 if len(self.items) else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one procedure decides about n screenings.

    Attributes:
        title: Name and version of the procedure.
        lane: Places in LANES: 0 is detain, 4 release.
        rule: Places in `rules`.
        rules: Names of rules, and RANDOM, DEFAULT, WORKLOAD and MISSING: with what was missing.
        placed_by: Places in the words of PlacedBy.
        policy: Places in `policies`.
        policies: The base, then the policies of the overrides.
    """

    title: str
    lane: Bytes
    rule: Codes
    rules: tuple[str, ...]
    placed_by: Bytes
    policy: npt.NDArray[np.int16]
    policies: tuple[Policy, ...]


def opened(lanes: Bytes) -> Mask:
    """Return whether an officer looks into the parcels of these lanes."""
    return (lanes >= 0) & (lanes <= LAST_OPENED)


def closeness(lanes: Bytes) -> Bytes:
    """Return how closely the parcels of these lanes are looked at: 2 opened, 1 X-rayed, 0 neither."""
    found: Bytes = opened(lanes).astype(np.int8) + ((lanes >= 0) & (lanes <= SCAN))
    return found
