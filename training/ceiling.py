"""How well anybody could rank the parcels of a table: where labels come from, and what is left of an unseen group.

A label may repeat exactly (the same declaration again), follow its near-duplicate group, or follow codes that groups
share. Only the last can be known of a group that no training parcel belongs to. Its size is estimated in ways that err
differently, and the table says for each what it assumes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from training.bootstrap import measure_all
from training.codes_shared import SharedCodes, agreement, implied, shared_codes
from training.frame import Frame
from training.metrics import Marks, Numbers
from training.peers import exact_keys, hs_keys
from training.pooled import MODEL, Pooled, model_scores
from training.protocols import Fold
from training.refit import Fit

Keys = npt.NDArray[np.integer[Any]]
WANTED = ("auc", "ap", "precision@0.1")
STABILITY_FOLDS = 2
GROUP = "The group's true rate, known for certain"
CODES = "The true rate of codes that groups share, known for certain"
ENDLESS = "Risk model, endless parcels of this kind"
NOISELESS = "Risk model without the noise of fitting"
MEASURED = "Risk model, measured"
PACE, OTHER_PACES = 0.5, (1.0, 0.25)
"""Errors of learning shrink with the parcels to the power of -0.5 in the textbook case; the others bracket it."""
FEWEST_POINTS = 3


def ceiling(
    frame: Frame,
    folds: Sequence[Fold],
    fit: Fit,
    seed: int,
    whole: Pooled,
    grown: Sequence[dict[str, Any]],
    done: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Return the table of ceilings, the codes that groups share, and one sentence.

    Args:
        frame: The parcels.
        folds: The folds of the run `whole`.
        fit: Fits the risk model.
        seed: Of the halves.
        whole: What the risk model said, out of fold.
        grown: The learning curve of the same protocol; may be empty.
        done: Called after each model fitted.
    """
    shared, inside = shared_codes(frame), _inside_groups(frame)
    reached = _figures(whole.scores[MODEL], whole.frame.labels)
    stable = _stability(frame, folds, fit, seed, done)
    rows = [
        *_oracles(frame),
        _group_row(inside, float(frame.labels.mean())),
        _implied_row(shared, float(frame.labels.mean())),
        _row(ENDLESS, _endless(grown), _endless_words(grown)),
        _row(
            NOISELESS,
            {"auc": _without_noise(reached["auc"], stable)},
            f"Models of two halves of the groups agree with correlation {stable:.2f}; the rest is taken for noise.",
        ),
        _row(MEASURED, reached, "Out of fold; the figure to compare."),
    ]
    return {
        "rows": rows,
        "repeats": _repeats(frame),
        "shared_codes": [one.as_dict() for one in shared],
        "refit_correlation": round(stable, 4),
        "within_groups": round(inside, 5) if np.isfinite(inside) else None,
        "sentence": _sentence(inside, shared, rows),
    }


def _oracles(frame: Frame) -> list[dict[str, Any]]:
    patterns, groups = _numbered(exact_keys(frame)), _numbered(frame.groups)
    heading = _numbered(hs_keys(frame))
    truth = frame.labels
    table = {
        "Exact repeats, the own row left out": (
            rate_of_others(patterns, np.arange(len(truth)), truth), "Knows how all exact repeats of the parcel ended."),
        "The group's own rate, the own row included": (
            rate_of_others(groups, None, truth), "No score that is the same for a whole group can do better."),
        "The group's own rate, exact repeats left out": (
            rate_of_others(groups, patterns, truth), "Knows how the other patterns of the group ended."),
        "HS code's own rate, the own row included": (
            rate_of_others(heading, None, truth), "No score by HS code alone can do better; it knows its own answer."),
        "HS code's own rate, the own group left out": (
            rate_of_others(heading, groups, truth), "What the HS code tells of a group never seen, as it stands."),
    }  # fmt: skip
    return [_row(name, _figures(scores, truth), what) for name, (scores, what) in table.items()]


def rate_of_others(keys: Keys, without: Keys | None, labels: Marks) -> Numbers:
    """Return the share of illicit rows of the same key, those of the same `without` left out; else the base rate.

    Args:
        keys: Numbers from 0, shape (n,).
        without: Numbers from 0, shape (n,); None leaves nothing out, not even the row itself.
        labels: The truth, shape (n,).
    """
    rows, hits = (np.bincount(keys, weights=one).astype(np.float64)[keys] for one in (np.ones(len(labels)), labels))
    if without is not None:
        both = _numbered(keys.astype(np.int64) * (int(without.max()) + 1) + without)
        rows, hits = rows - np.bincount(both)[both], hits - np.bincount(both, weights=labels)[both]
    base = np.full(len(labels), labels.mean())
    return np.asarray(np.divide(hits, rows, out=base, where=rows > 0.5), dtype=np.float64)


def _repeats(frame: Frame) -> dict[str, Any]:
    keys = _numbered(exact_keys(frame))
    rows, hits = np.bincount(keys), np.bincount(keys, weights=frame.labels)
    repeated = rows > 1
    one_label = repeated & ((hits == 0) | (hits == rows))
    return {
        "patterns": len(rows),
        "patterns_repeated": int(repeated.sum()),
        "rows_in_repeated": round(float(rows[repeated].sum() / len(frame)), 4),
        "repeated_with_one_label": round(float(one_label.sum() / max(repeated.sum(), 1)), 4),
    }


