"""Whom a change meets: the share that officers open, by origin, mail class, channel, stage and hour of day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from sop.simulate_intervals import TAIL, Estimate, paired_difference, share_of
from sop.simulate_types import Coded, Codes, Counts, Mask, Past, Side, opened
from sop.types import LANES

LEAST = 100
"""Below so many screenings a share moves by a point with a single parcel: the cell is marked as small."""
HOUR = "hour of day"
RELEASE = LANES.index("release")
NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """One group of screenings.

    Attributes:
        name: Country, mail class, channel, stage or hour.
        screenings: How many there are.
        changed: How many get another lane.
        opened_before: Share, 0 to 1, in a lane in which an officer looks.
        opened_after: The same after.
        held_before: Share, 0 to 1, in any lane but release.
        held_after: The same after.
        difference: `opened_after` less `opened_before`, on the same screenings.
        small: Whether there are too few screenings to build on.
        stands_out: Whether the share opened changes otherwise than that of all other screenings, beyond what chance
            explains when so many groups are looked at (z of two samples at 5 % divided by the number of groups).
    """

    name: str
    screenings: int
    changed: int
    opened_before: Estimate
    opened_after: Estimate
    held_before: float
    held_after: float
    difference: Estimate
    small: bool
    stands_out: bool


def group_rows(past: Past, before: Side, after: Side) -> dict[str, tuple[GroupRow, ...]]:
    """Return the groups of every trait and of the hour of day, by name of the trait."""
    told = {name: trait for name, trait in _traits(past).items() if trait.names != ("",)}
    return {name: tuple(_rows(trait, before, after)) for name, trait in told.items()}


def _traits(past: Past) -> Mapping[str, Coded]:
    hours = Coded(past.hour.astype(np.int32), tuple(f"{hour:02d}" for hour in range(24)))
    return {**past.traits, HOUR: hours}


def _rows(trait: Coded, before: Side, after: Side) -> Iterator[GroupRow]:
    was, now = opened(before.lane), opened(after.lane)
    table = _Table(trait.codes, len(trait.names))
    total, changed = table(np.ones_like(was)), table(before.lane != after.lane)
    both, gained, lost = table(was & now), table(now & ~was), table(was & ~now)
    held = table(before.lane != RELEASE), table(after.lane != RELEASE)
    order = range(len(trait.names)) if trait.names[:2] == ("00", "01") else np.argsort(-total, kind="stable").tolist()
    apart = _apart(total, gained, lost)
    for at in order:
        if size := int(total[at]):
            pairs = int(gained[at]), int(lost[at]), int(both[at])
            yield GroupRow(
                name=trait.names[at] or NOT_KNOWN, screenings=size, changed=int(changed[at]),
                opened_before=share_of(pairs[2] + pairs[1], size), opened_after=share_of(pairs[2] + pairs[0], size),
                held_before=int(held[0][at]) / size, held_after=int(held[1][at]) / size,
                difference=paired_difference(*pairs, size - sum(pairs)),
                small=size < LEAST, stands_out=bool(apart[at]),
            )  # fmt: skip


class _Table:
    """Counts the screenings of each group for which something holds."""

    def __init__(self, codes: Codes, groups: int) -> None:
        self._codes, self._groups = codes, groups

    def __call__(self, holds: Mask) -> Counts:
        return np.bincount(self._codes[holds], minlength=self._groups)


def _apart(total: Counts, gained: Counts, lost: Counts) -> Mask:
    """Return which groups change otherwise than all others together."""
    groups = int((total > 0).sum())
    rest, net, moved = total.sum() - total, gained - lost, gained + lost
    with np.errstate(divide="ignore", invalid="ignore"):
        mean, other = net / total, (net.sum() - net) / rest
        spread = (moved / total - mean**2) / total + ((moved.sum() - moved) / rest - other**2) / rest
        distance = np.abs(mean - other) / np.sqrt(spread)
    limit = float(ndtri(1 - TAIL / max(groups, 1)))
    found: Mask = (total >= LEAST) & (rest >= LEAST) & (distance > limit)
    return found
