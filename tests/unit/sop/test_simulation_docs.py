"""docs/simulation.md explains every figure that `--json` prints, and every option."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import click
import pytest

from cli.sop_simulate import simulate
from sop.simulation.advance import Advance
from sop.simulation.changes import Changed
from sop.simulation.findings import Chance, Findings, LaneFinds
from sop.simulation.groups import Effect, GroupRow
from sop.simulation.lanes import CapacityRow, LaneRow, Load, RuleRow, ShareRow
from sop.simulation.simulate import Material, Simulation
from sop.simulation.thresholds import Holding, Threshold

PAGE = (Path(__file__).parents[3] / "docs" / "simulation.md").read_text(encoding="utf-8")
TOLD = (Simulation, Material, LaneRow, Load, ShareRow, CapacityRow, RuleRow, Findings, LaneFinds, Chance, Advance,
        Effect, GroupRow, Changed, Holding, Threshold)  # fmt: skip


@pytest.mark.parametrize("kind", TOLD, ids=lambda kind: str(kind.__name__))
def test_every_key_is_explained(kind: type) -> None:
    # Pairs stand as `opened_`: before and after.
    names = {re.sub("_(before|after)$", "_", field.name) for field in fields(kind)}
    told = set(re.findall(r"`(?:findings[.])?[.]?(\w+)`", PAGE))
    assert {one for one in names if one not in told and f"{one}before" not in told} == set()


def test_every_option_is_explained() -> None:
    options = {name for one in simulate.params if isinstance(one, click.Option) for name in one.opts}
    assert [name for name in sorted(options) if name not in PAGE] == []
