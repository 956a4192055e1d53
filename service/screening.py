"""The way of a parcel: one function that asks features, models and SOP in order. No Flask, no store in it.

The HTTP routes, the batch route, the command line and the tests all call `screen` with the same arguments, so they
give the same answer.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from features.history import PastParcel, summarise
from features.indicators.lists import DEFAULT_LISTS, IndicatorLists
from features.indicators.register import Raised, raise_indicators
from features.manifest import Manifest
from features.spec import FEATURE_SPEC
from features.version import __version__
from features.watchlist import WatchList, matching_lists
from models.card import Card
from models.fusion import combine, contradictions
from models.results import Contradiction, RiskResult, XrayResult
from models.risk import RiskModel
from models.scanner_drift import Moved, sentence
from models.scanner_profile import ScannerProfile
from models.scanner_profile_file import Profiles
from models.xray import Picture, PictureLimits, XrayModel, assess_without_model
from service.deciding import Decided, Workload, decide_parcel
from service.evidence import evidence_of, missing_evidence
from service.scanners import uncalibrated
from service.shadow_types import Candidate
from service.site_lists import DEFAULT_LISTS_VERSION
from sop.engine import day_of
from sop.evidence_json import Stored
from sop.package import Package
from sop.placi import CarrierAnswer, carrier_answer
from sop.registry_events import Event
from sop.types import Decision, Evidence, Policy

Stage = Literal["pre_arrival", "station"]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningRequest:
    """What the station sent. `stage` None means: station with a picture, pre_arrival without."""

    manifest: Manifest
    pictures: tuple[Picture, ...] = ()
    station_id: str | None = None
    scanner_id: str | None = None
    stage: Stage | None = None

    @property
    def effective_stage(self) -> Stage:
        """The stage with its default filled in."""
        return self.stage or ("station" if self.pictures else "pre_arrival")


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the caller should know that did not decide the lane."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """All that a screening needs beside the parcel; built by `service.composition`, never changed, only replaced whole.

    `risk` or `xray` is None where the model could not be loaded; `warnings` says why, and goes into every answer.
    `cards` are those of the loaded models, risk first. `drift` says, by scanner, what left its profile. `stopped` is
    the order that switched the models off; None: they are on. `workload` holds the cuts of `service.cuts`, `shadow` the
    candidate that runs beside, of which no answer says a word.
    """

    package: Package
    risk: RiskModel | None
    xray: XrayModel | None
    limits: PictureLimits
    selection_secret: bytes
    lists: IndicatorLists = DEFAULT_LISTS
    lists_version: str = DEFAULT_LISTS_VERSION
    watchlists: tuple[WatchList, ...] = ()
    warnings: tuple[Notice, ...] = ()
    cards: tuple[Card, ...] = ()
    profiles: Profiles = Profiles()
    drift: Mapping[str, tuple[Moved, ...]] = field(default_factory=dict)
    stopped: Event | None = None
    workload: Workload = Workload()
    shadow: Candidate | None = None

    @property
    def policy(self) -> Policy:
        """The base of the procedure in force; overrides may decide about parcels of some stations or channels."""
        return self.package.base

    @property
    def detector(self) -> tuple[str | None, str]:
        """Title and SHA-256 of the card of the X-ray detector; no title where there is none."""
        return (self.xray.title, self.xray.digest) if self.xray else (None, "")

    def profile_of(self, scanner: str | None) -> ScannerProfile | None:
        """Return the profile that a scanner's pictures are judged by; None where it is uncalibrated."""
        model, digest = self.detector
        return self.profiles.choose(scanner, model, digest) if model else None


@dataclass(frozen=True, slots=True)
class Versions:
    """Everything that could change an answer, by version.

    `sop` names the policy that decided, with the override where one did; `sop_digest` is the SHA-256 of the whole
    procedure's files, None in answers of releases that did not know it. `scanner_profile` is of the one scanner that
    the answer is about.
    """

    service: str
    risk_model: str | None
    xray_model: str | None
    sop: str
    feature_spec: str
    indicators: str
    scanner_profile: str | None = None
    sop_digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """The whole answer about one parcel at one moment."""

    screening_id: str
    item_id: str
    created_at: datetime
    stage: Stage
    risk: RiskResult | None
    indicators: tuple[Raised, ...]
    xray: XrayResult | None
    combined: float | None
    contradictions: tuple[Contradiction, ...]
    decision: Decision
    carrier: CarrierAnswer | None
    versions: Versions
    warnings: tuple[Notice, ...]
    record: Stored

    @property
    def evidence(self) -> Evidence:
        """What the decision rests on."""
        return self.record.evidence


