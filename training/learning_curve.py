"""How good the model would be with fewer past parcels, and so whether more of them would help."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from training.bootstrap import Replicates, measure
from training.curves import rounded
from training.frame import Frame
from training.pooled import MODEL, Pooled, model_scores
from training.protocols import Fold
from training.refit import Fit

SHARES_OF_GROUPS = (0.125, 0.25, 0.5)
FEWEST_ILLICIT = 60
"""A part with fewer illicit or harmless parcels is left out: nothing could be fitted on it."""
WANTED = ("auc", "ap", "precision@0.01", "precision@0.1", "recall@0.01")


def learning_curve(
    frame: Frame, folds: Sequence[Fold], fit: Fit, seed: int, whole: Pooled, done: Callable[[], None]
) -> list[dict[str, Any]]:
    """Return figures of models trained on a part of the groups, tested on the very same parcels.

    The parts are nested: whoever is in the eighth is in the quarter. The last point is the model trained on all.

    Args:
        frame: The parcels.
        folds: The folds of the run `whole`.
        fit: Fits the risk model.
        seed: Of the parts.
        whole: What the models trained on all groups said.
        done: Called after each model.
    """
    _, groups = np.unique(frame.groups, return_inverse=True)
    drawn = np.random.default_rng([seed, 1]).random(int(groups.max()) + 1)[groups]
    tested = np.sort(np.concatenate([fold.test for fold in folds]))
    replicates = Replicates(whole.frame.groups, seed)
    points = []
    for share in (*SHARES_OF_GROUPS, 1.0):
        some = [Fold(fold.train[drawn[fold.train] < share], fold.test) for fold in folds]
        if share < 1.0 and min(_fewest(frame, fold) for fold in some) < FEWEST_ILLICIT:
            for _ in folds:
                done()
            continue
        scores = whole.scores[MODEL] if share == 1.0 else model_scores(frame, some, fit, seed, done)[tested]
        figures = measure(scores, whole.frame.labels, replicates)
        rows = round(float(np.mean([len(fold.train) for fold in some])))
        wanted = rounded({name: figures[name] for name in WANTED})
        points.append({"share_of_groups": share, "rows_trained_on": rows, "figures": wanted})
    return points


def _fewest(frame: Frame, fold: Fold) -> int:
    illicit = int(frame.labels[fold.train].sum())
    return min(illicit, len(fold.train) - illicit)
