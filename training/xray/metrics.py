"""Figures of a detector from its boxes and the true ones; numpy alone, so that evaluation needs no torch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from training.xray.matching import Array, Judged, Matched, match

__all__ = [
    "FALSE_ALARM_RATES",
    "Judged",
    "Matched",
    "alarm_level",
    "average_precision",
    "froc",
    "group_weights",
    "interval",
    "level_at",
    "match",
    "picture_recall",
    "roc_area",
]

Weights = NDArray[np.int64]
FALSE_ALARM_RATES = (0.01, 0.05, 0.10)


def average_precision(matched: Matched, weights: Weights | None = None) -> float:
    """Return the area under precision over recall, all points, precision made falling; nan where nothing is wanted.

    Args:
        matched: Boxes of all pictures.
        weights: How often each picture counts (bootstrap); None: once.
    """
    counts = np.ones(len(matched.wanted), np.int64) if weights is None else weights
    wanted = int((matched.wanted * counts).sum())
    if wanted == 0:
        return float("nan")
    times = counts[matched.pictures]
    hits = np.cumsum(matched.hits * times)
    precision = hits / np.maximum(np.cumsum(times), 1)
    recall = hits / wanted
    falling = np.maximum.accumulate(precision[::-1])[::-1] if precision.size else precision
    return float(np.sum(np.diff(np.r_[0.0, recall]) * falling))


def picture_recall(judged: Sequence[Judged], rate: float, weights: Weights | None = None) -> float:
    """Return the share of pictures with a part that score above the level which `rate` of the benign ones reach.

    The level lies between two benign scores, as an operator would set it: at most `rate` of the benign pictures alarm.
    """
    counts = np.ones(len(judged), np.int64) if weights is None else weights
    scores = np.array([one.score for one in judged])
    benign = np.array([one.benign for one in judged], bool)
    quiet, loud = np.repeat(scores[benign], counts[benign]), np.repeat(scores[~benign], counts[~benign])
    if quiet.size == 0 or loud.size == 0:
        return float("nan")
    return float(np.mean(loud > alarm_level(quiet, rate)))


def alarm_level(benign_scores: Array, rate: float) -> float:
    """Return the score that at most `rate` of the benign pictures exceed."""
    falling = np.sort(benign_scores)[::-1]
    return float(falling[min(int(np.floor(rate * falling.size)), falling.size - 1)])


def roc_area(judged: Sequence[Judged], weights: Weights | None = None) -> float:
    """Return the chance that a picture with a part scores above a benign one, ties half."""
    counts = np.ones(len(judged), np.int64) if weights is None else weights
    scores = np.array([one.score for one in judged])
    benign = np.array([one.benign for one in judged], bool)
    quiet = np.sort(np.repeat(scores[benign], counts[benign]))
    loud = np.repeat(scores[~benign], counts[~benign])
    if quiet.size == 0 or loud.size == 0:
        return float("nan")
    below, upto = np.searchsorted(quiet, loud, "left"), np.searchsorted(quiet, loud, "right")
    return float(np.mean((below + upto) / 2) / quiet.size)


def froc(matched: Matched, pictures: int) -> list[tuple[float, float]]:
    """Return (false alarms per picture, share of true boxes found) at each score, thinned to about 60 points."""
    hits = np.cumsum(matched.hits) / max(int(matched.wanted.sum()), 1)
    false = np.cumsum(~matched.hits) / max(pictures, 1)
    step = max(1, len(hits) // 60)
    kept = sorted({*range(0, len(hits), step), len(hits) - 1}) if len(hits) else []
    return [(float(false[place]), float(hits[place])) for place in kept]


def level_at(matched: Matched, false_per_picture: float, weights: Weights | None = None) -> float:
    """Return the lowest score down to which there are at most so many false boxes a picture.

    Where all boxes together are fewer, it is below every score.
    """
    counts = np.ones(len(matched.wanted), np.int64) if weights is None else weights
    false = np.cumsum(~matched.hits * counts[matched.pictures])
    allowed = false_per_picture * counts.sum()
    within = int(np.searchsorted(false, allowed, side="right"))
    if within == len(false):
        return 0.0
    # Boxes of one score come and go together, as they would at any threshold.
    return float(np.nextafter(matched.scores[within], np.inf))


def group_weights(groups: Sequence[str], repeats: int, seed: int) -> list[Weights]:
    """Return bootstrap weights: whole groups are drawn with replacement, for pictures of one bag go together."""
    names, member = np.unique(np.array(groups, dtype=np.str_), return_inverse=True)
    rng = np.random.default_rng(seed)
    return [np.bincount(rng.integers(0, len(names), len(names)), minlength=len(names))[member] for _ in range(repeats)]


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % percentile interval; nan values (a draw without positives) do not count."""
    usable = np.array([value for value in values if not np.isnan(value)])
    if usable.size == 0:
        return float("nan"), float("nan")
    return float(np.percentile(usable, 2.5)), float(np.percentile(usable, 97.5))
