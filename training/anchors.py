"""What a model must beat: the plain ways of ranking parcels that need no model of ours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from training.frame import Frame

SMOOTHING = 100.0
"""A heading's own rate weighs as much as the prior after so many parcels."""
Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.float32]
Marks = npt.NDArray[np.bool_]


def random_scores(rows: int, seed: int) -> Numbers:
    """Return scores that know nothing."""
    return np.random.default_rng(seed).random(rows)


def fit_logistic(rows: Rows, labels: Marks) -> Pipeline:
    """Fit a logistic regression on the same columns: medians for gaps, a mark for each gap, standard scale."""
    # Columns without a single value carry nothing; keeping them would only make the imputer warn.
    steps = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
        StandardScaler(),
        LogisticRegression(C=0.1, max_iter=500),
    )
    return steps.fit(rows, labels)


def logistic_scores(model: Pipeline, rows: Rows) -> Numbers:
    """Return the probabilities of a fitted logistic regression."""
    return np.asarray(model.predict_proba(rows)[:, 1], dtype=np.float64)


def heading_scores(frame: Frame, folds: Sequence[int] | npt.NDArray[np.int64]) -> Numbers:
    """Return the smoothed share of illicit parcels under each parcel's HS heading, out of fold."""
    places = np.asarray(folds)
    scores = np.empty(len(frame.labels))
    for fold in np.unique(places):
        inside = places == fold
        scores[inside] = _heading_rates(frame, ~inside, inside)
    return scores


def _heading_rates(frame: Frame, known: Marks, wanted: Marks) -> Numbers:
    headings = frame.codes["hs_heading"].ids
    prior = float(frame.labels[known].mean())
    # Moved by one: no heading is a heading of its own here, at place 0.
    size = int(headings.max(initial=-1)) + 2
    rows = np.bincount(headings[known] + 1, minlength=size)
    hits = np.bincount(headings[known] + 1, weights=frame.labels[known], minlength=size)
    rates = (hits + SMOOTHING * prior) / (rows + SMOOTHING)
    return np.asarray(rates[headings[wanted] + 1], dtype=np.float64)
