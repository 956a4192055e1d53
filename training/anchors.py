"""What a model must beat: the plain ways of ranking parcels that need no model of ours."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

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
