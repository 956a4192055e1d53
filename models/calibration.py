"""From a model's raw log-odds to a probability one may believe, and to another base rate."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import log
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
LIMIT = 30.0
"""Log-odds beyond this are cut: exp(30) is far outside anything a data set of ours can support."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A strictly rising, piecewise linear map from raw to calibrated log-odds.

    Attributes:
        kind: platt (one straight line; Platt 1999) or isotonic (block centres of the isotonic fit joined by straight
            lines, which keeps the ranking; Oron and Flournoy 2017), as chosen in training by measured error.
        x: Raw log-odds of the knots, rising.
        y: Calibrated log-odds of the knots, rising.
        low: Slope left of the first knot, above 0.
        high: Slope right of the last knot, above 0.
    """

    kind: Literal["platt", "isotonic"]
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: float
    high: float

    def log_odds(self, raw: Numbers) -> Numbers:
        """Return calibrated log-odds, same shape, within +-LIMIT."""
        inside = np.interp(raw, self.x, self.y)
        left = np.minimum(raw - self.x[0], 0.0) * self.low
        right = np.maximum(raw - self.x[-1], 0.0) * self.high
        return np.asarray(np.clip(inside + left + right, -LIMIT, LIMIT), dtype=np.float64)

    def log_odds_of(self, raw: float) -> float:
        """Return `log_odds` of one number, by the same steps."""
        left = min(raw - self.x[0], 0.0) * self.low
        right = max(raw - self.x[-1], 0.0) * self.high
        return max(-LIMIT, min(LIMIT, self._inside(raw) + left + right))

    def _inside(self, raw: float) -> float:
        at = bisect_right(self.x, raw) - 1
        if at < 0:
            return self.y[0]
        if at >= len(self.x) - 1 or raw == self.x[at]:
            return self.y[at]
        return (self.y[at + 1] - self.y[at]) / (self.x[at + 1] - self.x[at]) * (raw - self.x[at]) + self.y[at]

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Calibration:
        """Read the JSON form."""
        return cls(raw["kind"], tuple(raw["x"]), tuple(raw["y"]), float(raw["low"]), float(raw["high"]))


def logit(rate: float) -> float:
    """Return log(rate / (1 - rate)) for a rate strictly between 0 and 1."""
    return log(rate / (1.0 - rate))


def prior_shift(trained: float, deployed: float) -> float:
    """Return what to add to log-odds so that a model fitted at one base rate speaks for another.

    Bayes' rule with unchanged class-conditional distributions (Saerens, Latinne and Decaestecker 2002).
    """
    return logit(deployed) - logit(trained)


def probability(log_odds: Numbers) -> Numbers:
    """Return 1 / (1 + exp(-log_odds)), elementwise."""
    return np.asarray(1.0 / (1.0 + np.exp(-log_odds)), dtype=np.float64)


def probability_of(log_odds: float) -> float:
    """Return `probability` of one number, to the bit: NumPy's exponential rounds otherwise than that of `math`."""
    return float(1.0 / (1.0 + np.exp(-log_odds)))
