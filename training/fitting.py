"""Fitting of everything beside the trees: rates of codes, usual ranges, the text model, the calibration."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from features.spec import FEATURE_SPEC
from models.calibration import Calibration, probability
from models.risk_fitted import DECIMALS, Encoding, Norm
from models.risk_frame import Observation
from models.risk_text import SIZE, TextModel, vectorise
from training.metrics import calibration_error
from training.splits import folds_by_group

Numbers = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
SMOOTHING = 100.0
"""A code's own rate weighs as much as the prior after so many parcels."""
FEWEST_FOR_NORM = 20
SMALLEST_SPREAD = 0.15
NORMAL_IQR = 1.349
TEXT_C = 0.5
CALIBRATION_FOLDS = 5
SMALLEST_STEP = 1e-6


def fit_encodings(observations: Sequence[Observation], labels: Marks, names: Sequence[str]) -> dict[str, Encoding]:
    """Fit the smoothed share of illicit parcels of each code: (hits + SMOOTHING * prior) / (rows + SMOOTHING)."""
    prior = round(float(labels.mean()), DECIMALS)
    return {name: Encoding(prior, _rates([one.codes[name] for one in observations], labels, prior)) for name in names}


def _rates(codes: Sequence[str | None], labels: Marks, prior: float) -> dict[str, float]:
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for code, label in zip(codes, labels.tolist(), strict=True):
        if code is not None:
            counts[code][0] += 1
            counts[code][1] += label
    return {
        code: round((hits + SMOOTHING * prior) / (rows + SMOOTHING), DECIMALS)
        for code, (rows, hits) in sorted(counts.items())
    }


def fit_norms(observations: Sequence[Observation]) -> dict[str, Norm]:
    """Fit median and spread of each normed figure by heading, chapter and over all (labels play no part)."""
    headings = [one.codes["hs_heading"] for one in observations]
    chapters = [one.codes["hs_chapter"] for one in observations]
    norms = {}
    for feature in FEATURE_SPEC.normed:
        place = FEATURE_SPEC.base_names.index(feature.name)
        figures = np.array([one.base[place] for one in observations])
        keyed: defaultdict[str, list[float]] = defaultdict(list)
        for figure, *keys in zip(figures.tolist(), headings, chapters, strict=True):
            for key in ("", *(key for key in keys if key)) if np.isfinite(figure) else ():
                keyed[key].append(figure)
        norms[feature.name] = Norm(
            {key: _usual(values) for key, values in sorted(keyed.items()) if not key or len(values) >= FEWEST_FOR_NORM}
        )
    return norms


def _usual(values: list[float]) -> tuple[float, float]:
    low, median, high = np.percentile(values, (25, 50, 75))
    return round(float(median), DECIMALS), round(max(float(high - low) / NORMAL_IQR, SMALLEST_SPREAD), DECIMALS)


def fit_text(texts: Sequence[str], labels: Marks) -> TextModel:
    """Fit the linear text model on texts that say something; without any, it knows only the base rate."""
    said = np.array([bool(text) for text in texts])
    if not said.any() or labels[said].all() or not labels[said].any():
        return TextModel(np.zeros(SIZE), 0.0)
    chosen = [text for text, keep in zip(texts, said, strict=True) if keep]
    model = LogisticRegression(C=TEXT_C, max_iter=200, tol=1e-4)
    model.fit(vectorise(chosen), labels[said])
    fitted = TextModel(model.coef_[0].astype(np.float64), float(model.intercept_[0]))
    # Through the stored form at once: what training uses is then bit for bit what serving reads.
    return TextModel.from_bytes(fitted.to_bytes())


def fit_calibration(
    raw: Numbers, labels: Marks, groups: Sequence[str], seed: int
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
        errors[kind] = round(calibration_error(held_out, labels), 6)
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
