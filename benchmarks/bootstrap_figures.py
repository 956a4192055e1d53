"""How much faster the figures of all replicates come at once than one at a time through scikit-learn.

Run `python -m benchmarks.bootstrap_figures`; prints both times for a replicate of one model and their ratio.
"""

from __future__ import annotations

import time

import numpy as np
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from training.bootstrap import Replicates, measure_all

ROWS, GROUPS, MODELS, REPLICATES, BY_HAND = 45_000, 9_000, 9, 300, 5


def main() -> None:
    """Measure both in the same run."""
    rng = np.random.default_rng(0)
    labels, groups = rng.random(ROWS) < 0.2, rng.integers(0, GROUPS, ROWS)
    scores = {f"model {one}": 1 / (1 + np.exp(-rng.normal(size=ROWS) - labels)) for one in range(MODELS)}
    begin = time.perf_counter()
    measure_all(scores, labels, Replicates(groups, 0, REPLICATES), scores)
    ours = (time.perf_counter() - begin) / REPLICATES / MODELS
    begin = time.perf_counter()
    for weights in Replicates(groups, 0, BY_HAND):
        for one in (roc_auc_score, average_precision_score):
            one(labels, scores["model 0"], sample_weight=weights)
        brier_score_loss(labels, scores["model 0"], sample_weight=weights)
    theirs = (time.perf_counter() - begin) / BY_HAND
    print(f"all {MODELS} models, {REPLICATES} replicates: {ours * REPLICATES * MODELS:.1f} s")
    print(f"one replicate of one model, 19 figures at once: {ours * 1000:.1f} ms")
    print(f"three of the figures by scikit-learn: {theirs * 1000:.1f} ms, {theirs / ours:.1f} times as long")


if __name__ == "__main__":
    main()
