"""What an override may say: for which parcels it is, and what it changes of the policy that it extends."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, get_args

from features.manifest import Channel
from sop.findings import Mark, Report
from sop.package import Scope
from sop.reading.conditions import STATION
from sop.reading.lanes import LANE, VERSION, Accepted, accept_key
from sop.reading.language import missing_shape, random_shape, workload_shape
from sop.reading.rules import RULE_ID, check_rule, conditions, make_rule, repeated_ids, rule_keys
from sop.reading.scalars import Choice, Text
from sop.reading.shapes import Key, ListOf, OneOrMany, Record, Shape
from sop.reading.yaml_reader import Node
from sop.types import Lane, MissingKey, MissingPolicy, RandomSelection, Rule, Share
from sop.vocabulary import Vocabulary

T = TypeVar("T")
BASE = "../policy.yaml"
BASE_WORDS = {BASE: "The policy of the folder above; overrides extend nothing else."}
OF_THE_POLICY = {
    "rules": "an override names its rules under `change`, `remove` and `add`.",
    **dict.fromkeys(("sop", "lanes", "time_zone", "effective_from"), "that of the policy counts; remove it."),
    **dict.fromkeys(("station", "channel"), "write it under `applies_to`."),
}
"""What authors write in an override that stands elsewhere."""


@dataclass(frozen=True)
class Placed(Generic[T]):
    """A value and where it stands."""

    value: T
    mark: Mark = field(compare=False)


@dataclass(frozen=True)
class PlacedShape(Shape[Placed[T]]):
    """Another shape's value with its place."""

    shape: Shape[T]

    def read(self, node: Node, report: Report) -> Placed[T] | None:
        """Return the value with its place."""
        value = self.shape.read(node, report)
        return None if value is None else Placed(value, node.mark)

    def schema(self) -> dict[str, Any]:
        """Return the inner shape's."""
        return self.shape.schema()


@dataclass(frozen=True)
class RuleParts(ListOf[T]):
    """Rules, or changes of rules, whose ids differ."""

    def read(self, node: Node, report: Report) -> tuple[T, ...] | None:
        """Return them in their order."""
        parts = super().read(node, report)
        return None if repeated_ids(node, report) else parts


@dataclass(frozen=True, kw_only=True)
class RuleChange:
    """New values of one rule of the base, by the keys of the file."""

    id: str
    values: Map[str, Placed[Any]]
    mark: Mark = field(compare=False)


@dataclass(frozen=True, kw_only=True)
class AddedRule:
    """A rule of the override's own, and where it goes: before or after another one, else before all."""

    rule: Rule
    before: Placed[str] | None
    after: Placed[str] | None
    mark: Mark = field(compare=False)


@dataclass(frozen=True, kw_only=True)
class OverrideFile:
    """An override as it is written; None and empty: as in the base."""

    version: str
    scope: Scope
    owner: str | None = None
    change: tuple[RuleChange, ...] = ()
    remove: tuple[Placed[str], ...] = ()
    add: tuple[AddedRule, ...] = ()
    missing_evidence: Map[MissingKey, MissingPolicy] = field(default_factory=dict)
    random_selection: RandomSelection | None = None
    workload: Map[Lane, Share] | None = None
    default_lane: Lane | None = None
    accepted: Accepted = ()
    mark: Mark = field(compare=False)


