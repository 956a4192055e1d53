"""Figures against values worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from features.errors import InputError
from training.xray.calibrate import alarm_threshold, likelihood_ratios
from training.xray.evaluate import figures
from training.xray.judge import beside_truth
from training.xray.metrics import (
    Judged,
    alarm_level,
    average_precision,
    froc,
    group_weights,
    match,
    picture_recall,
    roc_area,
)
from training.xray.store import Thing

BOX, FAR = (10.0, 10.0, 20.0, 20.0), (200.0, 200.0, 20.0, 20.0)


def judged(
    name: str, truth: list[Thing], found: list[tuple[tuple[float, ...], float, str]], group: str | None = None
) -> Judged:
    boxes = np.array([[x, y, x + w, y + h] for (x, y, w, h), _, _ in found], np.float32).reshape(-1, 4)
    scores = np.array([score for _, score, _ in found], np.float32)
    peak = float(scores.max(initial=0.0))
    return beside_truth(name, group or name, truth, peak, boxes, scores, tuple(part for _, _, part in found))


def test_average_precision_by_hand() -> None:
    """Scores .9 hit, .8 false, .7 hit of 3 true boxes: 1/3 at precision 1, 1/3 at 2/3, the last never found."""
    pictures = [
        judged("a", [Thing(BOX, "barrel")], [(BOX, 0.9, "barrel"), (FAR, 0.8, "barrel")]),
        judged("b", [Thing(BOX, "barrel")], [(BOX, 0.7, "barrel")]),
        judged("c", [Thing(BOX, "barrel")], []),
    ]
    assert average_precision(match(pictures)) == pytest.approx(1 / 3 + 1 / 3 * 2 / 3)


def test_each_true_box_is_found_once() -> None:
    pictures = [judged("a", [Thing(BOX, "slide")], [(BOX, 0.9, "slide"), (BOX, 0.8, "slide")])]
    assert match(pictures).hits.tolist() == [True, False]


def test_ignored_boxes_are_neither_hit_nor_false_alarm() -> None:
    pictures = [judged("a", [Thing(BOX, "slide", ignore=True)], [(BOX, 0.9, "slide")])]
    matched = match(pictures)
    assert matched.hits.size == 0
    assert math.isnan(average_precision(matched))
    assert pictures[0].benign


def test_a_wrong_name_counts_for_any_part_and_against_the_name() -> None:
    pictures = [judged("a", [Thing(BOX, "slide")], [(BOX, 0.9, "barrel")])]
    assert average_precision(match(pictures)) == 1
    assert average_precision(match(pictures, part="slide")) == 0
    assert match(pictures, part="barrel").hits.tolist() == [False]


def test_a_part_the_set_does_not_name_cannot_be_called_wrong() -> None:
    pictures = [judged("a", [Thing(BOX, None)], [(BOX, 0.9, "pistol")])]
    assert match(pictures, part="pistol").hits.size == 0
    assert average_precision(match(pictures)) == 1


def test_overlap_must_reach_one_half() -> None:
    near = (10.0, 10.0, 20.0, 9.0)
    assert match([judged("a", [Thing(BOX, None)], [(near, 0.9, "slide")])]).hits.tolist() == [False]
    assert match([judged("a", [Thing(BOX, None)], [((10.0, 10.0, 20.0, 11.0), 0.9, "slide")])]).hits.tolist() == [True]


def test_alarm_level_lets_no_more_through_than_asked() -> None:
    benign = np.arange(100) / 100
    for rate in (0.01, 0.05, 0.1):
        assert np.mean(benign > alarm_level(benign, rate)) <= rate
        assert np.mean(benign > alarm_level(benign, rate)) == pytest.approx(rate)


def test_threshold_keeps_the_promised_rate_with_ties() -> None:
    benign = np.r_[np.full(90, 0.2), np.full(10, 0.7)]
    threshold = alarm_threshold(benign, 0.05)
    assert np.mean(benign >= threshold) <= 0.05
    with pytest.raises(InputError, match="at least 20"):
        alarm_threshold(benign[:19], 0.05)


def test_recall_and_roc_of_pictures() -> None:
    quiet = [judged(f"q{k}", [], [(FAR, 0.01 * k, "slide")]) for k in range(20)]
    loud = [
        judged(f"l{k}", [Thing(BOX, None)], [(BOX, score, "slide")]) for k, score in enumerate((0.05, 0.5, 0.9, 0.95))
    ]
    assert picture_recall(quiet + loud, 0.05) == 0.75
    assert roc_area(quiet + loud) == pytest.approx((5.5 / 20 + 3) / 4)


def test_froc_ends_where_all_boxes_are_counted() -> None:
    pictures = [judged("a", [Thing(BOX, None)], [(BOX, 0.9, "slide"), (FAR, 0.5, "slide")])]
    assert froc(match(pictures), 1)[-1] == (1.0, 1.0)


def test_bootstrap_draws_whole_groups() -> None:
    for weights in group_weights(["a", "a", "b", "c", "c"], 20, 0):
        assert weights[0] == weights[1]
        assert weights[3] == weights[4]


def test_figures_put_the_detector_beside_blind_drawing() -> None:
    rng = np.random.default_rng(0)
    pictures = []
    for k in range(60):
        place = (float(rng.integers(0, 400)), float(rng.integers(0, 400)), 40.0, 30.0)
        truth = [Thing(place, "slide")] if k % 2 else []
        pictures.append(judged(str(k), truth, [(place, 0.8 if k % 2 else 0.3, "slide")]))
    found = figures(pictures, 0.5, repeats=20)
    assert found["any_part"]["ap50"] == 1
    assert found["any_part"]["ap50_of_random_boxes"] < 0.05
    slide = {"boxes": 30, "ap50": 1.0, "interval": [1.0, 1.0], "found_under_any_name": 1.0, "called": {"slide": 30}}
    assert found["parts"]["slide"] == slide
    at = found["at_threshold"]
    assert (at["recall"], at["recall_interval"], at["false_alarms"]) == (1.0, [1.0, 1.0], 0.0)
    assert [one["recall"] for one in found["recall_at_false_alarms"]] == [1, 1, 1]


def test_figures_of_benign_pictures_alone_are_null_and_not_nan() -> None:
    found = figures([judged("a", [], []), judged("b", [], [])], 0.5, repeats=5)
    assert found["any_part"]["ap50"] is None
    assert found["at_threshold"]["recall"] is None


def test_likelihood_ratios_come_near_the_true_ones_and_never_fall() -> None:
    """Scores of density 2s against 2(1 - s): the true ratio at s is s / (1 - s)."""
    rng = np.random.default_rng(0)
    armed, benign = np.sqrt(rng.random(4000)), 1 - np.sqrt(rng.random(4000))
    ratios = likelihood_ratios(armed.tolist(), benign.tolist())
    assert (np.diff(ratios.scores) > 0).all()
    assert (np.diff(ratios.values) >= 0).all()
    for score in (0.2, 0.5, 0.8):
        told = np.interp(score, ratios.scores, ratios.values)
        assert told == pytest.approx(math.log(score / (1 - score)), abs=0.35)


def test_likelihood_ratios_claim_no_more_than_the_sample_supports() -> None:
    ratios = likelihood_ratios([0.9] * 50, [0.1] * 50)
    assert max(ratios.values) == pytest.approx(math.log(101), abs=0.01)
    with pytest.raises(InputError, match="at least 40"):
        likelihood_ratios([0.9] * 50, [0.1] * 39)
