"""What a changed procedure would have done with past parcels, beside the one in force: columns in, figures out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from typing import Any, get_args

import numpy as np

from sop.simulation.changes import Changed, Explain, changed_parcels
from sop.simulation.findings import Findings, findings
from sop.simulation.groups import GroupRow, group_rows
from sop.simulation.lanes import (
    CapacityRow,
    DayRow,
    LaneRow,
    RuleRow,
    ShareRow,
    by_day,
    capacity_rows,
    day_rows,
    lane_rows,
    moves,
    placed_rows,
    rule_rows,
    share_rows,
)
from sop.simulation.thresholds import Holding, Threshold
from sop.simulation.types import UNKNOWN, Past, Side
from sop.types import Lane, PlacedBy

PLACED: tuple[PlacedBy, ...] = get_args(PlacedBy)
CHANCE = PLACED.index("chance")


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What was replayed.

    Attributes:
        source: Where the screenings come from, in words.
        screenings: How many were replayed.
        parcels: How many different parcels they are about.
        first: Day of the first one, in `time_zone`.
        last: Day of the last one.
        days: Calendar days from first to last, both included.
        time_zone: IANA name, from the procedure after.
        rebuilt: Screenings whose evidence was not kept and was put together from answer and manifest.
        left_out: Screenings that could not be replayed, by reason.
        recorded: Screenings whose lane of then is on record.
        recorded_alike: Those of them to which the procedure before gives the lane of then.
    """

    source: str
    screenings: int
    parcels: int
    first: date
    last: date
    days: int
    time_zone: str
    rebuilt: int
    left_out: Mapping[str, int]
    recorded: int
    recorded_alike: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """Everything that a simulation says; `docs/simulation.md` explains each figure.

    `moves` are screenings by lane before (rows) and after (columns), `placed_by` those before and after by what put
    them into their lane. `capacity`, `shares`, `wishes` (what lanes hold beside what is wanted) and `thresholds` (what
    each could do about it) are empty where nothing was asked for.
    """

    before: str
    after: str
    workload: bool
    material: Material
    changed: int
    lanes: tuple[LaneRow, ...]
    days: tuple[DayRow, ...]
    moves: tuple[tuple[int, ...], ...]
    placed_by: Mapping[str, tuple[int, int]]
    shares: tuple[ShareRow, ...]
    capacity: tuple[CapacityRow, ...]
    rules: tuple[RuleRow, ...]
    findings: Findings
    groups: Mapping[str, tuple[GroupRow, ...]]
    largest: tuple[Changed, ...]
    thresholds: tuple[Threshold, ...] = ()
    wishes: tuple[Holding, ...] = ()
    command: str = field(default="")


def compare(
    past: Past,
    before: Side,
    after: Side,
    material: Material,
    explain: Explain,
    *,
    workload: bool,
    capacity: Mapping[Lane, int] | None = None,
) -> Simulation:
    """Compare what two procedures decide about the same screenings.

    Args:
        past: The screenings, at least one.
        before: What the procedure in force decides.
        after: What the candidate decides.
        material: What was replayed.
        explain: Decides one screening in words.
        workload: Whether both sides had `workload` applied.
        capacity: How many screenings a day the officers of a lane can work off.
    """
    days, was = by_day(past, before)
    _, now = by_day(past, after)
    return Simulation(
        before=before.title, after=after.title, workload=workload, material=material,
        changed=int((before.lane != after.lane).sum()),
        lanes=lane_rows(was, now), days=day_rows(days, was, now), moves=moves(before, after),
        placed_by=placed_rows(before, after, PLACED), shares=share_rows(past, before, after),
        capacity=capacity_rows(was, now, capacity or {}), rules=rule_rows(before, after),
        findings=findings(past, before, after, CHANCE), groups=group_rows(past, before, after),
        largest=changed_parcels(past, before, after, explain),
    )  # fmt: skip


def recorded_alike(past: Past, before: Side) -> tuple[int, int]:
    """Return how many lanes are on record, and how many of them the procedure before gives again."""
    known = past.recorded.lane != UNKNOWN
    return int(known.sum()), int((past.recorded.lane[known] == before.lane[known]).sum())


def as_json(value: Any) -> Any:
    """Return a simulation in JSON types: dataclasses as objects, days as ISO 8601, NaN as null."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: as_json(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_json(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [as_json(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, np.generic):
        return as_json(value.item())
    return None if isinstance(value, float) and value != value else value
