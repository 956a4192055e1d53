"""A simulation of a history so small that every figure can be counted by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from past_screenings import ROWS, Row, candidate, history, policy_text, procedure

from sop.bulk.columns import to_stored
from sop.evidence_json import decide_again
from sop.reading.packages import parse_package
from sop.simulation.replay import Asked, replay, simulate
from sop.simulation.save import with_decisions
from sop.simulation.simulate import Simulation, as_json
from sop.simulation.thresholds import Wanted
from sop.types import LANES


def run(rows: tuple[Row, ...] = ROWS, *, workload: bool = True, **asked: Any) -> Simulation:
    table, active, new = history(rows), procedure(), candidate()
    wish = Asked(workload=workload, capacity=asked.pop("capacity", {}), **asked)
    return simulate(replay(table, active, new, b"", workload), active, new, b"", wish, "by hand", {"no reason": 2})


@pytest.fixture(scope="module")
def found() -> Simulation:
    return run(capacity={"examine": 2, "scan": 1})


def counts(found: Simulation, side: str) -> Mapping[str, int]:
    return {row.lane: getattr(row, side).count for row in found.lanes if getattr(row, side).count}


def test_lanes_before_and_after(found: Simulation) -> None:
    assert counts(found, "before") == {"examine": 6, "scan": 3}
    # A and H fall from examine to scan, C from scan to release.
    assert counts(found, "after") == {"examine": 4, "scan": 4, "release": 1}
    assert found.changed == 3
    assert (found.before, found.after) == ("example 1", "example 2")


def test_days_are_those_of_the_procedures_time_zone(found: Simulation) -> None:
    assert [row.day for row in found.days] == [date(2026, 10, day) for day in (24, 25, 26, 27)]
    at = LANES.index("examine")
    assert [row.before[at] for row in found.days] == [2, 2, 0, 2]
    assert [row.after[at] for row in found.days] == [1, 2, 0, 1]
    assert [sum(row.before) for row in found.days] == [2, 4, 0, 3]
    examine = found.lanes[at]
    assert (examine.before.mean_a_day, examine.before.busiest_day, examine.before.share) == (1.5, 2, 6 / 9)
    assert (found.material.days, found.material.time_zone) == (4, "Europe/London")


def test_moves_and_rules(found: Simulation) -> None:
    moved = {(LANES[at], LANES[to]): n for at, row in enumerate(found.moves) for to, n in enumerate(row) if n}
    assert moved == {
        ("examine", "examine"): 4, ("examine", "scan"): 2, ("scan", "scan"): 2, ("scan", "release"): 1,
    }  # fmt: skip
    assert {row.rule: (row.before, row.after) for row in found.rules} == {
        "HIGH": (4, 2), "MID": (2, 3), "LOW": (0, 1), "RANDOM": (2, 2), "MISSING:risk_unavailable": (1, 1),
    }  # fmt: skip
    assert found.rules[0].rule == "HIGH"
    assert found.placed_by == {"rule": (6, 6), "default": (0, 0), "missing_evidence": (1, 1), "chance": (2, 2),
                               "workload": (0, 0)}  # fmt: skip


def test_work_against_shares_and_capacity(found: Simulation) -> None:
    shares = {(row.stage, row.lane): (row.screenings, row.before, row.after, row.met_after) for row in found.shares}
    assert shares == {("pre_arrival", "examine"): (1, 0.0, 0.0, True), ("station", "examine"): (8, 0.75, 0.5, True)}
    examine, scan = found.capacity
    assert (examine.days_over_before, examine.days_over_after) == (0, 0)
    assert (scan.days_over_before, scan.days_over_after, scan.left_undone_before, scan.left_undone_after) == (
        1,
        1,
        1,
        1,
    )


def test_a_find_of_the_scanner_that_is_let_go_is_lost() -> None:
    row = Row("X", "2026-10-24T10:00:00Z", "station", 0.25, 0.9, "scan", "MID", "illicit")
    finds = run((row,)).findings
    assert (finds.found_before, finds.scanned_before, finds.scanned_after) == (0, 1, 0)
    assert (finds.lost.value, dict(finds.lost_to)) == (1.0, {"release": 1})


def test_an_override_has_shares_of_its_own() -> None:
    override = b"extends: ../policy.yaml\nversion: '7'\napplies_to: {station: leeds-1}\n"
    override += b"workload: {scan: {at_least_share: 0.9}}\n"
    new = parse_package({"policy.yaml": policy_text("2").encode(), "overrides/leeds.yaml": override}, "x")
    table = history()
    stations = ["leeds-1"] * 2 + [None] * 7
    table = table.set_column(table.column_names.index("station"), "station", [stations])
    replayed = replay(table, procedure(), new, b"", False)
    found = simulate(replayed, procedure(), new, b"", Asked(workload=False, capacity={}), "x", {})
    shares = {(row.policy, row.stage, row.lane): (row.screenings, row.after, row.met_after) for row in found.shares}
    assert shares == {
        ("example 2", "station", "examine"): (6, 4 / 6, False),
        ("example 2", "pre_arrival", "examine"): (1, 0.0, True),
        ("example 2 + leeds 7", "station", "scan"): (2, 0.0, False),
    }
    assert found.after == "example 2 + 1 override"


def test_finds_lost_and_what_they_were(found: Simulation) -> None:
    finds = found.findings
    assert (finds.parcels, finds.known, finds.illicit, finds.never_opened) == (8, 6, 3, 2)
    assert (finds.found_before, finds.found_after) == (3, 2)
    assert (finds.scanned_before, finds.scanned_after) == (0, 1)
    assert (finds.lost.value, dict(finds.lost_to), finds.gained.value) == (1.0, {"scan": 1}, 0.0)
    assert (finds.opened_before, finds.opened_after, finds.no_longer_opened, finds.newly_opened) == (6, 4, 2, 0)
    examine = finds.before[LANES.index("examine")]
    assert (examine.parcels, examine.known, examine.illicit, examine.hit_rate.value) == (6, 6, 3, 0.5)


def test_finds_at_a_station_to_which_nothing_sends_any_more_are_in_doubt() -> None:
    def both(item: str, early: float, late: float, found: str | None) -> tuple[Row, Row]:
        first = Row(item, "2026-10-24T10:00:00Z", "pre_arrival", early, 0.9, "scan", "MID", None)
        return first, Row(item, "2026-10-25T10:00:00Z", "station", late, 0.9, "examine", "HIGH", found)

    rows = (
        *both("no longer sent", 0.25, 0.7, "illicit"), *both("no longer sent, harmless", 0.25, 0.7, "nothing"),
        *both("still sent", 0.35, 0.7, "illicit"), *both("never sent", 0.1, 0.7, "illicit"),
        *both("no longer sent nor opened", 0.25, 0.55, "illicit"),
        Row("left", "2026-10-24T10:00:00Z", "pre_arrival", 0.1, 0.9, "release", "LOW", None),
    )  # fmt: skip
    finds = run(rows).findings
    assert (finds.found_before, finds.found_after, finds.lost.value) == (4, 3, 1.0)
    advance = finds.advance
    assert (advance.no_longer_sent, advance.newly_sent, advance.in_doubt) == (3, 0, 1)
    assert advance.came_anyway.value == 0.5
    text = policy_text("2", "0.60", "0.30").replace("default_lane: scan", "default_lane: documents")
    new, wanted = parse_package({"policy.yaml": text.encode()}, "x"), (Wanted("scan", "at_most", 0.1),)
    replayed = replay(history(rows), procedure(), new, b"", False)
    found = simulate(replayed, procedure(), new, b"", Asked(workload=False, capacity={}, wanted=wanted), "x", {})
    # MID at 0.36 also stops sending the one of 0.35.
    early = [(row.rule, row.value, row.in_doubt) for row in found.thresholds if row.stage == "pre_arrival"]
    assert early == [("MID", 0.36, 1)]


def test_chance_stands_for_what_the_rules_left_closed(found: Simulation) -> None:
    chance = found.findings.chance
    assert chance is not None
    assert (chance.selected, chance.known, chance.illicit) == (2, 2, 1)
    # One find at a probability of 0.1 stands for ten, but the rules left only C, D, E and G closed.
    assert chance.overlooked.value == 4
    assert (chance.gained.value, chance.lost.value) == (0.0, 0.0)
    assert found.findings.change.value == -1.0


def test_without_results_of_chance_nothing_is_said_about_the_rest() -> None:
    silent = tuple(row._replace(found=None) if row.rule == "RANDOM" else row for row in ROWS)
    finds = run(silent).findings
    assert finds.chance is None
    assert (finds.change.value, finds.change.low, finds.change.high) == (-1.0, None, None)


def test_parcels_that_change_most_come_first_with_the_words_of_the_engine(found: Simulation) -> None:
    shown = [(one.item_id, one.lane_before, one.lane_after) for one in found.largest]
    # C goes two lanes down; A and H one, A and H rank alike and stand in their order.
    assert shown == [("C", "scan", "release"), ("A", "examine", "scan"), ("H", "examine", "scan")]
    table = history()
    for one, row in zip(found.largest, (2, 0, 8), strict=True):
        stored = to_stored(table, row)
        assert one.reason_before == decide_again(procedure(), stored).reason
        assert one.reason_after == decide_again(candidate(), stored).reason
        assert one.rank == stored.evidence.risk
    assert [one.found for one in found.largest] == ["", "illicit", "nothing"]


def test_groups_count_what_they_hold(found: Simulation) -> None:
    origins = {row.name: row for row in found.groups["origin"]}
    assert {name: row.screenings for name, row in origins.items()} == {"GB": 6, "CN": 2, "not known": 1}
    assert (origins["GB"].opened.before.value, origins["GB"].opened.after.value) == (5 / 6, 3 / 6)
    assert (origins["CN"].held.before.value, origins["CN"].held.after.value) == (1.0, 0.5)
    assert all(row.small and not row.stands_out for row in origins.values())
    hours = {row.name: row.screenings for row in found.groups["hour of day"]}
    # Until the 24th and on the 25th before two in the morning London is an hour ahead of Greenwich.
    assert hours == {"00": 1, "10": 2, "11": 1, "12": 4, "13": 1}
    assert "channel" not in found.groups


def test_a_group_that_alone_is_changed_stands_out() -> None:
    rows = [Row(f"N{n}", "2026-10-24T10:00:00Z", "station", 0.1, 0.9, "release", "LOW", None, "GB") for n in range(300)]
    rows += [row._replace(item=f"C{n}", origin="CN") for n, row in enumerate(rows)]
    even = run(tuple(row._replace(risk=0.55 if int(row.item[1:]) < 40 else 0.1) for row in rows))
    assert not any(row.stands_out for row in even.groups["origin"])
    odd = run(tuple(row._replace(risk=0.55 if int(row.item[1:]) < 40 and row.origin == "CN" else 0.1) for row in rows))
    assert all(row.opened.stands_out and not row.held.stands_out for row in odd.groups["origin"])


def test_the_workload_is_left_aside_when_asked() -> None:
    trimmed, plain = run(crowd(), workload=True), run(crowd(), workload=False)
    assert counts(plain, "before") == {"examine": 1200}
    assert counts(trimmed, "before")["examine"] < 1200
    assert trimmed.placed_by["workload"][0] == 1200 - counts(trimmed, "before")["examine"]


def test_what_the_workload_moved_is_explained_as_its_doing() -> None:
    plain = policy_text().replace("workload: {examine: {at_most_share: 0.5}}\n", "")
    new, table = parse_package({"policy.yaml": plain.encode()}, "x"), history(crowd())
    replayed = replay(table, procedure(), new, b"", True)
    found = simulate(replayed, procedure(), new, b"", Asked(capacity={}), "x", {})
    assert len(found.largest) == 20
    assert {(one.rule_before, one.lane_before, one.rule_after, one.lane_after) for one in found.largest} == {
        ("WORKLOAD", "scan", "HIGH", "examine")
    }


def crowd() -> tuple[Row, ...]:
    """1,200 parcels of one morning that all go to examine, in no order of risk."""
    high = Row("", "", "station", 0.0, 0.9, "examine", "HIGH", None)
    times = [f"2026-10-24T10:{n // 60:02d}:{n % 60:02d}Z" for n in range(1200)]
    return tuple(high._replace(item=f"N{n}", at=at, risk=0.5 + n * 7 % 1200 / 4000) for n, at in enumerate(times))


def test_what_was_replayed_is_told(found: Simulation) -> None:
    one = found.material
    assert (one.screenings, one.parcels, one.recorded, one.recorded_alike) == (9, 8, 9, 9)
    assert (one.source, dict(one.left_out), one.rebuilt) == ("by hand", {"no reason": 2}, 0)


def test_json_has_every_figure_in_plain_types(found: Simulation) -> None:
    plain = json.loads(json.dumps(as_json(replace(found, command="x")), allow_nan=False))
    assert plain["material"]["first"] == "2026-10-24"
    assert plain["findings"]["lost"]["value"] == 1.0
    assert plain["groups"]["origin"][0]["opened"]["before"]["value"] == pytest.approx(5 / 6)
    assert set(plain) == set(Simulation.__slots__)


def test_saved_decisions_are_those_of_the_simulation() -> None:
    replayed = replay(history(), procedure(), candidate(), b"", True)
    table = with_decisions(replayed)
    before, after = (table.column(f"lane_{side}").to_pylist() for side in ("before", "after"))
    assert before == [row.lane for row in ROWS]
    assert after == ["scan", "examine", "release", "examine", "examine", "scan", "examine", "scan", "scan"]
    assert table.column("placed_by_before").to_pylist()[3] == "chance"
    assert table.column("probability_after").to_pylist()[3] == pytest.approx(0.1)


def test_the_estimate_from_chance_is_unbiased_and_its_interval_holds() -> None:
    """Many histories of which everything is known: 30 of 3,000 parcels are illicit, chance opens one in twenty."""
    from sop.simulation.findings import findings
    from sop.simulation.types import Coded, Past, Recorded, Side

    rng = np.random.default_rng(11)
    parcels, truth, rate = 3000, 30, 0.05
    risk = rng.random(parcels)
    illicit = np.zeros(parcels, bool)
    illicit[rng.choice(parcels, truth, replace=False)] = True
    ruled, later = risk > 0.98, risk > 0.9
    overlooked, gained = int((illicit & ~ruled).sum()), int((illicit & later & ~ruled).sum())
    values, inside = [], []
    stage = {"stage": Coded(np.zeros(parcels, np.int32), ("station",))}
    for _ in range(300):
        drawn = rng.random(parcels) < rate
        sides = []
        for by_rule in (ruled, later):
            lane = np.where(by_rule | drawn, 1, 4).astype(np.int8)
            placed = np.where(by_rule, 0, np.where(drawn, 3, 1)).astype(np.int8)
            none = np.zeros(parcels, np.int32)
            sides.append(Side(title="", lane=lane, rule=none, rules=("X",), placed_by=placed,
                              policy=none.astype(np.int16), policies=()))  # fmt: skip
        opened = sides[0].lane == 1
        past = Past(
            items=np.arange(parcels, dtype=np.int32), day=np.full(parcels, np.datetime64("2026-10-01")),
            hour=np.zeros(parcels, np.int8), traits=stage, rank=risk,
            found=np.where(opened, np.where(illicit, 3, 1), 0).astype(np.int8),
            recorded=Recorded(lane=sides[0].lane, by_chance=drawn & ~ruled, probability=np.full(parcels, rate)),
        )  # fmt: skip
        chance = findings(past, *sides, chance=3).chance
        assert chance is not None
        values.append((chance.overlooked.value, chance.gained.value))
        inside.append((chance.overlooked.low or 0.0) <= overlooked <= (chance.overlooked.high or 0.0))
    means = np.mean(values, axis=0)
    assert means == pytest.approx((overlooked, gained), rel=0.2)
    assert np.mean(inside) >= 0.95
