"""Scores of rows that the model was not fitted on, for everything that must be decided or calibrated honestly.

By group: what the trees say of new patterns. By row: what trees and memory together say of traffic as it comes, where
most repeats are known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from features.spec import FEATURE_SPEC
from features.spec_codes import Cross
from models.memory import Evidence
from models.rates import RATE, SEEN, rate_features
from models.risk_frame import full_rows
from models.site import Site
from training.encoding import choose_crosses, pattern_weights
from training.frame import Frame
from training.linear import fit_linear, fit_weights
from training.memory import fill_memory
from training.novel import RATE_FOLDS, Plan, fit_novel, prepare, tree_weights
from training.splits import folds_by_group
from training.trees import best_rounds, margins, watch_trees
from training.words import Lexicon

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]
Step = Callable[[str], None]
GROUP_FOLDS, ROW_FOLDS = 5, 3
CHOOSING_FOLDS = 2
"""Folds on which all choices of columns are tried; the others are grown with the chosen one alone."""
MOST_ROWS = 250_000
"""Rows that are cross-fitted; of a larger table, whole groups drawn at random. The final fit always takes all rows."""


@dataclass(frozen=True, slots=True)
class ByGroup:
    """The plan, and for each row the log-odds of trees fitted on other groups."""

    plan: Plan
    margins: Numbers


@dataclass(frozen=True, slots=True)
class Grown:
    """One fold: the places watched, the trees, the watched rows, the loss after each round, the line's log-odds."""

    places: Places
    trees: lgb.Booster
    rows: Rows
    losses: Numbers
    line: Numbers


@dataclass(frozen=True, slots=True)
class ByRow:
    """For each row the log-odds of trees, and the evidence of a memory, that were fitted on other rows."""

    margins: Numbers
    evidence: Evidence


