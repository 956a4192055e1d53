"""The text model: character n-grams of the descriptions into a sparse linear score, in any language."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import HashingVectorizer

Numbers = npt.NDArray[np.float64]
SIZE = 2**14
NGRAMS = (2, 4)


def vectorise(texts: Sequence[str]) -> Any:
    """Return the hashed character n-grams, a sparse matrix of shape (len(texts), SIZE), rows of length 1.

    The texts must be in the normal form of `features.text.manifest_text`. Hashing needs no vocabulary: a word never
    seen in training still shares its n-grams with those that were.
    """
    hashing = HashingVectorizer(
        analyzer="char_wb", ngram_range=NGRAMS, n_features=SIZE, alternate_sign=False, lowercase=False, norm="l2"
    )
    return hashing.transform(texts)


@dataclass(frozen=True, slots=True)
class TextModel:
    """A linear model on hashed n-grams; `weights` has shape (SIZE,)."""

    weights: Numbers
    bias: float

    def score(self, texts: Sequence[str]) -> Numbers:
        """Return the log-odds of each text, shape (len(texts),); NaN for an empty one."""
        if not texts:
            return np.empty(0)
        scores = np.asarray(vectorise(texts) @ self.weights + self.bias, dtype=np.float64)
        scores[[not text for text in texts]] = np.nan
        return scores

    def to_bytes(self) -> bytes:
        """Return the NPZ form, without pickle, equal for equal models."""
        buffer = io.BytesIO()
        np.savez_compressed(buffer, weights=self.weights.astype(np.float32), bias=np.float64(self.bias))
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> TextModel:
        """Read the NPZ form."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return cls(arrays["weights"].astype(np.float64), float(arrays["bias"]))
