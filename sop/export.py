"""A policy in JSON types, with its conditions in words, for the service and for scripts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sop.types import Policy, Rule
from sop.words import random_words, share_words, when_words


def policy_as_json(policy: Policy) -> dict[str, Any]:
    """Return the policy; `when` is in words, as officers and authors read it."""
    return {
        "sop": policy.name,
        "version": policy.version,
        "effective_from": policy.effective_from.isoformat(),
        "owner": policy.owner,
        "lanes": dict(policy.lanes),
        "rules": [_rule(rule) for rule in policy.rules],
        "missing_evidence": {key: asdict(step) for key, step in policy.missing_evidence.items()},
        "random_selection": {**asdict(policy.random_selection), "text": random_words(policy.random_selection)},
        "workload": {lane: {**asdict(share), "text": share_words(share)} for lane, share in policy.workload.items()},
        "default_lane": policy.default_lane,
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "title": rule.title,
        "when": when_words(rule.when),
        "lane": rule.lane,
        "reference": rule.reference,
        "reviewed": rule.reviewed.isoformat() if rule.reviewed else None,
        "instructions": rule.instructions,
    }
