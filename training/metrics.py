"""Figures for rankings and probabilities of rare events.

All take row weights, one set or many at once (bootstrap replicates as rows of a matrix), so that an interval costs a
few passes over a matrix and no loop over replicates; see `training.bootstrap`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
SHARES = (0.001, 0.01, 0.02, 0.05, 0.10)
BINS = 10


@dataclass(frozen=True, slots=True)
class Blocks:
    """A ranking in blocks of equal scores, the highest first, after a block of nothing.

    Attributes:
        weight: Weight of all rows up to and with each block, shape (..., blocks + 1), beginning with 0.
        illicit: Weight of the illicit rows among them, same shape.
    """

    weight: Numbers
    illicit: Numbers


class Ranking:
    """Scores sorted once, so that each bootstrap replicate costs one pass.

    Attributes:
        order: Places of the rows, the highest score first.
    """

    def __init__(self, scores: Numbers, labels: Marks) -> None:
        order = np.argsort(-scores, kind="stable")
        ranked = scores[order]
        self.order = order
        self.labels = labels[order].astype(np.float64)
        self.ends = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), len(ranked) - 1)

    def blocks(self, weights: Numbers | None = None) -> Blocks:
        """Cumulate row weights of shape (..., n), default 1 each, by block."""
        ordered = np.ones(len(self.order)) if weights is None else np.take(weights, self.order, axis=-1)
        return Blocks(self._cumulated(ordered), self._cumulated(ordered * self.labels))

    def _cumulated(self, ordered: Numbers) -> Numbers:
        found = np.zeros((*ordered.shape[:-1], len(self.ends) + 1))
        found[..., 1:] = np.cumsum(ordered, axis=-1)[..., self.ends]
        return found


def auc(blocks: Blocks) -> Numbers:
    """Return the area under the ROC curve, shape (...); ties count half, NaN where one kind is missing."""
    harmless = blocks.weight - blocks.illicit
    area = np.trapezoid(blocks.illicit, harmless, axis=-1)
    return _ratio(area, harmless[..., -1] * blocks.illicit[..., -1])


def average_precision(blocks: Blocks) -> Numbers:
    """Return the average precision, shape (...): precision summed over the steps of recall; NaN without illicit."""
    weight, illicit = blocks.weight[..., 1:], blocks.illicit[..., 1:]
    # A replicate may leave out every row of the first blocks, which then weigh nothing.
    precision = np.divide(illicit, weight, out=np.zeros_like(weight), where=weight > 0)
    return _ratio(np.sum(np.diff(blocks.illicit, axis=-1) * precision, axis=-1), blocks.illicit[..., -1])


def caught(blocks: Blocks, share: float) -> Numbers:
    """Return the illicit weight among the top share of all parcels, shape (...), ties taken in proportion."""
    weight, illicit = (one.reshape(-1, one.shape[-1]) for one in (blocks.weight, blocks.illicit))
    pairs = zip(weight, illicit, strict=True)
    found = [np.interp(share * up_to[-1], up_to, hits) for up_to, hits in pairs]
    return _plain(np.asarray(found, dtype=np.float64).reshape(blocks.weight.shape[:-1]))


def ranking_figures(blocks: Blocks) -> dict[str, Numbers]:
    """Return AUC, AP, and precision, recall and lift at each of SHARES inspected, each of shape (...)."""
    figures = {"auc": auc(blocks), "ap": average_precision(blocks)}
    total, illicit = blocks.weight[..., -1], blocks.illicit[..., -1]
    for share in SHARES:
        hits = caught(blocks, share)
        precision = _ratio(hits, share * total)
        figures[f"precision@{share:g}"] = precision
        figures[f"recall@{share:g}"] = _ratio(hits, illicit)
        figures[f"lift@{share:g}"] = _ratio(precision, _ratio(illicit, total))
    return figures


@dataclass(frozen=True, slots=True)
class Bins:
    """Bins of equally many rows by predicted probability, because most probabilities are tiny.

    Attributes:
        order: Places of the rows, the smallest probability first.
        starts: Place in `order` where each bin begins.
    """

    order: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]

    def sums(self, values: Numbers) -> Numbers:
        """Sum row values of shape (..., n) by bin."""
        return np.add.reduceat(np.take(values, self.order, axis=-1), self.starts, axis=-1)


def equal_bins(probabilities: Numbers, bins: int = BINS) -> Bins:
    """Return the bins of a reliability diagram; at most as many as there are rows."""
    rows = len(probabilities)
    starts = np.unique(np.linspace(0, rows, min(bins, rows), endpoint=False).astype(np.int64))
    return Bins(np.argsort(probabilities, kind="stable"), starts)


@dataclass(frozen=True, slots=True)
class Reliability:
    """Bins by predicted probability: mean predicted, share illicit, rows; each of shape (..., bins)."""

    predicted: Numbers
    observed: Numbers
    rows: Numbers


def reliability(
    probabilities: Numbers, labels: Marks, weights: Numbers | None = None, bins: Bins | None = None
) -> Reliability:
    """Return the reliability diagram under row weights of shape (..., n), default 1 each."""
    found = bins or equal_bins(probabilities)
    weights = np.ones(len(labels)) if weights is None else weights
    rows = found.sums(weights)
    predicted, observed = (_ratio(found.sums(weights * values), rows) for values in (probabilities, labels))
    return Reliability(predicted, observed, rows)


def calibration_error(
    probabilities: Numbers, labels: Marks, weights: Numbers | None = None, bins: Bins | None = None
) -> Numbers:
    """Return the expected calibration error over BINS bins of equal size, weighted by rows, shape (...)."""
    weights = np.ones(len(labels)) if weights is None else weights
    gaps = (bins or equal_bins(probabilities)).sums(weights * (probabilities - labels))
    return _plain(np.asarray(np.abs(gaps).sum(axis=-1) / weights.sum(axis=-1), dtype=np.float64))


def brier(probabilities: Numbers, labels: Marks, weights: Numbers | None = None) -> Numbers:
    """Return the mean squared error of the probabilities, shape (...)."""
    weights = np.ones(len(labels)) if weights is None else weights
    return _plain(np.asarray(weights @ (probabilities - labels) ** 2 / weights.sum(axis=-1), dtype=np.float64))


def _ratio(above: npt.ArrayLike, below: npt.ArrayLike) -> Numbers:
    above, below = np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64)
    return _plain(np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0))


def _plain(found: Numbers) -> Numbers:
    """Return a number where the shape is (), which is what one set of weights gives."""
    return found[()]
