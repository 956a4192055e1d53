"""What `workload` may do with one parcel: which rules may be trimmed, how parcels are ranked, and which cut moves one.

Raising is always safe; lowering is not. Out of a lane goes only what nothing but a score put there: see `trim_lane`
and `way_out`. Cuts are worked out from earlier parcels by `sop.workload`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sop.signals import PART_PREFIX, all_hold, known
from sop.types import LANES, AnyOf, Condition, Cut, Decision, Evidence, Lane, Policy, Rule, When

HARD_EVIDENCE = frozenset({"xray", "xray_assessment", "contradiction", "watchlist", "finding_history", "indicator"})
"""Signals that say what was seen or known, and `part.`; a rule that asks for one is not trimmed by default."""

SCORES = frozenset({"risk", "combined"})


@dataclass(frozen=True, slots=True)
class Move:
    """What the cuts did with a parcel.

    Attributes:
        lane: Where it is now.
        cut: The cut that moved it, or that went through parcels ranked as it is and let it stay; None: no cut did
            either.
        moved: Whether the cut moved it.
        probability: The share, 0 to 1, of the parcels ranked as it is that meet this fate; 1 away from the cut.
    """

    lane: Lane
    cut: Cut | None = None
    moved: bool = False
    probability: float = 1.0


def milder(one: Lane, other: Lane) -> bool:
    """Return whether one lane is milder than the other."""
    return LANES.index(one) > LANES.index(other)


def rank_of(evidence: Evidence) -> tuple[str, float] | None:
    """Return the signal that ranks a parcel and its value: `combined` where known, else `risk`; None: unknown."""
    if known(evidence.combined):
        return "combined", evidence.combined
    return ("risk", evidence.risk) if known(evidence.risk) else None


def trim_lane(rule: Rule) -> Lane | None:
    """Return the lane to which the workload may move the lowest-ranked parcels of a rule, or None: to none.

    What the rule's `trim` says. Where it says nothing: the next milder lane, but never release, for a rule that rests
    on a score and asks for no hard evidence. Never for a rule that detains.
    """
    if rule.lane == "detain" or rule.trim == "never":
        return None
    if rule.trim is not None:
        return rule.trim if milder(rule.trim, rule.lane) else None
    if rule.lane in ("documents", "release") or not _rests_on_a_score(rule.when) or _asks_hard_evidence(rule.when):
        return None
    return LANES[LANES.index(rule.lane) + 1]


def least_lane(rule: Rule) -> Lane:
    """Return the mildest lane that a parcel which meets a rule may get by the workload: see `trim_lane`."""
    return trim_lane(rule) or rule.lane


def way_out(policy: Policy, decision: Decision, evidence: Evidence, on: date) -> Lane | None:
    """Return the lane to which the workload may move a parcel, or None where it may not be moved out.

    Only a parcel that a rule placed and that chance did not select; never below what missing evidence asks for, nor
    below what any other rule that the parcel meets would hold it to: a score that stands before a watch list must not
    let a listed parcel slip out.
    """
    if decision.placed_by != "rule" or decision.random_selection:
        return None
    met = [rule for rule in policy.rules if rule.in_force(on) and all_hold(rule.when, evidence, on)]
    if trim_lane(met[0]) is None:
        return None
    lane = min([*map(least_lane, met), *_floors(policy, decision.degraded)], key=LANES.index)
    return lane if milder(lane, decision.lane) else None


def move(lane: Lane, out: Lane | None, rank: float, tie_draw: float, cuts: Sequence[Cut]) -> Move:
    """Apply the cuts of a parcel's stage, the most severe lane first; the first that concerns the parcel moves it.

    Args:
        lane: Where rule, missing evidence and chance put the parcel.
        out: Where it may go out to, see `way_out`.
        rank: Its rank, 0 to 1.
        tie_draw: Its own fraction in [0, 1), which settles what becomes of it at a cut.
        cuts: At most one a lane.
    """
    stays = Move(lane)
    for cut in sorted(cuts, key=lambda one: LANES.index(one.lane)):
        target = _target(cut, lane, out)
        if target is None:
            continue
        if rank != cut.rank:
            if (rank > cut.rank) == (cut.moves == "in"):
                return Move(target, cut, True, stays.probability)
            continue
        goes = tie_draw < cut.tie if cut.moves == "in" else tie_draw >= cut.tie
        share = cut.tie if goes == (cut.moves == "in") else 1.0 - cut.tie
        if goes:
            return Move(target, cut, True, stays.probability * share)
        stays = Move(lane, cut, False, stays.probability * share)
        if cut.moves == "in":
            # What is left of the draw is uniform again, so that the next cut's share is what it says.
            tie_draw = (tie_draw - cut.tie) / (1.0 - cut.tie)
    return stays


def _target(cut: Cut, lane: Lane, out: Lane | None) -> Lane | None:
    if cut.moves == "in":
        return cut.lane if milder(lane, cut.lane) else None
    return out if lane == cut.lane else None


def _floors(policy: Policy, missing: Sequence[str]) -> list[Lane]:
    return [step.lane for key, step in policy.missing_evidence.items() if key in missing]


def _rests_on_a_score(when: When) -> bool:
    return any(_is_score(condition) for condition in when)


def _is_score(condition: Condition) -> bool:
    if isinstance(condition, AnyOf):
        # A parcel that meets an alternative without a score was not put there by one.
        return all(_rests_on_a_score(alternative) for alternative in condition.alternatives)
    return condition.signal in SCORES


def _asks_hard_evidence(when: When) -> bool:
    return any(_is_hard(condition) for condition in when)


def _is_hard(condition: Condition) -> bool:
    if isinstance(condition, AnyOf):
        return any(_asks_hard_evidence(alternative) for alternative in condition.alternatives)
    return condition.signal in HARD_EVIDENCE or condition.signal.startswith(PART_PREFIX)
