"""Measures two detectors on the same labelled pictures and judges the challenger; the X-ray side of `promotion`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.errors import InputError, Problem
from models.xray import XrayModel
from training.judgement import Compared, Judgement
from training.xray.coco import load_coco
from training.xray.judge import judge_files
from training.xray.metrics import Judged, average_precision, group_weights, interval, match, picture_recall, roc_area

REPEATS = 300
AP, RECALL, AREA, ALARMS = "AP50, any part", "recall at 5 % false alarms", "ROC area", "false alarms at its threshold"
RANKING = (AP, RECALL)
MOST_MORE_ALARMS = 0.05
"""How much more often benign pictures may alarm: five parcels more in a hundred are a second officer's day."""
FEWEST = 30
"""Pictures with a part, and without: with fewer, a worse detector could not be told."""
Weights = NDArray[np.int64]
Heartbeat = Callable[[int], None]


def judge_xray(
    champion: XrayModel | None,
    challenger: XrayModel,
    annotations: Path,
    images: Path,
    seed: int = 0,
    heartbeat: Heartbeat = lambda done: None,
) -> Judgement:
    """Measure both detectors on labelled pictures and judge the challenger.

    Args:
        champion: The detector in use; None where none can be loaded.
        challenger: The detector to be promoted.
        annotations: COCO file.
        images: Folder of the pictures that it names.
        seed: Of the bootstrap, which draws whole bags.
        heartbeat: Told of each picture judged.

    Raises:
        InputError: The set cannot be read, or holds no picture of one of the two kinds.
    """
    labelled = load_coco(annotations, images)
    parts = sum(one.has_part for one in labelled)
    if not 0 < parts < len(labelled):
        raise InputError(f"{annotations}: pictures with and without a firearm part are needed to compare detectors.")
    models = [model for model in (challenger, champion) if model is not None]
    sides = [[one.judged for one in judge_files(labelled, model, heartbeat)] for model in models]
    draws = group_weights([one.group for one in sides[0]], REPEATS, seed)
    measures = [_measures(judged, model.threshold) for judged, model in zip(sides, models, strict=True)]
    theirs = measures[1] if champion else {}
    figures = tuple(_compared(name, mine, theirs.get(name), draws) for name, mine in measures[0].items())
    return Judgement(
        champion=champion.title if champion else None,
        challenger=challenger.title,
        grounds=f"{annotations.name}: {len(labelled):,} pictures, {parts:,} with a part; paired bootstrap over bags",
        figures=figures,
        refusals=(*_too_few(parts, len(labelled)), *_against(figures)),
        data_sha256=hashlib.sha256(annotations.read_bytes()).hexdigest(),
    )


Measure = Callable[[Weights | None], float]


def _false_alarms(judged: Sequence[Judged], threshold: float) -> Measure:
    benign = np.array([one.benign for one in judged], bool)
    alarms = np.array([one.score >= threshold for one in judged], bool)

    def measure(weights: Weights | None) -> float:
        counts = benign * (np.ones(len(judged), np.int64) if weights is None else weights)
        return float((alarms * counts).sum() / counts.sum()) if counts.sum() else float("nan")

    return measure


def _measures(judged: Sequence[Judged], threshold: float) -> dict[str, Measure]:
    """Return how one side is measured under bootstrap weights."""
    matched = match(judged)
    return {
        AP: lambda weights: average_precision(matched, weights),
        RECALL: lambda weights: picture_recall(judged, 0.05, weights),
        AREA: lambda weights: roc_area(judged, weights),
        ALARMS: _false_alarms(judged, threshold),
    }


def _compared(name: str, mine: Measure, theirs: Measure | None, draws: Sequence[Weights]) -> Compared:
    """Compare one figure; without a champion, `low` and `high` are those of the challenger's own figure."""
    value = mine(None)
    if theirs is None:
        low, high = interval([mine(weights) for weights in draws])
        return Compared(name, None, round(value, 4), None, round(low, 4), round(high, 4))
    low, high = interval([mine(weights) - theirs(weights) for weights in draws])
    other = theirs(None)
    return Compared(name, *(round(one, 4) for one in (other, value, value - other, low, high)))


def _against(figures: Sequence[Compared]) -> list[Problem]:
    problems = []
    for one in figures:
        if one.low is None or one.high is None:
            continue
        if one.champion is None:
            if one.name == AREA and one.low <= 0.5:
                text = f"No better than chance: the lower end of its ROC area is {one.low:.3f}."
                problems.append(Problem(one.name, "no_better_than_chance", text))
            continue
        span = f"{one.challenger:.3f} against {one.champion:.3f} (difference {one.low:+.3f} to {one.high:+.3f})"
        if one.name in RANKING and one.high < 0:
            problems.append(Problem(one.name, "worse", f"The challenger is worse beyond chance: {span}."))
        if one.name == ALARMS and one.low > MOST_MORE_ALARMS:
            text = f"The challenger alarms on more benign pictures: {span}; set its threshold by `calibrate xray`."
            problems.append(Problem(one.name, "alarms_too_often", text))
    return problems


def _too_few(parts: int, pictures: int) -> list[Problem]:
    if min(parts, pictures - parts) >= FEWEST:
        return []
    text = f"{parts} pictures with a part and {pictures - parts} without; with fewer than {FEWEST} of each, a worse "
    return [Problem("images", "too_few_pictures", text + "detector could not be told.")]
