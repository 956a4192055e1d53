from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from sop.engine import decide, decide_selected, is_selected
from sop.types import Evidence, Policy, RandomSelection

Make = Callable[..., Policy]
Parcel = Callable[..., Evidence]
DAY = date(2026, 11, 22)
decide_on = partial(decide, on=DAY)
selected_on = partial(decide_selected, on=DAY)
NEVER = "random_selection: {rate: 0, lane: examine}\n"


def test_the_first_matching_rule_decides(make_policy: Make, parcel: Parcel) -> None:
    policy = make_policy("A scan {risk: {at_least: 0.1}}", "B detain {risk: {at_least: 0.1}}", chance=NEVER)
    decision = decide_on(policy, parcel(risk=0.5))
    assert (decision.rule, decision.lane, decision.outcome) == ("A", "scan", "RFS")


def test_no_rule_gives_the_default_lane(make_policy: Make, parcel: Parcel) -> None:
    decision = decide_on(make_policy("A scan {risk: {at_least: 0.1}}", chance=NEVER), parcel())
    assert (decision.rule, decision.lane, decision.outcome) == ("DEFAULT", "release", "AC")
    assert decision.reason == "No rule applies to this parcel; its default lane is release."


@pytest.mark.parametrize(("risk", "rule"), [(0.2, "A"), (math.nextafter(0.2, 0), "DEFAULT"), (0.4, "DEFAULT")])
def test_at_least_includes_its_value_and_below_does_not(
    make_policy: Make, parcel: Parcel, risk: float, rule: str
) -> None:
    policy = make_policy("A scan {risk: {at_least: 0.2, below: 0.4}}", chance=NEVER)
    assert decide_on(policy, parcel(risk=risk)).rule == rule


@pytest.mark.parametrize("bounds", ["{at_least: 0}", "{below: 0.9}"])
@pytest.mark.parametrize("unknown", [None, math.nan])
def test_an_unknown_number_meets_no_bound(
    make_policy: Make, parcel: Parcel, bounds: str, unknown: float | None
) -> None:
    policy = make_policy(f"A release {{combined: {bounds}}}", default="default_lane: examine\n")
    assert decide_on(policy, parcel(combined=unknown)).rule == "DEFAULT"


@pytest.mark.parametrize(
    ("when", "changes"),
    [
        ("{stage: station}", {"stage": "station"}),
        ("{channel: [postal, courier]}", {"channel": "courier"}),
        ("{mail_class: ems}", {"mail_class": "ems"}),
        ("{direction: transit}", {"direction": "transit"}),
        ("{nature: gift}", {"nature": "gift"}),
        ('{origin_country: ["NO", GB]}', {"origin_country": "NO"}),
        ("{destination_country: MX}", {"destination_country": "MX"}),
        ("{transit_country: US}", {"transit_countries": ("FR", "US")}),
        ('{hs_code: ["9301", "9305"]}', {"hs_codes": ("610910", "930520")}),
        ('{hs_code: "9305"}', {"hs_codes": ("9305.20",)}),
        ("{xray: {at_least: 0.5}}", {"xray": 0.5}),
        ("{xray: {assessment: alarm}}", {"xray_assessment": "alarm"}),
        ("{combined: {at_least: 0.5}}", {"combined": 0.6}),
        ("{part: {barrel: {at_least: 0.5}, slide: {at_least: 0.5}}}", {"parts": {"barrel": 0.6, "slide": 0.5}}),
        ("{indicator: [S10_INVALID, DESCRIPTION_VAGUE]}", {"indicators": frozenset({"DESCRIPTION_VAGUE"})}),
        ("{contradiction: DENSE_METAL_IN_TEXTILES}", {"contradictions": frozenset({"DENSE_METAL_IN_TEXTILES"})}),
        ("{contradiction: any}", {"contradictions": frozenset({"DENSE_METAL_IN_TEXTILES"})}),
        ("{watchlist: national}", {"watchlists": frozenset({"national"})}),
        ("{watchlist: any}", {"watchlists": frozenset({"another"})}),
        ("{finding_history: {at_least: 2}}", {"finding_history": 2}),
        ("{any: [{nature: gift}, {risk: {at_least: 0.5}}]}", {"risk": 0.5}),
        ("{stage: pre_arrival, any: [{any: [{nature: gift}]}, {channel: postal}]}", {"nature": "gift"}),
    ],
)
def test_every_signal_decides_and_only_when_it_is_there(
    make_policy: Make, parcel: Parcel, when: str, changes: dict[str, object]
) -> None:
    policy = make_policy(f"A detain {when}", chance=NEVER)
    assert decide_on(policy, parcel(**changes)).rule == "A"
    assert decide_on(policy, parcel()).rule != "A"


