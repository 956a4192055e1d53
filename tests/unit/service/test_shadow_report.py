"""What a candidate would have changed, on parcels whose figures can be counted by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from service.shadow_figures import Comparison
from service.shadow_report import CHANGES_SHOWN, compare
from service.store.shadows import Compared

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def pair(number: int, lanes: str, *, rules: str = "R-1 R-1", scores: Sequence[float | None] = (0.1, 0.1)) -> Compared:
    """A parcel with `active candidate` lanes and rules, and the risk on both sides."""
    (lane, other), (rule, other_rule) = lanes.split(), rules.split()
    evidence = {} if scores[0] is None else {"risk": scores[0]}
    active = (lane, rule, json.dumps(evidence))
    return Compared(
        number, f"S{number}", f"I{number}", AT, "station", *active, other, other_rule, scores[1], None, None
    )


def compared(
    pairs: Sequence[Compared], found: dict[str, str] | None = None, recorded: int = 0, **states: int
) -> Comparison:
    return compare(pairs, found or {}, {"done": len(pairs), **states}, recorded)


def test_lanes_matrix_and_changes() -> None:
    pairs = [pair(n, "scan scan") for n in range(90)]
    pairs += [pair(90 + n, "scan examine", rules="R-1 R-2") for n in range(8)]
    pairs += [pair(98 + n, "examine release", rules="R-2 R-3") for n in range(2)]
    found = compared(pairs, {"S90": "illicit", "S98": "illicit", "S99": "nothing", "S1": "not_opened"})
    assert sum(map(sum, found.matrix)) == found.counts.compared == 100
    shares = {row.lane: (row.active, row.candidate, row.difference.value) for row in found.lanes}
    assert shares["examine"] == (2, 8, pytest.approx(0.06))
    assert shares["scan"] == (98, 90, pytest.approx(-0.08))
    examine = next(row.difference for row in found.lanes if row.lane == "examine")
    assert examine.low is not None
    assert examine.high is not None
    assert examine.low < 0.06 < examine.high
    assert found.moved.value == pytest.approx(0.1)
    told = [(one.active_rule, one.candidate_rule, one.parcels, one.illicit) for one in found.changes]
    assert told == [("R-1", "R-2", 8, 1), ("R-2", "R-3", 2, 1)]
    finds = {one.direction: (one.parcels, one.known, one.illicit) for one in found.finds}
    assert finds == {"same": (90, 0, 0), "raised": (8, 1, 1), "lowered": (2, 2, 1)}


def test_another_rule_in_the_same_lane_is_a_change_too_but_moves_nothing() -> None:
    found = compared([pair(1, "scan scan", rules="R-1 R-9")])
    assert (found.moved.value, [one.candidate_rule for one in found.changes]) == (0.0, ["R-9"])


def test_changes_beyond_those_listed_are_counted() -> None:
    pairs = [pair(n, "scan scan", rules=f"R-{n} X") for n in range(CHANGES_SHOWN + 5)]
    found = compared(pairs)
    assert (len(found.changes), found.changes_left_out) == (CHANGES_SHOWN, 5)


def test_scores_are_compared_where_both_know_them() -> None:
    pairs = [pair(n, "scan scan", scores=(0.1, 0.1 + n / 100)) for n in range(5)]
    pairs += [pair(5, "scan scan", scores=(None, 0.4)), pair(6, "scan scan", scores=(0.4, None))]
    risk = next(one for one in compared(pairs).scores if one.score == "risk")
    assert (risk.both, risk.changed, risk.only_active, risk.only_candidate) == (5, 4, 1, 1)
    assert (risk.mean, risk.p50, risk.largest) == (pytest.approx(0.02), pytest.approx(0.02), pytest.approx(0.04))


def test_whatever_was_not_compared_is_counted() -> None:
    found = compared([pair(1, "scan scan")], waiting=2, dropped=3, failed=4, recorded=20)
    counts: dict[str, Any] = found.as_json()["counts"]
    assert counts == {"recorded": 20, "compared": 1, "waiting": 2, "dropped": 3, "failed": 4, "not_taken": 10}


def test_nothing_compared_says_nothing() -> None:
    found = compared([])
    assert (found.counts.compared, found.moved.low, found.changes) == (0, None, ())
