"""Fills the memory of known patterns and finds how strongly it should hold on to the trees' answer."""

from __future__ import annotations

from itertools import product

import numpy as np
import numpy.typing as npt

from features.patterns import LEVELS, NO_KEY
from models.calibration import probability
from models.memory import NOVEL, USUAL_STRENGTHS, Evidence, Level, PatternMemory
from training.frame import Frame

Numbers = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
Keys = npt.NDArray[np.uint64]
MOST_KEYS = 100_000
"""Keys of a level: patterns with a find come first, then the most frequent; 16 bytes each in the bundle."""
LADDER = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
FEWEST_TO_FIT = 20
"""Illicit, and harmless, parcels that a level must know of; below, its usual strength stands."""


def fill_memory(frame: Frame, strengths: tuple[float, ...] = USUAL_STRENGTHS) -> PatternMemory:
    """Count the labelled rows of each pattern at every level."""
    labelled = np.flatnonzero(frame.labelled)
    patterns, labels = frame.patterns[labelled], frame.labels[labelled]
    return PatternMemory(tuple(_level(patterns[:, place], labels) for place in range(len(LEVELS))), strengths)


def _level(keys: Keys, labels: Marks) -> Level:
    found, places, parcels = np.unique(keys, return_inverse=True, return_counts=True)
    illicit = np.bincount(places, labels, minlength=len(found)).astype(np.int64)
    known = np.flatnonzero(found != NO_KEY)
    best = known[np.lexsort((found[known], -parcels[known], illicit[known] == 0))][:MOST_KEYS]
    kept = np.sort(best)
    return Level(found[kept], parcels[kept].astype(np.uint32), illicit[kept].astype(np.uint32))


def fit_strengths(log_odds: Numbers, evidence: Evidence, labels: Marks) -> tuple[float, ...]:
    """Find the strengths with the greatest likelihood on rows that neither the trees nor the memory were fitted on.

    A level that knows too few of the rows keeps its usual strength: where nothing repeats exactly, every strength is
    equally likely, and the weakest would let a single repeat later on say all.

    Args:
        log_odds: Calibrated, without the memory, shape (n,).
        evidence: What a memory of other rows knows of them.
        labels: The truth.
    """
    known = evidence.states != NOVEL
    inside = Evidence(evidence.parcels[known], evidence.illicit[known], evidence.states[known])
    told = [labels[known][inside.parcels[:, place] > 0] for place in range(len(LEVELS))]
    fitted = [place for place, some in enumerate(told) if min(some.sum(), (~some).sum()) >= FEWEST_TO_FIT]
    best: tuple[float, ...] = USUAL_STRENGTHS
    # One strength after the other, twice around: the levels hardly interact, and the ladder is coarse enough.
    for _, place in product(range(2), fitted):
        tried = [(*best[:place], strength, *best[place + 1 :]) for strength in LADDER]
        losses = [_loss(one, log_odds[known], inside, labels[known]) for one in tried]
        best = tried[int(np.argmin(losses))]
    return best


def _loss(strengths: tuple[float, ...], log_odds: Numbers, evidence: Evidence, labels: Marks) -> float:
    share = probability(PatternMemory((), strengths).combine(log_odds, evidence))
    return float(-np.mean(np.log(np.where(labels, share, 1.0 - share))))
