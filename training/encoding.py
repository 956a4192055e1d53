"""Counts of earlier declarations by codes: the table that is kept, and the same out of fold for training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from features.spec_codes import CROSSES, Cross, column_names, site_crosses
from models.coded import Coded
from models.hashing import NO_KEY, Keys, cross_keys, keyed
from models.rates import RATE, SEEN, CodeRates, smoothed
from models.risk_fitted import DECIMALS, site_codes
from models.site import Site
from training.frame import Frame

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]
Codes = Mapping[str, Coded] | Mapping[str, Keys]
MOST_ENTRIES = 250_000
"""Entries of the table of all crosses, 16 bytes each: the bundle stays small, and what is left out was hardly seen."""
MOST_SITE_CROSSES = 24
WEIGHT_LEVEL = 1
EPSILON = 1e-6


def pattern_weights(frame: Frame) -> Numbers:
    """Return 1 over the rows of each row's pattern: exact repeats are no witnesses of their own."""
    keys = frame.patterns[:, WEIGHT_LEVEL]
    _, places, counts = np.unique(keys, return_inverse=True, return_counts=True)
    return np.asarray(np.where(keys == NO_KEY, 1.0, 1.0 / counts[places]))


def smoothing_for(prior: float) -> float:
    """Return how many declarations the prior is worth: as many as hold one illicit parcel on average."""
    return round(1.0 / max(prior, EPSILON), 3)


def fit_rates(codes: Codes, labels: Marks, weights: Numbers, crosses: Sequence[Cross]) -> CodeRates:
    """Count all rows; the entries with the smallest counts are left out where there are more than MOST_ENTRIES."""
    prior = round(float(np.average(labels, weights=weights)), DECIMALS)
    parts = [_counted(cross_keys(codes, [cross])[:, 0], labels, weights) for cross in crosses]
    keys, counts, hits = (np.concatenate([np.empty(0), *(one[side] for one in parts)]) for side in range(3))
    keys = np.concatenate([np.empty(0, dtype=np.uint64), *(one[0] for one in parts)])
    if len(keys) > MOST_ENTRIES:
        chosen = np.lexsort((keys, -counts))[:MOST_ENTRIES]
        keys, counts, hits = keys[chosen], counts[chosen], hits[chosen]
    order = np.argsort(keys)
    small = (one[order].astype(np.float32) for one in (counts, hits))
    return CodeRates(tuple(crosses), prior, smoothing_for(prior), keys[order], *small)


def _counted(keys: Keys, labels: Marks, weights: Numbers) -> tuple[Keys, Numbers, Numbers]:
    found, places = np.unique(keys, return_inverse=True)
    counts, hits = np.bincount(places, weights), np.bincount(places, weights * labels)
    known = found != NO_KEY
    return found[known], counts[known], hits[known]


def out_of_fold(
    codes: Codes, labels: Marks, weights: Numbers, rates: CodeRates, folds: Places
) -> Iterator[tuple[str, Rows]]:
    """Yield (name, column) of each rate and count, from the declarations outside each row's own fold."""
    for cross, name in zip(rates.crosses, column_names(rates.crosses), strict=True):
        keys = cross_keys(codes, [cross])[:, 0]
        counts, hits = _others(keys, labels, weights, folds, _kept(keys, rates.keys))
        missing = keys == NO_KEY
        columns = {RATE: smoothed(counts, hits, rates.prior, rates.smoothing), SEEN: np.log1p(counts)}
        for kind, column in columns.items():
            yield kind + name, np.where(missing, np.nan, column).astype(np.float32)


def _kept(keys: Keys, table: Keys) -> Marks:
    if not len(table):
        return np.zeros(len(keys), dtype=bool)
    return np.asarray(table[np.minimum(np.searchsorted(table, keys), len(table) - 1)] == keys)


def _others(keys: Keys, labels: Marks, weights: Numbers, folds: Places, known: Marks) -> tuple[Numbers, Numbers]:
    """Return counts and hits of each row's key in the other folds; 0 where the key is not known to the table."""
    _, places = np.unique(keys, return_inverse=True)
    size, count = int(places.max()) + 1, int(folds.max()) + 1
    cells = places * count + folds
    found = []
    for weight in (weights, weights * labels):
        table = np.bincount(cells, weight, minlength=size * count)
        total = table.reshape(size, count).sum(axis=1)
        # Sums of weights are not exact: a difference that should be nothing must not come out below it.
        found.append(np.where(known, np.maximum(total[places] - table[cells], 0.0), 0.0))
    return found[0], found[1]


def choose_crosses(frame: Frame, weights: Numbers, site: Site, folds: Places) -> tuple[Cross, ...]:
    """Choose the crosses for a model of these rows: the standard ones that say anything, and the site's that help.

    A site's cross helps where its rate, out of fold by group, makes the labels likelier than the base rate does and
    than each of its codes does alone.
    """
    varying = {name for name in frame.codes if _varies(frame.codes[name])}
    # With a code that never varies, a cross says no more than without it.
    standard = tuple(cross for cross in CROSSES if varying.issuperset(cross))
    candidates = [cross for cross in site_crosses(site_codes(site)) if varying.issuperset(cross)]
    gains = _Gains(frame, keyed(frame.codes, varying), weights, folds)
    helped = [(gains.least(cross), cross) for cross in candidates]
    best = sorted((pair for pair in helped if pair[0] > 0.0), key=lambda pair: (-pair[0], pair[1]))
    return (*standard, *(cross for _, cross in best[:MOST_SITE_CROSSES]))


def _varies(codes: Coded) -> bool:
    return bool((codes.ids != codes.ids[0]).any())


class _Gains:
    """How much likelier crosses make the labels, as a number of standard errors over groups."""

    def __init__(self, frame: Frame, codes: Mapping[str, Keys], weights: Numbers, folds: Places) -> None:
        self._frame, self._codes, self._weights, self._folds = frame, codes, weights, folds
        self._prior = float(np.average(frame.labels, weights=weights))
        self._known: dict[Cross, Numbers] = {}

    def least(self, cross: Cross) -> float:
        """Return the least gain over the prior and over each code of the cross alone."""
        peers = [(), *((name,) for name in cross if len(cross) > 1)]
        return min(self._over(cross, peer) for peer in peers)

    def _over(self, cross: Cross, peer: Cross) -> float:
        gained = (self._likelihood(cross) - self._likelihood(peer)) * self._weights
        sums = np.bincount(self._frame.groups, gained)
        return float(sums.sum() / max(np.sqrt((sums**2).sum()), EPSILON))

    def _likelihood(self, cross: Cross) -> Numbers:
        if cross in self._known:
            return self._known[cross]
        labels = self._frame.labels
        share: Numbers = np.full(len(labels), self._prior)
        if cross:
            keys = cross_keys(self._codes, [cross])[:, 0]
            counts, hits = _others(keys, labels, self._weights, self._folds, keys != NO_KEY)
            share = smoothed(counts, hits, self._prior, smoothing_for(self._prior))
        found: Numbers = np.log(np.clip(np.where(labels, share, 1.0 - share), EPSILON, 1.0))
        if len(cross) < 2:
            self._known[cross] = found
        return found
