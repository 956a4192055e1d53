"""Cases that nobody need write: a parcel at, just below and just above every threshold, date and list of every rule."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from features.codes import COUNTRIES, HS_CHAPTERS
from sop.casework.witness import COUNTS, example_of, first_witness, ways, with_number, with_value, without, witness
from sop.coverage import Alternative, Plain
from sop.lists import ListEntry, NamedList
from sop.patterns import matches
from sop.signals import all_hold
from sop.types import BeginsWith, Evidence, Like, OneOf, Policy, Rule, Within
from sop.words import number, signal_name

DAY = timedelta(days=1)
MOST_ENTRIES = 50
NOBODY = "elsewhere"


@dataclass(frozen=True, slots=True)
class Boundary:
    """A parcel at a boundary of a rule on a day. `matches`: whether the rule must be the one that decides."""

    rule: Rule
    name: str
    evidence: Evidence
    on: date
    matches: bool


@dataclass(frozen=True, slots=True)
class _Probe:
    name: str
    evidence: Evidence
    on: date
    inside: bool


@dataclass(frozen=True, slots=True)
class _Subject:
    """One alternative of a rule, and a parcel that meets it on a day."""

    policy: Policy
    rule: Rule
    alternative: Alternative
    others: tuple[Alternative, ...]
    evidence: Evidence
    on: date

    def rest_holds(self, condition: Plain, evidence: Evidence, on: date) -> bool:
        return all_hold(tuple(one for one in self.alternative if one is not condition), evidence, on)

    def other_way_holds(self, evidence: Evidence, on: date) -> bool:
        return any(all_hold(one, evidence, on) for one in self.others)

    def is_exception(self, evidence: Evidence, on: date) -> bool:
        """Return whether an earlier rule takes the parcel."""
        earlier = self.policy.rules[: self.policy.rules.index(self.rule)]
        return any(one.in_force(on) and all_hold(one.when, evidence, on) for one in earlier)


def boundaries(policy: Policy) -> Iterator[Boundary]:
    """Return the boundary cases of every rule, without repeats.

    What must follow is taken from the bounds, the days and the lists as they are written, never asked of the engine.
    """
    for rule in policy.rules:
        seen: set[str] = set()
        for probe in _of_rule(policy, rule):
            # Evidence holds a dictionary, so its text stands for it.
            if (key := f"{probe.name} {probe.on} {probe.evidence!r}") not in seen:
                seen.add(key)
                yield Boundary(rule, probe.name, probe.evidence, probe.on, probe.inside)


def _of_rule(policy: Policy, rule: Rule) -> Iterator[_Probe]:
    dated = False
    every = ways(rule)
    for alternative in every:
        if (found := first_witness(policy, rule, alternative)) is None:
            continue
        others = tuple(one for one in every if one != alternative)
        subject = _Subject(policy, rule, alternative, others, *found)
        for condition in alternative:
            for probe in _of_condition(subject, condition):
                # Where another condition or another way settles the matter, this edge is not the one under test.
                settled = not subject.rest_holds(condition, probe.evidence, probe.on)
                if not settled and (probe.inside or not subject.other_way_holds(probe.evidence, probe.on)):
                    yield probe
        if not dated:
            dated = True
            yield from _unless_exception(subject, _of_dates(subject))


def _of_condition(subject: _Subject, condition: Plain) -> Iterator[_Probe]:
    match condition:
        case Within():
            yield from _of_threshold(subject, condition)
        case OneOf() | BeginsWith() if condition.lists:
            listed = (probe for one in condition.lists for probe in _of_list(subject, condition, one))
            yield from _unless_exception(subject, listed)
            yield from _off_lists(subject, condition)
        case Like():
            yield from _unless_exception(subject, _of_stations(subject, condition))


def _unless_exception(subject: _Subject, probes: Iterator[_Probe]) -> Iterator[_Probe]:
    """Leave out what an earlier rule takes, of a rule that decides others: so exceptions for some codes are written."""
    always = subject.is_exception(subject.evidence, subject.on)
    yield from (one for one in probes if always or not one.inside or not subject.is_exception(one.evidence, one.on))


def _of_threshold(subject: _Subject, condition: Within) -> Iterator[_Probe]:
    """Yield the values around both bounds that the number can take."""
    for bound in (condition.at_least, condition.below):
        if bound is None:
            continue
        sides = {
            "just below": next_value(condition, bound, -1),
            "at": bound,
            "just above": next_value(condition, bound, 1),
        }
        for side, value in sides.items():
            if 0 <= value <= _largest(condition):
                name = f"{signal_name(condition.signal)} {side} {number(bound)}"
                evidence = with_number(subject.evidence, condition.signal, value)
                yield _Probe(name, evidence, subject.on, _inside(value, condition))


def _inside(value: float, condition: Within) -> bool:
    # As the language says it, and not as the engine reads it: `at_least` includes its value, `below` does not.
    low = condition.at_least is None or value >= condition.at_least
    return low and (condition.below is None or value < condition.below)


def _largest(condition: Within) -> float:
    return math.inf if condition.signal in COUNTS else 1.0


def next_value(condition: Within, bound: float, direction: int) -> float:
    """Return the next number that a signal can take, up (1) or down (-1)."""
    return bound + direction if condition.signal in COUNTS else math.nextafter(bound, direction * math.inf)


def _of_dates(subject: _Subject) -> Iterator[_Probe]:
    """Yield the day before, the first, the last and the day after of a dated rule."""
    starts, ends = subject.rule.starts, subject.rule.ends
    for name, day, inside in _edges(starts, ends):
        # What the lists hold changes with the days too: on a day inside, the parcel must meet them there.
        on = day if inside else (starts if name == "the day before" else ends) or day
        if (evidence := witness(subject.policy, subject.rule, subject.alternative, on)) is not None:
            yield _Probe(f"on {name}, {day}", evidence, day, inside)


def _edges(starts: date | None, ends: date | None) -> Iterator[tuple[str, date, bool]]:
    if starts is not None:
        yield "the day before", starts - DAY, False
        yield "its first day", starts, True
    if ends is not None:
        yield "its last day", ends, True
        yield "the day after", ends + DAY, False


def _of_list(subject: _Subject, condition: OneOf | BeginsWith, one: NamedList) -> Iterator[_Probe]:
    """Yield a parcel with each code of a list, and around the days of the codes that have some."""
    for entry in _chosen(one):
        evidence = with_value(without(subject.evidence, condition.signal), condition.signal, entry.code)
        what = f"{signal_name(condition.signal)} {entry.code} of the list {one.name}"
        if entry.in_force(subject.on):
            yield _Probe(what, evidence, subject.on, True)
        for name, day, inside in _edges(entry.starts, entry.ends):
            if subject.rule.in_force(day) and (inside or not _counts(condition, entry.code, day)):
                yield _Probe(f"{what} on {name}, {day}", evidence, day, inside)


def _chosen(one: NamedList) -> tuple[ListEntry, ...]:
    """Return the entries to try: all of a short list, of a long one those with days and the first ones."""
    if len(one.entries) <= MOST_ENTRIES:
        return one.entries
    dated = tuple(entry for entry in one.entries if entry.starts or entry.ends)
    return tuple(dict.fromkeys((*dated[:MOST_ENTRIES], *one.entries[:MOST_ENTRIES])))


def _counts(condition: OneOf | BeginsWith, code: str, on: date) -> bool:
    """Return whether a code meets the condition on a day, read from its values and lists as they are written."""
    listed = [entry.code for one in condition.lists for entry in one.entries if entry.in_force(on)]
    if isinstance(condition, BeginsWith):
        return code.startswith((*condition.prefixes, *listed))
    return code in condition.values or code in listed


def _off_lists(subject: _Subject, condition: OneOf | BeginsWith) -> Iterator[_Probe]:
    """Yield a parcel with a code that is on none of the condition's lists."""
    codes = (f"{chapter:02}0000" for chapter in HS_CHAPTERS) if isinstance(condition, BeginsWith) else sorted(COUNTRIES)
    outside = next((code for code in codes if not _counts(condition, code, subject.on)), None)
    if outside is not None:
        names = " or ".join(one.name for one in condition.lists)
        evidence = with_value(without(subject.evidence, condition.signal), condition.signal, outside)
        yield _Probe(f"{signal_name(condition.signal)} {outside}, not on {names}", evidence, subject.on, False)


def _of_stations(subject: _Subject, condition: Like) -> Iterator[_Probe]:
    """Yield a station that fits each pattern, and one that fits none."""
    for pattern in condition.patterns:
        name = example_of(pattern)
        evidence = with_value(subject.evidence, condition.signal, name)
        yield _Probe(f"{signal_name(condition.signal)} {name}, which fits {pattern}", evidence, subject.on, True)
    if not any(matches(NOBODY, pattern) for pattern in condition.patterns):
        evidence = with_value(subject.evidence, condition.signal, NOBODY)
        yield _Probe(f"{signal_name(condition.signal)} {NOBODY}", evidence, subject.on, False)
