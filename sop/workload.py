"""Works out, from the parcels before, where the workload cuts the ranking so that lanes keep to their shares.

For one policy and one stage. Lanes are taken from the most severe on, because what leaves one lane comes into another.
A lane below its `at_least_share` takes in the highest-ranked parcels of milder lanes. A lane above its `at_most_share`
lets out its lowest-ranked parcels, as far as they may go (`sop.moves.way_out`); where too few may, it stays too full.
A parcel is moved once at most, and one whose rank is not known never. What the cuts then do with a new parcel says
`sop.moves.move`.

The parcels before are taken as rules, missing evidence and chance place them, before any cut, so that the cuts do not
feed on their own effect.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sop.types import LANES, Cut, Policy, Share

LEAST_PARCELS = 500
"""From fewer parcels no cut is worked out: a share of 2 % of them would be a handful."""

MOST_PARCELS = 10_000
"""How far back the cuts look."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Parcels of one policy and stage, as they were placed before any cut; all arrays have the same length.

    Attributes:
        lane: Index in LANES.
        out: Index in LANES of the lane to which the parcel may be moved out, -1 where it may not.
        rank: The rank, 0 to 1, NaN where it is not known.
    """

    lane: NDArray[np.int8]
    out: NDArray[np.int8]
    rank: NDArray[np.float64]

    def part(self, start: int, end: int) -> Ranked:
        """Return the parcels from `start` to before `end`."""
        return Ranked(self.lane[start:end], self.out[start:end], self.rank[start:end])


def cuts_of(policy: Policy, ranked: Ranked, stage: str, least: int = LEAST_PARCELS) -> tuple[Cut, ...]:
    """Return the cuts that keep the lanes of these parcels to the policy's shares.

    Args:
        policy: The policy whose `workload` names the shares.
        ranked: The last parcels that it decided at the stage; shares are of these.
        stage: The stage, for the cuts to say so.
        least: With fewer parcels than this there are no cuts.

    Returns:
        At most one cut a lane, the most severe lane first.
    """
    if len(ranked.lane) < max(least, 1):
        return ()
    window = _Window(ranked, stage)
    found = (window.cut(code, policy.workload.get(lane, Share())) for code, lane in enumerate(LANES))
    return tuple(cut for cut in found if cut is not None)


class _Window:
    """The parcels with what earlier cuts did to them."""

    def __init__(self, ranked: Ranked, stage: str) -> None:
        self.stage = stage
        self.parcels = len(ranked.lane)
        self.lane, self.out, self.rank = ranked.lane.copy(), ranked.out, ranked.rank
        self.free = ~np.isnan(ranked.rank)

    def cut(self, code: int, share: Share) -> Cut | None:
        """Return the cut of a lane after moving its parcels; None where the lane keeps to its share or cannot."""
        held = int(np.count_nonzero(self.lane == code))
        if share.at_least_share is not None:
            wanted = _up(share.at_least_share * self.parcels) - held
            if wanted > 0:
                return self._move(code, "in", wanted, share.at_least_share)
        if share.at_most_share is not None:
            wanted = held - _down(share.at_most_share * self.parcels)
            if wanted > 0:
                return self._move(code, "out", wanted, share.at_most_share)
        return None

    def _move(self, code: int, moves: Literal["in", "out"], wanted: int, share: float) -> Cut | None:
        may = self.free & ((self.lane > code) if moves == "in" else (self.lane == code) & (self.out >= 0))
        rows = np.flatnonzero(may)
        count = min(wanted, len(rows))
        if not count:
            return None
        # Ordered so that those that move stand first.
        order = -self.rank[rows] if moves == "in" else self.rank[rows]
        at = float(np.partition(order, count - 1)[count - 1])
        beyond, tied = rows[order < at], rows[order == at]
        left = count - len(beyond)
        moved = np.concatenate([beyond, tied[:left]])
        self.lane[moved] = code if moves == "in" else self.out[moved]
        self.free[moved] = False
        goes = left / len(tied)
        return Cut(
            stage=self.stage,
            lane=LANES[code],
            moves=moves,
            rank=abs(at),
            tie=goes if moves == "in" else (len(tied) - left) / len(tied),
            share=share,
            parcels=self.parcels,
        )


def _up(count: float) -> int:
    """Round up, but not what only arithmetic made more than whole: 0.07 * 100 is 7.000000000000001."""
    return math.ceil(round(count, 6))


def _down(count: float) -> int:
    return math.floor(round(count, 6))