def sample_groups(frame: Frame, seed: int) -> Frame:
    """Return the frame, or whole groups of it with about MOST_ROWS rows."""
    if len(frame) <= MOST_ROWS:
        return frame
    parts = -(-len(frame) // MOST_ROWS)
    return frame.take(np.flatnonzero(folds_by_group(frame.groups, parts, seed + 3) == 0))


def by_group(
    frame: Frame, site: Site, parameters: Mapping[str, Any] | None, seed: int, lexicon: Lexicon, step: Step
) -> ByGroup:
    """Choose columns and the number of trees by their loss on other groups, and score every row by trees of those."""
    step("columns")
    plan = draft_plan(frame, site, parameters or {}, seed)
    choices = choices_of(plan)
    folds = folds_by_group(frame.groups, GROUP_FOLDS, seed)
    tried: list[dict[str, Grown]] = []
    for fold in range(GROUP_FOLDS):
        step(f"other groups, part {fold + 1} of {GROUP_FOLDS}")
        tried.append(_grown(frame, folds, fold, plan, choices, lexicon))
        if len(tried) == CHOOSING_FOLDS:
            chosen = best_choice(tried)
            plan, choices = choices[chosen], {chosen: choices[chosen]}
    grown = [one[chosen] for one in tried]
    rounds = best_rounds([one.losses for one in grown], [len(one.places) for one in grown])
    trees, line = np.empty(len(frame)), np.empty(len(frame))
    for one in grown:
        trees[one.places] = margins(one.trees, one.rows, rounds)
        line[one.places] = one.line
    weights = fit_weights(trees, line, frame.labels)
    found = trees * weights[0] + line * weights[1]
    return ByGroup(replace(plan, rounds=rounds, weights=weights), found)


def choices_of(plan: Plan) -> dict[str, Plan]:
    """Return the plans to choose between: with crosses of codes, with single codes alone, without any rates of codes.

    Which helps is a matter of the table. Where descriptions and history say much, rates of crosses are mostly noise; a
    table of bare codes has little else.
    """
    others = tuple(name for name in plan.kept if not name.startswith((RATE, SEEN)))
    single = tuple(cross for cross in plan.crosses if len(cross) == 1)
    names = {"crosses": plan.crosses, "codes": single, "none": ()}
    return {
        name: replace(plan, crosses=crosses, kept=(*others, *(one.name for one in rate_features(crosses))))
        for name, crosses in names.items()
    }


def best_choice(tried: Sequence[Mapping[str, Grown]]) -> str:
    """Return the choice with the least loss over the folds tried."""
    sizes = [len(next(iter(one.values())).places) for one in tried]
    return min(tried[0], key=lambda name: float(np.average([one[name].losses.min() for one in tried], weights=sizes)))


def _grown(
    frame: Frame, folds: Places, fold: int, plan: Plan, choices: Mapping[str, Plan], lexicon: Lexicon
) -> dict[str, Grown]:
    """Grow trees on the other folds, once for each choice of columns, and watch their loss on this one."""
    inside, outside = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
    mine, others = frame.take(inside), frame.take(outside)
    prepared = prepare(others, plan, lexicon)
    fitted, weights = prepared.fitted, tree_weights(others)
    rows = full_rows(mine, fitted, lexicon.learned(mine, fitted.text, fitted.hs_text))
    found = {}
    for name, choice in choices.items():
        places = [plan.kept.index(column) for column in choice.kept]
        watched = rows[:, places]
        trees, losses = watch_trees(
            prepared.rows[:, places], others.labels, weights, [(watched, mine.labels)], plan.parameters, plan.seed
        )
        line = fit_linear(prepared.rows[:, places], others.labels, weights).margins(watched)
        found[name] = Grown(inside, trees, watched, losses, line)
    return found


def by_row(frame: Frame, plan: Plan, lexicon: Lexicon, step: Step) -> ByRow:
    """Score every row by trees and memory fitted on other rows, repeats of the same pattern among them."""
    folds = np.random.default_rng(plan.seed + 4).permutation(len(frame)) % ROW_FOLDS
    found, parts = np.empty(len(frame)), []
    for fold in range(ROW_FOLDS):
        step(f"other rows, part {fold + 1} of {ROW_FOLDS}")
        inside, outside = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        mine, others = frame.take(inside), frame.take(outside)
        novel, _ = fit_novel(others, plan, lexicon)
        learned = lexicon.learned(mine, novel.fitted.text, novel.fitted.hs_text)
        found[inside] = novel.margins(full_rows(mine, novel.fitted, learned))
        parts.append((inside, fill_memory(others).evidence(mine.patterns)))
    order = np.argsort(np.concatenate([inside for inside, _ in parts]))
    joined = (
        np.concatenate([getattr(one, name) for _, one in parts])[order] for name in ("parcels", "illicit", "states")
    )
    return ByRow(found, Evidence(*joined))


def draft_plan(frame: Frame, site: Site, parameters: Mapping[str, Any], seed: int) -> Plan:
    """Choose crosses and columns; the number of trees is still open."""
    folds = folds_by_group(frame.groups, RATE_FOLDS, seed + 1)
    crosses = choose_crosses(frame, pattern_weights(frame), site, folds)
    return Plan(
        site=site, crosses=crosses, kept=kept_columns(frame, site, crosses), parameters=parameters, rounds=0, seed=seed
    )


def kept_columns(frame: Frame, site: Site, crosses: tuple[Cross, ...]) -> tuple[str, ...]:
    """Return the columns whose values differ between rows; the others could only cost time."""
    low, high = (one(frame.base, axis=0) for one in (np.fmin.reduce, np.fmax.reduce))
    differs = (low < high) | (np.isnan(frame.base).any(axis=0) & ~np.isnan(low))
    base = [name for name, keep in zip(FEATURE_SPEC.base_names, differs.tolist(), strict=True) if keep]
    norms = [f"norm_{one.name}" for one in FEATURE_SPEC.normed if one.name in base]
    learned = [one.name for one in FEATURE_SPEC.learned] if frame.texts.used().any() else []
    own = [f"extra:{name}" for name in site.numeric]
    return (*base, *norms, *learned, *own, *(one.name for one in rate_features(crosses)))
