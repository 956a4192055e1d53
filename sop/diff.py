"""What changed between two policies, in words, rule by rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sop.types import Policy, Rule
from sop.words import missing_step_words, random_words, share_words, when_words

Kind = Literal["added", "removed", "changed", "moved"]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `what` names a rule (`rule XR-010`) or a part of the policy; `before` and `after` are words."""

    kind: Kind
    what: str
    aspect: str
    before: str | None
    after: str | None

    def as_json(self) -> dict[str, Any]:
        """Return the object that `sop diff --json` prints."""
        return asdict(self)


def compare(old: Policy, new: Policy) -> tuple[Change, ...]:
    """Return every difference that can change a decision or what an officer reads."""
    return (*_heads(old, new), *_rules(old, new), *_order(old, new))


def _heads(old: Policy, new: Policy) -> Iterator[Change]:
    before, after = _head_words(old), _head_words(new)
    for aspect in dict.fromkeys((*before, *after)):
        if before.get(aspect) != after.get(aspect):
            yield Change("changed", "policy", aspect, before.get(aspect), after.get(aspect))


def _head_words(policy: Policy) -> dict[str, str]:
    return {
        "sop": policy.name,
        "version": policy.version,
        "effective_from": policy.effective_from.isoformat(),
        "owner": policy.owner,
        **{f"lanes.{lane}": outcome for lane, outcome in policy.lanes.items()},
        **{f"missing_evidence.{key}": missing_step_words(step) for key, step in policy.missing_evidence.items()},
        "random_selection": random_words(policy.random_selection),
        **{f"workload.{lane}": share_words(share) for lane, share in policy.workload.items()},
        "default_lane": policy.default_lane,
    }


def _rules(old: Policy, new: Policy) -> Iterator[Change]:
    before, after = {rule.id: rule for rule in old.rules}, {rule.id: rule for rule in new.rules}
    for name, rule in before.items():
        if name not in after:
            yield Change("removed", f"rule {name}", "rule", _summary(rule), None)
    for name, rule in after.items():
        if name not in before:
            yield Change("added", f"rule {name}", "rule", None, _summary(rule))
            continue
        was, now = _rule_words(before[name]), _rule_words(rule)
        for aspect in now:
            if was[aspect] != now[aspect]:
                yield Change("changed", f"rule {name}", aspect, was[aspect], now[aspect])


def _order(old: Policy, new: Policy) -> Iterator[Change]:
    common = {rule.id for rule in old.rules} & {rule.id for rule in new.rules}
    before = [rule.id for rule in old.rules if rule.id in common]
    after = [rule.id for rule in new.rules if rule.id in common]
    if before != after:
        yield Change("moved", "policy", "order of rules", ", ".join(before), ", ".join(after))


def _summary(rule: Rule) -> str:
    return f"{rule.title}: {rule.lane} when {when_words(rule.when)}"


def _rule_words(rule: Rule) -> dict[str, str | None]:
    return {
        "title": rule.title,
        "when": when_words(rule.when),
        "lane": rule.lane,
        "reference": rule.reference,
        "reviewed": rule.reviewed.isoformat() if rule.reviewed else None,
        "instructions": rule.instructions,
    }
