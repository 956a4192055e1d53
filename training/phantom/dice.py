"""Seeded choices in the words that the phantoms use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

Option = TypeVar("Option")


class Dice:
    """A random generator with the few draws that the phantoms need; the same seed gives the same draws."""

    __slots__ = ("rng",)

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def between(self, low: float, high: float) -> float:
        """Return a uniform number."""
        return low + (high - low) * float(self.rng.random())

    def normal(self, sigma: float = 1.0) -> float:
        """Return a normal number about 0."""
        return sigma * float(self.rng.standard_normal())

    def chance(self, probability: float) -> bool:
        """Return True with a probability."""
        return float(self.rng.random()) < probability

    def count(self, low: int, high: int) -> int:
        """Return a whole number, both ends included."""
        return low + int(self.rng.random() * (high - low + 1))

    def pick(self, options: Sequence[Option], weights: Sequence[float] | None = None) -> Option:
        """Return one of the options, evenly or by weight."""
        if weights is None:
            return options[int(self.rng.random() * len(options))]
        steps = np.cumsum(weights)
        place = int(np.searchsorted(steps, self.rng.random() * steps[-1], side="right"))
        return options[min(place, len(options) - 1)]
