"""From a canonical picture to scored boxes: scales and tiles before the network, peaks and suppression after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from features.xray_image import XrayImage, stack_planes
from models.geometry import Boxes, Scores, owned_tiles, suppress
from models.xray_engine import Engine, Tensor

STRIDE = 8
BLOCK = 32
"""Sides of the network's input are multiples of this: it halves five times."""
EXTENTS = (512,)
"""Pixels at which the contents' longest side is shown to the network, which tells a part by what lies around it. Chosen
for `xray-synthetic-2.0.0` on one half of the bags of 999 real scans (AP50 0.639 for 512 alone, 0.642 with 384 beside it
at one and a half times the cost, 0.604 for 448): figures on that half are a bit flattered."""
SMALL, SMALL_EXTENT, LEAST_LARGE = 420, 256, 72.0
"""Contents of at most SMALL px are a small parcel, in which a firearm may fill more than a cell sees at 512 px: they
are also shown at SMALL_EXTENT, for boxes of at least LEAST_LARGE px of it. In larger contents that costs more than it
finds (AP50 on real bags 0.48 instead of 0.53)."""
LARGE = 900
FINE = ((1280, 40.0), (2560, 24.0))
"""Contents of more than LARGE px are also shown at up to these extents, in tiles, for parts that would vanish
otherwise; at each only boxes of at most so many px count: larger ones are seen at the scale before. Together they
leave no gap: in contents of 2,400 px a part of 12 to 24 px shows at the last, one of 22 to 75 px at the one before."""
LEAST_COARSE = 12.0
"""Of contents of more than LARGE px, the usual scale does not tell boxes of fewer px: the fine ones see them better."""
TILE, OVERLAP, SLACK = 768, 160, 16
MOST_ENLARGED = 1.5
THING = 0.08
MOST_IOU, MOST_INSIDE = 0.45, 0.85
MOST_CANDIDATES, MOST_REGIONS = 300, 50
RIM = 0.06
"""Share of its side by which a box is enlarged at each end. Synthetic things are boxed to the pixel, people box real
ones with some air around them: the area of a found box over that of the labelled one was 0.60 in the median of 116
guns. Chosen on one half of the bags of 999 real scans; on the other half AP50 rose from 0.21 to 0.27 (shipped bundle of
then), on synthetic scenes it fell by 0.004."""


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
    """One input of the network: its planes, and how to get back to the picture: pixel = (x + origin) / scale + offset.

    Boxes whose longer side is not within `least_side` and `most_side` pixels of the input do not count, nor boxes whose
    centre lies outside `owned` (x0, y0, x1, y1, in pixels of the input): a neighbouring tile sees them whole.
    Neighbours' own areas overlap by a little, lest a thing on the line between them be lost where both tiles place it
    on the other side.
    """

    batch: Tensor
    origin: tuple[float, float]
    scale: float
    offset: tuple[int, int]
    least_side: float
    most_side: float
    owned: tuple[float, float, float, float]


def find(image: XrayImage, engine: Engine, least: float) -> Found:
    """Find everything in a picture that scores at least `least`, at all scales.

    Args:
        image: The picture in canonical form.
        engine: The network.
        least: Lowest score to keep, 0 to 1.

    Raises:
        ValueError: The network returned something that is no number.
    """
    answers = [decode(ask(engine, window), window, least) for window in windows(image)]
    boxes = np.concatenate([answer.boxes for answer in answers])
    scores = np.concatenate([answer.scores for answer in answers])
    parts = np.concatenate([answer.parts for answer in answers])
    kept = suppress(boxes, scores, MOST_IOU, MOST_INSIDE)[:MOST_REGIONS]
    return Found(_with_rim(boxes[kept]), scores[kept], parts[kept], max(answer.peak for answer in answers))


def _with_rim(boxes: Boxes) -> Boxes:
    rim = (boxes[:, 2:] - boxes[:, :2]) * np.float32(RIM)
    return np.concatenate([boxes[:, :2] - rim, boxes[:, 2:] + rim], axis=1)


def ask(engine: Engine, window: Window) -> Tensor:
    """Return the network's answer for a window, (1 + P + 4) x h x w as `decode` takes it.

    Raises:
        ValueError: Something in it is no number. No comparison holds for NaN, so it would pass as nothing found.
    """
    heads: Tensor = engine.run(window.batch)[0]
    if not np.isfinite(heads).all():
        raise ValueError("the network returned something that is no number")
    return heads


