"""The exact search of `sop check` and the engine agree: about which parcels there are, and which rule decides them."""

from __future__ import annotations

import random
import re
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sop_strategies import TODAY, VOCABULARY, as_files, possible_parcels, procedures

from sop.check import check_package
from sop.engine import first_match
from sop.lint.base import Context
from sop.lint.day import BUDGET, Day, rules_on
from sop.package import Package
from sop.reading.packages import parse_package
from sop.signals import all_hold
from sop.types import Evidence, Policy, severity

on_days = st.integers(-40, 40).map(lambda number: TODAY + timedelta(days=number))


def load(procedure: dict[str, Any]) -> Package:
    return parse_package(as_files(procedure), "generated", VOCABULARY)


def base_of(procedure: dict[str, Any]) -> Policy:
    return load(procedure).base


def deciding(policy: Policy, parcel: Evidence, on: Any) -> int:
    """The position of the rule that decides among those in force; their number for the default lane."""
    rules = rules_on(policy, on)
    rule = first_match(policy, parcel, on)
    return len(rules) if rule is None else rules.index(rule)


def can_be(parcel: Evidence) -> bool:
    """Whether stations and detectors could have led to the parcel."""
    if parcel.xray_assessment is None:
        return parcel.xray is None and not parcel.parts and not parcel.contradictions
    judged = parcel.xray is not None or parcel.xray_assessment == "unknown"
    return judged and max(parcel.parts.values(), default=-1.0) <= (-1.0 if parcel.xray is None else parcel.xray)


@settings(max_examples=20, deadline=None)
@given(procedures(), on_days, st.randoms(use_true_random=False))
def test_every_parcel_that_the_search_shows_is_decided_as_it_says(
    procedure: dict[str, Any], on: Any, chance: random.Random
) -> None:
    policy = base_of(procedure)
    day = Day.of(policy, on, BUDGET)
    for index in range(len(day.rules) + 1):
        parcel = day.find(*day.decided_by(index))
        assert parcel is None or deciding(policy, parcel, on) == index
        assert parcel is None or can_be(parcel)
        for signal, numbers in day.space.numbers.items():
            # Not only the plainest parcel: one with each score somewhere else.
            there = day.space.span(signal, chance.randrange(len(numbers.spans)))
            moved = day.find(*day.decided_by(index), there)
            assert moved is None or (deciding(policy, moved, on) == index and can_be(moved))
        for other in range(index + 1, len(day.rules)):
            both = day.find(*day.decided_by(index), day.matches[other])
            assert both is None or (deciding(policy, both, on) == index and all_hold(day.rules[other].when, both, on))


@settings(max_examples=20, deadline=None)
@given(procedures(), on_days, st.lists(possible_parcels(), min_size=10, max_size=10))
def test_where_the_search_finds_no_parcel_there_is_none(
    procedure: dict[str, Any], on: Any, parcels: list[Evidence]
) -> None:
    policy = base_of(procedure)
    day = Day.of(policy, on, BUDGET)
    for parcel in parcels:
        held = [day.matches[index] for index, rule in enumerate(day.rules) if all_hold(rule.when, parcel, on)]
        assert day.exists(*day.decided_by(deciding(policy, parcel, on)), *held)


@settings(max_examples=15, deadline=None)
@given(procedures(), st.integers(0, 60), st.lists(possible_parcels(), min_size=5, max_size=5))
def test_no_rule_that_is_called_unreachable_ever_decides(
    procedure: dict[str, Any], after: int, parcels: list[Evidence]
) -> None:
    without = {path: file for path, file in procedure.items() if not path.startswith("overrides/")}
    found = check_package(as_files(without), Context(today=TODAY), VOCABULARY).findings
    policy = base_of(procedure)
    on = max(TODAY, policy.effective_from) + timedelta(days=after)
    never = {one.message.split()[1] for one in found if one.code == "rule_unreachable"}
    for parcel in parcels:
        rule = first_match(policy, parcel, on)
        assert rule is None or rule.id not in never


def named(message: str) -> list[str]:
    """The rules that a message says to be milder."""
    others = re.findall(r"\(so do (.*?) with others\)", message)
    return re.findall(r"Here (\S+) sends", message) + [name for one in others for name in one.split(", ")]


@settings(max_examples=12, deadline=None)
@given(procedures(), st.integers(0, 60), st.lists(possible_parcels(), min_size=8, max_size=8))
def test_whatever_an_override_treats_more_mildly_is_said(
    procedure: dict[str, Any], after: int, parcels: list[Evidence]
) -> None:
    package = load(procedure)
    findings = check_package(as_files(procedure), Context(today=TODAY), VOCABULARY).findings
    told = {(one.file, name) for one in findings if one.code == "override_milder" for name in named(one.message)}
    on = max(TODAY, package.base.effective_from) + timedelta(days=after)
    for one in package.overrides:
        for parcel in (parcel for parcel in parcels if one.scope.fits(parcel.station, parcel.channel)):
            before, now = first_match(package.base, parcel, on), first_match(one.policy, parcel, on)
            lanes = (before.lane if before else package.base.default_lane,
                     now.lane if now else one.policy.default_lane)  # fmt: skip
            if severity(lanes[1]) < severity(lanes[0]):
                assert (one.file, now.id if now else "default_lane") in told
