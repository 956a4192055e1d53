"""Splits that do not flatter: near-duplicates never lie on both sides, and the test comes later in time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.frame import Frame

Places = npt.NDArray[np.int64]
FIT, CALIBRATE = 0.55, 0.15
"""Shares of the groups; the rest is for the test."""
EARLY = 0.7
"""Where the table knows times, fitting uses the first so many of the rows and the test the later ones."""


@dataclass(frozen=True, slots=True)
class Split:
    """Row places: `fit` and `calibrate` of the earlier time, `test` of unseen groups in later time."""

    fit: Places
    calibrate: Places
    test: Places


def folds_by_group(groups: npt.ArrayLike, count: int, seed: int) -> Places:
    """Return a fold number for each row; rows of one group share it."""
    _, places = np.unique(np.asarray(groups), return_inverse=True)
    shuffled = np.random.default_rng(seed).permutation(int(places.max()) + 1)
    return np.asarray(shuffled[places] % count, dtype=np.int64)


def split(frame: Frame, seed: int) -> Split:
    """Split by group and, where times are known, by time.

    Groups are dealt at random and not by their first appearance: long-lived groups (a shop's listing) would otherwise
    all fall to the early side, and the test would be of another kind than the traffic.
    """
    _, places = np.unique(frame.groups, return_inverse=True)
    drawn = np.random.default_rng(seed).random(int(places.max()) + 1)[places]
    known = frame.times[np.isfinite(frame.times)]
    border = np.quantile(known, EARLY) if len(known) else np.inf
    # A row without a time cannot be shown to be later: it may serve for fitting, never for the test by time.
    early = ~(frame.times > border)
    late = ~early if len(known) else np.ones_like(early)
    return Split(
        np.flatnonzero((drawn < FIT) & early),
        np.flatnonzero((drawn >= FIT) & (drawn < FIT + CALIBRATE) & early),
        np.flatnonzero((drawn >= FIT + CALIBRATE) & late),
    )


def unseen_entities(frame: Frame, test: Places, seen: Places) -> Places:
    """Return the test rows that share no person, address or account with the rows seen in training."""
    return test[~frame.entities.take(test).touches(frame.entities.take(seen))]
