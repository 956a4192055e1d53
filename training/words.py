"""Fits the two models of words, with scores out of fold for the rows of training."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from models.coded import Coded
from models.hs_text import BUCKETS, CHAPTERS, HsText, buckets, chapters, pair_scores
from models.risk_frame import CHAPTER
from models.risk_text import SIZE, TextModel, vectorise
from training.frame import Frame

Numbers = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]
TEXT_C = 0.5
TEXT_STEPS, TEXT_TOLERANCE = 200, 1e-4


class Texts:
    """The n-grams of a frame's texts, made once and used by every fold."""

    def __init__(self, texts: Coded) -> None:
        used = np.flatnonzero(texts.used())
        self._grams = vectorise([texts.values[place] for place in used.tolist()]) if len(used) else None
        numbers = np.full(len(texts.values) + 1, -1, dtype=np.int64)
        numbers[used] = np.arange(len(used))
        self._numbers = numbers[texts.ids]

    def fit(self, labels: Marks, rows: Places) -> TextModel:
        """Fit the linear text model on some rows; without both kinds of labels it knows only the base rate."""
        said = rows[self._numbers[rows] >= 0]
        if self._grams is None or not labels[said].any() or labels[said].all():
            return TextModel(np.zeros(SIZE), 0.0)
        # Equal texts with equal labels are one row with a weight: the same model, many times faster.
        kinds, counts = np.unique(self._numbers[said] * 2 + labels[said], return_counts=True)
        model = LogisticRegression(C=TEXT_C, max_iter=TEXT_STEPS, tol=TEXT_TOLERANCE)
        model.fit(self._grams[kinds // 2], kinds % 2, sample_weight=counts)
        fitted = TextModel(model.coef_[0].astype(np.float64), float(model.intercept_[0]))
        # Through the stored form at once: what training uses is then bit for bit what serving reads.
        return TextModel.from_bytes(fitted.to_bytes())

    def scores(self, model: TextModel, rows: Places) -> Numbers:
        """Return the model's log-odds of some rows; NaN without a text."""
        found = np.full(len(rows), np.nan)
        said = self._numbers[rows] >= 0
        if self._grams is not None and said.any():
            found[said] = self._grams[self._numbers[rows][said]] @ model.weights + model.bias
        return found


def fit_text(texts: Coded, labels: Marks) -> TextModel:
    """Fit the linear text model on all rows."""
    return Texts(texts).fit(labels, np.arange(len(labels)))


def text_out_of_fold(texts: Texts, labels: Marks, folds: Places) -> Numbers:
    """Return for each row the log-odds of a text model that was fitted on the other folds."""
    scores = np.full(len(labels), np.nan)
    for fold in range(int(folds.max()) + 1):
        inside, outside = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        scores[inside] = texts.scores(texts.fit(labels, outside), inside)
    return scores


def count_words(frame: Frame, weights: Numbers, folds: Places | None = None) -> list[HsText]:
    """Count the words under each chapter: of all rows, or for each fold those of the other folds."""
    declared = chapters(frame.codes[CHAPTER])
    usable = np.flatnonzero((declared >= 0) & (frame.texts.ids >= 0))
    grid = _word_grid(frame.texts)
    parts = np.zeros(len(frame), dtype=np.int64) if folds is None else folds
    counts = []
    for fold in range(int(parts.max()) + 1):
        rows = usable[parts[usable] == fold]
        cells = (weights[rows], (frame.texts.ids[rows], declared[rows]))
        usage = sparse.csr_array(cells, shape=(grid.shape[0], CHAPTERS))
        counts.append(np.asarray((grid.T @ usage).todense(), dtype=np.float32))
    total = np.asarray(np.sum(counts, axis=0), dtype=np.float32)
    return [HsText(total)] if folds is None else [HsText(np.maximum(total - one, 0.0)) for one in counts]


def hs_text_out_of_fold(frame: Frame, weights: Numbers, folds: Places) -> Numbers:
    """Return how each row's words fit its chapter, by the counts of the other folds; shape (n, 2)."""
    declared = chapters(frame.codes[CHAPTER])
    scores = np.full((len(frame), 2), np.nan)
    for fold, counts in enumerate(count_words(frame, weights, folds)):
        inside = np.flatnonzero(folds == fold)
        scores[inside] = pair_scores(counts.lifts(), frame.texts.take(inside), declared[inside])
    return scores


def _word_grid(texts: Coded) -> sparse.csr_array:
    used = texts.used().tolist()
    words = [buckets(text) if there else [] for text, there in zip(texts.values, used, strict=True)]
    indptr = np.cumsum([0, *(len(one) for one in words)])
    indices = np.array([bucket for one in words for bucket in one], dtype=np.int64)
    return sparse.csr_array((np.ones(len(indices)), indices, indptr), shape=(len(words), BUCKETS))
