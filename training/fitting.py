"""Fits usual ranges of figures and calibrations."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from features.spec import FEATURE_SPEC
from models.calibration import Calibration, probability
from models.coded import Coded
from models.risk_fitted import DECIMALS, Norm
from models.risk_frame import Observations
from training.metrics import calibration_error
from training.splits import folds_by_group

Numbers = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
FEWEST_FOR_NORM = 20
SMALLEST_SPREAD = 0.15
NORMAL_IQR = 1.349
CALIBRATION_FOLDS = 5
SMALLEST_STEP = 1e-6
STRAIGHT = Calibration("platt", (0.0,), (0.0,), 1.0, 1.0)
"""Leaves log-odds as they are."""


def fit_norms(parcels: Observations) -> dict[str, Norm]:
    """Fit median and spread of each normed figure by heading, chapter and over all (labels play no part)."""
    levels = [parcels.codes[name] for name in ("hs_heading", "hs_chapter")]
    norms = {}
    for feature in FEATURE_SPEC.normed:
        figures = parcels.base[:, FEATURE_SPEC.base_names.index(feature.name)].astype(np.float64)
        known = np.isfinite(figures)
        usual = {"": _usual(figures[known])} if known.any() else {}
        for level in levels:
            usual |= _usual_of_each(level, figures, known)
        norms[feature.name] = Norm(dict(sorted(usual.items())))
    return norms


def _usual_of_each(codes: Coded, figures: Numbers, known: Marks) -> dict[str, tuple[float, float]]:
    chosen = np.flatnonzero(known & (codes.ids >= 0))
    if not len(chosen):
        return {}
    # Sorted by code and within it by figure, every quartile is one look-up.
    order = chosen[np.lexsort((figures[chosen], codes.ids[chosen]))]
    ids, starts, sizes = np.unique(codes.ids[order], return_index=True, return_counts=True)
    many = sizes >= FEWEST_FOR_NORM
    low, median, high = (_quantile(figures[order], starts[many], sizes[many], share) for share in (0.25, 0.5, 0.75))
    pairs = zip(ids[many].tolist(), median.tolist(), (high - low).tolist(), strict=True)
    return {codes.values[one]: _rounded(middle, span) for one, middle, span in pairs}


def _quantile(ordered: Numbers, starts: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64], share: float) -> Numbers:
    """Return a quantile of each stretch, interpolated as `numpy.percentile` does."""
    places = share * (sizes - 1)
    below = np.floor(places).astype(np.int64)
    first, second = ordered[starts + below], ordered[starts + np.minimum(below + 1, sizes - 1)]
    return np.asarray(first + (places - below) * (second - first), dtype=np.float64)


def _rounded(median: float, span: float) -> tuple[float, float]:
    return round(median, DECIMALS), round(max(span / NORMAL_IQR, SMALLEST_SPREAD), DECIMALS)


def _usual(values: Numbers) -> tuple[float, float]:
    low, median, high = np.percentile(values, (25, 50, 75))
    return _rounded(float(median), float(high - low))


def fit_calibration(
    raw: Numbers, labels: Marks, groups: npt.ArrayLike, seed: int
) -> tuple[Calibration, dict[str, float]]:
    """Choose between Platt's line and the isotonic map by the error measured on groups not fitted on.

    Args:
        raw: Raw log-odds of parcels that the trees were not fitted on.
        labels: The truth.
        groups: Near-duplicate groups.
        seed: Of the folds.

    Returns:
        The calibration fitted on all rows, and the measured ECE of both kinds.
    """
    folds = folds_by_group(groups, CALIBRATION_FOLDS, seed)
    errors = {}
    for kind, fit in (("platt", _platt), ("isotonic", _isotonic)):
        held_out = np.empty(len(raw))
        for fold in range(CALIBRATION_FOLDS):
            inside = folds == fold
            held_out[inside] = probability(fit(raw[~inside], labels[~inside]).log_odds(raw[inside]))
        errors[kind] = round(float(calibration_error(held_out, labels)), 6)
    chosen = _isotonic if errors["isotonic"] < errors["platt"] else _platt
    return chosen(raw, labels), errors


def _platt(raw: Numbers, labels: Marks) -> Calibration:
    slope, offset = _line(raw, labels)
    return Calibration("platt", (0.0,), (offset,), slope, slope)


def _line(raw: Numbers, labels: Marks) -> tuple[float, float]:
    if not labels.any() or labels.all():
        return 1.0, 0.0
    model = LogisticRegression(C=100.0).fit(raw[:, None], labels)
    return max(round(float(model.coef_[0, 0]), DECIMALS), 0.05), round(float(model.intercept_[0]), DECIMALS)


def _isotonic(raw: Numbers, labels: Marks) -> Calibration:
    """Join the centres of the isotonic blocks; outside, go on with Platt's slope."""
    slope, _ = _line(raw, labels)
    levels = IsotonicRegression().fit_transform(raw, labels.astype(np.float64))
    x, y = [], []
    for level in np.unique(levels):
        inside = levels == level
        # Rule of succession: a block without a single hit is rare, not impossible.
        share = (float(labels[inside].sum()) + float(labels.mean())) / (float(inside.sum()) + 1.0)
        x.append(float(raw[inside].mean()))
        y.append(float(np.log(share / (1.0 - share))))
    return Calibration("isotonic", *_rising(x, y), slope, slope)


def _rising(x: list[float], y: list[float]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    kept_x, kept_y = [round(x[0], DECIMALS)], [round(y[0], DECIMALS)]
    for one, level in zip(x[1:], y[1:], strict=True):
        if one - kept_x[-1] > SMALLEST_STEP and level > kept_y[-1]:
            kept_x.append(round(one, DECIMALS))
            kept_y.append(round(level, DECIMALS))
    return tuple(kept_x), tuple(kept_y)
