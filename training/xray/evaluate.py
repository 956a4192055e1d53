"""Figures of a detector on labelled pictures, with intervals and anchors; no torch needed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from models.geometry import iou
from models.results import PARTS
from training.xray.matching import Judged, Matched, match
from training.xray.metrics import (
    FALSE_ALARM_RATES,
    Weights,
    average_precision,
    froc,
    group_weights,
    interval,
    level_at,
    picture_recall,
    roc_area,
)

REPEATS = 200
OVERLAPS = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))
LENIENT = 0.3
"""An overlap that a loosely drawn label still reaches: AP far above AP50 here says that boxes differ in how closely
they are drawn, and not in what they are drawn around."""
FALSE_PER_PICTURE = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""False boxes a picture at which FROC is read off with an interval."""
BLIND_DRAWS = 10
Measure = Callable[[Weights | None], float]


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
    return {
        "pictures": len(judged),
        "benign_pictures": sum(one.benign for one in judged),
        "bags": len({one.group for one in judged}),
        "boxes": int(any_part.wanted.sum()),
        "any_part": _any_part(judged, any_part, draws, seed),
        "parts": _by_part(judged, any_part, draws),
        "roc_area": {**with_interval(lambda w: roc_area(judged, w), draws, "value"), "by_lot": 0.5},
        "recall_at_false_alarms": [_recall_at(judged, rate, draws) for rate in FALSE_ALARM_RATES],
        "at_threshold": at_threshold(judged, threshold, draws),
        "froc": [[round(f, 4), round(h, 4)] for f, h in froc(any_part, len(judged))],
        "froc_band": _froc_band(any_part, draws),
        "box_recall_at_iou_50": finite(_found_share(any_part)),
    }


def with_interval(measure: Measure, draws: Sequence[Weights], name: str) -> dict[str, Any]:
    """Return a figure under `name` and its 95 % interval under `interval`; null where the set cannot give it."""
    low, high = interval([measure(weights) for weights in draws])
    return {name: finite(measure(None)), "interval": [finite(low), finite(high)]}


def _any_part(judged: Sequence[Judged], any_part: Matched, draws: Sequence[Weights], seed: int) -> dict[str, Any]:
    overlaps = [any_part, *(match(judged, least) for least in OVERLAPS[1:])]
    lenient = match(judged, inside_is_neither=True)
    wide = with_interval(lambda w: mean_precision(overlaps, w), draws, "ap50_95")
    return {
        **with_interval(lambda w: average_precision(any_part, w), draws, "ap50"),
        "ap30": finite(average_precision(match(judged, LENIENT))),
        "ap50_95": wide["ap50_95"],
        "ap50_95_interval": wide["interval"],
        "ap50_components_inside_neither": with_interval(lambda w: average_precision(lenient, w), draws, "ap50"),
        "ap50_of_random_boxes": finite(precision_of_random_boxes(judged, seed)),
    }


def mean_precision(overlaps: Sequence[Matched], weights: Weights | None = None) -> float:
    """Return the mean average precision over overlaps from 0.5 to 0.95 (Lin et al. 2014, COCO)."""
    return float(np.mean([average_precision(matched, weights) for matched in overlaps]))


def _recall_at(judged: Sequence[Judged], rate: float, draws: Sequence[Weights]) -> dict[str, Any]:
    found = with_interval(lambda w: picture_recall(judged, rate, w), draws, "recall")
    return {"false_alarms": rate, **found, "by_lot": rate}


def at_threshold(judged: Sequence[Judged], threshold: float, draws: Sequence[Weights] = ()) -> dict[str, Any]:
    """Return recall and false-alarm rate of pictures at a threshold, with their intervals where there are draws."""
    benign = np.array([one.benign for one in judged], bool)
    alarms = np.array([one.score for one in judged]) >= threshold
    found: dict[str, Any] = {"threshold": threshold}
    for name, kind in (("recall", ~benign), ("false_alarms", benign)):
        told = with_interval(partial(weighted_share, alarms, kind), draws, name)
        found[name] = told[name]
        if draws:
            found[f"{name}_interval"] = told["interval"]
    return found


def weighted_share(marked: Any, among: Any, weights: Weights | None) -> float:
    """Return the share of the marked among some; nan where there are none of these."""
    counts = among * (1 if weights is None else weights)
    return float((marked * counts).sum() / counts.sum()) if counts.sum() else math.nan


def _froc_band(matched: Matched, draws: Sequence[Weights]) -> list[dict[str, Any]]:
    return [
        {"false_per_picture": rate, **with_interval(partial(hits_at, matched, rate), draws, "hits")}
        for rate in FALSE_PER_PICTURE
    ]


def hits_at(matched: Matched, false_per_picture: float, weights: Weights | None = None) -> float:
    """Return the share of true boxes found where so many false boxes a picture are accepted (FROC)."""
    level = level_at(matched, false_per_picture, weights)
    counts = np.ones(len(matched.wanted), np.int64) if weights is None else weights
    wanted = float((matched.wanted * counts).sum())
    hits = float((matched.hits * counts[matched.pictures])[matched.scores >= level].sum())
    return hits / wanted if wanted else math.nan


def _by_part(judged: Sequence[Judged], any_part: Matched, draws: Sequence[Weights]) -> dict[str, dict[str, Any]]:
    """AP50 of each part by its name: a box with the wrong name is a false alarm of that name."""
    names = [name for one in judged for name in one.names]
    table: dict[str, dict[str, Any]] = {}
    for part in PARTS:
        matched = match(judged, part=part)
        if not (count := int(matched.wanted.sum())):
            continue
        told = Counter(called for name, called in zip(names, any_part.called, strict=True) if name == part and called)
        seen = sum(_hits_of(one, part) for one in judged)
        table[part] = {
            "boxes": count,
            **with_interval(partial(average_precision, matched), draws, "ap50"),
            "found_under_any_name": round(seen / count, 4),
            "called": dict(told.most_common(3)),
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


def precision_of_random_boxes(judged: Sequence[Judged], seed: int, least_iou: float = 0.5) -> float:
    """Return the AP that boxes at random get on average: one draw alone can look like skill on a small set."""
    return float(
        np.mean([average_precision(match(random_answers(judged, seed + k), least_iou)) for k in range(BLIND_DRAWS)])
    )


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


def finite(value: Any) -> float | None:
    """JSON knows no nan; a figure that the set cannot give is null."""
    number = float(value)
    return None if math.isnan(number) else round(number, 4)
