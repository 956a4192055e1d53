from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import yaml

from features.errors import InputError
from sop.casework.boundaries import boundaries
from sop.casework.cases import Case, examine_cases, load_cases
from sop.casework.testing import run_tests
from sop.engine import first_match
from sop.reading.schema import schema_of
from sop.types import Evidence, Policy
from sop.vocabulary import Vocabulary

Make = Callable[..., Policy]


@pytest.fixture
def cases(tmp_path: Path, vocabulary: Vocabulary) -> Callable[[str], tuple[Case, ...]]:
    def load(*given: str) -> tuple[Case, ...]:
        lines = ["cases:"]
        for one in given:
            lines.append(f"  - {{name: a case, {one}}}")
        path = tmp_path / "cases.yaml"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return load_cases(path, vocabulary)

    return load


EXPECT = "expect: {lane: release, rule: DEFAULT}"


@pytest.mark.parametrize(
    ("given", "evidence"),
    [
        ("{stage: pre_arrival}", Evidence(item_id="case", stage="pre_arrival", risk=0.0)),
        ("{stage: station}",
         Evidence(item_id="case", stage="station", risk=0.0, xray=0.0, xray_assessment="clear", combined=0.0)),
        ("{stage: station, part: {barrel: 0.7}}",
         Evidence(item_id="case", stage="station", risk=0.0, xray=0.7, xray_assessment="clear", combined=0.0,
                  parts={"barrel": 0.7})),
        ("{stage: station, xray: {score: 0.9, assessment: alarm}, transit_country: US}",
         Evidence(item_id="case", stage="station", risk=0.0, xray=0.9, xray_assessment="alarm", combined=0.0,
                  transit_countries=("US",))),
        ("{stage: station, xray: {assessment: no_picture}}", Evidence(item_id="case", stage="station", risk=0.0)),
        ("{stage: station, missing: image_unreadable}",
         Evidence(item_id="case", stage="station", risk=0.0, xray_assessment="unknown",
                  missing=frozenset({"image_unreadable"}))),
        ("{stage: station, missing: image_shielded, xray: 0.4}",
         Evidence(item_id="case", stage="station", risk=0.0, xray=0.4, xray_assessment="unknown", combined=0.0,
                  missing=frozenset({"image_shielded"}))),
        ("{stage: pre_arrival, missing: risk_unavailable}",
         Evidence(item_id="case", stage="pre_arrival", missing=frozenset({"risk_unavailable"}))),
    ],
)  # fmt: skip
def test_a_case_begins_from_a_harmless_parcel(
    cases: Callable[[str], tuple[Case, ...]], given: str, evidence: Evidence
) -> None:
    (case,) = cases(f"given: {given}, {EXPECT}")
    assert case.evidence == evidence


def test_all_mistakes_of_a_file_of_cases_at_once(cases: Callable[..., tuple[Case, ...]]) -> None:
    with pytest.raises(InputError) as caught:
        cases("given: {stage: statoin, risk: 3}, " + EXPECT, "given: {}, expect: {lane: relase, rule: DEFAULT}")
    assert [one.path.split(":")[1] for one in caught.value.problems] == ["2", "2", "3", "3"]


def test_a_case_that_comes_out_otherwise_fails_with_both_answers(
    make_policy: Make, cases: Callable[[str], tuple[Case, ...]]
) -> None:
    policy = make_policy("A scan {risk: {at_least: 0.2}}")
    run = run_tests(policy, cases("given: {stage: pre_arrival, risk: 0.3}, expect: {lane: detain, rule: A}"))
    (failed,) = run.failures
    assert (failed.expected, failed.actual, failed.line) == ("detain by A", "scan by A", 2)
    assert not next(row for row in run.coverage if row.rule == "A").passed


def test_chance_is_part_of_a_case_only_when_it_says_so(
    make_policy: Make, cases: Callable[..., tuple[Case, ...]]
) -> None:
    policy = make_policy("A scan {risk: {at_least: 0.2}}", chance="random_selection: {rate: 1, lane: examine}\n")
    run = run_tests(
        policy,
        cases(
            "given: {stage: pre_arrival}, expect: {lane: release, rule: DEFAULT}",
            "given: {stage: pre_arrival, chance: selected}, expect: {lane: examine, rule: RANDOM}",
        ),
    )
    assert run.failures == ()


