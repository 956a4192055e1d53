"""Measures a risk model on labelled parcels, beside what it must beat, in the same table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from features.errors import InputError
from features.spec import FEATURE_SPEC
from models.risk import RiskModel
from training.anchors import fit_logistic, heading_scores, logistic_scores, random_scores
from training.bootstrap import group_weights, measure
from training.data import Source
from training.frame import Frame
from training.metrics import Ranking, reliability
from training.risk import rounded
from training.splits import folds_by_group

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.float32]
FOLDS = 5
CURVE_POINTS = 200
IMPORTANCE_ROWS = 4000
MODEL, LOGISTIC, HEADING, INDICATORS, RANDOM = (
    "risk model", "logistic regression (this data, out of fold)", "HS heading rate (this data, out of fold)",
    "number of indicators", "random",
)  # fmt: skip
PROBABILITIES = frozenset({MODEL, LOGISTIC, HEADING})


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything measured: `metrics` is what `metrics.json` holds."""

    metrics: dict[str, Any]


def evaluate(model: RiskModel, source: Source, frame: Frame, seed: int = 0, command: str = "") -> Evaluation:
    """Measure a model on a labelled file.

    The model's probabilities speak for its own base rate; where the table's differs, ECE and Brier score say so.
    The anchors that learn are fitted on this very table, out of fold by group, which favours them.

    Raises:
        InputError: A row has no label, or all labels are equal.
    """
    with threadpool_limits(1):
        return _evaluate(model, source, frame, seed, command)


def _evaluate(model: RiskModel, source: Source, frame: Frame, seed: int, command: str) -> Evaluation:
    if not frame.labelled.all():
        raise InputError(f"{source.name}: every row needs a label to measure by.")
    if frame.labels.all() or not frame.labels.any():
        raise InputError(f"{source.name}: all labels are equal; nothing can be measured.")
    rows = model.rows(frame)
    scores = {MODEL: model.scores(rows).probability, **_anchors(frame, rows, seed)}
    weights = group_weights(frame.groups, seed)
    figures = {
        name: rounded(measure(score, frame.labels, weights, name in PROBABILITIES)) for name, score in scores.items()
    }
    return Evaluation(
        {
            "model": model.title,
            "model_base_rate": model.base_rate,
            "feature_spec": FEATURE_SPEC.digest,
            "command": command,
            "data": {
                "file": source.name,
                "sha256": source.sha256,
                "rows": len(frame),
                "rows_dropped": source.report.dropped,
                "illicit": int(frame.labels.sum()),
                "base_rate": float(frame.labels.mean()),
                "groups": len(np.unique(frame.groups)),
            },
            "intervals": "95 %, bootstrap over groups",
            "figures": figures,
            "curves": {name: curve(score, frame.labels) for name, score in scores.items()},
            "reliability": _reliability(scores[MODEL], frame.labels),
            "importance": importance(model, rows, seed),
        }
    )


def _anchors(frame: Frame, rows: Rows, seed: int) -> dict[str, Numbers]:
    folds = folds_by_group(frame.groups, FOLDS, seed)
    logistic = np.full(len(rows), float(frame.labels.mean()))
    for fold in np.unique(folds):
        inside = folds == fold
        if 0 < frame.labels[~inside].sum() < np.count_nonzero(~inside):
            logistic[inside] = logistic_scores(fit_logistic(rows[~inside], frame.labels[~inside]), rows[inside])
    return {
        LOGISTIC: logistic,
        HEADING: heading_scores(frame, folds),
        INDICATORS: frame.indicators,
        RANDOM: random_scores(len(rows), seed),
    }


def curve(scores: Numbers, labels: npt.NDArray[np.bool_]) -> dict[str, list[float]]:
    """Return share inspected, recall and precision along a ranking, thinned to CURVE_POINTS, dense at the top."""
    blocks = Ranking(scores, labels).blocks()
    total = blocks.weight[-1]
    share = np.unique(np.concatenate([np.geomspace(1.0 / total, 1.0, CURVE_POINTS), [0.001, 0.01, 0.1]]))
    hits = np.interp(share * total, np.append(0.0, blocks.weight), np.append(0.0, blocks.illicit))
    return {
        "share": np.round(share, 6).tolist(),
        "recall": np.round(hits / blocks.illicit[-1], 6).tolist(),
        "precision": np.round(hits / (share * total), 6).tolist(),
    }


def _reliability(probabilities: Numbers, labels: npt.NDArray[np.bool_]) -> dict[str, list[float]]:
    found = reliability(probabilities, labels)
    return {
        "predicted": np.round(found.predicted, 6).tolist(),
        "observed": np.round(found.observed, 6).tolist(),
        "rows": found.rows.tolist(),
    }


def importance(model: RiskModel, rows: Rows, seed: int) -> dict[str, float]:
    """Return the mean absolute contribution (log-odds) of each group of reasons, on at most IMPORTANCE_ROWS rows."""
    chosen = np.random.default_rng(seed).permutation(len(rows))[:IMPORTANCE_ROWS]
    shares = [model.group_shares(one) for one in model.contributions(rows[np.sort(chosen)])]
    means = {group: float(np.mean([abs(one[group]) for one in shares])) for group in shares[0]}
    return {group: round(mean, 5) for group, mean in sorted(means.items(), key=lambda pair: -pair[1])}
