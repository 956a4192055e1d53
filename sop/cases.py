"""Worked examples of a policy: a parcel, and the lane and rule it must get. Written as data beside the policy."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from features.errors import InputError
from features.manifest import Channel, Direction, MailClass, Nature
from models.results import PARTS, Assessment
from sop.codes import COUNTRY_WORDS, Country
from sop.conditions import COUNT, SCORE
from sop.findings import Mark, Report
from sop.language import LANE
from sop.loader import read_text
from sop.scalars import Choice, Text
from sop.shapes import Either, Key, ListOf, Made, OneOrMany, Record, Shape, Table
from sop.signals import NO_PICTURE
from sop.types import STAGES, Evidence, Lane
from sop.vocabulary import Vocabulary, default_vocabulary
from sop.words import MISSING_WORDS
from sop.yaml_reader import Node, Scalar, read_yaml

XrayGiven = tuple[float | None, str | None]
NEUTRAL_ITEM = "case"
UNSEEN = frozenset({"image_unreadable", "xray_unavailable"})
UNJUDGED = UNSEEN | {"image_shielded"}


@dataclass(frozen=True)
class ScoreOrUnknown(Shape[float]):
    """A score, or the word `unknown`, read as NaN because no value of a shape is ever None."""

    def read(self, node: Node, report: Report) -> float | None:
        """Return the score."""
        if isinstance(node, Scalar) and node.text == "unknown":
            return math.nan
        return SCORE.read(node, report)

    def schema(self) -> dict[str, Any]:
        """Return either form."""
        return {"anyOf": [SCORE.schema(), {"const": "unknown"}]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One example. `selected` says that chance selects the parcel; otherwise cases know no chance."""

    name: str
    evidence: Evidence
    selected: bool
    lane: Lane
    rule: str
    line: int


def load_cases(path: Path, vocabulary: Vocabulary | None = None) -> tuple[Case, ...]:
    """Read a file of cases.

    Raises:
        InputError: The file cannot be read, or holds something that is no case; all problems are listed.
    """
    report = Report()
    tree = read_yaml(read_text(path), report)
    shape = _file_shape(vocabulary or default_vocabulary())
    cases = shape.read(tree, report) if tree is not None else None
    errors = [one.as_problem(path.name) for one in sorted(report.findings) if one.severity == "error"]
    if cases is None or errors:
        raise InputError(f"{path.name}: not a valid file of cases; {len(errors)} to mend.", errors)
    return cases


def harmless(stage: str) -> Evidence:
    """Return the parcel from which every case begins: no risk, nothing seen, nothing raised."""
    if stage == "station":
        return Evidence(
            item_id=NEUTRAL_ITEM, stage=stage, risk=0.0, xray=0.0, xray_assessment="clear", combined=0.0
        )  # fmt: skip
    return Evidence(item_id=NEUTRAL_ITEM, stage=stage, risk=0.0)


def _file_shape(vocabulary: Vocabulary) -> Record[tuple[Case, ...]]:
    expect: tuple[Key[Any], ...] = (
        Key("lane", LANE, "The lane it must get.", "lane: detain", required=True),
        Key("rule", Text("a rule's id", r"[A-Za-z][A-Za-z0-9_.:-]*", "is a rule's id, DEFAULT, RANDOM or MISSING:..."),
            "The rule that must decide.", "rule: XR-010", required=True),
    )  # fmt: skip
    case: tuple[Key[Any], ...] = (
        Key("name", Text(longest=200), "What the case is about.", "name: Barrel seen clearly", required=True),
        Key("given", Record("`given`", _given_keys(vocabulary), lambda values, _: values), "What is known.",
            "given: {stage: station, xray: 0.95}", required=True),
        Key("expect", Record("`expect`", expect, lambda values, _: values), "What must follow.",
            "expect: {lane: detain, rule: XR-010}", required=True),
    )  # fmt: skip
    cases = ListOf(Record("a case", case, _case), "a list of cases")
    key: Key[Any] = Key("cases", cases, "The cases.", "cases: [...]", required=True)
    return Record("a file of cases", (key,), lambda values, _: values["cases"])