def test_a_station_without_a_picture_can_be_asked_for(make_policy: Make, parcel: Parcel) -> None:
    policy = make_policy("A scan {stage: station, xray: {assessment: no_picture}}", chance=NEVER)
    assert decide_on(policy, parcel(stage="station")).rule == "A"
    assert decide_on(policy, parcel(stage="station", xray_assessment="clear")).rule == "DEFAULT"


def test_several_parts_must_all_be_seen(make_policy: Make, parcel: Parcel) -> None:
    policy = make_policy("A detain {part: {barrel: {at_least: 0.5}, slide: {at_least: 0.5}}}", chance=NEVER)
    assert decide_on(policy, parcel(parts={"barrel": 0.9})).rule == "DEFAULT"


def test_the_reason_names_title_values_and_thresholds(make_policy: Make, parcel: Parcel) -> None:
    policy = make_policy("A detain {xray: {at_least: 0.90}, indicator: S10_INVALID}", chance=NEVER)
    reason = decide_on(policy, parcel(xray=0.9312, indicators=frozenset({"S10_INVALID"}))).reason
    assert reason == "Title of A: X-ray score 0.93 (at least 0.90); indicator S10_INVALID."


def test_a_value_is_never_shown_on_the_wrong_side_of_its_threshold(make_policy: Make, parcel: Parcel) -> None:
    policy = make_policy("A scan {risk: {below: 0.90}}", chance=NEVER)
    assert "manifest risk 0.8996 (below 0.90)" in decide_on(policy, parcel(risk=0.89961)).reason


def test_missing_evidence_raises_the_lane_and_says_why(make_policy: Make, parcel: Parcel) -> None:
    missing = frozenset({"image_shielded", "scanner_uncalibrated"})
    policy = make_policy("A scan {risk: {at_least: 0.1}}", chance=NEVER)
    decision = decide_on(policy, parcel(risk=0.5, missing=missing))
    assert (decision.rule, decision.lane) == ("MISSING:image_shielded", "examine")
    assert decision.degraded == ("image_shielded", "scanner_uncalibrated")
    assert "opaque region" in decision.reason
    assert "Otherwise: scan by A (Title of A: manifest risk 0.50 (at least 0.10))." in decision.reason


def test_missing_evidence_explains_a_default_lane_that_is_as_severe(make_policy: Make, parcel: Parcel) -> None:
    policy = make_policy("A detain {risk: {at_least: 0.1}}", default="default_lane: scan\n", chance=NEVER)
    assert decide_on(policy, parcel(risk=None)).rule == "MISSING:risk_unavailable"
    assert decide_on(policy, parcel()).rule == "DEFAULT"


def test_missing_evidence_never_lowers_a_lane_but_is_named(make_policy: Make, parcel: Parcel) -> None:
    policy = make_policy("A detain {risk: {at_least: 0.1}}", chance=NEVER)
    decision = decide_on(policy, parcel(risk=0.5, missing=frozenset({"image_unreadable"})))
    assert (decision.rule, decision.degraded) == ("A", ("image_unreadable",))


