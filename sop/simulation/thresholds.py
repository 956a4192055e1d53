"""Which value of a threshold would give a lane the share that somebody wants, and what that does to the finds.

Every threshold is tried alone. A parcel's lane as a function of one threshold has a single step, at the parcel's own
value: on the one side it is what the procedure decides with the threshold wide open, on the other what it decides with
the threshold shut. So two decisions a parcel tell the lane's share for every value at once, exactly, whatever rules,
missing evidence and chance make of the parcels that the rule lets go.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sop.package import Package
from sop.simulation.advance import in_doubt, is_advance
from sop.simulation.intervals import Estimate, count_of
from sop.simulation.threshold_places import Bound, Place, between, extremes, intervals, places, rounded, with_value
from sop.simulation.types import ILLICIT, Bytes, Counts, Floats, Mask, Past, closeness
from sop.simulation.when_yaml import when_yaml
from sop.types import LANES, Lane

Wish = Literal["at_most", "at_least"]
CURVE_POINTS = 40
NEAR = 3
"""A curve shows shares up to so many times the present or the wanted one."""
DecideLanes = Callable[[Package], Bytes]
"""Decides all screenings by a procedure, workload not applied; returns places in LANES."""
Curve = tuple[tuple[float, float, int], ...]
Numbers = Callable[[str], Floats]
"""Returns the values of a numeric signal of all screenings, NaN where it is not known."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A share, 0 to 1, of the screenings of each stage that a lane should hold at most, or at least."""

    lane: Lane
    wish: Wish
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What a lane holds, as the procedure stands and without the workload: `share` of a stage's screenings, 0 to 1."""

    stage: str
    lane: Lane
    wish: Wish
    wanted: float
    share: float
    met: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """One threshold of one rule that leads into a lane, and the value with which it alone would meet what is wanted.

    Attributes:
        stage: The stage whose screenings are counted.
        lane: The lane.
        wish: Whether the lane should hold at most or at least `wanted`.
        wanted: Share of the stage's screenings, 0 to 1.
        share_now: The lane's share as the procedure stands, workload not applied.
        rule: The rule's identifier.
        signal: What is compared, for example `risk` or `part.barrel`.
        bound: Which of the two bounds.
        now: Its value as it stands.
        value: The value closest to it that meets what is wanted; None where this threshold cannot do so alone.
        share_then: The lane's share with that value; without one, the closest that this threshold can come.
        finds_now: Illicit parcels on record that the procedure opens or X-rays as it stands.
        lost: Those of them that it would look at less closely: X-ray instead of open, or neither.
        in_doubt: Those of them that it would still look at at the station, but whose advance data no longer send them
            there.
        gained: Illicit parcels on record that it would look at more closely.
        yaml: The rule's `when` with the new value, to be pasted; None without one.
        curve: For some values in rising order: the value, the lane's share, and how many of the illicit parcels on
            record are looked at as closely as they are now.
    """

    stage: str
    lane: Lane
    wish: Wish
    wanted: float
    share_now: float
    rule: str
    signal: str
    bound: Bound
    now: float
    value: float | None
    share_then: float
    finds_now: int
    lost: Estimate
    in_doubt: int
    gained: Estimate
    yaml: str | None
    curve: Curve


def thresholds(
    package: Package, wanted: Wanted, past: Past, decide_lanes: DecideLanes, numbers: Numbers
) -> tuple[Threshold, ...]:
    """Return what each threshold into a lane can do alone, for every stage that does not meet the wish.

    Args:
        package: The procedure.
        wanted: What the lane should hold.
        past: The screenings.
        decide_lanes: Decides them all.
        numbers: Their values.

    Returns:
        One row a threshold and stage, those that can do it first, of them those that lose fewest finds or put
        fewest in doubt, then those
        that come closest to what is wanted.
    """
    now, finds = decide_lanes(package), _Finds(past)
    stages = [stage for stage in _stages(past) if not _met(_share(now, stage[1], wanted.lane), wanted)]
    found: list[Threshold] = []
    for place in places(package, wanted.lane) if stages else ():
        open_, shut = (decide_lanes(with_value(package, place, value)) for value in extremes(place.bound))
        trial = _Trial(place, wanted, finds, now, open_, shut, numbers(place.within.signal))
        found += [row for name, rows in stages if (row := trial.row(name, rows))]
    return tuple(sorted(found, key=_order))