def _given_keys(vocabulary: Vocabulary) -> tuple[Key[Any], ...]:
    country = Country(COUNTRY_WORDS, "country of ISO 3166-1", "country_unknown")
    shapes: dict[str, Shape[Any]] = {
        "item_id": Text(),
        "stage": _choice("stage", STAGES),
        "channel": _choice("channel", get_args(Channel)),
        "mail_class": _choice("mail_class", get_args(MailClass)),
        "direction": _choice("direction", get_args(Direction)),
        "nature": _choice("nature", get_args(Nature)),
        "origin_country": country,
        "destination_country": country,
        "transit_country": OneOrMany(country),
        "hs_code": OneOrMany(Text("an HS code", r"[0-9]{2,10}", "is 2 to 10 digits")),
        "risk": SCORE,
        "xray": _xray_shape(),
        "combined": ScoreOrUnknown(),
        "part": Table({part: part for part in PARTS}, SCORE, "part"),
        "indicator": OneOrMany(Choice(vocabulary.indicators, "indicator", "indicator_unknown")),
        "contradiction": OneOrMany(Choice(vocabulary.contradictions, "contradiction", "contradiction_unknown")),
        "watchlist": OneOrMany(Text("the name of a watch list")),
        "finding_history": COUNT,
        "missing": OneOrMany(Choice(MISSING_WORDS, "missing evidence")),
        "chance": _choice("chance", ("selected",)),
    }
    required = {"stage"}
    return tuple(Key(name, shape, "", f"{name}: ...", name in required) for name, shape in shapes.items())


def _xray_shape() -> Shape[XrayGiven]:
    keys: tuple[Key[Any], ...] = (
        Key("score", SCORE, "The highest score.", "score: 0.93"),
        Key(
            "assessment",
            _choice("assessment", (*get_args(Assessment), NO_PICTURE)),
            "The verdict.",
            "assessment: alarm",
        ),
    )
    long = Record("`xray`", keys, lambda values, _: (values.get("score"), values.get("assessment")))
    return Either(Made(SCORE, lambda score: (score, None)), long)


def _choice(what: str, values: tuple[str, ...]) -> Choice:
    return Choice({value: value for value in values}, what)


def _case(values: dict[str, Any], mark: Mark) -> Case:
    given, expect = values["given"], values["expect"]
    return Case(
        name=values["name"],
        evidence=evidence_from(given),
        selected=given.get("chance") == "selected",
        lane=expect["lane"],
        rule=expect["rule"],
        line=mark.line,
    )


def evidence_from(given: dict[str, Any]) -> Evidence:
    """Return the evidence of a case: the harmless parcel of its stage with what the case changes.

    Missing evidence takes its value away unless the case states one: without a risk model there is no risk, an
    unreadable picture has no score and an `unknown` assessment.
    """
    base = harmless(given["stage"])
    missing = frozenset(given.get("missing", ()))
    risk = given.get("risk", None if "risk_unavailable" in missing else base.risk)
    xray, assessment = _picture(given, base, missing)
    combined = given.get("combined", math.nan if base.combined is None or None in (risk, xray) else base.combined)
    return Evidence(
        item_id=given.get("item_id", base.item_id),
        stage=base.stage,
        **{name: given[name] for name in _SAME_NAME if name in given},
        transit_countries=given.get("transit_country", ()),
        hs_codes=given.get("hs_code", ()),
        risk=risk,
        xray=xray,
        xray_assessment=assessment,
        combined=None if math.isnan(combined) else combined,
        parts=given.get("part", {}),
        indicators=frozenset(given.get("indicator", ())),
        contradictions=frozenset(given.get("contradiction", ())),
        watchlists=frozenset(given.get("watchlist", ())),
        finding_history=int(given.get("finding_history", 0)),
        missing=missing,
    )


_SAME_NAME = ("channel", "mail_class", "direction", "nature", "origin_country", "destination_country")


def _picture(given: dict[str, Any], base: Evidence, missing: frozenset[str]) -> tuple[float | None, Assessment | None]:
    """Return score and assessment; a part that was seen lifts the score, which is the highest of any part."""
    score, assessment = given.get("xray", (None, None))
    if assessment == NO_PICTURE or (
        base.xray is None and not {"xray", "part"} & given.keys() and not missing & UNJUDGED
    ):
        return None, None
    if score is None and not missing & UNSEEN:
        score = max((0.0, *given.get("part", {}).values()))
    return score, assessment or ("unknown" if missing & UNJUDGED else "clear")
