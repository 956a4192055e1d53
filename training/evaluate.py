"""Measures risk models on labelled parcels, beside what they must beat, in the same tables on the same rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from features.errors import InputError
from features.spec import FEATURE_SPEC
from models.card import Card
from models.risk import RiskModel
from training.bootstrap import REPLICATES
from training.ceiling import STABILITY_FOLDS, ceiling
from training.curves import joined_importance
from training.data import Source
from training.drift import drift
from training.frame import Frame
from training.learning_curve import SHARES_OF_GROUPS, learning_curve
from training.measured import check_labelled
from training.pooled import Pooled, apply_bundle, run_folds
from training.protocols import WORDS, Protocol, make_folds
from training.refit import Fit
from training.sections import over_seeds, section

Numbers = npt.NDArray[np.float64]
Progress = Callable[[int], None]
BUNDLE = "bundle"
BUNDLE_WORDS = (
    "The given model, on the parcels handed to it. Peers that learn were fitted on this very table, out of fold by "
    "group, which favours them."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to measure.

    Attributes:
        protocols: How to hold parcels back; the first one leads the report.
        folds: Number of folds of those that have folds, at least 2.
        seeds: How often to repeat each with another seed, at least 1.
        seed: The first one; also of the bootstrap.
        curve: Whether to measure the learning curve, by the first protocol.
        ceiling: Whether to estimate what the table allows at all.
        command: The command as it can be repeated, for the report.
    """

    protocols: tuple[Protocol, ...] = ("group",)
    folds: int = 5
    seeds: int = 1
    seed: int = 0
    curve: bool = True
    ceiling: bool = False
    command: str = ""


def evaluate_bundle(model: RiskModel, card: Card, source: Source, frame: Frame, plan: Plan) -> dict[str, Any]:
    """Measure a given model on a labelled file; returns what `metrics.json` holds.

    The model's probabilities speak for its own base rate; where the table's differs, ECE and Brier score say so.

    Raises:
        InputError: A row has no label, or all labels are equal.
    """
    _check(frame, source.name)
    with threadpool_limits(1):
        pooled = apply_bundle(model, frame, plan.folds, plan.seed)
        measured = {"what": BUNDLE_WORDS, **section(pooled, plan.seed, every_slice=True)}
        return {
            **_head(model.title, source, frame, plan),
            "model_base_rate": model.base_rate,
            "overlap": overlap(card, source, pooled),
            "protocols": {BUNDLE: measured},
            "figures": measured["figures"],
            "importance": joined_importance(pooled.importance),
            "drift": drift(frame, model.site.numeric, plan.seed),
            "learning_curve": [],
            "ceiling": None,
        }


def overlap(card: Card, source: Source, pooled: Pooled) -> dict[str, Any]:
    """Return how much of the file the model may have been trained on, with a warning where it was.

    A model that has seen its test is measured on its memory; nobody should show such figures.
    """
    same, share = card.data.get("sha256") == source.sha256, float(pooled.seen.mean())
    warning = None
    if same:
        warning = f"{card.title} was trained on this very file: the figures flatter it and say nothing of new parcels."
    elif share > 0:
        warning = (
            f"{share:.1%} of the parcels repeat exact patterns that {card.title} knows from its training; see the "
            "slices for the novel ones."
        )
    return {"same_file": same, "seen_share": round(share, 5), "warning": warning}


def fits_needed(plan: Plan, frame: Frame, first_test_row: int | None = None) -> int:
    """Return how many models the plan fits, for a progress bar."""
    counts = [len(make_folds(frame, one, plan.folds, plan.seed, first_test_row)) for one in plan.protocols]
    grown = len(SHARES_OF_GROUPS) * counts[0] if plan.curve else 0
    return sum(counts) * plan.seeds + grown + (2 * min(STABILITY_FOLDS, counts[0]) if plan.ceiling else 0)


