"""95 % intervals for counts and shares, exact or close to it where parcels are few.

Firearms are rare, so most figures of a simulation rest on a handful of parcels; a bootstrap of none of them is none,
and says nothing. Each formula here also answers for a count of 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from scipy.special import gammaincinv

Z = 1.959964
"""The 97.5 % point of the normal distribution."""
TAIL = 0.025


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval; `low` and `high` are None where nothing can be said."""

    value: float
    low: float | None
    high: float | None

    def scaled(self, factor: float) -> Estimate:
        """Return the figure and its interval in another unit, larger than 0."""
        return Estimate(
            self.value * factor,
            None if self.low is None else self.low * factor,
            None if self.high is None else self.high * factor,
        )


def share_of(count: int, total: int) -> Estimate:
    """Return a share with Wilson's score interval (Wilson 1927); of nothing, 0 without an interval."""
    if total == 0:
        return Estimate(0.0, None, None)
    share, spread = count / total, Z * Z / total
    middle = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * sqrt(share * (1 - share) / total + spread / total / 4)
    # At both ends the formula is exact but for the rounding of the machine.
    low = 0.0 if count == 0 else max(middle - half, 0.0)
    high = 1.0 if count == total else min(middle + half, 1.0)
    return Estimate(share, low, high)


def count_of(count: int) -> Estimate:
    """Return a count with the exact interval of its Poisson mean (Garwood 1936): what another such period may bring."""
    return weighted_count(float(count), float(count), 1.0)


def weighted_count(total: float, squares: float, heaviest: float) -> Estimate:
    """Return a weighted sum of rare events with the gamma interval of Fay and Feuer (1997).

    It is Garwood's exact one where all weights are equal, and never falls short by much where they are not.

    Args:
        total: Sum of the weights of the events that were seen.
        squares: Sum of the squares of these weights.
        heaviest: The largest weight that an event could have had, seen or not.
    """
    low = 0.0 if total == 0 else _gamma(TAIL, total, squares)
    return Estimate(total, low, _gamma(1 - TAIL, total + heaviest, squares + heaviest**2))


def paired_difference(gained: int, lost: int, both: int, neither: int) -> Estimate:
    """Return the difference of two shares of the same parcels, with Newcombe's interval (1998, his method 10).

    Args:
        gained: Parcels that only the second share holds.
        lost: Parcels that only the first share holds.
        both: Parcels that both hold.
        neither: Parcels that neither holds.
    """
    total = gained + lost + both + neither
    if total == 0:
        return Estimate(0.0, None, None)
    first, second = share_of(both + lost, total), share_of(both + gained, total)
    related = _correlation(gained, lost, both, neither)
    down = _hybrid(second, first, related)
    up = _hybrid(first, second, related)
    difference = (gained - lost) / total
    return Estimate(difference, max(difference - down, -1.0), min(difference + up, 1.0))


def difference_of(after: Estimate, before: Estimate) -> Estimate:
    """Return the difference of two independent figures (square-and-add; Zou and Donner 2008)."""
    value = after.value - before.value
    if None in (after.low, after.high, before.low, before.high):
        return Estimate(value, None, None)
    return Estimate(value, value - _hybrid(after, before, 0.0), value + _hybrid(before, after, 0.0))


def _gamma(chance: float, total: float, squares: float) -> float:
    return float(squares / total * gammaincinv(total * total / squares, chance))


def _hybrid(lower: Estimate, upper: Estimate, related: float) -> float:
    """Return how far the difference may lie below: from the lower end of one and the upper end of the other."""
    assert lower.low is not None  # noqa: S101 - callers have looked
    assert upper.high is not None  # noqa: S101 - likewise
    one, other = lower.value - lower.low, upper.high - upper.value
    return sqrt(max(one * one - 2 * related * one * other + other * other, 0.0))


def _correlation(gained: int, lost: int, both: int, neither: int) -> float:
    margins = (both + lost) * (gained + neither) * (both + gained) * (lost + neither)
    if margins == 0:
        return 0.0
    covered = float(both * neither - gained * lost)
    # Newcombe's correction for continuity, which applies to positive correlation only.
    if covered > 0:
        covered = max(covered - (gained + lost + both + neither) / 2, 0.0)
    return covered / sqrt(margins)
