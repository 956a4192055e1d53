from __future__ import annotations

import numpy as np
import pytest

from features.spec import FEATURE_SPEC
from models.calibration import Calibration, logit, prior_shift, probability
from models.risk_fitted import Norm
from models.risk_frame import Observation, gather
from training.fitting import fit_calibration, fit_norms
from training.splits import folds_by_group

RNG = np.random.default_rng(1)


def observation(heading: str | None, figure: float = 1.0) -> Observation:
    codes = {"hs_heading": heading, "hs_chapter": heading and heading[:2]}
    return Observation(np.full(len(FEATURE_SPEC.base), figure, dtype=np.float32), "", codes, (), (0, 0, 0))


def test_a_norm_falls_back_from_heading_to_chapter_to_all() -> None:
    seen = [observation("7326", 1.0 + place / 100) for place in range(100)] + [observation("7318", 9.0)] * 5
    norm = fit_norms(gather(seen))["density"]
    assert norm.usual_for("7326")[0] == "7326"
    assert norm.usual_for("7318")[0] == "73"
    assert norm.usual_for("6109")[0] == norm.usual_for(None)[0] == ""
    median = norm.usual["7326"][0]
    assert norm.distance(median, "7326") == 0.0
    assert norm.distance(median + norm.usual["7326"][1], "7326") == pytest.approx(1.0)
    assert np.isnan(norm.distance(float("nan"), "7326"))
    assert np.isnan(Norm({}).distance(1.0, None))


def test_the_kind_with_the_smaller_error_is_chosen_and_calibrates() -> None:
    raw = RNG.normal(size=20_000) * 2 - 3
    groups = [str(place // 4) for place in range(len(raw))]
    for distorted in (raw * 2 + 1, np.sign(raw + 3) * (raw + 3) ** 2):
        labels = RNG.random(len(raw)) < probability(raw)
        calibration, errors = fit_calibration(distorted, labels, groups, 0)
        assert errors[calibration.kind] == min(errors.values())
        assert errors[calibration.kind] < 0.015
    assert calibration.kind == "isotonic"


@pytest.mark.parametrize(
    "calibration",
    [
        Calibration("platt", (0.0,), (-1.0,), 0.7, 0.7),
        Calibration("isotonic", (-2.0, 0.0, 3.0), (-5.0, -1.0, 0.5), 0.4, 2.0),
    ],
)
def test_a_calibration_keeps_the_ranking_and_its_json_form(calibration: Calibration) -> None:
    raw = np.linspace(-9, 9, 400)
    out = calibration.log_odds(raw)
    assert (np.diff(out) > 0).all()
    assert np.abs(calibration.log_odds(np.array([-1e9, 1e9]))).max() <= 30
    assert Calibration.from_dict(calibration.as_dict()) == calibration


def test_the_prior_shift_is_bayes_rule() -> None:
    ratio = 3.0
    trained, deployed = 0.02, 0.00001
    posterior = trained * ratio / (trained * ratio + 1 - trained)
    wanted = deployed * ratio / (deployed * ratio + 1 - deployed)
    moved = probability(np.array([logit(posterior) + prior_shift(trained, deployed)]))[0]
    assert moved == pytest.approx(wanted)
    assert prior_shift(0.3, 0.3) == 0.0


def test_folds_keep_groups_whole_and_are_even() -> None:
    groups = [str(place % 500) for place in range(3000)]
    folds = folds_by_group(groups, 5, 0)
    assert all(len({folds[place] for place in range(start, 3000, 500)}) == 1 for start in range(500))
    assert set(np.bincount(folds)) == {600}
    assert (folds != folds_by_group(groups, 5, 1)).any()
