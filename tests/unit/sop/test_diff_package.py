from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from sop_files import HEAD, ORIGINS, RULES, procedure

from sop.diff.packages import compare_packages
from sop.diff.policies import Change
from sop.export import package_as_json
from sop.package import Package
from sop.reading.packages import parse_package
from sop.vocabulary import Vocabulary

Make = Callable[..., Package]


@pytest.fixture
def package(text_of: Callable[..., str], vocabulary: Vocabulary) -> Make:
    files = partial(procedure, text_of)
    return lambda *rules, **more: parse_package(files(*rules, **more), "example", vocabulary)


def test_equal_procedures_have_no_difference(package: Make) -> None:
    assert compare_packages(package(), package()) == ()


def test_a_list_that_grew_is_told_once_and_not_for_each_rule(package: Make) -> None:
    grown = ORIGINS.replace("until: 2027-01-31, note: Annex B", "until: 2027-02-28, note: Annex C")
    new = package(lists__origins=grown.replace("  - SE\n", "  - FR\n  - {code: XK, until: 2027-03-31}\n"))
    assert compare_packages(package(), new) == (
        Change("removed", "list origins", "entries", "SE", None),
        Change("added", "list origins", "entries", None, "FR, XK (until 2027-03-31)"),
        Change("changed", "list origins", "entry NO", "from 2026-12-01 until 2027-01-31: Annex B",
               "from 2026-12-01 until 2027-02-28: Annex C"),
    )  # fmt: skip


def test_what_is_said_about_a_list_is_compared(package: Make) -> None:
    (change,) = compare_packages(package(), package(lists__origins=ORIGINS.replace("2027-05-01", "2027-06-01")))
    assert change == Change("changed", "list origins", "expires", "2027-05-01", "2027-06-01")


def test_another_list_in_a_condition_is_told_with_the_rule(package: Make) -> None:
    new = package(*RULES[:1], "B scan {origin_country: {list: origins}}", *RULES[2:])
    (change,) = compare_packages(package(), new)
    assert (change.what, change.aspect) == ("rule B", "when")
    assert change.before == "origin country GB or on the list origins (2 countries)"
    assert change.after == "origin country on the list origins (2 countries)"


def test_a_new_list_is_told_with_its_entries(package: Make) -> None:
    new = package(lists__more=ORIGINS.replace("list: origins", "list: more"))
    (change,) = compare_packages(package(), new)
    assert (change.kind, change.what, change.before) == ("added", "list more", None)
    assert change.after == (
        "2 countries from Decision 14, issued 2026-11-01, expires 2027-05-01: SE, NO (from 2026-12-01 until "
        "2027-01-31: Annex B)"
    )


def test_a_new_override_is_told_with_all_that_it_changes(package: Make) -> None:
    new = package(overrides__leeds=HEAD + "change: [{id: B, lane: examine, trim: never}]\ndefault_lane: scan\n")
    added = compare_packages(package(), new)
    assert added == (
        Change("added", "override leeds", "override", None, "version 2 for courier parcels at station leeds-*"),
        Change("changed", "override leeds", "default_lane", "release", "scan"),
        Change("changed", "override leeds, rule B", "lane", "scan", "examine"),
        Change("changed", "override leeds, rule B", "trim", None, "never"),
    )
    (removed,) = compare_packages(new, package())
    assert (removed.kind, removed.what) == ("removed", "override leeds")


def test_what_changed_in_the_policy_is_not_told_again_for_its_overrides(package: Make) -> None:
    override = HEAD + "change: [{id: B, lane: examine}]\n"
    old = package(overrides__leeds=override)
    rules = ("A detain {xray: {at_least: 0.8}}", *RULES[1:])
    new = package(*rules, overrides__leeds=override.replace('"2"', '"3"').replace("leeds-*", "hull-*"))
    assert [(one.what, one.aspect, one.after) for one in compare_packages(old, new)] == [
        ("rule A", "when", "X-ray score at least 0.80"),
        ("override leeds", "version", "3"),
        ("override leeds", "applies_to", "courier parcels at station hull-*"),
    ]


def test_dates_outcome_and_texts_of_a_rule(package: Make, text_of: Callable[..., str]) -> None:
    more = "    lane: scan\n    from: 2026-12-01\n    outcome: RFA\n    accept: {review_missing: soon}\n"
    old, new = text_of("A scan {nature: gift}"), text_of("A scan {nature: gift}").replace("    lane: scan\n", more)
    changes = compare_packages(package(policy=old), package(policy=new + "time_zone: Asia/Seoul\n"))
    assert {(one.what, one.aspect, one.before, one.after) for one in changes} == {
        ("policy", "time_zone", "UTC", "Asia/Seoul"),
        ("rule A", "from", None, "2026-12-01"),
        ("rule A", "outcome", None, "RFA"),
        ("rule A", "accept.review_missing", None, "soon"),
    }


def test_every_case_that_was_added_removed_or_turned_round_is_told(package: Make) -> None:
    case = "  - name: {}\n    given: {{stage: station, xray: 0.95}}\n    expect: {{lane: {}, rule: A}}\n"
    first = "cases:\n" + case.format("Barrel", "detain") + case.format("Slide", "detain")
    second = "cases:\n" + case.format("Barrel", "release") + case.format("Frame", "detain")
    old, new = package(cases=first), package(cases=second)
    given = "given: {stage: station, xray: 0.95}"
    assert [(one.kind, one.aspect, one.before, one.after) for one in compare_packages(old, new)] == [
        ("changed", "case Barrel", f"expect: {{lane: detain, rule: A}}, {given}",
         f"expect: {{lane: release, rule: A}}, {given}"),
        ("removed", "case Slide", f"expect: {{lane: detain, rule: A}}, {given}", None),
        ("added", "case Frame", None, f"expect: {{lane: detain, rule: A}}, {given}"),
    ]  # fmt: skip
    assert [(one.kind, one.aspect) for one in compare_packages(package(), new)] == [
        ("added", "case Barrel"), ("added", "case Frame"),
    ]  # fmt: skip
    remark = package(cases=second + "# a remark\n")
    assert [(one.kind, one.aspect) for one in compare_packages(new, remark)] == [("changed", "remarks and layout")]


def test_a_procedure_as_json(package: Make) -> None:
    whole = package(overrides__leeds=HEAD + "remove: A\n")
    found = json.loads(json.dumps(package_as_json(whole, date(2026, 12, 1))))
    assert (found["digest"], found["time_zone"]) == (whole.digest, "UTC")
    assert found["rules"][1]["when"] == "origin country GB or on the list origins (2 countries)"
    origins = found["lists"][1]
    assert (origins["list"], origins["codes"], origins["expired"]) == ("origins", ["SE", "NO"], False)
    assert origins["text"] == "expires on 2027-05-01"
    (override,) = found["overrides"]
    assert (override["override"], override["version"], override["stations"]) == ("leeds", "2", ["leeds-*"])
    assert [(one["kind"], one["what"]) for one in override["changes"]] == [("removed", "rule A")]
    late = package_as_json(whole, date(2027, 6, 1))["lists"][1]
    assert (late["expired"], late["text"]) == (True, "expired on 2027-05-01, counts all the same")
