"""Decides one parcel: the first rule that matches, then missing evidence, then chance, then the workload.

Missing evidence and chance may raise the lane and never lower it. The workload raises what ranks highest, and lowers
only what a rule allows to be trimmed. A pure function of its arguments; it does not depend on the order of keys in
the policy file. `sop.bulk.decide` gives the same decisions for many parcels at once.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Final, TypeGuard
from zoneinfo import ZoneInfo

from sop.moves import move, rank_of, way_out
from sop.signals import Test, known, tests_of
from sop.types import (
    DEFAULT_RULE,
    MISSING_KEYS,
    MISSING_RULE,
    RANDOM_RULE,
    WORKLOAD_RULE,
    Condition,
    Cut,
    Decision,
    Evidence,
    MissingKey,
    OneOf,
    Policy,
    Rule,
    Share,
    When,
    severity,
)
from sop.words import MISSING_WORDS, met_words, number
from sop.workload_words import move_words


@dataclass(frozen=True, slots=True)
class Draws:
    """A parcel's own fractions in [0, 1): `chance` for the random selection, `tie` for the workload's cuts."""

    chance: float
    tie: float


def decide(policy: Policy, evidence: Evidence, secret: bytes = b"", *, on: date, cuts: Sequence[Cut] = ()) -> Decision:
    """Decide the lane of one parcel.

    Args:
        policy: The procedure in force for the parcel, see `Package.policy_for`.
        evidence: What is known of the parcel.
        secret: Key of the random selection. With an empty one, whoever knows the policy's name can compute which
            item numbers chance selects.
        on: The day of the decision in the policy's time zone, see `day_of`.
        cuts: The cuts of the workload in force, of any stage, at most one for each stage and lane.

    Returns:
        The decision, the same for the same arguments.
    """
    return decide_drawn(policy, evidence, draws_of(policy.name, evidence.item_id, secret), on=on, cuts=cuts)


def decide_drawn(policy: Policy, evidence: Evidence, draws: Draws, *, on: date, cuts: Sequence[Cut] = ()) -> Decision:
    """Decide the lane of one parcel whose draws are known, for example from its stored evidence."""
    selected = draws.chance < policy.random_selection.rate
    return decide_selected(policy, evidence, selected, on=on, cuts=cuts, tie_draw=draws.tie)


def decide_selected(
    policy: Policy,
    evidence: Evidence,
    selected: bool,
    *,
    on: date,
    cuts: Sequence[Cut] = (),
    tie_draw: float = 0.0,
) -> Decision:
    """Decide the lane of one parcel of which it is known whether chance selects it."""
    rule = first_match(policy, evidence, on)
    decision = _by_rule(policy, rule, evidence, on)
    decision = _with_missing(policy, decision, missing_keys(evidence))
    decision = _with_chance(policy, decision, selected)
    return _with_workload(policy, decision, evidence, on, cuts, tie_draw) if cuts else decision


def day_of(policy: Policy, moment: datetime) -> date:
    """Return the day of a moment, which must have a time zone, in the policy's time zone."""
    return moment.astimezone(_zone(policy.time_zone)).date()


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def draws_of(policy_name: str, item_id: str, secret: bytes) -> Draws:
    """Return both draws of a parcel; see `draw_of` and `tie_draw_of`."""
    return Draws(draw_of(policy_name, item_id, secret), tie_draw_of(policy_name, item_id, secret))


def draw_of(policy_name: str, item_id: str, secret: bytes) -> float:
    """Return the fraction in [0, 1) by which chance selects a parcel: it is selected where this is below the rate.

    HMAC-SHA256 (RFC 2104) of the policy's name and the item number under the secret, its first 53 bits read as a
    fraction. The version is left out, so that a changed threshold does not draw new parcels.
    """
    return _fraction(f"{policy_name}\0{item_id}", secret)


def tie_draw_of(policy_name: str, item_id: str, secret: bytes) -> float:
    """Return the fraction in [0, 1) that settles a tie at a cut: as `draw_of`, under another label.

    An item number holds no NUL, so that no other parcel's `draw_of` is the same.
    """
    return _fraction(f"{policy_name}\0workload\0{item_id}", secret)


def is_selected(policy: Policy, item_id: str, secret: bytes) -> bool:
    """Return whether chance selects the parcel: the same parcel always, other parcels at the policy's rate."""
    return draw_of(policy.name, item_id, secret) < policy.random_selection.rate


def first_match(policy: Policy, evidence: Evidence, on: date) -> Rule | None:
    """Return the first rule in force on a day whose conditions all hold, or None."""
    for rule, dated, tests in _rules_of(policy, evidence.stage):
        # Written out, for every rule and parcel come along here.
        for test in tests:
            if not test(evidence, on):
                break
        else:
            if not dated or rule.in_force(on):
                return rule
    return None


Prepared = tuple[tuple[Rule, bool, tuple[Test, ...]], ...]
"""Rules in their order, whether days bound them, and the tests of their conditions."""
# Keyed by identity, because a policy is no key by value; it is kept beside its tests so that no other takes its place.
_rules: Final[dict[tuple[int, str], tuple[Policy, Prepared]]] = {}
KEPT_POLICIES = 32


def _rules_of(policy: Policy, stage: str) -> Prepared:
    """Return the rules of a policy that may match at a stage, in order, with the tests of their conditions."""
    found = _rules.get((id(policy), stage))
    if found is None:
        if len(_rules) >= KEPT_POLICIES:
            _rules.clear()
        rules = tuple(
            (rule, rule.starts is not None or rule.ends is not None, tests_of(_beside_stage(rule.when)))
            for rule in policy.rules
            if _for_stage(rule, stage)
        )
        found = _rules[(id(policy), stage)] = (policy, rules)
    return found[1]


