"""Fits the part of the model that judges new patterns: what is learned of codes, words and figures, and the trees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from features.spec import HISTORY
from features.spec_codes import Cross
from models.hashing import keyed
from models.linear import LinearPart
from models.risk_fitted import Fitted
from models.risk_frame import AT_ONCE, distances, part
from models.site import Site
from training.encoding import fit_rates, out_of_fold, pattern_weights
from training.fitting import fit_norms
from training.frame import Frame, empty_histories
from training.linear import fit_linear
from training.splits import folds_by_group
from training.trees import Grow, grow_trees, margins
from training.words import Lexicon, learned_out_of_fold

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]
RATE_FOLDS, WORD_FOLDS = 20, 5
"""Rates of rare codes change most with what is left out, so their folds are many; they cost next to nothing."""
FORGET_OF = 4
"""One group in so many is fitted as a new installation would see it."""
__all__ = ["Novel", "Plan", "Prepared", "fit_novel", "prepare", "tree_weights"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What was decided before the final fit.

    Attributes:
        site: The site's own columns.
        crosses: The crosses of codes that are counted.
        kept: Names of the columns that the trees look at.
        parameters: LightGBM's, over `training.trees.PARAMETERS`.
        rounds: Number of trees.
        seed: Of every random choice.
        weights: What the trees and the straight part count.
    """

    site: Site
    crosses: tuple[Cross, ...]
    kept: tuple[str, ...]
    parameters: Mapping[str, Any]
    rounds: int
    seed: int
    weights: tuple[float, float] = (1.0, 0.0)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was fitted beside the trees, and the rows to grow them on: float32 (n, columns), all out of fold."""

    fitted: Fitted
    rows: Rows


@dataclass(frozen=True, slots=True)
class Novel:
    """The fitted part of the model that judges new patterns."""

    fitted: Fitted
    trees: lgb.Booster
    linear: LinearPart

    def margins(self, rows: Rows) -> Numbers:
        """Return raw log-odds of full rows, shape (n,)."""
        return self.linear.sum(margins(self.trees, rows), rows)


def fit_novel(frame: Frame, plan: Plan, lexicon: Lexicon, grow: Grow = grow_trees) -> tuple[Novel, Rows]:
    """Fit on all rows, the trees grown by `grow`; returns the model and the rows that the trees were grown on."""
    prepared = prepare(frame, plan, lexicon)
    weights = tree_weights(frame)
    trees = grow(prepared.rows, frame.labels, weights, plan.rounds, plan.parameters, plan.seed)
    linear = replace(fit_linear(prepared.rows, frame.labels, weights), weights=plan.weights)
    return Novel(prepared.fitted, trees, linear), prepared.rows


def tree_weights(frame: Frame) -> Numbers:
    """Return the rows' weights for the trees: a pattern's repeats together weigh as the square root of their number."""
    return np.sqrt(pattern_weights(frame))


def prepare(frame: Frame, plan: Plan, lexicon: Lexicon | None = None) -> Prepared:
    """Fit everything beside the trees on all rows, and build the rows for the trees out of fold by group.

    Args:
        frame: The rows.
        plan: Which columns and crosses.
        lexicon: Of the table that the rows were taken from, where the caller has it.
    """
    lexicon = lexicon or Lexicon(frame.texts)
    weights = pattern_weights(frame)
    codes = keyed(frame.codes, (name for cross in plan.crosses for name in cross))
    fitted = Fitted(
        site=plan.site,
        norms=fit_norms(frame),
        text=lexicon.fit_text(frame.texts, frame.labels),
        hs_text=lexicon.count_words(frame, weights),
        rates=fit_rates(codes, frame.labels, weights, plan.crosses),
        kept=plan.kept,
    )
    folds = folds_by_group(frame.groups, WORD_FOLDS, plan.seed)
    rows = _plain_rows(frame, fitted, learned_out_of_fold(lexicon, frame, weights, folds))
    places = {name: place for place, name in enumerate(plan.kept)}
    _forget_some(rows, frame, places, plan.seed)
    folds = folds_by_group(frame.groups, RATE_FOLDS, plan.seed + 1)
    for name, column in out_of_fold(codes, frame.labels, weights, fitted.rates, folds):
        if name in places:
            rows[:, places[name]] = column
    return Prepared(fitted, rows)


def _forget_some(rows: Rows, frame: Frame, places: Mapping[str, int], seed: int) -> None:
    """Blank the history of some groups: a new installation knows nobody, and must not suspect everybody for it."""
    kept = [(places[one.name], at) for at, one in enumerate(HISTORY) if one.name in places]
    mine, theirs = np.array(kept, dtype=np.int64).reshape(-1, 2).T
    folds = folds_by_group(frame.groups, FORGET_OF, seed + 2)
    for some, values in empty_histories(frame, np.flatnonzero(folds == 0)):
        rows[np.ix_(some, mine)] = values[theirs]


def _plain_rows(frame: Frame, fitted: Fitted, learned: Numbers) -> Rows:
    """Return the kept columns with everything filled in but the rates of codes."""
    rows = np.full((len(frame), len(fitted.columns)), np.nan, dtype=np.float32)
    ends = len(fitted.features) - len(fitted.rates.features())
    wanted = [(at, place) for at, place in enumerate(fitted.places) if place < ends]
    mine, theirs = np.array(wanted, dtype=np.int64).reshape(-1, 2).T
    for start in range(0, len(frame), AT_ONCE):
        span = np.arange(start, min(start + AT_ONCE, len(frame)))
        some = part(frame, span)
        blocks = [some.base, distances(some, fitted), learned[span].astype(np.float32), some.numbers]
        rows[np.ix_(span, mine)] = np.hstack(blocks)[:, theirs]
    return rows
