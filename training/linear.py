"""Fits the straight part of the novel score, and how much it and the trees count."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from models.linear import LinearPart, standardised

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.float32]
Marks = npt.NDArray[np.bool_]
LINE_C = 0.01
STEPS, TOLERANCE = 200, 1e-4
SMALLEST_SPREAD = 1e-6
MOST_ROWS = 50_000
"""Rows that a line is fitted on, drawn at random: its few hundred slopes gain nothing from more."""


def fit_linear(rows: Rows, labels: Marks, weights: Numbers | None) -> LinearPart:
    """Fit a logistic regression on the rows that the trees are grown on, a mark for every gap beside each column."""
    if len(rows) > MOST_ROWS:
        drawn = np.sort(np.random.default_rng(0).choice(len(rows), MOST_ROWS, replace=False))
        rows, labels, weights = rows[drawn], labels[drawn], None if weights is None else weights[drawn]
    unknown = np.isnan(rows)
    counts = np.maximum((~unknown).sum(axis=0), 1)
    middle = np.where(unknown, 0.0, rows).sum(axis=0, dtype=np.float64) / counts
    distance = np.where(unknown, 0.0, rows - middle)
    spread = np.maximum(np.sqrt((distance**2).sum(axis=0) / counts), SMALLEST_SPREAD)
    places, gaps = standardised(rows, middle, spread)
    model = LogisticRegression(C=LINE_C, max_iter=STEPS, tol=TOLERANCE)
    model.fit(np.hstack([places, gaps]).astype(np.float32), labels, sample_weight=weights)
    slopes, marks = np.split(model.coef_[0].astype(np.float64), 2)
    return LinearPart(middle, spread, slopes, marks, float(model.intercept_[0]))


def fit_weights(trees: Numbers, line: Numbers, labels: Marks) -> tuple[float, float]:
    """Return how much the trees and the line count, fitted on rows that neither saw; none counts below nothing."""
    model = LogisticRegression(C=100.0).fit(np.column_stack([trees, line]), labels)
    first, second = (float(one) for one in model.coef_[0])
    if min(first, second) < 0.0:
        return (1.0, 0.0) if first > second else (0.0, 1.0)
    total = first + second
    return round(first / total, 6), round(second / total, 6)
