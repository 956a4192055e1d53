"""A lane keeps to its share over a stream of parcels, every worker cuts alike, and the cuts are on record."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from features.manifest import Channel, Item, Manifest
from models.results import RiskResult
from models.xray import PictureLimits
from service.cuts import CutWatch, with_cuts
from service.live import LiveTools
from service.recording import screen_and_record
from service.replay import Asked, Replayer
from service.screening import ScreeningRequest, Tools
from service.settings import Settings
from service.shadow_types import Candidate
from service.store.store import Store, open_store
from service.workload_watch import workload_part
from sop.reading.packages import parse_package
from sop.registry.versions import keep

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
LEAST, LOOK_EVERY, PARCELS = 100, 50, 400
MISSING = "{image_unreadable: examine, image_shielded: examine, scanner_uncalibrated: documents, " \
    "risk_unavailable: scan, xray_unavailable: examine}"  # fmt: skip
POLICY = f"""
sop: share-test
version: "1"
effective_from: 2026-01-01
owner: Tests
lanes: {{detain: DNL, examine: RFS, scan: RFS, documents: RFI, release: AC}}
rules:
  - {{id: HI-1, title: High risk, when: {{risk: {{at_least: 0.50}}}}, lane: examine}}
  - {{id: LO-1, title: Low risk, when: {{risk: {{below: 0.50}}}}, lane: release}}
