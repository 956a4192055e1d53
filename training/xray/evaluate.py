"""Figures of a detector on labelled pictures, with intervals and anchors; no torch needed."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.geometry import iou
from models.results import PARTS
from training.xray.metrics import (
    FALSE_ALARM_RATES,
    Judged,
    Matched,
    average_precision,
    froc,
    group_weights,
    interval,
    match,
    picture_recall,
    roc_area,
)

REPEATS = 200
OVERLAPS = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))
Weights = NDArray[np.int64]


def figures(judged: Sequence[Judged], threshold: float, *, seed: int = 0, repeats: int = REPEATS) -> dict[str, Any]:
    """Return all figures of one set of pictures.

    Every interval is the 95 % percentile interval of a bootstrap by bag or scene. The anchors are what a detector
    without eyes would get: boxes of the set's own sizes anywhere with random scores, and an alarm by lot.

    Args:
        judged: Answers beside the truth.
        threshold: The alarm threshold in use.
        seed: Of bootstrap and anchors.
        repeats: Bootstrap draws.
    """
    draws = group_weights([one.group for one in judged], repeats, seed)
    any_part = match(judged)
    blind = match(random_answers(judged, seed))
    return {
        "pictures": len(judged),
        "benign_pictures": sum(one.benign for one in judged),
        "boxes": int(any_part.wanted.sum()),
        "any_part": {
            **_with_interval(lambda w: average_precision(any_part, w), draws, "ap50"),
            "ap50_95": _finite(np.mean([average_precision(match(judged, least)) for least in OVERLAPS])),
            "ap50_of_random_boxes": _finite(average_precision(blind)),
        },
        "parts": _by_part(judged),
        "roc_area": {**_with_interval(lambda w: roc_area(judged, w), draws, "value"), "by_lot": 0.5},
        "recall_at_false_alarms": [_recall_at(judged, rate, draws) for rate in FALSE_ALARM_RATES],
        "at_threshold": at_threshold(judged, threshold),
        "froc": [[round(f, 4), round(h, 4)] for f, h in froc(any_part, len(judged))],
        "box_recall_at_iou_50": _finite(_found_share(any_part)),
    }


def _with_interval(measure: Callable[[Weights | None], float], draws: Sequence[Weights], name: str) -> dict[str, Any]:
    low, high = interval([measure(weights) for weights in draws])
    return {name: _finite(measure(None)), "interval": [_finite(low), _finite(high)]}


def _recall_at(judged: Sequence[Judged], rate: float, draws: Sequence[Weights]) -> dict[str, Any]:
    found = _with_interval(lambda w: picture_recall(judged, rate, w), draws, "recall")
    return {"false_alarms": rate, **found, "by_lot": rate}


def at_threshold(judged: Sequence[Judged], threshold: float) -> dict[str, Any]:
    """Return recall and false-alarm rate of pictures at a threshold."""
    scores = np.array([one.score for one in judged])
    benign = np.array([one.benign for one in judged], bool)
    alarms = scores >= threshold
    return {
        "threshold": threshold,
        "recall": _finite(np.mean(alarms[~benign]) if (~benign).any() else math.nan),
        "false_alarms": _finite(np.mean(alarms[benign]) if benign.any() else math.nan),
    }


def _by_part(judged: Sequence[Judged]) -> dict[str, dict[str, Any]]:
    """AP50 of each part by its name: a box with the wrong name is a false alarm of that name."""
    table: dict[str, dict[str, Any]] = {}
    for part in PARTS:
        matched = match(judged, part=part)
        if count := int(matched.wanted.sum()):
            seen = sum(_hits_of(one, part) for one in judged)
            table[part] = {
                "boxes": count,
                "ap50": _finite(average_precision(matched)),
                "found_under_any_name": round(seen / count, 4),
            }
    return table


def _hits_of(one: Judged, part: str) -> int:
    """Count the boxes of a part that some found box covers, whatever it is called."""
    mine = np.array([name == part for name in one.names], bool) & ~one.ignore
    if not mine.any() or not len(one.boxes):
        return 0
    return int((iou(one.truth[mine], one.boxes).max(axis=1) >= 0.5).sum())


def _found_share(matched: Matched) -> float:
    wanted = int(matched.wanted.sum())
    return float(matched.hits.sum()) / wanted if wanted else math.nan


def random_answers(judged: Sequence[Judged], seed: int) -> tuple[Judged, ...]:
    """Return an answer without eyes: ten boxes a picture, sizes as in the set, places and scores at random."""
    rng = np.random.default_rng(seed)
    sizes = np.concatenate([one.truth[:, 2:] - one.truth[:, :2] for one in judged] or [np.zeros((0, 2))])
    if not len(sizes):
        sizes = np.array([[50.0, 50.0]])
    extent = np.array([one.truth[:, 2:].max(axis=0) for one in judged if len(one.truth)] or [[500.0, 500.0]])
    answers = []
    for one in judged:
        size = sizes[rng.integers(0, len(sizes), 10)]
        start = rng.random((10, 2)) * np.maximum(extent.max(axis=0) - size, 1.0)
        boxes = np.concatenate([start, start + size], axis=1).astype(np.float32)
        scores = rng.random(10).astype(np.float32)
        parts = tuple(str(name) for name in rng.choice(PARTS, 10))
        answers.append(replace(one, score=float(scores.max()), boxes=boxes, scores=scores, parts=parts))
    return tuple(answers)


def _finite(value: Any) -> float | None:
    """JSON knows no nan; a figure that the set cannot give is null."""
    number = float(value)
    return None if math.isnan(number) else round(number, 4)
