"""A procedure in JSON types, with its conditions in words, for the service and for scripts."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from sop.diff.packages import own_changes, own_version
from sop.lists import NamedList
from sop.package import Override, Package
from sop.reading.override import name_of
from sop.rule_words import entry_words, expiry_words, scope_words, trim_words
from sop.types import Policy, Rule
from sop.words import random_words, share_words, when_words


def policy_as_json(policy: Policy) -> dict[str, Any]:
    """Return the policy; `when` is in words, as officers and authors read it."""
    return {
        "sop": policy.name,
        "version": policy.version,
        "effective_from": policy.effective_from.isoformat(),
        "owner": policy.owner,
        "time_zone": policy.time_zone,
        "lanes": dict(policy.lanes),
        "rules": [_rule(rule) for rule in policy.rules],
        "missing_evidence": {key: asdict(step) for key, step in policy.missing_evidence.items()},
        "random_selection": {**asdict(policy.random_selection), "text": random_words(policy.random_selection)},
        "workload": {lane: {**asdict(share), "text": share_words(share)} for lane, share in policy.workload.items()},
        "default_lane": policy.default_lane,
        "accepted": dict(policy.accepted),
    }


def package_as_json(package: Package, on: date) -> dict[str, Any]:
    """Return a whole procedure: its base as `policy_as_json` gives it, digest, lists and overrides.

    Args:
        package: The procedure.
        on: The day for which lists are counted and called expired.
    """
    return {
        **policy_as_json(package.base),
        "digest": package.digest,
        "lists": [_list(one, on) for one in package.lists],
        "overrides": [_override(package.base, one) for one in package.overrides],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "title": rule.title,
        "when": when_words(rule.when),
        "lane": rule.lane,
        "outcome": rule.outcome,
        "from": rule.starts.isoformat() if rule.starts else None,
        "until": rule.ends.isoformat() if rule.ends else None,
        "trim": rule.trim,
        "trim_text": trim_words(rule),
        "reference": rule.reference,
        "reviewed": rule.reviewed.isoformat() if rule.reviewed else None,
        "instructions": rule.instructions,
        "carrier_text": rule.carrier_text,
        "accepted": dict(rule.accepted),
    }


def _list(named: NamedList, on: date) -> dict[str, Any]:
    return {
        "list": named.name,
        "kind": named.kind,
        "source": named.source,
        "issued": named.issued.isoformat(),
        "expires": named.expires.isoformat() if named.expires else None,
        "expired": named.expired(on),
        "text": expiry_words(named, on),
        "codes": list(named.codes(on)),
        "entries": entry_words(named),
    }


def _override(base: Policy, override: Override) -> dict[str, Any]:
    return {
        "override": name_of(override.file),
        "file": override.file,
        "version": own_version(override),
        "title": override.policy.title,
        "owner": override.policy.owner,
        "stations": list(override.scope.stations),
        "channels": list(override.scope.channels),
        "applies_to": scope_words(override.scope),
        "changes": [one.as_json() for one in own_changes(base, override)],
        "rules": [_rule(rule) for rule in override.policy.rules],
    }
