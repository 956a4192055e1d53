"""What would have been found: finds on record under each procedure, and what chance says about parcels nobody opened.

A parcel counts once, however often it was screened; it counts as opened under a procedure when any of its screenings
goes to a lane in which an officer looks, and as X-rayed when the most severe one goes to scan. Which parcels were
opened then, and why, comes from the record.

Parcels that the rules opened are known one by one. Of all others only those that chance opened are known, each selected
with a probability that was kept; weighted by its inverse they stand for all others (Horvitz and Thompson 1952). Parcels
that chance selected and about which nobody wrote what was in them are taken to be like those that have a result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sop.simulation.advance import Advance, advance_of
from sop.simulation.intervals import Estimate, count_of, difference_of, share_of, weighted_count
from sop.simulation.types import ILLICIT, Bytes, Floats, Mask, Past, Side, closeness, opened
from sop.types import LANES, Lane

NO_LANE = len(LANES)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneFinds:
    """Parcels by the most severe lane of their screenings under one procedure.

    `known`: what was in them is on record; `illicit` of them held firearms, parts or ammunition.
    """

    lane: Lane
    parcels: int
    known: int
    illicit: int
    hit_rate: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """The parcels that only chance opened, and what they say about all that the rules then did not open.

    Attributes:
        selected: Parcels that only chance opened.
        known: Those of them with a result on record.
        illicit: Those of them that were illicit.
        overlooked: Estimate of the illicit parcels among all that the rules then in force did not open.
        before: Those of them that the procedure before opens by its rules.
        after: Those of them that the procedure after opens by its rules.
        gained: Those of them that only the procedure after opens.
        lost: Those of them that only the procedure before opens.
    """

    selected: int
    known: int
    illicit: int
    overlooked: Estimate
    before: Estimate
    after: Estimate
    gained: Estimate
    lost: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What of the illicit parcels on record is opened, before and after.

    Attributes:
        parcels: Different parcels.
        known: Parcels whose contents are on record, because somebody looked.
        illicit: Illicit ones of them.
        opened_before: Parcels that the procedure before sends to a lane in which an officer looks.
        opened_after: The same after.
        found_before: Illicit parcels on record that it so sends.
        found_after: The same after.
        scanned_before: Illicit parcels on record that go to the lane scan and to none in which an officer looks.
        scanned_after: The same after.
        recall_before: The share of the illicit parcels on record that is opened.
        recall_after: The same after.
        gained: Illicit parcels on record that are looked at more closely after: opened instead of X-rayed or neither,
            or X-rayed instead of neither.
        lost: Those that are looked at less closely after; the intervals are what another such period may bring.
        lost_to: Where the lost ones go after, by lane.
        newly_opened: Parcels that only the procedure after opens.
        newly_opened_known: Those of them whose contents are on record: chance, or an officer, opened them anyway.
        no_longer_opened: Parcels that only the procedure before opens.
        never_opened: Parcels of whose contents nothing is on record.
        before: By lane, most severe first.
        after: By lane, most severe first.
        chance: What chance says; None where nobody selected by chance, or where the record does not tell.
        change: Illicit parcels found by the rules, after less before: those on record and the estimate for the others.
        advance: What changes before arrival, and which finds are in doubt for it.
    """

    parcels: int
    known: int
    illicit: int
    opened_before: int
    opened_after: int
    found_before: int
    found_after: int
    scanned_before: int
    scanned_after: int
    recall_before: Estimate
    recall_after: Estimate
    gained: Estimate
    lost: Estimate
    lost_to: Mapping[Lane, int]
    newly_opened: int
    newly_opened_known: int
    no_longer_opened: int
    never_opened: int
    before: tuple[LaneFinds, ...]
    after: tuple[LaneFinds, ...]
    chance: Chance | None
    change: Estimate
    advance: Advance


@dataclass(frozen=True, slots=True)
class _Parcels:
    """One row a parcel: the record, and the lane and the opening under each procedure."""

    known: Mask
    illicit: Mask
    by_rules_then: Mask
    by_chance_then: Mask
    weight: Floats
    before: Bytes
    after: Bytes
    rules_before: Mask
    rules_after: Mask


def findings(past: Past, before: Side, after: Side, chance: int) -> Findings:
    """Compare what is found.

    Args:
        past: The screenings.
        before: What the procedure before decides.
        after: What the procedure after decides.
        chance: The code of `placed_by` that stands for chance.
    """
    one = _gather(past, before, after, chance)
    was, now = opened(one.before), opened(one.after)
    illicit, total = one.illicit, int(one.illicit.sum())
    first, second = closeness(one.before), closeness(one.after)
    gained, lost = illicit & (second > first), illicit & (second < first)
    said = _chance(one)
    return Findings(
        parcels=len(was), known=int(one.known.sum()), illicit=total,
        opened_before=int(was.sum()), opened_after=int(now.sum()),
        found_before=int((illicit & was).sum()), found_after=int((illicit & now).sum()),
        scanned_before=int((illicit & (first == 1)).sum()), scanned_after=int((illicit & (second == 1)).sum()),
        recall_before=share_of(int((illicit & was).sum()), total),
        recall_after=share_of(int((illicit & now).sum()), total),
        gained=count_of(int(gained.sum())), lost=count_of(int(lost.sum())), lost_to=_by_lane(one.after[lost]),
        newly_opened=int((now & ~was).sum()), newly_opened_known=int((now & ~was & one.known).sum()),
        no_longer_opened=int((was & ~now).sum()), never_opened=int((~one.known).sum()),
        before=_lanes(one, one.before), after=_lanes(one, one.after),
        chance=said, change=_change(one, said), advance=advance_of(past, before, after, illicit & ~lost),
    )  # fmt: skip


