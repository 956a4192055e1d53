"""Warnings about a valid policy: things that are allowed, but hardly meant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

from sop.coverage import covering_rule
from sop.findings import Finding, Report
from sop.types import LANES, Outcome, Policy
from sop.yaml_reader import Node, mark_at

REVIEW_PERIOD = timedelta(days=365)
OUTCOME_RANK: dict[Outcome, int] = {"DNL": 3, "RFS": 2, "RFI": 1, "RFA": 1, "AC": 0}


def lint(policy: Policy, tree: Node, today: date) -> tuple[Finding, ...]:
    """Return the warnings, in the order of the file.

    Args:
        policy: A policy that the loader accepted.
        tree: The file it was read from.
        today: The day to which reviews are compared.
    """
    report = Report()
    for one in CHECKS:
        one(policy, tree, today, report)
    return tuple(sorted(report.findings))


def _unreachable(policy: Policy, tree: Node, _today: date, report: Report) -> None:
    for position, rule in enumerate(policy.rules):
        if by := covering_rule(rule, policy.rules[:position]):
            message = f"Rule {rule.id} never decides: {by.id} on line {by.line} catches every such parcel before it."
            report.warning(mark_at(tree, "rules", position), "rule_unreachable", message)


def _reviews(policy: Policy, tree: Node, today: date, report: Report) -> None:
    for position, rule in enumerate(policy.rules):
        mark = mark_at(tree, "rules", position, "reviewed")
        if rule.reviewed is None:
            report.warning(mark, "review_missing", f"Rule {rule.id} has no `reviewed:` date; nobody vouches for it.")
        elif rule.reviewed > today:
            report.warning(mark, "review_future", f"Rule {rule.id} is reviewed on {rule.reviewed}, which is to come.")
        elif today - rule.reviewed > REVIEW_PERIOD:
            message = f"Rule {rule.id} was last reviewed on {rule.reviewed}, over a year ago; confirm it or change it."
            report.warning(mark, "review_overdue", message)


def _chance(policy: Policy, tree: Node, _today: date, report: Report) -> None:
    if policy.random_selection.rate == 0:
        message = (
            "Nothing is selected by chance; what the rules never catch stays unknown. Set random_selection.rate, "
            "for example to 0.01."
        )
        report.warning(mark_at(tree, "random_selection", "rate"), "random_rate_zero", message)
    elif policy.random_selection.lane == "release":
        message = "A random selection that releases selects nothing; choose a lane in which somebody looks."
        report.warning(mark_at(tree, "random_selection", "lane"), "random_lane_release", message)


def _missing(policy: Policy, tree: Node, _today: date, report: Report) -> None:
    for key, step in policy.missing_evidence.items():
        if step.lane == "release":
            message = f"With `{key}: release` a parcel goes its way although this could not be judged."
            report.warning(mark_at(tree, "missing_evidence", key), "missing_evidence_release", message)


def _lane_order(policy: Policy, tree: Node, _today: date, report: Report) -> None:
    for severe, mild in pairwise(LANES):
        high, low = policy.lanes[severe], policy.lanes[mild]
        if OUTCOME_RANK[high] < OUTCOME_RANK[low]:
            message = f"{severe} is more severe than {mild}, but {high} asks less of the carrier than {low}."
            report.warning(mark_at(tree, "lanes", severe), "lanes_out_of_order", message)


CHECKS: tuple[Callable[[Policy, Node, date, Report], None], ...] = (
    _unreachable,
    _reviews,
    _chance,
    _missing,
    _lane_order,
)
