"""Threshold, false-alarm rate and recall of a scanner, from the scores of its own pictures.

The threshold is a conformal quantile (Vovk, Gammerman and Shafer 2005): of n benign pictures so many may reach it (k)
that (k + 1) / (n + 1) is at most the wanted rate; a further picture of the same kind then reaches it with at most that
chance, whatever the distribution. The true rate behind such a sample follows a beta distribution with k + 1 and n - k.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from features.errors import CheckFailed, InputError
from models.scanner_profile import Rate
from models.xray_parameters import Parameters
from training.xray.calibrate import LEAST_PICTURES, ROUNDING, Ratios, likelihood_ratios
from training.xray.metrics import group_weights

Scores = NDArray[np.float64]
REPEATS = 1000
HIGHEST = 0.9999
MOST_KNOTS = 40
TAIL = 0.025


def least_benign(wanted: float) -> int:
    """Return how many benign pictures a false-alarm rate needs: n of them keep no rate below 1 / (n + 1)."""
    return math.ceil(1.0 / wanted - 1e-9) - 1


def benign_for(wanted: float, most: float) -> int:
    """Return about how many benign pictures keep the upper limit of a rate at `most`, found by doubling and halving."""
    low = high = least_benign(wanted)
    while _upper(high, wanted) > most:
        low, high = high, high * 2
    while high - low > max(1, high // 50):
        middle = (low + high) // 2
        low, high = (middle, high) if _upper(middle, wanted) > most else (low, middle)
    return high


def _upper(count: int, wanted: float) -> float:
    """Return the upper limit as if any fraction of a picture could alarm, so that it falls evenly with the count."""
    return float(beta.ppf(1 - TAIL, wanted * (count + 1), (1 - wanted) * (count + 1)))


def allowed(count: int, wanted: float) -> int:
    """Return how many of so many benign pictures may alarm; below 0 where they are too few for the rate."""
    return math.floor(wanted * (count + 1) + 1e-9) - 1


def conformal_threshold(benign: Scores, wanted: float) -> float:
    """Return the lowest threshold, in steps of ROUNDING, that keeps the wanted false-alarm rate.

    Args:
        benign: Scores of different benign pictures, 0 to 1.
        wanted: Share of benign pictures that may alarm, above 0 and below 1.

    Raises:
        InputError: Too few pictures; says how many are needed.
        CheckFailed: So many pictures have the highest score that no threshold keeps the rate.
    """
    most = allowed(benign.size, wanted)
    if most < 0:
        needed = least_benign(wanted)
        text = f"{benign.size} different benign pictures cannot tell a false-alarm rate of {wanted:g}"
        raise InputError(f"{text}; at least {needed} are needed, {benign_for(wanted, 2 * wanted)} for a good estimate.")
    falling = np.sort(np.round(benign, 4))[::-1]
    threshold = round(float(falling[most]) + ROUNDING, 4)
    if threshold > HIGHEST:
        count = int(np.count_nonzero(falling > HIGHEST - ROUNDING))
        text = f"{count} of {benign.size} benign pictures get the detector's highest score"
        raise CheckFailed(f"{text}; no threshold keeps {wanted:g}. Fine-tune the detector on this scanner's pictures.")
    return threshold


def expected_rate(alarms: int, count: int) -> Rate:
    """Return the rate at which further pictures alarm, where the threshold was set on these."""
    low, high = (float(beta.ppf(tail, alarms + 1, count - alarms)) for tail in (TAIL, 1 - TAIL))
    return Rate(round((alarms + 1) / (count + 1), 4), round(low, 4), round(high, 4), count)


def observed_rate(alarms: int, count: int) -> Rate:
    """Return the rate on pictures that set no threshold, with the interval of Clopper and Pearson (1934)."""
    low = float(beta.ppf(TAIL, alarms, count - alarms + 1)) if alarms else 0.0
    high = float(beta.ppf(1 - TAIL, alarms + 1, count - alarms)) if alarms < count else 1.0
    return Rate(round(alarms / count, 4), round(low, 4), round(high, 4), count)


def recall_rate(armed: Scores, bags: Sequence[str], benign: Scores, wanted: float, seed: int) -> Rate:
    """Return the share of armed pictures that reach the threshold of the benign ones, with its interval.

    The interval is that of a bootstrap by bag in which the benign pictures are drawn again too, because another sample
    would have set another threshold; or that of Clopper and Pearson by bags where it is wider, as with few bags.

    Args:
        armed: Scores of the pictures with a part; 0 for one that could not be read.
        bags: Of each of them.
        benign: Scores of the pictures that set the threshold.
        wanted: Their false-alarm rate.
        seed: Of the bootstrap.
    """
    found = np.round(armed, 4) >= conformal_threshold(benign, wanted)
    count = len(set(bags))
    least = observed_rate(round(float(found.mean()) * count), count)
    draws = _draws(armed, bags, benign, wanted, seed)
    low, high = (float(np.quantile(draws, tail)) for tail in (TAIL, 1 - TAIL))
    return Rate(
        round(float(found.mean()), 4), round(min(low, least.low), 4), round(max(high, least.high), 4), armed.size
    )


def _draws(armed: Scores, bags: Sequence[str], benign: Scores, wanted: float, seed: int) -> Scores:
    rng = np.random.default_rng(seed)
    most = allowed(benign.size, wanted)
    recalls = []
    for weights in group_weights(bags, REPEATS, seed):
        level = np.sort(rng.choice(benign, benign.size))[::-1][most]
        if weights.sum():
            recalls.append(float(np.average(armed > level, weights=weights)))
    return np.array(recalls)


def recall_at(armed: Scores, benign: Scores, wanted: float) -> tuple[float, float | None] | None:
    """Return threshold and recall at a false-alarm rate; None where the benign pictures cannot keep it.

    Args:
        armed: Scores of the pictures with a part; without any, recall is None.
        benign: Scores of different benign pictures.
        wanted: The rate.
    """
    if allowed(benign.size, wanted) < 0:
        return None
    try:
        threshold = conformal_threshold(benign, wanted)
    except CheckFailed:
        return None
    return threshold, round(float(np.mean(np.round(armed, 4) >= threshold)), 4) if armed.size else None


def site_ratios(benign: Scores, armed: Scores, base: Parameters) -> tuple[Ratios, bool]:
    """Return the likelihood ratios to use on this scanner, and whether they are its own.

    With LEAST_PICTURES labelled pictures of either kind they are measured. With fewer, the bundle's are kept as far as
    the benign pictures bear them out: a ratio that rises with the score is at most 1 / P(benign reaches the score),
    because no more than all armed pictures reach it; and P is at least (k + 1) / (n + 1).
    """
    if min(armed.size, benign.size) >= LEAST_PICTURES:
        return likelihood_ratios(armed.tolist(), benign.tolist()), True
    rising = np.sort(benign)
    ranks = np.unique(np.geomspace(1, benign.size, MOST_KNOTS).astype(int))
    knots = np.unique(np.round([*base.ratio_scores, *rising[-ranks], min(rising[-1] + ROUNDING, 1.0)], 5))
    reached = benign.size - np.searchsorted(np.round(rising, 5), knots, side="left")
    most = np.log((benign.size + 1) / (reached + 1))
    told = np.interp(knots, base.ratio_scores, base.ratio_values)
    values = np.maximum.accumulate(np.minimum(told, most))
    return Ratios(tuple(map(float, knots)), tuple(round(float(value), 4) for value in values)), False
