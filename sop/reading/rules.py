"""What a rule may say, in a policy and in an override."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Map
from dataclasses import dataclass
from typing import Any

from sop.findings import Mark, Report
from sop.reading.conditions import when_shape
from sop.reading.lanes import INSTRUCTIONS, LANE_KEY, LANE_WORDS, OUTCOME, REFERENCE, accept_key, days_message
from sop.reading.scalars import Choice, Day, Text
from sop.reading.shapes import Key, Later, ListOf, Record
from sop.reading.yaml_reader import Mapping, Node, Scalar, Sequence
from sop.types import LANES, RESERVED_RULES, Rule, severity
from sop.vocabulary import Vocabulary

ATTRIBUTES: Map[str, str] = {"from": "starts", "until": "ends", "accept": "accepted"}
"""Keys of the file whose attribute of `Rule` is called otherwise."""

RULE_ID = Text(
    "a rule's id", r"[A-Za-z][A-Za-z0-9_.-]{0,39}", "begins with a letter; letters, digits, `-`, `_`, `.`"
)  # fmt: skip
NEVER = "never"
TRIM_WORDS: Map[str, str] = {
    NEVER: "Its parcels stay where they are, however full their lane is.",
    **{lane: f"They go to {lane}. {LANE_WORDS[lane]}" for lane in LANES[1:]},
}
Conflict = tuple[str, str, str]
"""A key, the code of the error and its message."""


def rule_keys(vocabulary: Vocabulary) -> tuple[Key[Any], ...]:
    """Return every key of a rule."""
    when = when_shape(vocabulary)
    return (
        Key("id", RULE_ID, "Names the rule in every decision it takes; never reuse one.", "id: XR-010", required=True),
        Key("title", Text(longest=200), "What the rule is for; the officer sees it.", "title: Gun seen", required=True),
        Key("when", Later("when", lambda: when), "The conditions; all must hold.", "when: {risk: {at_least: 0.2}}",
            required=True),
        LANE_KEY,
        REFERENCE,
        Key("reviewed", Day(), "When somebody last confirmed the rule.", "reviewed: 2026-11-01"),
        Key("from", Day(), "The first day on which the rule is in force, in the policy's time zone.",
            "from: 2026-12-01"),
        Key("until", Day(), "The last day on which the rule is in force, that day included.", "until: 2027-01-31"),
        Key("outcome", OUTCOME, "The answer to advance data where it is not that of the lane.", "outcome: RFA"),
        Key("trim", Choice(TRIM_WORDS, "lane to trim to"),
            "Where `workload` moves the lowest-ranked parcels of this rule when their lane is too full: a milder lane, "
            "or `never`.", "trim: documents"),
        INSTRUCTIONS,
        Key("carrier_text", Text(longest=500),
            "What the carrier is told besides what is missing or wrong; say nothing of risk, lists or pictures.",
            "carrier_text: Send the serial number of the machine as well."),
        accept_key(),
    )  # fmt: skip


def rule_shape(vocabulary: Vocabulary) -> Record[Rule]:
    """Return the shape of one rule."""
    return Record("a rule", rule_keys(vocabulary), make_rule, check_rule, elsewhere=conditions(vocabulary))


def conditions(vocabulary: Vocabulary) -> dict[str, str]:
    """Return what to do with each condition that stands in a rule instead of under its `when`."""
    return {key.name: "it is a condition: write it under `when`." for key in when_shape(vocabulary).keys}


def make_rule(values: dict[str, Any], mark: Mark) -> Rule:
    """Return the rule of a file's values, with the place where it stands."""
    return Rule(**attributes(values), line=mark.line, file=mark.file)


def attributes(values: Map[str, Any]) -> dict[str, Any]:
    """Return values by attribute of `Rule` instead of by key of the file."""
    return {ATTRIBUTES.get(key, key): value for key, value in values.items()}


def check_rule(values: dict[str, Any], marks: Map[str, Mark], mark: Mark, report: Report) -> bool:
    """Report what does not fit together in one rule; return whether all does."""
    found = list(conflicts(values))
    for key, code, message in found:
        report.error(marks.get(key, mark), code, message)
    return not found


def conflicts(values: Map[str, Any]) -> Iterator[Conflict]:
    """Yield what does not fit together among values of a rule, by the keys of the file; missing ones are not judged."""
    name, start, end = values.get("id"), values.get("from"), values.get("until")
    if name in RESERVED_RULES:
        yield "id", "rule_id_reserved", f"`{name}` is the engine's own word; choose another id."
    if start and end and end < start:
        yield "until", "date_order", days_message("from", start, "until", end)
    if problem := _trim(values.get("trim"), values.get("lane")):
        yield "trim", "trim_lane", problem
    if values.get("outcome") == "AC" and values.get("lane", "release") != "release":
        yield (
            "outcome", "outcome_lane",
            f"AC tells the carrier that all is assessed, but the rule holds the parcel for {values['lane']}; "
            "write another outcome, or none for that of the lane.",
        )  # fmt: skip


def _trim(trim: Any, lane: Any) -> str | None:
    if trim in (None, NEVER) or lane is None:
        return None
    if lane == "detain":
        return "Parcels that a rule detains are never moved for want of room; remove `trim`."
    if severity(trim) < severity(lane):
        return None
    milder = [one for one in LANES if severity(one) < severity(lane)]
    return f"`{trim}` is not milder than the rule's own lane {lane}; write {' or '.join([*milder, NEVER])}."


@dataclass(frozen=True)
class RuleList(ListOf[Rule]):
    """The rules; their ids differ, also where other things are wrong with them."""

    def read(self, node: Node, report: Report) -> tuple[Rule, ...] | None:
        """Return the rules in their order."""
        rules = super().read(node, report)
        return None if repeated_ids(node, report) else rules


def repeated_ids(node: Node, report: Report) -> bool:
    """Report every id that a list of rules holds twice; return whether there is one."""
    first: dict[str, int] = {}
    repeated = False
    for scalar in rule_ids(node):
        if scalar.text in first:
            message = (
                f"The id `{scalar.text}` is already that of the rule on line {first[scalar.text]}; choose another."
            )
            report.error(scalar.mark, "rule_id_repeated", message)
            repeated = True
        first.setdefault(scalar.text, scalar.mark.line)
    return repeated


def rule_ids(node: Node) -> list[Scalar]:
    """Return the ids that stand in a list of rules, whatever else is wrong with it."""
    rules = [item for item in node.items if isinstance(item, Mapping)] if isinstance(node, Sequence) else []
    pairs = [pair for rule in rules for pair in rule.entries]
    return [value for key, value in pairs if key.text == "id" and isinstance(value, Scalar)]
