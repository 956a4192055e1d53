"""How much work each procedure makes: parcels by lane and day, against shares and capacity, and which rules make it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from sop.simulation.types import Counts, Mask, Past, Side
from sop.types import LANES, Lane, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a lane holds under one procedure: screenings, their share of all, and the mean and most of a day."""

    count: int
    share: float
    mean_a_day: float
    busiest_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneRow:
    """One lane before and after."""

    lane: Lane
    before: Load
    after: Load


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRow:
    """One day: screenings by lane, in the order of LANES."""

    day: date
    before: tuple[int, ...]
    after: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityRow:
    """A lane against what its officers can do in a day: on how many days it holds more, and how much at most."""

    lane: Lane
    per_day: int
    days_over_before: int
    days_over_after: int
    busiest_before: int
    busiest_after: int
    left_undone_before: int
    left_undone_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRow:
    """A lane against the `workload` of a policy: its share, 0 to 1, of the screenings of one stage that it decides."""

    policy: str
    stage: str
    lane: Lane
    at_least: float | None
    at_most: float | None
    screenings: int
    before: float
    after: float
    met_before: bool
    met_after: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """How many screenings one rule decides before and after; `lanes` are those that it sent them to."""

    rule: str
    before: int
    after: int

    @property
    def difference(self) -> int:
        """After less before."""
        return self.after - self.before


def by_day(past: Past, side: Side) -> tuple[list[date], Counts]:
    """Return the calendar days from the first to the last, and screenings by day and lane, shape (days, 5)."""
    first = past.day.min()
    place = (past.day - first).astype(np.int64)
    days = int(place.max()) + 1
    counts = np.bincount(place * len(LANES) + side.lane, minlength=days * len(LANES)).reshape(days, len(LANES))
    return (first + np.arange(days)).tolist(), counts


def lane_rows(before: Counts, after: Counts) -> tuple[LaneRow, ...]:
    """Return each lane's load, most severe first, from screenings by day and lane."""
    pairs = (_loads(before), _loads(after))
    return tuple(LaneRow(lane=lane, before=one, after=two) for lane, one, two in zip(LANES, *pairs, strict=True))


def day_rows(days: Sequence[date], before: Counts, after: Counts) -> tuple[DayRow, ...]:
    """Return one row a day."""
    rows = zip(days, before.tolist(), after.tolist(), strict=True)
    return tuple(DayRow(day=day, before=tuple(one), after=tuple(two)) for day, one, two in rows)


def capacity_rows(before: Counts, after: Counts, capacity: Mapping[Lane, int]) -> tuple[CapacityRow, ...]:
    """Return each lane that has a capacity against it."""
    return tuple(_capacity(lane, before[:, LANES.index(lane)], after[:, LANES.index(lane)], limit)
                 for lane, limit in capacity.items())  # fmt: skip


def share_rows(past: Past, before: Side, after: Side) -> tuple[ShareRow, ...]:
    """Return each lane with a share in the `workload` of the candidate, by its policies and by stage."""
    stage = past.traits["stage"]
    return tuple(
        row
        for number, policy in enumerate(after.policies)
        if policy.workload
        for code, name in enumerate(stage.names)
        for row in _shares(policy, name, before, after, (after.policy == number) & (stage.codes == code))
    )


def _shares(policy: Policy, stage: str, before: Side, after: Side, rows: Mask) -> Iterator[ShareRow]:
    total = int(rows.sum())
    was, now = (np.bincount(side.lane[rows], minlength=len(LANES)) for side in (before, after))
    for lane, share in policy.workload.items() if total else ():
        place = LANES.index(lane)
        least, most = share.at_least_share, share.at_most_share
        first, second = int(was[place]) / total, int(now[place]) / total
        yield ShareRow(
            policy=policy.title, stage=stage, lane=lane, at_least=least, at_most=most, screenings=total,
            before=first, after=second,
            met_before=_meets(first, least, most, total), met_after=_meets(second, least, most, total),
        )  # fmt: skip


def moves(before: Side, after: Side) -> tuple[tuple[int, ...], ...]:
    """Return screenings by lane before (rows) and lane after (columns), in the order of LANES."""
    size = len(LANES)
    counts = np.bincount(before.lane.astype(np.int64) * size + after.lane, minlength=size * size)
    return tuple(tuple(row) for row in counts.reshape(size, size).tolist())


def rule_rows(before: Side, after: Side) -> tuple[RuleRow, ...]:
    """Return every rule that decides something on either side, the largest change first."""
    one, two = (_by_name(side.rule, side.rules) for side in (before, after))
    names = dict.fromkeys([*one, *two])
    rows = [RuleRow(rule=name, before=one.get(name, 0), after=two.get(name, 0)) for name in names]
    return tuple(sorted(rows, key=lambda row: (-abs(row.difference), -row.after, row.rule)))


def placed_rows(before: Side, after: Side, words: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return by what put parcels into their lanes how many were put there before and after."""
    one, two = (np.bincount(side.placed_by, minlength=len(words)).tolist() for side in (before, after))
    return {word: (first, second) for word, first, second in zip(words, one, two, strict=True)}


def _loads(counts: Counts) -> list[Load]:
    total = max(int(counts.sum()), 1)
    return [
        Load(count=int(lane.sum()), share=int(lane.sum()) / total, mean_a_day=float(lane.mean()),
             busiest_day=int(lane.max()))
        for lane in counts.T
    ]  # fmt: skip


def _capacity(lane: Lane, before: Counts, after: Counts, limit: int) -> CapacityRow:
    return CapacityRow(
        lane=lane, per_day=limit,
        days_over_before=int((before > limit).sum()), days_over_after=int((after > limit).sum()),
        busiest_before=int(before.max()), busiest_after=int(after.max()),
        left_undone_before=int(np.maximum(before - limit, 0).sum()),
        left_undone_after=int(np.maximum(after - limit, 0).sum()),
    )  # fmt: skip


def _meets(share: float, at_least: float | None, at_most: float | None, total: int) -> bool:
    # One parcel cannot be divided: a share that is met within one of them is met.
    grain = 1 / total
    return (at_least is None or share > at_least - grain) and (at_most is None or share < at_most + grain)


def _by_name(codes: np.ndarray[tuple[int], np.dtype[np.int32]], names: Sequence[str]) -> dict[str, int]:
    counts = np.bincount(codes, minlength=len(names)).tolist()
    found: dict[str, int] = {}
    for name, count in zip(names, counts, strict=True):
        if count:
            found[name] = found.get(name, 0) + count
    return found
