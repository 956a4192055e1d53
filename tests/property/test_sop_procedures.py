"""What holds for every procedure that passes `sop check` (overrides, dates, lists, workload) and for every parcel."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sop_strategies import TODAY, VOCABULARY, as_files, cuts, parcels, procedures, shuffled

from sop.check import check_package
from sop.engine import decide
from sop.lint_base import Context
from sop.package import Package
from sop.packages import parse_package
from sop.types import LANES, OUTCOMES, Cut, Decision, Evidence, severity

on_days = st.integers(-60, 60).map(lambda number: TODAY + timedelta(days=number))
secrets = st.binary(max_size=4)


def load(procedure: dict[str, Any]) -> Package:
    return parse_package(as_files(procedure), "generated", VOCABULARY)


@settings(max_examples=15, deadline=None)
@given(procedures())
def test_the_procedures_of_these_tests_pass_the_check(procedure: dict[str, Any]) -> None:
    checked = check_package(as_files(procedure), Context(today=TODAY), VOCABULARY)
    assert checked.errors == ()
    assert checked.package is not None


@settings(max_examples=60, deadline=None)
@given(procedures(), parcels, cuts(), on_days, secrets)
def test_every_parcel_gets_a_lane_and_missing_evidence_never_passes_in_silence(
    procedure: dict[str, Any], parcel: Evidence, moved: tuple[Cut, ...], on: Any, secret: bytes
) -> None:
    policy = load(procedure).policy_for(parcel.station, parcel.channel)
    decision = decide(policy, parcel, secret, on=on, cuts=moved)
    assert decision.lane in LANES
    assert decision.outcome in OUTCOMES
    assert decision.rule
    assert decision.reason.endswith(".")
    assert 0.0 <= decision.placement_probability <= 1.0
    assert set(parcel.missing) <= set(decision.degraded)
    for key in decision.degraded:
        # Release among the rest: only where the procedure says so in words for everything that is missing.
        assert severity(decision.lane) >= severity(policy.missing_evidence[key].lane)


@settings(max_examples=40, deadline=None)
@given(procedures(), parcels, cuts(), on_days, secrets)
def test_only_a_trimmed_rule_makes_a_lane_milder(
    procedure: dict[str, Any], parcel: Evidence, moved: tuple[Cut, ...], on: Any, secret: bytes
) -> None:
    policy = load(procedure).policy_for(parcel.station, parcel.channel)
    before = decide(policy, parcel, secret, on=on)
    after = decide(policy, parcel, secret, on=on, cuts=moved)
    if severity(after.lane) >= severity(before.lane):
        return
    assert before.lane != "detain"
    assert not before.random_selection
    assert (before.placed_by, after.placed_by) == ("rule", "workload")
    (rule,) = [one for one in policy.rules if one.id == before.rule]
    assert rule.trim != "never"
    assert after.lane != "release" or rule.trim == "release"


@settings(max_examples=30, deadline=None)
@given(procedures(), parcels, cuts(), on_days, secrets, st.randoms(use_true_random=False))
def test_the_order_of_keys_means_nothing_in_any_file(
    procedure: dict[str, Any],
    parcel: Evidence,
    moved: tuple[Cut, ...],
    on: Any,
    secret: bytes,
    chance: random.Random,
) -> None:
    packages = [load(procedure), load(shuffled(procedure, chance))]
    assert packages[0].policies == packages[1].policies
    decisions: list[Decision] = [
        decide(one.policy_for(parcel.station, parcel.channel), parcel, secret, on=on, cuts=moved) for one in packages
    ]
    assert decisions[0] == decisions[1]
