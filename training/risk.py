"""Fits a risk model and measures it on parcels it has never seen: later in time, and of other near-duplicate groups."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from features.errors import InputError
from features.spec import FEATURE_SPEC
from models.bundle import Card
from models.calibration import Calibration, logit, prior_shift, probability
from models.risk_fitted import DECIMALS, Fitted, extra_names
from models.risk_frame import columns, encode, full_rows, score_texts
from models.risk_text import TextModel
from training.anchors import fit_logistic, logistic_scores, random_scores
from training.bootstrap import Figure, group_weights, measure
from training.data import Source
from training.fitting import fit_calibration, fit_encodings, fit_norms, fit_text
from training.frame import Frame, without_history
from training.splits import Split, folds_by_group, split, unseen_entities

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.float32]
FOLDS = 5
FEWEST_ILLICIT = 30
ROUNDS, PATIENCE = 600, 40
REFERENCE_POINTS = 1001
FORGET_OF = 4
"""One group in so many is fitted as a new installation would see it."""
# Unweighted on purpose: class weights would wreck the calibration. Small trees and a strong floor on the rows of a
# leaf, because illicit parcels are few.
PARAMETERS: dict[str, Any] = {
    "objective": "binary", "learning_rate": 0.04, "num_leaves": 15, "min_data_in_leaf": 60, "lambda_l2": 10.0,
    "feature_fraction": 0.6, "bagging_fraction": 0.8, "bagging_freq": 1, "max_bin": 127, "verbosity": -1,
    "deterministic": True, "force_row_wise": True, "num_threads": 1,
}  # fmt: skip
LIMITS = (
    "Ranks manifests; it does not prove anything about a parcel or a person.",
    "Probabilities speak for the base rate named in the parameters; a site with another one must say so in training.",
    "Learns from findings: what was never opened or never found is not in the data.",
    "A smuggler who declares honestly in every respect is not found by any manifest model.",
)


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
    """

    seed: int = 0
    base_rate: float | None = None
    name: str = "risk"
    version: str = "1.0.0"
    created_at: str = ""
    command: str = ""
    note: str = ""
    licence: str = "Apache-2.0"


@dataclass(frozen=True, slots=True)
class Trained:
    """A finished model: its card without the list of hashes, and the files of its bundle."""

    card: Card
    contents: dict[str, bytes]


def train(source: Source, frame: Frame, options: Options, step: Callable[[str], None] = lambda _: None) -> Trained:
    """Fit, calibrate and measure a risk model.

    Args:
        source: The file, for what the card says of it.
        frame: What `training.frame.make_frame` read of them.
        options: How.
        step: Told the name of each step as it begins.

    Raises:
        InputError: A row has no label, or there are too few illicit parcels to fit and to measure.
    """
    # One thread throughout: sums taken in another order would change the last bits, and with them the bundle.
    with threadpool_limits(1):
        return _train(source, frame, options, step)


def _train(source: Source, frame: Frame, options: Options, step: Callable[[str], None]) -> Trained:
    _check(frame, source.name)
    parts = split(frame, options.seed)
    _check_split(frame, parts, source.name)
    step("text model and codes")
    fit = _partly_forgotten(frame.take(parts.fit), options.seed)
    fitted, text, rows = _fit_rows(fit, source, options.seed)
    step("trees")
    trees = _grow(rows, fit, options.seed)
    step("calibration")
    held = frame.take(parts.calibrate)
    held_raw = _raw(trees, _rows(held, fitted, text))
    calibration, errors = fit_calibration(held_raw, held.labels, held.groups, options.seed)
    trained_rate = float(held.labels.mean())
    base_rate = float(frame.labels.mean()) if options.base_rate is None else options.base_rate
    step("measuring")
    figures = _figures(frame, parts, options.seed, (trees, fitted, text, calibration, rows))
    reference = _reference(held_raw, held.labels, prior_shift(trained_rate, base_rate))
    contents = {
        "trees.txt": trees.model_to_string().encode(),
        "text.npz": text.to_bytes(),
        "fitted.json": _json(fitted.as_dict()),
        "columns.json": _json([feature.name for feature in columns(fitted)]),
        "reference.json": _json(reference),
        "calibration.json": _json({"base_rate": base_rate, "trained_rate": trained_rate, "map": calibration.as_dict()}),
    }
    figures["calibration"] = {"chosen": calibration.kind, "ece_on_held_out_groups": errors}
    return Trained(_card(source, frame, parts, options, base_rate, trees, figures), contents)


