"""Whether a description fits the declared HS chapter, learned from how earlier parcels were described."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from zlib import crc32

import numpy as np
import numpy.typing as npt

from models.coded import Coded

Numbers = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]
BUCKETS, CHAPTERS, CHAPTER_DIGITS = 8192, 100, 2
"""Words share buckets by their checksum, so no vocabulary is kept; chapters are the first two digits of an HS code."""
SMOOTHING = 2.0
"""A word never seen fits every chapter equally; after so many declarations its own usage begins to count."""


def buckets(text: str) -> list[int]:
    """Return the buckets of a text's different words (the text in the normal form of `features.text`)."""
    return sorted({crc32(word.encode()) % BUCKETS for word in text.split() if word != "/"})


def chapters(codes: Coded) -> Places:
    """Return the chapter of each parcel's `hs_chapter`; -1 where it has none."""
    known = [chapter_number(value) for value in codes.values]
    return np.array([*known, -1], dtype=np.int64)[codes.ids]


def chapter_number(code: str) -> int:
    """Return the number of a chapter's two digits; -1 where they are not two."""
    return int(code) if len(code) == CHAPTER_DIGITS and code.isdigit() else -1


@dataclass(frozen=True, slots=True)
class HsText:
    """How many declarations under each chapter use each word; `counts` is float32 of shape (BUCKETS, CHAPTERS)."""

    counts: Floats

    def lifts(self) -> Floats:
        """Return log((count + s) / (expected + s)), the expected count being that of independence."""
        words, sizes = self.counts.sum(axis=1, dtype=np.float64), self.counts.sum(axis=0, dtype=np.float64)
        expected = words[:, None] * (sizes / max(sizes.sum(), 1.0))[None, :]
        lifts = np.log((self.counts + SMOOTHING) / (expected + SMOOTHING))
        return np.asarray(lifts, dtype=np.float32)

    def to_bytes(self) -> bytes:
        """Return the NPZ form, without pickle, equal for equal counts."""
        words, places = np.nonzero(self.counts)
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer, words=words.astype(np.uint16), chapters=places.astype(np.uint8), counts=self.counts[words, places]
        )
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> HsText:
        """Read the NPZ form."""
        counts = np.zeros((BUCKETS, CHAPTERS), dtype=np.float32)
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            counts[arrays["words"], arrays["chapters"]] = arrays["counts"]
        return cls(counts)


def fit_scores(lifts: Floats, texts: Sequence[str], declared: Places) -> Numbers:
    """Return for each text how well it fits the declared chapter, and how much better the best one fits.

    Args:
        lifts: Of `HsText.lifts`.
        texts: n texts in normal form.
        declared: Their chapters, -1 for none; shape (n,).

    Returns:
        float64 of shape (n, 2), mean lifts over the words; NaN without a text or without a chapter.
    """
    pairs = zip(texts, declared.tolist(), strict=True)
    return np.array([fit_score(lifts, text, chapter) for text, chapter in pairs], dtype=np.float64).reshape(-1, 2)


def fit_score(lifts: Floats, text: str, chapter: int) -> tuple[float, float]:
    """Return `fit_scores` of one text; chapter -1 for none."""
    used = buckets(text) if chapter >= 0 else []
    if not used:
        return nan, nan
    fits = np.add.reduce(lifts.take(used, axis=0), axis=0, dtype=np.float64) / len(used)
    own = float(fits[chapter])
    return own, float(np.maximum.reduce(fits)) - own


def pair_scores(lifts: Floats, texts: Coded, declared: Places) -> Numbers:
    """Return `fit_scores` of n parcels; equal pairs of text and chapter are scored once."""
    pairs = texts.ids.astype(np.int64) * (CHAPTERS + 1) + declared + 1
    kinds, places = np.unique(pairs, return_inverse=True)
    ids, own = kinds // (CHAPTERS + 1), kinds % (CHAPTERS + 1) - 1
    values = [texts.values[one] if one >= 0 else "" for one in ids.tolist()]
    return fit_scores(lifts, values, own)[places]
