"""A procedure as it will stand on a day: dated rules and lists count as they do then, whatever the day of a parcel."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sop.lists import NamedList
from sop.package import Package
from sop.types import AnyOf, BeginsWith, Condition, OneOf, Policy, When


def standing_on(package: Package, on: date) -> Package:
    """Return the procedure with the rules and list entries that are in force on a day, in force on every day."""
    overrides = tuple(replace(one, policy=_policy(one.policy, on)) for one in package.overrides)
    return replace(package, base=_policy(package.base, on), overrides=overrides)


def _policy(policy: Policy, on: date) -> Policy:
    rules = (rule for rule in policy.rules if rule.in_force(on))
    return replace(policy, rules=tuple(replace(one, starts=None, ends=None, when=_when(one.when, on)) for one in rules))


def _when(when: When, on: date) -> When:
    return tuple(_condition(one, on) for one in when)


def _condition(condition: Condition, on: date) -> Condition:
    match condition:
        case AnyOf(alternatives):
            return AnyOf(tuple(_when(one, on) for one in alternatives))
        case OneOf() | BeginsWith():
            return replace(condition, lists=tuple(_list(one, on) for one in condition.lists))
        case _:
            return condition


def _list(one: NamedList, on: date) -> NamedList:
    entries = (entry for entry in one.entries if entry.in_force(on))
    return replace(one, entries=tuple(replace(entry, starts=None, ends=None) for entry in entries))
