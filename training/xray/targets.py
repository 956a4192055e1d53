"""What the network should answer for a crop: per cell the score, its weight, the part and the box."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STRIDE = 8
CENTRE = 0.3
"""Cells within this share of the box's half sides from its centre are asked for the box; the rest of the box says
nothing surer than its neighbours (Tian et al. 2019, centre sampling)."""
NO_PART = -1

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Labels:
    """The boxes of a crop in its pixels: corners N x 4, part index N (NO_PART: unnamed), ignore N."""

    boxes: Array
    parts: NDArray[np.int64]
    ignore: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Targets:
    """Per cell, side/STRIDE squared.

    Attributes:
        score: 1 where a box is asked for, falling around it, 0 in the background.
        weight: 0 where the score must not be judged (ignored boxes, things far too small or large), else 1.
        part: Index, or NO_PART.
        box: Corners in pixels of the crop, 4 x h x w; of use only where `positive`.
        positive: Where a box is asked for.
    """

    score: Array
    weight: Array
    part: NDArray[np.int64]
    box: Array
    positive: NDArray[np.bool_]


def make_targets(labels: Labels, side: int) -> Targets:
    """Lay the labels of a crop of `side` pixels over its cells; where two things share a cell, the smaller has it."""
    cells = side // STRIDE
    score = np.zeros((cells, cells), np.float32)
    weight = np.ones((cells, cells), np.float32)
    part = np.full((cells, cells), NO_PART, np.int64)
    box = np.zeros((4, cells, cells), np.float32)
    at = (np.arange(cells, dtype=np.float32) + 0.5) * STRIDE
    size = (labels.boxes[:, 2] - labels.boxes[:, 0]) * (labels.boxes[:, 3] - labels.boxes[:, 1])
    order = np.argsort(-size, kind="stable")
    for index in order[labels.ignore[order]]:
        weight[_span(labels.boxes[index], cells)] = 0.0
    for index in order[~labels.ignore[order]]:
        x0, y0, x1, y1 = labels.boxes[index]
        u = (at - (x0 + x1) / 2) / max((x1 - x0) / 2, STRIDE)
        v = (at - (y0 + y1) / 2) / max((y1 - y0) / 2, STRIDE)
        spread = np.exp(-(u[None] ** 2 + v[:, None] ** 2) / (2 * (CENTRE * 1.2) ** 2)).astype(np.float32)
        asked = (np.abs(u)[None] <= _reach(x1 - x0)) & (np.abs(v)[:, None] <= _reach(y1 - y0))
        score = np.maximum(score, np.where(asked, 1.0, np.minimum(spread, 0.95)))
        weight[asked] = 1.0
        part[asked] = labels.parts[index]
        box[:, asked] = labels.boxes[index][:, None]
    return Targets(score, weight, part, box, score >= 1.0)


def _reach(length: float) -> float:
    """CENTRE, but never less than half a cell, so that every box owns at least one cell."""
    return max(CENTRE, (STRIDE / 2 + 0.01) / max(length / 2, STRIDE))


def _span(box: Array, cells: int) -> tuple[slice, slice]:
    x0, y0, x1, y1 = (int(np.clip(value / STRIDE, 0, cells)) for value in box)
    return slice(y0, y1 + 1), slice(x0, x1 + 1)
