"""The standard operating procedure as plain frozen data: the policy, what is known of a parcel, and the decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from models.results import Assessment
from sop.lists import NamedList

Lane = Literal["detain", "examine", "scan", "documents", "release"]
LANES: tuple[Lane, ...] = get_args(Lane)
"""Most severe first."""

Outcome = Literal["DNL", "RFS", "RFI", "RFA", "AC"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
"""Answers to advance data (WCO-ICAO PLACI guiding principles): do not load, request for screening, request for
information, request for amendment, assessment complete."""

Stage = Literal["pre_arrival", "station"]
STAGES: tuple[Stage, ...] = get_args(Stage)

MissingKey = Literal[
    "image_unreadable", "image_shielded", "scanner_uncalibrated", "risk_unavailable", "xray_unavailable"
]
MISSING_KEYS: tuple[MissingKey, ...] = get_args(MissingKey)

DEFAULT_RULE = "DEFAULT"
RANDOM_RULE = "RANDOM"
WORKLOAD_RULE = "WORKLOAD"
MISSING_RULE = "MISSING:"
RESERVED_RULES = (DEFAULT_RULE, RANDOM_RULE, WORKLOAD_RULE)

PlacedBy = Literal["rule", "default", "missing_evidence", "chance", "workload"]
"""What put a parcel into its lane."""


def severity(lane: Lane) -> int:
    """Return 4 for detain down to 0 for release."""
    return len(LANES) - 1 - LANES.index(lane)


@dataclass(frozen=True, slots=True)
class OneOf:
    """Holds when one of the values a parcel has of a signal (country, indicator ...) is among `values` or on a list.

    `lists` are named lists in files of their own; which of their entries count depends on the day.
    """

    signal: str
    values: tuple[str, ...]
    lists: tuple[NamedList, ...] = ()


@dataclass(frozen=True, slots=True)
class BeginsWith:
    """Holds when one of the values that a parcel has of a signal begins with a prefix, of its own or of a list."""

    signal: str
    prefixes: tuple[str, ...]
    lists: tuple[NamedList, ...] = ()


@dataclass(frozen=True, slots=True)
class Within:
    """Holds when a number is known, is `at_least` (inclusive) and is `below` (exclusive); None: no such bound.

    `signal` is risk, xray, combined, finding_history, or `part.` and the name of a part. A number that is not known
    meets neither bound: what follows from not knowing stands in `missing_evidence`.
    """

    signal: str
    at_least: float | None = None
    below: float | None = None


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds when all conditions of at least one alternative hold."""

    alternatives: tuple[tuple[Condition, ...], ...]


@dataclass(frozen=True, slots=True)
class Like:
    """Holds when the value a parcel has of a signal (its station) fits a pattern, in which `*` stands for anything."""

    signal: str
    patterns: tuple[str, ...]