def screen(
    request: ScreeningRequest, tools: Tools, past: Sequence[PastParcel], *, screening_id: str, at: datetime
) -> Screening:
    """Screen one parcel.

    Args:
        request: Manifest and pictures.
        tools: Models, policy and lists.
        past: Earlier parcels that share an entity with this one, in any order.
        screening_id: Identifier of the answer.
        at: The moment of screening, timezone-aware; findings recorded later do not count.

    Returns:
        The answer. A model that fails never fails the screening: it is named in `decision.degraded` and the SOP
        says what follows.
    """
    manifest = request.manifest
    raised = raise_indicators(manifest, tools.lists)
    risk = _risk(tools, manifest, raised, past, at)
    profile = tools.profile_of(request.scanner_id) if request.pictures else None
    xray = _xray(tools, request.pictures, profile)
    contradictory = contradictions(manifest, xray.images) if xray else ()
    combined = _combined(tools, risk, xray, profile)
    missing = missing_evidence(risk, xray)
    evidence = evidence_of(
        manifest,
        stage=request.effective_stage,
        station=request.station_id,
        risk=risk,
        xray=xray,
        combined=combined,
        indicators=raised,
        contradictions=contradictory,
        watchlists=matching_lists(manifest, tools.watchlists, at.date()),
        finding_history=sum(1 for p in past if p.found and p.found_at is not None and p.found_at <= at),
        missing=missing,
    )
    decided = decide_parcel(tools.package, evidence, at, tools.selection_secret, tools.workload)
    return Screening(
        screening_id=screening_id,
        item_id=manifest.item_id,
        created_at=at,
        stage=request.effective_stage,
        risk=risk,
        indicators=raised,
        xray=xray,
        combined=combined,
        contradictions=contradictory,
        decision=decided.decision,
        carrier=_carrier(manifest, raised, decided),
        versions=versions(tools, profile if xray and xray.profile else None, decided.policy),
        warnings=(
            *tools.warnings,
            *_expired_lists(tools, decided.policy, at),
            *_warnings(request, tools, xray, profile),
        ),
        record=decided.record,
    )


def versions(tools: Tools, profile: ScannerProfile | None = None, policy: Policy | None = None) -> Versions:
    """Name the versions that every answer made with these tools carries.

    Args:
        tools: All tools.
        profile: Of the scanner whose pictures were judged by it; None: of none.
        policy: That decided; None: the base.
    """
    return Versions(
        service=__version__,
        risk_model=tools.risk.title if tools.risk else None,
        xray_model=tools.xray.title if tools.xray else None,
        sop=(policy or tools.policy).title,
        sop_digest=tools.package.digest,
        feature_spec=FEATURE_SPEC.digest,
        indicators=tools.lists_version,
        scanner_profile=profile.title if profile else None,
    )


def _carrier(manifest: Manifest, raised: tuple[Raised, ...], decided: Decided) -> CarrierAnswer | None:
    decision = decided.decision
    by_rule = (rule for rule in decided.policy.rules if decision.placed_by == "rule" and rule.id == decision.rule)
    return carrier_answer(manifest, raised, decision, next(by_rule, None), decided.record.evidence.stage)


def _expired_lists(tools: Tools, policy: Policy, at: datetime) -> list[Notice]:
    return [
        Notice("list_expired", f"The list {one.name} expired on {one.expires}; it still counts until it is replaced.")
        for one in tools.package.expired_lists(day_of(policy, at))
    ]


def _risk(
    tools: Tools, manifest: Manifest, raised: tuple[Raised, ...], past: Sequence[PastParcel], at: datetime
) -> RiskResult | None:
    if tools.risk is None:
        return None
    # The model learned from the default lists; a site's own lists speak through the SOP, not through the model.
    known = raised if tools.lists is DEFAULT_LISTS else raise_indicators(manifest)
    try:
        return tools.risk.assess(manifest, known, summarise(manifest, past, at))
    # Whatever a model does, the parcel still gets a lane: the SOP says which, and the answer names what was missing.
    except Exception:
        log.exception("risk model failed")
        return None


def _xray(tools: Tools, pictures: tuple[Picture, ...], profile: ScannerProfile | None) -> XrayResult | None:
    if not pictures:
        return None
    if tools.xray is not None:
        try:
            return tools.xray.assess(pictures, tools.limits, profile)
        # As with the risk model; what needs no detector can still be told below.
        except Exception:
            log.exception("X-ray model failed")
    return assess_without_model(pictures, tools.limits)


def _combined(
    tools: Tools, risk: RiskResult | None, xray: XrayResult | None, profile: ScannerProfile | None
) -> float | None:
    base_rate = tools.risk.base_rate if tools.risk else None
    ratio = None
    if tools.xray and xray and xray.score is not None:
        ratio = tools.xray.log_likelihood_ratio(xray.score, profile)
    return combine(risk.score if risk else None, ratio, base_rate)


def _warnings(
    request: ScreeningRequest, tools: Tools, xray: XrayResult | None, profile: ScannerProfile | None
) -> list[Notice]:
    found = []
    if xray is not None and xray.scanner == "uncalibrated":
        text = uncalibrated(tools.profiles, request.scanner_id, *tools.detector)
        found.append(Notice("scanner_uncalibrated", text))
    if profile is not None and (moved := tools.drift.get(profile.scanner)):
        found.append(Notice("scanner_drift", sentence(profile, moved)))
    if request.effective_stage == "station" and not request.pictures:
        found.append(
            Notice(
                "station_without_image", "Stage is station, but no picture was sent; the lane rests on the manifest."
            )
        )
    return found
