"""From scores on held-out pictures to the card's threshold and likelihood ratios."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from features.errors import InputError
from training.xray.metrics import alarm_level

LEAST_PICTURES = 40
ROUNDING = 1e-4  # scores are told with four decimals


@dataclass(frozen=True, slots=True)
class Ratios:
    """Knots of the natural logarithm of the likelihood ratio: scores increasing, values not decreasing."""

    scores: tuple[float, ...]
    values: tuple[float, ...]


def check_enough(armed: int, benign: int) -> None:
    """Check, before an hour of training, that there are pictures enough to calibrate with.

    Raises:
        InputError: Fewer than LEAST_PICTURES of either kind.
    """
    if min(armed, benign) < LEAST_PICTURES:
        told = f"{armed} pictures with and {benign} without a part are left for calibration"
        more = "label more pictures, or name a bundle to start from, whose calibration is kept then"
        raise InputError(f"{told}; at least {LEAST_PICTURES} of either are needed: {more}.")


def alarm_threshold(benign: NDArray[np.float64], false_alarms: float) -> float:
    """Return the lowest threshold that at most this share of the benign pictures reaches.

    Args:
        benign: Scores of benign pictures, 0 to 1.
        false_alarms: Share of them that may alarm, above 0 and below 1.

    Raises:
        InputError: Too few pictures to tell such a share.
    """
    if benign.size * false_alarms < 1:
        needed = math.ceil(1 / false_alarms)
        text = f"{benign.size} benign pictures cannot tell a false-alarm rate of {false_alarms:g}"
        raise InputError(f"{text}; at least {needed} are needed.")
    return min(round(alarm_level(benign, false_alarms) + ROUNDING, 4), 0.9999)


def likelihood_ratios(armed: Sequence[float], benign: Sequence[float]) -> Ratios:
    """Fit how much more often pictures with a part reach a score than benign ones.

    Isotonic regression (pool adjacent violators; Zadrozny and Elkan 2002) of "has a part" on the score gives pools in
    which the chance does not change. Each pool's ratio is that of its shares of both kinds, with half a picture added
    to either, so that no value is beyond what the number of pictures can support (Krichevsky and Trofimov 1981).

    Raises:
        InputError: Fewer than LEAST_PICTURES of either kind.
    """
    check_enough(len(armed), len(benign))
    scores = np.concatenate([np.asarray(armed, np.float64), np.asarray(benign, np.float64)])
    labels = np.concatenate([np.ones(len(armed)), np.zeros(len(benign))])
    weights = np.where(labels == 1, 0.5 / len(armed), 0.5 / len(benign))
    chance = IsotonicRegression(out_of_bounds="clip").fit_transform(scores, labels, sample_weight=weights)
    middles, values = [], []
    for level in np.unique(chance):
        pool = chance == level
        hits, misses = float(labels[pool].sum()), float((1 - labels[pool]).sum())
        middles.append(float(scores[pool].mean()))
        values.append(math.log((hits + 0.5) / (len(armed) + 1)) - math.log((misses + 0.5) / (len(benign) + 1)))
    # Half a picture weighs more in a small pool, which may turn two neighbours around.
    rising = np.maximum.accumulate(values)
    return Ratios(tuple(round(m, 5) for m in middles), tuple(round(float(v), 4) for v in rising))
