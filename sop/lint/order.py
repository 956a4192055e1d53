"""Checks of the rules against each other: what never decides, and what takes parcels from a more severe rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sop.lint.base import ONE_DAY, Notes, Subject, line_of
from sop.lint.day import BUDGET, Day
from sop.lint.example import describe
from sop.lint.gaps import Gaps, check_gaps
from sop.lint.release import check_release
from sop.lint.solver import TooHard
from sop.lint.space import leaves
from sop.lists import ListEntry, NamedList
from sop.types import BeginsWith, Evidence, OneOf, Policy, Rule, severity

MOST_DAYS = 24
MOST_NAMED = 3
MOST_EXPLAINED = 5
"""Rules that never decide of which the earlier ones are named; to find these takes far longer than to find that."""

MOST_SINGLE = 60
"""Earlier rules that are tried one by one, before it is asked which together cover a rule."""

MOVE_UP = "Put it further up, narrow what stands before it, or remove it."
TOO_MANY = (
    "The rules are too many or too entangled to compare each with all others; order, overlaps and gaps were not "
    "checked to the end. Simplify `any`, or split the policy into overrides."
)


def check_order(subject: Subject, notes: Notes) -> None:
    """Report rules that never decide, milder rules that take parcels from more severe ones, and bands that none has."""
    days = change_days(subject.policy, subject.start)
    found = _Found()
    budget = BUDGET
    try:
        for on in days[:MOST_DAYS]:
            day = Day.of(subject.policy, on, budget, subject.scope)
            _reach(subject, notes, day, found)
            _overlaps(subject, notes, day, found)
            check_gaps(subject, notes, day, found.gaps)
            check_release(subject, notes, day, found.released)
            budget = day.space.solver.budget
        # With more days than are looked at, a rule may decide on another one.
        for rule, message in found.unreached.values() if len(days) <= MOST_DAYS else ():
            notes.warn(subject.rule_mark(rule), "rule_unreachable", message, rule)
    except TooHard:
        notes.warn(subject.mark("rules"), "check_incomplete", TOO_MANY)


def change_days(policy: Policy, start: date) -> list[date]:
    """Return the first day that matters and every later one on which a rule or an entry of a list begins or ends."""
    dated: list[Rule | ListEntry] = [*policy.rules]
    dated += [entry for one in lists_of(policy) for entry in one.entries]
    changes = {one.starts for one in dated if one.starts}
    changes |= {one.ends + ONE_DAY for one in dated if one.ends and one.ends < date.max}
    return sorted({start} | {day for day in changes if day > start})


@dataclass(slots=True)
class _Found:
    """What was found on the days looked at so far."""

    reached: set[str] = field(default_factory=set)
    unreached: dict[str, tuple[Rule, str]] = field(default_factory=dict)
    overlaps: set[str] = field(default_factory=set)
    gaps: Gaps = field(default_factory=set)
    released: set[str] = field(default_factory=set)


def _reach(subject: Subject, notes: Notes, day: Day, found: _Found) -> None:
    for index, rule in enumerate(day.rules):
        if rule.id in found.reached:
            continue
        # Of all parcels: what an override's channel or station alone keeps from a rule is no mistake.
        if day.exists(*day.decided_by(index)):
            found.reached.add(rule.id)
            found.unreached.pop(rule.id, None)
        elif rule.id not in found.unreached:
            found.unreached[rule.id] = (rule, _never(day, index, rule, len(found.unreached) < MOST_EXPLAINED))


def _never(day: Day, index: int, rule: Rule, explained: bool) -> str:
    if not day.exists(day.matches[index]):
        return f"Rule {rule.id} never decides: no parcel meets all its conditions at once; mend its `when`."
    if not explained:
        return f"Rule {rule.id} never decides: earlier rules catch every such parcel before it. {MOVE_UP}"
    named = [f"{one.id} on {line_of(one, rule)}" for one in _covering(day, index)]
    if len(named) == 1:
        return f"Rule {rule.id} never decides: {named[0]} catches every such parcel before it. {MOVE_UP}"
    return f"Rule {rule.id} never decides: {_and(named)} together catch every such parcel before it. {MOVE_UP}"


def _covering(day: Day, index: int) -> list[Rule]:
    """Return an earlier rule that catches every parcel of a rule, else as few as still do so together."""
    for earlier in range(min(index, MOST_SINGLE)):
        if not _left(day, index, [earlier]):
            return [day.rules[earlier]]
    return [day.rules[one] for one in sorted(_needed(day, index, [], False, list(range(index))))]


def _needed(day: Day, index: int, kept: list[int], grown: bool, others: list[int]) -> list[int]:
    """Return which other rules are needed besides those kept: QuickXplain (Junker 2004), few questions for few."""
    if grown and not _left(day, index, kept):
        return []
    if len(others) == 1:
        return others
    half = len(others) // 2
    late = _needed(day, index, [*kept, *others[:half]], True, others[half:])
    early = _needed(day, index, [*kept, *late], bool(late), others[:half])
    return [*early, *late]


def _left(day: Day, index: int, earlier: Sequence[int]) -> bool:
    """Return whether these earlier rules leave a rule any parcel."""
    return day.exists(day.matches[index], *(day.space.solver.opposite(day.matches[one]) for one in earlier))


def _overlaps(subject: Subject, notes: Notes, day: Day, found: _Found) -> None:
    for index, rule in enumerate(day.rules):
        if rule.id in found.overlaps:
            continue
        # A rule that never decides at all is reported as such.
        later = [
            one for one, other in enumerate(day.rules)
            if one > index and severity(other.lane) > severity(rule.lane) and other.id not in found.unreached
        ]  # fmt: skip
        met = [one for one in later if day.exists(*day.limits, *day.decided_by(index), day.matches[one])]
        if met:
            found.overlaps.add(rule.id)
            parcel = day.find(*day.limits, *day.decided_by(index), day.matches[met[0]])
            assert parcel is not None  # noqa: S101 - the same question had an answer a moment ago
            notes.warn(subject.rule_mark(rule), "rule_overlap", _overlap(day, rule, met, parcel), rule)


def _overlap(day: Day, rule: Rule, met: list[int], parcel: Evidence) -> str:
    others = [day.rules[one] for one in met]
    named = [f"{one.id} ({one.lane}, {line_of(one, rule)})" for one in others]
    more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    return (
        f"Rule {rule.id} ({rule.lane}) stands before the more severe {', '.join(named[:MOST_NAMED])}{more} and takes "
        f"parcels from it: {describe(parcel)} meets both {rule.id} and {day.rules[met[0]].id}. Put the more severe "
        "rule first, or narrow the milder one."
    )


def lists_of(policy: Policy) -> list[NamedList]:
    """Return the lists that a policy's rules name, without repeats."""
    named = [
        one for rule in policy.rules for leaf in leaves(rule.when) if isinstance(leaf, OneOf | BeginsWith)
        for one in leaf.lists
    ]  # fmt: skip
    return list({one.name: one for one in named}.values())


def _and(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"
