"""Cases that nobody need write: a parcel at, just below and just above every threshold of every rule."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sop.coverage import Alternative, Plain, alternatives
from sop.given import harmless
from sop.signals import NO_PICTURE, PART_PREFIX, all_hold, within
from sop.types import BeginsWith, Evidence, OneOf, Policy, Rule, Within
from sop.words import number, signal_name

SEES_PICTURE = ("xray", "combined", "xray_assessment", "contradiction")
COUNTS = ("finding_history",)
MANY: dict[str, tuple[str, Callable[[tuple[str, ...]], Collection[str]]]] = {
    "transit_country": ("transit_countries", tuple),
    "indicator": ("indicators", frozenset),
    "contradiction": ("contradictions", frozenset),
    "watchlist": ("watchlists", frozenset),
}


@dataclass(frozen=True, slots=True)
class Boundary:
    """A parcel at a threshold of a rule. `matches`: whether the rule must be the one that decides."""

    rule: Rule
    name: str
    evidence: Evidence
    matches: bool


def boundaries(policy: Policy) -> Iterator[Boundary]:
    """Return the boundary cases of every rule, without repeats."""
    for rule in policy.rules:
        seen: set[tuple[str, str]] = set()
        for alternative in alternatives(rule.when):
            for one in _of_alternative(rule, alternative):
                # Evidence holds a dictionary, so its text stands for it.
                if (key := (one.name, repr(one.evidence))) not in seen:
                    seen.add(key)
                    yield one


def witness(alternative: Alternative) -> Evidence:
    """Return the plainest parcel on which all conditions of an alternative hold, where one exists."""
    evidence = harmless(_stage(alternative))
    for condition in alternative:
        evidence = _meeting(evidence, condition)
    return evidence


def _of_alternative(rule: Rule, alternative: Alternative) -> Iterator[Boundary]:
    plainest = witness(alternative)
    for condition in alternative:
        for probe in _probes(condition) if isinstance(condition, Within) else ():
            evidence = _with_number(plainest, probe.signal, probe.value)
            # Another condition on the same number may decide here; then this threshold is not the one under test.
            if all_hold(tuple(one for one in alternative if one is not condition), evidence):
                yield Boundary(rule, probe.name, evidence, probe.inside)


@dataclass(frozen=True, slots=True)
class _Probe:
    signal: str
    name: str
    value: float
    inside: bool


def _probes(condition: Within) -> Iterator[_Probe]:
    """Return the values around both bounds that the number can take."""
    for bound in (condition.at_least, condition.below):
        if bound is None:
            continue
        sides = {"just below": _next(condition, bound, -1), "at": bound, "just above": _next(condition, bound, 1)}
        for side, value in sides.items():
            if 0 <= value <= _largest(condition):
                name = f"{signal_name(condition.signal)} {side} {number(bound)}"
                yield _Probe(condition.signal, name, value, within(value, condition.at_least, condition.below))


def _largest(condition: Within) -> float:
    return math.inf if condition.signal in COUNTS else 1.0


def _next(condition: Within, bound: float, direction: int) -> float:
    return bound + direction if condition.signal in COUNTS else math.nextafter(bound, direction * math.inf)


def _stage(alternative: Alternative) -> str:
    for condition in alternative:
        if isinstance(condition, OneOf) and condition.signal == "stage":
            return condition.values[0]
    looks = any(one.signal in SEES_PICTURE or one.signal.startswith(PART_PREFIX) for one in alternative)
    return "station" if looks else "pre_arrival"


def _meeting(evidence: Evidence, condition: Plain) -> Evidence:
    match condition:
        case OneOf(signal, values):
            return _with_value(evidence, signal, values[0])
        case BeginsWith(_, prefixes):
            return replace(evidence, hs_codes=(*evidence.hs_codes, prefixes[0]))
        case Within(signal, at_least, _):
            return _with_number(evidence, signal, at_least or 0.0)


def _with_value(evidence: Evidence, signal: str, value: str) -> Evidence:
    if signal == "xray_assessment" and value == NO_PICTURE:
        return replace(evidence, xray=None, xray_assessment=None, combined=None)
    fields: dict[str, Any] = {signal: value}
    if signal in MANY:
        name, collection = MANY[signal]
        fields = {name: collection((*getattr(evidence, name), value))}
    return replace(evidence, **fields)


def _with_number(evidence: Evidence, signal: str, value: float) -> Evidence:
    if not signal.startswith(PART_PREFIX):
        fields: dict[str, Any] = {signal: int(value) if signal in COUNTS else value}
        return replace(evidence, **fields)
    parts = {**evidence.parts, signal.removeprefix(PART_PREFIX): value}
    # The X-ray score is the highest of any part, so a part that was seen lifts it.
    return replace(evidence, parts=parts, xray=max(evidence.xray or 0.0, value))
