"""Whether a new model may take the place of the one in use.

A challenger is refused where it is worse beyond the 95 % interval of the difference, on the same rows and by the same
bootstrap draws, or where its probabilities cannot be believed. It need not be better: a model that is as good and newer
knows newer goods and routes, and whether to take it is for people to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from features.errors import InputError, Problem
from models.calibration import prior_shift, probability
from models.risk import RiskModel
from training.bootstrap import Figure, Measured, group_weights, interval, measure_all
from training.data import BadRows
from training.judgement import Compared, Judgement
from training.measured import LabelledScores, labelled_scores
from training.metrics import Marks, Numbers

CHALLENGER, CHAMPION = "challenger", "champion"
RANKING = {"ap": "AP", "recall@0.01": "recall at 1 %"}
"""Figures in which a challenger must not be worse."""
SHOWN = {**RANKING, "auc": "AUC", "ece": "ECE"}
MOST_ECE = 0.03
"""The product's limit for the expected calibration error."""
MOST_TIMES = 1.5
"""How many times the champion's it may be where it is above the limit, but not beyond its own interval."""
FURTHEST = 2.0
"""Where parcels are rare an ECE of .03 says little: a model that calls every parcel harmless has the base rate as its
ECE. So the number of illicit parcels that it expects must also be within this factor of the number there is, among all
parcels and among the tenth it ranks first."""
TOP = 0.1
FEWEST_ILLICIT = 30
"""With fewer, intervals are so wide that no challenger could ever be refused, and a check that cannot fail is none."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A model and the SHA-256 of the file it was trained on, as its card says."""

    model: RiskModel
    trained_on: str | None


@dataclass(frozen=True, slots=True)
class Side:
    """What one model said of the labelled parcels, and for which base rate."""

    title: str
    base_rate: float
    trained_on: str | None
    scores: LabelledScores


def judge_risk(
    champion: Contender | None,
    challenger: Contender,
    data: Path,
    mapping: Path | None = None,
    bad_rows: BadRows = "drop",
    seed: int = 0,
) -> Judgement:
    """Measure both models on a labelled file and judge the challenger.

    Args:
        champion: The model in use; None where none can be loaded.
        challenger: The model to be promoted.
        data: CSV, Parquet or NDJSON with labels; best parcels that neither model was trained on.
        mapping: The mapping file, if any.
        bad_rows: See `training.data.open_source`.
        seed: Of the bootstrap.

    Raises:
        InputError: The file cannot be read, or its labels are all equal.
    """

    def side(one: Contender) -> Side:
        scores = labelled_scores(one.model, data, mapping, bad_rows)
        return Side(one.model.title, one.model.base_rate, one.trained_on, scores)

    return judge_scores(side(champion) if champion else None, side(challenger), data.name, seed)


def judge_scores(champion: Side | None, challenger: Side, name: str, seed: int = 0) -> Judgement:
    """Judge a challenger by what both models said of the same labelled parcels.

    Args:
        champion: The model in use; None where none can be loaded.
        challenger: The model to be promoted.
        name: Of the parcels' file, for people.
        seed: Of the bootstrap.

    Raises:
        InputError: The two did not see the same parcels, or all labels are equal.
    """
    _check(champion, challenger, name)
    labels, groups = challenger.scores.labels, challenger.scores.groups
    rate, illicit = float(labels.mean()), int(labels.sum())
    sides = {CHALLENGER: challenger, **({CHAMPION: champion} if champion else {})}
    believed = {key: at_rate(one.scores.probability, one.base_rate, rate) for key, one in sides.items()}
    replicates = group_weights(groups, seed)
    measured = measure_all(believed, labels, replicates, believed)
    return Judgement(
        champion=champion.title if champion else None,
        challenger=challenger.title,
        grounds=f"{name}: {len(labels):,} parcels, {illicit:,} illicit, "
        f"{len(np.unique(groups)):,} groups; paired bootstrap over groups",
        figures=compared(measured, SHOWN),
        refusals=(
            *_too_few(illicit),
            *(worse(measured, RANKING) if champion else no_better_than_chance(measured, rate)),
            *_uncalibrated(measured),
            *misjudged(expected_ratios(believed[CHALLENGER], labels, replicates)),
        ),
        warnings=(*_overlaps(champion, challenger), *(f"{name}: {one}" for one in challenger.scores.remarks)),
        data_sha256=challenger.scores.sha256,
    )


def compared(measured: Measured, names: Mapping[str, str]) -> tuple[Compared, ...]:
    """Return the figures of both models side by side."""
    mine, theirs = measured.values[CHALLENGER], measured.values.get(CHAMPION)
    if theirs is None:
        own = measured.figures(CHALLENGER)
        return tuple(
            Compared(title, None, mine[key], None, own[key].low, own[key].high) for key, title in names.items()
        )
    found = measured.differences(CHALLENGER, CHAMPION)
    return tuple(
        Compared(title, theirs[key], mine[key], found[key].value, found[key].low, found[key].high)
        for key, title in names.items()
    )


def _uncalibrated(measured: Measured) -> list[Problem]:
    ece = measured.figures(CHALLENGER)["ece"]
    if CHAMPION not in measured.values:
        return uncalibrated(ece)
    return uncalibrated(ece, measured.values[CHAMPION]["ece"], measured.differences(CHALLENGER, CHAMPION)["ece"])


