"""Dated rules and lists, stations, and the outcome of a rule's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from sop.engine import day_of, decide
from sop.lists import ListEntry, NamedList
from sop.signals import codes_of
from sop.types import BeginsWith, Evidence, Like, OneOf, Policy

Make = Callable[..., Policy]
Parcel = Callable[..., Evidence]
NEVER = "random_selection: {rate: 0, lane: examine}\n"
FIRST, LAST = date(2026, 12, 1), date(2026, 12, 24)
ORIGINS = NamedList(
    name="high-risk-origins",
    kind="country",
    source="A regulation",
    issued=date(2026, 11, 1),
    expires=date(2026, 12, 1),
    entries=(ListEntry(code="SE"), ListEntry(code="NO", starts=FIRST, ends=LAST)),
)
HEADINGS = replace(ORIGINS, name="arms", kind="hs_code", entries=(ListEntry(code="9305"), ListEntry(code="8")))


def policy_of(make_policy: Make, *when: object) -> Policy:
    policy = make_policy("A detain {risk: {at_least: 0}}", chance=NEVER)
    return replace(policy, rules=(replace(policy.rules[0], when=when),))


@pytest.mark.parametrize(
    ("on", "rule"),
    [
        (date(2026, 11, 30), "DEFAULT"),
        (FIRST, "A"),
        (LAST, "A"),
        (date(2026, 12, 25), "DEFAULT"),
    ],
)
def test_a_dated_rule_counts_from_its_first_day_to_its_last(
    make_policy: Make, parcel: Parcel, on: date, rule: str
) -> None:
    policy = make_policy("A detain {risk: {at_least: 0}}", chance=NEVER)
    dated = replace(policy, rules=(replace(policy.rules[0], starts=FIRST, ends=LAST),))
    assert decide(dated, parcel(), on=on).rule == rule


@pytest.mark.parametrize(
    ("zone", "day"),
    [("UTC", date(2026, 11, 30)), ("Europe/Madrid", FIRST), ("America/Mexico_City", date(2026, 11, 30))],
)
def test_days_begin_in_the_policy_s_time_zone(make_policy: Make, zone: str, day: date) -> None:
    policy = replace(make_policy("A detain {nature: gift}"), time_zone=zone)
    assert day_of(policy, datetime(2026, 11, 30, 23, 30, tzinfo=UTC)) == day


@pytest.mark.parametrize(
    ("origin", "on", "rule"),
    [
        ("SE", date(2026, 11, 1), "A"),
        ("SE", date(2027, 6, 1), "A"),  # the list has expired, and still counts
        ("NO", date(2026, 11, 30), "DEFAULT"),
        ("NO", LAST, "A"),
        ("GB", LAST, "A"),  # written out beside the list
        ("FR", LAST, "DEFAULT"),
        (None, LAST, "DEFAULT"),
    ],
)
def test_an_entry_of_a_list_counts_on_its_days(
    make_policy: Make, parcel: Parcel, origin: str | None, on: date, rule: str
) -> None:
    policy = policy_of(make_policy, OneOf("origin_country", ("GB",), (ORIGINS,)))
    assert decide(policy, parcel(origin_country=origin), on=on).rule == rule


@pytest.mark.parametrize(("code", "rule"), [("9305.20", "A"), ("87 03", "A"), ("930", "DEFAULT"), ("61", "DEFAULT")])
def test_a_list_of_headings_holds_beginnings(make_policy: Make, parcel: Parcel, code: str, rule: str) -> None:
    policy = policy_of(make_policy, BeginsWith("hs_code", (), (HEADINGS,)))
    assert decide(policy, parcel(hs_codes=("6109", code)), on=FIRST).rule == rule


def test_the_reason_names_the_list_that_a_value_is_on(make_policy: Make, parcel: Parcel) -> None:
    policy = policy_of(make_policy, OneOf("origin_country", ("GB",), (ORIGINS,)))
    named = decide(policy, parcel(origin_country="SE"), on=FIRST).reason
    assert named == "Title of A: origin country SE (list high-risk-origins)."
    assert decide(policy, parcel(origin_country="GB"), on=FIRST).reason == "Title of A: origin country GB."


def test_two_lists_of_one_name_are_told_apart() -> None:
    other = replace(ORIGINS, entries=(ListEntry(code="FR"),))
    assert codes_of(ORIGINS, FIRST).exact == {"SE", "NO"}
    assert codes_of(other, FIRST).exact == {"FR"}
    assert codes_of(ORIGINS, date(2026, 11, 1)).exact == {"SE"}


@pytest.mark.parametrize(("station", "rule"), [("leeds-2", "A"), ("leeds", "DEFAULT"), (None, "DEFAULT")])
def test_a_rule_may_ask_for_stations(make_policy: Make, parcel: Parcel, station: str | None, rule: str) -> None:
    policy = policy_of(make_policy, Like("station", ("hull", "leeds-*")))
    assert decide(policy, parcel(station=station), on=FIRST).rule == rule


def test_a_rule_s_own_outcome_holds_only_where_the_rule_decides(make_policy: Make, parcel: Parcel) -> None:
    policy = make_policy("A documents {risk: {at_least: 0}}", chance=NEVER)
    amended = replace(policy, rules=(replace(policy.rules[0], outcome="RFA"),))
    assert decide(amended, parcel(), on=FIRST).outcome == "RFA"
    raised = decide(amended, parcel(missing=frozenset({"image_unreadable"})), on=FIRST)
    assert (raised.lane, raised.outcome) == ("examine", "RFS")
