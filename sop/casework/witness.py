"""Builds parcels that meet the conditions of a rule: for boundaries that nobody need write, and for proposed cases."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

from sop.casework.given import harmless
from sop.coverage import Alternative, Plain, alternatives
from sop.patterns import ANYTHING
from sop.signals import NO_PICTURE, PART_PREFIX, all_hold, fits
from sop.types import STAGES, BeginsWith, Evidence, Like, OneOf, Policy, Rule, Within

SEES_PICTURE = ("xray", "combined", "xray_assessment", "contradiction")
COUNTS = ("finding_history",)
VARIANTS = 4
MARGINS = (0.01, 0.001)
"""How far inside its thresholds a parcel lies, never at one: what happens there is what boundaries are to find out."""

MANY: dict[str, tuple[str, Callable[[tuple[str, ...]], Collection[str]]]] = {
    "transit_country": ("transit_countries", tuple),
    "indicator": ("indicators", frozenset),
    "contradiction": ("contradictions", frozenset),
    "watchlist": ("watchlists", frozenset),
    "hs_code": ("hs_codes", tuple),
}
Worded = OneOf | BeginsWith | Like


def witness(policy: Policy, rule: Rule, alternative: Alternative, on: date) -> Evidence | None:
    """Return a parcel on which an alternative of the rule holds; None where no parcel can meet it on that day.

    The plainest that the rule really decides; where an earlier rule takes all that were tried, the plainest of them.
    """
    found = list(witnesses(alternative, on))
    return next((one for one in found if not _taken(policy, rule, one, on)), found[0] if found else None)


def _taken(policy: Policy, rule: Rule, evidence: Evidence, on: date) -> bool:
    earlier = policy.rules[: policy.rules.index(rule)]
    return any(one.in_force(on) and all_hold(one.when, evidence, on) for one in earlier)


def witnesses(alternative: Alternative, on: date) -> Iterator[Evidence]:
    """Yield parcels on which all conditions of an alternative hold on a day, the plainest first."""
    seen: list[Evidence] = []
    for stage, margin in product(_stages(alternative), MARGINS):
        for variant in range(VARIANTS):
            evidence = _built(alternative, stage, variant, margin, on)
            if evidence is not None and evidence not in seen and all_hold(alternative, evidence, on):
                seen.append(evidence)
                yield evidence


def days(policy: Policy, rule: Rule, alternative: Alternative) -> Iterator[date]:
    """Yield days with the rule in force and codes on its lists: from the policy's first day on, then before it."""
    asked = {policy.effective_from, rule.starts, rule.ends}
    entries = [entry for one in alternative if isinstance(one, OneOf | BeginsWith) for its in one.lists
               for entry in its.entries]  # fmt: skip
    known = {day for day in asked | {e.starts for e in entries} | {e.ends for e in entries} if day is not None}
    for day in sorted(known, key=lambda day: (day < policy.effective_from, day)):
        if rule.in_force(day) and all(_codes(one, day) for one in alternative if not isinstance(one, Within)):
            yield day


def first_witness(policy: Policy, rule: Rule, alternative: Alternative) -> tuple[Evidence, date] | None:
    """Return a parcel that meets an alternative and the first day on which the rule decides it, or else meets it."""
    met = [(one, day) for day in days(policy, rule, alternative) if (one := witness(policy, rule, alternative, day))]
    return next((pair for pair in met if not _taken(policy, rule, *pair)), met[0] if met else None)


def ways(rule: Rule) -> tuple[Alternative, ...]:
    """Return every way in which a rule can hold, each free of `any`."""
    return tuple(alternatives(rule.when))


def with_number(evidence: Evidence, signal: str, value: float) -> Evidence:
    """Return the parcel with a number changed; a part's score lifts that of the X-ray, which is the highest of any."""
    if not signal.startswith(PART_PREFIX):
        fields: dict[str, Any] = {signal: int(value) if signal in COUNTS else value}
        return replace(evidence, **fields)
    parts = {**evidence.parts, signal.removeprefix(PART_PREFIX): value}
    return replace(evidence, parts=parts, xray=max(evidence.xray or 0.0, value))


def with_value(evidence: Evidence, signal: str, value: str) -> Evidence:
    """Return the parcel with a value of a signal changed, or added where a parcel has several."""
    if signal == "xray_assessment" and value == NO_PICTURE:
        return replace(evidence, xray=None, xray_assessment=None, combined=None)
    fields: dict[str, Any] = {signal: value}
    if signal in MANY:
        name, collection = MANY[signal]
        fields = {name: collection((*getattr(evidence, name), value))}
    return replace(evidence, **fields)


def without(evidence: Evidence, signal: str) -> Evidence:
    """Return the parcel without any value of a signal of which a parcel may have several."""
    if signal not in MANY:
        return evidence
    name, collection = MANY[signal]
    empty: dict[str, Any] = {name: collection(())}
    return replace(evidence, **empty)


def example_of(pattern: str) -> str:
    """Return a name that fits a pattern of stations."""
    return pattern.replace(ANYTHING, "1")


def _built(alternative: Alternative, stage: str, variant: int, margin: float, on: date) -> Evidence | None:
    evidence = harmless(stage)
    for condition in alternative:
        if not isinstance(condition, Within):
            choices = _choices(condition, alternative, on)
            if not choices:
                return None
            evidence = with_value(evidence, condition.signal, choices[variant % len(choices)])
    numbers = [one for one in alternative if isinstance(one, Within)]
    for signal in dict.fromkeys(one.signal for one in numbers):
        evidence = with_number(evidence, signal, _just_inside(numbers, signal, margin))
    if any(one.signal == "xray" for one in numbers) and not all_hold(alternative, evidence, on):
        # A part lifts the X-ray score, unless the rule itself bounds that score below the part's.
        evidence = replace(evidence, xray=_just_inside(numbers, "xray", margin))
    return evidence


def _just_inside(numbers: list[Within], signal: str, margin: float) -> float:
    own = [one for one in numbers if one.signal == signal]
    low = max(one.at_least or 0.0 for one in own)
    high = min((one.below for one in own if one.below is not None), default=None)
    step = 1.0 if signal in COUNTS else margin
    room = (math.inf if signal in COUNTS else 1.0 - low) if high is None else (high - low) / 2
    inside = low + min(step, room) if low > 0 else 0.0
    return float(int(inside)) if signal in COUNTS else inside


def _choices(condition: Worded, alternative: Alternative, on: date) -> list[str]:
    """Return the values that meet a condition; of a signal with one value, all other conditions on it too."""
    own = _codes(condition, on)
    if condition.signal in MANY:
        return own
    others = [one for one in alternative if one.signal == condition.signal and not isinstance(one, Within)]
    return [value for value in own if all(fits(one, value, on) for one in others)]


def _codes(condition: Plain, on: date) -> list[str]:
    match condition:
        case OneOf(_, values, lists) | BeginsWith(_, values, lists):
            return [*values, *(code for one in lists for code in one.codes(on))]
        case Like(_, patterns):
            return [example_of(pattern) for pattern in patterns]
        case _:
            return []


def _stages(alternative: Alternative) -> tuple[str, ...]:
    for condition in alternative:
        if isinstance(condition, OneOf) and condition.signal == "stage":
            return condition.values
    looks = any(one.signal in SEES_PICTURE or one.signal.startswith(PART_PREFIX) for one in alternative)
    return tuple(sorted(STAGES, reverse=looks))