def _stability(frame: Frame, folds: Sequence[Fold], fit: Fit, seed: int, done: Callable[[], None]) -> float:
    """Return how models of two halves of the groups agree, stepped up to models of all (Spearman and Brown 1910)."""
    _, groups = np.unique(frame.groups, return_inverse=True)
    upper = (np.random.default_rng([seed, 2]).random(int(groups.max()) + 1) < 0.5)[groups]
    some = folds[:STABILITY_FOLDS]
    found = []
    for half in (upper, ~upper):
        parts = [Fold(fold.train[half[fold.train]], fold.test) for fold in some]
        scores = model_scores(frame, parts, fit, seed, done)
        found.append(scores[np.concatenate([fold.test for fold in some])])
    odds = [np.log(one) - np.log1p(-one) for one in (np.clip(score, 1e-9, 1 - 1e-9) for score in found)]
    agreed = max(float(np.corrcoef(odds)[0, 1]), 0.0)
    return 2 * agreed / (1 + agreed)


def _without_noise(reached: float, agreement: float) -> float | None:
    """Return the AUC of a score freed of its noise, normal scores assumed (correction for attenuation)."""
    if not 0 < agreement <= 1 or not 0 < reached < 1:
        return None
    normal = NormalDist()
    return normal.cdf(normal.inv_cdf(reached) / agreement**0.5)


def _endless(grown: Sequence[dict[str, Any]]) -> dict[str, float]:
    return {name: fit_curve(grown, name, PACE)[0] for name in WANTED} if len(grown) >= FEWEST_POINTS else {}


def _endless_words(grown: Sequence[dict[str, Any]]) -> str:
    if len(grown) < FEWEST_POINTS:
        return "No learning curve was measured."
    low, high = sorted(fit_curve(grown, "auc", pace)[0] for pace in OTHER_PACES)
    return (
        "The learning curve runs on, its errors shrinking with the square root of the parcels; if they shrank with the "
        f"parcels or with the fourth root, AUC {low:.3f} or {high:.3f}."
    )


def fit_curve(grown: Sequence[dict[str, Any]], name: str, pace: float) -> tuple[float, float]:
    """Return (limit, slope) of the least-squares line of a figure over rows ** -pace; the limit is at endless rows."""
    rows = np.array([point["rows_trained_on"] for point in grown], dtype=np.float64)
    values = np.array([point["figures"][name][0] for point in grown])
    slope, limit = np.polyfit((rows / rows[-1]) ** -pace, values, 1)
    return float(limit), float(slope)


def _inside_groups(frame: Frame) -> float:
    """Return what parcels of one group, but of different patterns, share of the label's variance; NaN without any."""
    return agreement(_numbered(frame.groups), _numbered(exact_keys(frame)), frame.labels.astype(np.float64))[0]


def _group_row(inside: float, rate: float) -> dict[str, Any]:
    what = f"Parcels of one group, but of different patterns, share {inside * 100:.1f} % of the label's variance."
    return _row(GROUP, implied(inside, rate), what)


def _implied_row(shared: Sequence[SharedCodes], rate: float) -> dict[str, Any]:
    if not shared:
        return _row(CODES, {}, "No code is shared by groups.")
    best = shared[0]
    low, high = (implied(best.explained + side * best.error, rate)["auc"] for side in (-2, 2))
    what = (
        f"Knows the true rate of each {' with '.join(best.codes)}; rates Beta-distributed. Two standard errors of the "
        f"estimate either way: AUC {low:.3f} to {high:.3f}."
    )
    return _row(CODES, implied(best.explained, rate), what)


def _sentence(inside: float, shared: Sequence[SharedCodes], rows: list[dict[str, Any]]) -> str:
    by_name = {row["name"]: row["figures"].get("auc") for row in rows}
    reached = by_name[MEASURED]
    bounds = [by_name[name] for name in (CODES, ENDLESS, NOISELESS) if by_name[name] is not None]
    if not bounds or not shared:
        return f"The risk model reaches AUC {reached:.3f}; the table does not allow to say how much more there is."
    best = shared[0]
    return (
        f"Parcels of one group, but of different patterns, share {inside * 100:.1f} % of the label's variance; parcels "
        f"of different groups that agree in {' with '.join(best.codes)} share {best.agreement * 100:.1f} % (standard "
        f"error {best.error * 100:.1f} %). The rest belongs to the single pattern, and only a repeat tells it. For "
        f"groups never seen, {len(bounds)} estimates put what can be reached between AUC {min(bounds):.3f} and "
        f"{max(bounds):.3f}; the risk model reaches {reached:.3f}. None of them is a strict bound: each rests on what "
        "its line assumes."
    )


def _figures(scores: Numbers, labels: Marks) -> dict[str, float]:
    values = measure_all({"": scores}, labels, None).values[""]
    return {name: values[name] for name in WANTED}


def _row(name: str, figures: dict[str, Any], what: str) -> dict[str, Any]:
    rounded = {key: round(float(one), 4) for key, one in figures.items() if one is not None}
    return {"name": name, "figures": rounded, "assumes": what}


def _numbered(keys: Keys) -> npt.NDArray[np.int64]:
    return np.asarray(np.unique(keys, return_inverse=True)[1], dtype=np.int64).ravel()
