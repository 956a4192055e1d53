"""A policy made ready to decide many parcels at once: tables that arrays of indices look things up in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from sop.bulk.cells import Cells
from sop.bulk.decided import Codes, Numbers, Rows
from sop.lists import ListEntry
from sop.moves import least_lane, trim_lane
from sop.package import Package
from sop.types import (
    DEFAULT_RULE,
    LANES,
    MISSING_KEYS,
    MISSING_RULE,
    OUTCOMES,
    RANDOM_RULE,
    WORKLOAD_RULE,
    AnyOf,
    BeginsWith,
    Condition,
    Lane,
    MissingKey,
    OneOf,
    Policy,
    When,
)

FIXED_NAMES = (DEFAULT_RULE, RANDOM_RULE, WORKLOAD_RULE, *(MISSING_RULE + key for key in MISSING_KEYS))
BEYOND = len(LANES)
"""Index of no lane, milder than every lane."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One policy. Arrays by rule end with what holds where no rule matches; arrays by missing evidence are by its bits.

    Attributes:
        policy: The policy.
        whens: The conditions of each rule; equal conditions are one object.
        lane, outcome, trim, least, name: By rule: its lane, its outcome, where it may be trimmed to (BEYOND: nowhere),
            the mildest lane for a parcel that meets it (see `sop.moves.least_lane`), and the index of its name.
        floor, key: By missing evidence: the least lane (BEYOND: none), and the index of the name that explains it.
        lanes: The outcome of each lane.
        turns: The days on which rules or lists begin or cease to count, in order.
        moments: When these days begin in the policy's time zone, in microseconds since 1970 UTC.
    """

    policy: Policy
    whens: tuple[When, ...]
    lane: Codes
    outcome: Codes
    trim: Codes
    least: Codes
    name: Numbers
    floor: Codes
    key: Numbers
    lanes: Codes
    turns: tuple[date, ...]
    moments: NDArray[np.int64]

    def day(self, epoch: int) -> date:
        """Return a day of an epoch: epoch 0 ends with the first turn, epoch n begins with the n-th."""
        if not self.turns:
            return self.policy.effective_from
        return self.turns[epoch - 1] if epoch else self.turns[0] - timedelta(days=1)

    def first_match(self, cells: Cells, rows: Rows, on: date) -> Rows:
        """Return the index of the first rule that each of some parcels meets on a day, -1 where none."""
        found = np.full(len(rows), -1, dtype=np.intp)
        open_ = np.ones(len(rows), dtype=bool)
        for number, (rule, when) in enumerate(zip(self.policy.rules, self.whens, strict=True)):
            if not rule.in_force(on):
                continue
            hit = open_.copy()
            for condition in when:
                hit &= cells.meeting(condition, on)[rows]
            found[hit] = number
            open_ &= ~hit
        return found

    def least_met(self, cells: Cells, rows: Rows, on: date) -> Codes:
        """Return the mildest lane that all the rules which each of some parcels meets allow; BEYOND where none."""
        least = np.full(len(rows), BEYOND, dtype=np.int8)
        for number, (rule, when) in enumerate(zip(self.policy.rules, self.whens, strict=True)):
            if not rule.in_force(on):
                continue
            hit = np.ones(len(rows), dtype=bool)
            for condition in when:
                hit &= cells.meeting(condition, on)[rows]
            least[hit] = np.minimum(least[hit], self.least[number])
        return least


@dataclass(frozen=True, slots=True)
class Plans:
    """All policies of a package, the base first, and the names of everything that can decide."""

    package: Package
    plans: tuple[Plan, ...]
    names: tuple[str, ...]

    @property
    def policies(self) -> tuple[Policy, ...]:
        """The policies in the order of the plans."""
        return tuple(one.policy for one in self.plans)

    def policy_of(self, cells: Cells) -> NDArray[np.int16]:
        """Return the index of the policy that decides about each parcel."""
        if len(self.plans) == 1:
            return np.zeros(len(cells), dtype=np.int16)
        stations, channels = cells.words("station"), cells.words("channel")
        table = [[self._taking(station, channel) for channel in (*channels.values, None)]
                 for station in (*stations.values, None)]  # fmt: skip
        return np.array(table, dtype=np.int16)[stations.index, channels.index]

    def _taking(self, station: str | None, channel: str | None) -> int:
        fits = (number for number, one in enumerate(self.package.overrides, 1) if one.scope.fits(station, channel))
        return next(fits, 0)


def plans_of(package: Package) -> Plans:
    """Make a package ready."""
    policies = (package.base, *(one.policy for one in package.overrides))
    ids = dict.fromkeys(rule.id for policy in policies for rule in policy.rules)
    names = (*FIXED_NAMES, *ids)
    index = {name: number for number, name in enumerate(names)}
    same: dict[Condition, Condition] = {}
    return Plans(package, tuple(_plan(policy, index, same) for policy in policies), names)


def _plan(policy: Policy, names: Mapping[str, int], same: dict[Condition, Condition]) -> Plan:
    rules, default = policy.rules, policy.default_lane
    floors = [_floor(policy, bits) for bits in range(1 << len(MISSING_KEYS))]
    turns = tuple(sorted(set(_turns(policy))))
    zone = ZoneInfo(policy.time_zone)
    return Plan(
        policy=policy,
        whens=tuple(_shared(rule.when, same) for rule in rules),
        lane=_lanes([*(rule.lane for rule in rules), default]),
        outcome=_outcomes([*(rule.outcome or policy.lanes[rule.lane] for rule in rules), policy.lanes[default]]),
        trim=_lanes([*map(trim_lane, rules), None]),
        least=_lanes([*map(least_lane, rules), None]),
        name=np.array([names[one] for one in (*(rule.id for rule in rules), DEFAULT_RULE)], dtype=np.int32),
        floor=_lanes([key and policy.missing_evidence[key].lane for key in floors]),
        key=np.array([names[MISSING_RULE + (key or MISSING_KEYS[0])] for key in floors], dtype=np.int32),
        lanes=_outcomes([policy.lanes[lane] for lane in LANES]),
        turns=turns,
        moments=np.array([_begins(day, zone) for day in turns], dtype=np.int64),
    )


def _floor(policy: Policy, bits: int) -> MissingKey | None:
    """Return the missing evidence that asks for the most severe lane, the first of equals."""
    missing = [key for number, key in enumerate(MISSING_KEYS) if bits >> number & 1]
    return min(missing, key=lambda key: LANES.index(policy.missing_evidence[key].lane), default=None)


def _shared(when: When, same: dict[Condition, Condition]) -> When:
    """Return the conditions with equal ones as one object, so that each is looked at once."""
    return tuple(same.setdefault(condition, condition) for condition in (_inner(one, same) for one in when))


def _inner(condition: Condition, same: dict[Condition, Condition]) -> Condition:
    if isinstance(condition, AnyOf):
        return AnyOf(tuple(_shared(one, same) for one in condition.alternatives))
    return condition


def _turns(policy: Policy) -> Iterator[date]:
    for rule in policy.rules:
        yield from _edges(rule.starts, rule.ends)
    for entry in _entries(condition for rule in policy.rules for condition in rule.when):
        yield from _edges(entry.starts, entry.ends)


def _edges(starts: date | None, ends: date | None) -> Iterator[date]:
    if starts is not None:
        yield starts
    if ends is not None and ends < date.max:
        yield ends + timedelta(days=1)


def _entries(conditions: Iterable[Condition]) -> Iterator[ListEntry]:
    for condition in conditions:
        match condition:
            case AnyOf(alternatives):
                yield from _entries(one for alternative in alternatives for one in alternative)
            case OneOf() | BeginsWith():
                yield from (entry for one in condition.lists for entry in one.entries)


def _begins(day: date, zone: ZoneInfo) -> int:
    # A day that a clock skips begins when the one after it does, which is what its own midnight gives here.
    moment = datetime.combine(day, time.min, zone).astimezone(UTC)
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _lanes(lanes: Sequence[Lane | None]) -> Codes:
    return np.array([BEYOND if lane is None else LANES.index(lane) for lane in lanes], dtype=np.int8)


def _outcomes(outcomes: Sequence[str]) -> Codes:
    return np.array([OUTCOMES.index(one) for one in outcomes], dtype=np.int8)