def _order(row: Threshold) -> tuple[str, bool, float, float]:
    return row.stage, row.value is None, row.lost.value + row.in_doubt, abs(row.share_then - row.wanted)


def holdings(lanes: Bytes, past: Past, wanted: Wanted) -> tuple[Holding, ...]:
    """Return what a lane holds of each stage's screenings beside what is wanted."""
    shares = [(name, _share(lanes, rows, wanted.lane)) for name, rows in _stages(past)]
    lane, wish = wanted.lane, wanted.wish
    return tuple(
        Holding(stage=name, lane=lane, wish=wish, wanted=wanted.share, share=share, met=_met(share, wanted))
        for name, share in shares
    )


class _Trial:
    """One threshold's two extremes, from which every value in between follows."""

    def __init__(
        self, place: Place, wanted: Wanted, finds: _Finds, now: Bytes, open_: Bytes, shut: Bytes, values: Floats
    ) -> None:
        self._place, self._wanted, self._finds, self._now = place, wanted, finds, now
        self._open, self._shut, self._values = open_, shut, values

    def row(self, stage: str, rows: Mask) -> Threshold | None:
        """Return what this threshold can do for a stage; None where it decides nothing there."""
        moved = rows & (self._open != self._shut)
        if not moved.any():
            return None
        steps, counts = self._counts(rows, moved)
        total, here = int(rows.sum()), int(np.searchsorted(steps, self._place.now, side="left"))
        lows, highs = intervals(steps, self._place)
        may = lows < highs
        met = self._meets(counts, total) & may
        step = _nearest(met, here, self._upwards)
        value = None if step is None else self._value(steps, step, met, lows, highs)
        towards = np.arange(len(counts)) >= here if self._upwards else np.arange(len(counts)) <= here
        # The present value may always be kept, whatever parcels there are.
        reach = np.append(counts[towards & may], counts[here])
        closest = reach.min() if self._wanted.wish == "at_most" else reach.max()
        best = closest if value is None else counts[int(np.searchsorted(steps, value, side="left"))]
        return self._described(stage, rows, value, float(best) / total, self._curve(steps, counts, total))

    def _value(self, steps: Floats, step: int, met: Mask, lows: Floats, highs: Floats) -> float:
        """Return the round number just beyond a step where it also does what is wanted, else one at the step."""
        exact = between(float(lows[step]), float(highs[step]), self._place)
        plain = rounded(exact, self._place, self._upwards)
        there = int(np.searchsorted(steps, plain, side="left"))
        return plain if met[there] and lows[there] < plain <= highs[there] else exact

    @property
    def _upwards(self) -> bool:
        return (self._place.bound == "at_least") == (self._wanted.wish == "at_most")

    def _counts(self, rows: Mask, moved: Mask) -> tuple[Floats, Counts]:
        """Return the values at which parcels change, and the lane's count for a threshold at each and past them all."""
        lane = LANES.index(self._wanted.lane)
        steps, place = np.unique(self._values[moved], return_inverse=True)
        by_step = [np.bincount(place, (side[moved] == lane).astype(np.float64), len(steps)).astype(np.int64)
                   for side in (self._open, self._shut)]  # fmt: skip
        fixed = int((self._open[rows & ~moved] == lane).sum())
        caught, let_go = by_step if self._place.bound == "at_least" else (by_step[1], by_step[0])
        above = np.concatenate([np.cumsum(caught[::-1])[::-1], [0]])
        below = np.concatenate([[0], np.cumsum(let_go)])
        return steps, fixed + above + below

    def _curve(self, steps: Floats, counts: Counts, total: int) -> Curve:
        """Return points of the curve where the share is of the order of what it is and of what is wanted."""
        now = self._place.now
        here = counts[int(np.searchsorted(steps, now, side="left"))]
        near = np.flatnonzero(counts[: len(steps)] <= NEAR * max(here, self._wanted.share * total))
        low, high = (float(steps[near[0]]), float(steps[near[-1]])) if len(near) else (now, now)
        values = np.unique(np.append(np.linspace(low, high, CURVE_POINTS), now))
        places = np.searchsorted(steps, values, side="left")
        return tuple(
            (float(value), int(counts[at]) / total, self._kept(float(value)))
            for value, at in zip(values, places, strict=True)
        )

    def _meets(self, counts: Counts, total: int) -> Mask:
        limit = self._wanted.share * total
        return counts <= limit if self._wanted.wish == "at_most" else counts >= limit

    def _kept(self, value: float) -> int:
        """Return how many illicit parcels on record are looked at as closely with a value as they are now."""
        was, will = (self._finds.closeness(one) for one in (self._now[self._finds.rows], self._lanes(value)))
        return int(((was > 0) & (will >= was)).sum())

    def _lanes(self, value: float) -> Bytes:
        """Return the lanes of the screenings of illicit parcels with a value."""
        values, open_, shut = (one[self._finds.rows] for one in (self._values, self._open, self._shut))
        with np.errstate(invalid="ignore"):
            caught = values >= value if self._place.bound == "at_least" else values < value
        return np.where(caught, open_, shut)

    def _described(self, stage: str, rows: Mask, value: float | None, share: float, curve: Curve) -> Threshold:
        place, wanted = self._place, self._wanted
        now = self._now[self._finds.rows]
        then = now if value is None else self._lanes(value)
        was, will = self._finds.closeness(now), self._finds.closeness(then)
        return Threshold(
            stage=stage, lane=wanted.lane, wish=wanted.wish, wanted=wanted.share,
            share_now=_share(self._now, rows, wanted.lane), rule=place.rule.id, signal=place.within.signal,
            bound=place.bound, now=place.now, value=value, share_then=share, finds_now=int((was > 0).sum()),
            lost=count_of(int((will < was).sum())), gained=count_of(int((will > was).sum())),
            in_doubt=self._finds.in_doubt(now, then),
            yaml=None if value is None else when_yaml(place.when(value)), curve=curve,
        )  # fmt: skip


