"""What a risk model must beat: the usual ways of ranking parcels, fitted on the same rows as the model.

A peer gets the parcels to train on and those to score, both taken from one frame; labels of the latter are never read,
but by the oracle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from features.spec import FEATURE_SPEC, PLAUSIBILITY
from models.coded import Coded
from training.frame import Frame
from training.splits import folds_by_group

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.float32]
Marks = npt.NDArray[np.bool_]
Keys = npt.NDArray[np.integer[Any]]
Peer = Callable[[Frame, Frame, int], Numbers]
ORACLE = "oracle (perfect ranking)"
ENCODED = "LightGBM, codes encoded by group"
RAW = "LightGBM, raw codes"
LOGISTIC = "logistic regression, same features"
PROFILE = "HS risk profile"
LOOKUP = "exact-match lookup"
INDICATORS = "number of indicators"
RANDOM = "random"
PROPER = frozenset({ENCODED, RAW, LOGISTIC, PROFILE, LOOKUP})
"""Peers whose scores are probabilities."""
SINGLE = ("hs_code", "hs_heading", "hs_chapter", "origin", "destination", "goods_origin",
          "carrier", "mail_class", "nature")  # fmt: skip
"""Codes as they are declared; the crosses that the risk model makes of them are its own."""
HS_CODES = ("hs_chapter", "hs_heading", "hs_code")
"""The coarser first."""
FOLDS = 5
SMOOTHING = 20.0
"""A rate of a code weighs as much as the base rate after so many parcels."""
LOOKUP_SMOOTHING = 0.5
ROUNDS = 200
# LightGBM as a careful analyst sets it up: a low rate, LightGBM's usual 31 leaves, a floor on the rows of a leaf.
PARAMETERS: dict[str, Any] = {
    "objective": "binary", "learning_rate": 0.03, "num_leaves": 31, "min_data_in_leaf": 50, "feature_fraction": 0.7,
    "cat_smooth": 20.0, "verbosity": -1, "deterministic": True, "force_row_wise": True, "num_threads": 1,
}  # fmt: skip
_NUMBERS = [FEATURE_SPEC.base_names.index(feature.name) for feature in PLAUSIBILITY]
_EXACT = [FEATURE_SPEC.base_names.index(name) for name in ("gross_weight_log", "weight_per_article_log", "value_log")]


def oracle(train: Frame, test: Frame, seed: int) -> Numbers:
    """Return the truth: what the share inspected allows at this base rate, and no ranking can pass."""
    return test.labels.astype(np.float64)


def hs_profile(train: Frame, test: Frame, seed: int) -> Numbers:
    """Return the smoothed share of illicit parcels under each parcel's HS code, what most desks have today."""
    return _rates(hs_keys(train), train.labels, hs_keys(test), SMOOTHING)


def lookup(train: Frame, test: Frame, seed: int) -> Numbers:
    """Return the share of illicit parcels among exact repeats; the base rate for a parcel never seen."""
    mine, theirs = exact_keys(train), exact_keys(test)
    _, places = np.unique(np.concatenate([mine, theirs]), return_inverse=True)
    return _rates(places[: len(mine)], train.labels, places[len(mine) :], LOOKUP_SMOOTHING)


def indicators(train: Frame, test: Frame, seed: int) -> Numbers:
    """Return the number of indicators raised."""
    return test.indicators.astype(np.float64)


def by_lot(train: Frame, test: Frame, seed: int) -> Numbers:
    """Return equal scores: figures take ties in proportion, so these are what a random order gives on average."""
    return np.zeros(len(test))


def raw_codes(train: Frame, test: Frame, seed: int) -> Numbers:
    """Return the probabilities of LightGBM on the declared figures and codes, codes as its own categories."""
    names = single_codes(train)
    start = len(_NUMBERS) + train.numbers.shape[1]
    rows = [np.hstack([_numbers(part), *(part.codes[name].ids[:, None] for name in names)]) for part in (train, test)]
    return _boosted(rows[0], train.labels, rows[1], seed, list(range(start, start + len(names))))


