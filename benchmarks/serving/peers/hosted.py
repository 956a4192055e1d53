"""The same risk model as the product's, called as a user calls LightGBM: `Booster.predict`, reasons by `pred_contrib`.

Features come from the product's own code, so that peers answer the same question with the same figures. What the
product does beyond this is left out to the peers' advantage: no history, no reasons in words, no procedure, no keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from features.history import History, summarise
from features.indicators.register import raise_indicators
from features.manifest import Manifest
from features.manifest_schema import parse_manifest
from models.bundle import open_bundle, shipped_bundles
from models.calibration import prior_shift, probability
from models.risk import RiskModel
from models.risk_frame import gather
from models.risk_one import read_one

Rows = npt.NDArray[np.float32]
TOP = 5


class Hosted:
    """The shipped risk model, read once for each process."""

    def __init__(self) -> None:
        bundle = open_bundle(shipped_bundles("risk")[-1], "risk")
        self.model = RiskModel.load(bundle)
        self.trees = lgb.Booster(model_str=bundle.read("trees.txt").decode())

    def row(self, manifest: Manifest) -> Rows:
        """Return a parcel's features, shape (1, columns), with nothing known of its people."""
        seen = self.model.observe(manifest, raise_indicators(manifest), nothing_known(manifest))
        return np.asarray(self.model.rows(gather([seen])), dtype=np.float32)

    def quick_row(self, manifest: Manifest) -> Rows:
        """Return the same features by the product's way for a single parcel, which no user of a framework has."""
        raised, history = raise_indicators(manifest), nothing_known(manifest)
        return read_one(manifest, raised, history, self.model.fitted).row[None]

    def quick_row_of_json(self, raw: Any) -> Rows:
        """As `row_of_json`, by `quick_row`."""
        return self.quick_row(parse_manifest(raw))

    def row_of_json(self, raw: Any) -> Rows:
        """Return the features of a manifest as sent; raises `features.errors.InputError` where it is none."""
        return self.row(parse_manifest(raw))

    def score(self, row: Rows) -> float:
        """Return the calibrated probability of a novel pattern, which those of the load are."""
        margin = self.model.linear.sum(self.trees.predict(row, raw_score=True, num_threads=1), row)
        calibrated = self.model.calibrations["novel"].log_odds(margin)
        return float(probability(calibrated + prior_shift(self.model.trained_rate, self.model.base_rate))[0])

    def reasons(self, row: Rows) -> list[dict[str, Any]]:
        """Return the groups of features that say most, by SHAP values."""
        trees = self.trees.predict(row, pred_contrib=True, num_threads=1)
        shares = self.model.group_shares(self.model.linear.explain(trees, row)[0])
        strongest = sorted(shares.items(), key=lambda pair: -abs(pair[1]))[:TOP]
        return [{"code": group, "contribution": share} for group, share in strongest]


def nothing_known(manifest: Manifest) -> History:
    """Return the history of a parcel whose people were never seen."""
    return summarise(manifest, [], manifest.declared_at) if manifest.declared_at else History()


def as_row(values: Sequence[float | None]) -> Rows:
    """Return ready features, null where unknown, as a row of shape (1, columns)."""
    return np.array([values], dtype=np.float32)
