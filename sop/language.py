"""The language of policy files, declared once: the loader, the JSON Schema and the documentation's test all use it."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass
from typing import Any

from sop.conditions import when_shape
from sop.findings import Mark, Report
from sop.scalars import Choice, Day, Number, Text
from sop.shapes import Either, Key, Later, ListOf, Made, Record, Table
from sop.types import RESERVED_RULES, MissingPolicy, Policy, RandomSelection, Rule, Share
from sop.vocabulary import Vocabulary
from sop.words import MISSING_WORDS
from sop.yaml_reader import Mapping, Node, Scalar, Sequence

LANE_WORDS: dict[str, str] = {
    "detain": "Held by the authority; nobody opens it without the duty officer.",
    "examine": "Opened and searched by an officer.",
    "scan": "X-rayed, or X-rayed again.",
    "documents": "Held until papers or answers have come.",
    "release": "Goes on its way.",
}
OUTCOME_WORDS: dict[str, str] = {
    "DNL": "Do not load.",
    "RFS": "Request for screening.",
    "RFI": "Request for information.",
    "RFA": "Request for amendment.",
    "AC": "Assessment complete.",
}
LANE = Choice(LANE_WORDS, "lane")
SHARE = Number()
REFERENCE: Key[str] = Key(
    "reference", Text(), "The clause of your written procedure; the officer sees it.", 'reference: "SOP 4.3"'
)
INSTRUCTIONS: Key[str] = Key(
    "instructions", Text(), "What the officer does now, in full sentences.", "instructions: Hold the parcel closed."
)
LANE_KEY: Key[str] = Key("lane", LANE, "Where the parcel goes.", "lane: examine", required=True)


@dataclass(frozen=True)
class RuleList(ListOf[Rule]):
    """The rules; their ids differ, also where other things are wrong with them."""

    def read(self, node: Node, report: Report) -> tuple[Rule, ...] | None:
        """Return the rules in their order."""
        rules = super().read(node, report)
        first: dict[str, int] = {}
        for scalar in _ids(node):
            if scalar.text in first:
                message = (
                    f"The id `{scalar.text}` is already that of the rule on line {first[scalar.text]}; choose another."
                )
                report.error(scalar.mark, "rule_id_repeated", message)
                rules = None
            first.setdefault(scalar.text, scalar.mark.line)
        return rules


def rule_shape(vocabulary: Vocabulary) -> Record[Rule]:
    """Return the shape of one rule."""
    when = when_shape(vocabulary)
    name = Text("a rule's id", r"[A-Za-z][A-Za-z0-9_.-]{0,39}", "begins with a letter; letters, digits, `-`, `_`, `.`")
    keys: tuple[Key[Any], ...] = (
        Key("id", name, "Names the rule in every decision it takes; never reuse one.", "id: XR-010", required=True),
        Key("title", Text(longest=200), "What the rule is for; the officer sees it.", "title: Gun seen", required=True),
        Key("when", Later("when", lambda: when), "The conditions; all must hold.", "when: {risk: {at_least: 0.2}}",
            required=True),
        LANE_KEY,
        REFERENCE,
        Key("reviewed", Day(), "When somebody last confirmed the rule.", "reviewed: 2026-11-01"),
        INSTRUCTIONS,
    )  # fmt: skip
    return Record("a rule", keys, lambda values, mark: Rule(**values, line=mark.line), _not_reserved)


def policy_shape(vocabulary: Vocabulary) -> Record[Policy]:
    """Return the shape of a whole policy file."""
    outcome = Choice(OUTCOME_WORDS, "outcome")
    version = Text("a version", r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,39}", "is letters, digits, `.`, `-`, `_` and `+`")
    keys: tuple[Key[Any], ...] = (
        Key("sop", Text(longest=100), "The procedure's name.", "sop: national-parcel-screening", required=True),
        Key("version", version, "Changes with every change of the file.", 'version: "2026.11-1"', required=True),
        Key("effective_from", Day(), "The day from which it is meant to apply.", "effective_from: 2026-11-21",
            required=True),
        Key("owner", Text(longest=200), "The unit that answers for it.", "owner: Risk Analysis Unit", required=True),
        Key("lanes", Table(LANE_WORDS, outcome, "lane", complete=True), "The advance-data answer of every lane.",
            "lanes: {detain: DNL, examine: RFS, scan: RFS, documents: RFI, release: AC}", required=True),
        Key("rules", RuleList(rule_shape(vocabulary), "a list of rules"), "The rules; the first that matches decides.",
            "rules: [...]", required=True),
        Key("missing_evidence", Table(MISSING_WORDS, _step(), "missing evidence", complete=True),
            "The least severe lane a parcel may get when something could not be judged.",
            "missing_evidence: {image_unreadable: examine, ...}", required=True),
        Key("random_selection", _random(), "The share of all parcels that chance raises to a lane.",
            "random_selection: {rate: 0.01, lane: examine, seed_from: item_id}"),
        Key("workload", Table(LANE_WORDS, _share(), "lane"), "The share of all parcels that a lane is meant to hold.",
            "workload: {examine: {at_most_share: 0.02}}"),
        Key("default_lane", LANE, "The lane of a parcel that no rule matches.", "default_lane: release", required=True),
    )  # fmt: skip
    return Record("the policy", keys, _policy)


def _step() -> Either[MissingPolicy]:
    long = Record("a step", (LANE_KEY, REFERENCE, INSTRUCTIONS), lambda values, _: MissingPolicy(**values))
    return Either(Made(LANE, lambda lane: MissingPolicy(lane=lane)), long)


def _random() -> Record[RandomSelection]:
    keys: tuple[Key[Any], ...] = (
        Key("rate", SHARE, "The share of all parcels, 0 to 1.", "rate: 0.01", required=True),
        LANE_KEY,
        Key("seed_from", Choice({"item_id": "The parcel's number."}, "seed"), "What the draw depends on.",
            "seed_from: item_id"),
        REFERENCE,
        INSTRUCTIONS,
    )  # fmt: skip
    return Record("`random_selection`", keys, lambda values, _: RandomSelection(**values))


def _share() -> Record[Share]:
    keys: tuple[Key[Any], ...] = (
        Key("at_least_share", SHARE, "At least this share of all parcels.", "at_least_share: 0.05"),
        Key("at_most_share", SHARE, "At most this share of all parcels.", "at_most_share: 0.02"),
    )
    return Record("a share", keys, lambda values, _: Share(**values), _shares_in_order)


def _policy(values: dict[str, Any], _mark: Mark) -> Policy:
    return Policy(name=values["sop"], **{key: value for key, value in values.items() if key != "sop"})


def _not_reserved(values: dict[str, Any], marks: Map[str, Mark], _mark: Mark, report: Report) -> bool:
    if values.get("id") not in RESERVED_RULES:
        return True
    report.error(marks["id"], "rule_id_reserved", f"`{values['id']}` is the engine's own word; choose another id.")
    return False


def _shares_in_order(values: dict[str, Any], marks: Map[str, Mark], mark: Mark, report: Report) -> bool:
    if not marks:
        report.error(mark, "value_empty", "No share stands here; write at_least_share or at_most_share.")
        return False
    low, high = values.get("at_least_share", 0.0), values.get("at_most_share", 1.0)
    if low > high:
        report.error(
            mark, "threshold_order", f"A lane cannot hold at least {low:g} and at most {high:g} of all parcels."
        )
    return bool(low <= high)


def _ids(node: Node) -> list[Scalar]:
    rules = [item for item in node.items if isinstance(item, Mapping)] if isinstance(node, Sequence) else []
    pairs = [pair for rule in rules for pair in rule.entries]
    return [value for key, value in pairs if key.text == "id" and isinstance(value, Scalar)]
