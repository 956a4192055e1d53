"""Runs a protocol: every tested parcel is scored once, by the risk model and all peers fitted on the same rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.risk import RiskModel
from training.anchors import fit_logistic, logistic_scores
from training.curves import IMPORTANCE_ROWS, importance
from training.frame import Frame
from training.peers import LOGISTIC, peer_scores
from training.protocols import Fold, make_folds
from training.refit import Fit, Refitted

Numbers = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
MODEL = "risk model"


@dataclass(frozen=True, slots=True)
class Pooled:
    """What came out of all folds, for the n parcels that were tested.

    Attributes:
        frame: The parcels tested, in the order of the table.
        scores: Out-of-fold scores by model, each of shape (n,).
        seen: Whether the memory of the model knew the parcel's exact pattern, shape (n,).
        fresh: Whether the parcel shares no person, address or account with the training rows, shape (n,); None where
            nobody knows.
        importance: Mean absolute contribution by group of reasons, of each fold's model.
    """

    frame: Frame
    scores: dict[str, Numbers]
    seen: Marks
    fresh: Marks | None
    importance: list[dict[str, float]]


@dataclass(frozen=True, slots=True)
class _Part:
    places: npt.NDArray[np.int64]
    scores: dict[str, Numbers]
    seen: Marks
    fresh: Marks
    importance: dict[str, float]


def run_folds(frame: Frame, folds: Sequence[Fold], fit: Fit, seed: int, done: Callable[[], None]) -> Pooled:
    """Fit and score all folds.

    Args:
        frame: The labelled parcels.
        folds: What to train on and to test; no row is tested twice.
        fit: Fits the risk model.
        seed: Of model and peers.
        done: Called after each fold.
    """
    parts = []
    for fold in folds:
        parts.append(_run_fold(frame, fold, fit, seed, IMPORTANCE_ROWS // len(folds)))
        done()
    return _pooled(frame, parts)


def model_scores(frame: Frame, folds: Sequence[Fold], fit: Fit, seed: int, done: Callable[[], None]) -> Numbers:
    """Return the pooled probabilities of the risk model alone, NaN where a row was not tested."""
    found = np.full(len(frame), np.nan)
    for fold in folds:
        model = fit(frame.take(fold.train), seed).model
        found[fold.test] = model.frame_scores(frame.take(fold.test)).probability
        done()
    return found


def _run_fold(frame: Frame, fold: Fold, fit: Fit, seed: int, importance_rows: int) -> _Part:
    train, test = frame.take(fold.train), frame.take(fold.test)
    refitted = fit(train, seed)
    rows, found = refitted.model.rows(test), refitted.model.frame_scores(test)
    scores = {MODEL: found.probability, **peer_scores(train, test, seed), LOGISTIC: _logistic(refitted, train, rows)}
    fresh = ~test.entities.touches(train.entities)
    return _Part(fold.test, scores, found.seen, fresh, importance(refitted.model, rows, seed, importance_rows))


def _logistic(refitted: Refitted, train: Frame, rows: npt.NDArray[np.float32]) -> Numbers:
    return logistic_scores(fit_logistic(refitted.rows, train.labels), rows)


def _pooled(frame: Frame, parts: Sequence[_Part]) -> Pooled:
    places = np.concatenate([part.places for part in parts])
    order = np.argsort(places)
    return Pooled(
        frame=frame.take(places[order]),
        scores={name: np.concatenate([part.scores[name] for part in parts])[order] for name in parts[0].scores},
        seen=np.concatenate([part.seen for part in parts])[order],
        fresh=np.concatenate([part.fresh for part in parts])[order],
        importance=[part.importance for part in parts],
    )


def apply_bundle(model: RiskModel, frame: Frame, count: int, seed: int) -> Pooled:
    """Score parcels with a given model; the peers that learn are fitted on these very parcels, out of fold by group.

    That favours the peers: they know this table, the model does not.
    """
    rows, answers = model.rows(frame), model.frame_scores(frame)
    scores = {MODEL: answers.probability}
    for fold in make_folds(frame, "group", count, seed):
        train, test = frame.take(fold.train), frame.take(fold.test)
        refitted = Refitted(model, rows[fold.train])
        found = {**peer_scores(train, test, seed), LOGISTIC: _logistic(refitted, train, rows[fold.test])}
        for name, one in found.items():
            scores.setdefault(name, np.empty(len(frame)))[fold.test] = one
    return Pooled(frame, scores, answers.seen, None, [importance(model, rows, seed)])