def test_each_threshold_is_tried_at_below_and_above(make_policy: Make) -> None:
    policy = make_policy("A scan {risk: {at_least: 0.2, below: 0.5}, stage: station}", "B scan {nature: gift}")
    tried = {one.name: (one.evidence.risk, one.matches) for one in boundaries(policy)}
    assert tried == {
        "manifest risk just below 0.20": (0.19999999999999998, False),
        "manifest risk at 0.20": (0.2, True),
        "manifest risk just above 0.20": (0.20000000000000004, True),
        "manifest risk just below 0.50": (0.49999999999999994, True),
        "manifest risk at 0.50": (0.5, False),
        "manifest risk just above 0.50": (0.5000000000000001, False),
    }


def test_counts_step_by_one_and_scores_stay_in_their_range(make_policy: Make) -> None:
    policy = make_policy("A scan {finding_history: {at_least: 1}}", "B scan {risk: {at_least: 1}}")
    tried = [(one.name, one.evidence.finding_history, one.evidence.risk) for one in boundaries(policy)]
    assert [history for name, history, _ in tried if name.startswith("earlier")] == [0, 1, 2]
    assert [risk for name, _, risk in tried if name.startswith("manifest")] == [0.9999999999999999, 1.0]


@pytest.mark.parametrize(
    "when",
    [
        "{origin_country: GB, transit_country: [FR, US], watchlist: any, combined: {at_least: 0.4}}",
        '{hs_code: "93", indicator: S10_INVALID, contradiction: any, xray: {assessment: alarm, below: 0.3}}',
        "{part: {barrel: {at_least: 0.5}, slide: {at_least: 0.7}}, finding_history: {below: 3}}",
        "{any: [{stage: station, xray: {at_least: 0.5}}, {nature: gift, risk: {at_least: 0.2}}], channel: postal}",
    ],
)
def test_the_parcel_at_a_threshold_meets_all_other_conditions(make_policy: Make, when: str) -> None:
    policy = make_policy(f"A scan {when}")
    found = list(boundaries(policy))
    assert {one.matches for one in found} == {True, False}
    for one in found:
        rule = first_match(policy, one.evidence, one.on)
        assert (rule is not None) == one.matches, one.name
    assert run_tests(policy, ()).failures == ()


def test_a_threshold_behind_an_earlier_rule_fails(make_policy: Make) -> None:
    policy = make_policy("A detain {xray: {at_least: 0.5}}", "B scan {part: {barrel: {at_least: 0.6}}}")
    failed = run_tests(policy, ()).failures
    assert {one.rule for one in failed} == {"B"}
    assert {one.actual for one in failed} == {"decided by A"}


def test_coverage_names_every_rule_and_everything_that_can_decide(make_policy: Make) -> None:
    run = run_tests(make_policy("A scan {nature: gift}"), ())
    assert [row.rule for row in run.coverage] == [
        "A", "MISSING:image_unreadable", "MISSING:image_shielded", "MISSING:scanner_uncalibrated",
        "MISSING:risk_unavailable", "MISSING:xray_unavailable", "RANDOM", "DEFAULT",
    ]  # fmt: skip
    assert run.coverage[0].cases == 0


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("workload: {examine: overfull}", "value_unknown"),
        ("workload: {examine: {keeps_from: 0.1, takes_from: 0.2}}", "value_type"),
        ("workload: {examine: {keeps_from: 2}}", "number_range"),
        ("day: 1.12.2026", "date_format"),
        ("on: 2026-12-01", "key_unknown"),
    ],
)
def test_mistakes_in_what_is_given(vocabulary: Vocabulary, given: str, code: str) -> None:
    text = f"cases:\n  - {{name: a, given: {{stage: station, {given}}}, expect: {{lane: scan, rule: R}}}}\n"
    assert [one.code for one in examine_cases(text, "cases.yaml", vocabulary).errors] == [code]


def test_the_schema_of_cases_takes_what_the_loader_takes(vocabulary: Vocabulary) -> None:
    schema = schema_of("cases", vocabulary)
    text = """
    cases:
      - name: all of it
        given: {stage: station, station: leeds-2, day: "2026-12-01", workload: {examine: full, scan: {takes_from: 0.1}},
                xray: {score: 0.2, assessment: clear}, combined: unknown, origin_country: SE, missing: image_shielded}
        expect: {lane: scan, rule: WORKLOAD, outcome: RFS, placed_by: workload, missing: [image_shielded]}
    """
    validator = jsonschema.Draft202012Validator(schema)
    good = json.loads(json.dumps(yaml.safe_load(text)))
    validator.validate(good)
    assert examine_cases(text, "cases.yaml", vocabulary).errors == ()
    good["cases"][0]["given"]["workload"]["examine"] = "overfull"
    assert not validator.is_valid(good)
