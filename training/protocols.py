"""Ways to hold parcels back: what a model is trained on, and what it is then tested on.

In `group`, `both` and `route` no near-duplicate group lies on both sides. In `time` and `row` it may, as it does in
real work: there the memory of known patterns shows what it is worth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from features.errors import InputError
from training.frame import Frame
from training.splits import EARLY, folds_by_group

Places = npt.NDArray[np.int64]
Protocol = Literal["group", "both", "time", "route", "row", "file"]
PROTOCOLS: tuple[Protocol, ...] = get_args(Protocol)
WORDS: dict[Protocol, str] = {
    "group": "Each parcel is scored by a model that saw none of its near-duplicates, of any time.",
    "both": f"Trained on the first {EARLY * 100:.0f} % of the time, tested on later parcels of groups not trained on.",
    "time": f"Trained on the first {EARLY * 100:.0f} % of the parcels by time, tested on the later, repeats included.",
    "route": "Whole routes are held back: each parcel is scored by a model that saw neither its route nor its group.",
    "row": "Parcels are dealt at random: repeats of a tested parcel may be in training. The easy split.",
    "file": "Trained on one file, tested on another, repeats included.",
}


@dataclass(frozen=True, slots=True)
class Fold:
    """One fit: places of the rows to train on, and of those to test."""

    train: Places
    test: Places


def make_folds(
    frame: Frame, protocol: Protocol, count: int, seed: int, first_test_row: int | None = None
) -> list[Fold]:
    """Return the folds of a protocol; no row is tested twice, and no fold is without rows on either side.

    Args:
        frame: The parcels.
        protocol: How to hold back.
        count: Number of folds, at least 2; `time` and `file` have one.
        seed: Of the dealing.
        first_test_row: For `file`: where the test file's rows begin.

    Raises:
        InputError: The table does not allow it: it has no times, or one group or route only.
    """
    made = {
        "group": lambda: _dealt(folds_by_group(frame.groups, count, seed), frame.groups),
        "row": lambda: _dealt(folds_by_group(np.arange(len(frame)), count, seed), None),
        "route": lambda: _dealt(folds_by_group(frame.route.ids, count, seed), frame.groups),
        "both": lambda: _later(frame, folds_by_group(frame.groups, count, seed)),
        "time": lambda: _later(frame, None),
        "file": lambda: [Fold(np.arange(first_test_row or 0), np.arange(first_test_row or 0, len(frame)))],
    }[protocol]()
    folds = [fold for fold in made if len(fold.train) and len(fold.test)]
    if not folds:
        raise InputError(f"Protocol {protocol}: {_why_not(protocol)}")
    return folds


def _dealt(dealt: Places, groups: npt.NDArray[np.integer] | None) -> list[Fold]:
    """Make one fold of each number dealt; rows of groups that are tested are not trained on."""
    folds = []
    for fold in np.unique(dealt):
        test = dealt == fold
        train = ~test if groups is None else ~test & ~np.isin(groups, groups[test])
        folds.append(Fold(np.flatnonzero(train), np.flatnonzero(test)))
    return folds


def _later(frame: Frame, dealt: Places | None) -> list[Fold]:
    """Train on the earlier part and test on the later; with numbers dealt by group, on groups not trained on."""
    known = np.isfinite(frame.times)
    if not known.any():
        return []
    late = known & (frame.times > np.quantile(frame.times[known], EARLY))
    # A row without a time cannot be shown to be earlier or later: it takes no part.
    early = known & ~late
    if dealt is None:
        return [Fold(np.flatnonzero(early), np.flatnonzero(late))]
    numbers = np.unique(dealt)
    return [Fold(np.flatnonzero(early & (dealt != one)), np.flatnonzero(late & (dealt == one))) for one in numbers]


def _why_not(protocol: Protocol) -> str:
    if protocol in {"time", "both"}:
        return "the table says no times (map `declared_at` or `screened_at`), or all times are equal."
    return "all parcels are of one group or route; nothing is left to train on."
