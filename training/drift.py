"""How far each feature moved between the earlier and the later half of a table, and how far chance alone would move it.

The population stability index (PSI; Siddiqi, Credit Risk Scorecards, 2006) compares how often each range of values
occurs in the two halves: the sum of (late - early) * log(late / early) over the ranges. By custom, below 0.1 is steady
and above 0.25 is a change; but PSI grows with few rows and with near-duplicates that come in bursts, so each comes with
the interval that it has when every group's two halves are exchanged or not by lot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from features.spec import FEATURE_SPEC
from models.coded import Coded
from training.bootstrap import INTERVAL
from training.frame import Frame
from training.peers import single_codes

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
RANGES = 10
COMMONEST = 20
"""Codes beyond the so many most frequent ones count as one."""
LOTS = 200
MOST_ROWS = 100_000
"""A larger table is sampled: PSI needs no more, and the lots would cost memory."""
TEXT = "text_score"


@dataclass(frozen=True, slots=True)
class _Halves:
    """Rows in units (a group within a half), and for each lot and unit whether it counts as late."""

    late: npt.NDArray[np.bool_]
    unit: Places
    lots: npt.NDArray[np.float32]


def drift(frame: Frame, numeric: Sequence[str], seed: int) -> list[dict[str, Any]]:
    """Return for each feature that varies: PSI, its null interval, missing share and mean in both halves.

    The largest PSI comes first. Without times, or with one moment only, there are no halves and the list is empty.

    Args:
        frame: The parcels.
        numeric: Names of the site's own numbers, in the order of `frame.numbers`.
        seed: Of the lots.
    """
    known = np.flatnonzero(np.isfinite(frame.times))
    rng = np.random.default_rng(seed)
    if len(known) > MOST_ROWS:
        known = np.sort(rng.choice(known, MOST_ROWS, replace=False))
    part = frame.take(known)
    late = part.times > np.median(part.times) if len(known) else np.zeros(0, dtype=bool)
    if not late.any() or late.all():
        return []
    halves = _halves(part, late, rng)
    found = [*_numbers(part, numeric, halves), *_codes(part, halves)]
    return sorted(found, key=lambda one: (-one["psi"], one["feature"]))


def _halves(frame: Frame, late: npt.NDArray[np.bool_], rng: np.random.Generator) -> _Halves:
    _, groups = np.unique(frame.groups, return_inverse=True)
    units, unit = np.unique(groups.astype(np.int64) * 2 + late, return_inverse=True)
    flipped = rng.random((LOTS, int(groups.max()) + 1)) < 0.5
    return _Halves(late, unit, (flipped[:, units // 2] ^ (units % 2 == 1)).astype(np.float32))


def _numbers(frame: Frame, numeric: Sequence[str], halves: _Halves) -> list[dict[str, Any]]:
    columns = [(one.name, one.meaning, frame.base[:, place]) for place, one in enumerate(FEATURE_SPEC.base)]
    own = [(name, "A number of the site's own.", column) for name, column in zip(numeric, frame.numbers.T, strict=True)]
    found = []
    for name, meaning, column in (*columns, *own):
        values = column.astype(np.float64)
        ranges = _ranges(values, halves.late)
        if name != TEXT and ranges.min() != ranges.max():
            parts = [values[~halves.late], values[halves.late]]
            means = [round(float(np.nanmean(one)), 4) if np.isfinite(one).any() else None for one in parts]
            found.append({**_row(name, meaning, ranges, halves, ~np.isfinite(values)), "mean": means})
    return found


def _codes(frame: Frame, halves: _Halves) -> list[dict[str, Any]]:
    meanings = {one.name: one.meaning for one in FEATURE_SPEC.codes}
    found = []
    for name in single_codes(frame):
        ranges = _commonest(frame.codes[name])
        if ranges.min() != ranges.max():
            meaning = meanings.get(name, "A code of the site's own.")
            row = _row(name.removeprefix("extra:"), meaning, ranges, halves, frame.codes[name].ids < 0)
            found.append({**row, "mean": None})
    return found


def _row(name: str, meaning: str, ranges: Places, halves: _Halves, missing: npt.NDArray[np.bool_]) -> dict[str, Any]:
    counts = np.zeros((halves.lots.shape[1], int(ranges.max()) + 1), dtype=np.float32)
    np.add.at(counts, (halves.unit, ranges), 1.0)
    total = counts.sum(axis=0, dtype=np.float64)
    later = np.bincount(ranges[halves.late], minlength=len(total)).astype(np.float64)
    by_lot = (halves.lots @ counts).astype(np.float64)
    low, high = np.percentile(psi(total - by_lot, by_lot), INTERVAL)
    return {
        "feature": name,
        "meaning": meaning,
        "psi": round(float(psi(total - later, later)), 5),
        "null": [round(float(low), 5), round(float(high), 5)],
        "missing": [round(float(missing[half].mean()), 5) for half in (~halves.late, halves.late)],
    }


def psi(early: Numbers, late: Numbers) -> Numbers:
    """Return the population stability index of counts by range, shape (..., ranges) to (...).

    Half a row is added to each range, so that an empty one does not make it infinite.
    """
    shares = [(one + 0.5) / (one + 0.5).sum(axis=-1, keepdims=True) for one in (early, late)]
    return np.asarray(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum(axis=-1), dtype=np.float64)


def _ranges(values: Numbers, late: npt.NDArray[np.bool_]) -> Places:
    """Return the range of each value: tenths of the earlier half; unknown is a range of its own, at place 0."""
    known = np.isfinite(values)
    early = values[known & ~late]
    edges = np.unique(np.quantile(early, np.linspace(0, 1, RANGES + 1)[1:-1])) if len(early) else np.empty(0)
    if len(edges) < RANGES - 1 and len(set(values[known].tolist())) <= RANGES:
        edges = np.unique(values[known])[:-1]
    return np.where(known, np.searchsorted(edges, np.nan_to_num(values), side="left") + 1, 0).astype(np.int64)


def _commonest(codes: Coded) -> Places:
    order = np.argsort(-codes.counts(), kind="stable")
    places = np.full(len(codes.values) + 1, COMMONEST + 1, dtype=np.int64)
    places[order[:COMMONEST]] = np.arange(1, min(COMMONEST, len(order)) + 1)
    places[-1] = 0
    return places[codes.ids]
