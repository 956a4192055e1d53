"""Says why a rule that was expected did not decide: the first condition it misses, or what stands in front of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sop.casework.given import Pressure
from sop.moves import least_lane, milder, rank_of, trim_lane
from sop.reading.suggest import did_you_mean
from sop.signals import ANY, NUMBERS, VALUES, all_hold, holds, known
from sop.types import (
    DEFAULT_RULE,
    MISSING_RULE,
    RANDOM_RULE,
    WORKLOAD_RULE,
    AnyOf,
    BeginsWith,
    Condition,
    Decision,
    Evidence,
    OneOf,
    Policy,
    Rule,
    When,
    Within,
)
from sop.words import SPECIAL_VALUES, condition_words, number, shown, signal_name


def why_not(
    policy: Policy, expected: str, decision: Decision, evidence: Evidence, on: date, pressures: Sequence[Pressure] = ()
) -> str:
    """Return in one sentence or two why a decision was not taken by `expected`, a rule's id or a word of the engine."""
    if expected == DEFAULT_RULE:
        return f"{decision.rule} applies, so the default lane is not asked."
    if expected == RANDOM_RULE:
        return _not_by_chance(policy, decision)
    if expected == WORKLOAD_RULE:
        return _not_by_workload(policy, decision, evidence, on, pressures)
    if expected.startswith(MISSING_RULE):
        return _not_by_missing(policy, expected.removeprefix(MISSING_RULE), decision)
    rule = next((one for one in policy.rules if one.id == expected), None)
    if rule is None:
        return f"{policy.title} has no rule {expected}{did_you_mean(expected, [one.id for one in policy.rules])}"
    return _rule_not_met(rule, evidence, on) or _overtaken(policy, rule, decision, evidence, on)


def unmet(when: When, evidence: Evidence, on: date) -> tuple[Condition, bool] | None:
    """Return the first condition that does not hold, of the closest alternative of `any`, and whether it is of one."""
    for condition in when:
        if holds(condition, evidence, on):
            continue
        if not isinstance(condition, AnyOf):
            return condition, False
        closest = max(condition.alternatives, key=lambda one: sum(holds(part, evidence, on) for part in one) / len(one))
        found = unmet(closest, evidence, on)
        return (found[0], True) if found else None
    return None


def value_words(condition: Condition, evidence: Evidence) -> str:
    """Return the parcel's own value of what a condition asks for, for example `it is 0.25`."""
    assert not isinstance(condition, AnyOf)  # noqa: S101 - an `any` has no value of its own
    if isinstance(condition, Within):
        value = NUMBERS[condition.signal](evidence)
        return f"it is {shown(value, condition.at_least, condition.below)}" if known(value) else "it is not known"
    values = sorted(value for value in VALUES[condition.signal](evidence) if value != ANY)
    words = [SPECIAL_VALUES.get((condition.signal, value), value) for value in values]
    if not words:
        return "there is none"
    return f"it is {words[0]}" if len(words) == 1 else f"they are {', '.join(words)}"


def days_words(starts: date | None, ends: date | None) -> str:
    """Return a period, for example `from 2026-12-01 until 2027-01-31`."""
    parts = [f"from {starts}"] if starts else []
    return " ".join([*parts, f"until {ends}"] if ends else parts)


def _rule_not_met(rule: Rule, evidence: Evidence, on: date) -> str | None:
    if not rule.in_force(on):
        period = days_words(rule.starts, rule.ends)
        return f"{rule.id} is in force {period}, and this day is {on}; a case says `day: {rule.starts or rule.ends}`."
    if (found := unmet(rule.when, evidence, on)) is None:
        return None
    condition, of_any = found
    closest = ", in the alternative of `any` that comes closest," if of_any else ""
    has = value_words(condition, evidence)
    return f"{rule.id}{closest} asks for {asked_words(condition)}; here {has}{_not_that_day(condition, evidence, on)}."


def asked_words(condition: Condition) -> str:
    """Return what a condition asks for, as it stands behind `asks for`."""
    words = condition_words(condition)
    match condition:
        case OneOf(signal, values) if ANY in values:
            return {"watchlist": "any watch list"}.get(signal, "any contradiction of picture and declaration")
        case OneOf("stage", (_,)):
            return f"a parcel {words}"
        case BeginsWith():
            return "an " + words.replace(" begins ", " that begins ", 1)
        case _:
            return words


