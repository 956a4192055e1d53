"""Figures of a detector from its boxes and the true ones; numpy alone, so that evaluation needs no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.geometry import Boxes, Scores, iou

Array = NDArray[np.float64]
FALSE_ALARM_RATES = (0.01, 0.05, 0.10)


@dataclass(frozen=True, slots=True)
class Judged:
    """One picture's answer beside the truth.

    Attributes:
        name: Of the picture.
        group: Bag or scene.
        benign: Whether no firearm part is in it.
        score: The picture's any-part score, 0 to 1.
        boxes: N x 4 corners found. scores: N. parts: N names.
        truth: M x 4 corners to be found. names: M names, None where the set names none. ignore: M.
    """

    name: str
    group: str
    benign: bool
    score: float
    boxes: Boxes
    scores: Scores
    parts: tuple[str, ...]
    truth: Boxes
    names: tuple[str | None, ...]
    ignore: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Matched:
    """All boxes of a set, matched: score, whether a hit, and the picture of each; and how many were to be found."""

    scores: Array
    hits: NDArray[np.bool_]
    pictures: NDArray[np.int64]
    wanted: NDArray[np.int64]


def match(judged: Sequence[Judged], least_iou: float = 0.5, part: str | None = None) -> Matched:
    """Match found to true boxes, best score first, each true box once (Everingham et al. 2010).

    A found box that overlaps only ignored boxes is neither hit nor false alarm.

    Args:
        judged: Pictures.
        least_iou: From which overlap on a box is found.
        part: Only this part, by the name found; None: any part whatever its name.
    """
    scores: list[float] = []
    hits: list[bool] = []
    pictures: list[int] = []
    wanted = np.zeros(len(judged), np.int64)
    for place, one in enumerate(judged):
        mine = np.array([part is None or name == part for name in one.names], bool)
        ignore = one.ignore | ~mine
        wanted[place] = int(np.count_nonzero(~ignore))
        for index, hit in _match_one(one, ignore, least_iou, part):
            scores.append(float(one.scores[index]))
            hits.append(hit)
            pictures.append(place)
    return Matched(np.array(scores), np.array(hits, bool), np.array(pictures, np.int64), wanted)


def _match_one(one: Judged, ignore: NDArray[np.bool_], least_iou: float, part: str | None) -> list[tuple[int, bool]]:
    found: list[tuple[int, bool]] = []
    overlap = iou(one.boxes, one.truth)
    taken = np.zeros(len(one.truth), bool)
    for index in np.argsort(-one.scores, kind="stable"):
        if part is not None and one.parts[index] != part:
            continue
        open_ones = np.where(ignore | taken, 0.0, overlap[index])
        best = int(np.argmax(open_ones)) if open_ones.size else -1
        if best >= 0 and open_ones[best] >= least_iou:
            taken[best] = True
            found.append((int(index), True))
        elif part is not None and bool(np.any(overlap[index][~_named(one)] >= least_iou)):
            continue  # a box around a part that the set does not name cannot be called wrong by name
        elif not bool(np.any(overlap[index][one.ignore] >= least_iou)):
            found.append((int(index), False))
    return found


def _named(one: Judged) -> NDArray[np.bool_]:
    return np.array([name is not None for name in one.names], bool)


def average_precision(matched: Matched, weights: NDArray[np.int64] | None = None) -> float:
    """Return the area under precision over recall, all points, precision made falling; nan where nothing is wanted.

    Args:
        matched: Boxes of all pictures.
        weights: How often each picture counts (bootstrap); None: once.
    """
    counts = np.ones(len(matched.wanted), np.int64) if weights is None else weights
    wanted = int((matched.wanted * counts).sum())
    if wanted == 0:
        return float("nan")
    order = np.argsort(-matched.scores, kind="stable")
    times = counts[matched.pictures[order]]
    hits = np.cumsum(matched.hits[order] * times)
    precision = hits / np.maximum(np.cumsum(times), 1)
    recall = hits / wanted
    falling = np.maximum.accumulate(precision[::-1])[::-1] if precision.size else precision
    return float(np.sum(np.diff(np.r_[0.0, recall]) * falling))


def picture_recall(judged: Sequence[Judged], rate: float, weights: NDArray[np.int64] | None = None) -> float:
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


def roc_area(judged: Sequence[Judged], weights: NDArray[np.int64] | None = None) -> float:
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
    order = np.argsort(-matched.scores, kind="stable")
    hits = np.cumsum(matched.hits[order]) / max(int(matched.wanted.sum()), 1)
    false = np.cumsum(~matched.hits[order]) / max(pictures, 1)
    step = max(1, len(order) // 60)
    return [(float(f), float(h)) for f, h in zip(false[::step], hits[::step], strict=True)]


def group_weights(groups: Sequence[str], repeats: int, seed: int) -> list[NDArray[np.int64]]:
    """Return bootstrap weights: whole groups are drawn with replacement, for pictures of one bag go together."""
    names = sorted(set(groups))
    member = np.array([names.index(group) for group in groups])
    rng = np.random.default_rng(seed)
    return [np.bincount(rng.integers(0, len(names), len(names)), minlength=len(names))[member] for _ in range(repeats)]


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % percentile interval; nan values (a draw without positives) do not count."""
    usable = np.array([value for value in values if not np.isnan(value)])
    if usable.size == 0:
        return float("nan"), float("nan")
    return float(np.percentile(usable, 2.5)), float(np.percentile(usable, 97.5))
