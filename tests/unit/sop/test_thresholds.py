"""Thresholds that meet a share: each is put into the procedure and everything decided again, one by one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np
import pytest
from past_screenings import Row, history, procedure

from sop.bulk.columns import from_stored
from sop.bulk.decide import decide_all
from sop.evidence_json import Stored
from sop.package import Package
from sop.reading.packages import parse_package
from sop.simulation.past import past_of
from sop.simulation.replay import Asked, numbers, replay, simulate
from sop.simulation.threshold_places import places, with_value
from sop.simulation.thresholds import Threshold, Wanted, thresholds
from sop.simulation.types import Bytes, Past
from sop.simulation.when_yaml import when_yaml
from sop.types import LANES, Evidence, Lane

RULES = """\
sop: example
version: "1"
effective_from: 2026-10-01
owner: Risk Analysis Unit
lanes: {detain: DNL, examine: RFS, scan: RFS, documents: RFI, release: AC}
rules:
  - id: FIRST
    when: {stage: station, risk: {at_least: 0.80}}
    title: First
    lane: examine
    reviewed: 2026-10-01
  - id: BOTH
    when: {any: [{origin_country: CN, risk: {at_least: 0.60}}, {combined: {at_least: 0.70}}]}
    title: Either
    lane: examine
    reviewed: 2026-10-01
  - id: AGAIN
    when: {risk: {at_least: 0.70}}
    title: Again
    lane: examine
    reviewed: 2026-10-01
  - id: MILD
    when: {risk: {at_least: 0.40}}
    title: Mild
    lane: scan
    reviewed: 2026-10-01
  - id: LOW
    when: {risk: {below: 0.30}}
    title: Low
    lane: release
    reviewed: 2026-10-01
missing_evidence: {image_unreadable: examine, image_shielded: examine, scanner_uncalibrated: documents,
                   risk_unavailable: scan, xray_unavailable: examine}
