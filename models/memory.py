"""The memory of known patterns: what parcels declared just alike turned out to be.

It stands apart from the trees. They say what a new pattern is worth; the memory corrects that by counting, level by
level from coarse to exact: p = (illicit + strength * p) / (parcels + strength), a Beta-binomial posterior mean with
the coarser level's answer as its prior. One find among a thousand harmless repeats therefore weighs one thousandth.
"""

from __future__ import annotations

import io
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from features.patterns import LEVELS, NO_KEY
from models.calibration import probability

Numbers = npt.NDArray[np.float64]
Keys = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.uint32]
States = npt.NDArray[np.int8]
NOVEL, NEAR, SEEN = 0, 1, 2
"""Nothing alike is known; the same goods on the same route at another weight; the same goods at the same weight."""
STATE_NAMES = ("novel", "near", "seen")
USUAL_STRENGTHS = (30.0, 3.0, 1.0)
SMALLEST = 1e-9


@dataclass(frozen=True, slots=True)
class Level:
    """Counts by key: `keys` rising, `parcels` and the `illicit` ones among them."""

    keys: Keys
    parcels: Counts
    illicit: Counts

    def find(self, keys: Keys) -> tuple[Numbers, Numbers]:
        """Return parcels and illicit ones of each key, float64; 0 where nothing is known."""
        if not len(self.keys):
            return np.zeros(len(keys)), np.zeros(len(keys))
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        known = (self.keys[places] == keys) & (keys != NO_KEY)
        return np.where(known, self.parcels[places], 0.0), np.where(known, self.illicit[places], 0.0)

    def knows(self, key: int) -> bool:
        """Return whether a key is known, without the cost of arrays."""
        keys = self.keys.data
        place = bisect_left(keys, key)
        return key != NO_KEY and place < len(keys) and keys[place] == key


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the memory knows of n parcels: counts of shape (n, len(LEVELS)) and a state for each."""

    parcels: Numbers
    illicit: Numbers
    states: States


NOTHING_ALIKE = Evidence(np.zeros((1, len(LEVELS))), np.zeros((1, len(LEVELS))), np.array([NOVEL], dtype=np.int8))
"""What is known of one parcel with a novel pattern."""


@dataclass(frozen=True, slots=True)
class PatternMemory:
    """Counts by level, and how strongly each level holds on to the answer of the coarser one (above 0)."""

    levels: tuple[Level, ...]
    strengths: tuple[float, ...] = USUAL_STRENGTHS

    def evidence(self, patterns: Keys) -> Evidence:
        """Look up keys of shape (n, len(LEVELS))."""
        found = [level.find(patterns[:, place]) for place, level in enumerate(self.levels)]
        parcels, illicit = (np.column_stack([one[side] for one in found]) for side in (0, 1))
        states = np.where(parcels[:, 1:].any(axis=1), SEEN, np.where(parcels[:, 0] > 0, NEAR, NOVEL))
        return Evidence(parcels, illicit, states.astype(np.int8))

    def knows(self, patterns: Sequence[int]) -> bool:
        """Return whether any level knows its key of one parcel; else the parcel's pattern is novel."""
        return any(level.knows(key) for level, key in zip(self.levels, patterns, strict=True))

    def combine(self, log_odds: Numbers, evidence: Evidence) -> Numbers:
        """Return the log-odds of parcels after counting; those of a novel pattern stay as they are."""
        share = probability(log_odds)
        for place, strength in enumerate(self.strengths):
            parcels, illicit = evidence.parcels[:, place], evidence.illicit[:, place]
            share = (illicit + strength * share) / (parcels + strength)
        share = np.clip(share, SMALLEST, 1.0 - SMALLEST)
        return np.where(evidence.states == NOVEL, log_odds, np.log(share / (1.0 - share)))

    def to_bytes(self) -> bytes:
        """Return the NPZ form, without pickle, equal for equal memories."""
        arrays: dict[str, Any] = {"strengths": np.array(self.strengths, dtype=np.float64)}
        for name, level in zip(LEVELS, self.levels, strict=True):
            arrays |= {f"{name}_keys": level.keys, f"{name}_parcels": level.parcels, f"{name}_illicit": level.illicit}
        buffer = io.BytesIO()
        np.savez_compressed(buffer, **arrays)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> PatternMemory:
        """Read the NPZ form."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            levels = tuple(
                Level(arrays[f"{name}_keys"], arrays[f"{name}_parcels"], arrays[f"{name}_illicit"]) for name in LEVELS
            )
            return cls(levels, tuple(arrays["strengths"].tolist()))
