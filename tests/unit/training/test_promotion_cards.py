"""Cards are compared only where both were measured on the same parcels."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from models.bundle import Card, read_card, shipped_bundles
from training.promotion_cards import judge_cards

FIGURES: dict[str, Any] = {
    "unseen_groups_later_time": {
        "rows": 17717,
        "illicit": 304,
        "models": {
            "risk model": {"ap": [0.43, 0.35, 0.49], "recall@0.01": [0.34, 0.29, 0.38], "ece": [0.002, 0.001, 0.003]}
        },
    }
}
XRAY: dict[str, Any] = {
    "pictures": 600, "benign_pictures": 244, "boxes": 624,
    "any_part": {"ap50": 0.32, "interval": [0.27, 0.37]},
    "recall_at_false_alarms": [{"false_alarms": 0.05, "recall": 0.19, "interval": [0.07, 0.32]}],
}  # fmt: skip


def card(version: str, kind: str = "risk", **changes: Any) -> Card:
    values: dict[str, Any] = {
        "kind": kind, "name": "m", "version": version, "created_at": "2026-11-21T00:00:00Z", "licence": "Apache-2.0",
        "feature_spec": "abc", "command": "made in a test", "limits": (), "parameters": {"seed": 1},
        "data": {"sha256": "d" * 64, "split": {"test": 17717}}, "figures": FIGURES if kind == "risk" else XRAY,
    }  # fmt: skip
    return Card(**{**values, **changes})


def with_figure(name: str, value: list[float] | None) -> dict[str, Any]:
    figures = copy.deepcopy(FIGURES)
    figures["unseen_groups_later_time"]["models"]["risk model"][name] = value
    return figures


def codes(champion: Card | None, challenger: Card) -> list[str]:
    return [problem.code for problem in judge_cards(champion, challenger).refusals]


def test_an_equal_one_is_taken_with_its_figures() -> None:
    found = judge_cards(card("1.0.0"), card("1.1.0", figures=with_figure("ap", [0.36, 0.3, 0.4])))
    assert found.refusals == ()
    first = found.figures[0]
    assert (first.name, first.champion, first.challenger) == ("AP", 0.43, 0.36)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("ap", [0.34, 0.3, 0.4], "worse"),
        ("recall@0.01", [0.28, 0.2, 0.3], "worse"),
        ("ece", [0.04, 0.031, 0.05], "uncalibrated"),
        ("ece", None, "uncalibrated"),
        ("ap", None, "not_comparable"),
    ],
)
def test_what_speaks_against_it(name: str, value: list[float] | None, code: str) -> None:
    assert codes(card("1.0.0"), card("1.1.0", figures=with_figure(name, value))) == [code]


@pytest.mark.parametrize(
    "changes",
    [
        {"data": {"sha256": "e" * 64, "split": {"test": 17717}}},
        {"data": {"split": {"test": 17717}}},
        {"data": {"sha256": "d" * 64, "split": {"test": 1}}},
        {"parameters": {"seed": 2}},
        {"figures": {}},
        {"figures": {"unseen_groups_later_time": "good"}},
        {"figures": {"unseen_groups_later_time": {**FIGURES["unseen_groups_later_time"], "illicit": 29}}},
    ],
)
def test_cards_of_other_parcels_are_refused_with_the_option_that_helps(changes: dict[str, Any]) -> None:
    found = judge_cards(card("1.0.0"), card("1.1.0", **changes))
    assert [problem.code for problem in found.refusals] == ["not_comparable"]
    assert "--data" in found.refusals[0].message


def test_where_few_illicit_parcels_came_later_all_unseen_groups_count() -> None:
    part = FIGURES["unseen_groups_later_time"]
    both = {"unseen_groups_later_time": {**part, "illicit": 12}, "unseen_groups": part}
    assert codes(card("1.0.0", figures=both), card("1.1.0", figures=both)) == []


def test_without_a_champion_cards_say_nothing() -> None:
    assert codes(None, card("1.0.0")) == ["nothing_to_compare"]


def test_detectors_are_compared_by_ap_and_recall() -> None:
    old = card("1.0.0", "xray", data={"sha256": "d" * 64, "seed": 1})
    assert codes(old, card("1.1.0", "xray", data=old.data)) == []
    worse = {**XRAY, "any_part": {"ap50": 0.2, "interval": [0.1, 0.3]}}
    assert codes(old, card("1.1.0", "xray", data=old.data, figures=worse)) == ["worse"]
    found = judge_cards(old, card("1.1.0", "xray", data={"source": "synthetic"}))
    assert "--annotations and --images" in found.refusals[0].message


def test_the_shipped_risk_card_can_be_compared() -> None:
    shipped = read_card(shipped_bundles("risk")[-1])
    assert judge_cards(shipped, shipped).refusals == ()
