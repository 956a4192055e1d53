"""Checks on chance, lanes, cases, and on thresholds against what the models give."""

from __future__ import annotations

from itertools import pairwise

from models.score_range import ScoreRange
from sop.lint.base import Notes, Subject
from sop.lint.space import leaves
from sop.signals import PART_PREFIX
from sop.types import LANES, Outcome, Rule, Within
from sop.words import number, signal_name

OUTCOME_RANK: dict[Outcome, int] = {"DNL": 3, "RFS": 2, "RFI": 1, "RFA": 1, "AC": 0}


def check_chance(subject: Subject, notes: Notes) -> None:
    """Report a random selection that selects nothing."""
    chance = subject.policy.random_selection
    if chance.rate == 0:
        message = (
            "Nothing is selected by chance; what the rules never catch stays unknown. Set random_selection.rate, "
            "for example to 0.01."
        )
        notes.warn(subject.mark("random_selection", "rate"), "random_rate_zero", message)
    elif chance.lane == "release":
        message = "A random selection that releases selects nothing; choose a lane in which somebody looks."
        notes.warn(subject.mark("random_selection", "lane"), "random_lane_release", message)


def check_lanes(subject: Subject, notes: Notes) -> None:
    """Report lanes whose answer to the carrier asks less than that of a milder lane."""
    for severe, mild in pairwise(LANES):
        high, low = subject.policy.lanes[severe], subject.policy.lanes[mild]
        if OUTCOME_RANK[high] < OUTCOME_RANK[low]:
            message = f"{severe} is more severe than {mild}, but {high} asks less of the carrier than {low}."
            notes.warn(subject.mark("lanes", severe), "lanes_out_of_order", message)


def check_cases(subject: Subject, notes: Notes) -> None:
    """Report rules that no case expects, where there are cases."""
    if subject.context.cases is None:
        return
    for rule in subject.policy.rules:
        if rule.id not in subject.context.cases:
            message = (
                f"No case expects rule {rule.id}; write one for a parcel that it must decide, so that `sop test` tells "
                "when a change takes it away."
            )
            notes.warn(subject.rule_mark(rule, "id"), "case_missing", message, rule)


def check_thresholds(subject: Subject, notes: Notes) -> None:
    """Report thresholds above everything that the models in use give."""
    for rule in subject.policy.rules:
        for leaf in dict.fromkeys(leaves(rule.when)):
            if isinstance(leaf, Within) and (found := _range(subject, leaf)) and _above(leaf, found):
                key, *rest = leaf.signal.split(".")
                mark = subject.rule_mark(rule, "when", key, *rest, "at_least")
                notes.warn(mark, "threshold_unreached", _unreached(rule, leaf, found), rule)


def _range(subject: Subject, leaf: Within) -> ScoreRange | None:
    # A part's score is an any-part score, so what holds for the picture holds for it.
    return subject.context.scores.get("xray" if leaf.signal.startswith(PART_PREFIX) else leaf.signal)


def _above(leaf: Within, found: ScoreRange) -> bool:
    return leaf.at_least is not None and leaf.at_least > found.highest


def _unreached(rule: Rule, leaf: Within, found: ScoreRange) -> str:
    return (
        f"Rule {rule.id} waits for {signal_name(leaf.signal)} {number(leaf.at_least or 0.0)} or more, but "
        f"{found.because}. Lower the threshold below {found.highest:.4g}, or the rule never decides."
    )
