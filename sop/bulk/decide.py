"""Decides many parcels at once, from the columns of `sop.bulk.columns`, exactly as `sop.engine.decide` does one by one.

All policies of a package with their overrides, dated rules and lists, missing evidence, chance and workload. What a
decision says in words is left to `sop.engine`, which can be asked about the few parcels that somebody looks at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from sop.bulk.cells import Cells
from sop.bulk.cuts import NO_CUTS, Cuts, apply_cuts
from sop.bulk.decided import NOWHERE, PLACED_BY, Bits, Decided, Floats, Rows
from sop.bulk.plan import BEYOND, Plan, Plans, plans_of
from sop.engine import draw_of
from sop.package import Package
from sop.types import LANES, MISSING_KEYS, RANDOM_RULE, MissingKey

CHUNK = 1 << 17
"""Parcels that are decided in one go: enough for numpy, few enough for the caches."""

RULE, DEFAULT, MISSING, CHANCE = (PLACED_BY.index(one) for one in ("rule", "default", "missing_evidence", "chance"))
RELEASE = LANES.index("release")
ARRAYS = (
    "lane",
    "outcome",
    "rule",
    "placed_by",
    "probability",
    "selected",
    "degraded",
    "policy",
    "rank",
    "before",
    "out",
    "cut",
)
UNUSED = ("cuts", "tie_draw", "policy")


def decide_all(package: Package, table: pa.Table, secret: bytes = b"", *, cuts: Cuts = NO_CUTS) -> Decided:
    """Decide all parcels of a table.

    Args:
        package: The procedure.
        table: The columns of `sop.bulk.columns.SCHEMA`, text plain or as dictionaries.
        secret: Key of the draws of parcels that have no stored ones.
        cuts: The cuts of the workload, see `sop.bulk.cuts`: none; for each policy some; each parcel's stored ones; or
            rolling ones, worked out on the way from the parcels before.

    Returns:
        The decisions, in the order of the table.
    """
    return apply_cuts(_placed_all(plans_of(package), table, secret), table, secret, cuts)


def _placed_all(plans: Plans, table: pa.Table, secret: bytes) -> Decided:
    columns = table.select([name for name in table.column_names if name not in UNUSED])
    parts = [_Placing(plans, Cells(batch), secret).result() for batch in _batches(columns)]
    return _joined(parts or [_Placing(plans, Cells(_empty(columns)), secret).result()])


def _batches(table: pa.Table) -> Iterator[pa.RecordBatch]:
    # Each batch looks at its different words anew, so a table of many small pieces is joined first.
    whole = table.combine_chunks() if table.column("at").num_chunks > 1 + table.num_rows // CHUNK else table
    return (batch for batch in whole.to_batches(max_chunksize=CHUNK) if batch.num_rows)


def _empty(table: pa.Table) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([], schema=table.schema)


def _joined(parts: list[Decided]) -> Decided:
    if len(parts) == 1:
        return parts[0]
    whole: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in ARRAYS}
    return replace(parts[0], **whole)


class _Placing:
    """Places the parcels of one batch by rules, missing evidence and chance."""

    def __init__(self, plans: Plans, cells: Cells, secret: bytes) -> None:
        self.plans, self.cells = plans, cells
        count = len(cells)
        self.policy = plans.policy_of(cells)
        self.missing = _missing(cells)
        self.draws, self.secret = cells.number("draw"), secret
        self.lane, self.outcome = np.empty(count, np.int8), np.empty(count, np.int8)
        self.rule, self.placed_by = np.empty(count, np.int32), np.empty(count, np.int8)
        self.probability, self.selected = np.ones(count), np.empty(count, bool)
        self.out = np.empty(count, np.int8)

    def result(self) -> Decided:
        """Return the decisions before the workload."""
        for plan, on, rows in self._groups():
            match = plan.first_match(self.cells, rows, on)
            self._place(plan, match, rows)
            self._let_out(plan, match, rows, on)
        risk, combined = self.cells.number("risk"), self.cells.number("combined")
        return Decided(
            lane=self.lane,
            outcome=self.outcome,
            rule=self.rule,
            rules=self.plans.names,
            placed_by=self.placed_by,
            probability=self.probability,
            selected=self.selected,
            degraded=self.missing,
            policy=self.policy,
            policies=self.plans.policies,
            rank=np.where(np.isnan(combined), risk, combined),
            before=self.lane,
            out=self.out,
            cut=np.full(len(self.cells), NOWHERE, np.int32),
        )

    def _groups(self) -> Iterator[tuple[Plan, date, Rows]]:
        """Yield the parcels of one policy between two of its turns, with a day of that time."""
        for number in np.unique(self.policy):
            plan, rows = self.plans.plans[number], np.flatnonzero(self.policy == number)
            epochs = np.searchsorted(plan.moments, self.cells.moments()[rows], side="right")
            for epoch in np.unique(epochs):
                yield plan, plan.day(int(epoch)), rows[epochs == epoch]

    def _place(self, plan: Plan, match: Rows, rows: Rows) -> None:
        """Decide the parcels of `rows`, whose first matching rules are `match`, by one policy."""
        lane, outcome, name = plan.lane[match], plan.outcome[match], plan.name[match]
        placed_by = np.where(match < 0, DEFAULT, RULE).astype(np.int8)
        missing = self.missing[rows]
        floor, chance = plan.floor[missing], plan.policy.random_selection
        # Where no rule spoke and the default lane is as severe, what is missing explains the lane better than silence.
        raised = (floor < lane) | ((match < 0) & (floor == lane) & (lane != RELEASE))
        lane, name = np.where(raised, floor, lane), np.where(raised, plan.key[missing], name)
        selected = self._drawn(plan, rows) < chance.rate
        drawn = selected & (lane > LANES.index(chance.lane))
        lane[drawn], name[drawn] = LANES.index(chance.lane), self.plans.names.index(RANDOM_RULE)
        placed_by[raised], placed_by[drawn] = MISSING, CHANCE
        self.probability[rows[drawn]] = chance.rate
        ruled = placed_by == RULE
        self.lane[rows], self.rule[rows], self.placed_by[rows], self.selected[rows] = lane, name, placed_by, selected
        self.outcome[rows] = np.where(ruled | (placed_by == DEFAULT), outcome, plan.lanes[lane])

    def _let_out(self, plan: Plan, match: Rows, rows: Rows, on: date) -> None:
        """Find where the workload may move parcels out to, see `sop.moves.way_out`."""
        self.out[rows] = NOWHERE
        may = (plan.trim[match] != BEYOND) & (self.placed_by[rows] == RULE) & ~self.selected[rows]
        rows = rows[may]
        out = np.minimum(plan.least_met(self.cells, rows, on), plan.floor[self.missing[rows]])
        self.out[rows] = np.where(out > self.lane[rows], out, NOWHERE)

    def _drawn(self, plan: Plan, rows: Rows) -> Floats:
        """Return the stored draws of the random selection, and make those that are not stored."""
        draws: Floats = self.draws[rows]
        unknown = np.flatnonzero(np.isnan(draws))
        items = self.cells.batch.column("item_id").take(pa.array(rows[unknown])).to_pylist()
        draws[unknown] = [draw_of(plan.policy.name, item, self.secret) for item in items]
        return draws


def _missing(cells: Cells) -> Bits:
    """Return the missing evidence as bits, see `sop.engine.missing_keys`."""
    named = cells.lists("missing")
    bits = sum(
        np.where(named.meeting(key.__eq__), np.uint8(1 << number), np.uint8(0))
        for number, key in enumerate(MISSING_KEYS)
    )
    found: Bits = np.asarray(bits, dtype=np.uint8)
    found |= _bit("risk_unavailable") * np.isnan(cells.number("risk"))
    explained = found & (_bit("image_unreadable") | _bit("image_shielded")) != 0
    unknown = cells.words("xray_assessment").meeting("unknown".__eq__)
    found |= _bit("xray_unavailable") * (unknown & ~explained)
    return found


def _bit(key: MissingKey) -> np.uint8:
    return np.uint8(1 << MISSING_KEYS.index(key))
