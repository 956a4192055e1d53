"""Applies cuts of the workload to many placed parcels at once, exactly as `sop.moves.move` does to one.

The cuts are one of:
- nothing (`NO_CUTS`): the workload is left aside;
- for each policy, the base first, a sequence of cuts;
- `STORED`: those that were in force when each parcel was decided, from its evidence;
- `Rolling`: worked out on the way by `sop.workload.cuts_of` from the last parcels of the stage before each, in the
  order of their moments, as the service does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sop.bulk.cells import whole_words
from sop.bulk.cut_table import CutTable
from sop.bulk.decided import NOWHERE, PLACED_BY, Codes, Decided, Floats, Mask, Numbers, Rows
from sop.engine import tie_draw_of
from sop.types import LANES, OUTCOMES, WORKLOAD_RULE, Cut, Policy
from sop.workload import LEAST_PARCELS, MOST_PARCELS, Ranked, cuts_of

WORKLOAD = PLACED_BY.index("workload")


@dataclass(frozen=True, slots=True)
class Rolling:
    """How rolling cuts are worked out.

    Attributes:
        window: How many parcels of a stage they look back on; those of the policy itself count.
        least: With fewer of these there are no cuts.
        every: After how many parcels of the stage they are worked out anew.
    """

    window: int = MOST_PARCELS
    least: int = LEAST_PARCELS
    every: int = 250


Cuts = Sequence[Sequence[Cut]] | Rolling | Literal["stored"]
NO_CUTS: Final[tuple[tuple[Cut, ...], ...]] = ()
STORED: Final = "stored"


def apply_cuts(placed: Decided, table: pa.Table, secret: bytes, cuts: Cuts) -> Decided:
    """Return the decisions after the workload.

    Args:
        placed: The decisions before it.
        table: The parcels, of `sop.bulk.columns.SCHEMA`.
        secret: Key of the draws of parcels that have no stored ones.
        cuts: See above.
    """
    if not cuts or not len(placed):
        return placed
    in_force = _in_force(placed, table, cuts)
    if not in_force.index:
        return placed
    return _Cutting(placed, table, secret, in_force).result()


@dataclass(frozen=True, slots=True)
class _InForce:
    """Cuts, and for each lane (index in LANES) which of them each parcel meets, NOWHERE where none."""

    cuts: CutTable
    index: Mapping[int, Numbers]


def _in_force(placed: Decided, table: pa.Table, cuts: Cuts) -> _InForce:
    if isinstance(cuts, Rolling):
        return _filed(len(placed), list(_rolled(placed, table, cuts)))
    if isinstance(cuts, str):
        return _stored(table)
    return _filed(len(placed), list(_given(placed, table, cuts)))


def _filed(count: int, found: Sequence[tuple[Cut, Rows]]) -> _InForce:
    index: dict[int, Numbers] = {}
    for number, (cut, rows) in enumerate(found):
        lane = LANES.index(cut.lane)
        if lane not in index:
            index[lane] = np.full(count, NOWHERE, np.int32)
        index[lane][rows] = number
    return _InForce(CutTable.of([cut for cut, _ in found]), index)


def _given(placed: Decided, table: pa.Table, cuts: Sequence[Sequence[Cut]]) -> Iterator[tuple[Cut, Rows]]:
    for stage, rows in _stages(table):
        for number, own in enumerate(cuts):
            mine = rows[placed.policy[rows] == number]
            yield from ((cut, mine) for cut in own if cut.stage == stage)


def _rolled(placed: Decided, table: pa.Table, rolling: Rolling) -> Iterator[tuple[Cut, Rows]]:
    for stage, rows in _stages(table):
        policies = placed.policy[rows]
        for number, policy in enumerate(placed.policies):
            if policy.workload:
                yield from _rolled_of(placed, rows, np.flatnonzero(policies == number), number, stage, rolling)


def _rolled_of(
    placed: Decided, rows: Rows, mine: Rows, number: int, stage: str, rolling: Rolling
) -> Iterator[tuple[Cut, Rows]]:
    """Yield the cuts of one policy with the parcels they are for; `mine` are its places among all `rows` of a stage."""
    own = rows[mine]
    ranked = Ranked(placed.before[own], placed.out[own], placed.rank[own])
    for now in range(0, len(rows), rolling.every):
        first, last, end = np.searchsorted(mine, [now - rolling.window, now, now + rolling.every])
        if last < end:
            cuts = cuts_of(placed.policies[number], ranked.part(first, last), stage, rolling.least)
            yield from ((cut, own[last:end]) for cut in cuts)


def _stored(table: pa.Table) -> _InForce:
    array = table.column("cuts").combine_chunks()
    parcel, flat = pc.list_parent_indices(array).to_numpy(), array.flatten()
    cuts = CutTable.read(flat)
    stages = whole_words(table, "stage")
    at = np.array([*stages.values, None], dtype=object)[stages.index[parcel]]
    fits = np.flatnonzero(cuts.stage == at)
    index: dict[int, Numbers] = {}
    for lane in np.unique(cuts.lane[fits]):
        own = fits[cuts.lane[fits] == lane]
        index[int(lane)] = np.full(table.num_rows, NOWHERE, np.int32)
        index[int(lane)][parcel[own]] = own
    return _InForce(cuts, index)


def _stages(table: pa.Table) -> Iterator[tuple[str, Rows]]:
    """Yield the parcels of each stage in the order of their moments."""
    stages = whole_words(table, "stage")
    moments = table.column("at").cast(pa.int64()).to_numpy()
    for index, stage in enumerate(stages.values):
        rows = np.flatnonzero(stages.index == index)
        yield stage, rows[np.argsort(moments[rows], kind="stable")]


class _Cutting:
    """Takes the lanes from the most severe on; the first cut that concerns a parcel moves it."""

    def __init__(self, placed: Decided, table: pa.Table, secret: bytes, in_force: _InForce) -> None:
        self.placed, self.table, self.secret, self.in_force = placed, table, secret, in_force
        count = len(placed)
        self.lane = placed.before.copy()
        self.cut = np.full(count, NOWHERE, np.int32)
        self.share = np.ones(count)
        self.free = ~np.isnan(placed.rank)
        self.ties: Floats = pc.fill_null(table.column("tie_draw"), np.nan).to_numpy().copy()

    def result(self) -> Decided:
        """Return the decisions after all cuts."""
        for lane in sorted(self.in_force.index):
            self._cut(lane, self.in_force.index[lane])
        moved = self.cut != NOWHERE
        placed = self.placed
        used, cut = np.unique(self.cut[moved], return_inverse=True)
        self.cut[moved] = cut
        return replace(
            placed,
            lane=self.lane,
            outcome=np.where(moved, _outcomes(placed.policies)[placed.policy, self.lane], placed.outcome),
            rule=np.where(moved, np.int32(placed.rules.index(WORKLOAD_RULE)), placed.rule),
            placed_by=np.where(moved, np.int8(WORKLOAD), placed.placed_by),
            probability=np.where(moved, self.share, placed.probability * self.share),
            cut=self.cut,
            cuts=tuple(self.in_force.cuts.cut(int(number)) for number in used),
        )

    def _cut(self, lane: int, index: Numbers) -> None:
        cuts = self.in_force.cuts
        rows = np.flatnonzero(self.free & (index != NOWHERE))
        comes_in = cuts.comes_in[index[rows]]
        inside = (self.lane[rows] == lane) & (self.placed.out[rows] != NOWHERE)
        concerned = np.where(comes_in, self.lane[rows] > lane, inside)
        rows, comes_in = rows[concerned], comes_in[concerned]
        rank, at = self.placed.rank[rows], cuts.rank[index[rows]]
        goes = np.where(comes_in, rank > at, rank < at)
        tied = rank == at
        goes[tied] = self._settled(rows[tied], cuts.tie[index[rows[tied]]], comes_in[tied])
        rows = rows[goes]
        self.lane[rows] = np.where(comes_in[goes], np.int8(lane), self.placed.out[rows])
        self.cut[rows], self.free[rows] = index[rows], False

    def _settled(self, rows: Rows, tie: Floats, comes_in: Mask) -> Mask:
        """Return which of the parcels ranked exactly at a cut move, by their draws; see `sop.moves.move`."""
        draws = self._drawn(rows)
        goes: Mask = np.where(comes_in, draws < tie, draws >= tie)
        self.share[rows] *= np.where(goes == comes_in, tie, 1.0 - tie)
        again = comes_in & ~goes
        self.ties[rows[again]] = (draws[again] - tie[again]) / (1.0 - tie[again])
        return goes

    def _drawn(self, rows: Rows) -> Floats:
        unknown = rows[np.isnan(self.ties[rows])]
        items = self.table.column("item_id").take(pa.array(unknown)).to_pylist()
        names = [self.placed.policies[number].name for number in self.placed.policy[unknown]]
        self.ties[unknown] = [tie_draw_of(name, item, self.secret) for name, item in zip(names, items, strict=True)]
        drawn: Floats = self.ties[rows]
        return drawn


def _outcomes(policies: Sequence[Policy]) -> Codes:
    return np.array([[OUTCOMES.index(one.lanes[lane]) for lane in LANES] for one in policies], dtype=np.int8)
