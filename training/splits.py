"""Splits that do not flatter: near-duplicates never lie on both sides, and the test comes later in time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from training.frame import Frame

Places = npt.NDArray[np.int64]
EARLY = 0.7
"""Where the table knows times, fitting uses the first so many of the rows and the test the later ones."""


def folds_by_group(groups: npt.ArrayLike, count: int, seed: int) -> Places:
    """Return a fold number for each row; rows of one group share it."""
    _, places = np.unique(np.asarray(groups), return_inverse=True)
    shuffled = np.random.default_rng(seed).permutation(int(places.max()) + 1)
    return np.asarray(shuffled[places] % count, dtype=np.int64)


def unseen_entities(frame: Frame, test: Places, seen: Places) -> Places:
    """Return the test rows that share no person, address or account with the rows seen in training."""
    return test[~frame.entities.take(test).touches(frame.entities.take(seen))]
