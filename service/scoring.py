"""The risk score of a manifest, and nothing else. No Flask in it.

It is not a screening: no reasons, no rules, no lane, no record. It is for ranking advance data before it is screened,
and for asking what the score would be if a manifest said something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from features.history import PastParcel, summarise
from features.indicators.register import raise_indicators
from features.manifest import Manifest
from service.screening import Tools, versions


@dataclass(frozen=True, slots=True)
class ScoreVersions:
    """Everything that could change a score, by version; what they mean stands at `Versions`."""

    service: str
    risk_model: str
    risk_model_digest: str
    feature_spec: str


@dataclass(frozen=True, slots=True)
class Score:
    """The score of one manifest.

    Attributes:
        item_id: The item.
        score: Calibrated probability, 0 to 1, as `risk.score` of a screening.
        percentile: Where the score stands among the model's reference parcels, 0 to 100.
        history: Whether earlier parcels of the same people counted; False: the score of people never seen before.
        versions: What made it.
    """

    item_id: str
    score: float
    percentile: float
    history: bool
    versions: ScoreVersions


def score(manifest: Manifest, tools: Tools, past: Sequence[PastParcel] | None, at: datetime) -> Score | None:
    """Score one manifest.

    Args:
        manifest: The manifest.
        tools: The risk model in use.
        past: Earlier parcels that share an entity with this one; None: history is left out.
        at: The moment; findings recorded later do not count.

    Returns:
        The score, to the digit what a screening with the same history says; None where no model is in use.
    """
    if tools.risk is None:
        return None
    # As in a screening, the model sees the default lists, which it learned from.
    found = tools.risk.score_only(manifest, raise_indicators(manifest), summarise(manifest, past or (), at))
    used = versions(tools)
    made_by = ScoreVersions(
        used.service, used.risk_model or "", used.risk_model_digest or "", feature_spec=used.feature_spec
    )
    return Score(manifest.item_id, found.probability, found.percentile, past is not None, made_by)
