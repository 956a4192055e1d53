from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from training.bootstrap import Replicates, group_weights, measure, measure_all
from training.metrics import (
    SHARES,
    Ranking,
    auc,
    average_precision,
    brier,
    calibration_error,
    caught,
    equal_bins,
    ranking_figures,
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
    found = measure(scores, labels)
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


def test_many_weightings_at_once_are_the_same_as_one_at_a_time() -> None:
    weights = RNG.integers(0, 3, (7, 4000)).astype(float)
    ranking, chances = Ranking(SCORES, LABELS), 1 / (1 + np.exp(-SCORES))
    together = ranking_figures(ranking.blocks(weights))
    for place, weight in enumerate(weights):
        alone = ranking_figures(ranking.blocks(weight))
        for name, found in alone.items():
            assert together[name][place] == found
        assert together["auc"][place] == pytest.approx(roc_auc_score(LABELS, SCORES, sample_weight=weight), abs=1e-12)
    for figure in (brier, calibration_error):
        found = figure(chances, LABELS, weights)
        np.testing.assert_allclose(found, [figure(chances, LABELS, weight) for weight in weights], rtol=1e-12)
    expected = [brier_score_loss(LABELS, chances, sample_weight=weight) for weight in weights]
    np.testing.assert_allclose(brier(chances, LABELS, weights), expected, rtol=1e-12)


def test_weighted_calibration_error_is_that_of_rows_written_out() -> None:
    chances = np.linspace(0.01, 0.99, 500)
    labels = RNG.random(500) < chances**2
    weights = RNG.integers(0, 4, 500)
    bins = equal_bins(chances)
    edges = [*bins.starts.tolist(), 500]
    gap = sum(
        abs(np.repeat(chances[one] - labels[one], weights[one]).sum())
        for start, end in pairwise(edges) for one in [slice(start, end)]
    )  # fmt: skip
    assert calibration_error(chances, labels, weights.astype(float)) == pytest.approx(gap / weights.sum())


def test_the_oracle_is_the_upper_bound_of_every_figure_and_reaches_what_the_base_rate_allows() -> None:
    groups = RNG.integers(0, 300, 4000)
    measured = measure_all({"oracle": LABELS.astype(float), "model": SCORES}, LABELS, Replicates(groups, 0, 50))
    oracle, model = measured.figures("oracle"), measured.figures("model")
    rate = LABELS.mean()
    for name, figure in oracle.items():
        assert figure.value >= model[name].value
        assert (measured.draws["oracle"][name] >= measured.draws["model"][name] - 1e-12).all()
    assert oracle["auc"].value == oracle["ap"].value == 1.0
    for share in SHARES:
        assert oracle[f"recall@{share:g}"].value == pytest.approx(min(share / rate, 1))
        assert oracle[f"precision@{share:g}"].value == pytest.approx(min(rate / share, 1))


def test_the_paired_difference_covers_zero_for_equals_and_not_for_a_clearly_worse_one() -> None:
    groups = RNG.integers(0, 800, 4000)
    noise = RNG.normal(size=(3, 4000))
    scores = {"a": noise[0] + 1.5 * LABELS, "b": noise[1] + 1.5 * LABELS, "worse": noise[2] + 0.3 * LABELS}
    measured = measure_all(scores, LABELS, Replicates(groups, 1, 200))
    for name in ("auc", "ap"):
        equal, worse = measured.differences("a", "b")[name], measured.differences("a", "worse")[name]
        assert equal.low < 0 < equal.high
        assert worse.low > 0
        assert measured.differences("a", "a")[name].high == 0
    # Pairing is what makes small differences visible.
    near = {"one": scores["a"], "two": scores["a"] + 0.3 * noise[2]}
    paired = measure_all(near, LABELS, Replicates(groups, 1, 200))
    width = paired.differences("one", "two")["auc"]
    apart = [paired.figures(name)["auc"] for name in near]
    assert width.high - width.low < 0.7 * sum(one.high - one.low for one in apart) / 2


def test_a_calibrated_model_s_interval_of_the_calibration_error_reaches_down() -> None:
    true = RNG.random(5000) * 0.5
    labels = RNG.random(5000) < true
    good = measure(true, labels, group_weights(np.arange(5000), 0, 200), probabilities=True)["ece"]
    bad = measure(true / 2, labels, group_weights(np.arange(5000), 0, 200), probabilities=True)["ece"]
    assert good.low < 0.01
    assert good.low <= good.value <= good.high < 0.05 < bad.low


def test_one_kind_alone_has_no_ranking() -> None:
    found = measure(SCORES, np.zeros(4000, dtype=bool), group_weights(np.arange(4000), 0, 3))
    assert np.isnan(found["auc"].value)
    assert np.isnan(found["recall@0.01"].low)