def _not_that_day(condition: Condition, evidence: Evidence, on: date) -> str:
    """Return which of the parcel's codes stand on a list, but on other days."""
    if not isinstance(condition, OneOf | BeginsWith):
        return ""
    values = VALUES[condition.signal](evidence)
    entries = ((one, entry) for one in condition.lists for entry in one.entries if not entry.in_force(on))
    for one, entry in entries:
        if any(value.startswith(entry.code) for value in values):
            return f", which is on the list {one.name} {days_words(entry.starts, entry.ends)}, and this day is {on}"
    return ""


def _overtaken(policy: Policy, rule: Rule, decision: Decision, evidence: Evidence, on: date) -> str:
    first = next(one for one in policy.rules if one.in_force(on) and all_hold(one.when, evidence, on))
    if first.id != rule.id:
        place = f"{first.id} stands before it ({first.file}:{first.line})"
        return f"All conditions of {rule.id} hold, but {place} and takes the parcel."
    how = {
        "missing_evidence": f"what is missing ({decision.rule.removeprefix(MISSING_RULE)}) asks for at least that lane",
        "chance": "the case says `chance: selected`",
        "workload": "the workload of the case moves the parcel",
    }
    return f"{rule.id} matches and gives {rule.lane}, but {how[decision.placed_by]}."


def _not_by_chance(policy: Policy, decision: Decision) -> str:
    if not decision.random_selection:
        return "The case does not say `chance: selected`."
    if decision.placed_by == "workload":
        return "Chance selected the parcel, and then the workload moved it."
    least = policy.random_selection.lane
    return f"Chance asks for at least {least}, and {decision.rule} already gives {decision.lane}."


def _not_by_missing(policy: Policy, key: str, decision: Decision) -> str:
    if key not in decision.degraded:
        return f"Nothing is missing by the name {key}; a case says `missing: {key}`."
    least = next(step.lane for name, step in policy.missing_evidence.items() if name == key)
    return f"Without it the parcel gets at least {least}, and {decision.rule} already gives {decision.lane}."


def _not_by_workload(
    policy: Policy, decision: Decision, evidence: Evidence, on: date, pressures: Sequence[Pressure]
) -> str:
    if not pressures:
        return f"The case gives no `workload`, for example `workload: {{{decision.lane}: full}}`."
    rank = rank_of(evidence)
    if rank is None:
        return "The parcel's risk is not known, so it has no rank and the workload leaves it."
    if found := _share_not_set(policy, pressures) or _held(policy, decision, evidence, on, pressures):
        return found
    place = ", ".join(f"{one.lane} at {number(one.rank)}" for one in pressures)
    ranked = f"{signal_name(rank[0])} ranks the parcel at {shown(rank[1])}"
    return f"{ranked}, the case cuts {place}, and {decision.rule} gives {decision.lane}: no cut concerns it."


def _share_not_set(policy: Policy, pressures: Sequence[Pressure]) -> str | None:
    for one in pressures:
        share, word = policy.workload.get(one.lane), "at_most_share" if one.moves == "out" else "at_least_share"
        if share is None or getattr(share, word) is None:
            return f"The policy sets no `{word}` for {one.lane}, so its workload never moves a parcel there."
    return None


def _held(
    policy: Policy, decision: Decision, evidence: Evidence, on: date, pressures: Sequence[Pressure]
) -> str | None:
    """Return which rule keeps a parcel in its lane although the lane is over its share."""
    met = [one for one in policy.rules if one.in_force(on) and all_hold(one.when, evidence, on)]
    if not met or met[0].id != decision.rule or not any(one.moves == "out" for one in pressures):
        return None
    if trim_lane(met[0]) is None:
        cause = "its `trim` forbids it" if met[0].trim else "it rests on more than a score"
        return f"The workload moves no parcel of {met[0].id} out of {decision.lane}: {cause}."
    holding = next((one for one in met if not milder(least_lane(one), decision.lane)), None)
    return f"The parcel also meets {holding.id}, which holds it in {decision.lane}." if holding else None
