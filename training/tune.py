"""Resumable tuning of the trees under a time budget: every trial is judged on groups that its trees have not seen.

A study is one SQLite file. Interrupted, it goes on where it was: finished trials count, a broken one does not. The rows
of each fold are prepared once, because nothing but the trees depends on the parameters.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import optuna
from optuna.trial import TrialState
from sklearn.metrics import average_precision_score, roc_auc_score
from sqlalchemy.exc import SQLAlchemyError
from threadpoolctl import threadpool_limits

from features.errors import InputError
from features.spec import FEATURE_SPEC
from models.risk_frame import full_rows
from models.site import Site
from training.crossfit import draft_plan
from training.frame import Frame
from training.novel import Plan, prepare, tree_weights
from training.splits import folds_by_group
from training.trees import PARAMETERS, margins, watch_trees
from training.words import Lexicon

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.float32]
Marks = npt.NDArray[np.bool_]
FOLDS = 3
MOST_ROWS = 100_000
"""Rows that a study looks at; of a larger table, whole groups drawn at random, so that a trial takes minutes."""
MOST_ROUNDS = 1500
STARTUP_TRIALS = 10
"""Trials drawn at random before the sampler learns from them."""
STUDY = "risk-trees"
SECONDS = 60.0
TUNED = ("learning_rate", "num_leaves", "min_data_in_leaf", "lambda_l2", "feature_fraction", "bagging_fraction")


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How long and where to tune.

    Attributes:
        minutes: Time for new trials; the trial that is running when it ends is given up, unless it is the first.
        study: SQLite file of the study, made or gone on with.
        data: Digest of the table; a study of another table is refused.
        seed: Of folds, trees and sampler.
    """

    minutes: float
    study: Path
    data: str
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """What a study found.

    Attributes:
        parameters: For `training.trees`.
        card: What the model's card says of it: objective, trials finished and given up, the default's value and the
            best, and how far the best lies above the default.
    """

    parameters: dict[str, Any]
    card: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Fold:
    rows: Rows
    labels: Marks
    weights: Numbers
    held_rows: Rows
    held_labels: Marks


def tune(
    frame: Frame,
    site: Site,
    budget: Budget,
    step: Callable[[str], None] = lambda _: None,
    progress: Callable[[int], None] = lambda _: None,
) -> Tuning:
    """Search for parameters of the trees.

    The objective is the mean of average precision and AUC over folds by group. The default parameters are the first
    trial, so that a study never ends with worse ones.

    Args:
        frame: Labelled parcels.
        site: The site's own columns.
        budget: How long, and the study's file.
        step: Told what is done before the trials.
        progress: Called with the seconds of the budget that are used.

    Raises:
        InputError: The study's file cannot be used, or belongs to another table or feature specification.
    """
    study = _open(budget)
    with threadpool_limits(1):
        step("folds for tuning")
        folds = _folds(_sample(frame, budget.seed), site, budget.seed)
        step("tuning")
        objective = _Objective(folds, budget, progress, bool(_completed(study)))
        study.optimize(objective, timeout=budget.minutes * SECONDS)
    return _found(study)


class _Objective:
    def __init__(self, folds: list[_Fold], budget: Budget, progress: Callable[[int], None], may_stop: bool) -> None:
        self._folds, self._seed, self._progress = folds, budget.seed, progress
        self._may_stop = may_stop
        self._begun, self._seconds = time.monotonic(), budget.minutes * SECONDS

    def __call__(self, trial: optuna.Trial) -> float:
        parameters = suggest(trial)
        values = []
        for number, fold in enumerate(self._folds):
            values.append(self._value(fold, parameters))
            self._progress(int(time.monotonic() - self._begun))
            trial.report(float(np.mean(values)), number)
            # The very first trial is always finished: it is what all others are measured against.
            if self._may_stop and (trial.should_prune() or self._spent()):
                raise optuna.TrialPruned
        self._may_stop = True
        return float(np.mean(values))

    def _value(self, fold: _Fold, parameters: Mapping[str, Any]) -> float:
        watched = [(fold.held_rows, fold.held_labels)]
        trees, losses = watch_trees(fold.rows, fold.labels, fold.weights, watched, parameters, self._seed)
        found = margins(trees, fold.held_rows, int(np.argmin(losses)) + 1)
        ap, auc = (score(fold.held_labels, found) for score in (average_precision_score, roc_auc_score))
        return float(ap + auc) / 2.0

    def _spent(self) -> bool:
        return time.monotonic() - self._begun > self._seconds


