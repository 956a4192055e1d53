"""Checks on `workload` and `trim`: shares that nothing can keep, and parcels let go for want of room."""

from __future__ import annotations

from sop.lint.base import Notes, Subject
from sop.lint.space import leaves
from sop.moves import HARD_EVIDENCE, trim_lane
from sop.signals import PART_PREFIX
from sop.types import LANES, Lane, Policy, Rule, Share
from sop.words import number, signal_name


def check_workload(subject: Subject, notes: Notes) -> None:
    """Report everything about shares and trimming that cannot be kept or is hardly meant."""
    _sums(subject, notes)
    for lane, share in subject.policy.workload.items():
        mark = subject.mark("workload", lane)
        if (message := _not_kept(subject.policy, lane, share)) is not None:
            notes.warn(mark, "share_not_kept", message)
        if lane == "detain" and share.at_least_share:
            message = (
                f"With `detain: at_least_share {number(share.at_least_share)}` parcels on which no rule found anything "
                "are detained to fill a share. Remove it."
            )
            notes.warn(mark, "share_detains", message)
        _chance(subject, notes, lane, share)
    for rule in subject.policy.rules:
        _trim(subject, notes, rule)


def _sums(subject: Subject, notes: Notes) -> None:
    shares = subject.policy.workload
    least = sum(one.at_least_share or 0.0 for one in shares.values())
    most = sum(shares[lane].at_most_share or 0.0 for lane in LANES if _capped(shares.get(lane)))
    if least > 1.0 + 1e-9:
        message = f"Together the lanes are to hold at least {_percent(least)} of all parcels, more than there are."
        notes.error(subject.mark("workload"), "share_impossible", message)
    if all(_capped(shares.get(lane)) for lane in LANES) and most < 1.0 - 1e-9:
        message = f"Together the lanes may hold at most {_percent(most)} of all parcels; the others have no lane."
        notes.error(subject.mark("workload"), "share_impossible", message)


def _capped(share: Share | None) -> bool:
    return share is not None and share.at_most_share is not None


def _not_kept(policy: Policy, lane: Lane, share: Share) -> str | None:
    """Return why the workload can do nothing for a share, or None where it can."""
    if share.at_least_share and lane == "release":
        return "No lane is milder than release, so nothing can be moved into it; `at_least_share` does nothing here."
    if share.at_most_share is None or share.at_most_share >= 1.0:
        return None
    if lane == "detain":
        return "Parcels are never moved out of detain for want of room; `at_most_share` does nothing here."
    if lane == "release":
        return "Nothing is milder than release, so nothing can be moved out of it; set `at_least_share` on other lanes."
    if any(rule.lane == lane and trim_lane(rule) is not None for rule in policy.rules):
        return None
    return f"{lane} cannot be kept to {_percent(share.at_most_share)}: {_why_nothing_goes(policy, lane)}"


def _why_nothing_goes(policy: Policy, lane: Lane) -> str:
    if not any(rule.lane == lane for rule in policy.rules):
        return (
            "no rule leads there, and what default_lane, missing evidence or chance put there is never moved out. Drop "
            "the share."
        )
    if lane == "documents":
        return (
            "only release is milder, and parcels go there only where a rule says so with `trim: release`. Drop the "
            "share, or raise the threshold of a rule."
        )
    return (
        "every rule that leads there rests on something that was found, or says `trim: never`. Write `trim:` on the "
        "rule that may give way, raise its threshold, or drop the share."
    )


def _chance(subject: Subject, notes: Notes, lane: Lane, share: Share) -> None:
    chance = subject.policy.random_selection
    if share.at_most_share is not None and lane == chance.lane != "release" and chance.rate > share.at_most_share:
        message = (
            f"Chance alone sends {_percent(chance.rate)} of all parcels to {lane}, which is to hold at most "
            f"{_percent(share.at_most_share)}; what chance selects is never moved. Lower the rate or raise the share."
        )
        notes.warn(subject.mark("workload", lane), "share_by_chance", message)


def _trim(subject: Subject, notes: Notes, rule: Rule) -> None:
    if rule.trim is None or rule.trim == "never":
        return
    mark = subject.rule_mark(rule, "trim")
    if rule.trim == "release":
        message = (
            f"When {rule.lane} is too full, the lowest-ranked parcels of rule {rule.id} are released, although the "
            "rule found them. Trim to a lane in which somebody still looks."
        )
        notes.warn(mark, "trim_release", message, rule)
    if hard := sorted({leaf.signal for leaf in leaves(rule.when) if _is_hard(leaf.signal)}):
        named = ", ".join(signal_name(one) for one in hard)
        message = (
            f"Rule {rule.id} rests on what was found ({named}), and yet its parcels go to {rule.trim} when {rule.lane} "
            "is too full. Remove `trim`, so that such parcels stay."
        )
        notes.warn(mark, "trim_hard_evidence", message, rule)


def _is_hard(signal: str) -> bool:
    return signal in HARD_EVIDENCE or signal.startswith(PART_PREFIX)


def _percent(share: float) -> str:
    return f"{number(round(share * 100, 6))} %"