def _for_stage(rule: Rule, stage: str) -> bool:
    """Return whether no condition of a rule says that it is for other stages only."""
    return all(stage in one.values for one in rule.when if _of_stage(one))


def _beside_stage(when: When) -> When:
    """Return the conditions that are left to ask of a parcel whose stage is one of theirs."""
    return tuple(one for one in when if not _of_stage(one))


def _of_stage(condition: Condition) -> TypeGuard[OneOf]:
    return isinstance(condition, OneOf) and condition.signal == "stage" and not condition.lists


def missing_keys(evidence: Evidence) -> tuple[MissingKey, ...]:
    """Return the missing evidence in the order of MISSING_KEYS.

    What the caller named, and what follows from the values themselves: a risk that is no number is unavailable, and a
    picture that could not be assessed for no stated reason counts as not judged. Nothing missing passes in silence.
    """
    missing = set(evidence.missing)
    if not known(evidence.risk):
        missing.add("risk_unavailable")
    if evidence.xray_assessment == "unknown" and not missing & {"image_unreadable", "image_shielded"}:
        missing.add("xray_unavailable")
    return tuple(key for key in MISSING_KEYS if key in missing)


def _fraction(message: str, secret: bytes) -> float:
    keyed = _keyed(secret).copy()
    keyed.update(message.encode())
    return (int.from_bytes(keyed.digest()[:8], "big") >> 11) / (1 << 53)


# To begin anew with the key costs more than the message does.
@lru_cache(maxsize=8)
def _keyed(secret: bytes) -> hmac.HMAC:
    return hmac.new(secret, digestmod="sha256")


def _by_rule(policy: Policy, rule: Rule | None, evidence: Evidence, on: date) -> Decision:
    lane = rule.lane if rule else policy.default_lane
    return Decision(
        lane=lane,
        outcome=(rule and rule.outcome) or policy.lanes[lane],
        rule=rule.id if rule else DEFAULT_RULE,
        reason=_rule_reason(rule, evidence, on)
        if rule
        else f"No rule applies to this parcel; its default lane is {lane}.",
        reference=rule.reference if rule else None,
        instructions=rule.instructions if rule else None,
        random_selection=False,
        selection_probability=policy.random_selection.rate,
        degraded=(),
        placed_by="rule" if rule else "default",
    )


def _rule_reason(rule: Rule, evidence: Evidence, on: date) -> str:
    met = met_words(rule.when, evidence, on)
    return f"{rule.title}: {met}." if met else f"{rule.title}."


def _with_missing(policy: Policy, decision: Decision, missing: tuple[MissingKey, ...]) -> Decision:
    if not missing:
        return decision
    decision = replace(decision, degraded=missing)
    # max keeps the first of equals, so the order of MISSING_KEYS settles a tie, not the order in the file.
    key = max(missing, key=lambda one: severity(policy.missing_evidence[one].lane))
    step = policy.missing_evidence[key]
    # Where no rule spoke and the default lane is as severe, what is missing explains the lane better than silence.
    explains = decision.rule == DEFAULT_RULE and step.lane == decision.lane != "release"
    if severity(step.lane) <= severity(decision.lane) and not explains:
        return decision
    return replace(
        decision,
        lane=step.lane,
        outcome=policy.lanes[step.lane],
        rule=MISSING_RULE + key,
        reason=f"{MISSING_WORDS[key]} The procedure then asks for at least {step.lane}. {_otherwise(decision)}",
        reference=step.reference,
        instructions=step.instructions,
        placed_by="missing_evidence",
    )


def _with_chance(policy: Policy, decision: Decision, selected: bool) -> Decision:
    if not selected:
        return decision
    step = policy.random_selection
    decision = replace(decision, random_selection=True)
    if severity(step.lane) <= severity(decision.lane):
        return decision
    share = number(step.rate * 100)
    return replace(
        decision,
        lane=step.lane,
        outcome=policy.lanes[step.lane],
        rule=RANDOM_RULE,
        reason=f"Selected by chance, as {share} % of all parcels are; nothing need be wrong. {_otherwise(decision)}",
        reference=step.reference,
        instructions=step.instructions,
        placed_by="chance",
        placement_probability=step.rate,
    )


def _with_workload(
    policy: Policy, decision: Decision, evidence: Evidence, on: date, cuts: Sequence[Cut], tie_draw: float
) -> Decision:
    here = [cut for cut in cuts if cut.stage == evidence.stage]
    rank = rank_of(evidence)
    if not here or rank is None:
        return decision
    result = move(decision.lane, way_out(policy, decision, evidence, on), rank[1], tie_draw, here)
    probability = decision.placement_probability * result.probability
    if result.cut is None:
        return decision
    words = move_words(decision.lane, result, rank)
    if not result.moved:
        return replace(decision, placement_probability=probability, reason=f"{decision.reason} {words}")
    step = policy.workload.get(result.cut.lane, Share())
    return replace(
        decision,
        lane=result.lane,
        outcome=policy.lanes[result.lane],
        rule=WORKLOAD_RULE,
        reason=f"{words} {_otherwise(decision)}",
        reference=step.reference,
        instructions=step.instructions,
        placed_by="workload",
        placement_probability=result.probability,
        cut=result.cut,
    )


def _otherwise(decision: Decision) -> str:
    return f"Otherwise: {decision.lane} by {decision.rule} ({decision.reason.rstrip('.')})."