def windows(image: XrayImage) -> Iterator[Window]:
    """Yield the network's inputs for a picture: its contents at each scale, large scales in tiles."""
    x, y, width, height = contents(image)
    both = cv2.merge([plane[y : y + height, x : x + width] for plane in (image.attenuation, image.material)])
    for scale, least_side, most_side in scales(width, height):
        attenuation, material = (np.asarray(plane, np.float32) for plane in cv2.split(_resized(both, scale)))
        planes = stack_planes(attenuation, material)
        for (top, bottom), (y0, y1) in _cut(planes.shape[1]):
            for (left, right), (x0, x1) in _cut(planes.shape[2]):
                batch = _padded(planes[:, top:bottom, left:right])[None]
                owned = (x0 - left - SLACK, y0 - top - SLACK, x1 - left + SLACK, y1 - top + SLACK)
                yield Window(batch, (float(left), float(top)), scale, (x, y), least_side, most_side, owned)


def _cut(length: int) -> Iterator[tuple[tuple[int, int], tuple[float, float]]]:
    """Yield tiles and their own stretches; they begin on whole cells, so that a cell sees the same in every tile."""
    for (start, end), own in owned_tiles(length, TILE - BLOCK, OVERLAP):
        yield (start // BLOCK * BLOCK, end), own


def scales(width: int, height: int) -> tuple[tuple[float, float, float], ...]:
    """Return the factors by which contents of this size are shown to the network, and what boxes count at each.

    Where one side is more than twice the other (parcels in a row), the area decides instead of the longest side, or
    the parts would vanish.

    Returns:
        Factor, and the shortest and the longest box that counts, in pixels of the network's input.
    """
    extent = min(float(max(width, height)), float(np.sqrt(2.0 * width * height)))
    least = LEAST_COARSE if extent > LARGE else 0.0
    usual = [(min(wanted / extent, MOST_ENLARGED), least, np.inf) for wanted in EXTENTS]
    if extent <= SMALL:
        return ((min(SMALL_EXTENT / extent, 1.0), LEAST_LARGE, np.inf), *usual)
    if extent <= LARGE:
        return tuple(usual)
    # Where two of them would be the picture's own size, once is enough, and then for the larger boxes too.
    fine = {min(wanted / extent, 1.0): (0.0, most_side) for wanted, most_side in reversed(FINE)}
    return (*usual, *((scale, *sides) for scale, sides in fine.items()))


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


def _resized(plane: NDArray[Any], scale: float) -> NDArray[np.float32]:
    height, width = plane.shape[:2]
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
    rows, columns = np.nonzero((score >= top) & (score >= min(least, float(score.max()))))
    boxes = _boxes(heads, rows, columns)
    fits = _counts(boxes, window)
    rows, columns, boxes = rows[fits], columns[fits], boxes[fits]
    peak = float(score[rows, columns].max(initial=0.0))
    order = np.argsort(-score[rows, columns], kind="stable")[:MOST_CANDIDATES]
    order = order[score[rows, columns][order] >= least]
    rows, columns = rows[order], columns[order]
    shift = np.array(window.origin * 2, np.float32)
    boxes = (boxes[order] + shift) / window.scale + np.array(window.offset * 2, np.float32)
    return Found(boxes.astype(np.float32), score[rows, columns], _shares(heads[1:-4, rows, columns].T), peak)


def cells(heads: Tensor, window: Window) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return the any-part score of every cell of a window, h x w, and whether it counts there (see Window)."""
    rows, columns = np.indices(heads.shape[1:]).reshape(2, -1)
    counts = _counts(_boxes(heads, rows, columns), window)
    return 1.0 / (1.0 + np.exp(-heads[0])), counts.reshape(heads.shape[1:])


def _boxes(heads: Tensor, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Boxes:
    """Return the boxes that these cells tell, N x 4 corners in pixels of the input."""
    reach = np.exp(np.clip(heads[-4:, rows, columns].T, -4.0, 5.5)) * STRIDE
    centre = np.stack([columns, rows], axis=1) * STRIDE + STRIDE / 2
    return np.concatenate([centre - reach[:, :2], centre + reach[:, 2:]], axis=1).astype(np.float32)


def _counts(boxes: Boxes, window: Window) -> NDArray[np.bool_]:
    """Return which boxes are of the scale's sizes and have their centre in the window's own area."""
    x0, y0, x1, y1 = window.owned
    x, y = ((boxes[:, :2] + boxes[:, 2:]) / 2).T
    side = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, initial=0.0)
    fits = (side >= window.least_side) & (side <= window.most_side)
    return np.asarray(fits & (x >= x0) & (x < x1) & (y >= y0) & (y < y1), np.bool_)


def _shares(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the softmax of each row."""
    if not logits.size:
        return logits
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
