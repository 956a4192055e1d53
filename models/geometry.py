"""Boxes: overlap, suppression of doubles, tiles. An array of boxes is N x 4 of x0, y0, x1, y1 unless said otherwise."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.results import Box

Boxes = NDArray[np.float32]
Scores = NDArray[np.float32]


def areas(boxes: Boxes) -> Scores:
    """Return the area of each box, 0 for one turned inside out."""
    sides = np.maximum(boxes[:, 2:] - boxes[:, :2], 0.0)
    return np.asarray(sides[:, 0] * sides[:, 1], np.float32)


def intersections(first: Boxes, second: Boxes) -> NDArray[np.float32]:
    """Return the common area of each pair, N x M."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    sides = np.maximum(high - low, 0.0)
    return np.asarray(sides[..., 0] * sides[..., 1], np.float32)


def iou(first: Boxes, second: Boxes) -> NDArray[np.float32]:
    """Return intersection over union of each pair, N x M, 0 to 1; two boxes without area have 0."""
    common = intersections(first, second)
    union = areas(first)[:, None] + areas(second)[None, :] - common
    return np.asarray(np.minimum(common / np.maximum(union, 1e-9), 1.0), np.float32)


def suppress(boxes: Boxes, scores: Scores, most_iou: float, most_inside: float = 1.1) -> NDArray[np.intp]:
    """Return the indices of the boxes to keep, best first (greedy non-maximum suppression).

    Args:
        boxes: N x 4.
        scores: N.
        most_iou: A box that overlaps a better one by more than this is dropped.
        most_inside: So is one where the common area is more than this share of the smaller of the two: a fragment
            of a thing already found. Above 1 it drops none.
    """
    order = np.argsort(-scores, kind="stable")
    size = areas(boxes)
    kept: list[int] = []
    while order.size:
        best, rest = int(order[0]), order[1:]
        kept.append(best)
        common = intersections(boxes[best : best + 1], boxes[rest])[0]
        union = size[best] + size[rest] - common
        smaller = np.minimum(size[best], size[rest])
        double = (common > most_iou * np.maximum(union, 1e-9)) | (common > most_inside * np.maximum(smaller, 1e-9))
        order = rest[~double]
    return np.array(kept, np.intp)


def tiles(length: int, tile: int, overlap: int) -> tuple[tuple[int, int], ...]:
    """Cut a side into even, overlapping stretches.

    Args:
        length: Of the side, in pixels.
        tile: Longest stretch.
        overlap: By which neighbours overlap at least; shorter than the tile.

    Returns:
        (start, end) of each; together they cover the side, and each lies inside it.
    """
    if length <= tile:
        return ((0, length),)
    count = -(-(length - overlap) // (tile - overlap))
    starts = np.rint(np.linspace(0, length - tile, count)).astype(int)
    return tuple((int(start), int(start) + tile) for start in starts)


def owned_tiles(length: int, tile: int, overlap: int) -> tuple[tuple[tuple[int, int], tuple[float, float]], ...]:
    """Return each of `tiles` with the stretch that it alone answers for; outer ones answer beyond the side's ends too.

    Neighbours share their overlap evenly, so what is centred in a tile's own stretch and no longer than the overlap
    lies in the tile whole: nothing is found twice, and nothing is found cut.
    """
    found = tiles(length, tile, overlap)
    cuts = [(after[0] + before[1]) / 2 for before, after in pairwise(found)]
    return tuple(zip(found, pairwise((-np.inf, *cuts, np.inf)), strict=True))


def whole_box(box: NDArray[np.float32], width: int, height: int) -> Box:
    """Return x, y, width, height in whole pixels, inside the picture and at least one pixel large."""
    x0 = int(np.clip(np.floor(box[0]), 0, width - 1))
    y0 = int(np.clip(np.floor(box[1]), 0, height - 1))
    x1 = int(np.clip(np.ceil(box[2]), x0 + 1, width))
    y1 = int(np.clip(np.ceil(box[3]), y0 + 1, height))
    return x0, y0, x1 - x0, y1 - y0


def corners(boxes: list[Box] | tuple[Box, ...]) -> Boxes:
    """Turn [x, y, width, height] boxes into N x 4 corners."""
    found = np.array(boxes, np.float32).reshape(-1, 4)
    return np.concatenate([found[:, :2], found[:, :2] + found[:, 2:]], axis=1)
