"""What a case says is given: the parcel, built from a harmless one, the day, the station and the pressure of work."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from features.manifest import Channel, Direction, MailClass, Nature
from models.results import PARTS, Assessment
from sop.findings import Mark, Report
from sop.reading.codes import COUNTRY_WORDS, Country
from sop.reading.conditions import COUNT, SCORE
from sop.reading.lanes import LANE_WORDS
from sop.reading.scalars import Choice, Day, Text
from sop.reading.shapes import Either, Key, Made, OneOrMany, Record, Shape, Table
from sop.reading.yaml_reader import Node, Scalar
from sop.signals import NO_PICTURE
from sop.types import STAGES, Evidence, Lane
from sop.vocabulary import Vocabulary
from sop.words import MISSING_WORDS

XrayGiven = tuple[float | None, str | None]
NEUTRAL_ITEM = "case"
UNSEEN = frozenset({"image_unreadable", "xray_unavailable"})
UNJUDGED = UNSEEN | {"image_shielded"}
PRESSURE_WORDS = {
    "full": "The lane holds more than its `at_most_share`, and this parcel ranks lowest in it.",
    "short": "The lane holds less than its `at_least_share`, and this parcel ranks highest outside it.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressure:
    """How full a lane is when the parcel of a case comes.

    Attributes:
        lane: The lane.
        moves: `out` where it is over its share, `in` where it is under its share.
        rank: The rank at the cut, 0 to 1; parcels ranked exactly there stay in the lane, or come in.
        tie: 1, or 0 where even the highest rank is to go out.
    """

    lane: Lane
    moves: Literal["in", "out"]
    rank: float
    tie: float = 1.0


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
class Given:
    """What a case starts from; `day` None: the first day of the policy that decides."""

    evidence: Evidence
    selected: bool = False
    day: date | None = None
    pressures: tuple[Pressure, ...] = ()


def harmless(stage: str) -> Evidence:
    """Return the parcel from which every case begins: no risk, nothing seen, nothing raised."""
    if stage == "station":
        return Evidence(
            item_id=NEUTRAL_ITEM, stage=stage, risk=0.0, xray=0.0, xray_assessment="clear", combined=0.0
        )  # fmt: skip
    return Evidence(item_id=NEUTRAL_ITEM, stage=stage, risk=0.0)


def given_shape(vocabulary: Vocabulary) -> Record[Given]:
    """Return the shape of `given` under a vocabulary."""
    keys = (*_declared_keys(), *_seen_keys(vocabulary), *_circumstance_keys())
    return Record("`given`", keys, lambda values, _: _given(values), sample="for example {stage: station, risk: 0.3}")


def _declared_keys() -> tuple[Key[Any], ...]:
    country = Country(COUNTRY_WORDS, "country of ISO 3166-1", "country_unknown")
    hs_code = Text("an HS code", r"[0-9]{2,10}", "is 2 to 10 digits")
    return (
        Key("item_id", Text(), "The parcel's number; rules do not look at it.", "item_id: RR473124829GB"),
        Key("stage", _choice("stage", STAGES), "Before arrival, or at a station.", "stage: station", required=True),
        Key("channel", _choice("channel", get_args(Channel)), "Who carries it.", "channel: postal"),
        Key("mail_class", _choice("mail_class", get_args(MailClass)), "The class of mail.", "mail_class: parcel"),
        Key("direction", _choice("direction", get_args(Direction)), "Into, out of or across.", "direction: import"),
        Key("nature", _choice("nature", get_args(Nature)), "What it is declared to be.", "nature: gift"),
        Key("origin_country", country, "Where it was posted.", "origin_country: GB"),
        Key("destination_country", country, "Where it goes.", "destination_country: MX"),
        Key("transit_country", OneOrMany(country), "What it passes on its way.", "transit_country: [US, CA]"),
        Key("hs_code", OneOrMany(hs_code), "Its HS codes, in quotes.", 'hs_code: "930330"'),
    )


def _seen_keys(vocabulary: Vocabulary) -> tuple[Key[Any], ...]:
    indicators = Choice(vocabulary.indicators, "indicator", "indicator_unknown")
    contradictions = Choice(vocabulary.contradictions, "contradiction", "contradiction_unknown")
    parts = Table({part: f"Score of a {part.replace('_', ' ')}." for part in PARTS}, SCORE, "part")
    return (
        Key("risk", SCORE, "The probability from the manifest; 0 without it.", "risk: 0.25"),
        Key("xray", _xray_shape(), "The highest score of any part, the verdict, or both.", "xray: 0.93"),
        Key("combined", ScoreOrUnknown(), "The probability from both.", "combined: 0.52"),
        Key("part", parts, "Scores by part; the X-ray score is at least as high.", "part: {barrel: 0.93}"),
        Key("indicator", OneOrMany(indicators), "Raised indicators.", "indicator: S10_INVALID"),
        Key("contradiction", OneOrMany(contradictions), "Picture against declaration.", "contradiction: ..."),
        Key("watchlist", OneOrMany(Text("the name of a watch list")), "Lists it stands on.", "watchlist: national"),
        Key("finding_history", COUNT, "Earlier illicit findings on its people.", "finding_history: 1"),
        Key("missing", OneOrMany(Choice(MISSING_WORDS, "missing evidence")),
            "What could not be judged; its value is taken away.", "missing: image_shielded"),
    )  # fmt: skip


def _circumstance_keys() -> tuple[Key[Any], ...]:
    return (
        Key("chance", _choice("chance", ("selected",)), "The draw hit this parcel.", "chance: selected"),
        Key("station", Text("the name of a station", longest=200), "Where it stands; an override may be for it.",
            "station: leeds-2"),
        Key("day", Day(), "The day; without it the policy's `effective_from`.", "day: 2026-12-01"),
        Key("workload", Table(LANE_WORDS, _pressure_shape(), "lane"), "How full a lane is.",
            "workload: {examine: full}"),
    )  # fmt: skip


def _pressure_shape() -> Shape[Any]:
    keys: tuple[Key[Any], ...] = (
        Key("keeps_from", SCORE, "The lane is over its share and keeps parcels from this rank on.", "keeps_from: 0.60"),
        Key("takes_from", SCORE, "The lane is under its share and takes parcels from this rank on.",
            "takes_from: 0.03"),
    )  # fmt: skip
    long = Record("a lane's workload", keys, lambda values, _: values, _one_rank,
                  "write full, short, {keeps_from: ...} or {takes_from: ...}")  # fmt: skip
    return Either(Made(Choice(PRESSURE_WORDS, "workload of a lane"), lambda word: {word: None}), long)


def _one_rank(values: dict[str, Any], marks: Any, mark: Mark, report: Report) -> bool:
    if len(marks) != 1:
        report.error(mark, "value_type", "Write either keeps_from or takes_from: a lane is over its share or under it.")
    return len(marks) == 1


def _pressure(lane: Lane, said: dict[str, Any]) -> Pressure:
    ((word, rank),) = said.items()
    if word in ("full", "keeps_from"):
        return Pressure(lane=lane, moves="out", rank=1.0 if rank is None else rank, tie=0.0 if rank is None else 1.0)
    return Pressure(lane=lane, moves="in", rank=0.0 if rank is None else rank)


def _xray_shape() -> Shape[XrayGiven]:
    verdict = _choice("assessment", (*get_args(Assessment), NO_PICTURE))
    keys: tuple[Key[Any], ...] = (
        Key("score", SCORE, "The highest score.", "score: 0.93"),
        Key("assessment", verdict, "The verdict.", "assessment: alarm"),
    )
    long = Record("`xray`", keys, lambda values, _: (values.get("score"), values.get("assessment")))
    return Either(Made(SCORE, lambda score: (score, None)), long)


def _choice(what: str, values: tuple[str, ...]) -> Choice:
    return Choice({value: value for value in values}, what)


def _given(values: dict[str, Any]) -> Given:
    return Given(
        evidence=evidence_from(values),
        selected=values.get("chance") == "selected",
        day=values.get("day"),
        pressures=tuple(_pressure(lane, said) for lane, said in values.get("workload", {}).items()),
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


_SAME_NAME = ("station", "channel", "mail_class", "direction", "nature", "origin_country", "destination_country")


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
