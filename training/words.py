"""Fits the two models of words, with scores out of fold for the rows of training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from features.spec import FEATURE_SPEC
from models.coded import Coded
from models.hs_text import BUCKETS, CHAPTERS, HsText, buckets, chapters
from models.risk_frame import CHAPTER
from models.risk_text import SIZE, TextModel, vectorise
from training.frame import Frame

Numbers = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]
TEXT_C = 0.5
AT_ONCE = 20_000
TEXT_STEPS, TEXT_TOLERANCE = 200, 1e-4


class Lexicon:
    """The texts of a table as n-grams and as words, made once and used by every fold: rows of `Frame.take` fit too."""

    def __init__(self, texts: Coded) -> None:
        used = np.flatnonzero(texts.used())
        values = [texts.values[place] for place in used.tolist()]
        self._grams = vectorise(values).astype(np.float32) if values else sparse.csr_array((0, SIZE))
        self._words = _word_grid(values)
        self._sizes = np.diff(self._words.indptr)
        self._numbers = np.full(len(texts.values) + 1, -1, dtype=np.int64)
        self._numbers[used] = np.arange(len(used))

    def fit_text(self, texts: Coded, labels: Marks) -> TextModel:
        """Fit the linear text model; without both kinds of labels among the texts it knows only the base rate."""
        numbers = self._numbers[texts.ids]
        said = numbers >= 0
        if not labels[said].any() or labels[said].all():
            return TextModel(np.zeros(SIZE), 0.0)
        # Equal texts with equal labels are one row with a weight: the same model, many times faster.
        kinds, counts = np.unique(numbers[said] * 2 + labels[said], return_counts=True)
        model = LogisticRegression(C=TEXT_C, max_iter=TEXT_STEPS, tol=TEXT_TOLERANCE)
        model.fit(self._grams[kinds // 2], kinds % 2, sample_weight=counts)
        fitted = TextModel(model.coef_[0].astype(np.float64), float(model.intercept_[0]))
        # Through the stored form at once: what training uses is then bit for bit what serving reads.
        return TextModel.from_bytes(fitted.to_bytes())

    def text_scores(self, model: TextModel, texts: Coded) -> Numbers:
        """Return the model's log-odds of n parcels; NaN without a text."""
        known = self._grams @ model.weights + model.bias
        return np.append(known, np.nan)[self._numbers[texts.ids]]

    def count_words(self, frame: Frame | Worded, weights: Numbers) -> HsText:
        """Count the words under each chapter."""
        declared, numbers = chapters(frame.codes[CHAPTER]), self._numbers[frame.texts.ids]
        rows = np.flatnonzero((declared >= 0) & (numbers >= 0))
        cells = (weights[rows], (numbers[rows], declared[rows]))
        usage = sparse.csr_array(cells, shape=(self._words.shape[0], CHAPTERS))
        return HsText(np.asarray((self._words.T @ usage).todense(), dtype=np.float32))

    def hs_fits(self, counts: HsText, frame: Frame | Worded) -> Numbers:
        """Return how the words of n parcels fit their chapters, as `models.hs_text.fit_scores` does; shape (n, 2)."""
        declared, numbers = chapters(frame.codes[CHAPTER]), self._numbers[frame.texts.ids]
        lifts = counts.lifts()
        found = np.full((len(frame), 2), np.nan)
        rows = np.flatnonzero((declared >= 0) & (numbers >= 0) & np.append(self._sizes > 0, False)[numbers])
        for start in range(0, len(rows), AT_ONCE):
            some = rows[start : start + AT_ONCE]
            fits = (self._words[numbers[some]] @ lifts) / self._sizes[numbers[some], None]
            own = fits[np.arange(len(some)), declared[some]]
            found[some] = np.column_stack([own, fits.max(axis=1) - own])
        return found

    def learned(self, frame: Frame | Worded, text: TextModel, counts: HsText) -> Numbers:
        """Return the learned scores of n parcels, in the order of `FEATURE_SPEC.learned`."""
        return np.column_stack([self.text_scores(text, frame.texts), self.hs_fits(counts, frame)])


@dataclass(frozen=True, slots=True)
class Worded:
    """The columns of a frame that say something in words; a fold of these alone costs a hundredth of a whole one."""

    texts: Coded
    codes: Mapping[str, Coded]

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, places: Places) -> Worded:
        """Return the rows at the given places."""
        return Worded(self.texts.take(places), {name: one.take(places) for name, one in self.codes.items()})


def learned_out_of_fold(lexicon: Lexicon, frame: Frame, weights: Numbers, folds: Places) -> Numbers:
    """Return for each row the scores of models of words that were fitted on the other folds."""
    scores = np.full((len(frame), len(FEATURE_SPEC.learned)), np.nan)
    words = Worded(frame.texts, {CHAPTER: frame.codes[CHAPTER]})
    for fold in range(int(folds.max()) + 1):
        inside, outside = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        others = words.take(outside)
        text = lexicon.fit_text(others.texts, frame.labels[outside])
        scores[inside] = lexicon.learned(words.take(inside), text, lexicon.count_words(others, weights[outside]))
    return scores


def fit_text(texts: Coded, labels: Marks) -> TextModel:
    """Fit the linear text model alone."""
    return Lexicon(texts).fit_text(texts, labels)


def _word_grid(texts: list[str]) -> sparse.csr_array:
    words = [buckets(text) for text in texts]
    indptr = np.cumsum([0, *(len(one) for one in words)])
    indices = np.array([bucket for one in words for bucket in one], dtype=np.int64)
    return sparse.csr_array((np.ones(len(indices), dtype=np.float32), indices, indptr), shape=(len(words), BUCKETS))
