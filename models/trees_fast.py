"""One row through the trees without the cost of `Booster.predict`, which checks and copies for tables of any kind.

Small trees answer from tables (`models.tree_shap`). Larger ones go through LightGBM's C interface for single rows, with
one configuration for each thread: a configuration holds the row that is being predicted, so that two threads sharing
one would read each other's scores. Where a LightGBM has no such interface, `Booster.predict` answers. All three give
the same log-odds to the last bit. LightGBM is imported for the larger ones alone.
"""

from __future__ import annotations

import ctypes
import threading
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from models.forest import Forest
from models.tree_shap import TreeTables, tables_of

if TYPE_CHECKING:
    import lightgbm as lgb

Numbers = npt.NDArray[np.float64]
Row = npt.NDArray[np.float32]
# Of LightGBM's c_api.h: what to predict, and the type of the row's numbers.
RAW_SCORE, CONTRIBUTIONS, FLOAT32 = 1, 3, 0
ALL_ROUNDS = -1
_OPTIONS = b"num_threads=1"


class SingleRows:
    """Predicts single rows of one model; safe to share between threads."""

    def __init__(self, forest: Forest) -> None:
        """Work out the tables in a tenth of a second, or find the C interface, which takes longer."""
        self._forest = forest
        self._tables = tables_of(forest.read)
        self._library = None if self._tables else fast_library()
        self._own = threading.local()

    def __reduce__(self) -> tuple[type[SingleRows], tuple[Forest]]:
        # What a thread prepared for itself cannot travel to another process; it is made there anew.
        return SingleRows, (self._forest,)

    @property
    def tables(self) -> TreeTables | None:
        """The tables of small trees; None where the trees are too large for them."""
        return self._tables

    def margin(self, row: Row) -> float:
        """Return the log-odds of a row, which is contiguous and has shape (columns,)."""
        if self._tables:
            return self._tables.margin(self._tables.ways(row))
        return float(self._predicted(row, RAW_SCORE)[0])

    def explained(self, row: Row) -> tuple[float, Numbers]:
        """Return the log-odds, and what each column adds with the base value last, shape (columns + 1,)."""
        if self._tables:
            ways = self._tables.ways(row)
            return self._tables.margin(ways), self._tables.contributions(ways)
        return float(self._predicted(row, RAW_SCORE)[0]), self._predicted(row, CONTRIBUTIONS)

    def _predicted(self, row: Row, kind: int) -> Numbers:
        if self._library is None:
            return slowly(self._forest.booster, row, kind)
        mine = getattr(self._own, "by_kind", None)
        if mine is None:
            mine = self._own.by_kind = {}
        if kind not in mine:
            mine[kind] = _FastRow(self._library, self._forest.booster, kind)
        return np.asarray(mine[kind](row), dtype=np.float64)


def slowly(booster: lgb.Booster, row: Row, kind: int) -> Numbers:
    """Return what `Booster.predict` says of one row, shape (1,) or (columns + 1,)."""
    raw = kind == RAW_SCORE
    found = booster.predict(row[None, :], raw_score=raw, pred_contrib=not raw, num_threads=1)
    return np.asarray(found, dtype=np.float64).ravel()


def fast_library() -> Any | None:
    """Return LightGBM's library where it predicts single rows by a prepared configuration (since 3.0), else None."""
    library, wanted = _library(), ("FastInit", "Fast")
    if all(hasattr(library, f"LGBM_BoosterPredictForMatSingleRow{name}") for name in wanted):
        return library
    return None


def fast_row(booster: lgb.Booster, kind: int) -> Callable[[Row], Numbers]:
    """Return LightGBM's prepared prediction of one kind, for the thread that calls it alone."""
    return _FastRow(_library(), booster, kind)


def _library() -> Any:
    from lightgbm import basic

    return basic._LIB


class _FastRow:
    """A prepared prediction of one kind for one thread, with room for its row and its answer."""

    def __init__(self, library: Any, booster: lgb.Booster, kind: int) -> None:
        columns = booster.num_feature()
        self._library = library
        # The configuration refers to the booster, which must outlive it.
        self._booster = booster
        self._row = np.empty(columns, dtype=np.float32)
        self._answer = np.empty(columns + 1 if kind == CONTRIBUTIONS else 1)
        self._length = ctypes.c_int64()
        self._config = ctypes.c_void_p()
        self._check(
            library.LGBM_BoosterPredictForMatSingleRowFastInit(
                booster._handle, kind, 0, ALL_ROUNDS, FLOAT32, ctypes.c_int32(columns), ctypes.c_char_p(_OPTIONS),
                ctypes.byref(self._config),
            )
        )  # fmt: skip
        weakref.finalize(self, library.LGBM_FastConfigFree, self._config)
        self._places = (
            self._config,
            ctypes.c_void_p(self._row.ctypes.data),
            ctypes.byref(self._length),
            ctypes.c_void_p(self._answer.ctypes.data),
        )

    def __call__(self, row: Row) -> Numbers:
        self._row[:] = row
        self._check(self._library.LGBM_BoosterPredictForMatSingleRowFast(*self._places))
        return self._answer.copy()

    def _check(self, code: int) -> None:
        if code != 0:
            from lightgbm.basic import LightGBMError

            raise LightGBMError(self._library.LGBM_GetLastError().decode("utf-8"))
