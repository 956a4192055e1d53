"""Which true boxes are found: by size in pixels, by share of the picture, by how much of the part shows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.xray.evaluate import finite, with_interval
from training.xray.judge import Answer
from training.xray.matching import Array, Matched, match
from training.xray.metrics import Weights, level_at

ACCEPTED = (0.1, 1.0)
"""False boxes a picture at which shares of found boxes are told."""
SIDES = (0, 16, 32, 64, 128, 256, 1e9)
"""Longest side of a box in pixels of the picture as sent."""
SHARES = (0, 0.002, 0.01, 0.05, 0.2, 1e9)
"""Area of a box as a share of the picture's."""
SHOWN = (0, 0.3, 0.5, 0.7, 0.9, 1e9)
"""Share of a part that nothing denser covers (`visibility` of our own COCO export)."""
Strata = list[tuple[str, NDArray[np.bool_]]]


def by_box(answers: Sequence[Answer], threshold: float, draws: Sequence[Weights]) -> dict[str, Any]:
    """Return, by kind of stratum and stratum, how many boxes are to be found and which share is.

    False boxes belong to no stratum, so the shares are told where the whole set has so many false boxes a picture.

    Args:
        answers: What the product said about each labelled picture.
        threshold: The alarm threshold in use.
        draws: Bootstrap weights of the pictures.
    """
    judged = [one.judged for one in answers]
    matched = match(judged)
    wanted = ~np.concatenate([one.ignore for one in judged] or [np.zeros(0, bool)])
    owner = np.repeat(np.arange(len(judged)), [len(one.truth) for one in judged])
    table = {}
    for name, strata in _strata(answers).items():
        rows = {
            title: _stratum(matched, owner, inside & wanted, threshold, draws)
            for title, inside in strata
            if np.any(inside & wanted)
        }
        if len(rows) > 1:
            table[name] = rows
    return table


def _stratum(
    matched: Matched, owner: NDArray[np.int64], chosen: NDArray[np.bool_], threshold: float, draws: Sequence[Weights]
) -> dict[str, Any]:
    row: dict[str, Any] = {"boxes": int(chosen.sum())}
    for rate in ACCEPTED:
        found = with_interval(partial(_found, matched, owner, chosen, rate), draws, "hits")
        row[f"hits_at_{rate:g}"] = [found["hits"], *found["interval"]]
    row["hits_at_threshold"] = finite(np.mean(matched.found_at[chosen] >= threshold))
    return row


def _found(
    matched: Matched, owner: NDArray[np.int64], chosen: NDArray[np.bool_], rate: float, weights: Weights | None
) -> float:
    counts = np.ones(len(matched.wanted), np.int64) if weights is None else weights
    times = counts[owner[chosen]]
    found = matched.found_at[chosen] >= level_at(matched, rate, weights)
    return float((found * times).sum() / times.sum()) if times.sum() else float("nan")


def _strata(answers: Sequence[Answer]) -> dict[str, Strata]:
    sides, shares, shown = [], [], []
    for one in answers:
        extent = one.judged.truth[:, 2:] - one.judged.truth[:, :2]
        sides.append(extent.max(axis=1))
        pixels = max(one.result.width or one.labelled.width, 1) * max(one.result.height or one.labelled.height, 1)
        shares.append(extent.prod(axis=1) / pixels)
        shown += [np.nan if value is None else value for value in one.labelled.visibility]
    visible = np.array(shown, np.float64)
    return {
        "longest side, px": _between(np.concatenate(sides), SIDES, "{:g}"),
        "share of the picture": _between(np.concatenate(shares), SHARES, "{:.3g} %", 100),
        "share of the part that shows": _between(visible, SHOWN, "{:g} %", 100),
    }


def _between(values: Array, edges: Sequence[float], write: str, factor: float = 1) -> Strata:
    strata: Strata = []
    for low, high in pairwise(edges):
        start, end = write.format(low * factor), write.format(high * factor)
        title = f"below {end}" if low == 0 else f"from {start}" if high == edges[-1] else f"{start} to {end}"
        strata.append((title, (values >= low) & (values < high)))
    return strata
