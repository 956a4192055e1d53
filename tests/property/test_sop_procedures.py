"""What holds for every procedure that passes `sop check` (overrides, dates, lists, workload) and for every parcel."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sop_strategies import TODAY, VOCABULARY, as_files, cuts, parcels, procedures, shuffled

from sop.check import check_package
from sop.engine import decide
from sop.lint.base import Context
from sop.package import Package
from sop.reading.packages import parse_package
from sop.types import LANES, OUTCOMES, Cut, Decision, Evidence, severity

on_days = st.integers(-60, 60).map(lambda number: TODAY + timedelta(days=number))
secrets = st.binary(max_size=4)


def load(procedure: dict[str, Any]) -> Package:
    return parse_package(as_files(procedure), "generated", VOCABULARY)


def unsaid(parcel: Evidence) -> set[str]:
    """What is missing without anybody having named it."""
    missing = {"risk_unavailable"} if parcel.risk is None or math.isnan(parcel.risk) else set()
    named = parcel.missing & {"image_unreadable", "image_shielded"}
    return missing | ({"xray_unavailable"} if parcel.xray_assessment == "unknown" and not named else set())


@settings(max_examples=10, deadline=None)
@given(procedures())
def test_the_procedures_of_these_tests_pass_the_check(procedure: dict[str, Any]) -> None:
    checked = check_package(as_files(procedure), Context(today=TODAY), VOCABULARY)
    assert checked.errors == ()
    assert checked.package is not None


@settings(max_examples=25, deadline=None)
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
    assert unsaid(parcel) <= set(decision.degraded)
    for key in decision.degraded:
        # Release among the rest: only where the procedure says so in words for everything that is missing.
        assert severity(decision.lane) >= severity(policy.missing_evidence[key].lane)


@settings(max_examples=25, deadline=None)
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


@st.composite
def trimmed(draw: st.DrawFn) -> tuple[dict[str, Any], Evidence, tuple[Cut, ...]]:
    """A rule whose parcels all go out of its lane, in a procedure and with a parcel otherwise as they come."""
    procedure = draw(procedures())
    where = draw(st.sampled_from(["examine", "scan"]))
    trim = draw(st.sampled_from(LANES[LANES.index(where) + 1 :]))
    rule = {"id": "T", "title": "Trimmed", "when": {"risk": {"at_least": 0}}, "lane": where, "trim": trim}
    policy = {**procedure["policy.yaml"], "rules": [rule]}
    lists = {path: file for path, file in procedure.items() if path.startswith("lists/")}
    cut = Cut(stage="station", lane=where, moves="out", rank=1.0, tie=0.0, share=0.01, parcels=1000)
    parcel = replace(draw(parcels), stage="station", risk=draw(st.floats(0, 1)))
    return {"policy.yaml": policy, **lists}, parcel, (cut,)


@settings(max_examples=25, deadline=None)
@given(trimmed(), secrets)
def test_parcels_that_go_out_for_want_of_room_keep_what_missing_evidence_and_chance_ask_for(
    given_of: tuple[dict[str, Any], Evidence, tuple[Cut, ...]], secret: bytes
) -> None:
    procedure, parcel, moved = given_of
    policy = load(procedure).base
    decision = decide(policy, parcel, secret, on=TODAY, cuts=moved)
    floors = [policy.missing_evidence[key].lane for key in decision.degraded]
    floors += [policy.random_selection.lane] if decision.random_selection else []
    assert all(severity(decision.lane) >= severity(floor) for floor in floors)
    if decision.random_selection:
        assert decision.placed_by != "workload"


@settings(max_examples=20, deadline=None)
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
