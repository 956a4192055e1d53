"""What the picture score is worth as a number: reliability at even odds, and what each threshold would cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.xray.evaluate import finite, weighted_share, with_interval
from training.xray.matching import Array, Judged, match
from training.xray.metrics import Weights, alarm_level

EDGES = tuple(step / 10 for step in range(11))
FIXED = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99)
RATES = (0.005, 0.01, 0.02, 0.05, 0.10, 0.20)
Mask = NDArray[np.bool_]


def reliability(judged: Sequence[Judged], draws: Sequence[Weights]) -> dict[str, Any] | None:
    """Return how often a part is really there, by the score told; None where the set has pictures of one kind only.

    A score is the chance of a part at even odds, so pictures with and without a part weigh half each, whatever their
    numbers. `expected_error` is the expected calibration error (Naeini et al. 2015), `brier` the mean squared error of
    the score (Brier 1950); 0.25 is what always saying one half gets.
    """
    armed = np.array([not one.benign for one in judged], bool)
    scores = np.array([one.score for one in judged])
    if armed.all() or not armed.any():
        return None
    place = np.digitize(scores, EDGES[1:-1])
    return {
        "bins": [{"from": EDGES[number], **_bin(scores, armed, place == number, draws)} for number in np.unique(place)],
        **_summary(scores, armed, place, draws),
        "brier_of_one_half": 0.25,
    }


def _bin(scores: Array, armed: Mask, inside: Mask, draws: Sequence[Weights]) -> dict[str, Any]:
    found = with_interval(partial(_observed, armed, inside), draws, "observed")
    return {
        "pictures": int(inside.sum()),
        "with_part": int((inside & armed).sum()),
        "told": finite(_mean(scores, armed, inside)),
        **found,
    }


def _even(armed: Mask, weights: Weights | None) -> Array:
    """Return weights under which pictures with and without a part count one half each."""
    counts = np.ones(len(armed)) if weights is None else weights.astype(np.float64)
    with_part, without = counts[armed].sum(), counts[~armed].sum()
    if not with_part or not without:
        return np.full(len(armed), math.nan)
    return np.asarray(counts * np.where(armed, 0.5 / with_part, 0.5 / without), np.float64)


def _observed(armed: Mask, inside: Mask, weights: Weights | None) -> float:
    even = _even(armed, weights)
    total = even[inside].sum()
    return float(even[inside & armed].sum() / total) if total > 0 else math.nan


def _mean(scores: Array, armed: Mask, inside: Mask) -> float:
    even = _even(armed, None)[inside]
    return float((scores[inside] * even).sum() / even.sum())


def _summary(
    scores: Array, armed: Mask, place: NDArray[np.int64], draws: Sequence[Weights]
) -> dict[str, Any]:  # fmt: skip
    error = with_interval(partial(_expected_error, scores, armed, place), draws, "expected_error")
    brier = with_interval(lambda w: float((_even(armed, w) * (scores - armed) ** 2).sum()), draws, "brier")
    return {
        "expected_error": error["expected_error"],
        "expected_error_interval": error["interval"],
        "brier": brier["brier"],
        "brier_interval": brier["interval"],
    }


def _expected_error(scores: Array, armed: Mask, place: NDArray[np.int64], weights: Weights | None) -> float:
    even = _even(armed, weights)
    gaps = [abs(float((even * (armed - scores))[place == number].sum())) for number in np.unique(place)]
    return float(np.sum(gaps))


def thresholds(judged: Sequence[Judged], in_use: float, draws: Sequence[Weights]) -> list[dict[str, Any]]:
    """Return what alarming from a score on would find and cost, lowest score first.

    The scores are round ones, the one in use, and those that a share of these very benign pictures exceeds: to set a
    threshold, `calibrate xray` looks at more benign pictures of one scanner.
    """
    armed = np.array([not one.benign for one in judged], bool)
    scores = np.array([one.score for one in judged])
    wanted: dict[float, str] = {round(level, 4): "" for level in FIXED}
    for rate in RATES:
        if rate * (~armed).sum() >= 1:
            level = min(round(alarm_level(scores[~armed], rate) + 1e-4, 4), 1.0)
            wanted[level] = f"at most {rate * 100:g} % of the benign"
    wanted[in_use] = "in use"
    matched = match(judged)
    rows = []
    for level, name in sorted(wanted.items()):
        alarms = scores >= level
        recall = with_interval(partial(weighted_share, alarms, armed), draws, "recall")
        false = with_interval(partial(weighted_share, alarms, ~armed), draws, "false_alarms")
        boxes, hits = matched.scores >= level, int(matched.wanted.sum())
        rows.append({
            "score": round(level, 4), "name": name,
            "recall": recall["recall"], "recall_interval": recall["interval"],
            "false_alarms": false["false_alarms"], "false_alarms_interval": false["interval"],
            "boxes_found": finite((matched.hits & boxes).sum() / hits) if hits else None,
            "false_boxes_per_picture": finite((~matched.hits & boxes).sum() / max(len(judged), 1)),
        })  # fmt: skip
    return rows
