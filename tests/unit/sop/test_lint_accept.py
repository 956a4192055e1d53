"""Warnings that authors accept: shown with their reason, by the right rule, and no longer than they are needed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from sop.check import Checked, check_package, check_text
from sop.lint import order as lint_order
from sop.lint.base import Context
from sop.vocabulary import Vocabulary

TextOf = Callable[..., str]
TODAY = date(2026, 11, 21)
SCAN = "default_lane: scan\n"
OVERRIDE = """\
extends: ../policy.yaml
version: "2"
applies_to: {station: "leeds-*"}
"""


@pytest.fixture
def check(text_of: TextOf, vocabulary: Vocabulary) -> Callable[..., Checked]:
    def checked(*rules: str, more: str = "", override: str = "") -> Checked:
        files = {"policy.yaml": (text_of(*rules, default=SCAN) + more).encode()}
        files |= {"overrides/leeds.yaml": (OVERRIDE + override).encode()} if override else {}
        return check_package(files, Context(today=TODAY), vocabulary)

    return checked


def test_an_accepted_warning_of_a_rule_is_told_with_its_reason(check: Callable[..., Checked]) -> None:
    checked = check("A scan {origin_country: SE}\n    accept: {origin_alone: The agreement of March asks for it.}")
    (found,) = checked.findings
    assert (found.severity, found.code) == ("accepted", "origin_alone")
    assert found.message.endswith("that demands it. Accepted: The agreement of March asks for it.")
    assert checked.warnings == ()


def test_one_rule_accepts_for_itself_alone(check: Callable[..., Checked]) -> None:
    accept = "\n    accept: {origin_alone: The agreement of March asks for it.}"
    checked = check(f"A scan {{origin_country: SE}}{accept}", "B scan {origin_country: FR}")
    assert [(one.severity, one.message.split()[1]) for one in checked.findings] == [("accepted", "A"), ("warning", "B")]


def test_what_is_about_no_rule_is_accepted_at_the_top(check: Callable[..., Checked], text_of: TextOf) -> None:
    more = "accept: {share_detains: A trial that the ministry ordered.}\nworkload: {detain: {at_least_share: 0.001}}\n"
    (found,) = check("A scan {nature: gift}", more=more).findings
    assert (found.severity, found.code) == ("accepted", "share_detains")


def test_warnings_of_the_loader_are_accepted_too(check: Callable[..., Checked]) -> None:
    accept = "\n    accept: {country_unassigned: Posts use XK for parcels from Kosovo.}"
    rule = "scan {risk: {at_least: 0.1}, origin_country: XK}"
    (found,) = check(f"A {rule}{accept}").findings
    assert (found.severity, found.code) == ("accepted", "country_unassigned")
    other, own = check(f"B {rule}", f"A {rule.replace('0.1', '0.05')}{accept}").findings
    assert (other.severity, own.severity) == ("warning", "accepted")


def test_a_warning_is_accepted_in_the_override_that_brings_it(check: Callable[..., Checked]) -> None:
    milder = "change: [{id: A, lane: documents}]\n"
    (found,) = check("A scan {nature: gift}", override=milder).findings
    assert (found.severity, found.code, found.file) == ("warning", "override_milder", "overrides/leeds.yaml")
    accepted = "change: [{id: A, lane: documents, accept: {override_milder: Leeds has no scanner.}}]\n"
    (found,) = check("A scan {nature: gift}", override=accepted).findings
    assert (found.severity, found.code) == ("accepted", "override_milder")


def test_what_a_rule_accepts_for_the_sake_of_an_override_is_not_called_unused(check: Callable[..., Checked]) -> None:
    accept = "\n    accept: {rule_unreachable: Stations with an own rule of high risk do without.}"
    own = "    when: {risk: {at_least: 0.1}}\n    lane: scan\n    reviewed: 2026-11-01\n"
    override = f"add:\n  - id: L\n    title: Any risk\n{own}"
    (found,) = check(f"A scan {{risk: {{at_least: 0.2}}}}{accept}", override=override).findings
    assert (found.severity, found.code, found.file) == ("accepted", "rule_unreachable", "policy.yaml")
    assert found.message.startswith("Under overrides/leeds.yaml: Rule A never decides: L on line 5 of")


def test_an_acceptance_that_cannot_be_judged_here_is_left_alone(check: Callable[..., Checked]) -> None:
    accept = "\n    accept: {threshold_unreached: The next model gives more.}"
    assert check(f"A scan {{risk: {{at_least: 0.9999}}}}{accept}").findings == ()


def test_an_override_is_compared_for_its_own_parcels_only(text_of: TextOf, vocabulary: Vocabulary) -> None:
    policy = text_of("A examine {channel: postal, risk: {at_least: 0.2}}", default=SCAN).encode()
    changed = "change: [{id: A, lane: documents}]\n"
    found = {}
    for channel in ("postal", "courier"):
        override = f'extends: ../policy.yaml\nversion: "2"\napplies_to: {{channel: {channel}}}\n{changed}'
        files = {"policy.yaml": policy, "overrides/own.yaml": override.encode()}
        found[channel] = [one.code for one in check_package(files, Context(today=TODAY), vocabulary).findings]
    assert found == {"postal": ["override_milder"], "courier": []}


def test_what_an_override_shares_with_its_policy_is_said_once(check: Callable[..., Checked]) -> None:
    override = "default_lane: examine\n"
    found = check("A scan {origin_country: SE}", override=override).findings
    assert [(one.code, one.file) for one in found] == [("origin_alone", "policy.yaml")]


def test_a_comparison_that_takes_too_long_is_given_up_and_says_so(
    monkeypatch: pytest.MonkeyPatch, text_of: TextOf, vocabulary: Vocabulary
) -> None:
    monkeypatch.setattr(lint_order, "BUDGET", 20)
    text = text_of("A scan {risk: {at_least: 0.2}}", "B scan {risk: {at_least: 0.1}}", default=SCAN)
    (found,) = check_text(text, TODAY, vocabulary)
    assert (found.code, found.severity) == ("check_incomplete", "warning")


def test_rules_that_one_removal_makes_milder_are_told_together(check: Callable[..., Checked]) -> None:
    rules = ("A scan {risk: {at_least: 0.2}}", "B documents {nature: gift}", "C documents {channel: courier}")
    (found,) = check(*rules, override="remove: A\ndefault_lane: examine\n").findings
    assert (found.code, found.file, found.line) == ("override_milder", "overrides/leeds.yaml", 4)
    assert found.message.startswith(
        "Here B sends to documents what A of the policy sends to scan, for example a parcel"
    )
    assert "(so do C with others)" in found.message
    assert "station leeds-1" in found.message
