"""How well the cases cover a procedure: by rule, by alternative of `any`, and by threshold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sop.casework.boundaries import next_value
from sop.casework.placed import BASE, Placed
from sop.casework.verdicts import Covered, Pinned, Verdict, Way
from sop.casework.witness import first_witness, ways, with_number
from sop.coverage import Alternative
from sop.engine import first_match
from sop.package import Package
from sop.signals import NUMBERS, all_hold
from sop.types import DEFAULT_RULE, MISSING_KEYS, MISSING_RULE, RANDOM_RULE, WORKLOAD_RULE, Policy, Rule, Within
from sop.words import bounds_words, signal_name, when_words

APPLIES_TO = "applies_to"


def coverage(package: Package, placed: Sequence[Placed], verdicts: Sequence[Verdict]) -> tuple[Covered, ...]:
    """Return a row for every rule of the base and of what each override changes, and for all else that can decide."""
    rows: list[Covered] = []
    for file, policy, rules in own_rules(package):
        mine = [one for one in verdicts if one.policy == file]
        here = [one for one in placed if one.file == file]
        rows += [_of_rule(file, policy, rule, mine, here) for rule in rules]
        rows += [_row(file, name, title, mine) for name, title in _others(file, policy)]
    return tuple(rows)


def own_rules(package: Package) -> Iterator[tuple[str, Policy, tuple[Rule, ...]]]:
    """Return each policy of a package with its file and its own rules: an override's are those it changes or adds."""
    yield BASE, package.base, package.base.rules
    for override in package.overrides:
        own = tuple(rule for rule in override.policy.rules if rule not in package.base.rules)
        yield override.file, override.policy, own


def covered_by(rule: Rule, alternative: Alternative, placed: Sequence[Placed]) -> int:
    """Return how many cases that expect the rule take one of its alternatives."""
    return sum(one.case.rule == rule.id and all_hold(alternative, one.evidence, one.on) for one in placed)


def _of_rule(file: str, policy: Policy, rule: Rule, verdicts: Sequence[Verdict], placed: Sequence[Placed]) -> Covered:
    row = _row(file, rule.id, rule.title, verdicts)
    return Covered(
        policy=file,
        rule=row.rule,
        title=row.title,
        cases=row.cases,
        boundaries=row.boundaries,
        passed=row.passed,
        ways=tuple(Way(words=when_words(one), cases=covered_by(rule, one, placed)) for one in ways(rule)),
        thresholds=tuple(_thresholds(policy, rule, placed)),
    )


def _row(file: str, rule: str, title: str, verdicts: Sequence[Verdict]) -> Covered:
    own = [one for one in verdicts if one.rule == rule]
    written = sum(one.kind == "case" for one in own)
    passed = all(one.passed for one in own)
    return Covered(policy=file, rule=rule, title=title, cases=written, boundaries=len(own) - written, passed=passed)


def _others(file: str, policy: Policy) -> Iterator[tuple[str, str]]:
    if file != BASE:
        yield APPLIES_TO, "stations and channels it is for"
        return
    yield from ((MISSING_RULE + key, "missing evidence") for key in MISSING_KEYS)
    yield RANDOM_RULE, "random selection"
    if policy.workload:
        yield WORKLOAD_RULE, "a lane over or under its share"
    yield DEFAULT_RULE, "no rule applies"


def _thresholds(policy: Policy, rule: Rule, placed: Sequence[Placed]) -> Iterator[Pinned]:
    earlier = policy.rules[: policy.rules.index(rule)]
    reach = [one for one in placed if rule.in_force(one.on) and not _taken(earlier, one)]
    seen: set[tuple[str, float, str]] = set()
    for alternative in ways(rule):
        for condition in alternative:
            if not isinstance(condition, Within):
                continue
            rest = tuple(one for one in alternative if one is not condition)
            values = [NUMBERS[condition.signal](one.evidence) for one in reach if all_hold(rest, one.evidence, one.on)]
            known = [value for value in values if value is not None]
            for bound, words in _bounds(condition):
                if (key := (condition.signal, bound, when_words(rest))) not in seen:
                    seen.add(key)
                    yield _pinned(words, bound, known, _outside(policy, rule, alternative, condition, bound))


def _taken(earlier: Sequence[Rule], one: Placed) -> bool:
    return any(rule.in_force(one.on) and all_hold(rule.when, one.evidence, one.on) for rule in earlier)


def _bounds(condition: Within) -> Iterator[tuple[float, str]]:
    name = signal_name(condition.signal)
    if condition.at_least is not None:
        yield condition.at_least, f"{name} {bounds_words(condition.at_least, None)}"
    if condition.below is not None:
        yield condition.below, f"{name} {bounds_words(None, condition.below)}"


def _outside(policy: Policy, rule: Rule, alternative: Alternative, condition: Within, bound: float) -> str | None:
    """Return the earlier rule that takes the parcel just outside a threshold, or None."""
    if (found := first_witness(policy, rule, alternative)) is None:
        return None
    value = bound if bound == condition.below else next_value(condition, bound, -1)
    evidence = with_number(found[0], condition.signal, max(0.0, value))
    first = first_match(policy, evidence, found[1])
    before = first is not None and policy.rules.index(first) < policy.rules.index(rule)
    return first.id if first is not None and before else None


def _pinned(words: str, bound: float, values: Sequence[float], taken_by: str | None) -> Pinned:
    return Pinned(
        taken_by=taken_by,
        words=words,
        bound=bound,
        nearest_below=max((one for one in values if one < bound), default=None),
        nearest_at_or_above=min((one for one in values if one >= bound), default=None),
    )
