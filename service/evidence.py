"""From what the models said to what the SOP asks about."""

from __future__ import annotations

from collections.abc import Sequence

from features.codes import hs_digits
from features.indicators.register import Raised
from features.manifest import Manifest
from models.results import Contradiction, RiskResult, XrayResult
from sop.types import Evidence


def missing_evidence(risk: RiskResult | None, xray: XrayResult | None) -> frozenset[str]:
    """Name what could not be judged, in the words of the SOP's `missing_evidence`.

    A parcel without a picture misses nothing by that: whether it should have one is for the SOP's stage and lanes.
    """
    missing = set()
    if risk is None:
        missing.add("risk_unavailable")
    if xray is None:
        return frozenset(missing)
    if any(image.ability == "unreadable" for image in xray.images):
        missing.add("image_unreadable")
    if any(image.ability == "shield" for image in xray.images):
        missing.add("image_shielded")
    if xray.scanner == "uncalibrated":
        missing.add("scanner_uncalibrated")
    if any(image.ability != "unreadable" and image.score is None for image in xray.images):
        missing.add("xray_unavailable")
    return frozenset(missing)


def evidence_of(
    manifest: Manifest,
    *,
    stage: str,
    station: str | None,
    risk: RiskResult | None,
    xray: XrayResult | None,
    combined: float | None,
    indicators: Sequence[Raised],
    contradictions: Sequence[Contradiction],
    watchlists: frozenset[str],
    finding_history: int,
    missing: frozenset[str],
) -> Evidence:
    """Gather one parcel's evidence for `sop.engine.decide`."""
    return Evidence(
        item_id=manifest.item_id,
        stage=stage,
        station=station,
        channel=manifest.channel,
        mail_class=manifest.mail_class,
        direction=manifest.direction,
        nature=manifest.nature,
        origin_country=manifest.origin_country,
        destination_country=manifest.destination_country,
        transit_countries=manifest.transit_countries or (),
        hs_codes=tuple(code for item in manifest.items if item.hs_code and (code := hs_digits(item.hs_code))),
        risk=risk.score if risk else None,
        xray=xray.score if xray else None,
        xray_assessment=xray.assessment if xray else None,
        combined=combined,
        parts=best_part_scores(xray),
        indicators=frozenset(one.code for one in indicators),
        contradictions=frozenset(one.code for one in contradictions),
        watchlists=watchlists,
        finding_history=finding_history,
        missing=missing,
    )


def best_part_scores(xray: XrayResult | None) -> dict[str, float]:
    """Return the best score of each part over all pictures."""
    best: dict[str, float] = {}
    for image in xray.images if xray else ():
        for region in image.regions:
            best[region.part] = max(region.score, best.get(region.part, 0.0))
    return best
