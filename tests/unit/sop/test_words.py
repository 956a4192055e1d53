from __future__ import annotations

from collections.abc import Callable

import pytest

from sop.types import Policy, RandomSelection, Share
from sop.words import number, random_words, share_words, shown, when_lines, when_words


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("{stage: station, risk: {at_least: 0.2}}", "at the station and manifest risk at least 0.20"),
        ("{risk: {at_least: 0.05, below: 0.2}}", "manifest risk at least 0.05 and below 0.20"),
        ("{origin_country: [GB, FR, SE]}", "origin country GB, FR or SE"),
        ('{hs_code: ["9301", "9305"]}', "HS code begins with 9301 or 9305"),
        ("{part: {trigger_group: {at_least: 0.5}}}", "trigger group score at least 0.50"),
        ("{watchlist: any}", "on a watch list, whichever"),
        ("{xray: {assessment: no_picture}}", "X-ray assessment no picture"),
        ("{station: ['leeds-*', hub]}", "station leeds-* or hub"),
        ("{any: [{nature: gift}, {finding_history: {at_least: 1}}]}",
         "either (declared nature gift) or (earlier findings at least 1)"),
    ],
)  # fmt: skip
def test_conditions_in_words(make_policy: Callable[..., Policy], when: str, words: str) -> None:
    assert when_words(make_policy(f"A scan {when}").rules[0].when) == words


def test_alternatives_stand_one_below_another(make_policy: Callable[..., Policy]) -> None:
    when = make_policy("A scan {nature: gift, any: [{channel: postal}, {risk: {below: 0.1}}]}").rules[0].when
    assert when_lines(when) == [
        "declared nature gift", "and one of:", "  • channel postal", "  • manifest risk below 0.10",
    ]  # fmt: skip


@pytest.mark.parametrize(("value", "text"), [(0.9, "0.90"), (0.0005, "0.0005"), (3, "3"), (0.125, "0.125"), (1.0, "1")])
def test_thresholds_as_people_write_them(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "bound", "text"), [(0.93, 0.9, "0.93"), (0.8999, 0.9, "0.8999"), (0.9, 0.9, "0.90"), (2, 1, "2")]
)
def test_values_stand_on_the_right_side_of_their_bound(value: float, bound: float, text: str) -> None:
    assert shown(value, bound) == text


def test_shares_in_words() -> None:
    assert share_words(Share(at_least_share=0.05, at_most_share=0.1)) == "at least 5 % and at most 10 % of all parcels"
    assert random_words(RandomSelection(rate=0.005, lane="scan")) == "0.50 % of all parcels to at least scan"
