from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from features.errors import InputError
from sop.reading.loader import examine_policy, parse_policy
from sop.reading.packages import load_package
from sop.types import AnyOf, BeginsWith, OneOf, Policy, Share, Within
from sop.vocabulary import Vocabulary

EXAMPLE = """\
sop: national-parcel-screening
version: "2026.11-1"
effective_from: 2026-11-21
owner: Risk Analysis Unit
lanes: {detain: DNL, examine: RFS, scan: RFS, documents: RFI, release: AC}
rules:                       # first match wins
  - id: XR-010
    title: Firearm or part seen with high confidence
    when: {xray: {at_least: 0.90}}
    lane: detain
    reference: "SOP 4.3"
    reviewed: 2026-11-01
    instructions: Hold the parcel closed, call the duty officer, treat the parcel as a crime scene.
  - id: RK-020
    title: High manifest risk, no image yet
    when: {stage: pre_arrival, risk: {at_least: 0.05}, origin_country: [XX, YY]}
    lane: scan
missing_evidence: {image_unreadable: examine, image_shielded: examine, scanner_uncalibrated: documents,
                   risk_unavailable: scan, xray_unavailable: examine}
random_selection: {rate: 0.01, lane: examine, seed_from: item_id}
workload: {examine: {at_most_share: 0.02}, scan: {at_least_share: 0.05}}
default_lane: release
"""


def test_the_published_example_is_a_policy(vocabulary: Vocabulary) -> None:
    policy = parse_policy(EXAMPLE, "policy.yaml", vocabulary)
    first, second = policy.rules
    assert (policy.title, policy.effective_from) == ("national-parcel-screening 2026.11-1", date(2026, 11, 21))
    assert first.when == (Within("xray", at_least=0.9),)
    assert (first.reference, first.reviewed, first.line) == ("SOP 4.3", date(2026, 11, 1), 7)
    assert OneOf("origin_country", ("XX", "YY")) in second.when
    assert (second.reference, second.reviewed, second.instructions) == (None, None, None)
    assert policy.workload == {"examine": Share(at_most_share=0.02), "scan": Share(at_least_share=0.05)}


def test_placeholder_countries_give_a_warning_at_their_place(vocabulary: Vocabulary) -> None:
    findings = examine_policy(EXAMPLE, vocabulary).findings
    assert [(one.line, one.column, one.severity, one.code) for one in findings] == [
        (16, 73, "warning", "country_unassigned"),
        (16, 77, "warning", "country_unassigned"),
    ]


def test_all_problems_at_once_in_the_order_of_the_file(text_of: Callable[..., str], vocabulary: Vocabulary) -> None:
    text = text_of(
        "A scan {origin_country: [NO, UK], hs_code: [0101], xray: {at_least: 90}}",
        "A detian {indicator: S10_INVALD, any: [{part: {barel: {below: 0.5}}}, {}]}",
        default="defualt_lane: release\n",
    )
    with pytest.raises(InputError) as caught:
        parse_policy(text, "policy.yaml", vocabulary)
    problems = caught.value.problems
    assert [one.code for one in problems] == [
        "yaml_trap", "country_unknown", "yaml_trap", "number_range", "rule_id_repeated",
        "indicator_unknown", "key_unknown", "when_empty", "value_unknown", "key_unknown",
    ]  # fmt: skip
    assert problems[0].path == "policy.yaml:9:29"
    assert problems[0].message == 'YAML reads `NO` as a truth value (false); write "NO" in quotes.'
    assert "write `GB`" in problems[1].message
    assert "to base 8 (65)" in problems[2].message
    assert "for 90 % write 0.9" in problems[3].message
    assert "did you mean `barrel`?" in problems[6].message
    assert "did you mean `default_lane`?" in problems[9].message


def test_conditions_become_data(make_policy: Callable[..., Policy]) -> None:
    policy = make_policy(
        'A scan {hs_code: "9301", xray: {at_least: 0.5, assessment: [alarm, unknown]}, part: {slide: {below: 0.2}}, '
        "any: [{watchlist: any}, {finding_history: {at_least: 1}}]}"
    )
    assert policy.rules[0].when == (
        BeginsWith("hs_code", ("9301",)),
        Within("xray", at_least=0.5),
        OneOf("xray_assessment", ("alarm", "unknown")),
        Within("part.slide", below=0.2),
        AnyOf(((OneOf("watchlist", ("any",)),), (Within("finding_history", at_least=1),))),
    )


def test_random_selection_may_be_left_out(make_policy: Callable[..., Policy]) -> None:
    assert make_policy("A scan {nature: gift}", chance="").random_selection.rate == 0


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(vocabulary: Vocabulary, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + EXAMPLE.replace("\n", "\r\n").encode())
    assert len(load_package(path, vocabulary).base.rules) == 2


def test_a_file_that_is_not_utf_8_says_where(tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = tmp_path / "policy.yaml"
    path.write_bytes(b"sop: a\nowner: Caf\xe9\n")
    with pytest.raises(InputError) as caught:
        load_package(path, vocabulary)
    assert (caught.value.problems[0].path, caught.value.problems[0].code) == ("policy.yaml:2:11", "yaml_encoding")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        load_package(tmp_path / "none.yaml")


def test_a_file_larger_than_any_policy_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_bytes(b"#" * 1_000_001)
    with pytest.raises(InputError, match="1000001 bytes"):
        load_package(path)


@pytest.mark.parametrize(
    "text", ["[" * 5000, "a: " + "{a: " * 3000, "- " * 5000, "sop: \x00", "%YAML 1.1\n---\n", "*a", "?"]
)
def test_hostile_files_give_findings_and_no_exception(text: str, vocabulary: Vocabulary) -> None:
    assert examine_policy(text, vocabulary).errors


def test_a_control_character_is_found_at_its_place(vocabulary: Vocabulary) -> None:
    finding = examine_policy("sop: a\nowner: b\x07c\n", vocabulary).errors[0]
    assert (finding.line, finding.column, finding.code) == (2, 9, "yaml_syntax")


@pytest.mark.parametrize(
    "number", ["1e-1", ".inf", ".nan", "0x1", "0b1", "1:30", "-0.1", "+0.1", "٠.٥", "true", "[0.1]"]
)
def test_only_plain_decimal_numbers_are_numbers(
    text_of: Callable[..., str], vocabulary: Vocabulary, number: str
) -> None:
    text = text_of(f"A scan {{risk: {{at_least: {number}}}}}")
    assert [one.line for one in examine_policy(text, vocabulary).errors] == [9]


@pytest.mark.parametrize("number", ["0", "1", "0.05", ".5", "1.0"])
def test_plain_decimal_numbers(make_policy: Callable[..., Policy], number: str) -> None:
    assert make_policy(f"A scan {{risk: {{at_least: {number}}}}}").rules[0].when == (Within("risk", float(number)),)
