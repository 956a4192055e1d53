"""What earlier declarations with the same codes were: the smoothed illicit share, and on how many it rests.

A smoothed target encoding (Micci-Barreca 2001), one table for all crosses.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.spec import Feature
from features.spec_codes import Cross, about, column_names
from models.coded import Coded
from models.hashing import NO_KEY, Keys, cross_keys

Numbers = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]
RATE, SEEN = "rate:", "seen:"


@dataclass(frozen=True, slots=True)
class CodeRates:
    """Counts of declarations by cross.

    Attributes:
        crosses: Which crosses.
        prior: Illicit share of all declarations counted.
        smoothing: A cross' own rate weighs as much as the prior after so many declarations.
        keys: Numbers of the crosses' values, uint64, rising.
        counts: Declarations of each, exact repeats together counted as one; float32.
        hits: Illicit ones of them; float32.
    """

    crosses: tuple[Cross, ...]
    prior: float
    smoothing: float
    keys: Keys
    counts: Floats
    hits: Floats

    def evidence(self, codes: Mapping[str, Coded]) -> tuple[Keys, Numbers, Numbers]:
        """Return keys, counts and hits of n parcels' crosses, each of shape (n, len(crosses)); 0 for unknown ones."""
        keys = cross_keys(codes, self.crosses)
        if not len(self.keys):
            return keys, np.zeros(keys.shape), np.zeros(keys.shape)
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        known = self.keys[places] == keys
        return keys, np.where(known, self.counts[places], 0.0), np.where(known, self.hits[places], 0.0)

    def columns(self, codes: Mapping[str, Coded]) -> Floats:
        """Return rates and logarithms of counts, float32 of shape (n, 2 * len(crosses)), in the order of `features`."""
        keys, counts, hits = self.evidence(codes)
        found = np.hstack([smoothed(counts, hits, self.prior, self.smoothing), np.log1p(counts)])
        found[np.hstack([keys, keys]) == NO_KEY] = np.nan
        return found.astype(np.float32)

    def features(self) -> tuple[Feature, ...]:
        """Return the columns: all rates, then all counts."""
        return rate_features(self.crosses)

    def to_bytes(self) -> bytes:
        """Return the NPZ form, without pickle, equal for equal tables; crosses and constants are kept beside it."""
        buffer = io.BytesIO()
        np.savez_compressed(buffer, keys=self.keys, counts=self.counts, hits=self.hits)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes, crosses: Sequence[Cross], prior: float, smoothing: float) -> CodeRates:
        """Read the NPZ form."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return cls(tuple(crosses), prior, smoothing, arrays["keys"], arrays["counts"], arrays["hits"])


def smoothed(counts: Numbers, hits: Numbers, prior: float, smoothing: float) -> Numbers:
    """Return (hits + smoothing * prior) / (counts + smoothing)."""
    return (hits + smoothing * prior) / (counts + smoothing)


def rate_features(crosses: Sequence[Cross]) -> tuple[Feature, ...]:
    """Return the columns that crosses make: all rates, then all counts."""
    named = list(zip(column_names(crosses), crosses, strict=True))
    rates = (Feature(RATE + name, f"Illicit share by {name}.", about(cross), "rate") for name, cross in named)
    seen = (
        Feature(SEEN + name, f"Logarithm of the declarations by {name}.", about(cross), "seen") for name, cross in named
    )
    return (*rates, *seen)
