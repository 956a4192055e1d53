"""What a run of a candidate says, as plain data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sop.simulation.intervals import Estimate
from sop.types import Lane

Direction = str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What became of the parcels of a trial.

    Attributes:
        recorded: Screenings recorded since the trial began, as long as it ran.
        compared: Both sides are there.
        waiting: The candidate has not got to them yet, or its process was stopped before it did.
        dropped: Left out because too many were waiting.
        failed: The candidate failed on them.
    """

    recorded: int
    compared: int
    waiting: int
    dropped: int
    failed: int

    @property
    def not_taken(self) -> int:
        """Recorded by a process that did not run the candidate: not yet, or because it could not load it."""
        return max(self.recorded - self.compared - self.waiting - self.dropped - self.failed, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneShare:
    """One lane on both sides, and the difference of its shares, candidate less active, with a 95 % interval."""

    lane: Lane
    active: int
    candidate: int
    difference: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Parcels that go from one lane by one rule to another lane or rule."""

    active_lane: str
    active_rule: str
    candidate_lane: str
    candidate_rule: str
    parcels: int
    illicit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreDifference:
    """Candidate less active of one score, over parcels where both know it.

    Attributes:
        score: risk, xray or combined.
        both: Parcels where both know it.
        only_active, only_candidate: Parcels where one side knows it.
        changed: Parcels where the two differ at all.
        mean: Mean difference.
        p05, p50, p95: Percentiles of the difference.
        largest: Largest difference either way, without its sign.
    """

    score: str
    both: int
    only_active: int
    only_candidate: int
    changed: int
    mean: float
    p05: float
    p50: float
    p95: float
    largest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Finds:
    """What officers found in parcels that the candidate leaves in their lane, raises or lowers.

    Attributes:
        direction: same, raised (to a more severe lane) or lowered.
        parcels: Parcels compared.
        known: Those of them about which an officer wrote what was in them.
        illicit: Those of them with firearms, parts or ammunition.
        share: Illicit ones among the known, with Wilson's 95 % interval. Parcels are opened because of the active
            lane, so the shares of different directions are not the share of all parcels.
    """

    direction: Direction
    parcels: int
    known: int
    illicit: int
    share: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Everything that a trial says up to now.

    `matrix[i][j]` counts parcels by active lane i and candidate's lane j, in the order of LANES.
    """

    counts: Counts
    matrix: tuple[tuple[int, ...], ...]
    lanes: tuple[LaneShare, ...]
    moved: Estimate
    changes: tuple[Change, ...]
    changes_left_out: int
    scores: tuple[ScoreDifference, ...]
    finds: tuple[Finds, ...]

    def as_json(self) -> dict[str, Any]:
        """Return JSON types."""
        return {**asdict(self), "counts": {**asdict(self.counts), "not_taken": self.counts.not_taken}}
