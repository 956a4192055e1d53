"""The same figures on parts of the traffic: seen and novel patterns, people never seen, origins, classes, months."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from features.spec import FEATURE_SPEC
from models.coded import Coded, code
from training.bootstrap import Replicates, measure
from training.curves import rounded
from training.frame import Frame
from training.metrics import Marks, Numbers

FEWEST_ILLICIT = 20
"""A slice with fewer illicit or fewer harmless parcels is not shown: its figures would be chance."""
MOST_SHOWN = 15
REPLICATES = 200
COURIER = FEATURE_SPEC.base_names.index("courier")
WANTED = ("auc", "ap", "precision@0.01", "precision@0.1", "recall@0.01", "recall@0.1", "ece")


def by_origin_class_channel_month(frame: Frame) -> dict[str, Coded]:
    """Return the kinds of slices that every table has, each with a name for every parcel."""
    return {
        "origin": frame.origins,
        "mail class": frame.mail_class,
        "channel": code("courier" if one else "postal" for one in frame.base[:, COURIER] > 0),
        "month": code(_month(one) for one in frame.times),
    }


def two_sides(marks: Marks, yes: str, no: str) -> Coded:
    """Return the slices of a mark."""
    return Coded(np.where(marks, 0, 1).astype(np.int32), (yes, no))


def measure_slices(
    probabilities: Numbers, labels: Marks, groups: npt.NDArray[np.integer], kinds: dict[str, Coded], seed: int
) -> dict[str, Any]:
    """Return figures by kind and slice, for those with enough illicit parcels, and how many are not shown.

    A kind of which all parcels are one slice is left out: its figures are those of all.

    Args:
        probabilities: The risk model's, shape (n,).
        labels: The truth, shape (n,).
        groups: Near-duplicate groups, shape (n,).
        kinds: A slice's name for every parcel, by kind; parcels without a name belong to none.
        seed: Of the bootstrap.
    """
    several = {kind: names for kind, names in kinds.items() if np.count_nonzero(names.counts()) > 1}
    return {kind: _one_kind(probabilities, labels, groups, names, seed) for kind, names in several.items()}


def _one_kind(
    probabilities: Numbers, labels: Marks, groups: npt.NDArray[np.integer], names: Coded, seed: int
) -> dict[str, Any]:
    rows, illicit = names.counts(), names.take(labels).counts()
    enough = np.flatnonzero((illicit >= FEWEST_ILLICIT) & (rows - illicit >= FEWEST_ILLICIT))
    largest = enough[np.argsort(-rows[enough], kind="stable")][:MOST_SHOWN]
    shown = {}
    for one in sorted(largest.tolist(), key=lambda place: _place(names, place, rows)):
        inside = names.ids == one
        figures = measure(
            probabilities[inside], labels[inside], Replicates(groups[inside], seed, REPLICATES), probabilities=True
        )
        shown[names.values[one]] = {
            "rows": int(rows[one]),
            "illicit": int(illicit[one]),
            "figures": rounded({name: figures[name] for name in WANTED}),
        }
    left = np.setdiff1d(np.flatnonzero(rows), largest)
    return {"shown": shown, "not_shown": len(left), "rows_not_shown": int(rows[left].sum())}


def _place(names: Coded, place: int, rows: npt.NDArray[np.int64]) -> tuple[str, int]:
    """Months stand in their order, all else by size."""
    name = names.values[place]
    return (name, 0) if name[:4].isdigit() else ("", -int(rows[place]))


def _month(at: float) -> str | None:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m") if np.isfinite(at) else None
