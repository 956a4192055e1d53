"""How much of the label parcels of different near-duplicate groups share, when they agree in some codes.

For two parcels drawn from one code but from different groups, the covariance of their labels is the variance of the
code's true rate (the intraclass correlation of random effects; Fisher 1925). It is what the code tells of a group never
seen, freed of the noise of estimating its rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from training.frame import Frame
from training.metrics import Blocks, Numbers, auc, average_precision, caught
from training.peers import single_codes

Keys = npt.NDArray[np.int64]
FEWEST_COVERED = 0.5
"""Codes whose parcels have partners in other groups for fewer rows than this say nothing of the whole table."""
FINALISTS, SHOWN = 5, 8
JACKKNIFE = 20
DRAWS = 200_000


@dataclass(frozen=True, slots=True)
class SharedCodes:
    """What parcels of different groups share that agree in some codes.

    Attributes:
        codes: The codes.
        agreement: Covariance of two labels over the label's variance.
        error: Its standard error, jackknife over groups.
        covered: Share of rows with a partner in another group.
        explained: Share of the label's variance over the whole table: of rows without a partner only what the best
            part of these codes tells is taken to be known.
    """

    codes: tuple[str, ...]
    agreement: float
    error: float
    covered: float
    explained: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {name: round(one, 5) if isinstance(one, float) else one for name, one in asdict(self).items()}


def shared_codes(frame: Frame) -> list[SharedCodes]:
    """Return the codes, pairs and triples of them that explain most, the strongest first.

    Pairs and triples are made of the FINALISTS that tell most alone. The best of many is a little flattered by the
    choice; the error says how much chance there is.
    """
    names = [name for name in single_codes(frame) if len(np.unique(frame.codes[name].ids)) > 1]
    groups = np.unique(frame.groups, return_inverse=True)[1].astype(np.int64)
    alone = sorted((_shared(frame, (name,), groups) for name in names), key=lambda one: -one.agreement)
    finalists = [one.codes[0] for one in alone[:FINALISTS]]
    crossed = [_shared(frame, names, groups) for size in (2, 3) for names in combinations(finalists, size)]
    # A code that another one contains (a chapter beside its heading) adds nothing: the shorter list stands for both.
    told = {(one.agreement, one.covered): one for one in reversed((*alone, *crossed))}
    usable = [one for one in told.values() if one.covered >= FEWEST_COVERED and np.isfinite(one.agreement)]
    filled = [replace(one, explained=_explained(one, usable)) for one in usable]
    return sorted(filled, key=lambda one: -one.explained)[:SHOWN]


def _explained(one: SharedCodes, others: Sequence[SharedCodes]) -> float:
    parts = [other.agreement * other.covered for other in others if set(other.codes) < set(one.codes)]
    return one.agreement * one.covered + (1.0 - one.covered) * max(parts, default=0.0)


def implied(agreement: float, rate: float) -> dict[str, float]:
    """Return AUC, AP and precision at 10 % of a ranking by true rates with this share of the label's variance.

    The rates are taken as Beta-distributed with the table's base rate as their mean.
    """
    if not 0 < agreement < 1:
        return {"auc": 0.5, "ap": rate, "precision@0.1": rate}
    size = 1 / agreement - 1
    rates = np.sort(np.random.default_rng(0).beta(rate * size, (1 - rate) * size, DRAWS))[::-1]
    blocks = Blocks(np.arange(DRAWS + 1, dtype=np.float64), np.append(0.0, np.cumsum(rates)))
    hits = float(caught(blocks, 0.1)) / (0.1 * DRAWS)
    return {"auc": float(auc(blocks)), "ap": float(average_precision(blocks)), "precision@0.1": hits}


def _shared(frame: Frame, names: tuple[str, ...], groups: Keys) -> SharedCodes:
    keys = np.zeros(len(frame), dtype=np.int64)
    for name in names:
        ids = frame.codes[name].ids.astype(np.int64) + 1
        keys = np.unique(keys * (int(ids.max()) + 1) + ids, return_inverse=True)[1].astype(np.int64).ravel()
    block = np.random.default_rng(0).integers(0, JACKKNIFE, int(groups.max()) + 1)[groups]
    whole, covered = agreement(keys, groups, frame.labels.astype(np.float64))
    parts = [_without(keys, groups, frame.labels.astype(np.float64), block != one) for one in range(JACKKNIFE)]
    error = float(np.sqrt((JACKKNIFE - 1) * np.var(parts)))
    return SharedCodes(names, whole, error, covered)


def _without(keys: Keys, groups: Keys, labels: Numbers, kept: npt.NDArray[np.bool_]) -> float:
    return agreement(keys[kept], groups[kept], labels[kept])[0]


def agreement(keys: Keys, groups: Keys, labels: Numbers) -> tuple[float, float]:
    """Return (covariance of two labels of one key and different groups over the variance, share of rows covered).

    Each key's mean over its pairs counts by the rows of the key.
    """
    centred, variance = labels - labels.mean(), float(labels.var())
    _, both = np.unique(keys * (int(groups.max()) + 1) + groups, return_inverse=True)
    both = both.ravel()
    key_of = np.zeros(int(both.max()) + 1, dtype=np.int64)
    key_of[both] = keys
    rows, sums = np.bincount(keys).astype(np.float64), np.bincount(keys, weights=centred)
    within = np.bincount(key_of, weights=np.bincount(both, weights=centred) ** 2, minlength=len(rows))
    pairs = rows**2 - np.bincount(key_of, weights=np.bincount(both).astype(np.float64) ** 2, minlength=len(rows))
    usable = pairs > 0
    if not usable.any() or not variance:
        return float("nan"), 0.0
    means = (sums**2 - within)[usable] / pairs[usable]
    return float(np.average(means, weights=rows[usable]) / variance), float(rows[usable].sum() / rows.sum())
