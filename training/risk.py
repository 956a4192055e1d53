"""Fits a risk model: cross-fitted first, so that everything decided or calibrated is honest, and then on all rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from features.errors import InputError
from models.bundle import Card
from models.calibration import Calibration, prior_shift
from models.forest import Forest
from models.memory import NOVEL, STATE_NAMES
from models.risk import RiskModel
from models.risk_fitted import DECIMALS
from models.site import Site
from training.crossfit import ByGroup, ByRow, by_group, by_row, sample_groups
from training.data import Source
from training.fitting import STRAIGHT, fit_calibration
from training.frame import Frame
from training.memory import fill_memory, fit_strengths
from training.novel import fit_novel
from training.trees import FOLDS, PARAMETERS, ROUNDS, Grow, fit_trees, grow_trees
from training.words import Lexicon

__all__ = [
    "FOLDS",
    "PARAMETERS",
    "ROUNDS",
    "Options",
    "Trained",
    "fit_model",
    "fit_model_with_rows",
    "fit_trees",
    "train",
]
Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.float32]
Step = Callable[[str], None]
FEWEST_ILLICIT = 30
FEWEST_TO_CALIBRATE = 50
REFERENCE_POINTS = 1001


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to train.

    Attributes:
        seed: Of every random choice.
        base_rate: Share of illicit parcels where the model will be used; None: as in the data.
        name: Name of the bundle.
        version: Version of the bundle.
        created_at: Time for the card, RFC 3339.
        command: The command as it can be repeated.
        note: What the data are and where they come from.
        licence: Licence of the bundle.
        parameters: LightGBM's, over `training.trees.PARAMETERS`, as tuning finds them; `rounds` is the most trees.
        tuning: What the card should say of the tuning; empty without one.
        grow: What grows the final trees, on all rows: this machine, or a cluster (`training.cluster.grow_on`).
    """

    seed: int = 0
    base_rate: float | None = None
    name: str = "risk"
    version: str = "1.0.0"
    created_at: str = ""
    command: str = ""
    note: str = ""
    licence: str = "Apache-2.0"
    parameters: Mapping[str, Any] | None = None
    tuning: Mapping[str, Any] = field(default_factory=dict)
    grow: Grow = grow_trees


