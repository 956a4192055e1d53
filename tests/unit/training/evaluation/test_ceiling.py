from __future__ import annotations

import numpy as np
import pytest

from training.ceiling import _endless, _without_noise, fit_curve, rate_of_others
from training.codes_shared import agreement, implied, shared_codes
from training.frame import Frame
from training.metrics import Ranking, auc


def test_the_rate_of_others_leaves_out_what_it_must() -> None:
    keys = np.array([0, 0, 0, 1, 1, 2])
    labels = np.array([True, False, True, True, False, True])
    assert rate_of_others(keys, None, labels).tolist() == pytest.approx([2 / 3] * 3 + [0.5, 0.5, 1.0])
    # Each row's own label is out; the last row has no others and gets the base rate.
    assert rate_of_others(keys, np.arange(6), labels).tolist() == pytest.approx([0.5, 1, 0.5, 0, 1, 4 / 6])
    own = np.array([0, 0, 1, 2, 3, 4])
    assert rate_of_others(keys, own, labels)[:3].tolist() == pytest.approx([1, 1, 0.5])


def test_agreement_finds_the_variance_of_the_true_rates_whatever_the_groups_do() -> None:
    rng = np.random.default_rng(2)
    keys = rng.integers(0, 300, 60_000)
    groups = keys * 20 + rng.integers(0, 20, 60_000)
    by_key = rng.beta(2, 6, 300)
    # Groups stray from their key's rate, rows from their group's.
    by_group = np.clip(by_key.repeat(20) + rng.normal(0, 0.05, 6000), 0, 1)
    labels = (rng.random(60_000) < by_group[groups]).astype(float)
    found, covered = agreement(keys, groups, labels)
    assert found == pytest.approx(by_key.var() / labels.var(), rel=0.25)
    assert covered == 1.0
    shuffled, _ = agreement(rng.permutation(keys), groups, labels)
    assert abs(shuffled) < 0.01
    alone, none = agreement(groups, groups, labels)
    assert np.isnan(alone)
    assert none == 0.0


def test_what_an_agreement_implies_is_what_such_rates_would_give() -> None:
    rng = np.random.default_rng(3)
    rates = rng.beta(0.2 * 9, 0.8 * 9, 200_000)
    labels = rng.random(200_000) < rates
    found = implied(0.1, 0.2)
    assert found["auc"] == pytest.approx(float(auc(Ranking(rates, labels).blocks())), abs=0.005)
    assert found["precision@0.1"] == pytest.approx(labels[np.argsort(-rates)[:20_000]].mean(), abs=0.01)
    assert implied(0.0, 0.2)["auc"] == 0.5
    assert implied(0.3, 0.2)["auc"] > found["auc"] > implied(0.02, 0.2)["auc"]


def test_the_code_that_sets_the_truth_tells_most(frame: Frame) -> None:
    found = shared_codes(frame)
    assert "hs_heading" in found[0].codes
    assert found[0].agreement > 0.05
    assert found[0].error > 0
    assert [one.explained for one in found] == sorted((one.explained for one in found), reverse=True)
    assert len({(one.agreement, one.covered) for one in found}) == len(found)


def test_a_learning_curve_runs_on_to_its_limit() -> None:
    rows = (1000, 2000, 4000, 8000)
    points = [{"rows_trained_on": row, "figures": {"auc": [0.7 - 3 * row**-0.5, 0, 1]}} for row in rows]
    assert fit_curve(points, "auc", 0.5)[0] == pytest.approx(0.7)
    assert _endless([]) == {}


def test_noise_hides_what_a_score_knows() -> None:
    rng = np.random.default_rng(4)
    labels = rng.random(100_000) < 0.3
    known = rng.normal(size=100_000) + 0.5 * labels
    noisy = [known + rng.normal(size=100_000) for _ in range(2)]
    agreed = float(np.corrcoef(*noisy)[0, 1])
    reached, free = (float(auc(Ranking(one, labels).blocks())) for one in (noisy[0], known))
    assert _without_noise(reached, agreed) == pytest.approx(free, abs=0.01)
    assert _without_noise(0.6, 0.0) is None
