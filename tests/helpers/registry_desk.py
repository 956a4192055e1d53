"""People who give orders about a procedure, for tests of the registry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from features.errors import CheckFailed, ParcelScreeningError
from sop.package import Package
from sop.registry.change import Order, activate, approve
from sop.registry.events import By, Event
from sop.registry.standing import registry_state
from sop.registry.state import State
from sop.registry.versions import version_folder
from sop.types import Policy

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ANN, BOB = By("a1", "Ann", "sop_author"), By("b2", "Bob", "admin")


def package(version: str, effective_from: date = date(2026, 1, 1), text: str = "") -> Package:
    policy = Policy(
        name="national", version=version, effective_from=effective_from, owner="unit", lanes={}, rules=(),
        missing_evidence={}, default_lane="release", time_zone="Europe/London",
    )  # fmt: skip
    return Package(base=policy, files={"policy.yaml": f"{version}{text}".encode(), "lists/a.yaml": b"x"})


SHIPPED = package("1")


class Desk:
    """Gives orders at moments one minute apart."""

    def __init__(self, home: Path) -> None:
        self.home, self.now, self.before = home, START, SHIPPED

    def order(self, by: By, reason: str = "a reason") -> Order:
        self.now += timedelta(minutes=1)
        return Order(at=self.now, by=by, reason=reason)

    def approve(self, one: Package, by: By = ANN) -> Event:
        return approve(self.home, one, self.order(by), in_force=self.before, examined={"cases": 3})

    def activate(self, one: Package, by: By = BOB, effective: datetime | None = None) -> Event:
        event = activate(self.home, one, self.order(by), in_force=self.before, effective=effective)
        self.before = one if effective is None else self.before
        return event

    def both(self, one: Package) -> None:
        self.approve(one)
        self.activate(one)

    def state(self, **later: float) -> State:
        return registry_state(self.home, self.now + timedelta(**later))

    def in_force(self, **later: float) -> str | None:
        version = self.state(**later).version
        return version.version if version else None


def refused(order: Callable[[], Any], *words: str, kind: type[ParcelScreeningError] = CheckFailed) -> None:
    with pytest.raises(kind) as caught:
        order()
    for word in words:
        assert word in caught.value.message


def tamper(home: Path, one: Package) -> None:
    path = version_folder(home, one.digest) / "policy.yaml"
    path.chmod(0o644)
    path.write_bytes(b"changed")
