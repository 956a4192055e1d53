"""The text model: character n-grams of the descriptions into a sparse linear score, in any language."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from math import nan, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from models.murmur import murmur3

Numbers = npt.NDArray[np.float64]
SIZE = 2**14
NGRAMS = (2, 4)
KEPT_WORDS, KEPT_GRAMS = 8192, 16384
"""Words whose n-grams are kept, some 300 bytes each, and n-grams whose hash is: descriptions repeat each other's."""


def vectorise(texts: Sequence[str]) -> Any:
    """Return the hashed character n-grams, a sparse matrix of shape (len(texts), SIZE), rows of length 1.

    The texts must be in the normal form of `features.text.manifest_text`. Hashing needs no vocabulary: a word never
    seen in training still shares its n-grams with those that were.
    """
    # Imported here: single texts, which is what serving has, do without.
    from sklearn.feature_extraction.text import HashingVectorizer

    hashing = HashingVectorizer(
        analyzer="char_wb", ngram_range=NGRAMS, n_features=SIZE, alternate_sign=False, lowercase=False, norm="l2"
    )
    return hashing.transform(texts)


@lru_cache(maxsize=KEPT_WORDS)
def buckets_of(word: str) -> tuple[int, ...]:
    """Return the hashed n-grams of one word with a blank on either side, repeats included; as `vectorise` has them."""
    padded = f" {word} "
    shortest, longest = NGRAMS
    lengths = range(shortest, min(longest, len(padded)) + 1)
    # A word shorter than the n-gram stands for itself, once: with a blank on either side none is.
    return tuple(
        _bucket(padded[start : start + length]) for length in lengths for start in range(len(padded) - length + 1)
    )


@lru_cache(maxsize=KEPT_GRAMS)
def _bucket(gram: str) -> int:
    return abs(murmur3(gram)) % SIZE


def _counted(grams: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return the different numbers of a rising sequence, and how often each stands there."""
    different: list[int] = []
    counts: list[int] = []
    last = -1
    for gram in grams:
        if gram == last:
            counts[-1] += 1
        else:
            last = gram
            different.append(gram)
            counts.append(1)
    return different, counts


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

    def score_one(self, text: str) -> float:
        """Return the log-odds of one text, NaN for an empty one: the sums of `score`, in its order."""
        used, counts = _counted(sorted(chain.from_iterable(map(buckets_of, text.split()))))
        if not used:
            return nan
        shares = np.array(counts, dtype=np.float64) / sqrt(sum([count * count for count in counts]))
        # A running sum, because a pairwise one would round otherwise than the sparse product does.
        return float((shares * self.weights.take(used)).cumsum()[-1] + self.bias)

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