@dataclass(frozen=True, slots=True)
class Trained:
    """A finished model: its card without the list of hashes, and the files of its bundle."""

    card: Card
    contents: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted model with what was learned on the way.

    Attributes:
        model: The model.
        rows: The rows its trees were grown on, out of fold, float32 (n, columns).
        sample: The rows that were cross-fitted: all, or whole groups of a large table.
        by_group: Their scores by trees of other groups.
        by_row: Their scores by trees and memory of other rows.
        errors: ECE of each kind of calibration, by state, measured on groups not calibrated on.
    """

    model: RiskModel
    rows: Rows
    sample: Frame
    by_group: ByGroup
    by_row: ByRow
    errors: dict[str, dict[str, float]]


def train(source: Source, frame: Frame, options: Options, step: Step = lambda _: None) -> Trained:
    """Fit a risk model on all rows, and measure models fitted in the same way on rows they have not seen.

    Args:
        source: The file, for what the card says of it.
        frame: What `training.frame.make_frame` read of it.
        options: How.
        step: Told the name of each step as it begins.

    Raises:
        InputError: A row has no label, or there are too few illicit parcels to fit and to measure.
    """
    from training.risk_card import write_card
    from training.risk_figures import measure_fit

    # One thread throughout: sums taken in another order would change the last bits, and with them the bundle.
    with threadpool_limits(1):
        _check(frame, source.name)
        fit = fit_all(frame, source.site, options, step)
        figures = measure_fit(fit, frame, options, step)
        return Trained(write_card(source, frame, fit, options, figures), contents(fit.model))


def fit_model(frame: Frame, site: Site, options: Options, step: Step = lambda _: None) -> RiskModel:
    """Fit and calibrate a risk model on all rows of a frame; nothing is measured.

    Args:
        frame: Labelled parcels, with the columns of `site`.
        site: The site's own columns.
        options: Seed, base rate and parameters are used.
        step: Told the name of each step as it begins.

    Raises:
        InputError: A row has no label, or there are too few of a kind.
    """
    return fit_model_with_rows(frame, site, options, step)[0]


def fit_model_with_rows(
    frame: Frame, site: Site, options: Options, step: Step = lambda _: None
) -> tuple[RiskModel, Rows]:
    """Fit as `fit_model`, and return also the out-of-fold rows that the trees were grown on, aligned with `frame`."""
    with threadpool_limits(1):
        _check(frame, "the table")
        fit = fit_all(frame, site, options, step)
        return fit.model, fit.rows


def fit_all(frame: Frame, site: Site, options: Options, step: Step) -> Fit:
    """Fit with everything that was learned on the way; see `fit_model`."""
    sample = sample_groups(frame, options.seed)
    lexicon = Lexicon(sample.texts)
    others = by_group(sample, site, options.parameters, options.seed, lexicon, step)
    repeats = by_row(sample, others.plan, lexicon, step)
    step("all rows")
    novel, rows = fit_novel(frame, others.plan, lexicon if sample is frame else Lexicon(frame.texts), options.grow)
    step("calibration")
    labels, groups = sample.labels, sample.groups
    calibration, errors = fit_calibration(others.margins, labels, groups, options.seed)
    plain = calibration.log_odds(repeats.margins)
    strengths = fit_strengths(plain, repeats.evidence, labels)
    memory = fill_memory(frame, strengths)
    calibrations, all_errors = {"novel": calibration}, {"novel": errors}
    combined = memory.combine(plain, repeats.evidence)
    for state, name in list(enumerate(STATE_NAMES))[NOVEL + 1 :]:
        inside = repeats.evidence.states == state
        calibrations[name], all_errors[name] = _calibrated(
            combined[inside], labels[inside], groups[inside], options.seed
        )
    trained_rate = float(labels.mean())
    model = RiskModel(
        title=f"{options.name}-{options.version}",
        base_rate=float(frame.labels.mean()) if options.base_rate is None else options.base_rate,
        trained_rate=trained_rate,
        trees=Forest.of(novel.trees),
        linear=novel.linear,
        fitted=novel.fitted,
        memory=memory,
        calibrations=calibrations,
        reference=np.empty(0),
    )
    final = model.log_odds(repeats.margins, repeats.evidence)[1]
    reference = _reference(final, labels, prior_shift(trained_rate, model.base_rate))
    return Fit(replace(model, reference=reference), rows, sample, others, repeats, all_errors)


def contents(model: RiskModel) -> dict[str, bytes]:
    """Return the files of a model's bundle, equal for equal models."""
    calibration = {name: one.as_dict() for name, one in model.calibrations.items()}
    return {
        **model.fitted.files(),
        "trees.txt": model.trees.text.encode(),
        "linear.npz": model.linear.to_bytes(),
        "memory.npz": model.memory.to_bytes(),
        "fitted.json": _json(model.fitted.as_dict()),
        "columns.json": _json([feature.name for feature in model.features]),
        "reference.json": _json(model.reference.tolist()),
        "calibration.json": _json({"base_rate": model.base_rate, "trained_rate": model.trained_rate, **calibration}),
    }


def _check(frame: Frame, name: str) -> None:
    missing, illicit = int(np.count_nonzero(~frame.labelled)), int(frame.labels.sum())
    if missing:
        raise InputError(f"{name}: {missing} rows have no label; training needs one in every row.")
    if illicit < FEWEST_ILLICIT or illicit > len(frame) - FEWEST_ILLICIT:
        raise InputError(
            f"{name}: {illicit} illicit of {len(frame)} parcels; at least {FEWEST_ILLICIT} of each kind are "
            "needed to fit and to measure a model."
        )


def _calibrated(
    log_odds: Numbers, labels: npt.NDArray[np.bool_], groups: npt.NDArray[np.int32], seed: int
) -> tuple[Calibration, dict[str, float]]:
    """Calibrate the rows of one state; where they are too few, what the memory counted stands as it is."""
    if min(labels.sum(), (~labels).sum()) < FEWEST_TO_CALIBRATE or len(np.unique(groups)) < FEWEST_TO_CALIBRATE:
        return STRAIGHT, {}
    return fit_calibration(log_odds, labels, groups, seed)


def _reference(log_odds: Numbers, labels: npt.NDArray[np.bool_], shift: float) -> Numbers:
    """Return quantiles of log-odds in traffic of the deployment's base rate (illicit rows weighted by the odds)."""
    order = np.argsort(log_odds, kind="stable")
    weights = np.where(labels[order], np.exp(shift), 1.0)
    places = (np.cumsum(weights) - 0.5 * weights) / weights.sum()
    points = np.interp(np.linspace(0.0, 1.0, REFERENCE_POINTS), places, log_odds[order])
    return np.round(points, DECIMALS)


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, sort_keys=True) + "\n").encode()
