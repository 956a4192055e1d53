"""Intervals by drawing whole groups again, for many models at once and for their differences.

The rows of one near-duplicate group are no witnesses of their own, so a replicate draws groups and not rows (the
cluster bootstrap; Field and Welsh 2007). All models are measured on the same replicates, which makes their differences
paired: what a lucky draw gives to one it gives to the other. A replicate costs no loop over rows: each model is sorted
once, and a few replicates at a time are one matrix of weights that is cumulated along the sorted rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import numpy.typing as npt

from training.metrics import Marks, Numbers, Ranking, brier, calibration_error, equal_bins, ranking_figures

REPLICATES = 300
INTERVAL = (2.5, 97.5)
CELLS = 200_000
"""Weights held at once: replicates of a block times rows, 1.6 MB, so that they stay near the processor."""
BIASED = frozenset({"ece"})
"""Figures that grow with noise: a replicate adds its own, so a plain percentile interval would lie too high."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 95 % interval; NaN where the data cannot tell."""

    value: float
    low: float
    high: float


class Replicates(Sequence[Numbers]):
    """Row weights of bootstrap replicates, made when asked for: replicate i is the same whenever it is made.

    A weight is how often the row's group was drawn; the draws of a replicate are as many as there are groups.
    """

    def __init__(self, groups: npt.ArrayLike, seed: int, count: int = REPLICATES) -> None:
        names, self._places = np.unique(np.asarray(groups), return_inverse=True)
        self._groups, self._seed, self._count = len(names), seed, count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Numbers: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Numbers]: ...
    def __getitem__(self, place: int | slice) -> Numbers | Sequence[Numbers]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(self._count))]
        if not -self._count <= place < self._count:
            raise IndexError(place)
        rng = np.random.default_rng([self._seed, place % self._count])
        drawn = rng.integers(0, self._groups, self._groups)
        return np.bincount(drawn, minlength=self._groups).astype(np.float64)[self._places]

    def blocks(self) -> Iterator[Numbers]:
        """Return all of them, some at a time, each block of shape (some, n)."""
        some = max(1, CELLS // max(len(self._places), 1))
        for start in range(0, self._count, some):
            yield np.stack(self[start : start + some])


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of several models on the same rows.

    Attributes:
        values: Figure by model and name.
        draws: The same under each replicate, arrays of shape (replicates,).
    """

    values: Mapping[str, Mapping[str, float]]
    draws: Mapping[str, Mapping[str, Numbers]]

    def figures(self, model: str) -> dict[str, Figure]:
        """Return a model's figures with their intervals."""
        draws = self.draws[model]
        return {name: interval(value, draws[name], name in BIASED) for name, value in self.values[model].items()}

    def differences(self, model: str, peer: str) -> dict[str, Figure]:
        """Return model minus peer for every figure both have, with the paired intervals."""
        mine, theirs = self.values[model], self.values[peer]
        shared = [name for name in mine if name in theirs]
        return {
            name: interval(mine[name] - theirs[name], self.draws[model][name] - self.draws[peer][name])
            for name in shared
        }


def group_weights(groups: npt.ArrayLike, seed: int, replicates: int = REPLICATES) -> Replicates:
    """Return row weights of bootstrap replicates that draw whole groups."""
    return Replicates(groups, seed, replicates)


def measure_all(
    scores: Mapping[str, Numbers], labels: Marks, replicates: Replicates | None, proper: Collection[str] = ()
) -> Measured:
    """Measure several models on the same rows and the same replicates.

    Args:
        scores: Higher means riskier, each of shape (n,), by model.
        labels: The truth, shape (n,).
        replicates: Of the rows' groups; None gives no intervals.
        proper: Models whose scores are probabilities; adds ECE and Brier score.
    """
    models = {name: _Model(one, labels, name in proper) for name, one in scores.items()}
    values = {name: {key: float(one) for key, one in model.figures(None).items()} for name, model in models.items()}
    parts: dict[str, list[dict[str, Numbers]]] = {name: [] for name in models}
    for weights in replicates.blocks() if replicates else ():
        for name, model in models.items():
            parts[name].append(model.figures(weights))
    draws = {
        name: {key: np.concatenate([np.empty(0), *(one[key] for one in found)]) for key in values[name]}
        for name, found in parts.items()
    }
    return Measured(values, draws)


def measure(
    scores: Numbers, labels: Marks, weights: Replicates | None = None, probabilities: bool = False
) -> dict[str, Figure]:
    """Return all figures of one score with their intervals; see `measure_all`."""
    return measure_all({"": scores}, labels, weights, [""] if probabilities else []).figures("")


def interval(value: float, draws: Numbers, biased: bool = False) -> Figure:
    """Return a figure with the interval of its replicates, those that cannot tell left out.

    Args:
        value: The figure on all rows.
        draws: The figure under each replicate.
        biased: Replicates lie systematically too high: the basic interval (2 value - percentile) takes that out; it is
            then widened to hold the value itself, because the value has the same bias.
    """
    known = draws[np.isfinite(draws)]
    if not len(known):
        return Figure(value, float("nan"), float("nan"))
    low, high = (float(one) for one in np.percentile(known, INTERVAL))
    if biased:
        low, high = max(min(2 * value - high, value), 0.0), max(2 * value - low, value)
    return Figure(value, low, high)


class _Model:
    """One model's scores, sorted for every figure."""

    def __init__(self, scores: Numbers, labels: Marks, proper: bool) -> None:
        self._scores, self._labels = scores, labels
        self._ranking = Ranking(scores, labels)
        self._bins = equal_bins(scores) if proper else None

    def figures(self, weights: Numbers | None) -> dict[str, Numbers]:
        found = ranking_figures(self._ranking.blocks(weights))
        if self._bins is not None:
            found["ece"] = calibration_error(self._scores, self._labels, weights, self._bins)
            found["brier"] = brier(self._scores, self._labels, weights)
        return found
