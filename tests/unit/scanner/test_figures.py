"""The threshold keeps the wanted false-alarm rate, intervals hold the truth, and ratios claim no more than is seen."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xray_pictures import PARAMETERS

from features.errors import CheckFailed, InputError
from training.xray.scanner_figures import (
    benign_for,
    conformal_threshold,
    expected_rate,
    least_benign,
    observed_rate,
    recall_rate,
    site_ratios,
)

SCORES = st.lists(st.integers(0, 9000).map(lambda n: n / 10_000), min_size=19, max_size=150)


@settings(max_examples=150, deadline=None)
@given(SCORES, st.sampled_from([0.05, 0.1, 0.2]))
def test_the_threshold_is_the_lowest_that_keeps_the_rate(scores: list[float], wanted: float) -> None:
    benign = np.array(scores)
    threshold = conformal_threshold(benign, wanted)
    count = benign.size
    assert (np.count_nonzero(benign >= threshold) + 1) / (count + 1) <= wanted + 1e-9
    # One step lower, and one score more is reached: by then the rate would be passed.
    assert (np.count_nonzero(benign >= threshold - 1.5e-4) + 1) / (count + 1) > wanted


def test_further_pictures_alarm_at_the_wanted_rate() -> None:
    rng = np.random.default_rng(1)
    rates, inside = [], 0
    for _ in range(400):
        threshold = conformal_threshold(rng.beta(2, 5, 80), 0.05)
        rate = float(np.mean(rng.beta(2, 5, 4000) >= threshold))
        told = expected_rate(3, 80)  # floor(0.05 * 81) - 1 = 3 of them may alarm
        inside += told.low <= rate <= told.high
        rates.append(rate)
    assert np.mean(rates) == pytest.approx(told.value, abs=0.005)
    assert np.mean(rates) <= 0.05 + 0.003
    assert 0.90 <= inside / 400 <= 0.99


@pytest.mark.parametrize(("wanted", "needed"), [(0.05, 19), (0.01, 99), (0.1, 9), (0.03, 33)])
def test_too_few_pictures_are_told_with_the_number_needed(wanted: float, needed: int) -> None:
    assert least_benign(wanted) == needed
    scores = np.linspace(0.1, 0.5, needed)
    assert np.count_nonzero(scores >= conformal_threshold(scores, wanted)) == 0
    with pytest.raises(InputError, match=rf"{needed - 1} different benign pictures .* at least {needed} are needed"):
        conformal_threshold(scores[1:], wanted)


def test_the_number_for_a_good_estimate_is_one() -> None:
    count = benign_for(0.05, 0.1)
    allowed = math.floor(0.05 * (count + 1)) - 1
    assert expected_rate(allowed, count).high <= 0.1
    assert 60 < count < 150


def test_a_detector_that_is_sure_of_harmless_pictures_is_told() -> None:
    scores = np.array([0.9999] * 10 + [0.1] * 90)
    with pytest.raises(CheckFailed, match="10 of 100 benign pictures get the detector's highest score"):
        conformal_threshold(scores, 0.05)
    assert conformal_threshold(scores, 0.2) == 0.1001


def test_recall_comes_with_an_interval_that_holds_the_truth() -> None:
    rng = np.random.default_rng(2)
    inside = 0
    for repeat in range(30):
        benign, armed = rng.normal(0.3, 0.1, 60), rng.normal(0.5, 0.1, 60)
        rate = recall_rate(armed, [f"bag {n // 2}" for n in range(60)], benign, 0.1, seed=repeat)
        truth = float(np.mean(rng.normal(0.5, 0.1, 4000) >= 0.3 + 0.1 * 1.2816))
        inside += rate.low <= truth <= rate.high
        assert rate.low <= rate.value <= rate.high
    assert inside >= 26


def test_recall_of_all_pictures_is_not_certainty() -> None:
    rate = recall_rate(np.full(5, 0.9), list("abcde"), np.linspace(0, 0.4, 30), 0.05, seed=0)
    assert (rate.value, rate.high) == (1.0, 1.0)
    assert rate.low < 0.6


def test_observed_rates_have_exact_intervals() -> None:
    # Clopper and Pearson: 0 of 10 has the upper limit 1 - 0.025 ** (1 / 10).
    assert observed_rate(0, 10).high == pytest.approx(1 - 0.025**0.1, abs=1e-4)
    assert observed_rate(10, 10).low == pytest.approx(0.025**0.1, abs=1e-4)
    assert (observed_rate(0, 10).low, observed_rate(10, 10).high) == (0.0, 1.0)


@settings(max_examples=100, deadline=None)
@given(SCORES)
def test_ratios_of_the_bundle_claim_no_more_than_the_benign_pictures_bear_out(scores: list[float]) -> None:
    benign = np.array(scores)
    ratios, own = site_ratios(benign, np.array([]), PARAMETERS)
    assert not own
    assert list(ratios.values) == sorted(ratios.values)
    assert list(ratios.scores) == sorted(set(ratios.scores))
    for score, value in zip(ratios.scores, ratios.values, strict=True):
        reached = np.count_nonzero(benign >= score - 1e-9)
        assert value <= math.log((benign.size + 1) / (reached + 1)) + 1e-3
        assert value <= np.interp(score, PARAMETERS.ratio_scores, PARAMETERS.ratio_values) + 1e-3


def test_a_scanner_whose_harmless_pictures_score_high_tells_lower_scores() -> None:
    quiet, _ = site_ratios(np.linspace(0.01, 0.2, 200), np.array([]), PARAMETERS)
    loud, _ = site_ratios(np.linspace(0.01, 0.95, 200), np.array([]), PARAMETERS)
    at = [float(np.interp(0.9, one.scores, one.values)) for one in (quiet, loud)]
    assert at[0] == pytest.approx(3.0, abs=0.01)  # the bundle's own, untouched
    assert at[1] < math.log(201 / 11) + 0.05  # a tenth of the harmless pictures come that far


def test_with_enough_labelled_pictures_the_ratios_are_measured() -> None:
    rng = np.random.default_rng(3)
    ratios, own = site_ratios(rng.beta(2, 5, 100), rng.beta(5, 2, 60), PARAMETERS)
    assert own
    assert ratios.values[0] < -1 < 1 < ratios.values[-1]
