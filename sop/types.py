"""The standard operating procedure as plain frozen data: the policy, what is known of a parcel, and the decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from models.results import Assessment

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
MISSING_RULE = "MISSING:"
RESERVED_RULES = (DEFAULT_RULE, RANDOM_RULE)


def severity(lane: Lane) -> int:
    """Return 4 for detain down to 0 for release."""
    return len(LANES) - 1 - LANES.index(lane)


@dataclass(frozen=True, slots=True)
class OneOf:
    """Holds when at least one of the parcel's values of a signal (country, indicator ...) is among `values`."""

    signal: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BeginsWith:
    """Holds when at least one of the parcel's values of a signal begins with one of the prefixes."""

    signal: str
    prefixes: tuple[str, ...]


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


Condition = OneOf | BeginsWith | Within | AnyOf
When = tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: when all its conditions hold, its lane applies. `line` is where it stands in the file."""

    id: str
    title: str
    when: When
    lane: Lane
    reference: str | None = None
    reviewed: date | None = None
    instructions: str | None = None
    line: int = field(default=0, compare=False)


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
    """The share of all parcels, 0 to 1, that a lane should hold at least and at most."""

    at_least_share: float | None = None
    at_most_share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A standard operating procedure that has passed every check of the loader.

    `missing_evidence` has every key of MISSING_KEYS, `lanes` every lane. `workload` is kept for the procedures that
    balance lanes; deciding a single parcel does not use it.
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
        if unknown := self.missing - set(MISSING_KEYS):
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