def _gather(past: Past, before: Side, after: Side, chance: int) -> _Parcels:
    parcels = past.parcels
    found = _most(past, past.found, parcels)
    recorded = past.recorded
    opened_then = opened(recorded.lane)
    rules_then = _any(past, opened_then & ~recorded.by_chance, parcels)
    chance_then = _any(past, opened_then & recorded.by_chance, parcels) & ~rules_then
    probability = np.zeros(parcels)
    np.maximum.at(probability, past.items, np.where(recorded.by_chance, recorded.probability, 0.0))
    with np.errstate(divide="ignore"):
        weight = np.where(probability > 0, 1 / probability, 0.0)
    return _Parcels(
        known=found > 0, illicit=found == ILLICIT, by_rules_then=rules_then, by_chance_then=chance_then, weight=weight,
        before=_least(past, before.lane, parcels), after=_least(past, after.lane, parcels),
        rules_before=_any(past, opened(before.lane) & (before.placed_by != chance), parcels),
        rules_after=_any(past, opened(after.lane) & (after.placed_by != chance), parcels),
    )  # fmt: skip


def _chance(one: _Parcels) -> Chance | None:
    selected = one.by_chance_then & (one.weight > 0)
    known = selected & one.known
    if not known.any():
        return None
    # Those selected without a result are taken to be like the others: their weight goes to the others.
    weight = one.weight * (one.weight[selected].sum() / one.weight[known].sum())
    rules, later = one.rules_before, one.rules_after

    def estimate(domain: Mask) -> Estimate:
        seen = weight[known & one.illicit & domain]
        # No more can be illicit than there are; the interval of a few parcels would otherwise run past all of them.
        most = int((~one.by_rules_then & domain).sum())
        if not most:
            return Estimate(0.0, 0.0, 0.0)
        found = weighted_count(float(seen.sum()), float((seen**2).sum()), float(weight[known].max()))
        return Estimate(min(found.value, most), found.low, min(found.high or 0.0, most))

    everything = np.ones_like(known)
    return Chance(
        selected=int(selected.sum()), known=int(known.sum()), illicit=int((known & one.illicit).sum()),
        overlooked=estimate(everything), before=estimate(rules), after=estimate(later),
        gained=estimate(later & ~rules), lost=estimate(rules & ~later),
    )  # fmt: skip


def _change(one: _Parcels, said: Chance | None) -> Estimate:
    """Return finds by the rules, after less before: certain ones among what the rules opened then, and the estimate."""
    certain = one.illicit & ~one.by_chance_then
    difference = int((certain & one.rules_after).sum()) - int((certain & one.rules_before).sum())
    if said is None:
        return Estimate(float(difference), None, None)
    rest = difference_of(said.gained, said.lost)
    return Estimate(*(None if part is None else part + difference for part in (rest.value, rest.low, rest.high)))  # type: ignore[arg-type]


def _by_lane(lanes: Bytes) -> dict[Lane, int]:
    counts = np.bincount(lanes, minlength=len(LANES)).tolist()
    return {lane: count for lane, count in zip(LANES, counts, strict=True) if count}


def _lanes(one: _Parcels, lane: Bytes) -> tuple[LaneFinds, ...]:
    counts, known, illicit = (
        np.bincount(lane[which], minlength=len(LANES)).tolist()
        for which in (np.ones_like(one.known), one.known, one.illicit)
    )
    return tuple(
        LaneFinds(lane=name, parcels=counts[at], known=known[at], illicit=illicit[at],
                  hit_rate=share_of(illicit[at], known[at]))
        for at, name in enumerate(LANES)
    )  # fmt: skip


def _any(past: Past, rows: Mask, parcels: int) -> Mask:
    found = np.zeros(parcels, dtype=np.bool_)
    found[past.items[rows]] = True
    return found


def _most(past: Past, values: Bytes, parcels: int) -> Bytes:
    found = np.zeros(parcels, dtype=np.int8)
    np.maximum.at(found, past.items, values)
    return found


def _least(past: Past, values: Bytes, parcels: int) -> Bytes:
    found = np.full(parcels, NO_LANE, dtype=np.int8)
    np.minimum.at(found, past.items, values)
    return found
