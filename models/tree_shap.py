"""Exact SHAP values of small trees from tables: which way a row goes at every split names the place where they stand.

A tree of k splits sends rows in at most 2**k ways past its splits, and its path-dependent SHAP values (Lundberg, Erion
and Lee 2018) depend on nothing else. So they are worked out once for each of them, when the model is loaded. A row
then costs one comparison for each split, one look-up for each tree and one sum; LightGBM's own `pred_contrib` walks
all paths of all trees anew for each row. Deterministic: a row gives the same bits on every call and in every thread.

The weight of a path in a Shapley value is the integral over [0, 1] of a polynomial (Owen 1972). With d different
columns on the path its degree is d - 1, so that Gauss-Legendre quadrature with d / 2 points is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.tree_paths import Path, Tree, read_trees, splits_of
from models.tree_text import TreeText

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
Row = npt.NDArray[np.float32]
MOST_SPLITS = 8
"""A tree's ways fit into one byte."""
MOST_BYTES = 32_000_000
"""Tables of more bytes would leave the processor's caches, where looking up is no faster than walking."""
PATHS_AT_ONCE = 512
_LOW = np.float32(-np.inf)


@dataclass(frozen=True, slots=True)
class TreeTables:
    """All ways through T trees of at most `splits` splits over rows of `columns` columns.

    Attributes:
        columns: Length of a row.
        base: Mean output of all trees over their training rows; what the contributions are added to.
        at: The column that each split compares, shape (T, MOST_SPLITS), plus `columns` where an unknown value (NaN)
            goes right.
        thresholds: Values at most this go left, float32 of shape (T, MOST_SPLITS): each the largest float32 that is not
            above LightGBM's own, which parts the float32 values of rows alike. NaN where a tree has no such split.
        starts: Where the ways of each tree begin, shape (T,).
        outputs: The leaf's value by way, shape (T * ways,).
        shares: SHAP values by way, shape (T * ways, D), D being the most different columns of a tree.
        targets: Which column each of them belongs to, flat, of length T * D; the unused ones are zero.
    """

    columns: int
    base: float
    at: Places
    thresholds: Row
    starts: Places
    outputs: Numbers
    shares: Numbers
    targets: Places

    def ways(self, row: Row) -> Places:
        """Return where the way of a row through each tree stands in the tables, shape (T,).

        Args:
            row: Numbers or NaN, none infinite; shape (columns,).
        """
        # Behind the row with unknown values low stands the row itself: an unknown value is at most nothing.
        left = np.concatenate((np.fmax(row, _LOW), row)).take(self.at) <= self.thresholds
        return self.starts + np.packbits(left.ravel(), bitorder="little")  # a byte for each tree

    def margin(self, ways: Places) -> float:
        """Return the log-odds, bit for bit those of `Booster.predict(raw_score=True)`: summed in the trees' order."""
        return float(self.outputs.take(ways).cumsum()[-1])

    def contributions(self, ways: Places) -> Numbers:
        """Return what each column adds, and the base value last, shape (columns + 1,)."""
        sums = np.bincount(self.targets, weights=self.shares.take(ways, axis=0).ravel(), minlength=self.columns + 1)
        found = np.asarray(sums, dtype=np.float64)
        found[self.columns] = self.base
        return found


def tables_of(text: TreeText) -> TreeTables | None:
    """Work out the tables of a model; None where a tree is too large or splits otherwise than by a threshold."""
    splits = max(1, *map(splits_of, text.trees))
    trees = read_trees(text) if splits <= MOST_SPLITS else None
    if trees is None:
        return None
    slots = max(1, *(len(set(tree.columns)) for tree in trees))
    if len(trees) * 2**splits * (slots + 1) * 8 > MOST_BYTES:
        return None
    shares, outputs, targets = _worked_out(trees, 2**splits, slots, text.columns)
    return TreeTables(
        columns=text.columns,
        base=float(sum(tree.mean for tree in trees)),
        at=_compared(trees, text.columns),
        thresholds=_at_most(_by_split([tree.thresholds for tree in trees], np.nan)),
        starts=np.arange(len(trees), dtype=np.intp) * 2**splits,
        outputs=outputs.reshape(-1),
        shares=np.ascontiguousarray(shares.transpose(0, 2, 1)).reshape(-1, slots),
        targets=targets.reshape(-1),
    )


