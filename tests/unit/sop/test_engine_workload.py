"""What a cut of the workload does with one parcel, and how the decision says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from sop.engine import Draws, decide_drawn, decide_selected, draw_of, tie_draw_of
from sop.moves import trim_lane
from sop.types import Cut, Decision, Evidence, Policy

Make = Callable[..., Policy]
Parcel = Callable[..., Evidence]
ON = date(2026, 11, 22)
WORKLOAD = "workload: {examine: {at_most_share: 0.02, reference: SOP 12.1, instructions: X-ray it.}}\n"
OUT = Cut(stage="pre_arrival", lane="examine", moves="out", rank=0.5, tie=0.4, share=0.02, parcels=10_000)
IN = Cut(stage="pre_arrival", lane="scan", moves="in", rank=0.04, tie=0.25, share=0.05, parcels=700)


def decided(policy: Policy, parcel: Evidence, *cuts: Cut, tie: float = 0.5, selected: bool = False) -> Decision:
    return decide_selected(policy, parcel, selected, on=ON, cuts=cuts, tie_draw=tie)


def test_the_lowest_ranks_go_out_and_the_decision_says_all_about_it(make_policy: Make, parcel: Parcel) -> None:
    policy = make_policy("A examine {risk: {at_least: 0.2}}", chance=WORKLOAD)
    found = decided(policy, parcel(risk=0.3), OUT)
    assert (found.lane, found.outcome, found.rule, found.placed_by) == ("scan", "RFS", "WORKLOAD", "workload")
    assert (found.placement_probability, found.cut) == (1.0, OUT)
    assert (found.reference, found.instructions) == ("SOP 12.1", "X-ray it.")
    assert found.reason == (
        "Moved from examine to scan by the workload: manifest risk 0.30 is below the cut at 0.50. Examine is to "
        "hold at most 2 % of the parcels before arrival; the cut comes from the last 10,000 of them. "
        "Otherwise: examine by A (Title of A: manifest risk 0.30 (at least 0.20))."
    )
    assert decided(policy, parcel(risk=0.6), OUT).rule == "A"


def test_the_highest_ranks_of_milder_lanes_come_in(make_policy: Make, parcel: Parcel) -> None:
    policy = make_policy("A documents {risk: {at_least: 0.9}}")
    found = decided(policy, parcel(risk=0.0401), IN)
    assert (found.lane, found.rule, found.placement_probability) == ("scan", "WORKLOAD", 1.0)
    assert "manifest risk 0.0401 is above the cut at 0.0400. Scan is to hold at least 5 %" in found.reason
    assert "the last 700 of them" in found.reason
    assert decided(policy, parcel(risk=0.0399), IN).rule == "DEFAULT"


@pytest.mark.parametrize(
    ("tie", "lane", "probability", "words"),
    [
        (
            0.39,
            "examine",
            0.4,
            "The workload leaves it in examine: manifest risk 0.50 is exactly the cut, where 40 %",
        ),
        (0.41, "scan", 0.6, "manifest risk 0.50 is exactly the cut, where 60 % of the parcels move, by lot."),
    ],
)
def test_at_the_cut_a_draw_settles_it_and_both_fates_carry_their_probability(
    make_policy: Make, parcel: Parcel, tie: float, lane: str, probability: float, words: str
) -> None:
    policy = make_policy("A examine {risk: {at_least: 0.2}}")
    found = decided(policy, parcel(risk=0.5), OUT, tie=tie)
    assert (found.lane, found.placement_probability) == (lane, probability)
    assert words in found.reason
    assert (found.placed_by, found.cut) == (("rule", None) if lane == "examine" else ("workload", OUT))


@pytest.mark.parametrize(
    ("rule", "changes", "selected"),
    [
        ("A examine {risk: {at_least: 0.2}}", {"combined": None, "risk": None}, False),
        ("A examine {risk: {at_least: 0.2}}", {}, True),
        ("A examine {risk: {at_least: 0.2}}", {"missing": frozenset({"image_shielded"})}, False),
        ("A examine {nature: gift}", {"nature": "gift"}, False),
        ("A examine {risk: {at_least: 0.2}}", {"stage": "station"}, False),
        ("A scan {risk: {at_least: 0.2}}", {}, False),
        ("A detain {risk: {at_least: 0.2}}", {}, False),
    ],
)
def test_what_may_not_be_moved_out_stays(
    make_policy: Make, parcel: Parcel, rule: str, changes: dict[str, object], selected: bool
) -> None:
    policy = make_policy(rule)
    found = parcel(**{"risk": 0.3, **changes})
    detain = replace(OUT, lane="detain")
    assert decided(policy, found, detain, OUT, selected=selected) == decided(policy, found, selected=selected)


def test_nothing_goes_below_what_missing_evidence_asks_for(make_policy: Make, parcel: Parcel) -> None:
    policy = make_policy("A examine {risk: {at_least: 0.2}}")
    policy = replace(policy, rules=(replace(policy.rules[0], trim="release"),))
    assert decided(policy, parcel(risk=0.3), OUT).lane == "release"
    unsure = parcel(risk=0.3, missing=frozenset({"scanner_uncalibrated"}))
    assert decided(policy, unsure, OUT).lane == "documents"


def test_a_parcel_is_moved_once(make_policy: Make, parcel: Parcel) -> None:
    policy = make_policy("A examine {risk: {at_least: 0.2}}")
    policy = replace(policy, rules=(replace(policy.rules[0], trim="documents"),))
    assert decided(policy, parcel(risk=0.3), IN, OUT).lane == "documents"


@pytest.mark.parametrize(
    ("later", "lane"),
    [
        ("B examine {watchlist: any}", "examine"),
        ("B detain {watchlist: any}", "examine"),
        ("B scan {watchlist: any}", "scan"),
        ("B documents {watchlist: any}", "scan"),
        ("B release {watchlist: any}", "scan"),
        ("B examine {combined: {at_least: 0.1}}", "scan"),
    ],
)
def test_a_score_that_stands_before_a_watch_list_lets_no_listed_parcel_slip_out(
    make_policy: Make, parcel: Parcel, later: str, lane: str
) -> None:
    policy = make_policy("A examine {risk: {at_least: 0.2}}", later)
    listed = parcel(risk=0.3, watchlists=frozenset({"wanted"}))
    assert decided(policy, listed, OUT).lane == lane
    assert decided(policy, parcel(risk=0.3), OUT).lane == "scan"


@pytest.mark.parametrize(
    ("rule", "trim", "lane"),
    [
        ("A examine {risk: {at_least: 0.2}}", None, "scan"),
        ("A scan {combined: {at_least: 0.2}, origin_country: SE, stage: station}", None, "documents"),
        ("A documents {risk: {at_least: 0.2}}", None, None),
        ("A documents {risk: {at_least: 0.2}}", "release", "release"),
        ("A release {risk: {below: 0.2}}", None, None),
        ("A detain {risk: {at_least: 0.2}}", None, None),
        ("A detain {risk: {at_least: 0.2}}", "scan", None),
        ("A examine {risk: {at_least: 0.2}}", "never", None),
        ("A examine {risk: {at_least: 0.2}}", "release", "release"),
        ("A examine {risk: {at_least: 0.2}, indicator: S10_INVALID}", None, None),
        ("A examine {risk: {at_least: 0.2}, indicator: S10_INVALID}", "documents", "documents"),
        ("A examine {combined: {at_least: 0.2}, xray: {assessment: clear}}", None, None),
        ("A examine {risk: {at_least: 0.2}, part: {barrel: {at_least: 0.1}}}", None, None),
        ("A examine {risk: {at_least: 0.2}, watchlist: any}", None, None),
        ("A examine {risk: {at_least: 0.2}, finding_history: {at_least: 1}}", None, None),
        ("A examine {risk: {at_least: 0.2}, contradiction: any}", None, None),
        ("A examine {origin_country: SE}", None, None),
        ("A examine {any: [{risk: {at_least: 0.2}}, {combined: {at_least: 0.2}}]}", None, "scan"),
        ("A examine {any: [{risk: {at_least: 0.2}}, {nature: gift}]}", None, None),
        ("A examine {risk: {at_least: 0.2}, any: [{nature: gift}, {watchlist: any}]}", None, None),
        ("A examine {nature: gift, any: [{any: [{risk: {at_least: 0.2}}]}]}", None, "scan"),
    ],
)
def test_only_what_rests_on_a_score_alone_is_trimmed_unless_the_rule_says_so(
    make_policy: Make, rule: str, trim: str | None, lane: str | None
) -> None:
    found = make_policy(rule).rules[0]
    assert trim_lane(replace(found, trim=trim)) == lane  # type: ignore[arg-type]


def test_the_draws_of_chance_and_ties_are_fixed_different_and_uniform() -> None:
    items = [f"item-{number}" for number in range(4000)]
    pairs = [(draw_of("national", one, b"s"), tie_draw_of("national", one, b"s")) for one in items]
    assert pairs == [(draw_of("national", one, b"s"), tie_draw_of("national", one, b"s")) for one in items]
    for share in (0.1, 0.5, 0.9):
        # Five standard deviations at the most; the draws are fixed, so this cannot flicker.
        assert abs(sum(tie < share for _, tie in pairs) / 4000 - share) < 5 * 0.5 / 4000**0.5
    both = sum(chance < 0.5 and tie < 0.5 for chance, tie in pairs)
    assert abs(both / 4000 - 0.25) < 5 * 0.44 / 4000**0.5
    assert all(0 <= tie < 1 for _, tie in pairs)


def test_a_stored_draw_decides_as_it_did(make_policy: Make, parcel: Parcel) -> None:
    policy = make_policy("A scan {risk: {at_least: 0.2}}")
    assert decide_drawn(policy, parcel(), Draws(0.0099, 0.0), on=ON).placed_by == "chance"
    assert decide_drawn(policy, parcel(), Draws(0.01, 0.0), on=ON).placed_by == "default"


@pytest.mark.parametrize(
    ("changes", "selected", "placed_by", "probability"),
    [
        ({"risk": 0.5}, False, "rule", 1.0),
        ({}, False, "default", 1.0),
        ({"risk": None}, False, "missing_evidence", 1.0),
        ({}, True, "chance", 0.01),
        ({"risk": 0.5}, True, "chance", 0.01),
    ],
)
def test_every_decision_says_what_placed_the_parcel(
    make_policy: Make, parcel: Parcel, changes: dict[str, object], selected: bool, placed_by: str, probability: float
) -> None:
    found = decided(make_policy("A scan {risk: {at_least: 0.1}}"), parcel(**changes), selected=selected)
    assert (found.placed_by, found.placement_probability, found.cut) == (placed_by, probability, None)
