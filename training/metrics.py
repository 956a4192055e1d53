"""Figures for rankings and probabilities of rare events, with intervals by group bootstrap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
SHARES = (0.001, 0.01, 0.02, 0.05, 0.10)
BINS = 10
REPLICATES = 300
INTERVAL = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 95 % interval; NaN where the data cannot tell."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Blocks:
    """A ranking in blocks of equal scores, the highest first: cumulated weight and cumulated illicit weight."""

    weight: Numbers
    illicit: Numbers


class Ranking:
    """Scores sorted once, so that each bootstrap replicate costs one pass."""

    def __init__(self, scores: Numbers, labels: Marks) -> None:
        order = np.argsort(-scores, kind="stable")
        ranked = scores[order]
        self.order = order
        self.labels = labels[order].astype(np.float64)
        self.ends = np.append(np.flatnonzero(np.diff(ranked) != 0), len(ranked) - 1)

    def blocks(self, weights: Numbers | None = None) -> Blocks:
        """Cumulate row weights (default 1 each) by block."""
        ordered = np.ones(len(self.order)) if weights is None else weights[self.order]
        return Blocks(np.cumsum(ordered)[self.ends], np.cumsum(ordered * self.labels)[self.ends])


def auc(blocks: Blocks) -> float:
    """Return the area under the ROC curve; ties count half."""
    harmless = np.concatenate([[0.0], blocks.weight - blocks.illicit])
    illicit = np.concatenate([[0.0], blocks.illicit])
    total = harmless[-1] * illicit[-1]
    return float(np.trapezoid(illicit, harmless) / total) if total else float("nan")


def average_precision(blocks: Blocks) -> float:
    """Return the average precision: precision summed over the steps of recall."""
    if not blocks.illicit[-1]:
        return float("nan")
    # A replicate may leave out every row of the first blocks, which then weigh nothing.
    precision = np.divide(blocks.illicit, blocks.weight, out=np.zeros_like(blocks.weight), where=blocks.weight > 0)
    return float(np.sum(np.diff(blocks.illicit, prepend=0.0) * precision) / blocks.illicit[-1])


def caught(blocks: Blocks, share: float) -> float:
    """Return the illicit weight among the top share of all parcels, ties taken in proportion."""
    capacity = share * blocks.weight[-1]
    return float(np.interp(capacity, np.append(0.0, blocks.weight), np.append(0.0, blocks.illicit)))


def ranking_figures(blocks: Blocks) -> dict[str, float]:
    """Return AUC, AP, and precision, recall and lift at each of SHARES inspected."""
    figures = {"auc": auc(blocks), "ap": average_precision(blocks)}
    total, illicit = blocks.weight[-1], blocks.illicit[-1]
    for share in SHARES:
        hits = caught(blocks, share)
        precision = hits / (share * total) if total else float("nan")
        figures[f"precision@{share:g}"] = precision
        figures[f"recall@{share:g}"] = hits / illicit if illicit else float("nan")
        figures[f"lift@{share:g}"] = precision / (illicit / total) if illicit else float("nan")
    return figures


@dataclass(frozen=True, slots=True)
class Reliability:
    """Bins of equal size by predicted probability: mean predicted, share illicit, rows."""

    predicted: Numbers
    observed: Numbers
    rows: npt.NDArray[np.int64]


def reliability(probabilities: Numbers, labels: Marks, bins: int = BINS) -> Reliability:
    """Return the reliability diagram; bins hold equally many rows, because most probabilities are tiny."""
    parts = [part for part in np.array_split(np.argsort(probabilities, kind="stable"), bins) if len(part)]
    return Reliability(
        np.array([probabilities[part].mean() for part in parts]),
        np.array([labels[part].mean() for part in parts]),
        np.array([len(part) for part in parts], dtype=np.int64),
    )


def calibration_error(probabilities: Numbers, labels: Marks, weights: Numbers | None = None) -> float:
    """Return the expected calibration error over BINS bins of equal size, weighted by rows."""
    weights = np.ones(len(labels)) if weights is None else weights
    parts = np.array_split(np.argsort(probabilities, kind="stable"), BINS)
    gaps = [abs(float(np.sum(weights[part] * (probabilities[part] - labels[part])))) for part in parts]
    return sum(gaps) / float(weights.sum())


def brier(probabilities: Numbers, labels: Marks, weights: Numbers | None = None) -> float:
    """Return the mean squared error of the probabilities."""
    return float(np.average((probabilities - labels) ** 2, weights=weights))


def group_weights(groups: Sequence[str], seed: int, replicates: int = REPLICATES) -> list[Numbers]:
    """Return row weights of bootstrap replicates.

    They draw whole groups, because the rows of one group are no witnesses of their own.
    """
    _, places = np.unique(np.array(groups), return_inverse=True)
    count = int(places.max()) + 1
    rng = np.random.default_rng(seed)
    return [rng.multinomial(count, np.full(count, 1.0 / count)).astype(np.float64)[places] for _ in range(replicates)]


def measure(
    scores: Numbers, labels: Marks, weights: Sequence[Numbers], probabilities: bool = False
) -> dict[str, Figure]:
    """Return all figures of one score with their intervals.

    Args:
        scores: Higher means riskier, shape (n,).
        labels: The truth, shape (n,).
        weights: Bootstrap replicates from `group_weights`.
        probabilities: The scores are probabilities; adds ECE and Brier score.
    """
    ranking = Ranking(scores, labels)

    def figures(weight: Numbers | None) -> dict[str, float]:
        found = ranking_figures(ranking.blocks(weight))
        if probabilities:
            found |= {"ece": calibration_error(scores, labels, weight), "brier": brier(scores, labels, weight)}
        return found

    value = figures(None)
    replicates = [figures(weight) for weight in weights]
    return {name: _figure(value[name], [one[name] for one in replicates]) for name in value}


def _figure(value: float, replicates: list[float]) -> Figure:
    known = [one for one in replicates if np.isfinite(one)]
    if not known:
        return Figure(value, float("nan"), float("nan"))
    low, high = np.percentile(known, INTERVAL)
    return Figure(value, float(low), float(high))
