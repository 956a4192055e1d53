"""Boosted trees as a bundle keeps them: LightGBM's text, with the library behind it for those who need it.

One parcel is scored and explained from what is worked out from the text. Many parcels at once, and large trees, go
through the library, whose import (with scikit-learn, SciPy and pandas behind it) takes longer than all else at a start.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from features.errors import CheckFailed
from models.tree_text import TreeText, read_text

if TYPE_CHECKING:
    import lightgbm as lgb

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Forest:
    """Trees of one model; `text` is LightGBM's own form of them."""

    text: str

    @classmethod
    def of(cls, booster: lgb.Booster) -> Forest:
        """Return the trees that LightGBM has grown."""
        return cls(booster.model_to_string())

    def __reduce__(self) -> tuple[type[Forest], tuple[str]]:
        # What was worked out from the text is made anew in another process.
        return Forest, (self.text,)

    @cached_property
    def read(self) -> TreeText:
        """The text, read.

        Raises:
            ValueError: It is none of such trees.
        """
        return read_text(self.text)

    @cached_property
    def booster(self) -> lgb.Booster:
        """The trees as LightGBM holds them; the first use imports it.

        Raises:
            CheckFailed: The library refuses the text.
        """
        import lightgbm as lgb

        try:
            return lgb.Booster(model_str=self.text)
        except lgb.basic.LightGBMError as error:
            raise CheckFailed(f"LightGBM cannot read the risk model's trees ({error}); train it again.") from error

    @property
    def columns(self) -> int:
        """Length of a row."""
        return self.read.columns

    def __len__(self) -> int:
        """Return the number of trees."""
        return len(self.read.trees)

    def predict(self, rows: Rows, threads: int = 1) -> Numbers:
        """Return the log-odds of rows of shape (n, columns), shape (n,)."""
        found = self.booster.predict(rows, raw_score=True, num_threads=threads)
        return np.asarray(found, dtype=np.float64)

    def contributions(self, rows: Rows, threads: int = 1) -> Numbers:
        """Return what each column adds with the base value last, shape (n, columns + 1)."""
        found = self.booster.predict(rows, pred_contrib=True, num_threads=threads)
        return np.asarray(found, dtype=np.float64)
