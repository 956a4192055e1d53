"""Checks on an override against the policy that it extends: what becomes milder under it."""

from __future__ import annotations

from dataclasses import dataclass

from sop.lint_base import Notes, Subject
from sop.lint_day import BUDGET, Day, both
from sop.lint_example import describe
from sop.lint_order import MOST_DAYS, change_days
from sop.lint_solver import Literal, TooHard
from sop.package import Scope
from sop.types import Lane, Like, OneOf, Policy, Rule, When, severity
from sop.words import number


def check_override(subject: Subject, notes: Notes, scope: Scope) -> None:
    """Report every rule of an override, and every other part of it, by which parcels get a milder lane than before."""
    assert subject.base is not None  # noqa: S101 - only overrides are asked
    _parts(subject, subject.base, notes)
    try:
        _on_all_days(subject, subject.base, notes, scope_when(scope))
    except TooHard:
        message = "The override and the policy are too entangled to compare them rule by rule; simplify `any`."
        notes.warn(subject.file_mark(subject.file), "check_incomplete", message)


def scope_when(scope: Scope) -> When:
    """Return the scope of an override as conditions."""
    stations: When = (Like("station", scope.stations),) if scope.stations else ()
    channels: When = (OneOf("channel", scope.channels),) if scope.channels else ()
    return (*stations, *channels)


def _on_all_days(subject: Subject, before: Policy, notes: Notes, scope: When) -> None:
    days = {day for one in (before, subject.policy) for day in change_days(one, subject.start)}
    known: set[str] = set()
    budget = BUDGET
    for on in sorted(days)[:MOST_DAYS]:
        base, own = both(before, subject.policy, on, budget, scope)
        limits = [own.space.holds(one) for one in scope]
        for index in range(len(own.rules) + 1):
            rule = _rule(own, index)
            name = rule.id if rule else ""
            if name not in known and _milder(subject, notes, base, own, index, limits):
                known.add(name)
        budget = own.space.solver.budget


def _milder(subject: Subject, notes: Notes, base: Day, own: Day, index: int, limits: list[Literal]) -> bool:
    """Report the rule of the override with this index where it decides a parcel more mildly than the base."""
    now = _rule(own, index)
    lane = now.lane if now else subject.policy.default_lane
    for other in range(len(base.rules) + 1):
        before = _rule(base, other)
        was: Lane = before.lane if before else (subject.base or subject.policy).default_lane
        given = (*limits, *own.decided_by(index), *base.decided_by(other))
        if severity(was) <= severity(lane) or not own.exists(*given):
            continue
        parcel = own.find(*given)
        assert parcel is not None  # noqa: S101 - the same question had an answer a moment ago
        named = now.id if now else "default_lane"
        message = (
            f"Here {named} sends to {lane} what {before.id if before else 'default_lane'} of the policy sends to "
            f"{was}, for example {describe(parcel)}. If that is meant, accept it with the reason."
        )
        own_rule = now is not None and now.file == subject.file
        mark = subject.rule_mark(now) if now and own_rule else subject.file_mark(subject.file)
        notes.warn(mark, "override_milder", message, now if own_rule else None)
        return True
    return False


def _rule(day: Day, index: int) -> Rule | None:
    return day.rules[index] if index < len(day.rules) else None


@dataclass(frozen=True, slots=True)
class _Part:
    path: tuple[str, ...]
    what: str
    before: str
    now: str


def _parts(subject: Subject, base: Policy, notes: Notes) -> None:
    for part in _milder_parts(base, subject.policy):
        message = (
            f"Here {part.what} is {part.now}, in the policy it is {part.before}; that is milder. If that is meant, "
            "accept it with the reason."
        )
        notes.warn(subject.mark(*part.path), "override_milder", message)


def _milder_parts(base: Policy, own: Policy) -> list[_Part]:
    found = [
        _Part(("missing_evidence", key), f"the lane for {key}", step.lane, own.missing_evidence[key].lane)
        for key, step in base.missing_evidence.items()
        if severity(own.missing_evidence[key].lane) < severity(step.lane)
    ]
    before, now = base.random_selection, own.random_selection
    if now.rate < before.rate:
        found.append(_Part(("random_selection", "rate"), "the rate of the random selection", number(before.rate),
                           number(now.rate)))  # fmt: skip
    if severity(now.lane) < severity(before.lane):
        found.append(_Part(("random_selection", "lane"), "the lane of the random selection", before.lane, now.lane))
    return found
