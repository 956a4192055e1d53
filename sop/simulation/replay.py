"""Replays stored evidence under two procedures, with the days and draws of then, and compares what they decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sop.bulk.columns import to_stored
from sop.bulk.cuts import NO_CUTS, Rolling
from sop.bulk.decide import decide_all
from sop.bulk.decided import Decided
from sop.engine import Draws, day_of, decide_drawn, draws_of
from sop.package import Package
from sop.signals import PART_PREFIX
from sop.simulation.past import past_of
from sop.simulation.simulate import Material, Simulation, compare, recorded_alike
from sop.simulation.thresholds import Wanted, holdings, thresholds
from sop.simulation.types import Bytes, Floats, Past, Side
from sop.types import Decision, Lane


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody asks of a simulation beside the comparison itself.

    Attributes:
        workload: Whether both procedures' `workload` is applied, as the service does it.
        capacity: How many screenings a day the officers of a lane can work off.
        wanted: Shares that thresholds should meet.
    """

    workload: bool = True
    capacity: Mapping[Lane, int]
    wanted: tuple[Wanted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What was decided, one entry a screening; `table` is what it rests on."""

    table: pa.Table
    past: Past
    before: Decided
    after: Decided


def replay(table: pa.Table, active: Package, candidate: Package, secret: bytes, workload: bool) -> Replayed:
    """Decide every screening by both procedures.

    Args:
        table: Columns of `sop.bulk.columns.SCHEMA` and of `sop.simulation.past.EXTRA`, at least one row.
        active: The procedure before.
        candidate: The procedure after.
        secret: Of the random selection, for screenings whose draws are not stored.
        workload: Whether to apply `workload`, by cuts worked out on the way.
    """
    cuts = Rolling() if workload else NO_CUTS
    before, after = (decide_all(one, table, secret, cuts=cuts) for one in (active, candidate))
    return Replayed(table=table, past=past_of(table, candidate.base.time_zone), before=before, after=after)


def simulate(
    replayed: Replayed,
    active: Package,
    candidate: Package,
    secret: bytes,
    asked: Asked,
    source: str,
    left_out: Mapping[str, int],
) -> Simulation:
    """Compare what was replayed.

    Args:
        replayed: Both sides.
        active: The procedure before.
        candidate: The procedure after.
        secret: As for `replay`.
        asked: What else is asked.
        source: Where the screenings come from, in words.
        left_out: Screenings that could not be replayed, by reason.
    """
    past, before, after = replayed.past, side(active, replayed.before), side(candidate, replayed.after)
    explained = _Explained(replayed, active, candidate, secret)
    material = _material(replayed, before, candidate, source, left_out)
    found = compare(past, before, after, material, explained,
                    workload=asked.workload, capacity=asked.capacity)  # fmt: skip
    return _with_thresholds(found, replayed, candidate, secret, asked.wanted)


def _with_thresholds(
    found: Simulation, replayed: Replayed, candidate: Package, secret: bytes, wanted: tuple[Wanted, ...]
) -> Simulation:
    table, past = replayed.table, replayed.past

    def lanes(package: Package) -> Bytes:
        return decide_all(package, table, secret).lane

    def values(signal: str) -> Floats:
        return numbers(table, signal)

    now = lanes(candidate) if wanted else replayed.after.lane
    return replace(
        found,
        wishes=tuple(row for one in wanted for row in holdings(now, past, one)),
        thresholds=tuple(row for one in wanted for row in thresholds(candidate, one, past, lanes, values)),
    )


def side(package: Package, decided: Decided) -> Side:
    """Return one procedure's decisions as the analysis takes them."""
    return Side(
        title=_title(package), lane=decided.lane, rule=decided.rule, rules=decided.rules, placed_by=decided.placed_by,
        policy=decided.policy, policies=decided.policies,
    )  # fmt: skip


def _title(package: Package) -> str:
    extra = len(package.overrides)
    return package.title + (f" + {extra} {'override' if extra == 1 else 'overrides'}" if extra else "")


def _material(
    replayed: Replayed, before: Side, candidate: Package, source: str, left_out: Mapping[str, int]
) -> Material:
    past, table = replayed.past, replayed.table
    recorded, alike = recorded_alike(past, before)
    first, last = past.day.min(), past.day.max()
    rebuilt = pc.sum(table.column("rebuilt")).as_py() if "rebuilt" in table.column_names else 0
    return Material(
        source=source, screenings=len(past), parcels=past.parcels, first=first.item(), last=last.item(),
        days=int((last - first).astype(int)) + 1, time_zone=candidate.base.time_zone, rebuilt=rebuilt or 0,
        left_out=left_out, recorded=recorded, recorded_alike=alike,
    )  # fmt: skip


def numbers(table: pa.Table, signal: str) -> Floats:
    """Return a numeric signal of all rows, NaN where it is not known."""
    if signal.startswith(PART_PREFIX):
        column = pc.struct_field(table.column("parts"), signal.removeprefix(PART_PREFIX))
    else:
        column = table.column(signal)
    found: Floats = column.cast(pa.float64()).to_numpy()
    if signal != "finding_history":
        return found
    return np.nan_to_num(found, nan=0.0)


class _Explained:
    """Decides single screenings in words, as `sop.bulk.decide` decided them."""

    def __init__(self, replayed: Replayed, active: Package, candidate: Package, secret: bytes) -> None:
        self._table, self._secret = replayed.table, secret
        self._sides = ((active, replayed.before), (candidate, replayed.after))

    def __call__(self, place: int) -> tuple[str, str, Decision, Decision]:
        stored = to_stored(self._table, place)
        before, after = (self._decide(package, decided, place) for package, decided in self._sides)
        return stored.evidence.item_id, stored.evidence.stage, before, after

    def _decide(self, package: Package, decided: Decided, place: int) -> Decision:
        stored = to_stored(self._table, place)
        evidence = stored.evidence
        policy = package.policy_for(evidence.station, evidence.channel)
        draws = Draws(stored.draw, stored.tie_draw)
        if not self._table.column("draw")[place].is_valid:
            draws = draws_of(policy.name, evidence.item_id, self._secret)
        # The one cut that moved the parcel gives the same decision as all that were in force.
        cut = decided.cuts[decided.cut[place]] if decided.cut[place] >= 0 else None
        return decide_drawn(policy, evidence, draws, on=day_of(policy, stored.at), cuts=(cut,) if cut else ())
