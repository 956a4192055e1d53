"""The highest score that models give, as a procedure's thresholds are compared to it."""

from __future__ import annotations

import math

import pytest

from models.bundle import Bundle, open_bundle
from models.fusion import combine
from models.places import locate
from models.score_range import combined_range, ranges_of, risk_range, xray_range
from models.xray_parameters import Parameters


@pytest.fixture(scope="module")
def risk() -> Bundle:
    return open_bundle(locate("risk", None, None), "risk")


@pytest.fixture(scope="module")
def xray() -> Bundle:
    return open_bundle(locate("xray", None, None), "xray")


def test_the_highest_risk_is_that_of_the_reference_population(risk: Bundle) -> None:
    log_odds = risk.read_json("reference.json")
    rates = risk.read_json("calibration.json")
    assert rates["base_rate"] == rates["trained_rate"]  # else the shift would have to be applied here too
    found = risk_range(risk)
    assert found.highest == pytest.approx(1 / (1 + math.exp(-max(log_odds))))
    assert found.because.startswith(f"{risk.card.title} gave at most {found.highest:.4f} to the 200,000 parcels")


def test_no_picture_scores_higher_than_the_highest_x_ray_score(xray: Bundle) -> None:
    parameters = Parameters.from_card(xray.card.parameters)
    found = xray_range(xray)
    assert 0.9 < found.highest < 1.0
    assert all(float(parameters.told(step / 100)) <= found.highest for step in range(101))
    assert found.highest == float(parameters.told(1.0))


def test_the_highest_combined_probability_is_that_of_both_at_their_highest(risk: Bundle, xray: Bundle) -> None:
    strongest = Parameters.from_card(xray.card.parameters).ratio_values[-1]
    found = combined_range(risk, xray)
    assert found.highest == combine(risk_range(risk).highest, strongest, None)
    assert found.highest > risk_range(risk).highest
    assert all(bundle.card.title in found.because for bundle in (risk, xray))


def test_what_is_not_there_is_left_out(risk: Bundle, xray: Bundle) -> None:
    assert ranges_of(None, None) == {}
    assert ranges_of(risk, None) == {"risk": risk_range(risk)}
    assert ranges_of(risk, xray) == {
        "risk": risk_range(risk), "xray": xray_range(xray), "combined": combined_range(risk, xray)
    }  # fmt: skip
