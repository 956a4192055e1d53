"""The way of a parcel: one function that asks features, models and SOP in order. No Flask, no store in it.

The HTTP routes, the batch route, the command line and the tests all call `screen` with the same arguments, so they
give the same answer.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from features.history import PastParcel, summarise_keys
from features.indicators.lists import DEFAULT_LISTS
from features.indicators.register import Raised, raise_indicators
from features.manifest import Manifest
from features.watchlist import matching_lists
from models.fusion import combine, contradictions
from models.results import RiskResult, XrayResult
from models.scanner_drift import sentence
from models.scanner_profile import ScannerProfile
from models.xray import Picture
from service.deciding import Decided, decide_parcel
from service.evidence import evidence_of, missing_evidence
from service.scanners import uncalibrated
from service.screening_types import Notice, Recalled, Screening, ScreeningRequest, Stage, Tools, Versions, versions
from service.stages import Stages
from sop.engine import day_of
from sop.placi.answer import CarrierAnswer, carrier_answer
from sop.types import Policy

__all__ = ["Notice", "Recalled", "Screening", "ScreeningRequest", "Stage", "Tools", "Versions", "screen", "versions"]
log = logging.getLogger(__name__)


def screen(
    request: ScreeningRequest,
    tools: Tools,
    past: Sequence[PastParcel] | Recalled,
    *,
    screening_id: str,
    at: datetime,
    stages: Stages | None = None,
) -> Screening:
    """Screen one parcel.

    Args:
        request: Manifest and pictures.
        tools: Models, policy and lists.
        past: Earlier parcels that share an entity with this one, in any order; or what they said, as it is on record.
        screening_id: Identifier of the answer.
        at: The moment of screening, timezone-aware; findings recorded later do not count.
        stages: Takes the time of each stage.

    Returns:
        The answer. A model that fails never fails the screening: it is named in `decision.degraded` and the SOP
        says what follows.
    """
    manifest = request.manifest
    stages = stages or Stages()
    with stages("indicators"):
        raised = raise_indicators(manifest, tools.lists)
    with stages("risk"):
        recalled = past if isinstance(past, Recalled) else _recall(tools, request, past, at)
        risk = _risk(tools, manifest, raised, recalled)
    profile = tools.profile_of(request.scanner_id) if request.pictures else None
    xray = None
    if request.pictures:
        with stages("xray"):
            xray = _xray(tools, request.pictures, profile)
    with stages("decide"):
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
            finding_history=recalled.finds,
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
        recalled=recalled,
        limits=tools.limits,
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


def _recall(tools: Tools, request: ScreeningRequest, past: Sequence[PastParcel], at: datetime) -> Recalled:
    finds = sum(1 for one in past if one.found and one.found_at is not None and one.found_at <= at)
    history = summarise_keys(request.entities, request.manifest.item_id, past, at) if tools.risk else None
    return Recalled(history, finds)


def _risk(tools: Tools, manifest: Manifest, raised: tuple[Raised, ...], recalled: Recalled) -> RiskResult | None:
    if tools.risk is None or recalled.history is None:
        return None
    # The model learned from the default lists; a site's own lists speak through the SOP, not through the model.
    known = raised if tools.lists is DEFAULT_LISTS else raise_indicators(manifest)
    try:
        return tools.risk.assess(manifest, known, recalled.history)
    # Whatever a model does, the parcel still gets a lane: the SOP says which, and the answer names what was missing.
    except Exception:
        log.exception("risk model failed")
        return None


def _xray(tools: Tools, pictures: tuple[Picture, ...], profile: ScannerProfile | None) -> XrayResult:
    if tools.xray is not None:
        try:
            return tools.reading.judged(tools.xray, pictures, tools.limits, profile)
        # As with the risk model; what needs no detector can still be told below.
        except Exception:
            log.exception("X-ray model failed")
    return tools.reading.judged(None, pictures, tools.limits, None)


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
