"""Decides one parcel: first matching rule, then missing evidence, then chance; each may raise the lane, none lowers it.

A pure function of policy, evidence and secret. It does not depend on the order of keys in the policy file.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace

from sop.signals import all_hold
from sop.types import (
    DEFAULT_RULE,
    MISSING_KEYS,
    MISSING_RULE,
    RANDOM_RULE,
    Decision,
    Evidence,
    MissingKey,
    Policy,
    Rule,
    severity,
)
from sop.words import MISSING_WORDS, met_words, number


def decide(policy: Policy, evidence: Evidence, secret: bytes = b"") -> Decision:
    """Decide the lane of one parcel.

    Args:
        policy: The procedure in force.
        evidence: What is known of the parcel.
        secret: Key of the random selection. With an empty one, whoever knows the policy's name can compute which
            item numbers chance selects.

    Returns:
        The decision, the same for the same arguments.
    """
    return decide_selected(policy, evidence, is_selected(policy, evidence.item_id, secret))


def decide_selected(policy: Policy, evidence: Evidence, selected: bool) -> Decision:
    """Decide the lane of one parcel whose random draw is already known."""
    decision = _by_rule(policy, evidence)
    decision = _with_missing(policy, decision, missing_keys(evidence))
    return _with_chance(policy, decision, selected)


def is_selected(policy: Policy, item_id: str, secret: bytes) -> bool:
    """Return whether chance selects the parcel: the same parcel always, other parcels at the policy's rate.

    HMAC-SHA256 (RFC 2104) of the policy's name and the item number under the secret, its first 53 bits read as a
    fraction in [0, 1). The version is left out, so that a changed threshold does not draw new parcels.
    """
    digest = hmac.new(secret, f"{policy.name}\0{item_id}".encode(), hashlib.sha256).digest()
    fraction = (int.from_bytes(digest[:8], "big") >> 11) / (1 << 53)
    return fraction < policy.random_selection.rate


def first_match(policy: Policy, evidence: Evidence) -> Rule | None:
    """Return the first rule whose conditions all hold, or None."""
    return next((rule for rule in policy.rules if all_hold(rule.when, evidence)), None)


def missing_keys(evidence: Evidence) -> tuple[MissingKey, ...]:
    """Return the missing evidence in the order of MISSING_KEYS.

    What the caller named, and what follows from the values themselves: a risk that is None is unavailable, and a
    picture that could not be assessed for no stated reason counts as not judged. Nothing missing passes in silence.
    """
    missing = set(evidence.missing)
    if evidence.risk is None:
        missing.add("risk_unavailable")
    if evidence.xray_assessment == "unknown" and not missing & {"image_unreadable", "image_shielded"}:
        missing.add("xray_unavailable")
    return tuple(key for key in MISSING_KEYS if key in missing)


def _by_rule(policy: Policy, evidence: Evidence) -> Decision:
    rule = first_match(policy, evidence)
    lane = rule.lane if rule else policy.default_lane
    return Decision(
        lane=lane,
        outcome=policy.lanes[lane],
        rule=rule.id if rule else DEFAULT_RULE,
        reason=_rule_reason(rule, evidence) if rule else f"No rule applies to this parcel; its default lane is {lane}.",
        reference=rule.reference if rule else None,
        instructions=rule.instructions if rule else None,
        random_selection=False,
        selection_probability=policy.random_selection.rate,
        degraded=(),
    )


def _rule_reason(rule: Rule, evidence: Evidence) -> str:
    met = met_words(rule.when, evidence)
    return f"{rule.title}: {met}." if met else f"{rule.title}."


def _with_missing(policy: Policy, decision: Decision, missing: tuple[MissingKey, ...]) -> Decision:
    decision = replace(decision, degraded=missing)
    if not missing:
        return decision
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
    )


def _otherwise(decision: Decision) -> str:
    return f"Otherwise: {decision.lane} by {decision.rule} ({decision.reason.rstrip('.')})."
