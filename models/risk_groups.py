"""The groups of reasons of a model's columns, and the sums of contributions by group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.spec import Feature

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Groups:
    """Names of the groups in the order of their first column, and the group of each column by its number."""

    names: tuple[str, ...]
    of_column: npt.NDArray[np.intp]

    def sums(self, contributions: Numbers) -> dict[str, float]:
        """Sum one row of contributions, the base value last, by group; the base value is left out."""
        sums = np.bincount(self.of_column, weights=contributions[:-1], minlength=len(self.names))
        return dict(zip(self.names, sums.tolist(), strict=True))


def groups_of(features: Sequence[Feature]) -> Groups:
    """Return the groups of a model's columns."""
    names = tuple(dict.fromkeys(feature.reason for feature in features))
    places = {name: place for place, name in enumerate(names)}
    return Groups(names, np.array([places[feature.reason] for feature in features], dtype=np.intp))