def test_a_risk_that_nobody_could_compute_is_missing_even_if_the_caller_forgot(
    make_policy: Make, parcel: Parcel
) -> None:
    decision = decide_on(make_policy("A detain {risk: {at_least: 0.1}}", chance=NEVER), parcel(risk=None))
    assert (decision.rule, decision.lane) == ("MISSING:risk_unavailable", "scan")


def test_a_picture_nobody_could_judge_is_missing_even_if_the_caller_forgot(make_policy: Make, parcel: Parcel) -> None:
    policy = make_policy("A detain {risk: {at_least: 0.1}}", chance=NEVER)
    decision = decide_on(policy, parcel(stage="station", xray_assessment="unknown"))
    assert (decision.rule, decision.lane) == ("MISSING:xray_unavailable", "examine")


def test_missing_evidence_may_carry_its_own_clause(make_policy: Make, parcel: Parcel) -> None:
    tail = """\
missing_evidence:
  image_unreadable: examine
  image_shielded: {lane: examine, reference: "SOP 9.2", instructions: Turn the parcel and scan it again.}
  scanner_uncalibrated: documents
  risk_unavailable: scan
  xray_unavailable: examine
"""
    policy = make_policy("A detain {risk: {at_least: 0.1}}", tail=tail, chance=NEVER)
    decision = decide_on(policy, parcel(missing=frozenset({"image_shielded"})))
    assert (decision.reference, decision.instructions) == ("SOP 9.2", "Turn the parcel and scan it again.")


def test_an_unknown_kind_of_missing_evidence_is_a_mistake_of_the_caller(parcel: Parcel) -> None:
    with pytest.raises(ValueError, match="image_sheilded"):
        parcel(missing=frozenset({"image_sheilded"}))


def test_chance_raises_the_lane_and_is_recorded(make_policy: Make, parcel: Parcel) -> None:
    policy = make_policy("A scan {risk: {at_least: 0.1}}")
    decision = selected_on(policy, parcel(risk=0.5), True)
    assert (decision.rule, decision.lane, decision.random_selection) == ("RANDOM", "examine", True)
    assert decision.reason.startswith("Selected by chance, as 1 % of all parcels are")


def test_chance_is_recorded_where_the_rule_was_as_severe(make_policy: Make, parcel: Parcel) -> None:
    decision = selected_on(make_policy("A detain {risk: {at_least: 0.1}}"), parcel(risk=0.5), True)
    assert (decision.rule, decision.lane, decision.random_selection) == ("A", "detain", True)


def test_the_probability_stands_in_every_decision(make_policy: Make, parcel: Parcel) -> None:
    decision = selected_on(make_policy("A detain {risk: {at_least: 0.1}}"), parcel(), False)
    assert (decision.random_selection, decision.selection_probability) == (False, 0.01)


def test_chance_draws_at_the_stated_rate_and_by_the_secret(make_policy: Make) -> None:
    policy = replace(
        make_policy("A scan {risk: {at_least: 0.1}}"), random_selection=RandomSelection(rate=0.1, lane="scan")
    )
    items = [f"item-{number}" for number in range(20_000)]
    drawn = {item for item in items if is_selected(policy, item, b"one secret")}
    other = {item for item in items if is_selected(policy, item, b"another")}
    # Five standard deviations of a binomial of 20,000 at 0.1 are 212; the draws are fixed, so this cannot flicker.
    assert abs(len(drawn) - 2000) < 212
    assert abs(len(drawn & other) - 200) < 71
    assert drawn == {item for item in items if is_selected(replace(policy, version="2"), item, b"one secret")}


@pytest.mark.parametrize(("rate", "selected"), [(0.0, False), (1.0, True)])
def test_rates_of_nothing_and_all(make_policy: Make, rate: float, selected: bool) -> None:
    policy = replace(make_policy("A scan {nature: gift}"), random_selection=RandomSelection(rate=rate, lane="scan"))
    assert all(is_selected(policy, str(number), b"") is selected for number in range(1000))