def worse(measured: Measured, names: Mapping[str, str]) -> list[Problem]:
    """Return in what the challenger is worse: the whole interval of the difference lies below 0."""
    found = measured.differences(CHALLENGER, CHAMPION)
    return [
        Problem(
            title,
            "worse",
            f"The challenger is worse beyond chance: {measured.values[CHALLENGER][key]:.3f} against "
            f"{measured.values[CHAMPION][key]:.3f}, difference {found[key].value:+.3f} "
            f"(95 % interval {found[key].low:+.3f} to {found[key].high:+.3f}).",
        )
        for key, title in names.items()
        if found[key].high < 0
    ]


def no_better_than_chance(measured: Measured, rate: float) -> list[Problem]:
    """Judge a challenger alone, where no model in use can be loaded: it must rank better than a lottery."""
    low = measured.figures(CHALLENGER)["ap"].low
    if low > rate:
        return []
    text = f"No better than chance: the lower end of its AP, {low:.4f}, is not above the illicit share {rate:.4f}."
    return [Problem("AP", "no_better_than_chance", text)]


def uncalibrated(ece: Figure, champion: float | None = None, difference: Figure | None = None) -> list[Problem]:
    """Return what is wrong with an expected calibration error.

    A small file gives even true probabilities an error: 600 parcels, a tenth of them illicit, some .03. So the limit
    must be passed by the lower end of the interval, or by the figure itself where it is also half as big again as the
    champion's on the same rows, beyond the interval of the difference.

    Args:
        ece: The challenger's, with its interval.
        champion: That of the model in use.
        difference: Challenger minus champion, with the paired interval.
    """
    told = f"expected calibration error {ece.value:.3f} (95 % interval {ece.low:.3f} to {ece.high:.3f})"
    if ece.low > MOST_ECE:
        return [Problem("ECE", "uncalibrated", f"The challenger is not calibrated: {told}; at most {MOST_ECE:.2f}.")]
    if champion is None or difference is None or difference.low <= 0:
        return []
    if ece.value > max(MOST_ECE, MOST_TIMES * champion):
        text = f"The challenger is worse calibrated: {told}, in use {champion:.3f}; at most {MOST_ECE:.2f} is taken."
        return [Problem("ECE", "uncalibrated", text)]
    return []


def misjudged(expected: Mapping[str, Figure]) -> list[Problem]:
    """Return where the number of illicit parcels expected is out by more than FURTHEST beyond its interval."""
    return [
        Problem(
            "illicit parcels expected",
            "uncalibrated",
            f"Among {where}, the challenger expects {one.value:.2f} times as many illicit parcels as there are "
            f"(95 % interval {one.low:.2f} to {one.high:.2f}); within a factor of {FURTHEST:g} is taken.",
        )
        for where, one in expected.items()
        if one.low > FURTHEST or one.high < 1.0 / FURTHEST
    ]


def expected_ratios(believed: Numbers, labels: Marks, replicates: Any) -> dict[str, Figure]:
    """Return how many illicit parcels the probabilities expect, per illicit parcel there is, with 95 % intervals."""
    top = np.argsort(-believed, kind="stable")[: max(1, int(len(believed) * TOP))]
    places = {"all parcels": np.arange(len(believed)), "the tenth it ranks first": top}
    truth = labels.astype(np.float64)
    blocks = list(replicates.blocks())
    found = {}
    for where, rows in places.items():
        draws = np.concatenate([_ratio(block[:, rows], believed[rows], truth[rows]) for block in blocks])
        found[where] = interval(float(_ratio(np.ones((1, len(rows))), believed[rows], truth[rows])[0]), draws)
    return found


def at_rate(probabilities: Numbers, model_rate: float, rate: float) -> Numbers:
    """Return probabilities of one base rate as they would be at another (`models.calibration.prior_shift`)."""
    held = np.clip(probabilities, 1e-12, 1.0 - 1e-12)
    return probability(np.log(held) - np.log1p(-held) + prior_shift(model_rate, rate))


def _ratio(weights: Numbers, believed: Numbers, truth: Numbers) -> Numbers:
    # At least half a parcel counts as there: the tenth of a small file may hold none.
    return np.asarray((weights @ believed) / np.maximum(weights @ truth, 0.5), dtype=np.float64)


def _check(champion: Side | None, challenger: Side, name: str) -> None:
    labels = challenger.scores.labels
    if champion and not np.array_equal(champion.scores.labels, labels):
        raise InputError(f"{name}: the two models do not read the same rows of it; mend its bad rows first.")
    if labels.all() or not labels.any():
        raise InputError(f"{name}: all labels are equal; nothing can be measured.")


def _too_few(illicit: int) -> Sequence[Problem]:
    if illicit >= FEWEST_ILLICIT:
        return ()
    text = f"Only {illicit} illicit parcels; with fewer than {FEWEST_ILLICIT} a worse model could not be told."
    return (Problem("data", "too_few_illicit", text),)


def _overlaps(champion: Side | None, challenger: Side) -> tuple[str, ...]:
    sides = (("challenger", challenger), ("model in use", champion))
    return tuple(
        f"The {name} was trained on this very file: its figures here flatter it."
        for name, one in sides
        if one is not None and one.trained_on == challenger.scores.sha256
    )
