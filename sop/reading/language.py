"""The language of policy files, declared once: the loader, the JSON Schema and the documentation's test all use it."""

from __future__ import annotations

from collections.abc import Mapping as Map
from typing import Any

from sop.findings import Mark, Report
from sop.reading.lanes import (
    INSTRUCTIONS,
    LANE,
    LANE_KEY,
    LANE_WORDS,
    OUTCOME,
    REFERENCE,
    VERSION,
    accept_key,
)
from sop.reading.rules import RuleList, rule_shape
from sop.reading.scalars import Choice, Day, Number, Text
from sop.reading.shapes import Either, Key, Made, Record, Table
from sop.reading.time_zones import TimeZone
from sop.types import MissingPolicy, Policy, RandomSelection, Share
from sop.vocabulary import Vocabulary
from sop.words import MISSING_WORDS

SHARE = Number()


def policy_shape(vocabulary: Vocabulary) -> Record[Policy]:
    """Return the shape of a whole policy file."""
    keys: tuple[Key[Any], ...] = (
        Key("sop", Text(longest=100), "The procedure's name.", "sop: national-parcel-screening", required=True),
        Key("version", VERSION, "Changes with every change of the file.", 'version: "2026.11-1"', required=True),
        Key("effective_from", Day(), "The day from which it is meant to apply.", "effective_from: 2026-11-21",
            required=True),
        Key("owner", Text(longest=200), "The unit that answers for it.", "owner: Risk Analysis Unit", required=True),
        Key("lanes", Table(LANE_WORDS, OUTCOME, "lane", complete=True), "The advance-data answer of every lane.",
            "lanes: {detain: DNL, examine: RFS, scan: RFS, documents: RFI, release: AC}", required=True),
        Key("rules", RuleList(rule_shape(vocabulary), "a list of rules"), "The rules; the first that matches decides.",
            "rules: [...]", required=True),
        Key("missing_evidence", missing_shape(complete=True),
            "The least severe lane a parcel may get when something could not be judged.",
            "missing_evidence: {image_unreadable: examine, ...}", required=True),
        Key("random_selection", random_shape(), "The share of all parcels that chance raises to a lane.",
            "random_selection: {rate: 0.01, lane: examine, seed_from: item_id}"),
        Key("workload", workload_shape(), "The share of all parcels that a lane is meant to hold.",
            "workload: {examine: {at_most_share: 0.02}}"),
        Key("default_lane", LANE, "The lane of a parcel that no rule matches.", "default_lane: release", required=True),
        Key("time_zone", TimeZone(), "The time zone in which the days of dated rules and lists begin; UTC if left out.",
            "time_zone: Europe/Madrid"),
        accept_key(),
    )  # fmt: skip
    in_a_rule = dict.fromkeys(("id", "title", "when", "lane"), "it belongs to a rule: set it in under `rules`.")
    return Record("the policy", keys, _policy, elsewhere=in_a_rule)


def _step() -> Either[MissingPolicy]:
    long = Record("a step", (LANE_KEY, REFERENCE, INSTRUCTIONS), lambda values, _: MissingPolicy(**values))
    return Either(Made(LANE, lambda lane: MissingPolicy(lane=lane)), long)


def missing_shape(complete: bool) -> Table[MissingPolicy]:
    """Return the shape of `missing_evidence`; an override need not have all of it."""
    return Table(MISSING_WORDS, _step(), "missing evidence", complete=complete)


def random_shape() -> Record[RandomSelection]:
    """Return the shape of `random_selection`."""
    keys: tuple[Key[Any], ...] = (
        Key("rate", SHARE, "The share of all parcels, 0 to 1.", "rate: 0.01", required=True),
        LANE_KEY,
        Key("seed_from", Choice({"item_id": "The parcel's number."}, "seed"), "What the draw depends on.",
            "seed_from: item_id"),
        REFERENCE,
        INSTRUCTIONS,
    )  # fmt: skip
    sample = "write {rate: 0.01, lane: examine}"
    return Record("`random_selection`", keys, lambda values, _: RandomSelection(**values), sample=sample)


def workload_shape() -> Table[Share]:
    """Return the shape of `workload`."""
    return Table(LANE_WORDS, _share(), "lane")


def _share() -> Record[Share]:
    keys: tuple[Key[Any], ...] = (
        Key("at_least_share", SHARE, "At least this share of a stage's parcels.", "at_least_share: 0.05"),
        Key("at_most_share", SHARE, "At most this share of a stage's parcels.", "at_most_share: 0.02"),
        REFERENCE,
        INSTRUCTIONS,
    )
    sample = "write {at_least_share: ...}, {at_most_share: ...} or both"
    return Record("a share", keys, lambda values, _: Share(**values), _shares_in_order, sample)


def _policy(values: dict[str, Any], _mark: Mark) -> Policy:
    names = {"sop": "name", "accept": "accepted"}
    return Policy(**{names.get(key, key): value for key, value in values.items()})


def _shares_in_order(values: dict[str, Any], marks: Map[str, Mark], mark: Mark, report: Report) -> bool:
    if not marks.keys() & {"at_least_share", "at_most_share"}:
        if marks.keys() <= {REFERENCE.name, INSTRUCTIONS.name}:
            report.error(mark, "value_empty", "No share stands here; write at_least_share or at_most_share.")
        return False
    low, high = values.get("at_least_share", 0.0), values.get("at_most_share", 1.0)
    if low > high:
        report.error(
            mark, "threshold_order", f"A lane cannot hold at least {low:g} and at most {high:g} of all parcels."
        )
    return bool(low <= high)
