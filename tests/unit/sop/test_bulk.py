"""Deciding many parcels: streams with rolling cuts, days that begin in a time zone, tables of every kind."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from models.results import Assessment
from sop.bulk.columns import SCHEMA, from_stored, read_parquet, write_parquet
from sop.bulk.cuts import Rolling
from sop.bulk.decide import decide_all
from sop.bulk.decided import PLACED_BY, Decided
from sop.engine import Draws, day_of, decide_drawn
from sop.evidence_json import Stored
from sop.lists import ListEntry, NamedList
from sop.package import Override, Package, Scope
from sop.types import LANES, MISSING_KEYS, OUTCOMES, STAGES, AnyOf, BeginsWith, Cut, Evidence, OneOf, Policy, When
from sop.workload import Ranked, cuts_of

Make = Callable[..., Policy]
CHANCE = "random_selection: {rate: 0.01, lane: scan}\n"
ASSESSMENTS: tuple[Assessment | None, ...] = (None, "alarm", "clear", "unknown")
START = datetime(2026, 11, 22, tzinfo=UTC)
WORKLOAD = "workload: {examine: {at_most_share: 0.02}, scan: {at_least_share: 0.05}}\n"
RULES = (
    "HARD examine {indicator: S10_INVALID}",
    "RISK examine {risk: {at_least: 0.30}}",
    "SOME scan {risk: {at_least: 0.60}}",
)


def stream(count: int, seed: int = 1) -> list[Stored]:
    """Parcels a minute apart: 5 % of high risk, 0.5 % with an indicator, with fresh draws."""
    chance = random.Random(seed)
    return [
        Stored(
            evidence=Evidence(
                item_id=str(number),
                stage=chance.choice(STAGES),
                station=chance.choice(["leeds-1", "hull"]),
                risk=round(chance.betavariate(0.4, 4), 3),
                indicators=frozenset({"S10_INVALID"} if chance.random() < 0.005 else ()),
            ),
            at=START + timedelta(minutes=number),
            draw=chance.random(),
            tie_draw=chance.random(),
            policy="",
        )
        for number in range(count)
    ]


def share(decided: Decided, lane: str) -> float:
    return float((decided.lane == LANES.index(lane)).mean())  # type: ignore[arg-type]


def test_over_a_stream_a_lane_keeps_to_its_share_but_for_what_may_not_be_moved(make_policy: Make) -> None:
    package = Package(base=make_policy(*RULES, chance="random_selection: {rate: 0.005, lane: examine}\n" + WORKLOAD),
                      files={})  # fmt: skip
    table = from_stored(stream(20_000))
    without, within = decide_all(package, table), decide_all(package, table, cuts=Rolling())
    fixed = float(((without.lane == LANES.index("examine")) & (without.out < 0)).mean())
    count, most, least = len(within), 0.02, 0.05
    # Five standard deviations, and the first 500 parcels of each stage, about which no cut was known.
    slack = 5 * math.sqrt(least / count) + 1000 / count * share(without, "examine")
    assert share(without, "examine") > 0.05
    assert share(without, "scan") < 0.001
    assert 0.005 < fixed < most
    assert most - slack < share(within, "examine") < most + slack
    assert share(within, "scan") > least - slack - 1000 / count * least
    moved = within.placed_by == PLACED_BY.index("workload")
    assert (moved == (within.lane != without.lane)).all()
    assert not (moved & within.selected & (within.lane > without.lane)).any()


def test_where_nothing_may_be_moved_the_lane_stays_as_full_as_it_was(make_policy: Make) -> None:
    tail = "workload: {examine: {at_most_share: 0.001}}\n"
    package = Package(base=make_policy("HARD examine {indicator: S10_INVALID}", chance=tail), files={})
    table = from_stored(stream(4000))
    without, within = decide_all(package, table), decide_all(package, table, cuts=Rolling())
    assert share(without, "examine") > 0.001
    assert (within.lane == without.lane).all()
    assert within.cuts == ()


def test_rolling_cuts_are_those_of_the_parcels_before(make_policy: Make) -> None:
    base = make_policy(*RULES, chance=WORKLOAD)
    other = replace(base, rules=base.rules[1:], version="1 + leeds 1")
    override = Override(file="overrides/leeds.yaml", scope=Scope(stations=("leeds-*",)), policy=other)
    package = Package(base=base, overrides=(override,), files={})
    parcels = stream(1500)
    random.Random(2).shuffle(parcels)
    rolling = Rolling(window=300, least=40, every=25)
    decided = decide_all(package, from_stored(parcels), cuts=rolling)
    assert len(set(decided.cuts)) > 20
    for stage in STAGES:
        rows = [number for number in range(len(parcels)) if parcels[number].evidence.stage == stage]
        rows.sort(key=lambda number: parcels[number].at)
        for place, row in enumerate(rows):
            now = place - place % rolling.every
            before = [r for r in rows[max(0, now - rolling.window) : now] if decided.policy[r] == decided.policy[row]]
            policy = package.policies[decided.policy[row]]
            ranked = Ranked(decided.before[before], decided.out[before], decided.rank[before])
            assert_same(decided, row, parcels[row], policy, cuts_of(policy, ranked, stage, rolling.least))


def assert_same(decided: Decided, row: int, parcel: Stored, policy: Policy, cuts: tuple[Cut, ...]) -> None:
    draws = Draws(parcel.draw, parcel.tie_draw)
    expected = decide_drawn(policy, parcel.evidence, draws, on=day_of(policy, parcel.at), cuts=cuts)
    assert (LANES[decided.lane[row]], decided.rules[decided.rule[row]]) == (expected.lane, expected.rule)
    assert OUTCOMES[decided.outcome[row]] == expected.outcome
    assert (PLACED_BY[decided.placed_by[row]], decided.selected[row]) == (expected.placed_by, expected.random_selection)
    cut = decided.cuts[decided.cut[row]] if decided.cut[row] >= 0 else None
    assert (decided.probability[row], cut) == (expected.placement_probability, expected.cut)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "America/Santiago", "Pacific/Apia"])
def test_a_dated_rule_counts_from_the_first_moment_of_its_first_day_to_the_last_of_its_last(
    make_policy: Make, zone: str
) -> None:
    policy = replace(make_policy("A detain {risk: {at_least: 0}}", chance=""), time_zone=zone)
    # Chile's clocks skip the hour after midnight on 6 September 2026, Samoa's skipped all of 30 December 2011.
    for first in (date(2026, 9, 6), date(2026, 9, 5), date(2011, 12, 30), date(2011, 12, 31)):
        rule = replace(policy.rules[0], starts=first, ends=first + timedelta(days=1))
        package = Package(base=replace(policy, rules=(rule,)), files={})
        hours = [
            datetime.combine(first, datetime.min.time(), UTC) + timedelta(minutes=15 * n) for n in range(-200, 400)
        ]
        moments = [hour + timedelta(microseconds=step) for hour in hours for step in (-1, 0)]
        evidence = Evidence(item_id="x", stage="station", risk=0.5)
        parcels = [Stored(evidence=evidence, at=at, draw=0.5, tie_draw=0.5, policy="") for at in moments]
        decided = decide_all(package, from_stored(parcels))
        assert [decided.rules[rule] == "A" for rule in decided.rule] == [
            rule.in_force(day_of(policy, at)) for at in moments
        ]


WHENS = (
    "{stage: station}",
    "{channel: [postal, courier]}",
    "{mail_class: ems}",
    "{direction: transit}",
    "{nature: gift}",
    '{origin_country: ["NO", GB]}',
    "{destination_country: MX}",
    "{transit_country: US}",
    '{hs_code: ["9301", "9305"]}',
    "{risk: {at_least: 0.5}}",
    "{risk: {below: 0.5}}",
    "{xray: {at_least: 0.5}}",
    "{xray: {assessment: alarm}}",
    "{xray: {assessment: no_picture}}",
    "{combined: {at_least: 0.5, below: 0.7}}",
    "{part: {barrel: {at_least: 0.5}}}",
    "{part: {slide: {below: 0.5}}}",
    "{indicator: [S10_INVALID, DESCRIPTION_VAGUE]}",
    "{contradiction: DENSE_METAL_IN_TEXTILES}",
    "{contradiction: any}",
    "{watchlist: national}",
    "{watchlist: any}",
    "{finding_history: {at_least: 1}}",
    "{finding_history: {below: 1}}",
    "{station: [hull, leeds-*]}",
    "{any: [{nature: gift}, {risk: {at_least: 0.5}, stage: station}]}",
)
CHANGES: tuple[dict[str, Any], ...] = (
    {},
    {"stage": "station", "risk": 0.6},
    {"channel": "courier", "station": "hull"},
    {"mail_class": "ems", "station": "leeds-3"},
    {"direction": "transit", "nature": "gift", "station": "york"},
    {"origin_country": "NO", "destination_country": "MX", "transit_countries": ("FR", "US")},
    {"hs_codes": ("610910", "9305.20"), "origin_country": "FR"},
    {"xray": 0.5, "xray_assessment": "alarm", "combined": 0.7},
    {"xray": 0.4, "xray_assessment": "clear", "combined": 0.6, "parts": {"barrel": 0.6, "slide": 0.1}},
    {"parts": {"slide": 0.5}, "risk": None},
    {"indicators": frozenset({"DESCRIPTION_VAGUE"}), "watchlists": frozenset({"national"})},
    {"contradictions": frozenset({"DENSE_METAL_IN_TEXTILES"}), "watchlists": frozenset({"port"})},
    {"contradictions": frozenset({"ANOTHER"}), "finding_history": 2, "risk": 0.5},
)


@pytest.mark.parametrize("when", WHENS)
def test_every_signal_holds_for_the_same_parcels(make_policy: Make, when: str) -> None:
    base = make_policy(f"A detain {when}")
    known = Evidence(item_id="x", stage="pre_arrival", risk=0.1)
    parcels = [Stored(evidence=replace(known, **one), at=START, draw=0.5, tie_draw=0.5, policy="") for one in CHANGES]
    decided = decide_all(Package(base=base, files={}), from_stored(parcels))
    names = [decided.rules[rule] for rule in decided.rule]
    assert "A" in names
    assert set(names) - {"A"}
    for row, parcel in enumerate(parcels):
        assert_same(decided, row, parcel, base, ())


DATED = NamedList(
    name="dated",
    kind="hs_code",
    source="A regulation",
    issued=date(2026, 11, 1),
    expires=None,
    entries=(ListEntry(code="61", starts=date(2026, 11, 23), ends=date(2026, 11, 24)), ListEntry(code="93")),
)
HEADING, ORIGIN = BeginsWith("hs_code", (), (DATED,)), OneOf("origin_country", ("GB",), (DATED,))


@pytest.mark.parametrize("when", [(HEADING,), (ORIGIN,), (AnyOf(((HEADING,),)),), (AnyOf(((ORIGIN,), (HEADING,))),)])
def test_entries_of_lists_count_on_their_days(make_policy: Make, when: When) -> None:
    policy = make_policy("A detain {risk: {at_least: 0}}")
    base = replace(policy, rules=(replace(policy.rules[0], when=when),))
    known = Evidence(item_id="x", stage="station", risk=0.1)
    found = [replace(known, hs_codes=(code,), origin_country=code) for code in ("61", "93", "85", "GB")]
    moments = [START + timedelta(hours=12 * number) for number in range(8)]
    parcels = [Stored(evidence=one, at=at, draw=0.5, tie_draw=0.5, policy="") for one in found for at in moments]
    decided = decide_all(Package(base=base, files={}), from_stored(parcels))
    assert 1 < len(set(decided.rule)) < len(parcels)
    for row, parcel in enumerate(parcels):
        assert_same(decided, row, parcel, base, ())


SOFT = """\
missing_evidence: {image_unreadable: release, image_shielded: scan, scanner_uncalibrated: documents,
                   risk_unavailable: release, xray_unavailable: documents}
