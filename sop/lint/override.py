"""Checks on an override against the policy that it extends: what becomes milder under it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sop.lint.base import Notes, Subject
from sop.lint.day import BUDGET, Day, both
from sop.lint.example import describe
from sop.lint.order import MOST_DAYS, change_days
from sop.lint.solver import TooHard
from sop.package import Scope
from sop.types import Evidence, Lane, Like, OneOf, Policy, Rule, When, severity
from sop.words import number


def check_override(subject: Subject, notes: Notes) -> None:
    """Report every part of an override by which parcels get a milder lane than under the policy.

    A rule of its own that is milder is reported there; rules of the policy that now decide what a more severe one did
    before are reported together, because one removed rule brings many of them.
    """
    assert subject.base is not None  # noqa: S101 - only overrides are asked
    _parts(subject, subject.base, notes)
    try:
        found = list(_on_all_days(subject, subject.base))
    except TooHard:
        message = "The override and the policy are too entangled to compare them rule by rule; simplify `any`."
        notes.warn(subject.file_mark(subject.file), "check_incomplete", message)
        return
    for one in found:
        if one.rule is not None and one.rule.file == subject.file:
            notes.warn(subject.rule_mark(one.rule), "override_milder", _message([one]), one.rule)
    if others := [one for one in found if one.rule is None or one.rule.file != subject.file]:
        notes.warn(subject.file_mark(subject.file, "remove"), "override_milder", _message(others))


def scope_when(scope: Scope) -> When:
    """Return the scope of an override as conditions."""
    stations: When = (Like("station", scope.stations),) if scope.stations else ()
    channels: When = (OneOf("channel", scope.channels),) if scope.channels else ()
    return (*stations, *channels)


@dataclass(frozen=True, slots=True)
class _Milder:
    """A rule that decides a parcel more mildly than the policy; None: the default lane does."""

    rule: Rule | None
    lane: Lane
    before: Rule | None
    was: Lane
    parcel: Evidence


def _on_all_days(subject: Subject, before: Policy) -> Iterator[_Milder]:
    """Yield each rule of the override that is milder on some parcel, with the first such parcel."""
    days = {day for one in (before, subject.policy) for day in change_days(one, subject.start)}
    known: set[Rule | None] = set()
    budget = BUDGET
    for on in sorted(days)[:MOST_DAYS]:
        base, own = both(before, subject.policy, on, budget, subject.scope)
        for index, rule in enumerate((*own.rules, None)):
            lane = rule.lane if rule else subject.policy.default_lane
            if rule not in known and (found := _milder(base, own, index, before.default_lane, lane)):
                known.add(rule)
                yield found
        budget = own.space.solver.budget


def _milder(base: Day, own: Day, index: int, default: Lane, lane: Lane) -> _Milder | None:
    for other, before in enumerate((*base.rules, None)):
        was = before.lane if before else default
        given = (*own.limits, *own.decided_by(index), *base.decided_by(other))
        if severity(was) > severity(lane) and own.exists(*given):
            parcel = own.find(*given)
            assert parcel is not None  # noqa: S101 - the same question had an answer a moment ago
            return _Milder(own.rules[index] if index < len(own.rules) else None, lane, before, was, parcel)
    return None


def _message(found: Sequence[_Milder]) -> str:
    first = found[0]
    named = [_name(one.rule) for one in found]
    others = f" (so do {', '.join(named[1:])} with others)" if len(named) > 1 else ""
    return (
        f"Here {named[0]} sends to {first.lane} what {_name(first.before)} of the policy sends to {first.was}, for "
        f"example {describe(first.parcel)}{others}. If that is meant, accept it with the reason."
    )


def _name(rule: Rule | None) -> str:
    return rule.id if rule else "default_lane"


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