def _check(frame: Frame, name: str) -> None:
    missing, illicit = int(np.count_nonzero(~frame.labelled)), int(frame.labels.sum())
    if missing:
        raise InputError(f"{name}: {missing} rows have no label; training needs one in every row.")
    if illicit < FEWEST_ILLICIT or illicit > len(frame) - FEWEST_ILLICIT:
        raise InputError(
            f"{name}: {illicit} illicit of {len(frame)} parcels; at least {FEWEST_ILLICIT} of each kind are "
            "needed to fit and to measure a model."
        )


def _check_split(frame: Frame, parts: Split, name: str) -> None:
    for what, places in (("fitting", parts.fit), ("calibration", parts.calibrate), ("the test", parts.test)):
        illicit = int(frame.labels[places].sum())
        if not 0 < illicit < len(places):
            raise InputError(
                f"{name}: after the split by group and time, {illicit} of {len(places)} parcels for {what} are "
                "illicit; more parcels, or finer groups, are needed."
            )


def _partly_forgotten(fit: Frame, seed: int) -> Frame:
    """Blank the history of some groups: a new installation knows nobody, and must not suspect everybody for it."""
    folds = folds_by_group(fit.groups, FORGET_OF, seed + 2)
    return without_history(fit, np.flatnonzero(folds == 0))


def _fit_rows(fit: Frame, source: Source, seed: int) -> tuple[Fitted, TextModel, Rows]:
    """Fit text model, codes and norms on all rows, and build the rows for the trees with both out of fold."""
    names = (*(one.name for one in FEATURE_SPEC.codes), *extra_names(source.categorical))
    fitted = Fitted(fit_encodings(fit.codes, fit.labels, names), fit_norms(fit), source.numeric, source.categorical)
    text = fit_text(fit.texts, fit.labels)
    texts, codes = np.empty(len(fit)), np.empty((len(fit), len(names)), dtype=np.float32)
    folds = folds_by_group(fit.groups, FOLDS, seed)
    for fold in range(FOLDS):
        inside, outside = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        others, mine = fit.take(outside), fit.take(inside)
        texts[inside] = score_texts(fit_text(others.texts, others.labels), mine.texts)
        rates = replace(fitted, encodings=fit_encodings(others.codes, others.labels, names))
        codes[inside] = encode(mine, rates)
    return fitted, text, full_rows(fit, fitted, texts, codes)


def _grow(rows: Rows, fit: Frame, seed: int) -> lgb.Booster:
    """Find the number of trees on groups left out, then grow that many on all rows."""
    parameters = {**PARAMETERS, "seed": seed}
    out = folds_by_group(fit.groups, FOLDS, seed + 1) == 0
    inside = lgb.Dataset(rows[~out], fit.labels[~out], params={"verbosity": -1, "max_bin": PARAMETERS["max_bin"]})
    watched = lgb.Dataset(rows[out], fit.labels[out], reference=inside)
    stop = lgb.early_stopping(PATIENCE, verbose=False)
    tried = lgb.train(parameters, inside, ROUNDS, valid_sets=[watched], callbacks=[stop])
    rounds = max(tried.best_iteration, 1)
    return lgb.train(parameters, lgb.Dataset(rows, fit.labels), rounds)


def _rows(frame: Frame, fitted: Fitted, text: TextModel) -> Rows:
    return full_rows(frame, fitted, score_texts(text, frame.texts), encode(frame, fitted))


