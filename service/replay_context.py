"""What a whole answer needs to be made again, beside what stands in it and in the store: it is kept with the evidence.

What earlier parcels said is kept as it was told to the models: asking the store again would give another answer as soon
as a parcel that was screened at the same moment, or one that was purged since, is among them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from features.history import NO_HISTORY, History
from models.xray import PictureLimits
from service.screening_types import Screening

MADE = "made"
"""The field of the stored evidence that holds it; `sop.evidence_json` reads what a decision rests on, and not this."""
_UNKNOWN = asdict(NO_HISTORY)
_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False)


@dataclass(frozen=True, slots=True)
class Context:
    """What is remembered of the making of an answer; `finds` stands in the evidence itself (`finding_history`)."""

    history: History | None
    limits: PictureLimits


def with_context(evidence: str, screening: Screening) -> str:
    """Return the JSON of stored evidence with what its answer was made with beside it."""
    made: dict[str, Any] = {}
    if screening.recalled.history is not None:
        made["history"] = _told(screening.recalled.history)
    if screening.xray is not None:
        made["limits"] = asdict(screening.limits)
    return f'{evidence[:-1]},"{MADE}":{_ENCODER.encode(made)}}}'


def context_in(evidence: Mapping[str, Any]) -> Context | None:
    """Return what stored evidence remembers; None where it was stored by a release that did not keep it.

    Raises:
        ValueError: It is not what `with_context` writes.
    """
    made = evidence.get(MADE)
    if made is None:
        return None
    try:
        history = History(**made["history"]) if "history" in made else None
        limits = PictureLimits(**made.get("limits", {}))
    except (TypeError, AttributeError) as error:
        raise ValueError(f"this is no record of how an answer was made: {error!r}") from error
    return Context(history, limits)


def _told(history: History) -> dict[str, Any]:
    told = {name: getattr(history, name) for name in _UNKNOWN}
    return {name: value for name, value in told.items() if value != _UNKNOWN[name]}
