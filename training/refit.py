"""A risk model fitted afresh on some parcels, as every fold of an evaluation needs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.risk import RiskModel
from models.site import Site
from training.frame import Frame
from training.risk import Options, fit_model_with_rows

Rows = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Refitted:
    """A model, and the rows it learned from: out of fold, so that another learner may be fitted on them too."""

    model: RiskModel
    rows: Rows


Fit = Callable[[Frame, int], Refitted]
"""Fits on all parcels of a frame with a seed."""


def risk_fit(site: Site) -> Fit:
    """Return how `train risk` fits a model, for a table with these columns of its own."""

    def fit(train: Frame, seed: int) -> Refitted:
        return Refitted(*fit_model_with_rows(train, site, Options(seed=seed)))

    return fit
