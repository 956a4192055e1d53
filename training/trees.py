"""Grows the trees: their parameters, how many of them, and on which columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from training.splits import folds_by_group

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.float32]
Marks = npt.NDArray[np.bool_]
Grow = Callable[[Rows, Marks, Numbers | None, int, Mapping[str, Any] | None, int], lgb.Booster]
"""What grows so many trees on all rows: `grow_trees` here, or a cluster (`training.cluster`)."""
ROUNDS, PATIENCE = 600, 40
FOLDS = 5
# Unweighted by class on purpose: class weights would wreck the calibration. Small trees, few columns each and a strong
# floor on the rows of a leaf, because illicit parcels are few and most columns say a little of the same.
PARAMETERS: dict[str, Any] = {
    "objective": "binary", "learning_rate": 0.06, "num_leaves": 7, "min_data_in_leaf": 100, "lambda_l2": 10.0,
    "feature_fraction": 0.3, "bagging_fraction": 0.8, "bagging_freq": 1, "max_bin": 127, "verbosity": -1,
    "bin_construct_sample_cnt": 100_000, "deterministic": True, "force_row_wise": True, "num_threads": 1,
}  # fmt: skip


def fit_trees(
    rows: Rows,
    labels: Marks,
    groups: npt.ArrayLike,
    weights: Numbers | None = None,
    parameters: Mapping[str, Any] | None = None,
    seed: int = 0,
) -> lgb.Booster:
    """Find the number of trees on groups left out, then grow that many on all rows.

    Args:
        rows: Shape (n, columns).
        labels: The truth, shape (n,).
        groups: Near-duplicate groups, shape (n,).
        weights: Of the rows, shape (n,); None: 1 each.
        parameters: LightGBM's, over PARAMETERS; `rounds` is the most trees.
        seed: Of the split and of the trees.
    """
    out = folds_by_group(groups, FOLDS, seed + 1) == 0
    part = None if weights is None else weights[~out]
    losses = watch_trees(rows[~out], labels[~out], part, [(rows[out], labels[out])], parameters, seed)[1]
    return grow_trees(rows, labels, weights, best_rounds([losses], [int(out.sum())]), parameters, seed)


def grow_trees(
    rows: Rows,
    labels: Marks,
    weights: Numbers | None,
    rounds: int,
    parameters: Mapping[str, Any] | None,
    seed: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> lgb.Booster:
    """Grow so many trees; `progress` is told after each how many are grown, and of how many."""
    settings, _ = settings_of(parameters, seed)
    callbacks = [lambda env: progress(env.iteration + 1, env.end_iteration)]
    return lgb.train(settings, _dataset(rows, labels, weights, settings), rounds, callbacks=callbacks)


def watch_trees(
    rows: Rows,
    labels: Marks,
    weights: Numbers | None,
    watched: Sequence[tuple[Rows, Marks]],
    parameters: Mapping[str, Any] | None,
    seed: int,
) -> tuple[lgb.Booster, Numbers]:
    """Grow trees until the loss on watched rows has not fallen for PATIENCE rounds.

    Returns:
        The trees, and the mean log loss on the watched rows after each round.
    """
    settings, rounds = settings_of(parameters, seed)
    inside = _dataset(rows, labels, weights, settings)
    sets = [lgb.Dataset(one, truth, reference=inside) for one, truth in watched]
    found: dict[str, dict[str, list[float]]] = {}
    callbacks = [lgb.record_evaluation(found), lgb.early_stopping(PATIENCE, verbose=False)]
    trees = lgb.train(settings, inside, rounds, valid_sets=sets, callbacks=callbacks)
    return trees, np.mean([next(iter(one.values())) for one in found.values()], axis=0)


def best_rounds(losses: Sequence[Numbers], sizes: Sequence[int]) -> int:
    """Return the number of trees with the least loss over several folds, each as long as its own patience lasted."""
    length = max(len(one) for one in losses)
    # A fold that stopped early is past its best: from there on it counts with its last loss.
    filled = [np.concatenate([one, np.full(length - len(one), one[-1])]) for one in losses]
    return int(np.argmin(np.average(filled, axis=0, weights=sizes))) + 1


def margins(trees: lgb.Booster, rows: Rows, rounds: int | None = None) -> Numbers:
    """Return raw log-odds of the first so many trees, shape (n,)."""
    found = trees.predict(rows, raw_score=True, num_threads=1, num_iteration=-1 if rounds is None else rounds)
    return np.asarray(found, dtype=np.float64)


def settings_of(parameters: Mapping[str, Any] | None, seed: int) -> tuple[dict[str, Any], int]:
    """Return LightGBM's own settings, and the most trees."""
    settings = {**PARAMETERS, "metric": "binary_logloss", **(parameters or {}), "seed": seed}
    return settings, int(settings.pop("rounds", ROUNDS))


def _dataset(rows: Rows, labels: Marks, weights: Numbers | None, settings: Mapping[str, Any]) -> lgb.Dataset:
    own = {name: settings[name] for name in ("verbosity", "max_bin", "min_data_in_leaf", "bin_construct_sample_cnt")}
    return lgb.Dataset(rows, labels, weight=weights, params=own)
