"""A real server with two workers takes what is activated, keeps what works, and loses no screening meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from serving import environment, serving
from streams import Stream

from sop.active import shipped_policy_path
from sop.findings import POLICY
from sop.package import Package
from sop.reading.packages import load_package, parse_package
from sop.registry.change import Order, activate, approve, rollback, switch
from sop.registry.events import By
from sop.registry.versions import version_folder

ROW = 16
"""Answers in a row, each over a connection of its own, so that both workers have answered."""


class Office:
    """Two authors give orders; how the commands give them is tested in test_sop_approval.py."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.shipped = load_package(shipped_policy_path())
        self.versions = {number: self._version(number) for number in ("2027.1", "2027.2")}
        for one in self.versions.values():
            approve(home, one, self.order("ann"), in_force=self.shipped, examined={})

    def order(self, who: str) -> Order:
        return Order(at=datetime.now(UTC), by=By(who, who, "sop_author"), reason="a drill")

    def activate(self, number: str, effective: datetime | None = None) -> Package:
        wanted = self.versions[number]
        activate(self.home, wanted, self.order("bob"), in_force=self.shipped, effective=effective)
        return wanted

    def _version(self, number: str) -> Package:
        policy = self.shipped.files[POLICY].replace(b'"2026.11-1"', f'"{number}"'.encode())
        return parse_package({**self.shipped.files, POLICY: policy}, number)


def version(answer: dict[str, Any]) -> Any:
    return answer["versions"]["sop"].split()[1]


def codes(answer: dict[str, Any]) -> set[str]:
    return {one["code"] for one in answer["warnings"]}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def test_orders_reach_every_worker_and_no_screening_is_lost(home: Path) -> None:
    office, env = Office(home), environment(home)
    with serving(env, workers=2) as (base, _), Stream(base, env) as stream:
        stream.wait(lambda answer: version(answer) == "2026.11-1")
        office.activate("2027.1")
        stream.wait(lambda answer: version(answer) == "2027.1", ROW)
        taken_by_the_clock(office, stream)
        what_is_tampered_with_is_not_taken(office, stream, base)
        stopped_and_on_again(office, stream, base)
        rollback(home, office.order("ann"))
        stream.wait(lambda answer: version(answer) == "2027.1", ROW)
        recorded = stream.client.get(f"{base}/v1/sop/history?limit=1&diff=1", timeout=10).json()["orders"]
        assert [(one["action"], one["version"]["version"]) for one in recorded] == [("rollback", "2027.1")]
        assert recorded[0]["changes"][0]["after"] == "2027.1"
    assert stream.failures == []
    assert {version(answer) for answer in stream.answers} == {"2026.11-1", "2027.1", "2027.2"}
    assert len({(version(one), one["versions"]["sop_digest"]) for one in stream.answers}) == 3


def taken_by_the_clock(office: Office, stream: Stream) -> None:
    start = datetime.now(UTC) + timedelta(seconds=3)
    office.activate("2027.2", start)
    since = stream.wait(lambda answer: version(answer) == "2027.2", ROW)
    assert all(datetime.fromisoformat(one["created_at"]) >= start.replace(microsecond=0)
               for one in since if version(one) == "2027.2")  # fmt: skip


def what_is_tampered_with_is_not_taken(office: Office, stream: Stream, base: str) -> None:
    file = version_folder(office.home, office.versions["2027.2"].digest) / POLICY
    whole = file.read_bytes()
    file.chmod(0o644)
    file.write_bytes(whole.replace(b"lane: detain", b"lane: release"))
    since = stream.wait(lambda answer: "policy_not_replaced" in codes(answer), ROW)
    assert {version(answer) for answer in since} == {"2027.2"}
    state = requests.get(f"{base}/readyz", timeout=10).json()
    assert (state["status"], state["checks"]["policy"]) == ("degraded", "not_replaced")
    file.write_bytes(whole)
    stream.wait(lambda answer: "policy_not_replaced" not in codes(answer), ROW)


def stopped_and_on_again(office: Office, stream: Stream, base: str) -> None:
    order = {"stopped": True, "reason": "the detector sees firearms everywhere"}
    done = stream.client.put(f"{base}/v1/stop-switch", json=order, timeout=10).json()
    assert (done["stopped"], done["order"]["reason"]) == (True, order["reason"])
    since = stream.wait(lambda answer: "rules_only" in codes(answer), ROW)
    last = since[-1]
    assert (last["risk"], last["versions"]["risk_model"], last["decision"]["degraded"]) == (
        None, None, ["risk_unavailable"],
    )  # fmt: skip
    assert order["reason"] in next(one["message"] for one in last["warnings"] if one["code"] == "rules_only")
    assert requests.get(f"{base}/readyz", timeout=10).json()["checks"]["risk_model"] == "stopped"
    assert switch(office.home, "resume", office.order("bob"))
    since = stream.wait(lambda answer: "rules_only" not in codes(answer), ROW)
    assert since[-1]["risk"]["score"] > 0
