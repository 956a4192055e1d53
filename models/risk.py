"""The manifest's risk: a calibrated probability with its reasons.

A bundle of kind `risk` holds `trees.txt` (LightGBM's own text form), `text.npz` (text model), `fitted.json` (rates of
codes and usual ranges of headings), `calibration.json`, `reference.json` (quantiles of raw scores) and `columns.json`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zipfile import BadZipFile

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from features.errors import CheckFailed
from features.history import History
from features.indicators.register import Raised
from features.manifest import Manifest
from features.measures import measure
from features.spec import FEATURE_SPEC, Feature
from models.bundle import Bundle
from models.calibration import Calibration, prior_shift, probability
from models.results import Reason, RiskResult
from models.risk_fitted import Fitted
from models.risk_frame import Observation, Observations, columns, encode, full_rows, gather, observe, score_texts
from models.risk_reasons import Facts, sentence
from models.risk_text import TextModel

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.float32]
TOP_REASONS = 5
SMALLEST_SHARE = 0.02
"""Reasons that move the log-odds by less say nothing an officer could use."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of n parcels: `raw` log-odds of the trees, calibrated `probability`, `percentile` 0 to 100."""

    raw: Numbers
    probability: Numbers
    percentile: Numbers


# What the readers of the bundle's files raise for content that is not theirs.
_NOT_A_MODEL = (
    KeyError, TypeError, ValueError, AttributeError, OSError, EOFError, BadZipFile, lgb.basic.LightGBMError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RiskModel:
    """A loaded risk model.

    Attributes:
        title: Name and version.
        base_rate: The share of illicit parcels that its probabilities speak for.
        trained_rate: The share it was calibrated at.
        trees: The boosted trees.
        text: The text model.
        fitted: Rates of codes, usual ranges of headings, the site's own columns.
        calibration: Raw to calibrated log-odds at `trained_rate`.
        reference: Rising quantiles of raw scores in the reference population.
        features: The columns of a row, in order.
    """

    title: str
    base_rate: float
    trained_rate: float
    trees: lgb.Booster
    text: TextModel
    fitted: Fitted
    calibration: Calibration
    reference: Numbers
    features: tuple[Feature, ...]

    @classmethod
    def load(cls, bundle: Bundle) -> RiskModel:
        """Read a verified bundle.

        Raises:
            CheckFailed: The bundle was made for another feature specification, or its files are not a risk model's.
        """
        try:
            return cls._read(bundle)
        except _NOT_A_MODEL as error:
            raise CheckFailed(
                f"{bundle.folder}: the files are as the card says, but they are no risk model "
                f"({type(error).__name__}: {error}); train it again."
            ) from error

    @classmethod
    def _read(cls, bundle: Bundle) -> RiskModel:
        fitted = Fitted.from_dict(bundle.read_json("fitted.json"))
        features = columns(fitted)
        if bundle.card.feature_spec != FEATURE_SPEC.digest or bundle.read_json("columns.json") != _names(features):
            raise CheckFailed(
                f"{bundle.folder}: this risk model was made for another feature specification "
                f"({bundle.card.feature_spec[:12]}, here {FEATURE_SPEC.digest[:12]}); train it again."
            )
        calibration = bundle.read_json("calibration.json")
        return cls(
            title=bundle.card.title,
            base_rate=calibration["base_rate"],
            trained_rate=calibration["trained_rate"],
            trees=lgb.Booster(model_str=bundle.read("trees.txt").decode()),
            text=TextModel.from_bytes(bundle.read("text.npz")),
            fitted=fitted,
            calibration=Calibration.from_dict(calibration["map"]),
            reference=np.array(bundle.read_json("reference.json"), dtype=np.float64),
            features=features,
        )

    def assess(self, manifest: Manifest, raised: Sequence[Raised], history: History) -> RiskResult:
        """Score one parcel and say why."""
        row = self.rows(gather([self.observe(manifest, raised, history)]))
        scores = self.scores(row)
        reasons = self.explain(row[0], self.contributions(row)[0], manifest, raised, history)
        shown = [reason for reason in reasons if abs(reason.contribution) >= SMALLEST_SHARE][:TOP_REASONS]
        return RiskResult(
            score=float(scores.probability[0]),
            percentile=float(scores.percentile[0]),
            reasons=tuple(shown or reasons[:1]),
        )

    def observe(self, manifest: Manifest, raised: Sequence[Raised], history: History) -> Observation:
        """Read what this model uses of a parcel, the site's own columns included."""
        return observe(manifest, raised, history, self.fitted.numeric, self.fitted.categorical)

    def rows(self, parcels: Observations) -> Rows:
        """Return the full rows of parcels, float32 of shape (n, len(features))."""
        texts = score_texts(self.text, parcels.texts)
        return full_rows(parcels, self.fitted, texts, encode(parcels, self.fitted))

    def scores(self, rows: Rows, threads: int = 1) -> Scores:
        """Score full rows. One thread is fastest for single rows: starting more costs more than the trees."""
        raw = np.asarray(self.trees.predict(rows, raw_score=True, num_threads=threads), dtype=np.float64)
        shifted = self.calibration.log_odds(raw) + prior_shift(self.trained_rate, self.base_rate)
        places = np.searchsorted(self.reference, raw, side="right") / len(self.reference)
        return Scores(raw, probability(shifted), np.round(100.0 * places, 2))

    def contributions(self, rows: Rows, threads: int = 1) -> Numbers:
        """Return SHAP values and the base value, shape (n, len(features) + 1); they sum to the raw score."""
        return np.asarray(self.trees.predict(rows, pred_contrib=True, num_threads=threads), dtype=np.float64)

    def explain(
        self, row: Rows, contributions: Numbers, manifest: Manifest, raised: Sequence[Raised], history: History
    ) -> tuple[Reason, ...]:
        """Return all groups of features as reasons, the strongest first.

        Their contributions and the trees' base value sum to the raw log-odds of the row.

        Args:
            row: The full row, shape (len(features),).
            contributions: Its row of `contributions`, which costs less when asked for many rows at once.
            manifest: The parcel.
            raised: Its indicators.
            history: Its history.
        """
        shares = self.group_shares(contributions)
        names = [feature.name for feature in self.features]
        facts = Facts(
            manifest=manifest,
            figures=measure(manifest),
            raised=raised,
            history=history,
            values=dict(zip(names, row.tolist(), strict=True)),
            fitted=self.fitted,
        )
        ordered = sorted(shares.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
        return tuple(Reason(*sentence(group, facts), contribution=share) for group, share in ordered)

    def group_shares(self, contributions: Numbers) -> dict[str, float]:
        """Sum one row of contributions by group of reasons; the base value is left out."""
        shares: dict[str, float] = {}
        for feature, share in zip(self.features, contributions[:-1].tolist(), strict=True):
            shares[feature.reason] = shares.get(feature.reason, 0.0) + share
        return shares


def _names(features: Sequence[Feature]) -> list[Any]:
    return [feature.name for feature in features]
