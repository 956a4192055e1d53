"""The straight part of the score: what it learns, how it is weighed, and that its shares add up."""

from __future__ import annotations

import numpy as np
import pytest

from models.calibration import probability
from models.linear import FARTHEST, LinearPart
from training.linear import fit_linear, fit_weights

RNG = np.random.default_rng(6)
ROWS = 4000


def data() -> tuple[np.ndarray, np.ndarray]:
    """One column that rises, one constant, one whose gaps tell, one that is never known."""
    rows = RNG.normal(size=(ROWS, 4)).astype(np.float32)
    rows[:, 1], rows[:, 3] = 7.0, np.nan
    gap = RNG.random(ROWS) < 0.3
    rows[gap, 2] = np.nan
    return rows, RNG.random(ROWS) < probability(1.5 * rows[:, 0].astype(np.float64) + 2.0 * gap - 2.0)


def test_it_learns_slopes_and_gaps_and_leaves_constants_alone() -> None:
    rows, labels = data()
    part = fit_linear(rows, labels, None)
    assert part.slopes[0] > 1.0 > 0.2 > abs(part.slopes[2])
    assert part.gaps[2] > 1.0
    assert abs(part.slopes[1]) + abs(part.slopes[3]) < 0.01
    assert np.isfinite(part.margins(rows)).all()


def test_one_row_and_many_score_alike_and_shares_add_up() -> None:
    rows, labels = data()
    part = fit_linear(rows, labels, None)
    together = part.margins(rows)
    assert [part.margins(row[None, :])[0] for row in rows[:200]] == together[:200].tolist()
    np.testing.assert_allclose(part.shares(rows).sum(axis=1) + part.offset, together)
    again = LinearPart.from_bytes(part.to_bytes())
    assert again.margins(rows).tobytes() == together.tobytes()


def test_a_figure_out_of_this_world_counts_no_more_than_an_extreme_one() -> None:
    rows, labels = data()
    part = fit_linear(rows, labels, None)
    wild = np.repeat(rows[:1], 2, axis=0)
    wild[:, 0] = part.middle[0] + part.spread[0] * FARTHEST, 1e30
    assert part.margins(wild)[0] == pytest.approx(part.margins(wild)[1])


def test_what_tells_counts_and_what_does_not_never_counts_below_nothing() -> None:
    truth = RNG.normal(size=ROWS)
    labels = RNG.random(ROWS) < probability(truth)
    noise, other = RNG.normal(size=(2, ROWS))
    trees, line = fit_weights(truth + noise, truth + other, labels)
    assert trees == pytest.approx(0.5, abs=0.1)
    assert trees + line == pytest.approx(1.0)
    assert fit_weights(truth, -truth + other, labels)[0] >= 0.0
    assert min(fit_weights(truth, noise, labels)) >= 0.0
