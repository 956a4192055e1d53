"""What the card says of how good the model is: always on rows that the measured model was not fitted on.

The shipped model is fitted on all rows, so nothing is left to measure itself on. What is measured are models fitted in
the very same way on parts of the rows: by group and by row in the cross-fitting, and by time on the earlier part.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from models.calibration import Calibration, probability
from models.memory import STATE_NAMES, Evidence
from training.anchors import fit_logistic, logistic_scores
from training.bootstrap import Figure, group_weights, measure_all
from training.frame import Frame, without_history
from training.peers import LOGISTIC, PROPER, peer_scores
from training.splits import EARLY, folds_by_group, unseen_entities

if TYPE_CHECKING:
    from training.risk import Fit, Options

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]
Slices = Mapping[str, Frame]
MODEL = "risk model"
KEPT_BACK = 0.3
"""Share of the groups that the model by time is not fitted on."""
FEWEST = 10
"""Illicit and harmless parcels below which a slice is not measured."""
COMPARED = ("auc", "ap", "precision@0.1", "recall@0.01")
"""Figures whose paired difference to each peer the card gives."""


@dataclass(frozen=True, slots=True)
class Later:
    """Places: `fit` of the earlier time; `new` of later time and groups not fitted on; `later` of groups fitted on."""

    fit: Places
    new: Places
    later: Places


def measure_fit(fit: Fit, frame: Frame, options: Options, step: Callable[[str], None]) -> dict[str, Any]:
    """Return the card's figures: by group and by row from the cross-fitting, by time from a fit on the earlier part."""
    step("figures by group and by row")
    figures = {"unseen_groups": _by_group(fit, options.seed), **_by_row(fit, options.seed)}
    figures |= _by_time(frame, fit, options, step)
    figures["calibration"] = {
        name: {"chosen": fit.model.calibrations[name].kind, "ece_on_held_out_groups": errors}
        for name, errors in fit.errors.items()
    }
    return figures


def rounded(figures: dict[str, Figure]) -> dict[str, list[float | None]]:
    """Return figures as [value, low, high] for JSON, None where unknown."""
    return {
        name: [round(float(number), 5) if np.isfinite(number) else None for number in (one.value, one.low, one.high)]
        for name, one in figures.items()
    }


def table(frame: Frame, scores: Mapping[str, Numbers], seed: int) -> dict[str, Any]:
    """Return one table of figures: rows, illicit parcels, and every model's figures with intervals."""
    labels = frame.labels
    found: dict[str, Any] = {"rows": len(frame), "illicit": int(labels.sum()), "models": {}}
    if min(labels.sum(), (~labels).sum()) < FEWEST:
        return found
    proper = [name for name in scores if name == MODEL or name in PROPER]
    measured = measure_all(scores, labels, group_weights(frame.groups, seed), proper)
    found["models"] = {name: rounded(measured.figures(name)) for name in scores}
    found["differences"] = {
        name: rounded({key: one for key, one in measured.differences(MODEL, name).items() if key in COMPARED})
        for name in scores
        if name in (LOGISTIC, *PROPER)
    }
    return found


def _by_group(fit: Fit, seed: int) -> dict[str, Any]:
    """Measure the trees' scores by other groups, each fold calibrated on the others."""
    sample = fit.sample
    scores = probability(_calibrated_apart(fit.by_group.margins, sample, seed))
    return table(sample, {MODEL: scores}, seed)


def _calibrated_apart(log_odds: Numbers, frame: Frame, seed: int) -> Numbers:
    from training.fitting import fit_calibration

    folds = folds_by_group(frame.groups, 2, seed + 5)
    found = np.empty(len(frame))
    for fold in range(2):
        inside = folds == fold
        calibration: Calibration = fit_calibration(
            log_odds[~inside], frame.labels[~inside], frame.groups[~inside], seed
        )[0]
        found[inside] = calibration.log_odds(log_odds[inside])
    return found


def _by_row(fit: Fit, seed: int) -> dict[str, Any]:
    """Measure trees and memory together on traffic as it comes, and apart by what the memory knew."""
    sample, evidence = fit.sample, fit.by_row.evidence
    final = probability(fit.model.log_odds(fit.by_row.margins, evidence)[1])
    found = {"by_row": table(sample, {MODEL: final}, seed)}
    for state, name in enumerate(STATE_NAMES):
        inside = np.flatnonzero(evidence.states == state)
        found[f"by_row_{name}"] = table(sample.take(inside), {MODEL: final[inside]}, seed)
    return found


def later(frame: Frame, seed: int) -> Later | None:
    """Split by time, and by group where a slice wants groups that were never fitted; None where no times are known."""
    known = np.isfinite(frame.times)
    if not known.any():
        return None
    _, places = np.unique(frame.groups, return_inverse=True)
    back = np.random.default_rng(seed).random(int(places.max()) + 1)[places] < KEPT_BACK
    late = known & (frame.times > np.quantile(frame.times[known], EARLY))
    # A row without a time cannot be shown to be later: it may serve for fitting, never for the test by time.
    return Later(np.flatnonzero(~late & ~back), np.flatnonzero(late & back), np.flatnonzero(late & ~back))


def _by_time(frame: Frame, fit: Fit, options: Options, step: Callable[[str], None]) -> dict[str, Any]:
    from training.risk import FEWEST_ILLICIT, fit_all

    parts = later(frame, options.seed)
    if parts is None or min(frame.labels[parts.fit].sum(), (~frame.labels[parts.fit]).sum()) < FEWEST_ILLICIT:
        return {}
    earlier = frame.take(parts.fit)
    own = fit_all(earlier, fit.model.site, options, lambda name: step(f"earlier parcels alone: {name}"))
    step("figures by time")
    logistic = fit_logistic(own.rows, earlier.labels)
    found = {}
    for name, part in _slices(frame, parts).items():
        if not len(part):
            continue
        rows = own.model.rows(part)
        answers = own.model.scores(rows, part.patterns)
        scores = {MODEL: answers.probability, **peer_scores(earlier, part, options.seed)}
        scores[LOGISTIC] = logistic_scores(logistic, rows)
        found[name] = table(part, scores, options.seed)
        if name == "later_time":
            known = own.model.memory.evidence(part.patterns)
            found |= _by_state(part, scores, known, options.seed)
    return found


def _by_state(part: Frame, scores: Mapping[str, Numbers], evidence: Evidence, seed: int) -> dict[str, Any]:
    found = {}
    for state, name in enumerate(STATE_NAMES):
        inside = np.flatnonzero(evidence.states == state)
        if len(inside):
            found[f"later_time_{name}"] = table(
                part.take(inside), {one: score[inside] for one, score in scores.items()}, seed
            )
    return found


def _slices(frame: Frame, parts: Later) -> dict[str, Frame]:
    new = frame.take(parts.new)
    return {
        "unseen_groups_later_time": new,
        "unseen_entities_later_time": frame.take(unseen_entities(frame, parts.new, parts.fit)),
        "unseen_groups_later_time_empty_store": without_history(new, np.arange(len(new))),
        "later_time": frame.take(parts.later),
    }
