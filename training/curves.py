"""What is drawn of one ranking: curves, the reliability diagram, and what the scores rest on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from models.risk import RiskModel
from training.bootstrap import INTERVAL, Figure, Replicates
from training.metrics import Marks, Numbers, Ranking, equal_bins, reliability

Rows = npt.NDArray[np.float32]
CURVE_POINTS = 200
IMPORTANCE_ROWS = 4000
DIGITS = 5


def rounded(figures: dict[str, Figure]) -> dict[str, list[float | None]]:
    """Return figures as [value, low, high] for JSON, None where unknown."""
    return {name: [_number(one) for one in (found.value, found.low, found.high)] for name, found in figures.items()}


def _number(value: float) -> float | None:
    return round(float(value), DIGITS) if np.isfinite(value) else None


def curve(scores: Numbers, labels: Marks) -> dict[str, list[float]]:
    """Return share inspected, recall and precision along a ranking, thinned to CURVE_POINTS, dense at the top."""
    blocks = Ranking(scores, labels).blocks()
    total = blocks.weight[-1]
    share = np.unique(np.concatenate([np.geomspace(1.0 / total, 1.0, CURVE_POINTS), [0.001, 0.01, 0.1]]))
    hits = np.interp(share * total, blocks.weight, blocks.illicit)
    return {
        "share": np.round(share, 6).tolist(),
        "recall": np.round(hits / blocks.illicit[-1], 6).tolist(),
        "precision": np.round(hits / (share * total), 6).tolist(),
    }


def reliability_diagram(probabilities: Numbers, labels: Marks, replicates: Replicates) -> dict[str, list[float]]:
    """Return the bins of equal size with the 95 % interval of what was observed, by group bootstrap."""
    bins = equal_bins(probabilities)
    found = reliability(probabilities, labels, bins=bins)
    draws = np.concatenate([reliability(probabilities, labels, one, bins).observed for one in replicates.blocks()])
    low, high = np.nanpercentile(draws, INTERVAL, axis=0)
    return {
        "predicted": np.round(found.predicted, 6).tolist(),
        "observed": np.round(found.observed, 6).tolist(),
        "low": np.round(low, 6).tolist(),
        "high": np.round(high, 6).tolist(),
        "rows": found.rows.astype(int).tolist(),
    }


def importance(model: RiskModel, rows: Rows, seed: int, at_most: int = IMPORTANCE_ROWS) -> dict[str, float]:
    """Return the mean absolute contribution (log-odds) of each group of reasons, on at most `at_most` rows."""
    chosen = np.sort(np.random.default_rng(seed).permutation(len(rows))[:at_most])
    groups, places = np.unique([feature.reason for feature in model.features], return_inverse=True)
    sums = model.contributions(rows[chosen])[:, : len(places)] @ np.eye(len(groups))[places]
    return {str(group): float(mean) for group, mean in zip(groups, np.abs(sums).mean(axis=0), strict=True)}


def joined_importance(parts: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return the mean over the models of the folds, the strongest first."""
    groups = {group for part in parts for group in part}
    means = {group: float(np.mean([part.get(group, 0.0) for part in parts])) for group in groups}
    return {group: round(mean, DIGITS) for group, mean in sorted(means.items(), key=lambda pair: (-pair[1], pair[0]))}


def spread(runs: Sequence[dict[str, float]]) -> dict[str, dict[str, Any]]:
    """Return mean, standard deviation, least and greatest of each figure over runs that differ in the seed alone."""
    found = {}
    for name in runs[0]:
        values = np.array([run[name] for run in runs])
        sd = float(values.std(ddof=1)) if len(values) > 1 else 0.0
        numbers = {"mean": values.mean(), "sd": sd, "least": values.min(), "greatest": values.max()}
        found[name] = {key: _number(float(one)) for key, one in numbers.items()}
    return found
