"""A challenger is refused where it is worse beyond chance or cannot be believed, and only there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from features.errors import InputError
from models.calibration import probability
from training.bootstrap import Figure
from training.judgement import Judgement
from training.measured import LabelledScores
from training.promotion import Side, at_rate, judge_scores, uncalibrated

Numbers = npt.NDArray[np.float64]
ROWS = 4000


def log_odds(seed: int = 1) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """True log-odds of parcels, and labels drawn by them."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(-4.0, 1.8, ROWS)
    return truth, rng.random(ROWS) < probability(truth)


TRUTH, LABELS = log_odds()


def side(title: str, scores: Numbers, base_rate: float | None = None, **more: object) -> Side:
    measured = LabelledScores(
        labels=LABELS,
        groups=np.arange(ROWS, dtype=np.int32) // 2,
        probability=probability(scores),
        raw=scores,
        times=np.full(ROWS, np.nan),
        sha256="f" * 64,
    )
    rate = float(LABELS.mean()) if base_rate is None else base_rate
    return Side(title, rate, None, replace(measured, **more))  # type: ignore[arg-type]


def noisy(amount: float, seed: int = 2) -> Numbers:
    """Log-odds that know less of the truth, calibrated again."""
    rng = np.random.default_rng(seed)
    blurred = TRUTH + rng.normal(0.0, amount, ROWS)
    share = 1.8**2 / (1.8**2 + amount**2)
    # Wider noise, flatter log-odds: the line that makes a blurred score honest, found on the truth itself.
    line = -4.0 + share * (blurred + 4.0)
    for _ in range(50):
        gap = probability(line).mean() - LABELS.mean()
        line = line - 5.0 * gap
    return line


def judge(champion: Numbers | None, challenger: Numbers) -> Judgement:
    return judge_scores(None if champion is None else side("old-1.0.0", champion), side("new-1.1.0", challenger), "f")


def codes(found: Judgement) -> set[str]:
    return {problem.code for problem in found.refusals}


def test_an_equal_and_a_better_one_are_taken() -> None:
    assert judge(TRUTH, TRUTH).refusals == ()
    better = judge(noisy(2.0), TRUTH)
    assert better.refusals == ()
    ap = next(one for one in better.figures if one.name == "AP")
    assert ap.low is not None
    assert ap.low > 0


def test_one_that_is_worse_by_luck_alone_is_taken() -> None:
    # Two models that know equally much of the truth, and err on different parcels: one of them must come out below.
    found = [judge(noisy(1.0, one), noisy(1.0, other)) for one, other in ((2, 3), (3, 2))]
    differences = [next(one.difference or 0.0 for one in each.figures if one.name == "AP") for each in found]
    assert min(differences) < 0
    assert [each.refusals for each in found] == [(), ()]


def test_a_worse_one_is_refused_with_figures() -> None:
    found = judge(TRUTH, noisy(3.0))
    assert codes(found) == {"worse"}
    assert {problem.path for problem in found.refusals} == {"AP", "recall at 1 %"}
    text = next(problem.message for problem in found.refusals if problem.path == "AP")
    ap = next(one for one in found.figures if one.name == "AP")
    assert f"{ap.challenger:.3f} against {ap.champion:.3f}" in text
    assert ap.high is not None
    assert ap.high < 0


def test_the_difference_is_paired() -> None:
    # Unpaired intervals of the two overlap widely here; that of the difference does not reach 0.
    # The challenger thinks less of one illicit parcel in twelve and is the same otherwise.
    challenger = np.where(LABELS & (np.arange(ROWS) % 12 == 0), TRUTH - 1.0, TRUTH)
    found = judge(TRUTH, challenger)
    ap = next(one for one in found.figures if one.name == "AP")
    alone = judge(None, challenger).figures[0]
    assert ap.high is not None
    assert ap.champion is not None
    assert alone.high is not None
    assert ap.high < 0 < alone.high - ap.champion
    assert "worse" in codes(found)


def test_the_order_alone_counts_for_the_ranking_and_the_level_for_calibration() -> None:
    found = judge(TRUTH, TRUTH + 1.5)  # the same order, probabilities far too high
    assert codes(found) == {"uncalibrated"}
    assert {problem.path for problem in found.refusals} == {"ECE", "illicit parcels expected"}


