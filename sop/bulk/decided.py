"""Decisions about many parcels, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from sop.types import Cut, PlacedBy, Policy

PLACED_BY: tuple[PlacedBy, ...] = get_args(PlacedBy)
NOWHERE = -1

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Codes = NDArray[np.int8]
Bits = NDArray[np.uint8]
Numbers = NDArray[np.int32]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """Decisions about parcels, in their order; all arrays have one entry a parcel.

    Attributes:
        lane: Index in LANES (0 is detain).
        outcome: Index in OUTCOMES.
        rule: Index in `rules`.
        rules: Names as decisions give them: DEFAULT, RANDOM, WORKLOAD, MISSING:..., and the ids of all rules.
        placed_by: Index in PLACED_BY.
        probability: The placement probability, 0 to 1.
        selected: Whether chance selected the parcel.
        degraded: The missing evidence: bit n for the n-th of MISSING_KEYS.
        policy: Index in `policies`.
        policies: The base, then the policies of the overrides.
        rank: The rank, 0 to 1, NaN where it is not known.
        before: Index in LANES of the lane before the workload.
        out: Index in LANES of the lane to which the workload may move the parcel out, NOWHERE where it may not.
        cut: Index in `cuts` of the cut that moved the parcel, NOWHERE where none did.
        cuts: Cuts that moved parcels.
    """

    lane: Codes
    outcome: Codes
    rule: Numbers
    rules: tuple[str, ...]
    placed_by: Codes
    probability: Floats
    selected: Mask
    degraded: Bits
    policy: NDArray[np.int16]
    policies: tuple[Policy, ...]
    rank: Floats
    before: Codes
    out: Codes
    cut: Numbers
    cuts: tuple[Cut, ...] = ()

    def __len__(self) -> int:
        return len(self.lane)
