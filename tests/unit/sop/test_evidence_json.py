"""What a decision rested on is stored and read back, and decides the same again."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from sop.engine import day_of, decide, draws_of
from sop.evidence_json import Stored, decide_again, from_json, to_json
from sop.package import Override, Package, Scope
from sop.types import Cut, Evidence, Policy

Make = Callable[..., Policy]
AT = datetime(2026, 11, 22, 23, 30, 0, 123456, tzinfo=UTC)
CUT = Cut(stage="station", lane="examine", moves="out", rank=0.61, tie=0.4, share=0.02, parcels=10_000)
PARCEL = Evidence(
    item_id="RR473124829GB",
    stage="station",
    station="leeds-1",
    risk=0.1 + 0.2,
    combined=0.61,
    parts={"barrel": 0.25},
    indicators=frozenset({"S10_INVALID", "DESCRIPTION_VAGUE"}),
    hs_codes=("9301.20",),
)
STORED = Stored(evidence=PARCEL, at=AT, draw=0.25, tie_draw=0.75, policy="0" * 64, cuts=(CUT,))


def test_one_line_holds_what_is_known_and_nothing_else() -> None:
    assert json.loads(to_json(STORED)) == {
        "item_id": "RR473124829GB",
        "stage": "station",
        "station": "leeds-1",
        "risk": 0.30000000000000004,
        "combined": 0.61,
        "hs_codes": ["9301.20"],
        "indicators": ["DESCRIPTION_VAGUE", "S10_INVALID"],
        "parts": {"barrel": 0.25},
        "at": "2026-11-22T23:30:00.123456Z",
        "draw": 0.25,
        "tie_draw": 0.75,
        "policy": "0" * 64,
        "cuts": [{"stage": "station", "lane": "examine", "moves": "out", "rank": 0.61, "tie": 0.4, "share": 0.02,
                  "parcels": 10_000}],
    }  # fmt: skip
    assert "\n" not in to_json(STORED)
    assert from_json(to_json(STORED)) == STORED


def test_a_moment_of_another_zone_is_the_same_moment() -> None:
    there = replace(STORED, at=AT.astimezone(timezone(timedelta(hours=-6))))
    assert to_json(there) == to_json(STORED)


def test_no_number_is_left_out_as_unknown() -> None:
    odd = replace(STORED, evidence=replace(PARCEL, risk=math.nan, parts={"barrel": math.nan}))
    assert from_json(to_json(odd)).evidence == replace(PARCEL, risk=None, parts={})


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        (replace(STORED, evidence=replace(PARCEL, risk=math.inf)), "Out of range"),
        (replace(STORED, at=AT.replace(tzinfo=None)), "without a time zone"),
    ],
)
def test_what_could_not_be_read_back_is_not_written(odd: Stored, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        to_json(odd)


@pytest.mark.parametrize("text", ["[]", "{}", '{"item_id": "x", "stage": "station"}', '{"item_id": 1, "at": 2}'])
def test_something_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="this is no stored evidence"):
        from_json(text)


def test_the_same_decision_comes_out_again_in_every_field(make_policy: Make) -> None:
    tail = "workload: {examine: {at_most_share: 0.02, reference: SOP 12, instructions: X-ray it again.}}\n"
    base = make_policy("A detain {combined: {at_least: 0.5}}", chance=tail)
    leeds = make_policy("B examine {combined: {at_least: 0.5}}", chance=tail)
    # At half past eleven in London it is the next day in Kathmandu, from which the rule counts.
    rule = replace(leeds.rules[0], starts=day_of(replace(base, time_zone="Asia/Kathmandu"), AT))
    leeds = replace(leeds, rules=(rule,), time_zone="Asia/Kathmandu")
    override = Override(file="overrides/leeds.yaml", scope=Scope(stations=("leeds-*",)), policy=leeds)
    package = Package(base=base, overrides=(override,), files={})
    draws = draws_of(leeds.name, PARCEL.item_id, b"secret")
    decision = decide(leeds, PARCEL, b"secret", on=day_of(leeds, AT), cuts=(replace(CUT, rank=0.7),))
    stored = replace(STORED, draw=draws.chance, tie_draw=draws.tie, cuts=(replace(CUT, rank=0.7),))
    assert (decision.lane, decision.rule, decision.reference) == ("scan", "WORKLOAD", "SOP 12")
    assert decision.instructions == "X-ray it again."
    assert decide_again(package, from_json(to_json(stored))) == decision