def _raw(trees: lgb.Booster, rows: Rows) -> Numbers:
    return np.asarray(trees.predict(rows, raw_score=True, num_threads=1), dtype=np.float64)


def _reference(raw: Numbers, labels: npt.NDArray[np.bool_], shift: float) -> list[float]:
    """Return quantiles of raw scores in traffic of the deployment's base rate (illicit rows weighted by the odds)."""
    order = np.argsort(raw)
    weights = np.where(labels[order], np.exp(shift), 1.0)
    places = (np.cumsum(weights) - 0.5 * weights) / weights.sum()
    points = np.interp(np.linspace(0.0, 1.0, REFERENCE_POINTS), places, raw[order])
    return [round(float(point), DECIMALS) for point in points]


def _figures(
    frame: Frame,
    parts: Split,
    seed: int,
    model: tuple[lgb.Booster, Fitted, TextModel, Calibration, Rows],
) -> dict[str, Any]:
    trees, fitted, text, calibration, fit_rows = model
    logistic = fit_logistic(fit_rows, frame.labels[parts.fit])
    slices = {
        "unseen_groups_later_time": parts.test,
        "unseen_entities_later_time": unseen_entities(frame, parts.test, np.append(parts.fit, parts.calibrate)),
    }
    figures: dict[str, Any] = {}
    later = {name: frame.take(places) for name, places in slices.items()}
    later["unseen_groups_later_time_empty_store"] = without_history(
        later["unseen_groups_later_time"], np.arange(len(parts.test))
    )
    for name, part in later.items():
        size = len(part.labels)
        if not 0 < part.labels.sum() < size:
            figures[name] = {"rows": size, "illicit": int(part.labels.sum()), "models": {}}
            continue
        rows = _rows(part, fitted, text)
        scores = {
            "risk model": (probability(calibration.log_odds(_raw(trees, rows))), True),
            "logistic regression": (logistic_scores(logistic, rows), True),
            "number of indicators": (part.indicators.astype(np.float64), False),
            "random": (random_scores(size, seed), False),
        }
        weights = group_weights(part.groups, seed)
        models = {one: rounded(measure(s, part.labels, weights, proper)) for one, (s, proper) in scores.items()}
        figures[name] = {"rows": size, "illicit": int(part.labels.sum()), "models": models}
    return figures


def rounded(figures: dict[str, Figure]) -> dict[str, list[float | None]]:
    """Return figures as [value, low, high] for JSON, None where unknown."""
    return {
        name: [round(float(number), 5) if np.isfinite(number) else None for number in (one.value, one.low, one.high)]
        for name, one in figures.items()
    }


def _card(
    source: Source,
    frame: Frame,
    parts: Split,
    options: Options,
    base_rate: float,
    trees: lgb.Booster,
    figures: dict[str, Any],
) -> Card:
    known = frame.times[np.isfinite(frame.times)]
    return Card(
        kind="risk",
        name=options.name,
        version=options.version,
        created_at=options.created_at,
        licence=options.licence,
        feature_spec=FEATURE_SPEC.digest,
        command=options.command,
        data={
            "file": source.name,
            "sha256": source.sha256,
            "note": options.note,
            "rows": len(frame),
            "illicit": int(frame.labels.sum()),
            "rows_dropped": source.report.dropped,
            "groups": len(np.unique(frame.groups)),
            "from": _day(known.min()) if len(known) else None,
            "to": _day(known.max()) if len(known) else None,
            "split": {"fit": len(parts.fit), "calibrate": len(parts.calibrate), "test": len(parts.test)},
            "fit_base_rate": round(float(frame.labels[parts.fit].mean()), 6),
        },
        figures=figures,
        limits=LIMITS,
        parameters={
            "seed": options.seed,
            "base_rate": base_rate,
            "base_rate_log_odds": round(logit(base_rate), 4),
            "trees": trees.num_trees(),
            "lightgbm": PARAMETERS,
            "site_columns": {"numeric": list(source.numeric), "categorical": list(source.categorical)},
        },
    )


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, sort_keys=True) + "\n").encode()