class _Finds:
    """The illicit parcels on record; `rows` are their screenings."""

    def __init__(self, past: Past) -> None:
        illicit = np.unique(past.items[past.found == ILLICIT])
        self.rows = np.flatnonzero(np.isin(past.items, illicit))
        self._place, self._count = np.searchsorted(illicit, past.items[self.rows]).astype(np.int32), len(illicit)
        self._early = is_advance(past)[self.rows]

    def closeness(self, lanes: Bytes) -> Bytes:
        """Return of each parcel how closely it is looked at, from the lanes of `rows`."""
        found = np.zeros(self._count, dtype=np.int8)
        np.maximum.at(found, self._place, closeness(lanes))
        return found

    def in_doubt(self, now: Bytes, then: Bytes) -> int:
        """Return how many are then looked at as closely at the station, though no longer sent there."""
        stays = self.closeness(then) >= self.closeness(now)
        return int((stays & in_doubt(self._place, self._count, self._early, now, then)).sum())


def _stages(past: Past) -> list[tuple[str, Mask]]:
    stage = past.traits["stage"]
    pairs = ((name, stage.codes == code) for code, name in enumerate(stage.names))
    return [(name, rows) for name, rows in pairs if rows.any()]


def _share(lanes: Bytes, rows: Mask, lane: Lane) -> float:
    return float((lanes[rows] == LANES.index(lane)).mean())


def _met(share: float, wanted: Wanted) -> bool:
    return share <= wanted.share if wanted.wish == "at_most" else share >= wanted.share


def _nearest(met: Mask, here: int, upwards: bool) -> int | None:
    places = np.flatnonzero(met)
    places = places[places >= here] if upwards else places[places <= here]
    if not len(places):
        return None
    return int(places[0] if upwards else places[-1])