def _by_split(of: Sequence[Sequence[float]], unused: float) -> Numbers:
    found = np.full((len(of), MOST_SPLITS), unused)
    for place, values in enumerate(of):
        found[place, : len(values)] = values
    return found


def _compared(trees: Sequence[Tree], columns: int) -> Places:
    """Return where each split finds its value: among those where unknown is low, or behind them where it is high."""
    by_tree = [
        [column if left else column + columns for column, left in zip(tree.columns, tree.unknown_left, strict=True)]
        for tree in trees
    ]
    return _by_split(by_tree, 0).astype(np.intp)


def _at_most(thresholds: Numbers) -> Row:
    """Return the largest float32 that is not above each number."""
    with np.errstate(over="ignore"):  # a threshold may be above all float32
        rounded = thresholds.astype(np.float32)
    return np.where(rounded > thresholds, np.nextafter(rounded, _LOW), rounded)


def _worked_out(trees: list[Tree], ways: int, slots: int, columns: int) -> tuple[Numbers, Numbers, Places]:
    """Return shares of shape (T, slots, ways), outputs of shape (T, ways), and the columns of the slots."""
    shares, outputs = np.zeros((len(trees), slots, ways)), np.zeros((len(trees), ways))
    targets = np.full((len(trees), slots), columns, dtype=np.intp)
    by_length: dict[int, list[Path]] = {}
    for place, tree in enumerate(trees):
        own = sorted(set(tree.columns))
        targets[place, : len(own)] = own
        for path in tree.paths:
            by_length.setdefault(len(path.columns), []).append(path)
    for alike in by_length.values():
        for start in range(0, len(alike), PATHS_AT_ONCE):
            _add_paths(alike[start : start + PATHS_AT_ONCE], shares, outputs, targets)
    return shares, outputs, targets


def _add_paths(paths: list[Path], shares: Numbers, outputs: Numbers, targets: Places) -> None:
    """Add the values of paths with equally many different columns."""
    trees = np.array([path.tree for path in paths])
    values = np.array([path.value for path in paths])
    masks, wanted, kept = (np.array([getattr(path, name) for path in paths]) for name in ("masks", "wanted", "kept"))
    every_way = np.arange(outputs.shape[1])
    if not masks.shape[1]:
        outputs[trees] = values[:, None]
        return
    # follows[p, c, w]: whether a row on way w does at every split on column c what path p does.
    follows = ((every_way & masks[:, :, None]) == wanted[:, :, None]).astype(np.float64)
    ends_here = follows.all(axis=1)
    np.add.at(outputs, trees, np.where(ends_here, values[:, None], 0.0))
    found = (follows - kept[:, :, None]) * _weights(follows, kept) * values[:, None, None]
    for place in range(masks.shape[1]):
        columns = np.array([path.columns[place] for path in paths])
        slots = (targets[trees] == columns[:, None]).argmax(axis=1)
        np.add.at(shares, (trees, slots), found[:, place])


def _weights(follows: Numbers, kept: Numbers) -> Numbers:
    """Return the integral over t in [0, 1] of the product over all other columns of (1 - t) * kept + t * follows."""
    points, weights = np.polynomial.legendre.leggauss((follows.shape[1] + 1) // 2)
    total = np.zeros_like(follows)
    for point, weight in zip((points + 1.0) / 2.0, weights / 2.0, strict=True):
        factors = (1.0 - point) * kept[:, :, None] + point * follows
        total += weight * factors.prod(axis=1, keepdims=True) / factors
    return total