missing_evidence: {MISSING}
workload: {{examine: {{at_most_share: 0.10}}, scan: {{at_least_share: 0.20}}}}
default_lane: scan
"""


class RandomRisk:
    """Stands in for `models.risk.RiskModel`: scores spread evenly from 0 to 1, the same in every run."""

    title = "random-risk-1.0.0"
    digest = "no bundle"
    base_rate = 1e-5

    def __init__(self) -> None:
        self._random = random.Random(7)

    def assess(self, *_: Any) -> RiskResult:
        return RiskResult(self._random.random(), 50.0, ())


@pytest.fixture
def tools() -> Tools:
    risk: Any = RandomRisk()
    package = parse_package({"policy.yaml": POLICY.encode()}, "share-test")
    return Tools(package=package, risk=risk, xray=None, limits=PictureLimits(), selection_secret=b"test")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(Settings(home=tmp_path / "home"))
    opened.upgrade()
    yield opened
    opened.close()


@dataclass
class Belt:
    """Screens one parcel after another."""

    store: Store
    count: int = 0

    def next(self, tools: Tools, channel: Channel = "courier") -> dict[str, Any]:
        self.count += 1
        manifest = Manifest(
            item_id=f"P{self.count}", channel=channel, origin_country="GB", destination_country="MX",
            items=(Item(description="cotton shirts"),),
        )  # fmt: skip
        at = START + timedelta(seconds=self.count)
        recorded = screen_and_record(ScreeningRequest(manifest=manifest), tools, self.store, key_id=None, at=at)
        answer: dict[str, Any] = json.loads(recorded.answer)
        return answer


def test_lanes_keep_to_their_shares(store: Store, tools: Tools, tmp_path: Path) -> None:
    belt, watch, decisions = Belt(store), CutWatch(store, LEAST), []
    for number in range(PARCELS):
        tools = with_cuts(tools, watch) if number % LOOK_EVERY == 0 else tools
        decisions.append(belt.next(tools)["decision"])
    before, after = decisions[:LEAST], decisions[2 * LEAST :]
    # Half of all parcels have a risk of 0.50 or more: before there are cuts they all are examined, and none is scanned.
    assert 0.4 < share(before, "examine") < 0.6
    assert share(before, "scan") == 0
    # Within four standard errors of what is asked for, beside that of the window that the cuts come from.
    assert 0.04 < share(after, "examine") < 0.16
    # The lane below takes what examine lets out, so that it holds more than its least.
    assert share(after, "scan") > 0.2
    moved = [one for one in after if one["placed_by"] == "workload"]
    assert {(one["cut"]["lane"], one["cut"]["moves"], one["lane"]) for one in moved} == {("examine", "out", "scan")}
    assert all(one["cut"]["parcels"] >= LEAST and one["rule"] == "WORKLOAD" for one in moved)
    assert all("Otherwise: examine by HI-1" in one["reason"] for one in moved)
    check_replay(store, tools, tmp_path)


def share(decisions: list[dict[str, Any]], lane: str) -> float:
    return Counter(one["lane"] for one in decisions)[lane] / len(decisions)


def check_replay(store: Store, tools: Tools, home: Path) -> None:
    keep(home, tools.package.files)
    with store.reading() as connection:
        again = list(Replayer(connection, home).run(Asked()))
    assert len(again) == PARCELS
    assert [one for one in again if one.differences or one.hindrance] == []


def test_workers_that_began_at_other_times_cut_alike(store: Store, tools: Tools) -> None:
    belt, early = Belt(store), CutWatch(store, LEAST, most=150)
    for number in range(220):
        if number % 40 == 0:
            early.look([tools.package])
        belt.next(tools)
    late = CutWatch(store, LEAST, most=150)
    assert early.look([tools.package]) == late.look([tools.package])
    (cut,) = late.look([tools.package]).of(tools.package.digest, tools.policy, "pre_arrival")
    assert (cut.lane, cut.moves, cut.parcels) == ("examine", "out", 150)
    assert late.look([tools.package]).of(tools.package.digest, tools.policy, "station") == ()


def test_an_override_has_cuts_from_its_own_parcels(store: Store, tools: Tools) -> None:
    override = b"extends: ../policy.yaml\nversion: '1'\napplies_to: {channel: postal}\n" \
        b"workload: {examine: {at_most_share: 0.30}}\n"  # fmt: skip
    files = {"policy.yaml": POLICY.encode(), "overrides/post.yaml": override}
    package = parse_package(files, "with override")
    belt = Belt(store)
    for number in range(120):
        belt.next(tools, "postal" if number % 4 == 0 else "courier")
    found = CutWatch(store, least=20, most=60).look([package])
    base, post = (found.of(package.digest, policy, "pre_arrival")[0] for policy in package.policies)
    assert (base.share, base.parcels) == (0.10, 60)
    assert (post.share, post.parcels) == (0.30, 30)


def test_a_running_service_takes_the_cuts_at_its_first_look(store: Store, tools: Tools) -> None:
    belt = Belt(store)
    for _ in range(LEAST):
        belt.next(tools)
    live = LiveTools(lambda: tools, [workload_part(store, LEAST)])
    assert live.current().workload.cuts == {}
    live.look()
    assert len(live.current().workload.of(tools.package.digest, tools.policy, "pre_arrival")) == 1


def test_a_candidate_has_cuts_of_its_own(store: Store, tools: Tools) -> None:
    belt = Belt(store)
    for _ in range(LEAST):
        belt.next(tools)
    package = parse_package({"policy.yaml": POLICY.replace("0.10", "0.25").encode()}, "candidate")
    beside = replace(tools, shadow=Candidate(trial="t", package=package))
    workload = with_cuts(beside, CutWatch(store, LEAST)).workload
    cuts = [workload.of(one.digest, one.base, "pre_arrival") for one in (tools.package, package)]
    assert [cut.share for (cut,) in cuts] == [0.10, 0.25]


def test_without_shares_nothing_is_read(store: Store, tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = POLICY.replace("workload:", "# workload:")
    package = parse_package({"policy.yaml": bare.encode()}, "bare")

    def refuse(*_: Any) -> Any:
        raise AssertionError("the store was read")

    read: Callable[..., Any] = refuse
    monkeypatch.setattr("service.store.evidence.newest_lines", read)
    assert CutWatch(store).look([package]).cuts == {}
    assert with_cuts(replace(tools, package=package), CutWatch(store)).workload.cuts == {}
