from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest

from sop.check import check_text
from sop.findings import Finding
from sop.vocabulary import Vocabulary

TextOf = Callable[..., str]
TODAY = date(2026, 11, 21)
PEOPLE = {"origin_alone"}


@pytest.fixture
def text_of(text_of: TextOf) -> TextOf:
    """A policy as elsewhere, but one whose default lane looks, lest every test meet `release_without_picture`."""
    return partial(text_of, default="default_lane: scan\n")


@pytest.fixture
def warnings(vocabulary: Vocabulary) -> Callable[[str], list[Finding]]:
    def check(text: str) -> list[Finding]:
        found = check_text(text, TODAY, vocabulary)
        assert {one.severity for one in found} <= {"warning"}, found
        return list(found)

    return check


def test_a_sound_policy_gives_no_warning(text_of: TextOf, warnings: Callable[[str], list[Finding]]) -> None:
    assert warnings(text_of("A scan {risk: {at_least: 0.1}}")) == []


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("{risk: {at_least: 0.1}}", "{risk: {at_least: 0.1}}"),
        ("{risk: {at_least: 0.1}}", "{risk: {at_least: 0.2, below: 0.5}, stage: station}"),
        ("{risk: {below: 0.5}}", "{risk: {below: 0.5}}"),
        ("{origin_country: [GB, FR]}", "{origin_country: FR, nature: gift}"),
        ('{hs_code: "93"}', '{hs_code: ["9301", "930520"]}'),
        ("{watchlist: any}", "{watchlist: national}"),
        ("{contradiction: any}", "{contradiction: DENSE_METAL_IN_TEXTILES}"),
        ("{part: {barrel: {at_least: 0.5}}}", "{part: {barrel: {at_least: 0.5}, slide: {at_least: 0.1}}}"),
        ("{any: [{nature: gift}, {channel: postal}]}", "{channel: postal}"),
        ("{any: [{nature: gift}, {channel: postal}]}", "{any: [{nature: gift}, {channel: postal, stage: station}]}"),
    ],
)
def test_a_rule_behind_a_wider_one_is_unreachable(
    text_of: TextOf, warnings: Callable[[str], list[Finding]], earlier: str, later: str
) -> None:
    (found,) = [one for one in warnings(text_of(f"A scan {earlier}", f"B detain {later}")) if one.code not in PEOPLE]
    assert (found.code, found.line) == ("rule_unreachable", 12)
    assert "Rule B never decides: A on line 7" in found.message


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("{risk: {at_least: 0.2}}", "{risk: {at_least: 0.1}}"),
        ("{risk: {at_least: 0.1, below: 0.5}}", "{risk: {at_least: 0.2}}"),
        ("{risk: {at_least: 0.1}, stage: station}", "{risk: {at_least: 0.1}}"),
        ("{origin_country: [GB]}", "{origin_country: [GB, FR]}"),
        ('{hs_code: "9301"}', '{hs_code: "93"}'),
        ("{watchlist: national}", "{watchlist: any}"),
        ("{risk: {at_least: 0.1}}", "{combined: {at_least: 0.5}}"),
        ("{channel: postal}", "{any: [{nature: gift}, {channel: postal}]}"),
    ],
)
def test_a_rule_that_can_still_decide_is_an_overlap_and_not_unreachable(
    text_of: TextOf, warnings: Callable[[str], list[Finding]], earlier: str, later: str
) -> None:
    found = {one.code for one in warnings(text_of(f"A scan {earlier}", f"B detain {later}"))} - PEOPLE
    assert found == {"rule_overlap"}


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("    reviewed: 2026-11-01\n", "", "review_missing"),
        ("reviewed: 2026-11-01", "reviewed: 2025-11-20", "review_overdue"),
        ("reviewed: 2026-11-01", "reviewed: 2026-11-22", "review_future"),
        ("rate: 0.01", "rate: 0", "random_rate_zero"),
        ("title: Title of A", "title: SOP #4", "yaml_remark"),
        ("random_selection: {rate: 0.01, lane: examine}\n", "", "random_rate_zero"),
        ("rate: 0.01, lane: examine", "rate: 0.01, lane: release", "random_lane_release"),
        ("image_shielded: examine", "image_shielded: release", "missing_evidence_release"),
        ("detain: DNL, examine: RFS", "detain: RFI, examine: RFS", "lanes_out_of_order"),
    ],
)
def test_what_is_allowed_but_hardly_meant(
    text_of: TextOf, warnings: Callable[[str], list[Finding]], before: str, after: str, code: str
) -> None:
    text = text_of("A scan {risk: {at_least: 0.1}}")
    assert before in text
    assert [one.code for one in warnings(text.replace(before, after))] == [code]


def test_a_real_remark_gives_no_warning(text_of: TextOf, warnings: Callable[[str], list[Finding]]) -> None:
    assert warnings(text_of("A scan {nature: gift}  # for gifts")) == []


def test_a_year_to_the_day_is_not_overdue(text_of: TextOf, warnings: Callable[[str], list[Finding]]) -> None:
    assert warnings(text_of("A scan {nature: gift}").replace("2026-11-01", "2025-11-21")) == []


def test_a_rule_with_very_many_alternatives_is_still_checked_in_time(text_of: TextOf, vocabulary: Vocabulary) -> None:
    either = "any: [{nature: gift}, {channel: postal}, {stage: station}]"
    nested = "{" + either + "}"
    for _ in range(6):
        nested = f"{{any: [{nested}, {nested}, {nested}]}}"
    assert check_text(text_of(f"A scan {nested}", default="default_lane: scan\n"), TODAY, vocabulary) == ()