def suggest(trial: optuna.Trial) -> dict[str, Any]:
    """Draw the parameters of one trial."""
    return {
        "learning_rate": trial.suggest_float("learning_rate", 0.01, 0.2, log=True),
        "num_leaves": trial.suggest_int("num_leaves", 4, 63, log=True),
        "min_data_in_leaf": trial.suggest_int("min_data_in_leaf", 10, 1000, log=True),
        "lambda_l2": trial.suggest_float("lambda_l2", 0.1, 100.0, log=True),
        "feature_fraction": trial.suggest_float("feature_fraction", 0.1, 1.0),
        "bagging_fraction": trial.suggest_float("bagging_fraction", 0.4, 1.0),
        "rounds": MOST_ROUNDS,
    }


def _open(budget: Budget) -> optuna.Study:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    belongs = {"data": budget.data, "feature_spec": FEATURE_SPEC.digest, "seed": budget.seed}
    try:
        storage = optuna.storages.RDBStorage(f"sqlite:///{budget.study}")
        study = optuna.create_study(
            storage=storage,
            study_name=STUDY,
            direction="maximize",
            load_if_exists=True,
            pruner=optuna.pruners.MedianPruner(n_startup_trials=STARTUP_TRIALS),
        )
    except (SQLAlchemyError, optuna.exceptions.OptunaError, RuntimeError) as error:
        cause = " ".join(str(error).split())[:120]
        raise InputError(f"{budget.study}: cannot be used as a study ({cause}); name another file.") from error
    # What a sampler draws depends on how many trials it starts from, so a resumed study does not repeat itself.
    study.sampler = optuna.samplers.TPESampler(seed=budget.seed + len(study.trials), n_startup_trials=STARTUP_TRIALS)
    _check_owner(study, belongs, budget.study)
    _make_ready(study)
    return study


def _check_owner(study: optuna.Study, belongs: Mapping[str, Any], path: Path) -> None:
    known = study.user_attrs
    if not known:
        for name, value in belongs.items():
            study.set_user_attr(name, value)
    elif other := sorted(name for name, value in belongs.items() if known.get(name) != value):
        what = " and ".join(other).replace("_", " ")
        raise InputError(f"{path}: the study was made with another {what}; name another file with --study.")


def _make_ready(study: optuna.Study) -> None:
    """Give up trials that an interrupt left running, and put the default parameters first."""
    for trial in study.get_trials(states=(TrialState.RUNNING,)):
        study.tell(trial.number, state=TrialState.FAIL)
    if not _completed(study) and not study.get_trials(states=(TrialState.WAITING,)):
        study.enqueue_trial({name: PARAMETERS[name] for name in TUNED})


def _completed(study: optuna.Study) -> list[optuna.trial.FrozenTrial]:
    return study.get_trials(states=(TrialState.COMPLETE,))


def _sample(frame: Frame, seed: int) -> Frame:
    if len(frame) <= MOST_ROWS:
        return frame
    parts = -(-len(frame) // MOST_ROWS)
    return frame.take(np.flatnonzero(folds_by_group(frame.groups, parts, seed + 5) == 0))


def _folds(frame: Frame, site: Site, seed: int) -> list[_Fold]:
    plan = draft_plan(frame, site, {}, seed)
    places, lexicon = folds_by_group(frame.groups, FOLDS, seed + 6), Lexicon(frame.texts)
    return [_fold(frame, places == one, plan, lexicon) for one in range(FOLDS)]


def _fold(frame: Frame, inside: Marks, plan: Plan, lexicon: Lexicon) -> _Fold:
    others, held = frame.take(np.flatnonzero(~inside)), frame.take(np.flatnonzero(inside))
    prepared = prepare(others, plan, lexicon)
    return _Fold(prepared.rows, others.labels, tree_weights(others), full_rows(held, prepared.fitted), held.labels)


def _found(study: optuna.Study) -> Tuning:
    done = _completed(study)
    best, default = study.best_trial, done[0]
    card = {
        "objective": f"mean of AP and AUC, {FOLDS} folds by group",
        "trials": len(done),
        "trials_given_up": len(study.trials) - len(done),
        "default": round(float(default.value or 0.0), 5),
        "best": round(float(best.value or 0.0), 5),
        "study": dict(study.user_attrs),
    }
    return Tuning(parameters={**best.params, "rounds": MOST_ROUNDS}, card=card)
