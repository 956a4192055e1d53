"""The parcels whose lane changes most, with the words that an officer would read under each procedure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sop.simulation.types import FOUND, Counts, Past, Side
from sop.types import Decision, Lane

SHOWN = 20
Explain = Callable[[int], tuple[str, str, Decision, Decision]]
"""Takes the place of a screening and returns the item's number, its stage, and what both procedures decide about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One parcel before and after. `rank` is 0 to 1, None where not known; `found` is empty where nobody looked."""

    item_id: str
    stage: str
    rank: float | None
    found: str
    lane_before: Lane
    lane_after: Lane
    rule_before: str
    rule_after: str
    reason_before: str
    reason_after: str


def changed_parcels(past: Past, before: Side, after: Side, explain: Explain, most: int = SHOWN) -> tuple[Changed, ...]:
    """Return the parcels whose lane changes most: by how far, those let go first, then by rank.

    Of a parcel that was screened more than once, the screening that changes most is shown.
    """
    return tuple(_changed(past, int(place), explain) for place in _largest(past, before, after, most))


def _largest(past: Past, before: Side, after: Side, most: int) -> Counts:
    milder = after.lane.astype(np.int64) - before.lane
    rows = np.flatnonzero(milder)
    rank = np.nan_to_num(past.rank[rows], nan=-1.0)
    order = rows[np.lexsort((-rank, milder[rows] < 0, -np.abs(milder[rows])))]
    _, first = np.unique(past.items[order], return_index=True)
    chosen: Counts = order[np.sort(first)[:most]]
    return chosen


def _changed(past: Past, place: int, explain: Explain) -> Changed:
    item, stage, before, after = explain(place)
    rank = float(past.rank[place])
    return Changed(
        item_id=item, stage=stage, rank=None if np.isnan(rank) else rank, found=FOUND[past.found[place]],
        lane_before=before.lane, lane_after=after.lane, rule_before=before.rule, rule_after=after.rule,
        reason_before=before.reason, reason_after=after.reason,
    )  # fmt: skip