Condition = OneOf | BeginsWith | Within | Like | AnyOf
When = tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: when all its conditions hold, its lane applies. `file` and `line` are where it stands.

    Attributes:
        starts: The first day on which the rule is in force (`from` in the file); None: it always was.
        ends: The last day on which it is in force (`until` in the file); None: until further notice.
        outcome: The advance-data answer where it differs from that of the lane.
        trim: What `workload` may do with the rule's lowest-ranked parcels when their lane holds more than its share:
            the lane they go to, or `never`; None: the language's own choice (see `sop.workload`).
        carrier_text: What the carrier is told in the author's own words, besides what is missing or wrong.
        accepted: Warnings that the author lives with: code and reason, by code (`accept` in the file).
    """

    id: str
    title: str
    when: When
    lane: Lane
    reference: str | None = None
    reviewed: date | None = None
    starts: date | None = None
    ends: date | None = None
    outcome: Outcome | None = None
    trim: Lane | Literal["never"] | None = None
    instructions: str | None = None
    carrier_text: str | None = None
    accepted: tuple[tuple[str, str], ...] = ()
    line: int = field(default=0, compare=False)
    file: str = field(default="policy.yaml", compare=False)

    def in_force(self, on: date) -> bool:
        """Return whether the rule counts on a day."""
        return (self.starts is None or self.starts <= on) and (self.ends is None or on <= self.ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingPolicy:
    """What follows when a piece of evidence is missing: at least this lane."""

    lane: Lane
    reference: str | None = None
    instructions: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomSelection:
    """The share of all parcels, 0 to 1, that is raised to at least `lane` by chance."""

    rate: float
    lane: Lane
    seed_from: Literal["item_id"] = "item_id"
    reference: str | None = None
    instructions: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The share of the parcels of each stage, 0 to 1, that a lane should hold at least and at most.

    `reference` and `instructions` are for the parcels that are moved into or out of the lane for the share's sake.
    """

    at_least_share: float | None = None
    at_most_share: float | None = None
    reference: str | None = None
    instructions: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Where the workload cuts the ranking of a lane, worked out from the parcels before.

    Attributes:
        stage: The stage whose parcels were ranked.
        lane: The lane that is kept to its share.
        moves: `in`: parcels of milder lanes ranked at or above `rank` come in (`at_least_share`); `out`: parcels of the
            lane ranked below `rank` go out (`at_most_share`).
        rank: The rank at the cut, 0 to 1: `combined`, or `risk` where there is no picture.
        tie: The share, 0 to 1, of the parcels ranked exactly at the cut that the lane holds; drawn by the item number.
        share: The share of all parcels that the policy asks for.
        parcels: How many earlier parcels the cut was worked out from.
    """

    stage: str
    lane: Lane
    moves: Literal["in", "out"]
    rank: float
    tie: float
    share: float
    parcels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A standard operating procedure that has passed every check of the loader.

    `missing_evidence` has every key of MISSING_KEYS, `lanes` every lane. `workload` is what lanes are meant to hold;
    `sop.workload` turns it into cuts, which `sop.engine.decide` applies. `time_zone` is an IANA name; in it the days
    of dated rules and lists begin. `accepted` are warnings about the policy as a whole that its author lives with.
    """

    name: str
    version: str
    effective_from: date
    owner: str
    lanes: Mapping[Lane, Outcome]
    rules: tuple[Rule, ...]
    missing_evidence: Mapping[MissingKey, MissingPolicy]
    default_lane: Lane
    random_selection: RandomSelection = RandomSelection(rate=0.0, lane="examine")
    workload: Mapping[Lane, Share] = field(default_factory=dict)
    time_zone: str = "UTC"
    accepted: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        """Name and version as answers name them, for example `national-parcel-screening 2026.11-1`."""
        return f"{self.name} {self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that the rules may ask about one parcel.

    Attributes:
        item_id: The parcel's identifier; also the seed of the random selection.
        stage: Where in its way the parcel stands.
        station: The station that asked, as requests name it; overrides of a policy may apply to some stations only.
        origin_country: ISO 3166-1 alpha-2, as are all countries here.
        hs_codes: The declared HS codes of all articles, digits only.
        risk: Calibrated probability from the manifest, 0 to 1; None where no model could say.
        xray: Highest any-part score of all pictures, 0 to 1; None where there is none.
        xray_assessment: Worst assessment of all pictures; None where no picture was judged.
        combined: Posterior of both, 0 to 1.
        parts: Best score of each part that was seen, 0 to 1. A part that was not seen is absent.
        indicators: Codes of the raised indicators.
        contradictions: Codes of contradictions between picture and declaration.
        watchlists: Names of the watch lists that the parcel's people or addresses stand on.
        finding_history: Number of earlier illicit findings on the same people or addresses.
        missing: The evidence that should be there and is not, by the names of MISSING_KEYS.

    Raises:
        ValueError: `missing` holds a name that is not in MISSING_KEYS.
    """

    item_id: str
    stage: str
    station: str | None = None
    channel: str | None = None
    mail_class: str | None = None
    direction: str | None = None
    nature: str | None = None
    origin_country: str | None = None
    destination_country: str | None = None
    transit_countries: tuple[str, ...] = ()
    hs_codes: tuple[str, ...] = ()
    risk: float | None = None
    xray: float | None = None
    xray_assessment: Assessment | None = None
    combined: float | None = None
    parts: Mapping[str, float] = field(default_factory=dict)
    indicators: frozenset[str] = frozenset()
    contradictions: frozenset[str] = frozenset()
    watchlists: frozenset[str] = frozenset()
    finding_history: int = 0
    missing: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        # A misspelt key would be missing evidence that nobody acts on.
        if self.missing and (unknown := self.missing - set(MISSING_KEYS)):
            raise ValueError(f"unknown missing evidence {sorted(unknown)}; known: {', '.join(MISSING_KEYS)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What happens to the parcel, and why.

    Attributes:
        lane: Where the parcel goes.
        outcome: The advance-data answer of that lane.
        rule: Id of the rule, DEFAULT, RANDOM, or MISSING: and the missing evidence that decided.
        reason: Readable sentences: the rule's title and the values that met its conditions.
        reference: The clause of the written procedure.
        instructions: What the officer does now.
        random_selection: Whether chance selected the parcel, also where a rule had already been as severe.
        selection_probability: The probability, 0 to 1, with which chance selects any parcel under this policy.
        degraded: The missing evidence, in the order of MISSING_KEYS.
        placed_by: What put the parcel into its lane.
        placement_probability: The probability, 0 to 1, with which a parcel like this one is put into this lane by what
            put it there: 1 for rules and missing evidence, the rate of the random selection for chance; and where a
            cut of the workload goes through parcels ranked like it, the share of these that meet the same fate,
            whether moved or left where they are. Figures weighted by its inverse are unbiased.
        cut: The cut of the workload that moved the parcel; None where none did.
    """

    lane: Lane
    outcome: Outcome
    rule: str
    reason: str
    reference: str | None
    instructions: str | None
    random_selection: bool
    selection_probability: float
    degraded: tuple[str, ...]
    placed_by: PlacedBy = "rule"
    placement_probability: float = 1.0
    cut: Cut | None = None