def override_shape(vocabulary: Vocabulary) -> Record[OverrideFile]:
    """Return the shape of an override file."""
    ids = OneOrMany(PlacedShape(RULE_ID))
    keys: tuple[Key[Any], ...] = (
        Key("extends", Choice(BASE_WORDS, "policy that can be extended", "extends_unknown"),
            "The policy that it changes.", f"extends: {BASE}", required=True),
        Key("version", VERSION, "Changes with every change of the file; answers name it after the policy's.",
            'version: "2"', required=True),
        Key("applies_to", _scope_shape(), "The parcels for which it replaces the policy.",
            'applies_to: {station: ["leeds-*"], channel: courier}', required=True),
        Key("owner", Text(longest=200), "The unit that answers for it, where it is another one.", "owner: Leeds Hub"),
        Key("change", RuleParts(_change_shape(vocabulary), "a list of changes"),
            "Rules of the policy with what is different here; a key that is not written stays as it is.",
            "change: [{id: RK-020, lane: examine}]"),
        Key("remove", ids, "Ids of rules that do not apply here.", "remove: [RK-030]"),
        Key("add", RuleParts(_added_shape(vocabulary), "a list of rules"), "Rules of its own.", "add: [...]"),
        Key("missing_evidence", missing_shape(complete=False), "What is different when something could not be judged.",
            "missing_evidence: {scanner_uncalibrated: scan}"),
        Key("random_selection", random_shape(), "The random selection here.",
            "random_selection: {rate: 0.02, lane: examine}"),
        Key("workload", workload_shape(), "The shares of the lanes here, all of them.",
            "workload: {examine: {at_most_share: 0.03}}"),
        Key("default_lane", LANE, "The lane of a parcel that no rule matches here.", "default_lane: scan"),
        accept_key(),
    )  # fmt: skip
    return Record("an override", keys, _override, elsewhere=OF_THE_POLICY)


def _scope_shape() -> Record[Scope]:
    channels = Choice({"postal": "Carried by the post.", "courier": "Carried by a courier."}, "channel")
    assert set(channels.words) == set(get_args(Channel))  # noqa: S101 - a new channel must get its words here
    keys: tuple[Key[Any], ...] = (
        Key("station", OneOrMany(STATION), "Stations by name; `*` stands for any characters.",
            'station: ["leeds-*"]'),
        Key("channel", OneOrMany(channels), "Who carries the parcel.", "channel: courier"),
    )  # fmt: skip
    return Record("`applies_to`", keys, _scope, _scope_not_empty, "write {station: ...}, {channel: ...} or both")


def _change_shape(vocabulary: Vocabulary) -> Record[RuleChange]:
    keys = tuple(
        Key(key.name, PlacedShape(key.shape), key.meaning, key.example, required=key.name == "id")
        for key in rule_keys(vocabulary)
    )
    sample = "write {id: ..., and what is different}"
    return Record("a change of a rule", keys, _change, None, sample, conditions(vocabulary))


def _added_shape(vocabulary: Vocabulary) -> Record[AddedRule]:
    place = PlacedShape(RULE_ID)
    keys = (
        *rule_keys(vocabulary),
        Key("before", place, "The rule before which it goes; without `before` and `after`, before all.",
            "before: RK-020"),
        Key("after", place, "The rule behind which it goes.", "after: RK-020"),
    )  # fmt: skip
    return Record("a rule", keys, _added, _check_added, elsewhere=conditions(vocabulary))


def _override(values: dict[str, Any], mark: Mark) -> OverrideFile:
    names = {"applies_to": "scope", "accept": "accepted"}
    given = {names.get(key, key): value for key, value in values.items() if key != "extends"}
    return OverrideFile(**given, mark=mark)


def _scope(values: dict[str, Any], _mark: Mark) -> Scope:
    return Scope(stations=values.get("station", ()), channels=values.get("channel", ()))


def _scope_not_empty(_values: dict[str, Any], marks: Map[str, Mark], mark: Mark, report: Report) -> bool:
    if not marks:
        report.error(mark, "value_empty", "An override for all parcels would be another policy; name stations, a "
                     "channel, or both.")  # fmt: skip
    return bool(marks)


def _change(values: dict[str, Any], mark: Mark) -> RuleChange:
    return RuleChange(id=values["id"].value, values=values, mark=mark)


def _added(values: dict[str, Any], mark: Mark) -> AddedRule:
    rule = make_rule({key: value for key, value in values.items() if key not in ("before", "after")}, mark)
    return AddedRule(rule=rule, before=values.get("before"), after=values.get("after"), mark=mark)


def _check_added(values: dict[str, Any], marks: Map[str, Mark], mark: Mark, report: Report) -> bool:
    sound = check_rule(values, marks, mark, report)
    if "before" in marks and "after" in marks:
        report.error(marks["after"], "rule_anchor", "A rule goes before one rule or after one; remove one of the two.")
        return False
    return sound
