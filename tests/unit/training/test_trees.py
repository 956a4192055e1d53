"""How many trees are grown, and that the same seed grows the same ones."""

from __future__ import annotations

import numpy as np

from models.calibration import probability
from training.trees import best_rounds, fit_trees, grow_trees, margins

RNG = np.random.default_rng(5)
ROWS = 3000


def data(noise: bool) -> tuple[np.ndarray, np.ndarray]:
    rows = RNG.normal(size=(ROWS, 4)).astype(np.float32)
    signal = np.zeros(ROWS) if noise else 2.0 * rows[:, 0]
    return rows, RNG.random(ROWS) < probability(signal - 1.0)


def test_noise_stops_early_and_signal_does_not() -> None:
    grown = [fit_trees(*data(noise), np.arange(ROWS), seed=1).num_trees() for noise in (True, False)]
    assert grown[0] < 30 < grown[1]


def test_the_same_seed_grows_the_same_trees_and_parameters_are_heard() -> None:
    rows, labels = data(noise=False)
    first, again, other = (grow_trees(rows, labels, None, 20, {}, seed).model_to_string() for seed in (1, 1, 2))
    assert first == again != other
    small = fit_trees(rows, labels, np.arange(ROWS), parameters={"rounds": 5, "num_leaves": 3}, seed=1)
    assert small.num_trees() <= 5
    assert "num_leaves=3\n" in small.model_to_string()
    assert "num_leaves=7\n" in first


def test_rows_of_weight_zero_do_not_count() -> None:
    rows, labels = data(noise=False)
    half = np.arange(ROWS) < ROWS // 2
    wrong = np.where(half, labels, ~labels)
    trees = grow_trees(rows, wrong, half.astype(np.float64), 150, {}, 0)
    scores = margins(trees, rows)
    assert scores[labels].mean() > scores[~labels].mean() + 0.5


def test_the_number_of_trees_is_the_best_over_all_folds() -> None:
    losses = [np.array([0.5, 0.3, 0.4]), np.array([0.5, 0.4, 0.39, 0.2, 0.6])]
    assert best_rounds(losses, [1, 1]) == 4
    assert best_rounds(losses, [100, 1]) == 2
