"""The straight part of the novel score: a logistic regression on the trees' own columns.

Trees find what goes together, a straight line finds what adds up, and with few finds the line is the steadier of the
two. Their weighted sum is the score; both explain themselves column by column, so the reasons still add up.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.float32]
Row = npt.NDArray[np.float32]
FARTHEST = 4.0
"""Figures count at most so many spreads from the middle: beyond, a straight line knows nothing."""


@dataclass(frozen=True, slots=True)
class LinearPart:
    """A logistic regression on standardised columns; arrays of shape (columns,).

    Attributes:
        middle: Mean of each column where it is known.
        spread: Its standard deviation, above 0.
        slopes: Log-odds for each spread above the middle.
        gaps: Log-odds where the column is unknown.
        offset: Log-odds of a parcel in the middle of everything.
        weights: What the trees' and this part's log-odds count in the sum.
    """

    middle: Numbers
    spread: Numbers
    slopes: Numbers
    gaps: Numbers
    offset: float
    weights: tuple[float, float] = (1.0, 0.0)

    def shares(self, rows: Rows) -> Numbers:
        """Return what each column adds, shape (n, columns)."""
        places, unknown = standardised(rows, self.middle, self.spread)
        return np.asarray(places * self.slopes + unknown * self.gaps, dtype=np.float64)

    def margins(self, rows: Rows) -> Numbers:
        """Return log-odds, shape (n,); they are the shares and the offset, summed in one order for one row or many."""
        return np.asarray(self.shares(rows).sum(axis=1) + self.offset, dtype=np.float64)

    def sum(self, trees: Numbers, rows: Rows) -> Numbers:
        """Return the weighted sum of the trees' log-odds and this part's."""
        if not self.weights[1]:
            return trees * self.weights[0]
        return trees * self.weights[0] + self.margins(rows) * self.weights[1]

    def explain(self, trees: Numbers, rows: Rows) -> Numbers:
        """Return the weighted sum of the trees' SHAP values with this part's shares, the base value last."""
        mine = np.column_stack([self.shares(rows), np.full(len(rows), self.offset)])
        return trees * self.weights[0] + mine * self.weights[1]

    def sum_one(self, trees: float, row: Row) -> float:
        """Return `sum` of one row, which has shape (columns,)."""
        if not self.weights[1]:
            return trees * self.weights[0]
        return float(self.sum(np.array([trees]), row[None, :])[0])

    def explain_one(self, trees: float, shares: Numbers, row: Row) -> tuple[float, Numbers]:
        """Return `sum` and `explain` of one row.

        Args:
            trees: Its log-odds by the trees.
            shares: Its SHAP values with the base value, shape (columns + 1,).
            row: The row, shape (columns,).
        """
        if not self.weights[1]:
            return trees * self.weights[0], shares * self.weights[0]
        return self.sum_one(trees, row), self.explain(shares[None, :], row[None, :])[0]

    def to_bytes(self) -> bytes:
        """Return the NPZ form, without pickle, equal for equal parts."""
        buffer = io.BytesIO()
        arrays = {name: getattr(self, name) for name in ("middle", "spread", "slopes", "gaps")}
        np.savez_compressed(buffer, **arrays, offset=np.float64(self.offset), weights=np.array(self.weights))
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> LinearPart:
        """Read the NPZ form."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            middle, spread, slopes, gaps = (arrays[name] for name in ("middle", "spread", "slopes", "gaps"))
            trees, line = arrays["weights"].tolist()
            return cls(middle, spread, slopes, gaps, float(arrays["offset"]), (trees, line))


def standardised(rows: Rows, middle: Numbers, spread: Numbers) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """Return spreads from the middle within +-FARTHEST, 0 where unknown, and what is unknown; shape (n, columns)."""
    unknown = np.isnan(rows)
    places = np.clip((rows.astype(np.float64) - middle) / spread, -FARTHEST, FARTHEST)
    return np.where(unknown, 0.0, places), unknown