def test_true_probabilities_are_not_refused_for_the_noise_of_a_small_file() -> None:
    few = np.arange(ROWS) < 400
    rng = np.random.default_rng(11)
    truth = rng.normal(-2.2, 1.0, ROWS)[few]
    labels = rng.random(len(truth)) < probability(truth)
    groups, times = np.arange(len(truth), dtype=np.int32), np.full(len(truth), np.nan)
    scores = LabelledScores(
        labels=labels, groups=groups, probability=probability(truth), raw=truth, times=times, sha256="f" * 64
    )
    found = judge_scores(None, Side("new-1.1.0", float(probability(truth).mean()), None, scores), "f")
    ece = next(one for one in found.figures if one.name == "ECE")
    assert ece.challenger > 0.03
    assert "uncalibrated" not in codes(found)


def test_clearly_worse_calibrated_than_the_one_in_use_is_refused_before_the_limit_is_passed_beyond_doubt() -> None:
    doubtful = Figure(0.04, 0.02, 0.06)
    assert uncalibrated(doubtful, 0.01, Figure(0.03, 0.01, 0.05)) != []
    assert uncalibrated(doubtful, 0.03, Figure(0.01, 0.001, 0.02)) == []  # not half as big again
    assert uncalibrated(doubtful, 0.01, Figure(0.03, -0.01, 0.05)) == []  # by chance
    assert uncalibrated(Figure(0.029, 0.02, 0.04), 0.001, Figure(0.028, 0.02, 0.04)) == []  # within the limit
    assert uncalibrated(Figure(0.05, 0.031, 0.07)) != []


def test_overconfidence_at_the_top_is_found_where_the_whole_looks_calibrated() -> None:
    rare = TRUTH - 4.0
    labels = np.random.default_rng(3).random(ROWS) < probability(rare)
    harmless = np.full(ROWS, float(np.log(labels.mean() / (1 - labels.mean()))))
    top = np.argsort(-rare)[: ROWS // 100]
    boasting = harmless - 0.7
    boasting[top] = -0.5
    champion, challenger = (side("s", one, float(labels.mean()), labels=labels) for one in (rare, boasting))
    found = judge_scores(champion, challenger, "f")
    ece = next(one for one in found.figures if one.name == "ECE")
    assert ece.challenger < 0.03  # parcels are so rare that the ECE sees nothing
    assert "uncalibrated" in codes(found)


def test_a_model_of_another_base_rate_is_calibrated_after_correction() -> None:
    rate = float(LABELS.mean())
    rare = side("new-1.1.0", np.log(at_rate(probability(TRUTH), rate, 1e-5)), 1e-5)
    rare = replace(rare, scores=replace(rare.scores, probability=at_rate(probability(TRUTH), rate, 1e-5)))
    assert judge_scores(side("old-1.0.0", TRUTH), rare, "f").refusals == ()


def test_too_few_illicit_parcels_judge_nobody() -> None:
    labels = LABELS & (np.cumsum(LABELS) <= 29)
    champion, challenger = (side("s", TRUTH, float(labels.mean()), labels=labels) for _ in range(2))
    assert "too_few_illicit" in codes(judge_scores(champion, challenger, "f"))


def test_alone_it_must_beat_a_lottery() -> None:
    assert judge(None, TRUTH).refusals == ()
    lottery = np.full(ROWS, float(np.log(LABELS.mean() / (1 - LABELS.mean()))))
    lottery += np.random.default_rng(5).normal(0, 0.01, ROWS)
    assert codes(judge(None, lottery)) == {"no_better_than_chance"}


def test_data_that_a_model_was_trained_on_are_told() -> None:
    mine, theirs = side("new-1.1.0", TRUTH), side("old-1.0.0", TRUTH)
    assert judge_scores(theirs, mine, "f").warnings == ()
    (warning,) = judge_scores(theirs, replace(mine, trained_on="f" * 64), "f").warnings
    assert "challenger was trained on this very file" in warning


@pytest.mark.parametrize("labels", [np.zeros(ROWS, bool), np.ones(ROWS, bool)])
def test_labels_that_are_all_equal_measure_nothing(labels: npt.NDArray[np.bool_]) -> None:
    both = [side("s", TRUTH, 0.5, labels=labels) for _ in range(2)]
    with pytest.raises(InputError, match="all labels are equal"):
        judge_scores(both[0], both[1], "parcels.csv")


def test_models_that_read_other_rows_are_not_compared() -> None:
    with pytest.raises(InputError, match="do not read the same rows"):
        judge_scores(side("old-1.0.0", TRUTH, labels=~LABELS), side("new-1.1.0", TRUTH), "parcels.csv")


def test_what_was_left_out_of_the_file_is_said_beside_the_judgement() -> None:
    told = side("new-1.1.0", TRUTH, remarks=("3 of 4003 rows dropped.",))
    found = judge_scores(side("old-1.0.0", TRUTH), told, "f.csv")
    assert found.warnings == ("f.csv: 3 of 4003 rows dropped.",)