random_selection: {rate: 0.02, lane: examine, seed_from: item_id}
default_lane: documents
"""


@pytest.fixture(scope="module")
def package() -> Package:
    return parse_package({"policy.yaml": RULES.encode()}, "policy.yaml")


@pytest.fixture(scope="module")
def rows() -> tuple[Row, ...]:
    rng = np.random.default_rng(5)
    # Few values, so that ties stand at every threshold.
    risks = np.round(rng.random(400) * 20) / 20
    stages, origins = rng.choice(["pre_arrival", "station"], 400), rng.choice(["CN", "GB"], 400)
    draws, illicit = rng.random(400), rng.random(400) < risks / 4
    return tuple(
        Row(f"N{n}", "2026-10-24T10:00:00Z", str(stages[n]), None if n % 50 == 0 else float(risks[n]), float(draws[n]),
            "examine", "HIGH", "illicit" if illicit[n] else "nothing", str(origins[n]))
        for n in range(400)
    )  # fmt: skip


class Tried:
    """What a search found, and the means to check it by deciding again."""

    def __init__(self, package: Package, rows: tuple[Row, ...]) -> None:
        self.package, self.table = package, history(rows)
        self.past: Past = past_of(self.table, "UTC")

    def lanes(self, package: Package) -> Bytes:
        return decide_all(package, self.table).lane

    def search(self, wanted: Wanted) -> tuple[Threshold, ...]:
        return thresholds(self.package, wanted, self.past, self.lanes, lambda name: numbers(self.table, name))

    def with_value(self, row: Threshold, value: float) -> Package:
        found = [
            place for place in places(self.package, row.lane)
            if (place.rule.id, place.within.signal, place.bound) == (row.rule, row.signal, row.bound)
        ]  # fmt: skip
        assert len(found) == 1
        return with_value(self.package, found[0], value)

    def share(self, package: Package, stage: str, lane: Lane) -> float:
        at = self.past.traits["stage"]
        rows = at.codes == at.names.index(stage)
        return float((self.lanes(package)[rows] == LANES.index(lane)).mean())


@pytest.fixture(scope="module")
def tried(package: Package, rows: tuple[Row, ...]) -> Tried:
    return Tried(package, rows)


WISHES = [Wanted("examine", "at_most", share) for share in (0.30, 0.26, 0.12)]
WISHES += [Wanted("scan", "at_least", share) for share in (0.35, 0.75)]
WISHES += [Wanted("release", "at_least", 0.4), Wanted("release", "at_most", 0.1), Wanted("detain", "at_least", 0.1)]


@pytest.mark.parametrize("wanted", WISHES, ids=str)
def test_every_value_does_what_it_says_when_everything_is_decided_again(tried: Tried, wanted: Wanted) -> None:
    for row in tried.search(wanted):
        assert row.share_now == pytest.approx(tried.share(tried.package, row.stage, row.lane))
        if row.value is None:
            continue
        share = tried.share(tried.with_value(row, row.value), row.stage, row.lane)
        assert share == pytest.approx(row.share_then)
        assert share <= wanted.share if wanted.wish == "at_most" else share >= wanted.share
        was, will = (_looked_at(tried, one) for one in (tried.package, tried.with_value(row, row.value)))
        assert row.finds_now == sum(one > 0 for one in was)
        assert row.lost.value == sum(one > two for one, two in zip(was, will, strict=True))
        assert row.gained.value == sum(one < two for one, two in zip(was, will, strict=True))


@pytest.mark.parametrize("wanted", WISHES, ids=str)
def test_what_cannot_be_met_alone_is_met_by_no_value(tried: Tried, wanted: Wanted) -> None:
    for row in tried.search(wanted):
        shares = [tried.share(tried.with_value(row, value), row.stage, row.lane) for value in _towards(row)]
        met = [share <= wanted.share if wanted.wish == "at_most" else share >= wanted.share for share in shares]
        assert any(met) == (row.value is not None)
        if row.value is None:
            closest = min(shares) if wanted.wish == "at_most" else max(shares)
            assert row.share_then == pytest.approx(closest)


def _towards(row: Threshold) -> list[float]:
    """Every value from the present one in the direction that helps."""
    up = (row.bound == "at_least") == (row.wish == "at_most")
    steps = [row.now, *(step / 20 for step in range(21))]
    return [value for value in steps if (value >= row.now if up else value <= row.now)]


def _looked_at(tried: Tried, package: Package) -> list[int]:
    """How closely each illicit parcel is looked at: 2 opened, 1 X-rayed, 0 neither; each has one screening here."""
    lanes = tried.lanes(package)[tried.past.found == 3]
    return [2 if lane <= LANES.index("examine") else int(lane == LANES.index("scan")) for lane in lanes]


def test_a_value_is_the_nearest_that_does_it(tried: Tried) -> None:
    wanted = Wanted("examine", "at_most", 0.30)
    done = [row for row in tried.search(wanted) if row.value is not None]
    assert done
    for row in done:
        assert row.value is not None
        nearer = round(row.value - 0.01, 2)
        if nearer >= row.now:
            assert tried.share(tried.with_value(row, nearer), row.stage, row.lane) > wanted.share


def test_the_lines_to_paste_mean_what_was_found(tried: Tried) -> None:
    rows = [row for wanted in WISHES for row in tried.search(wanted) if row.yaml is not None]
    assert {row.rule for row in rows} == {"AGAIN", "MILD", "LOW"}
    for row in rows:
        lines = RULES.splitlines()
        lines[lines.index(f"  - id: {row.rule}") + 1] = f"    {row.yaml}"
        pasted = parse_package({"policy.yaml": "\n".join(lines).encode()}, "x")
        assert tried.share(pasted, row.stage, row.lane) == pytest.approx(row.share_then)


def test_a_threshold_that_an_override_shares_is_moved_there_too(package: Package, rows: tuple[Row, ...]) -> None:
    override = b"extends: ../policy.yaml\nversion: '2'\napplies_to: {channel: courier}\nremove: [LOW]\n"
    whole = parse_package({"policy.yaml": RULES.encode(), "overrides/fast.yaml": override}, "x")
    (place,) = places(whole, "scan")
    changed = with_value(whole, place, 0.55)
    for policy in changed.policies:
        assert "0.55" in when_yaml(next(rule for rule in policy.rules if rule.id == "MILD").when)


def test_a_count_goes_in_whole_numbers_from_one() -> None:
    rules = RULES.replace("risk: {at_least: 0.40}", "finding_history: {at_least: 2}")
    whole = parse_package({"policy.yaml": rules.encode()}, "x")
    table = history(
        tuple(Row(f"N{n}", "2026-10-24T10:00:00Z", "station", 0.35, 0.9, "scan", "M", None) for n in range(9))
    )
    column = table.column_names.index("finding_history")
    table = table.set_column(column, "finding_history", [[0, 0, 0, 0, 1, 1, 2, 3, 3]])
    past = past_of(table, "UTC")

    def found(wanted: Wanted) -> Mapping[str, float | None]:
        rows = thresholds(
            whole, wanted, past, lambda one: decide_all(one, table).lane, lambda name: numbers(table, name)
        )
        return {row.rule: row.value for row in rows}

    assert found(Wanted("scan", "at_least", 0.5)) == {"MILD": 1}
    assert found(Wanted("scan", "at_least", 0.9)) == {"MILD": None}
    assert found(Wanted("scan", "at_most", 0.25)) == {"MILD": 3}
    assert found(Wanted("scan", "at_most", 0.1)) == {"MILD": 4}


def test_a_value_never_passes_the_rules_other_bound() -> None:
    rules = RULES.replace("{risk: {at_least: 0.40}}", "{risk: {at_least: 0.40, below: 0.62}}")
    whole = parse_package({"policy.yaml": rules.encode()}, "x")
    one = Row("", "2026-10-24T10:00:00Z", "pre_arrival", 0.0, 0.9, "scan", "MILD", None)
    table = history(
        tuple(one._replace(item=f"N{n}", risk=risk) for n, risk in enumerate((0.1, 0.45, 0.5, 0.55, 0.6, 0.61)))
    )
    past = past_of(table, "UTC")

    def found(share: float) -> dict[str, float | None]:
        lanes, values = (lambda package: decide_all(package, table).lane), (lambda name: numbers(table, name))
        return {
            row.bound: row.value for row in thresholds(whole, Wanted("scan", "at_most", share), past, lanes, values)
        }

    assert found(0.2) == {"at_least": 0.61, "below": 0.5}
    assert found(0.0) == {"at_least": 0.611, "below": 0.45}


def test_scores_of_parts_have_thresholds_too() -> None:
    rules = RULES.replace("{risk: {at_least: 0.70}}", "{part: {barrel: {at_least: 0.70}}}")
    whole = parse_package({"policy.yaml": rules.encode()}, "x")
    seen: list[dict[str, float]] = [{"barrel": 0.1 * n, "slide": 0.9} for n in range(1, 9)] + [{}, {}]
    parcels = (Evidence(item_id=f"N{n}", stage="station", risk=0.1, parts=one) for n, one in enumerate(seen))
    at = datetime(2026, 10, 1, tzinfo=UTC)
    table = from_stored(Stored(evidence=one, at=at, draw=0.9, tie_draw=0.5, policy="") for one in parcels)
    rows = thresholds(
        whole, Wanted("examine", "at_least", 0.45), past_of(table, "UTC"), lambda one: decide_all(one, table).lane,
        lambda name: numbers(table, name),
    )  # fmt: skip
    assert [(row.rule, row.signal, row.value) for row in rows if row.value is not None][:1] == [
        ("AGAIN", "part.barrel", 0.4)
    ]


def test_a_simulation_says_what_holds_and_what_would(rows: tuple[Row, ...]) -> None:
    active = procedure()
    replayed = replay(history(rows), active, active, b"", False)
    wanted = (Wanted("examine", "at_most", 0.2), Wanted("examine", "at_least", 0.0))
    found = simulate(replayed, active, active, b"", Asked(workload=False, capacity={}, wanted=wanted), "x", {})
    assert [(one.stage, one.wish, one.met) for one in found.wishes if one.wanted == 0.0] == [
        (one, "at_least", True) for one in replayed.past.traits["stage"].names
    ]
    station = next(one for one in found.wishes if (one.stage, one.wanted) == ("station", 0.2))
    assert not station.met
    (row,) = [one for one in found.thresholds if one.stage == "station"]
    assert (row.rule, row.value is not None) == ("HIGH", True)
    assert row.curve[0][1] >= row.curve[-1][1]
