"""Whom a change meets: the shares that are opened and held, by origin, mail class, channel, stage, station and hour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr, bdtrc

from sop.simulation.intervals import Estimate, paired_difference, share_of
from sop.simulation.types import Coded, Counts, Floats, Mask, Past, Side, opened
from sop.types import LANES

LEAST = 100
"""Below so many screenings a share moves by a point with a single parcel: the group is marked as small."""
LEVEL = 0.05
HOUR = "hour of day"
RELEASE = LANES.index("release")
NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A share of a group's screenings, 0 to 1, before and after.

    Attributes:
        before: The share before.
        after: The share after.
        difference: After less before, on the same screenings.
        stands_out: Whether the group has another part of the screenings that come in, or go out, than it has of all
            screenings, beyond what chance explains when so many groups are looked at (binomial test at 5 % divided by
            the number of tests of this trait).
    """

    before: Estimate
    after: Estimate
    difference: Estimate
    stands_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """One group of screenings.

    Attributes:
        name: Country, mail class, channel, stage, station or hour.
        screenings: How many there are.
        changed: How many get another lane.
        opened: The share in a lane in which an officer looks.
        held: The share in any lane but release.
        small: Whether there are too few screenings to build on.
    """

    name: str
    screenings: int
    changed: int
    opened: Effect
    held: Effect
    small: bool

    @property
    def stands_out(self) -> bool:
        """Whether one of its shares does."""
        return self.opened.stands_out or self.held.stands_out


def group_rows(past: Past, before: Side, after: Side) -> dict[str, tuple[GroupRow, ...]]:
    """Return the groups of every trait and of the hour of day, by name of the trait, the largest first."""
    told = {name: trait for name, trait in _traits(past).items() if trait.names != ("",)}
    return {name: tuple(_rows(trait, before, after, name == HOUR)) for name, trait in told.items()}


def _traits(past: Past) -> Mapping[str, Coded]:
    hours = Coded(past.hour.astype(np.int32), tuple(f"{hour:02d}" for hour in range(24)))
    return {**past.traits, HOUR: hours}


def _rows(trait: Coded, before: Side, after: Side, in_order: bool) -> Iterator[GroupRow]:
    table = _Table(trait)
    changed = table.counts(before.lane != after.lane)
    looked = table.effects(opened(before.lane), opened(after.lane))
    kept = table.effects(before.lane != RELEASE, after.lane != RELEASE)
    for at in range(len(trait.names)) if in_order else np.argsort(-table.total, kind="stable").tolist():
        if size := int(table.total[at]):
            yield GroupRow(
                name=trait.names[at] or NOT_KNOWN, screenings=size, changed=int(changed[at]),
                opened=looked[at], held=kept[at], small=size < LEAST,
            )  # fmt: skip


class _Table:
    """Counts the screenings of each group."""

    def __init__(self, trait: Coded) -> None:
        self._codes, self._groups = trait.codes, len(trait.names)
        self.total = np.bincount(trait.codes, minlength=self._groups)

    def counts(self, holds: Mask) -> Counts:
        """Return for how many screenings of each group something holds."""
        return np.bincount(self._codes[holds], minlength=self._groups)

    def effects(self, was: Mask, now: Mask) -> list[Effect]:
        """Return the effect on each group of what held before and holds now."""
        both, gained, lost = (self.counts(one) for one in (was & now, now & ~was, was & ~now))
        apart = _apart(self.total, gained, lost)
        rows = zip(self.total.tolist(), both.tolist(), gained.tolist(), lost.tolist(), apart.tolist(), strict=True)
        return [_effect(*row) for row in rows]


def _effect(total: int, both: int, gained: int, lost: int, stands_out: bool) -> Effect:
    return Effect(
        before=share_of(both + lost, total),
        after=share_of(both + gained, total),
        difference=paired_difference(gained, lost, both, total - both - gained - lost),
        stands_out=stands_out,
    )


def _apart(total: Counts, gained: Counts, lost: Counts) -> Mask:
    """Return which groups have another part of the screenings that change than they have of all screenings."""
    groups = max(int((total > 0).sum()), 1)
    share = total / total.sum()
    unlikely = np.minimum(_chance(gained, share), _chance(lost, share))
    # Two questions a group: does it gain otherwise, does it lose otherwise.
    found: Mask = (total >= LEAST) & (unlikely < LEVEL / (2 * groups))
    return found


def _chance(counts: Counts, share: Floats) -> Floats:
    """Return how likely a count at least as far out is by chance alone (binomial, two-sided by doubling)."""
    events = int(counts.sum())
    low, high = bdtr(counts, events, share), bdtrc(counts - 1.0, events, share)
    found: Floats = np.minimum(2 * np.minimum(low, np.where(counts == 0, 1.0, high)), 1.0)
    return found
