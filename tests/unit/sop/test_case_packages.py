"""Cases and boundaries of a whole procedure: dates, named lists, overrides, workload, and why a case differs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from features.errors import InputError
from sop.casework.boundaries import boundaries
from sop.casework.boundary_moves import moves, taken
from sop.casework.cases import cases_of
from sop.casework.proposals import as_yaml, proposals
from sop.casework.testing import run_package
from sop.casework.verdicts import TestRun, Verdict
from sop.package import Package
from sop.reading.packages import parse_package
from sop.vocabulary import Vocabulary

LIST = """\
list: high-risk
kind: country
source: Decision 7 of the unit
issued: 2026-11-01
entries: [SE, {code: "NO", from: 2026-12-10, until: 2026-12-20}]
"""
DATED = """\
  - id: D
    title: Risk from listed origins in December
    when: {risk: {at_least: 0.05}, origin_country: {list: high-risk}}
    lane: scan
    reviewed: 2026-11-01
    from: 2026-12-01
    until: 2026-12-31
"""
LEEDS = """\
extends: ../policy.yaml
version: "2"
applies_to: {station: ["leeds-*"], channel: courier}
change: [{id: R, when: {risk: {at_least: 0.4}}, lane: examine}]
"""
WORKLOAD = "workload: {examine: {at_most_share: 0.02}, scan: {at_least_share: 0.05}}\n"
RULES = ("X examine {xray: {at_least: 0.9}}", "H examine {risk: {at_least: 0.6}}", "R scan {risk: {at_least: 0.2}}")


@pytest.fixture
def package(text_of: Callable[..., str], vocabulary: Vocabulary) -> Callable[..., Package]:
    """A procedure with a dated rule and a list, an override and workload; keywords add or replace files."""

    def make(*rules: str, cases: str = "", **files: str) -> Package:
        text = text_of(*(rules or RULES)).replace("rules:\n", "rules:\n" + DATED) + WORKLOAD
        written = {"policy.yaml": text, "lists/high-risk.yaml": LIST, "overrides/leeds.yaml": LEEDS}
        written |= {"cases.yaml": cases} if cases else {}
        written |= {name.replace("__", "/").replace("_cases", ".cases") + ".yaml": file for name, file in files.items()}
        return parse_package({name: file.encode() for name, file in written.items()}, "package", vocabulary)

    return make


Make = Callable[..., Package]


@pytest.fixture
def verdicts(package: Make, vocabulary: Vocabulary) -> Callable[..., list[Verdict]]:
    """The verdicts of cases written as `GIVEN -> EXPECT`."""

    def run(*written: str) -> list[Verdict]:
        lines = [f"  - {{name: a case, given: {{{one.split(' -> ')[0]}}}, expect: {{{one.split(' -> ')[1]}}}}}"
                 for one in written]  # fmt: skip
        made = package(cases="cases:\n" + "\n".join(lines) + "\n")
        found = run_package(made, cases_of(made, vocabulary)).verdicts
        return [one for one in found if one.kind == "case"]

    return run


def boundary_names(run: TestRun, rule: str) -> dict[str, str]:
    return {one.name: one.expected for one in run.verdicts if one.kind == "boundary" and one.rule == rule}


def test_a_case_is_decided_on_its_day_else_on_the_policys_first(verdicts: Callable[..., list[Verdict]]) -> None:
    parcel = "stage: pre_arrival, origin_country: SE, risk: 0.1"
    early, within, late = verdicts(
        f"{parcel} -> lane: release, rule: DEFAULT",
        f"{parcel}, day: 2026-12-31 -> lane: scan, rule: D",
        f"{parcel}, day: 2027-01-01 -> lane: release, rule: DEFAULT",
    )
    assert [one.passed for one in (early, within, late)] == [True, True, True]
    assert [str(one.day) for one in (early, within, late)] == ["2026-11-21", "2026-12-31", "2027-01-01"]


def test_a_case_at_an_overrides_station_runs_against_the_override(verdicts: Callable[..., list[Verdict]]) -> None:
    found = verdicts(
        "stage: pre_arrival, risk: 0.3, station: leeds-2, channel: courier -> lane: release, rule: DEFAULT",
        "stage: pre_arrival, risk: 0.3, station: leeds-2, channel: postal -> lane: scan, rule: R",
        "stage: pre_arrival, risk: 0.3, station: hull-1, channel: courier -> lane: scan, rule: R",
    )
    assert [(one.passed, one.policy) for one in found] == [
        (True, "overrides/leeds.yaml"), (True, "policy.yaml"), (True, "policy.yaml"),
    ]  # fmt: skip


def test_the_cases_of_an_override_stand_at_its_station(package: Make, vocabulary: Vocabulary) -> None:
    case = "cases:\n  - {name: own, given: {stage: pre_arrival, risk: 0.5}, expect: {lane: examine, rule: R}}\n"
    made = package(overrides__leeds_cases=case)
    (verdict,) = [one for one in run_package(made, cases_of(made, vocabulary)).verdicts if one.kind == "case"]
    assert (verdict.passed, verdict.policy, verdict.file) == (
        True, "overrides/leeds.yaml", "overrides/leeds.cases.yaml",
    )  # fmt: skip


def test_a_case_may_ask_for_more_than_lane_and_rule(verdicts: Callable[..., list[Verdict]]) -> None:
    parcel = "stage: station, missing: image_shielded"
    good, bad = verdicts(
        f'{parcel} -> lane: examine, rule: "MISSING:image_shielded", outcome: RFS, placed_by: missing_evidence, '
        "missing: image_shielded",
        f'{parcel} -> lane: examine, rule: "MISSING:image_shielded", outcome: AC, placed_by: rule, missing: nothing',
    )
    assert good.passed
    assert bad.expected == "examine by MISSING:image_shielded, outcome AC, placed by rule, missing nothing"
    assert bad.actual == (
        "examine by MISSING:image_shielded, outcome RFS, placed by missing_evidence, missing image_shielded"
    )
    assert bad.why == "Lane and rule are as expected; what differs: outcome, placed by, missing."


def test_workload_in_a_case(verdicts: Callable[..., list[Verdict]]) -> None:
    found = verdicts(
        "stage: pre_arrival, risk: 0.7, workload: {examine: full} -> lane: scan, rule: WORKLOAD, placed_by: workload",
        "stage: pre_arrival, risk: 0.7, workload: {examine: {keeps_from: 0.7}} -> lane: examine, rule: H",
        "stage: pre_arrival, risk: 0.7, workload: {examine: {keeps_from: 0.71}} -> lane: scan, rule: WORKLOAD",
        "stage: pre_arrival, risk: 0.1, workload: {scan: {takes_from: 0.1}} -> lane: scan, rule: WORKLOAD",
        "stage: pre_arrival, risk: 0.1, workload: {scan: {takes_from: 0.11}} -> lane: release, rule: DEFAULT",
        "stage: pre_arrival, risk: 0, workload: {scan: short} -> lane: scan, rule: WORKLOAD",
        "stage: station, xray: 0.95, workload: {examine: full} -> lane: examine, rule: X",
    )
    assert [one.why for one in found if not one.passed] == []


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ("stage: pre_arrival, risk: 0.15 -> lane: scan, rule: R",
         "R asks for manifest risk at least 0.20; here it is 0.15."),
        ("stage: pre_arrival, risk: 0.19999 -> lane: scan, rule: R",
         "R asks for manifest risk at least 0.20; here it is 0.19999."),
        ("stage: pre_arrival, missing: risk_unavailable -> lane: scan, rule: R",
         "R asks for manifest risk at least 0.20; here it is not known."),
        ("stage: pre_arrival, risk: 0.8 -> lane: scan, rule: R",
         "All conditions of R hold, but H stands before it (policy.yaml:"),
        ("stage: pre_arrival, risk: 0.8 -> lane: scan, rule: RR", "example 1 has no rule RR; did you mean `R`?"),
        ("stage: pre_arrival, origin_country: SE, risk: 0.1 -> lane: scan, rule: D",
         "D is in force from 2026-12-01 until 2026-12-31, and this day is 2026-11-21; a case says `day: 2026-12-01`."),
        ("stage: pre_arrival, origin_country: \"NO\", risk: 0.1, day: 2026-12-01 -> lane: scan, rule: D",
         "D asks for origin country on the list high-risk (2 countries); here it is NO, which is on the list high-risk "
         "from 2026-12-10 until 2026-12-20, and this day is 2026-12-01."),
        ("stage: pre_arrival, risk: 0.3, chance: selected -> lane: scan, rule: R",
         "R matches and gives scan, but the case says `chance: selected`."),
        ("stage: pre_arrival, risk: 0.3 -> lane: examine, rule: RANDOM", "The case does not say `chance: selected`."),
        ("stage: pre_arrival, risk: 0.7, chance: selected -> lane: examine, rule: RANDOM",
         "Chance asks for at least examine, and H already gives examine."),
        ("stage: pre_arrival, risk: 0.3 -> lane: release, rule: DEFAULT",
         "R applies, so the default lane is not asked."),
        ('stage: station, risk: 0.3 -> lane: examine, rule: "MISSING:image_shielded"',
         "Nothing is missing by the name image_shielded; a case says `missing: image_shielded`."),
        ('stage: station, risk: 0.3, missing: scanner_uncalibrated -> '
         'lane: documents, rule: "MISSING:scanner_uncalibrated"',
         "Without it the parcel gets at least documents, and R already gives scan."),
        ("stage: pre_arrival, risk: 0.7 -> lane: scan, rule: WORKLOAD",
         "The case gives no `workload`, for example `workload: {examine: full}`."),
        ("stage: pre_arrival, risk: 0.7, workload: {detain: full} -> lane: scan, rule: WORKLOAD",
         "The policy sets no `at_most_share` for detain, so its workload never moves a parcel there."),
        ("stage: station, xray: 0.95, workload: {examine: full} -> lane: scan, rule: WORKLOAD",
         "The workload moves no parcel of X out of examine: it rests on more than a score."),
        ("stage: pre_arrival, risk: 0.3 -> lane: examine, rule: R", "R decides as expected, but it leads to scan."),
    ],
)  # fmt: skip
def test_why_a_case_differs(verdicts: Callable[..., list[Verdict]], case: str, why: str) -> None:
    (verdict,) = verdicts(case)
    assert not verdict.passed
    assert verdict.why.startswith(why)


def test_the_closest_alternative_of_any_is_the_one_explained(package: Make, vocabulary: Vocabulary) -> None:
    rule = "A scan {stage: station, any: [{nature: gift}, {part: {barrel: {at_least: 0.7}, slide: {at_least: 0.7}}}]}"
    given = "{stage: station, part: {barrel: 0.8, slide: 0.65}}"
    made = package(
        rule, "R scan {risk: {at_least: 0.3}}",
        cases=f"cases:\n  - {{name: a, given: {given}, expect: {{lane: scan, rule: A}}}}\n",
    )  # fmt: skip
    (failed,) = run_package(made, cases_of(made, vocabulary)).failures
    assert failed.why == (
        "A, in the alternative of `any` that comes closest, asks for slide score at least 0.70; here it is 0.65."
    )


@pytest.mark.parametrize(
    ("when", "given", "why"),
    [
        ("{stage: station}", "stage: pre_arrival", "asks for a parcel at the station; here it is before arrival."),
        ('{hs_code: ["93", "9305"]}', 'stage: station, hs_code: "610910"',
         "asks for an HS code that begins with 93 or 9305; here it is 610910."),
        ("{watchlist: any}", "stage: station", "asks for any watch list; here there is none."),
        ("{contradiction: any}", "stage: station",
         "asks for any contradiction of picture and declaration; here there is none."),
        ("{transit_country: MX}", "stage: station, transit_country: [US, CA]",
         "asks for transit country MX; here they are CA, US."),
        ("{xray: {assessment: alarm}}", "stage: station", "asks for X-ray assessment alarm; here it is clear."),
        ("{station: hull-*}", "stage: station, station: leeds-2", "asks for station hull-*; here it is leeds-2."),
        ("{part: {barrel: {at_least: 0.5}}}", "stage: station",
         "asks for barrel score at least 0.50; here it is not known."),
    ],
)  # fmt: skip
def test_a_condition_and_what_the_parcel_has_instead(
    package: Make, vocabulary: Vocabulary, when: str, given: str, why: str
) -> None:
    case = f"cases:\n  - {{name: a, given: {{{given}}}, expect: {{lane: scan, rule: A}}}}\n"
    made = package(f"A scan {when}", "R scan {risk: {at_least: 0.3}}", cases=case)
    (failed,) = [one for one in run_package(made, cases_of(made, vocabulary)).failures if one.kind == "case"]
    assert failed.why == f"A {why}"


def test_edges_of_a_dated_rule_and_of_a_list(package: Make) -> None:
    run = run_package(package())
    assert run.failures == ()
    names = boundary_names(run, "D")
    own, others = "decided by D", "not decided by D"
    assert names["on the day before, 2026-11-30"] == others
    assert names["on its first day, 2026-12-01"] == own
    assert names["on its last day, 2026-12-31"] == own
    assert names["on the day after, 2027-01-01"] == others
    entry = "origin country NO of the list high-risk on"
    assert names[f"{entry} the day before, 2026-12-09"] == others
    assert names[f"{entry} its first day, 2026-12-10"] == own
    assert names[f"{entry} its last day, 2026-12-20"] == own
    assert names[f"{entry} the day after, 2026-12-21"] == others
    assert names["origin country SE of the list high-risk"] == own
    assert names["origin country AD, not on high-risk"] == others


def test_an_exception_for_one_code_of_a_list_is_no_mistake(package: Make) -> None:
    made = package(*RULES, "E examine {origin_country: SE, risk: {at_least: 0.05}}")
    *others, exception = made.base.rules
    run = run_package(replace(made, base=replace(made.base, rules=(exception, *others)), overrides=()))
    assert run.failures == ()
    assert "origin country SE of the list high-risk" not in boundary_names(run, "D")
    assert "origin country NO of the list high-risk on its first day, 2026-12-10" in boundary_names(run, "D")


def test_a_boundary_knows_the_written_days_and_not_the_engines(package: Make) -> None:
    policy = package().base
    (dated,) = [one for one in policy.rules if one.id == "D"]
    inside = {one.on for one in boundaries(policy) if one.rule.id == "D" and one.matches}
    # The same parcels against a rule of other days: each that lay inside must now fail.
    moved = replace(dated, starts=date(2027, 2, 1), ends=date(2027, 2, 2))
    assert all(not moved.in_force(day) for day in inside)


def test_edges_of_an_override(package: Make) -> None:
    made = package()
    assert [(one.name, one.file) for one in taken(made)] == [
        ("station leeds-1, channel courier", "overrides/leeds.yaml"), ("station elsewhere", "policy.yaml"),
    ]  # fmt: skip
    run = run_package(made)
    rows = [row.rule for row in run.coverage if row.policy == "overrides/leeds.yaml"]
    assert rows == ["R", "applies_to"]  # what it leaves as it is needs no cases of its own


def test_edges_of_the_workload(package: Make) -> None:
    found = [(one.rule.id, one.name, one.lane, one.by) for one in moves(package().base)]
    assert ("H", "examine over its share, ranked just below the cut", "scan", "WORKLOAD") in found
    assert ("H", "examine over its share, ranked at the cut", "examine", "H") in found
    # Seen in the picture, so it stays however full the lane is.
    assert ("X", "examine over its share, ranked just below the cut", "examine", "X") in found


def test_an_edge_that_an_earlier_rule_takes_says_which(package: Make) -> None:
    run = run_package(package("A examine {risk: {at_least: 0.3}}", "R scan {risk: {at_least: 0.5}}"))
    failed = next(one for one in run.failures if one.rule == "R" and one.policy == "policy.yaml")
    assert "A stands before it" in failed.why


def test_coverage_tells_untried_alternatives_and_loose_thresholds(package: Make, vocabulary: Vocabulary) -> None:
    cases = "cases:\n"
    for risk in ("0.12", "0.25"):
        rule = "R" if risk == "0.25" else "DEFAULT"
        lane = "scan" if risk == "0.25" else "release"
        cases += (
            f"  - {{name: a, given: {{stage: pre_arrival, risk: {risk}}}, expect: {{lane: {lane}, rule: {rule}}}}}\n"
        )
    made = package("X scan {any: [{nature: gift}, {nature: other}]}", "R scan {risk: {at_least: 0.2}}", cases=cases)
    run = run_package(made, cases_of(made, vocabulary))
    rows = {row.rule: row for row in run.coverage if row.policy == "policy.yaml"}
    assert [(way.words, way.cases) for way in rows["X"].ways] == [
        ("declared nature gift", 0), ("declared nature other", 0),
    ]  # fmt: skip
    (held,) = rows["R"].thresholds
    assert (held.nearest_below, held.nearest_at_or_above, held.held) == (0.12, 0.25, True)
    (loose,) = rows["D"].thresholds
    assert not loose.held


def test_proposed_cases_pass_and_leave_nothing_untried(package: Make, vocabulary: Vocabulary) -> None:
    made = package()
    run = run_package(made, ())
    found = list(proposals(made, run, vocabulary))
    assert {one.file for one in found} == {"cases.yaml", "overrides/leeds.cases.yaml"}
    texts = as_yaml(found, made).split("# For ")[1:]
    files = {text.split(":\n", 1)[0]: text.split(":\n", 1)[1] for text in texts}
    whole = Package(base=made.base, overrides=made.overrides, files={**made.files, **{
        name: text.encode() for name, text in files.items()}})  # fmt: skip
    again = run_package(whole, cases_of(whole, vocabulary))
    assert again.failures == ()
    assert [row.rule for row in again.coverage if not row.cases and row.rule != "applies_to"] == []
    assert all(way.cases for row in again.coverage for way in row.ways)
    assert list(proposals(whole, again, vocabulary)) == []


def test_a_rule_that_nothing_reaches_gets_a_remark(package: Make, vocabulary: Vocabulary) -> None:
    made = package("A examine {risk: {at_least: 0.1}}", "R scan {risk: {at_least: 0.2}}")
    text = as_yaml(list(proposals(made, run_package(made, ()), vocabulary)), made)
    assert "  # R: an earlier rule takes every parcel that was tried (manifest risk at least 0.20)." in text


def test_a_broken_file_of_an_override_is_named_by_its_path(package: Make, vocabulary: Vocabulary) -> None:
    made = package(cases="cases:\n  - {name: a}\n", overrides__leeds_cases="cases: 3\n")
    with pytest.raises(InputError) as refusal:
        cases_of(made, vocabulary)
    assert [problem.path for problem in refusal.value.problems] == [
        "cases.yaml:2:5", "cases.yaml:2:5", "overrides/leeds.cases.yaml:1:8",
    ]  # fmt: skip
