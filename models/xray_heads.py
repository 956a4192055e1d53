"""From a canonical picture to scored boxes: scales and tiles before the network, peaks and suppression after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from features.xray_image import XrayImage, stack_planes
from models.geometry import Boxes, Scores, suppress, tiles
from models.xray_engine import Engine, Tensor

STRIDE = 8
BLOCK = 32
"""Sides of the network's input are multiples of this: it halves five times."""
BASE = 640
LARGEST = 1280
TILE, OVERLAP = 768, 160
"""The contents are shown to the network at 320, 640 and, where the picture has the pixels, up to 1280 px on the longest
side, the last in tiles: a part of 2 % of the parcel's length then still has about 24 px."""
MOST_ENLARGED = 1.5
THING = 0.08
MOST_IOU, MOST_INSIDE = 0.45, 0.85
MOST_CANDIDATES, MOST_REGIONS = 300, 50


@dataclass(frozen=True, slots=True)
class Found:
    """Scored boxes.

    Attributes:
        boxes: N x 4 corners in pixels of the picture, best first.
        scores: N, probability-like, of any firearm part.
        parts: N x P, how the network shares that score among the part names; rows sum to 1.
        peak: Highest score anywhere, 0 to 1, kept or not.
    """

    boxes: Boxes
    scores: Scores
    parts: NDArray[np.float32]
    peak: float


@dataclass(frozen=True, slots=True)
class Window:
    """One input of the network: its planes and how to get back to the picture: pixel = (x + x0) / scale + offset."""

    batch: Tensor
    origin: tuple[float, float]
    scale: float
    offset: tuple[int, int]


def find(image: XrayImage, engine: Engine, least: float) -> Found:
    """Find everything in a picture that scores at least `least`, at all scales.

    Args:
        image: The picture in canonical form.
        engine: The network.
        least: Lowest score to keep, 0 to 1.
    """
    answers = [decode(engine.run(window.batch)[0], window, least) for window in windows(image)]
    boxes = np.concatenate([answer.boxes for answer in answers])
    scores = np.concatenate([answer.scores for answer in answers])
    parts = np.concatenate([answer.parts for answer in answers])
    kept = suppress(boxes, scores, MOST_IOU, MOST_INSIDE)[:MOST_REGIONS]
    return Found(boxes[kept], scores[kept], parts[kept], max(answer.peak for answer in answers))


def windows(image: XrayImage) -> Iterator[Window]:
    """Yield the network's inputs for a picture: its contents at each scale, large scales in tiles."""
    x, y, width, height = contents(image)
    attenuation = image.attenuation[y : y + height, x : x + width]
    material = image.material[y : y + height, x : x + width]
    for scale in scales(width, height):
        small = _resized(attenuation, scale)
        planes = stack_planes(small, _resized(material, scale))
        for top, bottom in tiles(small.shape[0], TILE, OVERLAP):
            for left, right in tiles(small.shape[1], TILE, OVERLAP):
                batch = _padded(planes[:, top:bottom, left:right])[None]
                yield Window(batch, (float(left), float(top)), scale, (x, y))


def scales(width: int, height: int) -> tuple[float, ...]:
    """Return the factors by which contents of this size are shown to the network.

    Where one side is more than twice the other (parcels in a row), the area decides instead of the longest side, or
    the parts would vanish.
    """
    extent = min(float(max(width, height)), float(np.sqrt(2.0 * width * height)))
    base = min(BASE / extent, MOST_ENLARGED)
    # More than the picture's own pixels would show nothing new, and slightly more than BASE nothing worth the time.
    top = min(LARGEST / extent, 1.0)
    return (base / 2, base, top) if top > 1.25 * base else (base / 2, base)


def contents(image: XrayImage) -> tuple[int, int, int, int]:
    """Return x, y, width, height of what is not air, with a rim of air; the whole picture where nothing is.

    Rows and columns with hardly a thing in them (a speck of dust, a line of the console) do not count. The edges are
    rounded to 16 px so that noise does not change the scale.
    """
    thing = (image.attenuation > THING).astype(np.float32)
    height, width = thing.shape
    x0, x1 = _stretch(cv2.reduce(thing, 0, cv2.REDUCE_SUM).ravel(), width)
    y0, y1 = _stretch(cv2.reduce(thing, 1, cv2.REDUCE_SUM).ravel(), height)
    return x0, y0, x1 - x0, y1 - y0


def _stretch(counts: NDArray[Any], length: int) -> tuple[int, int]:
    used = np.flatnonzero(counts >= 3)
    if used.size == 0:
        return 0, length
    return max(0, (int(used[0]) - 8) // 16 * 16), min(length, -(-(int(used[-1]) + 9) // 16) * 16)


def _resized(plane: NDArray[np.float32], scale: float) -> NDArray[np.float32]:
    height, width = plane.shape
    size = (max(BLOCK, round(width * scale)), max(BLOCK, round(height * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(plane, size, interpolation=how), np.float32)


def _padded(planes: Tensor) -> Tensor:
    """Continue the planes with air (0, 0, unknown material) to multiples of BLOCK."""
    _, height, width = planes.shape
    full = np.zeros((3, -(-height // BLOCK) * BLOCK, -(-width // BLOCK) * BLOCK), np.float32)
    full[2] = 0.5
    full[:, :height, :width] = planes
    return full


def decode(heads: Tensor, window: Window, least: float) -> Found:
    """Turn the network's answer for one window into boxes in pixels of the picture.

    Args:
        heads: (1 + P + 4) x h x w: logit of any part, logits of the P part names, and the natural logarithm of the
            distances to the left, top, right and bottom edge in units of STRIDE.
        window: Where the window lies in the picture.
        least: Lowest score to keep.
    """
    score = 1.0 / (1.0 + np.exp(-heads[0]))
    # Of neighbouring cells that see the same thing only the surest is asked for its box.
    top = cv2.dilate(score, np.ones((3, 3), np.uint8))
    rows, columns = np.nonzero((score >= top) & (score >= least))
    order = np.argsort(-score[rows, columns], kind="stable")[:MOST_CANDIDATES]
    rows, columns = rows[order], columns[order]
    names = heads[1:-4, rows, columns].T
    names = np.exp(names - names.max(axis=1, keepdims=True)) if names.size else names
    reach = np.exp(np.clip(heads[-4:, rows, columns].T, -4.0, 5.5)) * STRIDE
    centre = np.stack([columns, rows], axis=1) * STRIDE + STRIDE / 2
    boxes = np.concatenate([centre - reach[:, :2], centre + reach[:, 2:]], axis=1)
    shift = np.array(window.origin * 2, np.float32)
    boxes = (boxes + shift) / window.scale + np.array(window.offset * 2, np.float32)
    parts = names / np.maximum(names.sum(axis=1, keepdims=True), 1e-9)
    return Found(boxes.astype(np.float32), score[rows, columns], parts.astype(np.float32), float(score.max()))
