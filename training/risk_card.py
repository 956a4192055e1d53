"""The card of a risk model: what it learned from, how it was fitted, what it must not be used for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from features.patterns import LEVELS
from features.spec import FEATURE_SPEC
from features.spec_codes import column_names
from models.bundle import Card
from models.calibration import logit
from models.risk import RiskModel
from training.crossfit import GROUP_FOLDS, ROW_FOLDS
from training.data import Source
from training.frame import Frame
from training.trees import PARAMETERS

if TYPE_CHECKING:
    from training.risk import Fit, Options

LIMITS = (
    "Ranks manifests; it does not prove anything about a parcel or a person.",
    "Probabilities speak for the base rate named in the parameters; a site with another one must say so in training.",
    "Learns from findings: what was never opened or never found is not in the data.",
    "A smuggler who declares honestly in every respect is not found by any manifest model.",
    "The figures are of models fitted in the same way on parts of the rows; this one was fitted on all of them.",
    "The memory of known patterns repeats what officers found before, mistakes included, until counts outweigh them.",
)


def write_card(source: Source, frame: Frame, fit: Fit, options: Options, figures: dict[str, Any]) -> Card:
    """Write the card; the list of files is added where the bundle is written."""
    return Card(
        kind="risk",
        name=options.name,
        version=options.version,
        created_at=options.created_at,
        licence=options.licence,
        feature_spec=FEATURE_SPEC.digest,
        command=options.command,
        data=_data(source, frame, fit, options),
        figures=figures,
        limits=LIMITS,
        parameters=_parameters(fit, options),
    )


def _data(source: Source, frame: Frame, fit: Fit, options: Options) -> dict[str, Any]:
    known = frame.times[np.isfinite(frame.times)]
    return {
        "file": source.name,
        "sha256": source.sha256,
        "note": options.note,
        "rows": len(frame),
        "illicit": int(frame.labels.sum()),
        "rows_dropped": source.report.dropped,
        "rows_with_blanked_cells": source.report.blanked,
        "groups": len(np.unique(frame.groups)),
        "from": _moment(float(known.min())) if len(known) else None,
        "to": _moment(float(known.max())) if len(known) else None,
        "base_rate": round(float(frame.labels.mean()), 6),
        "cross_fitted": {"rows": len(fit.sample), "parts_by_group": GROUP_FOLDS, "parts_by_row": ROW_FOLDS},
    }


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _parameters(fit: Fit, options: Options) -> dict[str, Any]:
    model, plan = fit.model, fit.by_group.plan
    own = plan.site.as_dict()
    return {
        "seed": options.seed,
        "base_rate": model.base_rate,
        "base_rate_log_odds": round(logit(model.base_rate), 4),
        "trees": len(model.trees),
        "weights": {"trees": plan.weights[0], "linear": plan.weights[1]},
        "columns": len(plan.kept),
        "crosses": len(plan.crosses),
        "lightgbm": {**PARAMETERS, **plan.parameters},
        "site_columns": own,
        "site_crosses": [name for name in column_names(plan.crosses) if ":" in name],
        "memory": _memory(model),
        **({"tuning": dict(options.tuning)} if options.tuning else {}),
    }


def _memory(model: RiskModel) -> dict[str, Any]:
    levels = zip(LEVELS, model.memory.levels, model.memory.strengths, strict=True)
    return {name: {"patterns": len(level.keys), "strength": strength} for name, level, strength in levels}