def evaluate_protocols(
    source: Source,
    frame: Frame,
    fit: Fit,
    plan: Plan,
    first_test_row: int | None = None,
    progress: Progress = lambda _: None,
    tested: Source | None = None,
) -> dict[str, Any]:
    """Train afresh in every fold of every protocol; returns what `metrics.json` holds.

    Args:
        source: The file, for what the report says of it.
        frame: Its parcels.
        fit: Fits the risk model.
        plan: What to measure.
        first_test_row: For the protocol `file`: where the test file's rows begin.
        progress: Told the number of models fitted so far.
        tested: For `file`: the test file.

    Raises:
        InputError: A row has no label, all labels are equal, or the table does not allow a protocol.
    """
    _check(frame, source.name)
    count = _Count(progress)
    with threadpool_limits(1):
        runs = {one: _runs(frame, one, fit, plan, first_test_row, count) for one in plan.protocols}
        sections = {one: _section(one, found, plan) for one, found in runs.items()}
        lead = plan.protocols[0]
        folds = make_folds(frame, lead, plan.folds, plan.seed, first_test_row)
        grown = learning_curve(frame, folds, fit, plan.seed, runs[lead][0], count) if plan.curve else []
        return {
            **_head("trained afresh in every fold", source, frame, plan, tested),
            "model_base_rate": None,
            "overlap": None,
            "protocols": sections,
            "figures": sections[lead]["figures"],
            "importance": joined_importance(runs[lead][0].importance),
            "drift": drift(frame, source.numeric, plan.seed),
            "learning_curve": grown,
            "ceiling": ceiling(frame, folds, fit, plan.seed, runs[lead][0], grown, count) if plan.ceiling else None,
        }


class _Count:
    """Counts the models fitted."""

    def __init__(self, progress: Progress) -> None:
        self._done, self._progress = 0, progress

    def __call__(self) -> None:
        self._done += 1
        self._progress(self._done)


def _runs(
    frame: Frame, protocol: Protocol, fit: Fit, plan: Plan, first_test_row: int | None, done: Callable[[], None]
) -> list[Pooled]:
    found = []
    for seed in range(plan.seed, plan.seed + plan.seeds):
        folds = make_folds(frame, protocol, plan.folds, seed, first_test_row)
        found.append(run_folds(frame, folds, fit, seed, done))
    return found


def _section(protocol: Protocol, runs: Sequence[Pooled], plan: Plan) -> dict[str, Any]:
    first = section(runs[0], plan.seed, every_slice=protocol == plan.protocols[0])
    return {"what": WORDS[protocol], **first, "seeds": over_seeds(runs) if len(runs) > 1 else None}


def _head(title: str, source: Source, frame: Frame, plan: Plan, tested: Source | None = None) -> dict[str, Any]:
    known = frame.times[np.isfinite(frame.times)]
    days = [str(np.datetime64(int(one), "s"))[:10] for one in (known.min(), known.max())] if len(known) else [None] * 2
    return {
        "model": title,
        "feature_spec": FEATURE_SPEC.digest,
        "command": plan.command,
        "seed": plan.seed,
        "seeds": plan.seeds,
        "folds": plan.folds,
        "intervals": f"95 %, bootstrap over near-duplicate groups, {REPLICATES} replicates",
        "data": {
            "file": source.name,
            "sha256": source.sha256,
            "rows": len(frame),
            "test_file": tested.name if tested else None,
            "test_sha256": tested.sha256 if tested else None,
            "rows_dropped": source.report.dropped + (tested.report.dropped if tested else 0),
            "illicit": int(frame.labels.sum()),
            "base_rate": round(float(frame.labels.mean()), 6),
            "groups": len(np.unique(frame.groups)),
            "from": days[0],
            "to": days[1],
        },
    }


def _check(frame: Frame, name: str) -> None:
    check_labelled(frame, name)
    if frame.labels.all() or not frame.labels.any():
        raise InputError(f"{name}: all labels are equal; nothing can be measured.")
