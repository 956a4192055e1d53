from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from training.metrics import (
    Ranking,
    auc,
    average_precision,
    brier,
    calibration_error,
    caught,
    group_weights,
    measure,
    reliability,
)  # fmt: skip

RNG = np.random.default_rng(3)
LABELS = RNG.random(4000) < 0.05
SCORES = np.round(RNG.normal(size=4000) + 1.5 * LABELS, 1)  # rounded: many ties


def test_auc_and_average_precision_agree_with_scikit_learn_also_with_ties() -> None:
    blocks = Ranking(SCORES, LABELS).blocks()
    assert auc(blocks) == pytest.approx(roc_auc_score(LABELS, SCORES), abs=1e-12)
    assert average_precision(blocks) == pytest.approx(average_precision_score(LABELS, SCORES), abs=1e-12)
    weights = RNG.integers(0, 4, 4000).astype(float)
    weighted = Ranking(SCORES, LABELS).blocks(weights)
    assert auc(weighted) == pytest.approx(roc_auc_score(LABELS, SCORES, sample_weight=weights), abs=1e-12)
    expected = average_precision_score(LABELS, SCORES, sample_weight=weights)
    assert average_precision(weighted) == pytest.approx(expected, abs=1e-12)


def test_a_score_that_says_nothing_catches_its_share() -> None:
    blocks = Ranking(np.zeros(4000), LABELS).blocks()
    assert auc(blocks) == 0.5
    assert caught(blocks, 0.1) == pytest.approx(0.1 * LABELS.sum())


def test_precision_recall_and_lift_at_a_share() -> None:
    labels = np.zeros(1000, dtype=bool)
    labels[:10] = True
    scores = np.arange(1000, 0, -1, dtype=float)
    scores[5:10] = 0.0
    found = measure(scores, labels, [])
    assert found["precision@0.01"].value == pytest.approx(0.5)
    assert found["recall@0.01"].value == pytest.approx(0.5)
    assert found["lift@0.01"].value == pytest.approx(50.0)
    assert np.isnan(found["auc"].low)


def test_calibration_error_sees_what_is_wrong_and_only_that() -> None:
    true = RNG.random(50_000) ** 4
    labels = RNG.random(50_000) < true
    assert calibration_error(true, labels) < 0.01
    assert calibration_error(np.minimum(true * 2, 1), labels) > 0.1
    assert brier(true, labels) == pytest.approx(brier_score_loss(labels, true))
    bins = reliability(true, labels)
    assert bins.rows.sum() == 50_000
    np.testing.assert_allclose(bins.predicted, bins.observed, atol=0.02)


def test_the_bootstrap_draws_whole_groups_and_is_wider_for_them() -> None:
    groups = [str(place // 100) for place in range(4000)]
    for weight in group_weights(groups, 0, 5):
        assert weight.sum() == 4000
        assert all(len(set(weight[start : start + 100])) == 1 for start in range(0, 4000, 100))
    order = np.argsort(LABELS, kind="stable")
    clumped = {name: measure(SCORES[order], LABELS[order], group_weights(g, 0, 100))["precision@0.05"]
               for name, g in (("rows", list(map(str, range(4000)))), ("groups", groups))}  # fmt: skip
    width = {name: figure.high - figure.low for name, figure in clumped.items()}
    assert width["groups"] > 1.5 * width["rows"]
    assert group_weights(groups, 1, 2)[1].tolist() == group_weights(groups, 1, 2)[1].tolist()


def test_interval_covers_the_value() -> None:
    figure = measure(SCORES, LABELS, group_weights(list(map(str, range(4000))), 0, 200))["auc"]
    assert figure.low < figure.value < figure.high
