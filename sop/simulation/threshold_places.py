"""Where the thresholds of a procedure stand, and the same procedure with another value at one of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil, floor, inf, log10, nextafter
from typing import Literal

import numpy as np

from sop.package import Package
from sop.simulation.types import Floats
from sop.types import AnyOf, Lane, Policy, Rule, When, Within

Bound = Literal["at_least", "below"]
MOST_DECIMALS = 17
WHOLE = "finding_history"
"""The one signal that is a count."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a threshold stands: the rule, the way into its `when`, and which bound."""

    rule: Rule
    path: tuple[int, ...]
    within: Within
    bound: Bound

    @property
    def now(self) -> float:
        """The value as it stands."""
        value = self.within.at_least if self.bound == "at_least" else self.within.below
        assert value is not None  # noqa: S101 - `places` yields only bounds that stand there
        return value

    def when(self, value: float) -> When:
        """Return the rule's conditions with another value here."""
        return _replaced(self.rule.when, self.path, self.bound, value)


def places(package: Package, lane: Lane) -> Iterator[Place]:
    """Yield every threshold of every rule into a lane; what an override has from the base counts once."""
    seen: set[tuple[str, When]] = set()
    for policy in package.policies:
        for rule in policy.rules:
            if rule.lane == lane and (rule.id, rule.when) not in seen:
                seen.add((rule.id, rule.when))
                yield from _bounds(rule, rule.when, ())


def with_value(package: Package, place: Place, value: float) -> Package:
    """Return the procedure with another value at one place, in the base and in every override with the same rule."""
    overrides = tuple(replace(one, policy=_changed(one.policy, place, value)) for one in package.overrides)
    return replace(package, base=_changed(package.base, place, value), overrides=overrides)


def extremes(bound: Bound) -> tuple[float, float]:
    """Return the value that catches every known number, and the one that catches none."""
    return (0.0, inf) if bound == "at_least" else (inf, 0.0)


def intervals(steps: Floats, place: Place) -> tuple[Floats, Floats]:
    """Return between which numbers a threshold parts the parcels at each step, and past them all.

    Args:
        steps: The parcels' values, rising.
        place: What the threshold is for: a score, or a count, which goes in whole numbers from 1.

    Returns:
        The numbers that a threshold must lie above, and those that it may reach, one more than there are steps. Where
        the first is not the smaller one, nobody may write such a threshold: above the highest score there is, below
        the lowest, or past the rule's other bound.
    """
    whole = place.within.signal == WHOLE
    beyond = steps[-1] + 1 if whole else 1.0
    low, high = np.concatenate([[-inf], steps]), np.concatenate([steps, [beyond]])
    if whole or place.bound == "below":
        low = np.maximum(low, 0.0)
    if place.bound == "at_least" and place.within.below is not None:
        high = np.minimum(high, nextafter(place.within.below, 0.0))
    if place.bound == "below" and place.within.at_least is not None:
        low = np.maximum(low, place.within.at_least)
    return low, high


def between(low: float, high: float, place: Place) -> float:
    """Return the number with fewest decimals above one and at most another, of two the nearer to the present value."""
    for decimals in (0,) if place.within.signal == WHOLE else range(2, MOST_DECIMALS):
        scale = 10.0**decimals
        around = ((floor(max(low, 0.0) * scale) + 1) / scale, floor(high * scale) / scale)
        fitting = [one for one in around if low < one <= high]
        if fitting:
            return min(fitting, key=lambda one: abs(one - place.now))
    return high


def rounded(value: float, place: Place, upwards: bool) -> float:
    """Return a threshold with two decimals, or three digits below 0.1, rounded away from where it comes from."""
    if place.within.signal == WHOLE or value <= 0:
        return value
    scale = 10.0 ** max(2, 2 - floor(log10(value)))
    return min((ceil if upwards else floor)(value * scale) / scale, 1.0)


def _bounds(rule: Rule, when: When, path: tuple[int, ...]) -> Iterator[Place]:
    for at, condition in enumerate(when):
        if isinstance(condition, Within):
            if condition.at_least is not None:
                yield Place(rule, (*path, at), condition, "at_least")
            if condition.below is not None:
                yield Place(rule, (*path, at), condition, "below")
        elif isinstance(condition, AnyOf):
            for number, alternative in enumerate(condition.alternatives):
                yield from _bounds(rule, alternative, (*path, at, number))


def _changed(policy: Policy, place: Place, value: float) -> Policy:
    rules = tuple(
        replace(rule, when=place.when(value)) if (rule.id, rule.when) == (place.rule.id, place.rule.when) else rule
        for rule in policy.rules
    )
    return replace(policy, rules=rules)


def _replaced(when: When, path: tuple[int, ...], bound: Bound, value: float) -> When:
    at, rest = path[0], path[1:]
    condition = when[at]
    if isinstance(condition, Within):
        low, high = (value, condition.below) if bound == "at_least" else (condition.at_least, value)
        changed: Within | AnyOf = Within(condition.signal, low, high)
    else:
        assert isinstance(condition, AnyOf)  # noqa: S101 - paths are made by `_bounds`
        inner = _replaced(condition.alternatives[rest[0]], rest[1:], bound, value)
        changed = AnyOf((*condition.alternatives[: rest[0]], inner, *condition.alternatives[rest[0] + 1 :]))
    return (*when[:at], changed, *when[at + 1 :])