def encoded_codes(train: Frame, test: Frame, seed: int) -> Numbers:
    """Return the probabilities of LightGBM on the declared figures and each code's rate, out of fold by group."""
    names = single_codes(train)
    inner = folds_by_group(train.groups, FOLDS, seed + 1)
    mine = np.column_stack([_out_of_fold(train.codes[name], train.labels, inner) for name in names])
    theirs = [_rates(train.codes[name].ids, train.labels, test.codes[name].ids, SMOOTHING) for name in names]
    rows = [np.hstack([_numbers(train), mine]), np.hstack([_numbers(test), np.column_stack(theirs)])]
    return _boosted(rows[0], train.labels, rows[1], seed)


PEERS: Mapping[str, Peer] = {
    ORACLE: oracle, ENCODED: encoded_codes, RAW: raw_codes, PROFILE: hs_profile, LOOKUP: lookup,
    INDICATORS: indicators, RANDOM: by_lot,
}  # fmt: skip
"""All but the logistic regression, which needs the risk model's own columns; see `training.pooled`."""


def peer_scores(train: Frame, test: Frame, seed: int) -> dict[str, Numbers]:
    """Return the scores of all PEERS for the test parcels, by name."""
    return {name: peer(train, test, seed) for name, peer in PEERS.items()}


def single_codes(frame: Frame) -> list[str]:
    """Return the names of the codes as declared, the site's own included."""
    return [name for name in frame.codes if name in SINGLE or name.startswith("extra:")]


def hs_keys(frame: Frame) -> Keys:
    """Return a number for each parcel's HS code as far as it is declared, -1 without any."""
    keys, start = np.full(len(frame), -1, dtype=np.int64), 0
    for name in HS_CODES:
        if name in frame.codes:
            codes = frame.codes[name]
            keys = np.where(codes.ids >= 0, codes.ids.astype(np.int64) + start, keys)
            start += len(codes.values)
    return keys


def exact_keys(frame: Frame) -> Keys:
    """Return a number for each parcel, equal where group, weight and value are."""
    figures = np.ascontiguousarray(np.nan_to_num(frame.base[:, _EXACT], nan=-1.0))
    rows = np.column_stack([frame.groups, figures.view(np.int32)])
    weights = np.random.default_rng(0).integers(1, 2**62, rows.shape[1], dtype=np.int64) | 1
    # A random linear hash in 64 bits: among two million patterns a collision has odds of one in a million.
    return np.asarray((rows.astype(np.int64) * weights).sum(axis=1), dtype=np.int64)


def _numbers(frame: Frame) -> Rows:
    return np.hstack([frame.base[:, _NUMBERS], frame.numbers])


def _rates(known: Keys, labels: Marks, wanted: Keys, smoothing: float) -> Numbers:
    """Return smoothed rates by key; a missing key (-1) is a key of its own."""
    prior, size = float(labels.mean()), int(max(known.max(initial=-1), wanted.max(initial=-1))) + 2
    rows = np.bincount(known + 1, minlength=size)
    hits = np.bincount(known + 1, weights=labels, minlength=size)
    return np.asarray(((hits + smoothing * prior) / (rows + smoothing))[wanted + 1], dtype=np.float64)


def _out_of_fold(codes: Coded, labels: Marks, inner: npt.NDArray[np.int64]) -> Numbers:
    found = np.empty(len(labels))
    for fold in np.unique(inner):
        inside = inner == fold
        found[inside] = _rates(codes.ids[~inside], labels[~inside], codes.ids[inside], SMOOTHING)
    return found


def _boosted(rows: Rows, labels: Marks, wanted: Rows, seed: int, categories: list[int] | None = None) -> Numbers:
    data = lgb.Dataset(rows, labels, categorical_feature=categories or [], params={"verbosity": -1})
    trees = lgb.train({**PARAMETERS, "seed": seed}, data, ROUNDS)
    return np.asarray(trees.predict(wanted, num_threads=1), dtype=np.float64)
