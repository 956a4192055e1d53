"""What changed between two policies, in words, rule by rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from sop.lists import NamedList
from sop.rule_words import rule_aspects
from sop.types import AnyOf, BeginsWith, Condition, OneOf, Policy, Rule, When
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
    """Return every difference of two policies that can change a decision or what an officer reads.

    What changed inside a named list is not among them; see `sop.diff.packages.compare_packages`.
    """
    return (*_heads(old, new), *_rules(old, new), *_moved(old, new))


def aspects_changed(what: str, before: Mapping[str, str | None], after: Mapping[str, str | None]) -> Iterator[Change]:
    """Yield every aspect whose words differ, in the order of the aspects."""
    for aspect in dict.fromkeys((*before, *after)):
        if before.get(aspect) != after.get(aspect):
            yield Change("changed", what, aspect, before.get(aspect), after.get(aspect))


def _heads(old: Policy, new: Policy) -> Iterator[Change]:
    yield from aspects_changed("policy", _head_words(old), _head_words(new))


def _head_words(policy: Policy) -> dict[str, str | None]:
    return {
        "sop": policy.name,
        "version": policy.version,
        "effective_from": policy.effective_from.isoformat(),
        "owner": policy.owner,
        "time_zone": policy.time_zone,
        **{f"lanes.{lane}": outcome for lane, outcome in policy.lanes.items()},
        **{f"missing_evidence.{key}": missing_step_words(step) for key, step in policy.missing_evidence.items()},
        "random_selection": random_words(policy.random_selection),
        **{f"workload.{lane}": share_words(share) for lane, share in policy.workload.items()},
        "default_lane": policy.default_lane,
        **{f"accept.{code}": reason for code, reason in policy.accepted},
    }


def _rules(old: Policy, new: Policy) -> Iterator[Change]:
    before, after = {rule.id: rule for rule in old.rules}, {rule.id: rule for rule in new.rules}
    for name, rule in before.items():
        if name not in after:
            yield Change("removed", f"rule {name}", "rule", _summary(rule), None)
    for name, rule in after.items():
        if name not in before:
            yield Change("added", f"rule {name}", "rule", None, _summary(rule))
        else:
            yield from _rule(before[name], rule)


def _rule(old: Rule, new: Rule) -> Iterator[Change]:
    for change in aspects_changed(f"rule {new.id}", _rule_words(old), _rule_words(new)):
        # A list that grew changes the words of every rule that names it; it is told once, as a change of the list.
        if change.aspect != "when" or _bare(old.when) != _bare(new.when):
            yield change


def _rule_words(rule: Rule) -> dict[str, str | None]:
    return {"when": when_words(rule.when), **rule_aspects(rule)}


def _bare(when: When) -> When:
    """Return conditions with their lists by name alone."""
    return tuple(_bare_condition(one) for one in when)


def _bare_condition(condition: Condition) -> Condition:
    match condition:
        case OneOf() | BeginsWith():
            return replace(condition, lists=tuple(_bare_list(one) for one in condition.lists))
        case AnyOf(alternatives):
            return AnyOf(tuple(_bare(one) for one in alternatives))
    return condition


def _bare_list(named: NamedList) -> NamedList:
    return replace(named, source="", issued=named.issued.min, expires=None, entries=())


def _moved(old: Policy, new: Policy) -> Iterator[Change]:
    before, after = [rule.id for rule in old.rules], [rule.id for rule in new.rules]
    common = [name for name in before if name in after]
    staying = _longest_rising([after.index(name) for name in common])
    for position, name in enumerate(common):
        if position not in staying:
            yield Change("moved", f"rule {name}", "place", _place(before, name), _place(after, name))


def _longest_rising(places: Sequence[int]) -> set[int]:
    """Return the positions of a longest rising run through `places`: the rules that one need not call moved."""
    best: list[list[int]] = []
    for position, place in enumerate(places):
        earlier = [run for run in best if places[run[-1]] < place]
        best.append([*_longest(earlier), position])
    return set(_longest(best))


def _longest(runs: Iterable[list[int]]) -> list[int]:
    longest: list[int] = []
    for run in runs:
        longest = run if len(run) > len(longest) else longest
    return longest


def _place(ids: Sequence[str], name: str) -> str:
    position = ids.index(name)
    return f"behind {ids[position - 1]}" if position else "first"


def _summary(rule: Rule) -> str:
    extra = [
        f"{aspect} {words}" for aspect, words in rule_aspects(rule).items() if words and aspect in ("from", "until")
    ]
    return ", ".join((f"{rule.title}: {rule.lane} when {when_words(rule.when)}", *extra))
