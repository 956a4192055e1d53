"""One protocol's part of `metrics.json`: all figures, differences, slices and curves of what was pooled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from models.coded import Coded
from training.bootstrap import Replicates, measure_all
from training.curves import curve, reliability_diagram, rounded, spread
from training.peers import ENCODED, INDICATORS, LOGISTIC, LOOKUP, ORACLE, PROFILE, PROPER, RANDOM, RAW
from training.pooled import MODEL, Pooled
from training.slices import by_origin_class_channel_month, measure_slices, two_sides

ORDER = (MODEL, ENCODED, RAW, LOGISTIC, PROFILE, LOOKUP, INDICATORS, RANDOM, ORACLE)
PROBABILITIES = PROPER | {MODEL}
SEEN, NOVEL = "pattern seen before", "novel pattern"
FRESH, KNOWN = "people never seen", "somebody seen before"
Tick = Callable[[], None]


def section(pooled: Pooled, seed: int, every_slice: bool, done: Tick = lambda: None) -> dict[str, Any]:
    """Return all that is measured of one protocol.

    Args:
        pooled: The scores.
        seed: Of the bootstrap.
        every_slice: Also by origin, mail class, channel and month, not only by what was seen before.
        done: Called when the figures are measured, and again when the slices are.
    """
    frame, labels = pooled.frame, pooled.frame.labels
    replicates = Replicates(frame.groups, seed)
    measured = measure_all({name: pooled.scores[name] for name in ORDER}, labels, replicates, PROBABILITIES)
    done()
    slices = measure_slices(pooled.scores[MODEL], labels, frame.groups, _kinds(pooled, every_slice), seed)
    found = {
        "rows": len(frame),
        "illicit": int(labels.sum()),
        "base_rate": round(float(labels.mean()), 6),
        "groups": len(np.unique(frame.groups)),
        "seen_share": round(float(pooled.seen.mean()), 5),
        "figures": {name: rounded(measured.figures(name)) for name in ORDER},
        "differences": {name: rounded(measured.differences(MODEL, name)) for name in ORDER if name != MODEL},
        "slices": slices,
        "curves": {name: curve(pooled.scores[name], labels) for name in ORDER},
        "reliability": reliability_diagram(pooled.scores[MODEL], labels, replicates),
    }
    done()
    return found


def _kinds(pooled: Pooled, every_slice: bool) -> dict[str, Coded]:
    kinds = {"pattern": two_sides(pooled.seen, SEEN, NOVEL)}
    if pooled.fresh is not None:
        kinds["people"] = two_sides(pooled.fresh, FRESH, KNOWN)
    return {**kinds, **(by_origin_class_channel_month(pooled.frame) if every_slice else {})}


def over_seeds(runs: Sequence[Pooled]) -> dict[str, Any]:
    """Return each model's figures over runs that differ in the seed: of folds, model and peers."""
    values = [measure_all({name: run.scores[name] for name in ORDER}, run.frame.labels, None, PROBABILITIES).values
              for run in runs]  # fmt: skip
    return {name: spread([dict(run[name]) for run in values]) for name in ORDER}