"""


@pytest.mark.parametrize("default", ["release", "documents", "scan"])
@pytest.mark.parametrize("draw", [0.0, 0.00999, 0.01, 0.5])
def test_what_is_missing_and_drawn_is_placed_as_one_by_one(make_policy: Make, default: str, draw: float) -> None:
    rules = ("A scan {risk: {at_least: 0.5}}", "B examine {xray: {assessment: alarm}}")
    base = make_policy(*rules, default=f"default_lane: {default}\n", tail=SOFT, chance=CHANCE)
    package = Package(base=base, files={})
    parcels = [
        Stored(
            evidence=Evidence(
                item_id="x", stage="station", risk=risk, xray_assessment=seen, missing=frozenset(missing)
            ),
            at=START,
            draw=draw,
            tie_draw=0.5,
            policy="",
        )
        for risk in (None, 0.1, 0.9)
        for seen in ASSESSMENTS
        for missing in ((), *((one,) for one in MISSING_KEYS), *combinations(MISSING_KEYS, 2))
    ]
    decided = decide_all(package, from_stored(parcels))
    for row, parcel in enumerate(parcels):
        assert_same(decided, row, parcel, base, ())


@pytest.mark.parametrize("lane", ["release", "documents", "examine"])
def test_at_a_cut_a_draw_settles_it_as_one_by_one(make_policy: Make, lane: str) -> None:
    tail = "random_selection: {rate: 0.2, lane: documents}\n"
    base = make_policy(f"A {lane} {{risk: {{at_least: 0.5}}}}", chance=tail)
    package = Package(base=base, files={})
    known = Evidence(item_id="x", stage="station", risk=0.5)
    # Two cuts go through the same rank, so that what the first leaves of a draw is the second's.
    cuts = tuple(
        Cut(stage="station", lane=where, moves=moves, rank=0.5, tie=tie, share=0.1, parcels=1000)
        for where, moves, tie in (("detain", "in", 0.2), ("examine", "out", 0.3), ("scan", "in", 0.5))
    )
    draws = [number / 50 for number in range(50)]
    parcels = [
        Stored(evidence=known, at=START, draw=chance, tie_draw=tie, policy="") for tie in draws for chance in (0.1, 0.9)
    ]
    decided = decide_all(package, from_stored(parcels), cuts=[cuts])
    assert len(set(decided.probability)) > 1
    for row, parcel in enumerate(parcels):
        assert_same(decided, row, parcel, base, cuts)


def test_a_table_without_rows_gives_no_decisions(make_policy: Make) -> None:
    package = Package(base=make_policy("A detain {risk: {at_least: 0}}", chance=WORKLOAD), files={})
    assert len(decide_all(package, SCHEMA.empty_table(), cuts=Rolling())) == 0


def test_text_as_dictionaries_and_in_pieces_gives_the_same(make_policy: Make, tmp_path: Path) -> None:
    rules = (*RULES, 'KIND documents {hs_code: "93", indicator: S10_INVALID}')
    package = Package(base=make_policy(*rules, chance=WORKLOAD), files={})
    table = from_stored(stream(2000))
    write_parquet(table, tmp_path / "parcels.parquet")
    pq.write_table(table, tmp_path / "pieces.parquet", row_group_size=300)
    plain = decide_all(package, table, cuts=Rolling(least=100))
    whole, pieces = read_parquet(tmp_path / "parcels.parquet"), read_parquet(tmp_path / "pieces.parquet")
    assert pieces.column("stage").num_chunks > 1
    for other in (whole, pieces, pieces.slice(100).slice(0, 0), whole.slice(0, 700)):
        found = decide_all(package, other, cuts=Rolling(least=100))
        assert np.array_equal(found.lane, plain.lane[: len(found)])
        assert np.array_equal(found.probability, plain.probability[: len(found)])
